"""What counts as a reference to a visual novel, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links import parse_vn_reference


@pytest.mark.parametrize(
    "text",
    [
        "v17",
        "V17",
        "17",
        "  v17 ",
        "https://vndb.org/v17",
        "http://vndb.org/v17",
        "HTTPS://VNDB.ORG/v17",
        "vndb.org/v17",
        "https://www.vndb.org/v17",
        "vndb.org/v17/chars?x",
        "https://vndb.org/v17.4",
        "https://vndb.org/v17#screenshots",
        "https://vndb.org/v17?view=1",
        "<https://vndb.org/v17>",
    ],
)
def test_references_are_understood(text: str) -> None:
    assert parse_vn_reference(text) == "v17"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v",
        "v0",
        "017",
        "v12345678",
        "v17 steins",
        "p17",
        "Ever17",
        "٣",
        "https://vndb.org/p17",
        "https://vndb.org/v",
        "https://vndb.org/v17x",
        "https://vndb.org.evil.example/v17",
        "https://notvndb.org/v17",
        "https://vndb.org@evil.example/v17",
        "https://evil.example/vndb.org/v17",
        "https://evil.example/?u=https://vndb.org/v17",
        "ftp://vndb.org/v17",
        "//vndb.org/v17",
        "https://vndb.org/v17 https://vndb.org/v18",
        "<https://vndb.org/v17",
    ],
)
def test_everything_else_is_not_a_reference(text: str) -> None:
    assert parse_vn_reference(text) is None


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = parse_vn_reference(text)
    assert found is None or found[1:].isdecimal()
