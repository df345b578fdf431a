"""Deleting projects and workspaces that have experiments."""

from __future__ import annotations

from typing import Optional

import pytest

from determined.master.auth import Caller
from determined.master.services import deletions, projects, workspaces
from determined.master.store.database import Row, Transaction

ADMIN = Caller(1, "admin", True, 1, "session", None)


@pytest.fixture
def experiment_id(tx: Transaction) -> int:
    """An ended experiment in project 2 of workspace 2."""
    workspaces.create_workspace(tx, ADMIN, {"name": "lab"})
    projects.create_project(tx, ADMIN, 2, {"name": "p"})
    return tx.insert(
        "experiments",
        job_id="j",
        state="COMPLETED",
        unmanaged=1,
        name="e",
        config="{}",
        original_config="",
        searcher_name="single",
        searcher_metric="loss",
        smaller_is_better=1,
        resource_pool="",
        start_time=5,
        owner_id=1,
        project_id=2,
    )


def row_of(tx: Transaction, table: str) -> Optional[Row]:
    return tx.one(f"SELECT * FROM {table} WHERE id = 2")


def test_a_workspace_goes_once_the_experiments_of_its_projects_have_gone(tx: Transaction, experiment_id: int) -> None:
    assert workspaces.delete_workspace(tx, ADMIN, 2) is False
    assert deletions.advance(tx) is True
    assert tx.scalar("SELECT state FROM experiments") == "DELETING"
    tx.execute("DELETE FROM experiments WHERE id = ?", (experiment_id,))
    assert deletions.advance(tx) is False
    assert row_of(tx, "projects") is None
    assert row_of(tx, "workspaces") is None


def test_an_experiment_whose_checkpoint_is_a_model_version_keeps_its_workspace(
    tx: Transaction, experiment_id: int
) -> None:
    tx.insert("checkpoints", uuid="u", task_id="t", experiment_id=experiment_id, report_time=1, state="COMPLETED")
    times = {"creation_time": 1, "last_updated_time": 1}
    tx.insert("models", name="m", user_id=1, workspace_id=1, **times)
    tx.insert("model_versions", model_id=1, version=1, checkpoint_uuid="u", user_id=1, **times)
    workspaces.delete_workspace(tx, ADMIN, 2)
    assert deletions.advance(tx) is False
    for table in ("projects", "workspaces"):
        row = row_of(tx, table)
        assert row is not None
        assert row["state"] == "WORKSPACE_STATE_DELETE_FAILED"
        assert "registered as model versions" in row["error_message"]
    assert tx.scalar("SELECT state FROM experiments") == "COMPLETED"


def test_a_failed_deletion_is_tried_again_when_asked_again(tx: Transaction, experiment_id: int) -> None:
    tx.update("experiments", {"id": experiment_id}, state="DELETE_FAILED")
    tx.update("projects", {"id": 2}, state="WORKSPACE_STATE_DELETE_FAILED", error_message="x")
    assert projects.delete_project(tx, ADMIN, 2) is False
    assert tx.scalar("SELECT state FROM experiments") == "DELETING"
    assert deletions.advance(tx) is True
    project = row_of(tx, "projects")
    assert project is not None
    assert project["state"] == "WORKSPACE_STATE_DELETING"


def test_a_workspace_with_models_is_not_deleted(tx: Transaction) -> None:
    workspaces.create_workspace(tx, ADMIN, {"name": "lab"})
    tx.insert("models", name="m", user_id=1, workspace_id=2, creation_time=1, last_updated_time=1)
    with pytest.raises(Exception, match="contains models"):
        workspaces.delete_workspace(tx, ADMIN, 2)
