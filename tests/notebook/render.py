"""Run the notebook of `story.ipy` and take pictures of it, as a browser shows them.

python tests/notebook/render.py FOLDER   writes notebook.ipynb, pages NAME.html and, with Chromium, pictures NAME.png
"""

from __future__ import annotations

import importlib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from typing import Any, Dict, List, Optional

# they have no types of their own
nbclient, nbconvert, nbformat = (importlib.import_module(name) for name in ("nbclient", "nbconvert", "nbformat"))

HERE = pathlib.Path(__file__).resolve().parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTH, HEIGHT = 1100, 4000


def read_story() -> Dict[str, List[str]]:
    """Return the cells of the story by the name of the picture that they are on."""
    pictures: Dict[str, List[str]] = {}
    name = ""
    for part in re.split(r"^# %%", (HERE / "story.ipy").read_text(), flags=re.MULTILINE)[1:]:
        head, _, source = part.partition("\n")
        if ":" in head:
            name = head.partition(":")[2].strip()
        pictures.setdefault(name, []).append(source.strip())
    return pictures


def run(pictures: Dict[str, List[str]], folder: pathlib.Path) -> Any:
    """Run all cells in a folder and return the notebook; errors in cells are part of it."""
    placed = [(name, cell) for name in pictures for cell in pictures[name]]
    cells = [nbformat.v4.new_code_cell(cell, metadata={"picture": name}) for name, cell in placed]
    notebook = nbformat.v4.new_notebook(cells=cells)
    shutil.copytree(HERE / "model", folder / "model")
    resources = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(notebook, timeout=240, allow_errors=True, resources=resources).execute()
    return notebook


def take_picture(page: pathlib.Path, browser: str) -> pathlib.Path:
    """Let a browser draw a page, and cut what is empty below it."""
    image: Any = importlib.import_module("PIL.Image")
    chops: Any = importlib.import_module("PIL.ImageChops")
    target = page.with_suffix(".png")
    with tempfile.TemporaryDirectory() as profile:
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}"]
        size = f"--window-size={WIDTH},{HEIGHT}"
        command = [browser, *options, size, "--virtual-time-budget=5000", f"--screenshot={target}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    with image.open(target) as picture:
        drawn = picture.convert("RGB")
    box = chops.difference(drawn, image.new("RGB", drawn.size, drawn.getpixel((0, HEIGHT - 1)))).getbbox()
    drawn.crop((0, 0, WIDTH, min(HEIGHT, (box[3] if box else 0) + 20))).save(target)
    return target


def main(out: pathlib.Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    pictures = read_story()
    with tempfile.TemporaryDirectory() as folder:
        notebook = run(pictures, pathlib.Path(folder))
    nbformat.write(notebook, out / "notebook.ipynb")
    browser: Optional[str] = next(filter(None, map(shutil.which, BROWSERS)), None)
    exporter = nbconvert.HTMLExporter(template_name="lab", exclude_input_prompt=True, exclude_output_prompt=True)
    for name in pictures:
        cells = [cell for cell in notebook.cells if cell.metadata["picture"] == name]
        page = out / f"{name}.html"
        page.write_text(exporter.from_notebook_node(nbformat.v4.new_notebook(cells=cells))[0], encoding="utf-8")
        print(page if browser is None else take_picture(page.resolve(), browser))  # noqa: T201


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
