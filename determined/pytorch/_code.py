"""The code that a checkpoint needs to be loaded again."""

from __future__ import annotations

import logging
import os
import pathlib
import shutil
from typing import Iterator

from determined.common import task_env
from determined.common.detignore import IgnoreRules

logger = logging.getLogger("determined.pytorch")

_CODE_SUFFIXES = frozenset(
    (".py", ".pyi", ".ipynb", ".pyx", ".pxd", ".sh", ".c", ".cc", ".cpp", ".cu", ".cuh", ".h", ".hpp")
    + (".yaml", ".yml", ".json", ".toml", ".cfg", ".ini", ".txt", ".md", ".rst")
)
_CODE_NAMES = frozenset(("Makefile", "Dockerfile", "LICENSE"))
_LARGEST_FILE = 1 << 20
_LARGEST_TREE = 64 << 20
# What tools and trainings write to.
_OTHER_FOLDERS = frozenset(("runs", "wandb", "mlruns", "lightning_logs", "node_modules", "site-packages"))
# Files of environments, and of checkpoints such as those of this training.
_MARKS_OF_OTHER_FOLDERS = ("pyvenv.cfg", "conda-meta", "state_dict.pth", "trial_state.pkl")


def copy_code(target: pathlib.Path, is_managed: bool) -> None:
    """Copy the code of this training into a checkpoint's directory.

    Parameters:
        target: the directory to make.
        is_managed: this is a trial of a cluster: its model directory is copied as it was uploaded. Elsewhere, what is
            code in the working directory is.
    """
    pristine = pathlib.Path(task_env.read(task_env.RUN_DIR) or task_env.DEFAULT_RUN_DIR, "train", "model")
    if is_managed and pristine.is_dir():
        for path in _walk(pristine, IgnoreRules()):
            _copy(path, target / path.relative_to(pristine))
        target.mkdir(parents=True, exist_ok=True)
        return
    source = pathlib.Path.cwd()
    target.mkdir(parents=True, exist_ok=True)
    total = 0
    for path in _walk(source, IgnoreRules.of(source), code_only=True):
        total += path.stat().st_size
        if total > _LARGEST_TREE:
            logger.warning("the code in %s is larger than %d MiB: the rest is left out", source, _LARGEST_TREE >> 20)
            return
        _copy(path, target / path.relative_to(source))


def _copy(path: pathlib.Path, target: pathlib.Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, target)


def _walk(root: pathlib.Path, rules: IgnoreRules, *, code_only: bool = False) -> Iterator[pathlib.Path]:
    for folder, names, files in os.walk(root, followlinks=False):
        place = pathlib.Path(folder)
        names[:] = sorted(name for name in names if not _is_left_out(place / name, root, rules, code_only))
        for name in sorted(files):
            path = place / name
            relative = path.relative_to(root).as_posix()
            # Links that lead nowhere are no files.
            if rules.ignores(relative, is_dir=False) or not path.is_file():
                continue
            if not code_only or _is_code(path):
                yield path


def _is_left_out(folder: pathlib.Path, root: pathlib.Path, rules: IgnoreRules, code_only: bool) -> bool:
    if rules.ignores(folder.relative_to(root).as_posix(), is_dir=True):
        return True
    if not code_only:
        return False
    is_tool = folder.name.startswith(".") or folder.name in _OTHER_FOLDERS
    return is_tool or any((folder / name).exists() for name in _MARKS_OF_OTHER_FOLDERS)


def _is_code(path: pathlib.Path) -> bool:
    if path.suffix.lower() not in _CODE_SUFFIXES and path.name not in _CODE_NAMES:
        return False
    return path.stat().st_size <= _LARGEST_FILE
