"""RE2's syntax of regular expressions, written as Python's."""

from __future__ import annotations

import re
from typing import Dict, List, NamedTuple, Tuple

_MOST_REPEATS = 1000
_LONGEST = 20_000
_POSIX: Dict[str, str] = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ", "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~", "space": r"\t\n\v\f\r ",
    "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_NAME = re.compile(r"\(\?P?<([A-Za-z_][A-Za-z0-9_]*)>")
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_POSIX_CLASS = re.compile(r"\[:(\^?)([a-z]+):\]")
_HEX = re.compile(r"\\x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))")
_OCTAL = re.compile(r"\\0[0-7]{0,2}|\\[1-7][0-7]{1,2}")
_PUNCTUATION = set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


class PatternError(ValueError):
    """A pattern that is no regular expression of RE2's syntax; the text says why."""


class _Group(NamedTuple):
    """An open group: its flags now, and the Python groups that stand for flags set within it."""

    flags: str
    extra: List[str]


def to_python(pattern: str) -> str:
    """Write a pattern for Python's ``re`` with the flag ``ASCII``.

    Raises:
        PatternError: it is none of RE2's syntax, or uses what only google-re2 can match: classes of Unicode
            characters and the flag ``U``.
    """
    if len(pattern) > _LONGEST:
        raise PatternError(f"it is longer than {_LONGEST} characters")
    translated = _Translator(pattern).run()
    try:
        re.compile(translated, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"{error}") from None
    return translated


class _Translator:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._out: List[str] = []
        self._groups: List[_Group] = [_Group("", [])]
        self._can_repeat = False
        self._in_class = False

    def run(self) -> str:
        while self._at < len(self._pattern):
            self._step()
        if len(self._groups) > 1:
            raise PatternError("missing )")
        self._close_extra()
        return "".join(self._out)

    def _step(self) -> None:
        character = self._pattern[self._at]
        if character == "\\":
            self._escape()
        elif character == "[":
            self._character_class()
        elif character == "(":
            self._open()
        elif character == ")":
            self._close()
        elif character == "|":
            extra = self._groups[-1].extra
            self._emit(")" * len(extra) + "|" + "".join(extra), 1, repeats=False)
        elif character in "*+?" or (character == "{" and _REPEAT.match(self._pattern, self._at)):
            self._repeat(character)
        elif character == "$" and "m" not in self._groups[-1].flags:
            self._emit(r"\Z", 1, repeats=True)
        elif character == "{":
            self._emit(r"\{", 1, repeats=True)
        else:
            self._emit(character, 1, repeats=True)

    def _emit(self, text: str, taken: int, *, repeats: bool) -> None:
        self._out.append(text)
        self._at += taken
        self._can_repeat = repeats

    def _repeat(self, character: str) -> None:
        if not self._can_repeat:
            raise PatternError(f"missing argument to repetition operator: {character}")
        text = character
        if character == "{":
            found = _REPEAT.match(self._pattern, self._at)
            text = found.group() if found is not None else character
            if found is not None and any(int(n) > _MOST_REPEATS for n in found.groups() if n):
                raise PatternError(f"invalid repetition size: {text}")
        taken = len(text)
        if self._pattern[self._at + taken : self._at + taken + 1] == "?":
            text, taken = text + "?", taken + 1
        self._emit(text, taken, repeats=False)

    def _open(self) -> None:
        flags = _FLAGS.match(self._pattern, self._at)
        name = _NAME.match(self._pattern, self._at)
        group = self._groups[-1]
        if flags is not None and flags.group() != "(?)":
            on, off, end = flags.group(1), flags.group(2) or "", flags.group(3)
            if "U" in on + off:
                raise PatternError("the flag U needs the package google-re2")
            now = "".join(flag for flag in "ims" if flag in on or (flag in group.flags and flag not in off))
            text = f"(?{on}{'-' + off if off else ''}:"
            if end == ":":
                self._groups.append(_Group(now, []))
            else:
                group.extra.append(text)
                self._groups[-1] = group._replace(flags=now)
            self._emit(text, len(flags.group()), repeats=False)
        elif name is not None:
            self._groups.append(_Group(group.flags, []))
            self._emit(f"(?P<{name.group(1)}>", len(name.group()), repeats=False)
        elif self._pattern.startswith("(?", self._at):
            raise PatternError(f"invalid or unsupported Perl syntax: {self._pattern[self._at : self._at + 4]}")
        else:
            self._groups.append(_Group(group.flags, []))
            self._emit("(", 1, repeats=False)

    def _close(self) -> None:
        if len(self._groups) == 1:
            raise PatternError("unexpected )")
        self._close_extra()
        self._groups.pop()
        self._emit(")", 1, repeats=True)

    def _close_extra(self) -> None:
        self._out.append(")" * len(self._groups[-1].extra))

    def _escape(self) -> None:
        pattern, at = self._pattern, self._at
        following = pattern[at + 1 : at + 2]
        if following == "Q":
            end = pattern.find(r"\E", at)
            quoted = pattern[at + 2 :] if end < 0 else pattern[at + 2 : end]
            taken = len(pattern) - at if end < 0 else end + 2 - at
            self._emit(re.escape(quoted), taken, repeats=bool(quoted))
        elif following == "z":
            self._emit(r"\Z", 2, repeats=True)
        elif following and following in "AbB":
            self._emit("\\" + following, 2, repeats=True)
        else:
            text, taken = self._character(at)
            self._emit(text, taken, repeats=True)

    def _character(self, at: int) -> Tuple[str, int]:
        """An escape that stands for characters, in a class or outside."""
        pattern = self._pattern
        following = pattern[at + 1 : at + 2]
        number = _HEX.match(pattern, at) or _OCTAL.match(pattern, at)
        if number is not None:
            digits = number.group(1) or number.group(2) if number.re is _HEX else number.group()[1:]
            code = int(digits, 16 if number.re is _HEX else 8)
            if code > 0x10FFFF:
                raise PatternError(f"invalid escape sequence: {number.group()}")
            return re.escape(chr(code)), len(number.group())
        if following and following in "pP":
            raise PatternError("classes of Unicode characters need the package google-re2")
        if following and (following in "dDsSwWafnrtv" or following in _PUNCTUATION):
            # in Python's \s is one character more
            spaces = {"s": r"\t\n\f\r ", "S": r"\S\v"}
            if following in spaces:
                return (spaces[following] if self._in_class else f"[{spaces[following]}]"), 2
            return "\\" + following, 2
        raise PatternError(f"invalid escape sequence: \\{following}" if following else "trailing backslash")

    def _character_class(self) -> None:
        pattern, start = self._pattern, self._at
        out, at = ["["], start + 1
        if pattern[at : at + 1] == "^":
            out.append("^")
            at += 1
        first = True
        self._in_class = True
        while True:
            character = pattern[at : at + 1]
            posix = _POSIX_CLASS.match(pattern, at)
            if not character:
                raise PatternError(f"missing ]: {pattern[start:]}")
            if character == "]" and not first:
                break
            if posix is not None:
                if posix.group(1) or posix.group(2) not in _POSIX:
                    raise PatternError(f"invalid character class: {posix.group()}")
                text, taken = _POSIX[posix.group(2)], len(posix.group())
            elif character == "\\":
                text, taken = self._character(at)
            else:
                text, taken = ("\\" + character if character in "[]&~|" else character), 1
            out.append(text)
            at += taken
            first = False
        self._in_class = False
        self._emit("".join([*out, "]"]), at + 1 - start, repeats=True)
