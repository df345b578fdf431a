"""Corners of the Core API, in one unmanaged trial."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any, Dict

from ..files import tree

if TYPE_CHECKING:
    from .making import Unmanaged

NO_CHECKPOINT = "00000000-0000-0000-0000-000000000000"


def answers(unmanaged: "Unmanaged") -> Dict[str, Any]:
    """Ask one corner after the other; returns the answers by their names."""
    tour = unmanaged.tour
    searcher = {"name": "single", "metric": "m"}
    with unmanaged.trial(tour.things.admin, name="tour-core", hparams={"a": 1}, searcher=searcher) as context:
        unmanaged.name("core", context)
        told = _of_reports(unmanaged, context)
        told.update(_of_checkpoints(unmanaged, context))
        told["best"] = tour.answer(context.train.get_experiment_best_validation)
        distributed = context.distributed
        gathered = [distributed.gather(5), distributed.broadcast("x"), distributed.allgather(1)]
        told["dist"] = [distributed.rank, distributed.size, *gathered]
        told["preempt"] = tour.answer(context.preempt.should_preempt)
        used = tour.things.admin.get_checkpoint(tour.things.ck_1_80)
        told["inference of a checkpoint"] = tour.answer(lambda: context.experimental.report_task_using_checkpoint(used))
        context.train.report_metrics("inference", 1, {"score": 0.5})
        context.train.report_validation_metrics(1, {"m": 1.5})
        return told


def _of_reports(unmanaged: "Unmanaged", context: Any) -> Dict[str, Any]:
    train, answer = context.train, unmanaged.tour.answer
    return {
        "progress 2": answer(lambda: train.report_progress(2)),
        "no metrics": answer(lambda: train.report_training_metrics(1, {})),
        "metadata unset": answer(lambda: train.get_metadata()),
        "metadata set": answer(lambda: train.set_metadata({"k": {"n": 1}, "s": "v"})),
        "metadata": answer(lambda: train.get_metadata()),
    }


def _of_checkpoints(unmanaged: "Unmanaged", context: Any) -> Dict[str, Any]:
    tour, checkpoint = unmanaged.tour, context.checkpoint
    answer, folder = tour.answer, tour.folder
    told = {
        "upload nothing": answer(lambda: checkpoint.upload(None)),
        "upload missing dir": answer(lambda: checkpoint.upload(str(folder / "missing"), {"steps_completed": 1})),
        "upload no steps": answer(lambda: checkpoint.upload(str(folder / "src" / "1-20"), {"a": 1})),
    }
    with checkpoint.store_path({"steps_completed": 1}) as (path, uuid):
        tour.name_checkpoint(uuid, "7", 1)
        (path / "a.txt").write_text("A")
        (path / "b.bin").write_bytes(b"B" * 10)

    def downloaded(name: str, **selection: Any) -> Any:
        return [checkpoint.download(uuid, str(folder / name), **selection), tree(folder / name)]

    def restored() -> Any:
        with checkpoint.restore_path(uuid) as restored_path:
            return tree(pathlib.Path(restored_path))

    told["metadata of stored"] = answer(lambda: checkpoint.get_metadata(uuid))
    told["download"] = answer(lambda: downloaded("core-dl"))
    told["download picked"] = answer(lambda: downloaded("core-dl2", selector=lambda name: name == "a.txt"))
    told["restore_path"] = answer(restored)
    with checkpoint.store_path({"steps_completed": 2}) as (path, second):
        tour.name_checkpoint(second, "7", 2)
        (path / "a.txt").write_text("A2")
    told["delete"] = answer(lambda: checkpoint.delete(second))
    told["download missing"] = answer(lambda: checkpoint.download(NO_CHECKPOINT, str(folder / "core-dl3")))
    return told
