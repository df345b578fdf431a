"""Checkpoint storage: what every kind does alike, and what is particular to each."""

from __future__ import annotations

import errno
import os
import pathlib
import pickle
import shutil
import subprocess
import sys
import threading
import uuid
from typing import Any, Callable, ContextManager, Dict, Iterator, List, Mapping, Optional

import pytest

from determined import errors
from determined.common import storage
from determined.common.check import CheckFailedError
from determined.common.storage._file_system import FileSystemStorage
from determined.common.storage._parallel import for_all
from determined.common.storage.base import Resources, StorageManager, list_directory, match_globs
from determined.common.storage.cloud import CloudStorageManager, normalize_prefix, translated_errors
from determined.common.storage.shared import SharedFSStorageManager, locate

from ....rights import only_what_the_mode_grants


class DictStorage(CloudStorageManager):
    """A bucket in memory."""

    def __init__(self, prefix: Optional[str] = None) -> None:
        super().__init__(prefix)
        self.objects: Dict[str, bytes] = {}

    @classmethod
    def from_config(cls, config: Mapping[str, Any], container_path: Optional[str] = None) -> DictStorage:
        return cls(**config)

    def __str__(self) -> str:
        return "the dict"

    def _put(self, name: str, file: Optional[str]) -> None:
        self.objects[name] = b"" if file is None else pathlib.Path(file).read_bytes()

    def _get(self, name: str, file: str, size: int, on_bytes: Callable[[int], None]) -> None:
        pathlib.Path(file).write_bytes(self.objects[name])
        on_bytes(size)

    def _list(self, prefix: str) -> Resources:
        return {name: len(data) for name, data in self.objects.items() if name.startswith(prefix)}

    def _remove(self, names: List[str]) -> None:
        for name in names:
            del self.objects[name]

    def _translated(self) -> ContextManager[None]:
        return translated_errors(PermissionError, str(self))


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    pytest.importorskip("boto3", reason="boto3 is not installed")
    server_module = pytest.importorskip("moto.server", reason="moto, which plays S3, is not installed")
    server = server_module.ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["directory", "shared_fs", "objects", "s3"])
