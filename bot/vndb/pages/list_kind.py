"""The kinds of entries that there are lists of, and how each may be sorted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Found
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.filter import Equality, Filter, all_of
from bot.vndb.api.model import Character, Producer, Release, Staff, Tag, Trait, Vn
from bot.vndb.api.names import Names
from bot.vndb.api.wish import FIRST_DATE
from bot.vndb.cards import list as vndb_list

T = TypeVar("T", bound=msgspec.Struct)


class RenderList(Protocol[T]):
    """How a list is shown."""

    def __call__(
        self,
        found: Found[T],
        *,
        heading: str,
        names: Names,
        viewer: Viewer,
        address: Address,
        carried: str | None,
        of_entry: bool,
        hidden: bool,
        asked: str,
        credited: str | None,
    ) -> Shown: ...


@dataclass(frozen=True, slots=True)
class Sorting(Generic[T]):
    """How a list is sorted, and what it is called then; `filtered`, if not everything is in it.

    `only`: what has a place in that order. VNDB begins with the others, such as those of an unknown date. Of staff, who
    are a row for each of their names, it is the main one, unless they are asked for by their names.
    """

    sort: str
    heading: str
    filtered: str = ""
    reverse: bool = False
    only: Filter[T] | None = None


@dataclass(frozen=True, slots=True)
class ListKind(Generic[T]):
    """A kind of entries that there are lists of. `sortings` are named as in addresses; all have `rank`, best first.

    `otherwise`: how they are sorted where no name is searched for. `has_filter`: VNDB's own page of them takes a
    filter; without one it takes a text only. `famous`: the sorting that begins with what most people know, if VNDB has
    one.
    """

    kind: kinds.Kind[T]
    search: Equality[T, str]
    sortings: Mapping[str, Sorting[T]]
    render: RenderList[T]
    otherwise: str
    has_filter: bool = True
    famous: str = ""


VNS: ListKind[Vn] = ListKind(
    kinds.VN,
    where.VN.search,
    {
        "rank": Sorting("searchrank", "Visual novels found"),
        "rating": Sorting("rating", "Best rated visual novels", "Best rated visual novels that match", reverse=True),
        "votes": Sorting("votecount", "Most voted visual novels", "Most voted visual novels that match", reverse=True),
        "newest": Sorting(
            "released",
            "Newest visual novels, announced ones first",
            "Newest visual novels that match, announced ones first",
            reverse=True,
            only=where.VN.released.ne("TBA"),
        ),
        "oldest": Sorting(
            "released",
            "Oldest visual novels",
            "Oldest visual novels that match",
            only=where.VN.released.ge(FIRST_DATE),
        ),
        "title": Sorting("title", "Visual novels by title", "Visual novels that match, by title"),
    },
    vndb_list.render_vn_list,
    "rating",
    famous="votes",
)
_DATED = all_of(where.RELEASE.released.ge(FIRST_DATE), where.RELEASE.released.ne("TBA"))
RELEASES: ListKind[Release] = ListKind(
    kinds.RELEASE,
    where.RELEASE.search,
    {
        "rank": Sorting("searchrank", "Releases found"),
        "new": Sorting("released", "New releases", reverse=True),
        "upcoming": Sorting("released", "Upcoming releases"),
        "newest": Sorting(
            "released",
            "Newest releases, announced ones first",
            "Newest releases that match, announced ones first",
            reverse=True,
            only=_DATED,
        ),
        "oldest": Sorting(
            "released",
            "Oldest releases",
            "Oldest releases that match",
            only=_DATED,
        ),
        "title": Sorting("title", "Releases by title", "Releases that match, by title"),
    },
    vndb_list.render_release_list,
    "newest",
)
CHARACTERS: ListKind[Character] = ListKind(
    kinds.CHARACTER,
    where.CHARACTER.search,
    {
        "rank": Sorting("searchrank", "Characters found"),
        "name": Sorting("name", "Characters by name", "Characters that match, by name"),
    },
    vndb_list.render_character_list,
    "name",
)
_MAIN_NAME = where.STAFF.ismain.eq(1)
STAFF: ListKind[Staff] = ListKind(
    kinds.STAFF,
    where.STAFF.search,
    {
        "rank": Sorting("searchrank", "Staff found", only=_MAIN_NAME),
        "name": Sorting("name", "Staff by name", "Staff that match, by name", only=_MAIN_NAME),
    },
    vndb_list.render_staff_list,
    "name",
)
PRODUCERS: ListKind[Producer] = ListKind(
    kinds.PRODUCER,
    where.PRODUCER.search,
    {
        "rank": Sorting("searchrank", "Producers found"),
        "name": Sorting("name", "Producers by name", "Producers that match, by name"),
    },
    vndb_list.render_producer_list,
    "name",
)
TAGS: ListKind[Tag] = ListKind(
    kinds.TAG,
    where.TAG.search,
    {
        "rank": Sorting("searchrank", "Tags found"),
        "name": Sorting("name", "Tags by name", "Tags that match, by name"),
        "number": Sorting("vn_count", "Tags by number of novels", "Tags that match, by number of novels", reverse=True),
    },
    vndb_list.render_tag_list,
    "number",
    has_filter=False,
    famous="number",
)
TRAITS: ListKind[Trait] = ListKind(
    kinds.TRAIT,
    where.TRAIT.search,
    {
        "rank": Sorting("searchrank", "Traits found"),
        "name": Sorting("name", "Traits by name", "Traits that match, by name"),
        "number": Sorting(
            "char_count", "Traits by number of characters", "Traits that match, by number of characters", reverse=True
        ),
    },
    vndb_list.render_trait_list,
    "number",
    has_filter=False,
    famous="number",
)

LISTS: Mapping[str, ListKind[Any]] = {
    of.kind.prefix: of for of in (VNS, RELEASES, CHARACTERS, STAFF, PRODUCERS, TAGS, TRAITS)
}
"""All of them, by the letter of their ids."""
