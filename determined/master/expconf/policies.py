"""Configuration policies: a document of values that are set over what users write, and of limits to what they may ask.

    invariant_config: {resources: {priority: 50}}     # part of a configuration, the highest layer of all
    constraints: {resources: {max_slots: 4}, priority_limit: 10}

The smaller a priority's number, the sooner a job is served: a limit is the smallest number that is allowed.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional

from . import check_submitted, layers, read
from .checking import check_complete, type_name
from .commands import read_command
from .errors import ConfigError
from .nodes import Anything, Field, Record
from .schema import COUNT, EXPERIMENT, RESOURCES
from .yaml_text import load

WORKLOADS = ("EXPERIMENT", "NTSC")
"""Experiments; notebooks, TensorBoards, shells and commands."""

_CONSTRAINTS = Record(
    "Constraints",
    {
        "resources": Field(Record("ResourceConstraints", {"max_slots": Field(COUNT)})),
        "priority_limit": Field(RESOURCES.fields["priority"].node),
    },
)
_DOCUMENT = Record(
    "ConfigPolicies",
    {"invariant_config": Field(Anything(("object",))), "constraints": Field(_CONSTRAINTS)},
)
_PLACES = ("workspace", "project")
_SEARCH = ("searcher", "hyperparameters", "reproducibility")
_SLOTS_KEY = {"EXPERIMENT": "slots_per_trial", "NTSC": "slots"}


class Constraints(NamedTuple):
    """The limits to what users may ask; None for no limit."""

    max_slots: Optional[int] = None
    priority_limit: Optional[int] = None

    def problems(self, config: Mapping[str, Any], workload: str) -> List[str]:
        """Say which values of a configuration are beyond the limits.

        Parameters:
            config: any layer, or a full configuration.
            workload: one of `WORKLOADS`.
        """
        resources: Mapping[str, Any] = config.get("resources") or {}
        found = [self.slots_problem(key, resources.get(key)) for key in ("max_slots", _SLOTS_KEY[workload])]
        return [text for text in (*found, self.priority_problem(resources.get("priority"))) if text]

    def slots_problem(self, key: str, slots: Optional[int]) -> str:
        """Say what is wrong with a number of slots; empty for nothing."""
        if slots is None or self.max_slots is None or slots <= self.max_slots:
            return ""
        return f"requested resources.{key} [{slots}] exceeds the max_slots limit [{self.max_slots}] of a config policy"

    def priority_problem(self, priority: Optional[int]) -> str:
        """Say what is wrong with a priority; empty for nothing."""
        if priority is None or self.priority_limit is None or priority >= self.priority_limit:
            return ""
        return (
            f"requested resources.priority [{priority}] exceeds the priority limit [{self.priority_limit}]"
            " of a config policy"
        )


def parse_policies(text: str, workload: str) -> Dict[str, Any]:
    """Return a document of policies as it is stored: what was given, without what is empty.

    Parameters:
        text: YAML or JSON.
        workload: one of `WORKLOADS`.

    Raises:
        ConfigError: it says nothing, has unknown or wrong fields, or its invariant configuration is beyond its own
            constraints.
    """
    document = load(text)
    if document is None:
        raise ConfigError("no specified config policies")
    if not isinstance(document, dict):
        raise ConfigError(f"config policies must be a mapping, not {type_name(document)}")
    check_complete(_DOCUMENT, document)
    policies = {key: value for key, value in document.items() if value is not None}
    if not policies:
        raise ConfigError("no specified config policies")
    invariant = policies.get("invariant_config") or {}
    layer = read_invariant(invariant, workload)
    _check_invariant(layer, workload)
    problems = constraints_of(policies).problems(layer, workload)
    if problems:
        raise ConfigError("invariant config breaks the constraints beside it: " + "; ".join(problems))
    return policies


def _check_invariant(invariant: Mapping[str, Any], workload: str) -> None:
    if workload == "EXPERIMENT":
        check_submitted(invariant)
        for key in _PLACES:
            if invariant.get(key):
                raise ConfigError(f"'{key}' cannot be set by a config policy")


def read_invariant(invariant: Mapping[str, Any], workload: str) -> Dict[str, Any]:
    """Return an invariant configuration as a layer, with its shorthands written out.

    Raises:
        ConfigError: unknown or wrong fields.
    """
    return read(dict(invariant)) if workload == "EXPERIMENT" else read_command(invariant)


def constraints_of(policies: Mapping[str, Any]) -> Constraints:
    """Return the limits that a stored document sets."""
    given: Mapping[str, Any] = policies.get("constraints") or {}
    return Constraints((given.get("resources") or {}).get("max_slots"), given.get("priority_limit"))


def overlay(invariant: Mapping[str, Any], config: Dict[str, Any]) -> Dict[str, Any]:
    """Return an experiment's configuration with an invariant configuration over it.

    Parameters:
        invariant: as it is stored.
        config: what the layers below say.
    """
    return dict(layers.merge(EXPERIMENT, read(dict(invariant)), config))


def overlay_again(invariant: Mapping[str, Any], config: Dict[str, Any], *, keep_search: bool) -> Dict[str, Any]:
    """Return a full configuration, as it was stored, with an invariant configuration over it once more.

    Parameters:
        keep_search: leave what the experiment's search was made of, which goes on.
    """
    high = read({key: value for key, value in invariant.items() if not (keep_search and key in _SEARCH)})
    return dict(layers.merge(EXPERIMENT, high, _without_variables(read(config), high)))


def _without_variables(config: Dict[str, Any], high: Mapping[str, Any]) -> Dict[str, Any]:
    """Take the variables from a configuration that a higher layer is about to add to it."""
    added: Mapping[str, List[str]] = (high.get("environment") or {}).get("environment_variables") or {}
    environment = config.get("environment") or {}
    if not added or not environment.get("environment_variables"):
        return config
    variables = {
        device: [variable for variable in known if variable not in added.get(device, ())]
        for device, known in environment["environment_variables"].items()
    }
    return {**config, "environment": {**environment, "environment_variables": variables}}
