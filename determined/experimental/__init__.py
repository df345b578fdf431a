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
    from ..common.experimental.model import ModelOrderBy as ModelOrderBy
    from ..common.experimental.model import ModelSortBy as ModelSortBy
    from ..common.experimental.trial import Trial as Trial
    from ._native import create as create
    from ._native import create_trial_instance as create_trial_instance
    from ._native import test_one_batch as test_one_batch
