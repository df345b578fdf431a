"""Prepares a container for its task: its files, the facts about it, and the meeting with its peers.

The local runner's supervisor does all this by itself; this is for containers whose start is a shell script.
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
from typing import Sequence

import determined
from determined.common import task_env

from . import _preparation
from ._link import MasterLink, MasterRefused, MasterUnreachable

logger = logging.getLogger("determined")


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m determined.exec.prep_container")
    parser.add_argument("--download_context_directory", action="store_true", help="fetch the task's files")
    parser.add_argument("--resources", action="store_true", help="find the GPUs and tell the master")
    parser.add_argument("--proxy", action="store_true", help="tell the master where this container's services are")
    parser.add_argument("--rendezvous", action="store_true", help="wait for the other containers of the task")
    parser.add_argument("--trial", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(list(arguments))


def prepare(options: argparse.Namespace) -> None:
    """Do what the options say.

    Raises:
        PreparationFailed: something of it cannot be done.
        MasterUnreachable: the master is away.
        MasterRefused: it refuses a call.
    """
    run_dir = task_env.read(task_env.RUN_DIR) or task_env.DEFAULT_RUN_DIR
    if not os.path.exists(os.path.join(run_dir, "info", "cluster.json")):
        _preparation.prepare_info(os.environ, run_dir)
    link = MasterLink(
        os.environ[task_env.MASTER],
        os.environ[task_env.SESSION_TOKEN],
        cert_file=task_env.read(task_env.MASTER_CERT_FILE),
        cert_name=task_env.read(task_env.MASTER_CERT_NAME),
    )
    try:
        if options.download_context_directory or options.trial:
            _preparation.prepare_files(link, os.environ, run_dir, os.getcwd(), _preparation.DEFAULT_PATIENCE)
        if options.resources:
            _preparation.prepare_resources(link, os.environ, run_dir, _tell)
        if options.proxy:
            _report_address(link)
        if options.rendezvous:
            _preparation.prepare_rendezvous(link, os.environ, run_dir, _preparation.DEFAULT_PATIENCE)
    finally:
        link.close()


def _report_address(link: MasterLink) -> None:
    allocation = os.environ[task_env.ALLOCATION_ID]
    address = os.environ.get("DET_KUBERNETES_POD_IP") or _own_address()
    link.call("POST", f"/api/v1/allocations/{allocation}/proxy_address", {"proxyAddress": address})


def _own_address() -> str:
    """Return the address at which the network reaches this machine."""
    try:
        return socket.gethostbyname(socket.gethostname())
    except OSError:
        return "127.0.0.1"


def _tell(level: str, message: str) -> None:
    logger.log(getattr(logging, level), "%s", message)


def main(arguments: Sequence[str]) -> int:
    """Prepare the container as the arguments say."""
    logging.basicConfig(level=logging.INFO, format=determined.LOG_FORMAT)
    try:
        prepare(parse_arguments(arguments))
    except (_preparation.PreparationFailed, MasterUnreachable, MasterRefused, KeyError) as e:
        logger.error("the container cannot be prepared: %s", e)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
