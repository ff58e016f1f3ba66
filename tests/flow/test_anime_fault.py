"""What people are told when AniList or amvstrm fails, and that their limits hold."""

from __future__ import annotations

import asyncio
from typing import Any, get_args

import pytest

from bot.playground.engine import texts
from bot.playground.service.anilist.fault import AnilistFault, OwnFault
from bot.playground.service.fault import Fault
from tests.flow.anime_message import ask, run
from tests.flow.conftest import Place
from tests.flow.vn_message import choose, read_contents
from tests.support.pair import each_once

BROKEN = "{} answered with an error."
RUBBISH = "{} answered with something Shiori does not understand."
BUSY = "{} is being asked more than it allows right now."

SENTENCES: dict[Fault | OwnFault, str] = {
    "500": BROKEN,
    "502": BROKEN,
    "cut": "{} broke off before it had answered.",
    "timeout": BROKEN,
    "rubbish": RUBBISH,
    "null": RUBBISH,
    "huge": RUBBISH,
    "bomb": RUBBISH,
    "deep": RUBBISH,
    "redirect": RUBBISH,
    "429": BUSY,
    "outage": BROKEN,
    "busy": BROKEN,
    "error": BROKEN,
    "partial": BROKEN,
    "empty": RUBBISH,
    "half": RUBBISH,
    "missing": RUBBISH,
    "odd": RUBBISH,
    "page": RUBBISH,
}
COMMANDS: dict[str, dict[str, Any]] = {
    "anime info": {"title": "#9253"},
    "anime search": {"title": "steins"},
    "anime airing": {},
    "anime random": {},
    "anime character info": {"name": "okabe"},
    "anime staff info": {"name": "minase"},
    "anime studio info": {"name": "bones"},
    "anilist user": {"user": "Natsukaze"},
    "manga info": {"title": "berserk"},
}


def test_every_fault_of_the_sample_is_tried() -> None:
    assert {*SENTENCES, "slow", "hang", "lost"} == {*get_args(Fault), *get_args(OwnFault)}


@pytest.mark.parametrize("fault", SENTENCES)
async def test_a_fault_of_anilist_ends_in_a_sentence_and_the_next_command_works(
    place: Place, fault: AnilistFault
) -> None:
    place.services.anilist.fault = fault
    exchange = await run(place, "anime info", title="#9253")
    message = await exchange.message()
    assert texts(message).startswith(SENTENCES[fault].format("AniList"))
    assert len(read_contents(message).splitlines()) <= 1
    place.services.anilist.fault = None
    assert texts(await ask(place, "vn info", title="v17")).startswith("## Ever17")
    assert place.services.anilist.violations == 0


@pytest.mark.parametrize(("command", "fault"), each_once(COMMANDS, ["502", "odd", "half"]))
async def test_every_command_ends_in_a_sentence(place: Place, command: str, fault: AnilistFault) -> None:
    place.services.anilist.fault = fault
    exchange = await run(place, command, **COMMANDS[command])
    assert texts(await exchange.message()).startswith(("AniList cannot be", "AniList answered with"))
    assert exchange.ephemeral


async def test_the_next_command_works_when_the_service_is_back(place: Place) -> None:
    place.services.anilist.fault = "rubbish"
    await ask(place, "anime info", title="#9253")
    place.services.anilist.fault = None
    assert texts(await ask(place, "anime info", title="#9253")).startswith("## Steins;Gate\n")


async def test_a_slow_answer_comes(place: Place) -> None:
    place.services.anilist.fault = "slow"
    assert texts(await ask(place, "anime info", title="#9253")).startswith("## Steins;Gate\n")


async def test_a_page_that_cannot_be_had_leaves_the_message_as_it_is(place: Place) -> None:
    card = await ask(place, "anime info", title="#9253")
    place.services.anilist.fault = "outage"
    exchange = await choose(place.reader, card, "anime/9253/cast")
    assert texts(await exchange.message()).startswith("AniList answered with an error")
    place.services.anilist.fault = None
    pages = await (await choose(place.reader, card, "anime/9253/relations")).message()
    assert "Related works" in texts(pages)


