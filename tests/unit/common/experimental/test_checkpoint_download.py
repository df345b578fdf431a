"""Downloading checkpoints: what is taken for good, what is refused, what is left behind."""

from __future__ import annotations

import concurrent.futures
import io
import json
import os
import pathlib
import pickle
import subprocess
import sys
import tarfile
import threading
import time
from typing import Any, Dict, List, Optional, Tuple, Type

import pytest
import urllib3.exceptions

from determined import errors
from determined.common.api import Session
from determined.common.api import errors as api_errors
from determined.common.experimental.checkpoint import Checkpoint, DownloadMode

from ....disks import small_disk
from .stub_master import Answer, Request, StubMaster

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


def test_a_checkpoint_that_was_read_is_downloaded_without_asking_again(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    serve(stub, gzipped(archive_of(FILES)))
    checkpoint = Checkpoint(session, UUID)
    checkpoint.reload()
    checkpoint.download(tmp_path / "target", DownloadMode.MASTER)
    assert [r.path for r in stub.requests] == [f"/api/v1/checkpoints/{UUID}", f"/checkpoints/{UUID}"]


def test_files_deleted_since_the_checkpoint_was_read_are_not_missed(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    left = {"code/a.py": FILES["code/a.py"]}
    serve(stub, gzipped(archive_of(left)))
    checkpoint = Checkpoint(session, UUID)
    checkpoint.reload()
    serve(stub, gzipped(archive_of(left)), state="STATE_PARTIALLY_DELETED", resources={"code/a.py": "8"})
    checkpoint.download(tmp_path / "target", DownloadMode.MASTER)
    assert left_in(tmp_path / "target") == ["code", "code/a.py", "metadata.json"]


@pytest.mark.parametrize("mode", [DownloadMode.AUTO, DownloadMode.DIRECT])
def test_a_checkpoint_that_reported_no_files_gets_its_folder_and_what_the_storage_holds(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, mode: DownloadMode
) -> None:
    storage = {"type": "directory", "container_path": str(tmp_path / "storage")}
    serve(stub, Answer(500, {"message": "no files"}), resources={}, storage=storage)
    Checkpoint(session, UUID).download(tmp_path / "empty", mode)
    assert left_in(tmp_path / "empty") == ["metadata.json"]
    (tmp_path / "storage" / UUID).mkdir(parents=True)
    (tmp_path / "storage" / UUID / "late.txt").write_text("late")
    Checkpoint(session, UUID).download(tmp_path / "found", mode)
    assert left_in(tmp_path / "found") == ["late.txt", "metadata.json"]


def test_files_gone_from_the_storage_are_a_file_not_found(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    storage = {"type": "shared_fs", "host_path": str(tmp_path)}
    serve(stub, Answer(404, {"message": "gone"}), storage=storage)
    with pytest.raises(FileNotFoundError) as direct:
        Checkpoint(session, UUID).download(tmp_path / "target", DownloadMode.DIRECT)
    assert isinstance(direct.value, errors.NoDirectStorageAccess)
    assert isinstance(direct.value, errors.CheckpointNotFound)
    with pytest.raises(errors.MultipleDownloadsFailed):
        Checkpoint(session, UUID).download(tmp_path / "target")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, api_errors.UnauthenticatedException),
        (403, api_errors.ForbiddenException),
        (404, api_errors.NotFoundException),
        (500, api_errors.APIException),
    ],
)
def test_a_refused_download_is_also_the_masters_error(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, status: int, kind: Type[api_errors.APIException]
) -> None:
    serve(stub, Answer(status, {"message": "no"}))
    with pytest.raises(errors.ProxiedDownloadFailed, match="no") as caught:
        Checkpoint(session, UUID).download(tmp_path / "target", DownloadMode.MASTER)
    assert isinstance(caught.value, kind)
    assert caught.value.status_code == status


@pytest.mark.parametrize("mode", ["direct", "auto", None, 5])
def test_a_mode_is_a_download_mode(stub: StubMaster, session: Session, tmp_path: pathlib.Path, mode: Any) -> None:
    with pytest.raises(ValueError, match=r"DownloadMode\.DIRECT"):
        Checkpoint(session, UUID).download(tmp_path / "target", mode)
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
    ("status", "kind"),
    [
        (401, api_errors.UnauthenticatedException),
        (403, api_errors.ForbiddenException),
        (404, api_errors.NotFoundException),
        (500, api_errors.APIException),
    ],
)
def test_a_refusal_of_the_master_is_caught_as_one(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, status: int, kind: Type[Exception]
) -> None:
    serve(stub, Answer(status, {"error": {"code": 2, "error": "no"}}))
    with pytest.raises(errors.ProxiedDownloadFailed, match="no") as caught:
        Checkpoint(session, UUID).download(str(tmp_path / "target"), DownloadMode.MASTER)
    assert isinstance(caught.value, kind)
    assert getattr(caught.value, "status_code", None) == status
    other = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(other, kind)
    assert (type(other), str(other)) == (type(caught.value), str(caught.value))


