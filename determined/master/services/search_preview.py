"""Previews of searches."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple

from .. import expconf, searcher
from ..errors import invalid, plain


class Preview(NamedTuple):
    """A search that has not been made.

    Attributes:
        searcher: the section with its defaults.
        trials: how many trials go how far.
    """

    searcher: Dict[str, Any]
    trials: List[searcher.TrialCount]


def preview(config: Mapping[str, Any]) -> Preview:
    """Count the trials of a search.

    Parameters:
        config: an experiment's configuration, of which only the searcher and the hyperparameters must be there.

    Raises:
        Refusal: they are missing or wrong, or the searcher has no preview.
    """
    try:
        raw = expconf.read(dict(config))
    except expconf.ConfigError as error:
        raise invalid(f"invalid experiment configuration: {error.text}") from None
    if raw.get("searcher") is None:
        raise invalid("invalid experiment configuration; missing searcher")
    try:
        section = expconf.complete_searcher(raw)
    except expconf.ConfigError as error:
        raise invalid(f"invalid searcher configuration: {error.text}") from None
    try:
        hyperparameters = expconf.complete_hyperparameters(raw)
    except expconf.ConfigError as error:
        raise invalid(f"invalid hyperparameters configuration: {error.text}") from None
    try:
        expconf.check_searcher(section)
    except expconf.ConfigError as error:
        raise plain(f"invalid experiment configuration: {error.text}") from None
    try:
        return Preview(section, searcher.preview(section, hyperparameters))
    except ValueError:
        raise plain("invalid searcher configuration") from None
