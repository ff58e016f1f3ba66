"""Why a service refused a question is in the log once, in its own words, whichever service it is."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable

import pytest

from bot.anime.api.amvstrm import client as amvstrm
from bot.anime.api.anilist import client as anilist
from bot.errors import ServiceError
from bot.gallery.api import client as ehentai
from bot.http import Client, MemoryCache, Policy, Request
from bot.picture.api import client as nekos
from bot.vndb.api import client as vndb
from tests.support.clock import FakeClock
from tests.support.transport import Reply, ScriptedTransport

POLICIES: dict[str, Callable[[], Policy]] = {
    "Nekos API": nekos.policy,
    "AniList": anilist.policy,
    "amvstrm": amvstrm.policy,
    "VNDB": vndb.policy,
    "E-Hentai": ehentai.policy,
}


async def list_warnings(service: str, reply: Reply, caplog: pytest.LogCaptureFixture) -> list[str]:
    clock = FakeClock()
    transport = ScriptedTransport(clock)
    transport.answer = lambda _: reply
    client = Client(transport, clock=clock, cache=MemoryCache(), policies=[POLICIES[service]()], rng=random.Random(1))
    request = Request(service, "thing", "POST", "https://service.test/?token=abc", b"{}", repeatable=False)
    with caplog.at_level(logging.WARNING, logger="bot.http"), pytest.raises(ServiceError):
        await client.send(request)
    return [record.getMessage() for record in caplog.records if record.name == "bot.http"]


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
@pytest.mark.parametrize("service", ["Nekos API", "amvstrm", "AniList"])
async def test_the_message_of_an_error_is_logged(service: str, status: int, caplog: pytest.LogCaptureFixture) -> None:
    reply = Reply(status, b'{"code":%d,"message":"No paper boats today.","success":false}' % status)
    (line,) = await list_warnings(service, reply, caplog)
    assert line.startswith(f"{service} refused thing ({status}): ")
    assert "No paper boats today." in line


@pytest.mark.parametrize("status", [400, 401, 429, 500])
async def test_vndbs_line_of_text_is_logged(status: int, caplog: pytest.LogCaptureFixture) -> None:
    (line,) = await list_warnings("VNDB", Reply(status, b"Throttled on query execution time.\n"), caplog)
    assert line == f"VNDB refused thing ({status}): Throttled on query execution time."


async def test_what_anilist_and_amvstrm_say_in_an_answer_of_status_200_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    body = b'{"data":null,"errors":[{"message":"Boats are out.","status":400}]}'
    assert await list_warnings("AniList", Reply(body=body), caplog) == ["AniList refused thing (200): Boats are out."]
    caplog.clear()
    body = b'{"code":500,"message":"Boats are out."}'
    assert await list_warnings("amvstrm", Reply(body=body), caplog) == ["amvstrm refused thing (200): Boats are out."]


async def test_what_is_logged_is_one_short_line_without_control_characters_and_nothing_of_a_page(
    caplog: pytest.LogCaptureFixture,
) -> None:
    (line,) = await list_warnings("Nekos API", Reply(400, b"a\r\n\x1b[31m\tb \xe2\x80\xae" + b"c" * 5000), caplog)
    assert line.isprintable()
    assert line.startswith("Nekos API refused thing (400): a [31m b c")
    assert len(line) < 250
    caplog.clear()
    page = Reply(503, b"<html><h1>203.0.113.7</h1></html>", {"content-type": "text/html"})
    (line,) = await list_warnings("E-Hentai", page, caplog)
    assert "203.0.113.7" not in line
    assert "token" not in line


async def test_that_there_is_no_such_entry_is_no_refusal(caplog: pytest.LogCaptureFixture) -> None:
    assert await list_warnings("Nekos API", Reply(404, b'{"message":"No image was found."}'), caplog) == []
