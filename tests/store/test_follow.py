from __future__ import annotations

import asyncio

import msgspec
import pytest
from msgspec.structs import asdict, replace

from bot.follow.model import Follow, Notice, Wanted
from bot.follow.record import FollowRecords
from bot.preview.record import PreviewRecords
from bot.store.store import Store
from tests.store.database import Opener, fetch_everything, fetch_value, run_sql
from tests.support.clock import FakeClock

DAY_S = 86_400
KEPT_S = 30 * DAY_S
LEASE_S, AGAIN_S, REFUSED_S, MOVED_S = 120, 600, 3600, 12 * 3600
PER_PERSON, PER_SERVER = 25, 50

NOW_S = 1_800_000_000
FOLLOW = Follow(
    id=1_300_000_000_000_000_001,
    kind="anime",
    subject_id=9253,
    title="A title",
    adult=False,
    user_id=7,
    guild_id=8,
    channel_id=9,
    role_id=10,
    delay_s=60,
    language=None,
    platform=None,
    created_s=NOW_S,
)
OWN = replace(FOLLOW, id=2, guild_id=None, channel_id=None, role_id=None)
WANTED = Wanted(FOLLOW.id, "e5", NOW_S, adult=False)


async def add_notice(follows: FollowRecords, wanted: Wanted = WANTED) -> Notice:
    await follows.add_follow(FOLLOW)
    await follows.keep_notices(["anime"], [wanted], exact=True)
    (notice,) = await follows.find_due(NOW_S)
    return notice


async def refuse(follows: FollowRecords, notice: Notice, now_s: int) -> bool:
    """Have Discord refuse it. Whether that ends the follow."""
    await follows.claim_notice(notice, now_s)
    return await follows.refuse_notice(notice, now_s)


async def test_a_follow_that_is_moved_keeps_its_notices_which_move_with_its_delay(follows: FollowRecords) -> None:
    await add_notice(follows)
    moved = replace(FOLLOW, channel_id=90, role_id=None, delay_s=3660)
    assert await follows.change_follow(moved, NOW_S) == "changed"
    assert await follows.find_follow(FOLLOW.id) == moved
    assert await follows.find_due(NOW_S) == []
    (notice,) = await follows.find_due(NOW_S + 3600)
    assert (notice.follow.channel_id, notice.due_s) == (90, NOW_S + 3600)


async def test_a_follow_is_not_moved_onto_its_like_nor_while_it_is_told(follows: FollowRecords) -> None:
    notice = await add_notice(follows)
    await follows.add_follow(replace(FOLLOW, id=3, channel_id=90))
    assert await follows.change_follow(replace(FOLLOW, channel_id=90), NOW_S) == "known"
    await follows.claim_notice(notice, NOW_S)
    assert await follows.change_follow(replace(FOLLOW, channel_id=91), NOW_S) == "busy"
    assert await follows.change_follow(replace(FOLLOW, role_id=11), NOW_S) == "changed"
    await follows.finish_notice(notice)
    assert await follows.change_follow(replace(FOLLOW, channel_id=91), NOW_S) == "changed"
    assert await follows.change_follow(replace(FOLLOW, id=99, channel_id=92), NOW_S) == "gone"


async def test_what_nobody_looks_for_any_more_keeps_no_follow_where_it_is(follows: FollowRecords) -> None:
    notice, late_s = await add_notice(follows), NOW_S + DAY_S
    await follows.claim_notice(notice, late_s - 1)
    elsewhere = replace(FOLLOW, channel_id=91)
    assert await follows.change_follow(elsewhere, late_s - 1 + LEASE_S - 1) == "busy"
    assert await follows.change_follow(elsewhere, late_s - 1 + LEASE_S) == "changed"


async def test_a_notice_whose_follow_was_moved_meanwhile_is_taken_on_where_it_is_then(follows: FollowRecords) -> None:
    notice = await add_notice(follows)
    assert await follows.change_follow(replace(FOLLOW, channel_id=90), NOW_S) == "changed"
    assert not await follows.claim_notice(notice, NOW_S)
    (notice,) = await follows.find_due(NOW_S)
    assert notice.follow.channel_id == 90
    assert await follows.claim_notice(notice, NOW_S)


