"""What is taken for a token of VNDB, and whose it is."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadAnswer, InvalidInput
from bot.http import Secret
from bot.vndb.api.access import Access, parse_token
from tests.support.transport import Reply
from tests.vndb.fake import FakeVndb

SIGNS = "ybndrfg8ejkmcpqxot1uwisza345h769"
PLAIN = "efsobr1czbzoyjah4u8ybtma56pogbzk"
PARTS = (4, 5, 5, 4, 5, 5, 4)


def write(plain: str) -> str:
    """As VNDB shows it."""
    starts = [sum(PARTS[:number]) for number in range(len(PARTS))]
    return "-".join(plain[start : start + length] for start, length in zip(starts, PARTS, strict=True))


@given(
    plain=st.text(SIGNS, min_size=32, max_size=32),
    upper=st.booleans(),
    scheme=st.sampled_from(["", "Token ", " token:\t"]),
)
def test_every_token_is_read_however_it_is_written(plain: str, upper: bool, scheme: str) -> None:
    shown = write(plain)
    assert parse_token(scheme + (shown.upper() if upper else shown)).reveal() == plain


@given(text=st.text(max_size=120))
def test_whatever_is_typed_is_a_token_or_a_sentence_without_it(text: str) -> None:
    try:
        token = parse_token(text).reveal()
    except InvalidInput as error:
        assert text.strip() == "" or len(text) < 8 or text not in str(error)
    else:
        assert len(token) == 32
        assert set(token) <= set(SIGNS)


def test_a_token_that_begins_like_its_scheme_is_whole() -> None:
    plain = "token" + PLAIN[5:]
    assert parse_token(write(plain)).reveal() == plain
    assert parse_token(plain).reveal() == plain


@pytest.mark.parametrize("sign", "lv02!é@ßİ")
def test_a_sign_that_none_has_is_refused(sign: str) -> None:
    with pytest.raises(InvalidInput, match="has signs that none of VNDB has"):
        parse_token(PLAIN[:-1] + sign)


@pytest.mark.parametrize("length", [0, 1, 31, 33, 64])
def test_a_token_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(InvalidInput, match=f"has {length} letters and digits"):
        parse_token((PLAIN * 3)[:length])


async def ask(body: bytes) -> Access:
    fake = FakeVndb()
    fake.reply = Reply(body=body)
    task = asyncio.create_task(fake.vndb.users.fetch_access(Secret(PLAIN)))
    await fake.clock.run(task)
    return task.result()


async def test_whose_it_is_and_what_it_permits_is_read() -> None:
    assert await ask(b'{"id":"u3","permissions":["listread","more"],"username":"testreader"}') == Access(
        "u3", "testreader", ["listread", "more"]
    )
    assert await ask(b'{"id":"u3","permissions":null,"more":1}') == Access("u3")


@pytest.mark.parametrize("body", [b"{}", b'{"id":"v3"}', b'{"id":3}', b'{"id":"u3x"}', b"[]", b"null", b"Unauthorized"])
async def test_an_answer_that_names_nobody_is_a_bad_one(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        await ask(body)


async def test_it_is_asked_anew_each_time_with_the_token_in_its_header_alone() -> None:
    fake = FakeVndb()
    fake.reply = Reply(body=b'{"id":"u3"}')
    for _ in range(2):
        task = asyncio.create_task(fake.vndb.users.fetch_access(Secret(PLAIN)))
        await fake.clock.run(task)
    assert len(fake.transport.sent) == 2
    request = fake.transport.sent[0].request
    assert (request.method, request.url.rpartition("/")[2], request.body, dict(request.headers)) == (
        "GET",
        "authinfo",
        None,
        {},
    )
    assert request.credential is not None
    assert request.credential.render() == f"Token {PLAIN}"
