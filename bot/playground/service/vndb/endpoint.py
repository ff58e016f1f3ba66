"""The endpoints of the sample VNDB, put together: entries, rows, filters and sorts of each kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from random import Random
from typing import Protocol, TypeVar

from bot.playground.service import search as name_search
from bot.playground.service.vndb.data import Novel, Producer, load_schema
from bot.playground.service.vndb.filter import Filter
from bot.playground.service.vndb.index import Cast, Index, Issue, StaffName
from bot.playground.service.vndb.list import ListedNovel, Lists
from bot.playground.service.vndb.query import Endpoint, Entry, Query, SortKey
from bot.playground.service.vndb.table import (
    Inner,
    build_novel_table,
    build_producer_table,
    build_tag_table,
    build_trait_table,
    names_of_novel,
    names_of_producer,
    names_of_tag,
    names_of_trait,
)
from bot.playground.service.vndb.table_entry import (
    build_character_table,
    build_quote_table,
    build_release_table,
    build_staff_table,
    names_of_character,
    names_of_release,
    names_of_staff,
)
from bot.playground.service.vndb.token import Access
from bot.playground.service.vndb.view import View

T = TypeVar("T", bound=Entry)


class Answerable(Protocol):
    """An endpoint of whatever kind."""

    @property
    def sort_names(self) -> Collection[str]: ...

    def answer(self, query: Query) -> dict[str, object]: ...


class Tables:
    """The filters of every kind, with `user` for the one whose labels are meant, and `access` for who asks."""

    def __init__(self, index: Index, lists: Lists, *, user: str | None, access: Access, rng: Random) -> None:
        schema = load_schema()
        inner = Inner(lambda: self.release, lambda: self.character, lambda: self.staff, lambda: self.producer)
        self.producer: Mapping[str, Filter[Producer]] = build_producer_table(schema)
        self.tag = build_tag_table()
        self.trait = build_trait_table()
        self.staff: Mapping[str, Filter[StaffName]] = build_staff_table(schema, index)
        self.novel: Mapping[str, Filter[Novel]] = build_novel_table(
            schema, index, inner, lists, user=user, access=access
        )
        self.release: Mapping[str, Filter[Issue]] = build_release_table(
            schema, index, lambda: self.novel, lambda: self.producer
        )
        self.character: Mapping[str, Filter[Cast]] = build_character_table(
            index, lambda: self.novel, lambda: self.staff
        )
        # A random quote is one that people liked.
        liked = [one.id for one in index.library.quotes if one.score > 0 and one.id not in index.off_shelf] or ["q0"]
        self.quote = build_quote_table(index, lambda: self.novel, lambda: self.character, lambda: rng.choice(liked))
        self.listed = {name: _look_at_novel(one) for name, one in self.novel.items()}

    def number(self) -> Mapping[str, Mapping[str, int]]:
        """The compact numbers by endpoint and by outer filter."""
        kinds: Mapping[str, Mapping[str, object]] = {
            "/vn": self.novel, "vn": self.novel, "/ulist": self.listed, "/release": self.release,
            "release": self.release, "/producer": self.producer, "developer": self.producer,
            "producer": self.producer, "/character": self.character, "character": self.character,
            "/staff": self.staff, "staff": self.staff, "seiyuu": self.staff, "/tag": self.tag, "/trait": self.trait,
            "/quote": self.quote,
        }  # fmt: skip
        return {kind: {name: getattr(one, "num", 0) for name, one in table.items()} for kind, table in kinds.items()}


class _Maker:
    """Makes endpoints of any kind that have the numbers of all filters in common."""

    def __init__(self, numbers: Mapping[str, Mapping[str, int]], off_shelf: Collection[str]) -> None:
        self._numbers = numbers
        self._off_shelf = off_shelf

    def make(
        self,
        path: str,
        entries: Callable[[], Sequence[T]],
        row: Callable[[T], object],
        table: Mapping[str, Filter[T]],
        sorts: Mapping[str, SortKey[T]],
        names: Callable[[T], Sequence[str]] | None,
    ) -> Endpoint[T]:
        """`names`: what a search looks at; without them there is no `searchrank`."""
        rank = None if names is None else _build_rank(names)
        return Endpoint(
            path, entries, row, table, sorts, rank, load_schema().api_fields, self._numbers, self._off_shelf
        )


def build_endpoints(
    index: Index, view: View, lists: Lists, *, user: str | None, access: Access, rng: Random
) -> Mapping[str, Answerable]:
    """Every endpoint by its path. `user`: whose list is meant, such as `u3`; `access`: who asks."""
    tables = Tables(index, lists, user=user, access=access, rng=rng)
    listed = _Maker(tables.number(), off_shelf=()).make(
        "/ulist",
        lambda: lists.find_listed(user, access),
        view.listed,
        tables.listed,
        _LIST_SORTS,
        lambda one: names_of_novel(one.novel),
    )
    works = _build_works(index, view, tables, lists.hidden)
    return {**works, **_build_people(index, view, tables), "/ulist": listed}


def _build_works(index: Index, view: View, tables: Tables, hidden: Collection[str]) -> Mapping[str, Answerable]:
    endpoint = _Maker(tables.number(), index.off_shelf)
    return {
        "/vn": endpoint.make(
            "/vn",
            lambda: [one for one in index.novels.values() if one.id not in hidden],
            view.novel,
            tables.novel,
            _NOVEL_SORTS,
            names_of_novel,
        ),
        "/release": endpoint.make(
            "/release",
            lambda: [Issue(one) for one in index.releases.values() if one.id not in hidden],
            lambda one: view.release(one.release),
            tables.release,
            {"id": _by_id, "title": lambda one: one.release.title.casefold(), "released": lambda one: one.release.date},
            lambda one: names_of_release(one.release),
        ),
        "/producer": endpoint.make(
            "/producer",
            lambda: list(index.producers.values()),
            view.producer,
            tables.producer,
            {"id": _by_id, "name": lambda one: one.name.casefold()},
            names_of_producer,
        ),
        "/tag": endpoint.make(
            "/tag",
            lambda: index.library.tags,
            view.tag,
            tables.tag,
            {"id": _by_id, "name": lambda one: one.name.casefold(), "vn_count": lambda one: index.tag_count[one.id]},
            names_of_tag,
        ),
    }


def _build_people(index: Index, view: View, tables: Tables) -> Mapping[str, Answerable]:
    endpoint = _Maker(tables.number(), index.off_shelf)
    return {
        "/character": endpoint.make(
            "/character",
            lambda: [Cast(one) for one in index.characters.values()],
            lambda one: view.character(one.character),
            tables.character,
            {"id": _by_id, "name": lambda one: one.character.name.casefold()},
            lambda one: names_of_character(one.character),
        ),
        "/staff": endpoint.make(
            "/staff",
            lambda: list(index.names.values()),
            view.staff,
            tables.staff,
            {"id": _by_id, "name": lambda one: one.name.casefold()},
            names_of_staff,
        ),
        "/trait": endpoint.make(
            "/trait",
            lambda: list(index.traits.values()),
            view.trait,
            tables.trait,
            {
                "id": _by_id,
                "name": lambda one: one.name.casefold(),
                "char_count": lambda one: index.trait_count[one.id],
            },
            names_of_trait,
        ),
        "/quote": endpoint.make(
            "/quote",
            lambda: sorted(index.library.quotes, key=_by_id),
            view.quote,
            tables.quote,
            {"id": _by_id, "score": lambda one: one.score},
            None,
        ),
    }


def count_entries(index: Index) -> dict[str, int]:
    """GET /stats."""
    library = index.library
    return {
        "chars": len(library.characters),
        "producers": len(library.producers),
        "releases": len(library.releases),
        "staff": len(library.staff),
        "tags": len(library.tags),
        "traits": len(library.traits),
        "vn": sum(one.id not in index.off_shelf for one in library.vn),
    }


def _build_rank(names: Callable[[T], Sequence[str]]) -> Callable[[T, str], int]:
    return lambda one, text: name_search.rank(names(one), text)


def _by_id(one: Entry) -> int:
    return int(one.id[1:])


def _look_at_novel(condition: Filter[Novel]) -> Filter[ListedNovel]:
    def test(one: ListedNovel, sign: str, value: object) -> bool:
        return condition.test(one.novel, sign, value)

    return Filter(condition.num, condition.read, test, condition.ordered, condition.nested)


_NOVEL_SORTS: Mapping[str, SortKey[Novel]] = {
    "id": _by_id,
    "title": lambda one: one.title.casefold(),
    "released": lambda one: one.date,
    "popularity": lambda one: one.popularity,
    "rating": lambda one: one.rating,
    "votecount": lambda one: one.votecount,
}
_LIST_SORTS: Mapping[str, SortKey[ListedNovel]] = {
    "id": _by_id,
    "title": lambda one: one.novel.title.casefold(),
    "released": lambda one: one.novel.date,
    "popularity": lambda one: one.novel.popularity,
    "rating": lambda one: one.novel.rating,
    "votecount": lambda one: one.novel.votecount,
    "voted": lambda one: one.listed.voted,
    "vote": lambda one: one.listed.vote,
    "added": lambda one: one.listed.added,
    "lastmod": lambda one: one.listed.lastmod,
    "started": lambda one: one.listed.started,
    "finished": lambda one: one.listed.finished,
}
