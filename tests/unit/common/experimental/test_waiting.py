"""Waiting for one experiment or many: what ends it, what is borne, what is told."""

from __future__ import annotations

import logging
import pickle
from typing import Any, Dict, List

import pytest

from determined import errors
from determined.common.api import Session
from determined.common.api import errors as api_errors
from determined.common.experimental._trial_counts import plan_trials
from determined.common.experimental.determined import Determined
from determined.common.experimental.experiment import Experiment, ExperimentState

from .stub_master import Answer, Request, StubMaster, not_found, stream_of

URL = "/api/v1/experiments"
AWAY = Answer(503, {"error": {"code": 14, "reason": "Unavailable", "error": "starting"}})


class Experiments:
    """Experiments that go through states, one step with each look at the list."""

    def __init__(self, stub: StubMaster, **lives: List[str]) -> None:
        self.lives = {int(name.lstrip("e")): states for name, states in lives.items()}
        self.asked: List[List[int]] = []
        stub.on("GET", URL, self.answer)

    def answer(self, request: Request) -> Any:
        wanted = [int(number) for number in request.query["experimentIdFilter.incl"]]
        self.asked.append(wanted)
        rows = [self.row(number) for number in sorted(wanted) if number in self.lives]
        return {"experiments": rows, "pagination": {"startIndex": 0, "endIndex": len(rows), "total": len(rows)}}

    def row(self, number: int) -> Dict[str, Any]:
        states = self.lives[number]
        state = states.pop(0) if len(states) > 1 else states[0]
        return {"id": number, "state": f"STATE_{state}", "progress": 0.5}


def test_many_are_waited_for_with_one_request_a_look_and_told_in_the_order_given(
    stub: StubMaster, session: Session
) -> None:
    cluster = Experiments(stub, e1=["RUNNING", "COMPLETED"], e2=["ERROR"], e3=["QUEUED", "RUNNING", "CANCELED"])
    third = Experiment(3, session)
    ends = Determined._from_session(session).wait_all([third, 2, 1, 2], interval=0.001)
    assert ends == [
        ExperimentState.CANCELED,
        ExperimentState.ERROR,
        ExperimentState.COMPLETED,
        ExperimentState.ERROR,
    ]
    assert cluster.asked == [[3, 2, 1], [3, 1], [3]]
    assert len(stub.requests) == 3
    assert (third.state, third.progress) == (ExperimentState.CANCELED, 0.5)


def test_waiting_for_none_asks_nobody(stub: StubMaster, session: Session) -> None:
    assert Determined._from_session(session).wait_all([]) == []
    assert stub.requests == []


def test_a_great_many_are_asked_for_in_parts(stub: StubMaster, session: Session) -> None:
    lives = {f"e{n}": ["COMPLETED"] for n in range(1, 452)}
    cluster = Experiments(stub, **lives)
    assert len(Determined._from_session(session).wait_all(range(1, 452))) == 451
    assert [len(part) for part in cluster.asked] == [200, 200, 51]


def test_the_timeout_names_those_that_run_on(stub: StubMaster, session: Session) -> None:
    Experiments(stub, e1=["RUNNING"], e2=["COMPLETED"], e3=["QUEUED"])
    with pytest.raises(
        errors.ExperimentTimeout, match=r"experiments 1, 3 have not ended within 0 seconds \(1: "
    ) as told:
        Determined._from_session(session).wait_all([1, 2, 3], timeout=0)
    assert told.value.experiment_ids == [1, 3]
    assert pickle.loads(pickle.dumps(told.value)).experiment_ids == [1, 3]


def test_one_that_is_paused_is_refused_or_waited_through(stub: StubMaster, session: Session) -> None:
    determined = Determined._from_session(session)
    Experiments(stub, e1=["RUNNING"], e2=["PAUSED"])
    with pytest.raises(ValueError, match="experiment 2 is paused.*through_pause"):
        determined.wait_all([1, 2])
    Experiments(stub, e1=["COMPLETED"], e2=["PAUSED", "RUNNING", "COMPLETED"])
    assert determined.wait_all([1, 2], interval=0.001, through_pause=True) == [ExperimentState.COMPLETED] * 2


