"""Runs GraphQL documents as AniList does: graphql-core reads and checks them, errors stand beside the data."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInt,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    Visitor,
    build_schema,
    execute_sync,  # pyright: ignore[reportUnknownVariableType]
    get_operation_ast,
    parse,
    validate,
    visit,
)

Row = Mapping[str, object]

_FILE = Path(__file__).parents[2] / "data" / "anilist.graphql"
# The server refuses what has more fields, each counted as often as a fragment with it is spread.
_MAX_COMPLEXITY = 500
# Documents are few; each is read and checked once.
_KEPT_DOCUMENTS = 64


class NoneSuch(Exception):
    """What was asked for is not there: the field is null and the whole answer has this status."""

    def __init__(self, message: str = "Not Found.", *, status: int = 404) -> None:
        super().__init__(message)
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


def execute(text: object, variables: object, *, graph: Graph, operation: object = None) -> Answer:
    """Answer a document: 200 with `data`, or the first error's status with `errors` besides."""
    if not isinstance(text, str) or not text.strip():
        return _refuse("Must provide a query string.")
    try:
        document, mistakes = _read(text)
        chosen = get_operation_ast(document, operation if isinstance(operation, str) else None)
        if chosen is None:
            return _refuse("Must provide operation name if query contains multiple operations.")
        if chosen.operation is not OperationType.QUERY:
            return _refuse("Unauthorized.", status=401)
        return _answer(None, mistakes) if mistakes else _run(document, chosen, variables, graph)
    except GraphQLError as error:
        return _answer(None, [error])


@functools.lru_cache(_KEPT_DOCUMENTS)
def _read(text: str) -> tuple[DocumentNode, list[GraphQLError]]:
    """A document, and all that is wrong with it before it runs. Raises GraphQLError if it is none."""
    document: DocumentNode = visit(parse(text), _PageInfoLast())
    return document, validate(_load_schema(), document) or list(_find_excess(document))


class _PageInfoLast(Visitor):
    """Pages tell of the list beside them, which has to be there first."""

    def leave_selection_set(self, node: SelectionSetNode, *_: object) -> SelectionSetNode:
        return SelectionSetNode(selections=tuple(sorted(node.selections, key=_is_page_info)), loc=node.loc)


def _is_page_info(node: SelectionNode) -> bool:
    return isinstance(node, FieldNode) and node.name.value == "pageInfo"


def _find_excess(document: DocumentNode) -> Iterator[GraphQLError]:
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}

    @functools.cache
    def count_fragment(name: str) -> int:
        return count(fragments[name].selection_set)

    def count(inner: SelectionSetNode | None) -> int:
        return sum(count_one(one) for one in inner.selections) if inner else 0

    def count_one(node: SelectionNode) -> int:
        if isinstance(node, FragmentSpreadNode):
            return count_fragment(node.name.value)
        if isinstance(node, FieldNode):
            return 1 + count(node.selection_set)
        return count(cast("InlineFragmentNode", node).selection_set)

    for one in document.definitions:
        complexity = count(one.selection_set) if isinstance(one, OperationDefinitionNode) else 0
        if complexity > _MAX_COMPLEXITY:
            yield GraphQLError(f"Max query complexity should be {_MAX_COMPLEXITY} but got {complexity}.")


@functools.cache
def _load_schema() -> GraphQLSchema:
    schema = build_schema(_FILE.read_text("utf-8"))
    dates = cast("GraphQLScalarType", schema.type_map["FuzzyDateInt"])
    dates.coerce_input_value = GraphQLInt.coerce_input_value
    return schema


def _run(document: DocumentNode, chosen: OperationDefinitionNode, variables: object, graph: Graph) -> Answer:
    def resolve(row: Row, info: GraphQLResolveInfo[None], **given: object) -> object:
        # An argument that is null was not given; neither is a null in a list.
        arguments = {name: _drop_nulls(value) for name, value in given.items() if value is not None}
        return graph.resolve(info.parent_type.name, info.field_name, row, arguments)

    result = execute_sync(
        _load_schema(),
        document,
        root_value={},
        variable_values=cast("dict[str, Any]", variables) if isinstance(variables, dict) else {},
        operation_name=chosen.name.value if chosen.name else None,
        field_resolver=resolve,
    )
    return _answer(result.data, result.errors or ())


def _drop_nulls(value: object) -> object:
    return [one for one in cast("list[object]", value) if one is not None] if isinstance(value, list) else value


def _answer(data: object, errors: Iterable[GraphQLError]) -> Answer:
    shown = [_show_error(error) for error in errors]
    if not shown:
        return Answer(200, {"data": data})
    return Answer(cast("int", shown[0]["status"]), {"errors": shown, "data": data})


def _show_error(error: GraphQLError) -> dict[str, object]:
    cause = error.original_error
    if cause is not None and not isinstance(cause, NoneSuch):
        raise cause  # the sample's own fault
    status = cause.status if cause else 400
    places = [{"line": one.line, "column": one.column} for one in error.locations or ()]
    return {"message": error.message, "status": status, "locations": places or [{"line": 1, "column": 1}]}


def _refuse(message: str, *, status: int = 400) -> Answer:
    error = {"message": message, "status": status, "locations": [{"line": 1, "column": 1}]}
    return Answer(status, {"errors": [error], "data": None})
