"""Trials, as the SDK shows them."""

from ..common.experimental._old_names import old_names
from ..common.experimental.trial import LogLevel, Trial, TrialOrderBy, TrialSortBy, TrialState

__all__ = ["LogLevel", "Trial", "TrialOrderBy", "TrialSortBy", "TrialState"]

__getattr__ = old_names(__name__, {"TrialReference": "trial:Trial"}, "0.26")
