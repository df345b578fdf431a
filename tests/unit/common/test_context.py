"""Packing a model directory."""

from __future__ import annotations

import base64
import os
import pathlib
import shutil
import socket
import sys
from typing import Dict, List

import pytest

from determined.common import context, detignore
from determined.common.api.wire.common import File

from ...rights import only_what_the_mode_grants


def write(folder: pathlib.Path, *paths: str, text: str = "x") -> pathlib.Path:
    for path in paths:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def paths_of(model_dir: pathlib.Path, *includes: pathlib.Path) -> List[str]:
    return [file["path"] for file in context.read_context(model_dir, includes)]


def test_a_file_is_sent_with_its_content_and_status(tmp_path: pathlib.Path) -> None:
    write(tmp_path, "sub/train.py", text="print('ä')")
    source = tmp_path / "sub" / "train.py"
    source.chmod(0o640)
    os.utime(source, (1, 1700000000.9))
    folder, file = context.read_context(tmp_path)
    assert (folder["path"], folder["type"], folder["content"]) == ("sub", ord("5"), "")
    assert base64.b64decode(file["content"]).decode() == "print('ä')"
    del file["content"]
    assert file == {
        "path": "sub/train.py",
        "type": ord("0"),
        "mtime": "1700000000",
        "mode": 0o100640,
        "uid": 0,
        "gid": 0,
    }


def test_the_order_is_by_name_and_parents_come_first(tmp_path: pathlib.Path) -> None:
    write(tmp_path, "b.py", "a/z.py", "a/b/c.py", "a.py", "C.py")
    assert paths_of(tmp_path) == ["C.py", "a", "a/b", "a/b/c.py", "a/z.py", "a.py", "b.py"]


def test_nothing_is_sent_when_nothing_is_named() -> None:
    assert context.read_context(None) == []


def test_caches_and_secrets_of_tools_always_stay_at_home(tmp_path: pathlib.Path) -> None:
    write(tmp_path, "__pycache__/a.pyc", "m.pyc", "m.pyo", "m$py.class", ".git/HEAD", ".vscode/s", ".idea/w", "a/m.pyc")
    write(tmp_path, ".mypy_cache/x", "terraform/x", "terraform.tfstate.backup", ".terraform.lock", "shared_fs/x")
    write(tmp_path, "a/shared_fs", ".hidden")
    assert paths_of(tmp_path) == [".hidden", "a", "a/shared_fs"]


@pytest.mark.parametrize(
    ("patterns", "sent"),
    [
        (["a.log"], ["b.log", "data", "data/b.csv", "sub", "sub/deep", "sub/deep/c.csv"]),
        (["/a.log"], ["b.log", "data", "data/b.csv", "sub", "sub/a.log", "sub/deep", "sub/deep/c.csv"]),
        (["*.log"], ["data", "data/b.csv", "sub", "sub/deep", "sub/deep/c.csv"]),
        (["*.log", "!b.log"], ["b.log", "data", "data/b.csv", "sub", "sub/deep", "sub/deep/c.csv"]),
        (["sub"], ["a.log", "b.log", "data", "data/b.csv"]),
        (["sub/"], ["a.log", "b.log", "data", "data/b.csv"]),
        (["a.log/"], ["a.log", "b.log", "data", "data/b.csv", "sub", "sub/a.log", "sub/deep", "sub/deep/c.csv"]),
        (["sub/*.log"], ["a.log", "b.log", "data", "data/b.csv", "sub", "sub/deep", "sub/deep/c.csv"]),
        (["**/deep"], ["a.log", "b.log", "data", "data/b.csv", "sub", "sub/a.log"]),
        (["*/*.csv"], ["a.log", "b.log", "data", "sub", "sub/a.log", "sub/deep", "sub/deep/c.csv"]),
        (["# *", "", "data/"], ["a.log", "b.log", "sub", "sub/a.log", "sub/deep", "sub/deep/c.csv"]),
    ],
)
def test_detignore_follows_the_rules_of_gitignore(patterns: List[str], sent: List[str], tmp_path: pathlib.Path) -> None:
    write(tmp_path, "a.log", "b.log", "sub/a.log", "sub/deep/c.csv", "data/b.csv")
    write(tmp_path, ".detignore", text="\n".join(patterns) + "\n")
    assert paths_of(tmp_path) == sent


def test_an_include_keeps_its_name_and_has_rules_of_its_own(tmp_path: pathlib.Path) -> None:
    model = write(tmp_path / "model", "a.py", ".detignore", text="kept.bin")
    library = write(tmp_path / "library", "b.py", "kept.bin", "x.pyc")
    single = write(tmp_path / "elsewhere", "c.py") / "c.py"
    assert paths_of(model, library, single) == ["a.py", "library", "library/b.py", "library/kept.bin", "c.py"]
    assert [f["path"] for f in context.read_context(None, [single])] == ["c.py"]


