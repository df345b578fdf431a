"""The process that removes files of checkpoints: what it removes, what it leaves behind, what it says."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
from typing import Any, Dict, List, Sequence

import pytest

FIRST, SECOND = "first-uuid", "second-uuid"


@pytest.fixture
def stored(tmp_path: pathlib.Path) -> pathlib.Path:
    """A storage with two checkpoints of two files each."""
    for uuid in (FIRST, SECOND):
        for name in ("model.bin", "code/train.py"):
            path = tmp_path / "storage" / uuid / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("1234")
    return tmp_path / "storage"


def collect(
    folder: pathlib.Path, storage: Any, globs: Sequence[str], checkpoints: Sequence[str]
) -> "subprocess.CompletedProcess[str]":
    order = folder / "order.json"
    order.write_text(json.dumps({"storage": storage, "globs": globs, "checkpoints": checkpoints}))
    command = [sys.executable, "-m", "determined.exec.gc_checkpoints", str(order), str(folder / "removed.jsonl")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def results_in(folder: pathlib.Path) -> List[Dict[str, Any]]:
    return [json.loads(line) for line in (folder / "removed.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(("kind", "key"), [("shared_fs", "host_path"), ("directory", "container_path")])
def test_all_files_go_and_each_checkpoint_has_its_line(
    tmp_path: pathlib.Path, stored: pathlib.Path, kind: str, key: str
) -> None:
    config = {"type": kind, key: str(stored), "save_trial_best": 1}
    done = collect(tmp_path, config, ["**/*"], [FIRST, SECOND])
    assert done.returncode == 0
    assert results_in(tmp_path) == [{"uuid": FIRST, "resources": {}}, {"uuid": SECOND, "resources": {}}]
    assert list(stored.iterdir()) == []
    assert f"Checkpoint {FIRST}: 2 files removed, 0 left" in done.stderr


def test_only_files_that_match_go_and_the_rest_is_told_with_sizes(tmp_path: pathlib.Path, stored: pathlib.Path) -> None:
    done = collect(tmp_path, {"type": "shared_fs", "host_path": str(stored)}, ["*.bin"], [FIRST])
    assert results_in(tmp_path) == [{"uuid": FIRST, "resources": {"code/": 0, "code/train.py": 4}}]
    assert f"Checkpoint {FIRST}: 1 files removed, 1 left" in done.stderr
    assert (stored / SECOND / "model.bin").exists()


def test_files_that_are_gone_already_are_no_failure(tmp_path: pathlib.Path, stored: pathlib.Path) -> None:
    done = collect(tmp_path, {"type": "shared_fs", "host_path": str(stored)}, ["**/*"], ["nowhere"])
    assert (done.returncode, results_in(tmp_path)) == (0, [{"uuid": "nowhere", "resources": {}}])


def test_a_checkpoint_that_fails_does_not_keep_the_others(tmp_path: pathlib.Path, stored: pathlib.Path) -> None:
    done = collect(tmp_path, {"type": "shared_fs", "host_path": str(stored)}, ["**/*"], ["../outside", SECOND])
    assert done.returncode == 1
    failed, removed = results_in(tmp_path)
    assert "../outside" in failed["error"]
    assert f"files could not be removed: {failed['error']}" in done.stderr
    assert removed == {"uuid": SECOND, "resources": {}}


def test_without_a_known_storage_the_reason_is_told(tmp_path: pathlib.Path) -> None:
    done = collect(tmp_path, None, ["**/*"], [FIRST])
    assert (done.returncode, results_in(tmp_path)) == (
        1,
        [{"uuid": FIRST, "error": "nobody knows where its files are stored"}],
    )


@pytest.mark.parametrize(
    ("config", "secret"),
    [
        ({"type": "shared_fs", "host_path": "/tmp", "hunter2": 1, "secret_key": "hunter2"}, "hunter2"),
        (
            {"type": "azure", "container": "c", "connection_string": "AccountName=a;AccountKey=hunter2", "hunter2": 1},
            "hunter2",
        ),
        ({"type": "azure", "container": "c", "account_url": "https://a?sig=hunter2", "sig=hunter2": 1}, "hunter2"),
    ],
)
def test_secrets_of_the_storage_are_in_no_log_and_no_reason(
    tmp_path: pathlib.Path, config: Dict[str, Any], secret: str
) -> None:
    done = collect(tmp_path, config, ["**/*"], [FIRST])
    (failed,) = results_in(tmp_path)
    assert "***" in failed["error"]
    assert secret not in failed["error"] + done.stdout + done.stderr
