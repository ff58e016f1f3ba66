"""What `/help` says, and what a server is greeted with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.anime.api.wish import MediaWish
from bot.anime.pages.list import MediaList
from bot.gate.rules import Hosted
from bot.interaction.permission import ASKED_FOR
from bot.navigation.address import NOWHERE
from bot.navigation.frame import ACCENT, PageView
from bot.navigation.item import SeeButton
from bot.settings.form import SERVER
from bot.settings.item import PanelButton
from bot.vndb.pages.vn import RandomVn
from bot.welcome.item import GreetingSwitch
from bot.welcome.switch import Switch

_SEASONS = ("WINTER", "SPRING", "SUMMER", "FALL")


@dataclass(frozen=True, slots=True)
class About:
    """What the host says of this bot: where its source is, and what is done with people's data. Empty: nothing."""

    source_url: str = ""
    privacy_url: str = ""


ABOUT_DEFAULT = About()


def build_invite_url(application_id: int) -> str:
    """Where somebody puts the bot into their server."""
    return discord.utils.oauth_url(application_id, permissions=ASKED_FOR, scopes=("bot", "applications.commands"))


def render_help(application_id: int, *, today: dt.date, about: About, hosted: Hosted, manages: bool) -> PageView:
    """What the bot does in five lines, with buttons that do it. `manages`: whether who asks manages the server."""
    view = PageView()
    view.add_item(ui.Container[Any](ui.TextDisplay[Any]("\n".join(_list_help(hosted))), accent_colour=ACCENT))
    view.add_item(ui.ActionRow[Any](*_build_tries(today, manages=manages)))
    links = {
        "Add to a server": build_invite_url(application_id),
        "Source": about.source_url,
        "Privacy": about.privacy_url,
    }
    view.add_item(ui.ActionRow[Any](*(ui.Button[Any](label=label, url=url) for label, url in links.items() if url)))
    return view


def _list_help(hosted: Hosted) -> Iterator[str]:
    yield "## Shiori"
    yield "📖 **Visual novels**: `/vn info`, `/vn random`"
    yield "📺 **Anime, manga**: `/anime info`, `/anime season`"
    galleries = ", galleries (18+)" if hosted.shows_galleries else ""
    yield f"🔗 **Cards below links**: VNDB, AniList, MyAnimeList{galleries}"
    yield "🔔 **New episodes, releases**: `/follow anime`"
    yield "🎨 **Pictures**: `/image random` · **you**: `/me`"


def _build_tries(today: dt.date, *, manages: bool) -> Iterator[ui.Item[Any]]:
    season, year = _SEASONS[(today.month - 1) // 3], today.year
    wish = MediaWish(kind="ANIME", season=season, season_year=year, sort="popularity")
    yield SeeButton(NOWHERE.go(RandomVn()), label="A random novel", emoji="🎲")
    # Named, since the message may be pressed in another one.
    yield SeeButton(NOWHERE.go(MediaList(wish)), label=f"Anime of {season.lower()} {year}", emoji="📺")
    if manages:
        yield PanelButton(SERVER, "Preview settings")


def render_greeting(switches: Sequence[tuple[Switch, bool]], *, note: str = "") -> PageView:
    """What a server reads when the bot joins it, with each switch and whether it is on."""
    sections = (
        ui.Section[Any](
            ui.TextDisplay[Any](f"**{switch.label}**\n-# {switch.description}"),
            accessory=GreetingSwitch(switch.key, on),
        )
        for switch, on in switches
    )
    first = (
        "## Shiori is here\nVisual novels, anime and manga: `/help` says what there is to try.\n"
        "-# For whoever manages this server, what matters first:"
    )
    container = ui.Container[Any](ui.TextDisplay[Any](first), *sections, accent_colour=ACCENT)
    if note:
        container.add_item(ui.TextDisplay(note))
    container.add_item(ui.ActionRow[Any](PanelButton(SERVER, "All settings")))
    view = PageView()
    view.add_item(container)
    return view
