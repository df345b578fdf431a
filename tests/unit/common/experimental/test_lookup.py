"""Finding things by name, and living with what the master answers wrongly."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from determined.common.api import Session
from determined.common.api import errors as api_errors
from determined.common.experimental.determined import Determined
from determined.common.experimental.experiment import ExperimentState
from determined.common.experimental.model import Model
from determined.common.experimental.project import Project
from determined.common.experimental.workspace import Workspace

from .stub_master import Answer, Request, StubMaster, page_of

MODEL: Dict[str, Any] = {"id": 4, "name": "m", "metadata": {"a": 1}, "labels": ["x"], "username": "ada"}


def workspaces(*names: str) -> Any:
    return page_of("workspaces", *({"id": number, "name": name} for number, name in enumerate(names, 1)))


def test_a_workspace_is_found_by_its_exact_name_where_the_master_takes_it_for_a_pattern(
    stub: StubMaster, session: Session
) -> None:
    stub.on("GET", "/api/v1/workspaces", workspaces("axb", "A_B", "a_b"))
    assert Workspace(session, workspace_name="a_b").id == 3
    assert Determined._from_session(session).get_workspace("a_b").id == 3
    with pytest.raises(api_errors.NotFoundException, match="a_c"):
        Workspace(session, workspace_name="a_c")


def test_a_name_with_a_backslash_is_not_sent_as_a_pattern(stub: StubMaster, session: Session) -> None:
    stub.on("GET", "/api/v1/workspaces", workspaces("a\\b"))
    assert Workspace(session, workspace_name="a\\b").id == 1
    assert "name" not in stub.requests[0].query


def test_a_name_in_another_case_is_found_where_nothing_else_is_called_so(stub: StubMaster, session: Session) -> None:
    determined = Determined._from_session(session)
    stub.on("GET", "/api/v1/workspaces", workspaces("Tour"))
    assert determined.get_workspace("tour").name == "Tour"
    stub.on("GET", "/api/v1/workspaces", workspaces("Tour", "tour"))
    assert determined.get_workspace("tour").id == 2
    stub.on("GET", "/api/v1/workspaces", workspaces("Tour", "TOUR"))
    with pytest.raises(api_errors.NotFoundException, match="tour"):
        determined.get_workspace("tour")


def test_a_workspace_needs_either_a_number_or_a_name(stub: StubMaster, session: Session) -> None:
    for arguments in ({}, {"workspace_id": 1, "workspace_name": "a"}):
        with pytest.raises(ValueError, match="either workspace_id or workspace_name"):
            Workspace(session, **arguments)  # type: ignore[arg-type]
    assert stub.requests == []


def test_a_project_is_found_by_its_exact_name(stub: StubMaster, session: Session) -> None:
    found = page_of("projects", {"id": 8, "name": "pXq"}, {"id": 9, "name": "p_q"})
    stub.on("GET", "/api/v1/workspaces/2/projects", found)
    stub.on("DELETE", "/api/v1/projects/9", {"completed": True})
    workspace = Workspace(session, workspace_id=2)
    assert workspace.get_project("p_q").id == 9
    workspace.delete_project("p_q")
    with pytest.raises(api_errors.NotFoundException, match="other"):
        workspace.get_project("other")


def test_a_removed_note_leaves_the_others(stub: StubMaster, session: Session) -> None:
    notes = [{"name": "a", "contents": "1"}, {"name": "b", "contents": "2"}]
    stub.on("GET", "/api/v1/projects/5", {"project": {"id": 5, "notes": notes}})
    stub.on("PUT", "/api/v1/projects/5/notes", lambda request: {"notes": request.body["notes"]})
    project = Project(session, 5)
    project.remove_note("a")
    assert project.notes == [notes[1]]
    with pytest.raises(ValueError, match="no note named 'z'"):
        project.remove_note("z")


def test_of_two_notes_of_a_title_none_is_removed(stub: StubMaster, session: Session) -> None:
    notes = [{"name": "a", "contents": "1"}, {"name": "a", "contents": "2"}]
    stub.on("GET", "/api/v1/projects/5", {"project": {"id": 5, "notes": notes}})
    with pytest.raises(ValueError, match="several notes named 'a'"):
        Project(session, 5).remove_note("a")
    assert [r.method for r in stub.requests] == ["GET"]


def test_a_changed_model_takes_from_the_answer_what_was_changed(stub: StubMaster, session: Session) -> None:
    stub.on("GET", "/api/v1/models/m", {"model": MODEL})
    stub.on("PATCH", "/api/v1/models/4", {"model": {"name": "m", "id": 0, "username": "", "description": "new"}})
    model = Determined._from_session(session).get_model("m")
    model.set_description("new")
    assert (model.model_id, model.username, model.description) == (4, "ada", "new")
    assert len(stub.requests) == 2


def test_model_metadata_is_merged_with_what_is_known_of_it(stub: StubMaster, session: Session) -> None:
    stub.on("GET", "/api/v1/models/m", {"model": MODEL})
    stub.on("GET", "/api/v1/models/4", {"model": MODEL})
    stub.on("PATCH", "/api/v1/models/4", {"model": {}})
    model = Model(session, "m")
    model.add_metadata({"b": 2})
    model.remove_metadata(["a", "c"])
    assert [r.body for r in stub.sent("PATCH", "/api/v1/models/4")] == [
        {"metadata": {"a": 1, "b": 2}},
        {"metadata": {"b": 2}},
    ]
    assert len(stub.sent("GET", "/api/v1/models/4") + stub.sent("GET", "/api/v1/models/m")) == 1


def test_a_model_whose_name_has_a_colon_is_found_in_the_list(stub: StubMaster, session: Session) -> None:
    stub.on("GET", "/api/v1/models", page_of("models", {"id": 1, "name": "xa:b"}, {"id": 2, "name": "a:b"}))
    assert Determined._from_session(session).get_model("a:b").model_id == 2


def test_models_of_unknown_workspaces_are_not_all_models(stub: StubMaster, session: Session) -> None:
    stub.on("GET", "/api/v1/workspaces", workspaces("here"))
    stub.on("GET", "/api/v1/models", page_of("models", MODEL))
    determined = Determined._from_session(session)
    with pytest.raises(api_errors.NotFoundException, match="nowhere"):
        determined.list_models(workspace_names=["nowhere"])
    assert [m.name for m in determined.list_models(workspace_names=["here"], workspace_ids=[7])] == ["m"]
    assert stub.sent("GET", "/api/v1/models")[-1].query["workspaceIds"] == ["7", "1"]


def test_the_latest_version_is_none_where_there_is_none(stub: StubMaster, session: Session) -> None:
    stub.on("GET", "/api/v1/models/m/versions", page_of("modelVersions"))
    assert Model(session, "m").get_version() is None
    assert stub.requests[0].query["orderBy"] == ["ORDER_BY_DESC"]


def test_a_version_brings_its_checkpoint(stub: StubMaster, session: Session) -> None:
    data = {"version": 3, "id": 30, "model": MODEL, "checkpoint": {"uuid": "u", "state": "STATE_COMPLETED"}}
    stub.on("GET", "/api/v1/models/m/versions/3", {"modelVersion": data})
    version = Model(session, "m").get_version(3)
    assert version is not None
    assert (version.model_version, version.model_name, version.model_id) == (3, "m", 4)
    assert version.checkpoint is not None
    assert version.checkpoint.uuid == "u"


def states_asked(request: Request) -> Any:
    return sorted(request.query.get("states", []))


def test_states_that_are_only_shown_are_asked_for_as_active(stub: StubMaster, session: Session) -> None:
    shown = ["STATE_RUNNING", "STATE_QUEUED", "STATE_PAUSED"]
    found = page_of("experiments", *({"id": n, "state": state} for n, state in enumerate(shown)))
    stub.on("GET", "/api/v1/experiments", found)
    determined = Determined._from_session(session)
    running = determined.list_experiments(states=[ExperimentState.RUNNING])
    assert [e.id for e in running] == [0]
    assert states_asked(stub.requests[-1]) == ["STATE_ACTIVE", "STATE_RUNNING"]
    active = determined.list_experiments(states=[ExperimentState.ACTIVE, ExperimentState.PAUSED])
    assert [e.id for e in active] == [0, 1, 2]
    assert states_asked(stub.requests[-1]) == ["STATE_ACTIVE", "STATE_PAUSED"]


def test_notes_that_a_list_leaves_out_are_none(stub: StubMaster, session: Session) -> None:
    found = page_of("experiments", {"id": 1, "notes": "omitted"}, {"id": 2, "notes": ""})
    stub.on("GET", "/api/v1/experiments", found)
    assert [e.notes for e in Determined._from_session(session).list_experiments()] == [None, ""]
    assert [e.notes for e in Project(session, 5).list_experiments()] == [None, ""]


def test_an_empty_list_is_no_condition(stub: StubMaster, session: Session) -> None:
    determined = Determined._from_session(session)
    stub.on("GET", "/api/v1/experiments", page_of("experiments", {"id": 1, "state": "STATE_ACTIVE"}))
    found = determined.list_experiments(experiment_ids=[], states=[], labels=[], users=[])
    assert [one.id for one in found] == [1]
    assert not {"states", "labels", "users", "experimentIdFilter.incl"} & set(stub.requests[0].query)


def test_experiments_are_asked_for_by_id_with_dots_in_the_query(stub: StubMaster, session: Session) -> None:
    stub.on("GET", "/api/v1/experiments", page_of("experiments"))
    Determined._from_session(session).list_experiments(experiment_ids=[3, 5], labels=["a"], name="n")
    query = stub.requests[0].query
    assert query["experimentIdFilter.incl"] == ["3", "5"]
    assert (query["labels"], query["name"]) == (["a"], ["n"])


def test_oauth_is_told_to_be_an_enterprise_feature(stub: StubMaster, session: Session) -> None:
    from determined.errors import EnterpriseOnlyError

    stub.on("GET", "/oauth2/clients", Answer(404, {"message": "api not found"}))
    with pytest.raises(EnterpriseOnlyError):
        Determined._from_session(session).list_oauth_clients()


def test_a_master_that_passes_over_filters_does_not_give_other_experiments(stub: StubMaster, session: Session) -> None:
    rows = [{"id": 1, "state": "STATE_ERROR", "labels": ["a", "b,c"]}, {"id": 2, "state": "STATE_ERROR", "labels": []}]
    stub.on("GET", "/api/v1/experiments", page_of("experiments", *rows))
    determined = Determined._from_session(session)
    assert [e.id for e in determined.list_experiments(experiment_ids=[2])] == [2]
    assert [e.id for e in determined.list_experiments(labels=["a", "b,c"])] == [1]
    assert stub.requests[-1].query["labels"] == ["a"]
    assert determined.wait_all([2]) == [ExperimentState.ERROR]
