"""Lists of anime and manga: what is searched for, what a season holds, what airs. Their wish is in their address."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from urllib.parse import quote

from msgspec.structs import replace

from bot.anime.api.anilist.error import SERVICE
from bot.anime.api.anilist.search import MAX_INT
from bot.anime.api.model import AiringEpisode, FuzzyDate, MediaKind, MediaRow, list_names
from bot.anime.api.wish import FORMATS, PAGE_SIZE, SEASONS, STATUSES, MediaWish, Sort
from bot.anime.cards.airing import Span, render_airing
from bot.anime.cards.list import render_media_list
from bot.anime.cards.page import AT_MOST, find_block, keep_shown, may_show_work
from bot.anime.cards.route import find_route
from bot.anime.cards.text import FORMATS as FORMAT_NAMES
from bot.anime.cards.text import STATUSES as STATUS_NAMES
from bot.anime.cards.text import format_fuzzy_date, format_mark, format_year, name_word
from bot.anime.cards.title import title_of
from bot.anime.pages.media import pick_card
from bot.anime.pages.source import AnimeSources
from bot.cards.text import escape_line
from bot.errors import Near, NotFound, ServiceError
from bot.navigation.address import Address
from bot.navigation.encoded_text import decode_text, encode_text
from bot.navigation.frame import Choice, Shown, Trail
from bot.navigation.page import Lead, Opened, Page, Redirect, Visit, open_page
from bot.navigation.route import Part, one_of
from bot.navigation.viewer import Viewer
from bot.service.near_find import Shelf, nothing_at_hand
from bot.service.near_match import NEAR_AT_MOST, with_near
from bot.service.record import Found

GENRES = (
    "Action", "Adventure", "Comedy", "Drama", "Ecchi", "Fantasy", "Horror", "Mahou Shoujo", "Mecha", "Music", "Mystery",
    "Psychological", "Romance", "Sci-Fi", "Slice of Life", "Sports", "Supernatural", "Thriller",
)  # fmt: skip
"""AniList's, without the one that is for adults alone."""

_SORTS: tuple[Sort, ...] = ("match", "rating", "popularity", "trending", "newest", "oldest", "upcoming")
_HEADINGS: dict[Sort, str] = {
    "match": "",
    "rating": "Best rated",
    "popularity": "Most popular",
    "trending": "Trending",
    "newest": "Newest",
    "oldest": "Oldest",
    "upcoming": "Upcoming",
}
SEARCH_LABEL = "Search on AniList"
_HOUR_S = 3600
_DAY_S = 86_400
_SPANS = {"today": 1, "week": 7}
# A message may be old: what it leads to is not called today.
_SPAN_NAMES = {"today": "24 hours", "week": "Seven days"}
_RNG = random.Random()


def _write_wish(wish: MediaWish) -> str:
    """All of the wish but what is for adults, which is decided by where it stands."""
    numbers = [
        _SORTS.index(wish.sort),
        _number(wish.season, SEASONS),
        wish.season_year or 0,
        _number(wish.format, FORMATS),
        _number(wish.status, STATUSES),
        wish.min_score or 0,
        wish.released_after or 0,
        wish.released_before or 0,
        "-".join(str(_number(genre, GENRES)) for genre in wish.genres) or 0,
    ]
    text = encode_text(wish.text or "")
    kind = "m" if wish.kind == "MANGA" else "a"
    return f"{kind}/{'.'.join(map(str, numbers))}" + (f"/{text}" if text else "")


def _read_wish(place: str) -> MediaWish:
    kind, numbers, *texts = place.split("/")
    *parts, genres = numbers.split(".")
    sort, season, year, format_, status, score, after, before = map(int, parts)
    return MediaWish(
        kind="MANGA" if kind == "m" else "ANIME",
        text=decode_text(texts[0]) if texts else None,
        genres=tuple(name for genre in genres.split("-") if (name := _name(int(genre), GENRES))),
        format=_name(format_, FORMATS),
        status=_name(status, STATUSES),
        season=_name(season, SEASONS),
        season_year=year or None,
        min_score=score or None,
        released_after=after or None,
        released_before=before or None,
        sort=_SORTS[sort] if sort < len(_SORTS) else "match",
    )


def _number(name: str | None, names: tuple[str, ...]) -> int:
    return names.index(name) + 1 if name in names else 0


def _name(number: int, names: tuple[str, ...]) -> str | None:
    return names[number - 1] if 0 < number <= len(names) else None


def _begin_hour(time_s: int) -> int:
    return time_s // _HOUR_S * _HOUR_S


