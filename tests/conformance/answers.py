"""An answer of a master as data that can be compared."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from typing import Any, List, Mapping, NamedTuple, Optional, Tuple

# of a member of an archive: name, size, SHA-256 (for what is no file its type)
Member = Tuple[str, int, str]


class Answer(NamedTuple):
    """Status and body; a stream's body is the list of its documents, an archive has members in place of a body."""

    status: int
    body: Any = None
    is_stream: bool = False
    members: Optional[List[Member]] = None

    @classmethod
    def recorded(cls, data: Mapping[str, Any]) -> "Answer":
        """The answer that a scene holds."""
        members = [(name, size, content) for name, size, content in data["members"]] if "members" in data else None
        return cls(data["status"], data.get("body"), bool(data.get("stream")), members)

    @classmethod
    def received(cls, status: int, content_type: str, encoding: str, raw: bytes) -> "Answer":
        """An answer as it came over the wire."""
        if encoding == "gzip":
            raw = gzip.decompress(raw)
        if raw.startswith(b"\x1f\x8b"):  # a packed archive
            raw = gzip.decompress(raw)
        if raw.startswith(b"PK"):
            return cls(status, members=_members_of_zip(raw))
        if raw[257:262] == b"ustar":
            return cls(status, members=_members_of_tar(raw))
        text = raw.decode(errors="replace")
        if not text:
            return cls(status)
        try:
            return cls(status, json.loads(text))
        except ValueError:
            pass
        try:
            return cls(status, [json.loads(line) for line in text.splitlines() if line.strip()], is_stream=True)
        except ValueError:
            return cls(status, "<html>" if content_type.partition(";")[0].strip() == "text/html" else text)


def _members_of_zip(raw: bytes) -> List[Member]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        found = [(m.filename, m.file_size, hashlib.sha256(archive.read(m)).hexdigest()) for m in archive.infolist()]
    return sorted(found)


def _members_of_tar(raw: bytes) -> List[Member]:
    found: List[Member] = []
    with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            content = member.type.decode() if file is None else hashlib.sha256(file.read()).hexdigest()
            found.append((member.name, member.size, content))
    return sorted(found)
