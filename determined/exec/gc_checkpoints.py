"""The process of a task that removes files of checkpoints.

Run as ``python -m determined.exec.gc_checkpoints ORDER RESULTS``. ORDER is a JSON file:

    storage      the ``checkpoint_storage`` of a configuration, or null when it is not known.
    globs        which files, as `StorageManager.delete` takes them; none only looks what is there.
    checkpoints  the UUIDs.

Each checkpoint adds a JSON line to RESULTS, as soon as it is done: ``{"uuid", "resources"}`` with the files that are
left and their sizes, or ``{"uuid", "error"}``. The exit status is 1 if there was an error.
"""

from __future__ import annotations

import json
import logging
import sys

from determined import errors
from determined.common import storage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Sequence, TextIO

    from determined.common.storage import StorageManager

logger = logging.getLogger("determined.exec.gc_checkpoints")


def remove_checkpoints(order: Dict[str, Any], results: TextIO) -> bool:
    """Remove files of checkpoints, one after another.

    Parameters:
        order: see the module.
        results: takes a line for each checkpoint.

    Returns:
        whether all went well.
    """
    config: Dict[str, Any] = order["storage"] or {}
    uuids: List[str] = order["checkpoints"]
    logger.info("Removing files of %d checkpoints, storage %s", len(uuids), config.get("type", "unknown"))
    failures = 0
    manager: Optional[StorageManager] = None
    for uuid in uuids:
        try:
            manager = manager or _build(config)
            answer: Dict[str, Any] = {"uuid": uuid, "resources": _remove(manager, uuid, order["globs"])}
        except Exception as error:
            # a storage may fail in any way of its client library; the others are still to be tried
            reason = _without_secrets(str(error) or type(error).__name__, config)
            logger.error("Checkpoint %s: its files could not be removed: %s", uuid, reason)
            answer = {"uuid": uuid, "error": reason}
            failures += 1
        results.write(json.dumps(answer) + "\n")
        results.flush()
    logger.info("Done, %d of %d checkpoints", len(uuids) - failures, len(uuids))
    return not failures


def _build(config: Dict[str, Any]) -> StorageManager:
    if not config:
        raise LookupError("nobody knows where its files are stored")
    return storage.build(config)


def _remove(manager: StorageManager, uuid: str, globs: Sequence[str]) -> Dict[str, int]:
    before = _count_files(manager, uuid)
    left = manager.delete(uuid, globs)
    still = sum(not path.endswith("/") for path in left)
    logger.info("Checkpoint %s: %d files removed, %d left", uuid, before - still, still)
    return left


def _count_files(manager: StorageManager, uuid: str) -> int:
    try:
        return sum(not path.endswith("/") for path in manager.list_files(uuid))
    except errors.CheckpointNotFound:
        return 0


def _without_secrets(text: str, config: Dict[str, Any]) -> str:
    for secret in _secrets_of(config):
        if secret:
            text = text.replace(secret, "***")
    return text


def _secrets_of(config: Dict[str, Any]) -> Iterator[str]:
    for name in ("access_key", "secret_key", "credential", "connection_string"):
        yield str(config.get(name) or "")
    # Azure's, one by one: the key, the signature
    for part in str(config.get("connection_string") or "").split(";"):
        name, _, value = part.partition("=")
        if name in ("AccountKey", "SharedAccessSignature"):
            yield value
    yield str(config.get("account_url") or "").partition("?")[2]


def main(arguments: Sequence[str]) -> int:
    """Do the order that the first argument names, and leave the results in the file that the second names."""
    if len(arguments) != 2:
        raise SystemExit("usage: python -m determined.exec.gc_checkpoints ORDER.json RESULTS.jsonl")
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s:%(module)s:%(levelname)s: %(message)s")
    logger.setLevel(logging.INFO)
    with open(arguments[0], encoding="utf-8") as f:
        order = json.load(f)
    with open(arguments[1], "a", encoding="utf-8") as results:
        return 0 if remove_checkpoints(order, results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
