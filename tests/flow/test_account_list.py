"""Who of a server has a work on the list that they show it: fetched in the background, for one person to look at."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from bot.account.model import Account
from bot.account.readers import NOBODY
from bot.anime.cards.route import HereRoute
from bot.navigation.address import NOWHERE
from bot.navigation.item import SeeButton
from bot.playground.engine import Person, texts
from bot.playground.service import AnilistSample
from tests.flow.account_message import link, open_accounts, read_table
from tests.flow.conftest import Place
from tests.flow.preview_message import forge_button, wait_until
from tests.flow.setting_message import open_panel
from tests.flow.test_me import read_export
from tests.flow.vn_message import find_button, press

Payload = dict[str, Any]
MEMBERS = "Members"
STEINS = 9253


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A round of what is fetched in the background follows the other."""
    monkeypatch.setattr("bot.account.keeper.ROUND_S", 0.05)
    monkeypatch.setattr("bot.lookup.people.PRIVACY_WITHIN_S", 10.0)


async def show(place: Place, service: str, name: str, person: Person | None = None) -> None:
    """Have somebody link an account and show it to the server, and wait until the list is there."""
    before = count_lists(place)
    await link(place, service, name, by=person, show=True)
    await wait_until(lambda: count_lists(place) > before)


def count_lists(place: Place) -> int:
    """How many lists were fetched."""
    return len([row for row in read_table(place, "kept_list") if row[2]])


async def open_card(place: Place, command: str = "vn info", title: str = "v17", **where: Any) -> Payload:
    return await (await place.reader.slash(where.get("where", place.general), command, title=title)).message()


async def look(place: Place, card: Payload, person: Person | None = None) -> str:
    """What the button on a card tells somebody, who alone sees it."""
    exchange = await press(person or place.reader, card, MEMBERS)
    message = await exchange.message()
    assert exchange.ephemeral
    assert message["mentions"] == []
    return texts(message)


async def test_members_who_show_their_list_are_named_with_their_votes(place: Place) -> None:
    assert find_button(await open_card(place), MEMBERS) is None
    await show(place, "VNDB", "testreader")
    await show(place, "VNDB", "u8", place.moderator)
    card = await open_card(place)
    assert place.reader.user.id not in texts(card)
    said = await look(place, card, place.moderator)
    assert "### On lists of this server\n2 votes, 8.8 on average" in said
    first, second = (
        f"<@{place.reader.user.id}> · **9** · finished",
        f"<@{place.moderator.user.id}> · **8.7** · finished",
    )
    assert f"{first}\n{second}" in said


async def test_what_is_on_no_list_or_private_or_a_wish_is_read_by_nobody(place: Place) -> None:
    await show(place, "VNDB", "testreader")
    for novel in ("v67", "v24", "v5"):  # private, on the wishlist, not there
        assert NOBODY in await look(place, await open_card(place, title=novel))
    assert "· playing" in await look(place, await open_card(place, title="v5154"))


async def test_nothing_is_offered_where_nobody_shows_anything(place: Place) -> None:
    await show(place, "VNDB", "testreader")
    for where in (place.world.dm, place.world.elsewhere):
        assert find_button(await open_card(place, where=where), MEMBERS) is None
    assert find_button(await open_card(place, "anime info", f"#{STEINS}"), MEMBERS) is None


async def test_who_opts_out_is_gone_from_a_card_that_stands(place: Place) -> None:
    await show(place, "VNDB", "testreader")
    card = await open_card(place)
    assert place.reader.user.id in await look(place, card)
    await (await open_accounts(place)).press("acc:hide")
    assert NOBODY in await look(place, card)
    assert [read_table(place, name) for name in ("kept_list", "listed_work")] == [[], []]
    assert find_button(await open_card(place), MEMBERS) is None


async def test_who_left_the_server_is_not_named(place: Place) -> None:
    await show(place, "VNDB", "testreader", place.moderator)
    card = await open_card(place)
    place.world.moderator.left = True
    assert NOBODY in await look(place, card)
    assert [read_table(place, name) for name in ("opt_in", "listed_work")] == [[], []]


async def test_more_than_ten_are_counted(place: Place) -> None:
    await show(place, "VNDB", "testreader")
    people = [place.world.create_user(f"reader{number}") for number in range(12)]
    for number, user in enumerate(people):
        account, accounts = await place.shiori.accounts.find(int(place.reader.user.id), "VNDB"), place.shiori.accounts
        assert account is not None
        await accounts.link(int(user.id), account, now_s=number)
        await accounts.opt_in(int(user.id), int(place.world.guild_id), now_s=number)
    said = await look(place, await open_card(place))
    assert said.count("<@") == 10
    assert "and 3 more" in said


