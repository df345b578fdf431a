"""Scripts written for the released client find in this one what they expect, in some six hundred steps."""

from __future__ import annotations

import sys
from typing import Any, Dict, List

import pytest

from .comparison import differences
from .judging import GROUPS, WANTED, complaints, group_of, meant, walk

MEANT = meant("client", "master")


@pytest.fixture(scope="session")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Dict[str, Any]:
    """The answers of one tour with this project's client."""
    return walk(sys.executable, tmp_path_factory.mktemp("tour"))


def test_every_step_is_taken(answers: Dict[str, Any]) -> None:
    assert [step for step in answers if step.startswith("(")] == []
    assert [step for step in WANTED if step not in answers] == []


@pytest.mark.parametrize("group", GROUPS)
def test_the_steps_are_answered_as_the_released_client_did(answers: Dict[str, Any], group: str) -> None:
    steps = [step for step in WANTED if group_of(step) == group and step not in MEANT]
    assert complaints(answers, steps) == {}


def test_what_is_listed_as_meant_differs(answers: Dict[str, Any]) -> None:
    assert sorted(set(MEANT) - set(complaints(answers, MEANT))) == [], "these differ no more"


def test_what_is_listed_is_a_step_and_has_a_reason() -> None:
    assert set(MEANT) <= set(WANTED)
    assert min(map(len, MEANT.values())) > 10


# --- the comparison -------------------------------------------------------------------------------------------------

NOT_FOUND = {"raises": "NotFoundException", "message": "no", "catchable": ["NotFoundException", "Exception"]}
MORE_SPECIAL = {**NOT_FOUND, "raises": "NoWorkspace", "catchable": ["NoWorkspace", "NotFoundException"]}


@pytest.mark.parametrize(
    ("want", "got", "lines"),
    [
        ({"a": [1, "x"]}, {"a": [1, "x"]}, 0),
        ({"a": [1, "x"]}, {"a": [1, "y"], "b": 2}, 2),
        ({"labels": None}, {"labels": {"set": []}}, 0),
        ({"labels": {"set": []}}, {"labels": None}, 1),
        ({"image": "determinedai/environments:local"}, {"image": "none"}, 0),
        (NOT_FOUND, {**NOT_FOUND, "message": "there is none"}, 0),
        (NOT_FOUND, {**NOT_FOUND, "status": 404}, 0),
        ({**NOT_FOUND, "status": 404}, NOT_FOUND, 1),
        (NOT_FOUND, MORE_SPECIAL, 0),
        (MORE_SPECIAL, NOT_FOUND, 2),
        (NOT_FOUND, None, 2),
        (None, NOT_FOUND, 2),
        (list(range(20)), [0] * 20, 7),
    ],
)
def test_the_comparison_sees_what_a_script_could(want: Any, got: Any, lines: int) -> None:
    found: List[str] = differences(want, got)
    assert len(found) == lines
