"""The objects of a cluster, as scripts handle them.

Scripts import them from `determined.experimental`; the names here are those of earlier releases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._lazy import attach

if TYPE_CHECKING:
    from .checkpoint import Checkpoint as Checkpoint
    from .determined import Determined as Determined
    from .experiment import Experiment as Experiment
    from .metrics import TrainingMetrics as TrainingMetrics
    from .metrics import TrialMetrics as TrialMetrics
    from .metrics import ValidationMetrics as ValidationMetrics
    from .model import Model as Model
    from .model import ModelSortBy as ModelSortBy
    from .model import ModelVersion as ModelVersion
    from .project import Project as Project
    from .trial import OrderBy as OrderBy
    from .trial import Trial as Trial
    from .trial import TrialSortBy as TrialSortBy

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        name: f"{__name__}.{module}"
        for name, module in {
            "Checkpoint": "checkpoint:Checkpoint",
            "Determined": "determined:Determined",
            "Experiment": "experiment:Experiment",
            "Model": "model:Model",
            "ModelSortBy": "model:ModelSortBy",
            "ModelVersion": "model:ModelVersion",
            "OrderBy": "trial:OrderBy",
            "Project": "project:Project",
            "TrainingMetrics": "metrics:TrainingMetrics",
            "Trial": "trial:Trial",
            "TrialMetrics": "metrics:TrialMetrics",
            "TrialSortBy": "trial:TrialSortBy",
            "ValidationMetrics": "metrics:ValidationMetrics",
        }.items()
    },
    old={
        name: f"{__name__}.{module}:{name}"
        for name, module in {
            "ExperimentReference": "experiment",
            "ModelOrderBy": "model",
            "TrialOrderBy": "trial",
            "TrialReference": "trial",
        }.items()
    },
)
