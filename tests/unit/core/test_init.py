"""`core.init` as a trial, as another task and outside of a cluster; reports, orders to stop, and the end."""

from __future__ import annotations

import contextlib
import datetime
import enum
import math
import pathlib
import pickle
import signal
import subprocess
import sys
import threading
import uuid
from typing import Any, Callable, Dict, List

import numpy as np
import pytest

import determined
from determined import core
from determined.common.api import errors as api_errors
from determined.common.storage._file_system import FileSystemStorage
from determined.common.storage.shared import SharedFSStorageManager
from determined.core._encode import encode
from determined.core._metrics import ReportFailed, ReportShipper
from determined.core._profiler import average_samples, parse_gpus
from tests.unit.common.experimental.stub_master import Answer, StubMaster

from .conftest import ALLOCATION, run_ranks

Trial = Callable[..., pathlib.Path]

PREEMPTION = f"/api/v1/allocations/{ALLOCATION}/signals/preemption"
ACKNOWLEDGE = f"/api/v1/allocations/{ALLOCATION}/signals/ack_preemption"
METRICS = "/api/v1/trials/7/metrics"


class FakeCheckpoint:
    uuid = "u"


def metrics_of(stub: StubMaster) -> List[Any]:
    return [r.body for r in stub.sent("POST", METRICS)]


# --- a trial ----------------------------------------------------------------------------------------------------------


def test_a_trial_makes_the_recorded_calls(trial: Trial, stub: StubMaster) -> None:
    store = trial()
    with core.init() as context:
        context.train.report_training_metrics(steps_completed=1, metrics={"loss": 1.0})
        context.train.report_validation_metrics(steps_completed=1, metrics={"val": 2.0})
        with context.checkpoint.store_path({"steps_completed": 1}) as (path, _):
            (path / "weights.txt").write_text("w")
        context.train.report_progress(0.5)
        context.train.set_status("training")
        assert context.preempt.should_preempt() is False
    start = stub.sent("POST", "/api/v1/runs/start")[0]
    assert start.body == {"runId": 7, "checkpointStorage": {"type": "shared_fs", "host_path": str(store)}}
    assert start.headers["Grpc-Metadata-x-allocation-token"] == "Bearer secret"
    assert metrics_of(stub)[0] == {
        "group": "training",
        "metrics": {
            "trialId": 7,
            "trialRunId": 2,
            "stepsCompleted": 1,
            "reportTime": None,
            "metrics": {"avgMetrics": {"loss": 1.0}},
        },
    }
    assert metrics_of(stub)[1]["group"] == "validation"
    assert stub.sent("POST", "/api/v1/trials/7/progress")[0].body["progress"] == 0.5
    assert stub.sent("POST", "/api/v1/trials/7/runner/metadata")[0].body == {"state": "training"}
    assert stub.sent("POST", "/api/v1/checkpoints")[0].body["storageId"] == 5
    assert [list(q.query.values()) for q in stub.sent("GET", PREEMPTION)][:2] == [[["0"]], [["60"]]]
    assert len(list(store.iterdir())) == 1


def test_an_own_storage_of_a_trial_is_told_to_the_master(
    trial: Trial, stub: StubMaster, tmp_path: pathlib.Path
) -> None:
    trial()
    with core.init(checkpoint_storage=str(tmp_path / "own")) as context:
        with context.checkpoint.store_path({"steps_completed": 1}):
            pass
    expected = {"type": "directory", "container_path": str(tmp_path / "own")}
    assert stub.sent("POST", "/api/v1/runs/start")[0].body["checkpointStorage"] == expected
    assert (tmp_path / "own").exists()


def test_several_slots_need_a_distributed_context(trial: Trial) -> None:
    trial(slots=2)
    with pytest.raises(ValueError, match="distributed"):
        core.init()
    with core.init(distributed=core.DummyDistributedContext()) as context:
        assert context.distributed.size == 1


def test_a_context_starts_once_only(trial: Trial) -> None:
    trial()
    with core.init() as context, pytest.raises(RuntimeError, match="started"):
        context.start()


