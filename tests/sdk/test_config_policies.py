"""Configuration policies over HTTP: what they do to experiments and commands, and the command line that sets them."""

from __future__ import annotations

import json
import pathlib
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import pytest

from determined.cli.root import run
from determined.common.api import errors
from determined.common.api.endpoints import config_policies as api
from determined.common.api.endpoints import experiments as experiments_api
from determined.common.api.endpoints import jobs as jobs_api
from determined.common.api.endpoints import tasks as tasks_api
from determined.experimental import client
from determined.master import LocalMaster

POLICIES = {
    "invariant_config": {"max_restarts": 1, "environment": {"environment_variables": ["FROM=policy"]}},
    "constraints": {"resources": {"max_slots": 1}, "priority_limit": 10},
}


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalMaster]:
    with LocalMaster(tmp_path_factory.mktemp("policies"), slots=2, initial_password="") as started:
        yield started


@pytest.fixture
def admin(master: LocalMaster) -> Iterator[client.Determined]:
    """An admin on a cluster without policies."""
    determined = client.Determined(master.url, "admin", "")
    yield determined
    for workload in ("EXPERIMENT", "NTSC"):
        api.delete_global_config_policies(determined._session, workload)
        api.delete_workspace_config_policies(determined._session, 1, workload)
    for experiment in determined.list_experiments():
        experiment.kill()
    determined._session.close()


def config_of(resources: Optional[Dict[str, Any]] = None, **more: Any) -> Dict[str, Any]:
    searcher = {"name": "single", "metric": "m"}
    return {"name": "y", "entrypoint": "true", "searcher": searcher, "resources": resources or {}, **more}


def create(admin: client.Determined, config: Dict[str, Any], **more: Any) -> Dict[str, Any]:
    """Create a paused experiment; returns the answer."""
    body: Any = {"config": json.dumps(config), **more}
    return dict(experiments_api.create_experiment(admin._session, body))


def stored_config(admin: client.Determined, experiment_id: int) -> Dict[str, Any]:
    return dict(experiments_api.get_experiment(admin._session, experiment_id)["config"] or {})


def test_what_is_set_is_read_back_and_removed(admin: client.Determined) -> None:
    session = admin._session
    assert api.get_global_config_policies(session, "EXPERIMENT") == {}
    assert api.put_global_config_policies(session, "EXPERIMENT", json.dumps(POLICIES)) == POLICIES
    assert api.get_global_config_policies(session, "EXPERIMENT") == POLICIES
    assert api.get_workspace_config_policies(session, 1, "EXPERIMENT") == {}
    only_limits = "constraints:\n  priority_limit: 5\n"
    assert api.put_workspace_config_policies(session, 1, "NTSC", only_limits) == {"constraints": {"priority_limit": 5}}
    api.delete_global_config_policies(session, "EXPERIMENT")
    assert api.get_global_config_policies(session, "EXPERIMENT") == {}
    assert api.get_workspace_config_policies(session, 1, "NTSC") != {}


def test_refusals_have_their_status(master: LocalMaster, admin: client.Determined) -> None:
    with pytest.raises(errors.NotFoundException, match="workspace '77' not found"):
        api.get_workspace_config_policies(admin._session, 77, "EXPERIMENT")
    with pytest.raises(errors.APIException, match="invalid workload type"):
        api.get_global_config_policies(admin._session, "NOTHING")
    with pytest.raises(errors.APIException, match="invalid experiment config policy"):
        api.put_global_config_policies(admin._session, "EXPERIMENT", "x: 1")
    with client.Determined(master.url, "determined", "")._session as session:
        assert api.get_global_config_policies(session, "EXPERIMENT") == {}
        with pytest.raises(errors.ForbiddenException):
            api.put_global_config_policies(session, "EXPERIMENT", json.dumps(POLICIES))
        with pytest.raises(errors.ForbiddenException):
            api.delete_workspace_config_policies(session, 1, "EXPERIMENT")


