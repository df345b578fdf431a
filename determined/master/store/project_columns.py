"""What the experiments and runs of a project have to show, for tables of them."""

from __future__ import annotations

from typing import Iterator, List

from .database import Connection, Row
from .experiments import BEST_TRIAL_ID

_BEST = f"experiments e JOIN trials t ON t.id = {BEST_TRIAL_ID}"


def metrics_of_runs(connection: Connection, project_id: int) -> List[Row]:
    """Group (by its name in summaries), name and type of every metric that a run has."""
    return connection.all(
        "SELECT DISTINCT g.key AS grp, m.key AS name, json_extract(m.value, '$.type') AS type"
        " FROM trials t, json_each(t.summary_metrics) g, json_each(g.value) m"
        " WHERE t.project_id = ? AND m.type = 'object' ORDER BY 1, 2, 3",
        (project_id,),
    )


def hyperparameter_configs(connection: Connection, project_id: int) -> Iterator[str]:
    """The `hyperparameters` of the experiments' configurations, as JSON, oldest experiment first."""
    rows = connection.each(
        "SELECT hyperparameters FROM experiments WHERE project_id = ? ORDER BY id",
        (project_id,),
    )
    return (row[0] for row in rows if row[0] is not None)


def run_hyperparameters(connection: Connection, project_id: int) -> Iterator[str]:
    """The hyperparameters of the runs, as JSON."""
    rows = connection.each("SELECT DISTINCT hparams FROM trials WHERE project_id = ?", (project_id,))
    return (row[0] for row in rows)


def run_metadata(connection: Connection, project_id: int) -> Iterator[str]:
    """The metadata of the runs that have any, as JSON."""
    rows = connection.each(
        "SELECT DISTINCT metadata FROM trials WHERE project_id = ? AND metadata IS NOT NULL", (project_id,)
    )
    return (row[0] for row in rows)


def metric_ranges(connection: Connection, project_id: int) -> List[Row]:
    """The least and greatest value of each statistic of each numeric metric over the experiments' best trials."""
    return connection.all(
        "SELECT grp, name, statistic, min(value) AS least, max(value) AS greatest FROM ("
        "SELECT g.key AS grp, m.key AS name, s.key AS statistic,"
        " CASE s.atom WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 WHEN 'NaN' THEN NULL ELSE s.atom END"
        f" AS value FROM {_BEST}, json_each(t.summary_metrics) g, json_each(g.value) m, json_each(m.value) s"
        " WHERE e.project_id = ? AND m.type = 'object' AND json_extract(m.value, '$.type') = 'number'"
        " AND s.key IN ('last', 'max', 'mean', 'min')"
        ") WHERE value IS NOT NULL GROUP BY grp, name, statistic",
        (project_id,),
    )


def searcher_metric_range(connection: Connection, project_id: int) -> Row:
    """The least and greatest searcher metric of the experiments' best trials; nulls where there are none."""
    row = connection.one(
        "SELECT min(t.searcher_metric_value) AS least, max(t.searcher_metric_value) AS greatest"
        f" FROM {_BEST} WHERE e.project_id = ? AND typeof(t.searcher_metric_value) != 'text'",
        (project_id,),
    )
    if row is None:
        raise LookupError("an aggregate has always one row")
    return row