def test_invalid_hyperparameters_are_reported_and_exit_with_0(trial: Trial, stub: StubMaster) -> None:
    trial()

    def train() -> None:
        with core.init() as context:
            context.train.report_training_metrics(1, {"loss": 1})
            raise determined.InvalidHP("lr is too large")

    with pytest.raises(SystemExit) as exit_info:
        train()
    assert exit_info.value.code == 0
    assert stub.sent("POST", "/api/v1/trials/7/early_exit")[0].body == {"reason": "EXITED_REASON_INVALID_HP"}
    paths = [r.path for r in stub.requests]
    assert paths.index(METRICS) < paths.index("/api/v1/trials/7/early_exit")


def test_invalid_hyperparameters_need_a_text() -> None:
    with pytest.raises(TypeError, match="str"):
        determined.InvalidHP(3)  # type: ignore[arg-type]


def test_an_exception_of_the_training_is_not_hidden_by_a_failed_report(trial: Trial, stub: StubMaster) -> None:
    stub.on("POST", METRICS, Answer(403, {"message": "no"}))
    trial()

    def train() -> None:
        with core.init() as context:
            context.train.report_training_metrics(1, {"loss": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        train()


def test_the_best_validation_counts_what_was_reported_before(trial: Trial, stub: StubMaster) -> None:
    path = "/api/v1/experiments/1/searcher/best_searcher_validation_metric"
    stub.on("GET", path, Answer(404, {"message": "none yet"}), lambda _: {"metric": len(metrics_of(stub))})
    trial()
    with core.init() as context:
        assert context.train.get_experiment_best_validation() is None
        for step in range(20):
            context.train.report_validation_metrics(step, {"val": 1})
        assert context.train.get_experiment_best_validation() == 20


def test_metadata_of_the_run_is_set_and_read(trial: Trial, stub: StubMaster) -> None:
    stub.on("POST", "/api/v1/runs/7/metadata", lambda request: {"metadata": request.body["metadata"]})
    stub.on("GET", "/api/v1/runs/7/metadata", {"metadata": {"a": 1}})
    trial()
    with core.init() as context:
        assert context.train.set_metadata({"a": {"b": np.float32(0.5)}}) == {"a": {"b": 0.5}}
        assert context.train.get_metadata() == {"a": 1}


def test_alerts_go_to_the_webhooks(trial: Trial, stub: StubMaster) -> None:
    stub.on("POST", "/api/v1/webhooks/custom", {})
    trial()
    with core.init() as context:
        context.alert("title", "more", "warn")
        context.alert("t", level="loud")
    assert stub.sent("POST", "/api/v1/webhooks/custom")[1].body["data"]["level"] == "LOG_LEVEL_INFO"
    assert stub.sent("POST", "/api/v1/webhooks/custom")[0].body == {
        "experimentId": 1,
        "trialId": 7,
        "data": {"title": "title", "description": "more", "level": "LOG_LEVEL_WARNING"},
    }


def test_what_a_trial_uses_is_reported(trial: Trial, stub: StubMaster) -> None:
    stub.on("POST", "/api/v1/trial-source-info", {})
    trial()
    with core.init() as context:
        context.experimental.report_task_using_checkpoint(FakeCheckpoint())  # type: ignore[arg-type]
    assert stub.sent("POST", "/api/v1/trial-source-info")[0].body == {
        "trialSourceInfo": {
            "checkpointUuid": "u",
            "trialId": 7,
            "trialSourceInfoType": "TRIAL_SOURCE_INFO_TYPE_INFERENCE",
        }
    }


def test_tensorboard_files_are_stored_when_told_to(trial: Trial, tmp_path: pathlib.Path) -> None:
    store = trial({"checkpoint_storage": None})
    config = {"type": "directory", "container_path": str(store), "base_path": str(tmp_path / "tb")}
    with core.init(checkpoint_storage=config, tensorboard_mode=core.TensorboardMode.MANUAL) as context:
        path = context.train.get_tensorboard_path()
        assert path == tmp_path / "tb" / f"tensorboard-{ALLOCATION}-0"
        (path / "sub").mkdir()
        (path / "sub" / "host.trace.json").write_text("x")
        (path / "skipped").write_text("x")
        context.train.upload_tensorboard_files(
            lambda p: p.name != "skipped", lambda p, rank: p.with_name(f"{p.name}#{rank}")
        )
    stored = store / "cluster" / "tensorboard" / "experiment" / "1" / "trial" / "7"
    assert [str(p.relative_to(stored)) for p in stored.rglob("*") if p.is_file()] == ["sub/host.trace.json#0"]


def test_tensorboard_files_are_not_stored_by_hand_in_automatic_mode(trial: Trial) -> None:
    trial()
    with core.init() as context, pytest.raises(RuntimeError, match="MANUAL"):
        context.train.upload_tensorboard_files()


# --- shipping of reports ----------------------------------------------------------------------------------------------


def test_reports_arrive_in_order_and_all_before_the_end(trial: Trial, stub: StubMaster) -> None:
    trial()
    with core.init() as context:
        for step in range(50):
            context.train.report_metrics("custom", step, {"x": step})
    assert [m["metrics"]["stepsCompleted"] for m in metrics_of(stub)] == list(range(50))


def test_metrics_are_taken_as_they_are_when_reported(trial: Trial, stub: StubMaster) -> None:
    trial()
    with core.init() as context:
        metrics = {"loss": 1.0}
        context.train.report_training_metrics(1, metrics, batch_metrics=[{"loss": np.float64("nan")}])
        metrics["loss"] = 2.0
    assert metrics_of(stub)[0]["metrics"]["metrics"] == {"avgMetrics": {"loss": 1.0}, "batchMetrics": [{"loss": "NaN"}]}


def test_a_refused_report_surfaces_at_the_next_one(trial: Trial, stub: StubMaster) -> None:
    stub.on("POST", METRICS, Answer(400, {"message": "bad group"}))
    trial()
    context = core.init()
    context.start()

    def report_all() -> None:
        for step in range(10_000):
            context.train.report_training_metrics(step, {"loss": 1})

    with pytest.raises(ReportFailed, match="bad group") as raised:
        report_all()
    assert (raised.value.status_code, raised.value.server_message) == (400, "bad group")
    # Those that waited are sent, too.
    with contextlib.suppress(ReportFailed):
        context.close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, api_errors.APIException),
        (403, api_errors.ForbiddenException),
        (404, api_errors.NotFoundException),
        (400, RuntimeError),
    ],
)
def test_a_refused_report_is_caught_as_what_the_master_said(
    trial: Trial, stub: StubMaster, status: int, kind: Any
) -> None:
    stub.on("POST", METRICS, Answer(status, {"message": "no"}))
    trial()
    with pytest.raises(kind) as raised, core.init() as context:
        context.train.report_training_metrics(1, {"loss": 1})
    assert isinstance(raised.value, ReportFailed)
    assert isinstance(raised.value.__cause__, api_errors.ANSWERED)
    copied = pickle.loads(pickle.dumps(raised.value))
    assert isinstance(copied, kind)
    assert (str(copied), copied.path, copied.status_code) == (str(raised.value), METRICS, status)


