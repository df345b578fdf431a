"""Unmanaged trials, against a stub of the master."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import re
import subprocess
import sys
import threading
import warnings
from typing import Any, Callable, Dict, List, Optional, Tuple

import pytest
import yaml

from determined import core
from determined.common.api import errors
from determined.core import _heartbeat
from determined.experimental import client, core_v2
from tests.unit.common.experimental.stub_master import Answer, StubMaster
from tests.unit.core.conftest import run_ranks

from .conftest import TASK, calls, states

Config = core_v2.Config
MANUAL = core_v2.TensorboardMode.MANUAL


def config_of(stub: StubMaster, method: str = "POST", path: str = "/api/v1/experiments") -> Dict[str, Any]:
    request = stub.sent(method, path)[-1]
    assert request.body["unmanaged"] is True
    found: Dict[str, Any] = yaml.safe_load(request.body["config"])
    return found


def begin(user: client.Determined, config: Config, **more: Any) -> core.Context:
    return core_v2.init_context(config=config, client=user, tensorboard_mode=MANUAL, **more)


def test_a_trial_makes_its_calls_in_order(stub: StubMaster, user: client.Determined, tmp_path: pathlib.Path) -> None:
    config = Config(name="mine", hparams={"lr": 0.1, "nan": float("nan")}, checkpoint_storage=str(tmp_path))
    with begin(user, config) as context:
        context.train.report_training_metrics(1, {"loss": 0.5})
    assert calls(stub) == [
        ("POST", "/api/v1/experiments"),
        ("POST", "/api/v1/trials"),
        ("GET", "/api/v1/master"),
        ("POST", "/api/v1/trials/7/start"),
        ("POST", "/api/v1/runs/start"),
        ("PATCH", "/api/v1/trials/7"),
        ("POST", "/api/v1/trials/7/metrics"),
        ("PATCH", "/api/v1/trials/7"),
    ]
    assert stub.sent("POST", "/api/v1/trials")[0].body == {
        "experimentId": 4,
        "hparams": {"lr": 0.1, "nan": "NaN"},
        "unmanaged": True,
    }
    assert stub.sent("POST", "/api/v1/trials/7/start")[0].body == {"trialId": 7, "resume": True}
    storage = {"type": "directory", "container_path": str(tmp_path)}
    assert stub.sent("POST", "/api/v1/runs/start")[0].body == {"runId": 7, "checkpointStorage": storage}
    patches = [r.body for r in stub.sent("PATCH", "/api/v1/trials/7")]
    assert patches[0] == {"trialId": 7, "state": "STATE_RUNNING"}
    assert patches[1:-1] == [{"trialId": 7}]
    assert patches[-1] == {"trialId": 7, "state": "STATE_COMPLETED"}


def test_with_external_ids_the_trial_is_put_and_goes_on(stub: StubMaster, user: client.Determined) -> None:
    stub.on(
        "POST", "/api/v1/trials/7/start", {"trialRunId": 3, "stepsCompleted": 40, "latestCheckpoint": "the-checkpoint"}
    )
    config = Config(hparams={"lr": 1}, external_experiment_id="outer", external_trial_id="in/ner")
    with begin(user, config) as context:
        info = context.info
    assert calls(stub)[:2] == [("PUT", "/api/v1/experiments/by-external-id/outer"), ("PUT", "/api/v1/trials")]
    assert stub.sent("PUT", "/api/v1/trials")[0].body == {
        "createTrialRequest": {"experimentId": 4, "hparams": {"lr": 1}, "unmanaged": True},
        "externalTrialId": "in/ner",
    }
    assert info is not None
    assert (info.latest_checkpoint, info.trial._trial_run_id, info.trial._steps_completed) == ("the-checkpoint", 3, 40)


def test_the_info_is_that_of_a_trial(stub: StubMaster, user: client.Determined) -> None:
    with begin(user, Config(name="mine", hparams={"lr": 0.1}, data={"set": "digits"})) as context:
        info = context.info
    assert info is not None
    assert (info.master_url, info.cluster_id, info.agent_id, info.slot_ids) == (stub.url, "cluster", "unmanaged", [])
    assert (info.task_id, info.allocation_id, info.task_type) == (TASK, TASK, "TRIAL")
    assert (info.session_token, info.latest_checkpoint, info.user_data) == ("secret", None, {"set": "digits"})
    assert (info.container_addrs, info.container_rank, info.container_slot_counts) == (["127.0.0.1"], 0, [0])
    trial = info.trial
    assert (trial.trial_id, trial.experiment_id, trial.trial_seed, trial.hparams) == (7, 4, 0, {"lr": 0.1})
    assert trial._config == config_of(stub)


def test_what_is_not_said_has_defaults(stub: StubMaster, user: client.Determined, tmp_path: pathlib.Path) -> None:
    begin(user, Config()).close()
    config = config_of(stub)
    name = config.pop("name")
    assert re.fullmatch("unmanaged-[0-9a-f]{8}", name)
    assert config == {
        "data": None,
        "description": None,
        "labels": None,
        "workspace": None,
        "project": None,
        "searcher": {"name": "single", "metric": "unmanaged"},
        "checkpoint_storage": {
            "type": "directory",
            "container_path": str(tmp_path / "data" / "determined" / "checkpoints"),
        },
    }
    assert stub.sent("POST", "/api/v1/trials")[0].body == {"experimentId": 4, "unmanaged": True}


def test_what_is_said_is_sent(stub: StubMaster, user: client.Determined) -> None:
    said = Config(
        name="n",
        data={"a": (1, 2)},
        description="d\nwith two lines",
        labels=["x"],
        workspace="w",
        project="p",
        checkpoint_storage={"type": "directory", "container_path": "/tmp/a"},
        searcher={"name": "random", "metric": "m", "max_trials": 3},
    )
    begin(user, said, checkpoint_storage="/tmp/b").close()
    assert config_of(stub) == {
        "name": "n",
        "data": {"a": [1, 2]},
        "description": "d\nwith two lines",
        "labels": ["x"],
        "workspace": "w",
        "project": "p",
        "checkpoint_storage": {"type": "directory", "container_path": "/tmp/b"},
        "searcher": {"name": "random", "metric": "m", "max_trials": 3},
    }


@pytest.mark.parametrize(
    ("config", "error"),
    [
        (Config(external_trial_id="t"), NotImplementedError),
        (Config(external_experiment_id=5), NotImplementedError),  # type: ignore[arg-type]
        (Config(hparams={"a": object()}), TypeError),
        (Config(data={"a": object()}), ValueError),
        (Config(checkpoint_storage="s3://bucket/x?y=1"), ValueError),
        ({"name": "no config"}, AttributeError),
        (None, ValueError),
    ],
)
def test_misuse_is_refused_before_anything_is_created(
    stub: StubMaster, user: client.Determined, config: Any, error: type
) -> None:
    with pytest.raises(error):
        begin(user, config)
    assert calls(stub) == []


def test_a_storage_of_the_cluster_is_refused_and_the_trial_has_failed(
    stub: StubMaster, user: client.Determined
) -> None:
    with pytest.raises(ValueError, match="shared_fs"):
        begin(user, Config(checkpoint_storage={"type": "shared_fs", "host_path": "/tmp"}))
    assert states(stub) == ["STATE_ERROR"]


def test_the_masters_refusal_is_raised(stub: StubMaster, user: client.Determined) -> None:
    stub.on("POST", "/api/v1/experiments", Answer(404, {"error": {"error": "no such workspace"}}))
    with pytest.raises(errors.NotFoundException, match="no such workspace"):
        begin(user, Config(workspace="w", project="p"))


@pytest.mark.parametrize(
    ("error", "state", "told"),
    [
        (None, "STATE_COMPLETED", ""),
        (SystemExit(0), "STATE_COMPLETED", ""),
        (SystemExit(3), "STATE_ERROR", "exit code 3"),
        (ValueError("meant"), "STATE_ERROR", "meant"),
        (KeyboardInterrupt(), "STATE_ERROR", "KeyboardInterrupt"),
    ],
)
def test_how_a_block_ends_is_the_trials_state(
    stub: StubMaster, user: client.Determined, error: Any, state: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    with contextlib.ExitStack() as stack:
        if error is not None:
            stack.enter_context(pytest.raises(type(error)))
        stack.enter_context(begin(user, Config()))
        if error is not None:
            raise error
    assert states(stub) == ["STATE_RUNNING", state]
    assert caplog.messages == ([f"Trial reached an ERROR state: {told}"] if told else [])


def test_a_report_that_is_refused_fails_the_trial(stub: StubMaster, user: client.Determined) -> None:
    stub.on("POST", "/api/v1/trials/7/metrics", Answer(400))
    context = begin(user, Config())
    context.start()
    context.train.report_training_metrics(1, {"loss": 0.5})
    with pytest.raises(core.ReportFailed):
        context.close()
    assert states(stub) == ["STATE_RUNNING", "STATE_ERROR"]


def test_invalid_hyperparameters_fail_the_trial_and_exit_with_0(stub: StubMaster, user: client.Determined) -> None:
    import determined

    stub.on("POST", "/api/v1/trials/7/early_exit", Answer(404))
    with pytest.raises(SystemExit) as raised, begin(user, Config()):
        raise determined.InvalidHP("too many layers")
    assert raised.value.code == 0
    assert states(stub) == ["STATE_RUNNING", "STATE_ERROR"]


def test_an_end_that_the_master_refuses_does_not_hide_the_exception(stub: StubMaster, user: client.Determined) -> None:
    def run(error: Optional[Exception]) -> None:
        with begin(user, Config()):
            stub.on("PATCH", "/api/v1/trials/7", Answer(404))
            if error is not None:
                raise error

    with pytest.raises(ZeroDivisionError):
        run(ZeroDivisionError())
    stub.on("PATCH", "/api/v1/trials/7", {"trial": {}})
    with pytest.raises(errors.NotFoundException):
        run(None)


def test_a_start_that_is_refused_leaves_everything_as_it_was(stub: StubMaster, user: client.Determined) -> None:
    stub.on("PATCH", "/api/v1/trials/7", Answer(400))
    before = sys.stdout, sys.stderr, sys.exit, sys.excepthook
    context = begin(user, Config())
    with pytest.raises(errors.APIException):
        context.start()
    assert (sys.stdout, sys.stderr, sys.exit, sys.excepthook) == before
    assert {"heartbeat", "log-shipper", "report-shipper"}.isdisjoint(t.name for t in threading.enumerate())


def test_signs_of_life_go_on_while_the_master_fails(
    stub: StubMaster, user: client.Determined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_heartbeat, "PERIOD", 0.01)
    monkeypatch.setattr(_heartbeat, "PERIOD_AFTER_FAILURE", 0.01)
    context = begin(user, Config())
    context.start()
    stub.on("PATCH", "/api/v1/trials/7", Answer(500), Answer(503), Answer(404), {"trial": {}})
    while len(stub.sent("PATCH", "/api/v1/trials/7")) < 8:
        threading.Event().wait(0.01)
    context.close()
    assert states(stub) == ["STATE_RUNNING", "STATE_COMPLETED"]


def test_everything_is_put_back_at_the_end(stub: StubMaster, user: client.Determined) -> None:
    before = sys.stdout, sys.stderr, sys.exit, sys.excepthook
    with begin(user, Config()):
        assert sys.stdout is not before[0]
    assert (sys.stdout, sys.stderr, sys.exit, sys.excepthook) == before
    assert {"heartbeat", "log-shipper", "report-shipper"}.isdisjoint(t.name for t in threading.enumerate())


def test_what_a_training_asks_of_a_cluster_is_answered(stub: StubMaster, user: client.Determined) -> None:
    with begin(user, Config(), preempt_mode=core_v2.PreemptMode.ChiefOnly) as context:
        assert context.preempt.should_preempt() is False
        context.profiler.on()
        context.profiler.off()
        context.experimental.report_task_using_checkpoint(None)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="max_length"):
            context.searcher.get_configured_units()


def test_a_checkpoint_is_reported_without_an_allocation(
    stub: StubMaster, user: client.Determined, tmp_path: pathlib.Path
) -> None:
    stub.on("POST", "/api/v1/checkpoints", {})
    with begin(user, Config(), checkpoint_storage=tmp_path) as context:
        with context.checkpoint.store_path({"steps_completed": 1}) as (path, uuid):
            (path / "state").write_text("x")
    assert (tmp_path / uuid / "state").exists()
    body = stub.sent("POST", "/api/v1/checkpoints")[0].body
    assert "allocationId" not in body
    assert (body["taskId"], body["storageId"], body["uuid"]) == (TASK, 5, uuid)


# --- several ranks ----------------------------------------------------------------------------------------------------


def test_only_the_chief_creates_and_gives_signs_of_life(stub: StubMaster, user: client.Determined) -> None:
    def work(distributed: core.DistributedContext) -> Any:
        context = begin(user, Config(hparams={"a": 1}), distributed=distributed)
        info = context.info
        assert info is not None
        return (info.task_id, info.trial.trial_id, info.trial.experiment_id, info.trial._trial_run_id, info.cluster_id)

    assert run_ranks(work) == [(TASK, 7, 4, 1, "cluster")] * 2
    once = ["/api/v1/experiments", "/api/v1/trials", "/api/v1/trials/7/start"]
    assert [len(stub.sent("POST", path)) for path in once] == [1, 1, 1]
    assert len(stub.sent("GET", "/api/v1/master")) == 2
    assert len(stub.sent("POST", "/api/v1/runs/start")) == 2


def test_when_the_chief_is_refused_no_rank_waits(stub: StubMaster, user: client.Determined) -> None:
    stub.on("POST", "/api/v1/trials/7/start", Answer(400, {"error": {"error": "not now"}}))
    chief, worker = run_ranks(lambda distributed: begin(user, Config(), distributed=distributed))
    assert isinstance(chief, errors.APIException)
    assert isinstance(worker, RuntimeError)
    assert "not now" in str(worker)


# --- the module's own trial -------------------------------------------------------------------------------------------


def test_the_module_shows_its_trial(stub: StubMaster, user: client.Determined) -> None:
    core_v2.init(config=Config(name="mine"), client=user, tensorboard_mode=MANUAL)
    assert isinstance(core_v2.train, core.TrainContext)
    assert isinstance(core_v2.checkpoint, core.CheckpointContext)
    assert isinstance(core_v2.distributed, core.DistributedContext)
    assert isinstance(core_v2.preempt, core.PreemptContext)
    assert isinstance(core_v2.searcher, core.SearcherContext)
    assert core_v2.info is not None
    assert core_v2.url_reverse_webui_exp_view() == f"{stub.url}/det/experiments/4"
    core_v2.close()
    assert core_v2.train is None
    assert core_v2.url_reverse_webui_exp_view() == f"{stub.url}/det/experiments/4"
    core_v2.close()
    assert states(stub) == ["STATE_RUNNING", "STATE_COMPLETED"]


def test_another_init_closes_the_trial_before(stub: StubMaster, user: client.Determined) -> None:
    core_v2.init(config=Config(name="first"), client=user, tensorboard_mode=MANUAL)
    core_v2.init(config=Config(name="second"), client=user, tensorboard_mode=MANUAL)
    assert states(stub) == ["STATE_RUNNING", "STATE_COMPLETED", "STATE_RUNNING"]
    with pytest.raises(ValueError, match="configuration"):
        core_v2.init(client=user)
    assert core_v2.train is None
    assert states(stub)[-1] == "STATE_COMPLETED"


def test_before_init_there_is_nothing() -> None:
    code = """
