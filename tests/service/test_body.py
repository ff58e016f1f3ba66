"""Whatever a service sends in place of JSON ends in one error, at every depth of nesting."""

from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.service.body import decode, decode_whole
from bot.service.record import parse_record

DEPTH = 100_000


class One(msgspec.Struct):
    id: str
    more: object = None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[" * DEPTH,
        b"[" * DEPTH + b"]" * DEPTH,
        b'{"id":' * DEPTH,
        b'{"other":' + b"[" * DEPTH + b"]" * DEPTH + b',"id":"v1"}',
        b'{"id":"\xff"}',
        b"null",
    ],
)
def test_what_cannot_be_read_is_one_error(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(body, One)
    assert parse_record(body, One) is None


def test_bytes_that_are_no_text_are_found_where_nobody_looks() -> None:
    body = b'{"id":"v1","other":["\xff"]}'
    with pytest.raises(msgspec.DecodeError):
        decode_whole(body, dict[str, msgspec.Raw])
    assert decode_whole(b'{"id":"v1"}', One) == One("v1")


@given(st.binary(), st.integers(0, 2_000))
def test_property_nothing_else_is_raised(body: bytes, depth: int) -> None:
    for kind in (object, dict[str, msgspec.Raw], One):
        with contextlib.suppress(msgspec.DecodeError):
            decode(b'{"id":' * depth + body, kind)
