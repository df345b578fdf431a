"""A master with something in its way: a disk that does not answer, a database that is locked."""

from __future__ import annotations

from typing import Any

from determined.master import LocalMaster

_RUN = "\nimport sys\nfrom determined.master.__main__ import main\nsys.exit(main())\n"


class HookedMaster(LocalMaster):
    """A master whose process first runs a piece of code; its users have no password."""

    def __init__(self, *args: Any, hook: str, **options: Any) -> None:
        super().__init__(*args, initial_password="", **options)
        self._program = ["-c", hook + _RUN]
