"""What users import: `client`, the objects of the SDK, and helpers to try a trial class out.

Names load what they need when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import attach

if TYPE_CHECKING:
    from ..common.experimental.checkpoint import Checkpoint as Checkpoint
    from ..common.experimental.determined import Determined as Determined
    from ..common.experimental.experiment import Experiment as Experiment
    from ..common.experimental.model import Model as Model
    from ..common.experimental.model import ModelSortBy as ModelSortBy
    from ..common.experimental.model import ModelVersion as ModelVersion
    from ..common.experimental.project import Project as Project
    from ..common.experimental.trial import OrderBy as OrderBy
    from ..common.experimental.trial import Trial as Trial
    from ..common.experimental.trial import TrialSortBy as TrialSortBy
    from ._native import create as create
    from ._native import create_trial_instance as create_trial_instance
    from ._native import try_one_batch

    test_one_batch = try_one_batch

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "Checkpoint": "determined.common.experimental.checkpoint:Checkpoint",
        "Determined": "determined.common.experimental.determined:Determined",
        "Experiment": "determined.common.experimental.experiment:Experiment",
        "Model": "determined.common.experimental.model:Model",
        "ModelSortBy": "determined.common.experimental.model:ModelSortBy",
        "ModelVersion": "determined.common.experimental.model:ModelVersion",
        "OrderBy": "determined.common.experimental.trial:OrderBy",
        "Project": "determined.common.experimental.project:Project",
        "Trial": "determined.common.experimental.trial:Trial",
        "TrialSortBy": "determined.common.experimental.trial:TrialSortBy",
        "checkpoint": "determined.experimental.checkpoint",
        "client": "determined.experimental.client",
        "core_v2": "determined.experimental.core_v2",
        "create": "determined.experimental._native:create",
        "create_trial_instance": "determined.experimental._native:create_trial_instance",
        "experiment": "determined.experimental.experiment",
        "metrics": "determined.experimental.metrics",
        "model": "determined.experimental.model",
        "test_one_batch": "determined.experimental._native:try_one_batch",
        "trial": "determined.experimental.trial",
    },
    old={
        "ExperimentReference": "determined.common.experimental.experiment:ExperimentReference",
        "ModelOrderBy": "determined.common.experimental.model:ModelOrderBy",
        "TrialOrderBy": "determined.common.experimental.trial:TrialOrderBy",
        "TrialReference": "determined.common.experimental.trial:TrialReference",
    },
)
