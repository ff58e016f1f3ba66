"""What Discord's gateway may do to a bot that starts or serves: one sentence, and it lives or ends with a code."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.app import run_bot
from bot.connection import HopelessStartError, StartError
from bot.gateway.connected import UNREADABLE_AT_MOST
from bot.playground.engine import texts
from tests.flow.conftest import Place

UNREADABLE = "Discord sent an event that cannot be read"
UNREADABLE_MESSAGE = {"id": "1", "content": "https://vndb.org/v17"}  # without a link it would not be read at all


async def find_failure(place: Place, **changed: int) -> StartError:
    with pytest.raises(StartError) as caught:
        await asyncio.wait_for(run_bot(msgspec.structs.replace(place.build_config(), **changed)), timeout=30)
    return caught.value


async def fail(place: Place) -> str:
    return str(await find_failure(place))


async def wait_for_log(caplog: pytest.LogCaptureFixture, text: str) -> None:
    async with asyncio.timeout(30):
        while text not in caplog.text:  # noqa: ASYNC110 - a log has no event
            await asyncio.sleep(0.02)


async def answers(place: Place) -> bool:
    exchange = await place.reader.slash(place.general, "vn info", title="v17")
    return "Ever17" in texts(await exchange.message())


async def wait_for_connection(place: Place) -> None:
    events = place.world.subscribe()
    while not place.world.bot_connected:
        await asyncio.wait_for(events.get(), timeout=30)


def tracebacks(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.exc_info and one.levelno >= logging.INFO]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (4004, "does not accept DISCORD_TOKEN"),
        (4010, "the shard that was asked for"),
        (4011, "too many servers for so few shards"),
        (4012, "the version of its gateway"),
        (4013, "does not know an intent"),
        (4014, "refuses the intents"),
    ],
)
async def test_a_connection_that_is_closed_for_good_is_one_sentence(
    unconnected: Place, caplog: pytest.LogCaptureFixture, code: int, said: str
) -> None:
    unconnected.discord.gateway.refusal = code
    failure = await find_failure(unconnected, shard_count=1)
    assert said in str(failure)
    assert isinstance(failure, HopelessStartError)
    assert tracebacks(caplog) == []


async def test_too_few_shards_are_as_many_as_discord_recommends_at_the_next_start(unconnected: Place) -> None:
    unconnected.discord.gateway.refusal = 4011
    assert not isinstance(await find_failure(unconnected), HopelessStartError)


async def test_a_bot_that_was_started_too_often_does_not_risk_its_token(unconnected: Place) -> None:
    unconnected.discord.gateway.shards.remaining = 0
    assert "connect only 0 times more in the next 4 hours" in await fail(unconnected)
    assert unconnected.discord.gateway.identifies == 0


@pytest.mark.parametrize("code", [4000, 4008])
async def test_a_gateway_that_closes_each_connection_is_given_up(
    unconnected: Place, caplog: pytest.LogCaptureFixture, code: int
) -> None:
    unconnected.discord.gateway.refusal = code
    assert f"closes each connection at once (code {code})" in await fail(unconnected)
    assert tracebacks(caplog) == []


async def test_a_bot_that_served_gives_up_too_when_each_connection_is_closed(
    unconnected: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    serving = asyncio.create_task(fail(unconnected))
    await wait_for_log(caplog, "connected as")
    unconnected.discord.gateway.refusal = 4000
    unconnected.discord.gateway.disconnect(4000)
    assert "closes each connection at once" in await serving


async def test_some_lost_connections_are_no_reason_to_give_up(place: Place) -> None:
    for _ in range(12):
        place.discord.gateway.disconnect(4000)
        await wait_for_connection(place)
        assert await answers(place)


async def test_a_ready_that_never_comes_ends_the_start(
    unconnected: Place, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.connected.READY_WITHIN_S", 0.2)
    unconnected.discord.gateway.says_ready = False
    assert "never says that it is ready" in await fail(unconnected)
    assert tracebacks(caplog) == []


async def test_a_ready_that_does_not_come_later_is_asked_for_again(
    unconnected: Place, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = unconnected.discord.gateway
    async with unconnected.connected():
        monkeypatch.setattr("bot.gateway.connected.READY_WITHIN_S", 0.2)
        gateway.says_ready = False
        gateway.disconnect(4000, forget=True)
        await wait_for_log(caplog, "never said that it is ready; connecting again")
        gateway.says_ready = True
        await wait_for_connection(unconnected)
        assert await answers(unconnected)
    assert tracebacks(caplog) == []


async def test_a_resume_that_is_never_answered_is_followed_by_a_new_session(
    unconnected: Place, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = unconnected.discord.gateway
    async with unconnected.connected():
        monkeypatch.setattr("bot.gateway.connected.READY_WITHIN_S", 0.2)
        gateway.says_resumed = False
        gateway.disconnect(4000)
        await wait_for_log(caplog, "has a connection to Discord again")
        assert await answers(unconnected)
    assert (gateway.identifies, gateway.resumes) == (2, 1)


async def test_what_was_missed_may_be_told_for_long_before_a_session_is_resumed(
    unconnected: Place, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = unconnected.discord.gateway
    async with unconnected.connected():
        monkeypatch.setattr("bot.gateway.connected.READY_WITHIN_S", 0.5)
        gateway.says_resumed = False
        gateway.disconnect(4000)
        await wait_for_connection(unconnected)
        for _ in range(40):
            gateway.send("WHATEVER", {})
            await asyncio.sleep(0.05)
        assert "connecting again" not in caplog.text
        gateway.send("RESUMED", {})
        assert await answers(unconnected)
        assert unconnected.shiori.standing
    assert (gateway.identifies, gateway.resumes) == (1, 1)


async def refuse(_: web.Request) -> web.StreamResponse:
    raise web.HTTPServiceUnavailable


async def say_nothing(request: web.Request) -> web.StreamResponse:
    await (socket := web.WebSocketResponse()).prepare(request)
    await socket.receive()
    return socket


async def let_go(request: web.Request) -> web.StreamResponse:
    await (socket := web.WebSocketResponse()).prepare(request)
    await socket.close(code=4000)
    return socket


@pytest.mark.parametrize("handler", [None, refuse, say_nothing, let_go])
async def test_a_session_whose_host_does_not_take_it_any_more_goes_on_where_all_begin(
    unconnected: Place,
    monkeypatch: pytest.MonkeyPatch,
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]] | None,
) -> None:
    monkeypatch.setattr("bot.gateway.connected._FIRST_WAIT_S", 0.02)
    gateway = unconnected.discord.gateway
    app = web.Application()
    app.router.add_get("/", handler or say_nothing)
    async with TestServer(app) as host:
        gateway.resume_url = f"ws://{host.host}:{host.port}"
        async with unconnected.connected():
            if handler is None:
                await host.close()
            monkeypatch.setattr("bot.gateway.connected.OPEN_WITHIN_S", 0.5)
            gateway.disconnect(4000)
            await wait_for_connection(unconnected)
            assert await answers(unconnected)
    assert gateway.identifies == 1
    assert gateway.resumes


@pytest.mark.parametrize(
    ("name", "data"),
    [("MESSAGE_CREATE", UNREADABLE_MESSAGE), ("GUILD_CREATE", {"id": []}), ("INTERACTION_CREATE", {"id": "x"})],
)
async def test_an_event_that_cannot_be_read_costs_a_connection_and_no_more(
    place: Place, caplog: pytest.LogCaptureFixture, name: str, data: dict[str, object]
) -> None:
    place.discord.gateway.send(name, data)
    await wait_for_log(caplog, UNREADABLE)
    events = place.world.subscribe()
    while place.discord.gateway.identifies < 2:
        await asyncio.wait_for(events.get(), timeout=30)
    assert await answers(place)
    assert tracebacks(caplog) == []


async def test_events_that_cannot_be_read_again_and_again_end_the_program_with_a_sentence(unconnected: Place) -> None:
    gateway = unconnected.discord.gateway
    serving = asyncio.create_task(fail(unconnected))
    events = unconnected.world.subscribe()
    for number in range(1, UNREADABLE_AT_MOST + 1):
        while gateway.identifies < number:
            await asyncio.wait_for(events.get(), timeout=30)
        gateway.send("MESSAGE_CREATE", UNREADABLE_MESSAGE)
    assert "cannot read (KeyError" in await serving
