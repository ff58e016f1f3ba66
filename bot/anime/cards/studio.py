"""Studios: their card, their works, and lists of them."""

from __future__ import annotations

from bot.anime.api.model import Appearance, Studio
from bot.anime.cards.list import NO_MATCH
from bot.anime.cards.page import AT_MOST, format_line, render_lines, share_room
from bot.anime.cards.person import format_works, render_works
from bot.anime.cards.route import ProfileRoute
from bot.anime.cards.text import SOURCE, is_known_id, link_to_anilist
from bot.cards.fact import format_heading
from bot.cards.text import clip, one_line
from bot.navigation.address import Address
from bot.navigation.frame import Choice, Frame, Shown
from bot.navigation.sheet import Sheet, render_sheet
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found

_HEADING_LIMIT = 250
_ROLES = {"MAIN": "Main studio"}


def render_studio(card: Card[Studio], found: Found[Appearance], *, viewer: Viewer, address: Address) -> Shown:
    """The card of a studio. `found`: its works."""
    studio = card.entry
    sheet = Sheet(
        heading=format_heading(studio.name, None, otherwise="Unnamed"),
        facts=_name_kind(studio),
        blocks=[format_works("Works", found, viewer)],
    )
    return render_sheet(sheet, _build_frame(card.with_part(found), viewer, address))


def render_studio_works(card: Card[Studio], found: Found[Appearance], *, viewer: Viewer, address: Address) -> Shown:
    """A page of the works of a studio, as AniList cuts them."""
    frame = _build_frame(card, viewer, address)
    return render_works(one_line(card.entry.name) or "Unnamed", found, frame, roles=_ROLES)


def render_studio_list(found: Found[Studio], *, heading: str, viewer: Viewer, address: Address) -> Shown:
    """A page of studios. `heading` is escaped."""
    heading, shown = f"## {clip(heading, _HEADING_LIMIT)}", found.items[:AT_MOST]
    room = share_room(heading, len(shown))
    lines = [format_line(one_line(studio.name) or "Unnamed", _name_kind(studio), room=room) for studio in shown]
    frame = Frame(
        viewer,
        address,
        choices=[
            Choice(address.go(ProfileRoute("studio", studio.id)), studio.name, " ".join(_name_kind(studio)))
            for studio in shown
            if is_known_id(studio.id)
        ],
        source=SOURCE,
    )
    return render_lines(heading, lines, frame, found=found, empty=NO_MATCH)


def _name_kind(studio: Studio) -> list[str]:
    if studio.is_animation_studio is None:
        return []
    return ["Animation studio" if studio.is_animation_studio else "Producer, not an animation studio"]


def _build_frame(card: Card[Studio], viewer: Viewer, address: Address) -> Frame:
    return Frame(
        viewer,
        address,
        links=link_to_anilist("studio", card.entry.id),
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )
