"""Previews of searches as messages."""

from __future__ import annotations

from determined.common.api.wire.experiments import SearchSummary, SearchUnit, TrialSummary

from ..searcher import TrialCount
from ..services.search_preview import Preview


def search_summary(preview: Preview) -> SearchSummary:
    """The message for a preview."""
    time_metric = str(preview.searcher.get("time_metric"))
    return {"config": preview.searcher, "trials": [_trial_summary(count, time_metric) for count in preview.trials]}


def _trial_summary(count: TrialCount, time_metric: str) -> TrialSummary:
    if count.units is None:
        unit: SearchUnit = {"maxLength": True}
    else:
        unit = {"name": time_metric, "value": count.units, "maxLength": False}
    return {"count": count.trials, "unit": unit}
