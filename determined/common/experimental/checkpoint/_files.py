"""The files of a checkpoint on their way: checking, writing, moving into place."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import stat
from typing import Any, List, Mapping, Optional

from ._archive import leaves
from ._target import CHOICE_FILE, MARKERS, METADATA_FILE, is_download


def write_metadata(path: pathlib.Path, metadata: Mapping[str, Any]) -> None:
    """Write metadata as JSON, under a temporary name first."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open("w", encoding="utf-8") as file:
            json.dump(metadata, file, indent=2)
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def find_faults(directory: pathlib.Path, resources: Mapping[str, Any]) -> List[str]:
    """Compare a directory with the files that a checkpoint has; directories it lacks are made.

    Parameters:
        directory: where the files are.
        resources: path → size in bytes; directories end with a slash.

    Returns:
        What is wrong, in words; nothing when all files are there and whole.
    """
    faults = []
    for name, size in resources.items():
        if leaves(name):
            faults.append(f"{name} leaves the checkpoint's directory")
        elif name.endswith("/"):
            (directory / name).mkdir(parents=True, exist_ok=True)
        elif name != METADATA_FILE:  # written anew where it is missing, and its size is not always kept up to date
            actual = size_of(directory, name)
            if actual is None:
                faults.append(f"{name} is missing")
            elif actual != int(size):
                faults.append(f"{name} has {actual} bytes, not {size}")
    return faults


def size_of(directory: pathlib.Path, name: str) -> Optional[int]:
    """Return the size of a file in a directory, in bytes; None where there is no such file."""
    try:
        found = os.stat(f"{directory}/{name}")
    except OSError:
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def move_into_place(source: pathlib.Path, target: pathlib.Path) -> None:
    """Move a finished directory to its final name; into a directory that is there, its files one by one.

    What marks the download as finished comes last, what marks it as a choice of files first.
    """
    try:
        os.rename(source, target)
        return
    except OSError:
        # The target exists and holds files, or (on Windows) exists at all.
        if not target.is_dir():
            raise
    files = sorted(p.relative_to(source) for p in source.rglob("*") if p.is_file())
    for directory in sorted(p.relative_to(source) for p in source.rglob("*") if p.is_dir()):
        (target / directory).mkdir(parents=True, exist_ok=True)
    for file in sorted(files, key=lambda p: (str(p) in MARKERS, str(p) != CHOICE_FILE)):
        os.replace(source / file, target / file)
    shutil.rmtree(source)


def check_replaceable(target: pathlib.Path) -> None:
    """Check that a download may be removed with all that its folder holds.

    Raises:
        ValueError: the working directory lies in it.
    """
    here = pathlib.Path.cwd()
    if is_download(target) and (target == here or target in here.parents):
        raise ValueError(f"{target} cannot be replaced: the working directory lies in it. Name a folder of its own")


def replace_target(source: pathlib.Path, target: pathlib.Path, attic: pathlib.Path) -> None:
    """Put a finished directory in the place of an older download.

    Parameters:
        source: the finished directory.
        target: the folder to replace; one that is no download keeps what it holds, and the files are moved into it.
        attic: a path that is free, where the older download goes.
    """
    if not is_download(target):
        move_into_place(source, target)
        return
    try:
        os.rename(target, attic)
    except OSError:
        # It is mounted, or its parent cannot be written: only what it holds can go.
        _empty(target, keep=attic.parent)
        move_into_place(source, target)
        return
    try:
        os.rename(source, target)
    except OSError:
        os.rename(attic, target)
        raise


def _empty(folder: pathlib.Path, keep: pathlib.Path) -> None:
    # Without its markers it is no download, should this be the last that is done.
    for entry in sorted(folder.iterdir(), key=lambda p: p.name not in MARKERS):
        if entry.is_dir() and not entry.is_symlink():
            if entry != keep:
                shutil.rmtree(entry)
        else:
            entry.unlink()
