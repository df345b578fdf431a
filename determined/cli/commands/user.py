"""``det user``."""

from __future__ import annotations

from typing import Optional

import click

from ..context import Context, pass_context
from ..groups import Command, Group


@click.group(cls=Group)
def user() -> None:
    """Manage users."""


@user.command("login", cls=Command)
@click.argument("username", required=False)
@pass_context
def log_in(context: Context, username: Optional[str]) -> None:
    """Log in with a password and be that user from now on."""
    from determined.common.api import authentication, certs
    from determined.common.api._token_store import TokenStore

    name = username or context.user or click.prompt("Username")
    address = authentication.master_address(context.master)
    password = click.prompt("Password", hide_input=True, default="", show_default=False)
    with authentication.login(address, name, password, certs.default_load(address)) as session:
        authentication.keep_login(session, password)
        TokenStore(address).set_active(name)
    click.echo(f"Logged in as user '{name}' at {address}")


@user.command("logout", cls=Command)
@click.option("-a", "--all", "everybody", is_flag=True, help="log out every user of this master")
@pass_context
def log_out(context: Context, everybody: bool) -> None:
    """Log out and forget the token."""
    from determined.common.api import authentication, certs

    address = authentication.master_address(context.master)
    cert = certs.default_load(address)
    if everybody:
        authentication.logout_all(address, cert)
    else:
        authentication.logout(address, context.user, cert)


@user.command("whoami", cls=Command)
@pass_context
def show_me(context: Context) -> None:
    """Show who is logged in."""
    click.echo(f"You are logged in as user '{context.client().get_session_username()}'")
