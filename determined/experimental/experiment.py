"""Experiments, as the SDK shows them."""

from ..common.experimental._old_names import old_names
from ..common.experimental.experiment import Experiment, ExperimentSortBy, ExperimentState, OrderBy

__all__ = ["Experiment", "ExperimentSortBy", "ExperimentState", "OrderBy"]

__getattr__, __dir__ = old_names(__name__, "ExperimentOrderBy", "ExperimentReference")