async def test_of_a_process_that_tells_and_one_that_moves_the_follow_one_is_first(
    follows: FollowRecords, opened: Opener
) -> None:
    notice, other = await add_notice(follows), FollowRecords((await opened()).database)
    for channel_id in range(90, 110):
        moved = replace(FOLLOW, channel_id=channel_id)
        claimed, changed = await asyncio.gather(follows.claim_notice(notice, NOW_S), other.change_follow(moved, NOW_S))
        assert (claimed, changed) in {(True, "busy"), (False, "changed")}
        if claimed:
            await follows.put_off(notice, NOW_S - AGAIN_S)
        (notice,) = await follows.find_due(NOW_S)


async def test_a_server_that_is_full_takes_no_follow_of_a_person(follows: FollowRecords) -> None:
    for each in range(PER_SERVER):
        await follows.add_follow(replace(FOLLOW, id=100 + each, subject_id=each))
    await follows.add_follow(OWN)
    assert await follows.change_follow(replace(OWN, guild_id=8, channel_id=95), NOW_S) == "full"


@pytest.mark.parametrize("refused", [False, True])
async def test_what_was_begun_before_the_clock_was_set_back_is_due_all_the_same(
    follows: FollowRecords, refused: bool
) -> None:
    notice, later_s = await add_notice(follows), NOW_S + 5 * 3600
    if refused:
        await refuse(follows, notice, later_s)
    else:
        await follows.claim_notice(notice, later_s)
    assert [one.key for one in await follows.find_due(NOW_S)] == ["e5"]
    assert await follows.find_due(later_s) == []


async def test_a_follow_is_kept_after_a_restart(follows: FollowRecords, opened: Opener) -> None:
    assert await follows.add_follow(FOLLOW) == "added"
    other = FollowRecords((await opened()).database)
    assert await other.find_follow(FOLLOW.id) == FOLLOW
    assert await other.list_follows() == [FOLLOW]


@pytest.mark.parametrize("known", [FOLLOW, OWN])
async def test_an_equal_follow_is_not_added_again(follows: FollowRecords, known: Follow) -> None:
    await follows.add_follow(known)
    assert await follows.add_follow(replace(known, id=3, title="Another", created_s=0)) == "known"


@pytest.mark.parametrize("changed", [{"role_id": None}, {"role_id": 11}, {"delay_s": 0}, {"delay_s": 7200}])
async def test_an_equal_follow_with_another_role_or_delay_changes_it(
    follows: FollowRecords, changed: dict[str, int]
) -> None:
    await follows.add_follow(FOLLOW)
    await follows.add_follow(replace(OWN, subject_id=1))
    assert await follows.add_follow(replace(FOLLOW, id=3, created_s=0, **changed)) == "changed"  # pyright: ignore[reportArgumentType]
    assert await follows.list_follows() == [replace(OWN, subject_id=1), replace(FOLLOW, **changed)]  # pyright: ignore[reportArgumentType]


async def test_with_another_delay_what_waits_moves_and_what_was_told_stays_told(follows: FollowRecords) -> None:
    told = await add_notice(follows)
    await follows.claim_notice(told, NOW_S)
    await follows.finish_notice(told)
    await follows.keep_notices(["anime"], [WANTED, replace(WANTED, key="e6")], exact=True)
    later = replace(FOLLOW, id=3, delay_s=FOLLOW.delay_s + DAY_S)
    assert await follows.add_follow(later) == "changed"
    assert await follows.find_due(NOW_S + DAY_S - 1) == []
    wanted = [replace(WANTED, key=key, due_s=NOW_S + DAY_S) for key in ("e5", "e6")]
    await follows.keep_notices(["anime"], wanted, exact=True)
    assert [one.key for one in await follows.find_due(NOW_S + DAY_S)] == ["e6"]
    assert await follows.add_follow(replace(FOLLOW, id=4)) == "changed"
    assert [one.key for one in await follows.find_due(NOW_S)] == ["e6"]


async def test_an_id_that_is_too_large_names_nothing(follows: FollowRecords) -> None:
    assert await follows.find_follow(2**63) is None
    assert await follows.find_follow(2**63 - 1) is None


