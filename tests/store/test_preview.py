from __future__ import annotations

import asyncio

import pytest

from bot.preview.record import BEGUN_ANSWER, PreviewRecord, PreviewRecords
from bot.store.store import Store
from tests.store.database import Opener, find_record
from tests.support.clock import EPOCH_S, FakeClock

DISCORD_EPOCH_MS = 1_420_070_400_000


async def begin(
    previews: PreviewRecords,
    message_id: int,
    *,
    channel_id: int = 2,
    guild_id: int | None = 3,
    poster_id: int = 4,
    shown: str = "",
) -> bool:
    return await previews.begin_preview(
        message_id=message_id, channel_id=channel_id, guild_id=guild_id, poster_id=poster_id, shown=shown
    )


async def test_a_preview_is_recorded_before_its_reply_is_sent(previews: PreviewRecords) -> None:
    assert await begin(previews, 1)
    assert await previews.find_preview(1) == PreviewRecord(
        1, 2, 2, 3, 4, reply_id=None, removed=False, restricted=True, leaving=False, shown=""
    )


async def test_a_finished_preview_is_found_by_message_and_by_reply_after_a_restart(
    previews: PreviewRecords, opened: Opener
) -> None:
    await begin(previews, 1, guild_id=None)
    assert await previews.finish_preview(1, reply_id=9, shown="two cards")
    record = PreviewRecord(
        1, 2, 2, None, 4, reply_id=9, removed=False, restricted=True, leaving=False, shown="two cards"
    )
    other = PreviewRecords((await opened()).database)
    assert await other.find_preview(1) == record
    assert await other.find_preview_by_reply(9) == record


async def test_what_was_not_recorded_is_not_found(previews: PreviewRecords) -> None:
    assert await previews.find_preview(1) is None
    assert await previews.find_preview_by_reply(1) is None
    record = PreviewRecord(1, 2, 2, 3, 4, reply_id=9, removed=False, restricted=True, leaving=False, shown="x")
    await previews.drop_preview(1, begun="")
    assert not await previews.delete_preview(record)
    await previews.forget_gone([record])
    await previews.mark_removed(record)
    assert await previews.leave_preview(record) == 0
    assert await previews.find_preview(1) is None


async def test_of_two_processes_one_begins(previews: PreviewRecords, opened: Opener) -> None:
    other = PreviewRecords((await opened()).database)
    assert sorted(await asyncio.gather(begin(previews, 1), begin(other, 1))) == [False, True]


async def test_beginning_again_leaves_the_record_as_it_is(previews: PreviewRecords) -> None:
    await begin(previews, 1)
    await previews.finish_preview(1, reply_id=9, shown="x")
    assert not await begin(previews, 1)
    assert await previews.find_preview_by_reply(9)


async def test_a_preview_deleted_meanwhile_is_not_finished(previews: PreviewRecords) -> None:
    await begin(previews, 1)
    await previews.drop_preview(1, begun="")
    assert not await previews.finish_preview(1, reply_id=9, shown="x")
    assert await previews.find_preview(1) is None


async def test_a_removed_preview_stays_removed(previews: PreviewRecords) -> None:
    await begin(previews, 1)
    await previews.finish_preview(1, reply_id=9, shown="x")
    await previews.mark_removed(await find_record(previews, 1))
    assert not await previews.finish_preview(1, reply_id=10, shown="y")
    record = await previews.find_preview(1)
    assert record is not None
    assert (record.removed, record.reply_id) == (True, 9)


async def test_previews_are_listed_by_poster_and_by_channel(previews: PreviewRecords) -> None:
    for message_id, channel_id, poster_id in ((1, 2, 3), (5, 2, 4), (6, 7, 3), (8, 9, 10)):
        await begin(previews, message_id, channel_id=channel_id, poster_id=poster_id)
    assert [record.message_id for record in await previews.list_previews(poster_id=3)] == [6, 1]
    assert [record.message_id for record in await previews.list_previews(channel_ids=[2, 9])] == [8, 5, 1]
    assert await previews.list_previews() == []


async def test_an_answer_is_recorded_by_its_interaction_until_its_message_is_known(previews: PreviewRecords) -> None:
    for interaction_id in (1, 2):
        await previews.begin_preview(
            message_id=interaction_id, channel_id=2, guild_id=3, poster_id=4, reply_id=BEGUN_ANSWER
        )
    assert await previews.list_latest_previews([3], 0.0, limit=9) == []
    assert await previews.list_restricted_places([3]) == [(3, 2)]
    assert await previews.finish_answer(2, message_id=9)
    assert not await previews.finish_answer(2, message_id=9)
    assert await previews.leave_channels([2]) == 2
    found = [(one.message_id, one.is_answer, one.is_begun_answer) for one in await previews.list_previews(poster_id=4)]
    assert found == [(9, True, False), (1, False, True)]
    assert not await previews.finish_answer(9, message_id=10)  # that is one already
    assert await previews.list_latest_previews([3], 0.0, limit=9) == []


