"""What is known of the API: enumerations, messages and calls, as ``facts.json`` beside this file has them.

A type is written ``int``, ``v1User``, ``Sequence[int]``, ``Dict[str, float]``; a ``?`` at its end marks what may be
left out. A message has its required fields first. A call is its verb, its path, its parameters and its answer;
parameters that stand neither in the path nor in a body go into the query, where the dots of their names are kept. The
answer of a stream is written ``Iterable[v1TaskLogsResponse]``.
"""

from __future__ import annotations

import functools
import json
import os
import re
from typing import Dict, Iterable, List, NamedTuple, Optional, Tuple

_STREAM = "Iterable["
_NAME = re.compile(r"\w+")
_TYPING = re.compile(r"\b(Any|Dict|Iterable|Optional|Sequence|Union)\b")


class Call(NamedTuple):
    """One call of the API.

    Attributes:
        method: the HTTP verb.
        path: the path; ``{name}`` stands for a parameter.
        parameters: name in the query → type, required ones first.
        answer: the type of the answer; None where only its status counts.
    """

    method: str
    path: str
    parameters: Dict[str, str]
    answer: Optional[str]

    @property
    def is_stream(self) -> bool:
        """Whether messages come one by one."""
        return (self.answer or "").startswith(_STREAM)

    @property
    def message(self) -> str:
        """The class of the answer, or of each message of a stream; empty for none."""
        answer = self.answer or ""
        return answer[len(_STREAM) : -1] if self.is_stream else answer


class Facts(NamedTuple):
    """All that is known.

    Attributes:
        enums: name → what the values of its members begin with, and the members' names.
        classes: name → field → type.
        functions: name → call.
    """

    enums: Dict[str, Tuple[str, List[str]]]
    classes: Dict[str, Dict[str, str]]
    functions: Dict[str, Call]


@functools.lru_cache(maxsize=None)
def load() -> Facts:
    """Return the facts; they are read once."""
    with open(os.path.join(os.path.dirname(__file__), "facts.json"), encoding="utf-8") as file:
        found = json.load(file)
    return Facts(
        {name: (prefix, members) for name, (prefix, members) in found["enums"].items()},
        found["classes"],
        {name: Call(*call) for name, call in found["functions"].items()},
    )


def is_optional(kind: str) -> bool:
    """Whether what has this type may be left out."""
    return kind.endswith("?")


def bare(kind: str) -> str:
    """Return a type without the mark of what may be left out."""
    return kind.rstrip("?")


def python_name(parameter: str) -> str:
    """Return the name of a call's parameter in Python."""
    return parameter.replace(".", "_")


def drawn_names(kinds: Iterable[str]) -> List[str]:
    """Return the messages and enumerations that types are made of."""
    facts = load()
    return [name for kind in kinds for name in _NAME.findall(kind) if name in facts.classes or name in facts.enums]


def paginated() -> List[str]:
    """Return the messages that are pages of a list."""
    return [name for name, fields in load().classes.items() if "pagination" in fields]


def annotation(kind: str, form: str = "{}") -> str:
    """Return an annotation as Python text.

    Parameters:
        kind: the type.
        form: how the type is written where it may be left out, e.g. ``Optional[{}]``.
    """
    text = form.format(bare(kind)) if is_optional(kind) else kind
    return _TYPING.sub(r"typing.\1", text)


def quoted(kind: str) -> str:
    """Return the annotation of a required value as it stands in a signature: only built-in types are not text."""
    return kind if kind in _BUILT_IN else repr(annotation(kind))


_BUILT_IN = frozenset({"int", "str", "bool", "float"})
