"""Names and labels that a master takes for something else: exact matches, right quoting, or a clear error."""

from __future__ import annotations

from typing import Iterator

import pytest

from determined.common.api import errors
from determined.experimental import client
from determined.master import LocalMaster

CONFIG = {"name": "y", "entrypoint": "true", "searcher": {"name": "single", "metric": "m"}}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[client.Determined]:
    with LocalMaster(tmp_path_factory.mktemp("names"), slots=1, initial_password="") as master:
        determined = client.Determined(master.url, "admin", "")
        # what a pattern would find in place of the names below
        for decoy in ("axb", "aXXb", "A_B", "ab"):
            determined.create_workspace(decoy).create_project(decoy)
            determined.create_model(decoy)
        yield determined
        determined._session.close()


ODD_NAMES = ["a_b", "a%b", "a:b", "a:archive", "1x", "a?b#c", "a&b=c", "%41", "..", "a+b", "a;b", " a b ", "ü 漢"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_model_is_found_and_changed_by_its_exact_name(cluster: client.Determined, name: str) -> None:
    cluster.create_model(name)
    model = client.Model(cluster._session, name)
    model.set_description("about")
    assert cluster.get_model(name).description == "about"
    assert (model.list_versions(), model.get_version()) == ([], None)
    assert name in [found.name for found in cluster.list_models(name=name)]
    model.archive()
    assert cluster.get_model(name).archived
    model.unarchive()
    model.delete()
    with pytest.raises(errors.NotFoundException):
        cluster.get_model(name)


@pytest.mark.parametrize("name", [*ODD_NAMES, "a\\b", "a/b", "7"])
def test_workspaces_and_projects_are_found_by_their_exact_names(cluster: client.Determined, name: str) -> None:
    workspace = cluster.create_workspace(name)
    project = workspace.create_project(name)
    model = cluster.create_model(f"in {workspace.id}", workspace_name=name)
    assert cluster.get_workspace(name).id == workspace.id
    assert workspace.get_project(name).id == project.id
    assert [found.name for found in cluster.list_models(workspace_names=[name])] == [model.name]
    assert client.Workspace(cluster._session, workspace_name=name).id == workspace.id
    model.move_to_workspace("Uncategorized")
    model.move_to_workspace(name)
    assert model.workspace_id == workspace.id
    model.delete()
    workspace.delete_project(name)
    cluster.delete_workspace(name)


@pytest.mark.parametrize("name", ["a/b", "a\\b", "", "  ", "12"])
def test_a_name_that_no_model_can_have_is_refused_with_a_reason(cluster: client.Determined, name: str) -> None:
    with pytest.raises(errors.APIException, match="model names cannot"):
        cluster.create_model(name)


def test_a_slash_cannot_stand_in_a_path(cluster: client.Determined) -> None:
    with pytest.raises(ValueError, match="'a/b' is not a valid path parameter"):
        cluster.get_model("a/b")


def test_experiments_are_found_by_labels_with_commas(cluster: client.Determined) -> None:
    experiment = cluster.create_experiment({**CONFIG, "labels": ["a,b", "c"]}, activate=False)
    other = cluster.create_experiment({**CONFIG, "labels": ["a", "b", "c"]}, activate=False)
    assert experiment.name == "y"
    for labels, found in ((["a,b"], [experiment]), (["c", "a,b"], [experiment]), (["a", "b"], [other]), (["b,c"], [])):
        assert [one.id for one in cluster.list_experiments(labels=labels)] == [one.id for one in found]
    experiment.add_label("d,e")
    experiment.remove_label("a,b")
    assert sorted(experiment.labels or []) == ["c", "d,e"]


def test_a_model_shows_the_labels_that_the_master_has_made(cluster: client.Determined) -> None:
    model = cluster.create_model("labelled", labels=["p,q"])
    assert model.labels == ["p", "q"]
    model.set_labels(["x,y", "z"])
    assert model.labels == cluster.get_model("labelled").labels == ["x", "y", "z"]


@pytest.mark.parametrize("name", ["u:1", "1u", "a_b", "u%", "u v"])
def test_users_are_found_by_their_exact_names(cluster: client.Determined, name: str) -> None:
    created = cluster.create_user(name, admin=False, password="Passw0rd!x")
    assert cluster.get_user_by_name(name).user_id == created.user_id
