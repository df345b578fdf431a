"""What a folder holds: a finished download, of which checkpoint, or only a choice of a checkpoint's files."""

from __future__ import annotations

import json
import os
import pathlib
from typing import Any, Mapping, NamedTuple, Optional

METADATA_FILE = "metadata.json"
# Either marks a download as finished; the second is what MLflow models have.
MARKERS = (METADATA_FILE, "MLmodel")
# In a folder that holds a choice of the files: such a one is no finished download, whatever markers are among them.
CHOICE_FILE = ".determined-choice.json"
# Which checkpoint a finished download is: beside the content of metadata.json, so that the folder holds what it always
# held, and the note goes when that file goes.
_ATTRIBUTE = "user.determined.checkpoint"


class Identity(NamedTuple):
    """What is known of a checkpoint: its UUID, and what the master said of it if it has been asked."""

    uuid: str
    metadata: Optional[Mapping[str, Any]]
    resources: Optional[Mapping[str, Any]]


def is_complete(folder: pathlib.Path) -> bool:
    """Return whether a folder holds a finished download of all files."""
    return any((folder / marker).exists() for marker in MARKERS) and not (folder / CHOICE_FILE).exists()


def holds(folder: pathlib.Path, identity: Identity) -> bool:
    """Return whether a folder holds a finished download of a checkpoint.

    One of which it cannot be known which checkpoint it is, is taken for the one that is wanted.

    Raises:
        FileExistsError: the folder holds another checkpoint, or a choice of another's files.
    """
    owner = _owner_of_choice(folder)
    if owner is not None and owner != identity.uuid:
        raise _occupied(folder, identity, f"files of checkpoint {owner}")
    if not is_complete(folder):
        return False
    remembered = _recall(folder)
    if remembered == identity.uuid:
        return True
    if remembered is not None:
        raise _occupied(folder, identity, f"checkpoint {remembered}")
    if identity.uuid not in folder.resolve().parts:
        difference = _find_difference(folder, identity)
        if difference is not None:
            raise _occupied(folder, identity, f"another checkpoint: {difference}")
    return True


def is_download(folder: pathlib.Path) -> bool:
    """Return whether a folder holds a finished download, or a choice of files."""
    return is_complete(folder) or (folder / CHOICE_FILE).exists()


def has_choice_of(folder: pathlib.Path, uuid: str) -> bool:
    """Return whether a folder holds a choice of a checkpoint's files."""
    return _owner_of_choice(folder) == uuid


def is_known_as(folder: pathlib.Path, uuid: str) -> bool:
    """Return whether a folder is known, and not only taken, to hold a finished download of a checkpoint."""
    return is_complete(folder) and _recall(folder) == uuid


def remember(folder: pathlib.Path, uuid: str) -> None:
    """Note which checkpoint a folder with a metadata.json holds, where the file system can."""
    if not hasattr(os, "setxattr"):
        return
    try:
        os.setxattr(folder / METADATA_FILE, _ATTRIBUTE, uuid.encode())
    except OSError:
        pass  # a file system without attributes: which checkpoint it is must be told by its content


def write_choice(folder: pathlib.Path, uuid: str) -> None:
    """Note that a folder holds a choice of a checkpoint's files only."""
    (folder / CHOICE_FILE).write_text(json.dumps({"checkpoint": uuid}) + "\n", encoding="utf-8")


def _recall(folder: pathlib.Path) -> Optional[str]:
    if not hasattr(os, "getxattr"):
        return None
    try:
        return os.getxattr(folder / METADATA_FILE, _ATTRIBUTE).decode(errors="replace")
    except OSError:
        return None


def _owner_of_choice(folder: pathlib.Path) -> Optional[str]:
    note = _read_json(folder / CHOICE_FILE)
    owner = note.get("checkpoint")
    return owner if isinstance(owner, str) else None


def _find_difference(folder: pathlib.Path, identity: Identity) -> Optional[str]:
    """Return by what a folder is certainly another checkpoint: users may have changed some of the files."""
    here, there = _read_json(folder / METADATA_FILE).get("steps_completed"), identity.metadata or {}
    if here is not None and there.get("steps_completed", here) != here:
        return f"its steps_completed is {here}, not {there['steps_completed']}"
    known = {n: s for n, s in (identity.resources or {}).items() if not n.endswith("/") and n not in MARKERS}
    shared = {name: size for name, size in known.items() if (folder / name).is_file()}
    if shared and all((folder / name).stat().st_size != int(size) for name, size in shared.items()):
        return f"no file has the size that it has in the checkpoint, such as {next(iter(shared))}"
    return None


def _read_json(path: pathlib.Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _occupied(folder: pathlib.Path, identity: Identity, what: str) -> FileExistsError:
    return FileExistsError(
        f"{folder} holds {what}. To download checkpoint {identity.uuid}, choose another folder, or replace what is"
        " there (replace=True; --replace)"
    )
