"""`/character`, as people use it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.playground.engine import Channel, pictures, selects, texts
from bot.playground.service.fault import Fault
from tests.flow.conftest import Place
from tests.flow.entry_message import REVEAL, open_page, pick, turn
from tests.flow.fault_message import SENTENCES
from tests.flow.vn_message import build_search_link, find_button, find_link, press
from tests.support.pair import each_once

SAFE = "c34"
HOSTILE = "c90901"
NULL = "c90902"
Payload = dict[str, Any]


async def ask(place: Place, name: str, channel: Channel | None = None, **options: Any) -> Payload:
    exchange = await place.reader.slash(channel or place.general, "vn character info", name=name, **options)
    return await exchange.message()


async def search(place: Place, channel: Channel | None = None, **options: Any) -> Payload:
    return await (await place.reader.slash(channel or place.general, "vn character search", **options)).message()


# Whom it finds


@pytest.mark.parametrize(
    "name", ["c34", "C34", "https://vndb.org/c34", "<https://vndb.org/c34#main>", "okabe rintarou"]
)
async def test_a_reference_or_the_only_match_gives_the_card(shared: Place, name: str) -> None:
    exchange = await shared.reader.slash(shared.general, "vn character info", name=name)
    assert "## Okabe Rintarou\n-# 岡部 倫太郎" in texts(await exchange.message())
    assert not exchange.ephemeral


async def test_several_matches_give_a_list_whose_pick_opens_the_card(shared: Place) -> None:
    listed = await ask(shared, "esumi")
    assert "## Characters found" in texts(listed)
    name = selects(listed)[0]["options"][0]["label"]
    picked = await open_page(shared, listed, name)
    assert texts(picked).startswith(f"## {name}")
    assert [texts(message) for message in shared.reader.messages(shared.general)] == [texts(picked)]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("no such character anywhere", "VNDB has no character called “no such character anywhere”."),
        ("c999999", "c999999."),
        ("@here <@2> **nothing**", "VNDB has no character called “@\u200bhere"),
    ],
)
async def test_what_is_not_there_is_said_to_the_asker_alone(shared: Place, name: str, sentence: str) -> None:
    exchange = await shared.reader.slash(shared.general, "vn character info", name=name)
    assert sentence in texts(await exchange.message())
    assert exchange.ephemeral


async def test_nobody_is_mentioned_by_a_hostile_name(shared: Place) -> None:
    first = await ask(shared, HOSTILE)
    for message in (first, await open_page(shared, first, "Traits"), await open_page(shared, first, "Visual novels")):
        assert "@\u200beveryone" in texts(message)
        assert message["mention_everyone"] is False
        assert message["mentions"] == []


@pytest.mark.parametrize("page", ["Overview", "Traits", "Visual novels"])
async def test_a_character_of_whom_nothing_is_known_has_all_pages(shared: Place, page: str) -> None:
    first = await ask(shared, NULL)
    message = await open_page(shared, first, page) if page != "Overview" else first
    assert texts(message).startswith("## Blank")


async def test_a_card_that_was_shown_before_asks_nobody(place: Place) -> None:
    first = await ask(place, SAFE)
    asked = len(place.services.vndb.requests)
    await open_page(place, first, "Traits")
    await open_page(place, first, "Visual novels")
    await ask(place, SAFE, place.world.after_dark)
    assert len(place.services.vndb.requests) == asked


# Spoilers

SPOILED = {
    "c35": ["Christina", "She dies at the start.", "Death"],
    "c37": ["Rukako", "really Male", "really Man"],
    "c39": ["Amadeus Kurisu", "really Sexless", "STEINS;GATE 0"],
    "c154": ["MAYO", "Remember11"],
    "c181": ["The Golden Witch", "really Both", "really Non-binary", "There is no witch.", "Murderer"],
}


@pytest.mark.parametrize("character", sorted(SPOILED))
async def test_spoilers_are_left_out_unless_they_are_asked_for(shared: Place, character: str) -> None:
    closed, opened = [
        texts(card) + texts(await open_page(shared, card, "Details"))
        for card in (await ask(shared, character), await ask(shared, character, spoilers=2))
    ]
    assert [piece for piece in SPOILED[character] if piece in closed] == []
    assert [piece for piece in SPOILED[character] if piece not in opened] == []


@pytest.mark.parametrize("character", sorted(SPOILED))
async def test_spoilers_are_revealed_to_the_one_who_presses_alone(shared: Place, character: str) -> None:
    message = await ask(shared, character)
    for person in (shared.moderator, shared.reader):
        revealed = await press(person, message, REVEAL)
        copy = await revealed.message()
        assert texts(copy).startswith("-# 👁️ Your copy, with spoilers")
        # What the card has no room for stands under Details, of the copy too.
        said = texts(copy) + texts(await (await pick(person, copy, "Details")).message())
        assert revealed.ephemeral
        assert [piece for piece in SPOILED[character] if piece not in said] == []
        assert REVEAL not in said
    assert texts(shared.world.messages[message["id"]].payload) == texts(message)


@pytest.mark.parametrize(("character", "shown"), [("c90001", [False, True, True]), ("c90002", [False, False, True])])
async def test_minor_spoilers_are_a_level_of_their_own(shared: Place, character: str, shown: list[bool]) -> None:
    at_levels = [texts(await ask(shared, character, spoilers=level)) for level in range(3)]
    assert ["Death" in text for text in at_levels] == shown


async def test_a_pages_spoiler_level_goes_along_to_the_other_pages(shared: Place) -> None:
    opened = await ask(shared, "c154", spoilers=2)
    assert "Remember11" in texts(await open_page(shared, opened, "Visual novels"))
    closed = await ask(shared, "c154")
    novels = await open_page(shared, closed, "Visual novels")
    assert "Remember11" not in texts(novels)
    assert find_button(novels, REVEAL)


async def test_a_list_names_no_novel_that_is_a_spoiler(shared: Place) -> None:
    listed = await search(shared, name="ama")
    assert ". Amadeus**" in texts(listed)
    assert "STEINS;GATE 0" not in texts(listed)
    assert find_button(listed, REVEAL)


async def test_who_appears_as_a_spoiler_alone_is_not_found_by_an_alias(shared: Place) -> None:
    choices = await shared.reader.autocomplete(shared.general, "vn character info", focused="name", name="kurisu")
    assert choices == [{"name": "Makise Kurisu (STEINS;GATE)", "value": "c35"}]
    assert texts(await ask(shared, "kurisu")).startswith("## Makise Kurisu")
    for closed in (await ask(shared, "amadeus kurisu"), await search(shared, name="kurisu", sort="name")):
        assert "Amadeus**" not in texts(closed)
        assert "## Amadeus" not in texts(closed)
    assert ". Amadeus**" in texts(await search(shared, name="kurisu", spoilers=2))
    assert texts(await ask(shared, "amadeus")).startswith("## Amadeus")


@pytest.mark.parametrize(("character", "told"), [("c38", True), ("c39", True), ("c35", False), (NULL, False)])
async def test_a_card_says_that_where_somebody_appears_is_a_spoiler(shared: Place, character: str, told: bool) -> None:
    message = await ask(shared, character)
    assert ("Where they appear is a spoiler" in texts(message)) is told
    assert "Where they appear" not in texts(await ask(shared, character, spoilers=2))


# What may stand where


@pytest.mark.parametrize("character", ["c35", "c114"])
async def test_sexual_traits_stand_in_age_restricted_channels_only(shared: Place, character: str) -> None:
    sexual = {"Blowjob", "Virgin Sex"}
    for page in ("Overview", "Traits"):
        shown: list[set[str]] = []
        for channel in (shared.general, shared.world.dm, shared.world.after_dark, shared.world.after_dark_thread):
            message = await ask(shared, character, channel, spoilers=2)
            message = await open_page(shared, message, page) if page != "Overview" else message
            shown.append({trait for trait in sexual if trait in texts(message)})
        assert shown[:2] == [set(), set()]
        assert shown[2]
        assert shown[2] == shown[3]


async def test_a_sexual_trait_that_is_a_spoiler_is_revealed_in_age_restricted_channels_only(shared: Place) -> None:
    for channel, expected in ((shared.general, False), (shared.world.after_dark, True)):
        message = await ask(shared, "c35", channel)
        assert "Blowjob" not in texts(message)
        revealed = await open_page(shared, await turn(shared, message, REVEAL), "Traits")
        assert ("Blowjob" in texts(revealed)) is expected


@pytest.mark.parametrize("character", ["c38", "c154", "c114", "c170", "c171"])
async def test_an_unsafe_portrait_is_a_spoiler_and_in_age_restricted_channels_only(
    shared: Place, character: str
) -> None:
    world = shared.world
    for channel in (world.general, world.general_thread, world.dm):
        assert pictures(await ask(shared, character, channel)) == []
    for channel in (world.after_dark, world.after_dark_thread):
        assert [picture["spoiler"] for picture in pictures(await ask(shared, character, channel))] == [True]


async def test_a_safe_portrait_stands_everywhere_and_says_what_it_is(shared: Place) -> None:
    (picture,) = pictures(await ask(shared, SAFE))
    assert (picture["spoiler"], picture["description"]) == (False, "Portrait of Okabe Rintarou")


async def test_a_page_turn_is_gated_by_what_the_channel_is_then(place: Place) -> None:
    channel = place.world.after_dark
    traits = await open_page(place, await ask(place, "c114", channel, spoilers=2), "Traits")
    assert "Virgin Sex" in texts(traits)
    place.world.set_nsfw(channel, nsfw=False)
    overview = await open_page(place, traits, "Overview")
    assert "Virgin Sex" not in texts(overview)
    assert pictures(overview) == []


# /character search


@pytest.mark.parametrize("trait", ["i42", "https://vndb.org/i42", "Tsundere"])
async def test_a_trait_finds_those_who_have_it(shared: Place, trait: str) -> None:
    assert "24 characters" in texts(await search(shared, trait=trait))


async def test_a_group_of_traits_is_none_of_its_traits(shared: Place) -> None:
    exchange = await shared.reader.slash(shared.general, "vn character search", trait="Eyes")
    assert texts(await exchange.message()) == "The trait called “Eyes” is one that nothing can be searched by."


async def test_a_name_and_a_trait_must_both_fit(shared: Place) -> None:
    assert texts(await search(shared, name="kurisu", trait="i42")).startswith("## Makise Kurisu")


async def test_a_sexual_trait_is_searched_for_in_age_restricted_channels_only(shared: Place) -> None:
    for trait in ("i201", "Blowjob"):
        exchange = await shared.reader.slash(shared.general, "vn character search", trait=trait)
        assert "is about sexual content" in texts(await exchange.message())
        assert exchange.ephemeral
        assert "Saya" in texts(await search(shared, shared.world.after_dark, trait=trait))


async def test_no_option_lists_everybody(shared: Place) -> None:
    listed = await search(shared)
    assert "## Characters by name" in texts(listed)
    second = await turn(shared, listed, "Next")
    assert "Page 2" in texts(second)
    assert "Akanegasaki Sora" not in texts(second)


async def test_a_list_of_those_with_a_trait_is_turned_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        listed = await search(unconnected, trait="i42")
    async with unconnected.connected():
        second = await turn(unconnected, listed, "Next")
        third = await turn(unconnected, second, "Next")
        fourth = await turn(unconnected, third, "Next")
        assert ["Page 2 of 4" in texts(second), "Page 3 of 4" in texts(third)] == [True, True]
        assert find_button(fourth, "Next") is None
        rows = [len(re.findall(r"^\*\*\d+\. ", texts(page), re.MULTILINE)) for page in (listed, second, third, fourth)]
        assert rows == [6, 6, 6, 6]
        assert all("-# with the trait " in texts(page) for page in (listed, second, third, fourth))


async def test_a_pasted_filter_finds_the_same_again(shared: Place) -> None:
    listed = await search(shared, trait="i42")
    link = find_link(listed, "Open search on VNDB")
    assert texts(await search(shared, filter=link)) == texts(listed)
    assert texts(await search(shared, filter=link, name="kurisu")).startswith("## Makise Kurisu")


async def test_a_name_may_be_typed_to_a_filter_that_searches_itself(shared: Place) -> None:
    link = await build_search_link(shared, "c", ["search", "=", "ai"])
    said = texts(await search(shared, name="es", filter=link))
    assert "Esumi Ai" in said
    assert "Kisaragi Ai" not in said


async def test_a_long_search_is_turned_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        listed = await search(unconnected, name="omnibus person")
    async with unconnected.connected():
        second = await turn(unconnected, listed, "Next")
        assert "Page 2" in texts(second)
        assert "Omnibus Person 11" in texts(second)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"filter": "rubbish"}, "is not one that VNDB understands"),
        ({"filter": "https://vndb.org/v?f=022gen2gja"}, "is not one for characters"),
        ({"filter": "https://vndb.org/c?f=0zzzz"}, "is not one that VNDB understands"),
        ({"trait": "no such trait"}, "VNDB has no trait called “no such trait”."),
        ({"name": "nobody at all"}, "VNDB has no character called"),
        ({"name": "nobody at all", "trait": "i42"}, "VNDB has no character like that: “nobody at all” · "),
    ],
)
async def test_a_search_that_cannot_be_ends_in_a_sentence(
    shared: Place, options: dict[str, Any], sentence: str
) -> None:
    exchange = await shared.reader.slash(shared.general, "vn character search", **options)
    assert sentence in texts(await exchange.message())
    assert exchange.ephemeral


# /character random and /character birthday


async def test_another_random_one_works_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        drawn = await (await unconnected.reader.slash(unconnected.general, "vn character random")).message()
        assert find_link(drawn, "Open on VNDB")
    async with unconnected.connected():
        seen = {texts(drawn)}
        for _ in range(5):
            drawn = await turn(unconnected, drawn, "Another one")
            seen.add(texts(drawn))
        assert len(seen) > 1


@pytest.mark.parametrize(
    ("day", "heading", "somebody"),
    [
        ("12-14", "Characters born on 14 December", "Okabe Rintarou"),
        ("14 december", "Characters born on 14 December", "Okabe Rintarou"),
        ("02-29", "Characters born on 29 February", "Beatrice"),
        ("December", "Characters born in December", "Arcueid Brunestud"),
    ],
)
async def test_birthdays_of_a_day_or_a_month(shared: Place, day: str, heading: str, somebody: str) -> None:
    said = texts(await (await shared.reader.slash(shared.general, "vn character birthday", day=day)).message())
    assert heading in said
    assert somebody in said


@pytest.mark.parametrize("options", [{}, {"day": "Today"}])
async def test_todays_birthdays_are_those_of_no_other_day(shared: Place, options: dict[str, Any]) -> None:
    said = texts(await (await shared.reader.slash(shared.general, "vn character birthday", **options)).message())
    assert said.startswith("## Characters born on ")


async def test_a_months_birthdays_are_turned_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        exchange = await unconnected.reader.slash(unconnected.general, "vn character birthday", day="December")
        listed = await exchange.message()
    async with unconnected.connected():
        second = await turn(unconnected, listed, "Next")
        assert "Characters born in December" in texts(second)
        assert "Page 2 of 6" in texts(second)


@pytest.mark.parametrize("day", ["31 feb", "13-01", "soon", "0-0", "\u0661\u0662-\u0661\u0664"])
async def test_what_is_no_day_of_the_year_is_said_in_a_sentence(shared: Place, day: str) -> None:
    exchange = await shared.reader.slash(shared.general, "vn character birthday", day=day)
    assert "The birthday" in texts(await exchange.message())
    assert exchange.ephemeral


# Buttons


async def test_another_person_gets_a_private_copy_that_is_theirs(shared: Place) -> None:
    message = await ask(shared, SAFE)
    exchange = await pick(shared.moderator, message, "Traits")
    copied = await exchange.message()
    assert exchange.ephemeral
    assert "Lab Coat" in texts(copied)
    assert texts(shared.world.messages[message["id"]].payload) == texts(message)
    turned = await pick(shared.moderator, copied, "Visual novels")
    assert (await turned.message())["id"] == copied["id"]


async def test_every_page_opens_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        message = await ask(unconnected, "c35", spoilers=1)
    async with unconnected.connected():
        traits = await open_page(unconnected, message, "Traits")
        assert "-# Traits" in texts(traits)
        message = await open_page(unconnected, traits, "Overview")
        copy = await (await press(unconnected.reader, message, REVEAL)).message()
    async with unconnected.connected():
        assert "She dies" in texts(await open_page(unconnected, copy, "Details"))


async def test_a_novel_opens_from_a_character(shared: Place) -> None:
    novels = await open_page(shared, await ask(shared, SAFE), "Visual novels")
    assert texts(await open_page(shared, novels, "STEINS;GATE")).startswith("## STEINS;GATE")


# The service


@pytest.mark.parametrize(
    ("asked", "fault"),
    each_once(
        [("info", {"name": SAFE}), ("search", {"name": "ai"}), ("random", {}), ("birthday", {})],
        ["500", "rubbish", "null", "cut", "redirect"],
    ),
)
async def test_a_bad_answer_ends_in_a_sentence(place: Place, asked: tuple[str, dict[str, Any]], fault: Fault) -> None:
    place.services.vndb.fault = fault
    command, options = asked
    exchange = await place.reader.slash(place.general, f"vn character {command}", **options)
    assert texts(await exchange.message()).startswith(SENTENCES[fault])


async def test_being_asked_to_wait_ends_in_a_sentence(place: Place) -> None:
    place.services.vndb.fault = "429"
    exchange = await place.reader.slash(place.general, "vn character info", name=SAFE)
    assert texts(await exchange.message()).startswith(SENTENCES["429"])


async def test_a_page_stays_when_the_next_one_cannot_be_had(place: Place) -> None:
    message = await (await place.reader.slash(place.general, "vn character birthday", day="December")).message()
    place.services.vndb.fault = "500"
    picked = await pick(place.reader, message, "Arcueid Brunestud")
    assert "VNDB answered with an error" in texts(await picked.message())
    assert picked.ephemeral
    assert texts(place.world.messages[message["id"]].payload) == texts(message)


@pytest.mark.usefixtures("hurried")
async def test_a_slow_service_is_waited_for(place: Place) -> None:
    place.services.vndb.fault = "slow"
    place.services.vndb.slow_s = 1.0
    exchange = await place.reader.slash(place.general, "vn character info", name=SAFE)
    assert exchange.kind == "deferred"
    assert "Okabe Rintarou" in texts(await exchange.message())


# Completion


@pytest.mark.parametrize("command", ["vn character info", "vn character search"])
async def test_names_are_completed_with_the_novel_they_are_from(shared: Place, command: str) -> None:
    choices = await shared.reader.autocomplete(shared.general, command, focused="name", name="okabe")
    assert choices == [{"name": "Okabe Rintarou (STEINS;GATE)", "value": "c34"}]


async def test_completion_names_no_novel_that_is_a_spoiler(shared: Place) -> None:
    choices = await shared.reader.autocomplete(shared.general, "vn character info", focused="name", name="amadeus")
    assert {"name": "Amadeus", "value": "c39"} in choices


async def test_a_hostile_name_can_be_chosen(shared: Place) -> None:
    choices = await shared.reader.autocomplete(
        shared.general, "vn character info", focused="name", name="character @every"
    )
    (value,) = {choice["value"] for choice in choices}
    assert "@\u200beveryone" in texts(await ask(shared, value))


async def test_sexual_traits_are_completed_in_age_restricted_channels_only(shared: Place) -> None:
    async def list_offered(channel: Channel) -> set[str]:
        choices = await shared.reader.autocomplete(channel, "vn character search", focused="trait", trait="blow")
        return {choice["value"] for choice in choices}

    assert "i201" in await list_offered(shared.world.after_dark)
    assert "i201" not in await list_offered(shared.general)


@pytest.mark.parametrize("option", ["name", "trait"])
@pytest.mark.usefixtures("hurried")
async def test_completion_answers_in_time_while_the_service_hangs(place: Place, option: str) -> None:
    place.services.vndb.fault = "hang"
    typed: dict[str, Any] = {option: "okabe"}
    assert await place.reader.autocomplete(place.general, "vn character search", focused=option, **typed) == []