def test_reports_outlast_a_restart_of_the_master(trial: Trial, stub: StubMaster) -> None:
    # A stub that is closed still answers on connections that are open.
    closing = {"Connection": "close"}
    stub.on("POST", METRICS, Answer(headers=closing))
    stub.on("POST", "/api/v1/runs/start", Answer(headers=closing))
    stub.on("GET", PREEMPTION, Answer(body={"preempt": True}, headers=closing))
    trial()
    context = core.init()
    context.start()
    assert context.preempt.should_preempt(auto_ack=False)
    context.train.report_training_metrics(1, {"loss": 1})
    context.train._shipper.flush()
    stub.close()
    context.train.report_training_metrics(2, {"loss": 1})
    context.train.report_training_metrics(3, {"loss": 1})
    again = StubMaster(stub.port, {("POST", METRICS): {}})
    try:
        context.close()
        assert [m["metrics"]["stepsCompleted"] for m in metrics_of(again)] == [2, 3]
    finally:
        again.close()


def test_a_report_whose_answer_was_lost_is_sent_again(trial: Trial, stub: StubMaster) -> None:
    stub.on("POST", METRICS, Answer(body=b"{}", cut=0), {})
    trial()
    with core.init() as context:
        context.train.report_training_metrics(1, {"loss": 1})
    assert [m["metrics"]["stepsCompleted"] for m in metrics_of(stub)] == [1, 1]


def test_a_repetition_that_the_master_has_stored_already_is_no_failure(trial: Trial, stub: StubMaster) -> None:
    text = "overwriting existing metric keys is not supported, conflicting key: loss"
    stub.on("POST", METRICS, Answer(503), Answer(500, {"message": text}), {})
    trial()
    with core.init() as context:
        context.train.report_training_metrics(1, {"loss": 1})
        context.train.report_training_metrics(2, {"loss": 1})


