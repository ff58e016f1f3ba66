"""Selects of channels, roles and people, forms, and files for one person, over discord.py."""

from __future__ import annotations

import io
import json
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands, ui

from bot.playground.engine import ApiError, LocalDiscord, Person, PersonError, selects
from bot.playground.engine.components import walk
from bot.playground.engine.model import FORUM
from bot.playground.engine.validate import check_message
from tests.support.connected import Probe, connected

Interaction = discord.Interaction[Any]


def add(client: Probe, callback: Any) -> None:
    """Registers `callback` as /go."""
    client.tree.add_command(app_commands.Command(name="go", description="Goes", callback=callback))


class Where(ui.ActionRow["Panel"]):
    """Text channels and forums, none to five."""

    @ui.select(
        cls=ui.ChannelSelect,
        custom_id="channels",
        channel_types=[discord.ChannelType.text, discord.ChannelType.forum],
        min_values=0,
        max_values=5,
    )
    async def channels(self, interaction: Interaction, select: ui.ChannelSelect[Any]) -> None:
        names = [f"{channel.name} ({channel.type})" for channel in select.values]
        await interaction.response.send_message(", ".join(names) or "nowhere", ephemeral=True)


class Who(ui.ActionRow["Panel"]):
    """Roles, none to five."""

    @ui.select(cls=ui.RoleSelect, custom_id="roles", min_values=0, max_values=5)
    async def roles(self, interaction: Interaction, select: ui.RoleSelect[Any]) -> None:
        await interaction.response.send_message(", ".join(role.name for role in select.values), ephemeral=True)


class Panel(ui.LayoutView):
    """Both selects, with defaults."""

    def __init__(self, *, channel_ids: list[str], role_ids: list[str]) -> None:
        super().__init__(timeout=None)
        where, who = Where(), Who()
        where.channels.default_values = [discord.Object(int(one)) for one in channel_ids]
        who.roles.default_values = [discord.Object(int(one)) for one in role_ids]
        self.add_item(ui.Container(ui.TextDisplay("## Settings"), where, who))


async def test_channels_and_roles_are_picked():
    client = Probe()
    async with LocalDiscord() as local:
        world = local.world

        async def go(interaction: Interaction) -> None:
            panel = Panel(channel_ids=[world.after_dark.id], role_ids=[world.moderators.id])
            await interaction.response.send_message(view=panel, ephemeral=True)

        add(client, go)
        async with connected(client, local):
            person = Person(world, world.owner)
            message = await (await person.slash(world.general, "go")).message()
            two = await person.select(message, "channels", [world.after_dark, world.after_dark_forum])
            none = await person.select(message, "channels", [])
            role = await person.select(message, "roles", [world.moderators.id])
            answers = [(await one.message())["content"] for one in (two, none, role)]
            for wrong in (world.voice, world.elsewhere, world.moderators):
                with pytest.raises(PersonError, match="no such entry"):
                    await person.select(message, "channels", [wrong])
    assert answers == ["after-dark (text), after-dark-shelf (forum)", "nowhere", "Moderators"]
    channels, roles = selects(message)
    assert channels["channel_types"] == [0, FORUM]
    assert channels["default_values"] == [{"id": world.after_dark.id, "type": "channel"}]
    assert roles["default_values"] == [{"id": world.moderators.id, "type": "role"}]


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"type": 8, "default_values": [{"id": "1", "type": "role"}]}, "default_values"),
        ({"type": 6, "default_values": [{"id": "x", "type": "role"}]}, "default_values"),
        ({"type": 6, "default_values": [{"id": "1", "type": "role"}] * 2}, "default_values"),
        ({"type": 8, "channel_types": [99]}, "channel_types"),
    ],
)
def test_broken_selects_are_refused(more: dict[str, Any], fault: str):
    select = {"custom_id": "a", **more}
    with pytest.raises(ApiError) as refused:
        check_message({"content": "x", "components": [{"type": 1, "components": [select]}]}, flags=0, files=0)
    errors = refused.value.errors or {}
    assert list(errors["components"]["0"]["components"]["0"]) == [fault]


class Form(ui.Modal, title="Blocked tags"):
    """A text, a choice with a default, and channels that may be left out."""

    tags: ui.Label[Form] = ui.Label(
        text="Tags",
        description="One a line",
        component=ui.TextInput(custom_id="tags", style=discord.TextStyle.paragraph, default="one", required=False),
    )
    level: ui.Label[Form] = ui.Label(
        text="Level",
        component=ui.Select(
            custom_id="level",
            options=[discord.SelectOption(label="All", value="all", default=True), discord.SelectOption(label="None")],
        ),
    )
    where: ui.Label[Form] = ui.Label(
        text="Channels",
        component=ui.ChannelSelect(custom_id="where", required=False, min_values=0, max_values=3),
    )

    async def on_submit(self, interaction: Interaction, /) -> None:
        assert isinstance(self.tags.component, ui.TextInput)
        assert isinstance(self.level.component, ui.Select)
        assert isinstance(self.where.component, ui.ChannelSelect)
        where = [channel.name for channel in self.where.component.values]
        said = {"tags": self.tags.component.value, "level": self.level.component.values, "where": where}
        await interaction.response.send_message(json.dumps(said), ephemeral=True)


async def open_form(interaction: Interaction) -> None:
    """Opens the form."""
    await interaction.response.send_modal(Form())


async def test_a_form_with_selects_is_filled():
    client = Probe()
    add(client, open_form)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person = Person(world, world.owner)
        opened = await person.slash(world.general, "go")
        values = {"tags": "one\ntwo", "level": ["None"], "where": [world.voice, world.general.id]}
        message = await (await person.submit(opened, values)).message()
    assert json.loads(message["content"]) == {
        "tags": "one\ntwo",
        "level": ["None"],
        "where": ["Reading room", "general"],
    }


async def test_an_untouched_form_sends_what_stood_there():
    client = Probe()
    add(client, open_form)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person = Person(world, world.owner)
        opened = await person.slash(world.general, "go")
        with pytest.raises(PersonError, match="no such entry"):
            await person.submit(opened, {"level": ["other"]})
        message = await (await person.submit(opened, {})).message()
    assert json.loads(message["content"]) == {"tags": "one", "level": ["all"], "where": []}


async def test_a_form_survives_the_restart_of_the_bot_that_opened_it():
    first, second = Probe(), Probe()
    add(first, open_form)
    submitted: list[Interaction] = []

    async def on_interaction(interaction: Interaction) -> None:
        if interaction.type is discord.InteractionType.modal_submit:
            submitted.append(interaction)
            await interaction.response.send_message("kept", ephemeral=True)

    second.on_interaction = on_interaction  # pyright: ignore[reportAttributeAccessIssue]
    async with LocalDiscord() as local:
        world = local.world
        person = Person(world, world.owner)
        async with connected(first, local):
            opened = await person.slash(world.general, "go")
        async with connected(second, local):
            message = await (await person.submit(opened, {"tags": "later"})).message()
    data: Any = submitted[0].data
    entries = {one["custom_id"]: one for one in walk(data["components"]) if "custom_id" in one}
    assert message["content"] == "kept"
    assert entries["tags"]["value"] == "later"


async def test_a_file_is_given_to_one_person():
    client = Probe()

    async def go(interaction: Interaction) -> None:
        file = discord.File(io.BytesIO(b'{"stored": []}'), "about-you.json")
        await interaction.response.send_message("Here it is", file=file, ephemeral=True)

    add(client, go)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        exchange = await Person(world, world.reader).slash(world.general, "go")
        message = await exchange.message()
        (attachment,) = message["attachments"]
        async with aiohttp.ClientSession() as session, session.get(attachment["url"]) as answer:
            content = await answer.read()
        others = Person(world, world.moderator).messages(world.general)
    assert exchange.ephemeral
    assert (attachment["filename"], attachment["ephemeral"]) == ("about-you.json", True)
    assert json.loads(content) == {"stored": []}
    assert others == []


async def test_a_file_stands_in_a_card():
    client = Probe()

    async def go(interaction: Interaction) -> None:
        view = ui.LayoutView()
        view.add_item(ui.Container[Any](ui.TextDisplay("Here it is"), ui.File[Any]("attachment://about-you.json")))
        await interaction.response.defer(ephemeral=True)
        file = discord.File(io.BytesIO(b"{}"), "about-you.json")
        await interaction.edit_original_response(view=view, attachments=[file])

    add(client, go)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        message = await (await Person(world, world.reader).slash(world.general, "go")).message()
    shown = next(one for one in walk(message["components"]) if one["type"] == 13)
    assert shown["file"]["url"] == message["attachments"][0]["url"]
    assert client.errors == []
