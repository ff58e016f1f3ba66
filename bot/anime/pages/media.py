"""Anime and manga: `anime/9253` and its pages, and the way from a work to its visual novel and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.anime.api.model import Media, MediaKind, MediaRow
from bot.anime.api.wish import MediaWish
from bot.anime.cards.cast import render_cast
from bot.anime.cards.credit import render_credits
from bot.anime.cards.link import render_links
from bot.anime.cards.list import render_media_list
from bot.anime.cards.media import render_media
from bot.anime.cards.page import is_open, render_closed
from bot.anime.cards.relation import render_recommendations, render_relations
from bot.anime.cards.text import find_kind, find_place
from bot.cards.text import clip, escape_line
from bot.errors import NotFound
from bot.links.target import AnimeTarget
from bot.navigation.frame import PageView
from bot.navigation.item import GoButton
from bot.navigation.visit import Groups, Route, Sources, Visit
from bot.service.record import Card, Found
from bot.service.suggest import clean, fold
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.filter import Filter, all_of
from bot.vndb.api.model import Vn
from bot.vndb.api.query import ListQuery
from bot.vndb.cards.vn.page import build_menu
from bot.vndb.pages.list import VNS, show_list
from bot.vndb.pages.vn import show_overview

KINDS: dict[str, MediaKind] = {"anime": "ANIME", "manga": "MANGA"}

_ANIDB = re.compile(r"https?://anidb\.net/(?:anime/|a|perl-bin/animedb\.pl\?show=anime&aid=)([1-9][0-9]{0,8})\b")
_FROM_NOVEL = "VISUAL_NOVEL"
# What a sequel or a film adds to the title of the first: `: After Story`, ` Movie`, ` 2nd Season`, ` (2006)`.
_SEQUEL = re.compile(
    r"[:：]|\s+(?:the\s+)?movie\b|\s+[0-9]+(?:st|nd|rd|th)\s+season\b|\s+season\s+[0-9]|\s+[(\[]", re.IGNORECASE
)
_FILM = re.compile(r"(?:劇場版|Gekijouban\b)\s*", re.IGNORECASE)
_BEFORE = frozenset({"PREQUEL", "PARENT"})
_FURTHER = 2  # questions about such titles, at most
_SHORTEST = 3  # letters of one: "Re" would find half of VNDB
_HEADING_LIMIT = 150
_SHORT = 4


async def show_media(groups: Groups, sources: Sources, visit: Visit) -> PageView:
    """A page of a work: `groups` are `anime` or `manga`, its id, and the page's end (`/cast`), empty for the card."""
    kind, media_id, page = KINDS[groups[0]], int(groups[1]), groups[2]
    if page in {"/links", "/relations"}:
        return await _show_whole(kind, media_id, page, sources, visit)
    card = await sources.anime.fetch(kind, media_id)
    viewer, address = visit.viewer, visit.address
    if not is_open(card.entry, viewer):
        return render_closed(card.entry, viewer, address)
    if page in {"/cast", "/staff", "/recommendations"}:
        return await _show_part(card, kind, page, sources, visit)
    return show_card(card, visit)


def show_card(card: Card[Media], visit: Visit) -> PageView:
    """The card of a work that is at hand, at its own address. Raises `NotFound` if its id is none."""
    place = find_place(card.entry)
    if not place:
        raise NotFound("anilist", "work of that number")
    address = visit.address.go(place)
    if not is_open(card.entry, visit.viewer):
        return render_closed(card.entry, visit.viewer, address)
    shown = replace(visit, address=address)
    return render_media(card, viewer=visit.viewer, address=address, actions=_list_actions(card, shown))


async def _show_whole(kind: MediaKind, media_id: int, page: str, sources: Sources, visit: Visit) -> PageView:
    """A page of what amvstrm does not send. `is_open` is asked where it is rendered."""
    card, away = await sources.anime.fetch_whole(kind, media_id)
    render = render_relations if page == "/relations" else render_links
    return render(card, viewer=visit.viewer, address=visit.address, partial=away is not None)


async def _show_part(card: Card[Media], kind: MediaKind, page: str, sources: Sources, visit: Visit) -> PageView:
    """A page that takes a further question."""
    media_id, viewer, address = card.entry.id, visit.viewer, visit.address
    if page == "/cast":
        cast = await sources.anilist.fetch_cast(kind, media_id, page=address.number)
        return render_cast(card.with_part(cast), cast, viewer=viewer, address=address)
    if page == "/staff":
        credited = await sources.anilist.fetch_credits(kind, media_id, page=address.number)
        return render_credits(card.with_part(credited), credited, viewer=viewer, address=address)
    found = await sources.anime.fetch_recommendations(kind, media_id)
    return render_recommendations(card.with_part(found), found, viewer=viewer, address=address)


def _list_actions(card: Card[Media], visit: Visit) -> list[GoButton]:
    if find_kind(card.entry) != "anime" or not _may_have_novel(card.entry):
        return []
    address = visit.address.go(f"anime/{card.entry.id}/vn")
    return [GoButton(address, asker_id=visit.viewer.asker_id, label="Visual novel", emoji="📖")]


async def fetch_linked(target: AnimeTarget, sources: Sources) -> Card[Media]:
    """The work that a link names. Raises `NotFound`, `ServiceError`."""
    kind = KINDS[target.kind]
    if target.site == "myanimelist":
        return await sources.anilist.fetch_by_mal(kind, target.id)
    return await sources.anime.fetch(kind, target.id)


