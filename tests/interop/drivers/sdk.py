"""Stories told with the released SDK: ``sdk.py STORY EXPERIMENT``, an experiment of ``model/train.py`` with two trials.

The master, the user and the password come from the environment. A story that fails raises.
"""

import json
import pathlib
import sys
import tempfile
import threading
import time
import warnings

import determined
from determined.common.api import errors
from determined.common.experimental.trial import LogLevel
from determined.experimental import client

assert determined.__version__ == "0.38.1", determined.__version__


def fails_with(kind, call, *arguments, **named):
    """Return the text of the error that a call must raise."""
    try:
        call(*arguments, **named)
    except kind as error:
        return str(error)
    raise AssertionError(f"{call} raised nothing")


def logins(number):
    master = client.Determined(user="admin", password="Passw0rd!x")
    assert master.get_session_username() == "admin"
    me = master.whoami()
    assert (me.username, me.admin, me.active) == ("admin", True, True)
    client.login(user="determined", password="Passw0rd!x")
    assert client.get_session_username() == "determined"
    assert not client.whoami().admin
    fails_with(errors.UnauthenticatedException, client.Determined, user="nobody", password="x")
    client.logout()


def users(number):
    master = client.Determined()
    assert {"admin", "determined"} <= {user.username for user in master.list_users()}
    user = master.create_user("interop-user", admin=False, password="Passw0rd!y")
    assert master.get_user_by_name("interop-user").user_id == user.user_id
    assert master.get_user_by_id(user.user_id).username == "interop-user"
    user.change_display_name("Inter Op")
    user.rename("interop-renamed")
    user.link_with_agent(agent_uid=1001, agent_gid=1002, agent_user="u", agent_group="g")
    user.reload()
    assert (user.username, user.display_name) == ("interop-renamed", "Inter Op")
    assert (user.agent_uid, user.agent_gid, user.agent_user, user.agent_group) == (1001, 1002, "u", "g")
    user.change_password("Passw0rd!z")
    assert client.Determined(user="interop-renamed", password="Passw0rd!z").whoami().user_id == user.user_id
    user.deactivate()
    user.reload()
    assert not user.active
    assert user.user_id not in {u.user_id for u in master.list_users(active=True)}
    fails_with(errors.ForbiddenException, client.Determined, user="interop-renamed", password="Passw0rd!z")
    user.activate()
    user.reload()
    assert user.active
    text = fails_with(errors.APIException, master.create_user, "interop-renamed", admin=False, password="Passw0rd!y")
    assert "exists" in text or "already" in text, text
    fails_with(errors.NotFoundException, master.get_user_by_name, "no-such-user")


def workspaces_and_projects(number):
    master = client.Determined()
    workspace = master.create_workspace("Interop")
    assert master.get_workspace("Interop").id == workspace.id
    assert "Interop" in {w.name for w in master.list_workspaces()}
    project = workspace.create_project("First", description="the first")
    assert (project.name, project.description, project.workspace_id) == ("First", "the first", workspace.id)
    assert project.username == "admin"
    project.set_name("Second")
    project.set_description("the second")
    project.set_key("INTOP")
    project.add_note("a note", "its text")
    project.add_note("another", "text")
    project.remove_note("another")
    project.reload()
    assert (project.name, project.description, project.key) == ("Second", "the second", "INTOP")
    assert [(note["name"], note["contents"]) for note in project.notes] == [("a note", "its text")]
    project.archive()
    project.reload()
    assert project.archived
    project.unarchive()
    project.reload()
    assert not project.archived
    assert [p.id for p in workspace.list_projects()] == [project.id]
    assert workspace.get_project("Second").id == project.id
    experiment = create_paused(master)
    experiment.move_to_project("Interop", "Second")
    assert [e.id for e in project.list_experiments()] == [experiment.id]
    project.reload()
    assert project.n_experiments == 1
    experiment.reload()
    assert experiment.project_id == project.id
    assert experiment.workspace_id == workspace.id
    assert [e.id for e in master.list_experiments(project_id=project.id)] == [experiment.id]
    assert [pool.name for pool in workspace.list_pools()] == ["default"]
    text = fails_with(errors.APIException, workspace.create_project, "Second")
    assert "already exists" in text or "exists" in text, text
    experiment.kill()
    wait_for_end(experiment)
    experiment.delete()
    while experiment.id in {e.id for e in project.list_experiments()}:
        time.sleep(0.1)
    workspace.delete_project("Second")
    master.delete_workspace("Interop")
    fails_with(Exception, master.get_workspace, "Interop")


