"""`/vndb here` and `/anilist here`: what the lists that members show a server have together, for whoever asks alone."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from bot.account.model import Account, ListedWork, Service
from bot.playground.engine import Person, pictures, texts
from bot.playground.service import AnilistSample
from tests.flow.account_message import link, open_accounts, read_table
from tests.flow.conftest import Place
from tests.flow.preview_message import settle, wait_until
from tests.flow.vn_message import choose, press

Payload = dict[str, Any]
BOTH = [("vndb here", "VNDB"), ("anilist here", "AniList")]


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A round of what is fetched in the background follows the other."""
    monkeypatch.setattr("bot.account.keeper.ROUND_S", 0.05)


async def show(place: Place, service: str, name: str, person: Person | None = None) -> None:
    """Have somebody link an account and show it to the server, and wait until the list is there."""
    before = count_lists(place)
    await link(place, service, name, by=person, show=True)
    await wait_until(lambda: count_lists(place) > before)


def count_lists(place: Place) -> int:
    """How many lists were fetched."""
    return len([row for row in read_table(place, "kept_list") if row[2]])


async def keep(
    place: Place, person: Person, votes: Mapping[int, int] | None, *, service: Service = "VNDB", kind: str = "vn"
) -> None:
    """Have somebody show a list that is there already, with these votes; None: one that is still to be fetched."""
    account_id, user_id = person.user.id[-6:], int(person.user.id)
    await place.shiori.accounts.link(user_id, Account(service, account_id, "x", public=True), now_s=1)
    await place.shiori.accounts.opt_in(user_id, int(place.world.guild_id), now_s=1)
    if votes is not None:
        lists, now_s = place.shiori.people.lists, int(time.time())
        await lists.take(service, at_most=9, now_s=now_s)
        works = [ListedWork(work_id, kind, "finished", vote) for work_id, vote in votes.items()]
        await lists.keep(service, account_id, works, now_s=now_s)


async def ask_here(place: Place, command: str, person: Person | None = None, **options: Any) -> Payload:
    """The answer, which the asker alone sees and which pings nobody."""
    where = options.pop("where", place.general)
    exchange = await (person or place.reader).slash(where, command, **options)
    assert exchange.ephemeral
    message = await exchange.message()
    assert message["mentions"] == []
    return message


async def turn_to(place: Place, message: Payload, address: str) -> str:
    return texts(await (await choose(place.reader, message, address)).message())


@pytest.mark.usefixtures("soon")
async def test_novels_that_two_voted_on_come_by_their_mean(place: Place) -> None:
    await show(place, "VNDB", "testreader")
    assert "There are no novels yet that 2 members voted on." in texts(await ask_here(place, "vndb here"))
    await show(place, "VNDB", "u8", place.moderator)
    asked = len(place.services.vndb.requests)
    message = await ask_here(place, "vndb here")
    said = texts(message)
    assert "## Best rated novels of this server" in said
    assert said.index("9.4 from 2 members · read by 2") < said.index("8.8 from 2 members · read by 2")
    assert "From 2 lists that members show here" in said
    assert place.reader.user.id not in said
    assert len(pictures(message)) > 0
    assert len(place.services.vndb.requests) <= asked + 2  # the novels of the page, and VNDB's names
    assert "## Most read novels of this server" in await turn_to(place, message, "vndb-here/read")
    assert "voted on 5 or more of what you voted on" in await turn_to(place, message, "vndb-here/taste")


@pytest.mark.usefixtures("soon")
async def test_anime_and_manga_are_surveyed_each_with_one_question(place: Place) -> None:
    await show(place, "AniList", "shiori_sample")
    await show(place, "AniList", "Natsukaze", place.moderator)
    asked = len(place.services.anilist.requests)
    message = await ask_here(place, "anilist here")
    said = texts(message)
    assert len(place.services.anilist.requests) == asked + 1
    assert "## Best rated anime of this server" in said
    assert "9.5 from 2 members · watched by 2" in said
    taste = await turn_to(place, message, "al-here/anime/taste")
    assert f"1. <@{place.moderator.user.id}> · votes **1.9** apart, 5 in common" in taste
    assert place.reader.user.id not in taste
    manga = await ask_here(place, "anilist here", kind="manga")
    assert "There are no manga yet that 2 members voted on." in texts(manga)
    assert "8.8 from 1 member · read by 1" in await turn_to(place, manga, "al-here/manga/read")


