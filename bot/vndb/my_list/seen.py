"""What lists were last seen to have: modals are filled with it, since they cannot wait for VNDB."""

from __future__ import annotations

from typing import NamedTuple

from bot.http import Clock
from bot.vndb.my_list.at_hand import AtHand
from bot.vndb.my_list.card import Kept

KEPT_S = 600.0


class _Seen(NamedTuple):
    kept: Kept
    uid: str


class SeenEntries:
    """Entries by person and novel, for ten minutes: what is older may be another one by now. `uid` is on whose list,
    since one can link another account.
    """

    def __init__(self, clock: Clock) -> None:
        self._seen = AtHand[_Seen](clock, kept_s=KEPT_S)

    def keep(self, person_id: int, vn_id: str, kept: Kept, *, uid: str) -> None:
        """This is what that list has now."""
        self._seen.keep(person_id, vn_id, _Seen(kept, uid))

    def find(self, person_id: int, vn_id: str) -> Kept | None:
        """What the list had when it was last seen, with how long ago that is."""
        found = self._seen.find(person_id, vn_id)
        return found and Kept(found[0].kept.entry, found[0].kept.labels, found[1])

    def find_uid(self, person_id: int, vn_id: str) -> str | None:
        """On whose list that was."""
        found = self._seen.find(person_id, vn_id)
        return found and found[0].uid

    def forget(self, person_id: int, *, but_of: str | None = None) -> None:
        """Keep nothing of a person any longer, but what was seen on that list."""
        self._seen.forget(person_id, but=lambda seen: seen.uid == but_of)