def test_a_conflict_without_a_lost_answer_is_a_failure(trial: Trial, stub: StubMaster) -> None:
    stub.on("POST", METRICS, Answer(500, {"message": "overwriting existing metric keys is not supported"}))
    trial()
    with pytest.raises(ReportFailed, match="overwriting"), core.init() as context:
        context.train.report_training_metrics(1, {"loss": 1})


def test_patience_with_a_master_has_an_end(trial: Trial, stub: StubMaster, monkeypatch: pytest.MonkeyPatch) -> None:
    stub.on("POST", METRICS, Answer(503))
    monkeypatch.setenv("DET_MASTER_PATIENCE_SECONDS", "0.2")
    trial()
    with pytest.raises(ReportFailed), core.init() as context:
        context.train.report_training_metrics(1, {"loss": 1})


@pytest.mark.parametrize("text", ["soon", "-1", "nan"])
def test_a_patience_that_is_no_number_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DET_MASTER_PATIENCE_SECONDS", text)
    with pytest.raises(ValueError, match="DET_MASTER_PATIENCE_SECONDS"):
        ReportShipper()


def test_a_full_queue_waits_for_room_and_a_failure_sets_it_free() -> None:
    gate = threading.Event()
    sent: List[int] = []

    def send(number: int) -> Callable[[], None]:
        def work() -> None:
            assert gate.wait(10)
            if number == 3:
                raise TypeError("broken")
            sent.append(number)

        return work

    shipper = ReportShipper(limit=2)
    shipper.start()
    shipper.submit(send(1))
    shipper.submit(send(2))
    threading.Timer(0.05, gate.set).start()

    def submit_more() -> None:
        for number in range(3, 100):
            shipper.submit(send(number))

    with pytest.raises(ReportFailed, match="broken"):
        submit_more()
    assert sent == [1, 2]
    shipper.close()


def test_reports_go_on_after_one_that_was_refused_and_told(trial: Trial, stub: StubMaster) -> None:
    trial()
    with core.init() as context:
        stub.on("POST", METRICS, Answer(400, {"message": "bad group"}), {})
        context.train.report_metrics("a.b", 1, {"x": 1})
        with pytest.raises(ReportFailed, match="bad group"):
            context.train.get_experiment_best_validation()
        context.train.report_training_metrics(2, {"x": 2})
    assert [r["metrics"]["stepsCompleted"] for r in metrics_of(stub)] == [1, 2]


def test_reports_before_the_start_are_sent_then_and_those_after_the_end_are_told(
    trial: Trial, stub: StubMaster, caplog: pytest.LogCaptureFixture
) -> None:
    trial()
    context = core.init()
    context.train.report_training_metrics(1, {"x": 1})
    assert metrics_of(stub) == []
    with context:
        pass
    assert len(metrics_of(stub)) == 1
    context.train.report_training_metrics(2, {"x": 1})
    assert "dropped" in caplog.text
    assert len(metrics_of(stub)) == 1
    waiting = ReportShipper(limit=1)
    waiting.submit(lambda: None)
    with pytest.raises(RuntimeError, match="start"):
        waiting.submit(lambda: None)


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (lambda t: t.report_training_metrics("1", {"a": 1}), "steps_completed"),
        (lambda t: t.report_metrics("a.b", 1, {"a": 1}), "group"),
        (lambda t: t.report_metrics("", 1, {"a": 1}), "group"),
        (lambda t: t.report_training_metrics(1, [1]), "dict"),
    ],
)
def test_what_is_for_the_master_to_refuse_is_sent_and_outside_of_a_cluster_logged(
    trial: Trial, stub: StubMaster, report: Callable[[Any], None], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    report(core.DummyTrainContext())
    assert words in caplog.text
    stub.on("POST", METRICS, Answer(400, {"message": "no"}))
    trial()
    with pytest.raises(api_errors.APIException, match="no"), core.init() as context:
        report(context.train)


@pytest.mark.parametrize(
    ("report", "kind", "words"),
    [
        (lambda t: t.report_validation_metrics(1, {"a": None}), RuntimeError, "a is None"),
        (lambda t: t.report_training_metrics(1, {"a": object()}), TypeError, "object"),
        (lambda t: t.report_progress(1.5), ValueError, "progress"),
        (lambda t: t.report_validation_metrics(1, [1]), TypeError, "dict"),
    ],
)
def test_mistakes_are_told_at_once_and_outside_of_a_cluster_logged(
    trial: Trial,
    stub: StubMaster,
    report: Callable[[Any], None],
    kind: Any,
    words: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    report(core.DummyTrainContext())
    assert words in caplog.text
    trial()
    with core.init() as context, pytest.raises(kind, match=words):
        report(context.train)
    assert metrics_of(stub) == []


def test_bytes_are_left_out_of_validation_metrics(trial: Trial, stub: StubMaster) -> None:
    trial()
    with core.init() as context:
        context.train.report_validation_metrics(1, {"a": b"x", "b": 1})
    assert metrics_of(stub)[0]["metrics"]["metrics"]["avgMetrics"] == {"b": 1}


class Color(enum.Enum):
    RED = 1


class Shown:
    def __json__(self) -> Dict[str, Any]:
        return {"inner": math.inf}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array([[1.0, np.nan]]), [[1.0, "NaN"]]),
        (-math.inf, "-Infinity"),
        (Color.RED, "RED"),
        (uuid.UUID(int=0), str(uuid.UUID(int=0))),
        (datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc), "2020-01-02T00:00:00+00:00"),
        (b"x", "x"),
        (Shown(), {"inner": "Infinity"}),
        ((1, {"a": None}), [1, {"a": None}]),
        ({1: 2}, {"1": 2}),
    ],
)
def test_values_of_libraries_become_plain_json(value: Any, expected: Any) -> None:
    assert encode(value) == expected
    assert type(encode(value)) is type(expected)


