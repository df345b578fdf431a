"""The language in which experiments and runs are searched: filters and orders, as SQL.

A filter is JSON: groups (``and``, ``or``) of conditions on fields. A field is a column of the thing itself, or lies in
JSON: a hyperparameter (``hp.<path>``), a metric's summary (``<group>.<metric>.<min|max|mean|last>``), or metadata of a
run (``metadata.<path>``). What comes from the caller goes into SQL as parameters only.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from determined.common import timestamps

from ..errors import Refusal, invalid, plain
from ..json_syntax import find_fault
from ..surrogates import may_have_halves, replace_halves
from .orders import metric_rank

_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_TEXT_OPERATORS = ("contains", "notContains")
_EMPTINESS = ("isEmpty", "notEmpty")
_QUALIFIERS = ("min", "max", "mean", "last")
_GROUPS = {"validation": "validation_metrics", "training": "avg_metrics"}
_LOCATIONS = {
    "LOCATION_TYPE_HYPERPARAMETERS": "hp",
    "LOCATION_TYPE_RUN_HYPERPARAMETERS": "hp",
    "LOCATION_TYPE_RUN_METADATA": "metadata",
    "LOCATION_TYPE_VALIDATIONS": "metric",
    "LOCATION_TYPE_TRAINING": "metric",
    "LOCATION_TYPE_CUSTOM_METRIC": "metric",
}


class Kind(Enum):
    """What a column holds; a metric is a number that may be NaN."""

    NUMBER = "number"
    METRIC = "metric"
    TEXT = "text"
    STATE = "state"
    TIME = "time"
    BOOLEAN = "boolean"
    LABELS = "labels"


class Column(NamedTuple):
    """A column that can be searched.

    Attributes:
        sql: what conditions look at.
        sort: what it is sorted by, where that is something else; empty when it cannot be sorted by.
    """

    sql: str
    kind: Kind
    sort: Optional[str] = None


@dataclass(frozen=True)
class Subject:
    """A thing that is searched.

    Attributes:
        name: for messages.
        columns: by the names that callers use.
        states, state_type: those that a row may hold, any other is refused; what they are called together.
        summary: SQL of the JSON with the metrics' summaries.
        hyperparameters: SQL of the JSON with the hyperparameters.
        hyperparameter_values: where in a hyperparameter its values are: keys, and keys of lists. Without any, the
            hyperparameter is its value.
        metadata: SQL of the JSON with metadata; empty when it has none.
    """

    name: str
    columns: Mapping[str, Column]
    states: Sequence[str]
    state_type: str
    summary: str
    hyperparameters: str
    hyperparameter_values: Tuple[str, ...] = ()
    metadata: str = ""


class Sql(NamedTuple):
    """A piece of SQL with its parameters."""

    text: str
    parameters: Tuple[Any, ...] = ()


# So many groups may lie within each other; neither Python nor SQLite can follow many more.
_DEEPEST = 200
_TRUE = Sql("1")


class Search(NamedTuple):
    """A filter, read: its condition, and whether archived ones are found."""

    condition: Sql
    shows_archived: bool


# --- filters --------------------------------------------------------------------------------------------------------


def read_filter(text: str, subject: Subject) -> Search:
    """Return what a filter means; an empty text finds everything.

    Raises:
        Refusal: it is no filter, or names a column or operator that there is not.
    """
    if not text:
        return Search(_TRUE, True)
    fault = find_fault(text.encode("utf-8", "surrogatepass"), alone=True)
    if fault is not None:
        raise plain(fault)
    try:
        document = json.loads(text)
        if may_have_halves(text):
            document = replace_halves(document)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, or too deep
        raise plain(f"invalid filter: {error}") from None
    if not isinstance(document, dict):
        raise plain("invalid filter: not a JSON object")
    group = document.get("filterGroup")
    condition = _TRUE if group is None else _condition(group, subject, 0)
    shows_archived = document.get("showArchived") or False
    if not isinstance(shows_archived, bool):
        raise plain("invalid filter: showArchived is neither true nor false")
    return Search(condition, shows_archived)


def _condition(node: Any, subject: Subject, depth: int) -> Sql:
    if not isinstance(node, dict):
        raise plain("invalid filter: a condition is not a JSON object")
    kind = _word(node, "kind")
    if kind == "field":
        return _field(node, subject)
    if kind == "group":
        return _group(node, subject, depth)
    raise plain(f"invalid filter kind {kind}")


def _group(node: Mapping[str, Any], subject: Subject, depth: int) -> Sql:
    if depth == _DEEPEST:
        raise plain("invalid filter: groups are nested too deep")
    if node.get("conjunction") is None:
        raise plain("group specified with no conjunction")
    conjunction = _word(node, "conjunction")
    if conjunction not in ("and", "or"):
        raise plain(f"invalid conjunction value {conjunction}")
    nodes = node.get("children") or []
    if not isinstance(nodes, list):
        raise plain("invalid filter: children are not a JSON array")
    children = [_condition(child, subject, depth + 1) for child in nodes]
    if not children:
        return _TRUE
    text = f" {conjunction.upper()} ".join(child.text for child in children)
    return Sql(f"({text})", tuple(p for child in children for p in child.parameters))


def _field(node: Mapping[str, Any], subject: Subject) -> Sql:
    name, operator, value = _word(node, "columnName"), _word(node, "operator"), node.get("value")
    if not operator:
        raise plain("field specified with value but no operator")
    if operator not in (*_COMPARISONS, *_TEXT_OPERATORS, *_EMPTINESS):
        raise plain(f"invalid operator {operator}")
    if value is None and operator not in _EMPTINESS:
        return _TRUE
    place = _LOCATIONS.get(_word(node, "location"), "")
    where = _in_json(name, place or _place_of(name, subject), subject)
    if where is not None:
        return _json_condition(where, operator, _json_kind(_word(node, "type"), value), value)
    column = subject.columns.get(name)
    if column is None:
        raise plain(f"invalid {subject.name} column {name}")
    if column.kind is Kind.STATE and operator in _COMPARISONS and value not in subject.states:
        raise _unfit(value, "value for enum", subject.state_type)
    return _column_condition(column, operator, value)


def _word(node: Mapping[str, Any], key: str) -> str:
    value = node.get(key)
    return "" if value is None else str(value)


def _column_condition(column: Column, operator: str, value: Any) -> Sql:
    sql, kind = column.sql, column.kind
    if kind is Kind.LABELS:
        return _labels_condition(sql, operator, value)
    if operator in _EMPTINESS:
        empty = f"coalesce({sql}, '') = ''" if kind is Kind.TEXT else f"{sql} IS NULL"
        return Sql(empty if operator == "isEmpty" else f"NOT ({empty})")
    if operator in _TEXT_OPERATORS:
        return _contains(f"coalesce({sql}, '')", operator, value)
    return Sql(f"{sql} {operator} ?", (_parameter(kind, value),))


def _labels_condition(sql: str, operator: str, value: Any) -> Sql:
    if operator in _EMPTINESS:
        return Sql(f"{sql} {'=' if operator == 'isEmpty' else '!='} '[]'")
    if operator not in (*_TEXT_OPERATORS, "=", "!="):
        raise plain(f"invalid operator {operator}")
    negated = operator in ("notContains", "!=")
    test = _contains("value", "contains", value) if operator in _TEXT_OPERATORS else Sql("value = ?", (str(value),))
    exists = f"EXISTS (SELECT 1 FROM json_each({sql}) WHERE {test.text})"
    return Sql(f"NOT {exists}" if negated else exists, test.parameters)


def _contains(sql: str, operator: str, value: Any) -> Sql:
    word = "LIKE" if operator == "contains" else "NOT LIKE"
    return Sql(f"{sql} {word} ? ESCAPE '\\'", (f"%{value}%",))


# --- fields in JSON -------------------------------------------------------------------------------------------------


class _Where(NamedTuple):
    """A place in a JSON document: the document's SQL, the path, and where in that place the values are.

    Numbers that JSON cannot say are texts in the summaries of metrics: ``"Infinity"``, ``"-Infinity"``, ``"NaN"``.
    """

    document: str
    path: str
    value_keys: Tuple[str, ...] = ()
    of_metric: bool = False


def _place_of(name: str, subject: Subject) -> str:
    if name in subject.columns:
        return ""
    prefix = name.partition(".")[0]
    if prefix in ("hp", "metadata"):
        return prefix
    return "metric" if name.count(".") >= 2 else ""


def _in_json(name: str, place: str, subject: Subject) -> Optional[_Where]:
    """Where a field lies that is no column; None for a column, or for what has no such place."""
    if place == "metric":
        group, _, rest = name.partition(".")
        metric, _, qualifier = rest.rpartition(".")
        if not metric or qualifier not in _QUALIFIERS:
            return None
        return _Where(subject.summary, _path(_GROUPS.get(group, group), metric, qualifier), of_metric=True)
    keys = name.split(".")[1:]
    if place == "hp" and keys:
        return _Where(subject.hyperparameters, _path(*keys), subject.hyperparameter_values)
    if place == "metadata" and keys and subject.metadata:
        return _Where(subject.metadata, _path(*keys))
    return None


def _path(*keys: str) -> str:
    """A JSON path of SQLite, with keys spelled as they are stored: in ASCII.

    A quotation mark cannot be written there; the control character in its place is in no stored key.
    """
    spelled = ("\x01" if '"' in key else json.dumps(key)[1:-1] for key in keys)
    return "$" + "".join(f'."{key}"' for key in spelled)


def _json_kind(column_type: str, value: Any) -> Kind:
    if column_type == "COLUMN_TYPE_DATE":
        return Kind.TIME
    if column_type == "COLUMN_TYPE_NUMBER" or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return Kind.NUMBER
    return Kind.BOOLEAN if isinstance(value, bool) else Kind.TEXT


def _json_condition(where: _Where, operator: str, kind: Kind, value: Any) -> Sql:
    if operator in _EMPTINESS:
        empty = f"coalesce(json_type({where.document}, ?), 'null') = 'null'"
        return Sql(empty if operator == "isEmpty" else f"NOT ({empty})", (where.path,))
    negated = operator == "notContains"
    test = _json_test("contains" if negated else operator, kind, value, where.of_metric)
    exists, parameters = _any_value(where, test)
    return Sql(f"NOT {exists}" if negated else exists, parameters)


def _any_value(where: _Where, test: Sql) -> Tuple[str, Tuple[Any, ...]]:
    """SQL that any of the values at a place passes a test: the value itself, or those of a list."""
    if not where.value_keys:
        sql = f"EXISTS (SELECT 1 FROM json_each({where.document}, ?) v WHERE {test.text})"
        return sql, (where.path, *test.parameters)
    paths = [f'{where.path}."{key}"' for key in where.value_keys]
    sql = f"EXISTS (SELECT 1 FROM json_each(?) k JOIN json_each({where.document}, k.value) v WHERE {test.text})"
    return sql, (json.dumps(paths), *test.parameters)


_INFINITE = "CASE {0} WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 ELSE {0} END"
_AS_TEXT = "CASE WHEN v.type IN ('true', 'false') THEN v.type ELSE CAST(v.value AS TEXT) END"
# months are times, too; other texts that SQLite takes for times, such as "now" and "3", are not
_AS_MOMENT = (
    "CASE WHEN v.type = 'text' AND v.value GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]*'"
    " THEN julianday(CASE length(v.value) WHEN 7 THEN v.value || '-01' ELSE v.value END) END"
)


def _json_test(operator: str, kind: Kind, value: Any, of_metric: bool) -> Sql:
    if operator == "contains":
        return _contains(_AS_TEXT, operator, value)
    if kind is Kind.NUMBER:
        # SQLite takes any text for greater than any number, which is right for NaN alone
        spelled = " OR v.value IN ('Infinity', '-Infinity', 'NaN')" if of_metric else ""
        test = f"(v.type IN ('integer', 'real'){spelled}) AND {_INFINITE.format('v.value')} {operator} ?"
        return Sql(test, (_number(value),))
    if kind is Kind.BOOLEAN:
        return Sql(f"v.type {operator} ?", (str(value).lower(),))
    if kind is Kind.TIME:
        return Sql(f"{_AS_MOMENT} {operator} julianday(?)", (timestamps.format_wire(_moment(value)),))
    return Sql(f"v.type NOT IN ('object', 'array', 'null') AND {_AS_TEXT} {operator} ?", (str(value),))


# --- values ---------------------------------------------------------------------------------------------------------


_WORDS = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
_TIME = re.compile(
    r"(\d{4}-\d\d(?:-\d\d)?)(?:[ Tt](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?)?\Z", re.ASCII
)


def _parameter(kind: Kind, value: Any) -> Any:
    if kind in (Kind.NUMBER, Kind.METRIC):
        return _number(value)
    if kind is Kind.TIME:
        return _moment(value)
    if kind is Kind.BOOLEAN:
        return int(_truth(value))
    return str(value)


def _number(value: Any) -> float:
    try:
        if not isinstance(value, bool):
            return float(value)
    except (TypeError, ValueError, OverflowError):
        pass
    raise _unfit(value, "syntax for type", "integer")


def _truth(value: Any) -> bool:
    truth = _WORDS.get(str(value).lower())
    if truth is None:
        raise _unfit(value, "syntax for type", "boolean")
    return truth


def _moment(value: Any) -> int:
    """A time as microseconds since 1970: a month, a day, or RFC 3339, whose seconds and zone may be left out."""
    match = _TIME.match(str(value))
    try:
        if match:
            day, minute, second, zone = match.groups()
            day = day if len(day) > len("2006-01") else f"{day}-01"
            return timestamps.parse(f"{day}T{minute or '00:00'}{second or ':00'}{zone or 'Z'}")
    except ValueError:
        pass
    raise _unfit(value, "syntax for type", "timestamp with time zone", "22007")


def _unfit(value: Any, what: str, of: str, code: str = "22P02") -> Refusal:
    """The database's own words for a value that cannot be compared with a column."""
    text = value if isinstance(value, str) else json.dumps(value)
    return plain(f'ERROR: invalid input {what} {of}: "{text}" (SQLSTATE {code})')


