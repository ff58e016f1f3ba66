"""What may be asked for where: filters that name sexual tags and traits, at the command and at each press after it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.playground.engine import Channel, Exchange, texts
from tests.flow.conftest import Place
from tests.flow.preview_message import set_reader
from tests.flow.vn_message import build_search_link, press

Payload = dict[str, Any]

REFUSED = "is about sexual content, and can be asked for in age-restricted channels only"
SPOILS = "asks for spoilers that are not shown here"
SEXUAL_TAG, SEXUAL_TRAIT = ["tag", "=", "g91"], ["trait", "=", "i201"]
NESTED = ["and", ["olang", "=", "ja"], SEXUAL_TAG]
ORDINARY = ("general", "general_thread", "dm")
LABELS_AT_MOST = 50


async def ask(place: Place, command: str, channel: Channel, **options: Any) -> Exchange:
    return await place.reader.slash(channel, command, **options)


def list_tags(place: Place, number: int) -> list[list[object]]:
    """Filters for that many tags that may stand anywhere."""
    tags = [tag.id for tag in place.services.vndb.library.tags if tag.category != "ero" and tag.searchable]
    assert len(tags) >= number
    return [["tag", "=", tag] for tag in tags[:number]]


def list_traits(place: Place, number: int) -> list[list[object]]:
    """Filters for that many traits that may stand anywhere."""
    traits = [trait.id for trait in place.services.vndb.library.traits if not trait.sexual and trait.searchable]
    assert len(traits) >= number
    return [["trait", "=", trait] for trait in traits[:number]]


@pytest.mark.parametrize(
    ("command", "prefix", "filters"),
    [
        ("vn search", "v", NESTED),
        ("vn random", "v", NESTED),
        ("vn top", "v", NESTED),
        ("vn search", "v", ["or", ["olang", "=", "ja"], ["dtag", "=", "g91"]]),
        ("vn search", "v", ["tag", "!=", "g91"]),
        ("vn search", "v", ["character", "=", SEXUAL_TRAIT]),
        ("vn new", "r", ["vn", "=", NESTED]),
        ("vn character search", "c", SEXUAL_TRAIT),
        ("vn character search", "c", ["and", ["vn", "=", NESTED], ["sex", "=", "f"]]),
    ],
)
async def test_a_pasted_filter_that_names_sexual_ones_is_for_age_restricted_channels(
    shared: Place, command: str, prefix: str, filters: list[Any]
) -> None:
    link = await build_search_link(shared, prefix, filters)
    for where in ORDINARY:
        exchange = await ask(shared, command, getattr(shared.world, where), filter=link)
        assert REFUSED in texts(await exchange.message())
        assert exchange.ephemeral
    opened = await ask(shared, command, shared.world.after_dark, filter=link)
    assert texts(await opened.message()).startswith("## ")


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("vn top", {"tags": "g91"}),
        ("vn search", {"tags": "g91"}),
        ("vn search", {"tags": "g91", "title": "a", "sort": "title"}),
    ],
)
async def test_a_list_by_a_sexual_tag_is_not_turned_where_it_may_no_longer_stand(
    place: Place, command: str, options: dict[str, Any]
) -> None:
    channel = place.world.after_dark
    listed = await (await ask(place, command, channel, **options)).message()
    place.world.set_nsfw(channel, nsfw=False)
    turned = await press(place.reader, listed, "Next")
    assert REFUSED in texts(await turned.message())
    assert turned.ephemeral
    assert texts(place.world.messages[listed["id"]].payload) == texts(listed)


async def test_a_list_by_a_sexual_trait_is_not_turned_where_it_may_no_longer_stand(place: Place) -> None:
    channel = place.world.after_dark
    link = await build_search_link(place, "c", ["or", SEXUAL_TRAIT, ["trait", "=", "i42"]])
    listed = await (await ask(place, "vn character search", channel, filter=link)).message()
    place.world.set_nsfw(channel, nsfw=False)
    assert REFUSED in texts(await (await press(place.reader, listed, "Next")).message())
    assert REFUSED in texts(await (await press(place.moderator, listed, "Next")).message())


async def test_there_is_no_other_one_by_a_sexual_tag_where_it_may_no_longer_stand(place: Place) -> None:
    channel = place.world.after_dark
    shown = await (await ask(place, "vn random", channel, tags="g91")).message()
    again = await (await press(place.reader, shown, "Another one")).message()
    assert texts(again).startswith("## ")
    place.world.set_nsfw(channel, nsfw=False)
    pressed = await press(place.reader, again, "Another one")
    assert REFUSED in texts(await pressed.message())
    assert pressed.ephemeral


async def test_a_list_by_other_tags_is_turned_wherever_it_stands(shared: Place) -> None:
    listed = await (await ask(shared, "vn top", shared.general, tags="g23")).message()
    turned = await press(shared.reader, listed, "Next")
    assert "Page 2 of" in texts(await turned.message())
    assert not turned.ephemeral


async def test_a_filter_of_many_tags_and_traits_costs_two_questions_more(place: Place) -> None:
    tags, traits = list_tags(place, 35), list_traits(place, 10)
    link = await build_search_link(place, "v", ["or", *tags, ["character", "=", ["or", *traits]]])
    place.services.vndb.requests.clear()
    listed = await (await ask(place, "vn top", place.general, filter=link)).message()
    assert texts(listed).startswith("## ")
    asked = [request.path.rsplit("/", 1)[-1] for request in place.services.vndb.requests]
    assert sorted(name for name in asked if name in {"tag", "trait"}) == ["tag", "trait"]
    place.services.vndb.requests.clear()
    await (await ask(place, "vn top", place.general, filter=link)).message()
    assert place.services.vndb.requests == []


async def test_more_tags_than_can_be_looked_up_are_refused_in_ordinary_channels(shared: Place) -> None:
    enough, too_many = [
        await build_search_link(shared, "v", ["or", *list_tags(shared, number)])
        for number in (LABELS_AT_MOST, LABELS_AT_MOST + 1)
    ]
    for command in ("vn search", "vn random"):
        exchange = await ask(shared, command, shared.general, filter=too_many)
        assert "names more than 50 tags and traits, which is too many here" in texts(await exchange.message())
        assert exchange.ephemeral
        for channel, link in ((shared.general, enough), (shared.world.after_dark, too_many)):
            assert texts(await (await ask(shared, command, channel, filter=link)).message()).startswith("## ")


@pytest.mark.parametrize(
    ("command", "filters", "level"),
    [
        ("vn character search", ["and", ["sex", "=", "f"], ["sex_spoil", "=", "m"]], 2),
        ("vn character search", ["gender_spoil", "!=", "m"], 2),
        ("vn search", ["character", "=", ["sex_spoil", "=", "m"]], 2),
        ("vn top", ["character", "=", ["trait", "=", ["i73", 2]]], 2),
        ("vn random", ["character", "=", ["or", ["dtrait", "=", ["i42", 1]], ["trait", "=", "i73"]]], 1),
        ("vn release search", ["vn", "=", ["tag", "=", ["g19", 2, 0]]], None),
        ("vn character search", ["vn", "=", ["dtag", "=", ["g19", 1, 0]]], 1),
        ("vn character search", ["trait", "=", ["i73", 2]], 2),  # which is above others, too
        ("vn search", ["tag", "=", ["g19", 2, 0]], 2),
        ("vn search", ["character", "=", ["id", "=", "c37"]], 2),
        ("vn random", ["and", ["olang", "=", "ja"], ["character", "!=", ["or", ["search", "=", "Sara"]]]], 2),
    ],
)
async def test_a_filter_does_not_ask_for_spoilers_that_the_page_does_not_show(
    shared: Place, command: str, filters: list[Any], level: int | None
) -> None:
    """Its rows themselves would be what is given away: nothing in them tells which to leave out."""
    asked = json.dumps(filters)
    for spoilers in range(2 if level is None else level):
        given = {} if level is None else {"spoilers": spoilers}
        refused = await ask(shared, command, shared.general, filter=asked, **given)
        assert SPOILS in texts(await refused.message())
        assert refused.ephemeral
    if level is not None:
        shown = await ask(shared, command, shared.general, filter=asked, spoilers=level)
        assert SPOILS not in texts(await shown.message())


@pytest.mark.parametrize("command", ["vn release search", "vn upcoming", "vn new"])
async def test_where_a_command_has_no_option_for_spoilers_what_was_chosen_for_oneself_counts(
    shared: Place, command: str
) -> None:
    asked = json.dumps(["vn", "=", ["tag", "=", ["g19", 2, 0]]])
    refused = texts(await (await ask(shared, command, shared.general, filter=asked)).message())
    assert f"{SPOILS}; take them out of it, or ask again with more of them chosen in /me" in refused
    assert "“spoilers” where a command has that" in refused
    await set_reader(shared, spoiler_level=2)
    shown = await ask(shared, command, shared.general, filter=asked)
    assert SPOILS not in texts(await shown.message())
    assert shown.ephemeral


@pytest.mark.parametrize(
    ("command", "filters"),
    [
        ("vn search", ["character", "=", ["trait", "=", "i73"]]),
        ("vn search", ["character", "=", ["trait", "=", ["i73", 0]]]),
        ("vn release search", ["vn", "=", ["tag", "=", ["g19", 0, 1.5]]]),
        ("vn character search", ["dtrait", "=", ["i73", 2]]),  # whose rows tell: those are left out
        ("vn search", ["dtag", "=", ["g19", 2, 0]]),
    ],
)
async def test_a_filter_that_asks_for_no_more_than_is_shown_is_answered(
    shared: Place, command: str, filters: list[Any]
) -> None:
    answer = texts(await (await ask(shared, command, shared.general, filter=json.dumps(filters))).message())
    assert SPOILS not in answer


async def test_a_filter_by_a_novel_does_not_find_whose_appearance_there_is_a_spoiler(shared: Place) -> None:
    asked = json.dumps(["vn", "=", ["id", "=", "v18"]])
    hidden = texts(await (await ask(shared, "vn character search", shared.general, filter=asked)).message())
    assert "Sara" not in hidden
    shown = texts(await (await ask(shared, "vn character search", shared.general, filter=asked, spoilers=2)).message())
    assert "Sara" in shown