async def test_an_answer_that_another_process_has_recorded_meanwhile_has_that_record_alone(
    previews: PreviewRecords,
) -> None:
    for message_id, reply_id in ((1, BEGUN_ANSWER), (9, 9)):
        await previews.begin_preview(message_id=message_id, reply_id=reply_id, channel_id=2, guild_id=3, poster_id=4)
    assert await previews.finish_answer(1, message_id=9)
    assert [one.message_id for one in await previews.list_previews(poster_id=4)] == [9]


def find_id(*, age_s: float) -> int:
    return (int((EPOCH_S - age_s) * 1000) - DISCORD_EPOCH_MS) << 22


OLD, NEW = find_id(age_s=101), find_id(age_s=99)


@pytest.mark.parametrize(
    ("message_id", "reply_id", "restricted", "kept"),
    [
        (OLD, OLD + 1, False, False),
        (OLD, None, False, False),
        (NEW, NEW + 1, False, True),
        (NEW, None, False, True),
        (OLD, NEW, False, True),  # the link was added by an edit
        (OLD, OLD + 1, True, True),  # it goes when its channel is opened, however old it is
        (OLD, None, True, True),
        (OLD, OLD, True, True),  # an answer, or a notice
        (OLD, BEGUN_ANSWER, True, True),
    ],
)
async def test_what_is_old_is_forgotten_if_it_may_stay(
    previews: PreviewRecords, clock: FakeClock, *, message_id: int, reply_id: int | None, restricted: bool, kept: bool
) -> None:
    assert clock.time() == EPOCH_S
    await previews.begin_preview(
        message_id=message_id, reply_id=reply_id, restricted=restricted, channel_id=2, guild_id=3, poster_id=4
    )
    await previews.prune(clock.time() - 100)
    assert (await previews.find_preview(message_id) is not None) == kept


async def test_what_somebody_took_away_is_forgotten_when_it_is_old(previews: PreviewRecords, clock: FakeClock) -> None:
    for message_id in (OLD, NEW):
        await begin(previews, message_id)
        await previews.begin_removal(message_id)
        await previews.forget_gone([await find_record(previews, message_id)])
    await previews.prune(clock.time() - 100)
    assert await previews.find_preview(OLD) is None
    assert await previews.find_preview(NEW)


async def list_leaving(previews: PreviewRecords) -> list[int]:
    return [record.message_id for record in await previews.list_leaving(before_id=1 << 62, limit=100)]


async def test_what_was_begun_anew_is_not_forgotten_with_what_is_gone(previews: PreviewRecords) -> None:
    for id_ in (1, 2):
        await begin(previews, id_)
        await previews.finish_preview(id_, reply_id=9, shown="x")
    await previews.leave_messages([1, 2])
    gone = await previews.list_leaving(before_id=1 << 62, limit=100)
    assert await previews.delete_preview(await find_record(previews, 1))  # its worker was faster, and begins anew
    await begin(previews, 1)
    await previews.finish_preview(1, reply_id=10, shown="y")
    await previews.forget_gone(gone)
    assert await previews.find_preview_by_reply(10)
    assert await previews.find_preview(2) is None


@pytest.mark.parametrize("sent", [True, False], ids=["sent", "begun"])
async def test_what_another_process_began_anew_is_not_taken_for_what_was_read(
    previews: PreviewRecords, *, sent: bool
) -> None:
    await begin(previews, 1, shown="sending a")
    if sent:
        await previews.finish_preview(1, reply_id=9, shown="x", begun="sending a")
    old = await find_record(previews, 1)
    assert await previews.delete_preview(old)
    await begin(previews, 1, shown="sending b")
    anew = await find_record(previews, 1)
    assert not await previews.delete_preview(old)
    await previews.drop_preview(1, begun="sending a")
    await previews.drop_answer(1)
    await previews.forget_gone([old])
    await previews.mark_removed(old)
    assert await previews.leave_preview(old) == 0
    assert not await previews.finish_preview(1, reply_id=9, shown="x", begun=old.shown)
    assert await find_record(previews, 1) == anew
    assert await previews.finish_preview(1, reply_id=10, shown="y", begun="sending b")
    assert not await previews.delete_preview(old)
    await previews.drop_preview(1, begun="sending b")  # which was accepted after all
    await previews.mark_removed(old)
    await previews.leave_messages([1])
    await previews.forget_gone([old])
    record = await find_record(previews, 1)
    assert (record.reply_id, record.removed, record.leaving) == (10, False, True)


async def test_a_reply_that_no_record_knows_has_to_go_and_another_stays(previews: PreviewRecords) -> None:
    await begin(previews, 1)
    await previews.finish_preview(1, reply_id=9, shown="x")
    for reply_id in (9, 10, 10):  # of two processes each hears of it
        await previews.leave_stray(reply_id, channel_id=2, guild_id=None)
    assert await list_leaving(previews) == [10]
    await previews.forget_gone([await find_record(previews, 10)])
    assert (await find_record(previews, 1)).reply_id == 9
    assert await previews.find_preview(10) is None


