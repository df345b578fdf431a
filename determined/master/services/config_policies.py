"""Rules of configuration policies: who may set them, and what they do to experiments and tasks.

Policies of the cluster stand over those of a workspace: their invariant configuration is merged over the workspace's,
and where both set a limit, the cluster's counts.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

from .. import expconf
from ..auth import Caller
from ..errors import forbidden, invalid, not_found
from ..expconf import policies
from ..store import config_policies as store
from ..store import workspaces
from ..store.database import Connection, Transaction

EXPERIMENT, NTSC = policies.WORKLOADS
_NAMES = {EXPERIMENT: "experiment", NTSC: "NTSC"}


# --- keeping --------------------------------------------------------------------------------------------------------


def read(connection: Connection, workspace_id: Optional[int], workload: str) -> Dict[str, Any]:
    """The policies of a workspace, or of the cluster; empty when there are none.

    Parameters:
        workspace_id: None for the cluster's.

    Raises:
        Refusal: no such workspace or type of workloads.
    """
    _check_place(connection, workspace_id)
    _check_workload(workload)
    return store.find(connection, workspace_id, workload) or {}


def put(tx: Transaction, caller: Caller, workspace_id: Optional[int], workload: str, text: str) -> Dict[str, Any]:
    """Set the policies of a workspace, or of the cluster, in the place of those there were; returns them.

    Parameters:
        workspace_id: None for the cluster's.
        text: YAML or JSON.

    Raises:
        Refusal: no such workspace or type of workloads, the caller may not, or the document is none.
    """
    _check_editor(tx, caller, workspace_id)
    _check_workload(workload)
    if not text.strip():
        raise invalid("no specified config policies")
    try:
        document = policies.parse_policies(text, workload)
    except expconf.ConfigError as error:
        raise invalid(f"invalid {_NAMES[workload]} config policy: {error.text}") from None
    store.put(tx, workspace_id, workload, document, caller.user_id)
    return document


def delete(tx: Transaction, caller: Caller, workspace_id: Optional[int], workload: str) -> None:
    """Remove the policies of a workspace, or of the cluster, if there are any.

    Parameters:
        workspace_id: None for the cluster's.

    Raises:
        Refusal: no such workspace or type of workloads, or the caller may not.
    """
    _check_editor(tx, caller, workspace_id)
    _check_workload(workload)
    store.delete(tx, workspace_id, workload)


def _check_workload(workload: str) -> None:
    if workload not in policies.WORKLOADS:
        raise invalid(f"invalid workload type: {workload}; it must be one of {', '.join(policies.WORKLOADS)}")


def _check_place(connection: Connection, workspace_id: Optional[int]) -> None:
    if workspace_id is not None and workspaces.bare(connection, workspace_id) is None:
        raise not_found("workspace", workspace_id)


def _check_editor(connection: Connection, caller: Caller, workspace_id: Optional[int]) -> None:
    if workspace_id is None:
        if not caller.admin:
            raise forbidden("only admins may change the config policies of the cluster")
        return
    workspace = workspaces.bare(connection, workspace_id)
    if workspace is None:
        raise not_found("workspace", workspace_id)
    if not caller.admin and workspace["user_id"] != caller.user_id:
        raise forbidden("only admins and the owner of a workspace may change its config policies")


# --- applying -------------------------------------------------------------------------------------------------------


def invariants(connection: Connection, workspace_id: int, workload: str) -> List[Mapping[str, Any]]:
    """The invariant configurations for a workspace's workloads, the highest first."""
    found = [document.get("invariant_config") for document in _documents(connection, workspace_id, workload)]
    return [invariant for invariant in found if invariant]


def constraints(connection: Connection, workspace_id: int, workload: str) -> policies.Constraints:
    """The limits to a workspace's workloads."""
    merged = policies.Constraints()
    for document in _documents(connection, workspace_id, workload):
        below = policies.constraints_of(document)
        merged = policies.Constraints(*(high if high is not None else low for high, low in zip(merged, below)))
    return merged


def _documents(connection: Connection, workspace_id: int, workload: str) -> List[Dict[str, Any]]:
    found = [store.find(connection, place, workload) for place in (None, workspace_id)]
    return [document for document in found if document]


def overlay(connection: Connection, workspace_id: int, config: expconf.Config) -> expconf.Config:
    """Set what the policies for a workspace's experiments fix, over what was submitted."""
    for invariant in reversed(invariants(connection, workspace_id, EXPERIMENT)):
        config = policies.overlay(invariant, config)
    return config


def overlay_again(
    connection: Connection, experiment_id: int, config: expconf.Config, *, keep_search: bool
) -> Optional[expconf.Config]:
    """Set what the policies fix by now, over the full configuration of an experiment; None if they fix nothing.

    Parameters:
        keep_search: leave what its search was made of, which goes on.
    """
    workspace_id = store.workspace_of_experiment(connection, experiment_id)
    found = invariants(connection, workspace_id, EXPERIMENT)
    for invariant in reversed(found):
        config = policies.overlay_again(invariant, config, keep_search=keep_search)
    return config if found else None


def layers_of_commands(connection: Connection, workspace_id: int) -> List[Dict[str, Any]]:
    """What the policies for a workspace's tasks fix, the highest first."""
    return [policies.read_invariant(found, NTSC) for found in invariants(connection, workspace_id, NTSC)]


def check(connection: Connection, workspace_id: int, workload: str, config: Mapping[str, Any]) -> None:
    """Refuse a full configuration that is beyond a limit.

    Raises:
        Refusal: it is.
    """
    problems = constraints(connection, workspace_id, workload).problems(config, workload)
    if problems:
        raise invalid("; ".join(problems))


def check_experiment(connection: Connection, experiment_id: int, config: Mapping[str, Any]) -> None:
    """Refuse a full configuration of an experiment that is beyond a limit by now.

    Raises:
        Refusal: it is.
    """
    check(connection, store.workspace_of_experiment(connection, experiment_id), EXPERIMENT, config)


def check_experiment_change(connection: Connection, experiment_id: int, key: str, value: Optional[int]) -> None:
    """Refuse a new value of an experiment's resources that a policy fixes otherwise, or that is beyond a limit.

    Parameters:
        key: "priority" or "max_slots".

    Raises:
        Refusal: it is.
    """
    check_change(connection, store.workspace_of_experiment(connection, experiment_id), EXPERIMENT, key, value)


def check_change(connection: Connection, workspace_id: int, workload: str, key: str, value: Optional[int]) -> None:
    """Refuse a new value of a workload's resources that a policy fixes otherwise, or that is beyond a limit.

    Parameters:
        key: "priority" or "max_slots".

    Raises:
        Refusal: it is.
    """
    for invariant in invariants(connection, workspace_id, workload):
        fixed = (invariant.get("resources") or {}).get(key)
        if fixed is not None:
            if fixed != value:
                raise invalid(f"resources.{key} is set to [{fixed}] by a config policy: it cannot be changed")
            return
    check(connection, workspace_id, workload, {"resources": {key: value}})
