"""The characters of a work and who voices them."""

from __future__ import annotations

from collections.abc import Iterator

from bot.anime.api.model import CastMember, Media, Person
from bot.anime.cards.page import (
    build_person_row,
    may_show_work,
    number_part,
    render_closed,
    render_people,
)
from bot.anime.cards.text import name_word
from bot.anime.cards.title import name_of
from bot.cards.text import one_line
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found

ROLES = {"MAIN": "Main", "SUPPORTING": "Supporting", "BACKGROUND": "Background"}

_VOICES_AT_MOST = 2


def render_cast(card: Card[Media], found: Found[CastMember], *, viewer: Viewer, address: Address) -> Shown:
    """A page of the characters of a work, as AniList cuts them."""
    if not may_show_work(card.entry, viewer):
        return render_closed(card.entry, viewer, address)
    rows = [
        build_person_row(member.character, viewer, address, lead=lead, details=list(_list_details(member, viewer)))
        for lead, member in number_part(found, address)
    ]
    empty = "AniList knows no characters of it yet."
    return render_people(card, "Characters", rows, found, viewer, address, empty=empty)


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
