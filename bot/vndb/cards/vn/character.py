"""The characters of a visual novel, those of the greatest parts first."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bot.cards.fact import plain_name
from bot.cards.notation import SPOILS, explain_empty
from bot.cards.text import clip, escape_line
from bot.navigation.address import Address
from bot.navigation.frame import PORTRAITS_LABEL, Shown
from bot.navigation.row import Row
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Character, CharacterVn, Vn, VoiceActor
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.row import EntryRow, lay_row
from bot.vndb.cards.text import SOURCE
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import MORE_ON_VNDB, NOTE_SPOILS, Listing, render_listing, shows_spoiler

# BUILT_IN names them, since /schema has neither roles nor sexes.
_ROLES = ("main", "primary", "side", "appears")
_VOICE_LIMIT = 80
_VOICES_LIMIT = 180


class _Part(msgspec.Struct, frozen=True):
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
    listing = Listing(
        title="Characters",
        rows=[_build_row(place, part, vn, address) for place, part in enumerate(parts, 1)],
        empty=explain_empty("characters", at=SOURCE),
        hidden=_leaves_out(vn, characters, address),
        notes=[MORE_ON_VNDB if more else ""],
        pictures=PORTRAITS_LABEL,
    )
    return render_listing(card, listing, viewer=viewer, address=address)


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


def _build_row(place: int, part: _Part, vn: Vn, address: Address) -> Row:
    character = part.character
    apparent = character.sex[0] if character.sex else None
    details = (BUILT_IN.character_role(part.role), BUILT_IN.sex(apparent) if apparent else "")
    name = plain_name(character.name, character.id)
    entry = EntryRow(character.id, name, character.original, details, character.image)
    voices = [_format_voice(actor, address) for actor in vn.va if actor.character.id == character.id]
    voiced = f"-# Voiced by {clip(', '.join(dict.fromkeys(voices)), _VOICES_LIMIT)}" if voices else ""
    mark = SPOILS if address.revealed and _is_spoiler(vn, character) else ""
    return lay_row(entry, address, lead=f"{place}.", mark=mark, below=voiced)


def _is_spoiler(vn: Vn, character: Character) -> bool:
    """Whether that a character is in the novel is one."""
    return all(entry.spoiler != 0 for entry in _find_entries(vn, character))


def _format_voice(actor: VoiceActor, address: Address) -> str:
    name = clip(escape_line(actor.staff.name) or escape_line(actor.staff.id), _VOICE_LIMIT)
    note = escape_line(actor.note or "") if shows_spoiler(NOTE_SPOILS, address) else ""
    return f"{name} ({clip(note, _VOICE_LIMIT)})" if note else name
