"""A host that shows nothing for adults: an age-restricted channel is one like all others, whichever way leads there."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.gate.rules import Rule
from bot.interaction.rule import explain_rule
from bot.playground.engine import Channel, texts
from bot.playground.service import Sample
from bot.playground.service.anilist.data import AnilistSample
from tests.flow.anime_message import name
from tests.flow.conftest import Place
from tests.flow.preview_message import find_url, list_replies, set_reader, settle
from tests.flow.setting_message import ask_preview, open_panel, read_why

NOWHERE = "nowhere, since whoever runs this bot has switched that off"
REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("vn tag info", {"name": "g91"}),
    ("vn trait info", {"name": "i201"}),
    ("vn tag info", {"name": "high"}),
    ("vn search", {"tags": "g91"}),
    ("anime info", {"title": name(AnilistSample.ADULT)}),
    ("follow anime", {"title": name(AnilistSample.ADULT_WEEKLY)}),
]


async def ask(place: Place, channel: Channel, command: str, options: dict[str, Any]) -> str:
    return str(await (await place.reader.slash(channel, command, **options)).message())


@pytest.mark.parametrize(("command", "options"), REFUSED, ids=str)
async def test_what_is_for_adults_is_refused_in_an_age_restricted_channel_and_the_host_named(
    unconnected: Place, command: str, options: dict[str, Any]
) -> None:
    async with unconnected.connected(feature_adult=False):
        assert NOWHERE in await ask(unconnected, unconnected.world.after_dark, command, options)


@pytest.mark.parametrize(("command", "options"), [one for one in REFUSED if one[0] != "follow anime"], ids=str)
async def test_nothing_of_it_is_refused_there_otherwise(place: Place, command: str, options: dict[str, Any]) -> None:
    said = await ask(place, place.world.after_dark, command, options)
    assert NOWHERE not in said
    assert "age-restricted channels only" not in said


@pytest.mark.parametrize("title", ["v11", "v97"])
async def test_a_card_is_the_one_of_an_ordinary_channel(unconnected: Place, title: str) -> None:
    async def show(channel: Channel) -> tuple[str, str]:
        message = await (await unconnected.reader.slash(channel, "vn info", title=title)).message()
        # Where a picture is shown that is not shown here is said where there is such a place.
        said = re.sub(r" Age-restricted channels show (it|them|[0-9]+ of them)\.", "", texts(message))
        return said, str([part for part in str(message).split() if "http" in part])

    world = unconnected.world
    async with unconnected.connected():
        ordinary, restricted = await show(world.general), await show(world.after_dark)
    assert ordinary != restricted
    async with unconnected.connected(feature_adult=False):
        assert await show(world.after_dark) == await show(world.general) == ordinary


async def test_suggestions_leave_it_out(unconnected: Place) -> None:
    async with unconnected.connected(feature_adult=False):
        for command, option, typed in (("vn tag info", "name", "high sex"), ("anime info", "title", "evening")):
            wanted: dict[str, Any] = {option: typed}
            found = await unconnected.reader.autocomplete(
                unconnected.world.after_dark, command, focused=option, **wanted
            )
            assert found == []


async def test_links_are_previewed_without_it(unconnected: Place) -> None:
    async with unconnected.connected(feature_adult=False):
        said = await ask_preview(unconnected.reader, unconnected.world.after_dark, "https://vndb.org/g91")
        assert NOWHERE in said


async def test_there_are_no_galleries_and_the_rule_is_named(unconnected: Place) -> None:
    world, link = unconnected.world, find_url(unconnected, Sample.PLAIN)
    async with unconnected.connected():
        await set_reader(unconnected, dm_galleries=True)
        await unconnected.reader.post(world.after_dark, link)
        await settle(unconnected)
        assert len(list_replies(unconnected, world.after_dark)) == 1
    asked = len(unconnected.services.ehentai.requests)
    async with unconnected.connected(feature_adult=False):
        await settle(unconnected)
        assert list_replies(unconnected, world.after_dark) == []
        assert "gallery" not in {command["name"] for command in world.commands}
        assert explain_rule(Rule.ADULT_OFF) in await read_why(unconnected, world.after_dark)
        assert explain_rule(Rule.ADULT_OFF) in await ask_preview(unconnected.reader, world.after_dark, link)
        await unconnected.reader.post(world.dm, link)
        await settle(unconnected)
        assert len(unconnected.services.ehentai.requests) == asked


async def test_settings_that_concern_it_are_not_offered(unconnected: Place) -> None:
    async with unconnected.connected(feature_adult=False):
        said = ""
        for command in ("settings server", "settings channel", "me"):
            panel = await open_panel(unconnected.moderator, unconnected.world.after_dark, command)
            said += panel.text  # so few are left that those of a server have one page
    assert "Titles" in said
    assert "galler" not in said.casefold()
    assert "age-restricted" not in said


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("image random", {"rating"}),
        ("image search", {"rating"}),
        ("vn release search", {"age", "has_ero", "uncensored"}),
    ],
)
async def test_options_that_could_give_nothing_are_not_offered(
    unconnected: Place, command: str, options: set[str]
) -> None:
    for adult in (True, False):
        async with unconnected.connected(feature_adult=adult):
            offered = list_options(unconnected, command)
            assert (options <= offered) is adult
            assert adult or not options & offered


def list_options(place: Place, command: str) -> set[str]:
    """The names of the options that Discord was told of."""
    group, *names = command.split()
    (told,) = [one for one in place.world.commands if one["name"] == group]
    for name_ in names:
        told = next(part for part in told["options"] if part["name"] == name_)
    return {option["name"] for option in told.get("options", [])}
