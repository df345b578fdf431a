"""The classes of `bindings`, made from the facts."""

from __future__ import annotations

from typing import Any, Callable, Dict, NamedTuple, Optional, Tuple, Type, TypeVar

from . import facts
from .base import MODULE, DetEnum, Printable, dump_float
from .making import define, find

M = TypeVar("M", bound="Message")

Read = Callable[[Any], Any]
Write = Callable[[Any, bool], Any]


class Field(NamedTuple):
    """A field of a message, and how its value becomes JSON and back; None where it is the same in both."""

    name: str
    optional: bool
    read: Optional[Read]
    write: Optional[Write]


class Message(Printable):
    """A message of the API: its fields are attributes. What is left out reads as None and is not sent.

    Messages are equal only to themselves; compare what `to_json` returns.
    """

    def __repr__(self) -> str:
        held = (f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({', '.join(held)})"

    @classmethod
    def from_json(cls: Type[M], obj: Any) -> M:
        """Return the message that a decoded JSON object says; fields that are not known are passed over.

        Raises:
            KeyError: it lacks a field.
            ValueError: a member of an enumeration is not known, or a number cannot be read.
        """
        values = {}
        for name, optional, read, _ in _fields_of(cls):
            if optional and name not in obj:
                continue
            value = obj[name]
            values[name] = value if read is None or (optional and value is None) else read(value)
        return cls(**values)

    def to_json(self, omit_unset: bool = False) -> Dict[str, Any]:
        """Return the message as an object that can be written as JSON.

        Parameters:
            omit_unset: leave out the fields that were left out; else they are None. By default False.
        """
        held = vars(self)
        out = {}
        for name, optional, _, write in _fields_of(type(self)):
            if optional and omit_unset and name not in held:
                continue
            value = getattr(self, name)
            out[name] = value if write is None or (optional and value is None) else write(value, omit_unset)
        return out


_known: Dict[type, Tuple[Field, ...]] = {}


def _fields_of(cls: type) -> Tuple[Field, ...]:
    """Return how the fields of a class, or of one derived from it, are read and written."""
    found = _known.get(cls)
    if found is None:
        name = next(base.__name__ for base in cls.__mro__ if base.__module__ == MODULE)
        found = _known[cls] = tuple(
            Field(field, facts.is_optional(kind), *converters(facts.bare(kind)))
            for field, kind in facts.load().classes[name].items()
        )
    return found


def converters(kind: str) -> Tuple[Optional[Read], Optional[Write]]:
    """Return how a value of a type is read from JSON and written to it; None where nothing is to be done."""
    if kind.startswith("Sequence["):
        return _of_each(*converters(kind[len("Sequence[") : -1]))
    if kind.startswith("Dict["):
        return _of_values(*converters(kind[len("Dict[str, ") : -1]))
    if kind == "float":
        return float, lambda value, omit_unset: dump_float(value)
    if kind in facts.load().enums:
        return find(kind), lambda value, omit_unset: value.value
    if kind in facts.load().classes:
        return find(kind).from_json, lambda value, omit_unset: value.to_json(omit_unset)
    return None, None


def _of_each(read: Optional[Read], write: Optional[Write]) -> Tuple[Optional[Read], Optional[Write]]:
    if read is None or write is None:
        return None, None
    one, other = read, write
    return lambda values: [one(v) for v in values], lambda values, omit: [other(v, omit) for v in values]


def _of_values(read: Optional[Read], write: Optional[Write]) -> Tuple[Optional[Read], Optional[Write]]:
    if read is None or write is None:
        return None, None
    one, other = read, write
    return (
        lambda values: {k: one(v) for k, v in values.items()},
        lambda values, omit: {k: other(v, omit) for k, v in values.items()},
    )


def make_enum(name: str) -> Any:
    """Return an enumeration."""
    prefix, members = facts.load().enums[name]
    functional: Any = DetEnum  # type checkers take the call for a look-up
    made = functional(name, [(member, prefix + member) for member in members], module=MODULE)
    made.__doc__ = f"The enumeration {name} of the API."
    return made


def make_message(name: str) -> Type[Message]:
    """Return the class of a message."""
    kinds = facts.load().classes[name]
    optional = [field for field, kind in kinds.items() if facts.is_optional(kind)]
    body = [
        f"if not isinstance({field}, Unset): self.{field} = {field}" if field in optional else f"self.{field} = {field}"
        for field in kinds
    ]
    parameters = ["self", "*", *(_parameter(field, kind) for field, kind in kinds.items())]
    namespace = {
        "__module__": MODULE,
        "__doc__": f"The message {name} of the API.",
        "__annotations__": {field: facts.annotation(kinds[field], "Optional[{}]") for field in optional},
        "__init__": define(f"{name}.__init__", parameters, "", body),
        **dict.fromkeys(optional),
    }
    return type(name, (Message,), namespace)


def _parameter(field: str, kind: str) -> str:
    if facts.is_optional(kind):
        return f"{field}: {facts.annotation(kind, 'Union[{}, None, Unset]')!r} = _unset"
    return f"{field}: {facts.quoted(kind)}"
