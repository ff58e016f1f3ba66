"""A random draw, question by question: what is asked, how often, and when it ends."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Sequence

import pytest

from bot.errors import NotFound, Unavailable
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.draw import DrawQuestions, Ids
from bot.vndb.api.filter import MAX_NODES, Filter, any_of
from bot.vndb.api.model import Vn
from bot.vndb.api.random import RandomDraw
from tests.support.clock import FakeClock

STOCKS = 256


class Questions(DrawQuestions[Vn]):
    """Answers as it was told to, and notes what was asked. Ids are those of a sample that exist."""

    def __init__(
        self,
        numbers: Sequence[int],
        *,
        more: bool,
        hits: Sequence[list[int]] = (),
        count: int = 0,
        places: Sequence[int | None] = (),
    ) -> None:
        self.numbers, self.more, self.total = list(numbers), more, count
        self.lowest: int | None = min(numbers)
        self.hits, self.places = list(hits), list(places)
        self.asked: list[str] = []
        self.wanted: list[Filter[Vn] | None] = []
        self.sampled: list[set[int]] = []
        self.drawn_places: list[int] = []
        self.leave_at = ""
        """Before which answer whoever asks leaves: `ids 2` is the second of its kind."""
        self.leave: Callable[[], object] = lambda: None

    async def _note(self, name: str, wanted: Filter[Vn] | None) -> None:
        self.asked.append(name)
        self.wanted.append(wanted)
        if f"{name} {self.asked.count(name)}" == self.leave_at:
            self.leave()
            for _ in range(3):
                await asyncio.sleep(0)

    async def find_top(self, wanted: Filter[Vn] | None) -> Ids:
        await self._note("top", wanted)
        return Ids(sorted(self.numbers, reverse=True), more=self.more, compact="compact" if wanted else None)

    async def find_lowest(self, wanted: Filter[Vn] | None) -> int | None:
        await self._note("lowest", wanted)
        return self.lowest

    async def find_ids(self, wanted: Filter[Vn]) -> list[int]:
        await self._note("ids", wanted)
        self.sampled.append({int(found) for found in re.findall(r"'id', '=', 'v(\d+)'", str(wanted.json))})
        return self.hits.pop(0) if self.hits else []

    async def count(self, wanted: Filter[Vn] | None) -> int:
        await self._note("count", wanted)
        return self.total

    async def find_place(self, wanted: Filter[Vn] | None, place: int) -> int | None:
        await self._note("place", wanted)
        self.drawn_places.append(place)
        return self.places.pop(0) if self.places else None


class Rig:
    """A draw that asks those questions; a filling goes on when whoever asked for it has left."""

    def __init__(self, ask: Questions) -> None:
        self.ask = ask
        self.fillings: dict[str, asyncio.Task[bytes]] = {}
        self.clock = FakeClock()
        self.draw = RandomDraw(kinds.VN, ask=ask, share=self.share, rng=random.Random(7), clock=self.clock)

    async def share(self, key: str, load: Callable[[], Awaitable[bytes]]) -> bytes:
        if key not in self.fillings:
            self.fillings[key] = asyncio.ensure_future(load())
        return await asyncio.shield(self.fillings[key])


SPARSE = ["top", "lowest", "ids", "ids", "count", "place", "place", "place"]


async def test_a_sample_is_drawn_from_the_lowest_to_the_highest() -> None:
    rig = Rig(Questions(range(100, 151), more=True, hits=[[120]]))
    assert await rig.draw.draw(None) == (120, None)
    assert rig.ask.sampled == [set(range(100, 151))]


async def test_where_the_lowest_is_gone_meanwhile_a_sample_begins_with_the_first_there_was() -> None:
    rig = Rig(Questions(range(20, 51), more=True, hits=[[20]]))
    rig.ask.lowest = None
    assert (await rig.draw.draw(None))[0] == 20
    assert rig.ask.sampled == [set(range(1, 51))]


async def test_what_a_first_sample_misses_a_second_one_may_hit() -> None:
    rig = Rig(Questions([1, 9000], more=True, hits=[[], [77]]))
    assert (await rig.draw.draw(None))[0] == 77
    assert [len(one) for one in rig.ask.sampled] == [100, 100]
    assert rig.ask.asked == ["top", "lowest", "ids", "ids"]


async def test_what_two_samples_miss_is_drawn_by_its_place_and_from_then_on() -> None:
    rig = Rig(Questions([1, 9000], more=True, count=1, places=[9000, 1]))
    assert (await rig.draw.draw(None))[0] == 9000
    assert rig.ask.asked == SPARSE[:6]
    assert (await rig.draw.draw(None))[0] == 1
    assert rig.ask.asked == [*SPARSE[:6], "top", "lowest", "count", "place"]
    assert rig.ask.drawn_places == [1, 1]


async def test_an_entry_deleted_since_it_was_counted_is_drawn_again_three_times_in_all() -> None:
    rig = Rig(Questions([1, 9000], more=True, count=2))
    with pytest.raises(NotFound):
        await rig.draw.draw(None)
    assert rig.ask.asked == SPARSE


async def test_of_nothing_no_place_is_drawn() -> None:
    rig = Rig(Questions([1, 9000], more=True, count=0))
    with pytest.raises(NotFound):
        await rig.draw.draw(None)
    assert rig.ask.asked == SPARSE[:5]


@pytest.mark.parametrize(("left", "sampled"), [(2, []), (3, [1, 1]), (12, [10, 10])])
async def test_a_filter_that_is_nearly_full_leaves_room_for_few_numbers_or_none(left: int, sampled: list[int]) -> None:
    wanted: Filter[Vn] = any_of(*(where.VN.id.eq(f"v{number}") for number in range(10_000, 9_999 + MAX_NODES - left)))
    assert wanted.nodes == MAX_NODES - left
    rig = Rig(Questions([1, 9000], more=True, count=1, places=[9000]))
    assert (await rig.draw.draw(wanted))[0] == 9000
    assert [len(one) - (MAX_NODES - left - 1) for one in rig.ask.sampled] == sampled
    questions = zip(rig.ask.asked, rig.ask.wanted, strict=True)
    assert all(asked == wanted for name, asked in questions if name != "ids")


@pytest.mark.parametrize(
    ("leave_at", "asked"),
    [
        ("top 1", 1),
        ("lowest 1", 2),
        ("ids 1", 3),
        ("ids 2", 4),
        ("count 1", 5),
        ("place 1", 6),
        ("place 2", 7),
    ],
)
async def test_nothing_more_is_asked_when_nobody_waits_any_more(leave_at: str, asked: int) -> None:
    rig = Rig(Questions([1, 9000], more=True, count=2))
    drawing = asyncio.create_task(rig.draw.draw(None))
    rig.ask.leave_at, rig.ask.leave = leave_at, drawing.cancel
    with pytest.raises(asyncio.CancelledError):
        await drawing
    with pytest.raises(Unavailable):
        await next(iter(rig.fillings.values()))
    assert rig.ask.asked == SPARSE[:asked]


async def test_the_stock_that_was_used_least_lately_is_forgotten() -> None:
    rig = Rig(Questions(range(1, 10), more=False))
    filters = [where.VN.id.eq(f"v{number}") for number in range(1, STOCKS + 1)]
    for wanted in filters:
        await rig.draw.draw(wanted)
    await rig.draw.draw(filters[0])
    assert len(rig.fillings) == STOCKS
    await rig.draw.draw(None)  # one too many: the second goes, since the first was used again
    await rig.draw.draw(filters[0])
    await rig.draw.draw(filters[2])
    assert len(rig.fillings) == STOCKS + 1
    await rig.draw.draw(filters[1])
    assert len(rig.fillings) == STOCKS + 2


async def test_each_of_a_stock_is_drawn_once_before_it_is_filled_again() -> None:
    rig = Rig(Questions(range(1, 10), more=False))
    drawn = [(await rig.draw.draw(None))[0] for _ in range(9)]
    assert sorted(drawn) == list(range(1, 10))
    assert len(rig.fillings) == 1
    await rig.draw.draw(None)
    assert len(rig.fillings) == 2


async def test_of_many_callers_at_once_those_for_whom_three_fillings_were_too_small_share_the_last() -> None:
    rig = Rig(Questions([5, 9], more=False))
    drawn = await asyncio.gather(*(rig.draw.draw(where.VN.olang.eq("ja")) for _ in range(40)))
    assert set(drawn) == {(5, "compact"), (9, "compact")}
    assert len(rig.fillings) == 3


async def test_what_was_drawn_long_ago_is_not_handed_out() -> None:
    """A list that it was drawn from may be another one now."""
    rig = Rig(Questions(range(1, 51), more=False))
    await rig.draw.draw(None)
    await rig.draw.draw(None)
    assert rig.ask.asked == ["top"]
    await rig.clock.advance(601.0)
    await rig.draw.draw(None)
    assert rig.ask.asked == ["top", "top"]
