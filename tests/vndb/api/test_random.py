"""A random novel: every one as likely as any other, whatever gaps there are."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine
from typing import TypeVar

import pytest

from bot.errors import NotFound, Throttled, Unavailable
from bot.http import Priority, asking
from bot.vndb.api import where
from bot.vndb.api.filter import MAX_NODES, Filter, any_of
from bot.vndb.api.model import Vn
from tests.support.transport import Reply
from tests.vndb.fake import FakeVndb, Record

T = TypeVar("T")


def build_records(numbers: list[int], **more: object) -> list[Record]:
    return [{"id": f"v{number}", **more} for number in numbers]


def build_gaps(seed: int) -> list[int]:
    """Two hundred ids below 2 000: dense runs, single ones, and a gap of a thousand before the last runs."""
    rng = random.Random(seed)
    return sorted(rng.sample(range(1, 300), 120) + rng.sample(range(1300, 2000), 80))


async def run(fake: FakeVndb, question: Coroutine[None, None, T]) -> T:
    task = asyncio.create_task(question)
    await fake.clock.run(task)
    await fake.clock.advance(10)  # so that the limits are in nobody's way
    return task.result()


async def draw(fake: FakeVndb, wanted: Filter[Vn] | None = None) -> str:
    return (await run(fake, fake.vndb.fetch_random(wanted))).card.entry.id


def find_chi_square(counts: Counter[str], cells: int) -> float:
    expected = counts.total() / cells
    return sum((counts[cell] - expected) ** 2 / expected for cell in counts) + expected * (cells - len(counts))


@pytest.mark.parametrize(
    ("seed", "draws"), [(0, 1200), *(pytest.param(seed, 4000, marks=pytest.mark.deep) for seed in range(6))]
)
async def test_the_draw_is_even_over_gaps(seed: int, draws: int) -> None:
    fake = FakeVndb(build_records(build_gaps(seed)), seed=seed)
    counts = Counter([await draw(fake) for _ in range(draws)])
    # 199 degrees of freedom: 300 is exceeded by one even draw in a million. The published way gives thousands.
    assert find_chi_square(counts, 200) < 300


SPREADS = {
    "spread": sorted(random.Random(5).sample(range(1, 60_000), 150)),
    "at the newest ids": list(range(59_850, 60_000)),
    "at the oldest ids": list(range(1, 151)),
    "at both ends": [*range(1, 101), *range(59_950, 60_000)],
    "in the middle": sorted(random.Random(6).sample(range(30_000, 30_600), 150)),
    "few": sorted(random.Random(7).sample(range(1, 60_000), 12)),
}


# Two of them every day, and fewer draws: each takes seconds.
@pytest.mark.parametrize(
    ("where_they_lie", "each"),
    [("at both ends", 5), ("few", 12), *(pytest.param(one, 12, marks=pytest.mark.deep) for one in SPREADS)],
)
async def test_the_draw_is_even_wherever_matches_lie(where_they_lie: str, each: int) -> None:
    numbers = SPREADS[where_they_lie]
    others = [number for number in range(1, 60_001, 60) if number not in numbers]
    fake = FakeVndb(build_records(numbers, olang="ko") + build_records(others, olang="ja"), seed=5)
    draws = each * len(numbers)
    counts = Counter([await draw(fake, where.VN.olang.eq("ko")) for _ in range(draws)])
    # Exceeded by one even draw in ten thousand: 225 with 149 degrees of freedom, 38 with 11.
    assert find_chi_square(counts, len(numbers)) < (225 if len(numbers) == 150 else 38)
    assert max(str(query["filters"]).count("'id', '='") for query in fake.queries) <= 100


async def test_a_complete_small_set_is_drawn_evenly_and_without_repeating() -> None:
    numbers = [3, 4, 5, 900, 1700]
    fake = FakeVndb(build_records(numbers))
    rounds = [[await draw(fake) for _ in numbers] for _ in range(200)]
    assert all(len(set(one)) == len(numbers) for one in rounds)
    firsts = Counter(one[0] for one in rounds)
    assert find_chi_square(firsts, len(numbers)) < 25
    # The list of ids and each novel once: nothing else was asked.
    assert fake.sent <= len(numbers) + 1


async def test_what_one_question_found_is_a_stock_for_the_next_callers() -> None:
    fake = FakeVndb(build_records(list(range(1, 1001))))
    drawn = [await draw(fake) for _ in range(50)]
    assert len(set(drawn)) == 50
    questions = [query for query in fake.queries if query["fields"] == "id"]
    assert len(questions) == 3  # the highest ids, the lowest, and one sample


async def test_a_question_holds_distinct_numbers_up_to_the_highest() -> None:
    fake = FakeVndb(build_records(list(range(1, 1001))))
    await draw(fake)
    predicates = str(fake.queries[2]["filters"]).count("'id', '='")
    assert predicates == 100


async def test_filters_narrow_every_question() -> None:
    records = build_records(list(range(1, 1000, 2)), olang="ja") + build_records(list(range(2, 1000, 2)), olang="en")
    fake = FakeVndb(records)
    drawn = {await draw(fake, where.VN.olang.eq("en")) for _ in range(80)}
    assert all(int(one[1:]) % 2 == 0 for one in drawn)


async def test_nothing_that_matches_is_not_found_and_remembered() -> None:
    fake = FakeVndb(build_records([1, 2, 3], olang="ja"))
    for _ in range(3):
        with pytest.raises(NotFound):
            await fake.vndb.fetch_random(where.VN.olang.eq("ko"))
    assert fake.sent == 1


async def test_many_callers_at_once_share_a_question() -> None:
    fake = FakeVndb(build_records(list(range(1, 2001))))
    fake.after_s = 0.2
    tasks = [asyncio.create_task(fake.vndb.fetch_random(None)) for _ in range(30)]
    await fake.clock.advance(10)
    assert len({task.result().card.entry.id for task in tasks}) == 30
    assert sum(query["fields"] == "id" for query in fake.queries) == 3
    assert fake.sent == 4  # the highest ids, the lowest, one sample, and all thirty novels by id


async def test_more_callers_than_a_filling_holds_are_all_answered() -> None:
    fake = FakeVndb(build_records([5, 9]))
    tasks = [asyncio.create_task(fake.vndb.fetch_random(None)) for _ in range(40)]
    await fake.clock.advance(10)
    assert {task.result().card.entry.id for task in tasks} == {"v5", "v9"}
    assert fake.sent == 2


async def test_one_impatient_caller_takes_nothing_from_the_others() -> None:
    fake = FakeVndb(build_records(list(range(1, 2001))))
    fake.after_s = 0.5
    tasks = [asyncio.create_task(fake.vndb.fetch_random(None)) for _ in range(5)]
    await fake.clock.advance(0.6)
    tasks[0].cancel()
    await fake.clock.advance(10)
    assert all(task.result() for task in tasks[1:])


async def test_a_failure_is_not_kept() -> None:
    fake = FakeVndb(build_records([5, 9]))
    fake.reply = Reply(status=500)
    task = asyncio.create_task(fake.vndb.fetch_random(None))
    await fake.clock.advance(31)
    assert isinstance(task.exception(), Unavailable)
    fake.reply = None
    assert await draw(fake) in {"v5", "v9"}


async def test_a_novel_deleted_since_is_drawn_again() -> None:
    fake = FakeVndb(build_records([5, 9]))
    await draw(fake)
    fake.records = []
    drawn = {await draw(fake) for _ in range(6)}
    assert len(drawn) == 1  # the one that is remembered


async def test_the_filter_comes_back_in_its_compact_form() -> None:
    fake = FakeVndb(build_records(list(range(1, 500)), olang="ja"))
    drawn = [await run(fake, fake.vndb.fetch_random(where.VN.olang.eq("ja"))) for _ in range(3)]
    assert [one.compact for one in drawn] == ["022gja"] * 3
    assert (await run(fake, fake.vndb.fetch_random(None))).compact is None


async def test_a_large_filter_leaves_room_for_fewer_numbers() -> None:
    fake = FakeVndb(build_records(list(range(1, 1001))))
    wanted: Filter[Vn] = any_of(*(where.VN.id.eq(f"v{number}") for number in range(1, 971)))
    drawn = {await draw(fake, wanted) for _ in range(40)}
    assert len(drawn) > 20
    sizes = [str(query["filters"]).count("'id'") for query in fake.queries if query["fields"] == "id"]
    assert 970 < max(sizes) < MAX_NODES


async def test_who_leaves_ends_a_draw_of_many_questions() -> None:
    numbers = [*sorted(random.Random(5).sample(range(1, 5000), 101)), 2_000_000]
    fake = FakeVndb(build_records(numbers), seed=5)
    fake.after_s = 1.0

    async def ask() -> None:
        with asking(fake.clock, within_s=1.5, priority=Priority.COMMAND):
            await fake.vndb.fetch_random(None)

    task = asyncio.create_task(ask())
    await fake.clock.advance(60)
    assert isinstance(task.exception(), (Throttled, Unavailable))
    assert fake.sent == 2  # the second was on its way


async def test_a_draw_goes_on_while_somebody_waits_for_it() -> None:
    numbers = [*sorted(random.Random(5).sample(range(1, 5000), 101)), 2_000_000]
    fake = FakeVndb(build_records(numbers), seed=5)
    fake.after_s = 1.0
    hasty, patient = (asyncio.create_task(fake.vndb.fetch_random(None)) for _ in range(2))
    await fake.clock.advance(1.5)
    hasty.cancel()
    await fake.clock.advance(60)
    assert patient.result().card.entry.id


@pytest.mark.parametrize("draws", [1200, pytest.param(3000, marks=pytest.mark.deep)])
async def test_a_character_is_drawn_as_evenly(draws: int) -> None:
    numbers = build_gaps(1)
    fake = FakeVndb([{"id": f"c{number}"} for number in numbers])
    counts: Counter[str] = Counter()
    for _ in range(draws):
        counts[(await run(fake, fake.vndb.fetch_random_character())).entry.id] += 1
    assert find_chi_square(counts, 200) < 300
    assert {str(sent.request.url).rsplit("/", 1)[1] for sent in fake.transport.sent} == {"character"}


async def test_a_random_quote_is_another_one_each_time() -> None:
    fake = FakeVndb([{"id": "q7", "quote": "I ask of you, are you my Master?", "random": 1}])
    for _ in range(3):
        assert (await run(fake, fake.vndb.fetch_random_quote())).entry.id == "q7"
    assert fake.sent == 3
    assert fake.queries[0]["filters"] == ["random", "=", 1]


async def test_no_quote_at_all_is_not_found() -> None:
    with pytest.raises(NotFound):
        await FakeVndb().vndb.fetch_random_quote()
