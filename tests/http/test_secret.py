"""Requests that go with a token: the header, whose the answers are, and what is shown of it."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncGenerator

import pytest
from aiohttp import web

from bot.errors import BadAnswer, OverShare, Rejected, ServiceError, Unauthorized, UnknownToken
from bot.http import (
    AiohttpTransport,
    Client,
    Credential,
    Finding,
    Lifetime,
    MemoryCache,
    Policy,
    Priority,
    Request,
    Response,
    Secret,
    Window,
    asking,
    find_key,
)
from tests.support.clock import FakeClock
from tests.support.transport import Reply, ScriptedTransport

TOKEN = "efsobr1czbzoyjah4u8ybtma56pogbzk"
LIFETIME = Lifetime(fresh_s=60.0, stale_s=600.0, empty_s=10.0)


def build_request(credential: Credential | None) -> Request:
    return Request("demo", "list", "GET", "http://demo.test/list", credential=credential)


def of(owner: str, token: str = TOKEN) -> Credential:
    return Credential(Secret(token), "Token", owner=owner)


def examine(response: Response) -> Finding:
    if response.status != 401:
        return Finding()
    kind = UnknownToken if response.body == b"Invalid token." else Unauthorized
    return Finding(error=kind("demo", "no", status=401))


class Rig:
    """A client on a scripted transport."""

    def __init__(self, *replies: Reply, windows: tuple[Window, ...] = ()) -> None:
        self.clock = FakeClock()
        self.transport = ScriptedTransport(self.clock, *replies)
        self.cache = MemoryCache()
        self.client = Client(
            self.transport,
            clock=self.clock,
            cache=self.cache,
            policies=[Policy("demo", windows=windows, concurrency=4, retries=1, examine=examine)],
            rng=random.Random(7),
        )

    async def fetch(self, credential: Credential | None) -> bytes | None:
        return (await self.client.fetch(build_request(credential), LIFETIME)).body


# Whose the answers are


async def test_an_answer_is_kept_for_its_owner_alone() -> None:
    rig = Rig(Reply(body=b"of 1"), Reply(body=b"of 2"), Reply(body=b"public"))
    assert [await rig.fetch(of("1")), await rig.fetch(of("2")), await rig.fetch(None)] == [b"of 1", b"of 2", b"public"]
    assert [await rig.fetch(of("2")), await rig.fetch(None), await rig.fetch(of("1"))] == [b"of 2", b"public", b"of 1"]
    assert len(rig.transport.sent) == 3


async def test_who_asks_at_the_same_time_joins_nobody_elses_question() -> None:
    rig = Rig(*(Reply(body=body, after_s=1.0) for body in (b"of 1", b"of 2", b"public")))
    tasks = [asyncio.create_task(rig.fetch(one)) for one in (of("1"), of("2"), None, of("1"))]
    await rig.clock.advance(1.0)
    assert await asyncio.gather(*tasks) == [b"of 1", b"of 2", b"public", b"of 1"]
    assert len(rig.transport.sent) == 3


async def test_the_hosts_own_token_brings_everybodys_answers() -> None:
    rig = Rig(Reply(body=b"all"))
    host = Credential(Secret("of the host"), "Bearer")
    assert [await rig.fetch(host), await rig.fetch(None)] == [b"all", b"all"]


def test_no_key_holds_a_token() -> None:
    assert find_key(build_request(of("1"))) != find_key(build_request(of("2")))
    assert find_key(build_request(of("1", "a"))) == find_key(build_request(of("1", "b")))
    assert TOKEN not in find_key(build_request(of("1")))


async def test_a_person_has_their_share_with_a_token_too() -> None:
    rig = Rig(windows=(Window(10, 300.0),))

    async def ask(person: int) -> None:
        with asking(rig.clock, within_s=10.0, priority=Priority.COMMAND, person=person):
            await rig.client.send(build_request(of(str(person))))

    with pytest.raises(OverShare):
        for _ in range(10):
            await ask(1)
    assert len(rig.transport.sent) < 10
    await ask(2)  # what is left is for others


# What a service says of it


async def test_a_token_that_is_known_no_more_is_told_of_before_the_error() -> None:
    told: list[str] = []

    async def tell() -> None:
        told.append("unknown")

    rig = Rig(Reply(401, b"Invalid token."))
    with pytest.raises(UnknownToken):
        await rig.fetch(Credential(Secret(TOKEN), "Token", owner="1", on_unknown=tell))
    assert told == ["unknown"]
    assert len(rig.transport.sent) == 1  # and it is not tried again


async def test_another_refusal_says_nothing_of_the_token() -> None:
    async def fail() -> None:
        pytest.fail("it is not unknown")

    for reply in (Reply(401, b"Unauthorized"), Reply(401, b"Log in first"), Reply(403), Reply(404)):
        rig = Rig(reply)
        with pytest.raises(Rejected):
            await rig.fetch(Credential(Secret(TOKEN), "Token", owner="1", on_unknown=fail))


# What is shown of it


@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 500, 503])
async def test_a_service_that_repeats_it_writes_it_nowhere(status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    rig = Rig(default := Reply(status, f"you sent Token {TOKEN}".encode()), default)
    task = asyncio.create_task(rig.fetch(of("1")))
    await rig.clock.run(task)
    error = task.exception()
    if error is None:
        assert task.result() == b"you sent Token [secret]"
        kept = await rig.cache.get(find_key(build_request(of("1"))))
        assert kept is not None
        assert TOKEN.encode() not in (kept.body or b"")
    else:
        assert isinstance(error, ServiceError)
        assert TOKEN not in f"{error!r} {error} {error.reason} {error.__cause__!r}"
    assert caplog.records
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(("text", "blotted"), [("a" * 12, b"<[secret]>"), ("a" * 11, b"<aaaaaaaaaaa>"), ("", b"<>")])
def test_what_is_too_short_to_be_a_secret_stays(text: str, blotted: bytes) -> None:
    assert Secret(text).blot_out(f"<{text}>".encode()) == blotted


def test_no_representation_shows_it() -> None:
    request = build_request(of("1"))
    assert TOKEN not in f"{request!r} {request} {request.credential!r}"


# On the wire


class Server:
    """Notes the headers that came, and answers with them if it is to."""

    def __init__(self) -> None:
        self.headers: list[dict[str, str]] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.headers.append(dict(request.headers))
        if request.path == "/redirect":
            return web.Response(status=302, headers={"Location": "/elsewhere"})
        return web.Response(text="fine")


@pytest.fixture
async def server() -> AsyncGenerator[Server]:
    server = Server()
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def transport() -> AsyncGenerator[AiohttpTransport]:
    transport = AiohttpTransport("Shiori/test")
    yield transport
    await transport.close()


async def send(transport: AiohttpTransport, url: str, credential: Credential | None) -> Response:
    request = Request("demo", "list", "PATCH", url, b"{}", {"content-type": "application/json"}, credential=credential)
    return await transport.send(request, timeout_s=5.0, max_body_bytes=1000)


async def test_the_transport_writes_the_header(server: Server, transport: AiohttpTransport) -> None:
    await send(transport, f"{server.url}/list", of("1"))
    await send(transport, f"{server.url}/list", None)
    with_token, without = server.headers
    assert with_token["Authorization"] == f"Token {TOKEN}"
    assert with_token["Content-Type"] == "application/json"
    assert "Origin" not in with_token  # VNDB would look for cookies then, and not at the token
    assert "Authorization" not in without


async def test_a_token_follows_no_redirect(server: Server, transport: AiohttpTransport) -> None:
    assert (await send(transport, f"{server.url}/redirect", of("1"))).status == 302
    assert len(server.headers) == 1


async def test_an_error_of_the_way_there_does_not_show_it(transport: AiohttpTransport) -> None:
    with pytest.raises(ServiceError) as raised:
        await send(transport, "http://127.0.0.1:1/", of("1"))
    assert TOKEN not in f"{raised.value!r} {raised.value.__cause__!r}"
    assert not isinstance(raised.value, BadAnswer)