def test_one_that_is_gone_is_told_in_the_masters_words(stub: StubMaster, session: Session) -> None:
    Experiments(stub, e1=["RUNNING"])
    stub.on("GET", f"{URL}/2", not_found("experiment '2' not found"))
    with pytest.raises(api_errors.NotFoundException, match="experiment '2' not found"):
        Determined._from_session(session).wait_all([1, 2])


@pytest.mark.parametrize("wrong", ["1", None, 1.0, True])
def test_what_is_no_experiment_is_refused_before_a_request(stub: StubMaster, session: Session, wrong: Any) -> None:
    with pytest.raises(TypeError, match="number is needed"):
        Determined._from_session(session).wait_all([wrong])
    with Session("http://elsewhere", "ada", "t") as other, pytest.raises(ValueError, match="elsewhere"):
        Determined._from_session(session).wait_all([Experiment(1, other)])
    assert stub.requests == []


def test_a_master_that_is_away_is_waited_for_by_many_as_long_as_told(stub: StubMaster, session: Session) -> None:
    determined = Determined._from_session(session)
    ended = {"experiments": [{"id": 1, "state": "STATE_COMPLETED"}], "pagination": {"endIndex": 1, "total": 1}}
    stub.on("GET", URL, AWAY, AWAY, ended)
    assert determined.wait_all([1], interval=0.001) == [ExperimentState.COMPLETED]
    stub.on("GET", URL, AWAY)
    with pytest.raises(api_errors.APIException, match="starting"):
        determined.wait_all([1], interval=0.001, patience=0)


@pytest.mark.parametrize("arguments", [{"interval": 0}, {"patience": -1}])
def test_senseless_times_are_refused_before_a_request(stub: StubMaster, session: Session, arguments: Any) -> None:
    with pytest.raises(ValueError, match="seconds"):
        Experiment(3, session).wait(**arguments)
    with pytest.raises(ValueError, match="seconds"):
        Determined._from_session(session).wait_all([3], **arguments)
    assert stub.requests == []


def test_a_pause_can_be_waited_through(stub: StubMaster, session: Session) -> None:
    looks = [{"experiment": {"id": 3, "state": f"STATE_{s}"}} for s in ("PAUSED", "RUNNING", "PAUSED", "COMPLETED")]
    stub.on("GET", f"{URL}/3", *looks)
    assert Experiment(3, session).wait(interval=0.001, through_pause=True) is ExperimentState.COMPLETED


def test_a_state_of_a_newer_master_is_an_end_once_it_has_an_end_time(stub: StubMaster, session: Session) -> None:
    shelved = {"id": 3, "state": "STATE_SHELVED", "endTime": None}
    over = {**shelved, "endTime": "2026-11-21T02:20:23Z"}
    stub.on("GET", f"{URL}/3", {"experiment": shelved}, {"experiment": over})
    assert Experiment(3, session).wait(interval=0.001) == "STATE_SHELVED"
    pages = [{"experiments": [row], "pagination": {"endIndex": 1, "total": 1}} for row in (shelved, over)]
    stub.on("GET", URL, *pages)
    assert Determined._from_session(session).wait_all([3], interval=0.001) == ["STATE_SHELVED"]


def test_an_experiment_that_could_not_be_deleted_runs_no_more(stub: StubMaster, session: Session) -> None:
    looks = [{"experiment": {"id": 3, "state": f"STATE_{s}"}} for s in ("DELETING", "DELETE_FAILED")]
    stub.on("GET", f"{URL}/3", *looks)
    assert Experiment(3, session).wait(interval=0.001) is ExperimentState.DELETE_FAILED


FAILED = {"id": 3, "name": "digits", "state": "STATE_ERROR", "numTrials": 2, "config": {"searcher": {"name": "single"}}}


