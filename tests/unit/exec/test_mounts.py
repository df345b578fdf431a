"""Bind mounts of tasks without containers: links in the working directory, and nothing outside of it."""

from __future__ import annotations

import pathlib
from typing import Dict, List, Tuple

import pytest

from determined.exec._mounts import link_mounts
from determined.exec._preparation import PreparationFailed


class Place:
    """A working directory, a folder of the machine, and what the task's log is told."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.workdir, self.host = folder / "work", folder / "host"
        self.workdir.mkdir()
        self.host.mkdir()
        (self.host / "numbers.csv").write_text("1,2,3")
        self.told: List[Tuple[str, str]] = []

    def mount(self, container_path: str, **more: object) -> None:
        self.mount_all([{"host_path": str(self.host), "container_path": container_path, **more}])

    def mount_all(self, mounts: List[Dict[str, object]]) -> None:
        link_mounts(mounts, str(self.workdir), lambda level, text: self.told.append((level, text)))

    def read(self, path: str) -> str:
        return (self.workdir / path / "numbers.csv").read_text()


@pytest.fixture
def place(tmp_path: pathlib.Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize(
    ("container_path", "seen_at"),
    [("data", "data"), ("./deep/er/data/", "deep/er/data"), ("/run/determined/workdir/data", "data")],
)
def test_a_mount_in_the_working_directory_is_seen_there(place: Place, container_path: str, seen_at: str) -> None:
    place.mount(container_path, read_only=False)
    assert place.read(seen_at) == "1,2,3"
    assert place.told == []


def test_a_mount_of_a_path_at_itself_is_there_already(place: Place) -> None:
    place.mount(str(place.host))
    assert place.told == []
    assert list(place.workdir.iterdir()) == []


def test_a_mount_at_a_path_that_the_machine_links_to_it_is_there_already(place: Place, tmp_path: pathlib.Path) -> None:
    (tmp_path / "mnt").symlink_to(place.host)
    place.mount(str(tmp_path / "mnt"))
    assert place.told == []


@pytest.mark.parametrize("outside", ["mnt/data", "host-2"])
def test_a_mount_elsewhere_is_told_and_nothing_is_made(place: Place, tmp_path: pathlib.Path, outside: str) -> None:
    (tmp_path / "host-2").mkdir()
    place.mount(str(tmp_path / outside))
    [(level, text)] = place.told
    assert level == "WARNING"
    assert f"{place.host} is not mounted at {tmp_path / outside}" in text
    assert not (tmp_path / "mnt").exists()
    assert list((tmp_path / "host-2").iterdir()) == []


@pytest.mark.parametrize("path", [".", "", "..", "../beside", "a/../../beside", "/run/determined/workdir"])
def test_a_mount_over_or_out_of_the_working_directory_is_told(place: Place, path: str) -> None:
    place.mount(path)
    assert [level for level, _ in place.told] == ["WARNING"]
    assert {p.name for p in place.workdir.parent.iterdir()} == {"work", "host"}


def test_a_mount_hides_what_the_model_directory_has_at_its_place(place: Place) -> None:
    (place.workdir / "data").mkdir()
    (place.workdir / "data" / "old.csv").write_text("old")
    place.mount("data")
    assert place.read("data") == "1,2,3"
    assert "hides data of the model directory" in place.told[0][1]


def test_a_mount_in_another_mount_changes_nothing_in_the_latter(place: Place, tmp_path: pathlib.Path) -> None:
    (tmp_path / "inner").mkdir()
    place.mount_all(
        [
            {"host_path": str(tmp_path / "inner"), "container_path": "data/inner"},
            {"host_path": str(place.host), "container_path": "data"},
        ]
    )
    assert place.read("data") == "1,2,3"
    assert [p.name for p in place.host.iterdir()] == ["numbers.csv"]
    assert [level for level, _ in place.told] == ["WARNING"]


def test_what_is_not_enforced_is_told(place: Place) -> None:
    place.mount("data", read_only=True)
    [(level, text)] = place.told
    assert (level, "read_only is not enforced" in text) == ("WARNING", True)


@pytest.mark.parametrize("host", ["/no/such/folder", "relative"])
def test_a_host_path_that_is_not_there_or_relative_fails_the_task(place: Place, host: str) -> None:
    with pytest.raises(PreparationFailed, match=host):
        place.mount_all([{"host_path": host, "container_path": "data"}])


def test_nothing_of_a_working_directory_that_is_the_users_own_is_hidden_or_added(place: Place) -> None:
    (place.workdir / "data").mkdir()
    (place.workdir / "data" / "thesis.tex").write_text("years of work")
    mounts = [{"host_path": str(place.host), "container_path": path} for path in ("data", "new/data")]
    link_mounts(mounts, str(place.workdir), lambda level, text: place.told.append((level, text)), is_own=False)
    assert (place.workdir / "data" / "thesis.tex").read_text() == "years of work"
    assert [path.name for path in place.workdir.iterdir()] == ["data"]
    assert [level for level, _ in place.told] == ["WARNING", "WARNING"]
    assert "the working directory is not the task's own" in place.told[0][1]
