"""A random novel: every one as likely as any other, whatever gaps there are."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.apis.vndb_random import RandomFilter
from bot.errors import InvalidInput, NotFound, Unavailable
from tests.apis.fake_vndb import FakeVndb, Record
from tests.support.transport import Reply

ANY = RandomFilter()
FULL = RandomFilter(
    olang="zh-Hans",
    lang="zh-Hant",
    platform="win",
    length=3,
    min_rating=100,
    min_votes=2147483647,
    after="1980-01-01",
    before="2099-12-31",
    tag="g1234567",
)


def build_records(numbers: list[int], **more: object) -> list[Record]:
    return [{"id": f"v{number}", **more} for number in numbers]


def build_gaps(seed: int) -> list[int]:
    """Two hundred ids below 2 000: dense runs, single ones, and a gap of a thousand before the last runs."""
    rng = random.Random(seed)
    return sorted(rng.sample(range(1, 300), 120) + rng.sample(range(1300, 2000), 80))


async def draw(fake: FakeVndb, chosen: RandomFilter = ANY) -> str:
    task = asyncio.create_task(fake.vndb.fetch_random(chosen))
    await fake.clock.run(task)  # type: ignore[arg-type]
    await fake.clock.advance(10)  # so that the limits are in nobody's way
    return task.result().vn.id


def find_chi_square(counts: Counter[str], cells: int) -> float:
    expected = counts.total() / cells
    return sum((counts[cell] - expected) ** 2 / expected for cell in counts) + expected * (cells - len(counts))


@pytest.mark.parametrize("seed", range(3))
async def test_the_draw_is_even_over_gaps(seed: int) -> None:
    fake = FakeVndb(build_records(build_gaps(seed)), seed=seed)
    counts = Counter([await draw(fake) for _ in range(4000)])
    # 199 degrees of freedom: 300 is exceeded by one even draw in a million. The published way gives thousands.
    assert find_chi_square(counts, 200) < 300


async def test_a_sparse_set_is_drawn_evenly() -> None:
    # 150 novels among 60 000 ids, with a gap of 50 000: each question holds five hundred numbers and few hits.
    numbers = sorted(random.Random(5).sample(range(1, 5000), 100) + random.Random(6).sample(range(55_000, 60_000), 50))
    fake = FakeVndb(build_records(numbers, olang="ko"), seed=5)
    counts = Counter([await draw(fake, RandomFilter(olang="ko")) for _ in range(900)])
    # Some draws end with the published way, whose bias is spread over a hundred novels: nearly even is enough.
    assert len(counts) == 150
    low = sum(counts[f"v{number}"] for number in numbers[:100])
    assert low == pytest.approx(600, rel=0.1)  # pyright: ignore[reportUnknownMemberType]
    assert max(counts.values()) < 25  # six each


async def test_a_complete_small_set_is_drawn_evenly_and_without_repeating() -> None:
    numbers = [3, 4, 5, 900, 1700]
    fake = FakeVndb(build_records(numbers))
    rounds = [[await draw(fake) for _ in numbers] for _ in range(200)]
    assert all(len(set(one)) == len(numbers) for one in rounds)
    firsts = Counter(one[0] for one in rounds)
    assert find_chi_square(firsts, len(numbers)) < 25
    # The list of ids once an hour (ten thousand seconds passed), and each novel once: nothing else was asked.
    assert fake.sent <= len(numbers) + 4


async def test_what_one_question_found_is_a_stock_for_the_next_callers() -> None:
    fake = FakeVndb(build_records(list(range(1, 1001))))
    drawn = [await draw(fake) for _ in range(50)]
    assert len(set(drawn)) == 50
    questions = [query for query in fake.queries if query["fields"] == "id"]
    assert len(questions) == 2  # the highest ids, and one sample


async def test_a_question_holds_distinct_numbers_up_to_the_highest() -> None:
    fake = FakeVndb(build_records(list(range(1, 1001))))
    await draw(fake)
    predicates = str(fake.queries[1]["filters"]).count("'id', '='")
    assert predicates == 100


async def test_filters_narrow_every_question() -> None:
    records = build_records(list(range(1, 1000, 2)), olang="ja") + build_records(list(range(2, 1000, 2)), olang="en")
    fake = FakeVndb(records)
    drawn = {await draw(fake, RandomFilter(olang="en")) for _ in range(80)}
    assert all(int(one[1:]) % 2 == 0 for one in drawn)


async def test_nothing_that_matches_is_not_found_and_remembered() -> None:
    fake = FakeVndb(build_records([1, 2, 3], olang="ja"))
    for _ in range(3):
        with pytest.raises(NotFound):
            await fake.vndb.fetch_random(RandomFilter(olang="ko"))
    assert fake.sent == 1


async def test_many_callers_at_once_share_a_question() -> None:
    fake = FakeVndb(build_records(list(range(1, 2001))))
    fake.after_s = 0.2
    tasks = [asyncio.create_task(fake.vndb.fetch_random(ANY)) for _ in range(30)]
    await fake.clock.advance(10)
    assert len({task.result().vn.id for task in tasks}) == 30
    assert sum(query["fields"] == "id" for query in fake.queries) == 2
    assert fake.sent == 3  # the highest ids, one sample, and all thirty novels by id


async def test_more_callers_than_a_filling_holds_are_all_answered() -> None:
    fake = FakeVndb(build_records([5, 9]))
    tasks = [asyncio.create_task(fake.vndb.fetch_random(ANY)) for _ in range(40)]
    await fake.clock.advance(10)
    assert {task.result().vn.id for task in tasks} == {"v5", "v9"}
    assert fake.sent == 2


async def test_one_impatient_caller_takes_nothing_from_the_others() -> None:
    fake = FakeVndb(build_records(list(range(1, 2001))))
    fake.after_s = 0.5
    tasks = [asyncio.create_task(fake.vndb.fetch_random(ANY)) for _ in range(5)]
    await fake.clock.advance(0.6)
    tasks[0].cancel()
    await fake.clock.advance(10)
    assert all(task.result() for task in tasks[1:])


async def test_a_failure_is_not_kept() -> None:
    fake = FakeVndb(build_records([5, 9]))
    fake.reply = Reply(status=500)
    task = asyncio.create_task(fake.vndb.fetch_random(ANY))
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


async def test_a_sample_that_was_cut_off_is_not_used() -> None:
    # The hundred highest lie so sparsely that many numbers are sent, and those hit far more than a hundred.
    numbers = list(range(1, 3001)) + list(range(3100, 13_100, 100))
    fake = FakeVndb(build_records(numbers), seed=3)
    drawn = [await draw(fake) for _ in range(300)]
    low = sum(int(one[1:]) <= 3000 for one in drawn)
    assert low / 300 == pytest.approx(3000 / 3100, abs=0.06)  # pyright: ignore[reportUnknownMemberType]


def test_a_filter_is_built_from_all_options() -> None:
    built = RandomFilter(length=3, min_rating=80, after="2004", before="2006-05", tag="g19").build()
    assert built is not None
    assert built.json == (
        "and",
        ("length", "=", 3),
        ("rating", ">=", 80),
        ("released", ">=", "2004-01-01"),
        ("released", "<=", "2006-05"),
        ("tag", "=", "g19"),
    )


def test_an_unknown_date_is_not_before_any() -> None:
    built = RandomFilter(before="2006").build()
    assert built is not None
    assert built.json == ("and", ("released", ">=", "1980-01-01"), ("released", "<=", "2006"))


def test_no_option_is_no_filter() -> None:
    assert ANY.build() is None


@pytest.mark.parametrize(
    "chosen",
    [
        RandomFilter(tag="Horror"),
        RandomFilter(tag="v17"),
        RandomFilter(olang="Japanese"),
        RandomFilter(platform="Windows 95"),
        RandomFilter(length=6),
        RandomFilter(min_rating=7),
        RandomFilter(min_votes=-1),
        RandomFilter(after="yesterday"),
        RandomFilter(after="2004-13"),
        RandomFilter(before="20040101"),
        RandomFilter(before="2004-02-30"),
    ],
)
async def test_an_option_vndb_would_refuse_is_refused(chosen: RandomFilter) -> None:
    fake = FakeVndb()
    with pytest.raises(InvalidInput):
        await fake.vndb.fetch_random(chosen)
    assert fake.sent == 0


def test_the_longest_filter_fits_into_a_button() -> None:
    assert len(FULL.encode()) <= 70
    assert RandomFilter.decode(FULL.encode()) == FULL
    assert (ANY.encode(), RandomFilter.decode("")) == ("", ANY)


@given(
    st.builds(
        RandomFilter,
        olang=st.sampled_from([None, "ja", "pt-br"]),
        lang=st.sampled_from([None, "en", "zh-Hant"]),
        platform=st.sampled_from([None, "win", "x68"]),
        length=st.none() | st.integers(1, 5),
        min_rating=st.none() | st.integers(10, 100),
        min_votes=st.none() | st.integers(0, 2**31 - 1),
        after=st.none() | st.dates().map(str),
        before=st.sampled_from([None, "2004", "2004-05", "2004-05-06"]),
        tag=st.none() | st.integers(1, 9_999_999).map("g{}".format),
    )
)
def test_encoding_loses_nothing(chosen: RandomFilter) -> None:
    assert RandomFilter.decode(chosen.encode()) == chosen
    assert len(chosen.encode()) <= 70


@given(st.text(alphabet="abg0123456789.-:", max_size=30))
def test_a_forged_text_is_refused_or_a_sound_filter(text: str) -> None:
    try:
        chosen = RandomFilter.decode(text)
    except InvalidInput:
        return
    chosen.build()
    assert len(fields(chosen)) == 9
