"""A master with something in its way: a disk that does not answer, a database that is locked."""

from __future__ import annotations

import sys
from typing import Any, List

from determined.master import LocalMaster

_RUN = "\nimport sys\nfrom determined.master.__main__ import main\nsys.exit(main())\n"


class HookedMaster(LocalMaster):
    """A master whose process first runs a piece of code."""

    def __init__(self, *args: Any, hook: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._hook = hook

    def _command(self) -> List[str]:
        return [sys.executable, "-c", self._hook + _RUN, *super()._command()[3:]]
