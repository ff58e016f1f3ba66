"""The modals in which a vote, notes and days are typed.

Every submit arrives at the client's `on_interaction`, whether discord.py knows the modal or a restart lies between
opening and submitting. So it is read there, always, and the modals themselves do nothing. For the same reason each
says itself about `whose` list it is, and what it was `filled` with: its `stamp` is a digest of either, which give
nothing away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

import discord
import msgspec
from discord import ui

from bot.navigation.item import Interaction
from bot.navigation.modal import find_values
from bot.vndb.api.list_change import LATEST, NOTES_AT_MOST, OLDEST
from bot.vndb.api.model import ListEntry
from bot.vndb.cards.user import format_vote

Asked = Literal["vote", "notes", "days"]

_CUSTOM_ID = re.compile(
    "mine-(?P<asked>vote|notes|days):(?P<entry>v[1-9][0-9]{0,6}):(?P<whose>[0-9a-f]{16}):(?P<filled>[0-9a-f]{16})"
)
_DAY_LIMIT = 10
_VOTE_LIMIT = 8


class Typed(msgspec.Struct, frozen=True):
    """What was typed into which modal, about which novel on `whose` list, and what it was `filled` with. Of days the
    start stands first.
    """

    asked: Asked
    entry_id: str
    whose: str
    filled: str
    texts: Sequence[str]


def list_fields(asked: Asked, entry: ListEntry | None) -> tuple[object, ...]:
    """What an entry has of that which a modal asks for."""
    if entry is None:
        return (None, None) if asked == "days" else (None,)
    return {
        "vote": (entry.vote,),
        "notes": ((entry.notes or "").strip() or None,),
        "days": (entry.started or None, entry.finished or None),
    }[asked]


def build_vote_modal(entry_id: str, entry: ListEntry | None, *, stamp: str) -> ui.Modal:
    """The modal, holding the vote that there is."""
    field = ui.TextInput[ui.Modal](
        custom_id="vote",
        default=format_vote(entry.vote) if entry and entry.vote else None,
        placeholder="8.5",
        required=False,
        max_length=_VOTE_LIMIT,
    )
    return _build(
        "vote", entry_id, stamp, "Your vote", ("Vote", "From 1 to 10, with one decimal. Empty: no vote.", field)
    )


def build_notes_modal(
    entry_id: str, entry: ListEntry | None, *, stamp: str, public: bool, draft: str | None
) -> ui.Modal:
    """The modal, holding the `draft` that was typed before, or the notes that there are. `public`: everybody can read
    the entry.
    """
    field = ui.TextInput[ui.Modal](
        custom_id="notes",
        style=discord.TextStyle.paragraph,
        # VNDB counts characters, and Discord halves of them: what does not fit would be lost by whoever sends the rest.
        default=draft or (entry.notes if entry and entry.notes else None),
        required=False,
        max_length=2 * NOTES_AT_MOST,
    )
    seen = "everybody can read them on VNDB" if public else "only you see them, as long as the entry is private"
    title = "Your notes, not saved yet" if draft else "Your notes"
    return _build("notes", entry_id, stamp, title, ("Notes", f"Empty: no notes. As it is, {seen}.", field))


def build_days_modal(entry_id: str, entry: ListEntry | None, *, stamp: str) -> ui.Modal:
    """The modal, holding the days that there are."""

    def build_field(name: str, day: str | None) -> ui.TextInput[ui.Modal]:
        return ui.TextInput(
            custom_id=name, default=day or None, placeholder="2024-05-31", required=False, max_length=_DAY_LIMIT
        )

    explained = f"A day like 2024-05-31, from {OLDEST.year} to {LATEST.year}, or “today” (by UTC)."
    return _build(
        "days",
        entry_id,
        stamp,
        "When you read it",
        ("Started", explained, build_field("started", entry and entry.started)),
        ("Finished", explained, build_field("finished", entry and entry.finished)),
    )


def parse_my_list_modal(interaction: Interaction) -> Typed | None:
    """Read a submit of one of these modals. None for anything else."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return None
    data = cast("Mapping[str, Any]", interaction.data or {})
    match = _CUSTOM_ID.fullmatch(str(data.get("custom_id", "")))
    if match is None:
        return None
    texts = list(find_values(data.get("components", ())))
    return Typed(cast("Asked", match["asked"]), match["entry"], match["whose"], match["filled"], [*texts, "", ""][:2])


def _build(
    asked: Asked, entry_id: str, stamp: str, title: str, *fields: tuple[str, str, ui.TextInput[ui.Modal]]
) -> ui.Modal:
    modal = ui.Modal(title=title, custom_id=f"mine-{asked}:{entry_id}:{stamp}")
    for text, description, field in fields:
        modal.add_item(ui.Label[ui.Modal](text=text, description=description, component=field))
    # A finished modal is not kept by discord.py: nobody waits for it, and most are never submitted.
    modal.stop()
    return modal
