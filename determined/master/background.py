"""Masters in the background, known by the name of their cluster: started, found again, stopped."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, Optional

from determined.common._home import data_root

from .package import package_path

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0


def default_folder() -> Path:
    """Where the masters of this user keep their state: a folder of the platform's user data."""
    return data_root() / "determined"


@dataclass(frozen=True)
class Cluster:
    """A master that runs, or ran, in the background.

    Attributes:
        name: the cluster's name.
        folder: everything it keeps.
        url: where it answers.
        pid: its process.
    """

    name: str
    folder: Path
    url: str
    pid: int

    @property
    def log_path(self) -> Path:
        """The master's own log."""
        return self.folder / "master.log"

    def is_running(self) -> bool:
        """Whether a master of this very cluster answers at its address."""
        return _cluster_name(self.url) == self.name


def find(name: str, folder: Optional[Path] = None) -> Optional[Cluster]:
    """Return the cluster of a name, or None when there never was one.

    Parameters:
        folder: where clusters keep their state; None for `default_folder`.
    """
    home = (folder or default_folder()) / name
    try:
        noted = json.loads((home / "cluster.json").read_text())
    except (OSError, ValueError):
        return None
    return Cluster(name, home, noted["url"], noted["pid"])


def start(
    name: str,
    *,
    host: Optional[str] = None,
    port: Optional[int] = None,
    slots: Optional[int] = None,
    initial_password: str = "",
    folder: Optional[Path] = None,
    config: Optional[Path] = None,
) -> Cluster:
    """Start a master in the background and return when it answers.

    Parameters:
        name: the cluster's name; its state lies in a folder of that name.
        host, port: where to listen; None for what the settings file says, else 127.0.0.1 and 8080.
        slots: see `Settings.slots`.
        initial_password: of ``admin`` and ``determined``, in a new folder.
        folder: where clusters keep their state; None for `default_folder`.
        config: a settings file, see `settings_file`; the other parameters count for more.

    Raises:
        ValueError: the name cannot be a folder's, or the settings file is wrong or names a data_dir.
        OSError: the settings file cannot be read.
        RuntimeError: it runs already, or does not come up; the end of its log is in the message.
    """
    if not name or name in (".", "..") or "/" in name or os.sep in name:
        raise ValueError(f"a cluster cannot be named {name!r}: the name must do as the name of a folder")
    known = find(name, folder)
    if known is not None and known.is_running():
        raise RuntimeError(f"cluster {name!r} runs already, at {known.url}")
    home = (folder or default_folder()) / name
    settings = {} if config is None else _settings_of(config)
    host = host or settings.get("host", "127.0.0.1")
    port = settings.get("port", 8080) if port is None else port
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    command = [sys.executable, "-m", "determined.master", "--host", host, "--port", str(port)]
    command += ["--data-dir", str(home), "--cluster-name", name]
    if config is not None:
        command += ["--config", str(config.absolute())]
    if slots is not None:
        command += ["--slots", str(slots)]
    environment = {**os.environ, "PYTHONPATH": package_path()}
    if initial_password:
        environment["DET_INITIAL_USER_PASSWORD"] = initial_password
    cluster = Cluster(name, home, f"http://{'127.0.0.1' if host in ('', '0.0.0.0') else host}:{port}", 0)
    with open(cluster.log_path, "ab") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True
        )
    _note(home, {"url": cluster.url, "pid": process.pid})
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if cluster.is_running():
            # it outlives this process on purpose: its end is not this object's to wait for
            process.returncode = 0
            return Cluster(name, home, cluster.url, process.pid)
        time.sleep(0.05)
    if process.poll() is None:
        process.kill()
        process.wait()
    said = cluster.log_path.read_text(errors="replace")[-2000:]
    raise RuntimeError(f"the master of cluster {name!r} did not start:\n{said}")


def _settings_of(config: Path) -> Dict[str, Any]:
    from .settings_file import read_settings

    settings = read_settings(config)
    if "data_dir" in settings:
        # it would be found, and removed, under its name in another folder
        raise ValueError(f"{config}: data_dir has no say here: the cluster's folder is chosen with --data-dir")
    return settings


def stop(name: str, *, delete: bool = False, folder: Optional[Path] = None) -> bool:
    """Stop the master of a cluster and its tasks; returns whether one ran.

    Parameters:
        delete: remove everything it kept, too.
        folder: where clusters keep their state; None for `default_folder`.

    Raises:
        RuntimeError: it does not end.
    """
    cluster = find(name, folder)
    if cluster is None:
        return False
    ran = cluster.is_running()
    if ran:
        with contextlib.suppress(ProcessLookupError):
            os.kill(cluster.pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while _is_alive(cluster.pid):
            if time.monotonic() > deadline:
                raise RuntimeError(f"the master of cluster {name!r} (process {cluster.pid}) does not end")
            time.sleep(0.05)
    if delete:
        shutil.rmtree(cluster.folder)
    return ran


def follow_log(cluster: Cluster, *, follow: bool = True) -> Iterator[str]:
    """Yield the lines of a master's log.

    Parameters:
        follow: go on with new lines for as long as the master runs.
    """
    with open(cluster.log_path, errors="replace") as log:
        rest = ""
        while True:
            chunk = log.readline()
            if chunk:
                rest += chunk
                if rest.endswith("\n"):
                    yield rest
                    rest = ""
                continue
            if not follow or not _is_alive(cluster.pid):
                if rest:
                    yield rest
                return
            time.sleep(0.2)


def _note(home: Path, values: Dict[str, Any]) -> None:
    draft = home / "cluster.json.temp"
    draft.write_text(json.dumps(values))
    draft.replace(home / "cluster.json")


def _cluster_name(url: str) -> Optional[str]:
    """The name of the cluster that answers at an address; None when nobody does."""
    connection = http.client.HTTPConnection(url.partition("://")[2], timeout=5)
    try:
        connection.request("GET", "/info")
        return str(json.loads(connection.getresponse().read())["cluster_name"])
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return None
    finally:
        connection.close()


def _is_alive(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):  # not ours
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
