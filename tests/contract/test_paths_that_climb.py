"""No path that a caller sends leads out of the folder it is meant for."""

from __future__ import annotations

import io
import json
import pathlib
import tarfile
import time
from typing import Any, Iterator, List, Tuple

import pytest

from determined.exec._context_files import UnsafeArchive, extract_safely
from determined.master import LocalMaster

from .prepared import CONFIG, Connection, Prepared, model_files, prepare, quoted

CLIMBING = ("../evil", "a/../../evil", "/etc/evil", "..", "a/..", "a/../b", "", "\0", "a\0b")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tuple[LocalMaster, Prepared]]:
    with LocalMaster(tmp_path_factory.mktemp("master"), slots=1, initial_password="") as master:
        yield master, prepare(master)


@pytest.fixture
def admin(running: Tuple[LocalMaster, Prepared]) -> Iterator[Connection]:
    connection = Connection(running[0].url)
    yield connection
    connection.close()


def refusal(admin: Connection, method: str, path: str, body: Any = None) -> str:
    """The text of a refusal; a request that is granted, or fails, fails the test."""
    status, answer = admin.send(method, path, None if body is None else json.dumps(body).encode())
    said = json.loads(answer)
    assert status != 200, said
    text = str(said["error"]["error"] if "error" in said else said["message"])
    assert "failed to answer" not in text
    return text


@pytest.mark.parametrize("path", CLIMBING)
def test_a_model_definition_is_refused_whose_file_lies_outside(admin: Connection, path: str) -> None:
    files = model_files()
    files[0]["path"] = path
    assert "no path inside" in refusal(
        admin, "POST", "/api/v1/experiments", {"config": CONFIG, "modelDefinition": files}
    )


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_a_model_definition_is_refused_that_holds_more_than_files_and_folders(admin: Connection, kind: bytes) -> None:
    files = model_files()
    files[0]["type"] = ord(kind)
    text = refusal(admin, "POST", "/api/v1/experiments", {"config": CONFIG, "modelDefinition": files})
    assert "only files" in text


@pytest.mark.parametrize("path", [*CLIMBING, "/train.py", "./train.py", "code/../train.py", "../../master.db"])
def test_only_the_files_of_a_model_definition_can_be_read(
    running: Tuple[LocalMaster, Prepared], admin: Connection, path: str
) -> None:
    experiment = running[1].experiment
    body = {"experimentId": experiment, "path": path}
    refusal(admin, "POST", f"/api/v1/experiments/{experiment}/file", body)
    refusal(admin, "GET", f"/experiments/{experiment}/file/download?path={quoted(path)}")


@pytest.mark.parametrize(
    ("number", "glob"),
    list(enumerate(["../*", "**/../../*", "a/..", "/etc/*", "/", ".."])),
    ids=lambda value: str(value),
)
def test_globs_that_lead_out_of_a_checkpoint_remove_nothing(
    running: Tuple[LocalMaster, Prepared], admin: Connection, number: int, glob: str
) -> None:
    task = running[1].detached_task
    uuid = f"44444444-4444-4222-8333-{number:012d}"
    folder = running[0].log_path.parent / "checkpoints" / uuid
    folder.mkdir(parents=True)
    (folder / "inside").write_text("x")
    outside = folder.parent / "outside"
    outside.write_text("x")
    admin.call("POST", "/api/v1/checkpoints", {"uuid": uuid, "taskId": task, "resources": {"inside": "1"}})
    request = {"checkpointUuids": [uuid], "checkpointGlobs": [glob]}
    status, _ = admin.send("POST", "/api/v1/checkpoints/rm", json.dumps(request).encode())
    if status == 200:  # then the storage itself refuses it, when the removal's turn comes
        last = {"checkpointUuids": [uuid], "checkpointGlobs": ["inside"]}
        admin.call("POST", "/api/v1/checkpoints/rm", last)
        deadline = time.monotonic() + 10
        while (folder / "inside").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not (folder / "inside").exists()
    assert outside.exists()


@pytest.mark.parametrize(
    "uuid", ["..", "../x", "/etc", "../../master.db", "a" * 36, "11111111-1111-4222-8333-00000000000/"]
)
def test_a_checkpoint_whose_name_is_no_uuid_is_refused(
    running: Tuple[LocalMaster, Prepared], admin: Connection, uuid: str
) -> None:
    task = running[1].detached_task
    refusal(admin, "POST", "/api/v1/checkpoints", {"uuid": uuid, "taskId": task})
    refusal(admin, "GET", f"/checkpoints/{quoted(uuid)}")
    refusal(admin, "DELETE", "/api/v1/checkpoints", {"checkpointUuids": [uuid]})


@pytest.mark.parametrize("path", ["../outside", "/etc", "a/../../b"])
def test_a_storage_path_outside_of_the_host_path_is_refused(admin: Connection, path: str) -> None:
    storage = {"type": "shared_fs", "host_path": "/tmp/storage", "storage_path": path}
    config = {"name": "n", "entrypoint": "x", "searcher": {"name": "single", "metric": "m"}, "hyperparameters": {}}
    text = refusal(
        admin, "POST", "/api/v1/experiments", {"config": json.dumps({**config, "checkpoint_storage": storage})}
    )
    assert "storage_path" in text


def make_archive(*members: Tuple[str, bytes, str]) -> tarfile.TarFile:
    """An archive of members: name, kind, target of a link."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, kind, target in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, target
            archive.addfile(member, io.BytesIO())
    data.seek(0)
    return tarfile.open(fileobj=data)


FILE, LINK, HARD = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
UNSAFE: List[Tuple[Tuple[str, bytes, str], ...]] = [
    (("../evil", FILE, ""),),
    (("/tmp/evil", FILE, ""),),
    (("a/../../evil", FILE, ""),),
    (("link", LINK, "/etc"),),
    (("link", LINK, ".."),),
    (("a/link", LINK, "../../x"),),
    (("link", HARD, "../x"),),
    (("link", LINK, "inside"), ("link/evil", FILE, "")),
    (("link", LINK, "inside"), ("./link/../link/evil", FILE, "")),
    (("device", tarfile.CHRTYPE, ""),),
    (("pipe", tarfile.FIFOTYPE, ""),),
]


@pytest.mark.parametrize("members", UNSAFE, ids=lambda members: " ".join(m[0] for m in members))
def test_a_task_unpacks_nothing_of_an_archive_that_leads_out(
    tmp_path: pathlib.Path, members: Tuple[Tuple[str, bytes, str], ...]
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    with make_archive(("good", FILE, ""), *members) as archive, pytest.raises(UnsafeArchive):
        extract_safely(archive, str(folder))
    assert list(folder.iterdir()) == []
    assert [p.name for p in tmp_path.iterdir()] == ["work"]
