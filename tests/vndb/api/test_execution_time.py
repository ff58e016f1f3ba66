"""What VNDB grants of its execution time is not used up for everybody by one person."""

from __future__ import annotations

import asyncio

from bot.errors import OverTime, QueryTimedOut, ServiceError
from bot.http import Priority, asking
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
