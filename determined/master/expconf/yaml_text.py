"""YAML 1.1 as the real master reads it.

Bare ``y``, ``n``, ``on``, ``off`` are booleans, also as keys; ``1e10`` is a number; dates stay text; the last of two
equal keys counts; only the first document is read. The result is JSON: keys are text, whole numbers are integers
however they are written.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Dict, Iterator, List, Optional, Tuple

import yaml

from ..surrogates import may_have_halves, replace_halves
from .errors import ConfigError

_MAX_DEPTH = 200
_MAX_NODES = 200_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_WORDS: Dict[str, Any] = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"]),
    **dict.fromkeys(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], True),
    **dict.fromkeys(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], False),
    **dict.fromkeys([".nan", ".NaN", ".NAN"], math.nan),
    **dict.fromkeys([sign + word for sign in ("", "+") for word in (".inf", ".Inf", ".INF")], math.inf),
    **dict.fromkeys(["-.inf", "-.Inf", "-.INF"], -math.inf),
}
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_TAG = "tag:yaml.org,2002:"


def load(text: str) -> Any:
    """Return the JSON value that a YAML (or JSON) text stands for.

    Raises:
        ConfigError: it is no YAML.
    """
    if not text.isascii():
        text = replace_halves(text)
    if text.lstrip()[:1] == "{":
        try:
            value = json.loads(text, parse_constant=_refuse_constant)
            return tidy(replace_halves(value) if may_have_halves(text) else value)
        except (ValueError, RecursionError):
            pass  # YAML's flow style, or not valid: decided below
    try:
        value = _Builder(text).build()
        return tidy(replace_halves(value) if may_have_halves(text) else value)
    except yaml.YAMLError as error:
        raise _not_yaml(_words_of(error)) from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _not_yaml(problem: str) -> ConfigError:
    return ConfigError(
        f"unable to convert yaml to json: not valid yaml: error converting YAML to JSON: yaml: {problem}"
    )


def _words_of(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError):
        line = error.problem_mark.line if error.problem_mark is not None else 0
        if line == 0 and error.context_mark is not None:
            line = error.context_mark.line
        elif line and isinstance(error, yaml.scanner.ScannerError):
            line += 1
        # the pure Python parser says "expected X, but found Y"
        problem = re.sub(
            r"^expected (?:the )?(.*), but (?:found|got) .*$", r"did not find expected \1", error.problem or ""
        )
        return f"line {line}: {problem}" if line else problem
    return str(getattr(error, "reason", error))


# --- documents ------------------------------------------------------------------------------------------------------


class _Builder:
    """Values from parser events: with bounds on depth and on what aliases blow up to, and without Python's objects."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))
        self._anchors: Dict[str, Optional[Tuple[Any, int]]] = {}
        self._nodes = 0

    def build(self) -> Any:
        for event in self._events:
            if isinstance(event, yaml.StreamEndEvent):
                return None
            if isinstance(event, yaml.DocumentStartEvent):
                return self._value(next(self._events), 0)
        return None

    def _value(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor)
        before = self._nodes
        self._count(1)
        if depth > _MAX_DEPTH:
            raise _not_yaml(f"exceeded max depth of {_MAX_DEPTH}")
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._list(depth)
        else:
            value = self._map(depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, self._nodes - before)
        return value

    def _alias(self, name: Optional[str]) -> Any:
        if name is None or name not in self._anchors:
            raise _not_yaml(f"unknown anchor '{name}' referenced")
        known = self._anchors[name]
        if known is None:
            raise _not_yaml(f"anchor '{name}' value contains itself")
        self._count(known[1])
        return known[0]

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > _MAX_NODES:
            raise _not_yaml("document contains excessive aliasing")

    def _list(self, depth: int) -> List[Any]:
        items = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._value(event, depth + 1))
        return items

    def _map(self, depth: int) -> Dict[str, Any]:
        own: Dict[str, Any] = {}
        inherited: Dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            is_merge = isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]
            key = self._value(event, depth + 1)
            value = self._value(next(self._events), depth + 1)
            if is_merge:
                for source in value if isinstance(value, list) else [value]:
                    if not isinstance(source, dict):
                        raise _not_yaml("map merge requires map or sequence of maps as the value")
                    inherited = {**source, **inherited}
            else:
                own[_key(key)] = value
        return {**inherited, **own}


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, (int, float)):
        return json.dumps(tidy(key))
    raise _not_yaml(f"invalid map key: {json.dumps(key)}")


def _scalar(event: Any) -> Any:
    is_plain = event.implicit[0] and event.tag is None
    if is_plain or event.tag in (_TAG + "int", _TAG + "float", _TAG + "bool", _TAG + "null"):
        return _resolve(event.value)
    return event.value


def _resolve(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "+-.0123456789":
        digits = text.replace("_", "")
        if len(digits) < 300 and _INTEGER.match(digits):
            number = digits.lower().lstrip("+-")
            value = int(number, _base_of(number))
            return -value if digits[0] == "-" else value
        if _FLOAT.match(digits):
            return float(digits)
    return text


def _base_of(number: str) -> int:
    prefix = number[:2]
    if prefix in ("0x", "0b", "0o"):
        return {"0x": 16, "0b": 2, "0o": 8}[prefix]
    return 8 if number[0] == "0" else 10


# --- numbers --------------------------------------------------------------------------------------------------------


def tidy(value: Any) -> Any:
    """Return a JSON value whose numbers are as the real master writes them: whole ones without a fraction.

    Raises:
        ConfigError: a number is not finite.
    """
    if isinstance(value, float):
        if not math.isfinite(value):
            shown = "NaN" if value != value else "+Inf" if value > 0 else "-Inf"
            raise ConfigError(f"unable to convert yaml to json: not valid yaml: json: unsupported value: {shown}")
        return int(value) if value.is_integer() and abs(value) < 1e21 else value
    if isinstance(value, dict):
        return {k: tidy(v) for k, v in value.items()}
    if isinstance(value, list):
        return [tidy(v) for v in value]
    return value
