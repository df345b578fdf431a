"""Forked processes: nothing that they report is lost, nothing of theirs waits for a thread that they do not have."""

from __future__ import annotations

import os
import pathlib
import sys
import threading
import time
import traceback
from typing import Any, Callable, Dict, List

import pytest

from determined import core
from determined.core import DistributedContext
from determined.core._metrics import ReportShipper
from determined.core._preempt import PreemptContext
from determined.core._profiler import ProfilerContext
from determined.core._relay import Relay
from tests.unit.common.experimental.stub_master import StubMaster

from .conftest import ALLOCATION, run_ranks

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")

METRICS = "/api/v1/trials/7/metrics"


def forked(work: Callable[[], Any]) -> int:
    """Do something in a forked process; returns its exit status, 3 for an exception."""
    pid = os.fork()
    if pid == 0:
        code = 3
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    deadline = time.monotonic() + 60
    while True:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
        if time.monotonic() > deadline:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            raise AssertionError("the forked process hangs")
        time.sleep(0.01)


def steps_of(stub: StubMaster) -> List[int]:
    bodies: List[Dict[str, Any]] = [request.body for request in stub.requests if request.path == METRICS]
    return [body["metrics"]["stepsCompleted"] for body in bodies]


def test_what_a_forked_process_reports_is_delivered(trial: Callable[..., Any], stub: StubMaster) -> None:
    trial()
    with core.init(tensorboard_mode=core.TensorboardMode.MANUAL) as context:
        context.train.report_training_metrics(1, {"loss": 1})

        def report() -> None:
            context.train.set_status("forked")
            for step in range(2, 300):
                context.train.report_training_metrics(step, {"loss": 1})
            context.train.report_progress(0.5)

        assert forked(report) == 0
        assert forked(lambda: context.train.report_validation_metrics(300, {"loss": 1})) == 0
    assert sorted(steps_of(stub)) == list(range(1, 301))
    assert [r.body["state"] for r in stub.requests if r.path.endswith("runner/metadata")] == ["forked"]


def test_a_forked_process_reports_more_than_may_wait(stub: StubMaster) -> None:
    gate, sent = threading.Event(), []

    def send(number: int) -> None:
        assert gate.wait(30)
        sent.append(number)

    shipper = ReportShipper(limit=3)
    shipper.read_form = lambda form: (lambda: send(form[1]), None)
    shipper.start()

    def report() -> None:
        for number in range(50):
            shipper.submit(lambda: None, form=("number", number))

    threading.Timer(0.1, gate.set).start()
    assert forked(report) == 0
    shipper.close()
    assert sent == list(range(50))


def test_a_forked_process_whose_parent_takes_no_more_sends_its_reports_itself(
    trial: Callable[..., Any], stub: StubMaster, tmp_path: pathlib.Path
) -> None:
    trial()
    go, pids = tmp_path / "go", []
    with core.init(tensorboard_mode=core.TensorboardMode.MANUAL) as context:
        pid = os.fork()
        if pid == 0:
            try:
                while not go.exists():
                    time.sleep(0.01)
                context.train.report_training_metrics(5, {"loss": 1})
                os._exit(0)
            finally:
                os._exit(3)
        pids.append(pid)
    go.touch()
    assert os.waitpid(pids[0], 0)[1] == 0
    assert steps_of(stub) == [5]


def test_a_report_that_is_too_large_to_be_handed_over_is_sent_by_the_forked_process(
    trial: Callable[..., Any], stub: StubMaster
) -> None:
    trial()
    with core.init(tensorboard_mode=core.TensorboardMode.MANUAL) as context:
        batches = [{"loss": float(number)} for number in range(200_000)]
        assert forked(lambda: context.train.report_training_metrics(1, {"loss": 1}, batches)) == 0
    assert steps_of(stub) == [1]


def test_leaving_the_context_in_a_forked_process_ends_nothing_of_the_parents(
    trial: Callable[..., Any], stub: StubMaster
) -> None:
    trial()
    with core.init(tensorboard_mode=core.TensorboardMode.MANUAL) as context:
        assert forked(context.close) == 0
        context.train.report_training_metrics(1, {"loss": 1})
        assert not context.preempt.should_preempt()
    assert steps_of(stub) == [1]


def test_what_was_handed_over_before_the_end_is_taken() -> None:
    taken: List[Any] = []
    relay = Relay(taken.append)

    def hand_over() -> None:
        for number in range(20):
            if not relay.hand_over(("n", number)):
                raise AssertionError(number)

    assert forked(hand_over) == 0
    relay.close()
    relay.close()
    assert taken == [("n", number) for number in range(20)]
    assert not relay.hand_over(("n", 21))


def test_a_forked_process_hears_of_the_order_to_stop(stub: StubMaster) -> None:
    from determined.common.api._session import AllocationSession

    signals = f"/api/v1/allocations/{ALLOCATION}/signals/preemption"
    stub.on("GET", signals, {"preempt": False})
    with AllocationSession(stub.url, "", "token") as session:
        with PreemptContext(session, ALLOCATION, core.DummyDistributedContext()) as preempt:
            assert not preempt.should_preempt()
            stub.on("GET", signals, {"preempt": True})

            def ask() -> None:
                deadline = time.monotonic() + 20
                while not preempt.should_preempt(auto_ack=False):
                    if time.monotonic() > deadline:
                        raise AssertionError("it does not hear of it")
                    time.sleep(0.01)

            assert forked(ask) == 0


def test_the_profiler_starts_anew_in_a_forked_process(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psutil")
    reports: List[str] = []

    class Train:
        def _report(self, group: str, *_: Any, **__: Any) -> None:
            reports.append(group)

    profiler = ProfilerContext("agent", core.DummyDistributedContext(), Train())  # type: ignore[arg-type]
    profiler.on(sampling_interval=0.1, samples_per_report=1)

    def sample() -> None:
        reports.clear()
        profiler.on(sampling_interval=0.1, samples_per_report=1)
        while "cpu" not in reports:
            time.sleep(0.01)
        profiler.off()

    assert forked(sample) == 0
    assert forked(profiler.off) == 0
    profiler.off()


def test_a_distributed_context_says_what_to_do_in_a_forked_process() -> None:
    def work(distributed: DistributedContext) -> List[int]:
        if distributed.rank == 0:

            def gather() -> None:
                with pytest.raises(RuntimeError, match="forked"):
                    distributed.gather(1)
                distributed.close()

            assert forked(gather) == 0
        return distributed.allgather(distributed.rank)

    assert run_ranks(work) == [[0, 1], [0, 1]]


def test_one_process_alone_may_fork_with_its_distributed_context() -> None:
    context = core.DummyDistributedContext()
    assert forked(lambda: context.allgather(1)) == 0


def test_files_for_tensorboard_are_stored_from_a_forked_process(tmp_path: pathlib.Path) -> None:
    from determined import tensorboard
    from determined.common import storage

    base = tmp_path / "events"
    manager = tensorboard.TensorboardManager(
        base, storage.build({"type": "directory", "container_path": str(tmp_path / "stored")}), "place"
    )
    manager.start()
    (base / "first").write_text("1")
    manager.sync()

    def sync() -> None:
        (base / "second").write_text("2")
        manager._last_sync = 0
        manager.sync()

    assert forked(sync) == 0
    assert (tmp_path / "stored" / "place" / "second").read_text() == "2"
    manager.close()
