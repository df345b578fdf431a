"""How a new process finds this very package, however this one found it."""

from __future__ import annotations

import os
from pathlib import Path


def package_path() -> str:
    """Return the PYTHONPATH to give it."""
    here = str(Path(__file__).resolve().parents[2])
    rest = os.environ.get("PYTHONPATH")
    return f"{here}{os.pathsep}{rest}" if rest else here
