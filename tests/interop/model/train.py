"""Trains nothing, and tells the master all that the released Core API can tell; goes on from its latest checkpoint."""

import json
import logging
import pathlib
import time

import determined as det
from determined import core

logging.basicConfig(level=logging.INFO, format=det.LOG_FORMAT)
assert det.__version__ == "0.38.1", det.__version__

info = det.get_cluster_info()
assert info is not None
assert info.task_type == "TRIAL"
assert info.user_data == {"greeting": "hello"}
assert info.container_addrs
assert info.container_rank == 0
assert info.container_slot_counts == [1]
hparams = info.trial.hparams

# the automatic mode would want TensorFlow or PyTorch
with core.init(tensorboard_mode=core.TensorboardMode.MANUAL) as context:
    context.train.set_status("training")
    print(f"trial {info.trial.trial_id} of experiment {info.trial.experiment_id}, seed {info.trial.trial_seed}")
    done = 0
    if info.latest_checkpoint is not None:
        with context.checkpoint.restore_path(info.latest_checkpoint) as path:
            done = json.loads((path / "done.json").read_text())
        assert context.checkpoint.get_metadata(info.latest_checkpoint)["steps_completed"] == done
        print(f"resumed after step {done}", flush=True)
    else:
        assert context.train.get_experiment_best_validation() is None or info.trial.trial_id > 1
        context.train.set_metadata({"framework": {"name": "none"}, "sizes": [1, 2]})
        assert context.train.get_metadata() == {"framework": {"name": "none"}, "sizes": [1, 2]}
    context.profiler.on(sampling_interval=0.1, samples_per_report=2)
    for operation in context.searcher.operations():
        assert operation.length == hparams["steps"]
        for step in range(done + 1, operation.length + 1):
            time.sleep(hparams["seconds"])
            context.train.report_training_metrics(step, {"loss": 1 / step}, [{"loss": 2 / step}])
            context.train.report_validation_metrics(step, {"accuracy": step * hparams["x"], "odd": float("inf")})
            context.train.report_metrics("extra", step, {"words": "one two", "nested": {"deep": step}})
            operation.report_progress(step)
            with context.checkpoint.store_path({"steps_completed": step, "framework": "none"}) as (path, uuid):
                (path / "done.json").write_text(json.dumps(step))
                (path / "folder").mkdir()
                (path / "folder" / "bytes.bin").write_bytes(bytes(1000))
            if context.preempt.should_preempt():
                print(f"preempted after step {step}", flush=True)
                raise SystemExit(0)
        operation.report_completed(operation.length * hparams["x"])
    context.profiler.off()
    folder = pathlib.Path("to-upload")
    folder.mkdir()
    (folder / "kept.txt").write_text("kept")
    (folder / "left.txt").write_text("left out")
    metadata = {"steps_completed": hparams["steps"], "kind": "upload"}
    uuid = context.checkpoint.upload(folder, metadata, selector=lambda path: path in ("kept.txt", "metadata.json"))
    context.checkpoint.download(uuid, "downloaded")
    assert pathlib.Path("downloaded/kept.txt").read_text() == "kept"
    assert not pathlib.Path("downloaded/left.txt").exists()
    context.checkpoint.delete(uuid)
    board = context.train.get_tensorboard_path()
    board.mkdir(parents=True, exist_ok=True)
    (board / "events.out.tfevents.0.test").write_bytes(b"events")
    context.train.upload_tensorboard_files()
    context.alert(title="done", description="trained", level="info")
    assert context.train.get_experiment_best_validation() is not None
    logging.warning("trained to the end")