WISH = Part(
    r"[am]/[0-9]{1,4}(?:\.[0-9]{1,4}){5}(?:\.[0-9]{1,8}){2}\.[0-9]{1,2}(?:-[0-9]{1,2})*(?:/[A-Za-z0-9_-]+)?",
    _read_wish,
    _write_wish,
)
HOUR = Part("[0-9]{1,10}", lambda text: _begin_hour(int(text)), lambda time_s: str(_begin_hour(time_s)))
"""The hour that a time is in, so that whoever asks within one asks the same."""


@dataclass(frozen=True)
class MediaList(Page[AnimeSources, Found[MediaRow]]):
    """The works that are as wished."""

    path = "al/{wish}"
    wish: Annotated[MediaWish, WISH]

    @property
    def begins_as_covers(self) -> bool:
        """What is looked around in, such as a season, does; what is searched for does not."""
        return self.wish.sort == "trending" or (self.wish.sort == "popularity" and self.wish.season is not None)

    async def ask(self, visit: Visit[AnimeSources]) -> Found[MediaRow]:
        found = await visit.sources.anime.search(
            _fit(self.wish, visit.viewer), page=find_block(visit.address, PAGE_SIZE)
        )
        # All of the first page may be left out as being for adults: that there are others is no miss.
        if not found.items and not found.more and visit.address.number == 1:
            raise await miss_works(self.wish, visit)
        return found

    def show(self, asked: Found[MediaRow], viewer: Viewer, address: Address) -> Shown:
        return render_media_list(asked, heading=_describe(self.wish), viewer=viewer, address=address)


@dataclass(frozen=True)
class RandomMedia(Redirect[AnimeSources]):
    """A work that is as wished, each as likely as any other."""

    path = "random/{wish}"
    wish: Annotated[MediaWish, WISH]

    async def follow(self, visit: Visit[AnimeSources]) -> Opened:
        try:
            drawn = await visit.sources.anilist.fetch_random(_fit(self.wish, visit.viewer), rng=_RNG)
        except NotFound:
            raise _describe_miss(self.wish) from None
        card = pick_card(drawn.entry)
        return open_page(card, await card.ask(visit), trail=Trail(again=visit.address.go(self)))


@dataclass(frozen=True)
class Airing(Page[AnimeSources, Found[AiringEpisode]]):
    """What airs on a day or in a week that begins at `start_s`."""

    path = "airing/{span}/{start_s}"
    span: Annotated[str, one_of(_SPANS)]
    start_s: Annotated[int, HOUR]

    async def ask(self, visit: Visit[AnimeSources]) -> Found[AiringEpisode]:
        start_s = _begin_hour(self.start_s)
        end_s = start_s + _SPANS[self.span] * _DAY_S
        if not 0 < start_s < end_s <= MAX_INT:
            raise NotFound(SERVICE, "schedule of that time")
        return await _fetch_airing(start_s, end_s, visit.sources, page=visit.address.number)

    def show(self, asked: Found[AiringEpisode], viewer: Viewer, address: Address) -> Shown:
        menu = [Choice(address.go(Airing(span, self.start_s)), name) for span, name in _SPAN_NAMES.items()]
        span: Span = "week" if self.span == "week" else "today"
        start_s = _begin_hour(self.start_s)
        return render_airing(asked, span=span, start_s=start_s, viewer=viewer, address=address, menu=menu)


async def find_title(kind: MediaKind, text: str, visit: Visit[AnimeSources]) -> Lead[AnimeSources]:
    """The only work that a search finds, or all that it finds.

    Raises `NotFound` if that is none, `ServiceError`.
    """
    try:
        found = await search_title(kind, text, visit)
    except ServiceError as error:
        return await _find_while_away(error, kind, text, visit)
    exact = [one for one in found.items if is_called(one, text)]
    if len(found.items) > 1 and len(exact) != 1:
        return open_page(MediaList(MediaWish(kind=kind, text=text)), found)
    return pick_card((exact or found.items)[0])


async def _find_while_away(
    error: ServiceError, kind: MediaKind, text: str, visit: Visit[AnimeSources]
) -> Lead[AnimeSources]:
    """The work that is called exactly so, while no service answers: its card may be kept.

    Raises the error, with the ways to what may be meant, if nothing at hand is called so or several are.
    """
    viewer, names = visit.viewer, visit.sources.anilist.at_hand[kind]
    called = keep_shown(await names.find_called(text, adult=viewer.age_restricted), viewer)
    if len(called) == 1:
        return pick_card(called[0])
    found = called or keep_shown(await names.find(text, adult=viewer.age_restricted), viewer)
    described = [_describe_near(row, visit) for row in found[:NEAR_AT_MOST]]
    error.near = [near for near in described if near is not None]
    raise error


def _describe_near(row: MediaRow, visit: Visit[AnimeSources]) -> Near | None:
    route = find_route(row)
    return Near(visit.address.go(route).encode(), title_of(row, visit.viewer), format_year(row)) if route else None


