"""What all resource objects share: an identity, a session, and fields hydrated from the master's JSON."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Callable, ClassVar, Dict, List, Mapping, NamedTuple, Optional, Tuple, Type, Union

from ..timestamps import parse, to_datetime

if TYPE_CHECKING:
    from ..api._session import BaseSession
    from ..api.wire.enums import WireEnum

Reader = Callable[[Any], Any]


class Field(NamedTuple):
    """Where a hydrated field comes from: a key of the JSON, and how its value is read."""

    key: str
    read: Reader


def field(key: str, read: Optional[Reader] = None) -> Any:
    """Declare a field of a `Resource`.

    Parameters:
        key: the key in the master's JSON; ``a.b`` is the key ``b`` of the object ``a``.
        read: turns a value that is there into the field's; it must not raise.
    """
    return Field(key, read or (lambda value: value))


class Resource:
    """An object of the cluster.

    A subclass declares its fields with `field`. All of them are None until the object is hydrated, and where the
    master that answered does not know them.
    """

    _identity: ClassVar[Tuple[str, ...]] = ("id",)
    _fields: ClassVar[Dict[str, Field]] = {}

    def __init_subclass__(cls) -> None:
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Field)}
        for name in own:
            setattr(cls, name, None)
        cls._fields = {**cls._fields, **own}

    def __init__(self, session: BaseSession) -> None:
        self._session = session

    def _hydrate(self, data: Mapping[str, Any]) -> None:
        """Set every declared field from an answer of the master."""
        for name, (key, read) in self._fields.items():
            value = _look_up(data, key)
            setattr(self, name, None if value is None else read(value))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._identity)
        return f"{type(self).__name__}({shown})"


def member_of(enum: Type[WireEnum]) -> Reader:
    """Return a reader that gives a member of `enum`, or the plain text where a newer master sends an unknown one."""

    def read(value: Any) -> Union[WireEnum, str]:
        try:
            return enum(value)
        except ValueError:
            return str(value)

    return read


def read_time(value: Any) -> Optional[datetime.datetime]:
    """Read a time of the wire as an aware datetime in UTC; None where it is no time."""
    try:
        return to_datetime(parse(str(value)))
    except (ValueError, OverflowError):
        return None


def merge_metadata(old: Optional[Mapping[str, Any]], new: Mapping[str, Any]) -> Dict[str, Any]:
    """Return `old` with the top-level entries of `new` put over it."""
    if not isinstance(new, Mapping):
        raise TypeError(f"metadata must be a dictionary, not {type(new).__name__}")
    return {**(old or {}), **new}


def drop_metadata(old: Optional[Mapping[str, Any]], keys: List[str]) -> Dict[str, Any]:
    """Return `old` without the top-level entries named in `keys`; names that are not there are ignored."""
    if isinstance(keys, str):
        raise TypeError(f"keys must be a list of names: pass [{keys!r}]")
    return {key: value for key, value in (old or {}).items() if key not in set(keys)}


def _look_up(data: Mapping[str, Any], key: str) -> Any:
    value: Any = data
    for part in key.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value
