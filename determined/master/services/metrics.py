"""Rules of reporting metrics, and of reading them."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from determined.common import timestamps
from determined.common.api.wire.enums import MetricType

from ..errors import invalid, not_found, plain
from ..store import metrics as store
from ..store import trials
from ..store.database import Connection, Row, Transaction
from . import checkpoints, lifecycle, summaries, webhooks

PROFILING = ("gpu", "cpu", "memory", "disk", "network")
_MOST_FROM_ONE_SOURCE = 1000
_encode = json.JSONEncoder(separators=(",", ":"), sort_keys=True, allow_nan=False).encode


class Report(NamedTuple):
    """What a trial reports.

    Attributes:
        steps: batches processed; None when it was not said, which only system metrics may.
        time: microseconds; None for the present.
        batches: metrics of each batch, or None.
    """

    trial_id: int
    run_id: int
    group: str
    steps: Optional[int]
    time: Optional[int]
    metrics: Dict[str, Any]
    batches: Optional[List[Any]]


# --- reporting ------------------------------------------------------------------------------------------------------


def report(tx: Transaction, report: Report) -> None:
    """Store a report, and bring the summary and the best of its trial and experiment up to date.

    Raises:
        Refusal: no such trial, a wrong run, or metrics that cannot be.
    """
    _check_group(report.group)
    trial = store.context(tx, report.trial_id)
    if trial is None:
        raise not_found("trial", report.trial_id)
    _check_epochs(report.metrics)
    if report.group == "validation" and not trial["unmanaged"]:
        _tell_search(tx, trial, report)
    if report.run_id != trial["run_id"]:
        raise plain(
            f"failed to exec transaction (add trial metrics {report.group}): invalid run id, {report.run_id} (reported)"
            f" != {trial['run_id']} (expected): invalid arguments"
        )
    text = _stored_form(report)
    time = timestamps.now() if report.time is None else report.time
    if report.group in PROFILING:
        store.insert(tx, report.trial_id, report.run_id, report.group, "profiling", None, time, text)
        return
    if report.steps is None:
        raise plain(f"failed to add trial metrics {report.group}: stepsCompleted (total_batches) must be given")
    _store(tx, trial, report, text, time)
    webhooks.metrics_reported(tx, trial["experiment_id"], report.trial_id, report.group, report.steps, report.metrics)


def _check_group(group: str) -> None:
    if not group:
        raise invalid("metric group cannot be empty")
    if "." in group:
        raise invalid("metric group cannot contain '.'")


def _check_epochs(metrics: Mapping[str, Any]) -> None:
    for name in ("epoch", "epochs"):
        if name in metrics and type(metrics[name]) not in (int, float):
            value = metrics[name]
            shown = value if isinstance(value, str) else json.dumps(value)
            raise plain(f"cannot add metric with non numeric '{name}' value got {shown}")


def _tell_search(tx: Transaction, trial: Row, report: Report) -> None:
    experiment = tx.one("SELECT * FROM experiments WHERE id = ?", (trial["experiment_id"],))
    if experiment is not None and lifecycle.is_live(experiment):
        lifecycle.trial_validated(tx, experiment, trials.by_id(tx, report.trial_id), report.metrics)


def _stored_form(report: Report) -> str:
    try:
        if report.group == "validation":
            return f'{{"validation_metrics":{_encode(report.metrics)}}}'
        batches = _encode(report.batches) if report.batches else "null"
        return f'{{"avg_metrics":{_encode(report.metrics)},"batch_metrics":{batches}}}'
    except ValueError:
        raise invalid("metrics hold a number that is too large for a float") from None


def _kind(group: str) -> str:
    return group if group in ("training", "validation") else "custom"


def _store(tx: Transaction, trial: Row, report: Report, text: str, time: int) -> None:
    trial_id, group, steps = report.trial_id, report.group, report.steps or 0
    summary: summaries.Summary = json.loads(trial["summary_metrics"])
    existing, rolled_back = None, False
    if steps <= trial["total_batches"]:  # else nothing of the trial has come so far
        if report.run_id > 1:
            rolled_back = _roll_back(tx, summary, report, steps)
        existing = store.at_step(tx, trial_id, group, steps)
    metrics = report.metrics
    if existing is None:
        row_id = store.insert(tx, trial_id, report.run_id, group, _kind(group), steps, time, text)
    else:
        row_id, metrics = existing["id"], _merge(tx, existing, report)
    if rolled_back:
        _count_anew(tx, trial, trial_id, summary)
        return
    summaries.add_report(summary, group, report.metrics)
    values: Dict[str, Any] = {
        "summary_metrics": _encode(summary),
        "total_batches": max(trial["total_batches"], steps),
        "last_activity": time if report.time is None else timestamps.now(),
    }
    improved, value = False, None
    if group == "validation":
        value = _searcher_value(metrics, trial["searcher_metric"])
        values["newest_validation_value"] = _storable(value)
        if value is not None:
            values["latest_validation_id"] = row_id
            best = _stored_best(trial)
            improved = best is None or _is_better(value, best, trial["smaller_is_better"])
            if improved:
                values.update(best_validation_id=row_id, searcher_metric_value=_storable(value))
    tx.update("trials", {"id": trial_id}, **values)
    if improved and value is not None and trial["best_trial_id"] != trial_id:
        _challenge_best_trial(tx, trial, trial_id, value)


def _roll_back(tx: Transaction, summary: summaries.Summary, report: Report, steps: int) -> bool:
    """Archive what earlier runs reported beyond a step; returns whether there was anything."""
    kind, count = _kind(report.group), 0
    groups = {summaries.group_of(key) for key in summary} | {report.group}
    for group in groups:
        first = steps if _kind(group) == kind else steps + 1
        count += store.archive_from(tx, report.trial_id, group, first, report.run_id)
    return count > 0


def _merge(tx: Transaction, existing: Row, report: Report) -> Dict[str, Any]:
    """Add a report's keys to the one that is there for its step; returns all metrics."""
    prefix = f"failed to exec transaction (add trial metrics {report.group}): "
    stored = json.loads(existing["metrics"])
    key = "validation_metrics" if report.group == "validation" else "avg_metrics"
    merged: Dict[str, Any] = stored[key]
    for name, value in report.metrics.items():
        if name in merged and not _same(merged[name], value):
            raise plain(f"{prefix}overwriting existing metric keys is not supported, conflicting key: {name}")
    merged.update(report.metrics)
    if report.batches and key == "avg_metrics":
        if stored["batch_metrics"] is not None:
            raise plain(f"{prefix}overwriting batch metrics is not supported")
        stored["batch_metrics"] = report.batches
    tx.update("metrics", {"id": existing["id"]}, metrics=_encode(stored))
    return merged


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _count_anew(tx: Transaction, trial: Row, trial_id: int, known: summaries.Summary) -> None:
    """Recompute what follows from a trial's reports, after some of them were archived."""
    summary: summaries.Summary = {}
    total = 0
    best: Optional[Tuple[int, float]] = None
    latest: Optional[int] = None
    newest: Optional[float] = None
    for row in store.current(tx, trial_id):
        metrics = next(iter(json.loads(row["metrics"]).values()))
        summaries.add_report(summary, row["grp"], metrics)
        total = max(total, row["total_batches"])
        if row["grp"] == "validation":
            newest = _searcher_value(metrics, trial["searcher_metric"])
            if newest is not None:
                latest = row["id"]
                if best is None or _is_better(newest, best[1], trial["smaller_is_better"]):
                    best = (row["id"], newest)
    summaries.complete(summary)
    tx.update(
        "trials",
        {"id": trial_id},
        summary_metrics=_encode(summary),
        total_batches=total,
        last_activity=timestamps.now(),
        latest_validation_id=latest,
        newest_validation_value=_storable(newest),
        best_validation_id=best[0] if best else None,
        searcher_metric_value=_storable(best[1]) if best else None,
    )
    _update_best_trial(tx, trial)


