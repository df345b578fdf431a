"""Metric reports, as they are stored.

The column `metrics` is the JSON that readers get: ``{"validation_metrics": ...}`` for validations, else
``{"avg_metrics": ..., "batch_metrics": ...}``. Among the current (not archived) rows of a trial there is one for each
group and step, and in each group those of later runs have more steps.
"""

from __future__ import annotations

import json
from typing import Any, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from .database import Connection, Row, Transaction
from .filters import Filters

FIRST_STEP = 0
_READ = "SELECT id, trial_id, run_id, grp, total_batches, end_time, metrics FROM metrics"


# --- writing --------------------------------------------------------------------------------------------------------


def context(connection: Connection, trial_id: int) -> Optional[Row]:
    """What a report needs to know of its trial and experiment, in one row."""
    return connection.one(
        "SELECT t.run_id, t.total_batches, t.summary_metrics, t.best_validation_id, t.latest_validation_id,"
        " t.searcher_metric_value, t.experiment_id, e.unmanaged, e.state AS experiment_state, e.searcher_metric,"
        " e.smaller_is_better, e.best_trial_id FROM trials t JOIN experiments e ON e.id = t.experiment_id"
        " WHERE t.id = ?",
        (trial_id,),
    )


def insert(
    tx: Transaction, trial_id: int, run_id: int, group: str, kind: str, steps: Optional[int], time: int, metrics: str
) -> int:
    """Store a report; returns its id."""
    return tx.insert(
        "metrics",
        trial_id=trial_id,
        run_id=run_id,
        grp=group,
        kind=kind,
        total_batches=steps,
        end_time=time,
        metrics=metrics,
    )


def at_step(connection: Connection, trial_id: int, group: str, steps: int) -> Optional[Row]:
    """The current report of a group at a step."""
    return connection.one(
        "SELECT id, metrics FROM metrics WHERE trial_id = ? AND grp = ? AND total_batches = ? AND archived = 0",
        (trial_id, group, steps),
    )


def archive_from(tx: Transaction, trial_id: int, group: str, steps: int, run_id: int) -> int:
    """Archive a group's reports of runs before `run_id` from a step on; returns how many there were."""
    return tx.execute(
        "UPDATE metrics SET archived = 1"
        " WHERE trial_id = ? AND grp = ? AND total_batches >= ? AND run_id < ? AND archived = 0",
        (trial_id, group, steps, run_id),
    )


def current(connection: Connection, trial_id: int) -> Iterator[Row]:
    """A trial's current reports that have a step, in the order they came."""
    return connection.each(
        "SELECT id, grp, total_batches, metrics FROM metrics"
        " WHERE trial_id = ? AND archived = 0 AND total_batches IS NOT NULL ORDER BY id",
        (trial_id,),
    )


def best_trial(connection: Connection, experiment_id: int, smaller_is_better: bool) -> Optional[int]:
    """The trial with the best validation of an experiment; None without any."""
    order = "ASC" if smaller_is_better else "DESC"
    found: Optional[int] = connection.scalar(
        "SELECT id FROM trials WHERE experiment_id = ? AND best_validation_id IS NOT NULL"
        # NaN, which is text, is worse than any number
        f" ORDER BY typeof(searcher_metric_value) = 'text', searcher_metric_value {order}, id LIMIT 1",
        (experiment_id,),
    )
    return found


# --- reading --------------------------------------------------------------------------------------------------------


def after_step(connection: Connection, trial_id: int, group: str, steps: int, limit: int) -> List[Row]:
    """A group's current reports with more steps than given, by step."""
    return connection.all(
        f"{_READ} WHERE trial_id = ? AND grp = ? AND total_batches > ? AND archived = 0 ORDER BY total_batches LIMIT ?",
        (trial_id, group, steps, limit),
    )


def of_group(connection: Connection, trial_id: int, group: str) -> Iterator[Row]:
    """All current reports of a trial's group, the metrics of each."""
    return connection.each(
        "SELECT metrics FROM metrics WHERE trial_id = ? AND grp = ? AND archived = 0", (trial_id, group)
    )


