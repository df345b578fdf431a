"""Every public name and parameter of the SDK and the Core API since release 0.12 is there."""

from __future__ import annotations

import warnings
from typing import Any, List

import pytest

from .. import recorded
from .surface import faults, signature_faults


@pytest.mark.parametrize("group", ["api", "sdk", "core", "native"])
def test_the_released_surface_holds(group: str) -> None:
    released = {path: spec for path, spec in recorded.load("surface")["symbols"].items() if spec["group"] == group}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # old names may say that they are old
        found = {path: faults(path, spec) for path, spec in released.items()}
    assert released
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def _called(first: int, second: int = 0, *, third: int = 0) -> None:
    """Is held against what it is not."""


def _takes_all(*args: Any, **kwargs: Any) -> None:
    """Takes whatever there is."""


@pytest.mark.parametrize(
    ("called", "wanted", "positional", "wrong"),
    [
        (_called, ["first", "third"], ["first"], []),
        (_called, ["first", "fourth"], ["first"], ["does not take fourth"]),
        (_called, ["second"], ["second"], ["positional order is ['first', 'second'], not ['second']"]),
        (_takes_all, ["first", "fourth", "**kwargs"], ["first", "fourth"], []),
    ],
)
def test_the_check_itself_sees_what_is_wrong(
    called: Any, wanted: List[str], positional: List[str], wrong: List[str]
) -> None:
    assert signature_faults(called, wanted, positional) == wrong


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("determined.nowhere:Thing", "missing"),
        ("determined.experimental.client:nothing", "missing"),
        ("determined.experimental.client:Determined.nothing", "missing"),
        ("determined.experimental.client:Determined", ""),
    ],
)
def test_a_name_that_is_not_there_is_missed(path: str, wrong: str) -> None:
    assert "".join(faults(path, {"kind": "attribute"})).startswith(wrong)
