"""Bans, and every kind of bad answer: one error, nothing sent while it is forbidden, and then it goes on."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadAnswer, Banned, Blocked, Rejected, ServiceError, Throttled, TimedOut, Unavailable
from bot.gallery.api.client import Ehentai, policy
from bot.gallery.api.error import LONGEST_BAN_S, UNNAMED_BAN_S, examine, parse_ban_s
from bot.http import AiohttpTransport, Client, MemoryCache, Priority, Response, SystemClock, asking
from bot.service.record import Card
from tests.gallery.fake import BAN_PAGE, FakeEhentai, make_entry, make_key, make_page
from tests.support.each import each
from tests.support.transport import Reply

HOUR_S = 3600


# The time a ban page names


@each(
    ("text", "seconds"),
    [
        ("The ban expires in 59 minutes and 23 seconds", 59 * 60 + 23),
        ("The ban expires in 1 hour", HOUR_S),
        ("The ban expires in 1 hour and 2 minutes", HOUR_S + 120),
        ("The ban expires in 23 hours, 5 minutes and 1 second", 23 * HOUR_S + 301),
        ("The ban expires in 1 day, 2 hours, and 3 minutes.", 26 * HOUR_S + 180),
        ("The ban expires in 2 days and 3 hours", 51 * HOUR_S),
        ("the ban EXPIRES IN an hour", HOUR_S),
        ("The ban expires in <b>5&nbsp;minutes</b> and\n<i>1 second</i>", 301),
        ("This ban will expire in 45 seconds. You can load 20 pages in 2 minutes.", 45),
        ("You were banned for 90 minutes", 90 * 60),
        ("The ban expires in 0 seconds", 0),
        ("Try again in 10 min 5 sec", 605),
        ("Expires: never mind. " + "x" * 300 + " The ban expires in 3 minutes", 180),
    ],
)
def test_the_named_time_is_read(text: str, seconds: int) -> None:
    assert parse_ban_s(text) == pytest.approx(seconds, abs=1)
    assert parse_ban_s(text) >= seconds


def test_a_number_of_thousands_is_read_whole() -> None:
    assert parse_ban_s("The ban expires in 3,599 seconds") == 3599 + 1


def test_how_often_a_ban_came_is_not_taken_for_its_time() -> None:
    page = "You are banned for a second time. The ban expires in 3 days"
    assert parse_ban_s(page) == 3 * 86_400 + 1


def test_nothing_is_asked_within_the_second_that_the_page_leaves_out() -> None:
    assert parse_ban_s("The ban expires in 5 minutes") == 5 * 60 + 1


@pytest.mark.parametrize(
    "text",
    ["", "Your IP address has been temporarily banned", "We serve since 20 years"],
)
def test_a_page_that_names_no_time_means_an_hour(text: str) -> None:
    assert parse_ban_s(text) == UNNAMED_BAN_S


@pytest.mark.parametrize("text", ["expires in 30 days", "expires in 999999999 weeks", "expires in 99 weeks and 9 days"])
def test_no_ban_is_longer_than_a_week(text: str) -> None:
    assert parse_ban_s(text) == LONGEST_BAN_S


@given(
    st.text()
    | st.lists(st.sampled_from(["expires", "in", "1", "99999", "day", "an hour", "and", "<", ">"])).map(" ".join)
)
def test_property_a_ban_is_positive_and_bounded(text: str) -> None:
    assert 0 < parse_ban_s(text) <= LONGEST_BAN_S


@pytest.mark.parametrize("piece", ["<", "<b>", "expires in ", "1 hour ", "&#1", "1", "and "])
def test_a_page_of_any_kind_is_read_in_linear_time(piece: str) -> None:
    start = time.perf_counter()
    examine(Response(200, {}, (b"x" + piece.encode() * 4_000_000)[: 4 * 1024 * 1024]))
    assert time.perf_counter() - start < 2


# What is a ban page

PAGES = [
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>",
    b"\n\n  <html>",
    b"Down for maintenance. We are back in 3 hours",
    b"\xff\xfe\x00",
    b"\xef\xbb\xbf<html>",
    b"<html><body><a>System API</a><a>Bans</a><a>FAQ</a></body></html>",
]


@pytest.mark.parametrize(
    "body",
    [
        BAN_PAGE,
        b"<html><body>Your IP address has been temporarily <b>banned</b>. The ban expires in 3 minutes</body></html>",
        b"\xef\xbb\xbfThe ban will expire in 3 minutes",
        b'{"error": "Your IP address has been temporarily banned. The ban expires in 3 minutes"}',
    ],
)
@pytest.mark.parametrize("status", [200, 302, 403, 404, 429, 500, 503])
def test_an_answer_that_says_so_is_a_ban(body: bytes, status: int) -> None:
    finding = examine(Response(status, {}, body))
    assert isinstance(finding.error, Banned)
    assert finding.pause_s == finding.error.retry_after_s
    assert finding.pause_s


@pytest.mark.parametrize("body", PAGES)
def test_any_other_page_in_place_of_json_is_a_bad_answer(body: bytes) -> None:
    finding = examine(Response(200, {}, body))
    assert isinstance(finding.error, BadAnswer)
    assert finding.pause_s is None


@each(
    "body",
    [
        b'{"gmetadata": []}',
        b'{"gmetadata": [{"gid": 1, "title": "Banned", "error": "banned"}]}',
        b'{"error": "Key missing"}',
        b'{"error": {"reason": "banned"}}',
        b'{"gmeta',
        b"[",
        b" \n{",
        b"null",
        b"true",
        b" 12 ",
        b'"text"',
        b"",
        b" \n",
        b"\xef\xbb\xbf{}",
    ],
)
def test_json_of_any_kind_is_no_ban(body: bytes) -> None:
    assert examine(Response(200, {}, body)).pause_s is None


@pytest.mark.parametrize("status", [302, 404, 429, 500, 502])
def test_another_status_speaks_for_itself(status: int) -> None:
    finding = examine(Response(status, {}, b"<html><body>Down for maintenance</body></html>"))
    assert (finding.pause_s, finding.error) == (None, None)


# What a ban does


async def test_after_a_ban_page_nothing_is_sent_until_the_named_time_is_over() -> None:
    fake = FakeEhentai(range(1, 101))
    fake.reply = Reply(body=BAN_PAGE)
    with pytest.raises(Blocked) as caught:
        await fake.run(fake.ehentai.fetch(make_key(1)))
    assert caught.value.retry_after_s == pytest.approx(59 * 60 + 23, abs=1)
    fake.reply = None
    for gid in range(2, 60):
        await fake.clock.advance(60)
        with pytest.raises(Throttled):
            await fake.run(fake.ehentai.fetch(make_key(gid)))
        with pytest.raises(Throttled):
            await fake.run(fake.ehentai.resolve(make_page(gid)))
    assert fake.sent == 1
    await fake.clock.advance(120)
    assert isinstance(await fake.run(fake.ehentai.fetch(make_key(1))), Card)


async def test_whoever_waits_when_a_ban_page_comes_is_told_and_nothing_more_is_sent() -> None:
    fake = FakeEhentai()
    fake.reply = Reply(body=BAN_PAGE, after_s=0.5)
    found = await fake.run(
        asyncio.gather(*(fake.ehentai.fetch(make_key(gid)) for gid in range(1, 251)), return_exceptions=True)
    )
    assert all(isinstance(error, Throttled) for error in found)
    assert fake.sent == 1


async def test_what_is_kept_is_still_shown_during_a_ban() -> None:
    fake = FakeEhentai([1, 2])
    await fake.run(fake.ehentai.fetch(make_key(1)))
    fake.reply = Reply(body=BAN_PAGE)
    with pytest.raises(Blocked):
        await fake.run(fake.ehentai.fetch(make_key(2)))
    assert isinstance(await fake.run(fake.ehentai.fetch(make_key(1))), Card)


@pytest.mark.parametrize("status", [403, 429, 503])
async def test_a_ban_is_one_whatever_the_status(status: int, caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeEhentai([1])
    fake.reply = Reply(status=status, body=BAN_PAGE)
    with pytest.raises(Banned):
        await fake.run(fake.ehentai.fetch(make_key(1)))
    assert fake.sent == 1
    assert fake.client.lane("E-Hentai").banned_for_s >= 59 * 60 + 23
    assert f"E-Hentai refused galleries ({status}): a ban page" in caplog.text  # it names our own address


async def test_a_ban_page_that_names_no_time_pauses_the_lane_for_an_hour() -> None:
    fake = FakeEhentai([1])
    fake.reply = Reply(body=b"<html>Your IP address has been temporarily banned</html>")
    with pytest.raises(Banned):
        await fake.run(fake.ehentai.fetch(make_key(1)))
    assert fake.client.lane("E-Hentai").paused_for_s == pytest.approx(UNNAMED_BAN_S)


@pytest.mark.parametrize("body", PAGES)
async def test_after_any_other_page_the_next_question_is_asked(body: bytes) -> None:
    fake = FakeEhentai([1])
    fake.reply = Reply(body=body)
    with pytest.raises(BadAnswer):
        await fake.run(fake.ehentai.fetch(make_key(1)))
    fake.reply = None
    assert isinstance(await fake.run(fake.ehentai.fetch(make_key(1))), Card)


# Bad answers

BAD_ANSWERS = {
    "500": (Reply(status=500, body=b"oops"), Unavailable),
    "503": (Reply(status=503, body=b"<html>"), Unavailable),
    "timeout": (Reply(after_s=60.0), TimedOut),
    "refused": (Reply(error=Unavailable("ehentai", "refused"), unsent=True), Unavailable),
    "404": (Reply(status=404, body=b"<html>"), Rejected),
    "redirect": (Reply(status=302, headers={"Location": "https://elsewhere.invalid/"}, body=b""), BadAnswer),
    "429": (Reply(status=429, body=b"<html>"), Throttled),
    "cut off": (Reply(body=b'{"gmetadata": [{"gid": 1, "token": "0000'), BadAnswer),
    "empty": (Reply(body=b""), BadAnswer),
    "null": (Reply(body=b"null"), BadAnswer),
    "number": (Reply(body=b"7"), BadAnswer),
    "list": (Reply(body=b"[]"), BadAnswer),
    "another object": (Reply(body=b"{}"), BadAnswer),
    "null inside": (Reply(body=b'{"gmetadata": null, "tokenlist": null}'), BadAnswer),
    "object inside": (Reply(body=b'{"gmetadata": {}, "tokenlist": {}}'), BadAnswer),
    "empty list": (Reply(body=b'{"gmetadata": [], "tokenlist": []}'), BadAnswer),
    "error": (Reply(body=b'{"error": "Key missing, or incorrect key provided."}'), BadAnswer),
    "deep": (Reply(body=b'{"gmetadata": ' + b"[" * 200_000), BadAnswer),
    "no text": (Reply(body=b'{"gmetadata": [{"gid": 1, "token": "\xff"}]}'), BadAnswer),
    "too large": (Reply(error=BadAnswer("ehentai", "a body over 4194304 bytes")), BadAnswer),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
async def test_a_bad_answer_is_one_error_and_the_next_question_works(name: str) -> None:
    reply, kind = BAD_ANSWERS[name]
    for ask_page in (False, True):
        fake = FakeEhentai([1])
        fake.reply = reply
        with asking(fake.clock, within_s=120, priority=Priority.COMMAND), pytest.raises(ServiceError) as caught:
            await fake.run(fake.ehentai.resolve(make_page(1)) if ask_page else fake.ehentai.fetch(make_key(1)))
        assert type(caught.value) is kind
        assert fake.sent <= 2
        fake.reply = None
        await fake.clock.advance(10)
        if ask_page:
            assert await fake.run(fake.ehentai.resolve(make_page(1))) == make_key(1)
        else:
            assert isinstance(await fake.run(fake.ehentai.fetch(make_key(1))), Card)


STRANGE: dict[str, object] = {
    "null": None,
    "number": 7,
    "list": [],
    "without anything": {},
    "gid only": {"gid": 1},
    "no token": {"gid": 1, "token": None},
    "token of another kind": {"gid": 1, "token": ["0000000001"]},
    "another token": {"gid": 1, "token": "ffffffffff"},
    "gid of another kind": {"gid": [1], "token": "0000000001"},
    "another error": {"gid": 1, "error": "Temporarily unavailable"},
    "error of another kind": {"gid": 1, "error": {"code": 5}},
}


@pytest.mark.parametrize("name", STRANGE)
async def test_a_strange_entry_harms_nobody_else(name: str) -> None:
    fake = FakeEhentai()
    fake.reply = Reply(body=msgspec.json.encode({"gmetadata": [STRANGE[name], make_entry(2)]}))
    found = await fake.run(
        asyncio.gather(*(fake.ehentai.fetch(make_key(gid)) for gid in (1, 2)), return_exceptions=True)
    )
    assert isinstance(found[0], BadAnswer)
    assert isinstance(found[1], Card)
    assert found[1].entry.key.gid == 2


@pytest.mark.parametrize("token", [None, "", 7, "GGGGGGGGGG", "0123", [], "0123456789\n"])
async def test_a_strange_token_of_a_page_is_a_bad_answer(token: object) -> None:
    fake = FakeEhentai()
    fake.reply = Reply(body=msgspec.json.encode({"tokenlist": [{"gid": 1, "token": token}]}))
    with pytest.raises(BadAnswer):
        await fake.run(fake.ehentai.resolve(make_page(1)))


@asynccontextmanager
async def pouring() -> AsyncGenerator[str]:
    """A server whose first answer is 100 MB, and the second one right."""
    count = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal count
        count += 1
        if count > 1:
            return web.json_response({"gmetadata": [make_entry(1)]})
        stream = web.StreamResponse()
        await stream.prepare(request)
        try:
            for _ in range(1600):
                await stream.write(b"[" * 65_536)
        except ConnectionError:
            pass
        return stream

    app = web.Application()
    app.router.add_post("/api.php", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/api.php"
    finally:
        await runner.cleanup()


async def test_100_megabytes_are_not_read_and_the_next_question_works() -> None:
    async with pouring() as url:
        clock = SystemClock()
        client = Client(
            AiohttpTransport("test"), clock=clock, cache=MemoryCache(), policies=[policy()], rng=random.Random(1)
        )
        ehentai = Ehentai(client, base_url=url, clock=clock)
        with pytest.raises(BadAnswer):
            await ehentai.fetch(make_key(1))
        assert isinstance(await ehentai.fetch(make_key(1)), Card)
        await client.close()
