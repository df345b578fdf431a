"""``det experiment``."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import click

from ..context import Context, pass_context
from ..groups import Command, Group
from ..output import format_csv, format_percent, format_state, format_table, format_time, show_json, show_table

if TYPE_CHECKING:
    from determined.common.api.wire.experiments import GetExperimentResponse
    from determined.common.api.wire.trials import Trial

_MINUTE = 60.0


@click.group(cls=Group, default_verb="list")
def experiment() -> None:
    """Manage experiments."""


@experiment.command("list", cls=Command)
@click.option("-a", "--all", "everything", is_flag=True, help="show everybody's experiments, and archived ones")
@click.option("--show_project", is_flag=True, help="show workspace and project")
@click.option("--limit", type=int, default=200, show_default=True, help="rows of a page")
@click.option("--offset", type=int, default=0, show_default=True, help="first row")
@click.option("--pages", type=click.Choice(["1", "all"]), default="all", show_default=True, help="how many pages")
@click.option("--csv", "as_csv", is_flag=True, help="print CSV")
@pass_context
def list_experiments(
    context: Context, everything: bool, show_project: bool, limit: int, offset: int, pages: str, as_csv: bool
) -> None:
    """List experiments."""
    from determined.common.api._pages import read_rows
    from determined.common.api.endpoints._call import call
    from determined.common.api.wire import paths
    from determined.common.api.wire.experiments import GetExperimentsQuery

    session = context.session()
    chosen: GetExperimentsQuery = {} if everything else {"archived": False, "users": [session.username]}

    def fetch(at: int, size: int) -> Any:
        page: GetExperimentsQuery = {**chosen, "offset": at, "limit": size}
        return call(session, paths.GET_EXPERIMENTS, page)

    rows = []
    for e in read_rows(fetch, "experiments", limit=limit, offset=offset, max_pages=1 if pages == "1" else None):
        row: List[Any] = [e["workspaceName"], e["projectName"]] if show_project else []
        row += [e["id"], e["username"], e["name"], e.get("forkedFrom"), format_state(e["state"])]
        row += [format_percent(e.get("progress")), format_time(e["startTime"]), format_time(e.get("endTime"))]
        row.append(e.get("resourcePool"))
        rows.append([*row, e["archived"]] if everything else row)
    headers = ["Workspace", "Project"] if show_project else []
    headers += ["ID", "Owner", "Name", "Parent ID", "State", "Progress", "Started", "Ended", "Resource Pool"]
    show_table([*headers, "Archived"] if everything else headers, rows, as_csv=as_csv)


experiment.add_alias("list", "ls")


class _Table(NamedTuple):
    title: str
    headers: Sequence[str]
    rows: List[Sequence[Any]]


@experiment.command("describe", cls=Command)
@click.argument("experiment_ids")
@click.option("--metrics", is_flag=True, help="show the metrics of each workload")
@click.option("--csv", "as_csv", is_flag=True, help="print CSV")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@click.option("--outdir", type=click.Path(path_type=Path), help="write CSV files into this folder")
@pass_context
def describe_experiments(
    context: Context, experiment_ids: str, metrics: bool, as_csv: bool, as_json: bool, outdir: Optional[Path]
) -> None:
    """Describe experiments, named by ids with commas between them."""
    from determined.common.api.endpoints import experiments, trials

    if sum((as_csv, as_json, outdir is not None)) > 1:
        raise click.UsageError("--csv, --json and --outdir exclude each other")
    session = context.session()
    found = [experiments.get_experiment(session, number) for number in _numbers(experiment_ids)]
    if as_json:
        show_json(found)
        return
    by_experiment = [list(experiments.list_experiment_trials(session, r["experiment"]["id"])) for r in found]
    every_trial = [t for some in by_experiment for t in some]
    workloads = {t["id"]: list(trials.list_trial_workloads(session, t["id"])) for t in every_trial}
    tables = [_experiment_table(found), _trial_table(every_trial), _workload_table(workloads, metrics=metrics)]
    if outdir is not None:
        for name, table in zip(("experiments", "trials", "workloads"), tables):
            with open(outdir / f"{name}.csv", "w", newline="") as f:
                writer = csv.writer(f)
                writer.writerow(table.headers)
                writer.writerows(table.rows)
        return
    for position, table in enumerate(tables):
        form: Callable[..., str] = format_csv if as_csv else format_table
        click.echo(("\n" if position else "") + table.title)
        click.echo(form(table.headers, table.rows), nl=not as_csv)


def _experiment_table(found: "List[GetExperimentResponse]") -> _Table:
    headers = ["Experiment ID", "State", "Progress", "Started", "Ended", "Name", "Description", "Archived"]
    rows: List[Sequence[Any]] = []
    for answer in found:
        e = answer["experiment"]
        row: List[Any] = [e["id"], format_state(e["state"]), format_percent(e.get("progress"))]
        row += [format_time(e["startTime"]), format_time(e.get("endTime")), e["name"], e.get("description")]
        rows.append([*row, e["archived"], e.get("resourcePool"), ", ".join(sorted(e.get("labels") or []))])
    return _Table("Experiment:", [*headers, "Resource Pool", "Labels"], rows)


def _trial_table(every_trial: "List[Trial]") -> _Table:
    rows: List[Sequence[Any]] = [
        [
            t["id"],
            t["experimentId"],
            format_state(t["state"]),
            format_time(t["startTime"]),
            format_time(t.get("endTime")),
            json.dumps(t["hparams"], indent=4),
        ]
        for t in every_trial
    ]
    return _Table("Trials:", ["Trial ID", "Experiment ID", "State", "Started", "Ended", "H-Params"], rows)


def _workload_table(workloads: Dict[int, List[Any]], *, metrics: bool) -> _Table:
    merged: Dict[Tuple[int, int], Dict[str, Any]] = {}
    names: Dict[str, List[str]] = {"training": [], "validation": []}
    for trial_id, reported in workloads.items():
        for workload in reported:
            for kind, content in workload.items():
                if content is None:
                    continue
                merged.setdefault((trial_id, content["totalBatches"]), {})[kind] = content
                for name in _averages(content) if kind in names else ():
                    if name not in names[kind]:
                        names[kind].append(name)
    chosen = {kind: sorted(known) if metrics else [] for kind, known in names.items()}
    rows: List[Sequence[Any]] = []
    for (trial_id, batches), kinds in sorted(merged.items()):
        training, validation = kinds.get("training") or {}, kinds.get("validation") or {}
        checkpoint = kinds.get("checkpoint") or {}
        ended = (training or validation or checkpoint).get("endTime")
        row: List[Any] = [trial_id, batches, "COMPLETED", format_time(ended)]
        row += [_averages(training).get(name) for name in chosen["training"]]
        row += [format_state(checkpoint["state"]) if checkpoint else None, format_time(checkpoint.get("endTime"))]
        row += ["COMPLETED" if validation else None, format_time(validation.get("endTime"))]
        rows.append(row + [_averages(validation).get(name) for name in chosen["validation"]])
    headers = ["Trial ID", "# of Batches", "State", "Report Time"]
    headers += [f"Training Metric: {name}" for name in chosen["training"]]
    headers += ["Checkpoint State", "Checkpoint Report Time", "Validation State", "Validation Report Time"]
    return _Table("Workloads:", headers + [f"Validation Metric: {name}" for name in chosen["validation"]], rows)


def _averages(content: Dict[str, Any]) -> Dict[str, Any]:
    return (content.get("metrics") or {}).get("avgMetrics") or {}


@experiment.command("wait", cls=Command)
@click.argument("experiment_id", type=int)
@click.option("--polling-interval", type=int, default=5, show_default=True, help="seconds between two looks")
@pass_context
def wait_for_experiment(context: Context, experiment_id: int, polling_interval: int) -> None:
    """Wait until an experiment ends; the exit status is 0 only if it has completed."""
    from determined.experimental.client import ExperimentState

    found = context.client().get_experiment(experiment_id)
    started = told = time.monotonic()

    def is_ended() -> bool:
        return found.state in (ExperimentState.COMPLETED, ExperimentState.CANCELED, ExperimentState.ERROR)

    while not is_ended():
        time.sleep(polling_interval)
        if time.monotonic() - told >= _MINUTE:
            told += _MINUTE
            minutes = round((told - started) / _MINUTE)
            click.echo(
                f"Waiting for experiment {experiment_id} since {minutes} min ({format_state(found.state)})", err=True
            )
        found.reload()
    if found.state != ExperimentState.COMPLETED:
        raise click.ClickException(f"experiment {experiment_id} ended in state {format_state(found.state)}")


@experiment.command("create", cls=Command)
@click.argument("config_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("model_def", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-i", "--include", multiple=True, help="more files and folders for the trials")
@click.option("--project_id", "--project-id", type=int, help="project to create it in")
@click.option("--template", help="template of the configuration")
@click.option("-f", "--follow-first-trial", is_flag=True, help="follow the logs of the first trial")
@pass_context
def create_experiment(
    context: Context,
    config_file: Path,
    model_def: Optional[Path],
    include: Tuple[str, ...],
    project_id: Optional[int],
    template: Optional[str],
    follow_first_trial: bool,
) -> None:
    """Create an experiment from a configuration and a model directory."""
    made = context.client().create_experiment(
        config=str(config_file),
        model_dir=None if model_def is None else str(model_def),
        includes=list(include),
        project_id=project_id,
        template=template,
    )
    click.echo(f"Created experiment {made.id}")
    if follow_first_trial:
        first = made.await_first_trial()
        click.echo(f"Following the logs of trial {first.id}")
        for line in first.iter_logs(follow=True):
            click.echo(line, nl=not line.endswith("\n"))


def _add_action(verb: str, done: str, text: str) -> None:
    def act(context: Context, experiment_id: int) -> None:
        getattr(context.client().get_experiment(experiment_id), verb)()
        click.echo(f"{done} experiment {experiment_id}")

    command = click.argument("experiment_id", type=int)(pass_context(act))
    experiment.command(verb, cls=Command, help=text)(command)


for _verb, _done, _text in (
    ("activate", "Activated", "Let a paused experiment run."),
    ("pause", "Paused", "Pause an experiment; its trials checkpoint and stop."),
    ("cancel", "Canceled", "End an experiment; its trials checkpoint and stop."),
    ("kill", "Killed", "End an experiment at once."),
    ("archive", "Archived", "Archive an ended experiment."),
    ("unarchive", "Unarchived", "Take an experiment out of the archive."),
):
    _add_action(_verb, _done, _text)
experiment.add_alias("activate", "unpause")


def _numbers(text: str) -> List[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise click.UsageError(f"experiment ids are numbers with commas between them, not {text!r}") from None