def test_a_failure_is_raised_with_the_last_log_lines_if_asked_for(stub: StubMaster, session: Session) -> None:
    stub.on("GET", f"{URL}/3", {"experiment": FAILED})
    trials = [{"id": 12, "state": "STATE_ERROR"}, {"id": 14, "state": "STATE_ERROR"}]
    stub.on("GET", f"{URL}/3/trials", {"trials": trials, "pagination": {"endIndex": 2, "total": 2}})
    for trial in (12, 14):
        lines = [{"id": str(n), "message": f"line {n} of {trial}\n"} for n in (1, 0)]  # the newest first
        stub.on("GET", f"/api/v1/trials/{trial}/logs", stream_of(*lines))
    assert Experiment(3, session).wait() is ExperimentState.ERROR
    with pytest.raises(errors.ExperimentFailed) as told:
        Experiment(3, session).wait(raise_on_failure=True)
    for failed in (told.value, pickle.loads(pickle.dumps(told.value))):
        assert (failed.experiment_id, failed.state) == (3, "ERROR")
        assert failed.logs == {12: ["line 0 of 12", "line 1 of 12"], 14: ["line 0 of 14", "line 1 of 14"]}
        assert str(failed).splitlines() == [
            "experiment 3 (digits) ended as ERROR; trials 14 failed as well, see the logs in this error",
            "trial 12 failed; the end of its log:",
            "    line 0 of 12",
            "    line 1 of 12",
        ]


def test_a_failure_is_raised_where_the_logs_cannot_be_read(stub: StubMaster, session: Session) -> None:
    stub.on("GET", f"{URL}/3", {"experiment": {"id": 3, "state": "STATE_CANCELED"}})
    with pytest.raises(errors.ExperimentFailed, match="^experiment 3 ended as CANCELED$"):
        Experiment(3, session).wait(raise_on_failure=True)


def test_what_completes_is_no_failure(stub: StubMaster, session: Session) -> None:
    stub.on("GET", f"{URL}/3", {"experiment": {"id": 3, "state": "STATE_COMPLETED"}})
    assert Experiment(3, session).wait(raise_on_failure=True) is ExperimentState.COMPLETED


def test_the_log_tells_how_many_trials_have_ended(
    stub: StubMaster, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "determined")
    config = {"searcher": {"name": "random", "max_trials": 12}}
    row = {"id": 3, "name": "digits", "state": "STATE_RUNNING", "progress": 0.67, "numTrials": 9, "config": config}
    stub.on("GET", f"{URL}/3", {"experiment": row}, {"experiment": {**row, "state": "STATE_COMPLETED"}})
    stub.on("GET", f"{URL}/3/trials", {"trials": [], "pagination": {"total": 8}})
    Experiment(3, session).wait(interval=0.001)
    assert [record.getMessage() for record in caplog.records] == [
        "experiment 3, digits: 8/12 trials, 67 % [00:00<?] RUNNING",
        "experiment 3, digits: 8/12 trials, 100 % [00:00<00:00] COMPLETED",
    ]


@pytest.mark.parametrize(
    ("config", "planned"),
    [
        ({"searcher": {"name": "single"}}, 1),
        ({"searcher": {"name": "adaptive_asha", "max_trials": 16}}, 16),
        ({"searcher": {"name": "grid"}, "hyperparameters": {"a": {"type": "const", "val": 1}, "b": 2}}, 1),
        (
            {
                "searcher": {"name": "grid"},
                "hyperparameters": {
                    "a": {"type": "categorical", "vals": [1, 2, 3]},
                    "deep": {"b": {"type": "int", "minval": 1, "maxval": 2, "count": 5}},
                    "c": {"type": "log", "minval": -2, "maxval": 0, "count": 4},
                },
            },
            24,
        ),
        ({}, None),
    ],
)
def test_the_number_of_trials_is_known_from_the_configuration(config: Dict[str, Any], planned: Any) -> None:
    assert plan_trials(config) == planned
