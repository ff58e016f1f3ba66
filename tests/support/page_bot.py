"""A small discord.py bot that uses everything the playground's page can draw and send."""

from __future__ import annotations

import asyncio
from typing import Any

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
        component=ui.Select(
            custom_id="mood", options=[discord.SelectOption(label="Good"), discord.SelectOption(label="Bad")]
        ),
    )

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        assert isinstance(self.note.component, ui.TextInput)
        assert isinstance(self.mood.component, ui.Select)
        await interaction.response.send_message(
            f"Noted: {self.note.component.value} ({self.mood.component.values[0]})", ephemeral=True
        )


class _Places(ui.LayoutView):
    def __init__(self, *, channel_id: int, role_id: int) -> None:
        super().__init__(timeout=None)
        kinds, chosen = discord.SelectDefaultValueType, discord.SelectDefaultValue
        self.places = ui.ChannelSelect[_Places](
            placeholder="No channels",
            min_values=0,
            max_values=5,
            channel_types=[discord.ChannelType.text, discord.ChannelType.voice, discord.ChannelType.category],
            default_values=[chosen(id=channel_id, type=kinds.channel)],
        )
        self.role = ui.RoleSelect[_Places](
            placeholder="Everybody", min_values=0, default_values=[chosen(id=role_id, type=kinds.role)]
        )
        self.places.callback = self._tell
        self.role.callback = self._tell
        self.add_item(ui.ActionRow[_Places](self.places)).add_item(ui.ActionRow[_Places](self.role))

    async def _tell(self, interaction: discord.Interaction) -> None:
        names = [one.name for one in (*self.places.values, *self.role.values)]
        await interaction.response.send_message(f"Picked: {', '.join(names) or 'nothing'}", ephemeral=True)


class PageBot(discord.Client):
    """`seen` has what it heard of messages; `release` lets `/slow` answer."""

    def __init__(self, *, picture: str) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)
        mentions = discord.AllowedMentions.none()
        # discord.py would wait two seconds for more servers; there is one.
        super().__init__(intents=intents, allowed_mentions=mentions, guild_ready_timeout=0.05)
        self.tree: app_commands.CommandTree[PageBot] = app_commands.CommandTree(self)
        self.picture = picture
        self.seen: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self.release = asyncio.Event()
        self.synced = asyncio.Event()

    async def setup_hook(self) -> None:
        for command in _COMMANDS:
            self.tree.add_command(command)
        await self.tree.sync()

    async def on_ready(self) -> None:
        self.synced.set()

    async def on_message(self, message: discord.Message) -> None:
        if not message.author.bot:
            self.seen.put_nowait(("post", message.content))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        if not payload.message.author.bot:
            self.seen.put_nowait(("edit", payload.message.content))

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        self.seen.put_nowait(("delete", str(payload.message_id)))


_book = app_commands.Group(name="book", description="Books")


@_book.command(name="show", description="Show one")
@app_commands.describe(title="Which one", volume="Its volume", shelf="Where it stands")
@app_commands.choices(shelf=[app_commands.Choice(name="Top shelf", value="top")])
async def _show(interaction: discord.Interaction[PageBot], title: str, volume: int = 1, shelf: str = "nowhere") -> None:
    heading = f"{TITLES.get(title, title)}, volume {volume}, {shelf}"
    await interaction.response.send_message(view=_Card(heading, picture=interaction.client.picture))


async def _suggest(_: discord.Interaction[PageBot], typed: str) -> list[app_commands.Choice[str]]:
    found = [(value, name) for value, name in TITLES.items() if typed.casefold() in name.casefold()]
    return [app_commands.Choice(name=name, value=value) for value, name in found]


@app_commands.command(name="slow", description="Takes its time")
async def _slow(interaction: discord.Interaction[PageBot]) -> None:
    await interaction.response.defer()
    await interaction.client.release.wait()
    embed = discord.Embed(title="An embed", description="It ||was slow||", colour=0xFF8800)
    await interaction.edit_original_response(embed=embed.add_field(name="Field", value="Value"))


@app_commands.command(name="silent", description="Never answers")
async def _silent(_: discord.Interaction[PageBot]) -> None:
    return


@app_commands.command(name="note", description="Opens a form")
async def _note(interaction: discord.Interaction[PageBot]) -> None:
    await interaction.response.send_modal(_Note())


@app_commands.command(name="late", description="For grown-ups", nsfw=True)
async def _late(interaction: discord.Interaction[PageBot]) -> None:
    await interaction.response.send_message("It is late")


@app_commands.command(name="places", description="Asks for channels and a role")
@app_commands.default_permissions(manage_guild=True)
@app_commands.describe(first="Where to begin")
async def _places(interaction: discord.Interaction[PageBot], first: discord.VoiceChannel | None = None) -> None:
    assert interaction.guild is not None
    if first is not None:
        await interaction.response.send_message(f"Beginning in {first.name}")
        return
    moderators = next(role for role in interaction.guild.roles if role.name == "Moderators")
    view = _Places(channel_id=interaction.channel_id or 0, role_id=moderators.id)
    await interaction.response.send_message(view=view)


@app_commands.command(name="carried", description="Goes where the person goes")
@app_commands.allowed_installs(guilds=True, users=True)
async def _carried(interaction: discord.Interaction[PageBot]) -> None:
    await interaction.response.send_message(f"Carried by a person: {interaction.is_user_integration()}")


@app_commands.context_menu(name="Count letters")
async def _count(interaction: discord.Interaction[PageBot], message: discord.Message) -> None:
    await interaction.response.send_message(f"{len(message.content)} letters", ephemeral=True)


_show.autocomplete("title")(_suggest)
_Command = app_commands.Group | app_commands.ContextMenu | app_commands.Command[Any, ..., None]
# discord.py leaves the type open to which a command without a cog is bound.
_COMMANDS: tuple[_Command, ...] = (_book, _slow, _silent, _note, _late, _places, _carried, _count)  # pyright: ignore[reportUnknownVariableType]
