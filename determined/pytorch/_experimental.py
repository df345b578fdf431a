"""Functions that may still change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Optional

if TYPE_CHECKING:
    from ._pytorch_context import PyTorchTrialContext


class PyTorchExperimentalContext:
    """``context.experimental``: functions that may still change.

    Parameters:
        parent: the context.
    """

    def __init__(self, parent: Any) -> None:
        self._parent: PyTorchTrialContext = parent
        self._checks_loaders = True
        self._moves_data = True

    def use_amp(self, dtype: Any = None) -> None:
        """Train with automatic mixed precision; call it before `wrap_model`.

        Losses are scaled as the type needs it. `PyTorchTrialContext.use_autocast` does the same for other types.

        Parameters:
            dtype: ``torch.float16`` or ``torch.bfloat16``. Defaults to float16 on a GPU, and bfloat16 elsewhere.

        Raises:
            InvalidExperimentException: a model or a scaler was wrapped already.
        """
        self._parent._use_amp(dtype)

    def disable_dataset_reproducibility_checks(self) -> None:
        """Allow loaders of torch instead of `determined.pytorch.DataLoader`.

        To share data among ranks, and to skip what was trained before (`PyTorchTrialContext.get_initial_batch`), is
        then up to the training code. A loader that ends is begun again: that is an epoch.
        """
        self._checks_loaders = False

    def disable_auto_to_device(self) -> None:
        """Leave batches where they are; the training code moves them with `PyTorchTrialContext.to_device`."""
        self._moves_data = False

    # --- of earlier releases ----------------------------------------------------------------------------------------

    def wrap_reducer(
        self, reducer: Any, name: Optional[str] = None, for_training: bool = True, for_validation: bool = True
    ) -> Any:
        """Do what `PyTorchTrialContext.wrap_reducer` does."""
        return self._parent.wrap_reducer(reducer, name, for_training, for_validation)

    def reset_reducers(self) -> None:
        """Do what `PyTorchTrialContext.reset_reducers` does."""
        self._parent.reset_reducers()

    def reduce_metrics(self, for_training: bool) -> Dict[str, Any]:
        """Do what `PyTorchTrialContext.reduce_metrics` does."""
        return self._parent.reduce_metrics(for_training)