# --- orders to stop ---------------------------------------------------------------------------------------------------


def test_an_order_to_stop_stays_and_is_acknowledged_once(trial: Trial, stub: StubMaster) -> None:
    stub.on("GET", PREEMPTION, {"preempt": True})
    trial()
    with core.init() as context:
        assert [context.preempt.should_preempt() for _ in range(3)] == [True] * 3
    assert len(stub.sent("POST", ACKNOWLEDGE)) == 1


def test_an_order_is_not_acknowledged_unless_asked_for(trial: Trial, stub: StubMaster) -> None:
    stub.on("GET", PREEMPTION, {"preempt": True})
    trial()
    with core.init() as context:
        assert context.preempt.should_preempt(auto_ack=False) is True
        assert stub.sent("POST", ACKNOWLEDGE) == []
        context.preempt.acknowledge_preemption_signal()
    assert len(stub.sent("POST", ACKNOWLEDGE)) == 1


def test_a_master_that_fails_to_answer_is_asked_again(trial: Trial, stub: StubMaster) -> None:
    stub.on("GET", PREEMPTION, Answer(500), {"preempt": True})
    trial()
    with core.init() as context:
        while not context.preempt.should_preempt():
            threading.Event().wait(0.02)


def ask(mode: core.PreemptMode, session: Any) -> Callable[[core.DistributedContext], Any]:
    def work(d: core.DistributedContext) -> Any:
        with core.PreemptContext(session, ALLOCATION, d, mode) as preempt:
            return preempt.should_preempt()

    return work


@pytest.mark.parametrize(
    ("mode", "questions", "worker"),
    [
        (core.PreemptMode.WorkersAskChief, 1, True),
        (core.PreemptMode.WorkersAskMaster, 2, True),
        (core.PreemptMode.ChiefOnly, 1, RuntimeError),
    ],
)
def test_ranks_find_out_by_their_mode_and_only_the_chief_acknowledges(
    stub: StubMaster, mode: core.PreemptMode, questions: int, worker: Any
) -> None:
    from determined.common.api._session import AllocationSession

    stub.on("GET", PREEMPTION, {"preempt": True})
    with AllocationSession(stub.url, "ada", "secret", None, max_retries=0) as session:
        chief, other = run_ranks(ask(mode, session))
    assert chief is True
    assert other is True if worker is True else isinstance(other, worker)
    assert len(stub.sent("GET", PREEMPTION)) == questions
    assert len(stub.sent("POST", ACKNOWLEDGE)) == 1


