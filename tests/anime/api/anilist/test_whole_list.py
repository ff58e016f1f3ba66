"""Whole lists of several people in one question, asked of the sample AniList."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

import pytest
from msgspec import structs

from bot.anime.api.anilist.whole_list import WholeLists
from bot.app import build_http
from bot.config import Config
from bot.errors import BadAnswer, Throttled, Unavailable
from bot.playground.service import start_sample_services
from bot.playground.service.anilist.fault import AnilistFault
from bot.playground.service.anilist.server import SampleAnilist
from bot.playground.service.sample import Call

READER, NATSUKAZE, EMPTY, PRIVATE, NOBODY = 700001, 700002, 700003, 700004, 799999


@dataclass
class Scene:
    lists: WholeLists
    anilist: SampleAnilist


@pytest.fixture
async def scene() -> AsyncGenerator[Scene]:
    services = await start_sample_services()
    http = build_http(Config())
    yield Scene(WholeLists(http, base_url=services.api_urls["anilist_api_url"]), services.anilist)
    await http.close()
    await services.stop()


async def test_one_question_brings_both_lists_of_several_people(scene: Scene) -> None:
    found = await scene.lists.fetch([READER, NATSUKAZE, EMPTY])
    assert len(scene.anilist.requests) == 1
    assert [len(found[READER][kind]) for kind in ("ANIME", "MANGA")] == [12, 3]
    first = found[READER]["ANIME"][9253]
    assert (first.status, first.score) == ("COMPLETED", 100)
    assert [*found[NATSUKAZE]["MANGA"]] == [30002]
    assert found[EMPTY] == {"ANIME": {}, "MANGA": {}}


@pytest.mark.parametrize("gone", [PRIVATE, NOBODY])
async def test_who_is_private_or_gone_costs_no_other_their_list(scene: Scene, gone: int) -> None:
    found = await scene.lists.fetch([READER, gone, NATSUKAZE])
    assert found[gone] == {"ANIME": {}, "MANGA": {}}
    assert (len(found[READER]["ANIME"]), len(found[NATSUKAZE]["ANIME"])) == (12, 7)
    assert len(scene.anilist.requests) == 4


@pytest.mark.parametrize("fault", ["busy", "partial", "half", "odd"])
async def test_one_list_that_anilist_fails_over_costs_no_other_theirs(scene: Scene, fault: AnilistFault) -> None:
    scene.anilist.choose_fault = lambda call: fault if asks_for(call, EMPTY) else None
    found = await scene.lists.fetch([READER, EMPTY, NATSUKAZE])
    assert (len(found[READER]["ANIME"]), len(found[NATSUKAZE]["ANIME"])) == (12, 7)
    assert EMPTY not in found  # nothing is known of it


async def test_once_anilist_is_to_be_left_alone_nobody_else_is_asked_for_and_what_came_is_there(scene: Scene) -> None:
    def choose_fault(call: Call) -> AnilistFault | None:
        if asks_for(call, READER):
            return "odd" if asks_for(call, EMPTY) else None
        return "429"

    scene.anilist.choose_fault = choose_fault
    assert [*await scene.lists.fetch([READER, NATSUKAZE, EMPTY])] == [READER]
    with pytest.raises(Throttled):
        await scene.lists.fetch([READER, NATSUKAZE, EMPTY])
    assert len(scene.anilist.requests) == 3


def asks_for(call: Call, user_id: int) -> bool:
    return f"userId: {user_id}".encode() in call.body


async def test_a_long_list_is_read_in_several_questions(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    users = scene.anilist.library.users
    works = [(number, "COMPLETED", 50, 1) for number in range(1, 1201)]
    monkeypatch.setitem(users, READER, structs.replace(users[READER], anime=works))
    found = await scene.lists.fetch([READER, NATSUKAZE])
    assert set(found[READER]["ANIME"]) == set(range(1, 1201))
    assert len(found[NATSUKAZE]["ANIME"]) == 7
    assert len(scene.anilist.requests) == 3


async def test_of_more_than_two_thousand_works_the_newest_are_read(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = scene.anilist.library.users
    works = [(number, "PLANNING", 0, 0) for number in range(1, 2301)]
    monkeypatch.setitem(users, READER, structs.replace(users[READER], anime=works))
    found = await scene.lists.fetch([READER])
    assert set(found[READER]["ANIME"]) == set(range(301, 2301))


async def test_what_cannot_be_asked_or_read_is_an_error(scene: Scene) -> None:
    scene.anilist.fault = "rubbish"
    with pytest.raises(BadAnswer):
        await scene.lists.fetch([READER])
    scene.anilist.fault = "502"
    with pytest.raises(Unavailable):
        await scene.lists.fetch([READER])
