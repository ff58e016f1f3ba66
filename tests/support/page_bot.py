"""A small discord.py bot that uses everything the playground's page can draw and send."""

from __future__ import annotations

import asyncio

import discord
from discord import app_commands, ui

TITLES = {"t1": "Steins;Gate (2009, Japanese)", "t2": "Stein and Gate <b>bold</b>", "t3": "Umineko (2007, Japanese)"}
HOSTILE = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"


class _Shelf(ui.ActionRow["_Card"]):
    @ui.select(
        placeholder="Put it on a shelf",
        options=[discord.SelectOption(label="Reading", description="now"), discord.SelectOption(label="Finished")],
    )
    async def choose(self, interaction: discord.Interaction, select: ui.Select[_Card]) -> None:
        await interaction.response.send_message(f"On the shelf {select.values[0]}", ephemeral=True)


class _Buttons(ui.ActionRow["_Card"]):
    @ui.button(label="Another one", style=discord.ButtonStyle.primary)
    async def another(self, interaction: discord.Interaction, _: ui.Button[_Card]) -> None:
        await interaction.response.edit_message(view=_Card("Changed by the button", picture=None))


class _Card(ui.LayoutView):
    def __init__(self, title: str, *, picture: str | None) -> None:
        super().__init__(timeout=None)
        text = ui.TextDisplay[_Card](f"A story about ||the hidden ending|| and **bold** words. {HOSTILE}")
        box = ui.Container[_Card](ui.TextDisplay(f"## {title}"), accent_colour=discord.Colour(0x2A6F97))
        if picture is None:
            box.add_item(text)
        else:
            box.add_item(ui.Section(text, accessory=ui.Thumbnail(picture, description="Cover")))
            box.add_item(ui.MediaGallery(discord.MediaGalleryItem(picture, description="Scene", spoiler=True)))
        row = _Buttons()
        row.add_item(ui.Button(label="VNDB", url="https://vndb.org/v2002"))
        box.add_item(ui.Separator()).add_item(row).add_item(_Shelf())
        self.add_item(box)


class _Note(ui.Modal, title="A note"):
    note: ui.Label[_Note] = ui.Label(
        text="Your note",
        description="Nobody else sees it",
        component=ui.TextInput(style=discord.TextStyle.long, custom_id="note", min_length=3),
    )
    mood: ui.Label[_Note] = ui.Label(
        text="Mood",
        component=ui.Select(custom_id="mood", options=[discord.SelectOption(label="Good"), discord.SelectOption(label="Bad")]),
    )

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        assert isinstance(self.note.component, ui.TextInput)
        assert isinstance(self.mood.component, ui.Select)
        await interaction.response.send_message(
            f"Noted: {self.note.component.value} ({self.mood.component.values[0]})", ephemeral=True
        )


class PageBot(discord.Client):
    """`seen` has what it heard of messages; `release` lets `/slow` answer."""

    def __init__(self, *, picture: str) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none())
        self.tree: app_commands.CommandTree[PageBot] = app_commands.CommandTree(self)
        self.picture = picture
        self.seen: list[tuple[str, str]] = []
        self.release = asyncio.Event()
        self.synced = asyncio.Event()

    async def setup_hook(self) -> None:
        _add_commands(self)
        await self.tree.sync()

    async def on_ready(self) -> None:
        self.synced.set()

    async def on_message(self, message: discord.Message) -> None:
        if not message.author.bot:
            self.seen.append(("post", message.content))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        if not payload.message.author.bot:
            self.seen.append(("edit", payload.message.content))

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        self.seen.append(("delete", str(payload.message_id)))


def _add_commands(bot: PageBot) -> None:
    group = app_commands.Group(name="book", description="Books")

    @group.command(name="show", description="Show one")
    @app_commands.describe(title="Which one", volume="Its volume", shelf="Where it stands")
    @app_commands.choices(shelf=[app_commands.Choice(name="Top shelf", value="top")])
    async def show(
        interaction: discord.Interaction[PageBot], title: str, volume: int = 1, shelf: str = "nowhere"
    ) -> None:
        heading = f"{TITLES.get(title, title)}, volume {volume}, {shelf}"
        await interaction.response.send_message(view=_Card(heading, picture=bot.picture))

    @show.autocomplete("title")
    async def suggest(_: discord.Interaction[PageBot], typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=n, value=v) for v, n in TITLES.items() if typed.casefold() in n.casefold()]

    @bot.tree.command(description="Takes its time")
    async def slow(interaction: discord.Interaction[PageBot]) -> None:
        await interaction.response.defer()
        await bot.release.wait()
        embed = discord.Embed(title="An embed", description="It ||was slow||", colour=0xFF8800)
        await interaction.edit_original_response(embed=embed.add_field(name="Field", value="Value"))

    @bot.tree.command(description="Never answers")
    async def silent(_: discord.Interaction[PageBot]) -> None:
        return

    @bot.tree.command(description="Opens a form")
    async def note(interaction: discord.Interaction[PageBot]) -> None:
        await interaction.response.send_modal(_Note())

    @bot.tree.command(description="For grown-ups", nsfw=True)
    async def late(interaction: discord.Interaction[PageBot]) -> None:
        await interaction.response.send_message("It is late")

    @bot.tree.context_menu(name="Count letters")
    async def count(interaction: discord.Interaction[PageBot], message: discord.Message) -> None:
        await interaction.response.send_message(f"{len(message.content)} letters", ephemeral=True)

    for callback in (suggest, slow, silent, note, late, count):
        assert callback
    bot.tree.add_command(group)
