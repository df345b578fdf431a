"""OAuth clients, which only other editions have."""

from __future__ import annotations

from typing import Any

from ..walking import Tour


def walk(tour: Tour, client: Any) -> None:
    c, step = client, tour.step
    step("oauth: list", lambda: c.list_oauth_clients())
    step("oauth: add", lambda: c.add_oauth_client("example.com", "n"))
    step("oauth: remove", lambda: c.remove_oauth_client("x"))
