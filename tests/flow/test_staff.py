"""Searches for staff: a row for each person, whatever the number of names that match."""

from __future__ import annotations

from bot.playground.engine import texts
from tests.flow.conftest import Place
from tests.flow.vn_message import list_pages, list_values


async def test_somebody_with_several_names_stands_once_on_all_pages(shared: Place) -> None:
    first = await (await shared.reader.slash(shared.general, "vn staff info", name="a")).message()
    pages = await list_pages(shared.reader, first)
    found = [one for page in pages for one in list_values(page)]
    assert len(pages) > 1
    assert len(found) == len(set(found))
    assert f"-# {len(found)} staff members" in texts(first)


async def test_the_names_that_somebody_was_found_by_stand_together(shared: Place) -> None:
    # Two of her names match, and so would be two rows.
    first = await (await shared.reader.slash(shared.general, "vn staff info", name="a")).message()
    said = "\n".join(texts(page) for page in await list_pages(shared.reader, first))
    assert said.count(". Hanazawa Kana**") == 1
    assert "also Matsushima Seika" in said


async def test_each_page_of_a_list_says_what_it_is_a_list_of(shared: Place) -> None:
    first = await (await shared.reader.slash(shared.general, "vn staff search", language="ja")).message()
    pages = [texts(page) for page in await list_pages(shared.reader, first)]
    assert len(pages) > 1
    assert [page.splitlines()[:2] for page in pages] == [["## Staff that match, by name", "-# in Japanese"]] * len(
        pages
    )
