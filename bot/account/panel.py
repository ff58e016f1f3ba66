"""Linking accounts by name, and showing them to servers: what is pressed and typed is kept, and the panel shown again.

Everybody does that for themselves: whoever presses is whose account it is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
import msgspec
from discord import ui

from bot.account.card import Here, Linked, name_account, render_accounts
from bot.account.item import AccountActions
from bot.account.modal import build_link_modal
from bot.account.model import SERVICES, Account, Service
from bot.account.record import AccountRecords
from bot.errors import InvalidInput
from bot.http import Clock
from bot.interaction.reply import Interaction, Work, answer, change, open_modal
from bot.navigation.frame import PageView


class LookedUp(msgspec.Struct, frozen=True):
    """An account as its service has it now, and what of it everybody can read: a few words, escaped; or nothing."""

    account: Account
    public: str


_STILL_OWN = "✅ No server is shown that account any more. That of your token is left, which `/vndb unlink` forgets."

LookUp = Callable[[Interaction, Service, str], Awaitable[LookedUp]]
"""Looks up an account by what was typed. Raises `NotFound`, `InvalidInput`, `ServiceError`."""


class AccountPanel(AccountActions):
    """`back`: what leads from the panel to where it is opened from. `changed`: what is to be done when something of
    what is shown to servers changed; it may raise `StoreError`.
    """

    def __init__(
        self,
        records: AccountRecords,
        *,
        look_up: LookUp,
        back: Callable[[], ui.Item[Any]],
        changed: Callable[[], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._records = records
        self._changed = changed
        self._look_up = look_up
        self._back = back
        self._clock = clock

    # What is pressed (documented in `AccountActions`)

    async def open(self, interaction: Interaction) -> None:
        await self._show(interaction, self._render(interaction))

    async def ask_name(self, interaction: Interaction, service: Service) -> None:
        await open_modal(interaction, build_link_modal(service))

    async def link(self, interaction: Interaction, service: Service, named: str) -> None:
        await self._show(interaction, self._link(interaction, service, named))

    async def unlink(self, interaction: Interaction, service: Service) -> None:
        await self._show(interaction, self._unlink(interaction, service))

    async def show_here(self, interaction: Interaction, *, wanted: bool) -> None:
        await self._show(interaction, self._show_here(interaction, wanted=wanted))

    async def hide_everywhere(self, interaction: Interaction) -> None:
        await self._show(interaction, self._hide_everywhere(interaction))

    async def _show(self, interaction: Interaction, work: Work) -> None:
        """In place of what only they see; what everybody reads stays as it is."""
        if interaction.message is not None and interaction.message.flags.ephemeral:
            await change(interaction, work, clock=self._clock)
        else:
            await answer(interaction, work, clock=self._clock, private=True)

    # What becomes of it

    async def _render(self, interaction: Interaction, said: str = "") -> PageView:
        person = interaction.user.id
        if said:
            await self._changed()
        accounts = [one for service in SERVICES if (one := await self._records.find_own(person, service))]
        servers = await self._records.list_servers(person)
        others = [one for one in servers if one != interaction.guild_id]
        return render_accounts(
            Linked(accounts, _find_here(interaction, servers), len(others)), back=self._back(), said=said
        )

    async def _link(self, interaction: Interaction, service: Service, named: str) -> PageView:
        found = await self._look_up(interaction, service, named)
        before = await self._records.find(interaction.user.id, service)
        await self._records.link(interaction.user.id, found.account, now_s=int(self._clock.time()))
        said = f"✅ Linked **{name_account(found.account)}** on {service}"
        if before is not None and before.id != found.account.id:
            said += f", in place of {name_account(before)}"
        said += f".\nEverybody can read there: {found.public}." if found.public else f".\n⚠️ {_explain_nothing(service)}"
        return await self._render(interaction, said)

    async def _unlink(self, interaction: Interaction, service: Service) -> PageView:
        await self._records.unlink(interaction.user.id, service)
        if await self._records.find_own(interaction.user.id, service):
            return await self._render(interaction, _STILL_OWN)
        return await self._render(interaction, f"✅ Nothing of yours on {service} is stored or shown any more.")

    async def _show_here(self, interaction: Interaction, *, wanted: bool) -> PageView:
        guild = find_guild(interaction)
        if guild is None:
            raise InvalidInput("server", "is none that Shiori is a member of, so nothing of you can be shown there")
        if not wanted:
            await self._records.opt_out(interaction.user.id, guild.id)
            return await self._render(interaction, "✅ Nothing of your lists is shown to this server any more.")
        if not await self._records.opt_in(interaction.user.id, guild.id, now_s=int(self._clock.time())):
            return await self._render(interaction, "⚠️ There is nothing to show: link an account first.")
        return await self._render(interaction, "✅ This server is shown your lists now, those too that you link later.")

    async def _hide_everywhere(self, interaction: Interaction) -> PageView:
        await self._records.opt_out(interaction.user.id)
        return await self._render(interaction, "✅ No server is shown your lists any more.")


def find_guild(interaction: Interaction) -> discord.Guild | None:
    """The server where something was used, if the bot is a member of it."""
    return interaction.client.get_guild(interaction.guild_id or 0)


def _find_here(interaction: Interaction, servers: list[int]) -> Here:
    if interaction.guild_id is None:
        return "dm"
    if find_guild(interaction) is None:
        return "foreign"
    return "shown" if interaction.guild_id in servers else "hidden"


def _explain_nothing(service: Service) -> str:
    return f"Nothing of that list can be read: on {service} it is private or empty. What you make public is shown."