def manager(request: pytest.FixtureRequest, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> StorageManager:
    if request.param == "directory":
        return storage.build({"type": "directory", "container_path": str(tmp_path / "store")})
    if request.param == "shared_fs":
        return storage.build({"type": "shared_fs", "host_path": str(tmp_path / "host"), "storage_path": "a/b"})
    if request.param == "objects":
        return DictStorage("some/prefix")
    url = request.getfixturevalue("s3_url")
    import boto3

    bucket, keys = f"bucket-{uuid.uuid4()}", {"access_key": "a", "secret_key": "b"}
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    boto3.client("s3", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b").create_bucket(Bucket=bucket)
    return storage.build({"type": "s3", "bucket": bucket, "prefix": "p", "endpoint_url": url, **keys})


FILES = {"weights.bin": b"w" * 10, "sub/a.txt": b"a", "sub/b.txt": b"bb", "sub/deep/c.bin": b"ccc"}
RESOURCES = {
    "weights.bin": 10,
    "sub/": 0,
    "sub/a.txt": 1,
    "sub/b.txt": 2,
    "sub/deep/": 0,
    "sub/deep/c.bin": 3,
    "empty/": 0,
}


def fill(folder: pathlib.Path) -> pathlib.Path:
    for name, data in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "empty").mkdir()
    return folder


# --- what all kinds do ------------------------------------------------------------------------------------------------


def test_what_is_stored_comes_back_with_its_empty_directories(manager: StorageManager, tmp_path: pathlib.Path) -> None:
    with manager.store_path("id-1") as path:
        fill(path)
    assert manager.list_files("id-1") == RESOURCES
    manager.download("id-1", tmp_path / "new" / "out")
    assert list_directory(tmp_path / "new" / "out") == RESOURCES
    assert (tmp_path / "new" / "out" / "sub" / "deep" / "c.bin").read_bytes() == b"ccc"
    with manager.restore_path("id-1") as path:
        assert list_directory(path) == RESOURCES


def test_an_upload_may_be_in_parts_that_add_up(manager: StorageManager, tmp_path: pathlib.Path) -> None:
    source = fill(tmp_path / "in")
    manager.upload(source, "id-1", ["sub/deep/c.bin"])
    manager.upload(source, "id-1", ["weights.bin", "empty/"])
    found = {path: size for path, size in manager.list_files("id-1").items() if path not in ("sub/", "sub/deep/")}
    assert found == {"sub/deep/c.bin": 3, "weights.bin": 10, "empty/": 0}


def test_a_download_of_selected_files_makes_their_directories(manager: StorageManager, tmp_path: pathlib.Path) -> None:
    manager.upload(fill(tmp_path / "in"), "id-1")
    manager.download("id-1", tmp_path / "out", lambda path: path == "sub/deep/c.bin")
    assert [str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*") if p.is_file()] == [
        "sub/deep/c.bin"
    ]


def test_a_download_of_nothing_makes_no_directory(manager: StorageManager, tmp_path: pathlib.Path) -> None:
    manager.upload(fill(tmp_path / "in"), "id-1")
    manager.download("id-1", tmp_path / "out", lambda path: False)
    assert not (tmp_path / "out").exists()


def test_what_is_not_there_is_told_by_name(manager: StorageManager, tmp_path: pathlib.Path) -> None:
    with pytest.raises(errors.CheckpointNotFound, match="id-9"):
        manager.download("id-9", tmp_path / "out")
    with pytest.raises(errors.CheckpointNotFound, match="id-9"), manager.restore_path("id-9"):
        pass
    with pytest.raises(errors.CheckpointNotFound, match="id-9"):
        manager.list_files("id-9")


def test_a_path_to_write_to_has_the_name_of_its_id(manager: StorageManager) -> None:
    with manager.store_path("id-1") as path:
        (path / "x").write_text("x")
    assert path.name == "id-1"
    assert path.exists() is manager.store_path_is_direct_access()


def test_an_id_may_be_a_path(manager: StorageManager, tmp_path: pathlib.Path) -> None:
    manager.upload(fill(tmp_path / "in"), "id-1")
    manager.download(pathlib.PurePath("id-1"), tmp_path / "out")  # type: ignore[arg-type]
    assert (tmp_path / "out" / "weights.bin").exists()


def test_parameters_have_the_names_of_earlier_releases(manager: StorageManager, tmp_path: pathlib.Path) -> None:
    manager.upload(src=fill(tmp_path / "in"), dst="id-1", paths={"weights.bin"})
    manager.download(src="id-1", dst=tmp_path / "out", selector=None)
    assert os.listdir(tmp_path / "out") == ["weights.bin"]
    assert manager.delete(tgt="id-1", globs=["**/*"]) == {}
    path = manager.pre_store_path("id-2")
    (path / "x").write_text("x")
    manager.post_store_path(path, "id-2", {"x"})
    assert manager.list_files("id-2") == {"x": 1}


def test_an_upload_of_a_missing_directory_is_a_missing_file(manager: StorageManager, tmp_path: pathlib.Path) -> None:
    with pytest.raises(FileNotFoundError):
        manager.upload(tmp_path / "missing", "id-1")
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        manager.upload(tmp_path / "file", "id-1")


def test_nothing_is_left_of_what_loses_its_last_file(manager: StorageManager, tmp_path: pathlib.Path) -> None:
    manager.upload(fill(tmp_path / "in"), "id-1")
    assert manager.delete("id-1", ["*"]) == {}
    with pytest.raises(errors.CheckpointNotFound):
        manager.list_files("id-1")


def test_deleting_twice_does_no_harm(manager: StorageManager, tmp_path: pathlib.Path) -> None:
    manager.upload(fill(tmp_path / "in"), "id-1")
    assert manager.delete("id-1") == {}
    assert manager.delete("id-1") == {}
    with pytest.raises(errors.CheckpointNotFound):
        manager.list_files("id-1")


@pytest.mark.parametrize(
    ("glob", "gone"),
    [
        ("sub/*", ["sub/a.txt", "sub/b.txt", "sub/deep/", "sub/deep/c.bin"]),
        ("sub", ["sub/", "sub/a.txt", "sub/b.txt", "sub/deep/", "sub/deep/c.bin"]),
        ("**/*.txt", ["sub/a.txt", "sub/b.txt"]),
        ("**.txt", []),
        ("*.bin", ["weights.bin"]),
        ("**/*.bin", ["weights.bin", "sub/deep/c.bin"]),
        ("sub/[!a].txt", ["sub/b.txt"]),
        ("sub/?.txt", ["sub/a.txt", "sub/b.txt"]),
    ],
)
def test_deleting_by_pattern_returns_what_is_left(
    manager: StorageManager, tmp_path: pathlib.Path, glob: str, gone: List[str]
) -> None:
    manager.upload(fill(tmp_path / "in"), "id-1")
    expected = {path: size for path, size in RESOURCES.items() if path not in gone}
    assert manager.delete("id-1", [glob]) == expected
    assert manager.list_files("id-1") == expected


def test_a_failed_block_stores_nothing(manager: StorageManager) -> None:
    with pytest.raises(FileExistsError), manager.store_path("id-1") as path:
        (fill(path) / "empty").mkdir()
    with pytest.raises(errors.CheckpointNotFound):
        manager.list_files("id-1")
    if isinstance(manager, FileSystemStorage):
        assert list(manager.base.iterdir()) == []


def test_validation_leaves_nothing_behind(manager: StorageManager) -> None:
    manager.validate()
    if isinstance(manager, FileSystemStorage):
        assert list(manager.base.iterdir()) == []
    elif isinstance(manager, DictStorage):
        assert manager.objects == {}


@pytest.mark.parametrize("storage_id", ["", "..", "a/../b", "/abs", "a//b", "./a"])
def test_an_id_that_leads_elsewhere_is_refused(
    manager: StorageManager, storage_id: str, tmp_path: pathlib.Path
) -> None:
    with pytest.raises(ValueError, match="cannot name"):
        manager.upload(tmp_path, storage_id)


# --- directories ------------------------------------------------------------------------------------------------------


def test_what_is_written_in_place_cannot_be_read_before_it_is_whole(tmp_path: pathlib.Path) -> None:
    manager = storage.build({"type": "directory", "container_path": str(tmp_path / "store")})
    with manager.store_path("id-1") as path:
        (path / "x").write_text("x")
        assert path == tmp_path / "store" / "id-1"
        for read in (manager.list_files, lambda i: manager.download(i, tmp_path / "out"), _enter(manager.restore_path)):
            with pytest.raises(errors.CheckpointNotFound, match="not whole"):
                read("id-1")
    assert (path / "x").read_text() == "x"
    assert os.listdir(tmp_path / "store") == ["id-1"]
    assert manager.list_files("id-1") == {"x": 1}


def _enter(path: Callable[[str], ContextManager[pathlib.Path]]) -> Callable[[str], Any]:
    def read(storage_id: str) -> None:
        with path(storage_id):
            pass

    return read


def test_a_checkpoint_whose_writing_was_killed_is_not_there(tmp_path: pathlib.Path) -> None:
    config = {"type": "directory", "container_path": str(tmp_path / "store")}
    program = (
        "import os, signal, sys\nfrom determined.common import storage\n"
        f"with storage.build({config!r}).store_path('id-1') as path:\n"
        "    (path / 'x').write_text('half'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == -9
    manager = storage.build(config)
    with pytest.raises(errors.CheckpointNotFound, match="cut"):
        manager.download("id-1", tmp_path / "out")
    assert manager.delete("id-1") == {}
    assert os.listdir(tmp_path / "store") == []


def test_a_block_that_fails_leaves_what_was_stored_before(tmp_path: pathlib.Path) -> None:
    manager = storage.build({"type": "directory", "container_path": str(tmp_path)})
    with manager.store_path("id-1") as path:
        (path / "x").write_text("first")
    with pytest.raises(ZeroDivisionError), manager.store_path("id-1"):
        raise ZeroDivisionError
    assert (tmp_path / "id-1" / "x").read_text() == "first"


def test_several_processes_may_write_to_one_directory(tmp_path: pathlib.Path) -> None:
    managers = [storage.build({"type": "directory", "container_path": str(tmp_path)}) for _ in range(2)]
    first, second = (m.pre_store_path("id-1") for m in managers)
    (first / "a").touch()
    (second / "b").touch()
    managers[0].post_store_path(first, "id-1")
    managers[1].abort_store_path(second, "id-1")
    assert managers[1].list_files("id-1") == {"a": 0, "b": 0}


def test_a_copy_has_the_mode_and_the_time_of_its_file(tmp_path: pathlib.Path) -> None:
    program = tmp_path / "in" / "run.sh"
    program.parent.mkdir()
    program.write_text("#!/bin/sh")
    program.chmod(0o750)
    os.utime(program, (1_000_000, 1_000_000))
    manager = storage.build({"type": "directory", "container_path": str(tmp_path / "store")})
    manager.upload(program.parent, "id-1")
    manager.download("id-1", tmp_path / "out")
    found = (tmp_path / "out" / "run.sh").stat()
    assert (found.st_mode & 0o777, found.st_mtime) == (0o750, 1_000_000)


def test_a_relative_directory_stays_relative(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for manager in (storage.from_string("ck"), storage.build({"type": "directory", "container_path": "ck"})):
        with manager.store_path("id-1") as path:
            pass
        assert path == pathlib.Path("ck", "id-1")


def test_validation_fails_where_nothing_can_be_written(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    manager = storage.build({"type": "directory", "container_path": str(tmp_path / "file")})
    with pytest.raises(OSError, match="file"):
        manager.validate()


def test_copying_follows_links_to_directories_but_not_in_circles(tmp_path: pathlib.Path) -> None:
    fill(tmp_path / "real")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path / "real")
    (tmp_path / "in" / "up").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "dangling").symlink_to(tmp_path / "nowhere")
    manager = storage.build({"type": "directory", "container_path": str(tmp_path / "store")})
    manager.upload(tmp_path / "in", "id-1")
    assert (tmp_path / "store" / "id-1" / "link" / "sub" / "a.txt").read_bytes() == b"a"
    assert "up/up/" not in manager.list_files("id-1")
    assert "dangling" not in manager.list_files("id-1")


@pytest.mark.parametrize(
    ("host", "path", "container", "expected"),
    [
        ("/h", None, None, "/h"),
        ("/h", "s/t", None, "/h/s/t"),
        ("/h/", "/h/s", None, "/h/s"),
        ("/h", "/h", None, "/h"),
        ("/h", "s", "/determined_shared_fs", "/determined_shared_fs/s"),
        ("/h", "/h/s", "/determined_shared_fs", "/determined_shared_fs/s"),
        ("/h", "a/../b", None, "/h/b"),
        ("/h", "..s", None, "/h/..s"),
    ],
)
def test_shared_fs_lies_at_storage_path_in_host_path(
    host: str, path: Optional[str], container: Optional[str], expected: str
) -> None:
    assert locate(host, path, container) == expected


@pytest.mark.parametrize(
    ("host", "path"), [("/a/b", "/a/bc"), ("/a/b", "/c"), ("/a/b", ".."), ("/a/b", "x/../../y"), ("rel", None)]
)
def test_a_storage_path_outside_of_host_path_is_refused(host: str, path: Optional[str]) -> None:
    with pytest.raises(ValueError, match="host_path"):
        locate(host, path)


def test_shared_fs_knows_the_older_key_and_ignores_policies(tmp_path: pathlib.Path) -> None:
    config = {"type": "shared_fs", "host_path": str(tmp_path), "checkpoint_path": "old", "storage_path": None}
    manager = storage.build({**config, "save_trial_best": 1, "propagation": "rprivate"})
    assert isinstance(manager, FileSystemStorage)
    assert manager.base == tmp_path / "old"


@pytest.mark.parametrize(
    ("prefix", "normal"),
    [
        (None, ""),
        ("", ""),
        ("/", ""),
        ("foo", "foo"),
        ("./foo/", "foo"),
        ("/foo//bar/", "foo/bar"),
        ("foo/./bar/.", "foo/bar"),
        (".", "."),
        ("./", "."),
        ("..foo/b..r", "..foo/b..r"),
        (" foo ", " foo "),
    ],
)
def test_a_prefix_has_one_form(prefix: Optional[str], normal: str) -> None:
    assert normalize_prefix(prefix) == normal
    assert DictStorage(prefix).get_storage_prefix("id-1") == (f"{normal}/id-1" if normal else "id-1")


@pytest.mark.parametrize("prefix", ["..", "../foo", "foo/..", "foo/../bar", "/../foo"])
def test_a_prefix_that_leads_elsewhere_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        storage.normalize_prefix(prefix)


def test_an_error_of_access_is_still_of_its_own_kind() -> None:
    with pytest.raises(errors.NoDirectStorageAccess, match="s3://b") as raised, translated_errors(OSError, "s3://b"):
        raise PermissionError(13, "no", "file")
    assert isinstance(raised.value, PermissionError)
    assert raised.value.errno == 13
    assert isinstance(raised.value.__cause__, PermissionError)
    copied = pickle.loads(pickle.dumps(raised.value))
    assert (type(copied), str(copied)) == (errors.NoDirectStorageAccess, str(raised.value))


def test_managers_can_be_made_by_name(tmp_path: pathlib.Path) -> None:
    shared = storage.SharedFSStorageManager.from_config({"host_path": str(tmp_path), "storage_path": "x"})
    assert shared.base == tmp_path / "x"
    assert storage.SharedFSStorageManager(str(tmp_path)).base == tmp_path
    assert isinstance(storage.from_string(f"file://{tmp_path}"), SharedFSStorageManager)
    assert issubclass(storage.S3StorageManager, storage.CloudStorageManager)
    storage.validate_config({"type": "directory", "container_path": str(tmp_path)}, None)
    storage.validate_manager(shared)
    assert os.listdir(tmp_path / "x") == []


# --- configurations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/data/x", {"type": "directory", "container_path": "/data/x"}),
        ("file:///data/x", {"type": "directory", "container_path": "/data/x"}),
        ("s3://bucket", {"type": "s3", "bucket": "bucket"}),
        ("s3://bucket/a/b/", {"type": "s3", "bucket": "bucket", "prefix": "a/b"}),
        ("gs://bucket/a", {"type": "gcs", "bucket": "bucket", "prefix": "a"}),
        (pathlib.Path("/data/x"), {"type": "directory", "container_path": "/data/x"}),
    ],
)
def test_a_path_or_url_stands_for_a_configuration(text: Any, expected: Dict[str, Any]) -> None:
    assert storage.parse_shorthand(text) == expected


