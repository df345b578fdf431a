"""``det config-policies``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional

import click

from ..context import Context, pass_context
from ..groups import Command, Group
from ..output import show_json, show_yaml

if TYPE_CHECKING:
    from determined.common.api import Session

_WORKLOADS = {"experiment": "EXPERIMENT", "tasks": "NTSC"}


@click.group(cls=Group, default_verb="describe")
def config_policies() -> None:
    """Manage config policies."""


def _workload(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("workload_type", type=click.Choice(list(_WORKLOADS)))(command)


def _workspace(command: Callable[..., Any]) -> Callable[..., Any]:
    text = "the workspace they are of (default: they are of the whole cluster)"
    return click.option("-w", "--workspace-name", metavar="NAME", help=text)(command)


def _id_of(session: "Session", workspace_name: str) -> int:
    from determined.common.api.errors import NotFoundException
    from determined.common.experimental._lookup import find_workspace

    try:
        return find_workspace(session, workspace_name)["id"]
    except NotFoundException:
        raise ValueError(f"workspace '{workspace_name}' not found") from None


@config_policies.command("set", cls=Command)
@_workload
@click.argument("config_file")
@_workspace
@pass_context
def set_config_policies(context: Context, workload_type: str, config_file: str, workspace_name: Optional[str]) -> None:
    """Set config policies; CONFIG_FILE is YAML or JSON."""
    from determined.common.api.endpoints import config_policies as api

    try:
        with open(config_file, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        click.echo(f"Error opening file: {error}", err=True)
        click.get_current_context().exit(1)
    session, workload = context.session(), _WORKLOADS[workload_type]
    if workspace_name is None:
        stored = api.put_global_config_policies(session, workload, text)
        click.echo(f"Set global {workload_type} config policies:")
    else:
        stored = api.put_workspace_config_policies(session, _id_of(session, workspace_name), workload, text)
        click.echo(f"Set {workload_type} config policies for workspace {workspace_name}:")
    show_yaml(stored)


@config_policies.command("describe", cls=Command)
@_workload
@_workspace
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.option("--yaml", "as_yaml", is_flag=True, help="print YAML, as without this option")
@pass_context
def describe_config_policies(
    context: Context, workload_type: str, workspace_name: Optional[str], as_json: bool, as_yaml: bool
) -> None:
    """Display config policies."""
    from determined.common.api.endpoints import config_policies as api

    if as_json and as_yaml:
        raise click.UsageError("--json and --yaml exclude each other")
    session, workload = context.session(), _WORKLOADS[workload_type]
    if workspace_name is None:
        stored = api.get_global_config_policies(session, workload)
    else:
        stored = api.get_workspace_config_policies(session, _id_of(session, workspace_name), workload)
    if as_json:
        show_json(stored)
    else:
        show_yaml(stored)


@config_policies.command("delete", cls=Command)
@_workload
@_workspace
@pass_context
def delete_config_policies(context: Context, workload_type: str, workspace_name: Optional[str]) -> None:
    """Delete config policies."""
    from determined.common.api.endpoints import config_policies as api

    session, workload = context.session(), _WORKLOADS[workload_type]
    if workspace_name is None:
        api.delete_global_config_policies(session, workload)
        click.echo(f"Successfully deleted global {workload} config policies")
    else:
        api.delete_workspace_config_policies(session, _id_of(session, workspace_name), workload)
        click.echo(f"Successfully deleted {workload} config policies for workspace {workspace_name}")
