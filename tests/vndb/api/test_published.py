"""What VNDB publishes of its endpoints, held against the filters, the models and the fields that are asked for.

`data/vndb_published.json` is a copy of the sorts, filters and fields of each endpoint.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, cast, get_args, get_type_hints

import msgspec
import pytest

from bot.vndb.api import kind as vndb_kind
from bot.vndb.api import where
from bot.vndb.api.filter import ClassOrder, Match, Nested, NullableEquality, Order
from bot.vndb.api.kind import Kind
from bot.vndb.api.model import Character, Label, ListEntry, Producer, Quote, Release, Staff, Tag, Trait, Vn
from tests.support.each import each

Fields: TypeAlias = "Mapping[str, Fields | str | None]"
Model: TypeAlias = type[msgspec.Struct]


class Rule(msgspec.Struct, forbid_unknown_fields=True):
    """What a filter takes."""

    operators: list[str]
    nullable: bool = False
    nested: str | None = None


class Endpoint(msgspec.Struct, forbid_unknown_fields=True):
    """What an endpoint knows."""

    sort: list[str]
    filters: dict[str, Rule]
    fields: dict[str, Any]


PUBLISHED = msgspec.json.decode(
    (Path(__file__).parent / "data" / "vndb_published.json").read_bytes(), type=dict[str, Endpoint]
)
MODELS: Mapping[str, Model] = {
    "/vn": Vn,
    "/release": Release,
    "/producer": Producer,
    "/character": Character,
    "/staff": Staff,
    "/tag": Tag,
    "/trait": Trait,
    "/ulist": ListEntry,
    "/quote": Quote,
}
TABLES: Mapping[str, object] = {
    "/vn": where.VN,
    "/release": where.RELEASE,
    "/producer": where.PRODUCER,
    "/character": where.CHARACTER,
    "/staff": where.STAFF,
    "/tag": where.TAG,
    "/trait": where.TRAIT,
    "/ulist": where.ULIST,
    "/quote": where.QUOTE,
}
KINDS = [cast("Kind[Any]", value) for value in vars(vndb_kind).values() if isinstance(value, Kind)]

EQUAL, ALL = ["=", "!="], ["=", "!=", ">=", ">", "<=", "<"]

# `length`: the page promises an order; `random`: only `=1` has a meaning. The newest server takes and ignores more.
EXCEPTIONS = {"length": ALL, "random": ["="]}

# Not fields of the endpoint: the number of novels with a label is in GET /ulist_labels, as is whether it is private.
MORE: Mapping[Model, set[str]] = {Label: {"private", "count"}}


@dataclass(frozen=True)
class Place:
    """An object in an answer: the fields it is published with, and the model it is read into."""

    path: str
    published: Mapping[str, Fields | None]
    model: Model


class PlantedImage(msgspec.Struct):
    """An image that lacks its address."""

    id: str


class Planted(msgspec.Struct):
    """A model with faults."""

    id: str
    name: list[PlantedImage]
    image: PlantedImage
    invented: str


def list_filters(path: str) -> dict[str, object]:
    table = TABLES[path]
    names = [name for name in dir(table) if not name.startswith("_")]
    return {name: getattr(table, name) for name in names}


def find_operators(field: object) -> list[str]:
    if isinstance(field, Match):
        return ["="]
    return ALL if isinstance(field, Order) else EQUAL


@pytest.mark.parametrize("path", PUBLISHED)
def test_every_published_filter_has_a_field_and_none_is_invented(path: str) -> None:
    assert list_filters(path).keys() == PUBLISHED[path].filters.keys()


@pytest.mark.parametrize("path", PUBLISHED)
def test_every_field_is_sent_under_its_own_name(path: str) -> None:
    assert {name: getattr(field, "name", None) for name, field in list_filters(path).items()} == {
        name: name for name in PUBLISHED[path].filters
    }


@pytest.mark.parametrize("path", PUBLISHED)
def test_every_filter_has_the_published_operators(path: str) -> None:
    found = {name: find_operators(field) for name, field in list_filters(path).items()}
    assert found == {name: EXCEPTIONS.get(name, rule.operators) for name, rule in PUBLISHED[path].filters.items()}


@pytest.mark.parametrize("path", PUBLISHED)
def test_the_filters_that_take_null_are_the_published_ones(path: str) -> None:
    found = {name for name, field in list_filters(path).items() if isinstance(field, NullableEquality)}
    assert found == {name for name, rule in PUBLISHED[path].filters.items() if rule.nullable}


@pytest.mark.parametrize("path", PUBLISHED)
def test_the_filters_that_take_a_filter_are_the_published_ones(path: str) -> None:
    found = {name for name, field in list_filters(path).items() if isinstance(field, Nested)}
    assert found == {name for name, rule in PUBLISHED[path].filters.items() if rule.nested}


def test_only_length_is_counted_up() -> None:
    counted = {
        name for path in PUBLISHED for name, field in list_filters(path).items() if isinstance(field, ClassOrder)
    }
    assert counted == {"length"}


def list_fields(tree: Fields) -> Iterator[tuple[str, Fields | None]]:
    """The fields of an object with their own trees, those that it inherits included."""
    inherited = tree.get("_inherit")
    if isinstance(inherited, str):
        yield from list_fields(PUBLISHED[inherited].fields)
    for name, inner in tree.items():
        if name != "_inherit":
            yield name, cast("Fields | None", inner)


def find_model(hint: object) -> Model | None:
    """The record in `list[Title] | None`; None if there is none."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint
    return next((found for arm in get_args(hint) if (found := find_model(arm))), None)


