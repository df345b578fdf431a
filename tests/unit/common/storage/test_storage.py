"""Checkpoint storage: what every kind does alike, and what is particular to each."""

from __future__ import annotations

import errno
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import uuid
from typing import Any, Callable, ContextManager, Dict, Iterator, List, Optional

import pytest

from determined import errors
from determined.common import storage
from determined.common.storage._file_system import FileSystemStorage
from determined.common.storage._objects import ObjectStorage, translated_errors
from determined.common.storage._parallel import for_all
from determined.common.storage.base import Resources, StorageManager, list_directory, match_globs
from determined.common.storage.shared_fs import locate

from ....rights import only_what_the_mode_grants


class DictStorage(ObjectStorage):
    """A bucket in memory."""

    def __init__(self, prefix: Optional[str] = None) -> None:
        super().__init__(prefix)
        self.objects: Dict[str, bytes] = {}

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


def test_nothing_has_its_final_name_before_it_is_whole(tmp_path: pathlib.Path) -> None:
    manager = storage.build({"type": "directory", "container_path": str(tmp_path)})
    with manager.store_path("id-1") as path:
        (path / "x").write_text("x")
        assert not (tmp_path / "id-1").exists()
    assert (tmp_path / "id-1" / "x").read_text() == "x"
    assert os.listdir(tmp_path) == ["id-1"]


def test_a_stored_directory_is_never_replaced(tmp_path: pathlib.Path) -> None:
    manager = storage.build({"type": "directory", "container_path": str(tmp_path)})
    with manager.store_path("id-1") as path:
        (path / "x").write_text("first")
    with pytest.raises(FileExistsError, match="id-1"), manager.store_path("id-1") as path:
        (path / "x").write_text("second")
    assert (tmp_path / "id-1" / "x").read_text() == "first"


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
        ({"type": 3}, TypeError, "type"),
        ({"type": "tape"}, ValueError, "tape"),
        ({"type": "shared_fs"}, ValueError, "host_path"),
        ({"type": "directory", "container_path": "rel"}, ValueError, "absolute"),
        ({"type": "s3", "bucket": "b", "region": "x"}, ValueError, "region"),
        ({"type": "azure", "container": "c"}, ValueError, "connection_string"),
        ({"type": "azure", "container": "c", "connection_string": "x", "account_url": "y"}, ValueError, "either"),
        ({"type": "s3", "bucket": "b", "prefix": "a/../b"}, ValueError, "prefix"),
    ],
)
def test_a_wrong_configuration_is_refused_in_words_about_it(config: Dict[str, Any], kind: Any, words: str) -> None:
    with pytest.raises(kind, match=words):
        storage.build(config)


@pytest.mark.parametrize(
    ("config", "package", "extra"),
    [
        ({"type": "s3", "bucket": "b"}, "boto3", "s3"),
        ({"type": "gcs", "bucket": "b"}, "google.api_core", "gcs"),
        ({"type": "azure", "container": "c", "connection_string": "x"}, "azure.core", "azure"),
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
