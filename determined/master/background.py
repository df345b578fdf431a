"""Masters in the background, known by the name of their cluster: started, found again, stopped.

A cluster's folder holds all that its master keeps. Whether it runs is told by the lock of that folder (`folder`), and
by nothing else: not by a process number, and not by how soon it answers.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

from determined.common._home import data_root

from .child import MasterNotStarted, master_at, start_master
from .errors import FolderInUse, UnusableFolder
from .folder import DATABASE, FolderLock, Holder, holder_of, make_private, write_private
from .settings import url_of

_STOP_SECONDS = 60.0
_DEFAULT_PORT = 8080
_NOTE = "cluster.json"
_CLUSTERS = "clusters"
# all that a master has ever kept in its folder
_KEPT = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal", "master.log", _NOTE, "port", "lock")
_KEPT_FOLDERS = ("runs", "checkpoints")


def default_folder() -> Path:
    """Where the masters of this user keep their state: a folder of the platform's user data."""
    return data_root() / "determined"


@dataclass(frozen=True)
class Cluster:
    """A master that runs, or ran, in the background.

    Attributes:
        name: the cluster's name.
        folder: everything it keeps.
        url: where it answers, or did.
        pid: its process, or the one it had.
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
        """Whether a master holds the cluster's folder."""
        return holder_of(self.folder) is not None


@dataclass(frozen=True)
class Started:
    """A cluster that has just been started.

    Attributes:
        cluster: the cluster.
        password: what was made up for ``admin`` and ``determined``, to be shown once; None when nothing was.
        login_url: an address that logs a browser in, once; None without such a password.
    """

    cluster: Cluster
    password: Optional[str]
    login_url: Optional[str]

    def __repr__(self) -> str:
        return f"Started({self.cluster!r})"


def find(name: str, folder: Optional[Path] = None) -> Optional[Cluster]:
    """Return the cluster of a name, or None when there never was one.

    Parameters:
        folder: where clusters keep their state; None for ``clusters`` in `default_folder`, and, for a cluster of an
            older version, `default_folder` itself.

    Raises:
        ValueError: a cluster cannot be named so.
    """
    _check_name(name)
    for home in _homes(name, folder):
        found = _cluster_in(home, name)
        if found is not None:
            return found
    return None


def list_clusters(folder: Optional[Path] = None) -> List[Cluster]:
    """Return all clusters, by name.

    Parameters:
        folder: as for `find`.
    """
    places = [folder] if folder is not None else [default_folder() / _CLUSTERS, default_folder()]
    found: Dict[str, Cluster] = {}
    for place in places:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            for home in place.iterdir():
                cluster = _cluster_in(home, home.name)
                if cluster is not None:
                    found.setdefault(cluster.name, cluster)
    return [found[name] for name in sorted(found)]


def _homes(name: str, folder: Optional[Path]) -> List[Path]:
    """Where a cluster's folder may be, the place of a new one first."""
    if folder is not None:
        return [folder / name]
    return [default_folder() / _CLUSTERS / name, default_folder() / name]


def _cluster_in(home: Path, name: str) -> Optional[Cluster]:
    noted = _read_note(home)
    if noted is None:  # a master without a cluster's name, say
        return None
    holder = holder_of(home) or Holder()
    return Cluster(name, home, holder.url or noted["url"], holder.pid or noted["pid"])


def _read_note(home: Path) -> Optional[Dict[str, Any]]:
    try:
        noted = json.loads((home / _NOTE).read_text())
        is_one = isinstance(noted["url"], str) and isinstance(noted["pid"], int)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return noted if is_one else None


def start(
    name: str,
    *,
    host: Optional[str] = None,
    port: Optional[int] = None,
    slots: Optional[int] = None,
    initial_password: Optional[str] = None,
    folder: Optional[Path] = None,
    config: Optional[Path] = None,
) -> Cluster:
    """Start a master in the background and return when it answers: `start_new` without what is to be shown once."""
    return start_new(
        name, host=host, port=port, slots=slots, initial_password=initial_password, folder=folder, config=config
    ).cluster


