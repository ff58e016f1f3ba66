"""What can be pressed in a panel, and the modal of tags, with discord.py over a local Discord, after a restart."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.cards.text import count_units
from bot.gate.rules import HOSTED_DEFAULT
from bot.gate.setting import BLOCKED_TAGS, BLOCKED_TAGS_AT_MOST, SETTINGS
from bot.navigation.frame import PageView
from bot.navigation.item import ITEMS, Interaction
from bot.playground.engine import Exchange, LocalDiscord, Person
from bot.playground.engine.components import walk
from bot.playground.engine.validate import check_modal
from bot.settings.form import ME, SERVER, Scope
from bot.settings.item import SETTING_ITEMS
from bot.settings.modal import build_tags_modal, parse_modal_submit
from bot.settings.panel_card import render_delete_question, render_personal_panel, render_server_panel
from bot.settings.tag import TAG_LIMIT, read_tags, sign_tags
from tests.support.choose import choose
from tests.support.connected import Probe, connected

TAGS = tuple(f"female:{number:03}".ljust(TAG_LIMIT, "x") for number in range(BLOCKED_TAGS_AT_MOST))
CHANNEL = Scope("channel", 2**64 - 1)


class Sender(Probe):
    """Answers `/panel` with a page."""

    def __init__(self, build: Callable[[], PageView]) -> None:
        super().__init__()

        async def go(interaction: discord.Interaction[Any]) -> None:
            await interaction.response.send_message(view=build(), ephemeral=True)

        self.tree.add_command(app_commands.Command(name="panel", description="A panel", callback=go))


class Recorder(Probe):
    """Notes what it is asked to do."""

    def __init__(self, *, tags: Sequence[str] = ()) -> None:
        super().__init__()
        self.tags = tags
        self.asked: list[tuple[object, ...]] = []
        self.panels = self

    async def setup_hook(self) -> None:
        self.add_dynamic_items(*SETTING_ITEMS)

    async def change_setting(
        self, interaction: Interaction, scope: Scope, setting: str, values: Sequence[str], shown: Sequence[str] = ()
    ) -> None:
        await self._note(interaction, "change", scope, setting, list(values), list(shown))

    async def open_panel(self, interaction: Interaction, scope: Scope, page: str) -> None:
        await self._note(interaction, "open", scope, page)

    async def edit_tags(self, interaction: Interaction, scope: Scope, setting: str) -> None:
        await interaction.response.send_modal(build_tags_modal(scope, SETTINGS[setting], self.tags))

    async def export_person(self, interaction: Interaction) -> None:
        await self._note(interaction, "export")

    async def ask_delete(self, interaction: Interaction) -> None:
        await self._note(interaction, "ask")

    async def delete_person(self, interaction: Interaction) -> None:
        await self._note(interaction, "delete")

    async def on_interaction(self, interaction: Interaction) -> None:
        submitted = parse_modal_submit(interaction)
        if submitted:
            await self._note(interaction, "tags", *submitted)

    async def _note(self, interaction: Interaction, *said: object) -> None:
        self.asked.append(said)
        await interaction.response.defer()


class Panel:
    """A panel that a person sees, sent by a bot that has been restarted since."""

    def __init__(self, local: LocalDiscord, message: dict[str, Any]) -> None:
        self.local = local
        self.message = message
        self.person = Person(local.world, local.world.moderator)

    async def press(self, custom_id: str) -> Exchange:
        return await self.person.press(self.message, custom_id)

    async def select(self, custom_id: str, *values: str) -> Exchange:
        return await self.person.select(self.message, custom_id, list(values))


@asynccontextmanager
async def shown(build: Callable[[], PageView], bot: Recorder) -> AsyncGenerator[Panel]:
    async with LocalDiscord() as local:
        async with connected(Sender(build), local):
            exchange = await Person(local.world, local.world.moderator).slash(local.world.general, "panel")
            message = await exchange.message()
        async with connected(bot, local):
            yield Panel(local, message)


def previews() -> PageView:
    return render_server_panel(choose(), page="previews", hosted=HOSTED_DEFAULT)


def cards() -> PageView:
    return render_server_panel(choose(), page="cards", hosted=HOSTED_DEFAULT)


def where() -> PageView:
    return render_server_panel(choose(channels=(8, 9), roles=(7,)), page="where", hosted=HOSTED_DEFAULT)


def person() -> PageView:
    return render_personal_panel(choose(), hosted=HOSTED_DEFAULT)


async def test_a_choice_is_changed() -> None:
    bot = Recorder()
    async with shown(previews, bot) as panel:
        await panel.press("sw:s:vndb:off")
    assert bot.asked == [("change", SERVER, "vndb", ["off"], [])]


@pytest.mark.parametrize("count", [0, 2])
async def test_listed_channels_are_changed(count: int) -> None:
    bot = Recorder()
    async with shown(where, bot) as panel:
        ids = [panel.local.world.general.id, panel.local.world.after_dark.id][:count]
        await panel.select("setc:s:channels", *ids)
    assert bot.asked == [("change", SERVER, "channels", ids, ["8", "9"])]


@pytest.mark.parametrize("count", [0, 1])
async def test_roles_are_changed(count: int) -> None:
    bot = Recorder()
    async with shown(where, bot) as panel:
        ids = [panel.local.world.moderators.id][:count]
        await panel.select("setr:s:roles", *ids)
    assert bot.asked == [("change", SERVER, "roles", ids, ["7"])]


async def test_another_page_is_opened() -> None:
    bot = Recorder()
    async with shown(previews, bot) as panel:
        await panel.select("panel:s", "cards")
    assert bot.asked == [("open", SERVER, "cards")]


async def test_the_panel_of_a_channel_is_opened() -> None:
    bot = Recorder()
    async with shown(previews, bot) as panel:
        channel_id = panel.local.world.general.id
        await panel.select("panelc", channel_id)
    assert bot.asked == [("open", Scope("channel", int(channel_id)), "")]


@pytest.mark.parametrize(
    ("build", "custom_id", "asked"),
    [
        (person, "me:export", ("export",)),
        (person, "me:delete", ("ask",)),
        (render_delete_question, "me:delete!", ("delete",)),
        (render_delete_question, "panelb:me", ("open", ME, "")),
    ],
)
async def test_a_button_does_what_it_says(
    build: Callable[[], PageView], custom_id: str, asked: tuple[object, ...]
) -> None:
    bot = Recorder()
    async with shown(build, bot) as panel:
        await panel.press(custom_id)
    assert bot.asked == [asked]


async def test_typed_tags_arrive_once() -> None:
    bot = Recorder(tags=["glasses"])
    async with shown(cards, bot) as panel:
        opened = await panel.press("tags:s:blocked_tags")
        await panel.person.submit(opened, {"tags0": "glasses\nswimsuit"})
    assert bot.asked == [("tags", SERVER, "blocked_tags", "glasses\nswimsuit", sign_tags(["glasses"]))]


async def test_tags_that_were_typed_while_the_bot_restarted_arrive() -> None:
    before, after = Recorder(), Recorder()
    async with LocalDiscord() as local:
        someone = Person(local.world, local.world.moderator)
        async with connected(Sender(person), local):
            message = await (await someone.slash(local.world.general, "panel")).message()
        async with connected(before, local):
            opened = await someone.press(message, "tags:me:blocked_tags")
        async with connected(after, local):
            await someone.submit(opened, {"tags0": "glasses"})
    assert (before.asked, after.asked) == ([], [("tags", ME, "blocked_tags", "glasses", sign_tags([]))])


async def test_all_tags_can_be_taken_away() -> None:
    bot = Recorder(tags=["glasses"])
    async with shown(person, bot) as panel:
        await panel.person.submit(await panel.press("tags:me:blocked_tags"), {"tags0": ""})
    assert bot.asked == [("tags", ME, "blocked_tags", "", sign_tags(["glasses"]))]


async def test_a_hundred_of_the_longest_tags_come_back_as_they_were() -> None:
    bot = Recorder(tags=TAGS)
    async with shown(cards, bot) as panel:
        opened = await panel.press("tags:s:blocked_tags")
        inputs = read_inputs(opened.modal or {})
        await panel.person.submit(opened, {one["custom_id"]: one["value"] for one in inputs})
    assert read_tags(str(bot.asked[0][3])).tags == TAGS


def read_inputs(modal: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in walk(modal["components"]) if part["type"] == 4]


@pytest.mark.parametrize("tags", [(), ("glasses",), TAGS, ("シ" * TAG_LIMIT,) * BLOCKED_TAGS_AT_MOST])
@pytest.mark.parametrize("scope", [SERVER, ME, CHANNEL])
async def test_discord_takes_the_modal_and_there_is_room_for_more(scope: Scope, tags: Sequence[str]) -> None:
    payload = build_tags_modal(scope, BLOCKED_TAGS, tags).to_dict()
    check_modal(payload)
    assert all(count_units(one.get("value") or "") <= one["max_length"] - 1000 for one in read_inputs(payload))
    assert not any(one["required"] for one in read_inputs(payload))


async def test_discord_py_need_not_keep_the_modal() -> None:
    assert build_tags_modal(SERVER, BLOCKED_TAGS, ()).is_finished()


CUSTOM_IDS = [
    *("set:s:vndb", "setc:s:channels", "setr:s:roles", "tags:me:blocked_tags", "panel:s", "panelb:me", "panelc"),
    *("me:export", "me:delete", "me:delete!", f"set:{CHANNEL.encode()}:title_language"),
]


@pytest.mark.parametrize("custom_id", CUSTOM_IDS)
def test_what_is_pressed_belongs_to_one_item_only(custom_id: str) -> None:
    patterns = [item.__discord_ui_compiled_template__ for item in (*ITEMS, *SETTING_ITEMS)]
    assert len([pattern for pattern in patterns if pattern.fullmatch(custom_id)]) == 1
