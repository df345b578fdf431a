"""Deletes projects and workspaces with the experiments in them, behind the call that asked for it.

What is to be deleted stands in the rows, so a master that starts goes on where another one ended. Experiments that run
are killed first; each goes with its checkpoints' files. One that cannot be deleted leaves its project, and the
workspace, in state DELETE_FAILED.
"""

from __future__ import annotations

import asyncio
import contextlib

from determined.common.api.wire.enums import WorkspaceState

from ..loops import Loop
from ..notify import DeletionAsked, ExperimentChanged, Hub
from ..store import projects, workspaces
from ..store.database import Database, Row, Transaction
from . import commands, garbage, lifecycle

_LOOK_AGAIN_SECONDS = 1.0
_DELETING = WorkspaceState.DELETING.value
_FAILED = WorkspaceState.DELETE_FAILED.value


class Deletions:
    """Carries on deletions for as long as the master lives."""

    def __init__(self, db: Database, hub: Hub) -> None:
        self._db = db
        self._wake = asyncio.Event()
        self._is_open = False
        self._loop = Loop("the deletion of projects and workspaces", self._next_look, self._advance)
        hub.listen(DeletionAsked, lambda _: self._open())
        hub.listen(ExperimentChanged, lambda _: self._open() if self._is_open else None)

    async def start(self) -> None:
        """Go on with what an earlier master left, and wait for more."""
        self._open()
        self._loop.start()

    async def stop(self) -> None:
        """Stop; the next master goes on."""
        await self._loop.stop()

    def _open(self) -> None:
        self._is_open = True
        self._wake.set()

    async def _next_look(self) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._wake.wait(), _LOOK_AGAIN_SECONDS if self._is_open else None)

    async def _advance(self) -> None:
        self._wake.clear()
        is_open = await self._db.write(advance)
        # what was asked for meanwhile has woken it again
        self._is_open = is_open or self._wake.is_set()


def begin_project(tx: Transaction, project_id: int) -> None:
    """Have a project deleted with its experiments; what failed before is tried again."""
    tx.update("projects", {"id": project_id}, state=_DELETING, error_message="")
    _retry_experiments(tx, project_id)
    tx.announce(DeletionAsked())


def begin_workspace(tx: Transaction, workspace_id: int) -> None:
    """Have a workspace deleted with its projects and their experiments; what failed before is tried again."""
    tx.update("workspaces", {"id": workspace_id}, state=_DELETING, error_message="")
    commands.kill_in_workspace(tx, workspace_id)
    for project_id in projects.ids_in(tx, workspace_id):
        begin_project(tx, project_id)


def _retry_experiments(tx: Transaction, project_id: int) -> None:
    for experiment in projects.experiments_of(tx, project_id):
        if experiment["state"] == "DELETE_FAILED":
            _delete_experiment(tx, experiment)


def _delete_experiment(tx: Transaction, experiment: Row) -> None:
    tx.update("experiments", {"id": experiment["id"]}, state="DELETING")
    garbage.remove_experiment_later(tx, experiment)


def advance(tx: Transaction) -> bool:
    """Take every deletion as far as it goes now; returns whether any is still going on."""
    for project in projects.deleting(tx):
        _advance_project(tx, project)
    is_open = bool(projects.deleting(tx))
    for workspace in workspaces.deleting(tx):
        if not workspace["num_projects"]:
            workspaces.delete(tx, workspace["id"])
    return is_open


def _advance_project(tx: Transaction, project: Row) -> None:
    experiments = projects.experiments_of(tx, project["id"])
    for experiment in experiments:
        reason = _advance_experiment(tx, experiment)
        if reason:
            _fail(tx, project, f"experiment {experiment['id']} cannot be deleted: {reason}")
            return
    if not experiments:
        projects.delete(tx, project["id"])


def _advance_experiment(tx: Transaction, experiment: Row) -> str:
    """Kill or delete an experiment; returns why it cannot be deleted, or an empty text."""
    if projects.has_registered_checkpoints(tx, experiment["id"]):
        return "checkpoints are registered as model versions"
    if experiment["state"] == "DELETE_FAILED":
        return "its files could not be removed"
    if lifecycle.is_live(experiment):
        if experiment["state"] != "STOPPING_KILLED":
            lifecycle.kill(tx, experiment)
    elif experiment["state"] != "DELETING":
        _delete_experiment(tx, experiment)
    return ""


def _fail(tx: Transaction, project: Row, reason: str) -> None:
    tx.update("projects", {"id": project["id"]}, state=_FAILED, error_message=reason)
    tx.execute(
        "UPDATE workspaces SET state = ?, error_message = ? WHERE id = ? AND state = ?",
        (_FAILED, reason, project["workspace_id"], _DELETING),
    )
