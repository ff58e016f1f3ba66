"""Lists of anime and manga: what is searched for, what a season holds, what airs. Their wish is in their address."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from bot.anime.api.anilist.search import MAX_INT
from bot.anime.api.model import AiringEpisode, MediaKind, MediaRow, list_names
from bot.anime.api.wish import FORMATS, SEASONS, STATUSES, MediaWish, Sort
from bot.anime.cards.airing import Span, render_airing
from bot.anime.cards.list import render_media_list
from bot.anime.cards.page import AT_MOST, may_show_work
from bot.anime.cards.text import FORMATS as FORMAT_NAMES
from bot.anime.cards.text import STATUSES as STATUS_NAMES
from bot.anime.cards.text import find_place, format_year, name_word
from bot.anime.cards.title import title_of
from bot.anime.pages.media import show_media
from bot.anime.pages.source import AnimeSources
from bot.cards.text import escape_line
from bot.errors import Near, NotFound
from bot.navigation.address import Address
from bot.navigation.encoded_text import decode_text, encode_text
from bot.navigation.frame import Choice, PageView
from bot.navigation.kept_place import fit_place
from bot.navigation.viewer import Viewer
from bot.navigation.visit import Groups, Route, Visit
from bot.service.near_find import Shelf
from bot.service.near_match import with_near
from bot.service.record import Found

GENRES = (
    "Action", "Adventure", "Comedy", "Drama", "Ecchi", "Fantasy", "Horror", "Mahou Shoujo", "Mecha", "Music", "Mystery",
    "Psychological", "Romance", "Sci-Fi", "Slice of Life", "Sports", "Supernatural", "Thriller",
)  # fmt: skip
"""AniList's, without the one that is for adults alone."""

_SORTS: tuple[Sort, ...] = ("match", "score", "popularity", "trending", "newest")
_HEADINGS: dict[Sort, str] = {
    "match": "",
    "score": "Best rated",
    "popularity": "Most popular",
    "trending": "Trending",
    "newest": "Newest",
}
_HOUR_S = 3600
_DAY_S = 86_400
_SPANS = {"today": 1, "week": 7}
# A message may be old: what it leads to is not called today.
_SPAN_NAMES = {"today": "24 hours", "week": "Seven days"}
_RNG = random.Random()
_RANDOM = "random/"


def encode_wish(wish: MediaWish) -> str:
    """The place of a list, all of the wish but what is for adults, which is decided by where it stands."""
    numbers = [
        _SORTS.index(wish.sort),
        _number(wish.season, SEASONS),
        wish.season_year or 0,
        _number(wish.format, FORMATS),
        _number(wish.status, STATUSES),
        wish.min_score or 0,
        "-".join(str(_number(genre, GENRES)) for genre in wish.genres) or 0,
    ]
    text = encode_text(wish.text or "")
    kind = "m" if wish.kind == "MANGA" else "a"
    return f"al/{kind}/{'.'.join(map(str, numbers))}" + (f"/{text}" if text else "")


def decode_wish(groups: Groups) -> MediaWish:
    """What `encode_wish` wrote."""
    *parts, genres = groups[1].split(".")
    sort, season, year, format_, status, score = map(int, parts)
    text = decode_text(groups[2]) if groups[2] else None
    return MediaWish(
        kind="MANGA" if groups[0] == "m" else "ANIME",
        text=text,
        genres=tuple(name for genre in genres.split("-") if (name := _name(int(genre), GENRES))),
        format=_name(format_, FORMATS),
        status=_name(status, STATUSES),
        season=_name(season, SEASONS),
        season_year=year or None,
        min_score=score or None,
        sort=_SORTS[sort] if sort < len(_SORTS) else "match",
    )


def _number(name: str | None, names: tuple[str, ...]) -> int:
    return names.index(name) + 1 if name in names else 0


def _name(number: int, names: tuple[str, ...]) -> str | None:
    return names[number - 1] if 0 < number <= len(names) else None


async def show_wish(wish: MediaWish, sources: AnimeSources, visit: Visit) -> PageView:
    """A page of the works that are as wished."""
    address = Address(await fit_place(encode_wish(wish), sources), visit.address.number, visit.address.spoiler)
    found = await sources.anime.search(_fit(wish, visit.viewer), page=address.number)
    if not found.items and address.number == 1:
        raise await _miss(wish, sources, visit)
    return render_media_list(found, heading=_describe(wish), viewer=visit.viewer, address=address)


async def show_title(kind: MediaKind, text: str, sources: AnimeSources, visit: Visit) -> PageView:
    """The only work that a search finds, or all that it finds.

    Raises `NotFound` if that is none, `ServiceError`.
    """
    found = await search_title(kind, text, sources, visit)
    exact = [one for one in found.items if is_called(one, text)]
    if len(found.items) > 1 and len(exact) != 1:
        return await show_wish(MediaWish(kind=kind, text=text), sources, visit)
    return await _open((exact or found.items)[0], sources, visit)


async def search_title(kind: MediaKind, text: str, sources: AnimeSources, visit: Visit) -> Found[MediaRow]:
    """Works that may be meant and may stand here, at least one. Raises `NotFound`, `ServiceError`."""
    wish = MediaWish(kind=kind, text=text)
    found = await sources.anime.search(_fit(wish, visit.viewer))
    if not found.items:
        raise await _miss(wish, sources, visit)
    return found


