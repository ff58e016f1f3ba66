"""Anime and manga: `anime/9253` and its pages."""

from __future__ import annotations

from dataclasses import replace

from bot.anime.api.model import Media, MediaKind
from bot.anime.cards.cast import render_cast
from bot.anime.cards.credit import render_credits
from bot.anime.cards.link import render_links
from bot.anime.cards.media import render_media
from bot.anime.cards.page import may_show_work, render_closed
from bot.anime.cards.relation import render_recommendations, render_relations
from bot.anime.cards.text import find_kind, find_place
from bot.anime.pages.source import AnimeSources
from bot.errors import NotFound
from bot.links.target import AnimeTarget
from bot.navigation.frame import PageView
from bot.navigation.item import GoButton
from bot.navigation.visit import Groups, Route, Visit
from bot.service.record import Card

KINDS: dict[str, MediaKind] = {"anime": "ANIME", "manga": "MANGA"}

_FROM_NOVEL = "VISUAL_NOVEL"


async def show_media(groups: Groups, sources: AnimeSources, visit: Visit) -> PageView:
    """A page of a work: `groups` are `anime` or `manga`, its id, and the page's end (`/cast`), empty for the card."""
    kind, media_id, page = KINDS[groups[0]], int(groups[1]), groups[2]
    if page in {"/links", "/relations"}:
        return await _show_whole(kind, media_id, page, sources, visit)
    card = await sources.anime.fetch(kind, media_id)
    viewer, address = visit.viewer, visit.address
    if not may_show_work(card.entry, viewer):
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
    if not may_show_work(card.entry, visit.viewer):
        return render_closed(card.entry, visit.viewer, address)
    shown = replace(visit, address=address)
    return render_media(card, viewer=visit.viewer, address=address, actions=_list_actions(card, shown))


async def _show_whole(kind: MediaKind, media_id: int, page: str, sources: AnimeSources, visit: Visit) -> PageView:
    """A page of what amvstrm does not send. `may_show_work` is asked where it is rendered."""
    card, away = await sources.anime.fetch_whole(kind, media_id)
    render = render_relations if page == "/relations" else render_links
    return render(card, viewer=visit.viewer, address=visit.address, partial=away is not None)


async def _show_part(card: Card[Media], kind: MediaKind, page: str, sources: AnimeSources, visit: Visit) -> PageView:
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
    if find_kind(card.entry) != "anime" or not may_have_novel(card.entry):
        return []
    address = visit.address.go(f"anime/{card.entry.id}/vn")
    return [GoButton(address, asker_id=visit.viewer.asker_id, label="Visual novel", emoji="📖")]


async def fetch_linked(target: AnimeTarget, sources: AnimeSources) -> Card[Media]:
    """The work that a link names. Raises `NotFound`, `ServiceError`."""
    kind = KINDS[target.kind]
    if target.site == "myanimelist":
        return await sources.anilist.fetch_by_mal(kind, target.id)
    return await sources.anime.fetch(kind, target.id)


def may_have_novel(media: Media) -> bool:
    """Whether a work came from a visual novel; amvstrm does not send what one came from."""
    return media.source in {_FROM_NOVEL, None}


ID = "([1-9][0-9]{0,9})"
ROUTES: tuple[Route[AnimeSources], ...] = (
    (rf"(anime|manga)/{ID}(/cast|/staff|/relations|/recommendations|/links|)", show_media),
)
