"""Downloading checkpoints: what is taken for good, what is refused, what is left behind."""

from __future__ import annotations

import io
import json
import pathlib
import tarfile
from typing import Any, Dict, List, Optional

import pytest

from determined import errors
from determined.common.api import Session
from determined.common.experimental.checkpoint import Checkpoint, DownloadMode

from .stub_master import Answer, StubMaster

UUID = "00000001-1111-4222-8333-000000000001"
FILES = {"model.pt": b"weights" * 20_000, "code/a.py": b"print()\n"}


def archive_of(files: Dict[str, bytes], mode: str = "w:gz", extra: Optional[List[tarfile.TarInfo]] = None) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for member in extra or []:
            archive.addfile(member)
    return buffer.getvalue()


def serve(
    stub: StubMaster,
    archive: Any,
    *,
    state: str = "STATE_COMPLETED",
    resources: Optional[Dict[str, str]] = None,
    storage: Optional[Dict[str, Any]] = None,
) -> None:
    sizes = {name: str(len(content)) for name, content in FILES.items()}
    data = {
        "uuid": UUID,
        "state": state,
        "metadata": {"steps_completed": 7},
        "resources": {**sizes, "code/": "0", "empty/": "0"} if resources is None else resources,
        "training": {"experimentConfig": {"checkpoint_storage": storage}},
    }
    stub.on("GET", f"/api/v1/checkpoints/{UUID}", {"checkpoint": data})
    stub.on("GET", f"/checkpoints/{UUID}", archive)


def gzipped(content: bytes, cut: Optional[int] = None) -> Answer:
    return Answer(body=content, headers={"Content-Type": "application/gzip"}, cut=cut)


def left_in(folder: pathlib.Path) -> List[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


@pytest.mark.parametrize("mode", ["w:gz", "w"])
def test_a_checkpoint_comes_through_the_master_as_tar_or_gzip_tar(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, mode: str
) -> None:
    serve(stub, gzipped(archive_of(FILES, mode)))
    path = Checkpoint(session, UUID).download(str(tmp_path / "target"), DownloadMode.MASTER)
    assert path == str(tmp_path / "target")
    assert left_in(tmp_path / "target") == ["code", "code/a.py", "empty", "metadata.json", "model.pt"]
    assert (tmp_path / "target/model.pt").read_bytes() == FILES["model.pt"]
    assert json.loads((tmp_path / "target/metadata.json").read_text()) == {"steps_completed": 7}
    assert left_in(tmp_path) == ["target", *(f"target/{name}" for name in left_in(tmp_path / "target"))]


def test_the_default_target_is_named_after_the_checkpoint(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    serve(stub, gzipped(archive_of(FILES)))
    assert Checkpoint(session, UUID).download(mode=DownloadMode.MASTER) == f"checkpoints/{UUID}"
    assert (tmp_path / "checkpoints" / UUID / "model.pt").exists()


def test_stored_metadata_is_not_overwritten(stub: StubMaster, session: Session, tmp_path: pathlib.Path) -> None:
    serve(stub, gzipped(archive_of({**FILES, "metadata.json": b'{"stored": 1}'})))
    Checkpoint(session, UUID).download(str(tmp_path / "target"), DownloadMode.MASTER)
    assert (tmp_path / "target/metadata.json").read_text() == '{"stored": 1}'


@pytest.mark.parametrize("marker", ["metadata.json", "MLmodel"])
def test_a_finished_download_is_not_repeated(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, marker: str
) -> None:
    (tmp_path / marker).write_text("{}")
    assert Checkpoint(session, UUID).download(str(tmp_path)) == str(tmp_path)
    assert stub.requests == []


@pytest.mark.parametrize("share", [0.001, 0.5, 0.98])
@pytest.mark.parametrize("mode", ["w:gz", "w"])
def test_a_cut_archive_is_never_taken_for_good(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, mode: str, share: float
) -> None:
    whole = archive_of(FILES, mode)
    serve(stub, gzipped(whole, cut=int(len(whole) * share)))
    with pytest.raises(errors.ProxiedDownloadFailed):
        Checkpoint(session, UUID).download(str(tmp_path / "target"), DownloadMode.MASTER)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    "files",
    [
        {"model.pt": FILES["model.pt"]},
        {"model.pt": b"short", "code/a.py": FILES["code/a.py"]},
        {"model.pt": FILES["model.pt"], "code/a.py": FILES["code/a.py"] + b"longer"},
    ],
    ids=["missing", "too short", "too long"],
)
def test_an_archive_without_all_that_the_master_reported_is_refused(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, files: Dict[str, bytes]
) -> None:
    serve(stub, gzipped(archive_of(files)))
    with pytest.raises(errors.ProxiedDownloadFailed, match=r"not whole: (code/a\.py|model\.pt)"):
        Checkpoint(session, UUID).download(str(tmp_path / "target"), DownloadMode.MASTER)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "kind", "link"),
    [
        ("../escaped", tarfile.REGTYPE, ""),
        ("code/../../escaped", tarfile.REGTYPE, ""),
        ("/tmp/escaped-checkpoint", tarfile.REGTYPE, ""),
        ("link", tarfile.SYMTYPE, "/etc/passwd"),
        ("hard", tarfile.LNKTYPE, "model.pt"),
        ("device", tarfile.CHRTYPE, ""),
        ("pipe", tarfile.FIFOTYPE, ""),
    ],
)
def test_members_that_leave_the_folder_and_those_that_are_no_files_are_refused(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, name: str, kind: bytes, link: str
) -> None:
    member = tarfile.TarInfo(name)
    member.type = kind
    member.linkname = link
    serve(stub, gzipped(archive_of(FILES, extra=[member])))
    with pytest.raises(errors.ProxiedDownloadFailed, match="the archive holds"):
        Checkpoint(session, UUID).download(str(tmp_path / "inner" / "target"), DownloadMode.MASTER)
    assert left_in(tmp_path) == ["inner"]
    assert not pathlib.Path("/tmp/escaped-checkpoint").exists()


