"""What VNDB grants of its execution time is not used up for everybody by one person."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.errors import OverTime, QueryTimedOut, ServiceError
from bot.http import Priority, Request, asking
from bot.interaction.error import render_error
from bot.vndb.api.kind import VN
from tests.support.transport import Reply
from tests.vndb.fake import FakeVndb

RECORDS: list[dict[str, object]] = [{"id": "v1", "title": "one"}]
GIVEN_UP = Reply(status=500, body=b"Processing timeout\n", after_s=4.3)


async def search(fake: FakeVndb, person: str, text: str) -> ServiceError | None:
    """Why a person's search has no answer, if it has none."""

    async def ask() -> ServiceError | None:
        with asking(fake.clock, within_s=20.0, priority=Priority.COMMAND, person=person):
            try:
                await fake.vndb.search(VN, text)
            except ServiceError as error:
                return error
            return None

    task = asyncio.create_task(ask())
    await fake.clock.run(task)
    return task.result()


async def test_whose_query_vndb_gave_up_waits_and_the_others_have_what_it_left() -> None:
    fake = FakeVndb(RECORDS)
    assert await search(fake, "other", "anything") is None
    fake.reply = GIVEN_UP
    assert isinstance(await search(fake, "costly", "something"), QueryTimedOut)
    assert isinstance(await search(fake, "costly", "something else"), OverTime)
    fake.reply = None
    assert await search(fake, "other", "something else") is None


class Account:
    """VNDB's own: it looks at it before a query, and books when that has ended, whether anybody still waits or not."""

    def __init__(self, fake: FakeVndb, *, slow: str, took_s: float) -> None:
        self._clock = fake.clock
        self._slow = slow.encode()
        self._took_s = took_s
        self._debt_until = 0.0
        self.executed = 0
        fake.transport.answer = self._answer

    def _answer(self, request: Request) -> Reply:
        now = self._clock.monotonic()
        if self._debt_until >= now + 300.0:
            return Reply(status=429, body=b"Throttled on query execution time.\n")
        if self._slow not in (request.body or b""):
            return Reply(body=b'{"results":[{"id":"v1","title":"one"}],"more":false,"time":50}', after_s=0.05)
        self.executed += 1
        self._clock.call_at(now + self._took_s, self._book)
        return replace(GIVEN_UP, after_s=self._took_s)

    def _book(self) -> None:
        self._debt_until = max(self._debt_until, self._clock.monotonic()) + 60.0 * self._took_s


async def test_what_vndb_is_still_at_when_nobody_waits_for_it_any_more_is_not_asked_a_second_time() -> None:
    fake = FakeVndb()
    account = Account(fake, slow="costly", took_s=9.0)
    assert await search(fake, "other", "anything") is None
    begun_s = fake.clock.monotonic()
    error = await search(fake, "costly", "costly")
    assert error is not None
    assert render_error(error) == "VNDB did not answer in time. Trying again in a moment may help."
    said: list[ServiceError | None] = []
    for number in range(20):
        await fake.clock.advance(begun_s + 30.0 * (number + 1) - fake.clock.monotonic())
        said.append(await search(fake, f"person {number}", f"something {number}"))
    assert account.executed == 1
    assert said[13:] == [None] * 7, said
