"""What was recorded of a real master 0.38.1 and of the released client: the facts that tests hold this project against.

Each archive of this folder is one JSON document, packed with gzip:

==================  =================================================================================================
``scenes``          stories told to a real master with every raw answer, by name (`tests.conformance` plays them)
``api``             the description (OpenAPI) of the master's REST API
``configuration``   the fields of an experiment's configuration, by part
``surface``         public names and parameters of the Python API, releases 0.12 to 0.38.1
``container``       what a trial of a real cluster finds in its container
``tour``            answers of the released SDK, by step (`tests.tour` walks it)
``requests``        how many requests each call of the released SDK costs
==================  =================================================================================================

To read one: ``gzip -dc tests/recorded/scenes.json.gz | python -m json.tool``. `store` writes one.
"""

from __future__ import annotations

import gzip
import json
import pathlib
from functools import lru_cache
from typing import Any, Dict, List

FOLDER = pathlib.Path(__file__).parent

Scene = Dict[str, Any]
Step = Dict[str, Any]


def load(name: str) -> Any:
    """Return what an archive holds."""
    return json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))


def store(name: str, value: Any) -> None:
    """Write an archive; the same value gives the same bytes."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    (FOLDER / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


@lru_cache(maxsize=None)
def _scenes() -> Dict[str, Scene]:
    found: Dict[str, Scene] = load("scenes")
    return found


def scene_names() -> List[str]:
    """The names of the recorded scenes, in order."""
    return sorted(_scenes())


def scene(name: str) -> Scene:
    """One recorded scene: ``name``, ``about``, ``slots``, ``vars``, ``steps``; the same object for all who ask."""
    return _scenes()[name]


def steps_of(name: str) -> List[Step]:
    """The steps of a recorded scene, with ``request`` and ``recorded`` answer."""
    found: List[Step] = scene(name)["steps"]
    return found
