"""What lists were last seen to have: modals are filled with it, since they cannot wait for VNDB."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from bot.http import Clock
from bot.vndb.my_list.card import Kept

KEPT_S = 600.0
AT_MOST = 500


class _Seen(NamedTuple):
    kept: Kept
    uid: str
    at_s: float


class SeenEntries:
    """Entries by person and novel, for ten minutes: what is older may be another one by now. `uid` is on whose list,
    since one can link another account.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: OrderedDict[tuple[int, str], _Seen] = OrderedDict()

    def keep(self, person_id: int, vn_id: str, kept: Kept, *, uid: str) -> None:
        """This is what that list has now."""
        now_s = self._clock.monotonic()
        self._seen.pop((person_id, vn_id), None)
        self._seen[person_id, vn_id] = _Seen(kept, uid, now_s)
        while len(self._seen) > AT_MOST or next(iter(self._seen.values())).at_s < now_s - KEPT_S:
            self._seen.popitem(last=False)

    def find(self, person_id: int, vn_id: str) -> Kept | None:
        """What the list had when it was last seen, with how long ago that is."""
        seen = self._seen.get((person_id, vn_id))
        age_s = self._clock.monotonic() - seen.at_s if seen else 0.0
        return None if seen is None or age_s > KEPT_S else Kept(seen.kept.entry, seen.kept.labels, age_s)

    def find_uid(self, person_id: int, vn_id: str) -> str | None:
        """On whose list that was."""
        seen = self._seen.get((person_id, vn_id))
        return seen and seen.uid

    def forget(self, person_id: int, *, but_of: str | None = None) -> None:
        """Keep nothing of a person any longer, but what was seen on that list."""
        for key in [key for key, seen in self._seen.items() if key[0] == person_id and seen.uid != but_of]:
            del self._seen[key]
