"""Trials outside of our master that report to it with the released ``core_v2``."""

from __future__ import annotations

import json
from typing import List

from .conftest import HERE, Released


def run(released: Released, how: str, code: int) -> List[int]:
    storage = str(released.home / "unmanaged")
    outcome = released.run(str(HERE / "drivers" / "unmanaged.py"), how, storage)
    assert outcome.code == code, outcome
    numbers = [line for line in outcome.out.splitlines() if line.startswith("[")]
    found: List[int] = json.loads(numbers[0])
    return found


def test_an_unmanaged_trial_of_the_released_package_goes_on_where_it_stopped(released: Released) -> None:
    first = run(released, "end", 0)
    assert run(released, "end", 0) == first, "the external identifiers name the same trial"
    experiment, trial = first
    shown = released.read("trial", "describe", str(trial))["trial"]
    assert (shown["state"], shown["totalBatchesProcessed"]) == ("STATE_COMPLETED", 4)
    described = released.read("experiment", "describe", str(experiment))[0]["experiment"]
    assert (described["unmanaged"], described["labels"]) == (True, ["loose"])
    logs = released.det("trial", "logs", str(trial))
    assert [f"going on after {step}" in logs for step in (0, 1, 2)] == [True, False, True]
    assert "told on stderr by end" in logs


def test_an_unmanaged_trial_of_the_released_package_that_fails_is_in_error(released: Released) -> None:
    _, trial = run(released, "fail", 1)
    assert released.read("trial", "describe", str(trial))["trial"]["state"] == "STATE_ERROR"
    assert "it was bound to fail" in released.det("trial", "logs", str(trial))
