"""What a training may ask about its experiment."""

from __future__ import annotations

import logging
import pathlib
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple

from determined import errors
from determined.errors import ArgumentError

from ._batch_sizes import split_batch_size

if TYPE_CHECKING:
    from determined import core

logger = logging.getLogger("determined.pytorch")


class SettingsContext:
    """Hyperparameters, configuration, ids and place in the training; part of `PyTorchTrialContext`."""

    def __init__(
        self,
        core_context: core.Context,
        trial_seed: Optional[int],
        hparams: Optional[Dict[str, Any]],
        slots_per_trial: int,
        exp_conf: Optional[Dict[str, Any]],
        steps_completed: int,
        enable_tensorboard_logging: bool,
    ) -> None:
        self._core = core_context
        self.distributed = core_context.distributed
        self._trial_seed = trial_seed
        self._hparams = hparams
        self._slots_per_trial = slots_per_trial
        self._exp_conf = exp_conf
        self._steps_completed = steps_completed
        self._enable_tensorboard_logging = enable_tensorboard_logging
        self._tensorboard_path: Optional[pathlib.Path] = None
        self._tbd_writer: Any = None
        self._stop_requested = False
        self._current_batch_idx: Optional[int] = None
        self._epoch_len: Optional[int] = None
        self._batch_sizes: Optional[Tuple[int, int]] = None

    # --- hyperparameters and configuration --------------------------------------------------------------------------

    def get_hparams(self) -> Dict[str, Any]:
        """Return the hyperparameters.

        Raises:
            ValueError: `init` was given none.
        """
        if self._hparams is None:
            raise ValueError(
                "there are no hyperparameters: pass pytorch.init(hparams=...), on a cluster"
                " det.get_cluster_info().trial.hparams"
            )
        return self._hparams

    def get_hparam(self, name: str) -> Any:
        """Return a hyperparameter.

        Parameters:
            name: of the hyperparameter.

        Raises:
            ValueError: there is none of that name.
        """
        hparams = self.get_hparams()
        if name not in hparams:
            raise ValueError(f"there is no hyperparameter {name!r}, only {', '.join(map(repr, hparams)) or 'none'}")
        if name == "global_batch_size":
            logger.info(
                "for the size of the batches to load, use context.get_per_slot_batch_size(); for that of all slots"
                " together, context.get_global_batch_size()"
            )
        return hparams[name]

    def get_global_batch_size(self) -> int:
        """Return how many records all slots train together: a multiple of their number.

        Raises:
            ValueError: there are no hyperparameters, or no ``global_batch_size``.
            InvalidExperimentException: the hyperparameter makes no sense.
        """
        return self._get_batch_sizes()[1]

    def get_per_slot_batch_size(self) -> int:
        """Return how many records each slot trains at once.

        Raises:
            ValueError: there are no hyperparameters, or no ``global_batch_size``.
            InvalidExperimentException: the hyperparameter makes no sense.
        """
        return self._get_batch_sizes()[0]

    def get_experiment_config(self) -> Dict[str, Any]:
        """Return the configuration of the experiment.

        Raises:
            ValueError: there is none; outside of a cluster, pass ``pytorch.init(exp_conf=...)``.
        """
        if self._exp_conf is None:
            raise ValueError("there is no experiment configuration: outside of a cluster, pass pytorch.init(exp_conf=)")
        return self._exp_conf

    def get_data_config(self) -> Dict[str, Any]:
        """Return the section ``data`` of the configuration; empty if there is none.

        Raises:
            ValueError: there is no configuration.
        """
        data: Dict[str, Any] = self.get_experiment_config().get("data") or {}
        return data

    # --- ids --------------------------------------------------------------------------------------------------------

    def get_experiment_id(self) -> int:
        """Return the id of the experiment.

        Raises:
            InternalException: this is no trial of a cluster.
        """
        return int(self._trial_info().experiment_id)

    def get_trial_id(self) -> int:
        """Return the id of the trial.

        Raises:
            InternalException: this is no trial of a cluster.
        """
        return int(self._trial_info().trial_id)

    def get_trial_seed(self) -> int:
        """Return the number that random generators were seeded with.

        Raises:
            InternalException: they were not: outside of a cluster, pass ``pytorch.init(seed=...)``.
        """
        if self._trial_seed is None:
            raise errors.InternalException("there is no trial seed outside of a cluster, unless init() is given one")
        return self._trial_seed

    def get_initial_batch(self) -> int:
        """Return how many batches had been trained when this process began."""
        return self._steps_completed

    # --- the place in the training ----------------------------------------------------------------------------------

    def current_train_batch(self) -> int:
        """Return the number of the batch that is trained, from 0.

        Raises:
            InternalException: the training has not begun.
        """
        if self._current_batch_idx is None:
            raise errors.InternalException("the training has not begun: there is no current batch")
        return self._current_batch_idx

    def current_train_epoch(self) -> int:
        """Return the number of the epoch that is trained, from 0.

        Raises:
            InternalException: the training has not begun.
        """
        return self.current_train_batch() // self._get_epoch_length()

    def is_epoch_start(self) -> bool:
        """Return whether the batch that is trained is the first of an epoch.

        Raises:
            InternalException: the training has not begun.
        """
        return self.current_train_batch() % self._get_epoch_length() == 0

    def is_epoch_end(self) -> bool:
        """Return whether the batch that is trained is the last of an epoch.

        Raises:
            InternalException: the training has not begun.
        """
        return self.current_train_batch() % self._get_epoch_length() == self._get_epoch_length() - 1

    # --- stopping ---------------------------------------------------------------------------------------------------

    def get_stop_requested(self) -> bool:
        """Return whether the training was asked to stop."""
        return self._stop_requested

    def set_stop_requested(self, stop_requested: bool) -> None:
        """Ask the training to stop when it next reports, validates or stores a checkpoint.

        Parameters:
            stop_requested: whether to stop.

        Raises:
            AssertionError: it is no bool.
        """
        if not isinstance(stop_requested, bool):
            raise ArgumentError(f"stop_requested must be a bool, not {stop_requested!r}")
        self._stop_requested = stop_requested

    # --- TensorBoard ------------------------------------------------------------------------------------------------

    def get_tensorboard_path(self) -> Optional[pathlib.Path]:
        """Return the directory for TensorBoard files; None outside of a cluster, unless `init` was given one."""
        return self._tensorboard_path or self._core.train.get_tensorboard_path()

    def get_tensorboard_writer(self) -> Any:
        """Return a ``SummaryWriter`` for that directory, made when it is first asked for.

        Raises:
            ImportError: the package tensorboard is not installed.
        """
        if self._tbd_writer is None:
            from torch.utils.tensorboard import SummaryWriter

            path = self.get_tensorboard_path()
            self._tbd_writer = SummaryWriter(log_dir=None if path is None else str(path))
        return self._tbd_writer

    def get_enable_tensorboard_logging(self) -> bool:
        """Return whether metrics are written for TensorBoard."""
        return self._enable_tensorboard_logging

    def set_enable_tensorboard_logging(self, enable_tensorboard_logging: bool) -> None:
        """Switch writing and storing of TensorBoard files on or off.

        Parameters:
            enable_tensorboard_logging: whether metrics are written.

        Raises:
            AssertionError: it is no bool.
        """
        if not isinstance(enable_tensorboard_logging, bool):
            raise ArgumentError(f"enable_tensorboard_logging must be a bool, not {enable_tensorboard_logging!r}")
        self._enable_tensorboard_logging = enable_tensorboard_logging

    # --- inside -----------------------------------------------------------------------------------------------------

    def _get_batch_sizes(self) -> Tuple[int, int]:
        if self._batch_sizes is None:
            self._batch_sizes = split_batch_size(self.get_hparams(), self._slots_per_trial)
        return self._batch_sizes

    def _get_epoch_length(self) -> int:
        if self._epoch_len is None:
            raise errors.InternalException("the training has not begun: the length of an epoch is not known")
        return self._epoch_len

    def _trial_info(self) -> Any:
        info = self._core.info
        if info is None or info.task_type != "TRIAL":
            raise NoTrial("this training is no trial of a cluster: it has no id")
        return info.trial


class NoTrial(errors.InternalException, AttributeError):
    """Something that only trials of a cluster have."""
