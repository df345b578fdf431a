"""Putting together what several ranks have of one checkpoint: pure decisions."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Set, Tuple


class FilePlan(NamedTuple):
    """Who stores what.

    Attributes:
        resources: all paths with their sizes; directories end with "/".
        owners: the lowest rank that has each path.
        shared: the files that several ranks have, which must be equal.
        clashes: what cannot be put together at all.
    """

    resources: Dict[str, int]
    owners: Dict[str, int]
    shared: Dict[str, List[int]]
    clashes: List[str]

    def owned_by(self, rank: int) -> List[str]:
        """Return the paths that a rank stores."""
        return [path for path, owner in self.owners.items() if owner == rank]

    def find_conflicts(self, digests: Sequence[Mapping[str, str]]) -> List[str]:
        """Return what contradicts, in words.

        Parameters:
            digests: of each rank, of those of the shared files that it has.
        """
        found = list(self.clashes)
        for path, ranks in self.shared.items():
            if len({digests[rank].get(path) for rank in ranks}) > 1:
                found.append(f"{path} differs between ranks {ranks}")
        return found


def merge_files(ranks: Sequence[Mapping[str, int]]) -> FilePlan:
    """Return how the files of several ranks become one directory.

    Parameters:
        ranks: of each rank, its paths with sizes; directories end with "/".
    """
    having: Dict[str, List[int]] = {}
    resources: Dict[str, int] = {}
    for rank, files in enumerate(ranks):
        for path, size in files.items():
            having.setdefault(path, []).append(rank)
            resources.setdefault(path, size)
    directories = _directories_of(having)
    clashes = [
        f"{path} is a file of ranks {having[path]} and a directory of others"
        for path in sorted(having)
        if not path.endswith("/") and path in directories
    ]
    shared = {path: who for path, who in having.items() if len(who) > 1 and not path.endswith("/")}
    return FilePlan(resources, {path: who[0] for path, who in having.items()}, shared, clashes)


def merge_metadata(ranks: Sequence[Mapping[str, Any]]) -> Tuple[Dict[str, Any], Dict[str, List[int]]]:
    """Return several ranks' metadata as one, and where it contradicts.

    Dicts are merged, equal values are fine; different ones, or a dict and something else, contradict.

    Returns:
        The merged metadata, and the ranks that disagree by the place of it, such as "model/layers".
    """
    conflicts: Dict[str, List[int]] = {}
    merged = _merge(list(enumerate(ranks)), "", conflicts)
    return merged, conflicts


def _merge(
    sources: List[Tuple[int, Mapping[str, Any]]], prefix: str, conflicts: Dict[str, List[int]]
) -> Dict[str, Any]:
    merged: Dict[str, Any] = {}
    keys: Dict[str, None] = {key: None for _, source in sources for key in source}
    for key in keys:
        found = [(rank, source[key]) for rank, source in sources if key in source]
        values = [value for _, value in found]
        if all(isinstance(value, Mapping) for value in values):
            merged[key] = _merge(found, f"{prefix}{key}/", conflicts)
        elif all(value == values[0] and type(value) is type(values[0]) for value in values):
            merged[key] = values[0]
        else:
            conflicts[prefix + key] = [rank for rank, _ in found]
    return merged


def _directories_of(paths: Mapping[str, Any]) -> Set[str]:
    """Return all directories that the paths name or lie in, without "/" at the end."""
    found: Set[str] = set()
    for path in paths:
        parts = path.split("/")
        # "a/b/" splits into "a", "b", ""; "a/b" into "a", "b": the last is no directory either way.
        for count in range(1, len(parts)):
            found.add("/".join(parts[:count]))
    return found
