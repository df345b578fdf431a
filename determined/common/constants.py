"""Numbers and names that several parts share."""

from __future__ import annotations

MAX_ENCODED_SIZE = (128 * 1024 * 1024) // 8 * 6
MAX_CONTEXT_SIZE = MAX_ENCODED_SIZE - 1024 * 1024
"""Most bytes of files that one model directory may send: what is left of a 128 MiB message after base64."""

MAX_HTTP_REQUEST_SIZE = MAX_WEBSOCKET_MSG_SIZE = 128 * 1024 * 1024
"""Most bytes of one message to a master."""

MAX_METRICS_SIZE = 100 * 1024 * 1024
"""Most bytes of one report of metrics."""

DEFAULT_DETIGNORE = [
    "__pycache__/",
    "*.py[co]",
    "*$py.class",
    "terraform",
    "terraform_data",
    "terraform.tfstate*",
    "terraform.tfvars*",
    ".terraform*",
    ".git/",
    ".vscode/",
    ".idea/",
    ".mypy_cache/",
    "/shared_fs",
]
"""What of a model directory always stays at home: patterns as in ``.gitignore``."""

DEFAULT_DETERMINED_USER = "determined"
DEFAULT_DETERMINED_PASSWORD = ""
DEFAULT_MASTER_ADDRESS = "localhost:8080"
DEFAULT_CHECKPOINT_PATH = "checkpoints"
SHARED_FS_CONTAINER_PATH = "/determined_shared_fs"
