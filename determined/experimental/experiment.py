"""Experiments, as the SDK shows them."""

from ..common.experimental._old_names import old_names
from ..common.experimental.experiment import Experiment, ExperimentOrderBy, ExperimentSortBy, ExperimentState

__all__ = ["Experiment", "ExperimentOrderBy", "ExperimentSortBy", "ExperimentState"]

__getattr__ = old_names(__name__, {"ExperimentReference": "experiment:Experiment"}, "0.26")
