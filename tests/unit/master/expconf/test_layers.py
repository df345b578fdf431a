"""How configurations are checked, merged and completed, beyond what was recorded."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from determined.master import expconf

MASTER = {"checkpoint_storage": {"type": "shared_fs", "host_path": "/master"}}
BASE: Dict[str, Any] = {"searcher": {"name": "single", "metric": "loss"}}


def _complete(raw: Dict[str, Any], *low: Dict[str, Any]) -> Dict[str, Any]:
    layers = [expconf.read(raw), *(expconf.read(layer) for layer in low)]
    merged = layers[0]
    for layer in layers[1:]:
        merged = expconf.merge(merged, layer)
    return expconf.complete(merged, low=[MASTER], seed=5)


def _refusal(raw: Any) -> str:
    with pytest.raises(expconf.ConfigError) as caught:
        expconf.complete(expconf.read(raw), low=[MASTER], seed=5)
    return caught.value.text


def test_null_counts_as_not_given() -> None:
    config = _complete({**BASE, "max_restarts": None, "resources": {"weight": None}}, {"max_restarts": 2})
    assert config["max_restarts"] == 2
    assert config["resources"]["weight"] == 1


def test_a_constant_null_is_a_value() -> None:
    assert _complete({**BASE, "hyperparameters": {"a": None}})["hyperparameters"] == {
        "a": {"type": "const", "val": None}
    }


def test_hyperparameters_of_another_kind_are_not_mixed() -> None:
    config = _complete(
        {**BASE, "hyperparameters": {"a": {"type": "int", "minval": 1, "maxval": 2}, "n": 3}},
        {"hyperparameters": {"a": {"type": "log", "base": 2, "minval": 1, "maxval": 2}, "n": {"x": 1}}},
    )
    assert config["hyperparameters"] == {
        "a": {"type": "int", "minval": 1, "maxval": 2},
        "n": {"type": "const", "val": 3},
    }


def test_hyperparameters_of_the_same_kind_are_merged_by_key() -> None:
    low = {"hyperparameters": {"a": {"type": "int", "minval": 1, "maxval": 9, "count": 3}}}
    config = _complete({**BASE, "hyperparameters": {"a": {"type": "int", "minval": 1, "maxval": 2}}}, low)
    assert config["hyperparameters"]["a"] == {"type": "int", "minval": 1, "maxval": 2, "count": 3}


def test_a_period_of_another_unit_replaces_the_lower_one() -> None:
    config = _complete({**BASE, "min_validation_period": {"epochs": 1}}, {"min_validation_period": {"batches": 9}})
    assert config["min_validation_period"] == {"epochs": 1}


def test_storage_counts_join_a_storage_from_below() -> None:
    config = _complete(
        {**BASE, "checkpoint_storage": {"save_trial_best": 7}}, {"checkpoint_storage": {"type": "gcs", "bucket": "b"}}
    )
    assert config["checkpoint_storage"] == {
        "type": "gcs",
        "bucket": "b",
        "prefix": None,
        "save_experiment_best": 0,
        "save_trial_best": 7,
        "save_trial_latest": 1,
    }


def test_grid_counts_are_checked_when_the_searcher_comes_from_below() -> None:
    raw = expconf.read({"hyperparameters": {"a": {"type": "int", "minval": 1, "maxval": 2}}})
    raw = expconf.merge(raw, expconf.read({"searcher": {"name": "grid", "metric": "loss"}}))
    with pytest.raises(expconf.ConfigError, match=r"incomplete: <config>\.hyperparameters\.a: grid search"):
        expconf.complete(raw, low=[MASTER], seed=5)


def test_the_old_name_of_cuda_is_taken() -> None:
    config = _complete({**BASE, "environment": {"image": {"gpu": "g"}, "environment_variables": {"gpu": ["A=1"]}}})
    assert config["environment"]["image"]["cuda"] == "g"
    assert config["environment"]["environment_variables"] == {"cpu": [], "cuda": ["A=1"], "rocm": []}


def test_a_completed_configuration_completes_to_itself() -> None:
    config = _complete(
        {**BASE, "name": "n", "labels": ["b", "a"], "bind_mounts": [{"host_path": "/a", "container_path": "b"}]}
    )
    assert expconf.complete(expconf.read(config), seed=9) == config


def test_completing_changes_no_layer() -> None:
    raw = expconf.read({**BASE, "data": {"a": {"b": 1}}, "labels": ["x"]})
    before = repr(raw)
    config = expconf.complete(expconf.merge(raw, expconf.read({"data": {"a": {"c": 2}}})), low=[MASTER], seed=5)
    assert config["data"] == {"a": {"b": 1, "c": 2}}
    assert repr(raw) == before


def test_every_experiment_gets_a_name_of_three_words() -> None:
    assert len({expconf.generate_name() for _ in range(20)}) > 10
    words = _complete(BASE)["name"].partition("(")[2].rstrip(")").split("-")
    assert len(words) == 3


def test_several_errors_come_in_one_text_sorted() -> None:
    text = _refusal({"max_restarts": -1, "debug": 3, "searcher": {"name": "single", "metric": 2}})
    assert text.rpartition("is invalid: ")[2].split("\n") == [
        "<config>.debug: expected boolean or null, but got number",
        "<config>.max_restarts: must be >= 0 but found -1",
        "<config>.searcher.metric: expected string or null, but got number",
        "<config>.searcher.metric: expected string or null, but got number",
    ]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"searcher": {"max_trials": 3}}, 'json: unknown field "max_trials"'),
        ({"reproducibility": {"experiment_seed": 2**32}}, "cannot unmarshal number 4294967296 into Go struct field"),
        ({"hyperparameters": {"a": {"type": 3}}}, '<config>.hyperparameters.a: if a hyperparameter object\'s ["type"]'),
        ({"internal": {}}, "<config>.internal: expected null, but got object"),
        ({"bind_mounts": [None]}, "<config>.bind_mounts[0]: expected object, but got null"),
        ({"tensorboard_storage": {"type": "azure"}}, "<config>.tensorboard_storage: is not an object"),
        ({"searcher": {"name": None, "metric": "m"}}, "<config>.searcher: is not an object where"),
        (
            {"searcher": {"name": "random", "max_length": {"batches": 0}}},
            ".max_length.batches: must be >= 1 but found 0",
        ),
        ({"version": "1"}, "cannot unmarshal string into Go struct field .version of type int"),
        ({"resources": {"slots_per_trial": 1.5}}, "expected integer or null, but got number"),
        ({"labels": [True]}, "<config>.labels[0]: expected string, but got boolean"),
    ],
)
def test_wrong_values_are_refused(raw: Dict[str, Any], words: str) -> None:
    assert words in _refusal(raw)


def test_slots_is_a_key_of_templates_only() -> None:
    raw = expconf.read({"resources": {"slots": 1}})
    with pytest.raises(expconf.ConfigError, match='^<config>.resources: additionalProperties "slots" not allowed$'):
        expconf.check_submitted(raw)
    assert "slots" not in _complete({**BASE, "resources": {"slots": 1}})["resources"]


def test_the_slots_of_a_trial_are_one_unless_given() -> None:
    assert expconf.slots_per_trial({}) == 1
    assert expconf.slots_per_trial({"resources": {"slots_per_trial": 0}}) == 0


def test_a_workspaces_storage_is_shown_with_nulls() -> None:
    assert expconf.check_storage({"type": "gcs", "bucket": "b"}) == {
        "type": "gcs",
        "bucket": "b",
        "prefix": None,
        "save_experiment_best": None,
        "save_trial_best": None,
        "save_trial_latest": None,
    }


@pytest.mark.parametrize(
    ("storage", "error", "text"),
    [
        ({"type": "tape"}, expconf.UnreadableConfig, "unexpected type: tape"),
        ({"type": "gcs", "colour": 1}, expconf.UnreadableConfig, 'json: unknown field "colour"'),
        ({"bucket": "b"}, expconf.UnreadableConfig, 'json: unknown field "bucket"'),
        (
            {"type": "s3"},
            expconf.ConfigError,
            "config is invalid or incomplete: <config>: bucket is a required property",
        ),
        (
            {"save_trial_best": 1},
            expconf.ConfigError,
            "config is invalid or incomplete: <config>: type is a required property",
        ),
    ],
)
def test_a_workspaces_storage_must_be_complete(storage: Dict[str, Any], error: Any, text: str) -> None:
    with pytest.raises(expconf.ConfigError) as caught:
        expconf.check_storage(storage)
    assert (type(caught.value), caught.value.text) == (error, text)