@pytest.mark.parametrize(
    ("command", "title", "word"), [("anime info", f"#{STEINS}", "finished"), ("manga info", "#30013", "reading")]
)
async def test_anime_and_manga_have_them_too(place: Place, command: str, title: str, word: str) -> None:
    await show(place, "AniList", "shiori_sample")
    said = await look(place, await open_card(place, command, title))
    assert f"<@{place.reader.user.id}>" in said
    assert f"· {word}" in said


async def test_a_list_that_became_private_is_empty_and_costs_no_other(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = unconnected
    with monkeypatch.context() as patch:
        patch.setattr("bot.account.keeper.ROUND_S", 3600.0)  # it was linked, and not fetched yet
        async with place.connected():
            await link(place, "AniList", "Natsukaze", show=True)
    users = place.services.anilist.library.users
    monkeypatch.setitem(users, 700002, structs.replace(users[700002], private=True))
    async with place.connected():
        await link(place, "AniList", "shiori_sample", by=place.moderator, show=True)
        await wait_until(lambda: count_lists(place) == 2)
        said = await look(place, await open_card(place, "anime info", f"#{STEINS}"))
    assert place.moderator.user.id in said


async def test_a_work_for_adults_is_not_told_of_in_an_ordinary_channel(place: Place) -> None:
    await show(place, "AniList", "shiori_sample")
    card = await open_card(place, "anime info", f"#{AnilistSample.ADULT}", where=place.world.after_dark)
    assert place.reader.user.id in await look(place, card)
    custom_id = SeeButton(NOWHERE.go(HereRoute("anime", AnilistSample.ADULT)), label=MEMBERS).custom_id
    exchange = await place.reader.press(forge_button(place, place.general, custom_id), custom_id)
    said = texts(await exchange.message())
    assert place.reader.user.id not in said
    assert "Evening Lanterns" not in said


@pytest.mark.parametrize("fault", ["502", "rubbish", "429"])
async def test_while_the_service_is_down_lists_wait_and_nobody_hears_of_it(place: Place, fault: Any) -> None:
    await link(place, "VNDB", "testreader", show=True)
    await wait_until(lambda: count_lists(place) == 1)
    place.services.vndb.fault = fault
    await link_directly(place, place.moderator, "u8")
    await wait_until(lambda: any("u8" in row for row in read_table(place, "kept_list")))
    place.services.vndb.fault = None
    assert place.reader.user.id in await look(place, await open_card(place))


async def link_directly(place: Place, person: Person, account_id: str) -> None:
    """Have somebody linked whom the service is not asked for."""
    user_id, guild_id = int(person.user.id), int(place.world.guild_id)
    await place.shiori.accounts.link(user_id, Account("VNDB", account_id, account_id, public=True), now_s=1)
    await place.shiori.accounts.opt_in(user_id, guild_id, now_s=1)


async def test_who_may_have_left_is_not_named_while_discord_says_nothing_and_stays_in(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.account.member.WITHIN_S", 0.2)
    await show(place, "VNDB", "testreader", place.moderator)
    card = await open_card(place)
    place.discord.gateway.hides_members = True
    for _ in range(3):
        assert NOBODY in await look(place, card)
    assert len(place.discord.gateway.asked_for_members) == 1  # and not again for a while
    assert len(read_table(place, "opt_in")) == 1


async def test_a_server_of_many_is_asked_for_a_hundred_members_at_once_and_once_an_hour(place: Place) -> None:
    await show(place, "VNDB", "testreader")
    account = await place.shiori.accounts.find(int(place.reader.user.id), "VNDB")
    assert account is not None
    for number in range(249):
        user = place.world.create_user(f"reader{number}")
        await place.shiori.accounts.link(int(user.id), account, now_s=number)
        await place.shiori.accounts.opt_in(int(user.id), int(place.world.guild_id), now_s=number)
    asked = len(place.services.vndb.requests)
    card = await open_card(place)
    for _ in range(2):
        said = await look(place, card)
        assert "250 votes, 9 on average" in said
        assert "and 240 more" in said
    assert place.discord.gateway.asked_for_members == [100, 100, 50]
    assert len(place.services.vndb.requests) <= asked + 2  # the card, and its names


async def test_what_is_kept_of_a_list_is_in_its_owners_export_and_goes_with_all_else(place: Place) -> None:
    await show(place, "VNDB", "testreader")
    works = {row[2] for row in read_table(place, "listed_work")}
    assert works
    panel = await open_panel(place.reader, place.general, "me")
    await panel.press("me:export")
    (kept,) = [one for one in read_export(place, panel)["accounts"] if "works" in one]
    assert {work["work_id"] for work in kept["works"]} == works
    await panel.press("panelb:me")
    await panel.press("me:delete")
    await panel.press("me:delete!")
    assert read_table(place, "listed_work") == []