@pytest.mark.usefixtures("hurried")
async def test_suggestions_are_empty_while_the_service_hangs(place: Place) -> None:
    place.services.anilist.fault = "hang"
    assert await place.reader.autocomplete(place.general, "anime info", focused="title", title="clannad") == []


# Limits


@pytest.mark.usefixtures("hurried")
async def test_forty_people_at_once_do_not_break_the_limit(place: Place) -> None:
    """Who would wait longer than a command may is told at once when to come back."""
    first, *others = list(place.services.anilist.library.works.values())[:40]
    await ask(place, "anime info", title=f"#{first.id}")
    people = [place.person(place.world.create_user(f"person{number}")) for number in range(len(others))]
    asked = [
        person.slash(place.general, f"{one.kind.lower()} info", title=f"#{one.id}")
        for person, one in zip(people, others, strict=True)
    ]
    shown = [texts(await exchange.message()) for exchange in await asyncio.gather(*asked)]
    refused = [text for text in shown if text.startswith("AniList is being asked more than it allows right now.")]
    assert place.services.anilist.violations == 0
    assert len(place.services.anilist.requests) == 29  # one of the thirty is left to whoever else asks from here
    assert len(refused) == 11


async def test_nothing_is_asked_during_a_block(place: Place) -> None:
    place.services.anilist.block()
    message = await ask(place, "anime info", title="#9253")
    assert texts(message).startswith("AniList is being asked more than it allows right now. Please try again in ")
    told = len(place.services.anilist.requests)
    assert told == 1
    for command, options in COMMANDS.items():
        assert texts(await ask(place, command, **options)).startswith("AniList is being asked more than it allows")
    await place.reader.autocomplete(place.general, "anime info", focused="title", title="clannad")
    assert len(place.services.anilist.requests) == told
    assert place.services.anilist.violations == 0


async def test_what_is_known_is_shown_during_a_block(place: Place) -> None:
    await ask(place, "anime info", title="#9253")
    place.services.anilist.block()
    await ask(place, "anime info", title="#2167")
    assert texts(await ask(place, "anime info", title="#9253")).startswith("## Steins;Gate\n")


async def test_a_smaller_limit_that_the_service_names_is_kept(place: Place) -> None:
    place.services.anilist.limit = 10
    for number in (9253, 2167, 4181, 356, 934, 1889, 4896, 144, 1530, 101, 656, 13655):
        await ask(place, "anime info", title=f"#{number}")
    assert place.services.anilist.violations == 0
    assert len(place.services.anilist.requests) <= 10


# amvstrm


@pytest.mark.parametrize(
    "fault",
    [
        *("500", "cut", "timeout", "rubbish", "null", "429"),
        # What the one client makes of these is tried with AniList every day.
        *(pytest.param(one, marks=pytest.mark.deep) for one in ("502", "huge", "bomb", "deep", "redirect")),
    ],
)
async def test_a_fault_of_amvstrm_ends_in_a_sentence(unconnected: Place, fault: Fault) -> None:
    amvstrm = unconnected.services.amvstrm
    amvstrm.fault = fault
    async with unconnected.connected(anime_provider="amvstrm", amvstrm_api_url=unconnected.services.amvstrm.api_url):
        exchange = await run(unconnected, "anime info", title="#9253")
        assert texts(await exchange.message()).startswith(SENTENCES[fault].format("amvstrm"))
        assert exchange.ephemeral
        assert texts(await ask(unconnected, "manga info", title="berserk")).startswith("## Berserk\n")


async def test_amvstrms_limit_holds_too(unconnected: Place) -> None:
    amvstrm = unconnected.services.amvstrm
    amvstrm.window.count = 8
    async with unconnected.connected(anime_provider="amvstrm", amvstrm_api_url=unconnected.services.amvstrm.api_url):
        for number in (9253, 2167, 4181, 356, 934, 1889, 4896, 144, 1530, 101, 656, 13655):
            await ask(unconnected, "anime info", unconnected.world.after_dark, title=f"#{number}")
    assert len(amvstrm.requests) == 8  # the last answer says that it was the last, and nothing is refused
    assert amvstrm.violations == 0
