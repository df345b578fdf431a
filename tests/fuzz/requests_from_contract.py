"""Requests that schemathesis makes of the API's description: such as it allows, and such as it does not."""

from __future__ import annotations

import copy
import random
import re
from typing import Any, Callable, Dict, Mapping, Tuple

import schemathesis
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from ..contract.prepared import model_files
from ..contract.probing import NEVER_WAIT, values_for
from .examples import run_examples

Known = Mapping[str, Tuple[Any, ...]]


def load_operations(description: Mapping[str, Any]) -> Dict[str, Any]:
    """The operations of a description, by their ids."""
    adapted = copy.deepcopy(dict(description))
    paths = adapted["paths"]
    for path in list(paths):
        for operation in paths[path].values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path":
                    parameter["name"] = parameter["name"].replace(".", "_")  # schemathesis takes no dots there
            for response in operation["responses"].values():
                response.setdefault("description", "")  # OpenAPI demands one
        plain = re.sub(r"\{[^}]*\}", lambda m: m.group().replace(".", "_"), path)
        paths[plain] = {**paths.pop(path), **paths.get(plain, {})}
    results = schemathesis.openapi.from_dict(adapted).get_all_operations()
    return {o.definition.raw["operationId"]: o for o in (result.ok() for result in results)}


def check_cases(operation: Any, known: Known, examples: int, check: Callable[[Any], None]) -> None:
    """Make requests, half of them such as the description allows, and have them checked one by one."""
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    # together: where nothing can be said, nothing wrong can be said either
    made = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes))
    run_examples(st.composite(_make_case)(made, known), examples, check)


def _make_case(draw: Any, made: Any, known: Known) -> Any:
    case = draw(made)
    luck = random.Random(draw(st.integers(0, 2**32)))
    # what exists is asked for often: refusals that come early hide what lies behind them
    for part in ("path_parameters", "query", "body"):
        container = getattr(case, part)
        if isinstance(container, dict):
            setattr(case, part, {name: _known_or(value, name, known, luck, 0) for name, value in container.items()})
    return case


def _known_or(value: Any, name: str, known: Known, luck: random.Random, depth: int) -> Any:
    if name in NEVER_WAIT:
        return NEVER_WAIT[name]
    if name == "modelDefinition" and luck.random() < 0.7:
        return model_files()
    fits = [v for v in values_for(known, name) or () if _is_alike(v, value)]
    if fits and luck.random() < 0.6:
        return luck.choice(fits)
    if isinstance(value, dict) and depth < 4:
        return {n: _known_or(v, n, known, luck, depth + 1) for n, v in value.items()}
    if isinstance(value, list) and depth < 4:
        return [_known_or(v, name, known, luck, depth + 1) for v in value]
    return value


def _is_alike(known: Any, made: Any) -> bool:
    """Whether a known value can stand for a made one; in a path, all are text."""
    return type(known) is type(made) or (isinstance(known, int) and isinstance(made, str))
