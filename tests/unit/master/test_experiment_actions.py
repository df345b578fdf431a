"""What may be done to experiments, in which state, and by whom."""

from __future__ import annotations

import json
from typing import Any, Optional

import pytest

from determined.master.auth import Caller
from determined.master.errors import Refusal
from determined.master.services import experiment_actions as actions
from determined.master.services import experiment_changes, experiment_creation, experiments
from determined.master.services.experiments import Wanted
from determined.master.store.database import Row, Transaction

ADMIN = Caller(1, "admin", True, 1, "session", None)
OTHER = Caller(2, "determined", False, 2, "session", None)
CLUSTER = experiment_creation.Cluster(2, {"type": "shared_fs", "host_path": "/tmp"})
CONFIG = "name: study\nentrypoint: x\nsearcher: {name: single, metric: loss}\nresources: {slots_per_trial: 0}\n"


def create(tx: Transaction, *, activate: bool = False, caller: Caller = ADMIN, **request: Any) -> int:
    """Create an experiment from `CONFIG`; returns its id."""
    planned = experiment_creation.plan(tx, {"config": CONFIG, **request}, CLUSTER)  # type: ignore[typeddict-item]
    return experiment_creation.create(tx, caller, planned, activate)


def in_state(tx: Transaction, state: str, **columns: Any) -> int:
    """Create an experiment that is in a state; returns its id."""
    experiment_id = create(tx)
    tx.update("experiments", {"id": experiment_id}, state=state, **columns)
    return experiment_id


def row(tx: Transaction, experiment_id: int) -> Row:
    """An experiment's row."""
    return experiments.row_of(tx, experiment_id)


def refusal(tx: Transaction, action: actions.Action, experiment_id: int, caller: Caller = ADMIN) -> Optional[str]:
    """The words with which an action is refused; None when it is not."""
    try:
        actions.on_one(tx, caller, action, experiment_id)
    except Refusal as refused:
        return refused.text
    return None


TERMINAL_STATE = "experiment in terminal state"
TRANSITIONS = [
    ("PAUSED", actions.ACTIVATE_ONE, None, "ACTIVE"),
    ("ACTIVE", actions.ACTIVATE_ONE, None, "ACTIVE"),
    ("ACTIVE", actions.PAUSE, None, "PAUSED"),
    ("PAUSED", actions.PAUSE, None, "PAUSED"),
    ("PAUSED", actions.CANCEL, None, "CANCELED"),
    ("STOPPING_COMPLETED", actions.CANCEL, None, "STOPPING_COMPLETED"),
    ("COMPLETED", actions.CANCEL, None, "COMPLETED"),
    ("PAUSED", actions.KILL, None, "CANCELED"),
    ("STOPPING_CANCELED", actions.KILL, None, "CANCELED"),
    ("ERROR", actions.KILL, None, "ERROR"),
    ("DELETE_FAILED", actions.KILL, None, "DELETE_FAILED"),
    ("STOPPING_KILLED", actions.PAUSE, "experiment in incompatible state STOPPING_KILLED", "STOPPING_KILLED"),
    ("STOPPING_ERROR", actions.KILL, "experiment in incompatible state STOPPING_ERROR", "STOPPING_ERROR"),
    ("COMPLETED", actions.PAUSE, TERMINAL_STATE, "COMPLETED"),
    ("COMPLETED", actions.ACTIVATE, TERMINAL_STATE, "COMPLETED"),
    ("COMPLETED", actions.ACTIVATE_ONE, "experiment '1' not found", "COMPLETED"),
    ("ACTIVE", actions.ARCHIVE, "Experiment is not in terminal state.", "ACTIVE"),
    ("ACTIVE", actions.UNARCHIVE, "Experiment is not archived.", "ACTIVE"),
    ("ACTIVE", actions.DELETE, "cannot delete experiment in STATE_ACTIVE state", "ACTIVE"),
    ("DELETE_FAILED", actions.DELETE, None, "DELETING"),
]


@pytest.mark.parametrize(("before", "action", "text", "after"), TRANSITIONS)
def test_a_state_allows_some_actions(
    tx: Transaction, before: str, action: actions.Action, text: Optional[str], after: str
) -> None:
    experiment_id = in_state(tx, before)
    assert refusal(tx, action, experiment_id) == text
    assert row(tx, experiment_id)["state"] == after


@pytest.mark.parametrize("action", [actions.ACTIVATE_ONE, actions.PAUSE, actions.CANCEL, actions.KILL])
def test_an_archived_experiment_looks_as_if_it_were_not_there(tx: Transaction, action: actions.Action) -> None:
    experiment_id = in_state(tx, "CANCELED", archived=1)
    assert refusal(tx, action, experiment_id) == f"experiment '{experiment_id}' not found"


