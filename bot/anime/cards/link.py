"""Where a work can be watched or read, its trailer, its other titles and pages about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from bot.anime.api.model import ExternalLink, Media, Trailer
from bot.anime.cards.page import PARTIAL, PARTIAL_EMPTY, build_frame, format_title, may_show_work, render_closed
from bot.anime.cards.text import SOURCE, find_kind, link_to_media, name_word
from bot.anime.cards.title import list_titles
from bot.cards.link import format_link
from bot.cards.site import explain_sites, may_link
from bot.cards.text import clip, escape_line, one_line
from bot.gate.setting import TITLE_LANGUAGE
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.row import Row, render_rows
from bot.navigation.viewer import Viewer
from bot.service.record import Card

_TYPES = ("STREAMING", "INFO", "SOCIAL")
_NAMES = {"INFO": "Elsewhere on the web", "SOCIAL": "Social media"}
_TRAILERS = {"youtube": "https://www.youtube.com/watch?v=", "dailymotion": "https://www.dailymotion.com/video/"}
_TRAILER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SITE_LIMIT = 60
_TITLE_LIMIT = 200


def render_links(card: Card[Media], *, viewer: Viewer, address: Address, partial: bool = False) -> Shown:
    """A page of where to watch a work, by language, of what it is called, and of pages about it.

    `partial`: AniList is away, and the card has less than it would say.
    """
    media = replace(card.entry, external_links=[link for link in card.entry.external_links if not link.is_disabled])
    if not may_show_work(media, viewer):
        return render_closed(media, viewer, address)
    frame = replace(
        build_frame(card, viewer, address),
        links=[*link_to_media(media), *find_trailer(media.trailer)],
        notes=[explain_sites((link.url or "" for link in media.external_links), viewer), PARTIAL if partial else ""],
    )
    kind = find_kind(media)
    return render_rows(
        format_title(media, "Where to watch, titles and links" if kind == "anime" else "Titles and links", viewer),
        [*_list_links(media, viewer), *_list_titles(media, viewer)],
        empty=PARTIAL_EMPTY if partial else f"{SOURCE} knows no pages about it.",
        frame=frame,
    )


def find_trailer(trailer: Trailer | None) -> list[tuple[str, str]]:
    """The link to a trailer, its label first; none if it is at a site that is not known."""
    if trailer is None or trailer.site not in _TRAILERS or not _TRAILER_ID.fullmatch(trailer.id or ""):
        return []
    return [("Trailer", f"{_TRAILERS[trailer.site]}{trailer.id}")]


def _list_links(media: Media, viewer: Viewer) -> Iterator[Row]:
    streaming = "Where to watch" if find_kind(media) == "anime" else "Where to read"
    seen: set[str] = set()
    for link in sorted(media.external_links, key=_rank):
        text = format_link(clip(one_line(link.site) or "Link", _SITE_LIMIT), link.url or "")
        if not text or text in seen or not may_link(link.url or "", viewer):
            continue
        seen.add(text)
        heading = streaming if link.type == "STREAMING" else name_word(link.type, _NAMES) or "Other pages"
        language = clip(escape_line(link.language or ""), _SITE_LIMIT)
        yield Row(f"- {text}{f' ({language})' if language else ''}", (f"### {escape_line(heading)}",))


def _rank(link: ExternalLink) -> tuple[int, str, str, str]:
    place = _TYPES.index(link.type) if link.type in _TYPES else len(_TYPES)
    return place, link.type or "", one_line(link.language or "").casefold(), one_line(link.site).casefold()


def _list_titles(media: Media, viewer: Viewer) -> Iterator[Row]:
    for title in list_titles(media.title, viewer.rules[TITLE_LANGUAGE], synonyms=media.synonyms):
        yield Row(f"- {clip(escape_line(title), _TITLE_LIMIT)}", ("### Titles",))
