"""Runs in bulk, and their metadata."""

from __future__ import annotations

import json
from typing import Any

import pytest

from determined.master.auth import Caller
from determined.master.errors import Refusal
from determined.master.services import run_metadata, runs
from determined.master.store.database import Transaction

ADMIN = Caller(1, "admin", True, 1, "session", None)
OTHER = Caller(2, "determined", False, 2, "session", None)


@pytest.fixture
def two_runs(tx: Transaction) -> Transaction:
    """Runs 1 and 2, ended, of one experiment; 1 has the best value and a checkpoint."""
    storage = {"type": "shared_fs", "host_path": "/x"}
    tx.insert(
        "experiments", job_id="j", state="COMPLETED", unmanaged=1, name="n",
        config=json.dumps({"checkpoint_storage": storage}), original_config="", owner_id=1, searcher_name="random",
        searcher_metric="loss", smaller_is_better=1, resource_pool="", start_time=0, project_id=1,
    )  # fmt: skip
    for value in (0.1, 0.2):
        run_id = tx.insert(
            "trials", experiment_id=1, request_id=str(value), state="COMPLETED", start_time=0, hparams="{}",
            project_id=1, searcher_metric_value=value, best_validation_id=1,
        )  # fmt: skip
        tx.insert("tasks", id=f"1.{value}", type="TRIAL", experiment_id=1, trial_id=run_id, start_time=0)
        tx.insert("logs", task_id=f"1.{value}", log="line")
    tx.update("experiments", {"id": 1}, best_trial_id=1)
    tx.insert("checkpoints", uuid="u", task_id="1.0.1", trial_id=1, experiment_id=1, report_time=0, state="COMPLETED")
    return tx


def selection(*ids: int, project_id: int = 1, filter_text: str = "") -> runs.Selection:
    """A selection in the first project."""
    return runs.Selection(ids, project_id, filter_text)


def test_deleting_a_run_leaves_its_checkpoint_until_the_files_are_gone(two_runs: Transaction) -> None:
    assert runs.delete(two_runs, ADMIN, selection(1)) == [runs.Outcome(1, "")]
    assert two_runs.scalar("SELECT count(*) FROM trials") == 1
    assert two_runs.scalar("SELECT group_concat(task_id) FROM logs") == "1.0.2"
    assert two_runs.scalar("SELECT best_trial_id FROM experiments") == 2
    left = two_runs.one(
        "SELECT c.trial_id, c.experiment_id, s.config FROM checkpoint_removals r"
        " JOIN checkpoints c ON c.uuid = r.checkpoint_uuid JOIN storages s ON s.id = c.storage_id"
    )
    assert left is not None
    assert tuple(left) == (None, None, '{"host_path": "/x", "type": "shared_fs"}')


def test_nobody_but_an_admin_deletes_anothers_runs(two_runs: Transaction) -> None:
    (outcome,) = runs.delete(two_runs, OTHER, selection(1))
    assert "other user's runs" in outcome.error
    assert two_runs.scalar("SELECT count(*) FROM trials") == 2


def test_each_run_has_its_own_answer(two_runs: Transaction) -> None:
    two_runs.update("trials", {"id": 2}, state="RUNNING")
    assert runs.archive(two_runs, ADMIN, selection(1, 2, 9, 1)) == [
        runs.Outcome(1, ""),
        runs.Outcome(2, "Run is not in terminal state."),
        runs.Outcome(9, "Run with id '9' not found in project with id '1'"),
    ]


def test_a_filter_chooses_within_the_project(two_runs: Transaction) -> None:
    condition = {"kind": "field", "columnName": "id", "operator": ">", "value": 1}
    text = json.dumps({"filterGroup": {"kind": "group", "conjunction": "and", "children": [condition]}})
    assert runs.archive(two_runs, ADMIN, selection(filter_text=text)) == [runs.Outcome(2, "")]
    assert runs.archive(two_runs, ADMIN, selection(filter_text=text, project_id=5)) == []
    assert runs.archive(two_runs, ADMIN, selection(filter_text=text, project_id=0)) == []
    with pytest.raises(Refusal, match="run id list must be empty"):
        runs.archive(two_runs, ADMIN, selection(1, filter_text=text))


def test_moving_a_run_moves_its_experiment_with_all_runs(two_runs: Transaction) -> None:
    two_runs.insert("projects", name="p", workspace_id=1, user_id=1, created_at=0, key="PROJ")
    (skipped,) = runs.move(two_runs, ADMIN, selection(1), 2, True)
    assert skipped.error == "Skipping run '1' (part of multi-trial)."
    assert runs.move(two_runs, ADMIN, selection(1, 2), 2, False) == [runs.Outcome(1, ""), runs.Outcome(2, "")]
    assert two_runs.scalar("SELECT group_concat(project_id || '-' || local_id) FROM trials") == "2-1,2-2"


def nested(levels: int) -> Any:
    """An object of that many levels."""
    return {"l": nested(levels - 1)} if levels > 1 else {"l": 1}


@pytest.mark.parametrize(
    "metadata",
    [
        nested(10),
        {"k" * 50: 1, "": 1},
        {"t": "x" * 5000},
        {"t": [0] * 100},
        {f"k{i}": i for i in range(1000)},
        {"a": None, "b": [{"c": True}]},
    ],
)
def test_metadata_within_the_limits_is_stored(two_runs: Transaction, metadata: Any) -> None:
    assert run_metadata.replace(two_runs, 1, metadata) == metadata
    assert run_metadata.get(two_runs, 1) == metadata


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        (nested(11), "nesting depth of 10"),
        ({"k" * 51: 1}, "maximum length of 50"),
        ({"a.b": 1}, "can not contain"),
        ({"a": [{"$": 1}]}, "can not contain"),
        ({"t": "x" * 5001}, "maximum length of 5000"),
        ({"t": [0] * 101}, "101/100 elements"),
        ({f"k{i}": i for i in range(1001)}, "key count limit"),
        ({f"k{i}": [0] * 100 for i in range(11)}, "key count limit"),
    ],
)
def test_metadata_beyond_a_limit_is_refused(two_runs: Transaction, metadata: Any, text: str) -> None:
    with pytest.raises(Refusal, match=text):
        run_metadata.replace(two_runs, 1, metadata)


def test_large_integers_become_the_doubles_of_the_wire(two_runs: Transaction) -> None:
    assert run_metadata.replace(two_runs, 1, {"big": 12345678901234567890, "small": 3}) == {
        "big": 12345678901234567000.0,
        "small": 3,
    }
