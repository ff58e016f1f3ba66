"""Draws of works over pages that only say whether there is a next one."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from bot.anime.api.anilist.random import RandomMedia
from bot.anime.api.model import MediaRow
from bot.anime.api.wish import PAGE_SIZE, MediaWish
from bot.errors import NotFound
from bot.service.record import Found

WISH = MediaWish(kind="ANIME", genres=("Drama",))


class Shelf:
    """Pages of works with the ids 1 to `count`; those in `gone` are deleted."""

    def __init__(self, count: int, *, gone: frozenset[int] = frozenset()) -> None:
        self.count = count
        self.gone = gone
        self.pages: list[int] = []
        self.random = RandomMedia(self.search)

    async def search(self, wish: MediaWish, page: int) -> Found[MediaRow]:
        assert wish == WISH
        self.pages.append(page)
        ids = range(PAGE_SIZE * (page - 1) + 1, min(PAGE_SIZE * page, self.count) + 1)
        rows = [MediaRow(id=one) for one in ids if one not in self.gone]
        return Found(rows, more=self.count > PAGE_SIZE * page)

    async def draw(self, rng: Random) -> int:
        return (await self.random.draw(WISH, rng=rng)).entry.id


async def test_each_work_is_as_likely_as_any_other() -> None:
    shelf, rng = Shelf(60), Random(1)
    drawn = Counter([await shelf.draw(rng) for _ in range(6000)])
    assert set(drawn) == set(range(1, 61))
    assert min(drawn.values()) > 60
    assert max(drawn.values()) < 145


async def test_a_single_page_is_asked_for_once() -> None:
    shelf = Shelf(9)
    assert await shelf.draw(Random(1)) in range(1, 10)
    assert shelf.pages == [1]


async def test_nothing_is_not_found() -> None:
    with pytest.raises(NotFound):
        await Shelf(0).draw(Random(1))


async def test_what_is_known_of_a_wish_saves_questions() -> None:
    shelf, rng = Shelf(2 * PAGE_SIZE + 10), Random(1)
    for _ in range(20):
        await shelf.draw(rng)
    shelf.pages.clear()
    for _ in range(20):
        await shelf.draw(rng)
    assert len(shelf.pages) < 50
    assert max(shelf.pages) == 3


async def test_works_that_came_later_are_drawn_too() -> None:
    shelf, rng = Shelf(60), Random(1)
    for _ in range(20):
        await shelf.draw(rng)
    shelf.count = 200
    assert max([await shelf.draw(rng) for _ in range(300)]) > 150


async def test_a_page_of_deleted_works_hides_nothing_behind_it() -> None:
    shelf, rng = Shelf(3 * PAGE_SIZE, gone=frozenset(range(PAGE_SIZE + 1, 2 * PAGE_SIZE + 1))), Random(1)
    drawn = {await shelf.draw(rng) for _ in range(600)}
    assert drawn == {*range(1, PAGE_SIZE + 1), *range(2 * PAGE_SIZE + 1, 3 * PAGE_SIZE + 1)}


async def test_no_draw_takes_more_than_thirteen_questions() -> None:
    for seed in range(200):
        shelf = Shelf(26)
        await shelf.draw(Random(seed))
        assert len(shelf.pages) <= 13
