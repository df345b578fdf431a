"""Metrics, as the SDK shows them."""

from ..common.experimental._old_names import old_names
from ..common.experimental.metrics import TrainingMetrics, TrialMetrics, ValidationMetrics

__all__ = ["TrainingMetrics", "TrialMetrics", "ValidationMetrics"]

__getattr__, __dir__ = old_names(__name__)
