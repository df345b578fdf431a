"""``det trial``."""

from __future__ import annotations

from typing import Optional, Tuple

import click

from ..context import Context, pass_context
from ..groups import Command, Group
from ..output import show_json

_LEVELS = ("UNSPECIFIED", "TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@click.group(cls=Group)
def trial() -> None:
    """Manage trials."""


@trial.command("logs", cls=Command)
@click.argument("trial_id", type=int)
@click.option("-f", "--follow", is_flag=True, help="wait for further lines until the trial has ended")
@click.option("--head", type=click.IntRange(min=0), help="only so many lines from the beginning")
@click.option("--tail", type=click.IntRange(min=0), help="only so many lines from the end")
@click.option("--agent-id", "agent_ids", multiple=True, help="only lines of this agent")
@click.option("--container-id", "container_ids", multiple=True, help="only lines of this container")
@click.option("--rank-id", "rank_ids", type=int, multiple=True, help="only lines of this rank")
@click.option("--timestamp-before", help="only lines up to this time (RFC 3339)")
@click.option("--timestamp-after", help="only lines later than this time (RFC 3339)")
@click.option("--level", type=click.Choice(_LEVELS), help="only lines of this level or above")
@click.option("--source", "sources", multiple=True, help="only lines of this source")
@click.option("--stdtype", "stdtypes", multiple=True, help="only lines of this stream: stdout or stderr")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@pass_context
def show_logs(
    context: Context,
    trial_id: int,
    follow: bool,
    head: Optional[int],
    tail: Optional[int],
    agent_ids: Tuple[str, ...],
    container_ids: Tuple[str, ...],
    rank_ids: Tuple[int, ...],
    timestamp_before: Optional[str],
    timestamp_after: Optional[str],
    level: Optional[str],
    sources: Tuple[str, ...],
    stdtypes: Tuple[str, ...],
    as_json: bool,
) -> None:
    """Print the log of a trial."""
    from determined.common.api import logs
    from determined.common.api.wire.enums import LogLevel

    if head is not None and tail is not None:
        raise click.UsageError("--head and --tail exclude each other")
    filters = logs.make_filters(
        agent_ids=agent_ids,
        container_ids=container_ids,
        rank_ids=rank_ids,
        stdtypes=stdtypes,
        min_level=None if level is None else LogLevel[level],
        timestamp_before=timestamp_before,
        timestamp_after=timestamp_after,
        sources=sources,
    )
    # 0 stands for all lines here
    lines = logs.iter_trial_logs(
        context.session(), trial_id, follow=follow, head=head or None, tail=tail or None, filters=filters
    )
    for line in lines:
        if as_json:
            show_json(line)
        else:
            click.echo(line["message"], nl=not line["message"].endswith("\n"))


@trial.command("kill", cls=Command)
@click.argument("trial_id", type=int)
@pass_context
def kill_trial(context: Context, trial_id: int) -> None:
    """End a trial at once."""
    context.client().get_trial(trial_id).kill()
    click.echo(f"Killed trial {trial_id}")