async def _miss(wish: MediaWish, sources: AnimeSources, visit: Visit) -> NotFound:
    """The error that nothing is as wished, with what is nearly called so."""
    if not wish.text:
        return NotFound("anilist", f"{wish.kind.lower()} like that")
    error = NotFound("anilist", f'{wish.kind.lower()} called "{wish.text}"')
    viewer = visit.viewer
    asked = _fit(wish, viewer)

    async def search(texts: Sequence[str]) -> list[MediaRow]:
        return (await sources.anime.search(replace(asked, text=texts[0], sort="popularity"))).items

    def describe(row: MediaRow) -> Near | None:
        place = find_place(row)
        return Near(visit.address.go(place).encode(), title_of(row, viewer), format_year(row)) if place else None

    is_plain = replace(wish, sort="match") == MediaWish(kind=wish.kind, text=wish.text)
    shelf = Shelf(
        replace(asked, text=None, sort="match"),
        search,
        list_names,
        lambda row: may_show_work(row, viewer),
        known=lambda: sources.anime.list_known(wish.kind, adult=viewer.age_restricted) if is_plain else [],
    )
    return await with_near(error, wish.text, sources.anilist.near, shelf, describe)


async def show_random(wish: MediaWish, sources: AnimeSources, visit: Visit) -> PageView:
    """A work that is as wished, each as likely as any other. Raises `NotFound` if there is none, `ServiceError`."""
    card = await sources.anilist.fetch_random(_fit(wish, visit.viewer), rng=_RNG)
    again = visit.address.go(encode_wish(wish).replace("al/", _RANDOM, 1))
    return await _open(card.entry, sources, replace(visit, viewer=replace(visit.viewer, again=again)))


async def _show_random(groups: Groups, sources: AnimeSources, visit: Visit) -> PageView:
    return await show_random(decode_wish(groups), sources, visit)


def _fit(wish: MediaWish, viewer: Viewer) -> MediaWish:
    """What may stand here of what is wished."""
    return replace(wish, adult=None if viewer.age_restricted else False)


async def _open(row: MediaRow, sources: AnimeSources, visit: Visit) -> PageView:
    place = find_place(row)
    if not place:
        raise NotFound("anilist", "work of that number")
    kind, _, media_id = place.partition("/")
    return await show_media((kind, media_id, ""), sources, Visit(visit.address.go(place), visit.viewer))


async def show_airing(groups: Groups, sources: AnimeSources, visit: Visit) -> PageView:
    """What airs on a day or in a week: `groups` are `today` or `week`, and when it begins, in seconds.

    It begins with a whole hour, so that whoever asks within one asks the same. Raises `NotFound` for a time that is
    none to AniList, `ServiceError`.
    """
    start_s = int(groups[1]) // _HOUR_S * _HOUR_S
    end_s = start_s + _SPANS[groups[0]] * _DAY_S
    if not 0 < start_s < end_s <= MAX_INT:
        raise NotFound("anilist", "schedule of that time")
    found = await _fetch_airing(start_s, end_s, sources, page=visit.address.number)
    menu = [Choice(visit.address.go(f"airing/{name}/{start_s}"), _SPAN_NAMES[name]) for name in _SPANS]
    address = visit.address.go(f"airing/{groups[0]}/{start_s}").turn(visit.address.number)
    span: Span = "week" if groups[0] == "week" else "today"
    return render_airing(found, span=span, start_s=start_s, viewer=visit.viewer, address=address, menu=menu)


async def _fetch_airing(start_s: int, end_s: int, sources: AnimeSources, *, page: int) -> Found[AiringEpisode]:
    """A page as long as a message can show: half of one of AniList's."""
    whole, second = (page + 1) // 2, page % 2 == 0
    found = await sources.anilist.fetch_airing(start_s, end_s, page=whole)
    items = found.items[AT_MOST:] if second else found.items[:AT_MOST]
    more = found.more or (not second and len(found.items) > AT_MOST)
    return replace(found, items=items, more=more)


async def _show_wish(groups: Groups, sources: AnimeSources, visit: Visit) -> PageView:
    return await show_wish(decode_wish(groups), sources, visit)


def is_called(row: MediaRow, text: str) -> bool:
    """Whether that is one of the titles, whole."""
    titles = (row.title.romaji, row.title.english, row.title.native)
    return text.strip().casefold() in {title.casefold() for title in titles if title}


def _describe(wish: MediaWish) -> str:
    """A list's heading: what was asked for, escaped."""
    noun = "manga" if wish.kind == "MANGA" else "anime"
    parts = [noun.capitalize() if wish.sort == "match" else f"{_HEADINGS[wish.sort]} {noun}"]
    if wish.text:
        parts.append(f"for “{escape_line(wish.text)}”")
    if wish.season or wish.season_year:
        parts.append(f"of {' '.join(str(part) for part in ((wish.season or '').lower(), wish.season_year) if part)}")
    facts = [
        *wish.genres,
        *filter(None, (name_word(wish.format, FORMAT_NAMES), name_word(wish.status, STATUS_NAMES))),
    ]
    if wish.min_score:
        facts.append(f"{wish.min_score}% or more")
    return " ".join(parts) + (f" ({', '.join(facts)})" if facts else "")


_WISH = r"([am])/([0-9]{1,4}(?:\.[0-9]{1,4}){5}\.[0-9]{1,2}(?:-[0-9]{1,2})*)"
ROUTES: tuple[Route[AnimeSources], ...] = (
    (rf"al/{_WISH}(?:/([A-Za-z0-9_-]+))?", _show_wish),
    (rf"{_RANDOM}{_WISH}()", _show_random),
    (r"airing/(today|week)/([0-9]{1,10})", show_airing),
)
