"""Whether a password is the one a token was given for: what is kept of it, and when it is forgotten."""

from __future__ import annotations

import hashlib
import json
import pathlib
import stat
import subprocess
import sys
from typing import Any

import pytest

from determined.common.api._password_digests import PasswordDigests

URL = "http://master:8080"


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "config" / "auth-digests.json"


def test_a_password_is_known_again_with_its_token_alone(path: pathlib.Path) -> None:
    digests = PasswordDigests(URL, path)
    digests.keep("ada", "tok", "Secret12")
    assert digests.is_password_of("ada", "tok", "Secret12")
    assert not digests.is_password_of("ada", "tok", "secret12")
    assert not digests.is_password_of("ada", "tok", "")
    assert not digests.is_password_of("ada", "other", "Secret12")
    assert not digests.is_password_of("bob", "tok", "Secret12")
    assert not PasswordDigests("http://other:8080", path).is_password_of("ada", "tok", "Secret12")


@pytest.mark.parametrize("password", ["", "Größe \U0001f511", "\udc80", "x" * 5000])
def test_any_text_may_be_a_password(path: pathlib.Path, password: str) -> None:
    digests = PasswordDigests(URL, path)
    digests.keep("ada", "tok", password)
    assert digests.is_password_of("ada", "tok", password)
    assert not digests.is_password_of("ada", "tok", password + "x")


def test_the_file_is_the_users_alone_and_holds_neither_password_nor_token(path: pathlib.Path) -> None:
    digests = PasswordDigests(URL, path)
    for user in ("ada", "bob"):
        digests.keep(user, "tokentoken", "Secret12")
    text = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "Secret12" not in text
    assert "tokentoken" not in text
    entries = json.loads(text)["masters"][URL]
    assert entries["ada"]["digest"] != entries["bob"]["digest"]
    assert entries["ada"]["salt"] != entries["bob"]["salt"]


def test_a_user_is_forgotten(path: pathlib.Path) -> None:
    digests = PasswordDigests(URL, path)
    digests.drop("ada")
    assert not path.parent.exists()
    for user in ("ada", "bob"):
        digests.keep(user, "tok", "Secret12")
    digests.drop("ada")
    assert not digests.is_password_of("ada", "tok", "Secret12")
    assert digests.is_password_of("bob", "tok", "Secret12")
    digests.drop("bob")
    assert json.loads(path.read_text())["masters"] == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        [],
        {"version": 2, "masters": {}},
        {"version": 1, "masters": []},
        {"version": 1, "masters": {URL: []}},
        {"version": 1, "masters": {URL: {"ada": 1}}},
        {"version": 1, "masters": {URL: {"ada": {"salt": "00"}}}},
        {"version": 1, "masters": {URL: {"ada": {"salt": "zz", "digest": "00"}}}},
        {"version": 1, "masters": {URL: {"ada": {"salt": 1, "digest": 2}}}},
    ],
)
def test_a_file_of_another_form_knows_nothing_and_is_replaced(path: pathlib.Path, content: Any) -> None:
    path.parent.mkdir()
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    digests = PasswordDigests(URL, path)
    assert not digests.is_password_of("ada", "tok", "Secret12")
    digests.keep("ada", "tok", "Secret12")
    assert digests.is_password_of("ada", "tok", "Secret12")


def test_a_python_without_scrypt_keeps_nothing(path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(hashlib, "scrypt")
    digests = PasswordDigests(URL, path)
    digests.keep("ada", "tok", "Secret12")
    assert not digests.is_password_of("ada", "tok", "Secret12")
    assert not path.exists()


def test_several_processes_lose_nothing_of_each_other(path: pathlib.Path) -> None:
    program = (
        "import pathlib, sys\n"
        "from determined.common.api._password_digests import PasswordDigests\n"
        f"digests = PasswordDigests({URL!r}, pathlib.Path(sys.argv[1]))\n"
        "for n in range(5):\n"
        "    digests.keep(f'{sys.argv[2]}-{n}', 'tok', 'Secret12')\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(path), str(n)]) for n in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert len(json.loads(path.read_text())["masters"][URL]) == 15