@pytest.mark.parametrize(
    "text", ["", "s3://", "s3:///prefix", "s3://b/p?x=1", "gs://b#f", "azure://c", "ftp://x/y", "file://host/x"]
)
def test_other_urls_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="checkpoint storage"):
        storage.parse_shorthand(text)


@pytest.mark.parametrize(
    ("config", "kind", "words"),
    [
        ({}, TypeError, "type"),
        ({}, ValueError, "type"),
        ({"type": 3}, TypeError, "type"),
        ({"type": "tape"}, ValueError, "tape"),
        ({"type": "tape"}, TypeError, "tape"),
        ({"type": "shared_fs"}, CheckFailedError, "host_path"),
        ({"type": "directory"}, CheckFailedError, "container_path"),
        ({"type": "directory", "container_path": 5}, ValueError, "path"),
        ({"type": "s3"}, TypeError, "bucket"),
        ({"type": "s3", "bucket": "b", "prefix": 5}, TypeError, "prefix"),
        (["a"], TypeError, "dict"),
        ({"type": "s3", "bucket": "b", "region": "x"}, ValueError, "region"),
        ({"type": "azure", "container": "c"}, ValueError, "connection_string"),
        ({"type": "s3", "bucket": "b", "prefix": "a/../b"}, ValueError, "prefix"),
    ],
)
def test_a_wrong_configuration_is_refused_in_words_about_it(config: Dict[str, Any], kind: Any, words: str) -> None:
    with pytest.raises(kind, match=words):
        storage.build(config)


