"""Accounts that people link by name: the panel, commands without a name, members who show theirs, and who does not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import structs

from bot.playground.engine import texts
from bot.playground.engine.model import User
from tests.flow.account_message import ask, link, open_accounts, read_table, type_name
from tests.flow.conftest import Place
from tests.flow.preview_message import list_replies, post, wait_until
from tests.flow.setting_message import open_panel, read_rows
from tests.flow.test_me import read_export
from tests.flow.vn_message import find_button, press

Payload = dict[str, Any]

SHOWN = "This server is shown your lists now"
NOT_SHOWN = "The member has not linked an account on {}, or does not show it here."
NOT_LINKED = "You have not linked an account on {0} yet: `/me` does that.\nLink {0}"

SERVICES = [("VNDB", "testreader", "vndb"), ("AniList", "shiori_sample", "anilist")]


@pytest.fixture(autouse=True)
def unhurried_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whether an answer is private, and which members are suggested, is found out on a busy machine too."""
    monkeypatch.setattr("bot.lookup.people.PRIVACY_WITHIN_S", 10.0)
    monkeypatch.setattr("bot.lookup.people.SUGGEST_WITHIN_S", 2.0)
    yield


def mention(user: User) -> str:
    return f"<@{user.id}>"


async def find_reply(place: Place, text: str) -> Payload:
    await post(place, place.general, text)
    (reply,) = list_replies(place, place.general)
    return reply


# Linking


@pytest.mark.parametrize("name", ["testreader", "TestReader", "u3", "https://vndb.org/u3", " <https://vndb.org/u3> "])
async def test_a_vndb_user_is_linked_by_name_id_or_link(shared: Place, name: str) -> None:
    said = await link(shared, "VNDB", name)
    assert "✅ Linked **testreader** on VNDB." in said
    assert "Everybody can read there: Playing (1), Finished (5)" in said
    assert "Secret shelf" not in said
    assert "**VNDB**: testreader\n-# Everybody can read its list." in said


@pytest.mark.parametrize(
    "name", ["shiori_sample", "SHIORI_SAMPLE", "#700001", "https://anilist.co/user/shiori_sample/"]
)
async def test_an_anilist_user_is_linked_by_name_number_or_link(shared: Place, name: str) -> None:
    said = await link(shared, "AniList", name)
    assert "✅ Linked **shiori\\_sample** on AniList." in said
    assert "Everybody can read there: 12 anime, 3 manga." in said


@pytest.mark.parametrize(
    ("service", "name", "said"),
    [
        ("VNDB", "nobody-here", "VNDB has no user called nobody-here."),
        ("VNDB", "v17", "VNDB has no user called v17"),
        ("VNDB", "https://vndb.org/v17", "leads to"),
        ("AniList", "ClosedDoor", "AniList has no public profile called ClosedDoor."),
        ("AniList", "#799999", "AniList has no public profile 799999."),
        ("AniList", "x", "must have 2 to 20 letters"),
        ("AniList", "https://myanimelist.net/profile/Aya", "MyAnimeList"),
    ],
)
async def test_who_is_not_there_or_private_is_not_linked(shared: Place, service: str, name: str, said: str) -> None:
    panel = await open_accounts(shared)
    refused = await type_name(panel, service, name)
    assert said in texts(await refused.message())
    assert refused.ephemeral
    assert f"**{service}**\n-# Nothing is linked." in (await open_accounts(shared)).text


@pytest.mark.parametrize(("service", "name"), [("VNDB", "emptyhanded"), ("AniList", "EmptyShelf")])
async def test_that_nothing_can_be_read_is_said(shared: Place, service: str, name: str) -> None:
    said = await link(shared, service, name)
    assert f"⚠️ Nothing of that list can be read: on {service} it is private or empty." in said
    assert "Its list was private or empty when last looked at." in said


async def test_another_account_takes_the_place_of_the_one_before(shared: Place) -> None:
    await link(shared, "VNDB", "testreader")
    said = await link(shared, "VNDB", "u8")
    assert "✅ Linked **Deux\\_Lecteurs** on VNDB, in place of testreader." in said


@pytest.mark.parametrize("where", ["dm", "elsewhere", "after_dark"])
async def test_linking_is_private_wherever_it_is_done(shared: Place, where: str) -> None:
    panel = await open_accounts(shared, where=getattr(shared.world, where))
    submitted = await type_name(panel, "VNDB", "u3")
    assert "✅ Linked" in texts(await submitted.message())
    assert submitted.ephemeral


