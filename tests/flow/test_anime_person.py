"""`/anime character`, `staff` and `studio`, and `/anilist`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.playground.engine import pictures, texts
from tests.flow.anime_message import ask, run
from tests.flow.conftest import Place
from tests.flow.entry_message import REVEAL, open_page, pick, turn
from tests.flow.vn_message import choose, list_pages, list_values, press, read_contents

SECRET = "What happens to them at the end."


@pytest.mark.parametrize(
    ("command", "option", "heading", "label"),
    [
        ("anime character info", "okabe", "## Rintarou Okabe\n", "Works"),
        ("anime character info", "牧瀬", "## Kurisu Makise\n", "Works"),
        ("anime staff info", "minase", "## Haruka Minase\n", "Roles"),
        ("anime staff info", "北見", "## Sousuke Kitami\n", "Roles"),
        ("anime staff info", "shirota", "## Kenji Shirota\n", "Works"),
        ("anime studio info", "bones", "## bones\n", "Works"),
    ],
)
async def test_the_only_one_of_that_name_has_a_card_and_a_page_of_works(
    shared: Place, command: str, option: str, heading: str, label: str
) -> None:
    card = await ask(shared, command, name=option)
    assert texts(card).startswith(heading)
    works = await open_page(shared, card, label)
    assert any(value.startswith("anime/") for value in list_values(works))
    assert texts(await open_page(shared, works, "Overview")) == texts(card)


@pytest.mark.parametrize(
    ("command", "kind"),
    [("anime character info", "character"), ("anime staff info", "staff"), ("anime studio info", "studio")],
)
async def test_several_are_listed_and_opened_after_a_restart(unconnected: Place, command: str, kind: str) -> None:
    async with unconnected.connected():
        listed = await ask(unconnected, command, name="k")
        assert "Found for “k”" in texts(listed)
    place = min(value for value in list_values(listed) if value.startswith(f"al-{kind}/"))
    async with unconnected.connected():
        card = await (await choose(unconnected.reader, listed, place)).message()
    async with unconnected.connected():
        assert texts(await turn(unconnected, card, "Back")) == texts(listed)


@pytest.mark.parametrize(
    ("command", "noun"),
    [("anime character info", "character"), ("anime staff info", "person"), ("anime studio info", "studio")],
)
async def test_nobody_of_that_name_is_said_to_the_asker_alone(shared: Place, command: str, noun: str) -> None:
    exchange = await run(shared, command, name="@everyone no such")
    message = await exchange.message()
    assert texts(message).startswith(f"AniList has no {noun} called")
    assert "@everyone" not in read_contents(message)
    assert exchange.ephemeral


async def test_a_long_list_of_characters_goes_on_over_pages(shared: Place) -> None:
    pages = await list_pages(shared.reader, await ask(shared, "anime character info", name="passenger"))
    found = [value for page in pages for value in list_values(page)]
    assert len(pages) > 1
    assert len(found) == len(set(found))


async def test_what_happens_to_a_character_is_left_out_until_somebody_wants_it(shared: Place) -> None:
    card = await ask(shared, "anime character info", name="okabe")
    assert SECRET not in texts(card)
    assert "Kyouma from Elsewhere" not in texts(card)
    copy = await (await press(shared.moderator, card, REVEAL)).message()
    assert texts(copy).startswith("-# 👁️ Your copy, with spoilers, here and on the pages of its menu\n")
    # Aliases stand under Details, of the copy too.
    details = texts(await (await pick(shared.moderator, copy, "Details")).message())
    assert SECRET in details
    assert "Kyouma from Elsewhere" in details


async def test_people_stand_with_their_portraits_as_rows_or_as_pictures(shared: Place) -> None:
    for command, label in (
        ("anime character search", "Portraits"),
        ("anime staff search", "Portraits"),
        ("anime studio search", "Covers"),
    ):
        rows = await ask(shared, command, name="k")
        shown = pictures(rows)
        assert 0 < len(shown) <= 6
        assert texts(rows).startswith("## Found for “k”\n**1. ")
        together = pictures(await turn(shared, rows, label))
        assert [one["url"] for one in together[: len(shown)]] == [one["url"] for one in shown]


async def test_what_is_searched_for_comes_in_the_order_that_is_chosen_on_every_page(shared: Place) -> None:
    library = shared.services.anilist.library
    by_name = sorted(library.shelved_studios, key=str.casefold)
    first = await ask(shared, "anime studio search", sort="name")
    assert texts(first).startswith("## Studios by name\n**1. ")
    pages = [texts(page) for page in await list_pages(shared.reader, first)]
    listed = [line.split("**")[1].split(". ", 1)[1] for page in pages for line in page.splitlines() if ". " in line]
    assert listed == by_name


@pytest.mark.parametrize(
    ("command", "options", "heading"),
    [
        ("anime character search", {"name": "a", "sort": "favourites"}, "## Favourite characters, for “a”\n"),
        ("anime character search", {}, "## Favourite characters\n"),
        ("anime staff search", {"sort": "favourites"}, "## Favourite people\n"),
        ("anime studio search", {"sort": "match"}, "## Favourite studios\n"),
    ],
)
async def test_the_best_liked_come_first_where_that_is_chosen_or_nothing_is_named(
    shared: Place, command: str, options: dict[str, Any], heading: str
) -> None:
    message = await ask(shared, command, **options)
    assert texts(message).startswith(heading)
    if "character" in command:
        counted = [int(number.replace(",", "")) for number in re.findall(r"([\d,]+) favourites", texts(message))]
        assert len(counted) > 3
        assert counted == sorted(counted, reverse=True)


async def test_a_card_of_somebody_leads_to_their_works_and_their_details(shared: Place) -> None:
    card = await ask(shared, "anime character info", name="okabe")
    assert len(pictures(card)) == 1
    assert "**Favourites:**" not in texts(card)
    assert "anime/9253" in list_values(card)
    details = await open_page(shared, card, "Details")
    assert "**Favourites:** 27,627" in texts(details)


# People on AniList


async def test_a_profile_leads_to_its_lists_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        card = await ask(unconnected, "anilist user", user="Natsukaze")
        assert "**Anime:** 7" in texts(card)
    async with unconnected.connected():
        anime = await open_page(unconnected, card, "Anime")
        assert texts(anime).startswith("## Anime of Natsukaze\n### Current\n")
        assert "**Clannad**\n-# 10.0/10 · 23 of 23 episodes · TV series · 2007" in texts(anime)
        manga = await open_page(unconnected, anime, "Manga")
    assert "**Berserk**\n-# 9.9/10" in texts(manga)


async def test_a_name_with_every_sign_that_it_may_have_leads_on_too(shared: Place) -> None:
    card = await ask(shared, "anilist user", user="shiori_sample")
    assert "**Steins;Gate**\n-# 10.0/10" in texts(await open_page(shared, card, "Anime"))


async def test_somebody_without_entries_has_a_card(shared: Place) -> None:
    card = await ask(shared, "anilist user", user="EmptyShelf")
    assert "Nothing can be seen" in texts(card)
    assert "There is nothing to show here." in texts(await open_page(shared, card, "Anime"))


@pytest.mark.parametrize("name", ["ClosedDoor", "nobodyhere"])
async def test_a_private_profile_is_like_none(shared: Place, name: str) -> None:
    exchange = await run(shared, "anilist user", user=name)
    assert texts(await exchange.message()) == f"AniList has no public profile called {name}.\nSearch on AniList"
    assert exchange.ephemeral


@pytest.mark.parametrize("name", ["no such!", "a b", "ööö", "../user", "@everyone"])
async def test_what_is_no_name_is_not_asked_for(place: Place, name: str) -> None:
    exchange = await run(place, "anilist user", user=name)
    assert texts(await exchange.message()).startswith("The AniList name must have 2 to 20 letters")
    assert place.services.anilist.requests == []


async def test_what_somebody_writes_of_themselves_is_not_shown(shared: Place) -> None:
    shown = read_contents(await ask(shared, "anilist user", user="mark_down"))
    assert "secret" not in shown
    assert "example.com" not in shown


async def test_two_people_are_compared_by_what_both_scored(shared: Place) -> None:
    message = await ask(shared, "anilist compare", user="Natsukaze", other="shiori_sample")
    assert "**Both scored:** 5 anime" in texts(message)
    assert "**Steins;Gate**\n-# Natsukaze 8.0/10 · shiori\\_sample 10.0/10" in texts(message)
    card = await (await choose(shared.reader, message, "anime/9253")).message()
    assert texts(await turn(shared, card, "Back")) == texts(message)


async def test_nothing_in_common_is_said(shared: Place) -> None:
    message = await ask(shared, "anilist compare", user="Natsukaze", other="shiori_sample", kind="manga")
    assert "**Both scored:** 0 manga" in texts(message)
    assert list_values(message) == set()


@pytest.mark.parametrize("names", [("Natsukaze", "ClosedDoor"), ("ClosedDoor", "Natsukaze")])
async def test_comparing_with_somebody_who_cannot_be_seen_is_a_sentence(shared: Place, names: tuple[str, str]) -> None:
    exchange = await run(shared, "anilist compare", user=names[0], other=names[1])
    assert texts(await exchange.message()) == "AniList has no public profile called ClosedDoor.\nSearch on AniList"
    assert exchange.ephemeral


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("vndb compare", "VNDB has no user called nobodyhere and no user called noone.\nSearch on VNDB"),
        (
            "anilist compare",
            "AniList has no public profile called nobodyhere and no public profile called noone.\nSearch on AniList",
        ),
    ],
)
async def test_a_comparison_names_both_who_are_missing(shared: Place, command: str, said: str) -> None:
    exchange = await shared.reader.slash(shared.general, command, user="nobodyhere", other="noone")
    assert texts(await exchange.message()) == said


async def test_nobody_is_compared_with_themselves(shared: Place) -> None:
    message = await ask(shared, "anilist compare", user="Natsukaze", other="natsukaze")
    assert texts(message) == "The other user is the same as the first."


# Lists, numbers, birthdays


async def test_a_list_is_of_one_status_in_an_order_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        shown = await ask(unconnected, "anilist list", user="Natsukaze", status="COMPLETED", sort="title")
        assert texts(shown).startswith(
            "## Anime of Natsukaze\n-# Status: Completed · Sorted by: Title\n### Completed\n"
        )
        assert "### Current" not in texts(shown)
        card = await (await choose(unconnected.reader, shown, min(list_values(shown)))).message()
    async with unconnected.connected():
        assert texts(await turn(unconnected, card, "Back")) == texts(shown)


async def test_without_a_status_it_is_the_whole_list(shared: Place) -> None:
    whole = texts(await ask(shared, "anilist list", user="Natsukaze", kind="manga"))
    assert "**Berserk**\n-# 9.9/10" in whole


async def test_the_newest_manga_of_a_list_come_first(shared: Place) -> None:
    shown = texts(await ask(shared, "anilist list", user="shiori_sample", kind="manga", sort="newest"))
    assert re.findall(r"\*\*(.+?)\*\*", shown) == ["Sousou no Frieren", "ONE PIECE", "Steins;Gate"]


async def test_a_private_list_is_named(shared: Place) -> None:
    exchange = await run(shared, "anilist list", user="ClosedDoor")
    assert texts(await exchange.message()) == "AniList has no public profile called ClosedDoor.\nSearch on AniList"
    assert exchange.ephemeral


async def test_what_anilist_counts(shared: Place) -> None:
    shown = texts(await ask(shared, "anilist stats"))
    assert shown.startswith("## AniList in numbers\n")
    assert "Open on AniList" in shown
    assert f"**Studios:** {len(shared.services.anilist.library.studios)}" in shown


async def test_birthdays_are_those_of_the_day(shared: Place) -> None:
    today = datetime.now(UTC).strftime("-%m-%d")
    born = [one for one in shared.services.anilist.library.characters.values() if (one.born or "").endswith(today)]
    shown = texts(await ask(shared, "anime character birthday"))
    expected = "## Whose birthday it is" if born else "AniList has no character whose birthday is today."
    assert shown.startswith(expected)


# Suggestions


@pytest.mark.parametrize(
    ("command", "typed", "name"),
    [
        ("anime character info", "okab", "Rintarou Okabe (岡部倫太郎)"),
        ("anime staff search", "minas", "Haruka Minase (水瀬 遥)"),
        ("anime studio info", "white f", "White Fox"),
    ],
)
async def test_characters_staff_and_studios_complete(shared: Place, command: str, typed: str, name: str) -> None:
    choices = await shared.reader.autocomplete(shared.general, command, focused="name", name=typed)
    assert [choice["name"] for choice in choices] == [name]
    assert texts(await ask(shared, command, name=choices[0]["value"])).startswith(f"## {name.partition(' (')[0]}")


@pytest.mark.parametrize(
    ("command", "name"), [("anilist user", "Natsukaze"), ("vndb user", "AyaReads"), ("vndb list", "AyaReads")]
)
async def test_whom_one_looked_up_completes_to_oneself_alone(shared: Place, command: str, name: str) -> None:
    await ask(shared, command, user=name)
    for person, expected in ((shared.reader, [name]), (shared.moderator, [])):
        choices = await person.autocomplete(shared.general, command, focused="user", user=name[:3])
        assert [choice["value"] for choice in choices] == expected


async def test_who_is_not_there_is_not_suggested(place: Place) -> None:
    await run(place, "anilist user", user="nobodyhere")
    assert await place.reader.autocomplete(place.general, "anilist user", focused="user", user="") == []
