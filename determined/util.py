"""Names of earlier releases: functions that scripts import from here, and where they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._lazy import attach

if TYPE_CHECKING:
    from .common._chunks import filter_duplicates as filter_duplicates
    from .common._dicts import merge_dicts as merge_dicts
    from .common._numbers import humanize_float as humanize_float
    from .common._numbers import is_numerical_scalar as is_numerical_scalar
    from .common._parameters import has_param as has_param
    from .core._encode import json_encode as json_encode

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "filter_duplicates": "determined.common._chunks:filter_duplicates",
        "has_param": "determined.common._parameters:has_param",
        "humanize_float": "determined.common._numbers:humanize_float",
        "is_numerical_scalar": "determined.common._numbers:is_numerical_scalar",
        "json_encode": "determined.core._encode:json_encode",
        "merge_dicts": "determined.common._dicts:merge_dicts",
    },
)
