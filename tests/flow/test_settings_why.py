"""`/settings why`: the rule that decides in this channel, and what else a moderator should know."""

from __future__ import annotations

import re

import pytest

from bot.gate.rules import Rule
from bot.interaction.rule import LOCKED, NO_INTENT, NOT_ADDED, explain_rule
from bot.playground.engine import Permission, buttons, texts
from tests.flow.conftest import Place
from tests.flow.preview_message import settle
from tests.flow.setting_message import (
    choose_for_channel,
    choose_for_server,
    open_panel,
    open_where,
    read_why,
    set_own,
)

EMBED = "Discord's own embed stays"


def first_reason(said: str) -> str:
    """What is said of galleries."""
    lines = said.splitlines()
    found = next(number for number, line in enumerate(lines) if line.startswith("**Galleries**"))
    return lines[found + 1].removeprefix("-# ")


@pytest.mark.parametrize(
    ("where", "rule"),
    [
        ("after_dark", Rule.AGE_RESTRICTED),
        ("after_dark_thread", Rule.AGE_RESTRICTED),
        ("after_dark_post", Rule.AGE_RESTRICTED),
        ("voice_after_dark", Rule.AGE_RESTRICTED),
        ("general", Rule.NOT_AGE_RESTRICTED),
        ("general_thread", Rule.NOT_AGE_RESTRICTED),
        ("voice", Rule.NOT_AGE_RESTRICTED),
    ],
)
async def test_the_channel_decides(shared: Place, where: str, rule: Rule) -> None:
    assert first_reason(await read_why(shared, getattr(shared.world, where))) == explain_rule(rule)


async def test_a_private_thread_goes_by_its_channel(place: Place) -> None:
    thread = place.world.create_thread(
        place.world.after_dark, "Whispers", private=True, members=[place.world.moderator]
    )
    assert first_reason(await read_why(place, thread)) == explain_rule(Rule.AGE_RESTRICTED)


async def test_a_private_thread_without_the_bot_says_that_no_link_is_answered_there(place: Place) -> None:
    world = place.world
    thread = world.create_thread(world.general, "Whispers", private=True, members=[world.moderator])
    assert NOT_ADDED in await read_why(place, thread)
    world.add_to_thread(thread, world.bot)
    await settle(place)
    assert NOT_ADDED not in await read_why(place, thread)


async def test_a_locked_thread_says_that_nothing_can_be_written_there(place: Place) -> None:
    world = place.world
    thread = world.general_thread
    assert LOCKED not in await read_why(place, thread)
    world.change_channel(thread, locked=True)
    await settle(place)
    said = await read_why(place, thread)
    assert LOCKED in said and NOT_ADDED not in said
    world.grant(world.general, world.bot, Permission.MANAGE_THREADS)
    await settle(place)
    assert LOCKED not in await read_why(place, thread)


async def test_the_servers_switch_is_named(shared: Place) -> None:
    await choose_for_server(shared, "previews", "set:s:galleries", "off")
    assert first_reason(await read_why(shared, shared.world.after_dark)) == explain_rule(Rule.SERVER_OFF)


async def test_the_channels_switch_is_named(shared: Place) -> None:
    await choose_for_channel(shared, shared.world.after_dark, "galleries", "off")
    assert first_reason(await read_why(shared, shared.world.after_dark_thread)) == explain_rule(Rule.CHANNEL_OFF)


@pytest.mark.parametrize(("value", "rule"), [("only", Rule.CHANNEL_NOT_LISTED), ("except", Rule.CHANNEL_LISTED)])
async def test_the_list_is_named(shared: Place, value: str, rule: Rule) -> None:
    panel = await open_where(shared)
    await panel.set("set:s:channel_rule", value)
    await panel.set("setc:s:channels", shared.world.general if value == "only" else shared.world.after_dark)
    assert first_reason(await read_why(shared, shared.world.after_dark)) == explain_rule(rule)


async def test_roles_are_named_to_those_who_have_one_and_to_those_who_have_none(shared: Place) -> None:
    await (await open_where(shared)).set("setr:s:roles", shared.world.moderators)
    assert "one of the chosen roles" in await read_why(shared, shared.world.after_dark)
    owner = shared.person(shared.world.owner)
    assert first_reason(await read_why(shared, shared.world.after_dark, owner)) == explain_rule(Rule.ROLE)


async def test_cards_without_covers_are_named(shared: Place) -> None:
    await choose_for_server(shared, "previews", "set:s:non_h", "on")
    said = await read_why(shared, shared.general)
    assert first_reason(said) == explain_rule(Rule.NON_H)
    assert "Non-H galleries only (nothing sexual), without cover" in said


async def test_blocked_tags_are_counted(place: Place) -> None:
    await (await open_where(place)).type_tags("s", "glasses", "kimono")
    panel = await open_panel(place.moderator, place.world.after_dark, "settings channel")
    await panel.type_tags(f"c{place.world.after_dark.id}", "apron")
    assert "(2 in this server, 1 in this channel)" in await read_why(place, place.world.after_dark)


async def test_who_asks_is_told_that_they_opted_out(shared: Place) -> None:
    await set_own(shared, shared.moderator, "previews", "off")
    assert explain_rule(Rule.OPTED_OUT) in await read_why(shared, shared.world.after_dark)


