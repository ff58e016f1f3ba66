"""The documents that AniList is asked with: they fit its schema, and ask for what the models hold."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    parse,
    validate,
)

from bot.anime.api import model as anime_model
from bot.anime.api.anilist import query as anilist_query
from tests.support.each import each

# The part of the published schema that the sample service answers.
SCHEMA = Path(__file__).parents[4] / "bot" / "playground" / "data" / "anilist.graphql"
MAX_COMPLEXITY = 500  # AniList refuses a query of more fields than that

DOCUMENTS: dict[str, str] = {
    name: value
    for name, value in vars(anilist_query).items()
    if isinstance(value, str) and name.isupper() and name[0] != "_"
}


def selection_of(document: DocumentNode, fragment: str) -> SelectionSetNode:
    (found,) = [
        one for one in document.definitions if isinstance(one, FragmentDefinitionNode) and one.name.value == fragment
    ]
    return found.selection_set


def list_fields(selection: SelectionSetNode | None) -> dict[str, SelectionSetNode | None]:
    found = [one for one in (selection.selections if selection else ()) if isinstance(one, FieldNode)]
    return {one.name.value: one.selection_set for one in found}


def count_fields(document: DocumentNode, selection: SelectionSetNode | None) -> int:
    total = 0
    for one in selection.selections if selection else ():
        if isinstance(one, FieldNode):
            total += 1 + count_fields(document, one.selection_set)
        elif isinstance(one, FragmentSpreadNode):
            total += count_fields(document, selection_of(document, one.name.value))
    return total


def fields_of(model: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(model)}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(SCHEMA.read_text("utf-8"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_fits_the_schema(name: str, schema: GraphQLSchema) -> None:
    assert [error.message for error in validate(schema, parse(DOCUMENTS[name]))] == []


def test_a_field_that_is_not_in_the_schema_is_found(schema: GraphQLSchema) -> None:
    document = anilist_query.STUDIO.replace("isAnimationStudio", "isStudio")
    assert [error.message for error in validate(schema, parse(document))] != []


@each("name", DOCUMENTS)
def test_a_document_has_one_operation_of_its_own_name_and_no_more_fields_than_anilist_takes(name: str) -> None:
    document = parse(DOCUMENTS[name])
    (operation,) = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    assert operation.name is not None
    assert count_fields(document, operation.selection_set) < MAX_COMPLEXITY


def test_operations_have_different_names() -> None:
    names = [text.replace("(", " ").split()[1] for text in DOCUMENTS.values()]
    assert len(set(names)) == len(names) == 27


def test_a_row_asks_for_what_its_model_holds() -> None:
    asked = set(list_fields(selection_of(parse(anilist_query.SEARCH), "Row")))
    assert asked == fields_of(anime_model.MediaRow) - {"tags", "unmarked"}


def test_a_card_asks_for_what_its_model_holds_besides() -> None:
    asked = set(list_fields(selection_of(parse(anilist_query.MEDIA), "Card")))
    besides = fields_of(anime_model.Media) - fields_of(anime_model.MediaRow)
    assert asked - {"relations"} == besides - {"related"} | {"tags"}


@pytest.mark.parametrize(
    ("document", "model", "read"),
    [
        (anilist_query.CHARACTER, anime_model.Character, {"media", "isAdult", "isSafe", "bestKnown"}),
        (anilist_query.PERSON, anime_model.Person, set[str]()),
    ],
    ids=["character", "person"],
)
def test_a_profile_asks_for_what_its_model_holds(document: str, model: type[msgspec.Struct], read: set[str]) -> None:
    assert set(list_fields(selection_of(parse(document), "Profile"))) ^ fields_of(model) == read


@pytest.mark.parametrize(
    ("fragment", "field", "model"),
    [
        ("Row", "title", anime_model.Title),
        ("Card", "tags", anime_model.MediaTag),
        ("Row", "coverImage", anime_model.Cover),
        ("Row", "nextAiringEpisode", anime_model.Airing),
        ("Row", "startDate", anime_model.FuzzyDate),
        ("Card", "rankings", anime_model.Ranking),
        ("Card", "externalLinks", anime_model.ExternalLink),
        ("Card", "trailer", anime_model.Trailer),
    ],
)
def test_a_part_of_a_work_is_asked_for_as_its_model_holds_it(
    fragment: str, field: str, model: type[msgspec.Struct]
) -> None:
    selection = list_fields(selection_of(parse(anilist_query.MEDIA), fragment))[field]
    assert set(list_fields(selection)) == fields_of(model)
