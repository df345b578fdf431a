"""``det deploy``: masters on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Optional, TextIO

import click

from ..groups import Command, Group

if TYPE_CHECKING:
    from determined.master.background import Cluster

_NAME = click.option("--cluster-name", default="determined", show_default=True, help="name of the cluster")


@click.group(cls=Group)
def deploy() -> None:
    """Start and stop masters."""


@deploy.group(cls=Group)
def local() -> None:
    """A master in the background, on this machine."""


@local.command("cluster-up", cls=Command)
@_NAME
@click.option(
    "--master-port", type=int, help="port to listen on  [default: the settings file's, else the last one, else 8080]"
)
@click.option(
    "--master-config-path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML file of the master's settings; options given here count for more",
)
@click.option(
    "--initial-user-password",
    help="password of 'admin' and 'determined' in a new cluster, '' for none; others may see it in the list of"
    " processes  [default: one that is made up and shown once]",
)
@click.option(
    "--initial-password-file",
    type=click.File(),
    help="file of that password; '-' reads a line of standard input",
)
@click.option("--slots", type=click.IntRange(min=0), help="slots to offer (default: the GPUs, or else one per core)")
@click.option("--no-gpu", is_flag=True, help="offer CPU slots even where there are GPUs")
@click.option("--data-dir", type=click.Path(path_type=Path), help="where clusters keep their state")
@click.option("--delete-db", is_flag=True, help="remove what an earlier cluster of that name kept")
def start_cluster(
    cluster_name: str,
    master_port: Optional[int],
    master_config_path: Optional[Path],
    initial_user_password: Optional[str],
    initial_password_file: Optional[TextIO],
    slots: Optional[int],
    no_gpu: bool,
    data_dir: Optional[Path],
    delete_db: bool,
) -> None:
    """Start a master in the background and wait until it answers."""
    import os

    from determined.master import background

    if initial_user_password is None and initial_password_file is not None:
        initial_user_password = initial_password_file.readline().rstrip("\r\n")
    if delete_db:
        background.stop(cluster_name, delete=True, folder=data_dir)
    if no_gpu and slots is None:
        slots = os.cpu_count() or 1
    try:
        started = background.start_new(
            cluster_name,
            port=master_port,
            slots=slots,
            initial_password=initial_user_password,
            folder=data_dir,
            config=master_config_path,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    cluster = started.cluster
    click.echo(f"Cluster '{cluster.name}' is up at {cluster.url}, its state in {cluster.folder}")
    if started.password is not None:
        click.echo(f"Password of the users 'admin' and 'determined', shown this once: {started.password}")
        click.echo(f"Address that logs a browser in, once: {started.login_url}")
        click.echo(f"You are logged in: det and client.login(master={cluster.url!r}) need no password here.")
    elif initial_user_password == "":
        click.echo("The users 'admin' and 'determined' have no password; it listens on this machine only.")


@local.command("cluster-down", cls=Command)
@_NAME
@click.option("--data-dir", type=click.Path(path_type=Path), help="where clusters keep their state")
@click.option("--delete-db", is_flag=True, help="remove everything the cluster kept")
def stop_cluster(cluster_name: str, data_dir: Optional[Path], delete_db: bool) -> None:
    """Stop a master and its tasks; they go on when it is started again."""
    from determined.master import background

    if background.stop(cluster_name, delete=delete_db, folder=data_dir):
        click.echo(f"Cluster '{cluster_name}' is down")
    else:
        click.echo(f"Cluster '{cluster_name}' was not running")


@local.command("logs", cls=Command)
@_NAME
@click.option("--data-dir", type=click.Path(path_type=Path), help="where clusters keep their state")
@click.option("--no-follow", is_flag=True, help="print what there is and end")
def show_logs(cluster_name: str, data_dir: Optional[Path], no_follow: bool) -> None:
    """Print the log of a master."""
    from determined.master import background

    cluster = background.find(cluster_name, data_dir)
    if cluster is None:
        raise click.ClickException(f"there is no cluster '{cluster_name}': start it with 'det deploy local cluster-up'")
    for line in background.follow_log(cluster, follow=not no_follow):
        click.echo(line, nl=False)


@local.command("cluster-list", cls=Command)
@click.option("--data-dir", type=click.Path(path_type=Path), help="where clusters keep their state")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def list_clusters(data_dir: Optional[Path], as_json: bool) -> None:
    """Show all clusters of this user."""
    from determined.master import background

    from ..output import show_json, show_table

    rows = [_described(cluster) for cluster in background.list_clusters(data_dir)]
    if as_json:
        show_json(rows)
    else:
        show_table(["Name", "State", "Address", "Process", "Folder"], [list(row.values()) for row in rows])


@local.command("cluster-status", cls=Command)
@_NAME
@click.option("--data-dir", type=click.Path(path_type=Path), help="where clusters keep their state")
def show_status(cluster_name: str, data_dir: Optional[Path]) -> None:
    """Show whether a cluster runs, and where; the exit status is 1 when it does not."""
    from determined.master import background

    cluster = background.find(cluster_name, data_dir)
    if cluster is None:
        raise click.ClickException(f"there is no cluster '{cluster_name}': start it with 'det deploy local cluster-up'")
    row = _described(cluster)
    if row["state"] == "down":
        click.echo(f"Cluster '{cluster.name}' is down, its state in {cluster.folder}")
        raise click.exceptions.Exit(1)
    click.echo(
        f"Cluster '{cluster.name}' is up at {cluster.url} (process {cluster.pid}), its state in {cluster.folder}"
    )


def _described(cluster: "Cluster") -> Dict[str, Any]:
    is_up = cluster.is_running()
    return {
        "name": cluster.name,
        "state": "up" if is_up else "down",
        "url": cluster.url,
        "pid": cluster.pid if is_up else None,
        "folder": str(cluster.folder),
    }