def of_sources(
    connection: Connection,
    condition: str,
    parameters: Sequence[Any],
    source_type: Optional[str],
    group: Optional[str],
    limit: int,
) -> List[Row]:
    """Reports of the trials that declared a source, up to `limit` for each trial.

    Parameters:
        condition: SQL over `s`, the rows of trial_sources, with its parameters.
        source_type: only trials of this type; None for all.
        group: only reports of this group; None for all.
    """
    filters = Filters()
    filters.add(condition, *parameters)
    if source_type is not None:
        filters.add("s.type = ?", source_type)
    trials = connection.all(f"SELECT DISTINCT s.trial_id FROM trial_sources s{filters.where}", filters.parameters)
    found: List[Row] = []
    for trial in trials:
        only = "AND grp = ?" if group is not None else ""
        found += connection.all(
            f"{_READ} WHERE trial_id = ? {only} AND total_batches >= ? AND archived = 0"
            " ORDER BY run_id, total_batches, id LIMIT ?",
            (trial["trial_id"], *([group] if group is not None else []), FIRST_STEP, limit),
        )
    return found


class Span(NamedTuple):
    """Which reports a time series is drawn from: steps between bounds, and conditions on step or time.

    Attributes:
        conditions: SQL comparisons of ``total_batches`` or ``end_time`` with ``?``, each with its parameter.
        by_time: order by time instead of steps.
    """

    start: int = 0
    end: int = 0
    conditions: Tuple[Tuple[str, Any], ...] = ()
    by_time: bool = False


def sample(connection: Connection, trial_id: int, group: str, span: Span, most: int) -> List[Row]:
    """At most `most` current reports of a group, evenly spread over those in a span, in its order."""
    filters = Filters()
    filters.add("trial_id = ? AND grp = ? AND archived = 0", trial_id, group)
    if not span.by_time or span.start > 0:
        filters.add("total_batches >= ?", span.start)
    if span.end > 0:
        filters.add("total_batches <= ?", span.end)
    for condition, parameter in span.conditions:
        filters.add(condition, parameter)
    order = "end_time, id" if span.by_time else "total_batches"
    total = connection.scalar(f"SELECT count(*) FROM metrics{filters.where}", filters.parameters)
    if total <= most:
        return connection.all(f"{_READ}{filters.where} ORDER BY {order}", filters.parameters)
    return connection.all(
        f"{_READ} WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER (ORDER BY {order}) AS n"
        f" FROM metrics{filters.where}) WHERE n * ? / ? > (n - 1) * ? / ?) ORDER BY {order}",
        (*filters.parameters, most, total, most, total),
    )


def summaries(connection: Connection, trial_ids: Iterable[int]) -> List[Row]:
    """The stored summaries of trials: id and text."""
    return connection.all(
        "SELECT id, summary_metrics FROM trials WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(trial_ids)),),
    )


def steps_of(connection: Connection, experiment_id: int, group: str, name: str) -> List[int]:
    """The steps at which the trials of an experiment reported a metric, in order."""
    rows = connection.all(
        "SELECT DISTINCT m.total_batches FROM trials t JOIN metrics m ON m.trial_id = t.id AND m.grp = ?"
        " AND m.archived = 0 AND m.total_batches >= ? AND instr(m.metrics, ?)"
        " WHERE t.experiment_id = ? ORDER BY m.total_batches",
        (group, FIRST_STEP, json.dumps(name) + ":", experiment_id),
    )
    return [row[0] for row in rows]


def around_step(connection: Connection, experiment_id: int, group: str, low: int, high: int) -> List[Row]:
    """Current reports of an experiment's trials with steps in a range, both ends included, with the hyperparameters."""
    return connection.all(
        "SELECT m.trial_id, m.total_batches, m.metrics, t.hparams FROM trials t"
        " JOIN metrics m ON m.trial_id = t.id AND m.grp = ? AND m.archived = 0"
        " WHERE t.experiment_id = ? AND m.total_batches BETWEEN ? AND ? ORDER BY m.trial_id, m.total_batches",
        (group, experiment_id, low, high),
    )
