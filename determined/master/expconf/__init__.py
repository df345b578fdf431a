"""Experiment configurations: YAML text, checked, merged with lower layers, completed.

    raw = parse(text)                                  # checked as far as one layer can be
    raw = merge(raw, read(template))                   # higher first
    config = complete(raw, low=[...], name=None, seed=1700000000, resource_pool="default")

Between `parse` and `complete` a configuration has only what somebody gave, with shorthands written out; a complete one
has every field, as it is stored and shown. No function changes what it is given, and only `generate_name` is not pure.
"""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Sequence

from . import layers, schema
from .checking import check_complete, check_layer, type_name
from .errors import ConfigError, UnreadableConfig
from .names import generate_name
from .yaml_text import load, tidy

__all__ = [
    "Config",
    "ConfigError",
    "UnreadableConfig",
    "check",
    "check_searcher",
    "check_storage",
    "check_submitted",
    "complete",
    "complete_hyperparameters",
    "complete_searcher",
    "generate_name",
    "merge",
    "parse",
    "read",
    "slots_per_trial",
]

Config = Dict[str, Any]

_MASTER_DEFAULTS: Config = layers.write_out(schema.EXPERIMENT, schema.MASTER_DEFAULTS)
_INVALID = "version 0 experiment config is invalid: "


def parse(text: str) -> Config:
    """Return what one layer of a configuration says.

    Parameters:
        text: YAML or JSON.

    Raises:
        ConfigError: not YAML, no mapping, or fields that are unknown or wrong. Missing ones are no error here.
    """
    return read(load(text))


def read(value: Any) -> Config:
    """Return what one layer says, given as JSON: a template, say.

    Raises:
        ConfigError: see `parse`.
    """
    value = tidy(value)
    _check_version(value)
    _check_layer(value)
    return _as_config(layers.write_out(schema.EXPERIMENT, value))


def _check_version(value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, dict):
        raise _unreadable_version(
            f'{type_name(value)} into Go value of type struct {{ Version int "json:\\"version\\"" }}'
        )
    version = value.get("version")
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise _unreadable_version(f"{type_name(version)} into Go struct field .version of type int")
    if version:
        raise ConfigError(f"invalid version: {version}")


def _unreadable_version(problem: str) -> UnreadableConfig:
    return UnreadableConfig(f"unable to unmarshal json-formatted experiment config: json: cannot unmarshal {problem}")


def _check_layer(value: Any) -> None:
    try:
        check_layer(schema.EXPERIMENT, value)
    except ConfigError as error:
        raise ConfigError(_INVALID + error.text) from None


def _as_config(value: Any) -> Config:
    return dict(value)


def check_submitted(raw: Mapping[str, Any]) -> None:
    """Refuse what templates may have, but users may not write.

    Raises:
        ConfigError: its text is the whole answer; nothing stands before it.
    """
    if (raw.get("resources") or {}).get("slots") is not None:
        raise ConfigError('<config>.resources: additionalProperties "slots" not allowed')


def merge(high: Config, low: Config) -> Config:
    """Return two layers as one; what the higher one says counts.

    Parameters:
        high, low: layers from `parse`, `read` or `merge`.
    """
    return _as_config(layers.merge(schema.EXPERIMENT, high, low))


def complete(
    raw: Config,
    *,
    low: Sequence[Mapping[str, Any]] = (),
    name: Optional[str] = None,
    seed: int,
    resource_pool: Optional[str] = None,
    has_search: bool = True,
) -> Config:
    """Return the full configuration, as it is stored.

    Parameters:
        raw: what the user submitted, merged with the template.
        low: lower layers as users would write them, highest first: the workspace's storage, the master's.
        name: used when no layer has one; None for a generated one.
        seed: `experiment_seed` when no layer has one.
        resource_pool: what is stored as `resources.resource_pool`; None leaves what was given.
        has_search: a search will run, which puts the brackets it is given in order; those of an experiment that is
            run elsewhere stay as they are.

    Raises:
        ConfigError: something is missing, or the searcher is one that was removed.
    """
    merged = raw
    for layer in low:
        merged = merge(merged, read(dict(layer)))
    merged = merge(merged, _MASTER_DEFAULTS)
    config = _as_config(layers.fill(schema.EXPERIMENT, merged))
    if has_search:
        _sort_brackets(config["searcher"])
    if config["name"] is None:
        config["name"] = generate_name() if name is None else name
    if config["reproducibility"]["experiment_seed"] is None:
        config["reproducibility"]["experiment_seed"] = seed
    if resource_pool is not None:
        config["resources"]["resource_pool"] = resource_pool
    check(config)
    check_searcher(config["searcher"])
    return config


def _sort_brackets(searcher: Optional[Config]) -> None:
    if searcher and "bracket_rungs" in searcher:
        searcher["bracket_rungs"].sort(reverse=True)


def check(config: Mapping[str, Any]) -> None:
    """Refuse a full configuration that is wrong, after it was changed, say.

    Raises:
        ConfigError: ``config is invalid or incomplete: ...``.
    """
    check_complete(schema.EXPERIMENT, config)


def check_searcher(searcher: Mapping[str, Any]) -> None:
    """Refuse a full searcher section of a kind that was removed, or that cannot tell how far trials are.

    Raises:
        ConfigError: it is one.
    """
    name = searcher["name"]
    if name in schema.REMOVED_SEARCHERS:
        raise ConfigError(f"the '{name}' searcher has been removed and is not valid for new experiments")
    if "max_time" in searcher and (searcher["max_time"] is None or searcher["time_metric"] is None):
        raise ConfigError(f"the `{name}` searcher requires `max_time` and `time_metric` to be set")


def slots_per_trial(raw: Mapping[str, Any]) -> int:
    """The slots that a trial needs, by a layer or a full configuration."""
    slots = (raw.get("resources") or {}).get("slots_per_trial")
    return 1 if slots is None else int(slots)


def complete_searcher(raw: Mapping[str, Any]) -> Config:
    """Return the full searcher section of a layer that has one.

    Raises:
        ConfigError: something is missing: ``config is invalid or incomplete: ...``.
    """
    searcher = layers.fill(schema.SEARCHER, raw["searcher"])
    check_complete(schema.SEARCHER, searcher)
    return _as_config(searcher)


def complete_hyperparameters(raw: Mapping[str, Any]) -> Config:
    """Return the hyperparameters of a layer as they are stored.

    Raises:
        ConfigError: there are none.
    """
    hyperparameters = layers.fill(schema.HYPERPARAMETERS, raw.get("hyperparameters"))
    check_complete(schema.HYPERPARAMETERS, hyperparameters)
    return _as_config(hyperparameters)


def check_storage(storage: Mapping[str, Any]) -> Config:
    """Return a workspace's checkpoint storage as it is shown: keys that were not given are null.

    Raises:
        UnreadableConfig: of unknown kind or with unknown keys.
        ConfigError: incomplete or wrong.
    """
    value = tidy(dict(storage))
    kind = value.get("type")
    if kind is not None and kind not in schema.CHECKPOINT_STORAGE.kinds:
        raise UnreadableConfig(f"unexpected type: {kind}")
    node = schema.CHECKPOINT_STORAGE.common if kind is None else schema.CHECKPOINT_STORAGE.kinds[kind]
    known = schema.CHECKPOINT_STORAGE.shared if kind is None else node.fields
    for key in sorted(value):
        if key not in known:
            raise UnreadableConfig(f'json: unknown field "{key}"')
    check_complete(schema.CHECKPOINT_STORAGE, value)
    written = layers.write_out(schema.CHECKPOINT_STORAGE, value)
    return _as_config(layers.show(node, written))
