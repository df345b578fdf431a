"""Files of experiments: packed, listed, read."""

from __future__ import annotations

import base64
import io
import tarfile
from typing import List

import pytest

from determined.common.api.wire.common import File
from determined.master.errors import Refusal
from determined.master.services import model_definitions
from determined.master.services.content_types import content_type_of
from determined.master.store import model_definitions as store
from determined.master.store.database import Transaction


def file(path: str, text: str = "", kind: int = 48) -> File:
    """A file as clients send it."""
    return {"path": path, "type": kind, "content": base64.b64encode(text.encode()).decode(), "mtime": "1600000000"}


@pytest.fixture
def stored(tx: Transaction) -> Transaction:
    """Experiment 1 with a file in a folder that the archive does not name; experiment 2 without files."""
    for _ in range(2):
        tx.insert(
            "experiments", job_id="j", state="PAUSED", name="n", config="{}", original_config="", owner_id=1,
            searcher_name="single", searcher_metric="loss", smaller_is_better=1, resource_pool="", start_time=0,
            project_id=1,
        )  # fmt: skip
    files = [file("a/b/c.py", "x = 1\n"), file("a/", kind=53), file("top.txt", "")]
    store.insert(tx, 1, model_definitions.pack(files))
    return tx


def test_files_keep_order_time_mode_and_owner() -> None:
    sent: File = {**file("x.sh", "echo hi\n"), "mode": 0o100755, "uid": 1000, "gid": 1001}
    with tarfile.open(fileobj=io.BytesIO(model_definitions.pack([sent, file("a.py")]))) as archive:
        first, second = archive.getmembers()
    assert (first.name, first.mtime, first.mode, first.uid, first.gid) == ("x.sh", 1600000000, 0o755, 1000, 1001)
    assert second.name == "a.py"


def test_the_same_files_give_the_same_bytes() -> None:
    assert model_definitions.pack([file("a.py", "1")]) == model_definitions.pack([file("a.py", "1")])


def test_no_files_are_no_archive() -> None:
    assert model_definitions.pack([]) == b""


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/passwd", "", "a/..", "x\0y"])
def test_a_path_out_of_the_working_folder_is_refused(path: str) -> None:
    with pytest.raises(Refusal, match="inside of the working folder"):
        model_definitions.pack([file(path)])


@pytest.mark.parametrize("kind", [49, 50, 51])
def test_links_and_devices_are_refused(kind: int) -> None:
    with pytest.raises(Refusal, match="only files"):
        model_definitions.pack([file("x", kind=kind)])


def test_the_tree_has_folders_that_the_archive_does_not_name(stored: Transaction) -> None:
    roots = model_definitions.tree_of(stored, 1)
    assert [(n.path, n.is_folder) for n in roots] == [("a", True), ("top.txt", False)]
    (b,) = roots[0].children
    assert (b.path, b.is_folder, [c.path for c in b.children]) == ("a/b", True, ["a/b/c.py"])


def test_a_file_is_read_by_its_exact_path(stored: Transaction) -> None:
    assert model_definitions.file_of(stored, 1, "a/b/c.py") == b"x = 1\n"
    for path in ("./a/b/c.py", "a", "a/b", "c.py", ""):
        with pytest.raises(Refusal, match="file does not exist"):
            model_definitions.file_of(stored, 1, path)


def test_an_experiment_without_files_has_an_empty_archive_and_no_tree(stored: Transaction) -> None:
    assert model_definitions.archive_of(stored, 2) == b""
    with pytest.raises(Refusal, match="EOF"):
        model_definitions.tree_of(stored, 2)


CONTENTS: List[object] = [
    (b"", "text/plain; charset=utf-8"),
    (b"print('x')", "text/plain; charset=utf-8"),
    (b"\n <html><body>", "text/html; charset=utf-8"),
    (b"<htmlx", "text/plain; charset=utf-8"),
    (b"<!-- x", "text/html; charset=utf-8"),
    (b"<?xml version", "text/xml; charset=utf-8"),
    (b"\x89PNG\r\n\x1a\n...", "image/png"),
    (b"RIFF\x01\x02\x03\x04WAVEfmt", "audio/wave"),
    (b"\x00\x00\x00\x10ftypmp42\x00\x00\x00\x00", "video/mp4"),
    (b"\x1f\x8b\x08\x00", "application/x-gzip"),
    (b"a\x00b", "application/octet-stream"),
    (b" " * 600 + b"\x00", "text/plain; charset=utf-8"),
]


@pytest.mark.parametrize(("content", "expected"), CONTENTS)
def test_content_tells_its_type(content: bytes, expected: str) -> None:
    assert content_type_of(content) == expected


@pytest.mark.parametrize(
    "paths",
    [["a", "a"], ["a", "./a"], ["a//b", "a/b"], ["a", "a/b"], ["a/b", "a"], ["d/", "d"]],
)
def test_what_a_task_could_not_unpack_is_refused(paths: List[str]) -> None:
    with pytest.raises(Refusal, match="comes twice|lies in what is a file"):
        model_definitions.pack([file(path, kind=53 if path.endswith("/") else 48) for path in paths])


def test_a_folder_may_come_twice() -> None:
    assert model_definitions.pack([file("d", kind=53), file("d/", kind=53), file("d/a")])
