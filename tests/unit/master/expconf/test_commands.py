"""Configurations of commands."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from determined.master.expconf import ConfigError
from determined.master.expconf.commands import complete_command, show_command


def test_a_command_without_anything_gets_every_default() -> None:
    full = complete_command({})
    assert full.pop("description").startswith("Command (")
    images = full["environment"].pop("image")
    assert sorted(images) == ["cpu", "cuda", "rocm"]
    assert full == {
        "bind_mounts": None,
        "debug": False,
        "entrypoint": [],
        "environment": {
            "add_capabilities": None,
            "drop_capabilities": None,
            "environment_variables": {},
            "force_pull_image": False,
            "pod_spec": None,
            "ports": None,
            "proxy_ports": None,
        },
        "idle_timeout": None,
        "notebook_idle_type": "kernels_or_terminals",
        "pbs": {},
        "resources": {
            "devices": None,
            "is_single_node": None,
            "priority": 42,
            "resource_pool": "",
            "slots": 1,
            "weight": 1,
        },
        "slurm": {},
        "work_dir": None,
    }


def test_variables_of_a_template_stand_before_those_of_the_request() -> None:
    template = {"environment": {"environment_variables": {"cpu": ["A=1"]}}, "resources": {"slots": 3, "priority": 7}}
    full = complete_command({"environment": {"environment_variables": ["B=2"]}, "resources": {"slots": 0}}, template)
    variables = full["environment"]["environment_variables"]
    assert variables == {"cpu": ["A=1", "B=2"], "cuda": ["B=2"], "rocm": ["B=2"]}
    assert (full["resources"]["slots"], full["resources"]["priority"]) == (0, 7)


def test_the_entrypoint_is_shown_with_its_start_script() -> None:
    full = complete_command({"entrypoint": ["echo", "hi"]})
    assert full["entrypoint"] == ["echo", "hi"]
    assert show_command(full)["entrypoint"] == ["/run/determined/command-entrypoint.sh", "echo", "hi"]


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (
            {"entrypoint": ["true"], "nonsense": 1},
            '{"entrypoint":["true"],"nonsense":1}: json: unknown field "nonsense"',
        ),
        ({"resources": {"slot": 1}}, '{"resources":{"slot":1}}: json: unknown field "slot"'),
        ({"environment": {"environment_variables": {"tpu": []}}}, 'json: unknown field "tpu"'),
        ({"bind_mounts": [{"where": "/"}]}, 'json: unknown field "where"'),
        ({"entrypoint": "a<b"}, r'{"entrypoint":"a\u003cb"}: config is invalid: <config>.entrypoint: expected array'),
        ({"resources": {"slots": -1}}, "<config>.resources.slots: must be >= 0 but found -1"),
    ],
)
def test_what_is_unknown_or_wrong_is_named(config: Dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        complete_command(config)
    assert caught.value.text.startswith("unable to decode the merged config: {")
    assert problem in caught.value.text
