"""Near matches cost little: they are remembered, shared, and never waited for too long."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from bot.errors import Unavailable
from bot.http import Priority, asking
from bot.service.near_find import FAILED_FOR_S, REMEMBERED_AT_MOST, REMEMBERED_FOR_S, WITHIN_S, NearFinder, Shelf
from tests.support.clock import FakeClock


class Service:
    """What a service has, and how often it was asked and its names were read."""

    def __init__(self, *titles: str) -> None:
        self.clock = FakeClock()
        self.near = NearFinder("vndb", clock=self.clock)
        self.titles = titles
        self.questions: list[list[str]] = []
        self.read: list[str] = []
        self.fails = False
        self.answers: asyncio.Event | None = None

    async def search(self, texts: Sequence[str]) -> list[str]:
        self.questions.append([*texts])
        if self.answers is not None:
            await self.answers.wait()
        if self.fails:
            raise Unavailable("vndb")
        return [*self.titles]

    def names(self, title: str) -> Iterable[str]:
        self.read.append(title)
        return (title,)

    async def find(self, text: str, *, asked: str = "vn", hidden: str = "", known: Sequence[str] = ()) -> list[str]:
        shelf = Shelf(asked, self.search, self.names, lambda one: one != hidden, joins=True, known=lambda: known)
        with asking(self.clock, within_s=20, priority=Priority.COMMAND):
            return await self.near.find(text, shelf)


async def test_what_was_found_is_remembered_for_some_minutes() -> None:
    service = Service("CLANNAD")
    assert await service.find("Clanad") == await service.find(" clanad ") == ["CLANNAD"]
    assert len(service.questions) == len(service.read) == 1
    await service.clock.advance(REMEMBERED_FOR_S)
    assert await service.find("Clanad") == ["CLANNAD"]
    assert len(service.questions) == 2


async def test_that_there_is_nothing_is_remembered_too() -> None:
    service = Service()
    assert await service.find("Stiens Gate") == await service.find("Stiens Gate") == []
    assert len(service.questions) == 2


async def test_each_condition_has_an_outcome_of_its_own() -> None:
    service = Service("CLANNAD")
    for asked in ("vn", "vn, adult", "vn"):
        assert await service.find("Clanad", asked=asked) == ["CLANNAD"]
    assert len(service.questions) == 2


async def test_what_is_remembered_must_still_be_allowed_to_stand() -> None:
    service = Service("CLANNAD", "Clannadd")
    assert await service.find("Clanad") == ["CLANNAD", "Clannadd"]
    assert await service.find("Clanad", hidden="CLANNAD") == ["Clannadd"]


async def test_the_memory_has_a_bound() -> None:
    service = Service("CLANNAD")
    for number in range(REMEMBERED_AT_MOST + 1):
        await service.find(f"Clanad {number}")
    asked = len(service.questions)
    await service.find(f"Clanad {REMEMBERED_AT_MOST}")
    assert len(service.questions) == asked
    await service.find("Clanad 0")
    assert len(service.questions) > asked


async def test_equal_questions_at_once_are_one() -> None:
    service = Service("CLANNAD")
    service.answers = asyncio.Event()
    finding = [asyncio.create_task(service.find("Clanad")) for _ in range(100)]
    await asyncio.sleep(0)
    service.answers.set()
    assert await asyncio.gather(*finding) == [["CLANNAD"]] * 100
    assert len(service.questions) == len(service.read) == 1


async def test_nobody_waits_long_for_near_matches() -> None:
    service = Service("CLANNAD")
    service.answers = asyncio.Event()
    finding = asyncio.create_task(service.find("Clanad"))
    await asyncio.sleep(0)
    await service.clock.advance(WITHIN_S)
    assert finding.done()
    assert await finding == []


async def test_while_the_service_is_away_it_is_left_alone_and_what_is_known_does() -> None:
    service = Service()
    service.fails = True
    for _ in range(2):
        assert await service.find("Clanad", known=["CLANNAD"]) == ["CLANNAD"]
    assert len(service.questions) == len(service.read) == 1
    await service.clock.advance(FAILED_FOR_S)
    service.fails = False
    assert await service.find("Clanad", known=["Clannadd", "CLANNAD"]) == ["CLANNAD", "Clannadd"]


async def test_nothing_is_ranked_twice_in_one_search() -> None:
    service = Service("Kanon")
    assert await service.find("Qwzx Vbnq") == []
    assert len(service.questions) == 2
    assert service.read == ["Kanon", "Kanon", "Kanon"]  # one after the first question, two after the second
