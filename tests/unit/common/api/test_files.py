"""Files of the user's are written whole or not at all, also where the machine loses power."""

from __future__ import annotations

import os
import pathlib
from typing import Any, List

import pytest

from determined.common.api import _files


def test_a_private_file_is_on_the_disk_before_it_takes_the_place_of_the_old_one(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, steps = tmp_path / "auth.json", []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(descriptor: int) -> None:
        steps.append(("fsync", os.fstat(descriptor).st_size))
        fsync(descriptor)

    def noted_replace(source: Any, target: Any) -> None:
        steps.append(("replace", pathlib.Path(source).stat().st_size))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    _files.write_private(path, "x" * 100)
    assert steps == [("fsync", 100), ("replace", 100)]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_private_file_that_cannot_reach_the_disk_leaves_the_old_one(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "auth.json"
    _files.write_private(path, "old")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        _files.write_private(path, "new")
    assert path.read_text() == "old"
    names: List[str] = sorted(p.name for p in tmp_path.iterdir() if p.read_text() == "old")
    assert names == ["auth.json"]
