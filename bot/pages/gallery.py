"""Galleries of E-Hentai: `gallery/2231376/a7584a5932` and its `torrents`.

Every look asks the gate twice: before anything is asked of the service, and again when it is known what it is.
"""

from __future__ import annotations

from bot.apis.ehentai_model import Gallery, GalleryKey, PageKey, Withheld
from bot.apis.record import Card
from bot.errors import InvalidInput
from bot.gate import Extent, Refused, Rule, Rules, Ruling
from bot.links import GalleryTarget, PageTarget, parse_gallery_reference
from bot.pages.visit import Groups, Route, Sources, Visit
from bot.ui.ehentai_gallery import render_gallery
from bot.ui.ehentai_torrent import render_torrents
from bot.ui.frame import PageView

_KEY = r"gallery/([1-9][0-9]{0,9})/([0-9a-f]{10})"


async def show_link(url: str, sources: Sources, visit: Visit, *, torrents: bool = False) -> PageView:
    """The card of the gallery that a link names, or its torrents.

    Raises `InvalidInput` if it names none, `Refused`, `NotFound`, `ServiceError`.
    """
    target = parse_gallery_reference(url)
    if target is None:
        raise InvalidInput("link", "must lead to a gallery, or a page of one, on e-hentai.org or exhentai.org")
    _check(visit.viewer.rules.rule_galleries())
    key = await find_key(target, sources)
    show, end = (_show_torrents, "/torrents") if torrents else (_show_gallery, "")
    address = visit.address.go(f"gallery/{key.gid}/{key.token}{end}")
    return await show((str(key.gid), key.token), sources, Visit(address, visit.viewer))


async def find_key(target: GalleryTarget | PageTarget, sources: Sources) -> GalleryKey:
    """What names the gallery of a link. Raises `NotFound`, `ServiceError`."""
    if isinstance(target, GalleryTarget):
        return GalleryKey(target.gid, target.token)
    return await sources.ehentai.resolve(PageKey(target.gid, target.token, target.page))


async def fetch_allowed(key: GalleryKey, sources: Sources, rules: Rules) -> tuple[Card[Gallery], Ruling]:
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


async def _show_gallery(groups: Groups, sources: Sources, visit: Visit) -> PageView:
    card, ruling = await fetch_allowed(_read_key(groups), sources, visit.viewer.rules)
    coverless = ruling.extent is Extent.COVERLESS
    return render_gallery(card, coverless=coverless, viewer=visit.viewer, address=visit.address)


async def _show_torrents(groups: Groups, sources: Sources, visit: Visit) -> PageView:
    card, _ = await fetch_allowed(_read_key(groups), sources, visit.viewer.rules)
    return render_torrents(card, viewer=visit.viewer, address=visit.address)


def _read_key(groups: Groups) -> GalleryKey:
    return GalleryKey(int(groups[0]), groups[1])


ROUTES: tuple[Route, ...] = ((_KEY, _show_gallery), (f"{_KEY}/torrents", _show_torrents))
