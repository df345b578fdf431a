"""No call of the SDK sends more requests than that of the released client."""

from __future__ import annotations

import warnings
from typing import Dict, Iterator, List

import pytest

from determined.master import LocalMaster

from .. import recorded
from .counting import PASSWORD, count_requests

RELEASED: Dict[str, int] = recorded.load("requests")


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dict[str, List[str]]]:
    """What each call sends, counted once."""
    folder = tmp_path_factory.mktemp("model")
    with pytest.MonkeyPatch.context() as environment, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of old names, which are counted as well
        environment.setenv("DET_DEBUG_CONFIG_PATH", str(tmp_path_factory.mktemp("config")))
        with LocalMaster(tmp_path_factory.mktemp("master"), slots=0, initial_password=PASSWORD) as master:
            yield count_requests(master, folder)


def test_every_call_is_counted(sent: Dict[str, List[str]]) -> None:
    assert sorted(sent) == sorted(RELEASED)


@pytest.mark.parametrize("call", RELEASED)
def test_a_call_sends_no_more_than_the_released_one(sent: Dict[str, List[str]], call: str) -> None:
    assert len(sent[call]) <= RELEASED[call], sent[call]
