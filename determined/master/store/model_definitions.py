"""The files that experiments run, as they are stored: one tar.gz for each experiment that has any."""

from __future__ import annotations

from .database import Connection, Transaction


def find(connection: Connection, experiment_id: int) -> bytes:
    """An experiment's tar.gz; empty when it has no files."""
    tgz = connection.scalar("SELECT tgz FROM model_definitions WHERE experiment_id = ?", (experiment_id,))
    return bytes(tgz) if tgz else b""


def insert(tx: Transaction, experiment_id: int, tgz: bytes) -> None:
    """Store an experiment's tar.gz; nothing is stored of an empty one."""
    if tgz:
        tx.insert("model_definitions", experiment_id=experiment_id, tgz=tgz)
