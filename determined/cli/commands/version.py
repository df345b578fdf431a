"""``det version``."""

from __future__ import annotations

from typing import Any, Dict

import click

from determined import __version__

from ..context import Context, pass_context
from ..groups import Command
from ..output import show_yaml


@click.command("version", cls=Command)
@pass_context
def version(context: Context) -> None:
    """Show the versions of this client and of the master."""
    from determined.common.api import UnauthSession, authentication, certs, errors
    from determined.common.api.endpoints import plain

    address = authentication.master_address(context.master)
    told: Dict[str, Any] = {"cluster_id": "", "master_id": "", "version": ""}
    with UnauthSession(address, certs.default_load(address), max_retries=0) as session:
        try:
            told = plain.get_info(session)
        except errors.MasterNotFoundException as error:
            click.secho(f"{error}\nName the master with -m or DET_MASTER.", fg="yellow", err=True)
    show_yaml({"client": {"version": __version__}, "master": told, "master_address": address})