def create_paused(master, **more):
    config = {
        "name": "not to run",
        "entrypoint": "true",
        "searcher": {"name": "single", "metric": "x"},
        "hyperparameters": {"a": 1},
        "resources": {"slots_per_trial": 1},
        **more,
    }
    experiment = master.create_experiment(config)
    experiment.pause()
    return experiment


def wait_for_end(experiment):
    deadline = time.monotonic() + 30
    while True:
        experiment.reload()
        if experiment.state.name in ("CANCELED", "COMPLETED", "ERROR"):
            return experiment.state
        assert time.monotonic() < deadline, experiment.state
        time.sleep(0.1)


def experiments(number):
    master = client.Determined()
    experiment = master.get_experiment(number)
    assert (experiment.id, experiment.state, experiment.name) == (number, client.ExperimentState.COMPLETED, "released")
    assert experiment.progress == 1.0
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
    assert experiment.config["data"] == {"greeting": "hello"}
    assert number in {e.id for e in master.list_experiments()}
    assert number in {e.id for e in master.list_experiments(states=[client.ExperimentState.COMPLETED])}
    for order in client.ExperimentSortBy:
        master.list_experiments(sort_by=order, order_by=client.OrderBy.DESCENDING)
    assert [e.id for e in master.list_experiments(experiment_ids=[number])] == [number]
    assert [e.id for e in master.list_experiments(name="released", users=["admin"], experiment_ids=[number])]
    assert master.list_experiments(users=["determined"]) == []
    experiment.set_name("renamed")
    experiment.set_description("described")
    experiment.set_notes("noted")
    experiment.set_labels({"one", "two"})
    experiment.add_label("three")
    experiment.remove_label("one")
    experiment.reload()
    assert (experiment.name, experiment.description, experiment.notes) == ("renamed", "described", "noted")
    assert set(experiment.labels) == {"two", "three"}
    assert [e.id for e in master.list_experiments(labels=["three"])] == [number]
    experiment.set_name("released")
    experiment.set_labels(set())
    experiment.archive()
    experiment.reload()
    assert experiment.archived
    experiment.unarchive()
    experiment.reload()
    assert not experiment.archived
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(experiment.download_code(output_dir=folder))
        assert path.stat().st_size > 100
    fails_with(errors.NotFoundException, master.get_experiment, 987654)
    assert experiment.await_first_trial().id == experiment.list_trials()[0].id
    for order in client.TrialSortBy:
        assert len(experiment.list_trials(sort_by=order, order_by=client.OrderBy.DESC)) == 2, order
    assert len(list(experiment.iter_trials(limit=1))) == 2


def states(number):
    master = client.Determined()
    experiment = create_paused(master)
    experiment.reload()
    assert experiment.state == client.ExperimentState.PAUSED
    experiment.cancel()
    assert wait_for_end(experiment) == client.ExperimentState.CANCELED
    experiment.delete()
    other = create_paused(master)
    other.activate()
    assert other.wait(interval=0.1) == client.ExperimentState.COMPLETED
    failing = create_paused(master, entrypoint="false", max_restarts=0)
    failing.activate()
    assert failing.wait(interval=0.1) == client.ExperimentState.ERROR
    killed = create_paused(master, entrypoint="sleep 600")
    killed.activate()
    trial = killed.await_first_trial()
    trial.kill()
    assert killed.wait(interval=0.1) in (client.ExperimentState.CANCELED, client.ExperimentState.ERROR)
    trial.reload()
    assert trial.state == client.TrialState.CANCELED
    text = fails_with(errors.APIException, master.create_experiment, {"name": "no searcher", "entrypoint": "x"})
    assert "searcher" in text, text