@pytest.mark.parametrize("mode", list(core.PreemptMode))
def test_outside_of_a_cluster_modes_are_honoured(mode: core.PreemptMode) -> None:
    def work(d: core.DistributedContext) -> Any:
        with core.init(distributed=d, preempt_mode=mode) as context:
            return context.preempt.should_preempt()

    chief, other = run_ranks(work)
    assert chief is False
    assert isinstance(other, RuntimeError) if mode is core.PreemptMode.ChiefOnly else other is False


def test_asking_before_the_start_is_a_mistake(trial: Trial) -> None:
    trial()
    with pytest.raises(RuntimeError, match="started"):
        core.init().preempt.should_preempt()


# --- the searcher's operations ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("max_length", "unit", "length"),
    [({"batches": 100}, core.Unit.BATCHES, 100), ({"epochs": 3}, core.Unit.EPOCHS, 3), (50, None, 50)],
)
def test_the_searcher_has_one_operation_of_the_configured_length(
    trial: Trial, stub: StubMaster, max_length: Any, unit: Any, length: int
) -> None:
    trial({"searcher": {"name": "single", "metric": "loss", "max_length": max_length}})
    with core.init() as context:
        assert context.searcher.get_configured_units() is unit
        with pytest.warns(FutureWarning, match="operations"):
            operations = context.searcher.operations()
        lengths = []
        for op in operations:
            lengths.append(op.length)
            op.report_progress(length / 2)
            op.report_completed(0.5)
        assert lengths == [length]
    assert stub.sent("POST", "/api/v1/trials/7/progress")[0].body["progress"] == 0.5


def test_without_a_configured_length_the_searcher_says_so(trial: Trial) -> None:
    trial()
    with core.init() as context:
        for call in (context.searcher.operations, context.searcher.get_configured_units):
            with pytest.raises(ValueError, match="max_length"):
                call()


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_outside_of_a_cluster_there_is_one_operation_of_one_epoch() -> None:
    with core.init() as context:
        assert context.searcher.get_configured_units() is core.Unit.EPOCHS
        operations = context.searcher.operations()
        assert next(operations).length == 1
        with pytest.raises(RuntimeError, match="report_completed"):
            next(operations)


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_what_stands_in_without_a_master_can_be_made_by_hand(tmp_path: pathlib.Path) -> None:
    ranks = core.DummyDistributedContext()
    (operation,) = [op for op in core.DummySearcherContext(ranks, length=5).operations() if not op.report_completed(1)]  # type: ignore[func-returns-value]
    assert isinstance(operation, core.DummySearcherOperation)
    assert operation.length == 5
    with pytest.raises(ValueError, match="max_length"):
        core.SearcherContextMissing().operations()
    assert core.DummyTrainContext(tmp_path).get_tensorboard_path() == tmp_path
    storage = SharedFSStorageManager(str(tmp_path))
    context = core.Context(checkpoint=core.DummyCheckpointContext(dist=ranks, storage_manager=storage))
    assert isinstance(context.searcher, core.SearcherContextMissing)
    assert isinstance(context.experimental, core.DummyExperimentalCoreContext)
    assert core.DummyPreemptContext(dist=ranks).start().should_preempt() is False


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_workers_iterate_but_do_not_report() -> None:
    def work(d: core.DistributedContext) -> Any:
        with core.init(distributed=d) as context:
            for op in context.searcher.operations():
                op.report_completed(1)
            return "done"

    def chief_only(d: core.DistributedContext) -> Any:
        with core.init(distributed=d) as context:
            return len([op.report_completed(1) for op in context.searcher.operations(core.SearcherMode.ChiefOnly)])  # type: ignore[func-returns-value]

    for function in (work, chief_only):
        chief, other = run_ranks(function)
        assert not isinstance(chief, Exception)
        assert isinstance(other, RuntimeError)
        assert "chief" in str(other)


# --- the profiler -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [{"sampling_interval": 0.05}, {"samples_per_report": 0}, {"samples_per_report": 1.5}])
def test_the_profiler_refuses_what_makes_no_sense(trial: Trial, bad: Dict[str, Any]) -> None:
    trial()
    with core.init() as context, pytest.raises(ValueError, match="sampl"):
        context.profiler.on(**bad)


