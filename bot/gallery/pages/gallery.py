"""Galleries of E-Hentai, their details and their torrents.

Every look asks the gate twice: before anything is asked of the service, and again when it is known what it is.
"""

from __future__ import annotations

from bot.errors import InvalidInput
from bot.gallery.api.model import Gallery, GalleryKey, PageKey, Withheld
from bot.gallery.cards.gallery import render_details, render_gallery
from bot.gallery.cards.route import DetailsRoute, GalleryRoute, TorrentsRoute
from bot.gallery.cards.torrent import render_torrents
from bot.gallery.pages.source import GallerySources
from bot.gate.rules import Extent, Refused, Rule, Rules, Ruling
from bot.links.target import GalleryTarget, PageTarget, parse_gallery_reference
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.page import Page, Visit
from bot.navigation.viewer import Viewer
from bot.service.record import Card


class GalleryCard(Page[GallerySources, tuple[Card[Gallery], Ruling]], GalleryRoute):
    async def ask(self, visit: Visit[GallerySources]) -> tuple[Card[Gallery], Ruling]:
        return await fetch_allowed(self.key, visit.sources, visit.viewer.rules)

    def show(self, asked: tuple[Card[Gallery], Ruling], viewer: Viewer, address: Address) -> Shown:
        card, ruling = asked
        return render_gallery(card, coverless=ruling.extent is Extent.COVERLESS, viewer=viewer, address=address)


class Details(Page[GallerySources, Card[Gallery]], DetailsRoute):
    async def ask(self, visit: Visit[GallerySources]) -> Card[Gallery]:
        card, _ = await fetch_allowed(self.key, visit.sources, visit.viewer.rules)
        return card

    def show(self, asked: Card[Gallery], viewer: Viewer, address: Address) -> Shown:
        return render_details(asked, viewer=viewer, address=address)


class Torrents(Page[GallerySources, Card[Gallery]], TorrentsRoute):
    async def ask(self, visit: Visit[GallerySources]) -> Card[Gallery]:
        card, _ = await fetch_allowed(self.key, visit.sources, visit.viewer.rules)
        return card

    def show(self, asked: Card[Gallery], viewer: Viewer, address: Address) -> Shown:
        return render_torrents(asked, viewer=viewer, address=address)


PAGES = (GalleryCard, Details, Torrents)


async def find_torrents(url: str, visit: Visit[GallerySources]) -> Torrents:
    """The torrents of the gallery that a link leads to. Raises as `find_key`."""
    return Torrents.of(await find_key(url, visit))


async def find_key(url: str, visit: Visit[GallerySources]) -> GalleryKey:
    """What names the gallery that a link leads to.

    Raises `InvalidInput` if it leads to none, `Refused`, `NotFound`, `ServiceError`.
    """
    target = parse_gallery_reference(url)
    if target is None:
        raise InvalidInput("link", "must lead to a gallery, or a page of one, on e-hentai.org or exhentai.org")
    check_galleries(visit.viewer.rules)
    return await fetch_key(target, visit.sources)


async def fetch_key(target: GalleryTarget | PageTarget, sources: GallerySources) -> GalleryKey:
    """What names the gallery of a link. Raises `NotFound`, `ServiceError`."""
    if isinstance(target, GalleryTarget):
        return GalleryKey(target.gid, target.token)
    return await sources.ehentai.resolve(PageKey(target.gid, target.token, target.page))


async def fetch_allowed(key: GalleryKey, sources: GallerySources, rules: Rules) -> tuple[Card[Gallery], Ruling]:
    """A gallery that may be shown here, and how much of it. Raises `Refused`, `NotFound`, `ServiceError`."""
    check_galleries(rules)
    card = await sources.ehentai.fetch(key)
    if isinstance(card, Withheld):
        raise Refused(Rule.WITHHELD)
    ruling = rules.rule_gallery(adult=card.entry.is_adult, tags=card.entry.tags)
    _check(ruling)
    return card, ruling


def check_galleries(rules: Rules) -> None:
    """Raises `Refused` where no gallery may stand."""
    _check(rules.rule_galleries())


def _check(ruling: Ruling) -> None:
    if not ruling.shows:
        raise Refused(ruling.rule)
