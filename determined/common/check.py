"""Checks of earlier releases' code: each raises `CheckFailedError` with what was found, what was expected and why.

Every function stands under a short name, such as `eq`, and under its older one, such as `check_eq`. The last parameter
``reason`` (str, default None) says in the message why the check matters.
"""

from __future__ import annotations

from typing import Any, Container, Optional, Sized, Tuple, Type, Union


class CheckFailedError(Exception):
    """A value is not what it must be."""


def _require(holds: bool, message: str, reason: Optional[str]) -> None:
    if not holds:
        raise CheckFailedError(f"CHECK FAILED! {message}" + (f": {reason}" if reason else ""))


def true(val: bool, reason: Optional[str] = None) -> None:
    """Check that a value is true."""
    _require(bool(val), f"Got {val}, expected True", reason)


def false(val: bool, reason: Optional[str] = None) -> None:
    """Check that a value is false."""
    _require(not val, f"Got {val}, expected False", reason)


def is_none(val: Optional[Any], reason: Optional[str] = None) -> None:
    """Check that a value is None."""
    _require(val is None, f"Got {val}, expected None", reason)


def is_not_none(val: Optional[Any], reason: Optional[str] = None) -> None:
    """Check that a value is not None."""
    _require(val is not None, f"Got {val}, expected non-None", reason)


def eq(val: Any, expected: Any, reason: Optional[str] = None) -> None:
    """Check that two values are equal."""
    _require(val == expected, f"Got {val}, expected {expected}", reason)


def not_eq(x: Any, y: Any, reason: Optional[str] = None) -> None:
    """Check that two values are not equal."""
    _require(x != y, f"Got {x}, expected value != {y}", reason)


def gt(x: Any, y: Any, reason: Optional[str] = None) -> None:
    """Check that x is greater than y."""
    _require(x > y, f"Got {x}, expected value > {y}", reason)


def gt_eq(x: Any, y: Any, reason: Optional[str] = None) -> None:
    """Check that x is at least y."""
    _require(x >= y, f"Got {x}, expected value >= {y}", reason)


def lt(x: Any, y: Any, reason: Optional[str] = None) -> None:
    """Check that x is less than y."""
    _require(x < y, f"Got {x}, expected value < {y}", reason)


def lt_eq(x: Any, y: Any, reason: Optional[str] = None) -> None:
    """Check that x is at most y."""
    _require(x <= y, f"Got {x}, expected value <= {y}", reason)


def is_in(val: Any, expected: Container[Any], reason: Optional[str] = None) -> None:
    """Check that a value is one of several."""
    _require(val in expected, f"'{val}' is not in {expected}", reason)


def not_in(val: Any, expected: Container[Any], reason: Optional[str] = None) -> None:
    """Check that a value is none of several."""
    _require(val not in expected, f"Got {val}, expected value not in {expected}", reason)


def is_type(val: Any, expected: type, reason: Optional[str] = None) -> None:
    """Check that a value's type is exactly this one."""
    _require(type(val) is expected, f"{val} has type {type(val)}, expected type {expected}", reason)


def is_instance(val: Any, expected: Union[Type[Any], Tuple[Type[Any], ...]], reason: Optional[str] = None) -> None:
    """Check that a value is an instance of a type, or of one of several."""
    _require(isinstance(val, expected), f"{val} has type {type(val)}, expected isinstance of {expected}", reason)


def is_not_instance(val: Any, expected: Union[Type[Any], Tuple[Type[Any], ...]], reason: Optional[str] = None) -> None:
    """Check that a value is no instance of a type, nor of one of several."""
    _require(
        not isinstance(val, expected), f"{val} has type {type(val)}, expected not isinstance of {expected}", reason
    )


def is_subclass(val: Any, expected: type, reason: Optional[str] = None) -> None:
    """Check that a class derives from another."""
    _require(issubclass(val, expected), f"{val} has type {type(val)}, expected issubclass of {expected}", reason)


def len_eq(val: Sized, expected_len: int, reason: Optional[str] = None) -> None:
    """Check how many items a collection has."""
    _require(len(val) == expected_len, f"Got length {len(val)}, expected length {expected_len}. Values: {val}", reason)


def equal_lengths(x: Sized, y: Sized, reason: Optional[str] = None) -> None:
    """Check that two collections have equally many items."""
    _require(len(x) == len(y), f"Expected lengths {len(x)} and {len(y)} to be equal; values: {x}, {y}", reason)


check_true, check_false = true, false
check_none, check_not_none = is_none, is_not_none
check_eq, check_not_eq = eq, not_eq
check_gt, check_gt_eq, check_lt, check_lt_eq = gt, gt_eq, lt, lt_eq
check_in, check_not_in = is_in, not_in
check_type, check_isinstance, check_not_isinstance = is_type, is_instance, is_not_instance
check_issubclass, check_len, check_eq_len = is_subclass, len_eq, equal_lengths
