"""Putting dicts together."""

from __future__ import annotations

import copy
from typing import Any, Dict


def merge_dicts(base_dict: Dict[Any, Any], source_dict: Dict[Any, Any]) -> Dict[Any, Any]:
    """Return a dict with what another one adds or says otherwise; neither is changed.

    Parameters:
        base_dict: the dict.
        source_dict: the other one, which counts for more. Dicts within are merged; everything else is replaced.
    """
    merged = copy.deepcopy(base_dict)
    for key, value in source_dict.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = merge_dicts(old, value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged
