"""Answers to interactions, tried with discord.py: deferred, ephemeral, components, modals, and every refusal."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest
from discord import app_commands, ui
from discord.http import Route

from bot.playground.engine import LocalDiscord, Person, PersonError, buttons, pictures, selects, texts
from bot.playground.engine.interactions import TOKEN_LIVES_S
from tests.support.clock import FakeClock
from tests.support.connected import Probe, code_of, connected, until

Interaction = discord.Interaction[Any]


def add(client: Probe, callback: Any, name: str = "go") -> None:
    """Registers `callback` as a slash command."""
    client.tree.add_command(app_commands.Command(name=name, description="Goes", callback=callback))


class Card(ui.LayoutView):
    """A card as the bot's own are built."""

    def __init__(self, text: str = "## A title") -> None:
        super().__init__(timeout=None)
        picture = ui.Thumbnail[Any]("http://127.0.0.1/cover.png", spoiler=True, description="Cover")
        container = ui.Container[Any](ui.Section(text, accessory=picture), accent_color=0x123456)
        container.add_item(ui.Separator())
        container.add_item(ui.ActionRow(ui.Button(label="VNDB", url="https://vndb.org/v17")))
        self.add_item(container)


async def test_deferred_answer_is_loading_until_edited_into_a_card():
    client = Probe()
    go_on = asyncio.Event()

    async def go(interaction: Interaction) -> None:
        await interaction.response.defer()
        await go_on.wait()
        await interaction.edit_original_response(view=Card())

    add(client, go)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person = Person(world, world.reader)
        exchange = await person.slash(world.general, "go")
        assert exchange.kind == "deferred"
        assert person.messages(world.general)[0]["flags"] == 128
        with pytest.raises(TimeoutError):
            await exchange.message(timeout_s=0.01)
        go_on.set()
        message = await exchange.message()
    assert client.errors == []
    assert message["flags"] == 1 << 15
    assert message["edited_timestamp"] is None
    assert texts(message) == "## A title\nVNDB"
    assert pictures(message) == [{"url": "http://127.0.0.1/cover.png", "spoiler": True, "description": "Cover"}]
    assert [one["url"] for one in buttons(message)] == ["https://vndb.org/v17"]
    assert message["components"][0]["id"] == 1


async def test_ephemeral_answer_is_known_only_through_its_token():
    client = Probe()
    sent: list[discord.InteractionMessage] = []

    async def go(interaction: Interaction) -> None:
        await interaction.response.send_message("only you", ephemeral=True)
        sent.append(await interaction.original_response())

    add(client, go)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        exchange = await Person(world, world.reader).slash(world.general, "go")
        message = await exchange.message()
        for_moderator = Person(world, world.moderator).messages(world.general)
        channel = client.get_partial_messageable(int(world.general.id))
        missing = await code_of(channel.fetch_message(int(message["id"])))
    assert exchange.ephemeral
    assert message["flags"] == 64
    assert sent[0].content == "only you"
    assert for_moderator == []
    assert missing == 10008


async def test_follow_up_takes_the_place_of_a_deferred_answer():
    client = Probe()

    async def go(interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send("first")
        await interaction.followup.send("second", ephemeral=True)

    add(client, go)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person = Person(world, world.reader)
        exchange = await person.slash(world.general, "go")
        first, second = await exchange.message(), await exchange.follow_up()
    assert (first["content"], second["content"]) == ("first", "second")
    assert exchange.ephemeral
    assert len(person.messages(world.general)) == 2


class Controls(ui.View):
    """A button, a select, a button that opens a form."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @ui.button(label="Change", custom_id="change")
    async def change(self, interaction: Interaction, _: ui.Button[Any]) -> None:
        await interaction.response.edit_message(content="changed")

    @ui.button(label="Later", custom_id="later")
    async def later(self, interaction: Interaction, _: ui.Button[Any]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="changed later")

    @ui.button(label="Off", custom_id="off", disabled=True)
    async def off(self, _interaction: Interaction, _: ui.Button[Any]) -> None:
        raise AssertionError

    @ui.button(label="Form", custom_id="form")
    async def form(self, interaction: Interaction, _: ui.Button[Any]) -> None:
        await interaction.response.send_modal(Form())

    @ui.select(custom_id="pick", options=[discord.SelectOption(label=one) for one in "abc"])
    async def pick(self, interaction: Interaction, select: ui.Select[Any]) -> None:
        await interaction.response.send_message(f"picked {select.values[0]}", ephemeral=True)


class Form(ui.Modal, title="A form"):
    """Two fields: text, and a select under a label."""

    word: ui.Label[Any] = ui.Label(text="Word", component=ui.TextInput(custom_id="word", min_length=2, max_length=5))
    kind: ui.Label[Any] = ui.Label(
        text="Kind",
        component=ui.Select(custom_id="kind", options=[discord.SelectOption(label=one) for one in "xy"]),
    )

    def __init__(self) -> None:
        super().__init__(custom_id="the-form")

    async def on_submit(self, interaction: Interaction) -> None:
        word, kind = self.word.component, self.kind.component
        assert isinstance(word, ui.TextInput)
        assert isinstance(kind, ui.Select)
        await interaction.response.edit_message(content=f"{word.value} {kind.values[0]}")


async def send_controls(interaction: Interaction) -> None:
    await interaction.response.send_message("controls", view=Controls())


async def test_buttons_change_their_message():
    client = Probe()
    add(client, send_controls)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person, other = Person(world, world.reader), Person(world, world.moderator)
        message = await (await person.slash(world.general, "go")).message()
        changed = await person.press(message, "change")
        assert changed.kind == "update"
        assert (await changed.message())["content"] == "changed"
        later = await other.press(message, "later")
        assert later.kind == "deferred_update"
        assert (await later.message())["content"] == "changed later"
        with pytest.raises(PersonError, match="disabled"):
            await person.press(message, "off")
        with pytest.raises(PersonError, match="no component"):
            await person.press(message, "nothing")
        assert len(person.messages(world.general)) == 1


async def test_select_gives_its_values():
    client = Probe()
    add(client, send_controls)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person = Person(world, world.reader)
        message = await (await person.slash(world.general, "go")).message()
        exchange = await person.select(message, "pick", ["b"])
        assert (await exchange.message())["content"] == "picked b"
        assert exchange.ephemeral
        with pytest.raises(PersonError, match="no such entry"):
            await person.select(message, "pick", ["z"])
        with pytest.raises(PersonError, match="Between 1 and 1"):
            await person.select(message, "pick", ["a", "b"])
    assert [one["custom_id"] for one in selects(message)] == ["pick"]


async def test_modal_is_filled_and_sent():
    client = Probe()
    add(client, send_controls)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person = Person(world, world.reader)
        message = await (await person.slash(world.general, "go")).message()
        opened = await person.press(message, "form")
        assert opened.kind == "modal"
        assert opened.modal is not None
        assert opened.modal["title"] == "A form"
        with pytest.raises(PersonError, match="2 to 5"):
            await person.submit(opened, {"word": "x", "kind": ["x"]})
        answered = await person.submit(opened, {"word": "word", "kind": ["y"]})
        assert (await answered.message())["content"] == "word y"
        with pytest.raises(PersonError, match="no modal"):
            await person.submit(opened, {"word": "word"})


class Persistent(ui.DynamicItem[ui.Button[Any]], template=r"again:(?P<number>\d+)"):
    """A button that carries what it needs."""

    def __init__(self, number: int) -> None:
        super().__init__(ui.Button(label="Again", custom_id=f"again:{number}"))
        self.number = number

    @classmethod
    async def from_custom_id(cls, _interaction: Any, _item: Any, match: Any, /) -> Persistent:
        return cls(int(match["number"]))

    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.send_message(f"again {self.number}")


async def test_buttons_work_after_a_restart_of_the_bot():
    first, second = Probe(), Probe()

    async def go(interaction: Interaction) -> None:
        view = ui.LayoutView(timeout=None)
        row: ui.ActionRow[Any] = ui.ActionRow()
        row.add_item(Persistent(7))
        view.add_item(row)
        await interaction.response.send_message(view=view)

    add(first, go)
    second.add_dynamic_items(Persistent)
    async with LocalDiscord() as local:
        world = local.world
        person = Person(world, world.reader)
        async with connected(first, local):
            message = await (await person.slash(world.general, "go")).message()
        async with connected(second, local):
            answer = await (await person.press(message, "again:7")).message()
    assert answer["content"] == "again 7"


async def test_second_answer_is_refused():
    client = Probe()
    codes: list[int] = []

    async def go(interaction: Interaction) -> None:
        await interaction.response.send_message("one")
        # discord.py itself refuses a second answer, so the route is asked directly.
        path = f"/interactions/{interaction.id}/{interaction.token}/callback"
        again = interaction.client.http.request(Route("POST", path), json={"type": 4, "data": {"content": "two"}})
        codes.append(await code_of(again))

    add(client, go)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        await (await Person(world, world.reader).slash(world.general, "go")).message()
        await until(lambda: codes)
    assert codes == [40060]


async def test_answer_after_three_seconds_is_refused():
    client, clock = Probe(), FakeClock()
    arrived, go_on = asyncio.Event(), asyncio.Event()
    codes: list[int] = []

    async def go(interaction: Interaction) -> None:
        arrived.set()
        await go_on.wait()
        codes.append(await code_of(interaction.response.send_message("late")))
        codes.append(await code_of(interaction.followup.send("late")))

    add(client, go)
    async with LocalDiscord(clock=clock) as local, connected(client, local):
        world = local.world
        waiting = asyncio.create_task(Person(world, world.reader).slash(world.general, "go"))
        async with asyncio.timeout(30):
            await arrived.wait()
            await clock.advance(3.1)
            exchange = await waiting
        go_on.set()
        await until(lambda: len(codes) == 2)
    assert exchange.failed
    assert exchange.acknowledged_after_s is None
    assert codes == [10062, 10015]


async def test_token_dies_after_fifteen_minutes():
    client, clock = Probe(), FakeClock()
    kept: list[Interaction] = []

    async def go(interaction: Interaction) -> None:
        kept.append(interaction)
        await interaction.response.send_message("here")

    add(client, go)
    async with LocalDiscord(clock=clock) as local, connected(client, local):
        world = local.world
        await (await Person(world, world.reader).slash(world.general, "go")).message()
        await clock.advance(TOKEN_LIVES_S - 1)
        await kept[0].edit_original_response(content="still")
        await clock.advance(2)
        code = await code_of(kept[0].edit_original_response(content="too late"))
    assert code == 50027


async def test_a_user_installed_app_sends_five_follow_ups():
    client = Probe()
    codes: list[int] = []

    async def go(interaction: Interaction) -> None:
        await interaction.response.send_message("answer")
        for number in range(5):
            await interaction.followup.send(str(number))
        codes.append(await code_of(interaction.followup.send("six")))

    command: app_commands.Command[Any, ..., Any] = app_commands.Command(
        name="go", description="Goes", callback=go, allowed_installs=app_commands.AppInstallationType(user=True)
    )
    client.tree.add_command(command)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        await (await Person(world, world.reader).slash(world.general, "go", user_install=True)).message()
        await until(lambda: codes)
    assert codes == [40094]


async def test_answers_are_counted_and_original_can_be_deleted():
    client = Probe()

    async def go(interaction: Interaction) -> None:
        await interaction.response.send_message("gone soon")
        await interaction.delete_original_response()

    add(client, go)
    async with LocalDiscord() as local, connected(client, local):
        world = local.world
        person = Person(world, world.reader)
        await person.slash(world.general, "go")
        await until(lambda: not person.messages(world.general))
        await until(lambda: world.requests[-1].method == "DELETE")
    assert world.requests[-1].path.endswith("/messages/@original")
    assert world.requests[-1].status == 204
    assert client.errors == []