@pytest.mark.parametrize("changed", [{"subject_id": 1}, {"channel_id": 1}, {"kind": "vn"}, {"language": "ja"}])
async def test_a_follow_that_differs_is_added(follows: FollowRecords, changed: dict[str, object]) -> None:
    await follows.add_follow(FOLLOW)
    assert await follows.add_follow(replace(FOLLOW, id=3, **changed)) == "added"  # pyright: ignore[reportArgumentType]


async def test_of_two_processes_that_add_the_same_one_does(follows: FollowRecords, opened: Opener) -> None:
    other = FollowRecords((await opened()).database)
    added = await asyncio.gather(follows.add_follow(OWN), other.add_follow(replace(OWN, id=3)))
    assert sorted(added) == ["added", "known"]


@pytest.mark.parametrize(("one", "most"), [(FOLLOW, PER_SERVER), (OWN, PER_PERSON)])
async def test_there_are_so_many_follows_and_no_more(follows: FollowRecords, one: Follow, most: int) -> None:
    added = [await follows.add_follow(replace(one, id=10 + each, subject_id=each)) for each in range(most + 1)]
    assert added == ["added"] * most + ["full"]


async def test_only_what_a_person_is_told_by_direct_message_counts_as_theirs(follows: FollowRecords) -> None:
    for each in range(PER_PERSON):
        await follows.add_follow(replace(OWN, id=100 + each, user_id=70, subject_id=each))
        await follows.add_follow(replace(FOLLOW, id=200 + each, subject_id=each))
    assert await follows.add_follow(OWN) == "added"


async def test_each_server_has_its_own_follows(follows: FollowRecords) -> None:
    for each in range(PER_SERVER):
        await follows.add_follow(replace(FOLLOW, id=100 + each, guild_id=80, subject_id=each))
    assert await follows.add_follow(replace(FOLLOW, subject_id=PER_SERVER)) == "added"


async def test_follows_of_every_kind_are_listed_unless_some_are_asked_for(follows: FollowRecords) -> None:
    three = [
        replace(FOLLOW, id=1, kind="anime"),
        replace(FOLLOW, id=2, kind="vn"),
        replace(FOLLOW, id=3, kind="developer"),
    ]
    for one in three:
        await follows.add_follow(one)
    assert await follows.list_follows() == three
    assert await follows.list_follows(kinds=["vn", "developer"]) == three[1:]


async def test_follows_are_listed_by_person_and_server(follows: FollowRecords) -> None:
    for one in (FOLLOW, OWN, replace(OWN, id=3, user_id=70), replace(FOLLOW, id=4, guild_id=80, channel_id=90)):
        await follows.add_follow(one)
    assert [one.id for one in await follows.list_follows(user_id=7)] == [2]
    assert [one.id for one in await follows.list_follows(user_id=7, guild_id=8)] == [2, FOLLOW.id]


async def test_what_is_for_adults_by_now_ends_by_direct_message_and_is_marked_in_channels(
    follows: FollowRecords, opened: Opener
) -> None:
    for one in (FOLLOW, OWN, replace(OWN, id=3, subject_id=1), replace(OWN, id=4, kind="vn")):
        await follows.add_follow(one)
    other = FollowRecords((await opened()).database)
    ended = await asyncio.gather(follows.marks.mark_adult({9253}), other.marks.mark_adult({9253}))
    assert sorted(ended) == [[], [OWN]]
    assert {one.id: one.adult for one in await follows.list_follows()} == {FOLLOW.id: True, 3: False, 4: False}
    assert await follows.marks.mark_adult({9253}) == []


async def test_a_notice_is_found_when_it_is_due(follows: FollowRecords) -> None:
    await add_notice(follows, replace(WANTED, detail="About it"))
    assert await follows.find_due(NOW_S - 1) == []
    (due,) = await follows.find_due(NOW_S + DAY_S - 1)
    assert (due.follow, due.key, due.due_s, due.detail, due.sending) == (FOLLOW, "e5", NOW_S, "About it", False)
    assert await follows.find_due(NOW_S + DAY_S) == []


