"""Linking one's VNDB token, and forgetting it. Whoever presses is whose token it is; they alone see what is said."""

from __future__ import annotations

from bot.account.token import Tokens
from bot.errors import NoToken
from bot.http import Clock, Secret
from bot.interaction.reply import Interaction, Work, answer, change, explain, open_modal
from bot.navigation.frame import PageView
from bot.vndb.api.access import LISTREAD, LISTWRITE, parse_token
from bot.vndb.api.error import SERVICE
from bot.vndb.api.user import Users
from bot.vndb.my_list.panel import MyListPanel
from bot.vndb.token.card import render_linked, render_token_screen, render_unlinked
from bot.vndb.token.item import TokenActions, build_token_modal


class TokenPanel(TokenActions):
    """`users` say whose a token is; `my_list` is what was done with it."""

    def __init__(self, tokens: Tokens, users: Users, my_list: MyListPanel, *, clock: Clock) -> None:
        self._tokens = tokens
        self._users = users
        self._my_list = my_list
        self._clock = clock

    async def show(self, interaction: Interaction) -> None:
        """Answer `/vndb link` too."""
        await self._reply(interaction, self._render(interaction.user.id))

    async def ask_token(self, interaction: Interaction) -> None:
        if self._tokens.is_on:
            await open_modal(interaction, build_token_modal())
        else:
            await explain(interaction, NoToken(SERVICE, "off"))

    async def link(self, interaction: Interaction, typed: Secret) -> None:
        """Keep the token that was typed into the modal, if VNDB knows it and it permits what is needed."""
        await self._reply(interaction, self._link(interaction.user.id, typed))

    async def unlink(self, interaction: Interaction) -> None:
        """Answer `/vndb unlink`."""
        await answer(interaction, self._unlink(interaction.user.id), clock=self._clock, private=True)

    async def unlink_here(self, interaction: Interaction) -> None:
        await self._reply(interaction, self._unlink(interaction.user.id))

    async def _reply(self, interaction: Interaction, work: Work) -> None:
        """In place of what only they see; what everybody reads stays as it is."""
        if interaction.message is not None and interaction.message.flags.ephemeral:
            await change(interaction, work, clock=self._clock)
        else:
            await answer(interaction, work, clock=self._clock, private=True)

    # What becomes of it

    async def _render(self, user_id: int) -> PageView:
        if not self._tokens.is_on:
            raise NoToken(SERVICE, "off")
        return render_token_screen(await self._tokens.find(user_id))

    async def _link(self, user_id: int, typed: Secret) -> PageView:
        if not self._tokens.is_on:
            raise NoToken(SERVICE, "off")
        token = parse_token(typed.reveal())
        access = await self._users.fetch_access(token)
        missing = [one for one in (LISTREAD, LISTWRITE) if one not in access.permissions]
        if missing:
            raise NoToken(SERVICE, "permissions", missing=missing)
        before = await self._tokens.find(user_id)
        left = await self._my_list.remakes.settle(user_id) if before is not None and before.uid != access.id else ()
        await self._tokens.keep(user_id, token, uid=access.id, name=access.username, permissions=access.permissions)
        linked = await self._tokens.find(user_id)
        if linked is None:  # deleted in the same moment, by the same person
            return render_unlinked(was_linked=True, keeps=self._tokens.is_on, left=left)
        return render_linked(linked, before, left=left)

    async def _unlink(self, user_id: int) -> PageView:
        left = await self._my_list.remakes.settle(user_id)
        was_linked = await self._tokens.remove(user_id)
        self._my_list.forget(user_id)
        return render_unlinked(was_linked=was_linked, keeps=self._tokens.is_on, left=left if was_linked else ())