# To a visual novel, and back


async def _show_novel(groups: Groups, sources: Sources, visit: Visit) -> PageView:
    """The visual novel that an anime came from: by its number at AniDB, which VNDB knows, or by its title."""
    card, away = await sources.anime.fetch_whole("ANIME", int(groups[0]))
    if not is_open(card.entry, visit.viewer):
        return render_closed(card.entry, visit.viewer, visit.address)
    if not _may_have_novel(card.entry):
        raise NotFound("vndb", "visual novel of this anime")
    visit = replace(visit, viewer=replace(visit.viewer, back=visit.address.go(f"anime/{card.entry.id}")))
    for wanted in _list_novel_filters(card.entry):
        query = ListQuery(kinds.VN, filters=wanted, sort="id", results=2)
        found = await sources.vndb.fetch_list(query)
        if len(found.items) == 1 and not found.more:
            novel = found.items[0].id
            return await show_overview((novel,), sources, replace(visit, address=visit.address.go(novel)))
        if found.items:
            return await show_list(VNS, wanted, "rating", sources, visit)
    if away is not None:
        raise away  # with what AniList knows it might have been found
    raise NotFound("vndb", "visual novel of this anime")


def _may_have_novel(media: Media) -> bool:
    """Whether a work came from a visual novel; amvstrm does not send what one came from."""
    return media.source in {_FROM_NOVEL, None}


def _list_novel_filters(media: Media) -> list[Filter[Vn]]:
    """What finds the visual novel, the surest first: six filters at most."""
    numbers = [match[1] for link in media.external_links if link.url and (match := _ANIDB.match(link.url))]
    filters = [where.VN.anime_id.eq(int(number)) for number in numbers[:1]]
    titles = [media.title.native, media.title.romaji, media.title.english]
    own = dict.fromkeys(text for title in titles if fold(text := clean(title or "")))
    known = {fold(text) for text in own}
    further = dict.fromkeys(text for title in _list_originals(media) if fold(text := clean(title)) not in known | {""})
    texts = [*own, *[*further][:_FURTHER]]
    return [*filters, *(all_of(where.VN.search.eq(text), where.VN.has_anime.eq(1)) for text in texts)]


def _list_originals(media: Media) -> Iterator[str]:
    """Titles that the work before a sequel or a film may have: what VNDB knows is often the first one alone.

    The romanised title without what a sequel adds; what came before; then the other titles, likewise cut.
    """
    yield from _cut_sequel(media.title.romaji)
    for related in media.related:
        if related.relation in _BEFORE:
            title = related.media.title
            name = next(filter(None, (title.native, title.romaji, title.english)), None)
            yield from [*_cut_sequel(name)] or filter(None, (name,))
    yield from _cut_sequel(media.title.native)
    yield from _cut_sequel(media.title.english)


def _cut_sequel(title: str | None) -> Iterator[str]:
    """A title without what a sequel or a film adds; nothing if that is nothing, or leaves too little."""
    text = _FILM.sub("", title or "")
    first = _SEQUEL.split(text, maxsplit=1)[0].strip()
    if first != title and len(fold(first)) >= _SHORTEST:
        yield first


async def _show_anime_of_novel(groups: Groups, sources: Sources, visit: Visit) -> PageView:
    card = await sources.vndb.fetch(kinds.VN, groups[0])
    adult = None if visit.viewer.age_restricted else False
    titles = [title for title in (card.entry.alttitle, card.entry.title) if title and any(map(str.isalnum, title))]
    for title in titles:
        found = await sources.anime.search(MediaWish(kind="ANIME", text=title, adult=adult))
        rows = [row for row in found.items if is_named_after(row, titles)]
        if rows:
            shown: Found[MediaRow] = Found(rows, more=False, age_s=found.age_s, stale=found.stale)
            heading = f"Anime of {clip(escape_line(card.entry.title), _HEADING_LIMIT)}"
            menu = build_menu(card.entry.id, visit.address)
            return render_media_list(shown, heading=heading, viewer=visit.viewer, address=visit.address, menu=menu)
    raise NotFound("anilist", "anime of this visual novel")


def is_named_after(row: MediaRow, titles: list[str]) -> bool:
    """Whether a work begins with one of the titles: sequels and films add words to it."""
    names = [name for name in (row.title.romaji, row.title.english, row.title.native) if name]
    return any(_begins(clean(name), fold(title)) for name in names for title in titles)


def _begins(name: str, title: str) -> bool:
    """Whether a name begins with that title (folded), whatever signs and blanks are in either."""
    if not title or not fold(name).startswith(title):
        return False
    end = next((end for end in range(1, len(name) + 1) if fold(name[:end]) == title), None)
    if end is None:  # the title ends within what is one letter of the name
        return False
    rest = name[end:]
    # After a short title a further word makes another work of it: "Air" and "Air Gear".
    return not rest or not (rest[0].isalnum() or (rest[0].isspace() and len(title) <= _SHORT))


_ID = "([1-9][0-9]{0,9})"
ROUTES: tuple[Route, ...] = (
    (rf"(anime|manga)/{_ID}(/cast|/staff|/relations|/recommendations|/links|)", show_media),
    (rf"anime/{_ID}/vn", _show_novel),
    (r"(v[1-9][0-9]{0,6})/anime", _show_anime_of_novel),
)