@pytest.mark.parametrize(("service", "fault"), [("VNDB", "502"), ("VNDB", "rubbish"), ("AniList", "502")])
async def test_a_service_that_is_down_is_named_and_what_was_linked_stays(
    place: Place, service: str, fault: Any
) -> None:
    await link(place, service, {"VNDB": "u8", "AniList": "Natsukaze"}[service])
    sample = place.services.vndb if service == "VNDB" else place.services.anilist
    sample.fault = fault
    panel = await open_accounts(place)
    before = panel.text
    refused = await type_name(panel, service, "shiori_sample" if service == "AniList" else "testreader")
    assert texts(await refused.message()).startswith(service)
    assert refused.ephemeral
    sample.fault = None
    assert (await open_accounts(place)).text == before


async def test_what_is_linked_outlives_a_restart_and_so_do_its_buttons(unconnected: Place) -> None:
    async with unconnected.connected():
        await link(unconnected, "VNDB", "testreader")
        panel = await open_accounts(unconnected)
    async with unconnected.connected():
        said = await panel.press("acc:unlink:VNDB")
        assert "✅ Nothing of yours on VNDB is stored or shown any more." in said
        assert "**VNDB**\n-# Nothing is linked." in said
        panel.message = await (await type_name(panel, "AniList", "Natsukaze")).message()
        assert "**AniList**: Natsukaze" in panel.text


# Commands without a name


@pytest.mark.parametrize(("service", "name", "group"), SERVICES)
async def test_without_an_account_a_sentence_says_how_to_link_one(
    shared: Place, service: str, name: str, group: str
) -> None:
    asked: list[tuple[str, dict[str, Any]]] = [("user", {}), ("list", {}), ("compare", {"other": "Natsukaze"})]
    for command, options in asked:
        exchange = await shared.reader.slash(shared.general, f"{group} {command}", **options)
        message = await exchange.message()
        assert texts(message) == NOT_LINKED.format(service)
        assert exchange.ephemeral
        opened = await shared.reader.press(message, f"acc:link:{service}")
        linked = await shared.reader.submit(opened, {"name": name})
        assert "✅ Linked" in texts(await linked.message())
        await (await open_accounts(shared)).press(f"acc:unlink:{service}")


@pytest.mark.parametrize(("service", "name", "group"), SERVICES)
@pytest.mark.parametrize("shown", [False, True])
async def test_ones_own_is_shown_to_others_only_where_one_shows_it(
    shared: Place, service: str, name: str, group: str, *, shown: bool
) -> None:
    await link(shared, service, name, show=shown)
    plain = name.replace("_", "\\_")
    assert (await ask(shared, f"{group} user"))[0].startswith(f"## {plain}\n")
    for command in ("user", "list"):
        said, private = await ask(shared, f"{group} {command}")
        assert plain in said
        assert private is not shown
    other = {"VNDB": "Deux_Lecteurs", "AniList": "Natsukaze"}[service]
    said, private = await ask(shared, f"{group} compare", other=other)
    assert plain in said
    assert other.replace("_", "\\_") in said
    assert private is not shown


async def test_ones_own_list_takes_a_label_of_ones_own(shared: Place) -> None:
    await link(shared, "VNDB", "testreader")
    choices = await shared.reader.autocomplete(shared.general, "vndb list", focused="label", label="Fav")
    assert [one["name"] for one in choices] == ["Favourites"]
    said, _ = await ask(shared, "vndb list", label="Favourites")
    assert said.startswith("## Favourites of testreader")


async def test_in_direct_messages_ones_own_needs_no_name_either(shared: Place) -> None:
    await link(shared, "VNDB", "testreader", show=True)
    said, _ = await ask(shared, "vndb user", where=shared.world.dm)
    assert said.startswith("## testreader")


async def test_one_who_is_compared_with_themselves_is_told_so(shared: Place) -> None:
    for service, name in (("VNDB", "testreader"), ("AniList", "Natsukaze")):
        await link(shared, service, name)
        said, _ = await ask(shared, f"{service.lower()} compare", other=name.upper())
        assert said == "The other user is you; name somebody else."