async def test_a_notice_that_waits_is_moved(follows: FollowRecords) -> None:
    await add_notice(follows)
    await follows.keep_notices(["anime"], [replace(WANTED, due_s=NOW_S + 60, adult=True)], exact=True)
    assert await follows.find_due(NOW_S) == []
    (due,) = await follows.find_due(NOW_S + 60)
    assert due.adult


async def test_a_notice_that_waits_is_not_moved_by_what_is_not_exact(follows: FollowRecords) -> None:
    await add_notice(follows)
    await follows.keep_notices(["anime"], [replace(WANTED, due_s=NOW_S + 60, adult=True)], exact=False)
    (due,) = await follows.find_due(NOW_S)
    assert (due.due_s, due.adult) == (NOW_S, False)


async def test_a_notice_that_is_not_wanted_any_more_goes_only_if_that_is_exact(follows: FollowRecords) -> None:
    await add_notice(follows)
    await follows.keep_notices(["anime"], [], exact=False)
    await follows.keep_notices(["vn"], [], exact=True)
    assert len(await follows.find_due(NOW_S)) == 1
    await follows.keep_notices(["anime"], [], exact=True)
    assert await follows.find_due(NOW_S) == []


async def test_what_is_wanted_of_one_subject_leaves_the_others(follows: FollowRecords) -> None:
    await add_notice(follows)
    await follows.keep_notices(["anime"], [], exact=True, subject_ids=[FOLLOW.subject_id + 1])
    assert len(await follows.find_due(NOW_S)) == 1
    await follows.keep_notices(["anime"], [], exact=True, subject_ids=[FOLLOW.subject_id])
    assert await follows.find_due(NOW_S) == []


async def test_a_notice_that_was_moved_in_the_meantime_is_not_claimed(follows: FollowRecords) -> None:
    notice = await add_notice(follows)
    await follows.keep_notices(["anime"], [replace(WANTED, due_s=NOW_S + 60)], exact=True)
    assert not await follows.claim_notice(notice, NOW_S)


async def test_what_is_sent_once_more_begins_anew(follows: FollowRecords) -> None:
    notice = await add_notice(follows)
    await follows.begin_again(notice, NOW_S + 1)
    assert (await follows.find_due(NOW_S))[0].begun_s == 0
    await follows.claim_notice(notice, NOW_S)
    await follows.begin_again(notice, NOW_S + 100)
    (lost,) = await follows.find_due(NOW_S + LEASE_S)
    assert lost.begun_s == NOW_S + 100


async def test_of_two_processes_one_claims(follows: FollowRecords, opened: Opener) -> None:
    notice = await add_notice(follows)
    other = FollowRecords((await opened()).database)
    claims = await asyncio.gather(follows.claim_notice(notice, NOW_S), other.claim_notice(notice, NOW_S))
    assert sorted(claims) == [False, True]


async def test_a_claim_ends_after_its_lease_and_keeps_when_it_was_begun(follows: FollowRecords) -> None:
    await follows.claim_notice(await add_notice(follows), NOW_S)
    assert await follows.find_due(NOW_S + LEASE_S - 1) == []
    (lost,) = await follows.find_due(NOW_S + LEASE_S)
    assert (lost.sending, lost.begun_s) == (True, NOW_S)
    assert await follows.claim_notice(lost, NOW_S + LEASE_S)
    assert await follows.find_due(NOW_S + LEASE_S + 1) == []
    (again,) = await follows.find_due(NOW_S + 2 * LEASE_S)
    assert again.begun_s == NOW_S


async def test_of_two_processes_one_takes_over_what_a_third_left(follows: FollowRecords, opened: Opener) -> None:
    await follows.claim_notice(await add_notice(follows), NOW_S)
    other = FollowRecords((await opened()).database)
    later_s = NOW_S + LEASE_S
    (lost,) = await follows.find_due(later_s)
    claims = await asyncio.gather(follows.claim_notice(lost, later_s), other.claim_notice(lost, later_s))
    assert sorted(claims) == [False, True]


async def test_what_was_told_is_not_wanted_again(follows: FollowRecords) -> None:
    notice = await add_notice(follows)
    await follows.claim_notice(notice, NOW_S)
    await follows.finish_notice(notice)
    await follows.keep_notices(["anime"], [replace(WANTED, due_s=NOW_S + MOVED_S)], exact=True)
    assert await follows.find_due(NOW_S + DAY_S - 1) == []


