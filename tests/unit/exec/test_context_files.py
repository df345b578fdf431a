"""Unpacking a task's files: nothing lands outside of the folder, whatever an archive holds."""

from __future__ import annotations

import base64
import io
import os
import pathlib
import tarfile
from typing import Any, Dict, List, Tuple

import pytest

from determined.exec._context_files import UnsafeArchive, unpack_context

Member = Tuple[str, bytes, Dict[str, Any]]


def file(name: str, content: str = "x", **more: Any) -> Member:
    return name, tarfile.REGTYPE, {"content": content.encode(), **more}


def folder(name: str, **more: Any) -> Member:
    return name, tarfile.DIRTYPE, more


def link(name: str, target: str) -> Member:
    return name, tarfile.SYMTYPE, {"linkname": target}


def hard_link(name: str, target: str) -> Member:
    return name, tarfile.LNKTYPE, {"linkname": target}


def archive_of(members: List[Member]) -> str:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, kind, more in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.mode = kind, more.get("linkname", ""), more.get("mode", 0o644)
            content = more.get("content", b"")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return base64.b64encode(buffer.getvalue()).decode()


@pytest.fixture
def place(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "secret").write_text("secret")
    return tmp_path / "above" / "work"


@pytest.mark.parametrize(
    "members",
    [
        pytest.param(
            [link("l1", "."), link("l2", "l1/.."), hard_link("h", "l2/secret"), file("h")], id="hard link over links"
        ),
        pytest.param([folder("d"), link("d/l1", ".."), link("l2", "d/l1/.."), file("a")], id="link through a link"),
        pytest.param([link("l2", "l1/.."), folder("d"), link("l1", "d")], id="link through a later link"),
        pytest.param([link("l", "l2"), link("l2", "a"), file("a")], id="link to a link"),
        pytest.param([link("l", "d"), folder("d"), file("l/a")], id="file through a link"),
        pytest.param([link("l", "a"), file("a"), file("l")], id="file over a link"),
        pytest.param([file("a"), file("a")], id="file twice"),
        pytest.param([file("a"), file("./a")], id="file twice in other words"),
        pytest.param([file("a"), folder("a")], id="file and folder"),
        pytest.param([folder("a"), link("a", "b")], id="folder and link"),
        pytest.param([file("a"), hard_link("a", "a")], id="file and hard link"),
        pytest.param([file("a"), file("a/b")], id="file in a file"),
        pytest.param([file("/etc/a")], id="absolute"),
        pytest.param([file("../a")], id="climbs"),
        pytest.param([file("d/../../a")], id="climbs from within"),
        pytest.param([link("l", "/etc")], id="absolute link"),
        pytest.param([link("l", "../secret")], id="link climbs"),
        pytest.param([folder("d"), link("d/l", "../../secret")], id="link climbs from within"),
        pytest.param([hard_link("h", "../secret")], id="hard link climbs"),
        pytest.param([hard_link("h", "/etc/passwd")], id="absolute hard link"),
        pytest.param([hard_link("h", "missing")], id="hard link to nothing"),
        pytest.param([link("l", "a"), file("a"), hard_link("h", "l")], id="hard link to a link"),
        pytest.param([("fifo", tarfile.FIFOTYPE, {})], id="fifo"),
        pytest.param([("device", tarfile.CHRTYPE, {})], id="device"),
    ],
)
def test_a_hostile_archive_is_refused_whole(place: pathlib.Path, members: List[Member]) -> None:
    with pytest.raises(UnsafeArchive):
        unpack_context(archive_of([file("first"), *members]), [str(place)])
    assert os.listdir(place) == []
    assert (place.parent.parent / "secret").read_text() == "secret"
    assert sorted(os.listdir(place.parent.parent)) == ["above", "secret"]


def test_what_model_directories_hold_is_unpacked(place: pathlib.Path) -> None:
    members = [
        folder("d", mode=0o500),
        folder("d"),
        file("d/run.sh", mode=0o755),
        file("read_only", mode=0o400),
        file("set_user", mode=0o4755),
        link("l", "d"),
        link("d/up", "../read_only"),
        link("later", "e/f"),
        folder("e"),
        file("e/f", "f"),
        hard_link("h", "e/f"),
        link("dangling", "nowhere"),
    ]
    unpack_context(archive_of(members), [str(place)])
    assert (place / "l" / "run.sh").read_text() == "x"
    assert os.access(place / "d" / "run.sh", os.X_OK)
    assert (place / "d" / "up").read_text() == "x"
    assert (place / "later").read_text() == (place / "h").read_text() == "f"
    assert (place / "dangling").is_symlink()
    assert not (place / "set_user").stat().st_mode & 0o7000


@pytest.mark.parametrize("keep", [10, 30, 60])
def test_what_is_no_archive_is_refused(place: pathlib.Path, keep: int) -> None:
    whole = base64.b64decode(archive_of([file("a", "x" * 5000)]))
    with pytest.raises(UnsafeArchive):
        unpack_context(base64.b64encode(whole[:keep]).decode(), [str(place)])
