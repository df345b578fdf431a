"""Numbers and names that several parts share."""

from __future__ import annotations

MAX_ENCODED_SIZE = (128 * 1024 * 1024) // 8 * 6
MAX_CONTEXT_SIZE = MAX_ENCODED_SIZE - 1024 * 1024
"""Most bytes of files that one model directory may send: what is left of a 128 MiB message after base64."""

DEFAULT_DETERMINED_USER = "determined"
DEFAULT_MASTER_ADDRESS = "localhost:8080"
DEFAULT_CHECKPOINT_PATH = "checkpoints"
SHARED_FS_CONTAINER_PATH = "/determined_shared_fs"
