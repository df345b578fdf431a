"""`.detignore` means what git means by the same lines in a `.gitignore`: git itself is asked."""

from __future__ import annotations

import os
import pathlib
import random
import shutil
import subprocess
from typing import Set

import pytest

from determined.common import context
from determined.common.detignore import IgnoreRules, make_shutil_ignore

FILES = (
    "pkg/net.py",
    "pkg/deep/er.py",
    "t.py",
    "data/small.csv",
    "data/big.bin",
    "data/sub/x.csv",
    "secrets.env",
    "x.log",
    "keep me",
    "caf\u00e9.txt",
    "#hash",
    "!bang",
    "a[b].py",
    "build/out/lib.so",
    "trail ",
)
NAMES = ["a", "b", "ab", "a.py", "b.csv", "x y", "\u00e9", "a-b", "c]", "[a]", "data", "!n", "#h", "t ", "A1", "a\\b"]
# what lines are put together from
PIECES = ["a", "b", "*", "**", "***", "?", "[ab]", "[!a]", "[^b]", "[a-z]", "[[:alpha:]]", "[[:digit:]x]", "\\*", "\\a"]
PIECES += [
    "\\!n",
    "\\#h",
    "/",
    "/",
    "*.py",
    "data",
    "\u00e9",
    "[\u00e9]",
    " ",
    "\\ ",
    "[]a]",
    "[a",
    "[a-]",
    "[\\]]",
    "-",
]
PIECES += ["[[:foo:]]", "c]", "!", "#", "\\", ".csv", "[[:alpha]", "[--a]", "\\[a]"]


@pytest.fixture
def root(tmp_path: pathlib.Path) -> pathlib.Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path / "model"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder


def kept_by_git(root: pathlib.Path) -> Set[str]:
    command = ["git", "-C", str(root), "-c", "core.excludesFile=", "ls-files", "-zco", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, check=True).stdout
    return {os.fsdecode(path) for path in listed.split(b"\0") if path} - {".gitignore", ".detignore"}


def sent_of(root: pathlib.Path) -> Set[str]:
    sent = {entry.path for entry in context.list_entries(root) if not entry.is_dir} - {".gitignore"}
    return {path for path in sent if not path.startswith(".git/")}  # git never shows it, whatever the patterns say


@pytest.mark.parametrize(
    "text",
    [
        b"*\n!*/\n!*.py\n",
        b"data/**\n!data/small.csv\n",
        b"data/\n!data/small.csv\n",
        b"data/*\n!data/small.csv\n",
        b"**/sub/**\n!**/x.csv\n",
        b"\xef\xbb\xbfsecrets.env\n*.log\n",
        b"secrets.env\r\n*.log\r\n\r\n!x.log\r\n",
        b"secrets.env   \nkeep\\ me\ntrail\\ \n",
        b"caf\xe9.txt\n\xfc\n*.log\n",
        b"caf\xc3\xa9.txt\n",
        b"caf?.txt\n",
        b"\\#hash\n\\!bang\n#t.py\n",
        b"a[[]b[]].py\n[[:lower:]].py\n",
        b"/t.py\n/net.py\n/pkg/**/er.py\n",
        b"**/out\nbuild/*/*.so\n",
        b"pkg\n!pkg/net.py\n!pkg/\n",
        b"x.log\\\n[a\n!\n/\n//\n",
    ],
)
def test_the_same_files_are_sent_as_git_keeps(root: pathlib.Path, text: bytes) -> None:
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    for file in (".gitignore", ".detignore"):
        (root / file).write_bytes(text)
    assert sent_of(root) == kept_by_git(root)


@pytest.mark.parametrize("seed", range(4))
def test_lines_of_any_kind_mean_what_git_means(root: pathlib.Path, seed: int) -> None:
    chance = random.Random(seed)

    def grow(folder: pathlib.Path, depth: int) -> None:
        for name in chance.sample(NAMES, chance.randint(2, 6)):
            if depth < 3 and chance.random() < 0.5:
                (folder / name).mkdir()
                grow(folder / name, depth + 1)
            else:
                (folder / name).touch()

    grow(root, 0)
    for _ in range(60):
        lines = [
            chance.choice(["", "", "!"])
            + "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 6)))
            + chance.choice(["", "", "/", "/**", " ", "\r"])
            for _ in range(chance.randint(1, 5))
        ]
        text = "\n".join(lines).encode()
        for file in (".gitignore", ".detignore"):
            (root / file).write_bytes(text)
        assert sent_of(root) == kept_by_git(root), text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_a_file_that_says_to_be_wide_is_read_so(tmp_path: pathlib.Path, encoding: str) -> None:
    for name in ("secrets.env", "t.py"):
        (tmp_path / name).touch()
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    (tmp_path / ".detignore").write_bytes(f"{mark}secrets.env\r\n".encode(encoding))
    assert sent_of(tmp_path) == {"t.py"}
    (tmp_path / ".detignore").write_bytes(b"\xff\xfes")
    with pytest.raises(ValueError, match=r"\.detignore"):
        sent_of(tmp_path)


def test_what_lies_in_an_excluded_folder_is_excluded_wherever_one_asks(tmp_path: pathlib.Path) -> None:
    rules = IgnoreRules(b"data/\n!data/small.csv\n")
    assert rules.ignores("data/small.csv", is_dir=False)
    assert rules.ignores("data/sub/deep.csv", is_dir=False)
    assert not rules.ignores("other/small.csv", is_dir=False)


def test_a_copied_tree_holds_what_would_be_sent(tmp_path: pathlib.Path) -> None:
    source = tmp_path / "in"
    for name in ("pkg/net.py", "pkg/net.txt", "t.py"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).touch()
    (source / ".detignore").write_bytes(b"*\n!*/\n!*.py\n")
    shutil.copytree(source, tmp_path / "out", ignore=make_shutil_ignore(source))
    found = {str(f.relative_to(tmp_path / "out")) for f in (tmp_path / "out").rglob("*") if f.is_file()}
    assert found == {"pkg/net.py", "t.py"}
