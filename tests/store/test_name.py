"""Names at hand: filled by all processes together, a page at a time, and resumed where it stopped."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlalchemy import text

from bot.errors import StoreError, Throttled
from bot.http import LaneState
from bot.names.id_set import IdSet
from bot.names.keeper import (
    FILL_AFTER_S,
    FIRST_AFTER_S,
    FIRST_PACE_S,
    LOAD_EVERY_S,
    ROUND_S,
    Fillable,
    NameKeeper,
    Supply,
)
from bot.names.record import (
    BELIEVED_S,
    DAY_S,
    PACE_S,
    PORTION,
    REFRESH_S,
    SEEN_AT_MOST,
    NameRecords,
    Turn,
    WorkRecord,
)
from bot.names.shelf import SEEN_AT_ONCE, NameShelf
from bot.service.names import Known
from bot.service.record import Found
from bot.store.store import Store
from bot.vndb.api import at_hand as vndb_at_hand
from bot.vndb.api.model import Vn
from tests.store.database import Opener, fetch_everything
from tests.support.clock import FakeClock

IDLE = LaneState("VNDB", 0, 0, 0.0, 0.0, 0.0, 0.0, idle=True)
BUSY = LaneState("VNDB", 1, 0, 0.0, 0.0, 0.0, 0.0, idle=False)
SIZE = 10


def describe(vn: Vn) -> Known[Vn]:
    """Those of a sexual alias are for adults."""
    adult = "adult" in vn.aliases
    return Known(int(vn.id[1:]), adult, vn.votecount, [vn.title, *vn.aliases], Vn(id=vn.id, title=vn.title))


@pytest.fixture
def store_clock() -> FakeClock:
    """One that stands still: weeks pass here, and a store looks once a second whether another process wrote."""
    return FakeClock()


class Service:
    """Has novels by their votes, on pages of ten. `asked`: the pages that were asked for."""

    def __init__(self, titles: Iterable[str]) -> None:
        self.novels = [
            Vn(id=f"v{number}", title=title, votecount=9999 - number) for number, title in enumerate(titles, 1)
        ]
        self.asked: list[int] = []
        self.fails = False
        self.state = IDLE

    async def fetch(self, page: int) -> Found[Vn]:
        self.asked.append(page)
        if self.fails:
            raise Throttled("VNDB", "too many")
        rows = self.novels[(page - 1) * SIZE : page * SIZE]
        return Found(rows, more=page * SIZE < len(self.novels))


class Process:
    """A process of the bot, as far as it keeps names at hand."""

    def __init__(self, store: Store, service: Service, clock: FakeClock, *, pages: int = 50, first: int = 0) -> None:
        self.records = NameRecords(store.database)
        self.shelf = NameShelf("vn", Vn, describe, records=self.records, clock=clock)
        self.ids = IdSet("vn with anime", vndb_at_hand.list_numbers, records=self.records, clock=clock)
        self.service = service
        self.clock = clock
        self.keeper = self.build_keeper(self.shelf, pages=pages, first=first)

    def build_keeper(self, shelf: Fillable, *, pages: int = 50, first: int = 0) -> NameKeeper:
        supply = Supply(shelf, "VNDB", pages, self.service.fetch, first)
        return NameKeeper([supply], self.records, lane=lambda _: self.service.state, clock=self.clock)

    async def work(self, *, rounds: int = 1, every_s: float = PACE_S) -> None:
        for _ in range(rounds):
            await self.clock.advance(every_s)
            await self.keeper.work()

    async def find(self, text: str, *, adult: bool = True) -> list[str]:
        return [vn.id for vn in await self.shelf.find(text, adult=adult)]


TITLES = [f"Novel number {number}" for number in range(1, 26)]


async def test_a_shelf_is_filled_page_by_page_and_then_left_alone(store: Store, clock: FakeClock) -> None:
    service = Service(TITLES)
    process = Process(store, service, clock)
    await process.work(rounds=2, every_s=FILL_AFTER_S / 2 - 1)
    assert service.asked == []  # whoever starts has better things to do
    await process.work(rounds=10)
    assert service.asked == [1, 2, 3]
    assert await process.find("novel number 25") == ["v25"]
    assert (await process.find("nvoel number 17"))[0] == "v17"
    await process.work(rounds=3, every_s=DAY_S)
    assert service.asked == [1, 2, 3]


async def test_the_best_known_are_at_hand_soon_and_the_others_take_their_time(store: Store, clock: FakeClock) -> None:
    service = Service(TITLES)
    process = Process(store, service, clock, first=2)
    await process.work(every_s=FIRST_AFTER_S - 1)
    assert service.asked == []
    await process.work(rounds=2, every_s=FIRST_PACE_S)
    assert service.asked == [1, 2]
    await process.work(every_s=ROUND_S)
    assert await process.find("novel number 20") == ["v20"]
    await process.work(rounds=3, every_s=FIRST_PACE_S)
    assert service.asked == [1, 2]  # the portion is there
    await process.work(every_s=FILL_AFTER_S)
    assert service.asked == [1, 2, 3]


async def test_a_first_portion_waits_for_everybody_who_asks(store: Store, clock: FakeClock) -> None:
    service = Service(TITLES)
    service.state = BUSY
    process = Process(store, service, clock, first=2)
    await process.work(rounds=5, every_s=FIRST_AFTER_S)
    assert service.asked == []


async def test_all_is_at_hand_at_once_where_that_is_wanted(store: Store, clock: FakeClock) -> None:
    service = Service(TITLES)
    process = Process(store, service, clock)
    await process.keeper.fill_at_once()
    assert service.asked == [1, 2, 3]
    assert (await process.find("nvoel number 25"))[0] == "v25"
    await process.keeper.fill_at_once()
    assert service.asked == [1, 2, 3]


async def test_what_a_service_does_not_tell_at_once_is_left_to_the_rounds(store: Store, clock: FakeClock) -> None:
    service = Service(TITLES)
    service.fails = True
    process = Process(store, service, clock)
    await process.keeper.fill_at_once()
    assert service.asked == [1]
    service.fails = False
    await process.work(rounds=6)
    assert service.asked == [1, 1, 2, 3]


async def test_ids_are_kept_in_the_store_until_the_service_leaves_them_out(opened: Opener, clock: FakeClock) -> None:
    service = Service(TITLES)
    process = Process(await opened(), service, clock)
    await process.build_keeper(process.ids).fill_at_once()
    assert [number for number in range(30) if number in process.ids] == [*range(1, 26)]
    assert "v1" not in process.ids
    assert await process.find("novel") == []  # they have no names
    again = Process(await opened(), service, clock)
    await again.ids.load()
    assert 25 in again.ids
    service.novels = service.novels[:3]
    await clock.advance(REFRESH_S)
    await again.build_keeper(again.ids).fill_at_once()
    assert [number for number in range(30) if number in again.ids] == [1, 2, 3]
    await clock.advance(BELIEVED_S)
    await again.ids.load()
    assert 1 not in again.ids  # nobody has said so for weeks


async def test_no_more_pages_are_asked_for_than_the_shelf_has(store: Store, clock: FakeClock) -> None:
    service = Service(TITLES)
    process = Process(store, service, clock, pages=2)
    await process.work(rounds=10)
    assert service.asked == [1, 2]


async def test_after_a_restart_it_goes_on_where_it_stopped(opened: Opener, clock: FakeClock) -> None:
    service = Service(TITLES)
    first = Process(await opened(), service, clock)
    await first.work(rounds=3)
    assert service.asked == [1, 2]
    second = Process(await opened(), service, clock)
    await second.keeper.work()
    assert await second.find("novel number 20") == ["v20"]  # at once: it was kept
    await second.work(rounds=10)
    assert service.asked == [1, 2, 3]


async def test_processes_ask_together_no_more_than_one_would(opened: Opener, clock: FakeClock) -> None:
    service = Service(TITLES)
    processes = [Process(await opened(), service, clock) for _ in range(3)]
    for _ in range(40):
        await clock.advance(PACE_S / 4)
        for process in processes:
            await process.keeper.work()
    assert service.asked == [1, 2, 3]
    await clock.advance(LOAD_EVERY_S)
    for process in processes:
        await process.keeper.work()
        assert await process.find("novel number 1") != []


async def test_while_anybody_asks_the_service_nothing_is_filled(store: Store, clock: FakeClock) -> None:
    service = Service(TITLES)
    service.state = BUSY
    process = Process(store, service, clock)
    await process.work(rounds=10)
    assert service.asked == []
    service.state = IDLE
    await process.work()
    assert service.asked == [1]


async def test_a_page_that_failed_is_asked_for_again_when_its_time_has_come(store: Store, clock: FakeClock) -> None:
    service = Service(TITLES)
    service.fails = True
    process = Process(store, service, clock)
    await process.work(rounds=4, every_s=PACE_S / 2)
    await process.work(rounds=2, every_s=PACE_S / 4)
    assert service.asked == [1]
    service.fails = False
    await process.work(rounds=5)
    assert service.asked == [1, 1, 2, 3]


async def test_after_weeks_it_is_filled_anew_and_what_fell_off_is_only_seen(store: Store, clock: FakeClock) -> None:
    service = Service(TITLES)
    process = Process(store, service, clock)
    await process.work(rounds=6)
    service.novels = [Vn(id="v900", title="Newcomer", votecount=50_000), *service.novels[:5]]
    await process.work(every_s=REFRESH_S - DAY_S)
    assert service.asked == [1, 2, 3]
    await process.work(rounds=3, every_s=DAY_S)
    assert service.asked == [1, 2, 3, 1]
    assert await process.find("newcomer") == ["v900"]
    assert await process.find("novel number 25") == ["v25"]
    await clock.advance(BELIEVED_S - DAY_S)  # the service is away for weeks
    service.fails = True
    await process.work()
    assert await process.find("novel number 25") == []


async def test_a_clock_that_was_set_back_stops_nothing(store: Store, clock: FakeClock) -> None:
    service = Service(TITLES)
    process = Process(store, service, clock)
    await process.work(rounds=2)
    assert service.asked == [1]
    clock.set_back(10 * DAY_S)
    await process.work(rounds=4)
    assert service.asked == [1, 2, 3]


async def test_what_was_seen_is_found_too_and_is_bounded(store: Store, clock: FakeClock) -> None:
    process = Process(store, Service([]), clock)
    process.shelf.see([Vn(id="v7", title="Tsukihime", aliases=["月姫"])])
    await process.work(every_s=LOAD_EVERY_S)
    assert await process.find("月姫") == await process.find("tsukhime") == ["v7"]
    for first in range(100, 100 + SEEN_AT_MOST + 200, 300):
        process.shelf.see([Vn(id=f"v{first + one}", title=f"Seen {first + one}") for one in range(300)])
        await process.work(every_s=LOAD_EVERY_S + DAY_S)
    assert len(process.shelf.index) == SEEN_AT_MOST
    assert await process.find("tsukihime") == []


async def test_what_is_for_adults_is_found_only_where_it_may_stand(store: Store, clock: FakeClock) -> None:
    process = Process(store, Service([]), clock)
    process.shelf.see([Vn(id="v8", title="Night Garden", aliases=["adult"]), Vn(id="v9", title="Night Gardener")])
    await process.work(every_s=LOAD_EVERY_S)
    for typed in ("night garden", "night", "garden", "nihgt garden"):
        assert await process.find(typed, adult=False) == ["v9"]
        assert set(await process.find(typed)) == {"v8", "v9"}
    assert await process.shelf.find_called("night garden", adult=False) == []
    # What turns out to be for adults is so at once, before it is kept.
    process.shelf.see([Vn(id="v9", title="Night Gardener", aliases=["adult"])])
    assert await process.find("night", adult=False) == []


async def test_what_turns_out_to_be_for_adults_is_closed_though_many_others_wait(
    store: Store, clock: FakeClock
) -> None:
    process = Process(store, Service([]), clock)
    process.shelf.see([Vn(id="v9", title="Night Gardener")])
    await process.work(every_s=LOAD_EVERY_S)
    process.shelf.see(Vn(id=f"v{number}", title=f"Seen {number}") for number in range(100, 100 + SEEN_AT_ONCE))
    process.shelf.see([Vn(id="v9", title="Night Gardener", aliases=["adult"])])
    assert await process.find("night", adult=False) == []
    await process.work(every_s=LOAD_EVERY_S)
    assert (await process.find("night", adult=False), await process.find("night")) == ([], ["v9"])
    assert len(process.shelf.index) == SEEN_AT_ONCE  # v9, and all others but one


async def test_what_could_not_be_kept_stays_closed_and_is_kept_later(store: Store, clock: FakeClock) -> None:
    process = Process(store, Service([]), clock)
    process.shelf.see([Vn(id="v9", title="Night Gardener")])
    await process.work(every_s=LOAD_EVERY_S)
    process.shelf.see([Vn(id="v9", title="Night Gardener", aliases=["adult"])])
    async with store.database.write() as connection:
        await connection.execute(text("ALTER TABLE known_work RENAME TO away"))
    with pytest.raises(StoreError):
        await process.work(every_s=LOAD_EVERY_S)
    process.shelf.see([Vn(id="v10", title="Night Watch", aliases=["adult"])])
    async with store.database.write() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO known_work"))
    assert await process.find("night", adult=False) == []
    await process.work(every_s=LOAD_EVERY_S)
    assert (await process.find("night", adult=False), set(await process.find("night"))) == ([], {"v9", "v10"})


async def test_what_was_kept_but_could_not_be_loaded_stays_closed_and_is_at_hand_in_the_next_round(
    store: Store, clock: FakeClock
) -> None:
    process = Process(store, Service([]), clock)
    process.shelf.see([Vn(id="v9", title="Night Gardener")])
    await process.work(every_s=LOAD_EVERY_S)
    process.shelf.see([Vn(id="v9", title="Night Gardener", aliases=["adult"]), Vn(id="v10", title="Night Watch")])
    async with store.database.write() as connection:
        await connection.execute(text("ALTER TABLE filling RENAME TO away"))
    with pytest.raises(StoreError):
        await process.work(every_s=LOAD_EVERY_S)
    assert await process.find("night", adult=False) == []
    async with store.database.write() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO filling"))
    await process.work(every_s=ROUND_S)
    assert await process.find("night", adult=False) == ["v10"]
    assert set(await process.find("night")) == {"v9", "v10"}


async def test_a_number_that_no_column_takes_keeps_nothing_else_away(store: Store, clock: FakeClock) -> None:
    service = Service(["Clannad"])
    service.novels += [Vn(id=f"v{2**64}", title="Far"), Vn(id="v8", title="Loud", votecount=2**64)]
    process = Process(store, service, clock)
    process.shelf.see([service.novels[1], Vn(id="v7", title="Tsukihime")])
    await process.work(rounds=6, every_s=LOAD_EVERY_S)
    assert (await process.find("clannad"), await process.find("tsukihime")) == (["v1"], ["v7"])
    assert len(process.shelf.index) == 2


async def test_a_search_does_not_take_names_away_from_what_is_on_the_shelf(store: Store, clock: FakeClock) -> None:
    service = Service([])
    service.novels = [Vn(id="v5", title="Steins;Gate", aliases=["シュタゲ"], votecount=5)]
    process = Process(store, service, clock)
    await process.work(rounds=3)
    process.shelf.see([Vn(id="v5", title="Steins;Gate")])
    await process.work(every_s=LOAD_EVERY_S)
    assert await process.find("シュタゲ") == ["v5"]


async def test_while_the_database_is_away_nothing_is_at_hand_and_nothing_fails(store: Store, clock: FakeClock) -> None:
    process = Process(store, Service(TITLES), clock)
    await process.work(rounds=6)
    await store.database.close()
    assert await process.find("novel") == []


async def test_nothing_says_who_saw_what_or_when_on_the_day(url: str, store: Store, clock: FakeClock) -> None:
    process = Process(store, Service([]), clock)
    process.shelf.see([Vn(id="v7", title="Tsukihime")])
    await process.work(every_s=LOAD_EVERY_S)
    day_s = int(clock.time()) // DAY_S * DAY_S
    assert day_s < int(clock.time()) - LOAD_EVERY_S
    assert f'\'tsukihime\', \'{{"id":"v7","title":"Tsukihime"}}\', False, {day_s})' in await fetch_everything(url)


@pytest.mark.parametrize("started", [False, True])
async def test_it_ends_cleanly(store: Store, clock: FakeClock, started: bool) -> None:
    service = Service(TITLES)
    process = Process(store, service, clock)
    if started:
        process.keeper.start()
        await clock.advance(1)
    await process.keeper.close()
    await clock.advance(2 * FILL_AFTER_S)
    assert service.asked == []


async def test_a_shelf_of_many_portions_is_loaded_whole_and_those_known_best_come_first(
    store: Store, clock: FakeClock
) -> None:
    process = Process(store, Service(()), clock)
    works = [  # a third of them are known equally well, on either side of a portion's end
        WorkRecord(number, adult=False, weight=number % 3, names=f"novel{number:05}", record=f'{{"id":"v{number}"}}')
        for number in range(1, 2 * PORTION + 2)
    ]
    await process.records.finish_turn(Turn("vn", 1, 0), works, last=False, now_s=int(clock.time()))
    await process.shelf.load()
    index = process.shelf.index
    assert len(index) == len(works)
    assert all(index.find_called(work.names, adult=True) == [work.id] for work in works)
    assert index.find("novel", adult=True)[:3] == [2, 5, 8]