def start_new(
    name: str,
    *,
    host: Optional[str] = None,
    port: Optional[int] = None,
    slots: Optional[int] = None,
    initial_password: Optional[str] = None,
    folder: Optional[Path] = None,
    config: Optional[Path] = None,
) -> Started:
    """Start a master in the background and return when it answers.

    Parameters:
        name: the cluster's name; its state lies in a folder of that name.
        host: where to listen; None for what the settings file says, else 127.0.0.1.
        port: where to listen; None for what the settings file says, else what the cluster had last, else 8080.
        slots: see `Settings.slots`.
        initial_password: of ``admin`` and ``determined``, in a new folder; None for what the settings file or
            ``DET_INITIAL_USER_PASSWORD`` says, else one that is made up; an empty one for none, on loopback only.
        folder: where clusters keep their state; None as for `find`.
        config: a settings file, see `settings_file`; the other parameters count for more.

    Raises:
        ValueError: the name cannot be a folder's, or the settings file is wrong or names a data_dir.
        OSError: the settings file cannot be read.
        RuntimeError: it runs already, its folder holds something else, the port is taken, or it does not come up for
            another reason; the end of its log is in the message.
    """
    known = find(name, folder)
    home = known.folder if known is not None else _homes(name, folder)[0]
    _refuse_running(name, home)
    settings = {} if config is None else _settings_of(config)
    _check_is_ours(home)
    host = host or settings.get("host", "127.0.0.1")
    port = port if port is not None else settings.get("port")
    if port is None:
        port = (_read_note(home) or {}).get("port", _DEFAULT_PORT)
    if initial_password is None and "initial_passwords" not in settings:
        initial_password = os.environ.get("DET_INITIAL_USER_PASSWORD") or None
    arguments = ["--host", host, "--port", str(port), "--data-dir", str(home), "--cluster-name", name]
    if config is not None:
        arguments += ["--config", str(config.absolute())]
    if slots is not None:
        arguments += ["--slots", str(slots)]
    home.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_private(home)
    # from here on it can be found and stopped, whatever becomes of this process
    _note_first(home, {"url": url_of(host, port), "pid": 0, "port": port})
    try:
        process, report = start_master(arguments, data_dir=home, password=initial_password, is_kept=False)
    except MasterNotStarted as error:
        _refuse_running(name, home)
        if not (home / DATABASE).exists():
            (home / _NOTE).unlink(missing_ok=True)
        raise RuntimeError(f"cluster {name!r}: {error}{_who_has(host, port)}") from None
    write_private(home / _NOTE, json.dumps({"url": report.url, "pid": process.pid, "port": report.port}))
    # it outlives this process on purpose: its end is not this object's to wait for
    process.returncode = 0
    return Started(Cluster(name, home, report.url, process.pid), report.password, report.login_url)


def _note_first(home: Path, values: Dict[str, Any]) -> None:
    """Note a cluster that has no note yet; of two who do it at once, one does."""
    with contextlib.suppress(FileExistsError):
        file = os.open(home / _NOTE, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(file, "w") as note:
            note.write(json.dumps(values))


def _check_name(name: str) -> None:
    if not name or name in (".", "..") or "/" in name or os.sep in name or "\0" in name:
        raise ValueError(f"a cluster cannot be named {name!r}: the name must do as the name of a folder")


def _refuse_running(name: str, home: Path) -> None:
    holder = holder_of(home)
    if holder is not None:
        raise RuntimeError(f"cluster {name!r} runs already: {holder}")


def _check_is_ours(home: Path) -> None:
    """Refuse a folder in which something else lies: a cluster's folder is its own."""
    if home.is_symlink() or (home.exists() and not home.is_dir()):
        raise UnusableFolder(f"{home} is not a folder: choose another name for the cluster")
    if home.is_dir() and not (home / DATABASE).exists() and not (home / _NOTE).exists():
        strange = [entry.name for entry in home.iterdir() if entry.name not in (*_KEPT, *_KEPT_FOLDERS)]
        if strange:
            raise UnusableFolder(f"{home} holds other things ({strange[0]}): choose another name for the cluster")


def _who_has(host: str, port: int) -> str:
    found = master_at(url_of(host, port)) if port else None
    if found is None or "cluster_name" not in found:
        return ""
    return f"\nthe Determined master of cluster {found['cluster_name']!r} answers at {url_of(host, port)}"


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
        delete: remove everything it kept, too; nothing outside of its folder.
        folder: where clusters keep their state; None as for `find`.

    Raises:
        ValueError: a cluster cannot be named so.
        RuntimeError: it does not end, or it cannot be told which process it is.
    """
    cluster = find(name, folder)
    if cluster is None:
        return False
    holder = holder_of(cluster.folder)
    if holder is not None:
        _end(name, cluster.folder, holder)
    if delete:
        _delete(cluster.folder, is_shared=folder is None and cluster.folder.parent == default_folder())
    return holder is not None


def _end(name: str, home: Path, holder: Holder) -> None:
    if not holder.is_this_process():
        raise RuntimeError(f"cluster {name!r} is held by {holder}, which is no process of this machine to be stopped")
    with contextlib.suppress(ProcessLookupError):
        os.kill(holder.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while True:
        now = holder_of(home)
        if (now is None or now != holder) and not holder.is_this_process():
            with contextlib.suppress(ChildProcessError):  # it was started by another process
                os.waitpid(holder.pid, os.WNOHANG)
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"the master of cluster {name!r} (process {holder.pid}) does not end")
        time.sleep(0.05)


def _delete(home: Path, *, is_shared: bool) -> None:
    """Remove a cluster's folder, with its lock in hand.

    Parameters:
        is_shared: an older version put the folder where others put theirs: only what a master keeps is removed.
    """
    lock = FolderLock(home)
    try:
        lock.take()
    except FolderInUse as error:
        raise RuntimeError(f"nothing was removed: {error}") from None
    try:
        if home.is_symlink():
            raise RuntimeError(f"nothing was removed: {home} is a link")
        if not is_shared:
            shutil.rmtree(home)
            return
        for name in _KEPT_FOLDERS:
            if not (home / name).is_symlink():
                shutil.rmtree(home / name, ignore_errors=True)
        for name in _KEPT:
            (home / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # others keep something there
            home.rmdir()
    finally:
        lock.release()


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
            if not follow or not cluster.is_running():
                if rest:
                    yield rest
                return
            time.sleep(0.2)
