"""`/anime character`, `staff`, `studio`, `user` and `compare`."""

from __future__ import annotations

import pytest

from bot.playground.engine import texts
from tests.flow.anime_message import ask, run
from tests.flow.conftest import Place
from tests.flow.entry_message import REVEAL, open_page, turn
from tests.flow.vn_message import choose, list_pages, list_values, press, read_contents

SECRET = "What happens to them at the end."


@pytest.mark.parametrize(
    ("command", "option", "heading"),
    [
        ("anime character info", "okabe", "## Rintarou Okabe\n"),
        ("anime character info", "牧瀬", "## Kurisu Makise\n"),
        ("anime staff info", "minase", "## Haruka Minase\n"),
        ("anime staff info", "北見", "## Sousuke Kitami\n"),
        ("anime studio info", "bones", "## bones\n"),
    ],
)
async def test_the_only_one_of_that_name_has_a_card_and_a_page_of_works(
    shared: Place, command: str, option: str, heading: str
) -> None:
    card = await ask(shared, command, name=option)
    assert texts(card).startswith(heading)
    works = await open_page(shared, card, "Works")
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
        assert texts(await turn(unconnected, card, "Return")) == texts(listed)


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
    shown = texts(await (await press(shared.moderator, card, REVEAL)).message())
    assert SECRET in shown
    assert "Kyouma from Elsewhere" in shown


# People on AniList


async def test_a_profile_leads_to_its_lists_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        card = await ask(unconnected, "anilist user", user="Natsukaze")
        assert "**Anime:** 7" in texts(card)
    async with unconnected.connected():
        anime = await open_page(unconnected, card, "Anime")
        assert texts(anime).startswith("## Anime of Natsukaze\n### Current\n")
        assert "**Clannad** · 100% · 23 of 23" in texts(anime)
        manga = await open_page(unconnected, anime, "Manga")
    assert "**Berserk** · 99%" in texts(manga)


async def test_a_name_with_every_sign_that_it_may_have_leads_on_too(shared: Place) -> None:
    card = await ask(shared, "anilist user", user="shiori_sample")
    assert "**Steins;Gate** · 100%" in texts(await open_page(shared, card, "Anime"))


async def test_somebody_without_entries_has_a_card(shared: Place) -> None:
    card = await ask(shared, "anilist user", user="EmptyShelf")
    assert "Nothing can be seen" in texts(card)
    assert "There is nothing to show here." in texts(await open_page(shared, card, "Anime"))


@pytest.mark.parametrize("name", ["ClosedDoor", "nobodyhere"])
async def test_a_private_profile_is_like_none(shared: Place, name: str) -> None:
    exchange = await run(shared, "anilist user", user=name)
    assert texts(await exchange.message()) == "AniList has no public profile of this name."
    assert exchange.ephemeral


@pytest.mark.parametrize("name", ["no such!", "a b", "ööö", "../user", "@everyone"])
async def test_what_is_no_name_is_not_asked_for(place: Place, name: str) -> None:
    exchange = await run(place, "anilist user", user=name)
    assert texts(await exchange.message()).startswith("That cannot be used. The AniList name has 2 to 20 letters")
    assert place.services.anilist.requests == []


async def test_what_somebody_writes_of_themselves_is_not_shown(shared: Place) -> None:
    shown = read_contents(await ask(shared, "anilist user", user="mark_down"))
    assert "secret" not in shown
    assert "example.com" not in shown


async def test_two_people_are_compared_by_what_both_scored(shared: Place) -> None:
    message = await ask(shared, "anilist compare", user="Natsukaze", other="shiori_sample")
    assert "**In common:** 5 scores" in texts(message)
    assert "**Steins;Gate** · Natsukaze 80% · shiori\\_sample 100%" in texts(message)
    card = await (await choose(shared.reader, message, "anime/9253")).message()
    assert texts(await turn(shared, card, "Return")) == texts(message)


async def test_nothing_in_common_is_said(shared: Place) -> None:
    message = await ask(shared, "anilist compare", user="Natsukaze", other="shiori_sample", kind="manga")
    assert "**In common:** 0 scores" in texts(message)
    assert list_values(message) == set()


@pytest.mark.parametrize("names", [("Natsukaze", "ClosedDoor"), ("nobodyhere", "Natsukaze")])
async def test_comparing_with_somebody_who_cannot_be_seen_is_a_sentence(shared: Place, names: tuple[str, str]) -> None:
    exchange = await run(shared, "anilist compare", user=names[0], other=names[1])
    assert texts(await exchange.message()) == "AniList has no public profile of this name."
    assert exchange.ephemeral


async def test_nobody_is_compared_with_themselves(shared: Place) -> None:
    message = await ask(shared, "anilist compare", user="Natsukaze", other="natsukaze")
    assert texts(message) == "That cannot be used. The second user is the same as the first."