def test_files_that_would_lie_outside_are_not_made(stub: StubMaster, session: Session, tmp_path: pathlib.Path) -> None:
    serve(stub, gzipped(archive_of({})), resources={"../outside/": "0"})
    with pytest.raises(errors.ProxiedDownloadFailed, match="leaves the checkpoint's directory"):
        Checkpoint(session, UUID).download(str(tmp_path / "target"), DownloadMode.MASTER)
    assert left_in(tmp_path) == []


def test_files_go_into_a_directory_that_is_there_beside_what_it_holds(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code/mine.py").write_text("mine")
    (tmp_path / "model.pt").write_text("left from a download that was cut")
    serve(stub, gzipped(archive_of(FILES)))
    Checkpoint(session, UUID).download(str(tmp_path), DownloadMode.MASTER)
    assert (tmp_path / "code/mine.py").read_text() == "mine"
    assert (tmp_path / "model.pt").read_bytes() == FILES["model.pt"]
    assert left_in(tmp_path) == ["code", "code/a.py", "code/mine.py", "empty", "metadata.json", "model.pt"]


@pytest.mark.parametrize("state", ["STATE_ACTIVE", "STATE_DELETED", "STATE_ERROR", "STATE_OF_TOMORROW"])
def test_only_checkpoints_that_have_files_are_downloaded(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, state: str
) -> None:
    serve(stub, gzipped(archive_of(FILES)), state=state)
    with pytest.raises(errors.CheckpointStateException, match=state):
        Checkpoint(session, UUID).download(str(tmp_path / "target"))
    assert stub.sent("GET", f"/checkpoints/{UUID}") == []


def test_auto_reads_the_storage_where_it_is_here(stub: StubMaster, session: Session, tmp_path: pathlib.Path) -> None:
    store(tmp_path / "storage", FILES)
    serve(stub, Answer(500), storage={"type": "directory", "container_path": str(tmp_path / "storage")})
    Checkpoint(session, UUID).download(str(tmp_path / "target"))
    assert (tmp_path / "target/code/a.py").read_bytes() == FILES["code/a.py"]
    assert stub.sent("GET", f"/checkpoints/{UUID}") == []


@pytest.mark.parametrize("content", [None, {"model.pt": b"half of it"}], ids=["nothing there", "not all there"])
def test_auto_turns_to_the_master_where_the_storage_lacks_the_files(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, content: Optional[Dict[str, bytes]]
) -> None:
    if content is not None:
        store(tmp_path / "storage", content)
    storage = {"type": "shared_fs", "host_path": str(tmp_path / "storage")}
    serve(stub, gzipped(archive_of(FILES)), storage=storage)
    Checkpoint(session, UUID).download(str(tmp_path / "target"))
    assert (tmp_path / "target/model.pt").read_bytes() == FILES["model.pt"]


def test_direct_does_not_turn_to_the_master(stub: StubMaster, session: Session, tmp_path: pathlib.Path) -> None:
    serve(stub, gzipped(archive_of(FILES)), storage={"type": "shared_fs", "host_path": str(tmp_path / "nowhere")})
    with pytest.raises(errors.NoDirectStorageAccess):
        Checkpoint(session, UUID).download(str(tmp_path / "target"), DownloadMode.DIRECT)
    assert stub.sent("GET", f"/checkpoints/{UUID}") == []


def test_auto_tells_of_both_failures(stub: StubMaster, session: Session, tmp_path: pathlib.Path) -> None:
    serve(
        stub,
        Answer(500, {"message": "the master cannot see it"}),
        storage={"type": "shared_fs", "host_path": str(tmp_path / "nowhere")},
    )
    with pytest.raises(errors.MultipleDownloadsFailed, match=r"(?s)nowhere.*the master cannot see it"):
        Checkpoint(session, UUID).download(str(tmp_path / "target"))


def store(folder: pathlib.Path, files: Dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / UUID / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
