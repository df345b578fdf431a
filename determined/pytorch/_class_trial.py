"""Training a class as the experiment's configuration says, for entrypoints that name one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Optional, Type

from ._init import init
from ._trainer import Trainer
from ._units import Batch, TrainUnit, unit_from_config

if TYPE_CHECKING:
    from determined._info import ClusterInfo

    from ._pytorch_trial import PyTorchTrial


def train_as_configured(trial_class: Type[PyTorchTrial], info: ClusterInfo) -> None:
    """Train a class in a trial of a cluster.

    Parameters:
        trial_class: the class.
        info: of the trial.

    Raises:
        ValueError: the configuration has no length to train for.
    """
    config: Dict[str, Any] = info.trial._config
    hparams = info.trial.hparams
    optimizations = config.get("optimizations") or {}
    with init(hparams=hparams, aggregation_frequency=optimizations.get("aggregation_frequency") or 1) as context:
        context._average_by_default = bool(optimizations.get("average_aggregated_gradients", True))
        context._is_pre_trainer = True
        trainer = Trainer(trial_class(context), context)
        batch_size = hparams.get("global_batch_size") if isinstance(hparams, dict) else None
        trainer.fit(
            max_length=_find_length(config.get("searcher") or {}, batch_size),
            validation_period=unit_from_config(_of_one_unit(config.get("min_validation_period")), batch_size),
            checkpoint_period=unit_from_config(_of_one_unit(config.get("min_checkpoint_period")), batch_size),
            reporting_period=Batch(config.get("scheduling_unit") or 100),
            checkpoint_policy=config.get("checkpoint_policy") or "best",
            step_zero_validation=bool(config.get("perform_initial_validation")),
            profiling_enabled=bool((config.get("profiling") or {}).get("enabled")),
            latest_checkpoint=info.latest_checkpoint,
        )


def _find_length(searcher: Dict[str, Any], batch_size: Optional[int]) -> Optional[TrainUnit]:
    """Return the length that the searcher is configured with."""
    length = searcher.get("max_length")
    if length is None and searcher.get("time_metric") in ("batches", "epochs"):
        length = {searcher["time_metric"]: searcher.get("max_time")}
    return unit_from_config(length, batch_size)


def _of_one_unit(period: Any) -> Any:
    """Return a period of the configuration; None for those that stand for none."""
    if isinstance(period, dict) and not any(period.values()):
        return None
    return period
