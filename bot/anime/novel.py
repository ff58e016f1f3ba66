"""The bridge between anime and visual novels: from a work to the novel that it came from, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from msgspec.structs import replace

from bot.anime.api.anilist import error as anilist
from bot.anime.api.model import Media, MediaRow
from bot.anime.api.wish import MediaWish
from bot.anime.cards.list import render_media_list
from bot.anime.cards.page import WHOLE, may_show_work
from bot.anime.cards.route import NovelRoute
from bot.anime.pages.media import MediaCard, may_have_novel
from bot.anime.pages.source import AnimeSources
from bot.cards.text import clip, escape_line
from bot.errors import NotFound
from bot.navigation.address import Address
from bot.navigation.frame import Shown, Trail
from bot.navigation.page import Opened, Redirect, Visit, open_page
from bot.navigation.viewer import Viewer
from bot.service.record import Found
from bot.service.suggest import clean, fold
from bot.vndb.api import error as vndb
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.filter import Filter, all_of
from bot.vndb.api.model import Vn
from bot.vndb.api.query import ListQuery
from bot.vndb.cards.title import retitle
from bot.vndb.pages.list import open_list
from bot.vndb.pages.list_kind import VNS
from bot.vndb.pages.source import VndbSources
from bot.vndb.pages.vn import Overview, VnPage

_ANIDB = re.compile(r"https?://anidb\.net/(?:anime/|a|perl-bin/animedb\.pl\?show=anime&aid=)([1-9][0-9]{0,8})\b")
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


class BridgeSources(AnimeSources, VndbSources, Protocol):
    """Both sides."""


class NovelOfAnime(Redirect[BridgeSources], NovelRoute):
    """The visual novel that an anime came from: by its number at AniDB, which VNDB knows, or by its title."""

    async def follow(self, visit: Visit[BridgeSources]) -> Opened:
        anime = MediaCard("anime", self.id)
        card, away = await visit.sources.anime.fetch_whole("ANIME", self.id)
        if not may_show_work(card.entry, visit.viewer):
            return open_page(anime, card)  # which says so
        if not may_have_novel(card.entry):
            raise NotFound(vndb.SERVICE, "visual novel of this anime")
        trail = Trail(back=visit.address.go(anime))
        for wanted in _list_novel_filters(card.entry):
            query = ListQuery(kinds.VN, filters=wanted, sort="id", results=2)
            found = await visit.sources.vndb.fetch_list(query)
            if len(found.items) == 1 and not found.more:
                novel = Overview(found.items[0].id)
                return open_page(novel, await novel.ask(visit), trail=trail)
            if found.items:
                return replace(await open_list(VNS, wanted, "rating", visit), trail=trail)
        if away is not None:
            raise away  # with what AniList knows it might have been found
        raise NotFound(vndb.SERVICE, "visual novel of this anime")


class AnimeOfNovel(VnPage[BridgeSources, tuple[Vn, Found[MediaRow]]]):
    """The anime that are called as a novel is."""

    path = "{id}/anime"
    label = "Anime of it"

    def is_there(self, sources: BridgeSources) -> bool:
        return int(self.id[1:]) in sources.vndb.with_anime

    async def ask(self, visit: Visit[BridgeSources]) -> tuple[Vn, Found[MediaRow]]:
        novel = (await visit.sources.vndb.fetch(kinds.VN, self.id)).entry
        adult = None if visit.viewer.age_restricted else False
        titles = [title for title in (novel.alttitle, novel.title) if title and any(map(str.isalnum, title))]
        for title in titles:
            found = await visit.sources.anime.search(MediaWish(kind="ANIME", text=title, adult=adult))
            rows = [row for row in found.items if is_named_after(row, titles)]
            if rows:
                return novel, Found(rows, more=False, age_s=found.age_s, stale=found.stale)
        raise NotFound(anilist.SERVICE, "anime of this visual novel")

    def show(self, asked: tuple[Vn, Found[MediaRow]], viewer: Viewer, address: Address) -> Shown:
        novel, found = asked
        heading = f"Anime of {clip(escape_line(retitle(novel, viewer).title), _HEADING_LIMIT)}"
        return render_media_list(found, heading=heading, viewer=viewer, address=address, size=WHOLE)


PAGES = (NovelOfAnime, AnimeOfNovel)


def _list_novel_filters(media: Media) -> list[Filter[Vn]]:
    """What finds the visual novel, the surest first: six filters at most."""
    links = sorted(media.external_links, key=lambda link: link.is_disabled is True)  # which may have been put right
    numbers = [match[1] for link in links if link.url and (match := _ANIDB.match(link.url))]
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