# --- orders ---------------------------------------------------------------------------------------------------------


def read_order(text: str, subject: Subject, id_column: str) -> Sql:
    """Return what stands behind ORDER BY; equals are in the order of their ids, what is missing comes last, and before
    that NaN.

    Parameters:
        text: ``column=asc|desc``, several with commas between them.
        id_column: SQL of the id.

    Raises:
        Refusal: it has another form, or names a column that there is not.
    """
    terms: List[str] = []
    parameters: List[Any] = []
    for part in text.split(",") if text else ():
        name, _, direction = part.partition("=")
        if part.count("=") != 1:
            raise invalid(f"invalid sort parameter: {part}")
        if direction not in ("asc", "desc"):
            raise invalid(f"invalid sort direction: {direction}")
        for key, is_metric in _sort_keys(name, subject):
            if is_metric:  # NaN behind all numbers, in both directions
                terms.append(metric_rank(key.text))
                parameters.extend(key.parameters)
            terms.append(f"{key.text} {direction.upper()} NULLS LAST")
            parameters.extend(key.parameters)
    return Sql(", ".join([*terms, id_column]), tuple(parameters))


def _sort_keys(name: str, subject: Subject) -> List[Tuple[Sql, bool]]:
    """What a field is sorted by, and whether that is a metric."""
    column = subject.columns.get(name)
    if column is not None and column.sort != "":
        return [(Sql(column.sort or column.sql), column.kind is Kind.METRIC)]
    where = _in_json(name, _place_of(name, subject), subject) if column is None else None
    if where is None:
        raise invalid(f"invalid sort col: {name}")
    if where.of_metric:
        value = _INFINITE.format(f"json_extract({where.document}, ?)")
        return [(Sql(value, (where.path,) * 2), True)]
    keys = _json_sort_keys(where.document, where.path)
    if where.value_keys:
        # what has one value comes before what has a range: its definition has fewer keys
        keys = [*keys[:-1], *_json_sort_keys(where.document, f'{where.path}."{where.value_keys[0]}"')]
    return [(key, False) for key in keys]


_RANK = (
    "CASE json_type({}, ?) WHEN 'null' THEN 0 WHEN 'text' THEN 1 WHEN 'integer' THEN 2 WHEN 'real' THEN 2"
    " WHEN 'false' THEN 3 WHEN 'true' THEN 3 WHEN 'array' THEN 4 WHEN 'object' THEN 5 END"
)


def _json_sort_keys(document: str, path: str) -> List[Sql]:
    """The order of PostgreSQL's jsonb: null, texts, numbers, booleans, lists, objects; of these, the smaller first."""
    size, value = "(SELECT count(*) FROM json_each({}, ?))", "json_extract({}, ?)"
    return [Sql(sql.format(document), (path,)) for sql in (_RANK, size, value)]


def columns_of(kinds: Mapping[Kind, Mapping[str, str]], sorts: Mapping[str, str]) -> Dict[str, Column]:
    """A table of columns from their SQL by kind; `sorts` for those that are sorted by something else."""
    return {
        name: Column(sql, kind, sorts.get(name)) for kind, columns in kinds.items() for name, sql in columns.items()
    }


def unsortable(columns: Sequence[str]) -> Dict[str, str]:
    """For `columns_of`: columns that there is no order of."""
    return dict.fromkeys(columns, "")
