"""What all resource objects share: an identity, a session, and fields hydrated from the master's JSON."""

from __future__ import annotations

import datetime
import enum
import sys
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    ClassVar,
    Dict,
    Iterable,
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

from ... import errors
from ..timestamps import parse, to_datetime

if TYPE_CHECKING:
    from typing_extensions import SupportsIndex

    from ..api._session import BaseSession

Reader = Callable[[Any], Any]
T = TypeVar("T")

# Whole configurations are not shown in notebooks: they hold passwords and keys.
_NEVER_SHOWN = frozenset({"config", "training"})

# What a repr shows beside the identity, where it is known.
_REPR_FIELDS = ("name", "state")

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

    def _take(self, changes: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Set the fields that a request has changed: from its answer, or where that lacks them from what was sent."""
        self._hydrate_some({**changes, **{key: answer[key] for key in changes if key in answer}})

    def _hydrate_some(self, data: Mapping[str, Any]) -> None:
        """Set those declared fields that `data` has."""
        for name, (keys, read) in self._fields.items():
            if keys[0] in data:
                value = _look_up(data, keys)
                setattr(self, name, value if value is None or read is None else read(value))

    def __repr__(self) -> str:
        shown = [f"{name}={getattr(self, name)!r}" for name in self._identity]
        for name in _REPR_FIELDS:
            value = getattr(self, name) if name in self._fields and name not in self._identity else None
            if value is not None:
                shown.append(f"{name}={value.name if isinstance(value, enum.Enum) else repr(value)}")
        return f"{type(self).__name__}({', '.join(shown)})"

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


def member_of(kind: Type[enum.Enum]) -> Reader:
    """Return a reader that gives a member of `kind`, or the plain text where a newer master sends an unknown one."""

    def read(value: Any) -> Union[enum.Enum, str]:
        try:
            return kind(value)
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


def check_names(names: Any, argument: str) -> List[str]:
    """Return names that a caller gives, as a list; a single text is one name.

    Raises:
        ArgumentError: it is neither a text nor texts in a list, tuple or set.
    """
    if isinstance(names, str):
        return [names]
    if isinstance(names, bytes) or not isinstance(names, Iterable):
        raise errors.ArgumentError(f"{argument} must be a list of texts, not {type(names).__name__}")
    found = list(names)
    for name in found:
        if not isinstance(name, str):
            raise errors.ArgumentError(f"{argument} must hold nothing but texts, not {name!r}")
    return found


def as_list(values: Any) -> Optional[List[Any]]:
    """Return the values that a caller gives: a single text or number is one; None for None."""
    if values is None:
        return None
    return [values] if isinstance(values, (str, int)) else list(values)


def merge_metadata(old: Optional[Mapping[str, Any]], new: Mapping[str, Any]) -> Dict[str, Any]:
    """Return `old` with the top-level entries of `new` put over it."""
    if not isinstance(new, Mapping):
        raise errors.ArgumentError(f"metadata must be a dictionary, not {type(new).__name__}")
    return {**(old or {}), **new}


def drop_metadata(old: Optional[Mapping[str, Any]], keys: List[str]) -> Dict[str, Any]:
    """Return `old` without the top-level entries named in `keys`; names that are not there are ignored."""
    keys = check_names(keys, "keys")
    return {key: value for key, value in (old or {}).items() if key not in set(keys)}


def _look_up(data: Mapping[str, Any], keys: Tuple[str, ...]) -> Any:
    value: Any = data
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