def test_the_profiler_reports_averages_of_the_machine(trial: Trial, stub: StubMaster) -> None:
    pytest.importorskip("psutil", reason="psutil is not installed")
    trial()
    with core.init() as context:
        context.profiler.on(sampling_interval=0.1, samples_per_report=2)
        context.profiler.on()
        while len(metrics_of(stub)) < 4:
            threading.Event().wait(0.02)
        context.profiler.off()
        context.profiler.off()
    found = {m["group"]: m["metrics"] for m in metrics_of(stub)}
    assert {"cpu", "memory", "disk", "network"} <= set(found)
    assert "stepsCompleted" not in found["cpu"]
    assert found["cpu"]["reportTime"]
    assert set(found["disk"]["metrics"]["avgMetrics"]["agent-0"]) >= {"disk_iops", "/"}


def test_the_profiler_names_what_to_install(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)
    trial()
    with core.init() as context, pytest.raises(ImportError, match=r"determined\[profiler\]"):
        context.profiler.on()


def test_samples_are_averaged_over_one_level_of_names() -> None:
    samples = [{"a": 1, "disk": {"u": 2}}, {"a": 3, "disk": {"u": 4, "v": 1}}]
    assert average_samples(samples) == {"a": 2, "disk": {"u": 3, "v": 1}}
    with pytest.raises(ValueError, match="level"):
        average_samples([{"a": {"b": {"c": 1}}}])


def test_rows_of_gpus_are_read_and_unknown_values_left_out() -> None:
    text = "GPU-1, 50, 1024\nGPU-2, [N/A], 5\n\n"
    assert parse_gpus(text) == {"GPU-1": {"gpu_util": 50.0, "gpu_free_memory": 1024.0 * 1024 * 1024}}


# --- outside of a cluster, and other tasks ----------------------------------------------------------------------------


def test_outside_of_a_cluster_everything_works_without_a_master(tmp_path: pathlib.Path) -> None:
    with core.init() as context:
        assert context.info is None
        context.train.report_training_metrics(1, {"a": 1}, [{"a": 1}])
        context.train.report_validation_metrics(1, {"a": 1})
        context.train.report_early_exit(core.EarlyExitReason.USER_REQUESTED_STOP)
        context.train.set_status("x")
        assert context.train.set_metadata({"a": 1}) == context.train.get_metadata() == {"a": 1}
        assert context.train.get_experiment_best_validation() is None
        assert context.train.get_tensorboard_path() is None
        context.train.upload_tensorboard_files()
        context.profiler.on()
        with pytest.raises(ValueError, match="cluster"):
            context.alert("x")
        context.experimental.report_task_using_checkpoint(FakeCheckpoint())  # type: ignore[arg-type]
        storage = context.checkpoint._storage
        assert isinstance(storage, FileSystemStorage)
        assert storage.base == tmp_path / "data" / "determined"


def test_outside_of_a_cluster_invalid_hyperparameters_exit_with_0() -> None:
    with pytest.raises(SystemExit) as exit_info, core.init():
        raise determined.InvalidHP
    assert exit_info.value.code == 0


@pytest.mark.parametrize(
    ("storage", "kind"),
    [
        ({"type": "shared_fs", "host_path": "/x"}, ValueError),
        ({"type": "nothing"}, TypeError),
        ({}, ValueError),
        (3, TypeError),
        (b"x", TypeError),
        ("", ValueError),
        ("ftp://x", ValueError),
    ],
)
def test_a_storage_that_cannot_be_used_is_refused(storage: Any, kind: Any) -> None:
    with pytest.raises(kind):
        core.init(checkpoint_storage=storage)


def test_a_task_that_is_no_trial_reports_nothing(trial: Trial, stub: StubMaster) -> None:
    trial(task_type="NOTEBOOK")
    with core.init() as context:
        assert context.info is not None
        context.train.report_training_metrics(1, {"a": 1})
        assert context.preempt.should_preempt() is False
        with pytest.raises(RuntimeError, match="NOTEBOOK"):
            context.alert("x")
    assert stub.requests == []


def test_the_stacks_are_printed_on_sigusr1() -> None:
    program = (
        "import os, signal\nfrom determined import core\ncore.init()\nos.kill(os.getpid(), signal.SIGUSR1)\nprint('on')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=pathlib.Path(__file__).parents[3]
    )
    assert done.stdout == "on\n"
    assert "most recent call first" in done.stderr
    assert signal.SIGUSR1


def test_importing_core_loads_no_heavy_package() -> None:
    program = (
        "import sys, determined as det, determined.core as c; c.init(); det.get_cluster_info(); print("
        "sorted({'torch', 'numpy', 'tensorflow', 'psutil', 'boto3', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
