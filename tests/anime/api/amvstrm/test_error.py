"""Every way in which amvstrm fails: in its answers' bodies, as text, as HTML, and by its limits."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.anime.api.amvstrm.error import ANILIST_PAUSE_S, ErrorPage, examine
from bot.errors import BadAnswer, Rejected, ServiceError, Throttled, Unavailable
from bot.http import Response
from tests.anime.fake_amvstrm import HTML_500, SUCCESS_WITHOUT_RESULTS, TEXT_500, FakeAmvstrm, in_band
from tests.support.transport import Reply

UNPROCESSABLE = Reply(422, b'{"code":500,"message":"Something went wrong"}')
NO_ROUTE = Reply(404, b'{"code":404,"message":"NOT_FOUND"}')


async def fail(fake: FakeAmvstrm) -> ServiceError:
    """The error of one question."""
    error = await fake.outcome(fake.amvstrm.fetch_trending())
    assert isinstance(error, ServiceError)
    return error


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (in_band(429), Throttled),
        (in_band(403), Unavailable),
        (in_band(500), Unavailable),
        (in_band("ConnectionRefused"), Unavailable),
        (SUCCESS_WITHOUT_RESULTS, Unavailable),
        (Reply(body=b'{"code":200,"message":"success","results":null}'), Unavailable),
        (in_band(400), Rejected),
        (in_band(None), BadAnswer),
        (Reply(body=b'{"results":[]}'), BadAnswer),
        (Reply(body=b""), BadAnswer),
        (Reply(body=b"[]"), BadAnswer),
        (Reply(body=b"<html>"), BadAnswer),
        (Reply(body=b'{"code":200,"results":["\xff"]}'), BadAnswer),
        (HTML_500, ErrorPage),
        (TEXT_500, Unavailable),
        (Reply(500, b'{"code":500,"message":"Unexpected end of JSON input"}'), Unavailable),
        (UNPROCESSABLE, Rejected),
        (NO_ROUTE, Rejected),
    ],
)
async def test_each_failure_is_of_its_kind(reply: Reply, kind: type[ServiceError]) -> None:
    fake = FakeAmvstrm()
    fake.reply = reply
    assert type(await fail(fake)) is kind


async def test_a_failure_is_asked_for_once_and_not_kept() -> None:
    fake = FakeAmvstrm()
    fake.reply = SUCCESS_WITHOUT_RESULTS
    await fail(fake)
    assert len(fake.sent) == 1
    fake.reply = None
    assert (await fake.run(fake.amvstrm.fetch_trending())).items


async def test_no_hits_are_no_failure() -> None:
    fake = FakeAmvstrm()
    fake.reply = Reply(body=b'{"code":200,"message":"success","results":[]}')
    assert (await fake.run(fake.amvstrm.fetch_trending())).items == []


@pytest.mark.parametrize(
    ("headers", "pause_s"),
    [
        ({"RateLimit-Reset": "60", "Retry-After": "60"}, 60),  # the rewrite: always the whole window
        ({"X-RateLimit-Reset": "1800000042", "Retry-After": "56"}, 56),  # 2.7.0: an epoch, and seconds
        ({"X-RateLimit-Reset": "1800000042"}, 42),  # without `Retry-After`, as a proxy may leave them
        ({"RateLimit-Reset": "33"}, 33),
        ({"RateLimit-Reset": "soon"}, 5),
        ({}, 5),
    ],
)
async def test_after_a_429_nothing_is_sent_until_the_named_time(headers: dict[str, str], pause_s: float) -> None:
    fake = FakeAmvstrm()
    fake.reply = Reply(429, b"rate-limit reached", {"content-type": "text/plain;charset=utf-8", **headers})
    error = await fail(fake)
    assert isinstance(error, Throttled)
    assert fake.client.lane("amvstrm").paused_for_s == pytest.approx(pause_s)
    fake.reply = None
    sent_at = fake.clock.monotonic()
    await fake.clock.advance(pause_s - 0.5)
    task_start = len(fake.sent)
    await fake.run(fake.amvstrm.fetch_popular())
    assert len(fake.sent) == task_start + 1
    assert fake.transport.sent[-1].at >= sent_at + pause_s


async def test_a_json_429_is_a_429() -> None:
    fake = FakeAmvstrm("2.7.0")
    fake.reply = Reply(429, b'{"code":429,"message":"Too many requests."}', {"Retry-After": "56"})
    error = await fail(fake)
    assert (type(error), error.retry_after_s) == (Throttled, pytest.approx(56))


async def test_while_anilist_throttles_it_no_request_is_sent() -> None:
    fake = FakeAmvstrm()
    fake.reply = in_band(429)
    assert (await fail(fake)).retry_after_s == ANILIST_PAUSE_S
    for _ in range(50):
        await fake.clock.advance(0.5)
        await fail(fake)
    assert len(fake.sent) == 1
    fake.reply = None
    await fake.clock.advance(ANILIST_PAUSE_S)
    await fake.run(fake.amvstrm.fetch_trending())
    assert len(fake.sent) == 2


async def test_a_refusal_keeps_no_more_of_its_reason_than_a_log_line_bears() -> None:
    fake = FakeAmvstrm()
    fake.reply = in_band(400, "x" * 5000)
    assert len((await fail(fake)).reason) == 200


@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers(-600, 600) | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["code", "message", "id", "results", "page"]), inner, max_size=5)
            ),
            max_leaves=10,
        ).map(msgspec.json.encode),
    )
)
def test_whatever_comes_is_an_answer_with_content_or_a_service_error(body: bytes) -> None:
    error = examine(Response(200, {}, body)).error
    if error is not None:
        assert isinstance(error, ServiceError)
        return
    answer = msgspec.json.decode(body)
    assert answer["code"] == 404 or isinstance(answer.get("results"), list) or isinstance(answer.get("id"), int)


async def test_a_failure_that_is_repeated_from_before_pauses_nothing() -> None:
    fake = FakeAmvstrm("2.7.0")
    fake.reply = Reply(200, in_band(429).body, {"apicache-store": "memory", "x-ratelimit-remaining": "0"})
    assert isinstance(await fail(fake), Throttled)
    assert fake.client.lane("amvstrm").paused_for_s == 0


SPENT = [
    {"RateLimit-Remaining": "0", "RateLimit-Reset": "33"},
    {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800000033", "Date": "Fri, 15 Jan 2027 08:00:00 GMT"},
]


@pytest.mark.parametrize("headers", SPENT)
@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b'{"code":200,"message":"success","results":[]}'),
        in_band(404),
        in_band(500),
        Reply(body=b"<html>"),
        NO_ROUTE,
        UNPROCESSABLE,
        TEXT_500,
        HTML_500,
        Reply(503, b"down"),
    ],
)
async def test_after_the_last_request_of_a_window_nothing_is_sent_until_the_next_one(
    reply: Reply, headers: dict[str, str]
) -> None:
    fake = FakeAmvstrm()
    fake.reply = replace(reply, headers={**reply.headers, **headers})
    await fake.outcome(fake.amvstrm.fetch_trending())
    assert fake.client.lane("amvstrm").paused_for_s == pytest.approx(33)


@pytest.mark.parametrize("headers", SPENT)
@pytest.mark.parametrize("reply", [NO_ROUTE, HTML_500, in_band(429)])
async def test_what_was_kept_says_nothing_of_the_requests_that_are_left(reply: Reply, headers: dict[str, str]) -> None:
    fake = FakeAmvstrm("2.7.0")
    fake.reply = replace(reply, headers={**reply.headers, **headers, "apicache-store": "memory"})
    await fail(fake)
    assert fake.client.lane("amvstrm").paused_for_s == 0


async def test_a_window_that_lasts_longer_than_anilists_pause_counts() -> None:
    fake = FakeAmvstrm()
    fake.reply = replace(in_band(429), headers={"RateLimit-Remaining": "0", "RateLimit-Reset": "200"})
    await fail(fake)
    assert fake.client.lane("amvstrm").paused_for_s == pytest.approx(200)


async def test_while_requests_are_left_nothing_waits() -> None:
    fake = FakeAmvstrm()
    fake.reply = Reply(
        200, b'{"code":200,"message":"success","results":[]}', {"RateLimit-Remaining": "1", "RateLimit-Reset": "33"}
    )
    await fake.run(fake.amvstrm.fetch_trending())
    assert fake.client.lane("amvstrm").paused_for_s == 0
