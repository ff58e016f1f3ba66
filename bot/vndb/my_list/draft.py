"""Notes that were typed and not taken. Discord keeps nothing of a form that was sent, so the next one has them."""

from __future__ import annotations

from contextlib import suppress

from bot.errors import InvalidInput
from bot.http import Clock
from bot.vndb.api.list_change import parse_notes
from bot.vndb.api.model import ListEntry
from bot.vndb.my_list.at_hand import AtHand
from bot.vndb.my_list.modal import Typed, list_fields

KEPT_S = 3600.0  # as long as VNDB may well be away

_KEPT = "📝 What you typed is kept for an hour: “Notes” opens with it while the account that it is about is linked."


class Drafts:
    """Notes by person, novel and `whose` list they are about."""

    def __init__(self, clock: Clock) -> None:
        self._texts = AtHand[str](clock, kept_s=KEPT_S)

    def keep(self, person_id: int, typed: Typed) -> None:
        """Have them at hand until they are taken, in place of those before."""
        name = _name(typed.entry_id, typed.whose)
        self._texts.drop(person_id, name)
        if typed.texts[0].strip():
            self._texts.keep(person_id, name, typed.texts[0])

    def drop_taken(self, person_id: int, vn_id: str, whose: str, entry: ListEntry | None) -> None:
        """Keep them no longer if they are what VNDB has: it may have taken what it gave no answer to."""
        text = self.find(person_id, vn_id, whose)
        with suppress(InvalidInput):  # too long: it has not
            if text is not None and list_fields("notes", entry) == (parse_notes(text),):
                self._texts.drop(person_id, _name(vn_id, whose))

    def find(self, person_id: int, vn_id: str, whose: str) -> str | None:
        """What the form is to be filled with, if there is any."""
        found = self._texts.find(person_id, _name(vn_id, whose))
        return found and found[0]

    def tell(self, person_id: int, typed: Typed) -> str:
        """Where they are, if they were not taken."""
        kept = typed.asked == "notes" and self.find(person_id, typed.entry_id, typed.whose) is not None
        return _KEPT if kept else ""

    def forget(self, person_id: int) -> None:
        """Keep nothing of a person any longer."""
        self._texts.forget(person_id)


def _name(vn_id: str, whose: str) -> str:
    return f"{vn_id} {whose}"
