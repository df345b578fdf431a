"""The forms of an entrypoint, and the command line that each stands for."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional

HOOK = "startup-hook.sh"

# The hook runs in the shell that becomes the entrypoint, so what it exports and where it goes stays; a command that
# fails in it ends the trial with its code.
_WITH_HOOK = f'set -e; . "./{HOOK}"; set +e; exec "$@"'


def is_trial_class(entrypoint: str) -> bool:
    """Say whether an entrypoint names a trial class: ``module:Class``, where both may have dots."""
    module, colon, qualname = entrypoint.partition(":")
    return bool(colon) and all(_is_dotted_name(part) for part in (module, qualname))


def entrypoint_command(entrypoint: object, python: Optional[str] = None) -> List[str]:
    """Return the command line of an experiment's entrypoint.

    Parameters:
        entrypoint: a list of strings is run as it stands; a string is run by ``sh``; ``module:Class`` is trained
            by the trainer for trial classes.
        python: the interpreter for the latter. Defaults to ``python3``.

    Raises:
        ValueError: it has none of these forms, or is empty.
    """
    if isinstance(entrypoint, str) and entrypoint.strip():
        if is_trial_class(entrypoint.strip()):
            module = "determined.launch.torch_distributed"
            return [python or "python3", "-m", module, "--", "--trial", entrypoint.strip()]
        return ["sh", "-c", entrypoint]
    if isinstance(entrypoint, (list, tuple)) and entrypoint and all(isinstance(word, str) for word in entrypoint):
        return list(entrypoint)
    raise ValueError(
        f"the entrypoint {entrypoint!r} cannot be run: it must be a list of strings, a shell command, or module:Class"
    )


def add_hook(argv: List[str], folder: str) -> List[str]:
    """Return the command line that first runs the folder's start-up hook, if it has one."""
    if not os.path.isfile(os.path.join(folder, HOOK)):
        return argv
    shell = "/bin/bash" if os.path.exists("/bin/bash") else "/bin/sh"
    return [shell, "-c", _WITH_HOOK, shell, *argv]


def _is_dotted_name(text: str) -> bool:
    return all(part.isidentifier() and part.isascii() for part in text.split("."))
