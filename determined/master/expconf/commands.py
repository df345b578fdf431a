"""Configurations of commands: what a request says, merged with a template, completed as they are shown."""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping, Optional, Sequence

from . import layers, schema
from .checking import check_layer
from .errors import ConfigError
from .names import generate_name
from .nodes import Field, Keep, ListOf, MapOf, Node, OneOf, Record
from .yaml_text import tidy

ENTRYPOINT_SCRIPT = "/run/determined/command-entrypoint.sh"
"""What stands before every entrypoint as it is shown."""

_DEVICES = ("cpu", "cuda", "rocm")
_VARIABLES = Record(
    "RuntimeItems",
    {
        **{device: Field(schema.VARIABLE_LIST, keep=Keep.GIVEN) for device in _DEVICES},
        "gpu": Field(schema.VARIABLE_LIST, keep=Keep.NEVER),
    },
)
_ENVIRONMENT = Record(
    "Environment",
    {
        "add_capabilities": Field(schema.TEXTS),
        "drop_capabilities": Field(schema.TEXTS),
        "environment_variables": Field(
            OneOf(
                lambda value: schema.TEXTS if isinstance(value, list) else _VARIABLES,
                "is neither a list of strings nor a map of cpu, cuda, or rocm to lists of strings",
                ("object", "array"),
                is_opaque=True,
                expand=schema.each_device,
            ),
            {},
        ),
        "force_pull_image": Field(schema.FLAG, False),
        "image": schema.ENVIRONMENT.fields["image"],
        "pod_spec": Field(schema.POD_SPEC),
        "ports": Field(MapOf(schema.INTEGER)),
        "proxy_ports": Field(ListOf(schema.PROXY_PORT)),
        "registry_auth": Field(schema.FREE_MAP, keep=Keep.GIVEN),
    },
)
_RESOURCES = Record(
    "ResourcesConfig",
    {
        "agent_label": Field(schema.TEXT, keep=Keep.NEVER),
        "devices": Field(schema.DEVICES),
        "is_single_node": Field(schema.FLAG),
        "max_slots": Field(schema.INTEGER, keep=Keep.GIVEN),
        "native_parallel": Field(schema.FLAG, keep=Keep.GIVEN),
        "priority": Field(schema.RESOURCES.fields["priority"].node, schema.MASTER_DEFAULTS["resources"]["priority"]),
        "resource_pool": Field(schema.TEXT, ""),
        "shm_size": Field(schema.INTEGER, keep=Keep.GIVEN),
        "slots": Field(schema.COUNT, 1),
        "weight": Field(schema.NUMBER, 1),
    },
)
COMMAND = Record(
    "CommandConfig",
    {
        "bind_mounts": Field(schema.BIND_MOUNTS),
        "debug": Field(schema.FLAG, False),
        "description": Field(schema.TEXT),
        "entrypoint": Field(schema.TEXTS),
        "environment": Field(_ENVIRONMENT, {}),
        "idle_timeout": Field(schema.TEXT),
        "notebook_idle_type": Field(schema.TEXT, "kernels_or_terminals"),
        "pbs": Field(schema.PBS, {}),
        "resources": Field(_RESOURCES, {}),
        "slurm": Field(schema.SLURM, {}),
        "tensorboard_args": Field(schema.TEXTS, keep=Keep.GIVEN),
        "work_dir": Field(schema.TEXT),
    },
)
_MASTER_DEFAULTS = layers.write_out(COMMAND, {"environment": schema.MASTER_DEFAULTS["environment"]})


def complete_command(
    config: Mapping[str, Any],
    template: Optional[Mapping[str, Any]] = None,
    invariants: Sequence[Mapping[str, Any]] = (),
) -> Dict[str, Any]:
    """Return the full configuration of a command, whose entrypoint is still as it was given.

    Parameters:
        config: what the request says.
        template: a lower layer.
        invariants: higher layers, highest first, from `read_command`.

    Raises:
        ConfigError: fields that are unknown or wrong.
    """
    high, low = tidy(dict(config)), tidy(dict(template or {}))
    submitted = layers.merge(schema.ANY, high, low)
    unknown = _first_unknown(COMMAND, submitted)
    if unknown is not None:
        raise _undecodable(submitted, f'json: unknown field "{unknown}"')
    try:
        for layer in (high, low):
            check_layer(COMMAND, layer)
    except ConfigError as error:
        raise _undecodable(submitted, error.text) from None
    merged = _MASTER_DEFAULTS
    for layer in (low, high):
        merged = layers.merge(COMMAND, layers.write_out(COMMAND, layer), merged)
    for layer in reversed(invariants):
        merged = layers.merge(COMMAND, layer, merged)
    full: Dict[str, Any] = layers.fill(COMMAND, merged)
    full["description"] = full["description"] or generate_name("Command")
    full["entrypoint"] = full["entrypoint"] or []
    return full


def read_command(value: Mapping[str, Any]) -> Dict[str, Any]:
    """Return a layer of a command's configuration that is checked by itself.

    Raises:
        ConfigError: fields that are unknown or wrong.
    """
    layer = tidy(dict(value))
    unknown = _first_unknown(COMMAND, layer)
    if unknown is not None:
        raise ConfigError(f'json: unknown field "{unknown}"')
    check_layer(COMMAND, layer)
    return dict(layers.write_out(COMMAND, layer))


def show_command(full: Mapping[str, Any]) -> Dict[str, Any]:
    """Return a full configuration as it is shown."""
    return {**full, "entrypoint": [ENTRYPOINT_SCRIPT, *full["entrypoint"]]}


def _first_unknown(node: Node, value: Any) -> Optional[str]:
    """The first field, in the order of their names, that no record has."""
    if isinstance(node, OneOf):
        kind = node.select(value)
        return None if kind is None else _first_unknown(kind, value)
    if isinstance(node, ListOf) and isinstance(value, list):
        found = (_first_unknown(node.item, item) for item in value)
        return next((unknown for unknown in found if unknown is not None), None)
    if isinstance(node, Record) and isinstance(value, dict):
        for key in sorted(value):
            unknown = _first_unknown_below(node, key, value[key])
            if unknown is not None:
                return unknown
    return None


def _first_unknown_below(record: Record, key: str, value: Any) -> Optional[str]:
    field = record.fields.get(key)
    if field is None:
        return key if record.is_closed else None
    return _first_unknown(field.node, value)


def _undecodable(submitted: Any, problem: str) -> ConfigError:
    text = json.dumps(submitted, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return ConfigError(f"unable to decode the merged config: {text}: {problem}")
