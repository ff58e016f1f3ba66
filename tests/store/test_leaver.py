"""What has to go is noted, whatever stands in the way of some of it."""

from __future__ import annotations

from bot.errors import StoreError
from bot.preview.leaver import Leaver
from bot.preview.record import PreviewRecords
from bot.preview.replies import Replies
from bot.store.store import Store
from tests.store.database import eventually
from tests.support.clock import FakeClock
from tests.support.connected import Probe


async def test_a_note_that_is_always_refused_keeps_no_other_waiting(store: Store, clock: FakeClock) -> None:
    noted: list[str] = []

    async def refused() -> None:
        noted.append("refused")
        raise StoreError("there is one already")

    async def taken() -> None:
        noted.append("taken")

    leaver = Leaver(PreviewRecords(store.database), Replies(Probe(), clock=clock), recovery=store.recovery)
    leaver.note(refused)
    leaver.note(taken)
    await eventually(lambda: noted.count("refused") == 3, clock=clock)
    await leaver.close()
    assert noted.count("taken") == 1
