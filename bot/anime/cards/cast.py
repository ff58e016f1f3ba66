"""The characters of a work and who voices them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.anime.api.model import CastMember, Media, Person
from bot.anime.cards.page import (
    AT_MOST,
    build_frame,
    format_line,
    format_title,
    may_show_work,
    render_closed,
    render_lines,
    share_room,
)
from bot.anime.cards.route import ProfileRoute
from bot.anime.cards.text import is_known_id, name_word
from bot.anime.cards.title import name_of
from bot.cards.text import one_line
from bot.navigation.address import Address
from bot.navigation.frame import Choice, Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found

ROLES = {"MAIN": "Main", "SUPPORTING": "Supporting", "BACKGROUND": "Background"}

_VOICES_AT_MOST = 2


def render_cast(card: Card[Media], found: Found[CastMember], *, viewer: Viewer, address: Address) -> Shown:
    """A page of the characters of a work, as AniList cuts them."""
    if not may_show_work(card.entry, viewer):
        return render_closed(card.entry, viewer, address)
    members = found.items[:AT_MOST]
    heading = format_title(card.entry, "Characters", viewer)
    room = share_room(heading, len(members))
    lines = [
        format_line(name_of(member.character.name, viewer), _list_details(member, viewer), room=room)
        for member in members
    ]
    frame = replace(
        build_frame(card, viewer, address),
        choices=[
            Choice(
                address.go(ProfileRoute("character", member.character.id)),
                name_of(member.character.name, viewer),
                " · ".join(_list_details(member, viewer)),
            )
            for member in members
            if is_known_id(member.character.id)
        ],
    )
    return render_lines(heading, lines, frame, found=found, empty="AniList knows no characters of it yet.")


def _list_details(member: CastMember, viewer: Viewer) -> Iterator[str]:
    if role := name_word(member.role, ROLES):
        yield role
    voices = sorted(member.voices, key=lambda voice: voice.language_v2 != "Japanese")
    names = dict.fromkeys(_name_voice(voice, viewer) for voice in voices)
    if names:
        yield f"voiced by {', '.join([*names][:_VOICES_AT_MOST])}"


def _name_voice(voice: Person, viewer: Viewer) -> str:
    name = name_of(voice.name, viewer)
    return f"{name} ({one_line(voice.language_v2)})" if voice.language_v2 else name
