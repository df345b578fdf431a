"""Functions that scripts import from `determined.common.util`, as earlier releases had them."""

from __future__ import annotations

import datetime
import io
import pathlib
import pickle
import random
import subprocess
import sys
import warnings
from typing import Any, Callable

import numpy as np
import pytest
import yaml

from determined import errors
from determined import util as det_util
from determined.common import check, constants, util


def test_all_names_are_there_and_loading_them_is_left_to_their_use() -> None:
    for name in util.__all__:
        assert callable(getattr(util, name))
    program = "import sys, determined.common.util\nprint(sorted({'yaml', 'urllib3', 'requests'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "[]\n"


def test_chunks_cut_texts_and_sequences() -> None:
    assert list(util.chunks("abcde", 2)) == ["ab", "cd", "e"]
    assert list(util.chunks([1, 2, 3], 2)) == [[1, 2], [3]]
    assert list(util.chunks([], 2)) == []


@pytest.mark.parametrize("text", ["y", "Yes", "TRUE", "t", "on", "1", "anything"])
def test_most_texts_mean_yes(text: str) -> None:
    assert util.strtobool(text) is True


@pytest.mark.parametrize("text", ["n", "NO", "f", "False", "off", "0", "", None])
def test_some_texts_mean_no(text: Any) -> None:
    assert util.strtobool(text) is False


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0.0B"),
        (1023, "1023.0B"),
        (1536, "1.5KB"),
        (10**6, "976.6KB"),
        (2**80, "1.0YB"),
        (2**90, "1024.0YB"),
        (-5, "-5.0B"),
    ],
)
def test_sizes_are_written_for_people(size: int, text: str) -> None:
    assert util.sizeof_fmt(size) == text


def test_yaml_is_read_as_configurations_are() -> None:
    assert util.yaml_safe_load("a: 1e-3\nb: yes\nc: true") == {"a": 0.001, "b": "yes", "c": True}
    assert util.yaml_safe_load("") is None
    for text in ("a: [", "a: 1\na: 2", "!!python/object:os.system {}"):
        with pytest.raises(yaml.YAMLError):
            util.yaml_safe_load(text)


def test_yaml_is_written_as_text_or_to_a_file() -> None:
    value = {"b": 1, "a": [1, {"c": None}]}
    assert util.yaml_safe_dump(value) == "a:\n- 1\n- {c: null}\nb: 1\n"
    stream = io.StringIO()
    assert util.yaml_safe_dump(value, stream, default_flow_style=False) is None
    assert util.yaml_safe_load(stream.getvalue()) == value


def test_a_bad_configuration_ends_the_program(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.yaml").write_text("a: [")
    with (tmp_path / "bad.yaml").open() as f, pytest.raises(SystemExit) as ended:
        util.safe_load_yaml_with_exceptions(f)
    assert ended.value.code == 1
    assert "bad.yaml" in capsys.readouterr().err
    assert util.safe_load_yaml_with_exceptions("a: 1") == {"a": 1}


@pytest.mark.parametrize(
    ("text", "is_one", "time"),
    [
        ("2021-01-01T00:00:00Z", True, datetime.datetime(2021, 1, 1, tzinfo=datetime.timezone.utc)),
        ("2021-01-01T00:00:00.123456Z", True, datetime.datetime(2021, 1, 1, tzinfo=datetime.timezone.utc)),
        ("2021-01-01T00:00:00.123456789Z", False, datetime.datetime(2021, 1, 1, tzinfo=datetime.timezone.utc)),
        ("2021-01-01", False, datetime.datetime(2021, 1, 1)),
    ],
)
def test_times_of_masters_are_known_and_read(text: str, is_one: bool, time: datetime.datetime) -> None:
    assert util.is_protobuf_timestamp(text) is is_one
    assert util.parse_protobuf_timestamp(text) == time


def test_waiting_ends_with_a_value_or_in_time() -> None:
    answers = iter([(False, 0), (True, 5)])
    assert util.wait_for(lambda: next(answers), interval=0) == 5
    with pytest.raises(TimeoutError):
        util.wait_for(lambda: (False, None), timeout=0, interval=0)


def test_random_numbers_are_drawn_unnoticed() -> None:
    random.seed(1)
    expected = random.random()
    random.seed(1)
    util.preserve_random_state(random.random)()
    assert random.random() == expected


def test_a_deprecated_function_warns_and_works() -> None:
    @util.deprecated("use that")
    def old(a: int) -> int:
        """Said before."""
        return a + 1

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert old(1) == 2
    assert [(w.category, str(w.message)) for w in told] == [
        (DeprecationWarning, "old is deprecated and will be removed in a future version. use that.")
    ]
    assert (old.__name__, old.__doc__) == ("old", "Said before.")


def test_surroundings_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setenv("DET_DEBUG_CONFIG_PATH", str(tmp_path))
    assert util.get_config_path() == tmp_path
    assert util.debug_mode() is False
    monkeypatch.setenv("DET_DEBUG", "1")
    assert util.debug_mode() is True
    assert util.get_max_retries_config().total == 20


# --- determined.util --------------------------------------------------------------------------------------------------


def test_dicts_are_merged_and_left_as_they_are() -> None:
    base = {"a": 1, "b": {"c": [1], "d": 2}}
    merged = det_util.merge_dicts(base, {"b": {"c": [2], "e": 3}, "f": 4})
    assert merged == {"a": 1, "b": {"c": [2], "d": 2, "e": 3}, "f": 4}
    assert base == {"a": 1, "b": {"c": [1], "d": 2}}
    assert det_util.merge_dicts({"a": {"x": 1}}, {"a": None}) == {"a": None}


def test_values_of_libraries_become_json_text() -> None:
    assert det_util.json_encode({"b": np.float32(1), "a": float("nan")}, sort_keys=True) == '{"a": "NaN", "b": 1.0}'
    with pytest.raises(TypeError):
        det_util.json_encode(object())


def test_numbers_are_told_from_what_is_none() -> None:
    assert all(det_util.is_numerical_scalar(n) for n in (1, 1.5, True, np.float32(1), np.array(1)))
    assert not any(det_util.is_numerical_scalar(n) for n in ("1", None, np.array([1]), 1j, np.array("x")))
    assert [det_util.humanize_float(n) for n in (0.123456, 12.3456, 1234.5, 0)] == [0.1235, 12.35, 1234.0, 0]


def test_parameters_are_found_by_name_or_place() -> None:
    def function(x: int, y: int = 1, *rest: int, **more: int) -> None:
        pass

    assert det_util.has_param(function, "x")
    assert not det_util.has_param(function, "z")
    assert det_util.has_param(function, "z", 1)
    assert not det_util.has_param(function, "z", 2)


def test_what_stands_twice_is_found() -> None:
    assert det_util.filter_duplicates([3, 1, 2, 2, 3]) == {2, 3}


# --- checks and constants ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passes", "fails", "words"),
    [
        (lambda: check.true(True), lambda: check.check_true(False, "why"), "Got False, expected True: why"),
        (lambda: check.false(False), lambda: check.check_false(True), "Got True, expected False"),
        (lambda: check.eq(1, 1), lambda: check.check_eq(1, 2), "Got 1, expected 2"),
        (lambda: check.not_eq(1, 2), lambda: check.check_not_eq(1, 1), "!= 1"),
        (lambda: check.gt(2, 1), lambda: check.check_gt(1, 2), "> 2"),
        (lambda: check.gt_eq(2, 2), lambda: check.check_gt_eq(1, 2), ">= 2"),
        (lambda: check.lt(1, 2), lambda: check.check_lt(2, 1), "< 1"),
        (lambda: check.lt_eq(1, 1), lambda: check.check_lt_eq(2, 1), "<= 1"),
        (lambda: check.is_in(1, [1]), lambda: check.check_in(1, [2]), "'1' is not in"),
        (lambda: check.not_in(1, [2]), lambda: check.check_not_in(1, [1]), "not in"),
        (lambda: check.is_none(None), lambda: check.check_none(1), "expected None"),
        (lambda: check.is_not_none(1), lambda: check.check_not_none(None), "non-None"),
        (lambda: check.is_type(1, int), lambda: check.check_type(True, int), "expected type"),
        (lambda: check.is_instance(True, int), lambda: check.check_isinstance(1, (str, bytes)), "isinstance of"),
        (lambda: check.is_not_instance(1, str), lambda: check.check_not_isinstance(1, int), "not isinstance"),
        (lambda: check.is_subclass(bool, int), lambda: check.check_issubclass(int, str), "issubclass"),
        (lambda: check.len_eq([1], 1), lambda: check.check_len([1], 2), "expected length 2"),
        (lambda: check.equal_lengths([1], [2]), lambda: check.check_eq_len([], [1]), "lengths 0 and 1"),
    ],
)
def test_a_check_passes_or_says_what_is_wrong(
    passes: Callable[[], None], fails: Callable[[], None], words: str
) -> None:
    passes()
    with pytest.raises(check.CheckFailedError) as raised:
        fails()
    assert str(raised.value).startswith("CHECK FAILED! ")
    assert words in str(raised.value)


def test_constants_have_the_values_of_earlier_releases() -> None:
    assert (constants.DEFAULT_DETERMINED_PASSWORD, constants.DEFAULT_CHECKPOINT_PATH) == ("", "checkpoints")
    assert (constants.MAX_CONTEXT_SIZE, constants.MAX_HTTP_REQUEST_SIZE) == (99614720, 134217728)
    assert "*.py[co]" in constants.DEFAULT_DETIGNORE


@pytest.mark.parametrize(
    "error",
    [
        errors.InternalException("m"),
        errors.InvalidDataTypeException(int, "m"),
        errors.InvalidConfigurationException({"a": 1}, "m"),
        errors.MultipleDownloadsFailed([ValueError("x"), KeyError("y")]),
        errors.MultipleDownloadsFailed("why"),
        errors.MultipleDownloadsFailed(),
        errors.CheckpointNotFound("gone"),
    ],
)
def test_errors_pass_from_process_to_process(error: Exception) -> None:
    copied = pickle.loads(pickle.dumps(error))
    assert (type(copied), str(copied)) == (type(error), str(error))
