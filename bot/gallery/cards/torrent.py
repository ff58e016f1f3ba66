"""The torrents of a gallery, as a list."""

from __future__ import annotations

from collections.abc import Iterator

from discord import ui
from msgspec.structs import replace

from bot.cards.notation import format_row
from bot.cards.text import size
from bot.gallery.api.model import Gallery, Torrent
from bot.gallery.cards.gallery import build_frame
from bot.gallery.cards.text import SOURCE, format_day, format_size, format_title
from bot.gate.setting import TITLE_LANGUAGE
from bot.navigation.address import Address
from bot.navigation.frame import BODY_LIMIT, PageCount, Shown, paginate, pick_page
from bot.navigation.viewer import Viewer
from bot.service.record import Card

_TORRENTS_A_PAGE = 5
_EMPTY = "Nobody shares a torrent of this gallery."


def render_torrents(card: Card[Gallery], *, viewer: Viewer, address: Address) -> Shown:
    """The page of the list that the address names, or the last one."""
    gallery = card.entry
    heading = format_title(gallery, "Torrents", viewer.rules[TITLE_LANGUAGE])
    pages = paginate(
        [_format_torrent(torrent, number) for number, torrent in enumerate(gallery.torrents, 1)],
        limit=BODY_LIMIT - size(heading) - 1,
        at_most=_TORRENTS_A_PAGE,
    )
    lines, number = pick_page(pages, address.number)
    frame = build_frame(card, viewer, address.turn(number))
    frame = replace(
        frame,
        extent=PageCount(total=len(pages)),
        links=[(f"Torrents on {SOURCE}", _build_url(gallery)), *frame.links],
    )
    return Shown([ui.TextDisplay("\n".join([heading, *(lines or [_EMPTY])]))], frame)


def _format_torrent(torrent: Torrent, number: int) -> str:
    """Two lines, and the magnet link as code to copy: Discord takes no such address for a link."""
    row = format_row(torrent.name, lead=f"{number}.", details=_list_facts(torrent))
    return f"{row}\n```\n{torrent.magnet}\n```" if torrent.magnet else row


def _list_facts(torrent: Torrent) -> Iterator[str]:
    if torrent.size_bytes > 0:
        yield format_size(torrent.size_bytes)
    if torrent.added is not None:
        yield format_day(torrent.added)


def _build_url(gallery: Gallery) -> str:
    return f"https://e-hentai.org/gallerytorrents.php?gid={gallery.key.gid}&t={gallery.key.token}"
