"""Metrics, as the SDK shows them."""

from ..common.experimental._old_names import old_names
from ..common.experimental.metrics import TrialMetrics

__all__ = ["TrialMetrics"]

__getattr__ = old_names(
    __name__, {"TrainingMetrics": "metrics:TrialMetrics", "ValidationMetrics": "metrics:TrialMetrics"}, "0.23"
)
