"""The vocabulary in which the schema is written: what kinds of values there are.

A node says which JSON values are right in its place. The schema (`schema.py`) is made of nodes only; `checking` and
`layers` walk a node and a value together.

Node
├── Anything   no rules; maps in it merge recursively
├── Scalar     text, numbers, booleans, with bounds
├── Choice     one of some words
├── ListOf     a list, and how two lists merge
├── MapOf      keys of any name to values of one kind
├── Record     named fields
├── OneOf      one of several kinds, told apart by looking at the value
└── Tagged     one of several records, told apart by a field that names the kind
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Callable, Iterable, Mapping, Optional, Tuple, Union

Problem = Tuple[str, str]
"""Where, as a path below the node (``""`` for the node itself), and what is wrong."""

Rule = Callable[[Any], Iterable[Problem]]


@dataclass(frozen=True)
class Anything:
    """Any JSON value.

    Attributes:
        types: JSON types that are right; empty for all.
    """

    types: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Scalar:
    """A single value.

    Attributes:
        types: names of JSON types, in the order in which messages tell them.
        minimum, maximum: bounds, both included.
        above: a bound, not included.
        rule: more to check.
        largest: integers beyond it cannot be stored; with the name that Go has for the type.
        unreadable: types that pass the checks but cannot be stored.
    """

    types: Tuple[str, ...]
    minimum: Optional[float] = None
    maximum: Optional[float] = None
    above: Optional[float] = None
    rule: Optional[Rule] = None
    largest: Tuple[int, str] = (2**63 - 1, "int")
    unreadable: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """One of some words."""

    words: Tuple[Optional[str], ...]
    types: Tuple[str, ...] = ()


class Lists(Enum):
    """What becomes of a list when a lower layer has one too."""

    REPLACE = "the higher one counts"
    APPEND_NEW = "lower entries with a key of their own follow"
    LOWER_FIRST = "lower entries, then the higher ones"
    UNITE = "a set of both"


@dataclass(frozen=True)
class ListOf:
    """A list.

    Attributes:
        item: the node of every entry.
        merge: how it joins a lower layer's list.
        key: for APPEND_NEW, what tells entries apart.
    """

    item: "Node"
    merge: Lists = Lists.REPLACE
    key: Callable[[Any], Any] = field(default=lambda entry: entry)
    types: Tuple[str, ...] = ("array",)


@dataclass(frozen=True)
class MapOf:
    """Keys of any name."""

    item: "Node"
    types: Tuple[str, ...] = ("object",)


class Keep(Enum):
    """What a finished configuration says of a field."""

    ALWAYS = "the value, the default, or null"
    GIVEN = "nothing unless it is given or has a default"
    NEVER = "nothing: accepted and dropped"


@dataclass(frozen=True)
class Field:
    """A field of a record.

    Attributes:
        node: what it holds.
        default: None for none; otherwise written as a user would.
        keep: whether a finished configuration has it.
        is_nullable: null is right, and means "not given".
    """

    node: "Node"
    default: Any = None
    keep: Keep = Keep.ALWAYS
    is_nullable: bool = True


@dataclass(frozen=True)
class Record:
    """Named fields.

    Attributes:
        name: the name it has in messages about values that cannot be stored.
        fields: by name.
        required: must be in every layer that has the record.
        eventually: must be there when all layers are merged.
        is_closed: other names are refused.
        rules: more to check, in every layer.
        eventual_rules: more to check when all layers are merged.
    """

    name: str
    fields: Mapping[str, Field]
    required: Tuple[str, ...] = ()
    eventually: Tuple[str, ...] = ()
    is_closed: bool = True
    rules: Tuple[Rule, ...] = ()
    eventual_rules: Tuple[Rule, ...] = ()
    types: Tuple[str, ...] = ("object",)


@dataclass(frozen=True)
class OneOf:
    """One of several kinds.

    Attributes:
        select: the node for a value, or None when it is of no kind.
        message: what to say then.
        is_opaque: the message stands for errors inside the selected kind too.
        expand: a shorthand written out; what it returns is what is merged and stored.
    """

    select: Callable[[Any], Optional["Node"]]
    message: str
    types: Tuple[str, ...] = ()
    is_opaque: bool = False
    expand: Callable[[Any], Any] = field(default=lambda value: value)


@dataclass(frozen=True)
class Tagged:
    """One of several records.

    Attributes:
        tag: the field that names the kind.
        kinds: by the tag's value.
        common: the fields of all kinds together; those with rules of their own are checked here too, which is why the
            same error can come twice.
        message: for an unknown kind.
        shared: fields that count in every kind: they can be given without the tag.
        crosses_kinds: shared fields of a lower layer count although its kind is another.
    """

    tag: str
    kinds: Mapping[str, Record]
    common: Record
    message: str
    shared: Tuple[str, ...]
    crosses_kinds: bool
    types: Tuple[str, ...] = ("object",)


Node = Union[Anything, Scalar, Choice, ListOf, MapOf, Record, OneOf, Tagged]
