"""TensorBoard files: where they lie, what they are called, what is stored and when."""

from __future__ import annotations

import os
import pathlib
import sys
from typing import Any, Dict, List, Tuple

import numpy as np
import pytest

from determined import tensorboard
from determined.tensorboard import TensorboardManager, get_base_path, get_rank_aware_path
from determined.tensorboard.metric_writers import BatchMetricWriter, MetricWriter, has_writer, make_writer


def make(tmp_path: pathlib.Path, **more: Any) -> Tuple[TensorboardManager, pathlib.Path]:
    config = {"type": "directory", "container_path": str(tmp_path / "store"), "base_path": str(tmp_path / "tb")}
    manager = tensorboard.build("cluster", 3, 7, config, **more)
    manager.start()
    return manager, tmp_path / "store" / "cluster" / "tensorboard" / "experiment" / "3" / "trial" / "7"


def files_in(folder: pathlib.Path) -> List[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()) if folder.exists() else []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plugins/profile/h.trace.json.gz", "plugins/profile/h#2.trace.json.gz"),
        ("h.xplane.pb", "h#2.xplane.pb"),
        ("h.memory_profile.json.gz", "h#2.memory_profile.json.gz"),
        ("host_123.1690000000000.pt.trace.json", "host_123#2.1690000000000.pt.trace.json"),
        ("host_123.1690000000000.pt.trace.json.gz", "host_123#2.1690000000000.pt.trace.json.gz"),
        ("host.pt.trace.json", "host#2.pt.trace.json"),
        ("events.out.tfevents.1", "events.out.tfevents.1"),
    ],
)
def test_profiles_of_ranks_have_names_of_their_own(name: str, expected: str) -> None:
    assert get_rank_aware_path(pathlib.Path(name), 2) == pathlib.Path(expected)


def test_each_allocation_and_horovod_rank_has_a_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DET_ALLOCATION_ID", "1.x.2")
    assert get_base_path({"base_path": "/b"}) == pathlib.Path("/b/tensorboard-1.x.2-0")
    monkeypatch.setenv("HOROVOD_RANK", "3")
    assert get_base_path().name == "tensorboard-1.x.2-3"


@pytest.mark.parametrize("config", [{}, {"type": 1}, {"type": "tape"}])
def test_a_storage_of_no_known_type_is_refused(config: Dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="storage of type"):
        tensorboard.build("c", 1, 1, config)


def test_only_what_has_changed_is_stored_and_at_most_once_a_second(tmp_path: pathlib.Path) -> None:
    manager, stored = make(tmp_path, async_upload=False)
    (manager.base_path / "a").write_text("1")
    manager.sync()
    assert files_in(stored) == ["a"]
    (manager.base_path / "b").write_text("1")
    manager.sync()
    assert files_in(stored) == ["a"]
    (stored / "a").unlink()
    manager.close()
    assert files_in(stored) == ["b"]
    manager.close()


def test_a_thread_stores_and_is_done_at_the_end(tmp_path: pathlib.Path) -> None:
    manager, stored = make(tmp_path, sync_on_close=False)
    (manager.base_path / "sub").mkdir()
    (manager.base_path / "sub" / "a").write_text("1")
    manager.sync(lambda path: True, lambda path, rank: path.with_name(f"{path.name}-{rank}"), rank=4)
    (manager.base_path / "late").write_text("1")
    manager.close()
    assert "sub/a-4" in files_in(stored)
    manager.delete()
    assert files_in(stored) == []


def test_files_that_cannot_be_stored_end_nothing(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "store").write_text("no directory")
    manager, _ = make(tmp_path, async_upload=False)
    (manager.base_path / "a").write_text("1")
    manager.sync()
    assert "could not be stored" in caplog.text


def test_files_are_listed_by_age_and_choice(tmp_path: pathlib.Path) -> None:
    manager, _ = make(tmp_path)
    assert manager.list_tb_files() == []
    for name, when in (("old", 100), ("new", 200)):
        (manager.base_path / name).write_text("")
        os.utime(manager.base_path / name, (when, when))
    assert [p.name for p in manager.list_tb_files(150)] == ["new"]
    assert [p.name for p in manager.list_tb_files(0, lambda p: p.name == "old")] == ["old"]
    manager.close()


class Recorder(MetricWriter):
    def __init__(self) -> None:
        self.values: List[Tuple[str, float, int]] = []
        self.ends: List[str] = []

    def add_scalar(self, name: str, value: float, step: int) -> None:
        self.values.append((name, value, step))

    def reset(self) -> None:
        self.ends.append("reset")

    def flush(self) -> None:
        self.ends.append("flush")


def test_reports_are_written_under_the_released_names() -> None:
    recorder = Recorder()
    writer = BatchMetricWriter(recorder)
    writer.on_train_step_end(10, {"loss": 1.5, "lr": 0.1, "note": "x"}, [{"loss": 1}, {"loss": np.float32(2)}])
    writer.on_validation_step_end(10, {"acc": np.array([0.5]), "val_loss": 3, "many": np.array([1, 2])})
    assert recorder.values == [
        ("Determined/loss", 1.0, 8),
        ("Determined/loss", 2.0, 9),
        ("Determined/lr", 0.1, 10),
        ("Determined/val_acc", 0.5, 10),
        ("Determined/val_loss", 3.0, 10),
    ]
    assert len(recorder.ends) == 2
    assert recorder.ends[0] == "reset"


def test_without_a_library_nothing_is_written(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert not has_writer()
    assert make_writer(tmp_path) is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of special files of Linux")
def test_what_cannot_be_stored_does_not_keep_the_rest_from_being_stored(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    manager, stored = make(tmp_path, async_upload=False)
    (manager.base_path / "events").write_text("1")
    (manager.base_path / "dangling").symlink_to("nowhere")
    (manager.base_path / "linked").symlink_to("events")
    os.mkfifo(manager.base_path / "fifo")
    with open(os.fsencode(manager.base_path) + b"/caf\xe9", "w"):
        pass
    manager.sync()
    assert files_in(stored) == ["events", "linked"]
    manager.close()
    assert caplog.text.count("its name is no UTF-8") == 1
    manager.delete()
    assert files_in(stored) == []
