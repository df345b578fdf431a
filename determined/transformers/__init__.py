"""The Trainer of Hugging Face in trials of a cluster."""

from __future__ import annotations

from ._callback import DetCallback

__all__ = ["DetCallback"]
