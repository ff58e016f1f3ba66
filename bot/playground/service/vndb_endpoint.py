"""The endpoints of the sample VNDB, put together: entries, rows, filters and sorts of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.playground.service import vndb_search
from bot.playground.service.vndb_data import (
    Library,
    Novel,
    Producer,
    Tag,
    build_novels,
    build_producers,
    build_tags,
    load_schema,
)
from bot.playground.service.vndb_query import Endpoint
from bot.playground.service.vndb_table import (
    build_novel_table,
    build_producer_table,
    build_tag_table,
    names_of_novel,
    names_of_producer,
    names_of_tag,
)


@dataclass(frozen=True)
class Endpoints:
    """One endpoint for each kind of entry, and the counts that GET /stats shows."""

    vn: Endpoint[Novel]
    producer: Endpoint[Producer]
    tag: Endpoint[Tag]
    stats: Mapping[str, int]


def build_endpoints(library: Library, *, image_url: str) -> Endpoints:
    """Everything that can be asked for. `image_url`: where the covers are served."""
    schema = load_schema()
    producer_table = build_producer_table(schema)
    novel_table = build_novel_table(schema, {one.id: one for one in library.producers})
    tag_table = build_tag_table()
    numbers = {
        "/vn": {name: one.num for name, one in novel_table.items()},
        "/tag": {name: one.num for name, one in tag_table.items()},
        "/producer": {name: one.num for name, one in producer_table.items()},
        "developer": {name: one.num for name, one in producer_table.items()},
    }
    novels = Endpoint(
        "/vn",
        sorted(library.vn, key=lambda one: one.number),
        build_novels(library, image_url=image_url),
        novel_table,
        {
            "id": lambda one: one.number,
            "title": lambda one: one.title.casefold(),
            "released": lambda one: one.date,
            "popularity": lambda one: one.popularity,
            "rating": lambda one: one.rating,
            "votecount": lambda one: one.votecount,
        },
        lambda one, text: vndb_search.rank(names_of_novel(one), text),
        schema.api_fields,
        numbers,
    )
    producers = Endpoint(
        "/producer",
        library.producers,
        build_producers(library),
        producer_table,
        {"id": lambda one: int(one.id[1:]), "name": lambda one: one.name.casefold()},
        lambda one, text: vndb_search.rank(names_of_producer(one), text),
        schema.api_fields,
        numbers,
    )
    tag_rows = build_tags(library)
    tags = Endpoint(
        "/tag",
        library.tags,
        tag_rows,
        tag_table,
        {
            "id": lambda one: int(one.id[1:]),
            "name": lambda one: one.name.casefold(),
            "vn_count": lambda one: float(str(tag_rows[one.id]["vn_count"])),
        },
        lambda one, text: vndb_search.rank(names_of_tag(one), text),
        schema.api_fields,
        numbers,
    )
    return Endpoints(novels, producers, tags, _stats(library))


def _stats(library: Library) -> dict[str, int]:
    return {
        "chars": 0,
        "producers": len(library.producers),
        "releases": len(library.vn),
        "staff": 0,
        "tags": len(library.tags),
        "traits": 0,
        "vn": len(library.vn),
    }
