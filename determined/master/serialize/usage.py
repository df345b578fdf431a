"""Usage of slots on the wire, and as tables."""

from __future__ import annotations

import csv
import io
from typing import Any, Iterable, List, Optional, Sequence

from determined.common.api.wire.cluster import ResourceAllocationAggregatedEntry, ResourceAllocationRawEntry
from determined.common.api.wire.enums import ResourceAllocationAggregationPeriod
from determined.common.timestamps import format_wire, to_datetime

from ..services.usage import Sums, Usage


def usage_message(usage: Usage) -> ResourceAllocationRawEntry:
    """One allocation."""
    return {
        "kind": usage.kind,
        "startTime": format_wire(usage.start),
        "endTime": None if usage.end is None else format_wire(usage.end),
        "experimentId": usage.experiment_id,
        "username": usage.username,
        "userId": usage.user_id,
        "labels": usage.labels,
        "seconds": usage.seconds,
        "slots": usage.slots,
    }


def sums_message(sums: Sums, period: ResourceAllocationAggregationPeriod) -> ResourceAllocationAggregatedEntry:
    """The sums of one day or month."""
    return {
        "periodStart": sums.period_start,
        "period": period,
        "seconds": sums.total,
        "byUsername": sums.by_username,
        "byExperimentLabel": sums.by_label,
        "byResourcePool": sums.by_pool,
    }


def usage_table(found: Sequence[Usage]) -> str:
    """Allocations as CSV, by the experiment they belong to."""
    header = ["experiment_id", "kind", "username", "labels", "slots", "start_time", "end_time", "seconds"]
    return _table(
        header,
        (
            [
                usage.experiment_id or "",
                usage.kind,
                usage.username,
                ",".join(usage.labels),
                usage.slots,
                _whole_seconds(usage.start),
                _whole_seconds(usage.end),
                usage.seconds,
            ]
            for usage in found
        ),
    )


def allocations_table(found: Sequence[Usage]) -> str:
    """Allocations as CSV, by their ids."""
    header = ["allocation_id", "task_type", "username", "workspace_name", "experiment_id", "resource_pool", "slots"]
    return _table(
        [*header, "start_time", "end_time", "seconds"],
        (
            [
                usage.allocation_id,
                "trial" if usage.kind == "training" else usage.kind,
                usage.username,
                usage.workspace,
                usage.experiment_id or "",
                usage.resource_pool,
                usage.slots,
                _whole_seconds(usage.start),
                _whole_seconds(usage.end),
                usage.seconds,
            ]
            for usage in found
        ),
    )


def sums_table(found: Sequence[Sums]) -> str:
    """Sums as CSV: for each day or month the total, then what the users, labels and pools had of it."""
    rows: List[List[Any]] = []
    for sums in found:
        rows.append(["total", "total", sums.period_start, sums.total])
        for kind, parts in (
            ("username", sums.by_username),
            ("experiment_label", sums.by_label),
            ("resource_pool", sums.by_pool),
        ):
            rows += [[kind, key, sums.period_start, parts[key]] for key in sorted(parts)]
    return _table(["aggregation_type", "aggregation_key", "date", "seconds"], rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _whole_seconds(micros: Optional[int]) -> str:
    return "" if micros is None else to_datetime(micros).strftime("%Y-%m-%dT%H:%M:%SZ")
