"""Beside every list stands an iterator that fetches what is needed, when it is needed."""

from __future__ import annotations

import inspect
from typing import Any, Callable, Dict, List, Tuple

import pytest

from determined.common.api import Session
from determined.common.api._pages import LAZY_PAGE
from determined.common.api.errors import PagingException
from determined.common.experimental.determined import Determined
from determined.common.experimental.experiment import Experiment
from determined.common.experimental.model import Model
from determined.common.experimental.project import Project
from determined.common.experimental.resource_pool import ResourcePool
from determined.common.experimental.trial import Trial
from determined.common.experimental.workspace import Workspace
from determined.experimental import client

from .stub_master import Request, StubMaster

ROWS = 250
CLASSES = (Determined, Experiment, Trial, Model, Project, ResourcePool, Workspace)

# what is called, on which path it reads, the key of its rows, one row
READERS: Dict[str, Tuple[Callable[[Session], Any], str, str, Callable[[int], Any]]] = {
    "Determined.experiments": (Determined._from_session, "/api/v1/experiments", "experiments", lambda n: {"id": n}),
    "Determined.models": (Determined._from_session, "/api/v1/models", "models", lambda n: {"name": str(n)}),
    "Determined.users": (Determined._from_session, "/api/v1/users", "users", lambda n: {"id": n}),
    "Determined.workspaces": (Determined._from_session, "/api/v1/workspaces", "workspaces", lambda n: {"id": n}),
    "Experiment.trials": (lambda s: Experiment(3, s), "/api/v1/experiments/3/trials", "trials", lambda n: {"id": n}),
    "Experiment.checkpoints": (
        lambda s: Experiment(3, s),
        "/api/v1/experiments/3/checkpoints",
        "checkpoints",
        lambda n: {"uuid": str(n), "training": {"searcherMetric": n, "validationMetrics": {"avgMetrics": {"a": n}}}},
    ),
    "Trial.checkpoints": (
        lambda s: Trial(7, s),
        "/api/v1/trials/7/checkpoints",
        "checkpoints",
        lambda n: {"uuid": str(n), "training": {"searcherMetric": n}},
    ),
    "Model.versions": (
        lambda s: Model(s, "m"),
        "/api/v1/models/m/versions",
        "modelVersions",
        lambda n: {"version": n, "model": {"name": "m"}},
    ),
    "Project.experiments": (lambda s: Project(s, 5), "/api/v1/experiments", "experiments", lambda n: {"id": n}),
    "Workspace.projects": (
        lambda s: Workspace(s, 2),
        "/api/v1/workspaces/2/projects",
        "projects",
        lambda n: {"id": n},
    ),
    "Workspace.pools": (
        lambda s: Workspace(s, 2),
        "/api/v1/workspaces/2/available-resource-pools",
        "resourcePools",
        str,
    ),
}


def listing(key: str, make: Callable[[int], Any]) -> Callable[[Request], Any]:
    """Answer as the master does: a page of 100 where nothing is said."""

    def answer(request: Request) -> Any:
        begin = int(request.query.get("offset", ["0"])[0])
        end = min(begin + (int(request.query.get("limit", ["0"])[0]) or 100), ROWS)
        return {
            key: [make(n) for n in range(begin, end)],
            "pagination": {"offset": begin, "startIndex": begin, "endIndex": end, "total": ROWS},
        }

    return answer


def prepare(stub: StubMaster, name: str, session: Session) -> Tuple[Callable[[], Any], Callable[[], Any], str]:
    build, path, key, make = READERS[name]
    stub.on("GET", path, listing(key, make))
    config = {"searcher": {"metric": "a", "smaller_is_better": True}}
    stub.on("GET", "/api/v1/experiments/3", {"experiment": {"id": 3, "config": config}})
    stub.on("GET", "/api/v1/trials/7", {"trial": {"id": 7, "experimentId": 3}})
    thing = build(session)
    noun = name.split(".")[1]
    return getattr(thing, f"iter_{noun}"), getattr(thing, f"list_{noun}"), path


@pytest.mark.parametrize("name", READERS)
def test_rows_are_fetched_page_by_page_as_they_are_taken(stub: StubMaster, session: Session, name: str) -> None:
    iterate, _, path = prepare(stub, name, session)
    rows = iterate()
    assert stub.sent("GET", path) == []
    for _ in range(LAZY_PAGE):
        next(rows)
    assert len(stub.sent("GET", path)) == 1
    assert len(list(rows)) == ROWS - LAZY_PAGE
    assert len(stub.sent("GET", path)) == 3


@pytest.mark.parametrize("name", READERS)
def test_a_list_and_its_iterator_hold_the_same(stub: StubMaster, session: Session, name: str) -> None:
    iterate, read_list, _ = prepare(stub, name, session)
    listed = read_list()
    assert len(listed) == ROWS
    assert [repr(row) for row in iterate()] == [repr(row) for row in listed]


@pytest.mark.parametrize("name", READERS)
def test_a_master_that_gives_the_first_page_again_ends_in_an_error(
    stub: StubMaster, session: Session, name: str
) -> None:
    iterate, _, path = prepare(stub, name, session)
    _, _, key, make = READERS[name]
    rows = [make(n) for n in range(100)]
    stub.on("GET", path, {key: rows, "pagination": {"startIndex": 0, "endIndex": 100, "total": ROWS}})
    found = iterate()
    for _ in range(100):
        next(found)
    with pytest.raises(PagingException, match="0 to 100 of 250 when asked from 100 on"):
        next(found)


def test_every_list_has_an_iterator_with_the_same_parameters() -> None:
    places: List[Any] = [*CLASSES, client]
    seen = 0
    for place in places:
        for name in [name for name in vars(place) if name.startswith("list_")]:
            iterator = getattr(place, name.replace("list_", "iter_"))
            wanted = set(inspect.signature(getattr(place, name)).parameters)
            assert wanted <= set(inspect.signature(iterator).parameters), (place, name)
            seen += 1
    assert seen >= 17


def test_checkpoints_without_the_metric_come_last_also_one_by_one(stub: StubMaster, session: Session) -> None:
    rows = [{"uuid": "none"}, {"uuid": "good", "training": {"searcherMetric": 1.0}}]
    stub.on("GET", "/api/v1/experiments/3/checkpoints", {"checkpoints": rows})
    assert [c.uuid for c in Experiment(3, session).iter_checkpoints()] == ["good", "none"]
    assert [c.uuid for c in Experiment(3, session).iter_checkpoints(max_results=1)] == ["good"]


@pytest.mark.parametrize("thing", [Experiment, Trial])
def test_an_iterator_refuses_what_its_list_refuses_before_a_request(
    stub: StubMaster, session: Session, thing: Any
) -> None:
    with pytest.raises(ValueError, match="both sort_by and order_by"):
        thing(3, session).iter_checkpoints("loss")
    assert stub.requests == []
