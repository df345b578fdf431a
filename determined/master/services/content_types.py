"""What kind of content some bytes are, told from the bytes alone, as browsers and the real master do.

The rules are those of the WHATWG's "MIME Sniffing" standard.
"""

from __future__ import annotations

from typing import Optional

_LOOKED_AT = 512
_BLANKS = b"\t\n\x0c\r "
_TAGS = (
    b"<!DOCTYPE HTML", b"<HTML", b"<HEAD", b"<SCRIPT", b"<IFRAME", b"<H1", b"<DIV", b"<FONT", b"<TABLE", b"<A",
    b"<STYLE", b"<TITLE", b"<B", b"<BODY", b"<BR", b"<P", b"<!--",
)  # fmt: skip
_PREFIXES = (
    (b"%PDF-", "application/pdf"),
    (b"%!PS-Adobe-", "application/postscript"),
    (b"\xfe\xff", "text/plain; charset=utf-16be"),
    (b"\xff\xfe", "text/plain; charset=utf-16le"),
    (b"\xef\xbb\xbf", "text/plain; charset=utf-8"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"\x00\x00\x02\x00", "image/x-icon"),
    (b"BM", "image/bmp"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"ID3", "audio/mpeg"),
    (b"OggS\x00", "application/ogg"),
    (b"MThd\x00\x00\x00\x06", "audio/midi"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"\x00\x01\x00\x00", "font/ttf"),
    (b"OTTO", "font/otf"),
    (b"ttcf", "font/collection"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"\x1f\x8b\x08", "application/x-gzip"),
    (b"PK\x03\x04", "application/zip"),
    (b"Rar!\x1a\x07\x00", "application/x-rar-compressed"),
    (b"Rar!\x1a\x07\x01\x00", "application/x-rar-compressed"),
    (b"\x00asm", "application/wasm"),
)
# chunked formats: four letters, a length, four letters that tell which
_CHUNKED = {
    (b"RIFF", b"WEBP"): "image/webp",
    (b"RIFF", b"WAVE"): "audio/wave",
    (b"RIFF", b"AVI "): "video/avi",
    (b"FORM", b"AIFF"): "audio/aiff",
}
_BINARY = frozenset([*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])


def content_type_of(content: bytes) -> str:
    """Return the MIME type of some content; ``application/octet-stream`` when it is no text and of no known kind."""
    head = content[:_LOOKED_AT]
    markup = _markup(head.lstrip(_BLANKS))
    if markup is not None:
        return markup
    for prefix, name in _PREFIXES:
        if head.startswith(prefix):
            return name
    if (head[:4], head[8:12]) in _CHUNKED:
        return _CHUNKED[head[:4], head[8:12]]
    if _is_mp4(head):
        return "video/mp4"
    return "application/octet-stream" if _BINARY.intersection(head) else "text/plain; charset=utf-8"


def _markup(head: bytes) -> Optional[str]:
    upper = head.upper()
    for tag in _TAGS:
        if upper.startswith(tag) and (tag == b"<!--" or upper[len(tag) : len(tag) + 1] in (b" ", b">")):
            return "text/html; charset=utf-8"
    return "text/xml; charset=utf-8" if head.startswith(b"<?xml") else None


def _is_mp4(head: bytes) -> bool:
    size = int.from_bytes(head[:4], "big")
    if len(head) < 12 or size % 4 or len(head) < size or head[4:8] != b"ftyp":
        return False
    brands = [head[at : at + 3] for at in range(8, size, 4) if at != 12]
    return b"mp4" in brands
