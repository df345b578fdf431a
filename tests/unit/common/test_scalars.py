"""Numbers of the wire."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from determined.common.api.wire.scalars import from_single, to_float


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-0.9538751499171685, -0.9538751),
        (0.1, 0.1),
        (0.0, 0.0),
        (16777217.0, 16777216.0),
        (3.4028234663852886e38, 3.4028235e38),
        (1e300, "Infinity"),
        (float("-inf"), "-Infinity"),
        (float("nan"), "NaN"),
    ],
)
def test_a_single_is_the_shortest_decimal_that_means_it(value: float, expected: Any) -> None:
    assert from_single(value) == expected


@pytest.mark.parametrize("value", [1e-45, 1.17549435e-38, 0.3, 2.5, 1 / 3, -7.1e20])
def test_a_single_read_again_is_the_same_single(value: float) -> None:
    assert struct.pack("<f", to_float(from_single(value))) == struct.pack("<f", value)
