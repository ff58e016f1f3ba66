"""Lists that people show to servers: taken on once, kept a day, gone when nobody shows them any more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.account.keeper import ROUND_S, ListKeeper, Lists, ListSource
from bot.account.list_record import BELIEVED_S, DAY_S, LEASE_S, AccountTaste, ListRecords, ShownList
from bot.account.model import Account, ListedWork
from bot.account.record import AccountRecords
from bot.account.seal import Sealer
from bot.account.token import Tokens
from bot.errors import Throttled, Unavailable
from bot.follow.model import Follow
from bot.follow.record import FollowRecords
from bot.http import LaneState, Secret
from bot.navigation.here import RankedWork, Reader
from bot.store.store import Store
from tests.store.database import Opener, eventually, fetch_everything
from tests.support.clock import FakeClock

PERSON, OTHER = 812345678901234567, 812345678901234568
SERVER, ELSEWHERE = 712345678901234567, 712345678901234568
VNDB = Account("VNDB", "u2", "yorhel", public=True)
NOW_S = 1_000_000

FINISHED = ListedWork(17, "vn", "finished", 90)
PLANNED = ListedWork(18, "vn", "planned", 0)
RATED = ListedWork(19, "vn", "other", 75)


@pytest.fixture
def lists(store: Store) -> ListRecords:
    return ListRecords(store.database)


async def show(accounts: AccountRecords, person: int, linked: Account = VNDB, *servers: int) -> None:
    await accounts.link(person, linked, now_s=1)
    for server in servers or (SERVER,):
        await accounts.opt_in(person, server, now_s=1)


async def take(lists: ListRecords, now_s: int = NOW_S, *, at_most: int = 9) -> list[str]:
    return await lists.take("VNDB", at_most=at_most, now_s=now_s)


async def list_readers(lists: ListRecords, work: int = 17, server: int = SERVER) -> list[Reader]:
    return await lists.list_readers(server, "VNDB", work, now_s=NOW_S)


async def keep(lists: ListRecords, *works: ListedWork, account_id: str = "u2", now_s: int = NOW_S) -> None:
    await take(lists, now_s)
    await lists.keep("VNDB", account_id, works, now_s=now_s)


async def test_only_what_somebody_shows_is_asked_for(accounts: AccountRecords, lists: ListRecords) -> None:
    await accounts.link(PERSON, VNDB, now_s=1)
    assert await take(lists) == []
    await accounts.opt_in(PERSON, SERVER, now_s=1)
    assert await take(lists) == ["u2"]
    assert await lists.take("AniList", at_most=9, now_s=NOW_S) == []


async def test_what_a_token_names_is_ones_own_and_its_list_kept_while_it_is_followed_and_no_longer(
    store: Store, accounts: AccountRecords, lists: ListRecords, follows: FollowRecords, clock: FakeClock
) -> None:
    tokens = Tokens(store.database, Sealer([b"k" * 32]), clock=clock)
    await show(accounts, PERSON, Account("AniList", "5", "Nozomi", public=True))
    await tokens.keep(PERSON, Secret("x"), uid="u2", name="yorhel", permissions=())
    assert await accounts.find_own(PERSON, "VNDB") == Account("VNDB", "u2", "yorhel", public=False, by_token=True)
    assert await accounts.find_own(OTHER, "VNDB") is None
    assert await take(lists) == []
    mine = Follow(1, "mine", 0, "VNDB", False, PERSON, None, None, None, 0, None, None, NOW_S)
    await follows.add_follow(mine)
    await keep(lists, FINISHED, PLANNED)
    assert await follows.lists.count_works(PERSON, "VNDB", NOW_S) == 1
    assert await list_readers(lists) == await lists.list_shown_to(SERVER, "VNDB", now_s=NOW_S) == []
    await accounts.link(PERSON, Account("VNDB", "u3", "yorhel", public=True), now_s=1)
    assert await take(lists) == ["u3"]
    await accounts.unlink(PERSON, "VNDB")
    assert await take(lists) == ["u2"]
    await tokens.remove(PERSON)
    assert await follows.list_follows() == await take(lists) == []


async def test_a_list_is_taken_on_once_and_again_after_a_day_or_where_it_never_came(
    accounts: AccountRecords, lists: ListRecords
) -> None:
    await show(accounts, PERSON)
    assert await take(lists) == ["u2"]
    assert await take(lists, NOW_S + LEASE_S - 1) == []
    assert await take(lists, NOW_S + LEASE_S) == ["u2"]
    await lists.keep("VNDB", "u2", [FINISHED], now_s=NOW_S)
    assert await take(lists, NOW_S + DAY_S - 1) == []
    assert await take(lists, NOW_S + DAY_S) == ["u2"]


async def test_of_two_processes_one_takes_it_on(accounts: AccountRecords, lists: ListRecords, opened: Opener) -> None:
    other = ListRecords((await opened()).database)
    for number in range(5):
        await show(accounts, PERSON + number, Account("VNDB", f"u{number + 1}", "x", public=True))
    taken = await asyncio.gather(take(lists), take(other))
    assert sorted(taken[0] + taken[1]) == ["u1", "u2", "u3", "u4", "u5"]


async def test_those_never_fetched_come_first(accounts: AccountRecords, lists: ListRecords) -> None:
    await show(accounts, PERSON)
    await keep(lists, FINISHED, now_s=NOW_S - DAY_S)
    await show(accounts, OTHER, Account("VNDB", "u9", "x", public=True))
    assert await take(lists, at_most=1) == ["u9"]
    assert await take(lists, at_most=1) == ["u2"]


async def test_who_was_asked_for_in_vain_comes_after_all_who_wait_for_longer(
    accounts: AccountRecords, lists: ListRecords
) -> None:
    await show(accounts, PERSON)
    await keep(lists, FINISHED, now_s=NOW_S - DAY_S + LEASE_S)
    for number in (5, 9):
        await show(accounts, PERSON + number, Account("VNDB", f"u{number}", "x", public=True))
    assert await take(lists) == ["u5", "u9"]
    taken = [await take(lists, NOW_S + LEASE_S, at_most=1) for _ in range(4)]
    assert taken == [["u2"], ["u5"], ["u9"], []]


async def test_who_has_read_it_is_told_by_votes_and_only_where_they_show_it(
    accounts: AccountRecords, lists: ListRecords
) -> None:
    await show(accounts, PERSON)
    await show(accounts, OTHER, Account("VNDB", "u9", "x", public=True), SERVER, ELSEWHERE)
    await keep(lists, FINISHED, PLANNED, RATED)
    await keep(lists, ListedWork(17, "vn", "current", 95), account_id="u9")
    assert await list_readers(lists) == [Reader(OTHER, "current", 95), Reader(PERSON, "finished", 90)]
    assert await list_readers(lists, server=ELSEWHERE) == [Reader(OTHER, "current", 95)]
    assert await list_readers(lists, 18) == []
    assert await list_readers(lists, 19) == [Reader(PERSON, "other", 75)]
    assert await list_readers(lists, 20) == []


async def test_a_new_list_takes_the_place_of_the_one_before(accounts: AccountRecords, lists: ListRecords) -> None:
    await show(accounts, PERSON)
    await keep(lists, FINISHED)
    await lists.keep("VNDB", "u2", [RATED], now_s=NOW_S)
    assert await list_readers(lists, 17) == []
    assert await list_readers(lists, 19) == [Reader(PERSON, "other", 75)]
    await lists.keep("VNDB", "u2", [], now_s=NOW_S)
    assert await list_readers(lists, 19) == []


async def test_a_long_list_is_kept_whole(accounts: AccountRecords, lists: ListRecords) -> None:
    await show(accounts, PERSON)
    await keep(lists, *(ListedWork(number, "vn", "finished", 0) for number in range(1, 3001)))
    assert [len(await list_readers(lists, work)) for work in (1, 1500, 3000)] == [1, 1, 1]


async def test_what_is_too_old_is_believed_no_more(accounts: AccountRecords, lists: ListRecords) -> None:
    await show(accounts, PERSON)
    await keep(lists, FINISHED, now_s=NOW_S - BELIEVED_S + 1)
    assert len(await list_readers(lists)) == 1
    await lists.keep("VNDB", "u2", [FINISHED], now_s=NOW_S - BELIEVED_S)
    assert await list_readers(lists) == []


@pytest.mark.parametrize("how", ["opt_out", "everywhere", "unlink", "delete", "leave", "another"])
async def test_nothing_of_a_list_is_left_that_nobody_shows_any_more(
    store: Store, accounts: AccountRecords, lists: ListRecords, url: str, how: str
) -> None:
    await show(accounts, PERSON, Account("VNDB", "u777", "x", public=True))
    await keep(lists, ListedWork(171717, "vn", "finished", 90), account_id="u777")
    assert "171717" in await fetch_everything(url)
    await {
        "opt_out": lambda: accounts.opt_out(PERSON, SERVER),
        "everywhere": lambda: accounts.opt_out(PERSON),
        "unlink": lambda: accounts.unlink(PERSON, "VNDB"),
        "delete": lambda: store.delete_person(PERSON),
        "leave": lambda: store.delete_server(SERVER),
        "another": lambda: accounts.link(PERSON, VNDB, now_s=2),
    }[how]()
    text = await fetch_everything(url)
    assert "171717" not in text
    assert "u777" not in text or how in {"opt_out", "everywhere", "leave"}  # where they still have it linked


async def test_a_list_that_another_one_shows_stays(accounts: AccountRecords, lists: ListRecords) -> None:
    for person in (PERSON, OTHER):
        await show(accounts, person)
    await keep(lists, FINISHED)
    await accounts.unlink(PERSON, "VNDB")
    assert await list_readers(lists) == [Reader(OTHER, "finished", 90)]


async def test_a_list_that_comes_after_its_owner_opted_out_is_not_kept(
    accounts: AccountRecords, lists: ListRecords, url: str
) -> None:
    await show(accounts, PERSON)
    assert await take(lists) == ["u2"]
    await accounts.opt_out(PERSON, SERVER)
    await lists.keep("VNDB", "u2", [ListedWork(171717, "vn", "finished", 90)], now_s=NOW_S)
    assert "171717" not in await fetch_everything(url)


async def test_a_list_that_is_kept_while_its_owner_opts_out_is_not_left(
    accounts: AccountRecords, lists: ListRecords, opened: Opener, url: str
) -> None:
    other = ListRecords((await opened()).database)
    works = [ListedWork(171717, "vn", "finished", 90)]
    for _ in range(5):
        await show(accounts, PERSON)
        await take(lists)
        await asyncio.gather(
            accounts.opt_out(PERSON, SERVER),
            other.keep("VNDB", "u2", works, now_s=NOW_S),
            other.take("VNDB", at_most=9, now_s=NOW_S + DAY_S),
        )
        await lists.keep("VNDB", "u2", works, now_s=NOW_S)
        assert "171717" not in await fetch_everything(url)


async def test_which_servers_are_shown_something(accounts: AccountRecords, lists: ListRecords) -> None:
    await accounts.link(PERSON, VNDB, now_s=1)
    assert await lists.list_shown() == frozenset()
    await show(accounts, PERSON)
    assert await lists.list_shown() == {(SERVER, "VNDB")}


# Keeping them

IDLE = LaneState("VNDB", 0, 0, 0.0, 0.0, 0.0, 0.0, idle=True)
BUSY = LaneState("VNDB", 1, 0, 0.0, 0.0, 0.0, 0.0, idle=False)


class Service:
    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.fails = False
        self.fails_over = ""
        self.left_out = ""
        self.state = IDLE
        self.rounds = 0

    async def fetch(self, account_ids: Sequence[str]) -> Lists:
        self.asked.append([*account_ids])
        if self.fails:
            raise Throttled("VNDB", "too many")
        if self.fails_over in account_ids:
            raise Unavailable("VNDB", "Internal Server Error", status=500)
        return {one: [FINISHED] for one in account_ids if one != self.left_out}

    async def begin(self) -> None:
        self.rounds += 1


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def keeper(lists: ListRecords, service: Service, clock: FakeClock) -> ListKeeper:
    source = ListSource("VNDB", 2, service.fetch)
    return ListKeeper([source], lists, lane=lambda _: service.state, begin=service.begin, clock=clock)


async def test_a_round_asks_for_some_lists_while_nobody_else_asks(
    accounts: AccountRecords, lists: ListRecords, keeper: ListKeeper, service: Service, clock: FakeClock
) -> None:
    for number in range(3):
        await show(accounts, PERSON + number, Account("VNDB", f"u{number + 1}", "x", public=True))
    service.state = BUSY
    await keeper.work()
    assert service.asked == []
    service.state = IDLE
    for _ in range(3):
        await keeper.work()
    assert service.asked == [["u1", "u2"], ["u3"]]
    assert len(await lists.list_readers(SERVER, "VNDB", 17, now_s=int(clock.time()))) == 3


async def test_a_service_that_refuses_is_asked_again_later_and_what_is_kept_stays(
    accounts: AccountRecords, lists: ListRecords, keeper: ListKeeper, service: Service, clock: FakeClock
) -> None:
    await show(accounts, PERSON)
    await keeper.work()
    await clock.advance(DAY_S)
    service.fails = True
    for _ in range(2):
        await keeper.work()
    assert len(service.asked) == 2
    assert len(await lists.list_readers(SERVER, "VNDB", 17, now_s=int(clock.time()))) == 1
    service.fails = False
    await clock.advance(LEASE_S)
    await keeper.work()
    assert len(service.asked) == 3


async def test_one_list_that_fails_keeps_no_other_from_ever_being_read_and_spoils_no_question_again(
    accounts: AccountRecords, lists: ListRecords, keeper: ListKeeper, service: Service, clock: FakeClock
) -> None:
    for number in range(1, 4):
        await show(accounts, PERSON + number, Account("VNDB", f"u{number}", "x", public=True))
    service.fails_over = "u1"
    for _ in range(LEASE_S // int(ROUND_S) + 10):
        await keeper.work()
        await clock.advance(ROUND_S)
    assert service.asked == [["u1", "u2"], ["u3"], ["u1"], ["u2"]]
    await show(accounts, PERSON + 4, Account("VNDB", "u4", "x", public=True))
    await clock.advance(LEASE_S)
    for _ in range(3):
        await keeper.work()
    assert service.asked[4:] == [["u4"], ["u1"]]
    shown = await lists.list_shown_to(SERVER, "VNDB", now_s=int(clock.time()))
    assert sorted(one.account_id for one in shown if one.is_there) == ["u2", "u3", "u4"]


async def test_what_a_service_leaves_out_is_not_taken_for_an_empty_list(
    accounts: AccountRecords, lists: ListRecords, keeper: ListKeeper, service: Service, clock: FakeClock
) -> None:
    await show(accounts, PERSON)
    await keeper.work()
    await show(accounts, OTHER, Account("VNDB", "u9", "x", public=True))
    await clock.advance(DAY_S)
    service.left_out = "u2"
    for _ in range(2):
        await keeper.work()
    assert service.asked == [["u2"], ["u9", "u2"]]
    assert len(await lists.list_readers(SERVER, "VNDB", 17, now_s=int(clock.time()))) == 2
    await clock.advance(LEASE_S)
    await keeper.work()
    assert service.asked[2:] == [["u2"]]


async def test_rounds_follow_each_other_until_it_is_closed(
    keeper: ListKeeper, service: Service, clock: FakeClock
) -> None:
    keeper.start()
    await eventually(lambda: service.rounds >= 3, clock=clock)
    await keeper.close()
    rounds = service.rounds
    await clock.advance(3 * ROUND_S)
    assert service.rounds == rounds


# What the lists of a server have together


def vote(work_id: int, vote: int, kind: str = "vn") -> ListedWork:
    return ListedWork(work_id, kind, "finished", vote)


async def test_a_server_s_best_have_two_votes_and_its_most_read_come_by_their_readers(
    accounts: AccountRecords, lists: ListRecords
) -> None:
    for number, works in enumerate(
        (
            [vote(1, 80), vote(2, 100), vote(3, 0), PLANNED, vote(9, 100, "anime")],
            [vote(1, 90), vote(3, 90), vote(4, 60)],
            [vote(3, 80), vote(4, 70), PLANNED],
        ),
        1,
    ):
        await show(accounts, PERSON + number, Account("VNDB", f"u{number}", "x", public=True))
        await keep(lists, *works, account_id=f"u{number}")
    everybody = ["u1", "u2", "u3"]
    best = await lists.rank_works("VNDB", "vn", everybody, "best")
    assert best == [RankedWork(1, 2, 2, 85.0), RankedWork(3, 3, 2, 85.0), RankedWork(4, 2, 2, 65.0)]
    read = await lists.rank_works("VNDB", "vn", everybody, "read")
    assert [(one.work_id, one.read, one.votes) for one in read] == [(3, 3, 2), (1, 2, 2), (4, 2, 2), (2, 1, 1)]
    alone = await lists.rank_works("VNDB", "vn", ["u1"], "read")
    assert alone == [RankedWork(2, 1, 1, 100.0), RankedWork(1, 1, 1, 80.0), RankedWork(3, 1, 0, 0.0)]
    assert await lists.rank_works("VNDB", "vn", ["u1"], "best") == []
    assert await lists.rank_works("VNDB", "vn", [], "read") == []


async def test_tastes_are_near_by_the_votes_on_five_works_that_both_voted_on(
    accounts: AccountRecords, lists: ListRecords
) -> None:
    works = range(1, 7)
    votes = {
        "u1": [vote(one, 80) for one in works],
        "u2": [vote(one, 70) for one in works],
        "u3": [vote(one, 85) for one in works][:5],
        "u4": [vote(one, 80) for one in works][:4],  # in common too few
        "u5": [vote(one, 0) for one in works],
        "u6": [vote(one, 90) for one in works][:5],
        "u7": [vote(one, 80, "anime") for one in works],
    }
    for number, (account_id, listed) in enumerate(votes.items()):
        await show(accounts, PERSON + number, Account("VNDB", account_id, "x", public=True))
        await keep(lists, *listed, account_id=account_id)
    found = await lists.list_tastes("VNDB", "vn", "u1", [*votes])
    assert found == [AccountTaste("u3", 5.0, 5), AccountTaste("u2", 10.0, 6), AccountTaste("u6", 10.0, 5)]
    assert await lists.list_tastes("VNDB", "vn", "u1", ["u1", "u4"]) == []


async def test_a_list_is_there_once_it_was_fetched_and_while_it_is_believed(
    accounts: AccountRecords, lists: ListRecords
) -> None:
    await show(accounts, PERSON)
    await show(accounts, OTHER, Account("VNDB", "u9", "x", public=True), ELSEWHERE)
    assert await lists.list_shown_to(SERVER, "VNDB", now_s=NOW_S) == [ShownList(PERSON, "u2", is_there=False)]
    await keep(lists, FINISHED)
    for now_s, there in ((NOW_S, True), (NOW_S + BELIEVED_S - 1, True), (NOW_S + BELIEVED_S, False)):
        assert await lists.list_shown_to(SERVER, "VNDB", now_s=now_s) == [ShownList(PERSON, "u2", there)]
    assert await lists.list_shown_to(SERVER, "AniList", now_s=NOW_S) == []


async def test_the_export_of_a_person_has_the_lists_that_are_kept_of_their_accounts(
    store: Store, accounts: AccountRecords, lists: ListRecords, follows: FollowRecords, clock: FakeClock
) -> None:
    await show(accounts, PERSON)
    await keep(lists, PLANNED, FINISHED)
    exported = (await store.export_person(PERSON))["accounts"]
    works = [
        {"kind": "vn", "work_id": 17, "status": "finished", "vote": 90},
        {"kind": "vn", "work_id": 18, "status": "planned", "vote": 0},
    ]
    kept = {"list_of": "VNDB", "id": "u2", "fetched_s": NOW_S, "works": works}
    assert isinstance(exported, list)
    assert exported[2:] == [kept]
    await Tokens(store.database, Sealer([b"k" * 32]), clock=clock).keep(
        OTHER, Secret("x"), uid="u2", name="yorhel", permissions=()
    )
    await follows.add_follow(Follow(1, "mine", 0, "VNDB", False, OTHER, None, None, None, 0, None, None, NOW_S))
    assert (await store.export_person(OTHER))["accounts"] == [kept]
