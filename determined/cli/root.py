"""The root of the command line: global options, nouns that load when they are used, errors, exit statuses."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Dict, List, Optional, Tuple

import click

from determined import __version__

from .context import Context
from .errors import reason_of
from .groups import CommandFailed, LazyGroup

NOUNS: Dict[str, Tuple[str, Tuple[str, ...], str]] = {
    "checkpoint": ("determined.cli.commands.checkpoint:checkpoint", ("c",), "manage checkpoints"),
    "config-policies": ("determined.cli.commands.config_policies:config_policies", ("cp",), "manage config policies"),
    "deploy": ("determined.cli.commands.deploy:deploy", ("d",), "start and stop masters"),
    "experiment": ("determined.cli.commands.experiment:experiment", ("e",), "manage experiments"),
    "trial": ("determined.cli.commands.trial:trial", ("t",), "manage trials"),
    "user": ("determined.cli.commands.user:user", ("u",), "manage users"),
    "version": ("determined.cli.commands.version:version", (), "show versions of client and master"),
}
"""Each noun: where its command lies, its aliases, its short help."""

INTERRUPTED = 3


@click.group(cls=LazyGroup, nouns=NOUNS, invoke_without_command=True)
@click.option("-u", "--user", metavar="USERNAME", help="run as this user (default: the one logged in)")
@click.option("-m", "--master", metavar="ADDRESS", help="master address (default: $DET_MASTER, else localhost:8080)")
@click.version_option(__version__, "--version", "-v", prog_name="det", message="%(prog)s %(version)s")
@click.pass_context
def root(context: click.Context, user: Optional[str], master: Optional[str]) -> None:
    """Determined command-line client."""
    context.obj = Context(master=master, user=user)
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def run(arguments: Optional[List[str]] = None) -> int:
    """Run ``det``; returns the exit status: 0, 1 for a failure, 2 for a usage error, 3 when interrupted."""
    try:
        result = root.main(args=arguments, prog_name="det", standalone_mode=False)
    except click.exceptions.Abort:
        click.secho("Interrupted.", fg="red", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else 1
    except BrokenPipeError:
        # whoever read our output has gone; nothing is to be said to nobody
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except CommandFailed as failed:
        if os.environ.get("DET_DEBUG", "").lower() in ("1", "true", "yes"):
            traceback.print_exc()
        click.secho(f"Failed to {failed.doing}: {reason_of(failed.error)}", fg="red", err=True)
        return 1
    return result if isinstance(result, int) else 0