def _challenge_best_trial(tx: Transaction, trial: Row, trial_id: int, value: float) -> None:
    """Make a trial the best of its experiment if its value beats that of the best so far."""
    champion = tx.one(
        "SELECT best_validation_id, searcher_metric_value FROM trials WHERE id = ?", (trial["best_trial_id"],)
    )
    best = None if champion is None else _stored_best(champion)
    if best is None or _is_better(value, best, trial["smaller_is_better"]):
        tx.update("experiments", {"id": trial["experiment_id"]}, best_trial_id=trial_id)


def _update_best_trial(tx: Transaction, trial: Row) -> None:
    best = store.best_trial(tx, trial["experiment_id"], bool(trial["smaller_is_better"]))
    if best is not None and best != trial["best_trial_id"]:
        tx.update("experiments", {"id": trial["experiment_id"]}, best_trial_id=best)


def _searcher_value(metrics: Mapping[str, Any], name: str) -> Optional[float]:
    """The searcher's metric of a validation; None when it has none.

    Raises:
        Refusal: it is there and no number.
    """
    value = metrics.get(name)
    number = summaries.number_of(value)
    if number is None and value is not None:
        raise plain(f"value {json.dumps(value)} of searcher metric {name} is not a number")
    return number


def _stored_best(trial: Row) -> Optional[float]:
    if trial["best_validation_id"] is None:
        return None
    return float(trial["searcher_metric_value"])


def _is_better(value: float, best: float, smaller_is_better: Any) -> bool:
    if best != best:
        return value == value
    return value < best if smaller_is_better else value > best


def _storable(value: Optional[float]) -> Any:
    """NaN, which SQLite would make NULL, as text: it sorts behind all numbers."""
    return "NaN" if value is not None and value != value else value


# --- reading --------------------------------------------------------------------------------------------------------


