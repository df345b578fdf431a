"""A trial that no master starts: ``unmanaged.py end`` or ``fail``, with the released ``core_v2``.

Prints the numbers of the experiment and the trial.
"""

import json
import logging
import sys

import determined
from determined.experimental import client, core_v2

assert determined.__version__ == "0.38.1", determined.__version__
logging.basicConfig(level=logging.INFO, format=determined.LOG_FORMAT)

how, storage = sys.argv[1:3]
# the automatic mode would want TensorFlow or PyTorch
manual = core_v2.TensorboardMode.MANUAL

core_v2.init(
    config=core_v2.Config(
        name="unmanaged",
        hparams={"lr": 0.1},
        labels=["loose"],
        description="not managed",
        external_experiment_id=f"outside-{how}",
        external_trial_id=f"trial-{how}",
    ),
    client=client.Determined(),
    checkpoint_storage=storage,
    tensorboard_mode=manual,
)
done = 0
if core_v2.info.latest_checkpoint is not None:
    with core_v2.checkpoint.restore_path(core_v2.info.latest_checkpoint) as path:
        done = json.loads((path / "done.json").read_text())
print("going on after", done, flush=True)
for step in range(done + 1, done + 3):
    core_v2.train.report_training_metrics(steps_completed=step, metrics={"loss": 1 / step})
    core_v2.train.report_validation_metrics(steps_completed=step, metrics={"loss": 2 / step})
    core_v2.train.report_progress(step / 10)
    with core_v2.checkpoint.store_path({"steps_completed": step}) as (path, uuid):
        (path / "done.json").write_text(json.dumps(step))
numbers = [core_v2.info.trial.experiment_id, core_v2.info.trial.trial_id]
assert str(numbers[0]) in core_v2.url_reverse_webui_exp_view()
sys.stderr.write(f"told on stderr by {how}\n")
print(json.dumps(numbers), flush=True)
if how == "fail":
    raise RuntimeError("it was bound to fail")
core_v2.close()
