"""The released client walks the tour on our master and answers as on a real one, but for what is meant."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from ..tour.judging import GROUPS, WANTED, complaints, group_of, meant, walk

MEANT = meant("master")


@pytest.fixture(scope="session")
def answers(released_python: str, tmp_path_factory: pytest.TempPathFactory) -> Dict[str, Any]:
    """The answers of one tour with the released client."""
    return walk(released_python, tmp_path_factory.mktemp("tour"))


def test_every_step_is_taken(answers: Dict[str, Any]) -> None:
    assert list(answers) == list(WANTED)


@pytest.mark.parametrize("group", GROUPS)
def test_the_released_client_is_answered_as_by_a_real_master(answers: Dict[str, Any], group: str) -> None:
    steps = [step for step in WANTED if group_of(step) == group and step not in MEANT]
    assert complaints(answers, steps) == {}


def test_what_is_listed_as_meant_differs(answers: Dict[str, Any]) -> None:
    assert sorted(set(MEANT) - set(complaints(answers, MEANT))) == [], "these differ no more"
