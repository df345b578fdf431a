"""Files that the steps make, and what lies in a folder."""

from __future__ import annotations

import json
import pathlib
import tarfile
from typing import Any, Dict, List, Optional, Tuple, Union

from .walking import Tour

# small differences in its length are differences of what is downloaded
SCRIPT = """
import json, os, pathlib, sys, time
import determined as det
from determined import core


def main():
    info = det.get_cluster_info()
    hp = info.trial.hparams
    done = 0
    with core.init() as ctx:
        if info.latest_checkpoint:
            with ctx.checkpoint.restore_path(info.latest_checkpoint) as p:
                done = json.loads((pathlib.Path(p) / "state.json").read_text())["done"]
            print("tour: restored", done, flush=True)
        print("tour: begins", sorted(hp), hp.get("lr"), flush=True)
        for i in range(done + 1, int(hp["steps"]) + 1):
            time.sleep(float(hp.get("rest", 0)))
            ctx.train.report_training_metrics(i, {"loss": hp["lr"] / i})
            ctx.train.report_validation_metrics(i, {"val": hp["lr"] / i, "neg": -i})
            with ctx.checkpoint.store_path({"steps_completed": i, "by": "script"}) as (p, u):
                (p / "state.json").write_text(json.dumps({"done": i}))
                (p / "big.bin").write_bytes(b"x" * 1000)
            ctx.train.report_progress(i / int(hp["steps"]))
            print("tour: step", i, flush=True)
            if hp.get("fail_at") == i:
                raise ValueError("tour: meant to fail")
            if ctx.preempt.should_preempt():
                print("tour: preempted", flush=True)
                return
        print("tour: ends", flush=True)


main()
"""


def model_folder(tour: Tour) -> pathlib.Path:
    """Write a model directory, and files to be included; returns the directory."""
    folder = tour.folder / "model"
    files = {
        "model/main.py": SCRIPT,
        "model/lib/helper.py": "X = 1\n",
        "model/.detignore": "ignored.txt\n*.log\n",
        "model/ignored.txt": "no",
        "model/a.log": "no",
        "extra.txt": "extra",
        "more/inner.py": "Y = 2\n",
    }
    for name, text in files.items():
        (tour.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (tour.folder / name).write_text(text)
    return folder


def configuration(tour: Tour, name: str, **more: Any) -> Dict[str, Any]:
    """The configuration of an experiment that would train for long."""
    storage = {"type": "shared_fs", "host_path": str(tour.folder / "shared")}
    return {
        "name": name,
        "entrypoint": "python3 main.py",
        "hyperparameters": {"lr": 0.5, "steps": 100000, "rest": 0.5},
        "max_restarts": 0,
        "resources": {"slots_per_trial": 0},
        "searcher": {"name": "single", "metric": "val", "smaller_is_better": True},
        "checkpoint_storage": {**storage, "save_experiment_best": 9, "save_trial_best": 9, "save_trial_latest": 9},
        **more,
    }


def store_checkpoint(tour: Tour, context: Any, tag: str, step: int, more: Optional[Dict[str, Any]] = None) -> None:
    """Upload a checkpoint of two files and give it a name."""
    folder = tour.folder / "src" / f"{tag}-{step}"
    (folder / "sub").mkdir(parents=True)
    (folder / "weights.bin").write_bytes(bytes(range(256)) * (step + 1))
    (folder / "sub" / "state.json").write_text(json.dumps({"step": step}))
    metadata = {"steps_completed": step, "tag": tag, **(more or {})}
    tour.name_checkpoint(context.checkpoint.upload(str(folder), metadata=metadata), tag, step)


def tree(folder: Union[str, pathlib.Path]) -> Dict[str, Union[str, bytes]]:
    """The files below a folder: the texts and, of others, the bytes."""
    root = pathlib.Path(folder)
    files = [file for file in sorted(root.rglob("*")) if file.is_file()]
    return {
        str(file.relative_to(root)): file.read_text() if file.suffix in (".json", ".txt") else file.read_bytes()
        for file in files
    }


def members(path: str) -> List[Tuple[str, Union[int, str]]]:
    """The names and sizes in a tar archive."""
    with tarfile.open(path) as archive:
        return sorted((m.name, m.size if m.isfile() else "dir") for m in archive)
