"""The patterns of ``.gitignore``, with the meaning that git gives them: of bytes, and of the last one that matches."""

from __future__ import annotations

import re
import string
from typing import Callable, Dict, Iterable, List, NamedTuple, Optional, Set

_SLASH = ord("/")


def _bytes_where(test: Callable[[str], bool]) -> Set[int]:
    return {number for number in range(128) if test(chr(number))}


_CLASSES: Dict[bytes, Set[int]] = {
    b"alnum": _bytes_where(str.isalnum),
    b"alpha": _bytes_where(str.isalpha),
    b"blank": {9, 32},
    b"cntrl": {*range(32), 127},
    b"digit": _bytes_where(str.isdigit),
    b"graph": set(range(33, 127)),
    b"lower": _bytes_where(str.islower),
    b"print": set(range(32, 127)),
    b"punct": {ord(character) for character in string.punctuation},
    b"space": {9, 10, 11, 12, 13, 32},
    b"upper": _bytes_where(str.isupper),
    b"xdigit": {ord(character) for character in string.hexdigits},
}


class Pattern(NamedTuple):
    """A pattern.

    Attributes:
        is_exclusion: what it matches stays at home; else it is sent, whatever patterns before this one say.
        only_folders: it matches folders only.
        of_names: it is matched with the name of an entry alone, else with its whole path.
        matches: says of a name or path whether it matches.
    """

    is_exclusion: bool
    only_folders: bool
    of_names: bool
    matches: Callable[[bytes], bool]


def parse(text: bytes) -> List[Pattern]:
    """Return the patterns of a file, in their order."""
    found = []
    for line in text.split(b"\n"):
        if line.startswith(b"#"):
            continue
        pattern = _parse_line(_without_trailing_spaces(line[:-1] if line.endswith(b"\r") else line))
        if pattern is not None:
            found.append(pattern)
    return found


def is_excluded(patterns: Iterable[Pattern], path: bytes, *, is_dir: bool) -> bool:
    """Whether patterns exclude an entry of a folder that they do not exclude.

    Parameters:
        patterns: the last ones first.
        path: of the entry, with slashes.
        is_dir: it is a folder.
    """
    name = path.rpartition(b"/")[2]
    for pattern in patterns:
        if (is_dir or not pattern.only_folders) and pattern.matches(name if pattern.of_names else path):
            return pattern.is_exclusion
    return False


def _without_trailing_spaces(line: bytes) -> bytes:
    end = None
    position = 0
    while position < len(line):
        if line[position : position + 1] == b" ":
            end = position if end is None else end
        else:
            end = None
            if line[position : position + 1] == b"\\":
                position += 1
        position += 1
    return line if end is None else line[:end]


def _parse_line(line: bytes) -> Optional[Pattern]:
    is_exclusion = not line.startswith(b"!")
    text = line if is_exclusion else line[1:]
    only_folders = text.endswith(b"/")
    if only_folders:
        text = text[:-1]
    if not text:
        return None
    of_names = b"/" not in text
    if text.startswith(b"/"):
        text = text[1:]
    # What stands before the first wildcard is compared as it is; after it git sees the beginning of a pattern.
    plain = re.split(rb"[*?\[\\]", text, maxsplit=1)[0]
    wild = _translate(text[len(plain) :], crosses_slashes=of_names)
    if wild is None:
        return None
    expression = re.compile(re.escape(plain) + wild, re.DOTALL)
    return Pattern(is_exclusion, only_folders, of_names, lambda name: expression.fullmatch(name) is not None)


def _translate(pattern: bytes, *, crosses_slashes: bool) -> Optional[bytes]:
    """Return a pattern as a regular expression; None for one that matches nothing.

    Parameters:
        pattern: where it begins with a wildcard, or empty.
        crosses_slashes: wildcards stand for slashes as well.
    """
    any_one, any_many = (b".", b".*") if crosses_slashes else (b"[^/]", b"[^/]*")
    out: List[bytes] = []
    position = 0
    while position < len(pattern):
        byte = pattern[position : position + 1]
        position += 1
        if byte == b"?":
            out.append(any_one)
        elif byte == b"*":
            begin = position - 1
            while pattern[position : position + 1] == b"*":
                position += 1
            rest = pattern[position:]
            is_word = begin == 0 or pattern[begin - 1 : begin] == b"/"
            if position - begin == 1 or crosses_slashes or not is_word or not _ends_word(rest):
                out.append(any_many)
            elif rest.startswith(b"/"):
                out.append(b"(?:.*/)?")
                position += 1
            else:
                out.append(b".*")
        elif byte == b"[":
            found = _Set(pattern, position)
            if not found.is_whole:
                return None
            position = found.end
            out.append(found.expression(crosses_slashes))
        elif byte == b"\\":
            if position == len(pattern):
                return None
            out.append(re.escape(pattern[position : position + 1]))
            position += 1
        else:
            out.append(re.escape(byte))
    return b"".join(out)


def _ends_word(rest: bytes) -> bool:
    return not rest or rest.startswith((b"/", b"\\/"))


class _Set:
    """A set in brackets, read from behind its "[".

    Attributes:
        is_whole: it has its "]", and no class in it is unknown.
        end: where the pattern goes on.
    """

    def __init__(self, pattern: bytes, start: int) -> None:
        self._members: Set[int] = set()
        self._is_negated = pattern[start : start + 1] in (b"!", b"^")
        self.end = start + self._is_negated
        self.is_whole = self._read(pattern)

    def expression(self, with_slash: bool) -> bytes:
        """Return the set as a regular expression."""
        members = set(range(256)) - self._members if self._is_negated else set(self._members)
        if not with_slash:
            members.discard(_SLASH)
        if not members:
            return b"(?!)"
        return b"[" + b"".join(b"\\x%02x" % member for member in sorted(members)) + b"]"

    def _read(self, pattern: bytes) -> bool:
        before: Optional[int] = None
        is_first = True
        while self.end < len(pattern):
            rest = pattern[self.end :]
            if rest.startswith(b"]") and not is_first:
                self.end += 1
                return True
            is_first = False
            named = re.match(rb"\[:([^\]]*):\]", rest)
            if rest.startswith(b"\\"):
                if len(rest) == 1:
                    return False
                before = rest[1]
                self._members.add(before)
                self.end += 2
            elif rest.startswith(b"-") and before is not None and len(rest) > 1 and not rest.startswith(b"-]"):
                last = rest[2:3] if rest[1:2] == b"\\" else rest[1:2]
                if not last:
                    return False
                self._members.update(range(before, last[0] + 1))
                self.end += 3 if rest[1:2] == b"\\" else 2
                before = None
            elif named is not None:
                if named.group(1) not in _CLASSES:
                    return False
                self._members |= _CLASSES[named.group(1)]
                self.end += named.end()
                before = None
            else:
                before = rest[0]
                self._members.add(before)
                self.end += 1
        return False
