"""A pytest plugin: an embedded master for a test.

Installed with ``pip install determined[testing]``, it is there without further ado::

    def test_training(determined_master):
        client.login(master=determined_master.url)
"""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Iterator

import pytest

if TYPE_CHECKING:
    from determined.master import LocalMaster


@pytest.fixture
def determined_master(tmp_path: pathlib.Path) -> "Iterator[LocalMaster]":
    """A fresh master with two slots in a temporary folder, for one test.

    The test logs in without a password: the token store holds tokens of ``admin`` and ``determined`` as long as the
    master runs. Their password, for who wants to type it, is ``determined_master.initial_password``.

    Yields:
        a started `determined.master.LocalMaster`: its address is ``determined_master.url``.
    """
    from determined.master import LocalMaster  # only the tests that ask for it pay for it

    with LocalMaster(tmp_path / "determined-master", slots=2) as master:
        yield master
