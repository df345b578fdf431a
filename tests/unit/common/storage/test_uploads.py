"""Uploads into a folder that others look at: a file is there whole, or as it was before."""

from __future__ import annotations

import errno
import os
import pathlib
from typing import Any

import pytest

from determined.common import storage
from determined.common.storage import _file_system

KINDS = ("directory", "shared_fs")


def manager_of(kind: str, base: pathlib.Path) -> storage.StorageManager:
    base.mkdir(exist_ok=True)
    key = "container_path" if kind == "directory" else "host_path"
    return storage.build({"type": kind, key: str(base)})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("before", [None, "old and whole"])
def test_an_upload_that_fails_half_way_leaves_what_was_there(
    kind: str, before: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager, source = manager_of(kind, tmp_path / "base"), tmp_path / "source"
    source.mkdir()
    (source / "file").write_text("new and whole")
    target = tmp_path / "base" / "place"
    target.mkdir()
    if before is not None:
        (target / "file").write_text(before)

    def fail(reader: int, writer: int, *_: Any) -> int:
        os.write(writer, b"new and")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(_file_system, "_copy_in_kernel", fail)
    with pytest.raises(OSError, match="No space"):
        manager.upload(source, "place")
    found = {path.name: path.read_text() for path in target.iterdir()}
    assert found == ({} if before is None else {"file": before})


@pytest.mark.parametrize("kind", KINDS)
def test_who_looks_during_an_upload_sees_no_half_file(
    kind: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager, source = manager_of(kind, tmp_path / "base"), tmp_path / "source"
    source.mkdir()
    (source / "file").write_text("new and whole")
    target, seen = tmp_path / "base" / "place", []

    def look(reader: int, writer: int, *_: Any) -> int:
        os.write(writer, b"new and")
        seen.append((target / "file").exists())
        os.ftruncate(writer, 0)
        os.lseek(writer, 0, os.SEEK_SET)
        return 0

    monkeypatch.setattr(_file_system, "_copy_in_kernel", look)
    manager.upload(source, "place")
    assert seen == [False]
    assert (target / "file").read_text() == "new and whole"
