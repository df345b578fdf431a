"""What Go's JSON scanner says about text that is no JSON: scripts match on its words, which Python's parser has not."""

from __future__ import annotations

import re
from typing import List, Optional

_BLANKS = re.compile(rb"[ \t\r\n]*")
_DIGITS = re.compile(rb"[0-9]*")
_PLAIN_TEXT = re.compile(rb'[^"\\\x00-\x1f]*')
_LITERALS = {b"t": b"true", b"f": b"false", b"n": b"null"}
_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 39: "\\'", 92: "\\\\"}
_UNPRINTED = frozenset({*range(0x7F, 0xA1), 0xAD})


def find_fault(raw: bytes, *, alone: bool = False) -> Optional[str]:
    """Return what is wrong with a JSON value; None when nothing is.

    Parameters:
        alone: nothing but blanks may follow the value.
    """
    try:
        end = _scan_value(raw)
        if alone:
            end = _past(_BLANKS, raw, end)
            if end < len(raw):
                raise _unexpected(raw, end, "after top-level value")
    except _Ended:
        return "unexpected end of JSON input" if alone else "unexpected EOF"
    except _Fault as fault:
        return str(fault)
    return None


class _Fault(ValueError):
    pass


class _Ended(ValueError):
    pass


def _unexpected(raw: bytes, at: int, where: str) -> _Fault:
    return _Fault(f"invalid character '{_quoted(raw[at])}' {where}")


def _quoted(byte: int) -> str:
    if byte in _ESCAPES:
        return _ESCAPES[byte]
    if byte < 0x20 or byte == 0x7F:
        return f"\\x{byte:02x}"
    return f"\\u{byte:04x}" if byte in _UNPRINTED else chr(byte)


def _scan_value(raw: bytes) -> int:
    """Return where the first value ends."""
    within: List[bytes] = []  # the objects and lists that are open
    expected = "value"
    at = 0
    while True:
        at = _past(_BLANKS, raw, at)
        character = _character(raw, at)
        if expected == "value" or expected == "item or end":
            if character == b"]" and expected == "item or end":
                within.pop()
                at, expected = at + 1, "more or end"
            elif character in b"{[":
                within.append(character)
                at, expected = at + 1, "key or end" if character == b"{" else "item or end"
            else:
                at, expected = _scan_scalar(raw, at), "more or end"
        elif expected == "key" or expected == "key or end":
            if character == b"}" and expected == "key or end":
                within.pop()
                at, expected = at + 1, "more or end"
            elif character == b'"':
                at, expected = _scan_text(raw, at), "colon"
            else:
                raise _unexpected(raw, at, "looking for beginning of object key string")
        elif expected == "colon":
            if character != b":":
                raise _unexpected(raw, at, "after object key")
            at, expected = at + 1, "value"
        else:
            is_object = within[-1] == b"{"
            if character == b",":
                expected = "key" if is_object else "value"
            elif character == (b"}" if is_object else b"]"):
                within.pop()
            else:
                raise _unexpected(raw, at, "after object key:value pair" if is_object else "after array element")
            at += 1
        if not within and expected == "more or end":
            return at


def _scan_scalar(raw: bytes, at: int) -> int:
    character = _character(raw, at)
    if character == b'"':
        return _scan_text(raw, at)
    if character == b"-" or character.isdigit():
        return _scan_number(raw, at)
    literal = _LITERALS.get(character)
    if literal is None:
        raise _unexpected(raw, at, "looking for beginning of value")
    for offset in range(1, len(literal)):
        wanted = literal[offset : offset + 1]
        if _character(raw, at + offset) != wanted:
            raise _unexpected(raw, at + offset, f"in literal {literal.decode()} (expecting '{wanted.decode()}')")
    return at + len(literal)


def _scan_text(raw: bytes, at: int) -> int:
    at += 1
    while True:
        at = _past(_PLAIN_TEXT, raw, at)
        character = _character(raw, at)
        if character == b'"':
            return at + 1
        if character != b"\\":
            raise _unexpected(raw, at, "in string literal")
        at += 1
        if _character(raw, at) == b"u":
            for _ in range(4):
                at += 1
                if _character(raw, at) not in b"0123456789abcdefABCDEF":
                    raise _unexpected(raw, at, "in \\u hexadecimal character escape")
        elif _character(raw, at) not in b'bfnrt\\/"':
            raise _unexpected(raw, at, "in string escape code")
        at += 1


def _scan_number(raw: bytes, at: int) -> int:
    if raw[at : at + 1] == b"-":
        at += 1
    if _require_digit(raw, at, "in numeric literal") == b"0":
        at += 1
    else:
        at = _past(_DIGITS, raw, at)
    if raw[at : at + 1] == b".":
        at += 1
        _require_digit(raw, at, "after decimal point in numeric literal")
        at = _past(_DIGITS, raw, at)
    if raw[at : at + 1] in (b"e", b"E"):
        at += 1
        if _character(raw, at) in b"+-":
            at += 1
        _require_digit(raw, at, "in exponent of numeric literal")
        at = _past(_DIGITS, raw, at)
    return at


def _require_digit(raw: bytes, at: int, where: str) -> bytes:
    character = _character(raw, at)
    if not character.isdigit():
        raise _unexpected(raw, at, where)
    return character


def _character(raw: bytes, at: int) -> bytes:
    if at >= len(raw):
        raise _Ended
    return raw[at : at + 1]


def _past(pattern: "re.Pattern[bytes]", raw: bytes, at: int) -> int:
    match = pattern.match(raw, at)
    return at if match is None else match.end()
