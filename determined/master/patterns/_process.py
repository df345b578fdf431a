"""Matching in a helper process, which ends itself when a pattern takes too long."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import threading
from functools import lru_cache
from typing import Optional, Sequence, Set

from ..package import package_path
from ._syntax import to_python

logger = logging.getLogger("determined.master.patterns")

_END_SECONDS = 5.0
_HELPER = __name__.rpartition(".")[0] + "._helper"


class ProcessEngine:
    """Matching by Python's expressions in another process.

    A pattern that takes longer than a moment is not looked for any more until the master starts again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: "Optional[subprocess.Popen[str]]" = None
        self._too_slow: Set[str] = set()
        self._closed = False
        self._ended_by = 0
        """The signal that ended the last helper."""
        self._translate = lru_cache(maxsize=1024)(to_python)

    def check(self, pattern: str) -> None:
        """
        Raises:
            PatternError: it is none.
        """
        self._translate(pattern)

    def first(self, pattern: str, texts: Sequence[str]) -> Optional[int]:
        """The place of the first text that holds a pattern, or None; also when it takes too long."""
        question = json.dumps([self._translate(pattern), list(texts)])
        with self._lock:
            if pattern in self._too_slow or self._closed:
                return None
            answer = self._ask(question)
            if answer is None and self._ended_by != signal.SIGVTALRM:
                # a helper that was ended by something else is no fault of the pattern's
                answer = self._ask(question)
            if answer is not None:
                return answer if answer >= 0 else None
            if self._closed:
                return None
            self._too_slow.add(pattern)
        logger.warning("the pattern %r is looked for no more: it takes too long", pattern)
        return None

    def close(self) -> None:
        """End the helper."""
        self._closed = True
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            self._drop(process)

    def _ask(self, question: str) -> Optional[int]:
        """What the helper says; None if it has ended over it."""
        if self._closed:
            return None
        process = self._process or self._start()
        if process.stdin is None or process.stdout is None:
            return None
        try:
            process.stdin.write(question + "\n")
            process.stdin.flush()
            return int(process.stdout.readline())
        except (OSError, ValueError):
            self._process = None
            self._drop(process)
            return None

    def _start(self) -> "subprocess.Popen[str]":
        self._process = process = subprocess.Popen(
            [sys.executable, "-m", _HELPER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": package_path()},
            encoding="ascii",
            start_new_session=True,
        )
        return process

    def _drop(self, process: "subprocess.Popen[str]") -> None:
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._ended_by = -process.returncode
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    logger.debug("what the helper did not read is lost")
