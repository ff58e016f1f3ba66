"""What `/help` says, and what a server is greeted with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import discord
import msgspec
from discord import ui

from bot.anime.api.wish import MediaWish
from bot.anime.pages.list import MediaList
from bot.cards.text import escape_line
from bot.gate.rules import Hosted
from bot.interaction.permission import ASKED_FOR
from bot.interaction.rule import NO_INTENT
from bot.navigation.address import NOWHERE
from bot.navigation.frame import ACCENT, PageView
from bot.navigation.item import SeeButton
from bot.settings.form import SERVER
from bot.settings.item import PanelButton
from bot.vndb.pages.vn import RandomVn
from bot.welcome.command import CommandNames
from bot.welcome.item import PRIVACY, CommandsButton, GreetingSwitch, PrivacyButton
from bot.welcome.switch import Switch

_SEASONS = ("WINTER", "SPRING", "SUMMER", "FALL")


class About(msgspec.Struct, frozen=True):
    """What the host says of this bot: where its source is, what is done with people's data, and how they are reached:
    by a page, or by what else it is. Empty: nothing of its own.
    """

    source_url: str = ""
    privacy_url: str = ""
    contact_url: str = ""
    contact: str = ""


ABOUT_DEFAULT = About()


def build_invite_url(application_id: int) -> str:
    """Where somebody puts the bot into their server."""
    return discord.utils.oauth_url(application_id, permissions=ASKED_FOR, scopes=("bot", "applications.commands"))


def render_help(
    application_id: int,
    commands: CommandNames,
    *,
    today: dt.date,
    about: About,
    hosted: Hosted,
    manages: bool,
    message_content: bool,
) -> PageView:
    """What the bot does in five lines, with buttons that do it. `manages`: whether who asks manages the server.
    `message_content`: whether Discord tells what people write, other than to the bot.
    """
    view = PageView()
    lines = [
        *_list_help(commands, hosted, message_content=message_content),
        *_list_notes(commands, about, manages=manages, message_content=message_content),
    ]
    view.add_item(ui.Container[Any](ui.TextDisplay[Any]("\n".join(lines)), accent_colour=ACCENT))
    view.add_item(ui.ActionRow[Any](*_build_tries(today, manages=manages)))
    view.add_item(ui.ActionRow[Any](*_build_links(application_id, about)))
    return view


def _build_links(application_id: int, about: About) -> Iterator[ui.Item[Any]]:
    yield ui.Button[Any](label="Add to a server", url=build_invite_url(application_id))
    if about.source_url:
        yield ui.Button[Any](label="Source", url=about.source_url)
    yield ui.Button[Any](label=PRIVACY, url=about.privacy_url) if about.privacy_url else PrivacyButton()
    if about.contact_url:
        yield ui.Button[Any](label="Contact", url=about.contact_url)


def _list_help(commands: CommandNames, hosted: Hosted, *, message_content: bool) -> Iterator[str]:
    def tell(line: str, *names: str) -> str:
        return f"{line}: {' '.join(map(commands.mention, names))}"

    yield "## Shiori"
    yield tell(
        "📖 **Visual novels**", "vn info", "vn search", "vn top", "vn similar", "vn upcoming", "vn character info"
    )
    yield tell(
        "📺 **Anime, manga, pictures**",
        "anime info",
        "anime top",
        "anime similar",
        "anime season",
        "manga info",
        "image random",
    )
    # `/vndb link` refuses everybody where there is no key to seal a token with.
    first = "vndb link" if hosted.lists else "vndb user"
    yield tell("📚 **Lists, yours and others'**", first, "vndb list", "vndb compare", "anilist list", "vn recommend")
    yield tell("🔔 **New episodes, releases**", "follow anime", "follow vn", "follow developer", "follow daily")
    galleries = ", galleries (18+)" if hosted.shows_galleries else ""
    where = "below links**" if message_content else "for links** in messages to Shiori, or that mention it"
    yield f"🔗 **Cards {where}: VNDB, AniList, MyAnimeList{galleries}"


def _tell_read(*, message_content: bool) -> str:
    """Of which messages the text is read."""
    if message_content:
        return "Messages are read for links and mentions"
    return "Only messages that mention Shiori, or are sent to it, are read"


def _list_notes(commands: CommandNames, about: About, *, manages: bool, message_content: bool) -> Iterator[str]:
    yield (
        f"-# 🔒 {_tell_read(message_content=message_content)}, and none is kept. "
        f"{commands.mention('me')} shows what is stored about you, and can delete it."
    )
    yield f"-# 🚦 Slow, or no answer? {commands.mention('status')} says which service it is, and until when."
    if about.contact and not about.contact_url:
        yield f"-# ✉️ To reach whoever hosts this bot: {escape_line(about.contact)}"
    if manages:
        server, why = commands.mention("settings server"), commands.mention("settings why")
        yield f"-# ⚙️ You manage this server: {server} has its switches, {why} says why something is not shown."


def render_privacy(commands: CommandNames, *, hosted: Hosted, message_content: bool) -> PageView:
    """What is stored and sent, in a few lines: where a host has no page of its own for that."""
    lines = (
        "## Privacy",
        f"- {_tell_read(message_content=message_content)}. No text of theirs is kept.",
        "- Stored are settings, what is followed, and the ids of messages that Shiori answered.",
        "- Of what you link: the account, and its list while you show or follow it, or bring one in from a file.",
        "- What you type into a command goes to the service that answers it, without your name.",
        *(["- A token for VNDB is kept encrypted, for you alone."] if hosted.lists else []),
        f"- {commands.mention('me')} shows all that is stored about you, and can delete it.",
    )
    view = PageView()
    view.add_item(ui.Container[Any](ui.TextDisplay[Any]("\n".join(lines)), accent_colour=ACCENT))
    return view


def render_commands(commands: CommandNames) -> PageView:
    """All commands by their groups."""
    view = PageView()
    view.add_item(ui.Container[Any](ui.TextDisplay[Any](commands.list_all()), accent_colour=ACCENT))
    return view


def _build_tries(today: dt.date, *, manages: bool) -> Iterator[ui.Item[Any]]:
    season, year = _SEASONS[(today.month - 1) // 3], today.year
    wish = MediaWish(kind="ANIME", season=season, season_year=year, sort="popularity")
    yield SeeButton(NOWHERE.go(RandomVn()), label="A random novel", emoji="🎲")
    # Named, since the message may be pressed in another one.
    yield SeeButton(NOWHERE.go(MediaList(wish)), label=f"Anime of {season.lower()} {year}", emoji="📺")
    yield CommandsButton()
    if manages:
        yield PanelButton(SERVER, "Preview settings")


def render_greeting(switches: Sequence[tuple[Switch, bool]], *, message_content: bool, note: str = "") -> PageView:
    """What a server reads when the bot joins it, with each switch and whether it is on."""
    sections = (
        ui.Section[Any](
            ui.TextDisplay[Any](f"**{switch.label}**\n-# {switch.description}"),
            accessory=GreetingSwitch(switch.key, on),
        )
        for switch, on in switches
    )
    first = (
        "## Shiori is here",
        "Visual novels, anime and manga: `/help` says what there is to try.",
        *([] if message_content else [f"⚠️ {NO_INTENT}"]),
        "-# For whoever manages this server, what matters first:",
    )
    container = ui.Container[Any](ui.TextDisplay[Any]("\n".join(first)), *sections, accent_colour=ACCENT)
    if note:
        container.add_item(ui.TextDisplay(note))
    container.add_item(ui.ActionRow[Any](PanelButton(SERVER, "All settings")))
    view = PageView()
    view.add_item(container)
    return view
