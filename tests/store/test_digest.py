"""What a digest holds, in each database."""

from __future__ import annotations

from msgspec.structs import replace

from bot.follow.model import DIGEST, WEEK_S, Follow, Notice
from bot.follow.record import DIGEST_LATE_S, FollowRecords
from tests.store.test_follow import DAY_S, FOLLOW, NOW_S, OWN, WANTED

ELSEWHERE = replace(FOLLOW, id=2, channel_id=90)
MADE = replace(FOLLOW, id=3, kind=DIGEST, subject_id=0, role_id=None, delay_s=0)


async def hold(follows: FollowRecords) -> Notice:
    """Of three follows of the same, that of the channel with the digest is held; the digest is due a day later."""
    for one in (FOLLOW, ELSEWHERE, replace(OWN, id=4), MADE):
        await follows.add_follow(one)
    wanted = [replace(WANTED, follow_id=follow_id) for follow_id in (FOLLOW.id, ELSEWHERE.id, 4)]
    await follows.keep_notices(["anime"], wanted, exact=True)
    await follows.hold_due(NOW_S)
    assert sorted(one.follow.id for one in await follows.find_due(NOW_S)) == [2, 4]
    due_s = NOW_S + DAY_S
    await follows.keep_notices([DIGEST], [replace(WANTED, follow_id=3, key="w5", due_s=due_s)], exact=True)
    (digest,) = await follows.find_due(due_s)
    assert digest.follow.id == MADE.id
    return digest


async def list_held(follows: FollowRecords, digest: Follow = MADE) -> list[int]:
    return [one.follow.id for one in await follows.list_held(digest)]


async def test_a_digest_has_what_was_held_when_it_was_taken_on_and_is_told_with_it(follows: FollowRecords) -> None:
    digest, later_s = await hold(follows), NOW_S + DAY_S
    assert await follows.claim_notice(digest, later_s)
    await follows.keep_notices(["anime"], [WANTED, replace(WANTED, key="e6", due_s=later_s)], exact=False)
    await follows.hold_due(later_s)
    assert await list_held(follows) == [FOLLOW.id]
    await follows.finish_notice(digest)
    assert await list_held(follows) == []
    await follows.keep_notices([DIGEST], [replace(WANTED, follow_id=3, key="w6", due_s=later_s + WEEK_S)], exact=False)
    (following,) = await follows.find_due(later_s + WEEK_S)
    assert await follows.claim_notice(following, later_s + WEEK_S)
    assert [one.key for one in await follows.list_held(MADE)] == ["e6"]


async def test_what_was_surely_not_sent_is_in_the_next_and_what_may_have_been_is_not(follows: FollowRecords) -> None:
    digest, later_s = await hold(follows), NOW_S + DAY_S
    await follows.claim_notice(digest, later_s)
    await follows.put_off(digest, later_s)
    assert await list_held(follows) == []
    (again,) = await follows.find_due(later_s + DIGEST_LATE_S - 1)
    await follows.claim_notice(again, later_s)
    assert await list_held(follows) == [FOLLOW.id]
    await follows.keep_notices([DIGEST], [replace(WANTED, follow_id=3, key="w6", due_s=later_s + WEEK_S)], exact=False)
    (following,) = await follows.find_due(later_s + WEEK_S)
    await follows.claim_notice(following, later_s + WEEK_S)
    assert await list_held(follows) == []


async def test_without_its_digest_what_is_held_is_told_singly(follows: FollowRecords) -> None:
    await hold(follows)
    await follows.delete_follow(MADE.id)
    await follows.hold_due(NOW_S + 1)
    assert FOLLOW.id in {one.follow.id for one in await follows.find_due(NOW_S + 1)}
    assert await follows.find_digests({9, 90}) == set()
