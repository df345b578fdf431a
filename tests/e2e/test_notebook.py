"""A notebook shows tables, bars, pictures and short errors, and no warnings."""

from __future__ import annotations

import importlib.util
import pathlib
import re
from typing import Any, Dict, List

import pytest

RENDER = pathlib.Path(__file__).resolve().parents[1] / "notebook" / "render.py"


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> List[Any]:
    """The cells of the notebook that `nox -s notebook` takes pictures of, once they have run."""
    for needed in ("nbclient", "nbconvert", "nbformat", "ipykernel", "matplotlib", "pandas"):
        pytest.importorskip(needed, reason=f"the notebook needs {needed}")
    spec = importlib.util.spec_from_file_location("render", RENDER)
    assert spec is not None
    assert spec.loader is not None
    render = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(render)
    notebook = render.run(render.read_story(), tmp_path_factory.mktemp("notebook"))
    found: List[Any] = notebook.cells
    return found


def kinds_of(cell: Any) -> List[str]:
    return [kind for output in cell.outputs for kind in output.get("data", {}) if kind != "text/plain"]


def on(cells: List[Any], *pictures: str) -> List[Any]:
    return [cell for cell in cells if cell.metadata["picture"] in pictures]


def test_objects_and_lists_are_tables(cells: List[Any]) -> None:
    for cell in on(cells, "experiments", "trials", "checkpoints", "more-tables"):
        assert kinds_of(cell) == ["text/html"], cell.source


def test_each_plot_is_shown_once_wherever_it_is_made(cells: List[Any]) -> None:
    for cell in on(cells, "plot", "plot-many", "hyperparameters"):
        assert kinds_of(cell) == ["image/png"], cell.source


def test_the_bar_is_one_line(cells: List[Any]) -> None:
    bar = on(cells, "search")[1].outputs[0]["data"]["text/plain"]
    assert re.match(r"digits: 12/12 trials, 100 % \[\d\d:\d\d<00:00\] \|█+\|$", bar)


def test_errors_are_short_and_nothing_else_warns(cells: List[Any]) -> None:
    errors: Dict[str, List[str]] = {}
    for cell in cells:
        for output in cell.outputs:
            assert output.get("name") != "stderr", output
            if output["output_type"] == "error":
                errors[cell.source] = "\n".join(output["traceback"]).splitlines()
    assert list(errors) == [cell.source for cell in on(cells, "errors")] + [on(cells, "failure")[0].source]
    for cell in on(cells, "errors"):
        assert len(errors[cell.source]) <= 10, errors[cell.source]
    assert len(errors[on(cells, "failure")[0].source]) <= 20
