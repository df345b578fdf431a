"""Values that a master cannot take are refused where they are reported, before anything is sent."""

from __future__ import annotations

import decimal
from typing import Any, Callable, Dict

import pytest

from determined import core
from determined.core._encode import encode
from determined.errors import ArgumentError
from tests.unit.common.experimental.stub_master import StubMaster


class Longdouble:
    """A number that says it is its own plain form, as numpy.longdouble does."""

    def tolist(self) -> Longdouble:
        return self


def bad_values() -> Dict[str, Any]:
    found: Dict[str, Any] = {
        "an object": object(),
        "a class": Longdouble,
        "a function": print,
        "a complex number": 1j,
        "a decimal": decimal.Decimal("1.5"),
        "its own plain form": Longdouble(),
        "in a list": [1, [object()]],
        "in a dict": {"a": {"b": Longdouble()}},
    }
    try:
        import numpy
    except ImportError:
        return found
    found["numpy.longdouble"] = numpy.longdouble(1.5)
    found["an array of numpy.longdouble"] = numpy.zeros(2, numpy.longdouble)
    return found


BAD = bad_values()


@pytest.mark.parametrize("name", list(BAD))
@pytest.mark.parametrize(
    "report",
    [
        lambda train, value: train.report_training_metrics(1, {"loss": value}),
        lambda train, value: train.report_training_metrics(1, {"loss": 1}, [{"loss": 1}, {"loss": value}]),
        lambda train, value: train.report_validation_metrics(1, {"loss": value}),
        lambda train, value: train.report_metrics("own", 1, {"loss": value}),
        lambda train, value: train.report_training_metrics(value, {"loss": 1}),
        lambda train, value: train.set_metadata({"a": value}),
    ],
    ids=["training", "batches", "validation", "own group", "steps", "metadata"],
)
def test_what_is_no_json_is_refused_at_the_call(
    trial: Callable[..., Any], stub: StubMaster, name: str, report: Callable[[Any, Any], None]
) -> None:
    trial()
    with core.init(tensorboard_mode=core.TensorboardMode.MANUAL) as context:
        with pytest.raises(ArgumentError, match="cannot be sent"):
            report(context.train, BAD[name])
        context.train.report_training_metrics(1, {"loss": 1})
    sent = [r for r in stub.requests if r.method == "POST" and r.path.endswith(("/metrics", "/metadata"))]
    assert len(sent) == 1


@pytest.mark.parametrize("steps", [2**31, -(2**31) - 1, 10**30, 1e10])
def test_more_steps_than_a_master_counts_are_refused_at_the_call(
    trial: Callable[..., Any], stub: StubMaster, steps: Any
) -> None:
    trial()
    with core.init(tensorboard_mode=core.TensorboardMode.MANUAL) as context:
        for report in (context.train.report_training_metrics, context.train.report_validation_metrics):
            with pytest.raises(ArgumentError, match="steps_completed"):
                report(steps, {"loss": 1})
        context.train.report_training_metrics(2**31 - 1, {"loss": 1})
    assert [r.body["metrics"]["stepsCompleted"] for r in stub.requests if r.path.endswith("/metrics")] == [2**31 - 1]


def test_a_status_is_a_text(trial: Callable[..., Any], stub: StubMaster) -> None:
    trial()
    with core.init(tensorboard_mode=core.TensorboardMode.MANUAL) as context:
        with pytest.raises(ArgumentError, match="status"):
            context.train.set_status(5)  # type: ignore[arg-type]


def test_numbers_of_numpy_that_python_has_are_sent() -> None:
    numpy = pytest.importorskip("numpy")
    assert encode(numpy.float32(0.5)) == 0.5
    assert encode(numpy.int64(7)) == 7
    assert encode(numpy.arange(3)) == [0, 1, 2]
