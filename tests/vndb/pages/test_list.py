"""What pages of lists cost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from bot.errors import InvalidInput
from bot.http import Priority, asking
from bot.navigation.address import Address
from bot.navigation.page import State, Visit
from bot.navigation.viewer import Viewer
from bot.vndb.api import where
from bot.vndb.api.client import Vndb
from bot.vndb.api.filter import Filter, all_of
from bot.vndb.api.model import Staff
from bot.vndb.pages.list import fetch_matches
from bot.vndb.pages.list_kind import STAFF
from tests.vndb.fake import FakeVndb, Record

IN_JAPANESE = where.STAFF.lang.eq("ja")


@dataclass(frozen=True)
class Sources:
    vndb: Vndb
    places: None = None


def build_names(number: int) -> list[Record]:
    return [
        {"id": f"s{one}", "aid": one, "ismain": 1, "name": f"Name {one}", "lang": "ja", "role": "qa"}
        for one in range(1, number + 1)
    ]


async def open_page(fake: FakeVndb, wanted: Filter[Staff] | None, number: int) -> list[str]:
    """The people of a page, as a command asks for it."""
    viewer = Viewer(7, age_restricted=False)
    visit = Visit(viewer, Sources(fake.vndb), State(Address("list/s/name", number)))
    fake.time_ms, fake.after_s = 2, 0.05

    async def ask() -> list[str]:
        with asking(fake.clock, within_s=20.0, priority=Priority.COMMAND, person=1, reserved=True):
            matches = await fetch_matches(STAFF, wanted, "name", visit)
        return [one.id for one in matches.found.items]

    task = asyncio.create_task(ask())
    await fake.clock.run(task)
    return task.result()


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        IN_JAPANESE,
        all_of(IN_JAPANESE, where.STAFF.ismain.eq(1)),  # as a page turn reads it back
    ],
)
async def test_a_page_far_into_the_list_of_people_is_a_question_or_two(wanted: Filter[Staff] | None) -> None:
    """There were 27,929 of them in 2024."""
    fake = FakeVndb(build_names(28_000))
    assert (await open_page(fake, wanted, 2000))[0] == "s19991"
    assert fake.sent <= 2
    assert all("ismain" in str(query["filters"]) for query in fake.queries)


@pytest.mark.parametrize("by_name", [where.STAFF.role.eq("qa"), where.STAFF.search.eq("name")])
@pytest.mark.parametrize("narrowed", [False, True])
async def test_a_page_too_far_into_a_list_by_names_is_refused(by_name: Filter[Staff], narrowed: bool) -> None:
    """On which row it begins shows only from all before it."""
    fake = FakeVndb(build_names(2_000))
    wanted = all_of(IN_JAPANESE, by_name) if narrowed else by_name
    assert (await open_page(fake, wanted, 90))[0] == "s891"
    with pytest.raises(InvalidInput, match="page number: is too high for this list; more conditions make it shorter"):
        await open_page(fake, wanted, 150)
    assert fake.sent <= 10
    assert "ismain" not in str(fake.queries[0]["filters"])
