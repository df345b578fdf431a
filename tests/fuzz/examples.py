"""How examples are drawn: the same ones in every run."""

from __future__ import annotations

from typing import Any, Callable

from hypothesis import HealthCheck, Phase, given, settings


def run_examples(strategy: Any, examples: int, check: Callable[[Any], None]) -> None:
    """Draw examples and have them checked one by one.

    Nothing is drawn anew or made smaller after a failure: the master remembers what it was sent.
    """

    def check_one(example: Any) -> None:
        check(example)

    calmly = settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    calmly(given(strategy)(check_one))()
