"""`/help`, by command, by mention and by direct message."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.account.seal import build_key
from bot.config import Config, parse_config
from bot.interaction.permission import ASKED_FOR
from bot.interaction.reply import finish_answers
from bot.playground.engine import Channel, Permission, buttons, texts
from bot.playground.service import Sample
from bot.welcome.command import CommandNames
from bot.welcome.helper import AGAIN_AFTER_S
from tests.flow.conftest import Place
from tests.flow.preview_message import Payload, find_custom_id, find_url, list_replies, post

_COMMAND = re.compile("</([a-z ]+):([0-9]+)>")


def mention(place: Place) -> str:
    return f"<@{place.world.bot.id}>"


def labels(message: Payload) -> list[str]:
    return [str(button.get("label")) for button in buttons(message)]


def is_private(message: Payload) -> bool:
    return bool(message["flags"] & 64)


def list_names(commands: list[Payload], before: str = "") -> set[str]:
    """The commands that can be typed, with their groups."""
    names: set[str] = set()
    for command in commands:
        name = f"{before} {command['name']}".strip()
        inner = [one for one in command.get("options") or () if one["type"] in (1, 2)]
        names |= list_names(inner, name) if inner else {name}
    return names


@pytest.mark.parametrize("where", ["general", "general_thread", "after_dark", "dm", "elsewhere"])
async def test_help_is_shown_to_the_one_who_asks(shared: Place, where: str) -> None:
    channel: Channel = getattr(shared.world, where)
    shown = await (await shared.reader.slash(channel, "help", user_install=where == "elsewhere")).message()
    assert is_private(shown)
    assert "Visual novels" in texts(shown)
    assert labels(shown)[0] == "A random novel"
    assert "Preview settings" not in labels(shown)


async def test_every_command_that_help_names_is_one(shared: Place) -> None:
    shown = await (await shared.reader.slash(shared.general, "help")).message()
    named = set(_COMMAND.findall(texts(shown)))
    assert len(named) > 15
    assert {name for name, _ in named} <= list_names(shared.world.commands)
    ids = {one["name"]: one["id"] for one in shared.world.commands if one.get("type", 1) == 1}
    assert {(name, ids[name.split()[0]]) for name, _ in named} == named


async def test_all_commands_are_a_press_away(shared: Place) -> None:
    shown = await (await shared.reader.slash(shared.general, "help")).message()
    exchange = await shared.reader.press(shown, "help:commands")
    listed = await exchange.message()
    assert is_private(listed)
    chat = [one for one in shared.world.commands if one.get("type", 1) == 1]
    assert {name for name, _ in _COMMAND.findall(texts(listed))} == list_names(chat)
    assert "Visual novels from VNDB" in texts(listed)


async def test_who_manages_the_server_is_told_how(shared: Place) -> None:
    for person, told in ((shared.moderator, True), (shared.reader, False)):
        shown = texts(await (await person.slash(shared.general, "help")).message())
        assert ("</settings server:" in shown) is ("</settings why:" in shown) is told
        assert "</me:" in shown


async def test_its_buttons_do_what_they_say(shared: Place) -> None:
    shown = await (await shared.reader.slash(shared.general, "help")).message()
    for beginning, expected in (("see:random", "VNDB"), ("see:al", "AniList")):
        custom_id = find_custom_id(shown, beginning)
        assert custom_id is not None
        opened = await (await shared.reader.press(shown, custom_id)).message()
        assert is_private(opened)
        assert expected in texts(opened)


async def test_who_manages_the_server_gets_to_its_settings(shared: Place) -> None:
    shown = await (await shared.moderator.slash(shared.general, "help")).message()
    opened = await (await shared.moderator.press(shown, "panelb:s")).message()
    assert "Settings of this server" in texts(opened)


async def test_it_links_to_an_invitation_with_what_is_needed(shared: Place) -> None:
    shown = await (await shared.reader.slash(shared.world.dm, "help")).message()
    urls = [button["url"] for button in buttons(shown) if "url" in button]
    assert len(urls) == 1  # nobody told where the source is
    assert f"client_id={shared.world.application_id}" in urls[0]
    assert f"permissions={ASKED_FOR.value}" in urls[0]


async def test_what_is_stored_is_told_where_the_host_has_no_page_for_it(shared: Place) -> None:
    shown = await (await shared.reader.slash(shared.general, "help")).message()
    assert "Privacy" in labels(shown)
    told = await (await shared.reader.press(shown, "help:privacy")).message()
    assert is_private(told)
    assert texts(told).startswith("## Privacy\n")
    assert re.search(r"none is kept\. </me:[0-9]+> shows what is stored about you, and can delete it\.", texts(shown))
    assert "</me:" in texts(told)


async def test_it_links_to_what_the_host_told(unconnected: Place) -> None:
    told: dict[str, Any] = {
        "source_url": "https://example.org/source",
        "privacy_url": "https://example.org/privacy".ljust(512, "y"),  # the longest that there may be
    }
    assert parse_config({name.upper(): value for name, value in told.items()}) == Config(**told)
    async with unconnected.connected(**told):
        shown = await (await unconnected.reader.slash(unconnected.general, "help")).message()
        urls = [button["url"] for button in buttons(shown) if "url" in button]
    assert urls[1:] == list(told.values())
    assert find_custom_id(shown, "help:privacy") is None


@pytest.mark.parametrize(
    ("contact", "told", "urls"),
    [
        ("a_b@example.org", "\n-# ✉️ To reach whoever hosts this bot: a\\_b@example.org", []),
        ("<@&1> https://example.org/", "hosts this bot: \\<@\u200b&1> https\\://example.org/", []),
        ("https://example.org/my bot", "hosts this bot: https\\://example.org/my bot", []),
        ("https://example.org/bot", "", ["https://example.org/bot"]),
    ],
)
async def test_it_tells_how_whoever_hosts_it_is_reached(
    unconnected: Place, contact: str, told: str, urls: list[str]
) -> None:
    async with unconnected.connected(contact=contact):
        shown = await (await unconnected.reader.slash(unconnected.general, "help")).message()
    assert told in texts(shown)
    assert ("hosts this bot" in texts(shown)) is bool(told)
    assert [button["url"] for button in buttons(shown) if button.get("label") == "Contact"] == urls


@pytest.mark.parametrize("where", ["general", "general_thread"])
@pytest.mark.parametrize("form", ["{}", "{} hello", "what does {} do?"])
async def test_a_mention_is_answered_and_pings_nobody(place: Place, where: str, form: str) -> None:
    channel: Channel = getattr(place.world, where)
    message = await post(place, channel, form.format(mention(place)))
    (reply,) = list_replies(place, channel)
    assert "Visual novels" in texts(reply)
    assert reply["message_reference"]["message_id"] == message["id"]
    assert reply["mentions"] == []


async def test_who_talks_about_the_bot_is_not_answered_each_time(place: Place) -> None:
    for _ in range(3):
        await post(place, place.general, f"I like {mention(place)}")
    assert len(list_replies(place, place.general)) == 1
    await post(place, place.world.after_dark, mention(place))  # it is of each channel
    assert len(list_replies(place, place.world.after_dark)) == 1
    assert AGAIN_AFTER_S >= 60


async def test_a_mention_with_a_link_gets_the_card_alone(place: Place) -> None:
    await post(place, place.world.after_dark, f"{mention(place)} {find_url(place, Sample.PLAIN)}")
    (reply,) = list_replies(place, place.world.after_dark)
    assert "Visual novels" not in texts(reply)


async def test_what_does_not_mention_the_bot_is_not_answered(place: Place) -> None:
    first = await post(place, place.general, "hello")
    await post(place, place.general, f"<@{place.world.moderator.id}> hello")
    await place.reader.post(place.general, "yes", reply_to=first)
    await post(place, place.general, "@everyone")
    assert list_replies(place, place.general) == []


@pytest.mark.parametrize("lacking", [Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES, Permission.EMBED_LINKS])
async def test_where_it_may_not_speak_it_says_nothing(place: Place, lacking: Permission) -> None:
    place.world.revoke(place.general, place.world.bot, lacking)
    await post(place, place.general, mention(place))
    assert list_replies(place, place.general) == []


async def test_a_mention_shows_settings_to_who_manages_the_server_alone(place: Place) -> None:
    await post(place, place.general, mention(place), by=place.moderator)
    (reply,) = list_replies(place, place.general)
    opened = await (await place.moderator.press(reply, "panelb:s")).message()
    assert is_private(opened)
    assert "Settings of this server" in texts(opened)
    refused = await (await place.reader.press(reply, "panelb:s")).message()
    assert is_private(refused)
    assert "Manage Server" in texts(refused)
    await finish_answers()
    assert "Visual novels" in texts(place.world.messages[reply["id"]].payload)


async def test_a_direct_message_is_answered(shared: Place) -> None:
    await post(shared, shared.world.dm, "hello?")
    (reply,) = list_replies(shared, shared.world.dm)
    assert "Visual novels" in texts(reply)
    for thanks in ("and now?", "thanks", "thank you"):
        await post(shared, shared.world.dm, thanks)
    assert len(list_replies(shared, shared.world.dm)) == 1
    assert AGAIN_AFTER_S >= 60


async def test_a_link_in_a_direct_message_gets_its_card_alone(shared: Place) -> None:
    await post(shared, shared.world.dm, "https://vndb.org/v2002")
    (reply,) = list_replies(shared, shared.world.dm)
    assert "STEINS;GATE" in texts(reply)


@pytest.mark.parametrize(("keys", "named"), [("", "vndb user"), (build_key(), "vndb link")], ids=["none", "one"])
async def test_it_names_no_command_that_refuses_everybody(unconnected: Place, keys: str, named: str) -> None:
    """A host without a key keeps no tokens."""
    async with unconnected.connected(secret_keys=keys):
        shown = await (await unconnected.reader.slash(unconnected.general, "help")).message()
        privacy = texts(await (await unconnected.reader.press(shown, "help:privacy")).message())
        link = texts(await (await unconnected.reader.slash(unconnected.general, "vndb link")).message())
    assert {name for name, _ in _COMMAND.findall(texts(shown))} & {"vndb user", "vndb link"} == {named}
    assert ("keeps no VNDB tokens" in link) is ("A token for VNDB is kept" not in privacy) is (not keys)


@asynccontextmanager
async def untold(place: Place) -> AsyncGenerator[None]:
    """The bot of a host that Discord does not tell what people write.

    But for these two: <https://docs.discord.com/developers/events/gateway#message-content-intent>.
    """
    place.world.privileged_intents = 0
    async with place.connected(message_content=False):
        yield


@pytest.mark.parametrize("where", ["general", "general_thread", "dm"])
async def test_without_the_intent_who_mentions_the_bot_or_writes_to_it_is_answered(
    unconnected: Place, where: str
) -> None:
    channel: Channel = getattr(unconnected.world, where)
    addressed = "" if where == "dm" else mention(unconnected)
    async with untold(unconnected):
        await post(unconnected, channel, f"{addressed} hello")
        await post(unconnected, channel, f"{addressed} https://vndb.org/v2002")
        shown = [texts(reply) for reply in list_replies(unconnected, channel)]
    assert [("Visual novels" in one, "STEINS;GATE" in one) for one in shown] == [(True, False), (False, True)]


async def test_without_the_intent_help_promises_no_cards_below_links(unconnected: Place) -> None:
    async with untold(unconnected):
        shown = await (await unconnected.moderator.slash(unconnected.general, "help")).message()
        privacy = texts(await (await unconnected.moderator.press(shown, "help:privacy")).message())
    assert "**Cards for links** in messages to Shiori, or that mention it: VNDB" in texts(shown)
    assert "Cards below links" not in texts(shown)
    for said in (texts(shown), privacy):
        assert "Only messages that mention Shiori, or are sent to it, are read" in said
        assert "Messages are read for links" not in said


async def test_its_buttons_outlive_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        await post(unconnected, unconnected.general, mention(unconnected))
        (reply,) = list_replies(unconnected, unconnected.general)
    async with unconnected.connected():
        custom_id = find_custom_id(reply, "see:random")
        assert custom_id is not None
        opened = await (await unconnected.reader.press(reply, custom_id)).message()
        assert is_private(opened)


async def test_a_command_whose_id_is_not_known_stays_on_one_line(shared: Place) -> None:
    names = CommandNames(shared.shiori.tree, {})
    assert names.mention("vn random") == "`/vn\N{NO-BREAK SPACE}random`"
    assert "`/vn\N{NO-BREAK SPACE}character\N{NO-BREAK SPACE}info`" in names.list_all()
