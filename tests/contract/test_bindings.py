"""`bindings`, name for name, held against what the released module was seen to do, and against the wire contract.

``data/bindings.json.gz`` holds it: for each function its parameters, the request of a call with samples for all of
them, and what it made of a sample of the answer; for each class its fields, a sample, and what is left of the least
message; for each enumeration its members.
"""

from __future__ import annotations

import gzip
import inspect
import json
import pathlib
import re
from typing import Any, Dict, Iterator, List, Tuple, Union

import pytest
from typing_extensions import NotRequired, get_args, get_origin

from determined.common.api import UnauthSession, bindings
from determined.common.api._bindings import facts
from determined.common.api.wire import enums as wire_enums
from determined.common.api.wire.endpoint import Endpoint
from determined.common.api.wire.schema import Messages, fields_of, messages_by_endpoint

from ..unit.common.api.stub import Stub, answer

SEEN = json.loads(gzip.decompress((pathlib.Path(__file__).parent / "data" / "bindings.json.gz").read_bytes()))
FUNCTIONS: Dict[str, Any] = SEEN["functions"]
CLASSES: Dict[str, Any] = SEEN["classes"]
ENUMS: Dict[str, Dict[str, str]] = SEEN["enums"]

ROWS = sorted(messages_by_endpoint().values(), key=lambda pair: pair[0].name)
PARTS = re.compile(r"(Optional|Sequence|Dict|Iterable)\[(?:str, )?(.*)\]")
PLAIN: Dict[str, Any] = {"int": 7, "float": 0.5, "bool": True, "str": "text", "Any": {"any": 1}}


def parts_of(kind: str) -> Tuple[str, str]:
    """What a type is made of: ``("Sequence", "int")``, or ``("", "int")``."""
    found = PARTS.fullmatch(kind)
    return (found[1], found[2]) if found else ("", kind)


def document_of(kind: str, whole: bool) -> Any:
    """A sample of JSON of a type; one that is not whole lacks all that may be left out."""
    outer, inner = parts_of(kind)
    if outer == "Optional":
        return document_of(inner, whole)
    if outer == "Sequence":
        return [document_of(inner, whole)]
    if outer == "Dict":
        return {"key": document_of(inner, whole)}
    if kind in ENUMS:
        return min(ENUMS[kind].values())
    if kind in CLASSES and whole:
        return CLASSES[kind]["sample"]
    if kind in CLASSES:
        return {name: document_of(of, whole) for name, required, of, _ in CLASSES[kind]["fields"] if required}
    return PLAIN[kind]


def argument_of(kind: str) -> Any:
    """A sample of a function's argument."""
    outer, inner = parts_of(kind)
    if outer == "Optional":
        return argument_of(inner)
    if outer == "Sequence":
        return [argument_of(inner)]
    document = document_of(kind, whole=True)
    if kind in ENUMS:
        return getattr(bindings, kind)(document)
    return getattr(bindings, kind).from_json(document) if kind in CLASSES else document


def parameters_of(function: Any) -> List[List[Any]]:
    """Name, whether it is required, annotation, and whether it is given by name, of each parameter but the first."""
    return [
        [p.name, p.default is p.empty, annotation_of(p.annotation), p.kind is p.KEYWORD_ONLY]
        for p in list(inspect.signature(function).parameters.values())[1:]
    ]


def annotation_of(annotation: Any) -> str:
    text = annotation if isinstance(annotation, str) else annotation.__name__
    return re.sub(r"Union\[(.*), None, Unset\]", r"Optional[\1]", text.replace("typing.", ""))


@pytest.mark.parametrize("name", sorted(ENUMS))
def test_an_enumeration_has_its_members(name: str) -> None:
    assert {member.name: member.value for member in getattr(bindings, name)} == ENUMS[name]


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_a_class_has_its_fields_and_keeps_what_it_reads(name: str) -> None:
    made, seen = getattr(bindings, name), CLASSES[name]
    assert parameters_of(made.__init__) == seen["fields"]
    assert made.from_json(seen["sample"]).to_json(True) == seen["sample"]
    least = made.from_json(document_of(name, whole=False))
    assert [least.to_json(True), least.to_json(False)] == seen["of the least"]


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with Stub() as started:
        yield started


