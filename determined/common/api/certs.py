"""How a master's certificate is checked, and the file of certificates that the user has come to trust."""

from __future__ import annotations

import atexit
import functools
import json
import logging
import pathlib
import tempfile
from dataclasses import dataclass
from typing import Dict, Optional, Union

from .. import task_env
from . import _files, errors

logger = logging.getLogger("determined.client")

NOVERIFY = "noverify"


@dataclass(frozen=True)
class Cert:
    """How to check the certificate of one master.

    Attributes:
        cert_pem: certificates to trust besides the public authorities, as PEM text; None for no others.
        noverify: do not check at all.
        name: the host name to expect in the certificate; None for the one in the address.
    """

    cert_pem: Optional[str] = None
    noverify: bool = False
    name: Optional[str] = None

    @property
    def bundle(self) -> Union[None, bool, str]:
        """What the HTTP library takes as ``verify``: None for the public authorities, False for no check.

        For other certificates it is a file of them and of the public authorities, which lasts until the process ends.
        """
        if self.noverify:
            return False
        return _bundle_of(self.cert_pem) if self.cert_pem else None


@functools.lru_cache(maxsize=None)
def _bundle_of(cert_pem: str) -> str:
    import certifi

    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".pem", delete=False) as file:
        file.write(pathlib.Path(certifi.where()).read_text(encoding="utf-8"))
        file.write(f"\n{cert_pem}\n")
    atexit.register(pathlib.Path(file.name).unlink, missing_ok=True)
    return file.name


def default_store() -> pathlib.Path:
    """Return the file of trusted certificates.

    Raises:
        RuntimeError: the user has no home in which it could be.
    """
    return _files.config_folder() / "certs.json"


def default_load(
    master_url: str,
    explicit_path: Optional[Union[str, pathlib.Path]] = None,
    explicit_cert_name: Optional[str] = None,
    explicit_noverify: bool = False,
) -> Cert:
    """Return how to check a master: as told, else by environment, else by the file of trusted certificates.

    Parameters:
        master_url: the master's address in its normal form.
        explicit_path: a PEM file, or the word "noverify"; beats ``DET_MASTER_CERT_FILE``, which is either of them.
        explicit_cert_name: beats ``DET_MASTER_CERT_NAME``.
        explicit_noverify: do not check.

    Raises:
        OSError: the PEM file cannot be read. One that only ``DET_MASTER_CERT_FILE`` names is passed over with a
            warning where it does not exist: the public authorities are trusted then.
    """
    name = explicit_cert_name or task_env.read(task_env.MASTER_CERT_NAME)
    path = explicit_path or task_env.read(task_env.MASTER_CERT_FILE)
    if explicit_noverify or (path is not None and str(path).lower() == NOVERIFY):
        return Cert(noverify=True, name=name)
    if path is not None:
        try:
            return Cert(_read_pem(path), name=name)
        except FileNotFoundError:
            if explicit_path is not None:
                raise
            logger.warning("%s names a file that does not exist: %s", task_env.MASTER_CERT_FILE, path)
            return Cert(name=name)
    try:
        known = CertStore().get_cert(master_url)
    except OSError as error:
        # The public authorities are still there, and a master may need none of them.
        logger.warning("the file of trusted certificates cannot be read: %s", error)
        known = None
    return Cert(known, name=name)


def _read_pem(path: Union[str, pathlib.Path]) -> str:
    # comments between the certificates may be in any encoding, and TLS libraries take none but ASCII
    return pathlib.Path(path).read_text(encoding="ascii", errors="ignore")


class CertStore:
    """The certificates that the user trusts, by master."""

    def __init__(self, path: Optional[pathlib.Path] = None) -> None:
        # None where the user has no home: no certificate is known there, and none can be kept.
        self._path = path or _files.config_file("certs.json")

    @property
    def path(self) -> pathlib.Path:
        """The file.

        Raises:
            RuntimeError: the user has no home in which it could be.
        """
        return self._path or _files.config_folder() / "certs.json"

    def get_cert(self, url: str) -> Optional[str]:
        """Return the PEM text trusted for a master, or None.

        Raises:
            CorruptCertificateCacheException: the file was not readable; it has been removed.
        """
        if self._path is not None and self._path.with_name("master.crt").exists():
            self._take_single(url)
        known = self._read()
        if known is None:
            with _files.locked(self._path) as path:
                known = self._read_or_remove(path)
        return known.get(url)

    def set_cert(self, url: str, cert_pem: str) -> None:
        """Trust a certificate for a master from now on.

        Raises:
            OSError: the file cannot be written.
        """
        with _files.locked(self._path) as path:
            _write(path, {**self._read_or_remove(path), url: cert_pem})

    def delete_cert(self, url: str) -> None:
        """Trust a master's certificate no longer."""
        if self._path is None:
            return
        with _files.locked(self._path) as path:
            known = self._read_or_remove(path)
            if known.pop(url, None) is not None:
                _write(path, known)

    def _take_single(self, master_url: str) -> None:
        """Keep the one certificate of the time before this file as the one of the master in use."""
        with _files.locked(self._path) as path:
            single = path.with_name("master.crt")
            try:
                _write(path, {master_url: _read_pem(single), **self._read_or_remove(path)})
                single.unlink()
            except FileNotFoundError:
                pass  # another process was quicker

    def _read_or_remove(self, path: pathlib.Path) -> Dict[str, str]:
        """Return the content of the file; the lock is held, so that no other process puts a new one in its place."""
        known = self._read()
        if known is None:
            path.unlink()
            raise errors.CorruptCertificateCacheException(f"{path} was not readable and has been removed: try again")
        return known

    def _read(self) -> Optional[Dict[str, str]]:
        """Return the content of the file; None when it has another form."""
        if self._path is None:
            return {}
        try:
            known = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            return None
        if isinstance(known, dict) and all(isinstance(v, str) for v in known.values()):
            return known
        return None


def _write(path: pathlib.Path, known: Dict[str, str]) -> None:
    _files.write_private(path, json.dumps(known, indent=4, sort_keys=True))
