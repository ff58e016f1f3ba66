"""What somebody linked, and where it is shown: a panel that they alone see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import discord
import msgspec
from discord import ui

from bot.account.item import AccountButton, LinkButton, ThisIsMeButton, UnlinkButton
from bot.account.model import SERVICES, Account, Service
from bot.cards.text import clip, count, escape_line, one_line
from bot.navigation.frame import ACCENT, PageView

Here = Literal["dm", "foreign", "hidden", "shown"]
"""Where the panel is: in no server, in one that the bot is no member of, in one that is shown nothing, or all."""

_NAME_LIMIT = 60
_SAID_LIMIT = 600

_HEADING = (
    "## Your lists\n-# What you link is who `/vndb` and `/anilist` ask for where you name nobody. "
    "You alone see it, unless you show it to a server."
)
_STORED = (
    "-# Stored for that: the account's number and name, the servers you show it to, and while there are any, what "
    "everybody can read of the list. `/me` deletes it all."
)
_SHOW = "**Show my lists to this server**"
_SHOWN_HERE = (
    "-# Members can name you in `/vndb` and `/anilist`, and see what you read and watched, with your votes, and how "
    "near your taste is. You are not pinged. Off, or when you leave, it all goes."
)
_UNNAMED = "The account of your token (`/vndb link`): you need no name. No server is shown it, unless you link it too."
_NOWHERE = {
    "dm": "-# You choose that for each server: use `/me` there.",
    "foreign": "-# Shiori is not a member of this server, so nothing of you can be shown to it.",
}


class Linked(msgspec.Struct, frozen=True):
    """What somebody linked, what of it this server sees, and how many `others` do."""

    accounts: Sequence[Account]
    here: Here
    others: int = 0


def render_accounts(linked: Linked, *, back: ui.Item[Any], said: str = "") -> PageView:
    """The panel. `said`: what was just done, escaped. `back` leads to where it was opened from."""
    body: list[ui.Item[Any]] = [ui.TextDisplay(_HEADING)]
    if said:
        body.append(ui.TextDisplay(clip(said, _SAID_LIMIT)))
    for service in SERVICES:
        body += _build_service(service, next((one for one in linked.accounts if one.service == service), None))
    body += [*_build_servers(linked), ui.ActionRow[Any](back), ui.TextDisplay(_STORED)]
    view = PageView()
    view.add_item(ui.Container[ui.LayoutView](*body, accent_colour=ACCENT))
    return view


def name_account(account: Account) -> str:
    """What an account is called, escaped."""
    return clip(escape_line(one_line(account.name) or account.id), _NAME_LIMIT)


def _build_service(service: Service, account: Account | None) -> Iterator[ui.Item[Any]]:
    if account is None:
        yield ui.TextDisplay(f"**{service}**\n-# Nothing is linked.")
        yield ui.ActionRow[Any](LinkButton(service))
        return
    if account.by_token:
        yield ui.TextDisplay(f"**{service}**: {name_account(account)}\n-# {_UNNAMED}")
        yield ui.ActionRow[Any](ThisIsMeButton(service, account.id, "Link it"), LinkButton(service, again=True))
        return
    seen = "Everybody can read its list." if account.public else "Its list was private or empty when last looked at."
    yield ui.TextDisplay(f"**{service}**: {name_account(account)}\n-# {seen}")
    yield ui.ActionRow[Any](LinkButton(service, again=True), UnlinkButton(service))


def _build_servers(linked: Linked) -> Iterator[ui.Item[Any]]:
    if linked.here in _NOWHERE:
        yield ui.TextDisplay(f"**Show my lists to a server**\n{_NOWHERE[linked.here]}")
    elif all(one.by_token for one in linked.accounts):
        yield ui.TextDisplay(f"{_SHOW}\n-# Link one first.")
    else:
        shown = linked.here == "shown"
        style = discord.ButtonStyle.success if shown else discord.ButtonStyle.secondary
        button = AccountButton("hide" if shown else "show", "On" if shown else "Off", style=style)
        yield ui.Section(ui.TextDisplay[Any](f"{_SHOW}\n{_SHOWN_HERE}"), accessory=button)
    if linked.others:
        where = count(linked.others, "other server" if linked.here in {"hidden", "shown"} else "server")
        text = f"-# Shown to {where}."
        yield ui.Section(ui.TextDisplay[Any](text), accessory=AccountButton("hide-all", "Hide everywhere"))
