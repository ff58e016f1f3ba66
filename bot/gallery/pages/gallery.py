"""Galleries of E-Hentai: `gallery/2231376/a7584a5932` and its `torrents`.

Every look asks the gate twice: before anything is asked of the service, and again when it is known what it is.
"""

from __future__ import annotations

from bot.errors import InvalidInput
from bot.gallery.api.model import Gallery, GalleryKey, PageKey, Withheld
from bot.gallery.cards.gallery import render_gallery
from bot.gallery.cards.text import build_gallery_address, build_torrents_address
from bot.gallery.cards.torrent import render_torrents
from bot.gallery.pages.source import GallerySources
from bot.gate.rules import Extent, Refused, Rule, Rules, Ruling
from bot.links.target import GalleryTarget, PageTarget, parse_gallery_reference
from bot.navigation.frame import PageView
from bot.navigation.viewer import Viewer
from bot.navigation.visit import Groups, Route, Visit
from bot.service.record import Card

_KEY = r"gallery/([1-9][0-9]{0,9})/([0-9a-f]{10})"


async def show_linked_gallery(url: str, sources: GallerySources, viewer: Viewer) -> PageView:
    """The card of the gallery that a link names.

    Raises `InvalidInput` if it names none, `Refused`, `NotFound`, `ServiceError`.
    """
    key = await _fetch_linked_key(url, sources, viewer.rules)
    return await _show_gallery(key, sources, Visit(build_gallery_address(key), viewer))


async def show_linked_torrents(url: str, sources: GallerySources, viewer: Viewer) -> PageView:
    """The torrents of the gallery that a link names. Raises as `show_linked_gallery`."""
    key = await _fetch_linked_key(url, sources, viewer.rules)
    return await _show_torrents(key, sources, Visit(build_torrents_address(key), viewer))


async def fetch_key(target: GalleryTarget | PageTarget, sources: GallerySources) -> GalleryKey:
    """What names the gallery of a link. Raises `NotFound`, `ServiceError`."""
    if isinstance(target, GalleryTarget):
        return GalleryKey(target.gid, target.token)
    return await sources.ehentai.resolve(PageKey(target.gid, target.token, target.page))


async def fetch_allowed(key: GalleryKey, sources: GallerySources, rules: Rules) -> tuple[Card[Gallery], Ruling]:
    """A gallery that may be shown here, and how much of it. Raises `Refused`, `NotFound`, `ServiceError`."""
    _check(rules.rule_galleries())
    card = await sources.ehentai.fetch(key)
    if isinstance(card, Withheld):
        raise Refused(Rule.WITHHELD)
    ruling = rules.rule_gallery(adult=card.entry.is_adult, tags=card.entry.tags)
    _check(ruling)
    return card, ruling


def _check(ruling: Ruling) -> None:
    if not ruling.shows:
        raise Refused(ruling.rule)


async def _fetch_linked_key(url: str, sources: GallerySources, rules: Rules) -> GalleryKey:
    target = parse_gallery_reference(url)
    if target is None:
        raise InvalidInput("link", "must lead to a gallery, or a page of one, on e-hentai.org or exhentai.org")
    _check(rules.rule_galleries())
    return await fetch_key(target, sources)


async def _show_gallery(key: GalleryKey, sources: GallerySources, visit: Visit) -> PageView:
    card, ruling = await fetch_allowed(key, sources, visit.viewer.rules)
    coverless = ruling.extent is Extent.COVERLESS
    return render_gallery(card, coverless=coverless, viewer=visit.viewer, address=visit.address)


async def _show_torrents(key: GalleryKey, sources: GallerySources, visit: Visit) -> PageView:
    card, _ = await fetch_allowed(key, sources, visit.viewer.rules)
    return render_torrents(card, viewer=visit.viewer, address=visit.address)


def _read_key(groups: Groups) -> GalleryKey:
    return GalleryKey(int(groups[0]), groups[1])


ROUTES: tuple[Route[GallerySources], ...] = (
    (_KEY, lambda groups, sources, visit: _show_gallery(_read_key(groups), sources, visit)),
    (f"{_KEY}/torrents", lambda groups, sources, visit: _show_torrents(_read_key(groups), sources, visit)),
)
