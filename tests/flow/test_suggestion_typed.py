"""What a suggestion shows, typed instead of picked, means the same."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.engine import texts
from tests.flow.conftest import Place

SUGGESTED = [
    ("vn info", "title", "steins;gate", "STEINS;GATE (2009, Japanese)"),
    ("vn search", "title", "steins;gate", "STEINS;GATE (2009, Japanese)"),
    ("vn similar", "title", "steins;gate", "STEINS;GATE (2009, Japanese)"),
    ("vn character info", "name", "okabe", "Okabe Rintarou (STEINS;GATE)"),
    ("vn producer info", "name", "nitro", "NITRO PLUS (Company, Japanese)"),
    ("vn release info", "title", "ever17", None),
    ("vn staff info", "name", "hayashi", None),
    ("vn trait info", "name", "tsundere", "Tsundere (Personality)"),
    ("anime info", "title", "steins;gate", "Steins;Gate (2011)"),
    ("anime similar", "title", "steins;gate", "Steins;Gate (2011)"),
    ("manga info", "title", "berserk", None),
    ("anime character info", "name", "kurisu", None),
    ("anime staff info", "name", "minas", "Haruka Minase (水瀬 遥)"),
]


async def type_in(place: Place, command: str, option: str, text: str, **options: Any) -> str:
    exchange = await place.reader.slash(place.general, command, **{option: text}, **options)
    return texts(await exchange.message())


@pytest.mark.parametrize(("command", "option", "beginning", "label"), SUGGESTED)
async def test_what_is_suggested_can_be_typed(
    shared: Place, command: str, option: str, beginning: str, label: str | None
) -> None:
    typed: dict[str, Any] = {option: beginning}
    choices = await shared.reader.autocomplete(shared.general, command, focused=option, **typed)
    choice, *_ = [one for one in choices if one["name"] == label or (not label and one["name"].endswith(")"))]
    picked = await type_in(shared, command, option, choice["value"])
    assert await type_in(shared, command, option, choice["name"]) == picked
    assert await type_in(shared, command, option, choice["name"].upper()) == picked


async def test_an_option_beside_others_is_understood_likewise(shared: Place) -> None:
    picked = await type_in(shared, "vn search", "developer", "p86", sort="title")
    assert await type_in(shared, "vn search", "developer", "5pb. (Company, Japanese)", sort="title") == picked


@pytest.mark.parametrize(
    ("command", "option", "text"),
    [
        ("vn info", "title", "STEINS;GATE (2010, Japanese)"),
        ("vn info", "title", "(2009, Japanese)"),
        ("anime info", "title", "Steins;Gate (1999)"),
        ("vn character info", "name", "Okabe Rintarou (Clannad)"),
    ],
)
async def test_what_was_never_suggested_is_not_guessed(shared: Place, command: str, option: str, text: str) -> None:
    assert f"called “{text}”" in await type_in(shared, command, option, text)