def check_trials(connection: Connection, trial_ids: List[int]) -> List[int]:
    """Return the ids of trials whose reports are to be read, in order.

    Raises:
        Refusal: there are none, or a trial does not exist.
    """
    if not trial_ids:
        raise invalid("must specify at least one trialId")
    for trial_id in trial_ids:
        if connection.scalar("SELECT 1 FROM trials WHERE id = ?", (trial_id,)) is None:
            raise not_found("trial", trial_id)
    return sorted(trial_ids)


_LEGACY_GROUPS = {MetricType.TRAINING: "training", MetricType.VALIDATION: "validation"}


def group_of(group: str, legacy: MetricType) -> str:
    """The group that a request is about; empty when it names none.

    Parameters:
        group: its name.
        legacy: what older clients send instead.

    Raises:
        Refusal: both are given.
    """
    if group and legacy != MetricType.UNSPECIFIED:
        raise invalid("cannot specify both legacy and new metric group")
    return group or _LEGACY_GROUPS.get(legacy, "")


class Choice(NamedTuple):
    """Which metrics a time series shows: names by group; a group without names in it is not shown."""

    names_by_group: Dict[str, List[str]]


def choose_metrics(names: List[str], ids: List[str], group: str) -> Choice:
    """Return the metrics that a comparison asks for, either by names (of one group, or training and validation) or by
    ids of the form ``group.name``.

    Raises:
        Refusal: both are given, or an id has no group.
    """
    if ids and names:
        raise plain(
            "failed sampling: error fetching time series of metrics cannot specify both metric ids and metric names"
        )
    chosen: Dict[str, List[str]] = {}
    for identity in ids:
        of_group, dot, name = identity.partition(".")
        if not dot or not of_group or not name:
            inner = invalid(f"invalid metric identifier: '{identity}' expected <group>.<name>")
            raise invalid(f"failed sampling: error parsing metric id {identity}: {inner.nested()}")
        chosen.setdefault(of_group, []).append(name)
    if names:
        for of_group in [group] if group else ["training", "validation"]:
            chosen[of_group] = list(names)
    return Choice(dict(sorted(chosen.items())))


_COLUMNS = {"batches": "total_batches", "time": "end_time"}
_COMPARISONS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def span_of(start: int, end: int, wanted: Optional[Mapping[str, Any]]) -> store.Span:
    """Return the part of a time series that is asked for.

    Parameters:
        wanted: a `PolymorphicFilter` on ``batches`` or ``time``, or None.

    Raises:
        Refusal: the filter is on something else.
    """
    if wanted is None or not wanted:
        return store.Span(start, end)
    name = wanted.get("name", "")
    if name not in _COLUMNS:
        raise plain(f"failed sampling: cannot filter a time series by '{name}': only 'batches' and 'time' are known")
    conditions: List[Tuple[str, Any]] = []
    column = _COLUMNS[name]
    for kind in ("integerRange", "doubleRange", "timeRange"):
        for key, value in (wanted.get(kind) or {}).items():
            if kind == "timeRange":
                value = timestamps.parse(value)
            if key in _COMPARISONS:
                conditions.append((f"{column} {_COMPARISONS[key]} ?", value))
            elif key in ("incl", "notIn"):
                negated = "NOT " if key == "notIn" else ""
                listed = json.dumps(value)
                conditions.append((f"{column} {negated}IN (SELECT value FROM json_each(?))", listed))
    return store.Span(start, end, tuple(conditions), name == "time")


def known_experiment(connection: Connection, experiment_id: int) -> Row:
    """An experiment.

    Raises:
        Refusal: there is none.
    """
    row = connection.one("SELECT * FROM experiments WHERE id = ?", (experiment_id,))
    if row is None:
        raise not_found("experiment", experiment_id)
    return row


def check_experiments(connection: Connection, experiment_ids: Sequence[int]) -> None:
    """Refuse a request that names no experiment, or one that does not exist.

    Raises:
        Refusal: that.
    """
    if not experiment_ids:
        raise invalid("must specify at least one experiment id")
    for experiment_id in experiment_ids:
        known_experiment(connection, experiment_id)


def all_ended(connection: Connection, experiment_ids: Sequence[int]) -> bool:
    """Whether experiments have all come to their end, or are gone."""
    marks = ", ".join("?" * len(experiment_ids))
    return not connection.scalar(
        f"SELECT EXISTS (SELECT 1 FROM experiments WHERE id IN ({marks})"
        " AND state NOT IN ('COMPLETED', 'CANCELED', 'ERROR'))",
        experiment_ids,
    )


# --- by source ------------------------------------------------------------------------------------------------------


def of_checkpoint(connection: Connection, text: str, source_type: Optional[str], group: Optional[str]) -> List[Row]:
    """Reports of the trials that declared a checkpoint as their source.

    Raises:
        Refusal: no such checkpoint.
    """
    checkpoint = checkpoints.detailed(connection, text)
    return store.of_sources(
        connection, "s.checkpoint_uuid = ?", (checkpoint["uuid"],), source_type, group, _MOST_FROM_ONE_SOURCE
    )
