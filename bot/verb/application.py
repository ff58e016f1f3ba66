"""What the bot's application at Discord has to be set to, and the setting of it by Discord's own API."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import discord

from bot.config import Config
from bot.connection import FAILURES, describe_refusal, explain_failure, is_token_refused, open_rest
from bot.interaction.permission import ASKED_FOR, NAMES

PORTAL = "https://discord.com/developers/applications"

_INTENT = "Bot, Message Content Intent (a bot that reaches more than 10,000 people has to apply for it)"
_NO_TOKEN_TAKEN = "Discord does not accept this token. Copy it from the developer portal (Bot, Reset Token)."  # noqa: S105
_TO_SERVERS = ["bot", "applications.commands"]
_TO_PEOPLE = ["applications.commands"]


class Refused(Exception):
    """Discord cannot be asked, or does not take the token. Its text is a sentence."""

    def __init__(self, sentence: str, *, token: bool = False) -> None:
        super().__init__(sentence)
        self.token = token
        """Whether it is the token that is refused."""


class Change(NamedTuple):
    """What is to be set, in words; for `AppInfo.edit`; and where one does it by hand, if Discord refuses."""

    words: str
    fields: dict[str, Any]
    by_hand: str


@asynccontextmanager
async def opened(config: Config, token: str) -> AsyncGenerator[discord.AppInfo]:
    """The application that a token belongs to, which can be edited within the block.

    Raises:
        Refused: Discord does not take the token, or cannot be reached.
    """
    try:
        async with open_rest(config) as client:
            await client.login(token)
            yield await client.application_info()
    except FAILURES as error:
        if is_token_refused(error):
            raise Refused(_NO_TOKEN_TAKEN, token=True) from None
        raise Refused(explain_failure(error, config)) from None


def list_changes(application: discord.AppInfo) -> list[Change]:
    """What is not yet as Shiori needs it. A private application has no link to be installed by, and needs none."""
    changes: list[Change] = []
    if application.bot_public and not _installs_well(application):
        asked = ", ".join(NAMES.values())
        fields: dict[str, Any] = {
            "guild_install_scopes": _TO_SERVERS,
            "guild_install_permissions": ASKED_FOR,
            "user_install_scopes": _TO_PEOPLE,
        }
        if application.custom_install_url is None:  # which somebody chose, and Discord knows one of both
            fields |= {"install_params_scopes": _TO_SERVERS, "install_params_permissions": ASKED_FOR}
        changes.append(
            Change(
                f"Installing it: a server is asked for {asked}, and people can install it for themselves.",
                fields,
                "Installation",
            )
        )
    if not has_message_content(application):
        flags = discord.ApplicationFlags()
        flags.value = application.flags.value
        flags.gateway_message_content_limited = True
        changes.append(Change("Message content: on, which previews of links need.", {"flags": flags}, _INTENT))
    return changes


def has_message_content(application: discord.AppInfo) -> bool:
    """Whether Discord tells this bot what people write."""
    return application.flags.gateway_message_content or application.flags.gateway_message_content_limited


async def apply(application: discord.AppInfo, changes: list[Change]) -> list[str]:
    """Make each of them; one that is refused keeps no other from being made. A sentence for each that was."""
    refused: list[str] = []
    for change in changes:
        try:
            await application.edit(**change.fields)
        except discord.HTTPException as error:
            if error.status not in {400, 403}:
                raise
            said = describe_refusal(error)
            refused.append(f"Discord refused this ({said}). Look in the portal, {PORTAL}, under {change.by_hand}.")
    return refused


def _installs_well(application: discord.AppInfo) -> bool:
    servers, people = application.guild_integration_config, application.user_integration_config
    ways = [servers.oauth2_install_params if servers else None]
    if application.custom_install_url is None:
        ways.append(application.install_params)
    to_people = people.oauth2_install_params if people else None
    return all(
        way is not None and set(way.scopes) == set(_TO_SERVERS) and way.permissions == ASKED_FOR for way in ways
    ) and (to_people is not None and to_people.scopes == _TO_PEOPLE)
