"""Requests as the gateway of the real master reads them: JSON bodies, query strings and path parameters.

A decoder is built once per message from its TypedDict. Absent fields stay absent; ``null`` counts as absent; both
camelCase and snake_case names are taken; unknown fields are ignored; enums may be numbers, integers may be strings;
inside of a list ``null`` is the type's zero value.
What cannot be read is refused with the words that Go's decoder has for it, since scripts match on them.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from array import array
from functools import lru_cache
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union
from urllib.parse import parse_qsl

from typing_extensions import Annotated, NotRequired, get_args, get_origin

from determined.common import timestamps
from determined.common.api.wire.endpoint import Endpoint
from determined.common.api.wire.enums import WireEnum
from determined.common.api.wire.schema import fields_of, namespace

from . import base64_syntax, time_syntax
from .errors import Refusal, invalid
from .json_syntax import find_fault
from .surrogates import may_have_halves, replace_halves

Decoder = Callable[[Any], Any]

_INTEGERS = {"int32": (-(2**31), 2**31 - 1), "uint32": (0, 2**32 - 1)}
_LONG = {"int64": (-(2**63), 2**63 - 1), "uint64": (0, 2**64 - 1)}
_GO_INTEGER = re.compile(r"[+-]?0*([0-9]+)\Z")
_GO_LITERAL = re.compile(
    r"[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)\Z"
)
_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
_TIMEOUT = re.compile(r"[+-]?[0-9]{1,18}[HMSmun]\Z")
_TIMEOUT_UNITS = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_PLAIN_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})\Z")
_MOST_DIGITS = 40
_TRUE = {"1", "t", "T", "TRUE", "true", "True"}
_FALSE = {"0", "f", "F", "FALSE", "false", "False"}
_SPECIAL_FLOATS = ("NaN", "Infinity", "-Infinity")


# --- bodies ---------------------------------------------------------------------------------------------------------


def decode_body(message: Any, raw: bytes) -> Any:
    """Return a request message read from a JSON body.

    Raises:
        Refusal: the body is no JSON, or a field has the wrong type.
    """
    if not raw.strip():
        return {} if _is_message(message) else None
    value = parse_json(raw)
    if value is None:
        return {} if _is_message(message) else None
    return body_decoder(message)(value)


def parse_json(raw: bytes) -> Any:
    """Return the first JSON value of a body; what follows it is ignored, as the real gateway does.

    Raises:
        Refusal: it is no JSON; the text is the one of Go's decoder.
    """
    try:
        text = raw.decode("utf-8").lstrip(" \t\r\n")
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace").lstrip(" \t\r\n")
    try:
        value = _JSON.raw_decode(text)[0]
        return replace_halves(value) if may_have_halves(text) else value
    except _Overflow as error:
        raise invalid(f"json: cannot unmarshal number {error.number} into Go value of type float64") from None
    except (json.JSONDecodeError, _BareConstant) as error:
        raise invalid(find_fault(raw) or str(error)) from None
    except RecursionError:
        raise invalid("exceeded max depth") from None


class _BareConstant(ValueError):
    pass


def _refuse_constant(name: str) -> Any:
    raise _BareConstant(name)


class _Overflow(ValueError):
    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number if len(number) <= _MOST_DIGITS else number[:_MOST_DIGITS] + "..."


def _parse_json_float(number: str) -> float:
    value = float(number)
    if value - value != 0:  # infinite: no double, and no JSON when it is answered
        raise _Overflow(number)
    return value


def _parse_json_integer(number: str) -> Union[int, float]:
    # no field takes more digits; Python refuses to read many thousands, and float() fails on some hundreds
    return int(number) if len(number) <= _MOST_DIGITS else _parse_json_float(number)


_JSON = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_parse_json_float, parse_int=_parse_json_integer)


def _parse_quoted_number(text: str) -> Any:
    """Return what a field that takes numbers as text too finds in the text: one JSON value and nothing behind it."""
    if _PLAIN_INTEGER.match(text):
        return int(text)
    raw = text.encode("utf-8", "surrogatepass")
    fault = find_fault(raw, alone=True)
    if fault is not None:
        raise invalid(fault)
    return parse_json(raw)


def _is_message(hint: Any) -> bool:
    return isinstance(hint, type) and hasattr(hint, "__total__")


@lru_cache(maxsize=None)
def body_decoder(hint: Any) -> Decoder:
    """Return the function that reads a JSON value as a field of this type."""
    if isinstance(hint, str):
        hint = namespace()[hint]
    origin = get_origin(hint)
    if origin is Annotated:
        return _marked_decoder(get_args(hint)[1])
    if origin is NotRequired:
        return body_decoder(get_args(hint)[0])
    if origin is Union:
        return body_decoder(next(a for a in get_args(hint) if a is not type(None)))
    if origin is list:
        return _list_decoder(body_decoder(get_args(hint)[0]))
    if origin is dict:
        value_type = get_args(hint)[1]
        return _read_struct if value_type is Any else _map_decoder(body_decoder(value_type))
    if hint is Any:
        return _read_any
    if hint is str:
        return _read_text
    if hint is bool:
        return _read_bool
    if hint is int:
        return _integer_decoder("int32")
    if hint is float:
        return _read_float
    if isinstance(hint, type) and issubclass(hint, WireEnum):
        return _enum_decoder(hint)
    if _is_message(hint):
        return _message_decoder(hint)
    raise TypeError(f"no decoder for {hint!r}")


def _marked_decoder(mark: str) -> Decoder:
    if mark in _INTEGERS:
        return _integer_decoder(mark)
    if mark in _LONG:
        return _long_decoder(mark)
    return {"double": _read_float, "float": _read_single, "date-time": _read_timestamp, "byte": _read_bytes}[mark]


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _mismatch(value: Any, go_type: str, *, shown: bool = False) -> Refusal:
    what = f"{_kind(value)} {json.dumps(value)}" if shown else _kind(value)
    return invalid(f"json: cannot unmarshal {what} into Go value of type {go_type}")


def _message_decoder(message: Any) -> Decoder:
    hints: Dict[str, Tuple[str, Any]] = {}
    for name, hint in fields_of(message).items():
        hints[name] = hints[_snake(name)] = (name, hint)
    built: Dict[str, Tuple[str, Decoder]] = {}  # filled on first use: messages may hold themselves

    def decode(value: Any) -> Any:
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise _mismatch(value, "map[string]json.RawMessage")
        result = {}
        for key, item in value.items():
            if item is None:
                continue
            field = built.get(key)
            if field is None:
                if key not in hints:
                    continue
                name, hint = hints[key]
                field = built[key] = (name, body_decoder(hint))
            if field[0] != key and field[0] in value:
                continue  # of both spellings, camelCase counts
            result[field[0]] = field[1](item)
        return result

    return decode


def _snake(name: str) -> str:
    return re.sub(r"([A-Z])", lambda m: "_" + m.group(1).lower(), name)


def _list_decoder(item: Decoder) -> Decoder:
    def decode(value: Any) -> Any:
        if not isinstance(value, list):
            raise _mismatch(value, "[]json.RawMessage")
        return [item(v) for v in value]

    return decode


def _map_decoder(item: Decoder) -> Decoder:
    def decode(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _mismatch(value, "map[string]json.RawMessage")
        return {k: item(v) for k, v in value.items()}

    return decode


def _enum_decoder(enum: "type[WireEnum]") -> Decoder:
    by_name = {m.value: m for m in enum}
    by_number = {m.number: m for m in enum}

    def decode(value: Any) -> Any:
        if isinstance(value, str):
            if value not in by_name:
                quoted = json.dumps(json.dumps(value))
                raise invalid(f"unknown value {quoted} for enum {_proto_name(enum)}")
            return by_name[value]
        if value is None:
            return by_number[0]
        if isinstance(value, int) and not isinstance(value, bool):
            if value not in by_number:
                raise invalid(f"unknown value {value} for enum {_proto_name(enum)}")
            return by_number[value]
        raise _mismatch(value, "protoreflect.EnumNumber", shown=isinstance(value, float))

    return decode


def _proto_name(enum: "type[WireEnum]") -> str:
    name = enum.__api_name__
    package, _, rest = name.partition(".") if name[0].islower() else ("api", "", name)
    return f"determined.{package}.v1.{rest}"


def _go_name(enum: "type[WireEnum]") -> str:
    package, name = _proto_name(enum).split(".v1.")
    return f"{package.rpartition('.')[2]}v1.{name.replace('.', '_')}"


def _read_any(value: Any) -> Any:
    return value


def _read_struct(value: Any) -> Any:
    if not isinstance(value, dict):
        raise _mismatch(value, "map[string]json.RawMessage")
    return value


def _read_text(value: Any) -> Any:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _mismatch(value, "string")
    return value


def _read_bool(value: Any) -> Any:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise _mismatch(value, "bool")
    return value


def _integer_decoder(mark: str) -> Decoder:
    low, high = _INTEGERS[mark]

    def decode(value: Any) -> Any:
        if isinstance(value, str):
            value = _parse_quoted_number(value)
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _mismatch(value, mark)
        if isinstance(value, float) or not low <= value <= high:
            raise _mismatch(value, mark, shown=True)
        return value

    return decode


def _long_decoder(mark: str) -> Decoder:
    low, high = _LONG[mark]

    def decode(value: Any) -> Any:
        if isinstance(value, str):
            value = _parse_quoted_number(value)
        if value is None:
            return "0"
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _mismatch(value, mark)
        if isinstance(value, float) or not low <= value <= high:
            raise _mismatch(value, mark, shown=True)
        return str(value)

    return decode


def _read_float(value: Any, go_type: str = "float64") -> Any:
    if isinstance(value, str):
        if value in _SPECIAL_FLOATS:
            return float(value.replace("Infinity", "inf"))
        value = _parse_quoted_number(value)
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _mismatch(value, go_type)
    return float(value)


def _read_single(value: Any) -> Any:
    number = _read_float(value, "float32")
    single = array("f", [number])[0]
    if math.isinf(single) and not math.isinf(number):
        raise _mismatch(number, "float32", shown=True)
    return single


def _read_timestamp(value: Any) -> Any:
    if not isinstance(value, str):
        raise _mismatch(value, "string")
    try:
        timestamps.parse(value)
    except ValueError as error:
        raise invalid(f"bad Timestamp: {time_syntax.find_fault(value) or error}") from None
    return value


def _read_bytes(value: Any) -> Any:
    if not isinstance(value, str):
        raise _mismatch(value, "[]uint8")
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        fault = base64_syntax.find_fault(value)
        if fault is not None:
            raise invalid(fault) from None
    return value


# --- query strings and paths ----------------------------------------------------------------------------------------


def query_pairs(query: bytes) -> List[Tuple[str, str]]:
    """Return the pairs of a query string, or of a form.

    Raises:
        Refusal: a per cent sign escapes nothing, or a semicolon separates the pairs.
    """
    text = query.decode("utf-8", "replace")
    for part in re.split("[&=]", text):
        at = _BAD_ESCAPE.search(part)
        if at is not None:
            raise invalid(f'invalid URL escape "{part[at.start() : at.start() + 3]}"')
    if ";" in text:
        raise invalid("invalid semicolon separator in query")
    return parse_qsl(text, keep_blank_values=True)


def decode_timeout(text: str) -> Optional[float]:
    """Return the seconds that a ``Grpc-Timeout`` header grants, as in ``500m`` or ``2S``; None for no limit.

    Raises:
        Refusal: it is none.
    """
    if not _TIMEOUT.match(text):
        raise invalid(f"invalid grpc-timeout: {text}")
    return int(text[:-1]) * _TIMEOUT_UNITS[text[-1]] or None


def decode_query(message: Any, pairs: Sequence[Tuple[str, str]]) -> Any:
    """Return a request message read from the pairs of a query string; unknown keys are ignored.

    Raises:
        Refusal: a value does not parse.
    """
    if not pairs:
        return {}
    result: Dict[str, Any] = {}
    table = _query_table(message)
    given: Dict[str, List[str]] = {}
    for key, value in pairs:
        given.setdefault(key, []).append(value)
    for key, values in given.items():
        entry = table.get(key)
        if entry is None:
            continue
        path, is_list, read = entry
        target = result
        for part in path[:-1]:
            target = target.setdefault(part, {})
        if is_list:
            target.setdefault(path[-1], []).extend(read(v) for v in values)
        else:
            target[path[-1]] = read(values[0])
    return result


_Reader = Callable[[str], Any]


@lru_cache(maxsize=None)
def _query_table(message: Any) -> Mapping[str, Tuple[Tuple[str, ...], bool, _Reader]]:
    table: Dict[str, Tuple[Tuple[str, ...], bool, _Reader]] = {}

    def add(prefixes: List[str], path: Tuple[str, ...], owner: Any, depth: int) -> None:
        for name, given in fields_of(owner).items():
            hint = _bare(given)
            is_list = get_origin(hint) is list
            element = _bare(get_args(hint)[0]) if is_list else hint
            keys = [p + n for p in prefixes for n in {name, _snake(name)}]
            if _is_message(element):
                if not is_list and depth < 3:
                    add([k + "." for k in keys], (*path, name), element, depth + 1)
                continue
            # what may be null is a wrapper message, whose parser takes fewer spellings
            is_wrapper = get_origin(given) is Union and element is bool
            reader = _parse_wrapped_bool if is_wrapper else _query_reader(element)
            if reader is not None:
                for k in keys:
                    table[k] = ((*path, name), is_list, reader)

    if _is_message(message):
        add([""], (), message, 0)
    return table


def _bare(hint: Any) -> Any:
    while get_origin(hint) in (NotRequired, Union):
        hint = next(a for a in get_args(hint) if a is not type(None))
    return hint


def _query_reader(hint: Any) -> Union[_Reader, None]:
    if get_origin(hint) is Annotated:
        mark = get_args(hint)[1]
        if mark in _INTEGERS:
            low, high = _INTEGERS[mark]
            return lambda text: _parse_literal(text, low, high)
        if mark in _LONG:
            low, high = _LONG[mark]
            return lambda text: str(_parse_literal(text, low, high))
        if mark in ("double", "float"):
            return _parse_float
        return _read_timestamp if mark == "date-time" else _read_bytes
    if hint is str:
        return str
    if hint is bool:
        return _parse_bool
    if hint is int:
        return _parse_literal
    if hint is float:
        return _parse_float
    if isinstance(hint, type) and issubclass(hint, WireEnum):
        return _enum_reader(hint)
    return None


def parse_integer(text: str, low: int, high: int) -> int:
    """Return an integer written in decimal digits, as the routes outside the gateway read it.

    Raises:
        Refusal: it is none, or is out of range.
    """
    match = _GO_INTEGER.match(text)
    if not match:
        raise invalid(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    value = int(text) if len(match.group(1)) <= _MOST_DIGITS else high + 1
    return _in_range(text, value, low, high)


def _parse_literal(text: str, low: int = -(2**31), high: int = 2**31 - 1) -> int:
    """Return an integer written as in Go's source: the gateway takes ``0x1f``, ``1_000``, and reads ``010`` as 8."""
    if not _GO_LITERAL.match(text):
        raise invalid(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    digits = text.lstrip("+-").replace("_", "")
    if len(digits) > _MOST_DIGITS:
        value = high + 1
    else:
        value = int(digits, 8) if digits.isdigit() and digits.startswith("0") else int(digits, 0)
    return _in_range(text, -value if text.startswith("-") else value, low, high)


def _in_range(text: str, value: int, low: int, high: int) -> int:
    if not low <= value <= high:
        raise invalid(f'strconv.ParseInt: parsing "{text}": value out of range')
    return value


def _parse_bool(text: str) -> bool:
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise invalid(f'strconv.ParseBool: parsing "{text}": invalid syntax')


def _parse_wrapped_bool(text: str) -> bool:
    if text not in ("true", "false"):
        raise invalid(f"bad BoolValue: {text}")
    return text == "true"


def _parse_float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise invalid(f'strconv.ParseFloat: parsing "{text}": invalid syntax') from None


def _enum_reader(enum: "type[WireEnum]") -> _Reader:
    by_name = {m.value: m for m in enum}
    by_number = {m.number: m for m in enum}

    def read(text: str) -> Any:
        if text in by_name:
            return by_name[text]
        if _GO_INTEGER.match(text) and len(text) <= _MOST_DIGITS and int(text) in by_number:
            return by_number[int(text)]
        raise invalid(f"{text} is not a valid {_go_name(enum)}")

    return read


def decode_path(row: "Endpoint[Any, Any]", values: Sequence[str]) -> Dict[str, Any]:
    """Return the path's parameters by their Python names.

    Raises:
        Refusal: an integer parameter is none.
    """
    result: Dict[str, Any] = {}
    for (name, is_integer), text in zip(row.parameters, values):
        if is_integer:
            try:
                result[name.replace(".", "_")] = _parse_literal(text)
            except Refusal as refusal:
                raise invalid(f"type mismatch, parameter: {name}, error: {refusal.text}") from None
        else:
            result[name.replace(".", "_")] = text
    return result
