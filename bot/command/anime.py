"""The options of commands that ask AniList (or amvstrm): one table, each option with what it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

import msgspec
from discord import app_commands

from bot.anime.api.model import MediaKind
from bot.anime.api.wish import (
    MediaWish,
    Sort,
    build_date,
    read_first_date,
    read_last_date,
    scale_rating,
)
from bot.anime.cards.text import FORMATS, LIST_STATUSES, PRINTED, STATUSES
from bot.anime.cards.user import LIST_SORTS
from bot.anime.pages.list import GENRES, MediaList, RandomMedia, miss_works
from bot.anime.pages.site import ALL, RandomOnShelf
from bot.command.completion import (
    complete_anilist_user,
    complete_anime_character,
    complete_anime_staff,
    complete_media,
    complete_studio,
)
from bot.command.option import Date, Option, Text, Values, list_choices, pick
from bot.lookup.people import Somebody
from bot.lookup.reference import find_typed
from bot.lookup.source import Sources
from bot.navigation.page import Lead, Visit

Read = Callable[[Any], Mapping[str, object]]
"""What an option asks for: what changes in a `MediaWish`."""


def read_wish(options: Sequence[Option[Read]], values: Values, wish: MediaWish) -> MediaWish:
    """`wish`, and what was typed in these options."""
    for option in options:
        value = values.get(option.name)
        if value is not None:
            wish = msgspec.structs.replace(wish, **option.read(value))
    return wish


async def find_described(
    options: Sequence[Option[Read]],
    values: Values,
    kind: MediaKind,
    title: str | None,
    sort: Sort,
    visit: Visit[Sources],
) -> Lead[Sources]:
    """The card that `title` refers to, or what is called so and as typed. Raises as `find_typed`."""
    listed = MediaList(read_wish(options, values, MediaWish(kind=kind, text=title, sort=sort)))

    async def search(_visit: Visit[Sources]) -> Lead[Sources]:
        return listed

    return listed if title is None else await find_typed(title, kind.lower(), search, visit)


async def list_wished(
    options: Sequence[Option[Read]], values: Values, wish: MediaWish, _visit: Visit[Sources]
) -> MediaList:
    """The works that are as wished and as typed. Raises `InvalidInput`."""
    return MediaList(read_wish(options, values, wish))


async def draw_wished(
    options: Sequence[Option[Read]], values: Values, wish: MediaWish, asker: Somebody | None, visit: Visit[Sources]
) -> RandomMedia | RandomOnShelf:
    """One of the works that are as wished and as typed, by chance; with an `asker`, from that list of theirs.

    Raises `InvalidInput`, and as `Somebody.find` does.
    """
    wish = read_wish(options, values, wish)
    return RandomMedia(wish) if asker is None else RandomOnShelf(await asker.find(visit), values[OWN_LIST.name], wish)


async def list_new(
    options: Sequence[Option[Read]], values: Values, kind: MediaKind, today: date, visit: Visit[Sources]
) -> MediaList:
    """What came out until today, the newest first. Raises `InvalidInput`, and as `_limit`."""
    wish = read_wish(options, values, MediaWish(kind=kind, sort="newest"))
    last = build_date(today)
    return await _limit(wish, visit, released_before=min(wish.released_before or last, last))


async def list_upcoming(
    options: Sequence[Option[Read]], values: Values, kind: MediaKind, today: date, visit: Visit[Sources]
) -> MediaList:
    """What comes out after today, or this month on a day that nobody knows; the next first. Raises as `list_new`."""
    wish = read_wish(options, values, MediaWish(kind=kind, sort="upcoming"))
    first = today.year * 10_000 + today.month * 100
    return await _limit(wish, visit, released_after=max(wish.released_after or first, first))


async def _limit(wish: MediaWish, visit: Visit[Sources], **bound: int) -> MediaList:
    """The works that are as wished and within a command's own bound.

    Raises `NotFound` where none can be: of two dates only who typed both is told that they are in the wrong order.
    """
    limited = msgspec.structs.replace(wish, **bound)
    if _is_span(wish) and not _is_span(limited):
        raise await miss_works(wish, visit)
    return MediaList(limited)


def _is_span(wish: MediaWish) -> bool:
    after, before = wish.released_after, wish.released_before
    return after is None or before is None or after <= before


def _format(*, printed: bool) -> Option[Read]:
    shown = {word: name for word, name in FORMATS.items() if (word in PRINTED) is printed}
    description = "How it came out" if printed else "How it was made"
    return Option("format", str, description, lambda word: {"format": word}, choices=list_choices(shown))


_GENRE: Option[Read] = Option(
    "genre",
    str,
    "What it must be",
    lambda genre: {"genres": (genre,)},
    choices=list_choices({genre: genre for genre in GENRES}),
)
_STATUS: Option[Read] = Option(
    "status", str, "Whether it is finished", lambda status: {"status": status}, choices=list_choices(STATUSES)
)
_SEASON: Option[Read] = Option(
    "season",
    Literal["winter", "spring", "summer", "fall"],
    "When in the year it began",
    lambda season: {"season": season.upper()},
)
_YEAR: Option[Read] = Option(
    "year", app_commands.Range[int, 1940, 2100], "The year it began", lambda year: {"season_year": year}
)
_MIN_RATING: Option[Read] = Option(
    "min_rating",
    app_commands.Range[float, 1, 10],
    "The least rating, from 1 to 10",
    lambda rating: {"min_score": scale_rating(rating)},
)
_SPAN: tuple[Option[Read], ...] = (
    Option(
        "released_after",
        Date,
        "Released on or after: 2004, 2004-01 or 2004-01-30",
        lambda text: {"released_after": read_first_date(text)},
    ),
    Option(
        "released_before",
        Date,
        "Released on or before: 2004, 2004-01 or 2004-01-30",
        lambda text: {"released_before": read_last_date(text)},
    ),
)

ANIME_OPTIONS = (_GENRE, _format(printed=False), _SEASON, _YEAR, _MIN_RATING, *_SPAN, _STATUS)
MANGA_OPTIONS = (_GENRE, _format(printed=True), _YEAR, _MIN_RATING, *_SPAN, _STATUS)
ANIME_DATED = pick(ANIME_OPTIONS, "genre", "format", "released_after", "released_before")
MANGA_DATED = pick(MANGA_OPTIONS, "genre", "format", "released_after", "released_before")

# What no wish is made of: each command reads these itself.

_SORTS = {
    "match": "Best match",
    "rating": "Rating",
    "popularity": "Popularity",
    "newest": "Newest first",
    "oldest": "Oldest first",
    "name": "Name",
    "favourites": "Favourites",
}


def build_sort(*sorts: str) -> Option[None]:
    """The option `sort` with those orders."""
    return Option("sort", str, "What comes first", None, choices=list_choices({sort: _SORTS[sort] for sort in sorts}))


_TITLE = "A title, a link to AniList or MyAnimeList, or AniList's number (#9253)"
ANIME_TITLE = Option("title", Text, _TITLE, None, complete=complete_media("ANIME"))
MANGA_TITLE = Option("title", Text, _TITLE, None, complete=complete_media("MANGA"))
_NAME = "A name, a link to AniList, or AniList's number (#40)"
CHARACTER_NAME = Option("name", Text, _NAME, None, complete=complete_anime_character)
STAFF_NAME = Option("name", Text, _NAME, None, complete=complete_anime_staff)
STUDIO_NAME = Option("name", Text, _NAME, None, complete=complete_studio)


def _user(name: str, description: str) -> Option[None]:
    return Option(name, Text, description, None, complete=complete_anilist_user)


USER = _user("user", "You, if you name nobody: a name on AniList, a link, or a member (@name)")
OTHER = _user("other", "A name on AniList, a link, or a member (@name)")
FIRST = _user("user", "Whom they are compared with: you, if you name nobody")
KIND = Option(
    "kind", str, "Anime, if you leave it out", None, choices=list_choices({"anime": "Anime", "manga": "Manga"})
)
LIST_STATUS = Option(
    "status", str, "Which part; all, if you leave it out", None, choices=list_choices({ALL: "All", **LIST_STATUSES})
)
_SHELVES = {status: LIST_STATUSES[status] for status in ("PLANNING", "CURRENT", "PAUSED", "COMPLETED", "DROPPED")}
OWN_LIST = Option("list", str, "Only from this list of yours", None, choices=list_choices(_SHELVES))
LIST_SORT = Option("sort", str, "What comes first", None, choices=list_choices(LIST_SORTS))
