"""2.7.0 of amvstrm answers an error with more than it announces: that is amvstrm being away, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.engine import texts
from tests.flow.anime_message import ask
from tests.flow.conftest import Place

COMMANDS: dict[str, tuple[dict[str, Any], str]] = {
    "anime info": ({"title": "#2167"}, "Clannad"),
    "anime search": ({"title": "steins"}, "Steins;Gate"),
    "anime season": ({"season": "spring", "year": 2011}, "Steins;Gate"),
    "anime trending": ({}, "Frieren"),
}


@pytest.mark.parametrize("command", COMMANDS)
async def test_anilist_answers_for_it_and_the_next_answer_is_amvstrms_own(unconnected: Place, command: str) -> None:
    options, expected = COMMANDS[command]
    amvstrm = unconnected.services.amvstrm
    amvstrm.generation = "2.7.0"
    async with unconnected.connected(amvstrm_api_url=unconnected.services.amvstrm.api_url):
        amvstrm.overlong = True
        assert expected in texts(await ask(unconnected, command, **options))
        amvstrm.overlong = False
        asked = len(unconnected.services.anilist.requests)
        assert "Most popular anime" in texts(await ask(unconnected, "anime top", sort="popularity"))
        names = [str(seen.body) for seen in unconnected.services.anilist.requests[asked:]]
        assert all("AdultMarks" in name for name in names)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "anime info"])
async def test_where_amvstrm_is_all_there_is_it_cannot_be_reached(unconnected: Place, command: str) -> None:
    options, expected = COMMANDS[command]
    amvstrm = unconnected.services.amvstrm
    amvstrm.generation = "2.7.0"
    url = unconnected.services.amvstrm.api_url
    async with unconnected.connected(amvstrm_api_url=url, anime_provider="amvstrm"):
        amvstrm.overlong = True
        said = texts(await ask(unconnected, command, **options))
        assert said.startswith("amvstrm broke off before it had answered. Please try again in a few minutes.")
        amvstrm.overlong = False
        assert expected in texts(await ask(unconnected, command, **options))
