"""The objects of a cluster, as scripts handle them.

Scripts import them from `determined.experimental` and `determined.experimental.client`; those that import them from
here, as earlier releases had it, are told so once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..._deprecation import moved
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

_MODULES = (
    "checkpoint", "determined", "experiment", "metrics", "model", "oauth2_scim_client", "project", "resource_pool",
    "trial", "user", "workspace",
)  # fmt: skip

_find, __dir__, __all__ = attach(
    __name__,
    {
        "Checkpoint": f"{__name__}.checkpoint:Checkpoint",
        "Determined": f"{__name__}.determined:Determined",
        "Experiment": f"{__name__}.experiment:Experiment",
        "Model": f"{__name__}.model:Model",
        "ModelSortBy": f"{__name__}.model:ModelSortBy",
        "ModelVersion": f"{__name__}.model:ModelVersion",
        "OrderBy": f"{__name__}.trial:OrderBy",
        "Project": f"{__name__}.project:Project",
        "TrainingMetrics": f"{__name__}.metrics:TrainingMetrics",
        "Trial": f"{__name__}.trial:Trial",
        "TrialMetrics": f"{__name__}.metrics:TrialMetrics",
        "TrialSortBy": f"{__name__}.trial:TrialSortBy",
        "ValidationMetrics": f"{__name__}.metrics:ValidationMetrics",
    },
    old={
        **{name: f"{__name__}.{name}" for name in _MODULES},
        "ExperimentReference": f"{__name__}.experiment:ExperimentReference",
        "ModelOrderBy": f"{__name__}.model:ModelOrderBy",
        "TrialOrderBy": f"{__name__}.trial:TrialOrderBy",
        "TrialReference": f"{__name__}.trial:TrialReference",
    },
)


def __getattr__(name: str) -> Any:
    found = _find(name)
    if name in __all__:
        moved(f"{__name__}.{name}", f"determined.experimental.client.{name}", "0.26")
    return found
