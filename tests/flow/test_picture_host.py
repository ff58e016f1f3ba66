"""A service sends pictures of somebody else's: its cards stand without them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.playground.engine import pictures, texts
from bot.playground.service import Sample
from tests.flow.anime_message import ask
from tests.flow.conftest import Place
from tests.flow.vn_message import choose

FOREIGN = "https://pictures.example"
COMMANDS: dict[str, tuple[str, dict[str, Any]]] = {
    "vn info": ("## STEINS;GATE", {"title": "v2002"}),
    "vn character info": ("## ", {"name": "c35"}),
    "anime info": ("## ", {"title": "#9253"}),
    "anime character info": ("## ", {"name": "okabe"}),
    "anilist user": ("## Natsukaze", {"user": "Natsukaze"}),
}


def send_foreign(place: Place) -> None:
    services = place.services
    for service in (services.vndb, services.anilist, services.ehentai, services.nekos):
        service.address = FOREIGN


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_card_stands_without_a_picture_of_somebody_elses(shared: Place, command: str) -> None:
    start, options = COMMANDS[command]
    send_foreign(shared)
    message = await ask(shared, command, shared.world.after_dark, **options)
    assert texts(message).startswith(start)
    assert pictures(message) == []
    assert FOREIGN not in json.dumps(message)
    assert "picture" not in texts(message)  # none is withheld: there is none


async def test_screenshots_of_somebody_elses_are_none(shared: Place) -> None:
    send_foreign(shared)
    card = await ask(shared, "vn info", title="v2002")
    shown = await (await choose(shared.reader, card, "v2002/screenshots")).message()
    assert "No screenshots" in texts(shown)
    assert FOREIGN not in json.dumps(shown)


async def test_a_gallery_stands_without_a_cover_of_somebody_elses(shared: Place) -> None:
    url = shared.services.ehentai.library[Sample.PLAIN].url
    send_foreign(shared)
    message = await ask(shared, "gallery preview", shared.world.after_dark, url=url)
    assert texts(message).startswith("### ")
    assert FOREIGN not in json.dumps(message)


async def test_a_random_picture_of_somebody_elses_is_not_shown(shared: Place) -> None:
    send_foreign(shared)
    message = await ask(shared, "image random")
    assert texts(message).startswith("The Nekos API answered with something Shiori does not understand")
    assert FOREIGN not in json.dumps(message)


async def test_what_amvstrm_hands_on_is_shown_and_nothing_else(unconnected: Place) -> None:
    async with unconnected.connected(amvstrm_api_url=unconnected.services.amvstrm.api_url, anime_provider="amvstrm"):
        assert pictures(await ask(unconnected, "anime info", title="#9253")) != []
        send_foreign(unconnected)
        message = await ask(unconnected, "anime info", title="#1535")
        assert FOREIGN not in json.dumps(message)
