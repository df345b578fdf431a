"""The ``det`` command."""

from __future__ import annotations

import sys
from typing import List, Optional


def main(arguments: Optional[List[str]] = None) -> None:
    """Run ``det`` with these arguments, the process's own by default, and exit with its status."""
    from .root import run

    sys.exit(run(arguments))
