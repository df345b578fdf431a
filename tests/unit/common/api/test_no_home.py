"""Users without a home, and files of logins that cannot be read: work goes on without them."""

from __future__ import annotations

import os
import pathlib
import pwd
import subprocess
import sys
import tempfile
from typing import Any

import pytest

from determined import core
from determined.common import _home
from determined.common.api import authentication, certs, errors
from determined.common.api._files import NoHome
from determined.common.api._token_store import TokenStore
from determined.core._assembly import default_directory
from determined.core._unmanaged import default_storage
from determined.experimental import client
from determined.master import LocalMaster
from determined.master.background import default_folder
from tests.rights import only_what_the_mode_grants


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> pathlib.Path:
    """As a container's user of any number: neither HOME nor an entry in passwd; returns the temporary folder."""

    def unknown(*_: Any) -> Any:
        raise KeyError("uid not found")

    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DET_DEBUG_CONFIG_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_login_without_a_home_is_not_kept(
    homeless: pathlib.Path, master: LocalMaster, caplog: pytest.LogCaptureFixture
) -> None:
    determined = client.Determined(master.url, "determined", "")
    assert determined.list_workspaces()
    assert "the login is not cached" in caplog.text
    session = authentication.login(master.url, "determined", "")
    assert client.Determined(master.url, token=session.token).list_workspaces()
    assert authentication.logout(master.url, "determined", None) is None
    assert not (homeless / "~").exists()


def test_without_a_home_there_are_no_logins_and_none_can_be_kept(homeless: pathlib.Path) -> None:
    store = TokenStore("http://localhost:8080")
    assert (store.get_active_user(), store.get_token("ada"), store.get_all_users()) == (None, None, [])
    store.drop_user("ada")
    store.clear_active()
    store.delete_token_cache()
    with pytest.raises(OSError, match="HOME"):
        store.set_token("ada", "token")
    assert certs.default_load("https://localhost:8080") == certs.Cert()
    # as earlier releases had it
    with pytest.raises(RuntimeError):
        certs.default_store()
    with pytest.raises(NoHome):
        _ = store.path


def test_checkpoints_of_a_user_without_a_home_go_to_a_folder_of_their_own(
    homeless: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    with core.init() as context, context.checkpoint.store_path({"steps_completed": 1}) as (path, storage_id):
        (path / "w.bin").write_bytes(b"1")
    assert path.is_relative_to(homeless / f"determined-{os.getuid()}")
    assert (homeless / f"determined-{os.getuid()}").stat().st_mode & 0o777 == 0o700
    assert "Set HOME" in caplog.text
    for found in (str(default_directory()), default_storage(), str(default_folder())):
        assert found.startswith(str(homeless / f"determined-{os.getuid()}"))
    with core.init() as context, context.checkpoint.restore_path(storage_id) as again:
        assert (again / "w.bin").read_bytes() == b"1"


def test_a_folder_that_somebody_else_has_prepared_is_not_used(homeless: pathlib.Path) -> None:
    (homeless / "elsewhere").mkdir()
    (homeless / f"determined-{os.getuid()}").symlink_to(homeless / "elsewhere")
    found = _home.data_root()
    assert found.parent == homeless
    assert found.name != f"determined-{os.getuid()}"
    assert found.stat().st_mode & 0o777 == 0o700


def test_a_home_in_which_nothing_can_be_made_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home" / "ada"))
    assert _home.data_root() == tmp_path / "home" / "ada" / ".local" / "share"
    (tmp_path / "home").mkdir()
    (tmp_path / "home").chmod(0o500)
    with only_what_the_mode_grants():
        found = _home.data_root()
    assert found == tmp_path / f"determined-{os.getuid()}"


def test_a_master_finds_a_folder_without_a_home(homeless: pathlib.Path) -> None:
    program = (
        "import pwd\n"
        "def unknown(*_): raise KeyError('uid not found')\n"
        "pwd.getpwuid = unknown\n"
        "import sys\n"
        "from determined.master.__main__ import parse_arguments\n"
        "sys.argv = ['determined.master']\n"
        "print(parse_arguments().data_dir)\n"
    )
    environment = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_DATA_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", program], env={**environment, "TMPDIR": str(homeless)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(homeless / f"determined-{os.getuid()}" / "determined" / "master")


@pytest.fixture
def unreadable(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A file of logins, and one of certificates, that only somebody else may read."""
    folder = tmp_path / "config"
    folder.mkdir()
    for name in ("auth.json", "certs.json", "auth-digests.json"):
        (folder / name).write_text("{}")
        (folder / name).chmod(0)
    monkeypatch.setenv("DET_DEBUG_CONFIG_PATH", str(folder))
    return folder


@pytest.mark.parametrize("given", ["password", "token", "environment", "token of the environment"])
def test_who_gives_a_login_needs_no_cache(
    unreadable: pathlib.Path, master: LocalMaster, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    token = authentication.login(master.url, "determined", "").token
    with only_what_the_mode_grants():
        if given == "password":
            determined = client.Determined(master.url, "determined", "")
        elif given == "token":
            determined = client.Determined(master.url, token=token)
        else:
            monkeypatch.setenv("DET_USER", "determined")
            name, value = ("DET_PASS", "") if given == "environment" else ("DET_USER_TOKEN", token)
            monkeypatch.setenv(name, value)
            determined = client.Determined(master.url, "determined" if given != "environment" else None)
        assert determined.list_workspaces()


def test_who_gives_none_hears_of_the_file(unreadable: pathlib.Path, master: LocalMaster) -> None:
    with only_what_the_mode_grants(), pytest.raises((OSError, errors.UnauthenticatedException), match=r"auth\.json"):
        client.Determined(master.url, "determined")
