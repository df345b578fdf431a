"""Checkpoints: who stores, what is reported, how ranks put theirs together, how they get them back."""

from __future__ import annotations

import copy
import json
import os
import pathlib
import pickle
import shutil
import threading
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple
from uuid import uuid4

import pytest

from determined import core, errors
from determined.common.api import errors as api_errors
from determined.common.api._session import AllocationSession
from determined.common.storage import StorageManager, build
from determined.core import CheckpointContext, DistributedContext, DownloadMode, DummyDistributedContext
from determined.core._checkpoint import CheckpointReporter
from determined.core._shards import merge_files, merge_metadata
from tests.unit.common.experimental.stub_master import Answer, StubMaster

from ...disks import small_disk
from ..common.storage.test_storage import DictStorage
from .conftest import ALLOCATION, TASK, run_ranks

STEPS = {"steps_completed": 3}


@pytest.fixture(params=["directory", "objects"])
def storage(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> StorageManager:
    if request.param == "objects":
        return DictStorage()
    return build({"type": "directory", "container_path": str(tmp_path / "store")})


@pytest.fixture
def session(stub: StubMaster) -> Iterator[AllocationSession]:
    opened = AllocationSession(stub.url, "ada", "secret", None, max_retries=0)
    yield opened
    opened.close()


@pytest.fixture
def make(storage: StorageManager, session: AllocationSession) -> Callable[..., CheckpointContext]:
    reporter = CheckpointReporter(session, TASK, ALLOCATION, 5)
    return lambda distributed=None: CheckpointContext(distributed or DummyDistributedContext(), storage, reporter)


def write(folder: pathlib.Path, files: Dict[str, str]) -> pathlib.Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def reports(stub: StubMaster) -> List[Dict[str, Any]]:
    return [r.body for r in stub.sent("POST", "/api/v1/checkpoints")]


def files_of(storage: StorageManager, storage_id: str) -> List[str]:
    return sorted(path for path in storage.list_files(storage_id) if not path.endswith("/"))


# --- one rank ---------------------------------------------------------------------------------------------------------


def test_a_stored_path_is_reported_as_recorded(
    make: Callable[..., CheckpointContext], stub: StubMaster, storage: StorageManager
) -> None:
    with make().store_path({"steps_completed": 1}) as (path, uuid):
        write(path, {"weights.txt": "w", "sub/x": "xx"})
        assert reports(stub) == []
    (report,) = reports(stub)
    assert report.pop("reportTime").endswith("+00:00")
    assert report == {
        "uuid": uuid,
        "taskId": TASK,
        "allocationId": ALLOCATION,
        "metadata": {"steps_completed": 1},
        "resources": {"weights.txt": "1", "sub/": "0", "sub/x": "2", "metadata.json": "26"},
        "state": "STATE_COMPLETED",
        "training": {},
        "storageId": 5,
    }
    assert files_of(storage, uuid) == ["metadata.json", "sub/x", "weights.txt"]


def test_an_upload_writes_the_metadata_into_the_caller_s_directory_too(
    make: Callable[..., CheckpointContext], stub: StubMaster, storage: StorageManager, tmp_path: pathlib.Path
) -> None:
    source = write(tmp_path / "in", {"a": "1", "b": "22"})
    uuid = make().upload(source, STEPS, selector=lambda path: path == "b")
    assert sorted(p.name for p in source.iterdir()) == ["a", "b", "metadata.json"]
    assert json.loads((source / "metadata.json").read_text()) == STEPS
    assert files_of(storage, uuid) == ["b", "metadata.json"]
    assert reports(stub)[0]["resources"] == {"b": "2", "metadata.json": "26"}


def test_a_directory_that_cannot_be_written_to_is_uploaded_all_the_same(
    make: Callable[..., CheckpointContext], storage: StorageManager, tmp_path: pathlib.Path
) -> None:
    source = write(tmp_path / "in", {"a": "1"})
    # Nothing replaces a directory that holds something, also if root asks for it.
    write(source / "metadata.json", {"x": "1"})
    uuid = make().upload(source, STEPS, selector=lambda path: path == "a")
    assert files_of(storage, uuid) == ["a", "metadata.json"]
    assert (source / "metadata.json" / "x").exists()


def test_the_path_to_store_to_has_the_checkpoint_s_name_and_stays_where_it_is_the_storage(
    make: Callable[..., CheckpointContext], storage: StorageManager
) -> None:
    with make().store_path(STEPS) as (path, uuid):
        assert path.name == uuid
    assert path.exists() is storage.store_path_is_direct_access()


def test_metadata_may_be_added_to_while_the_checkpoint_is_written(
    make: Callable[..., CheckpointContext], stub: StubMaster
) -> None:
    metadata: Dict[str, Any] = {}
    with make().store_path(metadata):
        metadata.update(STEPS)
    assert reports(stub)[0]["metadata"] == STEPS

    def work(d: DistributedContext) -> None:
        late: Dict[str, Any] = {}
        with make(d).store_path(late, shard=True):
            late.update(STEPS, **{f"k{d.rank}": 1})

    assert run_ranks(work) == [None, None]
    assert reports(stub)[1]["metadata"] == {**STEPS, "k0": 1, "k1": 1}


@pytest.mark.parametrize("bad", [{1}, object(), b"x", uuid4(), pathlib.Path("x"), {(1, 2): 3}])
def test_metadata_must_be_json(
    make: Callable[..., CheckpointContext], storage: StorageManager, tmp_path: pathlib.Path, bad: Any
) -> None:
    source = write(tmp_path / "in", {"a": "1"})
    with pytest.raises(TypeError):
        make().upload(source, {**STEPS, "bad": bad})
    with pytest.raises(TypeError), make().store_path({**STEPS, "bad": bad}):
        pytest.fail("the block must not be entered")
    assert not (tmp_path / "store").exists()


def test_steps_of_any_kind_are_for_the_master_to_judge(
    make: Callable[..., CheckpointContext], stub: StubMaster, tmp_path: pathlib.Path
) -> None:
    make().upload(write(tmp_path / "in", {"a": "1"}), {"steps_completed": "3"})
    assert reports(stub)[0]["metadata"] == {"steps_completed": "3"}


@pytest.mark.parametrize("metadata", [{}, {"a": 1}])
def test_a_block_whose_metadata_lack_steps_reports_and_leaves_nothing(
    make: Callable[..., CheckpointContext], stub: StubMaster, tmp_path: pathlib.Path, metadata: Any
) -> None:
    with pytest.raises(ValueError, match="steps_completed"), make().store_path(metadata) as (path, _):
        write(path, {"a": "1"})
    assert not path.exists()
    assert reports(stub) == []


@pytest.mark.parametrize("metadata", [None, {}, {"a": 1}])
def test_metadata_without_steps_is_refused_before_anything_is_stored(
    make: Callable[..., CheckpointContext], storage: StorageManager, tmp_path: pathlib.Path, metadata: Any
) -> None:
    source = write(tmp_path / "in", {"a": "1"})
    with pytest.raises(ValueError, match="steps_completed"):
        make().upload(source, metadata)
    if metadata is None:
        with pytest.raises(ValueError, match="steps_completed"), make().store_path(metadata):
            pytest.fail("the block must not be entered")
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("shard", [False, True])
@pytest.mark.parametrize(
    ("bad", "kind"),
    [(None, RuntimeError), ("missing", FileNotFoundError), ("", FileNotFoundError), ("file", NotADirectoryError)],
)
def test_an_upload_needs_a_directory(
    make: Callable[..., CheckpointContext],
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    bad: Any,
    kind: Any,
    shard: bool,
) -> None:
    monkeypatch.chdir(write(tmp_path, {"file": "x"}))
    with pytest.raises(kind):
        make().upload(bad, STEPS, shard=shard)


def test_a_block_that_raises_reports_and_stores_nothing(
    make: Callable[..., CheckpointContext], stub: StubMaster, storage: StorageManager, tmp_path: pathlib.Path
) -> None:
    def fail() -> None:
        with make().store_path(STEPS) as (path, _):
            write(path, {"a": "1"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert reports(stub) == []
    store = tmp_path / "store"
    assert (list(store.iterdir()) if store.exists() else []) == []


def test_a_worker_must_not_store_alone(make: Callable[..., CheckpointContext], stub: StubMaster) -> None:
    def work(d: DistributedContext) -> Any:
        if d.rank == 0:
            return None
        with pytest.raises(RuntimeError, match="chief"):
            make(d).upload("/x", STEPS)
        with pytest.raises(RuntimeError, match="chief"), make(d).store_path(STEPS):
            pass
        return "refused"

    assert run_ranks(work) == [None, "refused"]
    assert reports(stub) == []


def test_a_report_outlasts_a_master_that_is_away(
    make: Callable[..., CheckpointContext], stub: StubMaster, tmp_path: pathlib.Path
) -> None:
    stub.on("POST", "/api/v1/checkpoints", Answer(503), Answer(502), {})
    make().upload(write(tmp_path / "in", {"a": "1"}), STEPS)
    assert len(reports(stub)) == 3


def test_a_report_that_was_taken_though_its_answer_was_lost_is_no_failure(
    make: Callable[..., CheckpointContext], stub: StubMaster, tmp_path: pathlib.Path
) -> None:
    known: List[str] = []

    def first(request: Any) -> Answer:
        known.append(request.body["uuid"])
        stub.on("GET", f"/api/v1/checkpoints/{known[0]}", {"checkpoint": {"uuid": known[0]}})
        return Answer(503)

    stub.on("POST", "/api/v1/checkpoints", first, Answer(500, {"message": "duplicate key"}))
    uuid = make().upload(write(tmp_path / "in", {"a": "1"}), STEPS)
    assert known == [uuid]


def test_a_report_that_is_refused_raises(
    make: Callable[..., CheckpointContext], stub: StubMaster, tmp_path: pathlib.Path
) -> None:
    stub.on("POST", "/api/v1/checkpoints", Answer(404, {"message": "no such task"}))
    with pytest.raises(api_errors.NotFoundException, match="no such task"):
        make().upload(write(tmp_path / "in", {"a": "1"}), STEPS)


def test_a_deleted_checkpoint_is_reported_as_empty(
    make: Callable[..., CheckpointContext], stub: StubMaster, storage: StorageManager, tmp_path: pathlib.Path
) -> None:
    uuid = make().upload(write(tmp_path / "in", {"a": "1"}), STEPS)
    make().delete(uuid)
    with pytest.raises(errors.CheckpointNotFound):
        storage.list_files(uuid)
    assert stub.sent("PATCH", "/api/v1/checkpoints")[0].body == {
        "checkpoints": [{"uuid": uuid, "resources": {"resources": {}}}]
    }


def test_metadata_comes_from_the_master(make: Callable[..., CheckpointContext], stub: StubMaster) -> None:
    stub.on("GET", "/api/v1/checkpoints/u", {"checkpoint": {"uuid": "u", "metadata": {"a": 1}}})
    assert make().get_metadata("u") == {"a": 1}
    stub.on("GET", "/api/v1/checkpoints/u", {"checkpoint": {"uuid": "u"}})
    assert make().get_metadata("u") == {}


def test_download_and_restore_give_the_files(make: Callable[..., CheckpointContext], tmp_path: pathlib.Path) -> None:
    uuid = make().upload(write(tmp_path / "in", {"a": "1", "s/b": "2"}), STEPS)
    make().download(uuid, tmp_path / "out", selector=lambda path: path == "s/b")
    assert [str(p.relative_to(tmp_path)) for p in (tmp_path / "out").rglob("*") if p.is_file()] == ["out/s/b"]
    with make().restore_path(uuid) as path:
        assert (path / "a").read_text() == "1"
    with pytest.raises(errors.CheckpointNotFound), make().restore_path("nothing"):
        pass


# --- all ranks --------------------------------------------------------------------------------------------------------


def test_a_sharded_upload_is_the_union_and_is_reported_once(
    make: Callable[..., CheckpointContext], stub: StubMaster, storage: StorageManager, tmp_path: pathlib.Path
) -> None:
    def work(d: DistributedContext) -> str:
        own = write(tmp_path / f"rank{d.rank}", {f"f{d.rank}": "x", "same": "equal", "d/x" if d.rank else "d/y": "z"})
        return make(d).upload(own, {**STEPS, "ranks": {str(d.rank): 1}}, shard=True)

    ids = run_ranks(work, nodes=2, per_node=2)
    assert len(set(ids)) == 1
    assert files_of(storage, ids[0]) == ["d/x", "d/y", "f0", "f1", "f2", "f3", "metadata.json", "same"]
    (report,) = reports(stub)
    assert report["metadata"] == {"steps_completed": 3, "ranks": {"0": 1, "1": 1, "2": 1, "3": 1}}
    assert sorted(report["resources"]) == ["d/", "d/x", "d/y", "f0", "f1", "f2", "f3", "metadata.json", "same"]


def test_ranks_of_one_machine_with_one_directory_store_it_once(
    make: Callable[..., CheckpointContext], tmp_path: pathlib.Path
) -> None:
    source = write(tmp_path / "in", {"a": "1"})
    asked: List[int] = []

    def work(d: DistributedContext) -> str:
        context = make(d)
        upload = context._storage.upload
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(context, "_storage", _Watched(context._storage, lambda: asked.append(d.rank)))
            assert upload is not None
            return context.upload(source, STEPS, shard=True)

    run_ranks(work, nodes=1, per_node=3)
    # The second time is metadata.json, which the chief adds.
    assert asked == [0, 0]


class _Watched:
    """A storage that tells of each upload."""

    def __init__(self, storage: StorageManager, tell: Callable[[], None]) -> None:
        self._storage, self._tell = storage, tell

    def upload(self, *args: Any) -> None:
        self._tell()
        self._storage.upload(*args)


def test_a_rank_may_have_nothing_but_not_all(
    make: Callable[..., CheckpointContext], storage: StorageManager, tmp_path: pathlib.Path
) -> None:
    source = write(tmp_path / "in", {"a": "1"})
    ids = run_ranks(lambda d: make(d).upload(source if d.rank == 1 else None, STEPS, shard=True))
    assert files_of(storage, ids[0]) == ["a", "metadata.json"]
    results = run_ranks(lambda d: make(d).upload(None, STEPS, shard=True))
    assert all(isinstance(r, RuntimeError) and "no rank" in str(r) for r in results)


def test_selectors_of_ranks_select_each_their_own(
    make: Callable[..., CheckpointContext], storage: StorageManager, tmp_path: pathlib.Path
) -> None:
    source = write(tmp_path / "in", {"0": "", "1": "", "2": ""})
    ids = run_ranks(lambda d: make(d).upload(source, STEPS, shard=True, selector=lambda path: path == str(d.rank)))
    assert files_of(storage, ids[0]) == ["0", "1", "metadata.json"]
    ids = run_ranks(lambda d: make(d).upload(source, STEPS, shard=True, selector=lambda path: False))
    assert files_of(storage, ids[0]) == ["metadata.json"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (({"a": "1"}, {"a": "2"}), "a differs between ranks"),
        (({"a": "1"}, {"a/b": "2"}), "a is a file"),
    ],
)
def test_files_that_contradict_raise_on_all_ranks(
    make: Callable[..., CheckpointContext], stub: StubMaster, tmp_path: pathlib.Path, files: Tuple[Any, Any], words: str
) -> None:
    def work(d: DistributedContext) -> str:
        return make(d).upload(write(tmp_path / f"rank{d.rank}", files[d.rank]), STEPS, shard=True)

    results = run_ranks(work)
    assert all(isinstance(r, RuntimeError) and words in str(r) for r in results), results
    assert reports(stub) == []


def test_metadata_that_contradicts_raises_on_all_ranks(
    make: Callable[..., CheckpointContext], tmp_path: pathlib.Path
) -> None:
    source = write(tmp_path / "in", {"a": "1"})
    results = run_ranks(lambda d: make(d).upload(source, {**STEPS, "m": {"x": d.rank}}, shard=True))
    assert all(isinstance(r, RuntimeError) and "m/x (ranks [0, 1])" in str(r) for r in results), results


def test_a_mistake_of_one_rank_raises_on_all(make: Callable[..., CheckpointContext], tmp_path: pathlib.Path) -> None:
    source = write(tmp_path / "in", {"a": "1"})
    results = run_ranks(lambda d: make(d).upload(source if d.rank else tmp_path / "missing", STEPS, shard=True))
    assert [type(r) for r in results] == [FileNotFoundError, RuntimeError]
    assert all("missing" in str(r) for r in results), results
    results = run_ranks(lambda d: make(d).upload(source, {**STEPS, "m": {1} if d.rank else 1}, shard=True))
    assert [type(r) for r in results] == [RuntimeError, TypeError]
    results = run_ranks(lambda d: make(d).upload(source, STEPS, shard=True, selector=lambda _: bool(1 // d.rank)))
    assert [type(r) for r in results] == [ZeroDivisionError, RuntimeError]


def test_a_sharded_store_path_is_one_checkpoint(
    make: Callable[..., CheckpointContext], stub: StubMaster, storage: StorageManager
) -> None:
    def work(d: DistributedContext) -> str:
        with make(d).store_path({**STEPS, f"k{d.rank}": 1}, shard=True) as (path, uuid):
            write(path, {f"f{d.rank}": "x"})
        return uuid

    ids = run_ranks(work, nodes=2, per_node=2)
    assert len(set(ids)) == 1
    assert files_of(storage, ids[0]) == ["f0", "f1", "f2", "f3", "metadata.json"]
    (report,) = reports(stub)
    assert sorted(report["resources"]) == ["f0", "f1", "f2", "f3", "metadata.json"]
    assert report["metadata"] == {"steps_completed": 3, "k0": 1, "k1": 1, "k2": 1, "k3": 1}


def test_one_rank_s_exception_in_a_sharded_store_path_reaches_all(
    make: Callable[..., CheckpointContext], stub: StubMaster, tmp_path: pathlib.Path
) -> None:
    def work(d: DistributedContext) -> None:
        with make(d).store_path(STEPS, shard=True) as (path, _):
            write(path, {f"f{d.rank}": "x"})
            if d.rank == 1:
                raise KeyError("lost")

    results = run_ranks(work)
    assert isinstance(results[1], KeyError)
    assert isinstance(results[0], RuntimeError)
    assert "rank 1: KeyError" in str(results[0])
    assert reports(stub) == []
    store = tmp_path / "store"
    assert (list(store.iterdir()) if store.exists() else []) == []


def test_a_failing_report_raises_on_all_ranks(
    make: Callable[..., CheckpointContext], stub: StubMaster, tmp_path: pathlib.Path
) -> None:
    stub.on("POST", "/api/v1/checkpoints", Answer(403, {"message": "not yours"}))
    source = write(tmp_path / "in", {"a": "1"})
    results = run_ranks(lambda d: make(d).upload(source, STEPS, shard=True))
    assert isinstance(results[0], api_errors.ForbiddenException)
    assert isinstance(results[1], RuntimeError)
    assert "not yours" in str(results[1])


# --- shared downloads -------------------------------------------------------------------------------------------------


def test_a_shared_download_fetches_what_any_local_rank_wants(
    make: Callable[..., CheckpointContext], tmp_path: pathlib.Path
) -> None:
    uuid = make().upload(write(tmp_path / "in", {"0": "", "1": "", "2": "", "9": ""}), STEPS)

    def work(d: DistributedContext) -> List[str]:
        out = tmp_path / f"node{d.cross_rank}"
        make(d).download(uuid, out, selector=lambda path: path == str(d.rank))
        return sorted(p.name for p in out.iterdir())

    assert run_ranks(work, nodes=1, per_node=3) == [["0", "1", "2"]] * 3


def test_without_sharing_each_rank_fetches_its_own(
    make: Callable[..., CheckpointContext], tmp_path: pathlib.Path
) -> None:
    uuid = make().upload(write(tmp_path / "in", {"0": "", "1": ""}), STEPS)

    def work(d: DistributedContext) -> List[str]:
        if d.rank == 1:
            # No other rank takes part.
            make(d).download(uuid, tmp_path / "out", DownloadMode.NoSharedDownload)
            return sorted(p.name for p in (tmp_path / "out").iterdir())
        return []

    assert run_ranks(work) == [[], ["0", "1", "metadata.json"]]


def test_a_shared_restore_stays_until_the_last_rank_has_left(
    make: Callable[..., CheckpointContext], tmp_path: pathlib.Path
) -> None:
    uuid = make().upload(write(tmp_path / "in", {"a": "1"}), STEPS)
    left = threading.Event()

    def work(d: DistributedContext) -> Any:
        with make(d).restore_path(uuid) as path:
            if d.rank == 1:
                assert left.wait(10)
                return (path / "a").read_text()
        return None

    def leave(d: DistributedContext) -> Any:
        if d.rank == 0:
            threading.Timer(0.1, left.set).start()
        return work(d)

    assert run_ranks(leave) == [None, "1"]


@pytest.mark.parametrize("selector", [None, lambda path: True])
def test_a_missing_checkpoint_is_missing_on_all_ranks(
    make: Callable[..., CheckpointContext], tmp_path: pathlib.Path, selector: Optional[Callable[[str], bool]]
) -> None:
    results = run_ranks(lambda d: make(d).download("nothing", tmp_path / "out", selector=selector))
    assert [type(r) for r in results] == [errors.CheckpointNotFound] * 2


# --- outside of a cluster ---------------------------------------------------------------------------------------------


def test_outside_of_a_cluster_checkpoints_go_to_the_given_path(tmp_path: pathlib.Path) -> None:
    with core.init(checkpoint_storage=str(tmp_path / "mine")) as context:
        with context.checkpoint.store_path({"steps_completed": 1, "note": "x"}) as (path, uuid):
            write(path, {"a": "1"})
        assert context.checkpoint.get_metadata(uuid) == {"steps_completed": 1, "note": "x"}
        assert json.loads((tmp_path / "mine" / uuid / "metadata.json").read_text())["note"] == "x"
        context.checkpoint.delete(uuid)
        assert list((tmp_path / "mine").iterdir()) == []


# --- pure decisions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ranks", "clashes", "shared"),
    [
        ([{"a": 1}, {"b": 1}], 0, {}),
        ([{"a": 1}, {"a": 1}], 0, {"a": [0, 1]}),
        ([{"d/": 0, "d/a": 1}, {"d/": 0, "d/b": 1}], 0, {}),
        ([{"x": 1}, {"x/": 0}], 1, {}),
        ([{"x": 1}, {"x/y": 1}], 1, {}),
        ([{"p/x": 1}, {"q/x": 1}], 0, {}),
    ],
)
def test_files_of_ranks_are_merged(ranks: List[Dict[str, int]], clashes: int, shared: Dict[str, List[int]]) -> None:
    plan = merge_files(ranks)
    assert (len(plan.clashes), plan.shared) == (clashes, shared)
    assert sorted(plan.owned_by(0) + plan.owned_by(1)) == sorted(plan.resources)


@pytest.mark.parametrize(
    ("ranks", "merged", "conflicts"),
    [
        ([{"a": 1}, {"b": 2}], {"a": 1, "b": 2}, {}),
        ([{"a": 1}, {"a": 1}], {"a": 1}, {}),
        ([{"a": 1}, {"a": 2}], {}, {"a": [0, 1]}),
        ([{"a": {"b": 1}}, {"a": 1}], {}, {"a": [0, 1]}),
        ([{"a": {"b": {"c": 1}}}, {"a": {"b": {"d": 2}}}], {"a": {"b": {"c": 1, "d": 2}}}, {}),
        ([{"a": {"b": {"c": 1}}}, {}, {"a": {"b": {"c": 3}}}], {"a": {"b": {}}}, {"a/b/c": [0, 2]}),
        ([{"a": 1}, {"a": True}], {}, {"a": [0, 1]}),
    ],
)
def test_metadata_of_ranks_is_merged(ranks: Any, merged: Any, conflicts: Any) -> None:
    assert merge_metadata(ranks) == (merged, conflicts)


@pytest.mark.parametrize("how", ["upload", "store_path"])
def test_nothing_is_left_of_a_checkpoint_for_which_the_disk_has_no_room(
    stub: StubMaster, session: AllocationSession, tmp_path: pathlib.Path, how: str
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        storage = build({"type": "directory", "container_path": str(disk / "store")})
        context = CheckpointContext(
            DummyDistributedContext(), storage, CheckpointReporter(session, TASK, ALLOCATION, 5)
        )
        kept = context.upload(write(tmp_path / "small", {"w": "1"}), STEPS)
        big = write(tmp_path / "big", {name: name * (400 << 10) for name in "abcd"})

        def store_in_place() -> None:
            with context.store_path(STEPS) as (path, _):
                shutil.copytree(big, path, copy_function=shutil.copyfile, dirs_exist_ok=True)

        with pytest.raises(OSError, match="No space left on device"):
            context.upload(big, STEPS) if how == "upload" else store_in_place()
        assert os.listdir(disk / "store") == [kept]
        assert len(reports(stub)) == 1
        context.upload(write(tmp_path / "small", {"w": "2"}), STEPS)


def test_the_context_of_a_trial_says_that_it_cannot_be_pickled(session: AllocationSession) -> None:
    context = core.Context(core.DummyCheckpointContext(DummyDistributedContext(), DictStorage()), session=session)
    for renew in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match=r"core\.init\(\)"):
            renew(context)
