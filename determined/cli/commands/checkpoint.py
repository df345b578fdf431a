"""``det checkpoint``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Optional, Tuple

import click

from ..context import Context, pass_context
from ..groups import Command, Group
from ..output import format_time, show_table

if TYPE_CHECKING:
    from determined.experimental.client import Checkpoint


@click.group(cls=Group)
def checkpoint() -> None:
    """Manage checkpoints."""


@checkpoint.command("download", cls=Command)
@click.argument("uuid")
@click.option("-o", "--output-dir", help="folder for the files (default: checkpoints/UUID)")
@click.option("-q", "--quiet", is_flag=True, help="print the path only")
@click.option(
    "--mode",
    type=click.Choice(["direct", "master", "auto"]),
    default="auto",
    show_default=True,
    help="from the storage, through the master, or whichever works",
)
@click.option("--files", multiple=True, metavar="PATTERN", help="only files that match, such as '*.pt' (repeatable)")
@click.option("--replace", is_flag=True, help="fetch anew, in the place of what the folder holds")
@click.option("--max-workers", type=click.IntRange(min=1), help="how many files to fetch from a storage at a time")
@pass_context
def download_checkpoint(
    context: Context,
    uuid: str,
    output_dir: Optional[str],
    quiet: bool,
    mode: str,
    files: Tuple[str, ...],
    replace: bool,
    max_workers: Optional[int],
) -> None:
    """Download the files of a checkpoint."""
    from determined.experimental.client import DownloadMode

    found = context.client().get_checkpoint(uuid)
    path = found.download(
        path=output_dir,
        mode=DownloadMode(mode),
        files=list(files) or None,
        replace=replace,
        max_workers=max_workers,
        progress=False if quiet else None,
    )
    if quiet:
        click.echo(path)
        return
    click.echo(f"Local checkpoint path:\n{path}\n")
    show_checkpoint(found)


@checkpoint.command("describe", cls=Command)
@click.argument("uuid")
@pass_context
def describe_checkpoint(context: Context, uuid: str) -> None:
    """Describe a checkpoint."""
    show_checkpoint(context.client().get_checkpoint(uuid))


def show_checkpoint(found: "Checkpoint") -> None:
    """Print one checkpoint as a table."""
    training = found.training
    metadata = found.metadata or {}
    show_table(
        [
            "Experiment ID",
            "Trial ID",
            "Steps Completed",
            "Report Time",
            "Checkpoint UUID",
            "Validation Metrics",
            "Metadata",
        ],
        [
            [
                training.experiment_id if training else None,
                training.trial_id if training else None,
                metadata.get("steps_completed"),
                format_time(found.report_time),
                found.uuid,
                json.dumps(training.validation_metrics, indent=4) if training and training.validation_metrics else None,
                json.dumps(metadata, indent=4),
            ]
        ],
    )
