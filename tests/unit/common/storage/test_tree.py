"""What of a folder is stored, listed, fetched and removed: links, FIFOs, sockets, devices, names, full disks."""
# ruff: noqa: F811  # the fixtures of another module are parameters here

from __future__ import annotations

import copy
import errno
import logging
import os
import pathlib
import pickle
import signal
import socket
import subprocess
import sys
import threading
from typing import Any, Callable, Dict, Iterator, List

import pytest

from determined import errors
from determined.common import storage
from determined.common.storage import _tree
from determined.common.storage.base import StorageManager, list_directory

from ....disks import small_disk
from ....rights import only_what_the_mode_grants
from .test_storage import DictStorage, manager, s3_url  # noqa: F401

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of links and special files of Linux")


def furnish(folder: pathlib.Path, outside: pathlib.Path) -> Dict[str, bytes]:
    """Fill a folder with all kinds of things; returns the files that are to be stored, and what they hold."""
    (folder / "d" / "deep").mkdir(parents=True)
    (folder / "empty").mkdir()
    outside.mkdir()
    (folder / "w.bin").write_bytes(b"w" * 7)
    (folder / "d" / "x").write_bytes(b"x")
    (folder / "d" / "deep" / "y").write_bytes(b"yy")
    (outside / "o.bin").write_bytes(b"outside")
    for link, target in {
        "to_file": "w.bin",
        "to_folder": "d",
        "d/deep/up": "../..",
        "d/deep/self": ".",
        "here": str(folder),
        "above": str(folder.parent),
        "dangling": "nowhere",
        "circle": "circle",
        "to_outside": str(outside),
        "to_outside_file": str(outside / "o.bin"),
        "to_fifo": "fifo",
        "to_device": "/dev/zero",
    }.items():
        (folder / link).symlink_to(target)
    os.mkfifo(folder / "fifo")
    os.mkfifo(folder / "d" / "fifo")
    open_socket(folder)
    with open(os.fsencode(folder) + b"/caf\xe9", "w"):
        pass
    os.mkdir(os.fsencode(folder) + b"/d\xff")
    with open(os.fsencode(folder) + b"/d\xff/lost", "w"):
        pass
    (folder / "caf\u00e9").write_bytes(b"utf-8")
    (folder / ("n" * 255)).write_bytes(b"long")
    return {
        "w.bin": b"w" * 7,
        "to_file": b"w" * 7,
        "d/x": b"x",
        "d/deep/y": b"yy",
        "to_folder/x": b"x",
        "to_folder/deep/y": b"yy",
        "to_outside/o.bin": b"outside",
        "to_outside_file": b"outside",
        "caf\u00e9": b"utf-8",
        "n" * 255: b"long",
    }


def open_socket(folder: pathlib.Path) -> None:
    before = os.getcwd()
    os.chdir(folder)  # a socket's path must be short
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket")
    finally:
        os.chdir(before)