async def test_what_somebody_took_away_is_not_what_has_to_go(previews: PreviewRecords) -> None:
    await begin(previews, 1)
    await previews.finish_preview(1, reply_id=9, shown="x")
    record = await find_record(previews, 1)
    assert await previews.leave_preview(record) == 1
    assert not await previews.mark_removed(record)
    assert not (await find_record(previews, 1)).removed


async def test_what_is_not_for_everybody_has_to_leave_a_channel_and_its_threads(previews: PreviewRecords) -> None:
    await begin(previews, 1, channel_id=2)
    await previews.begin_preview(message_id=3, channel_id=9, parent_id=2, guild_id=3, poster_id=4)
    await previews.begin_preview(message_id=5, channel_id=2, guild_id=3, poster_id=4, restricted=False)
    await begin(previews, 7, channel_id=8)
    await begin(previews, 9, channel_id=2)
    await previews.mark_removed(await find_record(previews, 9))
    assert await previews.leave_channels([2]) == 2
    assert await list_leaving(previews) == [3, 1]
    assert not await previews.finish_preview(1, reply_id=10, shown="x")
    assert await previews.leave_channels([2]) == 0


async def test_what_has_to_go_is_remembered_until_it_is_gone(
    store: Store, previews: PreviewRecords, opened: Opener, clock: FakeClock
) -> None:
    await begin(previews, 1, poster_id=4)
    await previews.leave_messages([1])
    await previews.prune(clock.time() - 100)
    await store.delete_person(4)
    other = PreviewRecords((await opened()).database)
    assert await list_leaving(other) == [1]
    await other.delete_preview(await find_record(other, 1))
    assert await list_leaving(previews) == []


async def test_what_is_made_while_its_person_is_forgotten_has_to_go_and_is_no_orphan(
    store: Store, previews: PreviewRecords
) -> None:
    await previews.leave_person(4)
    await begin(previews, 1, poster_id=4)
    await begin(previews, 2, poster_id=5)
    await store.delete_person(4)
    assert await list_leaving(previews) == [1]


async def test_what_has_to_leave_direct_messages_is_that_of_the_person_there(previews: PreviewRecords) -> None:
    for message_id, guild_id, poster_id in ((1, None, 4), (2, None, 5), (3, 3, 4)):
        await begin(previews, message_id, guild_id=guild_id, poster_id=poster_id)
    assert sorted(await previews.list_direct_posters()) == [4, 5]
    assert await previews.leave_direct_messages([4]) == 1
    assert await list_leaving(previews) == [1]
    assert await previews.list_direct_posters() == [5]


async def test_it_is_listed_where_something_stands_that_is_not_for_everybody(previews: PreviewRecords) -> None:
    await begin(previews, 1, channel_id=2, guild_id=3)
    await begin(previews, 2, channel_id=2, guild_id=3)
    await previews.begin_preview(message_id=3, channel_id=9, guild_id=3, poster_id=4, restricted=False)
    await begin(previews, 4, channel_id=5, guild_id=6)
    assert await previews.list_restricted_places([3]) == [(3, 2)]


async def test_the_latest_records_are_listed_as_far_as_is_wanted(previews: PreviewRecords) -> None:
    for message_id in (1, 5, 3):
        await begin(previews, message_id)
    assert await previews.list_recorded_ids(limit=2) == [5, 3]


async def test_a_preview_can_become_somebody_else_s(previews: PreviewRecords) -> None:
    await begin(previews, 1, poster_id=4)
    await previews.move_preview(1, poster_id=5)
    assert [record.message_id for record in await previews.list_previews(poster_id=5)] == [1]


MANY = range(40_000)
"""Of so many channels, people or servers a large bot asks at once. PostgreSQL takes 32,767 values in a statement."""


async def test_what_has_to_go_is_noted_in_however_many_channels(previews: PreviewRecords) -> None:
    await begin(previews, 1, channel_id=7)
    await previews.begin_preview(message_id=2, channel_id=MANY[-1], parent_id=9, guild_id=3, poster_id=4)
    await begin(previews, 3, channel_id=len(MANY))
    assert await previews.leave_channels(MANY) == 2
    assert await list_leaving(previews) == [2, 1]


async def test_what_has_to_go_is_noted_in_the_direct_messages_of_however_many_people(previews: PreviewRecords) -> None:
    for message_id, poster_id in ((1, 7), (2, MANY[-1]), (3, len(MANY))):
        await begin(previews, message_id, guild_id=None, poster_id=poster_id)
    assert await previews.leave_direct_messages(MANY) == 2
    assert await list_leaving(previews) == [2, 1]


async def test_what_stands_is_listed_of_however_many_servers(previews: PreviewRecords) -> None:
    for message_id, guild_id in ((1, 7), (2, MANY[-1]), (3, None), (4, 8), (5, len(MANY))):
        await begin(previews, message_id, channel_id=message_id, guild_id=guild_id)
    assert sorted(await previews.list_restricted_places(MANY)) == [(7, 1), (8, 4), (MANY[-1], 2)]
    found = await previews.list_latest_previews([None, *MANY], 0.0, limit=3)
    assert [one.message_id for one in found] == [4, 3, 2]
