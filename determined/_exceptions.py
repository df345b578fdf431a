"""Exceptions that a user's training code raises to speak to the cluster."""

from __future__ import annotations


class InvalidHP(Exception):
    """The hyperparameters of this trial make no sense; the searcher should go on with others.

    Raised out of a ``core.init()`` block it is reported to the master, and the process exits with status 0.

    Parameters:
        msg: why, for the logs. Defaults to nothing.

    Raises:
        TypeError: the message is no text.
    """

    def __init__(self, msg: str = "") -> None:
        if not isinstance(msg, str):
            raise TypeError(f"the message of InvalidHP must be a str, not {type(msg).__name__}")
        super().__init__(*([msg] if msg else []))
        self.msg = msg
