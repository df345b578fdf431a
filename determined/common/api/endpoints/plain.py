"""Calls of the routes outside the REST API's gateway."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional
from urllib.parse import quote

from .. import _foreign
from ..errors import APIException

if TYPE_CHECKING:
    import requests

    from .._session import BaseSession

_CHUNK = 1 << 20

# What masters before 0.28 answer to who asks for a plain tar.
_UNKNOWN_KIND = (406, 415)


def get_info(session: BaseSession) -> Dict[str, Any]:
    """Return the master's version and names; needs no login."""
    return _object(session.get("info"))


def get_health(session: BaseSession) -> Dict[str, Any]:
    """Return the state of the master's database and resource manager."""
    return _object(session.get("health"))


def preview_gc(
    session: BaseSession, experiment_id: int, *, experiment_best: int, trial_best: int, trial_latest: int
) -> Dict[str, Any]:
    """Return which checkpoints a policy would delete."""
    policy = {
        "save_experiment_best": experiment_best,
        "save_trial_best": trial_best,
        "save_trial_latest": trial_latest,
    }
    return _object(session.get(f"experiments/{experiment_id}/preview_gc", params=policy))


@contextlib.contextmanager
def open_checkpoint_archive(session: BaseSession, uuid: str) -> Iterator[io.RawIOBase]:
    """Open the tar that the master makes of a checkpoint's files: plain, or in gzip where the master is an older one.

    Reading raises OSError when the connection breaks.

    Raises:
        tarfile.ReadError: the answer is a page for people.
    """
    try:
        # Weights hardly shrink: packing them takes longer than sending them.
        response = _get_archive(session, uuid, "application/x-tar")
    except APIException as error:
        if error.status_code not in _UNKNOWN_KIND:
            raise
        response = _get_archive(session, uuid, "application/gzip")
    with contextlib.closing(response):
        if _foreign.is_page(response):
            import tarfile  # here, because it is needed for its error only

            raise tarfile.ReadError(_foreign.complaint_about(response))
        yield _Body(response)


def _get_archive(session: BaseSession, uuid: str, kind: str) -> requests.Response:
    return session.get(f"checkpoints/{quote(uuid, safe='')}", headers={"Accept": kind}, stream=True)


def list_oauth_clients(session: BaseSession) -> List[Dict[str, Any]]:
    """Return the clients of the OAuth service; an enterprise feature."""
    clients: List[Dict[str, Any]] = _json_of(session.get("oauth2/clients"))
    return clients


def add_oauth_client(session: BaseSession, domain: str, name: str) -> Dict[str, Any]:
    """Add a client to the OAuth service and return it with its secret; an enterprise feature."""
    return _object(session.post("oauth2/clients", json={"domain": domain, "name": name}))


def remove_oauth_client(session: BaseSession, client_id: str) -> None:
    """Remove a client from the OAuth service; an enterprise feature."""
    session.delete(f"oauth2/clients/{quote(client_id, safe='')}")


class _Body(io.RawIOBase):
    """The body of an answer as a file that is read once."""

    def __init__(self, response: requests.Response) -> None:
        self._response = response
        self._chunks = response.iter_content(_CHUNK)
        self._rest: Optional[memoryview] = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        rest = self._rest
        while not rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                from .._bodies import count_missing  # here, because it loads the HTTP library

                missing = count_missing(self._response)
                if missing:
                    raise OSError(f"the connection broke: {missing} bytes are missing")
                return 0
            rest = memoryview(chunk)
        count = min(len(rest), len(buffer))
        buffer[:count] = rest[:count]
        self._rest = rest[count:]
        return count


def _object(response: requests.Response) -> Dict[str, Any]:
    data: Dict[str, Any] = _json_of(response)
    return data


def _json_of(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        complaint = _foreign.complaint_about(response)
        if not complaint:
            raise
    from .. import _failures  # here, because it loads the HTTP library

    raise _failures.NoJsonException(complaint)