@pytest.mark.parametrize("beside", [{"account_url": "https://x"}, {"credential": "k"}])
def test_a_connection_string_of_azure_counts_for_more(beside: Dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("azure.storage.blob", reason="azure-storage-blob is not installed")
    text = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=Zm9v;BlobEndpoint=http://127.0.0.1:1/a"
    storage.build({"type": "azure", "container": "c", "connection_string": text, **beside})
    assert "no effect" in caplog.text


@pytest.mark.parametrize(
    ("config", "package", "extra"),
    [
        ({"type": "s3", "bucket": "b"}, "boto3", "s3"),
        ({"type": "gcs", "bucket": "b"}, "google.api_core.exceptions", "gcs"),
        ({"type": "azure", "container": "c", "connection_string": "x"}, "azure.core.exceptions", "azure"),
    ],
)
def test_a_missing_package_names_the_extra_to_install(
    monkeypatch: pytest.MonkeyPatch, config: Dict[str, str], package: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"determined\[{extra}\]"):
        storage.build(config)


def test_importing_storage_loads_no_heavy_package() -> None:
    program = (
        "import sys, determined.common.storage as s\n"
        "s.build({'type': 'directory', 'container_path': '/x'})\n"
        "print(sorted({'boto3', 'google.cloud', 'azure', 'requests'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "[]\n"


@pytest.mark.parametrize("glob", ["/etc/*", "../*", "a/../b"])
def test_a_pattern_that_leads_elsewhere_is_refused(glob: str) -> None:
    with pytest.raises(ValueError, match="relative"):
        match_globs(["a"], [glob])


def test_object_storage_moves_files_side_by_side_and_raises_what_fails(tmp_path: pathlib.Path) -> None:
    class Failing(DictStorage):
        def _put(self, name: str, file: Optional[str]) -> None:
            if name.endswith("a.txt"):
                raise PermissionError("not allowed")
            super()._put(name, file)

    before = threading.active_count()
    with pytest.raises(errors.NoDirectStorageAccess, match="not allowed"):
        Failing().upload(fill(tmp_path / "in"), "id-1")
    assert threading.active_count() == before


def test_a_read_only_directory_fails_the_validation(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir(mode=0o500)
    with only_what_the_mode_grants(), pytest.raises(PermissionError):
        storage.build({"type": "directory", "container_path": str(folder)}).validate()
    shutil.rmtree(folder)


def test_a_download_tells_of_every_byte_whatever_the_number_of_workers(
    manager: StorageManager, tmp_path: pathlib.Path
) -> None:
    manager.upload(fill(tmp_path / "in"), "id-1")
    for workers in (1, 3):
        counts: List[int] = []
        manager.download("id-1", tmp_path / f"out-{workers}", workers=workers, on_bytes=counts.append)
        assert sum(counts) == sum(RESOURCES.values())
        assert list_directory(tmp_path / f"out-{workers}") == RESOURCES


@pytest.mark.parametrize("has_sendfile", [True, False])
def test_files_are_copied_where_the_kernel_cannot_do_it(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, has_sendfile: bool
) -> None:
    def refuse(*_: Any) -> int:
        raise OSError(errno.EXDEV, "not between these")

    monkeypatch.setattr(os, "copy_file_range", refuse, raising=False)
    if not has_sendfile:
        monkeypatch.setattr(os, "sendfile", refuse, raising=False)
    store = storage.build({"type": "directory", "container_path": str(tmp_path / "store")})
    content = os.urandom(3 << 20)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "big.bin").write_bytes(content)
    store.upload(tmp_path / "in", "id-1")
    counts: List[int] = []
    store.download("id-1", tmp_path / "out", on_bytes=counts.append)
    assert (tmp_path / "out" / "big.bin").read_bytes() == content
    assert sum(counts) == len(content)


def test_after_a_failure_no_further_file_is_begun(tmp_path: pathlib.Path) -> None:
    begun: List[int] = []

    def fail_at_third(item: int) -> None:
        begun.append(item)
        if item == 2:
            raise PermissionError("the third")

    with pytest.raises(PermissionError, match="the third"):
        for_all(list(range(1000)), fail_at_third, 1)
    assert begun == [0, 1, 2]
    begun.clear()
    with pytest.raises(PermissionError, match="the third"):
        for_all(list(range(100_000)), fail_at_third, 2)
    assert len(begun) < 100_000


def test_large_objects_of_s3_come_in_parts(
    s3_url: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    bucket, keys = f"bucket-{uuid.uuid4()}", {"access_key": "a", "secret_key": "b"}
    client = boto3.client("s3", endpoint_url=s3_url, aws_access_key_id="a", aws_secret_access_key="b")
    client.create_bucket(Bucket=bucket)
    store = storage.build({"type": "s3", "bucket": bucket, "endpoint_url": s3_url, **keys})
    content = os.urandom(20 << 20)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "big.bin").write_bytes(content)
    store.upload(tmp_path / "in", "id-1")
    counts: List[int] = []
    store.download("id-1", tmp_path / "out", on_bytes=counts.append)
    assert (tmp_path / "out" / "big.bin").read_bytes() == content
    assert sum(counts) == len(content)


def test_a_service_on_this_machine_is_reached_without_a_proxy(
    s3_url: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    bucket, keys = f"bucket-{uuid.uuid4()}", {"access_key": "a", "secret_key": "b"}
    boto3.client("s3", endpoint_url=s3_url, aws_access_key_id="a", aws_secret_access_key="b").create_bucket(
        Bucket=bucket
    )
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    store = storage.build({"type": "s3", "bucket": bucket, "endpoint_url": s3_url, **keys})
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_bytes(b"content")
    store.upload(tmp_path / "in", "id-1")
    store.download("id-1", tmp_path / "out")
    assert (tmp_path / "out" / "a").read_bytes() == b"content"
