"""The characters of a visual novel, those of the greatest parts first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from discord import ui

from bot.cards.fact import plain_name
from bot.cards.image import build_thumbnail, explain_hidden
from bot.cards.text import clip, escape_line
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Character, CharacterVn, Vn, VoiceActor
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import (
    ALL_HIDDEN,
    MORE_ON_VNDB,
    NOTE_SPOILS,
    build_choice,
    build_heading,
    build_page,
    format_name,
    shows_spoiler,
)

AT_MOST = 6
"""Characters on a page: each with a picture is three of Discord's components."""

# BUILT_IN names them, since /schema has neither roles nor sexes.
_ROLES = ("main", "primary", "side", "appears")
_FACT_LIMIT = 40
_VOICE_LIMIT = 80
_VOICES_LIMIT = 180


@dataclass(frozen=True, slots=True)
class _Part:
    """What a character is in the novel, as far as it may be known."""

    character: Character
    role: str


def render_characters(
    card: Card[Vn],
    characters: Sequence[Character],
    more: bool,
    *,
    viewer: Viewer,
    address: Address,
) -> Shown:
    """A page of the characters of a novel (`VN_DETAILS`). `more`: VNDB has others than these."""
    vn = retitle(card.entry, viewer)
    characters = [retitle(character, viewer) for character in characters]
    parts = _list_parts(vn, characters, address)
    total = max(-(-len(parts) // AT_MOST), 1)
    address = address.turn(min(address.number, total))
    shown = parts[(address.number - 1) * AT_MOST : address.number * AT_MOST]
    hidden = _leaves_out(vn, characters, address)
    body: list[ui.Item[Any]] = [build_heading(vn, "Characters")]
    body += [_build_item(part, vn.va, viewer=viewer, address=address) for part in shown]
    if not shown:
        body.append(ui.TextDisplay(ALL_HIDDEN if hidden else "VNDB knows no characters of this visual novel yet."))
    options = [
        build_choice(
            address, part.character.id, "c", label=part.character.name, description=BUILT_IN.character_role(part.role)
        )
        for part in shown
    ]
    return build_page(
        card,
        body,
        viewer=viewer,
        address=address,
        total=total,
        choices=[option for option in options if option],
        hidden=hidden,
        notes=[explain_hidden([part.character.image for part in shown], viewer), MORE_ON_VNDB if more else ""],
    )


def _list_parts(vn: Vn, characters: Sequence[Character], address: Address) -> list[_Part]:
    """Those whose part may be known, the greatest parts first."""
    parts: list[_Part] = []
    for character in characters:
        roles = [entry.role for entry in _find_entries(vn, character) if shows_spoiler(entry.spoiler, address)]
        if roles:
            parts.append(_Part(character, min(roles, key=_rank)))
        elif address.spoiler >= 2:
            parts.append(_Part(character, ""))
    return sorted(parts, key=lambda part: _rank(part.role))


def _find_entries(vn: Vn, character: Character) -> list[CharacterVn]:
    return [entry for entry in character.vns if entry.id == vn.id]


def _rank(role: str) -> int:
    return _ROLES.index(role) if role in _ROLES else len(_ROLES)


def _leaves_out(vn: Vn, characters: Sequence[Character], address: Address) -> bool:
    """Whether a character, a greater part of one, or a note is not shown. Of what is unknown all may spoil."""
    if not shows_spoiler(NOTE_SPOILS, address) and any(escape_line(actor.note or "") for actor in vn.va):
        return True
    for character in characters:
        entries = _find_entries(vn, character)
        if address.spoiler < 2 and not entries:
            return True
        if any(not shows_spoiler(entry.spoiler, address) for entry in entries):
            return True
    return False


def _build_item(part: _Part, actors: Sequence[VoiceActor], *, viewer: Viewer, address: Address) -> ui.Item[Any]:
    character = part.character
    text = "\n".join(_list_lines(part, actors, address=address))
    name = plain_name(character.name, character.id)
    portrait = build_thumbnail(character.image, viewer, description=f"Portrait of {name}")
    return ui.Section(text, accessory=portrait) if portrait else ui.TextDisplay(text)


def _list_lines(part: _Part, actors: Sequence[VoiceActor], *, address: Address) -> Iterator[str]:
    character = part.character
    yield f"**{format_name(character.name, character.original, otherwise=character.id)}**"
    apparent = character.sex[0] if character.sex else None
    facts = [BUILT_IN.character_role(part.role), BUILT_IN.sex(apparent) if apparent else ""]
    if line := " · ".join(clip(escape_line(fact), _FACT_LIMIT) for fact in facts if fact):
        yield line
    voices = [_format_voice(actor, address) for actor in actors if actor.character.id == character.id]
    if voices:
        yield f"Voiced by {clip(', '.join(dict.fromkeys(voices)), _VOICES_LIMIT)}"


def _format_voice(actor: VoiceActor, address: Address) -> str:
    name = clip(escape_line(actor.staff.name) or escape_line(actor.staff.id), _VOICE_LIMIT)
    note = escape_line(actor.note or "") if shows_spoiler(NOTE_SPOILS, address) else ""
    return f"{name} ({clip(note, _VOICE_LIMIT)})" if note else name
