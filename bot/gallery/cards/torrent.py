"""The torrents of a gallery, as a list."""

from __future__ import annotations

from discord import ui

from bot.cards.text import clip, escape_line, size
from bot.gallery.api.model import Gallery, Torrent
from bot.gallery.cards.text import SOURCE, format_day, format_size, order_titles, pick_colour
from bot.gate.setting import TITLE_LANGUAGE
from bot.navigation.address import Address
from bot.navigation.frame import BODY_LIMIT, Frame, PageCount, Shown, paginate, pick_page
from bot.navigation.viewer import Viewer
from bot.service.record import Card

_TORRENTS_A_PAGE = 10
_TITLE_LIMIT = 250
_NAME_LIMIT = 200
_EMPTY = "Nobody shares a torrent of this gallery."


def render_torrents(card: Card[Gallery], *, viewer: Viewer, address: Address) -> Shown:
    """The page of the list that the address names, or the last one."""
    gallery = card.entry
    title, _ = order_titles(gallery, viewer.rules[TITLE_LANGUAGE])
    heading = f"### {clip(escape_line(title), _TITLE_LIMIT)}\n-# Torrents"
    pages = paginate(
        [_format_torrent(torrent) for torrent in gallery.torrents],
        limit=BODY_LIMIT - size(heading) - 1,
        at_most=_TORRENTS_A_PAGE,
    )
    lines, number = pick_page(pages, address.number)
    frame = Frame(
        viewer,
        address.turn(number),
        extent=PageCount(total=len(pages)),
        links=[(f"Torrents on {SOURCE}", _build_url(gallery)), ("Open the gallery", gallery.url)],
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
        accent=pick_colour(gallery.category),
    )
    return Shown([ui.TextDisplay("\n".join([heading, *(lines or [_EMPTY])]))], frame)


def _format_torrent(torrent: Torrent) -> str:
    name = clip(escape_line(torrent.name), _NAME_LIMIT) or "Untitled"
    facts = [format_size(torrent.size_bytes)] if torrent.size_bytes > 0 else []
    if torrent.added is not None:
        facts.append(format_day(torrent.added))
    return " · ".join([f"- {name}", *facts])


def _build_url(gallery: Gallery) -> str:
    return f"https://e-hentai.org/gallerytorrents.php?gid={gallery.key.gid}&t={gallery.key.token}"
