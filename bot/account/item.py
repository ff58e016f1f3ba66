"""What can be pressed to link an account, and to show it. Custom ids say which, and so outlive a restart."""

from __future__ import annotations

import re
from typing import Any, Literal, Protocol, Self, cast

import discord
from discord import ui

from bot.account.model import SERVICES, Service
from bot.navigation.item import Interaction, Once

AccountAct = Literal["open", "show", "hide", "hide-all"]

_SERVICE = f"(?P<service>{'|'.join(SERVICES)})"


class AccountActions(Protocol):
    """What is done when one of these is pressed, the bot's `account_panel`."""

    async def open(self, interaction: Interaction) -> None:
        """Show what somebody linked."""
        ...

    async def ask_name(self, interaction: Interaction, service: Service) -> None:
        """Ask for the name of the account to be linked."""
        ...

    async def link(self, interaction: Interaction, service: Service, named: str) -> None:
        """Link an account, by its id or its name, to whoever pressed."""
        ...

    async def unlink(self, interaction: Interaction, service: Service) -> None:
        """Forget the account."""
        ...

    async def show_here(self, interaction: Interaction, *, wanted: bool) -> None:
        """Show it to this server, or no more."""
        ...

    async def hide_everywhere(self, interaction: Interaction) -> None:
        """Show it to no server any more."""
        ...


class _HasAccountPanel(Protocol):
    @property
    def account_panel(self) -> AccountActions: ...


class AccountButton(Once, ui.DynamicItem[ui.Button[Any]], template=r"acc:(?P<act>open|show|hide|hide-all)"):
    """Opens what somebody linked, or shows it to this server, or no more: to this one, or to any."""

    def __init__(
        self, act: AccountAct, label: str = "…", *, style: discord.ButtonStyle = discord.ButtonStyle.secondary
    ) -> None:
        self.act: AccountAct = act
        super().__init__(ui.Button(label=label, style=style, custom_id=f"acc:{act}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(cast("AccountAct", match["act"]))

    async def callback(self, interaction: Interaction) -> None:
        panel = _panel(interaction)
        if self.act == "open":
            await panel.open(interaction)
        elif self.act == "hide-all":
            await panel.hide_everywhere(interaction)
        else:
            await panel.show_here(interaction, wanted=self.act == "show")


class LinkButton(Once, ui.DynamicItem[ui.Button[Any]], template=f"acc:link:{_SERVICE}"):
    """Asks for the name of the account to be linked."""

    def __init__(self, service: Service, *, again: bool = False) -> None:
        self.service: Service = service
        label = "Link another" if again else f"Link {service}"
        super().__init__(ui.Button(label=label, emoji="🔗", custom_id=name_link(service)))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(cast("Service", match["service"]))

    async def callback(self, interaction: Interaction) -> None:
        await _panel(interaction).ask_name(interaction, self.service)


class UnlinkButton(Once, ui.DynamicItem[ui.Button[Any]], template=f"acc:unlink:{_SERVICE}"):
    """Forgets the account."""

    def __init__(self, service: Service) -> None:
        self.service: Service = service
        super().__init__(ui.Button(label="Unlink", custom_id=f"acc:unlink:{service}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(cast("Service", match["service"]))

    async def callback(self, interaction: Interaction) -> None:
        await _panel(interaction).unlink(interaction, self.service)


class ThisIsMeButton(Once, ui.DynamicItem[ui.Button[Any]], template=f"acc:me:{_SERVICE}:(?P<id>u?[1-9][0-9]{{0,9}})"):
    """Links the account that a card is of, or a token, to whoever presses it."""

    def __init__(self, service: Service, account_id: str, label: str = "This is me") -> None:
        self.service: Service = service
        self.account_id = account_id
        super().__init__(ui.Button(label=label, emoji="🔗", custom_id=f"acc:me:{service}:{account_id}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(cast("Service", match["service"]), match["id"])

    async def callback(self, interaction: Interaction) -> None:
        named = self.account_id if self.service == "VNDB" else f"#{self.account_id}"  # as people refer to it
        await _panel(interaction).link(interaction, self.service, named)


ACCOUNT_ITEMS = (AccountButton, LinkButton, UnlinkButton, ThisIsMeButton)


def name_link(service: Service) -> str:
    """The custom id of what asks for the name of an account."""
    return f"acc:link:{service}"


def _panel(interaction: Interaction) -> AccountActions:
    return cast("_HasAccountPanel", interaction.client).account_panel
