"""The helper process of `ProcessEngine`: it ends itself when a pattern takes too long, also if its master is gone."""

from __future__ import annotations

import json
import re
import signal
import sys
from typing import IO

# processor time: a machine that has much to do makes no pattern slow
_SECONDS = 0.3
_SECONDS_PER_CHARACTER = 1e-6


def answer_questions(questions: IO[str], answers: IO[str]) -> None:
    """Answer one question a line, until there are no more: the place of the first text that matches, or -1.

    A pattern that takes too long ends this process.
    """
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    for question in questions:
        pattern, texts = json.loads(question)
        signal.setitimer(signal.ITIMER_VIRTUAL, _SECONDS + _SECONDS_PER_CHARACTER * len(question))
        search = re.compile(pattern, re.ASCII).search
        found = next((at for at, text in enumerate(texts) if search(text)), -1)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        answers.write(f"{found}\n")
        answers.flush()


if __name__ == "__main__":
    answer_questions(sys.stdin, sys.stdout)