@pytest.mark.parametrize(("command", "service"), BOTH)
async def test_where_nobody_shows_anything_it_says_how(place: Place, command: str, service: str) -> None:
    said = texts(await ask_here(place, command))
    assert f"Nobody shows this server their list on {service} yet. `/me` links yours, and shows it here." in said
    said = texts(await ask_here(place, command, where=place.world.dm))
    assert "The list of members is for servers that Shiori is a member of." in said


async def test_lists_that_are_still_to_be_fetched_are_spoken_of(place: Place) -> None:
    await keep(place, place.reader, None)
    message = await ask_here(place, "vndb here")
    assert "The lists that members show are still being fetched." in texts(message)
    await keep(place, place.moderator, {17: 90})
    message = await ask_here(place, "vndb here")
    assert "1 more list is still being fetched." in texts(message)
    assert "Your list is still being fetched." in await turn_to(place, message, "vndb-here/taste")


async def test_whose_taste_is_near_is_told_to_those_alone_who_show_their_own_list(place: Place) -> None:
    votes: dict[int, int] = dict.fromkeys((4, 7, 11, 17, 24), 80)
    await keep(place, place.moderator, votes)
    message = await ask_here(place, "vndb here")
    said = await turn_to(place, message, "vndb-here/taste")
    assert "with yours on VNDB, which you do not show here. `/me` does that." in said
    assert place.moderator.user.id not in said
    await keep(place, place.reader, {number: vote + 10 for number, vote in votes.items()})
    near = f"1. <@{place.moderator.user.id}> · votes **1** apart, 5 in common"
    assert near in await turn_to(place, message, "vndb-here/taste")
    await place.shiori.accounts.opt_out(int(place.moderator.user.id), int(place.world.guild_id))
    assert place.moderator.user.id not in await turn_to(place, message, "vndb-here/taste")


async def test_who_left_the_server_counts_no_more(place: Place) -> None:
    await keep(place, place.reader, {17: 90})
    await keep(place, place.moderator, {17: 80})
    await place.shiori.wait_until_ready()
    await settle(place)  # the servers that the bot is not in were forgotten: this one is made up
    await place.shiori.accounts.opt_in(int(place.moderator.user.id), 1, now_s=1)  # where they stay: the list is kept
    place.world.moderator.left = True
    said = texts(await ask_here(place, "vndb here"))
    assert "There are no novels yet that 2 members voted on." in said
    assert "From 1 list that members show here" in said
    assert len(read_table(place, "listed_work")) == 2


async def test_who_opts_out_counts_no_more(place: Place) -> None:
    await keep(place, place.reader, {17: 90})
    await keep(place, place.moderator, {17: 80})
    assert "8.5 from 2 members" in texts(await ask_here(place, "vndb here"))
    await (await open_accounts(place)).press("acc:hide")
    assert "There are no novels yet" in texts(await ask_here(place, "vndb here"))


async def test_a_work_for_adults_is_named_in_age_restricted_channels_alone(place: Place) -> None:
    for person in (place.reader, place.moderator):
        await keep(place, person, {9253: 90, AnilistSample.ADULT: 100}, service="AniList", kind="anime")
    said = texts(await ask_here(place, "anilist here"))
    assert "Steins;Gate" in said
    assert "Evening Lanterns" not in said
    assert "1 more is for adults, or may be" in said
    assert "Evening Lanterns" in texts(await ask_here(place, "anilist here", where=place.world.after_dark))


async def test_works_that_the_service_has_no_more_are_left_out_and_pages_turn(place: Place) -> None:
    novels: dict[int, int] = dict.fromkeys((4, 7, 11, 17, 24, 67, 97, 2002, 9_999_999), 90)
    for person in (place.reader, place.moderator):
        await keep(place, person, novels)
    message = await ask_here(place, "vndb here")
    second = texts(await (await press(place.reader, message, "Next")).message())
    assert "9 visual novels" in second
    assert "Page 2 of 2" in second
    assert second.count("9 from 2 members") == 2


@pytest.mark.parametrize(("command", "service"), BOTH)
async def test_while_the_service_is_down_it_says_so(place: Place, command: str, service: Service) -> None:
    for person in (place.reader, place.moderator):
        await keep(place, person, {2167: 90}, service=service, kind="vn" if service == "VNDB" else "anime")
    (place.services.vndb if service == "VNDB" else place.services.anilist).fault = "502"
    said = texts(await ask_here(place, command))
    assert f"{service} answered with an error" in said
    assert "from 2 members" not in said
