"""What is said to come next, and why something cannot be followed, where that is hard to know."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler

from bot.playground.service import SampleAnilist
from bot.playground.service.anilist.data import AnilistSample
from bot.playground.service.vndb.entry import ReleaseLanguage
from bot.playground.service.vndb.library import load_library
from bot.playground.service.vndb.server import SampleVndb
from tests.flow.conftest import Place
from tests.flow.follow_message import AIRING, TITLE, say


async def test_what_begins_in_months_says_when(place: Place) -> None:
    anime = AnilistSample.FIRST_EPISODE_NEXT_WEEK.value
    schedule = place.services.anilist.schedule
    for one in [one for one in schedule.list_all() if one.work.id == anime]:
        schedule.delays[anime, one.number] = 100 * 86_400
    first = next(one for one in schedule.list_all() if one.work.id == anime)
    said = await say(place.reader, place.general, "follow anime", title=f"#{anime}")
    assert f"Next: episode 1, <t:{first.airs_s}:f>" in said


@asynccontextmanager
async def serving_busy_developer() -> AsyncGenerator[str]:
    """A VNDB where KID has 60 releases to come in Japanese, and one in English after them: its address."""
    library = load_library()
    one = next(each for each in library.releases if "p30" in [by.producer for by in each.producers if by.developer])
    coming = [
        msgspec.structs.replace(
            one,
            id=f"r{890_000 + at}",
            title=f"To come {at}",
            released=f"2039-{1 + at // 28:02}-{1 + at % 28:02}",
            languages=[ReleaseLanguage("en" if at == 60 else "ja", f"To come {at}")],
        )
        for at in range(61)
    ]
    library = msgspec.structs.replace(library, releases=[*library.releases, *coming])
    async with TestServer(SampleVndb(library=library).build_app()) as server:
        yield str(server.make_url("/kana"))


async def test_the_next_release_of_a_busy_developer_is_found(unconnected: Place) -> None:
    async with serving_busy_developer() as url, unconnected.connected(vndb_api_url=url):
        said = await say(unconnected.reader, unconnected.general, "follow developer", name="p30", language="English")
        assert "Next: To come 60, 5 March 2039" in said


@web.middleware
async def without_marks(request: web.Request, handler: Handler) -> web.StreamResponse:
    """For whom a work is, is told of none."""
    response = await handler(request)
    if isinstance(response, web.Response) and isinstance(response.body, bytes):
        response.body = response.body.replace(b'"isAdult":false', b'"isAdult":null')
    return response


@pytest.mark.parametrize(
    ("title", "why"),
    [(TITLE, "answered with something Shiori does not understand"), (f"#{AIRING}", "is for adults, or may be")],
)
async def test_what_is_not_said_to_be_for_everybody_is_there_and_has_not_ended(
    unconnected: Place, title: str, why: str
) -> None:
    app = SampleAnilist().build_app()
    app.middlewares.append(without_marks)
    async with TestServer(app) as server, unconnected.connected(anilist_api_url=str(server.make_url(""))):
        said = await say(unconnected.reader, unconnected.general, "follow anime", title=title)
    assert why in said
    assert "has no anime" not in said
