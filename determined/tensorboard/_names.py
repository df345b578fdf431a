"""Names of TensorBoard files of several ranks that are stored in one place."""

from __future__ import annotations

import pathlib
import re

# What profilers of TensorFlow write; the name before it is the host's.
_PROFILER_SUFFIXES = (
    ".input_pipeline.pb",
    ".memory_profile.json.gz",
    ".tensorflow_stats.pb",
    ".xplane.pb",
    ".kernel_stats.pb",
    ".overview_page.pb",
    ".trace.json.gz",
    ".trace.json",
)
# What the profiler of torch writes: <worker>.<time>.pt.trace.json
_TORCH_TRACE = re.compile(r"(?P<worker>.+?)(?P<rest>(?:\.\d+)?\.pt\.trace\.json(?:\.gz)?)\Z")


def get_rank_aware_path(path: pathlib.Path, rank: int) -> pathlib.Path:
    """Return a path with the rank in the name, if it is a profiler's file; other paths as they are.

    Parameters:
        path: of the file.
        rank: of the process that wrote it.
    """
    trace = _TORCH_TRACE.match(path.name)
    if trace:
        return path.with_name(f"{trace.group('worker')}#{rank}{trace.group('rest')}")
    for suffix in _PROFILER_SUFFIXES:
        if path.name.endswith(suffix):
            return path.with_name(f"{path.name[: -len(suffix)]}#{rank}{suffix}")
    return path
