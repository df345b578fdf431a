"""Folders as streams of tar, tar.gz and zip."""

from __future__ import annotations

import io
import os
import pathlib
import tarfile
import zipfile
from typing import Dict

import pytest

from determined.master.services.archives import KINDS, find_files

CONTENT = {
    "a.txt": b"hello",
    "empty": b"",
    "deep/er/file.bin": os.urandom(300_000),
    "n" * 120 + "/ümläut": b"x" * 512,
}


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    for name, content in CONTENT.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "no files here").mkdir()
    return tmp_path


def untar(raw: bytes) -> Dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
        files = {m.name: archive.extractfile(m) for m in archive.getmembers()}
        return {name: file.read() for name, file in files.items() if file is not None}


@pytest.mark.parametrize("kind", ["application/x-tar", "application/gzip"])
def test_a_tar_holds_the_files_and_no_folders(folder: pathlib.Path, kind: str) -> None:
    assert untar(b"".join(KINDS[kind].stream(find_files(folder)))) == CONTENT


def test_the_length_of_a_tar_is_known_before_it_is_made(folder: pathlib.Path) -> None:
    entries, tar = find_files(folder), KINDS["application/x-tar"]
    assert tar.length(entries) == sum(map(len, tar.stream(entries)))


def test_a_zip_holds_the_files_and_no_folders(folder: pathlib.Path) -> None:
    raw = b"".join(KINDS["application/zip"].stream(find_files(folder)))
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == CONTENT


def test_a_file_older_than_zip_can_be_packed(folder: pathlib.Path) -> None:
    os.utime(folder / "a.txt", (0, 0))
    assert b"".join(KINDS["application/zip"].stream(find_files(folder)))


def test_large_files_go_in_pieces(folder: pathlib.Path) -> None:
    (folder / "large").write_bytes(bytes(5_000_000))
    assert max(map(len, KINDS["application/x-tar"].stream(find_files(folder)))) <= 1 << 20


def test_a_file_that_shrinks_meanwhile_breaks_the_stream(folder: pathlib.Path) -> None:
    entries = find_files(folder)
    (folder / "a.txt").write_bytes(b"")
    with pytest.raises(OSError, match=r"a\.txt"):
        list(KINDS["application/x-tar"].stream(entries))


def test_a_missing_folder_is_an_error(tmp_path: pathlib.Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        find_files(tmp_path / "nowhere")
