"""What a master means where it answers 500 to bad input, for the person who gave the input."""

from __future__ import annotations

import difflib
import re

SEARCHERS = ("single", "random", "grid", "async_halving", "adaptive_asha")
"""The searchers that an experiment can have."""

FIELDS = (
    "access_key", "account_url", "add_capabilities", "bind_mounts", "bracket_rungs", "bucket", "budget",
    "checkpoint_policy", "checkpoint_storage", "connection_string", "container", "container_path", "count",
    "credential", "data", "debug", "description", "devices", "divisor", "drop_capabilities", "endpoint_url",
    "entrypoint", "environment", "environment_variables", "exclude", "experiment_seed", "force_pull_image",
    "host_path", "hyperparameters", "image", "integrations", "is_single_node", "labels", "log_policies",
    "log_retention_days", "max_concurrent_trials", "max_restarts", "max_rungs", "max_slots", "max_time",
    "max_trials", "maxval", "metric", "min_checkpoint_period", "min_validation_period", "minval", "mode", "name",
    "num_rungs", "optimizations", "pattern", "pod_spec", "ports", "preemption_timeout", "prefix", "priority",
    "profiling", "project", "proxy_ports", "read_only", "records_per_epoch", "registry_auth", "reproducibility",
    "resource_pool", "resources", "retention_policy", "save_experiment_best", "save_trial_best",
    "save_trial_latest", "scheduling_unit", "searcher", "secret_key", "security", "shm_size", "slots",
    "slots_per_trial", "slurm", "smaller_is_better", "source_checkpoint_uuid", "source_trial_id", "stop_once",
    "storage_path", "tensorboard_storage", "time_metric", "type", "vals", "weight", "workspace",
)  # fmt: skip
"""The usual fields of an experiment's configuration."""

# Words with which masters refuse what was asked for, though they answer 500.
_REFUSED = re.compile(
    r"\b(invalid|unknown|unexpected|unsupported|unable|cannot|can't|could not|must|missing|exceeds|exists?|archived"
    r"|immutable|refus\w+|required?s?|not (found|valid|allowed|supported)|no such|only)\b",
    re.IGNORECASE,
)
_BROKEN = re.compile(r"internal server error|failed to answer|database failed", re.IGNORECASE)

_CONFIG = re.compile(
    r"(?P<what>.*?)(version \d+ experiment config is invalid: )?config is invalid( or incomplete)?: (?P<faults>.*)",
    re.DOTALL,
)
_FAULT = re.compile(r"<config>(?P<path>[^\s:]*): (?P<fault>.*)", re.DOTALL)
_NO_KIND = re.compile(r'is not an object where object\["(?P<tag>\w+)"\] is one of (?P<kinds>.*)', re.DOTALL)
_UNKNOWN_FIELDS = re.compile(r"additionalProperties (?P<names>.*) not allowed")
_MISSING_FIELD = re.compile(r"(?P<name>\w+) is a required property")
_REMOVED_SEARCHER = re.compile(r"searcher has been removed and is not valid for new experiments$")
_NO_UUID = re.compile(r"invalid UUID|not a valid uuid|invalid checkpoint uuid|invalid input syntax for type uuid")


def is_refusal(text: str) -> bool:
    """Return whether the text of an answer of status 500 says that the request was at fault."""
    return bool(_REFUSED.search(text) or _NO_UUID.search(text)) and not _BROKEN.search(text)


def explain(text: str) -> str:
    """Return what a master says of a configuration or a UUID in plain words; other texts as they are."""
    if _NO_UUID.search(text) and not text.startswith("that is not a UUID"):
        return f"that is not a UUID ({text})"
    if _REMOVED_SEARCHER.search(text):
        return f"{text}: use one of {', '.join(SEARCHERS)}"
    found = _CONFIG.match(text)
    if found is None:
        return text
    # the same fault can come twice
    faults = dict.fromkeys(_explain_fault(fault) for fault in found["faults"].split("\n"))
    return found["what"] + "; ".join(faults)


def _explain_fault(line: str) -> str:
    found = _FAULT.match(line)
    if found is None:
        return line
    path, fault = found["path"].lstrip("."), found["fault"]
    inside = f"{path}." if path else ""
    kind = _NO_KIND.match(fault)
    if kind is not None:
        kinds = ", ".join(SEARCHERS) if path == "searcher" else kind["kinds"].replace("'", "").replace(", or", ",")
        return f"{inside}{kind['tag']} must be one of {kinds}"
    unknown = _UNKNOWN_FIELDS.match(fault)
    if unknown is not None:
        names = re.findall(r'"([^"]*)"', unknown["names"])
        return f"there is no field {' and no field '.join(_suggest(inside, name) for name in names)}"
    missing = _MISSING_FIELD.match(fault)
    if missing is not None:
        return f"{inside}{missing['name']} is missing"
    return f"{path}: {fault}" if path else fault


def _suggest(inside: str, name: str) -> str:
    near = difflib.get_close_matches(name, FIELDS, n=1, cutoff=0.8)
    return f'"{inside}{name}"' + (f' (is "{near[0]}" meant?)' if near and near[0] != name else "")
