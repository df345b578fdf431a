"""The pipeline that both clients run prints with the released one what is on record."""

from __future__ import annotations

import pathlib

from ..sdk.test_pipeline import DRIVERS, run_pipeline


def test_the_recorded_output_is_that_of_the_released_client(released_python: str, tmp_path: pathlib.Path) -> None:
    assert run_pipeline(released_python, tmp_path) == (DRIVERS / "pipeline.txt").read_text()
