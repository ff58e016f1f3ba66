"""`/vn info` and the pages of a novel, as people use them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.playground.engine import Channel, selects, texts
from bot.playground.service.fault import Fault
from tests.flow.conftest import Place
from tests.flow.vn_message import (
    choose,
    find_askers,
    find_button,
    find_link,
    list_pages,
    list_values,
    press,
    read_contents,
)
from tests.support.markdown import find_mentions

Payload = dict[str, Any]

PAGES = ("", "/characters", "/releases", "/staff", "/tags", "/screenshots", "/relations", "/quotes", "/links")
HUGE, EMPTY, RIGHT_TO_LEFT, MARKED, HOSTILE = "v90001", "v90002", "v90003", "v90004", "v90997"
GATE = "v2002"


async def show(place: Place, title: str, channel: Channel | None = None, **options: Any) -> Payload:
    exchange = await place.reader.slash(channel or place.general, "vn info", title=title, **options)
    return await exchange.message()


async def open_page(place: Place, message: Payload, value: str) -> Payload:
    return await (await choose(place.reader, message, value)).message()


async def read_all(place: Place, message: Payload) -> str:
    return "\n".join([texts(page) for page in await list_pages(place.reader, message)])


# What it finds


async def test_the_only_match_is_shown_at_once(shared: Place) -> None:
    assert texts(await show(shared, "428")).startswith("## 428")


@pytest.mark.parametrize(("title", "novel"), [("428", "v240"), ("17", "v17")])
async def test_a_number_is_a_title_also_where_it_is_an_id(shared: Place, title: str, novel: str) -> None:
    shown = await show(shared, title)
    assert find_link(shown, "Open on VNDB") == f"https://vndb.org/{novel}"


async def test_several_matches_are_listed_and_each_opens_its_card(shared: Place) -> None:
    listed = await show(shared, "steins")
    assert {"v2002", "v17102"} <= list_values(listed)
    assert texts(await open_page(shared, listed, "v17102")).startswith("## STEINS;GATE 0")


async def test_a_list_keeps_the_spoilers_that_were_asked_for(shared: Place) -> None:
    listed = await show(shared, "steins", spoilers=2)
    shown = await open_page(shared, listed, "v2002~1b")
    assert find_button(shown, "Show spoilers to me") is None


@pytest.mark.parametrize("title", ["no such novel", "v428", "v99999999"])
async def test_what_is_not_there_is_said_to_the_asker_alone(shared: Place, title: str) -> None:
    exchange = await shared.reader.slash(shared.general, "vn info", title=title)
    assert "VNDB has no " in texts(await exchange.message())
    assert exchange.ephemeral


# Every page of every kind of novel


NOVELS = (HUGE, EMPTY, RIGHT_TO_LEFT, MARKED, HOSTILE, GATE, "v11", "v4590", "v12000")


@pytest.mark.parametrize(
    ("novel", "spoilers"),
    [
        *((novel, 2) for novel in NOVELS),
        *((novel, spoilers) for novel in (HOSTILE, GATE) for spoilers in (0, 1)),
        *(
            pytest.param(novel, spoilers, marks=pytest.mark.deep)
            for novel in NOVELS
            for spoilers in (0, 1)
            if novel not in {HOSTILE, GATE}
        ),
    ],
)
async def test_every_page_can_be_opened_and_turned_to_its_end(shared: Place, novel: str, spoilers: int) -> None:
    """Of every novel with all that there is to show; less of it, where the pages are made alike, of two."""
    first = await show(shared, novel, shared.world.after_dark, spoilers=spoilers)
    level = ["", "~1a", "~1b"][spoilers]
    for end in PAGES:
        opened = await open_page(shared, first, f"{novel}{end}{level}")
        for page in await list_pages(shared.reader, opened):
            assert find_mentions(read_contents(page)) == []
            assert find_askers(page) <= {shared.reader.user.id}


@pytest.mark.parametrize("end", PAGES[1:])
async def test_a_page_without_anything_says_so(shared: Place, end: str) -> None:
    page = await open_page(shared, await show(shared, EMPTY, spoilers=2), f"{EMPTY}{end}~1b")
    nothing = re.search("VNDB (knows no|has no)|has no tags|Blank", texts(page))
    assert nothing is not None


async def test_the_page_that_is_shown_is_marked_in_the_menu(shared: Place) -> None:
    page = await open_page(shared, await show(shared, GATE), f"{GATE}/staff")
    options = [option for select in selects(page) for option in select["options"]]
    assert [option["label"] for option in options if option.get("default")] == ["Staff"]


# Nothing is cut off


async def test_all_relations_stand_on_further_pages(shared: Place) -> None:
    pages = await list_pages(shared.reader, await open_page(shared, await show(shared, HUGE), f"{HUGE}/relations"))
    named = {value for page in pages for value in list_values(page) if value.startswith("v") and "/" not in value}
    assert len(named - {HUGE}) == 100


async def test_all_tags_stand_on_further_pages(shared: Place) -> None:
    first = await show(shared, HUGE, shared.world.after_dark, spoilers=2)
    said = await read_all(shared, await open_page(shared, first, f"{HUGE}/tags~1b"))
    assert all(re.search(rf"Invented Tag {number}\b", said) for number in range(1, 301))


async def test_all_releases_stand_on_further_pages(shared: Place) -> None:
    said = await read_all(shared, await open_page(shared, await show(shared, HUGE), f"{HUGE}/releases"))
    assert all(re.search(rf"Release {number}\b", said) for number in range(1, 81))


async def test_all_characters_stand_on_further_pages(shared: Place) -> None:
    first = await show(shared, HUGE, spoilers=2)
    said = await read_all(shared, await open_page(shared, first, f"{HUGE}/characters~1b"))
    assert all(re.search(rf"Omnibus Person {number}\b", said) for number in range(1, 121))


async def test_all_staff_stand_on_further_pages(shared: Place) -> None:
    said = await read_all(shared, await open_page(shared, await show(shared, HUGE), f"{HUGE}/staff"))
    assert all(re.search(rf"Omnibus Worker {number}\b", said) for number in range(1, 61))


async def test_all_quotes_stand_on_further_pages(shared: Place) -> None:
    said = await read_all(shared, await open_page(shared, await show(shared, HUGE), f"{HUGE}/quotes"))
    assert all(f"This is line {number}," in said for number in range(1, 41))


async def test_a_long_description_goes_on_over_pages(shared: Place) -> None:
    shown = await show(shared, HUGE, spoilers=2)
    said = await read_all(shared, await open_page(shared, shown, f"{HUGE}/details~1b"))
    assert said.count("And on.") == 150


async def test_a_character_can_be_opened_from_the_page_of_characters(shared: Place) -> None:
    page = await open_page(shared, await show(shared, GATE), f"{GATE}/characters")
    assert texts(await open_page(shared, page, "c34")).startswith("## Okabe Rintarou")


# Spoilers


async def test_spoilers_are_left_out_and_shown_to_whom_wants_them(shared: Place) -> None:
    shown = await show(shared, HUGE)
    assert "And on." not in texts(shown)
    seen = await press(shared.moderator, shown, "Show spoilers to me")
    assert "And on." in texts(await seen.message())
    assert seen.ephemeral
    assert [texts(message) for message in shared.reader.messages(shared.general)] == [texts(shown)]


async def test_the_private_copy_with_spoilers_can_be_turned_by_its_reader(shared: Place) -> None:
    shown = await show(shared, HUGE)
    copy = await (await press(shared.moderator, shown, "Show spoilers to me")).message()
    copy = await (
        await choose(shared.moderator, copy, f"{HUGE}/details~1r")
    ).message()  # the copy of the card is one page
    on = await press(shared.moderator, copy, "Next")
    assert "Page 2" in texts(await on.message())
    assert find_askers(await on.message()) == {shared.moderator.user.id}
    assert texts(shared.reader.messages(shared.general)[0]) == texts(shown)


async def test_a_character_who_is_a_spoiler_is_left_out(shared: Place) -> None:
    page = await open_page(shared, await show(shared, "v18"), "v18/characters")
    assert "c154" not in " ".join(list_values(page))
    seen = await press(shared.reader, page, "Show spoilers to me")
    assert "c154~1r" in list_values(await seen.message())
    assert seen.ephemeral


# Other people, restarts, deleted buttons


async def test_another_person_who_picks_a_page_gets_a_private_copy(shared: Place) -> None:
    shown = await show(shared, GATE)
    other = await choose(shared.moderator, shown, f"{GATE}/staff")
    assert find_askers(await other.message()) == {shared.moderator.user.id}
    assert other.ephemeral
    assert [texts(message) for message in shared.reader.messages(shared.general)] == [texts(shown)]


async def test_pages_work_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        shown = await show(unconnected, HUGE)
    async with unconnected.connected():
        page = await open_page(unconnected, shown, f"{HUGE}/releases")
    async with unconnected.connected():
        turned = await (await press(unconnected.reader, page, "Next")).message()
        assert "Page 2 of" in texts(turned)


async def test_spoilers_can_be_seen_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        shown = await show(unconnected, HUGE)
    async with unconnected.connected():
        seen = await press(unconnected.moderator, shown, "Show spoilers to me")
        assert "And on." in texts(await seen.message())


@pytest.mark.parametrize(
    "custom_id",
    [
        "vn:again:1:abc",
        "go:",
        "go:1:v17~x~y",
        "see:nowhere",
        "menu:x",
        "see:v17/nothing",
        "x" * 100,
        "see:list/v/nope",
    ],
)
async def test_a_button_that_leads_nowhere_ends_in_a_sentence(shared: Place, custom_id: str) -> None:
    shown = await show(shared, HUGE)
    stored = shared.world.messages[shown["id"]].payload
    for row in stored["components"][0]["components"]:
        for one in row.get("components", ()):
            if one.get("label") == "Show spoilers to me":
                one["custom_id"] = custom_id
    pressed = await shared.reader.press(shown, custom_id)
    assert "is from another version of Shiori; use the command again" in texts(await pressed.message())
    assert pressed.ephemeral


# The service


@pytest.mark.parametrize("fault", ["500", "429", "rubbish", "null", "deep", "timeout", "hang"])
async def test_a_page_that_cannot_be_had_is_said_and_the_message_stays(place: Place, fault: Fault) -> None:
    shown = await show(place, GATE)
    place.services.vndb.fault = fault
    pressed = await choose(place.reader, shown, f"{GATE}/characters")
    assert texts(await pressed.message()).startswith("VNDB ")
    assert [texts(message) for message in place.moderator.messages(place.general)] == [texts(shown)]


@pytest.mark.usefixtures("hurried")
async def test_a_page_of_a_slow_service_comes_in_the_end(place: Place) -> None:
    shown = await show(place, GATE)
    place.services.vndb.fault, place.services.vndb.slow_s = "slow", 1.2
    page = await (await choose(place.reader, shown, f"{GATE}/characters")).message()
    assert "Okabe Rintarou" in texts(page)
