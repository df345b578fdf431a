"""The columns that tables of a project's experiments or runs can have, and the ranges of the numbers in them."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Tuple

from determined.common import timestamps
from determined.common.api.wire.enums import ColumnType, LocationType

from ..store import project_columns
from ..store.database import Connection, Row
from . import summaries
from .projects import require_project


class Column(NamedTuple):
    """One column: its name in sorts and filters, where its values come from, what they are, and its heading."""

    name: str
    location: LocationType
    type: ColumnType
    heading: str = ""


class Range(NamedTuple):
    """The least and greatest value of a column."""

    name: str
    least: float
    greatest: float


_NUMBER, _TEXT, _DATE, _OTHER = ColumnType.NUMBER, ColumnType.TEXT, ColumnType.DATE, ColumnType.UNSPECIFIED
_STATISTICS = ("last", "max", "mean", "min")
_METRIC_LOCATIONS = {"training": LocationType.TRAINING, "validation": LocationType.VALIDATIONS}
_TYPES = {
    "number": _NUMBER,
    "string": _TEXT,
    "date": _DATE,
    "boolean": _TEXT,
    "array": ColumnType.ARRAY,
}

_EXPERIMENT_COLUMNS = [
    Column(name, LocationType.EXPERIMENT, kind, heading)
    for name, kind, heading in (
        ("id", _NUMBER, "ID"),
        ("name", _TEXT, "Name"),
        ("description", _TEXT, "Description"),
        ("tags", _TEXT, "Tags"),
        ("forkedFrom", _NUMBER, "Forked"),
        ("startTime", _DATE, "Start time"),
        ("duration", _NUMBER, "Duration"),
        ("numTrials", _NUMBER, "Trial count"),
        ("state", _TEXT, "State"),
        ("searcherType", _TEXT, "Searcher"),
        ("resourcePool", _TEXT, "Resource pool"),
        ("progress", _NUMBER, "Progress"),
        ("checkpointSize", _NUMBER, "Checkpoint size"),
        ("checkpointCount", _NUMBER, "Checkpoints"),
        ("user", _TEXT, "User"),
        ("searcherMetric", _TEXT, "Searcher Metric"),
        ("searcherMetricsVal", _NUMBER, "Searcher Metric Value"),
        ("externalExperimentId", _TEXT, "External Experiment ID"),
        ("externalTrialId", _TEXT, "External Trial ID"),
        ("archived", _OTHER, "Archived"),
    )
]
_RUN_COLUMNS = [
    Column(name, LocationType.RUN, kind, heading)
    for name, kind, heading in (
        ("id", _NUMBER, "Global Run ID"),
        ("experimentDescription", _TEXT, "Search Description"),
        ("tags", _TEXT, "Tags"),
        ("forkedFrom", _NUMBER, "Forked"),
        ("startTime", _DATE, "Start Time"),
        ("endTime", _DATE, "End Time"),
        ("duration", _NUMBER, "Duration"),
        ("state", _TEXT, "State"),
        ("searcherType", _TEXT, "Searcher"),
        ("resourcePool", _TEXT, "Resource Pool"),
        ("checkpointSize", _NUMBER, "Checkpoint Size"),
        ("checkpointCount", _NUMBER, "Checkpoints"),
        ("user", _TEXT, "User"),
        ("searcherMetric", _TEXT, "Searcher Metric"),
        ("searcherMetricsVal", _NUMBER, "Searcher Metric Value"),
        ("externalExperimentId", _TEXT, "External Experiment ID"),
        ("projectId", _NUMBER, "Project ID"),
        ("externalRunId", _TEXT, "External Run ID"),
        ("experimentProgress", _NUMBER, "Search Progress"),
        ("experimentId", _NUMBER, "Search ID"),
        ("experimentName", _TEXT, "Search Name"),
        ("isExpMultitrial", _OTHER, "Part of Search"),
        ("parentArchived", _OTHER, "Parent Archived"),
        ("localId", _TEXT, "Run ID"),
        ("archived", _OTHER, "Archived"),
    )
]


def experiment_columns(connection: Connection, project_id: int) -> List[Column]:
    """Columns for a table of experiments: the fixed ones, hyperparameters, metrics of all runs.

    Raises:
        Refusal: no such project.
    """
    require_project(connection, project_id)
    types: Dict[str, ColumnType] = {}
    for text in project_columns.hyperparameter_configs(connection, project_id):
        for name, definition in sorted(_flat_definitions(json.loads(text))):
            types.setdefault(name, _type_of_definition(definition))
    return [
        *_EXPERIMENT_COLUMNS,
        *(Column(f"hp.{name}", LocationType.HYPERPARAMETERS, kind) for name, kind in types.items()),
        *_metric_columns(project_columns.metrics_of_runs(connection, project_id)),
    ]


def run_columns(connection: Connection, project_id: int) -> List[Column]:
    """Columns for a table of runs: the fixed ones, hyperparameters, metrics, metadata.

    Raises:
        Refusal: no such project.
    """
    require_project(connection, project_id)
    hyperparameters = _types_of_values(project_columns.run_hyperparameters(connection, project_id))
    metadata = _types_of_values(project_columns.run_metadata(connection, project_id))
    return [
        *_RUN_COLUMNS,
        *(Column(f"hp.{name}", LocationType.RUN_HYPERPARAMETERS, kind) for name, kind in hyperparameters),
        *_metric_columns(project_columns.metrics_of_runs(connection, project_id)),
        *(Column(f"metadata.{name}", LocationType.RUN_METADATA, kind) for name, kind in metadata),
    ]


def metadata_values(connection: Connection, project_id: int, key: str) -> List[str]:
    """The texts that runs of a project have in their metadata under a key, dots between its parts.

    Raises:
        Refusal: no such project.
    """
    require_project(connection, project_id)
    found = {
        value
        for text in project_columns.run_metadata(connection, project_id)
        for name, value in _leaves(json.loads(text))
        if name == key and isinstance(value, str)
    }
    return sorted(found)


def metric_ranges(connection: Connection, project_id: int) -> List[Range]:
    """The ranges of all numeric metrics of the best trials.

    Raises:
        Refusal: no such project.
    """
    require_project(connection, project_id)
    ranges = [
        Range(f"{summaries.group_of(row['grp'])}.{row['name']}.{row['statistic']}", row["least"], row["greatest"])
        for row in project_columns.metric_ranges(connection, project_id)
    ]
    searched = project_columns.searcher_metric_range(connection, project_id)
    if searched["least"] is not None:
        ranges.append(Range("searcherMetricsVal", searched["least"], searched["greatest"]))
    return ranges


def _metric_columns(metrics: List[Row]) -> Iterator[Column]:
    seen = set()
    for row in metrics:
        group = summaries.group_of(row["grp"])
        location = _METRIC_LOCATIONS.get(group, LocationType.CUSTOM_METRIC)
        for statistic in _STATISTICS if row["type"] == "number" else _STATISTICS[:1]:
            name = f"{group}.{row['name']}.{statistic}"
            if name not in seen:  # runs may disagree on a metric's type
                seen.add(name)
                yield Column(name, location, _TYPES.get(row["type"], _OTHER))


def _flat_definitions(hyperparameters: Mapping[str, Any], prefix: str = "") -> Iterator[Tuple[str, Any]]:
    """Name and definition of each hyperparameter, nested ones with dots in their names."""
    for name, definition in hyperparameters.items():
        if isinstance(definition, dict) and "type" not in definition:
            yield from _flat_definitions(definition, f"{prefix}{name}.")
        else:
            yield prefix + name, definition


def _type_of_definition(definition: Any) -> ColumnType:
    kind = definition.get("type") if isinstance(definition, dict) else "const"
    if kind in ("int", "double", "log"):
        return _NUMBER
    if kind == "const":
        value = definition.get("val") if isinstance(definition, dict) else definition
        return _type_of_value(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else _OTHER
    return _OTHER


def _types_of_values(texts: Iterator[str]) -> List[Tuple[str, ColumnType]]:
    """Name and type of each leaf of JSON objects, by name; text where they disagree."""
    types: Dict[str, ColumnType] = {}
    for text in texts:
        for name, value in _leaves(json.loads(text)):
            if value is not None:
                kind = _type_of_value(value)
                types[name] = kind if types.get(name, kind) == kind else _TEXT
    return sorted(types.items())


def _leaves(value: Mapping[str, Any], prefix: str = "") -> Iterator[Tuple[str, Any]]:
    """Name and value of each leaf of a JSON object; entries of a list have the list's name."""
    for name, item in value.items():
        if isinstance(item, dict):
            yield from _leaves(item, f"{prefix}{name}.")
        elif isinstance(item, list):
            for entry in item:
                yield from _leaves({name: entry}, prefix)
        else:
            yield prefix + name, item


def _type_of_value(value: Any) -> ColumnType:
    if isinstance(value, bool):
        return _TEXT
    if isinstance(value, (int, float)):
        return _NUMBER
    return _DATE if _is_date(value) else _TEXT


def _is_date(text: str) -> bool:
    for whole in (text, f"{text}T00:00:00Z", f"{text}-01T00:00:00Z"):
        try:
            timestamps.parse(whole)
        except ValueError:
            continue
        return True
    return False
