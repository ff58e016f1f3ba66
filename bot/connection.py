"""Logs in to Discord and serves; turns every way in which that fails into one sentence."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections import deque

import aiohttp
import discord

from bot.client import Shiori
from bot.config import Config

log = logging.getLogger(__name__)

UNREADABLE_AT_MOST = 3
UNREADABLE_WITHIN_S = 3600.0
"""So many events in this time that discord.py cannot read end the process: it would never come to serve."""

NO_TOKEN_TAKEN = "Discord does not accept DISCORD_TOKEN. Copy it again from the developer portal (Bot, Reset Token)."  # noqa: S105
_TRY_AGAIN = "Check the network and https://discordstatus.com, then start again."

# <https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes>: those after
# which connecting again is of no use.
_CLOSED_FOR_GOOD = {
    4004: NO_TOKEN_TAKEN,
    4010: "Discord refuses the shard that was asked for (code 4010), though Shiori asks for none: is a proxy between?",
    4011: (
        "This bot is in too many servers and has to be split into shards (code 4011), which this version does not do. "
        "Leave some servers, or wait for a later version."
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


class IntentRefused(StartError):
    """Discord refuses the intent that previews of links need."""


async def connect(shiori: Shiori, config: Config) -> None:
    """Log in and serve until the bot is closed.

    Raises:
        IntentRefused: Discord does not grant the intent that was asked for.
        StartError: Discord refuses the token or the connection, or it cannot be reached.
    """
    try:
        await shiori.login(config.discord_token)
        await _serve(shiori)
    except discord.LoginFailure:
        raise StartError(NO_TOKEN_TAKEN) from None
    except discord.PrivilegedIntentsRequired:
        raise IntentRefused(_CLOSED_FOR_GOOD[4014]) from None
    except discord.ConnectionClosed as error:
        raise StartError(_explain_close(error.code)) from None
    except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError, TimeoutError) as error:
        if shiori.is_closed():
            return  # it was told to stop while it was still connecting
        log.debug("Discord cannot be reached", exc_info=error)
        raise StartError(
            f"Discord cannot be reached at {config.discord_api_url} ({type(error).__name__}). {_TRY_AGAIN}"
        ) from None
    if shiori.gateway_failure:
        raise StartError(f"Discord's gateway {config.discord_gateway_url} {shiori.gateway_failure}. {_TRY_AGAIN}")


async def _serve(shiori: Shiori) -> None:
    """Until a first connection stands, a failure is the person's to know (see `Shiori.on_disconnect`); after it,
    discord.py connects again. An event that it cannot read throws it out of the connection: that is made anew.
    """
    unreadable: deque[float] = deque(maxlen=UNREADABLE_AT_MOST)
    while True:
        try:
            await _connect(shiori)
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError):
            raise
        except Exception as error:
            if shiori.is_closed():
                return  # discord.py 2.7 trips over the connection it never had when it is closed before
            unreadable.append(shiori.clock.monotonic())
            where = traceback.extract_tb(error.__traceback__)[-1].name
            what = f"{type(error).__name__} in {where}"
            if len(unreadable) == UNREADABLE_AT_MOST and unreadable[-1] - unreadable[0] < UNREADABLE_WITHIN_S:
                raise StartError(
                    f"Discord keeps sending what discord.py {discord.__version__} cannot read ({what}). Update Shiori."
                ) from error
            log.warning("Discord sent an event that cannot be read (%s); connecting again", what)
            log.debug("It was read so:", exc_info=error)
            await shiori.ws.close()
        else:
            return


async def _connect(shiori: Shiori) -> None:
    """Let discord.py serve, until it fails, or is closed, or the bot gives the gateway up."""
    serving = asyncio.create_task(shiori.connect(reconnect=True))
    giving_up = asyncio.create_task(shiori.given_up.wait())
    try:
        await asyncio.wait({serving, giving_up}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
    finally:
        for task in (serving, giving_up):
            task.cancel()
        await asyncio.wait({serving, giving_up})


def _explain_close(code: int | None) -> str:
    return _CLOSED_FOR_GOOD.get(code or 0, f"Discord closed the connection for good (code {code}).")