def test_experiments_have_what_policies_fix_and_keep_to_their_limits(admin: client.Determined) -> None:
    api.put_workspace_config_policies(admin._session, 1, "EXPERIMENT", json.dumps(POLICIES))
    made = create(admin, config_of(max_restarts=7, environment={"environment_variables": ["A=1"]}))
    number = made["experiment"]["id"]
    for config in (made["config"], stored_config(admin, number)):
        assert config["max_restarts"] == 1
        assert config["environment"]["environment_variables"]["cpu"] == ["A=1", "FROM=policy"]
    assert "max_restarts: 1" not in made["experiment"]["originalConfig"]
    for resources, problem in (
        ({"slots_per_trial": 2}, "slots_per_trial"),
        ({"max_slots": 2}, "max_slots"),
        ({"priority": 9}, "priority"),
    ):
        for more in ({}, {"validateOnly": True}, {"parentId": number}):
            with pytest.raises(errors.APIException, match=rf"resources.{problem} \[\d\] exceeds") as caught:
                create(admin, config_of(resources), **more)
            assert caught.value.status_code == 400
    assert create(admin, config_of({"max_slots": 1, "priority": 10}), parentId=number)["experiment"]["forkedFrom"] == 1
    lab = admin.create_workspace("lab").create_project("p")
    create(admin, config_of({"priority": 9}), projectId=lab.id)


def test_unmanaged_experiments_use_no_slots_that_could_be_limited(admin: client.Determined) -> None:
    api.put_global_config_policies(admin._session, "EXPERIMENT", "constraints: {resources: {max_slots: 0}}")
    create(admin, config_of(), unmanaged=True)
    with pytest.raises(errors.APIException, match="exceeds"):
        create(admin, config_of())


def test_priority_and_slots_are_changed_within_the_limits_only(admin: client.Determined) -> None:
    number = create(admin, config_of({"slots_per_trial": 0}))["experiment"]["id"]
    api.put_global_config_policies(admin._session, "EXPERIMENT", json.dumps(POLICIES))
    job_id = experiments_api.get_experiment(admin._session, number)["experiment"]["jobId"]

    def patch(**resources: int) -> None:
        body: Any = {"id": number, "resources": resources}
        experiments_api.patch_experiment(admin._session, number, body)

    def move(priority: int) -> None:
        jobs_api.update_job_queue(admin._session, {"updates": [{"jobId": job_id, "priority": priority}]})

    beyond: List[Callable[[], None]] = [lambda: patch(priority=9), lambda: patch(maxSlots=2), lambda: move(9)]
    for change in beyond:
        with pytest.raises(errors.APIException, match="exceeds"):
            change()
    patch(priority=11)
    patch(maxSlots=1)
    move(12)
    resources = stored_config(admin, number)["resources"]
    assert (resources["priority"], resources["max_slots"]) == (12, 1)

    fixed = {"invariant_config": {"resources": {"priority": 50, "max_slots": 3}}}
    api.put_global_config_policies(admin._session, "EXPERIMENT", json.dumps(fixed))
    other: List[Callable[[], None]] = [lambda: patch(priority=60), lambda: patch(maxSlots=2), lambda: move(60)]
    for change in other:
        with pytest.raises(errors.APIException, match="is set to"):
            change()
    patch(maxSlots=3)


def test_a_continued_experiment_is_under_the_policies_of_its_day(admin: client.Determined) -> None:
    made = create(admin, config_of({"slots_per_trial": 0}, environment={"environment_variables": ["A=1"]}))
    number = made["experiment"]["id"]
    experiment = admin.get_experiment(number)
    api.put_global_config_policies(admin._session, "EXPERIMENT", json.dumps(POLICIES))
    for override in ("", "max_restarts: 4\n", "{}\n"):
        experiment.kill()
        experiment.wait(interval=0.05)
        experiments_api.continue_experiment(admin._session, {"id": number, "overrideConfig": override})
        config = stored_config(admin, number)
        assert config["max_restarts"] == 1
        assert config["environment"]["environment_variables"]["cpu"] == ["A=1", "FROM=policy"]
    experiment.kill()
    experiment.wait(interval=0.05)
    for override, limits in (("resources: {priority: 9}\n", POLICIES), ("", {"constraints": {"priority_limit": 90}})):
        api.put_global_config_policies(admin._session, "EXPERIMENT", json.dumps(limits))
        with pytest.raises(errors.APIException, match="exceeds the priority limit"):
            experiments_api.continue_experiment(admin._session, {"id": number, "overrideConfig": override})
    api.put_global_config_policies(admin._session, "EXPERIMENT", "invariant_config: {searcher: {name: grid}}")
    with pytest.raises(errors.APIException, match="must have single searcher type got 'grid'"):
        experiments_api.continue_experiment(admin._session, {"id": number, "overrideConfig": ""})