@pytest.fixture(scope="module")
def session(stub: Stub) -> Iterator[UnauthSession]:
    with UnauthSession(stub.url) as opened:
        yield opened


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_sends_its_request_and_returns_its_answer(name: str, stub: Stub, session: UnauthSession) -> None:
    function, seen = getattr(bindings, name), FUNCTIONS[name]
    assert parameters_of(function) == seen["params"]
    assert annotation_of(inspect.signature(function).return_annotation or "None") == seen["returns"]
    streams = seen["returns"].startswith("Iterable")
    document = {"result": seen["answer"]} if streams else seen["answer"]
    stub.perform(answer(json.dumps(document).encode() + b"\n"))

    came = function(session, **{parameter: argument_of(kind) for parameter, _, kind, _ in seen["params"]})
    if streams:
        (came,) = came
    request = stub.requests[-1]
    assert {
        "method": request.method,
        "path": request.path,
        "query": sorted([key, value] for key, values in request.query.items() for value in values),
        "body": json.loads(request.body) if request.body else None,
    } == seen["request"]
    assert [type(came).__name__, None if came is None else came.to_json(True)] == seen["came"]


def test_the_module_lists_all_that_was_seen_and_nothing_else_of_the_api() -> None:
    listed = {name for name in dir(bindings) if re.match(r"(get|post|put|patch|delete)_", name)}
    assert listed == set(FUNCTIONS)
    known = facts.load()
    assert (set(known.functions), set(known.classes), set(known.enums)) == (set(FUNCTIONS), set(CLASSES), set(ENUMS))
    assert {*FUNCTIONS, *CLASSES, *ENUMS, "Paginated"} <= set(getattr(bindings, "__all__")) <= set(dir(bindings))  # noqa: B009


# what this package says twice, it says alike


def function_of(row: Endpoint[Any, Any]) -> str:
    return f"{row.method.lower()}_{row.name}"


@pytest.mark.parametrize(("row", "messages"), ROWS, ids=[row.name for row, _ in ROWS])
def test_a_call_is_the_same_as_in_the_wire_contract(row: Endpoint[Any, Any], messages: Messages) -> None:
    call = facts.load().functions[function_of(row)]
    assert (call.method, call.is_stream) == (row.method, row.stream)
    assert re.sub(r"\{.*?\}", "{}", call.path) == re.sub(r"\{.*?\}", "{}", row.path)
    in_path = re.findall(r"\{(.*?)\}", call.path)
    assert [call.parameters[name] == "int" for name in in_path] == [is_integer for _, is_integer in row.parameters]
    assert_same_fields(messages.response, call.message, set())
    if "body" in call.parameters:
        assert_same_fields(messages.request, call.parameters["body"], set())
    else:
        assert set(call.parameters) - set(in_path) == flat_names(messages.request) - set(in_path)


def bare(hint: Any) -> Any:
    while get_origin(hint) in (NotRequired, Union):
        hint = next(a for a in get_args(hint) if a is not type(None))
    return hint


def is_message(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, dict) and hasattr(hint, "__annotations__")


def flat_names(message: Any, prefix: str = "") -> "set[str]":
    """The parameters of a query, with nested ones dotted."""
    names = set()
    for name, hint in fields_of(message).items():
        names |= flat_names(bare(hint), f"{prefix}{name}.") if is_message(bare(hint)) else {prefix + name}
    return names


def assert_same_fields(hint: Any, kind: str, compared: "set[str]") -> None:
    """The fields of a message of the wire are those of the class, and so are the fields of what it holds."""
    hint, kind = bare(hint), facts.bare(kind)
    outer, inner = parts_of(kind)
    if outer:
        if get_origin(hint) in (list, dict):
            assert_same_fields(get_args(hint)[-1], inner, compared)
    elif is_message(hint) and kind in facts.load().classes and kind not in compared:
        compared.add(kind)
        fields = facts.load().classes[kind]
        assert set(fields_of(hint)) == set(fields), kind
        for name, field in fields_of(hint).items():
            assert_same_fields(field, fields[name], compared)


WIRE_ENUMS = [
    found
    for found in vars(wire_enums).values()
    if isinstance(found, type) and issubclass(found, wire_enums.WireEnum) and found is not wire_enums.WireEnum
]


@pytest.mark.parametrize("wire_enum", WIRE_ENUMS, ids=[found.__name__ for found in WIRE_ENUMS])
def test_an_enumeration_is_the_same_as_in_the_wire_contract(wire_enum: "type[wire_enums.WireEnum]") -> None:
    parts = wire_enum.__api_name__.split(".")
    package = parts.pop(0) if parts[0].islower() else ""
    joined = "".join(parts)
    names = {joined, f"v1{joined}", f"{package}v1{joined}"} & set(facts.load().enums)
    values = [[prefix + name for name in members] for prefix, members in (facts.load().enums[n] for n in names)]
    assert values == [[member.value for member in wire_enum]]
