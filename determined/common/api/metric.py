"""Reading the metrics of a validation as the master's older answers hold them."""

from __future__ import annotations

from typing import Any


def get_validation_metric(metric_name: str, validation: Any) -> Any:
    """Return a metric of a validation; None when there is no validation, or it lacks the metric.

    Parameters:
        metric_name: the metric.
        validation: the validation, an object with ``metrics``, where ``validation_metrics`` are; or None.

    Raises:
        KeyError: it is no validation.
    """
    if not validation:
        return None
    return validation["metrics"].get("validation_metrics", {}).get(metric_name)
