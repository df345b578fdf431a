"""Which documents are configuration policies, and what is set over what."""

from __future__ import annotations

import json
from typing import Any, Dict

import pytest

from determined.master import expconf
from determined.master.expconf import policies
from determined.master.expconf.commands import complete_command


@pytest.mark.parametrize("workload", policies.WORKLOADS)
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_a_document_is_kept_as_it_was_given(workload: str, form: str) -> None:
    document = {
        "invariant_config": {"description": "a\tb", "environment": {"image": "x"}, "resources": {"priority": 50}},
        "constraints": {"resources": {"max_slots": 4}, "priority_limit": 10},
    }
    text = json.dumps(document) if form == "json" else json.dumps(document, indent=1).replace('"priority"', "priority")
    assert policies.parse_policies(text, workload) == document
    assert policies.constraints_of(document) == policies.Constraints(4, 10)


def test_a_section_that_is_empty_is_left_out() -> None:
    parsed = policies.parse_policies("constraints:\ninvariant_config: {debug: true}\n", "EXPERIMENT")
    assert parsed == {"invariant_config": {"debug": True}}
    assert policies.constraints_of(parsed) == policies.Constraints(None, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "no specified config policies"),
        ("# nothing\n", "no specified config policies"),
        ("constraints: null\n", "no specified config policies"),
        ("[1]", "must be a mapping, not array"),
        ("invariant_config: {", "not valid yaml"),
        ("invariants: {}", '"invariants" not allowed'),
        ("invariant_config: [1]", "expected object or null, but got array"),
        ("invariant_config: {colour: blue}", "colour"),
        ("invariant_config: {resources: {priority: high}}", "priority"),
        ("invariant_config: {resources: {priority: 100}}", "priority"),
        ("constraints: {max_slots: 4}", '"max_slots" not allowed'),
        ("constraints: {resources: {slots: 4}}", '"slots" not allowed'),
        ("constraints: {resources: {max_slots: -1}}", "max_slots"),
        ("constraints: {resources: {max_slots: many}}", "max_slots"),
        ("constraints: {priority_limit: 0}", "priority_limit"),
        ("constraints: {priority_limit: 100}", "priority_limit"),
        ("{constraints: {priority_limit: 10}, invariant_config: {resources: {priority: 9}}}", "breaks the constraints"),
    ],
)
@pytest.mark.parametrize("workload", policies.WORKLOADS)
def test_what_is_no_document_of_policies_is_refused(text: str, problem: str, workload: str) -> None:
    with pytest.raises(expconf.ConfigError) as caught:
        policies.parse_policies(text, workload)
    assert problem in caught.value.text


@pytest.mark.parametrize(("workload", "key"), [("EXPERIMENT", "slots_per_trial"), ("NTSC", "slots")])
def test_an_invariant_configuration_keeps_to_the_limits_beside_it(workload: str, key: str) -> None:
    text = json.dumps({"constraints": {"resources": {"max_slots": 2}}, "invariant_config": {"resources": {key: 3}}})
    with pytest.raises(expconf.ConfigError, match=rf"resources.{key} \[3\] exceeds the max_slots limit \[2\]"):
        policies.parse_policies(text, workload)
    other = "slots" if workload == "EXPERIMENT" else "slots_per_trial"
    with pytest.raises(expconf.ConfigError, match=other):
        policies.parse_policies(text.replace(key, other).replace("3", "1"), workload)


@pytest.mark.parametrize("place", ["workspace", "project"])
def test_a_policy_cannot_move_experiments(place: str) -> None:
    with pytest.raises(expconf.ConfigError, match=f"'{place}' cannot be set"):
        policies.parse_policies(json.dumps({"invariant_config": {place: "w"}}), "EXPERIMENT")


@pytest.mark.parametrize(
    ("resources", "refused"),
    [
        ({}, []),
        ({"max_slots": None, "slots_per_trial": 4, "priority": 10}, []),
        ({"max_slots": 4, "priority": 99}, []),
        ({"max_slots": 5}, ["resources.max_slots [5]"]),
        ({"slots_per_trial": 5, "priority": 9}, ["resources.slots_per_trial [5]", "resources.priority [9]"]),
    ],
)
def test_limits_say_what_is_beyond_them(resources: Dict[str, Any], refused: Any) -> None:
    problems = policies.Constraints(4, 10).problems({"resources": resources}, "EXPERIMENT")
    assert [problem.split(" exceeds")[0].replace("requested ", "") for problem in problems] == refused
    assert policies.Constraints().problems({"resources": resources}, "EXPERIMENT") == []


def test_what_a_policy_fixes_is_merged_over_what_was_submitted() -> None:
    submitted = expconf.parse(
        "{name: mine, max_restarts: 3, resources: {slots_per_trial: 2, priority: 7},"
        " environment: {environment_variables: [A=1]}, labels: [a], searcher: {name: single, metric: m}}"
    )
    invariant = {
        "max_restarts": 1,
        "resources": {"priority": 50},
        "environment": {"environment_variables": ["B=2"]},
        "labels": ["b"],
    }
    merged = policies.overlay(invariant, submitted)
    assert (merged["name"], merged["max_restarts"]) == ("mine", 1)
    assert merged["resources"] == {"slots_per_trial": 2, "priority": 50}
    assert merged["environment"]["environment_variables"]["cpu"] == ["A=1", "B=2"]
    assert sorted(merged["labels"]) == ["a", "b"]
    full = expconf.complete({**merged, "checkpoint_storage": {"type": "shared_fs", "host_path": "/"}}, seed=1)
    again = policies.overlay_again(invariant, full, keep_search=False)
    assert again["environment"]["environment_variables"]["cpu"] == ["A=1", "B=2"]


def test_a_search_that_goes_on_stays_what_it_is() -> None:
    config = expconf.parse("{hyperparameters: {a: 1}, searcher: {name: grid, metric: m}, max_restarts: 3}")
    invariant = {"hyperparameters": {"a": 2}, "searcher": {"metric": "n"}, "max_restarts": 0}
    assert policies.overlay_again(invariant, config, keep_search=True) == {**config, "max_restarts": 0}


def test_invariant_configurations_of_commands_stand_over_request_and_template() -> None:
    high, low = (policies.read_invariant({"resources": {"priority": n}, "description": d}, "NTSC") for n, d in HIGH_LOW)
    config = complete_command({"resources": {"priority": 1, "slots": 0}}, {"description": "t"}, [high, low])
    assert (config["resources"]["priority"], config["resources"]["slots"], config["description"]) == (50, 0, "low")


HIGH_LOW = ((50, None), (60, "low"))
