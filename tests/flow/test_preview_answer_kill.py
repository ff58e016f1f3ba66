"""An answer to a command that nobody knows the message of, since its process was killed or Discord out of reach, goes
with what allows it to stand there all the same.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.playground.engine import Channel, RestFault
from bot.playground.engine.permission import Permission
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import exists, find_url, list_replies, settle, wait_until, wait_until_gone
from tests.flow.program import start_program

Payload = dict[str, Any]


async def ask(place: Place, channel: Channel, url: str | None = None) -> None:
    await place.reader.slash(channel, "gallery preview", url=url or find_url(place, Sample.PLAIN))


async def ask_unheard(place: Place, channel: Channel) -> Payload:
    """An answer that Discord took without saying so, and does not tell of when it is asked."""
    faults = [RestFault(0, path="/callback$", taken=True), RestFault(503, path="/messages/@original$", count=10)]
    place.world.rest_faults.extend(faults)
    await ask(place, channel)
    (answer,) = list_replies(place, channel)
    await wait_until(lambda: any(one.path.endswith("@original") for one in place.world.requests))
    await settle(place)
    place.world.rest_faults.clear()
    return answer


async def list_recorded(place: Place) -> list[int]:
    return await place.shiori.preview_records.list_recorded_ids(limit=100)


async def wait_until_recorded(place: Place, message_id: int) -> None:
    async with asyncio.timeout(30):
        while message_id not in await list_recorded(place):  # noqa: ASYNC110 - a row has no event
            await asyncio.sleep(0.01)


async def wait_until_forgotten(place: Place) -> None:
    """Return when nothing is recorded any more."""
    async with asyncio.timeout(30):
        while await list_recorded(place):  # noqa: ASYNC110 - a row has no event
            await asyncio.sleep(0.01)


def allow(place: Place, permission: Permission, *, allowed: bool) -> None:
    change = place.world.grant if allowed else place.world.revoke
    change(place.world.after_dark, place.world.bot, int(permission))


async def test_an_answer_goes_whose_process_was_killed_before_it_knew_of_it(unconnected: Place) -> None:
    channel = unconnected.world.after_dark_thread
    unconnected.world.answer_within_s = 30.0
    process = await start_program(unconnected)

    def kill(name: str, payload: Payload, _: Channel | None) -> None:
        if name == "MESSAGE_CREATE" and payload["author"]["id"] == unconnected.world.bot.id:
            process.kill()

    unconnected.world.listeners.append(kill)
    asking = asyncio.create_task(ask(unconnected, channel))
    await process.wait()
    await asyncio.gather(asking, return_exceptions=True)
    unconnected.world.listeners.remove(kill)
    (answer,) = list_replies(unconnected, channel)
    async with unconnected.connected():
        await settle(unconnected)
        assert exists(unconnected, answer)  # it may stand there
        unconnected.world.set_nsfw(unconnected.world.after_dark, nsfw=False)
        await wait_until_gone(unconnected, answer)
        await wait_until_forgotten(unconnected)


async def test_an_answer_that_cannot_be_looked_for_goes_once_it_can_and_keeps_no_other_waiting(place: Place) -> None:
    unheard = await ask_unheard(place, place.world.after_dark)
    await ask(place, place.world.after_dark)
    heard = list_replies(place, place.world.after_dark)[-1]
    await wait_until_recorded(place, int(heard["id"]))
    allow(place, Permission.READ_MESSAGE_HISTORY, allowed=False)
    place.world.set_nsfw(place.world.after_dark, nsfw=False)
    await wait_until_gone(place, heard)
    await settle(place)
    assert exists(place, unheard)
    allow(place, Permission.READ_MESSAGE_HISTORY, allowed=True)
    await settle(place)
    place.shiori.previewer.look_again()
    await wait_until_gone(place, unheard)
    await wait_until_forgotten(place)


async def test_an_answer_that_somebody_else_deleted_is_forgotten(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.preview.replies.ARRIVES_WITHIN_S", 0.0)
    answer = await ask_unheard(place, place.world.after_dark)
    await place.moderator.delete(answer)
    assert len(await list_recorded(place)) == 1
    place.world.set_nsfw(place.world.after_dark, nsfw=False)
    await wait_until_forgotten(place)


async def test_one_that_is_not_there_may_be_on_its_way_for_a_while(place: Place) -> None:
    answer = await ask_unheard(place, place.world.after_dark)
    await place.moderator.delete(answer)
    place.world.set_nsfw(place.world.after_dark, nsfw=False)
    await wait_until(lambda: any(one.method == "GET" and "after=" in one.query for one in place.world.requests))
    await settle(place)
    assert len(await list_recorded(place)) == 1


async def test_nothing_is_remembered_of_a_command_that_gets_no_answer(place: Place) -> None:
    await ask(place, place.world.after_dark, "https://e-hentai.org/g/9000003/0123456789/")
    await wait_until_forgotten(place)
    assert list_replies(place, place.world.after_dark) == []