async def test_what_was_told_half_a_day_too_early_waits_again(follows: FollowRecords) -> None:
    notice = await add_notice(follows)
    await follows.claim_notice(notice, NOW_S)
    await follows.finish_notice(notice)
    moved_s = NOW_S + MOVED_S + 1
    await follows.keep_notices(["anime"], [replace(WANTED, due_s=moved_s)], exact=True)
    assert await follows.find_due(moved_s - 1) == []
    (again,) = await follows.find_due(moved_s)
    assert (again.sending, again.begun_s) == (False, 0)


async def test_what_was_told_after_the_time_to_which_it_moved_stays_told(follows: FollowRecords) -> None:
    notice = await add_notice(follows)
    await follows.claim_notice(notice, NOW_S + MOVED_S + 1)
    await follows.finish_notice(notice)
    await follows.keep_notices(["anime"], [replace(WANTED, due_s=NOW_S + MOVED_S + 1)], exact=True)
    assert await follows.find_due(NOW_S + DAY_S) == []


async def test_a_refused_notice_waits_for_a_while(follows: FollowRecords) -> None:
    notice = await add_notice(follows)
    await follows.claim_notice(notice, NOW_S)
    assert not await follows.refuse_notice(notice, NOW_S)
    assert await follows.find_due(NOW_S + AGAIN_S - 1) == []
    (again,) = await follows.find_due(NOW_S + AGAIN_S)
    assert not again.sending


async def test_the_third_refusal_deletes_the_follow_unless_one_was_told_between(follows: FollowRecords) -> None:
    notice = await add_notice(follows)
    assert [await refuse(follows, notice, NOW_S + hour * REFUSED_S) for hour in range(2)] == [False, False]
    await follows.finish_notice(notice)
    assert [await refuse(follows, notice, NOW_S + hour * REFUSED_S) for hour in range(2, 5)] == [False, False, True]
    assert await follows.find_follow(FOLLOW.id) is None


async def test_a_single_refusal_is_forgotten_too_when_one_was_told(follows: FollowRecords) -> None:
    notice = await add_notice(follows)
    assert not await refuse(follows, notice, NOW_S)
    await follows.finish_notice(notice)
    assert [await refuse(follows, notice, NOW_S + hour * REFUSED_S) for hour in range(1, 4)] == [False, False, True]


async def test_of_the_refusals_of_an_hour_one_counts(follows: FollowRecords) -> None:
    await add_notice(follows)
    wanted = [replace(WANTED, key=f"e{number}") for number in range(4)]
    await follows.keep_notices(["anime"], wanted, exact=True)
    ended_s = 0
    for after_s in range(0, 6 * REFUSED_S, AGAIN_S):
        now_s = NOW_S + after_s
        ended = [await refuse(follows, one, now_s) for one in await follows.find_due(now_s)]
        ended_s = ended_s or (now_s if any(ended) else 0)
    assert ended_s == NOW_S + 2 * REFUSED_S


async def test_a_deleted_follow_leaves_nothing(follows: FollowRecords, url: str) -> None:
    await add_notice(follows)
    await follows.delete_follow(FOLLOW.id)
    await follows.delete_follow(FOLLOW.id)
    assert str(FOLLOW.id) not in await fetch_everything(url)


@pytest.mark.parametrize("how", ["ended", "moved"])
async def test_what_a_single_follow_told_is_told_by_the_part_of_a_list_in_its_place(
    follows: FollowRecords, url: str, how: str
) -> None:
    await follows.add_follow(replace(OWN, id=4, kind="mine", subject_id=0, title="AniList", delay_s=0))
    await follows.add_follow(OWN)
    told, waiting = (Wanted(OWN.id, key, NOW_S + due_s, adult=False) for key, due_s in (("e5", 0), ("e6", DAY_S)))
    await follows.keep_notices(["anime"], [told, waiting], exact=True)
    (notice,) = await follows.find_due(NOW_S)
    await follows.claim_notice(notice, NOW_S)
    await follows.finish_notice(notice)
    if how == "ended":
        await follows.delete_follow(OWN.id)
    else:
        assert await follows.change_follow(replace(OWN, guild_id=8, channel_id=9), NOW_S) == "changed"
    *others, part = sorted(await follows.list_follows(), key=lambda one: (one.part_of is not None, one.id))
    assert [one.id for one in others] == ([4] if how == "ended" else [OWN.id, 4])
    assert part == replace(OWN, id=part.id, delay_s=0, part_of=4)
    shown = await fetch_value(url, f"SELECT key || state || due_s FROM notice WHERE follow_id = {part.id}")  # noqa: S608
    assert shown == f"e5told{NOW_S - OWN.delay_s}"
    assert await fetch_value(url, "SELECT count(*) FROM notice") == (1 if how == "ended" else 3)