def test_an_include_named_by_a_dot_gets_the_name_of_its_directory(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = write(tmp_path / "library", "b.py")
    monkeypatch.chdir(library)
    assert [f["path"] for f in context.read_context(None, ["."])] == ["library", "library/b.py"]


def test_two_entries_of_one_name_are_refused(tmp_path: pathlib.Path) -> None:
    model = write(tmp_path / "model", "lib/a.py", "c.py")
    library = write(tmp_path / "other" / "lib", "b.py")
    with pytest.raises(ValueError, match="'lib'"):
        paths_of(model, library)
    with pytest.raises(ValueError, match=r"'c\.py'"):
        paths_of(model, write(tmp_path / "more", "c.py") / "c.py")
    with pytest.raises(ValueError, match="'lib'"):
        context.read_context(None, [library, library])


def test_a_path_that_is_not_there_is_named(tmp_path: pathlib.Path) -> None:
    with pytest.raises(FileNotFoundError, match="no-such-dir"):
        context.read_context(tmp_path / "no-such-dir")
    with pytest.raises(FileNotFoundError, match="no-such-file"):
        context.read_context(None, [tmp_path / "no-such-file"])
    with pytest.raises(NotADirectoryError, match=r"a\.py"):
        context.read_context(write(tmp_path, "a.py") / "a.py")
    with pytest.raises(ValueError, match="no name"):
        context.read_context(None, ["/"])


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_is_sent_as_what_it_leads_to_and_one_in_a_circle_as_an_empty_directory(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    target = write(tmp_path / "target", "inner.py", text="inside")
    model = write(tmp_path / "model", "a.py")
    (model / "file").symlink_to(target / "inner.py")
    (model / "folder").symlink_to(target)
    (model / "loop").symlink_to(model)
    (model / "dangling").symlink_to(tmp_path / "nothing")
    files: Dict[str, File] = {file["path"]: file for file in context.read_context(model)}
    assert sorted(files) == ["a.py", "file", "folder", "folder/inner.py", "loop"]
    assert base64.b64decode(files["folder/inner.py"]["content"]) == b"inside"
    assert "loop is not sent: it is a link that leads in a circle" in caplog.text
    assert files["file"]["type"] == ord("0")
    assert base64.b64decode(files["file"]["content"]) == b"inside"
    assert files["folder"]["type"] == files["loop"]["type"] == ord("5")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_directories_that_are_linked_with_each_other_are_walked_through_in_no_time(tmp_path: pathlib.Path) -> None:
    for name in "abcdefghi":
        write(tmp_path / name, "x.py")
        for other in "abcdefghi".replace(name, ""):
            (tmp_path / name / other).symlink_to(f"../{other}")
    sent = paths_of(tmp_path)
    assert "a/x.py" in sent
    assert "a/b/x.py" in sent
    assert len(sent) < 10_000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there are no such names")
def test_a_name_that_is_no_utf_8_is_left_out(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path, "a.py")
    with open(os.fsencode(tmp_path) + b"/caf\xe9.py", "w"):
        pass
    assert paths_of(tmp_path) == ["a.py"]
    assert "its name is no UTF-8" in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files there")
def test_what_is_neither_a_file_nor_a_directory_is_left_out(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.py")
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("door")
        assert paths_of(tmp_path) == ["a.py"]
    assert "pipe" in caplog.text
    assert "door" in caplog.text


def test_what_cannot_be_read_is_left_out_with_a_note(tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path, "a.py", "secret", "locked/b.py")
    (tmp_path / "secret").chmod(0)
    (tmp_path / "locked").chmod(0)
    try:
        with only_what_the_mode_grants():
            assert paths_of(tmp_path) == ["a.py", "locked"]
    finally:
        (tmp_path / "locked").chmod(0o700)
    assert "secret" in caplog.text


def test_too_much_is_refused_before_anything_is_read_and_the_largest_are_named(tmp_path: pathlib.Path) -> None:
    for number in range(12):
        with open(tmp_path / f"file{number:02}", "wb") as f:
            f.truncate(number * 2**20)  # sparse: it takes no space
    folder = write(tmp_path, "data/part")
    with open(folder / "data" / "part", "wb") as f:
        f.truncate(64 * 2**20)
    with pytest.raises(context.ContextTooLarge, match="maximum allowed size of 95 MiB") as raised:
        context.read_context(tmp_path)
    told = str(raised.value)
    assert told.count("MiB  ") == 10
    assert "64.0 MiB  data/" in told
    assert "file11" in told
    assert "file01" not in told
    assert ".detignore" in told
    write(tmp_path, ".detignore", text="data\nfile*")
    assert context.read_context(tmp_path) == []


def test_exactly_the_limit_is_sent(tmp_path: pathlib.Path) -> None:
    write(tmp_path, "a", "b", text="12345")
    assert len(context.read_context(tmp_path, limit=10)) == 2
    with pytest.raises(context.ContextTooLarge):
        context.read_context(tmp_path, limit=9)


def test_the_oldest_form_has_times_as_numbers(tmp_path: pathlib.Path) -> None:
    write(tmp_path / "in", "a.py")
    os.utime(tmp_path / "in" / "a.py", (1, 1000))
    (file,) = context.read_legacy_context(tmp_path / "in", includes=(), limit=100)
    assert (file["path"], file["mtime"], file["type"]) == ("a.py", 1000, ord("0"))
    assert context.read_legacy_context(None) == []


@pytest.mark.parametrize("model_dir", ["missing", "file"])
def test_a_model_directory_that_is_none_is_a_wrong_value_too(tmp_path: pathlib.Path, model_dir: str) -> None:
    write(tmp_path, "file")
    with pytest.raises(ValueError, match=model_dir):
        context.read_context(tmp_path / model_dir)
    with pytest.raises(ValueError, match="missing"):
        context.read_context(None, [tmp_path / "missing"])


def test_copying_a_tree_leaves_out_what_stays_at_home(tmp_path: pathlib.Path) -> None:
    source = write(tmp_path / "in", "a.py", "x.tmp", "sub/y.tmp", "sub/b.py", "sub/__pycache__/c")
    (source / ".detignore").write_text("*.tmp")
    shutil.copytree(source, tmp_path / "out", ignore=detignore.make_shutil_ignore(source))
    assert sorted(str(f.relative_to(tmp_path / "out")) for f in (tmp_path / "out").rglob("*")) == [
        "a.py",
        "sub",
        "sub/b.py",
    ]