def list_places(tree: Fields, model: Model, path: str) -> list[Place]:
    """The object and all that it holds, each pair of published fields and model once."""
    found = [Place(path, dict(list_fields(tree)), model)]
    known = {(frozenset(found[0].published), model)}
    for place in found:  # grows as it goes
        for name, inner in place.published.items():
            held = find_model(get_type_hints(place.model).get(name))
            if inner is None or held is None:
                continue
            next_place = Place(f"{place.path}.{name}", dict(list_fields(inner)), held)
            key = (frozenset(next_place.published), held)
            if key not in known:
                known.add(key)
                found.append(next_place)
    return found


def find_missing(places: list[Place]) -> list[str]:
    """Published fields that their model lacks, and objects that are none in it or the other way round."""
    missing: list[str] = []
    for place in places:
        hints = get_type_hints(place.model)
        for name, inner in place.published.items():
            if name not in hints or (inner is None) != (find_model(hints[name]) is None):
                missing.append(f"{place.path}.{name}")
    return missing


def find_invented(places: list[Place]) -> list[str]:
    """Fields of models that are published in no place where the model stands."""
    published: dict[Model, set[str]] = {}
    for place in places:
        published.setdefault(place.model, set()).update(place.published)
    return [
        f"{model.__name__}.{name}"
        for model, names in published.items()
        for name in sorted(get_type_hints(model).keys() - names - MORE.get(model, set()))
    ]


@pytest.mark.parametrize("path", PUBLISHED)
def test_a_model_has_every_published_field(path: str) -> None:
    assert find_missing(list_places(PUBLISHED[path].fields, MODELS[path], path)) == []


def test_a_model_has_no_field_that_is_published_nowhere() -> None:
    places = [place for path in PUBLISHED for place in list_places(PUBLISHED[path].fields, MODELS[path], path)]
    assert find_invented(places) == []


def test_a_planted_gap_is_found() -> None:
    places = list_places({"id": None, "name": None, "image": {"url": None}}, Planted, "planted")
    assert find_missing(places) == ["planted.name", "planted.image.url"]
    assert find_invented(places) == ["Planted.invented", "PlantedImage.id"]


def split_fields(text: str) -> list[tuple[str, str | None]]:
    """`title,image{url,dims},vn.title` is title, image with `url,dims` in it, and vn with `title`."""
    found: list[tuple[str, str | None]] = []
    while text:
        name = text[: next((at for at, sign in enumerate(text) if sign in ",{."), len(text))]
        rest = text.removeprefix(name)
        if rest.startswith("{"):
            end = find_end(rest)
            inner, rest = rest[1:end], rest[end + 1 :]
        elif rest.startswith("."):
            inner, comma, rest = rest[1:].partition(",")
            rest = comma + rest
        else:
            inner = None
        found.append((name, inner))
        text = rest.removeprefix(",")
    return found


def find_end(text: str) -> int:
    """Where the brace is closed that `text` begins with."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "{") - (sign == "}")
        if depth == 0:
            return at
    raise ValueError(text)


def find_unknown(text: str, tree: Fields) -> Iterator[str]:
    """Wanted fields that are not published, and objects of which nothing in particular is wanted."""
    published = dict(list_fields(tree))
    for name, inner in split_fields(text):
        held = published.get(name)
        if name not in published or (inner is None) != (held is None):
            yield name
        elif inner is not None and held is not None:
            yield from (f"{name}.{one}" for one in find_unknown(inner, held))


@each("kind", KINDS)
def test_every_field_that_is_asked_for_is_published(kind: Kind[Any]) -> None:
    tree = PUBLISHED[f"/{kind.path}"].fields
    assert list(find_unknown(kind.card_fields, tree)) == []
    assert list(find_unknown(kind.row_fields, tree)) == []


def test_a_planted_unknown_field_is_found() -> None:
    wanted = "title,colour,image,vn.title,developers{name,wealth},screenshots{release{vns.rtype,mood}}"
    assert list(find_unknown(wanted, PUBLISHED["/vn"].fields)) == [
        "colour",
        "image",
        "vn",
        "developers.wealth",
        "screenshots.release.mood",
    ]


def test_every_endpoint_has_a_kind_of_its_model() -> None:
    assert {f"/{kind.path}": kind.model for kind in KINDS} == MODELS
