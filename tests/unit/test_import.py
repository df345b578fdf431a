"""Importing modules of a folder as if the process had started there."""

from __future__ import annotations

import pathlib
import sys
import threading
from types import ModuleType
from typing import Any, Iterator, List

import pytest

import determined


@pytest.fixture
def folders(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """Two folders and the current directory, each with a module, one that it imports, and a package."""
    for name in ("a", "b", "here"):
        package = tmp_path / name / "det_pkg"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(f"from . import inner\nwho = {name!r}")
        (package / "inner.py").write_text(f"who = {name!r}")
        (tmp_path / name / "det_helper.py").write_text(f"who = {name!r}")
        (tmp_path / name / "det_mod.py").write_text(f"import det_helper\nwho = {name!r}")
    (tmp_path / "here" / "det_only_here.py").write_text("")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Leave no module of a test behind."""
    yield
    for name in [name for name in sys.modules if name.startswith("det_")]:
        del sys.modules[name]


def whose(folder: Any) -> List[str]:
    with determined.import_from_path(folder):
        mod, pkg = load("det_mod"), load("det_pkg")
        return [mod.who, mod.det_helper.who, pkg.who, pkg.inner.who]


def load(name: str) -> Any:
    __import__(name)
    return sys.modules[name]


def test_modules_come_from_the_folder_however_often_and_from_another_before(folders: pathlib.Path) -> None:
    assert whose(folders / "a") == ["a"] * 4
    assert whose(str(folders / "b")) == ["b"] * 4
    assert whose("../a") == ["a"] * 4


def test_modules_of_the_current_directory_are_set_aside_and_come_back(folders: pathlib.Path) -> None:
    mine: ModuleType = load("det_mod")
    path = list(sys.path)
    assert whose(folders / "a") == ["a"] * 4
    assert sys.modules["det_mod"] is mine
    assert "det_pkg" not in sys.modules
    assert sys.path == path
    with pytest.raises(ModuleNotFoundError), determined.import_from_path(folders / "a"):
        load("det_only_here")
    load("det_only_here")


def test_an_exception_leaves_everything_as_it_was(folders: pathlib.Path) -> None:
    path = list(sys.path)

    def fail() -> None:
        with determined.import_from_path(folders / "a"):
            sys.path.append("/added")
            load("det_mod")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert sys.path == path
    assert "det_mod" not in sys.modules
    assert whose(folders / "b") == ["b"] * 4


def test_no_bytecode_is_written(folders: pathlib.Path) -> None:
    whose(folders / "a")
    assert list((folders / "a").rglob("__pycache__")) == []
    assert sys.dont_write_bytecode is False


def test_installed_packages_are_shared(folders: pathlib.Path) -> None:
    (folders / "a" / "json.py").write_text("raise AssertionError")
    with determined.import_from_path(folders / "a"):
        import json as inside

        import determined as itself
    assert sys.modules["json"] is inside
    assert itself is determined


def test_it_can_be_neither_nested_nor_shared(folders: pathlib.Path) -> None:
    def refused() -> None:
        with pytest.raises(RuntimeError, match="nested"), determined.import_from_path(folders / "b"):
            pass

    with determined.import_from_path(folders / "a"):
        refused()
        thread = threading.Thread(target=refused)
        thread.start()
        thread.join()
    assert whose(folders / "b") == ["b"] * 4
