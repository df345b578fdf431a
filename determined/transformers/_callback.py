"""A callback of the Hugging Face Trainer that reports metrics, stores checkpoints, and stops when it is told to."""

from __future__ import annotations

import importlib
import json
import logging
import pathlib
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from determined import errors
from determined.pytorch._files import array_types

if TYPE_CHECKING:
    from determined import core

logger = logging.getLogger("det.transformers")

# Where it is not installed to check types against, its classes are Any.
_transformers: Any = importlib.import_module("transformers")

_USER_DATA_FILE = "my_data.json"
_SPEED_SUFFIXES = ("_runtime", "_per_second", "_compilation_time")


class DetCallback(_transformers.TrainerCallback):  # type: ignore[misc]
    """Joins a ``transformers.Trainer`` with the trial that it runs in; add it with ``trainer.add_callback``.

    What the Trainer logs is reported as metrics, and each checkpoint that it saves is stored as one of the trial. At
    the end of the training it evaluates, if it does at all, and saves. When the trial is told to stop, it saves and
    stops. The checkpoint to go on from is put into the output directory, where
    ``transformers.trainer_utils.get_last_checkpoint`` finds it.

    Parameters:
        core_context: the Core API's context.
        args: the ``transformers.TrainingArguments``.
        filter_metrics: names of the metrics to report. Defaults to all but those that measure speed.
        user_data: stored with each checkpoint, as ``my_data.json``.

    Raises:
        RuntimeError: this is no trial of a cluster.

    Example::

        with core.init() as core_context:
            callback = DetCallback(core_context, training_args)
            trainer = transformers.Trainer(model=model, args=training_args, train_dataset=data)
            trainer.add_callback(callback)
            trainer.train(resume_from_checkpoint=get_last_checkpoint(training_args.output_dir))
    """

    def __init__(
        self,
        core_context: core.Context,
        args: Any,
        filter_metrics: Optional[List[str]] = None,
        user_data: Optional[Dict[str, Any]] = None,
    ) -> None:
        super().__init__()
        info = core_context.info
        if info is None or info.task_type != "TRIAL":
            raise RuntimeError("DetCallback only works in trials of a cluster")
        self.core_context = core_context
        self.filter_metrics = filter_metrics
        self.user_data = user_data
        self.last_metrics: Dict[str, Any] = {}
        self._trial = info.trial
        self._searcher: Dict[str, Any] = info.trial._config.get("searcher") or {}
        self._percent = -1
        self._is_chief = core_context.distributed.rank == 0
        self._compare_lengths(args)
        if info.latest_checkpoint is not None:
            self._restore(info.latest_checkpoint, args)

    # --- what the Trainer calls -------------------------------------------------------------------------------------

    def on_log(self, args: Any, state: Any, control: Any, logs: Optional[Dict[str, Any]] = None, **_: Any) -> None:
        """Report what the Trainer logs."""
        logs = logs or {}
        is_validation = any(name.startswith("eval_") for name in logs)
        # What is neither is a summary of the whole training.
        if not self._is_chief or not (is_validation or "loss" in logs):
            return
        metrics = {name: value for name, value in logs.items() if self._is_wanted(name)}
        if not metrics:
            return
        metrics.update(batches=state.global_step, epochs=state.epoch)
        self.last_metrics.update(metrics)
        if is_validation:
            self.core_context.train.report_validation_metrics(state.global_step, metrics)
        else:
            self.core_context.train.report_training_metrics(state.global_step, metrics)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Evaluate and save at the end of the training; save and stop when that is ordered."""
        self._report_progress(state)
        if state.global_step >= state.max_steps:
            if _evaluates(args):
                control.should_evaluate = True
            control.should_save = True
        elif self.core_context.preempt.should_preempt():
            control.should_save = True
            control.should_training_stop = True

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Store the checkpoint that the Trainer has saved."""
        name = f"checkpoint-{state.global_step}"
        distributed = self.core_context.distributed
        folder = pathlib.Path(args.output_dir)
        if self.user_data is not None and distributed.local_rank == 0:
            (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / name / _USER_DATA_FILE).write_text(json.dumps(self.user_data), encoding="utf-8")
        # Every rank has written its part.
        distributed.allgather(None)
        metadata = {"steps_completed": state.global_step, "trial_id": self._trial.trial_id}
        if distributed.local_rank != 0:
            self.core_context.checkpoint.upload(None, metadata, shard=True)
            return

        def is_of_it(path: str) -> bool:
            return path.startswith((f"{name}/", "runs/")) or path == "metadata.json"

        self.core_context.checkpoint.upload(folder, metadata, shard=True, selector=is_of_it)

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Say so if the searcher has not got its metric."""
        metric = self._searcher.get("metric")
        if self._is_chief and metric is not None and metric not in self.last_metrics:
            logger.warning("the searcher's metric %r is not among those that were reported: %s", metric,
                           ", ".join(self.last_metrics) or "none")  # fmt: skip

    # --- inside -----------------------------------------------------------------------------------------------------

    def _is_wanted(self, name: str) -> bool:
        if self.filter_metrics is not None:
            return name in self.filter_metrics
        return name != "epoch" and not name.endswith(_SPEED_SUFFIXES)

    def _report_progress(self, state: Any) -> None:
        if not self._is_chief or not state.max_steps:
            return
        progress = min(1.0, state.global_step / state.max_steps)
        if int(progress * 100) > self._percent:
            self._percent = int(progress * 100)
            self.core_context.train.report_progress(progress)

    def _restore(self, checkpoint: str, args: Any) -> None:
        if getattr(args, "overwrite_output_dir", False):
            logger.info("the checkpoint %s is not restored, as the output directory is to be overwritten", checkpoint)
            return
        try:
            self.core_context.checkpoint.download(checkpoint, args.output_dir)
        except errors.CheckpointNotFound:
            logger.error("the checkpoint %s to go on from is not there", checkpoint)
            raise
        _allow_arrays()

    def _compare_lengths(self, args: Any) -> None:
        """Warn if the configuration expects another length than the Trainer's."""
        length = self._searcher.get("max_length")
        if not isinstance(length, dict):
            unit, longest = self._searcher.get("time_metric"), self._searcher.get("max_time")
            length = {unit: longest} if unit in ("batches", "epochs") else {}
        for unit, own in (("batches", getattr(args, "max_steps", -1)), ("epochs", args.num_train_epochs)):
            expected = length.get(unit)
            if expected is not None and own != expected:
                logger.warning(
                    "the searcher's length is %s %s, but the Trainer is asked for %s: the Trainer decides",
                    expected,
                    unit,
                    own,
                )


def _allow_arrays() -> None:
    """Let torch load arrays of NumPy, as which the Trainer stores random states; by itself torch 2.6 refuses them."""
    import torch

    add = getattr(torch.serialization, "add_safe_globals", None)
    if add is not None:
        add(array_types())


def _evaluates(args: Any) -> bool:
    # Its name has changed in release 4.41.
    strategy = getattr(args, "eval_strategy", None) or getattr(args, "evaluation_strategy", "no")
    return str(getattr(strategy, "value", strategy)) != "no"
