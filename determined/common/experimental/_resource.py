"""What all resource objects share: an identity, a session, and fields hydrated from the master's JSON."""

from __future__ import annotations

import datetime
import sys
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    ClassVar,
    Dict,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Tuple,
    Type,
    TypeVar,
    Union,
    overload,
)

from ..timestamps import parse, to_datetime

if TYPE_CHECKING:
    from typing_extensions import SupportsIndex

    from ..api._session import BaseSession
    from ..api.wire.enums import WireEnum

Reader = Callable[[Any], Any]
T = TypeVar("T")

# Whole configurations are not shown in notebooks: they hold passwords and keys.
_NEVER_SHOWN = frozenset({"config", "training"})


_read_iso, _READS_Z = datetime.datetime.fromisoformat, sys.version_info >= (3, 11)
_WITH_MICROSECONDS = len("2026-01-01T00:00:00.123456Z")


class Field(NamedTuple):
    """Where a hydrated field comes from.

    Attributes:
        keys: the key in the JSON; several where it lies in objects within.
        read: how a value that is there is read; None takes it as it is.
    """

    keys: Tuple[str, ...]
    read: Optional[Reader]


def field(key: str, read: Optional[Reader] = None) -> Any:
    """Declare a field of a `Resource`.

    Parameters:
        key: the key in the master's JSON; ``a.b`` is the key ``b`` of the object ``a``.
        read: turns a value that is there into the field's; it must not raise.
    """
    return Field(tuple(key.split(".")), read)


class Resource:
    """An object of the cluster.

    A subclass declares its fields with `field`. All of them are None until the object is hydrated, and where the
    master that answered does not know them. Notebooks show identity, fields, and the attributes in `_besides`.
    """

    _identity: ClassVar[Tuple[str, ...]] = ("id",)
    _fields: ClassVar[Dict[str, Field]] = {}
    _besides: ClassVar[Tuple[str, ...]] = ()
    _shown: ClassVar[Tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Field)}
        for name in own:
            setattr(cls, name, None)
        cls._fields = {**cls._fields, **own}
        named = (name for name in cls._fields if not name.startswith("_") and name not in _NEVER_SHOWN)
        cls._shown = tuple(dict.fromkeys((*cls._identity, *named, *cls._besides)))

    def __init__(self, session: BaseSession) -> None:
        self._session = session

    def _hydrate(self, data: Mapping[str, Any]) -> None:
        """Set every declared field from an answer of the master."""
        for name, (keys, read) in self._fields.items():
            value = data.get(keys[0]) if len(keys) == 1 else _look_up(data, keys)
            setattr(self, name, value if value is None or read is None else read(value))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._identity)
        return f"{type(self).__name__}({shown})"

    def _repr_html_(self) -> str:
        from . import _html

        return _html.describe(self)


class ResourceList(List[T]):
    """A list that notebooks show as a table."""

    @overload
    def __getitem__(self, index: SupportsIndex) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> ResourceList[T]: ...

    def __getitem__(self, index: Union[SupportsIndex, slice]) -> Union[T, ResourceList[T]]:
        if isinstance(index, slice):
            return ResourceList(super().__getitem__(index))
        return super().__getitem__(index)

    def _repr_html_(self) -> str:
        from . import _html

        return _html.tabulate(self)


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
        if len(value) == _WITH_MICROSECONDS and value[-1] == "Z":  # as masters usually write it: the fast way
            return _read_iso(value if _READS_Z else value[:-1] + "+00:00")
        return to_datetime(parse(str(value)))
    except (ValueError, OverflowError, TypeError):
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


def _look_up(data: Mapping[str, Any], keys: Tuple[str, ...]) -> Any:
    value: Any = data
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
