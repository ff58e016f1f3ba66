"""`/vndb stats`, `user`, `list` and `compare`, as people use them."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import msgspec
import pytest

from bot.cards.chart_picture import draw_chart
from bot.playground.engine import Channel, pictures, texts
from bot.playground.service.fault import Fault
from bot.vndb.api.list_sort import LIST_SORTS
from tests.flow.conftest import Place
from tests.flow.entry_message import list_files, open_page, turn
from tests.flow.fault_message import SENTENCES
from tests.flow.vn_message import find_button, press
from tests.support.pair import each_once

READER, EMPTY, AYA, NO_VOTES, APART, DEUX = "u3", "u4", "u5", "u6", "u7", "u8"
Payload = dict[str, Any]

ASKED: dict[str, dict[str, Any]] = {
    "stats": {},
    "user": {"user": READER},
    "list": {"user": READER},
    "compare": {"user": READER, "other": AYA},
}


async def ask(place: Place, command: str, channel: Channel | None = None, **options: Any) -> Payload:
    return await (await place.reader.slash(channel or place.general, f"vndb {command}", **options)).message()


def list_titles(message: Payload) -> list[str]:
    """The novels of a page of a list."""
    return re.findall(r"^\*\*\d+\. (.*?)\*\*", texts(message), re.MULTILINE)


async def list_all(place: Place, message: Payload) -> list[str]:
    """The novels of that page and all after it."""
    titles = list_titles(message)
    while find_button(message, "Next"):
        message = await turn(place, message, "Next")
        titles += list_titles(message)
    return titles


# /vndb stats


async def test_the_numbers_of_vndb(shared: Place) -> None:
    said = texts(await ask(shared, "stats"))
    assert said.startswith("## VNDB in numbers\n**Visual novels:** ")


# /vndb user


@pytest.mark.parametrize(
    "name",
    ["u3", "U3", "testreader", "TestReader", " testreader ", "https://vndb.org/u3", "<https://vndb.org/u3/ulist>"],
)
async def test_somebody_is_found_by_name_id_or_link(shared: Place, name: str) -> None:
    message = await ask(shared, "user", user=name)
    said = texts(message)
    assert said.startswith("## testreader\n**Votes:** 6")
    assert "7.5 on average" in said
    assert "**Play time:** 152 hours" in said


@pytest.mark.parametrize("name", ["u99999", "nobody-here", "@everyone", "<@&1>", "v17", "x" * 100])
@pytest.mark.parametrize("command", ["user", "list", "compare"])
async def test_who_is_not_there_is_said_to_the_asker_alone(shared: Place, command: str, name: str) -> None:
    options = {"user": {"user": name}, "list": {"user": name}, "compare": {"user": READER, "other": name}}
    typed: dict[str, Any] = options[command]
    exchange = await shared.reader.slash(shared.general, f"vndb {command}", **typed)
    message = await exchange.message()
    assert texts(message).startswith("VNDB has no user ")
    assert exchange.ephemeral
    assert message["mention_everyone"] is False


async def test_votes_come_as_a_chart_that_is_described(shared: Place) -> None:
    message = await ask(shared, "user", user=AYA)
    assert list_files(message) == ["chart.png"]
    (picture,) = pictures(message)
    assert picture["description"].startswith("Votes. 1: 4 votes, 2: 3 votes")


@pytest.mark.parametrize("name", [EMPTY, NO_VOTES])
async def test_somebody_without_votes_has_no_chart(shared: Place, name: str) -> None:
    message = await ask(shared, "user", user=name)
    assert list_files(message) == []
    assert pictures(message) == []
    assert "**Votes:**" not in texts(message)
    assert "**Voted**: 0" in texts(message)


async def test_a_hostile_list_name_mentions_nobody(shared: Place) -> None:
    message = await ask(shared, "user", user=APART)
    assert "@\u200beveryone" in texts(message)
    listed = await open_page(shared, message, "**Bold** @everyone [x](http://y)")
    assert texts(listed).startswith("## \\*\\*Bold\\*\\* @\u200beveryone")
    assert [message["mention_everyone"], listed["mention_everyone"]] == [False, False]


async def test_the_chart_stays_on_its_own_page(shared: Place) -> None:
    message = await ask(shared, "user", user=AYA)
    listed = await open_page(shared, message, "Read twice")
    assert list_files(listed) == []
    again = await turn(shared, listed, "All lists")
    assert list_files(again) == ["chart.png"]
    assert len(pictures(again)) == 1


async def test_two_people_who_want_the_same_chart_have_it_drawn_once(shared: Place) -> None:
    draw_chart.cache_clear()
    exchanges = await asyncio.gather(
        *(person.slash(shared.general, "vndb user", user=AYA) for person in (shared.reader, shared.moderator))
    )
    for exchange in exchanges:
        assert list_files(await exchange.message()) == ["chart.png"]
    assert draw_chart.cache_info().misses == 1


async def test_a_private_copy_comes_with_the_chart_and_leaves_the_message(shared: Place) -> None:
    listed = await ask(shared, "list", user=AYA)
    exchange = await press(shared.moderator, listed, "All lists")
    assert list_files(await exchange.message()) == ["chart.png"]
    assert exchange.ephemeral
    assert texts(shared.world.messages[listed["id"]].payload) == texts(listed)


# /vndb list


async def test_a_list_by_votes_begins_with_the_highest(shared: Place) -> None:
    message = await ask(shared, "list", user=READER, sort="vote")
    assert texts(message).startswith(
        "## Votes of testreader\n-# 6 visual novels · Highest vote first\n**1. STEINS;GATE**"
    )
    assert texts(await open_page(shared, message, "STEINS;GATE")).startswith("## STEINS;GATE")


@pytest.mark.parametrize(
    ("label", "titles"),
    [
        (1, ["Grisaia no Kajitsu -LE FRUIT DE LA GRISAIA-"]),
        (2, ["CLANNAD", "Ever17 -the out of infinity-", "Saya no Uta", "STEINS;GATE", "Tsukihime"]),
        (3, ["Katawa Shoujo"]),
        (4, ["Nekopara Vol.1 Soleil Kaiten Shimashita!"]),
        (5, ["Fate/stay night", "Umineko no Naku Koro ni"]),
        (6, []),
    ],
)
async def test_every_part_of_a_list_can_be_chosen(shared: Place, label: int, titles: list[str]) -> None:
    assert list_titles(await ask(shared, "list", user="testreader", label=str(label), sort="title")) == titles


@pytest.mark.parametrize("label", ["Favourites", " favourites ", "10"])
async def test_a_list_of_ones_own_making_is_found_by_name(shared: Place, label: str) -> None:
    shown = await ask(shared, "list", user=READER, label=label)
    assert texts(shown).startswith("## Favourites of testreader\n-# 2 visual novels")


async def test_a_list_of_ones_own_making_that_is_called_by_a_year_is_found_by_it(place: Place) -> None:
    own = place.services.vndb.lists.find(READER)
    assert own is not None
    own.labels = {**own.labels, 12: "2023"}
    own.entries["v17"] = msgspec.structs.replace(own.entries["v17"], labels=[2, 7, 12])
    for label in ("2023", "12"):
        shown = await ask(place, "list", user=READER, label=label)
        assert texts(shown).startswith("## 2023 of testreader")
        assert list_titles(shown) == ["Ever17 -the out of infinity-"]


@pytest.mark.parametrize("label", ["Nothing", "2023", "0"])
async def test_a_list_that_is_none_of_theirs_names_those_there_are(shared: Place, label: str) -> None:
    exchange = await shared.reader.slash(shared.general, "vndb list", user=READER, label=label)
    assert "none of that person's public lists (Playing, Finished," in texts(await exchange.message())
    assert exchange.ephemeral


async def test_an_odd_name_of_a_list_is_said_as_text(shared: Place) -> None:
    message = await ask(shared, "list", user=APART, label="Nothing")
    assert "@everyone" not in texts(message)


async def test_the_lists_of_whoever_was_typed_are_suggested(shared: Place) -> None:
    suggested = await shared.reader.autocomplete(
        shared.general, "vndb list", focused="label", user="testreader", label="fav"
    )
    assert [choice["name"] for choice in suggested] == ["Favourites"]


@pytest.mark.parametrize("order", list(LIST_SORTS))
async def test_every_order_begins_with_what_has_a_place_in_it(shared: Place, order: str) -> None:
    message = await ask(shared, "list", user=READER, label="2", sort=order)
    first = texts(message).split("**2. ")[0]
    word = {"vote": "vote ", "voted": "voted ", "lowest": "vote ", "started": "started ", "finished": "finished "}
    assert LIST_SORTS[order].name in texts(message)
    assert word.get(order, "") in first


async def test_what_was_read_last_comes_first_and_what_has_no_date_not_at_all(shared: Place) -> None:
    message = await ask(shared, "list", user=READER, label="2", sort="finished")
    assert list_titles(message) == ["STEINS;GATE", "Ever17 -the out of infinity-", "CLANNAD"]
    assert "what has no date is left out" in texts(message)


async def test_notes_and_releases_stand_in_a_list(shared: Place) -> None:
    said = texts(await ask(shared, "list", user=READER, label="2"))
    assert "Ever17 -the out of infinity- (pending)" in said


async def test_a_long_list_is_turned_after_a_restart_and_holds_each_novel_once(unconnected: Place) -> None:
    async with unconnected.connected():
        first = await ask(unconnected, "list", user="AyaReads", sort="title")
        assert "Page 1 of 22" in texts(first)
    async with unconnected.connected():
        titles = await list_all(unconnected, first)
        assert len(titles) == len(set(titles)) == 130


@pytest.mark.parametrize("label", ["Latest vote first", "Highest vote first", "By title", "Latest added first"])
async def test_a_list_can_be_sorted_after_a_restart(unconnected: Place, label: str) -> None:
    async with unconnected.connected():
        message = await ask(unconnected, "list", user="AyaReads", sort="added" if label == "By title" else "title")
        message = await turn(unconnected, message, "Next")
    async with unconnected.connected():
        message = await open_page(unconnected, message, label)
        assert f"130 visual novels · {label}" in texts(message)
        assert "Page 1 of 22" in texts(message)


async def test_the_highest_votes_come_before_the_others(shared: Place) -> None:
    message = await ask(shared, "list", user="AyaReads", sort="vote")
    votes: list[float] = []
    for _ in range(22):
        lines = [line for line in texts(message).split("\n") if line.startswith("-# vote ")]
        votes += [float(line.split()[2]) for line in lines]
        if len(votes) < 130:
            message = await turn(shared, message, "Next")
    assert len(votes) == 130
    assert votes == sorted(votes, reverse=True)


@pytest.mark.parametrize("user", [EMPTY, NO_VOTES])
async def test_an_empty_list_says_so(shared: Place, user: str) -> None:
    assert "Nothing of this list can be seen" in texts(await ask(shared, "list", user=user))


async def test_a_list_of_ones_own_making_opens_from_the_card(shared: Place) -> None:
    listed = await open_page(shared, await ask(shared, "user", user=READER), "Favourites")
    assert texts(listed).startswith("## Favourites of testreader\n-# 2 visual novels")


# /vndb compare


async def test_two_lists_are_compared(shared: Place) -> None:
    said = texts(await ask(shared, "compare", user="testreader", other="https://vndb.org/u5"))
    assert said.startswith("## testreader and AyaReads")
    assert "**Both voted on:** 6 visual novels, all compared" in said
    assert "on a scale of -1 to 1" in said


@pytest.mark.parametrize("other", [APART, EMPTY, NO_VOTES])
async def test_nothing_in_common_is_said(shared: Place, other: str) -> None:
    said = texts(await ask(shared, "compare", user=READER, other=other))
    assert "**Both voted on:** 0 visual novels" in said
    assert "Cannot be told from fewer than 3 novels" in said


@pytest.mark.parametrize("other", ["u3", "U3", "testreader", "TESTREADER", "https://vndb.org/u3"])
async def test_nobody_is_compared_with_themselves(shared: Place, other: str) -> None:
    exchange = await shared.reader.slash(shared.general, "vndb compare", user=READER, other=other)
    assert texts(await exchange.message()) == "The other user is the same as the first."
    assert exchange.ephemeral


async def test_a_comparison_leads_to_people_and_novels_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        message = await ask(unconnected, "compare", user=READER, other=DEUX)
    async with unconnected.connected():
        card = await turn(unconnected, message, "Deux_Lecteurs")
        assert texts(card).startswith("## Deux\\_Lecteurs")
        message = await ask(unconnected, "compare", user=READER, other=DEUX)
        novel = await open_page(unconnected, message, "CLANNAD")
        assert texts(novel).startswith("## CLANNAD")


# Everywhere


@pytest.mark.parametrize(("command", "where"), each_once(ASKED, ["dm", "general_thread", "after_dark"]))
async def test_they_work_wherever_people_are(shared: Place, command: str, where: str) -> None:
    assert texts(await ask(shared, command, getattr(shared.world, where), **ASKED[command])).startswith("## ")


@pytest.mark.parametrize("command", list(ASKED))
async def test_what_was_shown_before_asks_nobody(place: Place, command: str) -> None:
    await ask(place, command, **ASKED[command])
    asked = len(place.services.vndb.requests)
    await ask(place, command, **ASKED[command])
    assert len(place.services.vndb.requests) == asked


@pytest.mark.parametrize(("command", "fault"), each_once(ASKED, ["500", "rubbish", "null", "cut", "redirect"]))
async def test_a_bad_answer_ends_in_a_sentence(place: Place, command: str, fault: Fault) -> None:
    place.services.vndb.fault = fault
    exchange = await place.reader.slash(place.general, f"vndb {command}", **ASKED[command])
    assert texts(await exchange.message()).startswith(SENTENCES[fault])


async def test_a_page_stays_when_the_next_one_cannot_be_had(place: Place) -> None:
    message = await ask(place, "list", user=READER)
    place.services.vndb.fault = "500"
    exchange = await press(place.reader, message, "All lists")
    assert "VNDB answered with an error" in texts(await exchange.message())
    assert exchange.ephemeral
    assert texts(place.world.messages[message["id"]].payload) == texts(message)


@pytest.mark.parametrize("command", list(ASKED))
@pytest.mark.usefixtures("hurried")
async def test_a_slow_service_is_waited_for(place: Place, command: str) -> None:
    place.services.vndb.fault, place.services.vndb.slow_s = "slow", 0.8
    exchange = await place.reader.slash(place.general, f"vndb {command}", **ASKED[command])
    assert exchange.kind == "deferred"
    assert texts(await exchange.message()).startswith("## ")
