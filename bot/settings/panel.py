"""The panels of settings: what is pressed in them is written to the store, and the panel is shown again.

Whoever presses is checked here each time: a panel may be older than a person's permissions.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Protocol, TypeVar, cast

import discord

from bot.errors import HalfDeleted, InvalidInput, ShioriError, StoreError, Unconfirmed
from bot.gate.chosen import NOTHING_CHOSEN, Chosen
from bot.gate.declaration import AnySetting, TagList
from bot.gate.rules import Hosted
from bot.gate.setting import ADULT, CHANNELS, ROLES
from bot.http import Clock
from bot.interaction.permission import find_missing, is_locked, is_outside
from bot.interaction.place import build_viewer, check_manager, check_server
from bot.interaction.reply import Interaction, answer, change, explain, open_modal
from bot.interaction.rule import CHANNEL_GONE, LOCKED, NO_INTENT, NOT_ADDED, ROLE_GONE, explain_lacking, render_why
from bot.navigation.frame import PageView
from bot.navigation.viewer import Viewer
from bot.settings.form import ME, SERVER, Scope, apply_change, find_page, find_setting, read_current
from bot.settings.gone import ASK_EVERY_S, is_deleted
from bot.settings.hint import Saved
from bot.settings.item import PanelActions
from bot.settings.modal import build_tags_modal
from bot.settings.panel_card import (
    render_channel_panel,
    render_delete_question,
    render_deleted,
    render_export_offer,
    render_personal_panel,
    render_server_panel,
)
from bot.settings.stored import PREVIEWS, REMAKES, build_file
from bot.settings.tag import change_tags
from bot.settings.why import build_why_buttons
from bot.store.again import try_until_done
from bot.store.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")


class PersonListener(Protocol):
    """Whoever has to do something when a person chooses, or has all deleted that is stored about them."""

    def person_changed(self, user_id: int) -> None:
        """What they chose now is in the store."""
        ...

    async def person_leaves(self, user_id: int) -> int:
        """They are about to be forgotten. Return how many records of them are gone already. Raises `StoreError` if
        something of them has to be kept.
        """
        ...


class Panels(PanelActions):
    """`message_content`: whether Discord tells what people write. `listeners` are told of what people do,
    `server_changed` of servers where, or in a channel of which, something was chosen that cards change with.
    `judge` tells, a line a link, what holds of the links in a text.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        hosted: Hosted,
        message_content: bool,
        listeners: Sequence[PersonListener],
        server_changed: Callable[[int], None],
        judge: Callable[[str, Viewer], Awaitable[Sequence[str]]],
    ) -> None:
        self._store = store
        self._listeners = listeners
        self._server_changed = server_changed
        self._judge = judge
        self._clock = clock
        self._hosted = hosted
        self._missing = () if message_content else (NO_INTENT,)

    # Commands

    async def show(self, interaction: Interaction, scope: Scope) -> None:
        """Answer a command with a panel, privately."""
        await answer(interaction, self._render(interaction, scope), clock=self._clock, private=True)

    async def explain(self, interaction: Interaction, text: str | None) -> None:
        """Answer a command with what is shown in its channel, and why, and what holds of the links in a text."""
        await answer(interaction, self._explain(interaction, text), clock=self._clock, private=True)

    # What is pressed (documented in `PanelActions`)

    async def show_why(self, interaction: Interaction) -> None:
        await change(interaction, self._explain(interaction), clock=self._clock)

    async def open_panel(self, interaction: Interaction, scope: Scope, page: str) -> None:
        panel = self._render(interaction, scope, page=page)
        if interaction.message is not None and interaction.message.flags.ephemeral:
            await change(interaction, panel, clock=self._clock)
        else:  # what everybody reads stays as it is
            await answer(interaction, panel, clock=self._clock, private=True)

    async def change_setting(
        self, interaction: Interaction, scope: Scope, setting: str, values: Sequence[str], shown: Sequence[str] = ()
    ) -> None:
        await change(interaction, self._change(interaction, scope, setting, values, shown), clock=self._clock)

    async def edit_tags(self, interaction: Interaction, scope: Scope, setting: str) -> None:
        try:
            found = find_setting(scope.level, setting)
            if not isinstance(found.form, TagList):
                raise InvalidInput("setting", "is no list of tags")
            tags = cast("tuple[str, ...]", read_current(self._read(interaction, scope), found, scope.level) or ())
            modal = build_tags_modal(scope, found, tags)
        except ShioriError as error:
            await explain(interaction, error)
        else:
            await open_modal(interaction, modal)

    async def export_person(self, interaction: Interaction) -> None:
        await change(interaction, self._export(interaction), clock=self._clock)

    async def ask_delete(self, interaction: Interaction) -> None:
        await change(interaction, self._ask_delete(interaction.user.id), clock=self._clock)

    async def delete_person(self, interaction: Interaction) -> None:
        await change(interaction, self._delete(interaction), clock=self._clock)

    async def submit_tags(self, interaction: Interaction, scope: Scope, setting: str, text: str, digest: str) -> None:
        """Keep the tags that were typed into the modal, and show the panel again. `digest`: of those that it held."""
        await change(interaction, self._change(interaction, scope, setting, [text], [digest]), clock=self._clock)

    # What is gone

    async def forget_server(self, guild_id: int, *, is_in: Callable[[int], bool]) -> None:
        """The bot is no more in a server: nothing of it is kept. `is_in`: unless it came back meanwhile."""

        async def forget() -> None:
            if not is_in(guild_id):
                await self._store.delete_server(guild_id)

        await self._try(forget)

    async def forget_servers(self, *, is_in: Callable[[int], bool], bot_id: int) -> None:
        """Forget the servers that took the bot out while nobody could note that: in those `is_in` is not true of."""
        if not await self._try(lambda: self._store.belongs_to(bot_id)):
            log.warning("This database is of another bot: what it stores of servers is left as it is.")
            return
        for guild_id in sorted(await self._try(self._store.list_servers)):
            await self.forget_server(guild_id, is_in=is_in)

    async def forget_channel(self, channel_id: int) -> None:
        """A channel or thread is deleted."""
        await self._try(lambda: self._store.delete_channel(channel_id))

    async def forget_channels(self, find_server: Callable[[int], discord.Guild | None]) -> None:
        """Forget the channels and threads that were deleted while nobody was told of it. Of a server that is not found
        all stays: another process is told of it, or nobody yet.
        """
        for guild_id, channel_id in await self._try(self._store.list_kept_channels):
            guild = find_server(guild_id)
            if guild is None or guild.unavailable or guild.get_channel_or_thread(channel_id) is not None:
                continue
            if await is_deleted(guild, channel_id):
                await self.forget_channel(channel_id)
            await self._clock.sleep(ASK_EVERY_S)

    async def _try(self, work: Callable[[], Awaitable[T]]) -> T:
        return await try_until_done(
            work, clock=self._store.recovery, failed="something that is gone may still be stored"
        )

    # What becomes of it

    async def _render(
        self, interaction: Interaction, scope: Scope, *, page: str = "", saved: Saved | None = None
    ) -> PageView:
        chosen = self._read(interaction, scope)
        if scope == ME:
            return render_personal_panel(chosen, page=page, hosted=self._hosted, saved=saved)
        guild = check_manager(interaction)
        if scope == SERVER:
            return render_server_panel(
                chosen,
                page=page,
                hosted=self._hosted,
                missing=(*self._missing, *_list_gone(guild, chosen)),
                different=await self._list_different(guild.id),
                saved=saved,
            )
        server = self._store.server(guild.id)
        return render_channel_panel(
            chosen, server, channel_id=scope.channel_id, page=page, hosted=self._hosted, saved=saved
        )

    async def _list_different(self, guild_id: int) -> list[int] | None:
        """The channels for which something was chosen; None if the database cannot be asked just now."""
        try:
            return await self._store.list_channels(guild_id)
        except StoreError as error:
            log.info("a panel does not name the channels that differ: %s", error)
            return None

    def _read(self, interaction: Interaction, scope: Scope) -> Chosen:
        if scope == ME:
            return self._store.person(interaction.user.id)
        guild = check_manager(interaction)
        if scope == SERVER:
            return self._store.server(guild.id)
        return self._store.channel(_find_channel(guild, scope.channel_id).id)

    async def _change(
        self, interaction: Interaction, scope: Scope, name: str, values: Sequence[str], shown: Sequence[str]
    ) -> PageView:
        before = NOTHING_CHOSEN

        def apply(known: Chosen) -> Chosen:
            nonlocal before
            before = known
            return apply_change(known, scope.level, name, values, shown=shown)

        if scope == ME:
            await self._store.change_person(interaction.user.id, apply)
            for one in self._listeners:
                one.person_changed(interaction.user.id)
        else:
            guild = check_manager(interaction)
            if scope == SERVER:
                await self._store.change_server(guild.id, apply)
            else:
                await self._store.change_channel(guild.id, _find_channel(guild, scope.channel_id).id, apply)
            if find_setting(scope.level, name).on_cards:
                self._server_changed(guild.id)
        setting = find_setting(scope.level, name)
        is_typed = isinstance(setting.form, TagList)
        typed = change_tags(before.get(setting) or (), values, shown).sentence if is_typed else ""
        saved = Saved(setting, "\n".join(filter(None, (typed, self._tell_effect(interaction, scope, setting)))))
        return await self._render(interaction, scope, page=find_page(scope.level, name), saved=saved)

    def _tell_effect(self, interaction: Interaction, scope: Scope, setting: AnySetting) -> str:
        """What becomes of the cards that stand."""
        if not setting.on_cards:
            return ""
        if scope == ME:
            return "-# Cards that stand already stay as they are."
        if setting is ADULT and self._read(interaction, scope).get(ADULT) is False:
            return (
                "-# What everybody could read in age-restricted channels goes; in archived threads when they are "
                "reopened, and where Shiori sees nothing when it is let in."
            )
        return "-# Cards below links of the last day are made anew, or go; older ones stay."

    async def _explain(self, interaction: Interaction, text: str | None = None) -> PageView:
        guild = check_server(interaction)
        viewer = build_viewer(interaction, self._store, hosted=self._hosted)
        missing = [*self._missing, *_list_lacking(interaction.channel, guild.me)]
        manages = interaction.permissions.manage_guild
        return render_why(
            viewer.rules,
            missing=missing,
            keeps_embeds=not interaction.app_permissions.manage_messages,
            linked=await self._judge(text, viewer) if text else (),
            buttons=build_why_buttons(viewer.rules, find_settings_id(interaction), manages=manages),
        )

    async def _export(self, interaction: Interaction) -> PageView:
        stored = await self._store.export_person(interaction.user.id)
        name, document = await asyncio.to_thread(build_file, stored, at_most=interaction.filesize_limit)
        return render_export_offer(stored, name, document)

    async def _ask_delete(self, person_id: int) -> PageView:
        return render_delete_question(off_list=await self._store.count_kept(REMAKES, person_id) > 0)

    async def _delete(self, interaction: Interaction) -> PageView:
        person_id = interaction.user.id
        try:
            # First what they would be found by.
            deleted = sum([await one.person_leaves(person_id) for one in self._listeners])
            deleted += await self._store.delete_person(person_id)
            left = await self._store.count_kept(PREVIEWS, person_id)
        except Unconfirmed:
            raise
        except StoreError as error:  # previews may be gone already
            raise HalfDeleted(error.reason) from error
        for one in self._listeners:  # nothing is chosen any more
            one.person_changed(person_id)
        return render_deleted(deleted, left=left)