async def search_title(kind: MediaKind, text: str, visit: Visit[AnimeSources]) -> Found[MediaRow]:
    """Works that may be meant and may stand here, at least one. Raises `NotFound`, `ServiceError`."""
    wish = MediaWish(kind=kind, text=text)
    found = await MediaList(wish).ask(visit)
    if not found.items:
        raise await miss_works(wish, visit)
    return found


async def miss_works(wish: MediaWish, visit: Visit[AnimeSources]) -> NotFound:
    """The error that nothing is as wished, with what is nearly called so."""
    error = _describe_miss(wish)
    if not wish.text:
        return error
    viewer, sources = visit.viewer, visit.sources
    asked = _fit(wish, viewer)

    async def search(texts: Sequence[str]) -> list[MediaRow]:
        return (await sources.anime.search(replace(asked, text=texts[0], sort="popularity"))).items

    is_plain = replace(wish, sort="match") == MediaWish(kind=wish.kind, text=wish.text)
    error.search = (SEARCH_LABEL, f"https://anilist.co/search/{wish.kind.lower()}?search={quote(wish.text, safe='')}")
    shelf = Shelf(
        replace(asked, text=None, sort="match"),
        search,
        list_names,
        lambda row: may_show_work(row, viewer),
        known=lambda: sources.anime.list_known(wish.kind, adult=viewer.age_restricted) if is_plain else [],
        at_hand=partial(sources.anilist.at_hand[wish.kind].find, adult=viewer.age_restricted)
        if is_plain
        else nothing_at_hand,
    )
    return await with_near(error, wish.text, sources.anilist.near, shelf, lambda row: _describe_near(row, visit))


def _describe_miss(wish: MediaWish) -> NotFound:
    """The error with all that was wished: what is called so may well be there, and not be like the rest."""
    conditions = [*filter(None, [_format_start(wish)]), *_list_facts(wish)]
    if wish.text and not conditions:
        return NotFound(SERVICE, f"{wish.kind.lower()} called “{wish.text}”")
    error = NotFound(SERVICE, f"{wish.kind.lower()} like that")
    named = [f"“{escape_line(wish.text)}”"] if wish.text else []
    error.asked = " · ".join(named + conditions)
    return error


def _fit(wish: MediaWish, viewer: Viewer) -> MediaWish:
    """What may stand here of what is wished."""
    return replace(wish, adult=None if viewer.age_restricted else False)


async def _fetch_airing(start_s: int, end_s: int, sources: AnimeSources, *, page: int) -> Found[AiringEpisode]:
    """A page as long as a message can show: half of one of AniList's."""
    whole, second = (page + 1) // 2, page % 2 == 0
    found = await sources.anilist.fetch_airing(start_s, end_s, page=whole)
    items = found.items[AT_MOST:] if second else found.items[:AT_MOST]
    more = found.more or (not second and len(found.items) > AT_MOST)
    return replace(found, items=items, more=more)


def is_called(row: MediaRow, text: str) -> bool:
    """Whether that is one of the titles, whole."""
    titles = (row.title.romaji, row.title.english, row.title.native)
    return text.strip().casefold() in {title.casefold() for title in titles if title}


def _format_date(number: int) -> str:
    """One of AniList's dates, as far as it says which."""
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    return format_fuzzy_date(FuzzyDate(year=year, month=month, day=day))


def _describe(wish: MediaWish) -> str:
    """A list's heading: what was asked for, escaped."""
    noun = "manga" if wish.kind == "MANGA" else "anime"
    parts = [noun.capitalize() if wish.sort == "match" else f"{_HEADINGS[wish.sort]} {noun}"]
    if wish.text:
        parts.append(f"for “{escape_line(wish.text)}”")
    if wish.season or wish.season_year:
        parts.append(_format_start(wish))
    facts = _list_facts(wish)
    return " ".join(parts) + (f" ({', '.join(facts)})" if facts else "")


def _format_start(wish: MediaWish) -> str:
    """`of winter 2011`, or nothing."""
    parts = [str(part) for part in ((wish.season or "").lower(), wish.season_year) if part]
    return f"of {' '.join(parts)}" if parts else ""


def _list_facts(wish: MediaWish) -> list[str]:
    """The other conditions."""
    facts = [
        *wish.genres,
        *filter(None, (name_word(wish.format, FORMAT_NAMES), name_word(wish.status, STATUS_NAMES))),
    ]
    if wish.min_score:
        facts.append(f"rated {format_mark(wish.min_score / 10)} or more")
    if wish.released_after:
        facts.append(f"from {_format_date(wish.released_after)}")
    if wish.released_before:
        facts.append(f"until {_format_date(wish.released_before)}")
    return facts
