"""Trials, as the SDK shows them."""

from ..common.experimental._old_names import old_names
from ..common.experimental.trial import LogLevel, OrderBy, Trial, TrialSortBy, TrialState

__all__ = ["LogLevel", "OrderBy", "Trial", "TrialSortBy", "TrialState"]

__getattr__, __dir__ = old_names(__name__, "TrialOrderBy", "TrialReference")