async def test_an_account_that_is_gone_is_said_to_be_so_and_another_can_be_linked(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = unconnected
    async with place.connected():
        await link(place, "AniList", "Natsukaze")
    monkeypatch.delitem(place.services.anilist.library.users, 700002)
    async with place.connected():  # with nothing of it in memory
        exchange = await place.reader.slash(place.general, "anilist user")
        message = await exchange.message()
        assert (
            texts(message) == "AniList has no public profile Natsukaze any more, which was linked here.\nLink AniList"
        )
        assert exchange.ephemeral
        opened = await place.reader.press(message, "acc:link:AniList")
        linked = await place.reader.submit(opened, {"name": "shiori_sample"})
        assert "in place of Natsukaze" in texts(await linked.message())


# Members


@pytest.mark.parametrize(("service", "name", "group"), SERVICES)
async def test_a_member_is_named_who_shows_it_here(shared: Place, service: str, name: str, group: str) -> None:
    said = await link(shared, service, name, by=shared.moderator, show=True)
    assert SHOWN in said
    member = mention(shared.moderator.user)
    plain = name.replace("_", "\\_")
    for command in ("user", "list"):
        said, private = await ask(shared, f"{group} {command}", user=member)
        assert plain in said
        assert not private
    await link(shared, service, {"VNDB": "u8", "AniList": "Natsukaze"}[service])
    said, _ = await ask(shared, f"{group} compare", other=member)
    assert plain in said


@pytest.mark.parametrize(("service", "name", "group"), SERVICES)
async def test_who_linked_nothing_and_who_shows_nothing_cannot_be_told_apart(
    shared: Place, service: str, name: str, group: str
) -> None:
    wanted = (NOT_SHOWN.format(service), True)
    member = mention(shared.moderator.user)
    assert await ask(shared, f"{group} user", user=member) == wanted
    await link(shared, service, name, by=shared.moderator)
    assert await ask(shared, f"{group} user", user=member) == wanted
    panel = await open_accounts(shared, shared.moderator)
    await panel.press("acc:show")
    assert "Nothing of your lists is shown to this server any more." in await panel.press("acc:hide")
    for command in ("user", "list"):
        assert await ask(shared, f"{group} {command}", user=member) == wanted
    await link(shared, service, name)
    assert await ask(shared, f"{group} compare", other=member) == wanted


@pytest.mark.parametrize("named", ["<@1>", "<@99999999999999999999>", "<@9999999999999999999>"])
async def test_somebody_made_up_is_no_member_and_no_error(shared: Place, named: str) -> None:
    said, private = await ask(shared, "vndb user", user=named)
    assert private
    assert said.startswith(("VNDB has no user", "The member has not linked"))


async def test_what_is_shown_in_one_server_is_shown_in_no_other_and_not_in_direct_messages(shared: Place) -> None:
    await link(shared, "VNDB", "testreader", by=shared.moderator, show=True)
    for where in (shared.world.elsewhere, shared.world.dm):
        said, private = await ask(shared, "vndb user", where=where, user=mention(shared.moderator.user))
        assert said == (
            "The member can be named only in a server that Shiori is a member of, where they show their lists."
        )
        assert private


async def test_where_the_bot_is_no_member_and_in_direct_messages_nothing_can_be_shown(shared: Place) -> None:
    await link(shared, "VNDB", "testreader")
    assert "use `/me` there" in (await open_accounts(shared, where=shared.world.dm)).text
    panel = await open_accounts(shared, where=shared.world.elsewhere)
    assert "Shiori is not a member of this server" in panel.text


async def test_who_left_the_server_is_shown_no_more_and_their_choice_is_forgotten(place: Place) -> None:
    await link(place, "VNDB", "testreader", by=place.moderator, show=True)
    place.world.moderator.left = True
    said, private = await ask(place, "vndb user", user=mention(place.moderator.user))
    assert (said, private) == (NOT_SHOWN.format("VNDB"), True)
    assert await place.shiori.accounts.list_servers(int(place.moderator.user.id)) == []
    place.world.moderator.left = False
    assert (await ask(place, "vndb user", user=mention(place.moderator.user)))[0] == NOT_SHOWN.format("VNDB")


async def test_who_shows_it_can_be_picked_while_a_name_is_typed(shared: Place) -> None:
    async def suggest(typed: str) -> list[tuple[str, str]]:
        choices = await shared.reader.autocomplete(shared.general, "vndb compare", focused="other", other=typed)
        return [(one["name"], one["value"]) for one in choices if one["value"].startswith("<")]

    await link(shared, "VNDB", "testreader", by=shared.moderator)
    assert await suggest("") == []
    await link(shared, "VNDB", "testreader", by=shared.moderator, show=True)
    wanted = [("Moderator (testreader on VNDB)", mention(shared.moderator.user))]
    assert [await suggest(typed) for typed in ("", "mode", "@moder", "READER", "xyz")] == [*[wanted] * 4, []]
    await (await open_accounts(shared, shared.moderator)).press("acc:hide")
    assert await suggest("") == []


async def test_hiding_everywhere_hides_it_in_every_server(shared: Place) -> None:
    await link(shared, "VNDB", "testreader", show=True)
    panel = await open_accounts(shared, where=shared.world.dm)
    assert "Shown to 1 server." in panel.text
    assert "No server is shown your lists any more." in await panel.press("acc:hide-all")
    said, _ = await ask(shared, "vndb user", by=shared.moderator, user=mention(shared.reader.user))
    assert said == NOT_SHOWN.format("VNDB")


# A name that changed


@pytest.mark.parametrize("taken", [False, True])
async def test_a_new_name_is_found_by_the_number_and_kept(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch, *, taken: bool
) -> None:
    """Also where somebody else took the old one."""
    place = unconnected
    async with place.connected():
        await link(place, "AniList", "Natsukaze")
        await link(place, "VNDB", "u8")
    users = place.services.anilist.library.users
    if taken:
        monkeypatch.setitem(users, 700009, structs.replace(users[700003], id=700009, name="Natsukaze"))
    monkeypatch.setitem(users, 700002, structs.replace(users[700002], name="Akikaze"))
    readers = place.services.vndb.users
    monkeypatch.setitem(readers, "u8", structs.replace(readers["u8"], username="one_reader"))
    async with place.connected():  # with nothing of them in memory
        assert (await ask(place, "anilist user"))[0].startswith("## Akikaze")
        assert (await ask(place, "vndb user"))[0].startswith("## one\\_reader")
        said = (await open_accounts(place)).text
    assert "**AniList**: Akikaze" in said
    assert "**VNDB**: one\\_reader" in said


# This is me


@pytest.mark.parametrize(
    ("service", "url", "name"),
    [
        ("VNDB", "https://vndb.org/u3", "testreader"),
        ("VNDB", "https://vndb.org/u3/ulist?vnlist=1", "testreader"),
        ("AniList", "https://anilist.co/user/Natsukaze/", "Natsukaze"),
        ("AniList", "https://anilist.co/user/700002/animelist", "Natsukaze"),
    ],
)
async def test_a_profile_that_is_linked_to_is_linked_to_whoever_says_that_it_is_theirs(
    shared: Place, service: str, url: str, name: str
) -> None:
    reply = await find_reply(shared, url)
    for person in (shared.reader, shared.moderator):
        exchange = await press(person, reply, "This is me")
        assert f"✅ Linked **{name}** on {service}." in texts(await exchange.message())
        assert exchange.ephemeral
    assert texts(shared.world.messages[reply["id"]].payload) == texts(reply)
    assert (await ask(shared, f"{service.lower()} user"))[0].startswith(f"## {name}")


@pytest.mark.parametrize(
    "url", ["https://vndb.org/v17", "https://anilist.co/anime/9253", "https://anilist.co/character/35252"]
)
async def test_what_is_no_profile_is_nobody(shared: Place, url: str) -> None:
    assert find_button(await find_reply(shared, url), "This is me") is None


async def test_of_several_profiles_none_is_offered(shared: Place) -> None:
    reply = await find_reply(shared, "https://vndb.org/u3 https://vndb.org/u8")
    assert find_button(reply, "This is me") is None


async def test_a_profile_that_is_gone_meanwhile_is_not_linked(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with unconnected.connected():
        reply = await find_reply(unconnected, "https://anilist.co/user/Natsukaze")
    monkeypatch.delitem(unconnected.services.anilist.library.users, 700002)
    async with unconnected.connected():
        exchange = await press(unconnected.reader, reply, "This is me")
        assert texts(await exchange.message()) == "AniList has no public profile 700002."
        assert exchange.ephemeral


# What is stored


async def test_the_export_has_it_and_deleting_takes_it_away(place: Place) -> None:
    await link(place, "VNDB", "testreader", show=True)
    await link(place, "AniList", "Natsukaze")
    panel = await open_panel(place.reader, place.general, "me")
    await panel.press("me:export")
    assert "servers that see them, and lists that are kept**: 3 records (Natsukaze, testreader)" in panel.text
    stored = read_export(place, panel)["accounts"]
    assert [one.get("id") for one in stored] == ["700002", "u3", None]
    assert str(place.world.guild_id) in json.dumps(stored)
    await panel.press("panelb:me")
    await panel.press("me:delete")
    assert "3 records about you were deleted" in await panel.press("me:delete!")
    assert not [row for row in read_rows(place) if place.reader.user.id in row]
    assert (await ask(place, "vndb user"))[0] == NOT_LINKED.format("VNDB")


async def test_a_link_that_was_on_its_way_while_all_was_deleted_is_not_kept(place: Place) -> None:
    place.services.vndb.latency_s = 0.5
    panel = await open_accounts(place)
    asked = len(place.services.vndb.requests)
    linking = asyncio.create_task(type_name(panel, "VNDB", "testreader"))
    await wait_until(lambda: len(place.services.vndb.requests) > asked)
    own = await open_panel(place.reader, place.general, "me")
    await own.press("me:delete")
    await own.press("me:delete!")
    said = texts(await (await linking).message())
    assert "Stored data was deleted while this was going on" in said
    assert read_table(place, "account") == []
