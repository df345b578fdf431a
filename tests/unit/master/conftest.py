"""A database of one's own, for tests of the master's rules."""

from __future__ import annotations

import pathlib
import sqlite3
from typing import Iterator

import pytest

from determined.master.auth import create_first_users
from determined.master.store import schema
from determined.master.store.database import Transaction


@pytest.fixture
def tx(tmp_path: pathlib.Path) -> Iterator[Transaction]:
    """A transaction on a new database with the first users, workspace and project."""
    connection = sqlite3.connect(tmp_path / "master.db", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    schema.migrate(connection)
    transaction = Transaction(connection, {})
    create_first_users(transaction, {})
    transaction.insert("workspaces", name="Uncategorized", immutable=1, user_id=1, created_at=0)
    transaction.insert(
        "projects", name="Uncategorized", workspace_id=1, user_id=1, immutable=1, created_at=0, key="UNC00"
    )
    yield transaction
    connection.close()