def trials(number):
    master = client.Determined()
    experiment = master.get_experiment(number)
    first, second = experiment.list_trials()
    assert (first.state, first.experiment_id) == (client.TrialState.COMPLETED, number)
    assert {first.hparams["x"], second.hparams["x"]} == {0.25, 0.5}
    assert first.get_experiment().id == number
    assert master.get_trial(first.id).id == first.id
    assert first.summary_metrics["validation_metrics"]["accuracy"]["count"] == 3, first.summary_metrics
    training = list(first.iter_metrics("training"))
    assert [m.steps_completed for m in training] == [1, 2, 3]
    assert (training[1].metrics["loss"], training[1].batch_metrics) == (0.5, [{"loss": 1.0}])
    assert training[0].end_time.tzinfo is not None
    assert training[0].trial_run_id == 1
    validation = list(first.iter_metrics("validation"))
    assert validation[2].metrics["accuracy"] == 3 * first.hparams["x"]
    assert float(validation[2].metrics["odd"]) == float("inf")
    extra = list(first.iter_metrics("extra"))
    assert extra[0].group == "extra"
    assert extra[0].metrics == {"words": "one two", "nested": {"deep": 1}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert [m.steps_completed for m in first.stream_training_metrics()] == [1, 2, 3]
        assert [m.metrics["accuracy"] for m in first.stream_validation_metrics()] == [
            m.metrics["accuracy"] for m in validation
        ]
        both = list(master.stream_trials_validation_metrics([second.id, first.id]))
    assert sorted({m.trial_id for m in both}) == [first.id, second.id]
    both = list(master.iter_trials_metrics([first.id, second.id], group="extra"))
    assert [(m.trial_id, m.steps_completed) for m in both] == [(t.id, n) for t in (first, second) for n in (1, 2, 3)]
    assert list(first.iter_metrics("no such group")) == []
    fails_with(errors.APIException, lambda: list(master.iter_trials_metrics([987654], group="training")))
    fails_with(errors.NotFoundException, master.get_trial, 987654)


def logs(number):
    master = client.Determined()
    trial = master.get_experiment(number).list_trials()[0]
    lines = list(trial.iter_logs())
    assert any("of experiment" in line for line in lines)
    assert list(trial.iter_logs(head=3)) == lines[:3]
    assert list(trial.iter_logs(tail=3)) == lines[-3:]
    assert list(trial.iter_logs(follow=True)) == lines
    warned = list(trial.iter_logs(min_level=LogLevel.WARNING))
    assert warned
    assert all("WARNING" in line or "ERROR" in line for line in warned), warned
    assert any("of experiment" in line for line in trial.iter_logs(stdtypes=["stdout"]))
    assert len(list(trial.iter_logs(search_text="of experiment"))) == 1
    assert list(trial.iter_logs(container_ids=["no such container"])) == []
    assert list(trial.iter_logs(rank_ids=[7])) == []
    for long_ago in ("2020-01-01T00:00:00Z", 1577836800):
        assert list(trial.iter_logs(timestamp_before=long_ago)) == [], long_ago
        assert list(trial.iter_logs(timestamp_after=long_ago)) == lines, long_ago
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert list(trial.logs(head=2)) == lines[:2]

    speaker = create_paused(master, entrypoint="for n in 1 2 3; do echo word $n; sleep 0.3; done")
    speaker.activate()
    followed = []
    thread = threading.Thread(target=lambda: followed.extend(speaker.await_first_trial().iter_logs(follow=True)))
    thread.start()
    speaker.wait(interval=0.1)
    thread.join(20)
    assert not thread.is_alive(), "the followed log does not end"
    assert [line.rsplit(" ", 2)[-2:] for line in followed if "|| word" in line] == [
        ["word", f"{n}\n"] if followed[0].endswith("\n") else ["word", str(n)] for n in (1, 2, 3)
    ]


def checkpoints(number):
    master = client.Determined()
    experiment = master.get_experiment(number)
    other, trial = sorted(experiment.list_trials(), key=lambda t: t.hparams["x"])
    listed = experiment.list_checkpoints()
    assert len(listed) >= 3
    assert experiment.list_checkpoints(max_results=1)[0].uuid == listed[0].uuid
    for order in client.CheckpointSortBy:
        experiment.list_checkpoints(sort_by=order, order_by=client.OrderBy.ASC)
        trial.list_checkpoints(sort_by=order, order_by=client.OrderBy.DESC)
    best = listed[0]
    assert best.training.trial_id == trial.id
    assert best.training.experiment_id == number
    assert best.training.hparams["x"] == 0.5
    assert best.training.validation_metrics["avgMetrics"]["accuracy"] == 1.5
    assert best.training.experiment_config["name"] == "released"
    assert best.state == client.CheckpointState.COMPLETED
    assert best.metadata["steps_completed"] == 3
    assert best.resources["folder/bytes.bin"] in (1000, "1000"), best.resources
    assert {"done.json", "folder/"} <= set(best.resources)
    assert best.report_time is not None
    assert best.task_id
    assert best.allocation_id
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert experiment.top_checkpoint().uuid == best.uuid
        assert [c.training.trial_id for c in experiment.top_n_checkpoints(2)] == [trial.id, other.id]
        assert trial.select_checkpoint(latest=True).metadata["steps_completed"] == 3
        best_of_trial = trial.select_checkpoint(best=True, sort_by="accuracy", smaller_is_better=False)
        assert best_of_trial.metadata["steps_completed"] == 3
        assert trial.select_checkpoint(uuid=best.uuid).uuid == best.uuid
        assert experiment.top_checkpoint(sort_by="accuracy", smaller_is_better=True).uuid != best.uuid
    found = master.get_checkpoint(best.uuid)
    assert found.uuid == best.uuid
    assert found.resources == best.resources
    found.add_metadata({"mine": {"deep": [1, 2]}, "other": 1})
    found.remove_metadata(["other"])
    found.reload()
    assert found.metadata["mine"] == {"deep": [1, 2]}
    assert "other" not in found.metadata
    assert list(found.get_metrics()) == []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for mode in client.DownloadMode:
            path = pathlib.Path(found.download(path=str(folder / mode.name), mode=mode))
            assert json.loads((path / "done.json").read_text()) == 3, mode
            assert (path / "folder" / "bytes.bin").read_bytes() == bytes(1000), mode
            assert json.loads((path / "metadata.json").read_text())["steps_completed"] == 3, mode
        found.write_metadata_file(str(folder / "metadata.json"))
        assert json.loads((folder / "metadata.json").read_text())["mine"] == {"deep": [1, 2]}
    fails_with(errors.NotFoundException, master.get_checkpoint, "11111111-1111-4111-8111-111111111111")


def removals(number):
    master = client.Determined()
    experiment = master.get_experiment(number)
    worst = [c for c in experiment.list_checkpoints() if c.state == client.CheckpointState.COMPLETED][-1]
    worst.remove_files(["folder/**", "folder"])
    wait_for(lambda: (worst.reload(), "folder/bytes.bin" not in worst.resources)[1])
    assert worst.state == client.CheckpointState.PARTIALLY_DELETED, worst.state
    experiment.delete_tensorboard_files()
    worst.delete()
    wait_for(lambda: (worst.reload(), worst.state == client.CheckpointState.DELETED)[1])


def wait_for(holds):
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def models(number):
    master = client.Determined()
    best = master.get_experiment(number).list_checkpoints()[0]
    model = master.create_model("interop model", description="first", metadata={"a": 1}, labels=["x", "y"])
    assert (model.name, model.description, model.metadata, sorted(model.labels)) == (
        "interop model",
        "first",
        {"a": 1},
        ["x", "y"],
    )
    assert model.username == "admin"
    assert not model.archived
    assert model.creation_time.year >= 2020
    assert master.get_model("interop model").model_id == model.model_id
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert master.get_model_by_id(model.model_id).name == "interop model"
        assert "interop model" in {m.name for m in master.get_models()}
    for order in client.ModelSortBy:
        assert "interop model" in {m.name for m in master.list_models(sort_by=order)}, order
    assert [m.name for m in master.list_models(name="interop")] == ["interop model"]
    assert [m.name for m in master.list_models(description="first", model_id=model.model_id)] == ["interop model"]
    assert "x" in master.get_model_labels()
    model.set_description("second")
    model.add_metadata({"b": [2]})
    model.remove_metadata(["a"])
    model.set_labels(["z"])
    model.reload()
    assert (model.description, model.metadata, model.labels) == ("second", {"b": [2]}, ["z"])
    assert model.get_version() is None
    first = model.register_version(best.uuid)
    second = model.register_version(best.uuid)
    assert (first.model_version, second.model_version) == (1, 2)
    assert first.checkpoint.uuid == best.uuid
    assert [v.model_version for v in model.list_versions()] == [2, 1]
    assert [v.model_version for v in model.list_versions(order_by=client.OrderBy.ASC)] == [1, 2]
    assert model.get_version().model_version == 2
    assert model.get_version(1).checkpoint.uuid == best.uuid
    first.set_name("one")
    first.set_notes("its notes")
    first.reload()
    assert (first.name, first.notes, first.model_name) == ("one", "its notes", "interop model")
    assert list(first.iter_metrics()) == []
    second.delete()
    assert [v.model_version for v in model.list_versions()] == [1]
    model.archive()
    model.reload()
    assert model.archived
    model.unarchive()
    master.create_workspace("Models")
    model.move_to_workspace("Models")
    assert [m.name for m in master.list_models(workspace_names=["Models"])] == ["interop model"]
    text = fails_with(errors.APIException, master.create_model, "interop model")
    assert "names equal to other models" in text, text
    model.delete()
    fails_with(errors.NotFoundException, master.get_model, "interop model")
    master.delete_workspace("Models")


def pools(number):
    master = client.Determined()
    workspace = master.create_workspace("Pools")
    pool = client.ResourcePool(workspace._session, "default")
    for bind in (pool.add_bindings, pool.replace_bindings):
        text = fails_with(errors.APIException, bind, ["Pools"])
        assert "default resource pool" in text.lower(), text
    assert pool.list_workspaces() == []
    master.delete_workspace("Pools")


def functions(number):
    client.login(user="admin", password="Passw0rd!x")
    assert client.get_experiment(number).id == number
    assert number in {e.id for e in client.list_experiments()}
    trial = client.get_experiment(number).list_trials()[0]
    assert client.get_trial(trial.id).id == trial.id
    checkpoint = client.get_experiment(number).list_checkpoints()[0]
    assert client.get_checkpoint(checkpoint.uuid).uuid == checkpoint.uuid
    model = client.create_model("by functions", description="d", metadata={"k": "v"})
    assert client.get_model("by functions").model_id == model.model_id
    assert "by functions" in {m.name for m in client.list_models()}
    assert isinstance(client.get_model_labels(), list)
    model.delete()
    user = client.create_user("by-functions", admin=True, password="Passw0rd!x")
    assert client.get_user_by_id(user.user_id).admin
    assert client.get_user_by_name("by-functions").username == "by-functions"
    assert "by-functions" in {u.username for u in client.list_users()}
    assert client.create_workspace("By Functions").name == client.get_workspace("By Functions").name
    assert "By Functions" in {w.name for w in client.list_workspaces()}
    client.delete_workspace("By Functions")
    assert len(list(client.iter_trials_metrics([trial.id], group="validation"))) == 3


STORIES = {
    story.__name__: story
    for story in (
        logins, users, workspaces_and_projects, experiments, states, trials, logs, checkpoints, models, pools,
        functions, removals,
    )
}  # fmt: skip

if __name__ == "__main__":
    STORIES[sys.argv[1]](int(sys.argv[2]))
