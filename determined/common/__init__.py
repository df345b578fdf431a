"""What the client, the training API and the master share."""

from .._lazy import attach

_MODULES = ("api", "check", "constants", "context", "experimental", "storage", "util", "yaml")

__getattr__, __dir__, __all__ = attach(__name__, {name: f"{__name__}.{name}" for name in _MODULES})
