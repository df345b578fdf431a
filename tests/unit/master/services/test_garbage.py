"""Which checkpoints a policy keeps."""

from __future__ import annotations

from typing import List, Optional

from determined.master.services.garbage import Candidate, Policy, choose


def candidates(values: List[Optional[float]], *, trial: int = 1) -> List[Candidate]:
    """Checkpoints named a, b, c ... at steps 1, 2, 3 ... with these signed metrics."""
    return [Candidate(f"{trial}{chr(97 + i)}", trial, i + 1, v, 10 * trial + i) for i, v in enumerate(values)]


def kept(found: List[Candidate], *policy: int) -> List[str]:
    gone = choose(found, Policy(*policy))
    return [c.uuid for c in found if c.uuid not in gone]


def test_the_best_and_the_latest_of_a_trial_are_kept_by_default() -> None:
    assert kept(candidates([5, 3, 8, 1, 2, 9, 7]), 0, 1, 1) == ["1d", "1g"]


def test_the_best_of_the_experiment_are_counted_over_all_trials() -> None:
    found = candidates([5.0, 4.0]) + candidates([1.0, 2.0], trial=2)
    assert kept(found, 3, 0, 0) == ["1b", "2a", "2b"]


def test_a_checkpoint_without_a_validation_is_only_ever_kept_as_the_latest() -> None:
    assert kept(candidates([None, None]), 9, 9, 1) == ["1b"]


def test_latest_is_counted_for_each_trial_also_without_validations() -> None:
    assert kept(candidates([None, None]) + candidates([None, None], trial=2), 0, 0, 1) == ["1b", "2b"]


def test_nan_is_worse_than_any_number_but_better_than_nothing() -> None:
    assert kept(candidates([float("nan"), 9.0, None]), 0, 2, 0) == ["1a", "1b"]


def test_nothing_is_kept_when_nothing_is_to_be() -> None:
    assert kept(candidates([1.0, 2.0]), 0, 0, 0) == []
