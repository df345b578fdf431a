"""When things are due: nothing but arithmetic."""

from __future__ import annotations

import pytest

from determined.pytorch import Batch, Epoch, TrainUnit
from determined.pytorch._lr_scheduler import LRScheduler, count_steps
from determined.pytorch._schedule import Boundary, Position, Schedule
from determined.pytorch._units import unit_from_config

Mode = LRScheduler.StepMode


def test_a_number_is_due_at_its_multiples_and_a_container_at_its_members() -> None:
    assert [n for n in range(9) if Batch(3).should_stop(n)] == [3, 6]
    assert [n for n in range(9) if Epoch([2, 5]).should_stop(n)] == [2, 5]
    assert all(Batch(0).should_stop(n) for n in range(3))
    with pytest.raises(AssertionError):
        Batch(2.5).should_stop(1)  # type: ignore[arg-type]


def test_units_are_equal_by_unit_and_value() -> None:
    assert Batch(3) == Batch(3)
    assert Batch(3) != Epoch(3)
    assert repr(Epoch([1])) == "Epoch([1])"


def test_everything_due_is_listed_in_the_order_it_is_done() -> None:
    schedule = Schedule(Batch(4), Batch(2), Epoch(1), Batch(4))
    assert schedule.list_due(Position(1, 0, False)) == []
    assert schedule.list_due(Position(2, 0, False)) == [Boundary.VALIDATE]
    assert schedule.list_due(Position(4, 1, True)) == list(Boundary)


def test_epochs_count_at_their_last_batch_only() -> None:
    schedule = Schedule(Epoch(2), validation_period=Epoch(1))
    assert schedule.list_due(Position(5, 1, False)) == []
    assert schedule.list_due(Position(8, 2, True)) == [Boundary.TRAIN, Boundary.VALIDATE]
    assert not schedule.is_over(7, 1)
    assert schedule.is_over(8, 2)
    assert schedule.progress(4, 1) == 0.5


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        ({"batches": 5}, Batch(5)),
        ({"epochs": 2}, Epoch(2)),
        ({"records": 25}, Batch(3)),
        ({"records": 3}, Batch(1)),
        ({"batches": 0}, None),
        (7, Batch(7)),
        (None, None),
    ],
)
def test_lengths_of_a_configuration(length: object, expected: TrainUnit) -> None:
    assert unit_from_config(length, global_batch_size=8) == expected


@pytest.mark.parametrize("length", [{"batches": 1, "epochs": 1}, {"hours": 1}, "5"])
def test_lengths_that_make_no_sense(length: object) -> None:
    with pytest.raises(ValueError, match="is no length"):
        unit_from_config(length)


@pytest.mark.parametrize(
    ("mode", "frequency", "aggregation", "expected"),
    [
        (Mode.STEP_EVERY_EPOCH, 1, 1, [3, 7, 11]),
        (Mode.STEP_EVERY_EPOCH, 2, 1, [7]),
        (Mode.STEP_EVERY_EPOCH, 1, 3, [2, 5, 11]),
        (Mode.STEP_EVERY_BATCH, 1, 2, [1, 1, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11]),
        (Mode.STEP_EVERY_BATCH, 3, 2, [3, 5, 9, 11]),
        (Mode.STEP_EVERY_OPTIMIZER_STEP, 1, 2, [1, 3, 5, 7, 9, 11]),
        (Mode.STEP_EVERY_OPTIMIZER_STEP, 2, 2, [3, 7, 11]),
        (Mode.STEP_EVERY_OPTIMIZER_STEP, 3, 2, [5, 11]),
        (Mode.MANUAL_STEP, 1, 1, []),
    ],
)
def test_schedulers_step_with_the_updates_of_the_weights(
    mode: LRScheduler.StepMode, frequency: int, aggregation: int, expected: "list[int]"
) -> None:
    """In twelve batches, four of which are an epoch; a scheduler of optimizer steps counts these, not batches."""
    steps = []
    for batch in range(12):
        if (batch + 1) % aggregation == 0:
            steps += [batch] * count_steps(mode, frequency, batch, aggregation, epoch_length=4)
    assert steps == expected
