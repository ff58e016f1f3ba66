"""Studios: their card, their works, and lists of them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.anime.api.model import Appearance, MediaRow, Studio
from bot.anime.cards.page import find_cover, may_show_work, number_part
from bot.anime.cards.person import build_work_choices, format_works, list_works, render_profiles, render_works
from bot.anime.cards.route import ProfileRoute
from bot.anime.cards.text import SOURCE, is_known_id, link_to_anilist
from bot.anime.cards.title import title_of
from bot.cards.fact import format_heading
from bot.cards.image import build_named_gallery, explain_hidden
from bot.cards.notation import format_row, join_facts
from bot.cards.text import one_line
from bot.navigation.address import Address
from bot.navigation.frame import COVERS_LABEL, Choice, Frame, Shown
from bot.navigation.row import Row
from bot.navigation.sheet import Sheet, render_glance
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found

_COVERS_AT_MOST = 4
_ROLES = {"MAIN": "Main studio"}


def render_studio(card: Card[Studio], found: Found[Appearance], *, viewer: Viewer, address: Address) -> Shown:
    """A studio at a glance: the covers of its best known works, and these. `found`: its works."""
    studio, works = card.entry, list_works(found, viewer)
    covers = [(find_cover(row), f"Cover of {title_of(row, viewer)}") for row in works[:_COVERS_AT_MOST]]
    sheet = Sheet(
        heading=format_heading(studio.name, None, otherwise="Unnamed"),
        line=[_name_kind(studio)],
        cover=build_named_gallery(covers, viewer),
        blocks=[format_works("Works", works, viewer)],
    )
    notes = [explain_hidden([cover for cover, _ in covers], viewer, noun="cover")]
    return render_glance(sheet, _build_frame(card.with_part(found), viewer, address, works=works, notes=notes))


def render_studio_works(card: Card[Studio], found: Found[Appearance], *, viewer: Viewer, address: Address) -> Shown:
    """A page of the works of a studio, as AniList cuts them."""
    frame = _build_frame(card, viewer, address)
    return render_works(one_line(card.entry.name) or "Unnamed", found, frame, roles=_ROLES)


def render_studio_list(found: Found[Studio], *, heading: str, viewer: Viewer, address: Address) -> Shown:
    """A page of studios, each with the cover of what it is known for. `heading` is escaped."""
    rows = [_build_row(studio, viewer, address, lead=lead) for lead, studio in number_part(found, address)]
    return render_profiles(rows, found, heading=heading, viewer=viewer, address=address, pictures=COVERS_LABEL)


def _build_row(studio: Studio, viewer: Viewer, address: Address, *, lead: str) -> Row:
    best = studio.best if studio.best is not None and may_show_work(studio.best, viewer) else None
    details = [_name_kind(studio), f"known for {title_of(best, viewer)}" if best else ""]
    route = ProfileRoute("studio", studio.id)
    choice = Choice(address.go(route), studio.name, join_facts(details)) if is_known_id(studio.id) else None
    text = format_row(studio.name or "Unnamed", lead=lead, details=details)
    return Row(
        text, (), choice, find_cover(best) if best else None, f"Cover of {title_of(best, viewer)}" if best else ""
    )


def _name_kind(studio: Studio) -> str:
    if studio.is_animation_studio is None:
        return ""
    return "Animation studio" if studio.is_animation_studio else "Producer, not an animation studio"


def _build_frame(
    card: Card[Studio],
    viewer: Viewer,
    address: Address,
    *,
    works: Sequence[MediaRow] = (),
    notes: Sequence[str] = (),
) -> Frame:
    return Frame(
        viewer,
        address,
        choices=build_work_choices(works, viewer, address),
        placeholder="Open a work",
        links=link_to_anilist("studio", card.entry.id),
        notes=notes,
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )
