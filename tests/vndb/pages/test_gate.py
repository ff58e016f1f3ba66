"""Which filters ask for sexual content, however they are written. Pure."""

from __future__ import annotations

from typing import Any

from bot.vndb.pages.gate import asks_for_sexual
from tests.support.each import each


@each(
    "json",
    [
        ["has_ero", "=", 1],
        ["uncensored", "=", 1],
        ["uncensored", "!=", 1],
        ["minage", "=", 18],
        ["minage", ">=", 18],
        ["minage", ">", 17],
        ["minage", "=", "18"],
        ["minage", ">", "17"],
        ["minage", "=", 18.0],
        ["minage", "=", "018"],
        ["minage", "=", "eighteen"],
        ["minage", "~", 18],
        ["has_ero", "=", "1"],
        ["has_ero", "=", 1.0],
        ["has_ero", "=", True],
        ["voiced", "=", "2"],
        ["release", "!=", ["minage", "<", "18"]],
        ["voiced", "=", 2],
        ["category", "=", "ero"],
        ["animation_ero", "=", 3],
        ["ani_ero_cg", "!=", "hand"],
        ["and", ["olang", "=", "ja"], ["or", ["olang", "=", "en"], ["has_ero", "=", 1]]],
        ["release", "=", ["has_ero", "=", 1]],
        ["release", "!=", ["has_ero", "!=", 1]],
        ["release", "!=", ["minage", "<", 18]],
        ["vn", "=", ["release", "=", ["minage", "=", 18]]],
    ],
)
def test_these_ask_for_sexual_content(json: list[Any]) -> None:
    assert asks_for_sexual(json)


@each(
    "json",
    [
        [],
        ["has_ero", "!=", 1],
        ["minage", "<", 18],
        ["minage", ">=", 17],
        ["minage", ">=", "17"],
        ["voiced", "=", "4"],
        ["has_ero", "!=", "1"],
        ["minage", "!=", 18],
        ["minage", "=", None],
        ["voiced", "=", 4],
        ["voiced", "!=", 2],
        ["category", "!=", "ero"],
        ["ani_ero_sp", "=", None],
        ["release", "!=", ["has_ero", "=", 1]],
        ["and", ["olang", "=", "ja"], ["release", "=", ["freeware", "=", 1]]],
        ["tag", "=", ["g19", 0, 0]],
        ["resolution", ">=", [800, 600]],
        ["search", "=", "has_ero"],
    ],
)
def test_these_do_not(json: list[Any]) -> None:
    assert not asks_for_sexual(json)
