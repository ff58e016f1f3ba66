"""Every text with which VNDB refuses: which error it is, and what a person reads."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import msgspec
import pytest

from bot.errors import (
    MalformedToken,
    MissingPermission,
    QueryTimedOut,
    Rejected,
    ServiceError,
    Throttled,
    Unauthorized,
    Unavailable,
    UnknownToken,
)
from bot.http.message import Response
from bot.http.time_account import Ledger
from bot.interaction.error import render_error
from bot.playground.service.limit import ExecutionTime
from bot.vndb.api import where
from bot.vndb.api.client import policy
from bot.vndb.api.error import examine
from bot.vndb.api.kind import VN
from bot.vndb.api.query import ListQuery
from tests.support.transport import Reply
from tests.vndb.fake import FakeVndb

REFUSED = "VNDB refused the question. Why is in the log of who hosts Shiori. Waiting does not help."
NO_TOKEN = "VNDB did not accept the token for this, or it lacks the permission. Waiting does not help; a new token may."
NOT_PERMITTED = (
    "VNDB says that this token does not permit that. Waiting does not help; a token with more permissions does."
)
MALFORMED = "VNDB says that this is no token. Waiting does not help; copying it once more may."
UNKNOWN = (
    "VNDB does not know this token: it was mistyped or taken back, or its account is closed. Waiting does not help; "
    "a new token does."
)
TOO_MUCH = "VNDB took too long to find an answer, and gave up. Asking for less may help, and so may trying again later."
BUSY = "VNDB is being asked more than it allows right now. Please try again in about 5 seconds."
BROKEN = "VNDB answered with an error. Please try again in a few minutes."

BAD_REQUESTS = [
    "Invalid request (most likely: invalid JSON or non-UTF8 data).",
    "Unknown member 'filter'.",
    "Invalid 'results' member.",
    "Invalid 'user' member.",
    "Invalid 'fields' member.",
    "Invalid 'fields' member: Field 'nosuch' not found",
    "Invalid 'fields' member: The 'image' object requires specifying sub-field(s).",
    "Invalid 'fields' member: Sub-field specified for non-object 'title'",
    "Invalid 'fields' member: Unexpected '{' after non-object field 'title'",
    "Invalid 'fields' member: Unmatched '{'",
    "Invalid 'fields' member: Unmatched '}'",
    "Invalid 'fields' member: Expected name after '.'",
    "Invalid 'fields' member: Expected (sub)field, got '}'",
    "Invalid 'fields' member: Expected (sub)field, got comma",
    "Invalid 'nosuch' filter: Unknown field.",
    "Invalid 'id' filter: Invalid operator.",
    "Invalid 'lang' filter: Invalid value.",
    "Invalid 'filters' member: Invalid query",
    "Invalid 'filters' member: Invalid predicate",
    "Invalid 'filters' member: Invalid JSON",
    "Invalid 'filters' member: Invalid compact encoded form",
    "Invalid 'filters' member: Trailing garbage",
    "Invalid 'filters' member: Too many predicates",
    "Too much data selected (estimated 648400 fields)",
    '"searchrank" sort is only available when the top-level filter is "search", or an "and" with at most one "search".',
    'Missing "user" parameter and not authenticated.',
    "Invalid argument",
    "Invalid request body.",
    "Label id 7 cannot be used here",
]
TEXTS: list[tuple[int, str, type[ServiceError], str]] = [
    *[(400, text, Rejected, REFUSED) for text in BAD_REQUESTS],
    (401, "Unauthorized", MissingPermission, NOT_PERMITTED),
    (401, "Invalid Authorization header format.", MalformedToken, MALFORMED),
    (401, "Invalid token format.", MalformedToken, MALFORMED),
    (401, "Invalid token.", UnknownToken, UNKNOWN),
    (401, "Log in to the proxy first.", Unauthorized, NO_TOKEN),
    (404, "Not found.", Rejected, REFUSED),
    (404, "Visual novel not found", Rejected, REFUSED),
    (404, "Release not found", Rejected, REFUSED),
    (429, "Throttled on query execution time.", Throttled, BUSY),
    (429, "<html><h1>429 Too Many Requests</h1></html>", Throttled, BUSY),
    (500, "Processing timeout", QueryTimedOut, TOO_MUCH),
    (500, "Internal server error. Can be temporary, but usually points to a server bug.", Unavailable, BROKEN),
    (502, "<html><h1>502 Bad Gateway</h1></html>", Unavailable, BROKEN),
]


@pytest.mark.parametrize(("status", "text", "kind", "sentence"), TEXTS)
async def test_every_text_is_an_error_with_a_sentence(
    status: int, text: str, kind: type[ServiceError], sentence: str
) -> None:
    fake = FakeVndb()
    fake.reply = Reply(status=status, body=text.encode() + b"\n")
    task = asyncio.create_task(fake.vndb.fetch_list(ListQuery(VN, where.VN.lang.eq("en"))))
    await fake.clock.run(task)
    error = task.exception()
    assert isinstance(error, ServiceError)
    assert type(error) is kind
    assert render_error(error) == sentence


async def test_a_list_of_labels_says_with_a_400_that_it_does_not_know_the_token() -> None:
    fake = FakeVndb()
    fake.reply = Reply(status=400, body=b"Invalid argument", headers={"WWW-Authenticate": "Token"})
    task = asyncio.create_task(fake.vndb.users.fetch_labels("u3"))
    await fake.clock.run(task)
    assert type(task.exception()) is UnknownToken


async def test_the_servers_own_words_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeVndb()
    fake.reply = Reply(status=400, body=b"Too much data selected (estimated 648400 fields)\n")
    with pytest.raises(Rejected, match="estimated 648400 fields"):
        await fake.vndb.fetch_list(ListQuery(VN))
    assert "VNDB refused vn list (400): Too much data selected (estimated 648400 fields)" in caplog.text


@pytest.mark.parametrize("tell", [round, int], ids=["rounded", "cut off"])
def test_who_waits_as_long_as_the_times_told_demand_is_never_too_early(tell: Callable[[float], int]) -> None:
    time_account = policy().time_account
    assert time_account is not None
    account, ledger = ExecutionTime(), Ledger(time_account)
    rng, now = random.Random(1), 1000.0
    for _ in range(300):
        now = max(now, ledger.ready_at(now, in_flight=0))
        assert account.admit(now)
        took_s = rng.choice((0.0, 0.0004, 0.0043, 0.0302, 2.0004))
        account.spend(took_s, now)
        told = examine(Response(200, {}, msgspec.json.encode({"time": tell(took_s * 1000)})))
        ledger.owe(now, ledger.learn_cost(told.cost_s))
    assert now > 5000.0  # it waited for the account, again and again


def test_an_answer_that_tells_no_time_tells_no_cost() -> None:
    assert examine(Response(200, {}, b"{}")).cost_s == 0.0
