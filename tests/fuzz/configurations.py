"""Experiment configurations that fit the described form here and there, and texts that are hardly configurations."""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping, Sequence

import yaml
from hypothesis import strategies as st

Part = Mapping[str, Any]
Strategy = Any

_DEEPEST = 6
_NUMBERS = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([0, 1, -1, 2**31, 2**63, -(2**63) - 1, 10**25, 10**400, 1e308, 5e-324, -0.0]),
)
_TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "loss", "x", "\0", "\t", "\ud800", "1", "1e999", "~", "<<", "yes", "[", "../..", "a" * 5000, "%s", "a.b"]
    ),
)
_SCALARS = st.one_of(st.none(), st.booleans(), _NUMBERS, _TEXTS)
_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXTS, inner, max_size=3)),
    max_leaves=8,
)
_BY_TYPE: Dict[str, Strategy] = {
    "string": _TEXTS,
    "integer": st.one_of(st.integers(0, 100), st.integers()),
    "number": _NUMBERS,
    "boolean": st.booleans(),
    "null": st.none(),
}
# Enough to be accepted where nothing else is wrong.
_NEEDED: Dict[str, Any] = {
    "name": "n",
    "entrypoint": "true",
    "hyperparameters": {"x": 1},
    "searcher": {"name": "single", "metric": "loss", "max_length": {"batches": 1}},
}


def made_configurations(parts: Mapping[str, Part]) -> Strategy:
    """Configurations as JSON or YAML text, from the described parts: fields of their types, and now and then others."""
    return st.composite(_make_configuration)(parts)


def _make_configuration(draw: Any, parts: Mapping[str, Part]) -> str:
    made = _Maker(parts, draw).fitting(parts["experiment"], 0)
    for name, value in _NEEDED.items():
        if draw(st.integers(0, 9)):
            made[name] = value
    if draw(st.integers(0, 3)):
        return json.dumps(made)
    return str(yaml.safe_dump(made, allow_unicode=True))


def odd_texts() -> Strategy:
    """Texts that break the rules of YAML and JSON, or stretch them."""
    tokens = [
        "{", "}", "[", "]", ":", ": ", "- ", "? ", "\n", "\n  ", "\t", " ", ",", "&a ", "*a", "*b", "<<: ", "!!int ",
        "!!python/object:os.system ", "!x ", "|\n", ">-\n", "'", '"', "\\u", "\\ud800", "#", "---\n", "...\n",
        "%YAML 1.1\n",
        "name", "searcher", "x", "1", "0x", "1e9", ".nan", "-.inf", "~", "null", "2024-01-01", "1:2:3", "\ufeff", "\0",
        "\x85", "\u2028", "\ud83d", "é", "=", "@", "`",
    ]  # fmt: skip
    soup = st.lists(st.one_of(st.sampled_from(tokens), st.text(max_size=3)), max_size=40).map("".join)
    return st.one_of(
        soup, soup.map(lambda text: "name: n\nentrypoint: x\ndata: " + text), _nested(), _bombs(), _doubles()
    )


def _nested() -> Strategy:
    openings = st.sampled_from(["[", "{a: ", '{"a":', "- ", "? ", "a:\n ", "[{", "!!set {", "&x [", "'"])
    depths = st.sampled_from([1, 50, 199, 200, 201, 999, 5000, 100_000])
    return st.builds(
        lambda opening, depth, start: start + opening * depth, openings, depths, st.sampled_from(["", "data: "])
    )


def _bombs() -> Strategy:
    """Aliases of aliases, in lists, maps, keys and merges."""

    def explode(levels: int, width: int, form: str) -> str:
        lines = ["a0: &a0 {x: 1, y: 2}"]
        for level in range(1, levels):
            again = f"*a{level - 1}"
            if form == "list":
                lines.append(f"a{level}: &a{level} [{', '.join([again] * width)}]")
            elif form == "merge":
                lines.append(f"a{level}: &a{level} {{<<: [{', '.join([again] * width)}], k{level}: {again}}}")
            else:
                fields = ", ".join(f"{form}{n}: {again}" for n in range(width))
                lines.append(f"a{level}: &a{level} {{{fields}}}")
        return "\n".join(lines)

    return st.builds(
        explode,
        st.sampled_from([2, 6, 12, 40]),
        st.sampled_from([1, 2, 9, 100]),
        st.sampled_from(["list", "merge", "k"]),
    )


def _doubles() -> Strategy:
    """Keys that come twice."""
    keys = st.sampled_from(["name", "searcher", "data", "1", "true", "on", "''", "~", "1.0", "0x1"])
    return st.lists(st.tuples(keys, _ANYTHING), min_size=2, max_size=8).map(
        lambda pairs: "\n".join(f"{key}: {json.dumps(value)}" for key, value in pairs)
    )


class _Maker:
    """Makes values of the described parts, choice by choice."""

    def __init__(self, parts: Mapping[str, Part], draw: Any) -> None:
        self._parts = parts
        self._draw = draw

    def fitting(self, part: Part, depth: int) -> Any:
        """A value of the form of a part."""
        if depth > _DEEPEST:
            return self._draw(_ANYTHING)
        if "see" in part and part["see"] in self._parts:
            return self.fitting(self._parts[part["see"]], depth + 1)
        if "const" in part:
            return part["const"]
        if "enum" in part:
            return self._choose(part["enum"])
        if "one_of" in part:
            return self.fitting(self._choose(part["one_of"]), depth + 1)
        if "fields" in part or "other_keys" in part:
            return self._map(part, depth)
        if "items" in part:
            return [self._item(part["items"], depth) for _ in range(self._draw(st.integers(0, 3)))]
        kinds = part["type"] if isinstance(part.get("type"), list) else [part.get("type", "")]
        return self._draw(_BY_TYPE.get(self._choose(kinds), _ANYTHING))

    def _choose(self, choices: Sequence[Any]) -> Any:
        return choices[self._draw(st.integers(0, len(choices) - 1))]

    def _item(self, part: Part, depth: int) -> Any:
        """Mostly a value of the form of a part."""
        return self.fitting(part, depth + 1) if self._draw(st.integers(0, 19)) else self._draw(_ANYTHING)

    def _map(self, part: Part, depth: int) -> Dict[str, Any]:
        # fields that are only named are described by the variants
        fields = {name: field for name, field in part.get("fields", {}).items() if isinstance(field, dict)}
        needed = part.get("required", ())
        wanted = [name for name in fields if name in needed or not self._draw(st.integers(0, 5))]
        made = {name: self._item(fields[name], depth) for name in wanted}
        if isinstance(part.get("other_keys"), dict):
            names = self._draw(st.lists(_TEXTS, max_size=3))
            made.update((name, self._item(part["other_keys"], depth)) for name in names)
        if "one_of" in part.get("then", {}):
            variant = self.fitting(part["then"], depth + 1)
            made.update(variant if isinstance(variant, dict) else {})
        if not self._draw(st.integers(0, 29)):
            made[self._draw(_TEXTS)] = self._draw(_ANYTHING)
        return made
