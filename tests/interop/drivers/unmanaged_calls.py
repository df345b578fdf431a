"""A trial that no master starts, the same with either package: ``unmanaged_calls.py new|again STORAGE``."""

import sys

from determined.experimental import core_v2

how, storage = sys.argv[1:3]
named = {"external_experiment_id": "outer", "external_trial_id": "first"} if how == "again" else {}
core_v2.init(
    config=core_v2.Config(
        name="unmanaged",
        hparams={"lr": 0.1, "nan": float("nan")},
        data={"set": "digits"},
        labels=["loose"],
        description="not managed",
        searcher={"name": "single", "metric": "loss", "smaller_is_better": True},
        **named,
    ),
    checkpoint_storage=storage,
    tensorboard_mode=core_v2.TensorboardMode.MANUAL,
)
core_v2.train.report_training_metrics(steps_completed=1, metrics={"loss": 0.5}, batch_metrics=[{"loss": 0.25}])
core_v2.train.report_validation_metrics(steps_completed=1, metrics={"loss": 1})
core_v2.train.report_metrics(group="other", steps_completed=1, metrics={"x": float("inf")})
core_v2.train.report_progress(0.5)
core_v2.train.set_status("resting")
with core_v2.checkpoint.store_path({"steps_completed": 1}) as (path, uuid):
    (path / "state").write_text("x")
sys.stdout.write("a line\nand another")
sys.stdout.write(" one\n")
if how == "again":
    sys.exit(3)
