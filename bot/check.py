"""`python -m bot check`: is everything there that the bot needs? One line for each answer."""

from __future__ import annotations

import random

import aiohttp
import discord

from bot.apis import ehentai, vndb
from bot.app import build_http
from bot.client import build_intents, point_discord_at
from bot.config import Config
from bot.errors import NotFound, ShioriError, StoreError
from bot.http import Priority, SystemClock, asking
from bot.store.store import open_store
from bot.ui.error import render_error
from bot.ui.rule import NO_INTENT

_INTENTS = {True: "the message-content intent is granted, so links in messages are previewed.", False: NO_INTENT}


async def run_check(config: Config) -> int:
    """Prints what was found. Gives the exit code: 0 all well, 1 something is missing."""
    lines = [
        (True, "Configuration: every variable that is set can be used."),
        await _check_discord(config),
        await _check_store(config),
        await _check_vndb(config),
    ]
    if config.feature_galleries:
        lines.append(await _check_ehentai(config))
    lines.append((True, _advise_on_contact(config)))
    for good, text in lines:
        print("ok     " if good else "FAILED ", text)  # noqa: T201
    return 0 if all(good for good, _ in lines) else 1


async def _check_discord(config: Config) -> tuple[bool, str]:
    if not config.discord_token:
        return False, "Discord: DISCORD_TOKEN is not set; `run` opens the playground until it is."
    point_discord_at(api_url=config.discord_api_url, gateway_url=config.discord_gateway_url)
    async with discord.Client(intents=build_intents(message_content=False)) as client:
        try:
            await client.login(config.discord_token)
            application = await client.application_info()
        except discord.LoginFailure:
            return False, "Discord: the token is not accepted. Copy it again from the developer portal."
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            return False, f"Discord: cannot be reached at {config.discord_api_url} ({type(error).__name__})."
        flags = application.flags
        granted = flags.gateway_message_content or flags.gateway_message_content_limited
        return True, f"Discord: logged in as {application.name}; {_INTENTS[granted]}"


async def _check_store(config: Config) -> tuple[bool, str]:
    try:
        store = await open_store(config.store_url, clock=SystemClock())
    except StoreError as error:
        return False, f"Database: {error.reason}."
    await store.close()
    return True, "Database: can be used."


async def _check_vndb(config: Config) -> tuple[bool, str]:
    http = build_http(config)
    try:
        with asking(SystemClock(), within_s=10, priority=Priority.COMMAND):
            card = await vndb.Vndb(http, base_url=config.vndb_api_url, rng=random.Random()).fetch_stats()
    except ShioriError as error:
        return False, f"VNDB at {config.vndb_api_url}: {render_error(error)}"
    finally:
        await http.close()
    return True, f"VNDB at {config.vndb_api_url}: answers, and knows {card.entry.vn} visual novels."


async def _check_ehentai(config: Config) -> tuple[bool, str]:
    http = build_http(config)
    try:
        with asking(SystemClock(), within_s=10, priority=Priority.COMMAND):
            await ehentai.Ehentai(http, base_url=config.ehentai_api_url).fetch(ehentai.PUBLISHED_EXAMPLE)
    except NotFound:
        pass  # it knows that gallery no more, but it answers
    except ShioriError as error:
        return False, f"E-Hentai at {config.ehentai_api_url}: {render_error(error)}"
    finally:
        await http.close()
    return True, f"E-Hentai at {config.ehentai_api_url}: answers."


def _advise_on_contact(config: Config) -> str:
    if config.contact:
        return "Contact: the services' operators can reach you."
    return "Contact: CONTACT is not set; the services' operators cannot reach you before they block you."
