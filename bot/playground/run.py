"""Opens the playground: a Discord on loopback, sample services, the real bot between them, and a page to use it."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from pathlib import Path

import msgspec

from bot import PROGRAM
from bot.account.seal import build_key
from bot.app import build_bot, stop_on_signals
from bot.config import Config
from bot.connection import StartError, connect
from bot.playground.engine import LocalDiscord
from bot.playground.engine.permission import Permission
from bot.playground.page import PlaygroundPage
from bot.playground.service import Sample, SampleServices, SampleVndb, start_sample_services
from bot.playground.service.vndb.token import Access

_PEOPLE = {
    "AyaReads": "vndb user",
    "Natsukaze": "anilist user",
}
"""Who has lists in the sample data."""
_TOKEN = "5rwo-bnoo4-gayyh-4ag9-qyy16-amssy-k3y5"  # noqa: S105 - nobody's
"""One that the sample VNDB knows, for whoever tries `/vndb link`: that of AyaReads."""
_LINKS = {
    "a novel": "https://vndb.org/v2002",
    "an anime": "https://anilist.co/anime/9253",
    "a character": "https://vndb.org/c35",
}


async def run_playground(config: Config, *, live: bool, port: int, without_token: bool) -> None:
    """Serve the page until it is interrupted or told to end. With `live` the real services are asked.

    Raises:
        StartError: the page's port is taken, or there is no folder for what is set.
    """
    running = asyncio.current_task()
    assert running is not None  # noqa: S101 - a coroutine runs in one
    stop_on_signals(running.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        async with open_playground(config, live=live, port=port) as page:
            print(_announce(page.url, without_token=without_token), flush=True)  # noqa: T201
            await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def open_playground(config: Config, *, live: bool, port: int) -> AsyncGenerator[PlaygroundPage]:
    """The whole playground, running; port 0 takes any free one."""
    async with contextlib.AsyncExitStack() as stack:
        discord = LocalDiscord()
        discord.world.unfurl_links = True
        # As for whoever switched that on in Discord's own settings: what `/me` allows there could not be tried else.
        discord.world.age_restricted_commands_in_dms = True
        # What it takes to hide Discord's own embed of a link.
        discord.world.bot_role.permissions |= Permission.MANAGE_MESSAGES
        await discord.start()
        stack.push_async_callback(discord.stop)
        galleries: dict[str, str] = {}
        people: dict[str, str] = {}
        token = ""
        asked = {**config.service_urls, "nekos_token": config.nekos_token}
        if not live:
            access = Access("u5", frozenset({"listread", "listwrite"}))
            services = await start_sample_services(vndb=SampleVndb(tokens={_TOKEN: access}))
            stack.push_async_callback(services.stop)
            asked = _list_sample_urls(config, services)
            galleries, people, token = _list_galleries(services), _PEOPLE, _TOKEN
        note = _describe_data(config, live=live)
        page = PlaygroundPage(
            discord,
            port=port,
            data_note=note,
            links=_LINKS,
            restricted_links=galleries,
            people=people,
            vndb_token=token,
        )
        try:
            await page.start()
        except OSError as error:
            raise StartError(
                f"Port {port} cannot be used ({error.strerror}). Choose another: {PROGRAM} playground --port 8081"
            ) from None
        stack.push_async_callback(page.stop)
        folder = Path(stack.enter_context(_make_folder()))
        own = _build_config(config, discord, asked, folder)
        shiori = await stack.enter_async_context(build_bot(own, names_at_once=not live))
        ready = asyncio.create_task(_wait_until_connected(discord))
        bot_task = asyncio.create_task(connect(shiori, own))
        stack.push_async_callback(_finish, bot_task, shiori.close)
        await asyncio.wait({bot_task, ready}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        yield page


def _make_folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="shiori-")
    except OSError as error:
        raise StartError(f"No folder for temporary files can be written ({error.strerror}). Set TMPDIR.") from None


async def _wait_until_connected(discord: LocalDiscord) -> None:
    """What the bot logs while it starts stands before the page's address."""
    events = discord.world.subscribe()
    while not discord.world.bot_connected:
        await events.get()


def _build_config(config: Config, discord: LocalDiscord, asked: Mapping[str, str], folder: Path) -> Config:
    """Of what a host has set only what can be seen here. All else is for the bot that serves, which may be running."""
    own = Config(
        discord_token=discord.token,
        discord_api_url=discord.api_url,
        discord_gateway_url=discord.gateway_url,
        # What is set in the playground goes with it.
        secret_keys=build_key(),
        data_dir=folder,
        anime_provider=config.anime_provider,
        feature_galleries=config.feature_galleries,
        feature_adult=config.feature_adult,
        contact=config.contact,
        source_url=config.source_url,
        privacy_url=config.privacy_url,
    )
    return msgspec.structs.replace(own, **asked)


def _list_sample_urls(config: Config, services: SampleServices) -> Mapping[str, str]:
    # Asked where a host would ask its own: `AMVSTRM_API_URL=http://any make run` tries that way.
    amvstrm = services.amvstrm.api_url if config.amvstrm_api_url else ""
    return {**services.api_urls, "amvstrm_api_url": amvstrm}


def _list_galleries(services: SampleServices) -> dict[str, str]:
    """Links to try: the real service has none that belong here."""
    chosen = {"a gallery": Sample.PLAIN}
    library = services.ehentai.library
    return {label: library[gid].url for label, gid in chosen.items()}


def _announce(url: str, *, without_token: bool) -> str:
    if not without_token:
        return f"The playground is open at {url} (Ctrl+C closes it)."
    return (
        f"No DISCORD_TOKEN is set, so the playground is open at {url} (Ctrl+C closes it); for the real Discord, "
        f"call `{PROGRAM} setup`, or put DISCORD_TOKEN=... (developer portal, Bot, Reset Token) into .env."
    )


def _describe_data(config: Config, *, live: bool) -> str:
    if live:
        return f"Live data from {', '.join(config.service_urls.values())}"
    return "Sample data: real titles, all else is invented. Nothing leaves this machine."


async def _finish(task: asyncio.Task[None], close: Callable[[], Awaitable[None]]) -> None:
    task.cancel()  # first: it may still be connecting, and discord.py trips over being closed meanwhile
    await asyncio.wait({task})
    await close()
    if not task.cancelled():
        task.result()