@pytest.mark.parametrize(
    ("permission", "name"),
    [
        (Permission.VIEW_CHANNEL, "View Channel"),
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.EMBED_LINKS, "Embed Links"),
    ],
)
async def test_a_missing_permission_is_named(place: Place, permission: Permission, name: str) -> None:
    assert name not in await read_why(place, place.world.after_dark)
    place.world.revoke(place.world.after_dark, place.world.bot_role, permission)
    said = await read_why(place, place.world.after_dark)
    assert re.findall("lacks the permission “(.*)” here", said) == [name]  # and none that may be granted
    assert "✅ previewed" not in said
    assert "**VNDB links**: ⚠️ not previewed, see above" in said


async def test_in_a_thread_the_permission_for_threads_is_named(place: Place) -> None:
    place.world.revoke(place.world.after_dark, place.world.bot_role, Permission.SEND_MESSAGES_IN_THREADS)
    assert "⚠️" in await read_why(place, place.world.after_dark_thread)
    assert "⚠️" not in await read_why(place, place.world.after_dark)


async def test_that_the_embed_of_discord_stays_is_said(place: Place) -> None:
    assert EMBED in await read_why(place, place.world.after_dark)
    place.world.grant(place.world.after_dark, place.world.bot_role, Permission.MANAGE_MESSAGES)
    assert EMBED not in await read_why(place, place.world.after_dark)


async def test_without_the_intent_that_is_said_first_in_both_panels(unconnected: Place) -> None:
    async with unconnected.connected(message_content=False):
        assert NO_INTENT in (await read_why(unconnected, unconnected.world.after_dark)).splitlines()[1]
        panel = await open_panel(unconnected.moderator, unconnected.general)
        assert NO_INTENT in panel.text.splitlines()[1]


async def test_a_host_without_galleries_is_named(unconnected: Place) -> None:
    async with unconnected.connected(feature_galleries=False):
        said = await read_why(unconnected, unconnected.world.after_dark)
        panel = await open_panel(unconnected.moderator, unconnected.general)
    assert first_reason(said) == explain_rule(Rule.HOST_OFF)
    assert "galler" not in panel.text.casefold()


async def test_every_rule_that_stands_against_it_is_named_the_first_to_decide_first(shared: Place) -> None:
    await choose_for_server(shared, "previews", "set:s:galleries", "off")
    await (await open_where(shared)).set("setr:s:roles", shared.world.moderators)
    owner = shared.person(shared.world.owner)
    lines = (await read_why(shared, shared.general, owner)).splitlines()
    at = lines.index(next(line for line in lines if line.startswith("**Galleries**")))
    named = [explain_rule(rule) for rule in (Rule.SERVER_OFF, Rule.ROLE, Rule.NOT_AGE_RESTRICTED)]
    assert [line.removeprefix("-# ") for line in lines[at + 1 : at + 4]] == named


@pytest.mark.parametrize(("value", "said"), [("off", "are not previewed"), ("on", "are previewed too")])
async def test_bots_and_webhooks_are_named(shared: Place, value: str, said: str) -> None:
    await choose_for_server(shared, "previews", "set:s:bots", value)
    assert f"Links that other bots and webhooks post {said}" in await read_why(shared, shared.world.after_dark)


async def test_permissions_are_named_as_discord_calls_them(place: Place) -> None:
    place.world.revoke(place.world.after_dark, place.world.bot_role, Permission.SEND_MESSAGES_IN_THREADS)
    said = await read_why(place, place.world.after_dark_thread)
    assert "lacks the permission “Send Messages in Threads” here" in said
    assert "“Send Messages”" not in said


# What can be changed


@pytest.mark.parametrize(
    ("where", "setting", "expected"),
    [
        ("general", "panelb:s:non_h", "Non-H galleries elsewhere"),
        ("after_dark", "panelb:s:galleries", "Gallery links"),
        ("after_dark_thread", "panelb:s:vndb", "VNDB links"),
        ("general", "panelb:s:image_level", "Pictures"),
    ],
)
async def test_a_button_leads_to_each_rule_that_may_be_changed(
    shared: Place, where: str, setting: str, expected: str
) -> None:
    exchange = await shared.moderator.slash(getattr(shared.world, where), "settings why")
    panel = await (await shared.moderator.press(await exchange.message(), setting)).message()
    assert "Settings of this server" in texts(panel)
    assert f"**{expected}**" in texts(panel)


async def test_what_a_channel_decides_is_changed_there(shared: Place) -> None:
    await choose_for_channel(shared, shared.general, "anime", "off")
    exchange = await shared.moderator.slash(shared.world.general_thread, "settings why")
    panel = await (
        await shared.moderator.press(await exchange.message(), f"panelb:c{shared.general.id}:anime")
    ).message()
    assert f"Settings of <#{shared.general.id}>" in texts(panel)


async def test_several_rules_have_a_button_each(shared: Place) -> None:
    panel = await open_where(shared)
    await panel.set("setr:s:roles", shared.world.moderators)
    await panel.set("set:s:channel_rule", "only")
    message = await (await shared.moderator.slash(shared.general, "settings why")).message()
    found = {str(one.get("custom_id")) for one in buttons(message)}
    assert {"panelb:s:channel_rule", "panelb:s:non_h", "panelb:s:image_level"} <= found


async def test_one_s_own_choice_is_changed_by_oneself(shared: Place) -> None:
    await set_own(shared, shared.moderator, "previews", "off")
    exchange = await shared.moderator.slash(shared.general, "settings why")
    panel = await (await shared.moderator.press(await exchange.message(), "panelb:me:previews")).message()
    assert "Your settings" in texts(panel)
