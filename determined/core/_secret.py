"""What the processes of one training know and others do not, so that they read objects of nobody else.

On a cluster that is the task's token. Outside of one it is the environment variable ``DET_DISTRIBUTED_SECRET``, which
must hold the same text for all ranks. Ranks that meet on one machine need none: their socket lies in a folder of their
user's alone, or they share a file that only their user can read. What launchers hand out (the chief's address and port,
the id of a run) can be guessed, and is no secret.
"""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from typing import Optional, Tuple, Union

from determined.common import task_env
from determined.errors import ArgumentError

_FILE = "secret"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
Address = Union[str, Tuple[str, int]]
"""A path of a Unix socket, or a host and a port."""


def shared_secret(place: Address) -> bytes:
    """Return the secret of the ranks that meet at a place.

    Parameters:
        place: the path of a Unix socket, or a host and a port.

    Raises:
        ArgumentError: there is none.
    """
    given = task_env.read(task_env.SESSION_TOKEN) or task_env.read(task_env.DISTRIBUTED_SECRET)
    if given is None and isinstance(place, str):
        given = place
    elif given is None and place[0] in _LOOPBACK:
        given = _own_secret()
    if given is None:
        raise ArgumentError(
            "the processes of this training run on several machines, or cannot share a file: set"
            f" {task_env.DISTRIBUTED_SECRET} to the same long random text for each of them, so that no stranger can"
            " take part. One can be made with: python3 -c 'import secrets; print(secrets.token_hex())'"
        )
    return given.encode("utf-8")


def private_folder() -> Optional[str]:
    """Return a folder for temporary files that only this user can use; None if there can be none."""
    folder = os.path.join(tempfile.gettempdir(), f"determined-{os.getuid()}")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.lstat(folder)
    except OSError:
        return None
    is_private = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
    return folder if is_private else None


def _own_secret() -> Optional[str]:
    """Return what this user's processes on this machine know; made when it is first needed."""
    folder = private_folder()
    if folder is None:
        return None
    path = os.path.join(folder, _FILE)
    try:
        if not os.path.exists(path):
            _make(folder, path)
        with open(path, encoding="ascii") as file:
            return file.read() or None
    except (OSError, ValueError):
        return None


def _make(folder: str, path: str) -> None:
    descriptor, draft = tempfile.mkstemp(dir=folder)  # only its owner can read it
    try:
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex())
        try:
            os.link(draft, path)
        except FileExistsError:
            return  # another rank was first
    finally:
        os.unlink(draft)
