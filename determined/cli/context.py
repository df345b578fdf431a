"""What every command works with: the master that was named, and the user."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

import click

if TYPE_CHECKING:
    from determined.common.api import Session
    from determined.experimental.client import Determined

DEFAULT_MASTER = "localhost:8080"


@dataclass
class Context:
    """The global options of one invocation."""

    master: Optional[str]
    user: Optional[str]

    @property
    def master_address(self) -> str:
        """The address as it was given: option, environment, or the default."""
        return self.master or os.environ.get("DET_MASTER") or os.environ.get("DET_MASTER_ADDR") or DEFAULT_MASTER

    def client(self) -> "Determined":
        """Log in as the user of this invocation.

        Raises:
            determined.common.api.errors.APIException: the master refuses, or cannot be reached.
        """
        from determined.experimental.client import Determined

        return Determined(master=self.master_address, user=self.user)

    def session(self) -> "Session":
        """Log in as the user of this invocation and return the session; raises as `client`."""
        from determined.common.api import authentication, certs

        address = authentication.master_address(self.master)
        return authentication.login_with_cache(address, self.user, cert=certs.default_load(address))


pass_context = click.make_pass_decorator(Context)
