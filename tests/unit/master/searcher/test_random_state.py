"""The random numbers of searches."""

from __future__ import annotations

import uuid

import pytest

from determined.master.searcher import RandomState


def test_the_first_trial_of_seed_42_has_the_id_and_seed_of_a_real_master() -> None:
    source = RandomState(42)
    assert str(uuid.UUID(bytes=source.draw_bytes(16), version=4)) == "66dce15f-b33d-4acb-9c03-62f30e95f52e"
    assert source.draw_integer(0, 2**31 - 1) == 996406378


@pytest.mark.parametrize("seed", [0, 1, 42, 2**32 - 1])
def test_numbers_are_those_of_numpys_legacy_generator(seed: int) -> None:
    numpy = pytest.importorskip("numpy")
    ours, theirs = RandomState(seed), numpy.random.RandomState(seed)
    for i in range(200):
        assert ours.draw_uniform(-3, 5.5) == theirs.uniform(-3, 5.5)
        assert ours.draw_integer(-3, 3 + i) == theirs.randint(-3, 4 + i)
        assert ours.draw_bytes(16 + i % 3) == theirs.bytes(16 + i % 3)
        assert ours.draw_integer(0, 2**40 + i) == theirs.randint(0, 2**40 + i + 1, dtype=numpy.int64)


def test_a_generator_goes_on_where_its_two_saved_numbers_say() -> None:
    source = RandomState(7)
    source.draw_uniform(0, 1)
    source.draw_bytes(2000)
    source.draw_integer(0, 2)
    resumed = RandomState(source.seed, source.drawn)
    assert [resumed.draw_word() for _ in range(700)] == [source.draw_word() for _ in range(700)]


def test_a_choice_of_one_draws_nothing() -> None:
    source = RandomState(7)
    assert source.draw_integer(4, 4) == 4
    assert source.drawn == 0