def files_of(folder: pathlib.Path) -> Dict[str, bytes]:
    """What a copy holds; it holds no link, and nothing else that is no file."""
    found = {}
    for path in folder.rglob("*"):
        assert path.is_dir() or path.is_file()
        assert not path.is_symlink()
        if path.is_file():
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def warnings_of(caplog: pytest.LogCaptureFixture) -> List[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """End a test that opens a FIFO, instead of waiting for ever."""

    def fail(*_: Any) -> None:
        raise TimeoutError("something waits for ever")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def test_what_is_stored_listed_and_fetched_is_the_same(
    manager: StorageManager,
    tmp_path: pathlib.Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    expected = furnish(tmp_path / "in", tmp_path / "outside")
    manager.upload(tmp_path / "in", "id-1")
    for name in ("dangling", "circle", "fifo", "d/fifo", "socket", "to_fifo", "to_device", "here", "above", "deep/up"):
        assert f"{name} is not stored" in caplog.text
    assert "caf\\xe9' is not stored: its name is no UTF-8" in caplog.text
    caplog.clear()
    listed = manager.list_files("id-1")
    assert {path: size for path, size in listed.items() if not path.endswith("/")} == {
        path: len(content) for path, content in expected.items()
    }
    assert {"d/", "d/deep/", "empty/", "to_folder/", "to_folder/deep/", "to_outside/"} == {
        path for path in listed if path.endswith("/")
    }
    manager.download("id-1", tmp_path / "out")
    assert files_of(tmp_path / "out") == expected
    assert (tmp_path / "out" / "empty").is_dir()
    with manager.restore_path("id-1") as path:
        assert files_of(path) == expected
    assert warnings_of(caplog) == []
    assert manager.delete("id-1") == {}
    assert (tmp_path / "outside" / "o.bin").read_bytes() == b"outside"


def test_what_is_written_in_place_is_seen_by_the_same_rule(
    manager: StorageManager,
    tmp_path: pathlib.Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with manager.store_path("id-1") as path:
        expected = furnish(path, tmp_path / "outside")
        # what leads to the folder above depends on where that is
        os.unlink(path / "above")
        reported = list_directory(path)
    assert "fifo is not stored: it is a FIFO" in caplog.text
    caplog.clear()
    assert manager.list_files("id-1") == reported
    manager.download("id-1", tmp_path / "out")
    assert files_of(tmp_path / "out") == expected
    assert warnings_of(caplog) == []


def test_paths_that_are_named_are_checked_as_well(manager: StorageManager, tmp_path: pathlib.Path) -> None:
    furnish(tmp_path / "in", tmp_path / "outside")
    for name in ("fifo", "to_device", "d/fifo"):
        with pytest.raises(OSError, match="cannot be stored"):
            manager.upload(tmp_path / "in", "id-1", [name])


def test_folders_that_are_linked_with_each_other_are_listed_in_no_time(tmp_path: pathlib.Path) -> None:
    names = "abcdefghijklmnop"
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").touch()
        for other in names.replace(name, ""):
            (tmp_path / name / other).symlink_to(f"../{other}")
    listed = list_directory(tmp_path, is_stored=True)
    assert "a/x" in listed
    assert "a/p/x" in listed
    assert len(listed) < 20_000


def test_a_folder_that_two_links_lead_to_is_stored_under_both_names(tmp_path: pathlib.Path) -> None:
    (tmp_path / "real" / "sub").mkdir(parents=True)
    (tmp_path / "real" / "sub" / "x").touch()
    (tmp_path / "real" / "alias").symlink_to("sub")
    for name in ("one", "two"):
        (tmp_path / name).symlink_to("real")
    listed = list_directory(tmp_path)
    for path in ("real/sub/x", "real/alias/x", "one/sub/x", "one/alias/x", "two/sub/x", "two/alias/x"):
        assert path in listed


def test_drafts_are_no_part_of_what_is_stored(tmp_path: pathlib.Path) -> None:
    (tmp_path / "w.bin").touch()
    pathlib.Path(_tree.draft_beside(str(tmp_path / "w.bin"))).touch()
    (tmp_path / ".mine.part").touch()
    assert set(list_directory(tmp_path)) == {"w.bin", ".mine.part"}


# --- removing -------------------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: pathlib.Path) -> StorageManager:
    return storage.build({"type": "directory", "container_path": str(tmp_path / "store")})


@pytest.fixture
def dataset(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "dataset"
    (folder / "sub").mkdir(parents=True)
    (folder / "precious.bin").write_bytes(b"1")
    (folder / "notes.txt").write_bytes(b"2")
    (folder / "sub" / "more.bin").write_bytes(b"3")
    return folder


@pytest.mark.parametrize(
    ("globs", "link_stays"),
    [
        (["**/*.bin"], True),
        (["data/*"], False),
        (["data/**"], False),
        (["data"], False),
        (["data/"], False),
        (["dat?"], False),
        (["*"], False),
        (["**"], False),
        (["data/sub/*.bin"], True),
        (["**/*"], False),
        (["**/*.bin", "**/*.txt"], False),
    ],
)
def test_no_pattern_removes_a_file_behind_a_link(
    files: StorageManager, dataset: pathlib.Path, tmp_path: pathlib.Path, globs: List[str], link_stays: bool
) -> None:
    with files.store_path("id-1") as path:
        (path / "data").symlink_to(dataset)
        (path / "w.bin").symlink_to(dataset / "precious.bin")
        (path / "own.bin").write_bytes(b"own")
        (path / "kept.pt").write_bytes(b"kept")
    before = files_of(dataset)
    left = files.delete("id-1", globs)
    assert files_of(dataset) == before
    assert (path / "data").is_symlink() == link_stays
    assert ("data/precious.bin" in left) == link_stays
    if any("*.bin" in glob and glob.startswith("**") for glob in globs):
        assert not os.path.lexists(path / "w.bin")
        assert not (path / "own.bin").exists()
        assert (path / "kept.pt").exists()


def test_special_files_and_dangling_links_are_removed_by_name(files: StorageManager, tmp_path: pathlib.Path) -> None:
    with files.store_path("id-1") as path:
        os.mkfifo(path / "pipe")
        (path / "dangling").symlink_to("nowhere")
        (path / "kept").touch()
    assert files.delete("id-1", ["pipe", "dang*"]) == {"kept": 0}
    assert os.listdir(path) == ["kept"]


def test_a_checkpoint_that_is_a_link_loses_the_link_only(
    files: StorageManager, dataset: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "id-1").symlink_to(dataset)
    before = files_of(dataset)
    with pytest.raises(OSError, match="a link"):
        files.delete("id-1", ["**/*.bin"])
    assert files.delete("id-1") == {}
    assert files_of(dataset) == before
    assert not os.path.lexists(tmp_path / "store" / "id-1")


def test_nothing_is_removed_or_stored_where_a_link_leads_out_of_the_storage(
    files: StorageManager, dataset: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "cluster").symlink_to(tmp_path)
    before = files_of(dataset)
    for globs in (["**/*"], ["*"]):
        with pytest.raises(OSError, match="behind a link"):
            files.delete("cluster/dataset", globs)
    with files.store_path("id-1") as path:
        (path / "data").symlink_to(dataset)
    (tmp_path / "in" / "data").mkdir(parents=True)
    (tmp_path / "in" / "data" / "precious.bin").write_bytes(b"overwritten")
    with pytest.raises(OSError, match="behind a link"):
        files.upload(tmp_path / "in", "id-1")
    assert files_of(dataset) == before


def test_a_storage_whose_own_folder_is_a_link_works(tmp_path: pathlib.Path) -> None:
    (tmp_path / "big").mkdir()
    (tmp_path / "store").symlink_to("big")
    files = storage.build({"type": "directory", "container_path": str(tmp_path / "store")})
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x").touch()
    files.upload(tmp_path / "in", "a/b")
    assert files.delete("a/b") == {}
    assert not (tmp_path / "big" / "a" / "b").exists()


def test_a_download_replaces_a_link_and_does_not_write_to_what_it_leads_to(
    files: StorageManager, tmp_path: pathlib.Path, dataset: pathlib.Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "w.bin").write_bytes(b"new")
    files.upload(tmp_path / "in", "id-1")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "w.bin").symlink_to(dataset / "precious.bin")
    files.download("id-1", tmp_path / "out")
    assert (tmp_path / "out" / "w.bin").read_bytes() == b"new"
    assert (dataset / "precious.bin").read_bytes() == b"1"


# --- crashes and full disks -----------------------------------------------------------------------------------------

UPLOAD = """
import resource, signal, sys
from determined.common import storage
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # what writes more than the limit is killed on the spot
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
storage.build({"type": "directory", "container_path": sys.argv[1]}).upload(sys.argv[2], "id-1")
"""


@pytest.mark.parametrize("is_there", [True, False])
def test_an_upload_that_was_killed_in_the_middle_of_a_file_leaves_no_half_one(
    files: StorageManager, tmp_path: pathlib.Path, is_there: bool
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "w.bin").write_bytes(b"old")
    if is_there:
        files.upload(tmp_path / "in", "id-1")
    (tmp_path / "in" / "w.bin").write_bytes(b"n" * (3 << 20))
    command = [sys.executable, "-c", UPLOAD, str(tmp_path / "store"), str(tmp_path / "in")]
    killed = subprocess.run(command, capture_output=True, cwd=pathlib.Path(storage.__file__).parents[3])
    assert killed.returncode == -signal.SIGXFSZ, killed.stderr
    assert (tmp_path / "store" / "id-1" / "w.bin").exists() == is_there
    assert files.list_files("id-1") == ({"w.bin": 3} if is_there else {})
    files.upload(tmp_path / "in", "id-1")
    assert files.list_files("id-1") == {"w.bin": 3 << 20}


def test_nobody_sees_a_half_file_under_its_final_name(files: StorageManager, tmp_path: pathlib.Path) -> None:
    (tmp_path / "in").mkdir()
    content = os.urandom(8 << 20)
    (tmp_path / "in" / "w.bin").write_bytes(content)
    final, seen, done = tmp_path / "store" / "id-1" / "w.bin", set(), threading.Event()

    def look() -> None:
        while not done.is_set():
            if final.exists():
                seen.add(final.stat().st_size)

    watcher = threading.Thread(target=look)
    watcher.start()
    for _ in range(20):
        files.upload(tmp_path / "in", "id-1")
    done.set()
    watcher.join()
    assert seen <= {len(content)}


@pytest.fixture
def disk(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    with small_disk(tmp_path / "disk") as mounted:
        yield mounted


def test_a_full_disk_is_told_with_the_file_and_loses_nothing(disk: pathlib.Path, tmp_path: pathlib.Path) -> None:
    files = storage.build({"type": "directory", "container_path": str(disk / "store")})
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "w.bin").write_bytes(b"old")
    files.upload(tmp_path / "in", "id-1")
    (tmp_path / "in" / "w.bin").write_bytes(b"n" * (3 << 20))
    with pytest.raises(OSError, match=r"id-1/w\.bin") as found:
        files.upload(tmp_path / "in", "id-1")
    assert found.value.errno == errno.ENOSPC
    assert (disk / "store" / "id-1" / "w.bin").read_bytes() == b"old"
    assert os.listdir(disk / "store" / "id-1") == ["w.bin"]
    big = storage.build({"type": "directory", "container_path": str(tmp_path / "store")})
    big.upload(tmp_path / "in", "id-1")
    with pytest.raises(OSError, match=r"out/w\.bin"):
        big.download("id-1", disk / "out")
    assert os.listdir(disk / "out") == []


def test_what_cannot_be_read_is_refused_when_it_is_stored(files: StorageManager, tmp_path: pathlib.Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "secret").touch(0o000)
    with only_what_the_mode_grants():
        with pytest.raises(PermissionError, match="secret"):
            files.upload(tmp_path / "in", "id-1")
        with pytest.raises(PermissionError, match="secret"):
            _tree.check_readable(tmp_path / "in", list_directory(tmp_path / "in"))


# --- copies of managers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("renew", [copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))])
def test_a_copy_of_a_manager_sees_the_same_files(
    manager: StorageManager,
    tmp_path: pathlib.Path,
    renew: Callable[[StorageManager], StorageManager],
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x").write_bytes(b"1")
    manager.upload(tmp_path / "in", "id-1")
    again = renew(manager)
    assert type(again) is type(manager)
    assert again.list_files("id-1") == {"x": 1}
    if not isinstance(manager, DictStorage):
        manager.delete("id-1")
        with pytest.raises(errors.CheckpointNotFound):
            again.list_files("id-1")
