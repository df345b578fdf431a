"""``det deploy``: masters on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import click

from ..groups import Command, Group

_NAME = click.option("--cluster-name", default="determined", show_default=True, help="name of the cluster")


@click.group(cls=Group)
def deploy() -> None:
    """Start and stop masters."""


@deploy.group(cls=Group)
def local() -> None:
    """A master in the background, on this machine."""


@local.command("cluster-up", cls=Command)
@_NAME
@click.option("--master-port", type=int, help="port to listen on  [default: the settings file's, else 8080]")
@click.option(
    "--master-config-path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML file of the master's settings; options given here count for more",
)
@click.option("--initial-user-password", default="", help="password of 'admin' and 'determined' in a new cluster")
@click.option("--slots", type=click.IntRange(min=0), help="slots to offer (default: the GPUs, or else one per core)")
@click.option("--no-gpu", is_flag=True, help="offer CPU slots even where there are GPUs")
@click.option("--data-dir", type=click.Path(path_type=Path), help="where clusters keep their state")
@click.option("--delete-db", is_flag=True, help="remove what an earlier cluster of that name kept")
def start_cluster(
    cluster_name: str,
    master_port: Optional[int],
    master_config_path: Optional[Path],
    initial_user_password: str,
    slots: Optional[int],
    no_gpu: bool,
    data_dir: Optional[Path],
    delete_db: bool,
) -> None:
    """Start a master in the background and wait until it answers."""
    import os

    from determined.master import background

    if delete_db:
        background.stop(cluster_name, delete=True, folder=data_dir)
    if no_gpu and slots is None:
        slots = os.cpu_count() or 1
    try:
        cluster = background.start(
            cluster_name,
            port=master_port,
            slots=slots,
            initial_password=initial_user_password,
            folder=data_dir,
            config=master_config_path,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"Cluster '{cluster.name}' is up at {cluster.url}, its state in {cluster.folder}")
    if not initial_user_password and master_config_path is None:
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
