"""Users' regular expressions, looked for in what their tasks log.

The syntax is that of RE2, which the real master knows: it can be matched in time linear in the length of a text. Where
the package google-re2 is installed it does the matching; elsewhere Python's own expressions do, of the same syntax, in
a helper process that is ended when one takes too long: no pattern can keep the master from its work.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import Any, NamedTuple, Optional, Protocol, Sequence

from ._process import ProcessEngine
from ._syntax import PatternError

__all__ = ["Finder", "Matcher", "PatternError", "check", "prepare"]

logger = logging.getLogger("determined.master.patterns")

_LEADING_ANYTHING = re.compile(r"(\(\?[ims]+\))?(?:\.\*\??(?![+*?{]))+")
_IS_LITERAL = re.compile(r"[^\\.^$*+?{}\[\]|()]+")
_LOOKS_AT_END = re.compile(r"\$|\\z")


class Finder(NamedTuple):
    """A pattern, ready to be looked for.

    Attributes:
        literal: text that is looked for as it stands; None for a pattern that is more than that.
        pattern: the pattern without what says that anything may stand around it.
    """

    literal: Optional[str]
    pattern: str


class Engine(Protocol):
    """What matches patterns."""

    def check(self, pattern: str) -> None:
        """
        Raises:
            PatternError: it is none.
        """

    def first(self, pattern: str, texts: Sequence[str]) -> Optional[int]:
        """The place of the first text that holds a pattern, or None."""

    def close(self) -> None:
        """End what runs beside this process."""


class Re2Engine:
    """Matching by google-re2."""

    def __init__(self, re2: Any) -> None:
        self._re2 = re2
        self._options = re2.Options()
        self._options.log_errors = False
        self._compile = lru_cache(maxsize=1024)(self._compile_now)

    def check(self, pattern: str) -> None:
        self._compile(pattern)

    def first(self, pattern: str, texts: Sequence[str]) -> Optional[int]:
        search = self._compile(pattern).search
        return next((at for at, text in enumerate(texts) if search(text.encode("utf-8", "replace"))), None)

    def close(self) -> None:
        pass

    def _compile_now(self, pattern: str) -> Any:
        try:
            return self._re2.compile(pattern.encode("utf-8", "replace"), self._options)
        except self._re2.error as error:
            text = error.args[0] if error.args else str(error)
            raise PatternError(text.decode(errors="replace") if isinstance(text, bytes) else str(text)) from None


def make_engine() -> Engine:
    """Return the best way of matching that there is here."""
    try:
        import re2  # type: ignore[import-untyped, import-not-found, unused-ignore]
    except ImportError:
        return ProcessEngine()
    # another package has the same name, which falls back to Python's own expressions
    return Re2Engine(re2) if hasattr(getattr(re2, "Options", None), "never_capture") else ProcessEngine()


class Matcher:
    """Looks for patterns in lines. To be used on any thread but that of the event loop.

    Parameters:
        engine: what matches. Defaults to `make_engine`.
    """

    def __init__(self, engine: Optional[Engine] = None) -> None:
        self._engine = engine or make_engine()

    def find_first(self, finder: Finder, lines: Sequence[str], joined: Optional[str] = None) -> Optional[int]:
        """The place of the first line that holds a pattern, or None.

        Parameters:
            lines: with or without the line's end, which counts as the end of the text either way.
            joined: all lines in one text, for whoever has it already.
        """
        if finder.literal is not None:
            if finder.literal not in (joined if joined is not None else "\n".join(lines)):
                return None
            return next((at for at, line in enumerate(lines) if finder.literal in line), None)
        found = self._engine.first(finder.pattern, lines)
        if _LOOKS_AT_END.search(finder.pattern) and any(line.endswith("\n") for line in lines):
            bare = self._engine.first(finder.pattern, [line[:-1] if line.endswith("\n") else line for line in lines])
            found = bare if found is None or (bare is not None and bare < found) else found
        return found

    def close(self) -> None:
        """End what runs beside this process."""
        self._engine.close()


@lru_cache(maxsize=1)
def _checker() -> Engine:
    return make_engine()


def check(pattern: str) -> None:
    """Check a pattern.

    Raises:
        PatternError: it is none of RE2's syntax.
    """
    _checker().check(pattern)


@lru_cache(maxsize=1024)
def prepare(pattern: str) -> Finder:
    """Make a pattern ready.

    Raises:
        PatternError: it is none.
    """
    bare = _strip_anything(pattern)
    if _IS_LITERAL.fullmatch(bare):
        return Finder(bare, bare)
    check(bare)
    return Finder(None, bare)


def _strip_anything(pattern: str) -> str:
    """Take away ``.*`` from both ends: a search finds the same lines without it."""
    found = _LEADING_ANYTHING.match(pattern)
    if found is not None:
        pattern = (found.group(1) or "") + pattern[found.end() :]
    while True:
        bare = pattern[:-2] if pattern.endswith(".*") else pattern[:-3] if pattern.endswith(".*?") else pattern
        is_escaped = (len(bare) - len(bare.rstrip("\\"))) % 2 == 1
        if bare == pattern or is_escaped:
            return pattern
        pattern = bare