def test_a_continued_search_keeps_its_points_under_policies(admin: client.Determined) -> None:
    config = config_of({"slots_per_trial": 0}, entrypoint="false", max_restarts=0)
    config["searcher"] = {"name": "grid", "metric": "m"}
    config["hyperparameters"] = {"a": {"type": "categorical", "vals": [1, 2]}}
    number = create(admin, config, activate=True)["experiment"]["id"]
    experiment = admin.get_experiment(number)
    assert experiment.wait(interval=0.05) == client.ExperimentState.ERROR
    fixed = {"invariant_config": {"hyperparameters": {"a": 5}, "entrypoint": "true"}}
    api.put_global_config_policies(admin._session, "EXPERIMENT", json.dumps(fixed))
    experiments_api.continue_experiment(admin._session, {"id": number, "overrideConfig": "{}\n"})
    assert experiment.wait(interval=0.05) == client.ExperimentState.COMPLETED
    assert sorted((trial.hparams or {})["a"] for trial in experiment.list_trials()) == [1, 2]


def test_commands_are_under_the_policies_of_tasks(admin: client.Determined) -> None:
    session = admin._session
    document = {
        "invariant_config": {"resources": {"priority": 50}, "description": "fixed"},
        "constraints": {"resources": {"max_slots": 1}, "priority_limit": 10},
    }
    api.put_global_config_policies(session, "NTSC", json.dumps(document))

    def launch(**resources: Any) -> Dict[str, Any]:
        config = {"entrypoint": ["true"], "description": "mine", "resources": {"slots": 0, **resources}}
        return dict(tasks_api.launch_command(session, {"config": config}))

    config = launch(priority=20)["config"]
    assert (config["description"], config["resources"]["priority"]) == ("fixed", 50)
    with pytest.raises(errors.APIException, match=r"failed to prepare launch params: .*slots \[2\] exceeds"):
        launch(slots=2)
    waits = tasks_api.launch_command(session, {"config": {"entrypoint": ["sleep", "60"], "resources": {"slots": 0}}})
    job_id = waits["command"]["jobId"]
    with pytest.raises(errors.APIException, match="is set to"):
        jobs_api.update_job_queue(session, {"updates": [{"jobId": job_id, "priority": 60}]})
    tasks_api.kill_command(session, waits["command"]["id"])
    api.put_global_config_policies(session, "NTSC", "constraints: {priority_limit: 10}")
    with pytest.raises(errors.APIException, match="exceeds the priority limit"):
        launch(priority=9)
    create(admin, config_of({"priority": 9}))


# --- the command line -----------------------------------------------------------------------------------------------

SHOWN = "constraints:\n  priority_limit: 10\ninvariant_config:\n  debug: true\n\n"
WORKSPACE = ["-w", "Uncategorized"]
STORY: List[Tuple[List[str], int, str]] = [
    (["describe", "experiment"], 0, "{}\n\n"),
    (["set", "experiment", "p.yaml"], 0, "Set global experiment config policies:\n" + SHOWN),
    (["set", "tasks", "p.yaml", *WORKSPACE], 0, f"Set tasks config policies for workspace Uncategorized:\n{SHOWN}"),
    (["describe", "experiment"], 0, SHOWN),
    (["describe", "tasks", *WORKSPACE, "--yaml"], 0, SHOWN),
    (["describe", "tasks"], 0, "{}\n\n"),
    (["describe", "tasks", "--json"], 0, "{}\n"),
    (["delete", "experiment"], 0, "Successfully deleted global EXPERIMENT config policies\n"),
    (["delete", "tasks", *WORKSPACE], 0, "Successfully deleted NTSC config policies for workspace Uncategorized\n"),
    (["describe", "tasks", *WORKSPACE], 0, "{}\n\n"),
    (["set", "tasks", "missing.yaml"], 1, "Error opening file: [Errno 2] No such file or directory: 'missing.yaml'\n"),
    (["set", "tasks", "empty.yaml"], 1, "Failed to set config policies: no specified config policies\n"),
    (["describe", "tasks", "-w", "no"], 1, "Failed to display config policies: workspace 'no' not found\n"),
]


def test_the_command_line_sets_shows_and_deletes_policies(
    master: LocalMaster,
    admin: client.Determined,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "p.yaml").write_text("invariant_config: {debug: true}\nconstraints: {priority_limit: 10}\n")
    (tmp_path / "empty.yaml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DET_MASTER", master.url)
    monkeypatch.setenv("DET_USER", "admin")
    monkeypatch.setenv("DET_PASS", "")
    for words, status, printed in STORY:
        assert run(["config-policies", *words]) == status
        said = capsys.readouterr()
        assert (said.err if status else said.out) == printed
    for words in ([], ["describe"], ["describe", "other"], ["set", "tasks"], ["describe", "tasks", "--json", "--yaml"]):
        assert run(["cp", *words]) == 2
    assert run(["cp", "help"]) == 0
    assert "describe" in capsys.readouterr().out