from determined.experimental import core_v2
core_v2.close()
print([getattr(core_v2, n) for n in "info checkpoint distributed preempt searcher train".split()])
try:
    core_v2.url_reverse_webui_exp_view()
except AssertionError as e:
    print(isinstance(e, RuntimeError))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == f"{[None] * 6}\nTrue\n"


def test_without_a_client_the_users_login_is_used(stub: StubMaster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DET_USER", "ada")
    monkeypatch.setenv("DET_PASS", "pass")
    core_v2.init(config=Config(), tensorboard_mode=MANUAL)
    assert core_v2.info is not None
    assert (core_v2.info.session_token, calls(stub)[0]) == ("secret", ("POST", "/api/v1/auth/login"))


def test_older_names_of_the_configuration_work_and_warn(stub: StubMaster, user: client.Determined) -> None:
    def warned(call: Callable[[], Any]) -> Tuple[Any, List[str]]:
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            value = call()
        assert all(w.category is FutureWarning for w in found)
        return value, [str(w.message) for w in found]

    defaults, said = warned(lambda: core_v2.DefaultConfig(name="d", labels=["x"]))
    assert [text.endswith("use core_v2.Config instead") for text in said] == [True]
    unmanaged, said = warned(lambda: core_v2.UnmanagedConfig(name="u"))
    assert [text.endswith("use core_v2.Config instead") for text in said] == [True]
    assert {isinstance(defaults, Config), isinstance(unmanaged, Config)} == {True}

    context, said = warned(
        lambda: core_v2.init_context(defaults=defaults, unmanaged=unmanaged, client=user, tensorboard_mode=MANUAL)
    )
    context.close()
    assert len(said) == 1
    assert (config_of(stub)["name"], config_of(stub)["labels"]) == ("d", ["x"])
    context, _ = warned(
        lambda: core_v2.init_context(config=Config(name="c"), defaults=defaults, client=user, tensorboard_mode=MANUAL)
    )
    context.close()
    assert (config_of(stub)["name"], config_of(stub)["labels"]) == ("c", None)


def test_a_configuration_is_a_dataclass() -> None:
    assert Config("n", {"a": 1}) == Config(name="n", hparams={"a": 1})
    assert [field.name for field in dataclasses.fields(core_v2.DefaultConfig)] == [
        "name",
        "hparams",
        "data",
        "description",
        "labels",
        "workspace",
        "project",
        "checkpoint_storage",
        "searcher",
        "external_experiment_id",
        "external_trial_id",
    ]
    with pytest.raises(TypeError):
        core_v2.DefaultConfig("n")  # type: ignore[call-arg]


# --- on a cluster -----------------------------------------------------------------------------------------------------


def test_as_a_trial_of_a_cluster_the_configuration_has_no_effect(
    stub: StubMaster, trial: Callable[..., pathlib.Path]
) -> None:
    stub.on("GET", "/api/v1/allocations/1.task.1/signals/preemption", {"preempt": False})
    trial()
    core_v2.init(config=Config(external_trial_id="ignored"), tensorboard_mode=MANUAL)
    assert core_v2.info is not None
    assert core_v2.train is not None
    assert core_v2.info.trial.hparams == {"lr": 0.1}
    assert core_v2.url_reverse_webui_exp_view() == f"{stub.url}/det/experiments/1"
    core_v2.train.report_training_metrics(1, {"loss": 0.5})
    core_v2.close()
    core_v2.init(tensorboard_mode=MANUAL)
    core_v2.close()
    asked = {(r.method, r.path) for r in stub.requests}
    assert {path for _, path in asked} == {
        "/api/v1/runs/start",
        "/api/v1/allocations/1.task.1/signals/preemption",
        "/api/v1/trials/7/metrics",
    }


def test_in_a_notebook_of_a_cluster_a_trial_is_unmanaged(
    stub: StubMaster, user: client.Determined, trial: Callable[..., pathlib.Path]
) -> None:
    trial(task_type="NOTEBOOK")
    with begin(user, Config(name="from a notebook")) as context:
        assert context.info is not None
        assert context.info.agent_id == "unmanaged"
    assert config_of(stub)["name"] == "from a notebook"


def test_the_client_does_not_load_it() -> None:
    code = "import sys; from determined.experimental import client; print([n for n in sys.modules if 'core_v2' in n])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
