"""Unicode's normal forms of what others wrote."""

from __future__ import annotations

import contextlib
import time
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.site import is_for_adults
from bot.errors import InvalidInput
from bot.links.target import parse_search_link, read_references
from bot.links.unicode import normalise
from bot.service import suggest
from bot.service.ban import split_tag
from bot.service.minor_words import fold
from bot.vndb.api.access import parse_token
from bot.vndb.api.list_change import parse_day, parse_vote

MARKS = "a" + "\u0301\u0316" * 40_000
"""Marks above and below in turn, which have to be sorted: half a minute's work, as `unicodedata` does it."""


@pytest.mark.parametrize("form", ["NFKC", "NFKD"])
@given(text=st.text(max_size=1_000))
def test_what_is_no_longer_than_a_piece_is_as_unicode_has_it(form: Literal["NFKC", "NFKD"], text: str) -> None:
    assert normalise(form, text) == unicodedata.normalize(form, text)  # noqa: TID251


def test_what_is_longer_has_the_same_letters() -> None:
    text = "ｆａｔｅ／ｓｔａｙ" * 500
    assert normalise("NFKC", text) == "fate/stay" * 500


@pytest.mark.parametrize(
    "read",
    [
        lambda: normalise("NFKC", MARKS),
        lambda: suggest.fold(MARKS),
        lambda: fold(MARKS),
        lambda: split_tag(MARKS),
        lambda: read_references(MARKS),
        lambda: parse_search_link(MARKS),
        lambda: is_for_adults(f"https://{MARKS}.com/"),
        lambda: parse_token(MARKS),
        lambda: parse_vote(MARKS),
        lambda: parse_day("start", MARKS, today=date(2026, 12, 1)),
    ],
)
def test_marks_without_end_keep_nobody_waiting(read: Callable[[], object]) -> None:
    began_s = time.process_time()
    with contextlib.suppress(InvalidInput):
        read()
    assert time.process_time() - began_s < 5