async def test_notices_of_a_month_ago_are_forgotten(follows: FollowRecords, url: str) -> None:
    await add_notice(follows)
    await follows.prune_notices(NOW_S + KEPT_S)
    assert await fetch_value(url, "SELECT count(*) FROM notice") == 1
    await follows.prune_notices(NOW_S + KEPT_S + 1)
    assert await fetch_value(url, "SELECT count(*) FROM notice") == 0


@pytest.mark.parametrize("gone", ["person", "server", "channel"])
async def test_with_a_person_a_server_or_a_channel_its_follows_go(
    store: Store, follows: FollowRecords, url: str, gone: str
) -> None:
    await add_notice(follows)
    others = replace(FOLLOW, id=5, user_id=70, guild_id=80, channel_id=90)
    await follows.add_follow(others)
    assert await store.list_servers() == {8, 80}
    ids = {"person": 7, "server": 8, "channel": 9}
    delete = {"person": store.delete_person, "server": store.delete_server, "channel": store.delete_channel}[gone]
    await delete(ids[gone])
    assert await follows.list_follows() == [others]
    assert str(FOLLOW.id) not in await fetch_everything(url)


async def test_the_export_of_a_person_holds_their_follows_with_what_was_and_is_told(
    store: Store, follows: FollowRecords
) -> None:
    await follows.finish_notice(await add_notice(follows))
    for one in (OWN, replace(OWN, id=3, user_id=70)):
        await follows.add_follow(one)
    told = {"key": WANTED.key, "due_s": WANTED.due_s, "adult": WANTED.adult, "detail": WANTED.detail, "state": "told"}
    exported = (await store.export_person(7))["follows"]
    assert exported == [
        {**asdict(FOLLOW), "notices": [{**told, "begun_s": 0, "claimed_s": 0}]},
        {**asdict(OWN), "notices": []},
    ]
    assert msgspec.json.decode(msgspec.json.encode(exported)) == exported


async def test_an_older_database_keeps_its_rows(opened: Opener, url: str, clock: FakeClock) -> None:
    store = await opened()
    await store.take_note(7, 20_000, "")
    await PreviewRecords(store.database).begin_preview(message_id=1, channel_id=2, guild_id=3, poster_id=7)
    await run_sql(
        url,
        "DROP TABLE listed_work",
        "DROP TABLE kept_list",
        "DROP TABLE list_import_row",
        "DROP TABLE list_import",
        "DROP TABLE vndb_remake",
        "DROP TABLE vndb_token",
        "DROP TABLE opt_in",
        "DROP TABLE account",
        "DROP TABLE greeting",
        "DROP TABLE filling",
        "DROP TABLE known_work",
        "DROP TABLE owner",
        "DROP TABLE kept_place",
        "DROP INDEX ix_preview_parent_id",
        "DROP INDEX ix_preview_leaving",
        "ALTER TABLE preview DROP COLUMN parent_id",
        "ALTER TABLE preview DROP COLUMN restricted",
        "ALTER TABLE preview DROP COLUMN leaving",
        "DROP TABLE claim",
        "DROP TABLE process",
        "DROP TABLE spent",
        "DROP TABLE rest",
        "DROP TABLE notice",
        "DROP TABLE follow",
        "UPDATE alembic_version SET version_num = '0001'",
    )
    upgraded = await opened()
    assert await FollowRecords(upgraded.database).add_follow(FOLLOW) == "added"
    assert not await upgraded.take_note(7, 20_000, "")
    assert await PreviewRecords(upgraded.database).find_preview(1)