def test_nobody_but_an_admin_deletes_what_is_anothers_one_by_one_or_in_bulk(tx: Transaction) -> None:
    experiment_id = in_state(tx, "COMPLETED")
    assert "other user's experiments" in str(refusal(tx, actions.DELETE, experiment_id, OTHER))
    (outcome,) = actions.on_many(tx, OTHER, actions.DELETE, actions.ANY_PROJECT, [experiment_id], None)
    assert outcome.refusal is not None
    assert row(tx, experiment_id)["state"] == "COMPLETED"


def test_a_checkpoint_in_the_registry_keeps_its_experiment(tx: Transaction) -> None:
    experiment_id = in_state(tx, "COMPLETED")
    tx.insert("checkpoints", uuid="u", task_id="t", experiment_id=experiment_id, report_time=0, state="COMPLETED")
    tx.insert("models", name="m", creation_time=0, last_updated_time=0, user_id=1, workspace_id=1)
    tx.insert(
        "model_versions", model_id=1, version=1, checkpoint_uuid="u", creation_time=0, last_updated_time=0, user_id=1
    )
    assert refusal(tx, actions.DELETE, experiment_id) == "checkpoints are registered as model versions"


def test_a_bulk_action_answers_for_each_and_goes_on_after_a_refusal(tx: Transaction) -> None:
    done, ended = in_state(tx, "ACTIVE"), in_state(tx, "COMPLETED")
    outcomes = actions.on_many(tx, ADMIN, actions.PAUSE, actions.ANY_PROJECT, [ended, 99, done], None)
    texts = {o.experiment_id: o.refusal.nested() if o.refusal else "" for o in outcomes}
    assert texts == {
        ended: f"rpc error: code = FailedPrecondition desc = {TERMINAL_STATE}",
        99: "rpc error: code = NotFound desc = experiment '99' not found",
        done: "",
    }
    assert row(tx, done)["state"] == "PAUSED"


def test_a_bulk_action_of_one_project_does_not_see_another(tx: Transaction) -> None:
    experiment_id = in_state(tx, "ACTIVE")
    (outcome,) = actions.on_many(tx, ADMIN, actions.PAUSE, 7, [experiment_id], None)
    assert outcome.refusal is not None
    assert row(tx, experiment_id)["state"] == "ACTIVE"


def test_an_empty_filter_means_all_that_the_action_fits(tx: Transaction) -> None:
    active, paused = in_state(tx, "ACTIVE"), in_state(tx, "PAUSED")
    ended, archived = in_state(tx, "ERROR"), in_state(tx, "ERROR", archived=1)

    def ids(action: actions.Action) -> "list[int]":
        outcomes = actions.on_many(tx, ADMIN, action, actions.ANY_PROJECT, [ended], Wanted())
        assert all(outcome.refusal is None for outcome in outcomes)
        return [outcome.experiment_id for outcome in outcomes]

    assert ids(actions.PAUSE) == [active]
    assert ids(actions.UNARCHIVE) == [archived]
    assert ids(actions.ARCHIVE) == [ended, archived]
    assert ids(actions.KILL) == [active, paused]


def test_resources_of_an_ended_experiment_are_refused_after_the_rest_was_saved(tx: Transaction) -> None:
    experiment_id = in_state(tx, "COMPLETED")
    with pytest.raises(Refusal) as caught:
        experiment_changes.patch(tx, experiment_id, {"name": "new", "resources": {"maxSlots": 1}})
    assert caught.value.keep_writes
    assert row(tx, experiment_id)["name"] == "new"
    assert json.loads(row(tx, experiment_id)["config"])["name"] == "new"


def test_a_change_that_makes_the_configuration_wrong_is_refused(tx: Transaction) -> None:
    experiment_id = create(tx)
    with pytest.raises(Refusal, match="refusing to save invalid experiment config"):
        experiment_changes.patch(tx, experiment_id, {"resources": {"priority": 100}})


def test_labels_are_a_set(tx: Transaction) -> None:
    experiment_id = create(tx)
    assert experiment_changes.put_label(tx, experiment_id, "a") == ["a"]
    assert experiment_changes.put_label(tx, experiment_id, "a") == ["a"]
    assert experiment_changes.put_label(tx, experiment_id, "ü") == ["a", "ü"]
    assert experiment_changes.delete_label(tx, experiment_id, "a") == ["ü"]
    assert json.loads(row(tx, experiment_id)["config"])["labels"] == ["ü"]
    assert experiments.labels_in_use(tx, 0) == ["ü"]


