"""Runs GraphQL documents: what was asked for is resolved field by field, and errors stand beside the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from bot.playground.service.anilist.schema import Mistake, Schema, find_mistakes, name_of
from bot.playground.service.anilist.syntax import (
    Document,
    EnumName,
    Field,
    Operation,
    Place,
    Selection,
    SyntaxFault,
    Value,
    Variable,
    parse_document,
)

Row = Mapping[str, object]

# Pages tell of the list beside them, which has to be there first.
_LAST = "pageInfo"


class NoneSuch(Exception):
    """What was asked for is not there: the field is null and the whole answer has this status."""

    def __init__(self, message: str = "Not Found.", *, status: int = 404) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class Graph(Protocol):
    """What is asked. Raises NoneSuch."""

    def resolve(self, type_name: str, field: str, row: Row, arguments: Mapping[str, object]) -> object:
        """The value of a field: plain, a row, or a list of either."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """The HTTP status and the JSON."""

    status: int
    body: dict[str, object]


def execute(text: object, variables: object, *, schema: Schema, graph: Graph, operation: object = None) -> Answer:
    """Answer a document as AniList does: 200 with `data`, or the first error's status with `errors` besides."""
    if not isinstance(text, str) or not text.strip():
        return build_refusal([Mistake("Must provide a query string.", Place())])
    try:
        document = parse_document(text)
    except SyntaxFault as fault:
        return build_refusal([Mistake(fault.message, fault.place)])
    chosen = _choose(document, operation)
    if chosen is None:
        return build_refusal([Mistake("Must provide operation name if query contains multiple operations.", Place())])
    if chosen.kind != "query":
        return build_refusal([Mistake("Unauthorized.", Place())], status=401)
    sent: Row = cast("Row", variables) if isinstance(variables, Mapping) else {}
    mistakes = find_mistakes(schema, document, chosen) or list(_find_wrong_variables(schema, chosen, sent))
    if mistakes:
        return build_refusal(mistakes)
    return _Run(schema, graph, document, _fill(chosen, sent)).run(chosen)


def build_refusal(mistakes: list[Mistake], *, status: int = 400) -> Answer:
    """The answer to a document that is not run at all."""
    return Answer(status, {"errors": [_show_error(one.message, status, one.place) for one in mistakes], "data": None})


def _show_error(message: str, status: int, place: Place) -> dict[str, object]:
    return {"message": message, "status": status, "locations": [{"line": place.line, "column": place.column}]}


def _choose(document: Document, name: object) -> Operation | None:
    named = [one for one in document.operations if name is None or one.name == name]
    return named[0] if len(named) == 1 else None


def _find_wrong_variables(schema: Schema, operation: Operation, sent: Row) -> Iterator[Mistake]:
    for name, declared in operation.variables.items():
        if name not in sent:
            if declared.type.endswith("!") and not declared.has_default:
                words = f'Variable "${name}" of required type "{declared.type}" was not provided.'
                yield Mistake(words, declared.place)
        elif why := schema.refuse(sent[name], declared.type):
            yield Mistake(f'Variable "${name}" got invalid value; {why}', declared.place)


def _fill(operation: Operation, sent: Row) -> dict[str, object]:
    defaults = {name: _plain(one.default, {}) for name, one in operation.variables.items() if one.has_default}
    return defaults | {name: sent[name] for name in operation.variables if name in sent}


def _plain(value: Value, variables: Row) -> object:
    if isinstance(value, Variable):
        return variables.get(value.name)
    if isinstance(value, EnumName):
        return value.name
    if isinstance(value, list):
        return [_plain(one, variables) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one, variables) for name, one in value.items()}
    return value


def _list(value: object) -> list[object]:
    """What stands for a list: one value is a list of it, and nulls are nothing."""
    members = cast("list[object]", value) if isinstance(value, list) else [value]
    return [one for one in members if one is not None]


class _Run:
    def __init__(self, schema: Schema, graph: Graph, document: Document, variables: Row) -> None:
        self._schema = schema
        self._graph = graph
        self._document = document
        self._variables = variables
        self._errors: list[dict[str, object]] = []

    def run(self, operation: Operation) -> Answer:
        data = self._row(operation.selections, "Query", {})
        if not self._errors:
            return Answer(200, {"data": data})
        return Answer(cast("int", self._errors[0]["status"]), {"errors": self._errors, "data": data})

    def _row(self, selections: list[Selection], type_name: str, row: Row) -> dict[str, object]:
        wanted: dict[str, list[Field]] = {}
        for field in self._find_fields(selections):
            wanted.setdefault(field.key, []).append(field)
        found: dict[str, object] = {}
        for key in sorted(wanted, key=lambda key: wanted[key][0].name == _LAST):
            found[key] = self._value(wanted[key], type_name, row)
        return {key: found[key] for key in wanted}

    def _find_fields(self, selections: list[Selection]) -> Iterator[Field]:
        for one in selections:
            if not self._is_wanted(one):
                continue
            if isinstance(one, Field):
                yield one
            else:
                inner = self._document.fragments[one.name or ""] if one.selections is None else one.selections
                yield from self._find_fields(inner)

    def _is_wanted(self, one: Selection) -> bool:
        values = {name: _plain(given.get("if"), self._variables) for name, given in one.directives.items()}
        return values.get("include", True) is not False and values.get("skip", False) is not True

    def _value(self, fields: list[Field], type_name: str, row: Row) -> object:
        field = fields[0]
        declared = self._schema.find_field(type_name, field.name)
        if declared is None or field.name == "__typename":
            return type_name
        try:
            value = self._graph.resolve(type_name, field.name, row, self._arguments(field, declared.arguments))
        except NoneSuch as error:
            self._errors.append(_show_error(error.message, error.status, field.place))
            return None
        selections = [one for each in fields for one in each.selections]
        return self._shape(value, selections, name_of(declared.type))

    def _arguments(self, field: Field, types: Mapping[str, str]) -> dict[str, object]:
        # A variable that was not sent is an argument that was not given; neither is a null one here.
        given = {name: _plain(value, self._variables) for name, value in field.arguments.items()}
        return {
            name: _list(value) if types[name].startswith("[") else value
            for name, value in given.items()
            if value is not None
        }

    def _shape(self, value: object, selections: list[Selection], type_name: str) -> object:
        if isinstance(value, list):
            return [self._shape(one, selections, type_name) for one in cast("list[object]", value)]
        if isinstance(value, Mapping) and selections:
            return self._row(selections, type_name, cast("Row", value))
        return cast("object", value)
