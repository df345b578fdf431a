"""Download of a checkpoint's files through the master."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Dict, Iterator, List

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse

from ..errors import invalid, plain
from ..services import archives, checkpoint_storage, checkpoints
from .plain_registry import PlainCall, answers

_ANYTHING = ("", "*/*", "application/*")


@answers("GET", "/checkpoints/{uuid}")
async def download(call: PlainCall, uuid: str) -> Response:
    if checkpoints.parse_uuid(uuid) is None:
        raise invalid(f"unable to parse checkpoint UUID {uuid}: {checkpoints.uuid_mistake(uuid)}")
    accepted = call.request.headers.get("accept", "")
    kind = "application/x-tar" if accepted in _ANYTHING else accepted
    if kind not in archives.KINDS:
        text = f"unsupported media type to download a checkpoint: '{accepted}'"
        return JSONResponse({"message": text}, 415)
    storage = call.db.read_now(checkpoints.storage_of, uuid)
    files = contextlib.ExitStack()
    try:
        entries = await run_in_threadpool(_open, files, storage.config, storage.uuid)
    except Exception as error:  # a storage may fail in any way of its client library
        raise plain(
            f"unable to download checkpoint {uuid}: checkpoint archive failed, please verify that file system"
            f" checkpoint storage is available to the server: {error}"
        ) from error
    archive = archives.KINDS[kind]
    headers: Dict[str, str] = {}
    length = await run_in_threadpool(archive.length, entries)
    if length is not None:
        headers["content-length"] = str(length)
    return StreamingResponse(_pieces(files, archive, entries), media_type=kind, headers=headers)


def _open(files: contextlib.ExitStack, config: Dict[str, object], uuid: str) -> List[archives.Entry]:
    """Find the files, which stay where they are until `files` is closed."""
    try:
        return archives.find_files(Path(files.enter_context(checkpoint_storage.build(config).restore_path(uuid))))
    except BaseException:
        files.close()
        raise


def _pieces(files: contextlib.ExitStack, archive: archives.Archive, entries: List[archives.Entry]) -> Iterator[bytes]:
    with files:
        yield from archives.in_blocks(archive.stream(entries))