@pytest.mark.parametrize(
    ("labels", "expected"), [(["x"], [1, 2]), (["x", "y"], [1]), (["x,y"], [1]), ([""], [1, 2, 3]), (["x,"], [])]
)
def test_labels_that_are_sought_are_cut_at_commas(tx: Transaction, labels: "list[str]", expected: "list[int]") -> None:
    for labelled in ('["x","y"]', '["x"]', '["x,y"]'):
        in_state(tx, "PAUSED", labels=labelled)
    page = experiments.list_experiments(tx, Wanted(labels=labels), "ID", False, 0, 0)
    assert [row["id"] for row in page.rows] == expected


def test_moving_gives_the_runs_numbers_of_the_new_project(tx: Transaction) -> None:
    experiment_id = create(tx)
    tx.insert("projects", name="p", workspace_id=1, user_id=1, created_at=0, key="PROJ", last_local_id=4)
    actions.move_one(tx, experiment_id, 2)
    trial = tx.one("SELECT project_id, local_id FROM trials WHERE experiment_id = ?", (experiment_id,))
    assert trial is not None
    assert tuple(trial) == (2, 5)


def test_nothing_moves_into_an_archived_project(tx: Transaction) -> None:
    experiment_id = create(tx)
    tx.insert("projects", name="p", workspace_id=1, user_id=1, created_at=0, key="PROJ", archived=1)
    with pytest.raises(Refusal, match="cannot add new experiments"):
        actions.move_one(tx, experiment_id, 2)


# --- making ---------------------------------------------------------------------------------------------------------


def test_only_validating_stores_nothing(tx: Transaction) -> None:
    experiment_creation.plan(tx, {"config": CONFIG, "validateOnly": True}, CLUSTER)
    assert tx.scalar("SELECT count(*) FROM experiments") == 0


def test_more_slots_than_there_are_are_refused(tx: Transaction) -> None:
    config = CONFIG.replace("slots_per_trial: 0", "slots_per_trial: 3")
    with pytest.raises(Refusal, match="slots requested exceeds cluster capacity"):
        create(tx, config=config)


def test_a_warm_start_from_what_is_not_there_is_refused(tx: Transaction) -> None:
    config = CONFIG.replace("metric: loss", "metric: loss, source_trial_id: 5")
    with pytest.raises(Refusal, match="trial 5"):
        create(tx, config=config)
    assert create(tx, config=CONFIG) == 1


def test_a_fork_has_the_files_of_its_parent(tx: Transaction) -> None:
    parent = create(tx, modelDefinition=[{"path": "a.py", "type": 48, "content": "eA==", "mtime": "1"}])
    fork = create(tx, parentId=parent, modelDefinition=[{"path": "b.py", "type": 48, "content": "", "mtime": "1"}])
    assert row(tx, fork)["forked_from"] == parent
    assert row(tx, fork)["model_definition_size"] == row(tx, parent)["model_definition_size"] > 0


def test_a_number_that_json_cannot_say_is_refused(tx: Transaction) -> None:
    with pytest.raises(Refusal, match="invalid experiment configuration"):
        create(tx, config=CONFIG + "hyperparameters: {lr: .nan}\n")


def test_putting_by_an_external_id_again_keeps_the_experiment_and_its_first_text(tx: Transaction) -> None:
    config = "name: {}\nsearcher: {{name: single, metric: loss}}\n"
    for name in ("one", "two"):
        planned = experiment_creation.plan(tx, {"config": config.format(name), "unmanaged": True}, CLUSTER)
        assert experiment_creation.put(tx, ADMIN, "ext", planned) == 1
    assert row(tx, 1)["name"] == "two"
    assert row(tx, 1)["original_config"] == config.format("one")


def test_a_queued_experiment_knows_how_many_jobs_are_ahead_of_it(tx: Transaction) -> None:
    first, second, urgent = create(tx, activate=True), create(tx, activate=True), create(tx, activate=True)
    experiment_changes.patch(tx, urgent, {"resources": {"priority": 1}})
    create(tx)
    tx.insert("tasks", id="c", type="COMMAND", start_time=0)
    tx.insert("tasks", id="ended", type="COMMAND", start_time=0, end_time=1)
    assert [experiments.get(tx, e).job for e in (urgent, first, second)] == [(0, False), (2, False), (3, False)]


def test_a_continued_single_search_runs_with_the_changed_hyperparameters(tx: Transaction) -> None:
    experiment_id = create(tx, config=CONFIG + "hyperparameters: {a: 1, b: {type: double, minval: 0, maxval: 1}}\n")
    actions.on_one(tx, ADMIN, actions.KILL, experiment_id)
    before = json.loads(tx.scalar("SELECT hparams FROM trials WHERE experiment_id = ?", (experiment_id,)))
    experiment_creation.continue_experiment(tx, experiment_id, "hyperparameters: {a: 2}\n", CLUSTER)
    after = json.loads(tx.scalar("SELECT hparams FROM trials WHERE experiment_id = ?", (experiment_id,)))
    assert after == {**before, "a": 2}