def test_a_connection_that_breaks_is_caught_as_the_http_library_has_it(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    serve(stub, Answer(body=archive_of(FILES), cut=100))
    with pytest.raises(urllib3.exceptions.ProtocolError) as caught:
        Checkpoint(session, UUID).download(str(tmp_path / "target"), DownloadMode.MASTER)
    assert isinstance(caught.value, errors.ProxiedDownloadFailed)


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


OTHER = "00000002-1111-4222-8333-000000000002"


def test_a_plain_tar_is_asked_for_and_gzip_of_a_master_that_knows_no_other(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    serve(stub, None)
    stub.on("GET", f"/checkpoints/{UUID}", Answer(415, {"message": "unsupported"}), gzipped(archive_of(FILES)))
    Checkpoint(session, UUID).download(str(tmp_path / "target"), DownloadMode.MASTER)
    accepted = [request.headers["Accept"] for request in stub.sent("GET", f"/checkpoints/{UUID}")]
    assert accepted == ["application/x-tar", "application/gzip"]
    assert (tmp_path / "target/model.pt").read_bytes() == FILES["model.pt"]


def test_another_checkpoint_in_the_target_is_refused_until_it_is_to_be_replaced(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    target = tmp_path / "target"
    serve(stub, gzipped(archive_of(FILES)))
    Checkpoint(session, UUID).download(target, DownloadMode.MASTER)
    attributes = os.listxattr(target / "metadata.json") if sys.platform == "linux" else []
    has_attributes = "user.determined.checkpoint" in attributes
    (target / "mine.txt").write_text("beside it")
    serve_other(stub, {"weights": b"others"}, steps=8)
    other = Checkpoint(session, OTHER)
    if has_attributes:
        with pytest.raises(FileExistsError, match=f"holds checkpoint {UUID}.*replace"):
            other.download(target)
        assert stub.sent("GET", f"/api/v1/checkpoints/{OTHER}") == []
    assert other.download(target, DownloadMode.MASTER, replace=True) == str(target)
    assert left_in(target) == ["metadata.json", "weights"]
    assert left_in(tmp_path) == ["target", "target/metadata.json", "target/weights"]
    assert other.download(target) == str(target)


@pytest.mark.parametrize(
    ("metadata", "files"),
    [('{"steps_completed": 3}', {}), ("{}", {"model.pt": b"another size"})],
    ids=["by its steps", "by its sizes"],
)
def test_a_download_of_another_release_is_told_apart_by_its_content(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, metadata: str, files: Dict[str, bytes]
) -> None:
    (tmp_path / "metadata.json").write_text(metadata)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    serve(stub, Answer(500))
    checkpoint = Checkpoint(session, UUID)
    checkpoint.reload()
    with pytest.raises(FileExistsError, match="another checkpoint"):
        checkpoint.download(tmp_path)


def test_a_download_of_another_release_with_changed_files_is_left_alone(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "metadata.json").write_text('{"steps_completed": 7}')
    (tmp_path / "model.pt").write_bytes(FILES["model.pt"])
    (tmp_path / "code").mkdir()
    (tmp_path / "code/a.py").write_text("changed by its user")
    serve(stub, Answer(500))
    checkpoint = Checkpoint(session, UUID)
    checkpoint.reload()
    assert checkpoint.download(tmp_path) == str(tmp_path)
    assert (tmp_path / "code/a.py").read_text() == "changed by its user"


def test_replacing_does_not_remove_what_is_no_download(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "mine.py").write_text("mine")
    serve(stub, gzipped(archive_of(FILES)))
    Checkpoint(session, UUID).download(tmp_path, DownloadMode.MASTER, replace=True)
    assert "mine.py" in left_in(tmp_path)


def test_the_working_directory_is_not_replaced(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "metadata.json").write_text("{}")
    serve(stub, gzipped(archive_of(FILES)))
    with pytest.raises(ValueError, match="working directory"):
        Checkpoint(session, UUID).download(".", DownloadMode.MASTER, replace=True)
    assert left_in(tmp_path) == ["metadata.json"]


@pytest.mark.parametrize("mode", [DownloadMode.MASTER, DownloadMode.DIRECT])
def test_a_choice_of_files_is_never_taken_for_the_whole(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, mode: DownloadMode
) -> None:
    store(tmp_path / "storage", FILES)
    target = tmp_path / "target"
    serve(
        stub,
        gzipped(archive_of(FILES, "w")),
        storage={"type": "directory", "container_path": str(tmp_path / "storage")},
    )
    checkpoint = Checkpoint(session, UUID)
    checkpoint.download(target, mode, files="metadata.json")
    checkpoint.download(target, mode, files=["code"])
    assert left_in(target) == [".determined-choice.json", "code", "code/a.py", "metadata.json"]
    checkpoint.download(target, mode)
    assert left_in(target) == ["code", "code/a.py", "empty", "metadata.json", "model.pt"]
    assert (target / "model.pt").read_bytes() == FILES["model.pt"]


def test_files_of_a_choice_that_are_there_are_not_fetched_again(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    serve(stub, gzipped(archive_of(FILES, "w")))
    for _ in range(2):
        Checkpoint(session, UUID).download(tmp_path / "target", DownloadMode.MASTER, files=["**/*.py"])
    assert len(stub.sent("GET", f"/checkpoints/{UUID}")) == 1


def test_a_choice_of_another_checkpoints_files_is_not_mixed_with_ones_own(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    serve(stub, gzipped(archive_of(FILES, "w")))
    serve_other(stub, {"code/b.py": b"b"})
    Checkpoint(session, UUID).download(tmp_path / "target", DownloadMode.MASTER, files=["**/*.py"])
    other = Checkpoint(session, OTHER)
    for files in (None, ["**/*.py"]):
        with pytest.raises(FileExistsError, match=f"files of checkpoint {UUID}"):
            other.download(tmp_path / "target", DownloadMode.MASTER, files=files)
    other.download(tmp_path / "target", DownloadMode.MASTER, files=["**/*.py"], replace=True)
    assert left_in(tmp_path / "target") == [".determined-choice.json", "code", "code/b.py"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"files": []}, "at least one pattern"),
        ({"files": [""]}, "no empty one"),
        ({"files": ["../*"]}, "hold no"),
        ({"files": "/etc/*"}, "relative"),
        ({"max_workers": 0}, "max_workers"),
        ({"mode": "sideways"}, "sideways"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_before_any_request(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, options: Dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        Checkpoint(session, UUID).download(tmp_path / "target", **options)
    assert stub.requests == []


def test_patterns_that_match_nothing_are_a_mistake(stub: StubMaster, session: Session, tmp_path: pathlib.Path) -> None:
    serve(stub, gzipped(archive_of(FILES)))
    with pytest.raises(ValueError, match="no file of checkpoint"):
        Checkpoint(session, UUID).download(tmp_path / "target", files=["*.onnx"])
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("mode", [DownloadMode.MASTER, DownloadMode.DIRECT])
def test_progress_counts_every_byte_once_and_ends_at_the_total(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, mode: DownloadMode
) -> None:
    store(tmp_path / "storage", FILES)
    serve(stub, gzipped(archive_of(FILES)), storage={"type": "directory", "container_path": str(tmp_path / "storage")})
    seen: List[Tuple[int, int]] = []
    Checkpoint(session, UUID).download(
        tmp_path / "target", mode, max_workers=2, progress=lambda *of: seen.append((of[0], of[1]))
    )
    total = sum(len(content) for content in FILES.values())
    assert [of for _, of in seen] == [total] * len(seen)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert seen[-1] == (total, total)


def test_a_download_that_was_ended_goes_on_with_the_files_that_are_whole(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    files = {f"f{number}": bytes([number]) * 1000 for number in range(6)}
    store(tmp_path / "storage", files)
    sizes = {name: str(len(content)) for name, content in files.items()}
    serve(
        stub,
        Answer(500),
        resources=sizes,
        storage={"type": "directory", "container_path": str(tmp_path / "storage")},
    )

    def end_in_the_middle(done: int, total: int) -> None:
        if done >= total / 2:
            raise KeyboardInterrupt

    target = tmp_path / "target"
    checkpoint = Checkpoint(session, UUID)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.download(target, DownloadMode.DIRECT, max_workers=1, progress=end_in_the_middle)
    assert not target.exists()
    seen: List[int] = []
    checkpoint.download(target, DownloadMode.DIRECT, max_workers=1, progress=lambda done, total: seen.append(done))
    assert seen[0] == 2000, "two files were whole"
    assert {path.name: path.read_bytes() for path in target.glob("f*")} == files
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


def test_of_two_downloads_to_one_target_the_second_waits_for_the_first(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def answer(request: Request) -> Answer:
        begun.set()
        go_on.wait(10)
        return gzipped(archive_of(FILES))

    serve(stub, answer)
    with concurrent.futures.ThreadPoolExecutor(2) as executor:
        first = executor.submit(Checkpoint(session, UUID).download, tmp_path / "target", DownloadMode.MASTER)
        assert begun.wait(10)
        second = executor.submit(Checkpoint(session, UUID).download, tmp_path / "target", DownloadMode.MASTER)
        while len(stub.sent("GET", f"/api/v1/checkpoints/{UUID}")) < 2:
            time.sleep(0.005)
        go_on.set()
        assert first.result(10) == second.result(10) == str(tmp_path / "target")
    assert len(stub.sent("GET", f"/checkpoints/{UUID}")) == 1
    assert (tmp_path / "target/model.pt").read_bytes() == FILES["model.pt"]
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


@pytest.mark.parametrize("mode", [DownloadMode.DIRECT, DownloadMode.MASTER])
@pytest.mark.parametrize("kind", ["folder", "file", "link", "link to nothing", "lock of its own"])
def test_what_somebody_else_has_beside_the_target_stays(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, mode: DownloadMode, kind: str
) -> None:
    store(tmp_path / "storage", FILES)
    storage = {"type": "directory", "container_path": str(tmp_path / "storage")}
    sizes = {name: str(len(content)) for name, content in FILES.items()}
    serve(stub, gzipped(archive_of(FILES)), resources=sizes, storage=storage)
    mine = tmp_path / "mine"
    (mine / UUID / "direct-0").mkdir(parents=True)
    (mine / "thesis.tex").write_text("years of work")
    (mine / UUID / "direct-0" / "notes").write_text("more")
    beside = tmp_path / ".target.part"
    if kind == "file":
        beside.write_text("a draft")
    elif kind == "link to nothing":
        beside.symlink_to("nowhere")
    elif kind == "link":
        beside.symlink_to("mine")
    else:
        mine.rename(beside)
        if kind == "lock of its own":
            (beside / "lock").touch()
    before = sorted(tmp_path.rglob("*"))
    for _ in range(2):
        Checkpoint(session, UUID).download(tmp_path / "target", mode, replace=True)
        assert (tmp_path / "target/model.pt").read_bytes() == FILES["model.pt"]
    added = {path.relative_to(tmp_path).parts[0] for path in set(tmp_path.rglob("*")) - set(before)}
    assert added == {"target"}
    assert set(before) <= set(tmp_path.rglob("*"))


def test_a_target_may_have_as_long_a_name_as_files_may_have(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    files = {"f" * 255: b"1"}
    store(tmp_path / "storage", files)
    storage = {"type": "directory", "container_path": str(tmp_path / "storage")}
    serve(stub, Answer(500), resources={"f" * 255: "1"}, storage=storage)
    target = tmp_path / ("t" * 255)
    Checkpoint(session, UUID).download(target, DownloadMode.DIRECT)
    assert (target / ("f" * 255)).read_bytes() == b"1"


def test_an_archive_that_names_a_file_twice_is_refused(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    again = tarfile.TarInfo("model.pt")
    serve(stub, gzipped(archive_of(FILES, extra=[again])))
    with pytest.raises(errors.ProxiedDownloadFailed, match="twice"):
        Checkpoint(session, UUID).download(tmp_path / "target", DownloadMode.MASTER)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("mode", [DownloadMode.DIRECT, DownloadMode.MASTER, DownloadMode.AUTO])
def test_a_full_disk_is_told_as_such_and_the_next_download_goes_on(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path, mode: DownloadMode
) -> None:
    files = {"a": b"1" * (600 << 10), "b": b"2" * (600 << 10)}
    store(tmp_path / "storage", files)
    sizes = {name: str(len(content)) for name, content in files.items()}
    storage = {"type": "directory", "container_path": str(tmp_path / "storage")}
    serve(stub, gzipped(archive_of(files)), resources=sizes, storage=storage)
    with small_disk(tmp_path / "disk") as disk:
        with pytest.raises((OSError, errors.ProxiedDownloadFailed), match="No space left on device") as found:
            Checkpoint(session, UUID).download(disk / "target", mode, max_workers=1)
        assert "unusable" not in str(found.value)
        assert str(disk) in str(found.value)
        assert not (disk / "target").exists()
        subprocess.run(["mount", "-o", "remount,size=4m", str(disk)], check=True)
        Checkpoint(session, UUID).download(disk / "target", mode, max_workers=1)
        assert {name: (disk / "target" / name).read_bytes() for name in files} == files
        assert os.listdir(disk) == ["target"]


def serve_other(stub: StubMaster, files: Dict[str, bytes], steps: int = 7) -> None:
    """Serve a second checkpoint."""
    sizes = {name: str(len(content)) for name, content in files.items()}
    data = {"uuid": OTHER, "state": "STATE_COMPLETED", "metadata": {"steps_completed": steps}, "resources": sizes}
    stub.on("GET", f"/api/v1/checkpoints/{OTHER}", {"checkpoint": data})
    stub.on("GET", f"/checkpoints/{OTHER}", gzipped(archive_of(files, "w")))
