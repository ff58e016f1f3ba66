"""Logs in to Discord and serves; turns every way in which that fails into one sentence."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aiohttp
import discord

from bot.client import Shiori, build_intents, point_discord_at
from bot.config import Config
from bot.errors import describe_failure
from bot.gateway.connected import NoSessionsLeft, Unreadable

log = logging.getLogger(__name__)

NO_TOKEN_TAKEN = "Discord does not accept DISCORD_TOKEN. Copy it again from the developer portal (Bot, Reset Token)."  # noqa: S105
_KNOCK_WITHIN_S = 10.0
_ASKED_WITHIN_S = 60.0
_RESTS_FOR_S = 30.0  # the least that discord.py knows
_TRY_AGAIN = "Check the network and https://discordstatus.com, then start again."

FAILURES = (
    *(discord.LoginFailure, discord.HTTPException, discord.GatewayNotFound, discord.RateLimited),
    *(aiohttp.ClientError, OSError, TimeoutError),
)
"""What asking Discord for something ends with, if not well."""

# <https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes>: those after
# which connecting again is of no use.
_TOO_FEW_SHARDS = 4011
_CLOSED_FOR_GOOD = {
    4004: NO_TOKEN_TAKEN,
    4010: (
        "Discord refuses the shard that was asked for (code 4010). SHARD_COUNT has to be the same in all processes; "
        "without it and SHARD_IDS Shiori takes the shards that Discord recommends."
    ),
    _TOO_FEW_SHARDS: (
        "This bot is in too many servers for so few shards (code 4011). Set a larger SHARD_COUNT, or none: then Shiori "
        "is split into shards as Discord recommends."
    ),
    4012: (
        f"Discord no longer takes the version of its gateway that discord.py {discord.__version__} speaks (code 4012). "
        "Update Shiori."
    ),
    4013: (
        "Discord does not know an intent that was asked for (code 4013): it has changed since this version. "
        "Update Shiori."
    ),
    4014: "Discord refuses the intents that were asked for (code 4014). Switch them on in the developer portal (Bot).",
}


class StartError(Exception):
    """The bot could not start, or cannot go on. Its text is one sentence or two for the person who runs it."""


class HopelessStartError(StartError):
    """Waiting does not mend it: the same is refused at the next start."""


class IntentRefused(HopelessStartError):
    """Discord refuses the intent that previews of links need."""


async def connect(shiori: Shiori, config: Config) -> None:
    """Log in and serve until the bot is closed.

    Raises:
        IntentRefused: Discord does not grant the intent that was asked for.
        HopelessStartError: it refuses the token or what was asked for, and would again.
        StartError: it refuses the connection, or cannot be reached.
    """
    try:
        await shiori.login(config.discord_token)
        await shiori.connect()
    except discord.PrivilegedIntentsRequired:
        raise IntentRefused(_CLOSED_FOR_GOOD[4014]) from None
    except discord.ConnectionClosed as error:
        raise _explain_close(error.code, config) from None
    except NoSessionsLeft as error:
        raise StartError(
            f"Discord lets this bot connect only {error.remaining} times more in the next {error.for_s / 3600:.0f} "
            f"hours, and it has {error.wanted} shards: it was started again and again. Start it when that is over."
        ) from None
    except Unreadable as error:
        raise StartError(
            f"Discord keeps sending what discord.py {discord.__version__} cannot read ({error}). Update Shiori."
        ) from error
    except (*FAILURES, RuntimeError) as error:
        if shiori.is_closed():
            return  # it was told to stop while it was still connecting; a closed session is a RuntimeError of aiohttp's
        if isinstance(error, RuntimeError):
            raise
        log.debug("Discord cannot be reached", exc_info=error)
        kind = HopelessStartError if is_token_refused(error) else StartError
        raise kind(explain_failure(error, config)) from None
    if shiori.gateway_failure:
        raise StartError(f"Discord's gateway {config.discord_gateway_url} {shiori.gateway_failure}. {_TRY_AGAIN}")


@asynccontextmanager
async def open_rest(config: Config, *, within_s: float = _ASKED_WITHIN_S) -> AsyncGenerator[discord.Client]:
    """Discord's REST API, without its gateway, for whoever waits at a terminal: one of `FAILURES` is raised after
    `within_s`, or where Discord wants to be left alone for longer than is waited for.
    """
    point_discord_at(api_url=config.discord_api_url, gateway_url=config.discord_gateway_url)
    client = discord.Client(intents=build_intents(message_content=False), max_ratelimit_timeout=_RESTS_FOR_S)
    async with asyncio.timeout(within_s), client:
        yield client


async def find_gateway_failure(client: discord.Client, config: Config) -> str:
    """Why the gateway takes no connection, in a sentence; empty if it takes one. No session is begun."""
    url = config.discord_gateway_url
    try:
        async with asyncio.timeout(_KNOCK_WITHIN_S):
            await (await client.http.ws_connect(url)).close()
    except aiohttp.WSServerHandshakeError as error:
        return f"What answers at {url} is no gateway of Discord's (HTTP {error.status})."
    except FAILURES as error:
        return f"Discord's gateway {url} cannot be reached ({describe_failure(error)}). {_TRY_AGAIN}"
    return ""


def is_token_refused(error: Exception) -> bool:
    """Whether Discord does not take the token, at the log-in or since: somebody may have reset it meanwhile."""
    return isinstance(error, discord.LoginFailure) or (isinstance(error, discord.HTTPException) and error.status == 401)


def explain_failure(error: Exception, config: Config) -> str:
    """Why Discord did not do what it was asked for. `error` is one of `FAILURES`."""
    if is_token_refused(error):
        return NO_TOKEN_TAKEN
    if isinstance(error, discord.RateLimited):
        return f"Discord wants to be left alone for {error.retry_after:,.0f} s. Try again after that."
    if isinstance(error, discord.HTTPException) and error.status < 500:
        return f"Discord refuses what it was asked for ({describe_refusal(error)}). Is it the token of the right bot?"
    return f"Discord cannot be reached at {config.discord_api_url} ({describe_failure(error)}). {_TRY_AGAIN}"


def describe_refusal(error: discord.HTTPException) -> str:
    """In Discord's words, or by its number."""
    return " ".join(error.text.split()) or str(error.status)


def _explain_close(code: int | None, config: Config) -> StartError:
    sentence = _CLOSED_FOR_GOOD.get(code or 0)
    if sentence is None:
        return StartError(f"Discord closed the connection for good (code {code}).")
    # The next start takes as many shards as Discord recommends then.
    return StartError(sentence) if code == _TOO_FEW_SHARDS and not config.shard_count else HopelessStartError(sentence)