def _list_lacking(channel: object, me: discord.Member) -> Iterator[str]:
    """What keeps the bot from answering links in a channel."""
    if is_outside(channel):
        yield NOT_ADDED
    if is_locked(channel, me):
        yield LOCKED
    if (missing := find_missing(channel, me)) is not None:
        yield explain_lacking(missing)


def _list_gone(guild: discord.Guild, chosen: Chosen) -> Iterator[str]:
    """What the lists name and the server no longer has: its selects cannot show it."""
    if any(guild.get_role(role_id) is None for role_id in chosen.get(ROLES) or ()):
        yield ROLE_GONE
    if any(guild.get_channel(channel_id) is None for channel_id in chosen.get(CHANNELS) or ()):
        yield CHANNEL_GONE


def find_settings_id(interaction: Interaction) -> int:
    """The channel whose settings hold where somebody is: a thread has those of its channel."""
    channel = interaction.channel
    return channel.parent_id if isinstance(channel, discord.Thread) else interaction.channel_id or 0


def _find_channel(guild: discord.Guild, channel_id: int) -> discord.abc.GuildChannel:
    """A channel of this server: a custom id may name any. Raises `InvalidInput`."""
    channel = guild.get_channel(channel_id)
    if channel is None:
        raise InvalidInput("channel", "is not one of this server, or Shiori cannot see it")
    return channel
