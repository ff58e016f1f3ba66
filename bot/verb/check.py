"""`python -m bot check`: is everything there that the bot needs? One line for each answer."""

from __future__ import annotations

import asyncio

from bot import PROGRAM
from bot.account.keys import NO_KEYS, count_sealed
from bot.account.seal import Sealer
from bot.app import build_http
from bot.config import Config
from bot.connection import FAILURES, StartError, explain_failure, find_gateway_failure, open_rest
from bot.errors import NotFound, SharedAway, ShioriError, StoreError
from bot.http import Client, Priority, SystemClock, asking
from bot.interaction.error import render_error
from bot.interaction.rule import NO_INTENT
from bot.log import blot_out
from bot.lookup.source import Check, build_sources, list_checks
from bot.rest import RestKeeper
from bot.store.schema import State, look
from bot.store.store import Store
from bot.verb.call import Call
from bot.verb.database import NONE_YET, is_missing, open_database
from bot.verb.running import fetch_figures
from bot.watch.server import open_server
from bot.welcome.card import build_invite_url

_MARKS = {True: "ok     ", False: "FAILED ", None: "note   "}
_STATES: dict[State, tuple[bool | None, str]] = {
    "ready": (True, "Database: can be used."),
    "empty": (True, "Database: it is empty; the first start makes its tables."),
    "foreign": (None, "Database: it has tables, none of them Shiori's; the first start makes its own beside them."),
    "older": (None, "Database: its tables are of an older version; the next start migrates them. Back it up before."),
}
_INTENTS = {True: "the message-content intent is granted, so links in messages are previewed.", False: NO_INTENT}


def run(_: Call, config: Config) -> int:
    """As `run_check`."""
    return asyncio.run(run_check(config))


async def run_check(config: Config) -> int:
    """Print what was found. The exit code: 0 all well, 1 something is missing."""
    http = build_http(config)
    lines: list[tuple[bool | None, str]] = [
        (True, "Configuration: every variable that is set can be used."),
        await _check_discord(config),
        *await _check_store(config, http),
        *_advise_on_shards(config),
        *await _check_port(config),
        *await _check_cache(config),
        *await _check_services(config, http),
        _advise_on_contact(config),
        (True, _say_what_is_hosted(config)),
    ]
    for good, text in lines:
        print(_MARKS[good], blot_out(text, config.secrets))  # noqa: T201
    return 1 if any(good is False for good, _ in lines) else 0


async def _check_discord(config: Config) -> tuple[bool, str]:
    if not config.discord_token:
        missing = f"DISCORD_TOKEN is not set (`{PROGRAM} setup` takes it); `run` opens the playground until it is."
        return False, f"Discord: {missing}"
    try:
        async with open_rest(config) as client:
            await client.login(config.discord_token)
            application = await client.application_info()
            if failure := await find_gateway_failure(client, config):
                return False, f"Discord: {failure}"
    except FAILURES as error:
        return False, f"Discord: {explain_failure(error, config)}"
    flags = application.flags
    granted = flags.gateway_message_content or flags.gateway_message_content_limited
    said = f"Discord: logged in as {application.name}; {_INTENTS[granted]}"
    return True, f"{said}\n        Invite it: {build_invite_url(application.id)}"


async def _check_store(config: Config, http: Client) -> list[tuple[bool | None, str]]:
    """Of a database that is looked at, and left as it is."""
    clock, sealed, lost = SystemClock(), 0, 0
    try:
        if is_missing(config):
            found = True, "Database: " + NONE_YET + "."
        else:
            async with open_database(config) as database:
                state = await look(database)
                found = _STATES[state]
                if state == "ready":
                    rests = RestKeeper(Store(database, clock=clock), clock=clock)
                    await rests.give_back(http)  # a check must not run into a ban either
                    sealed, lost = await count_sealed(database, Sealer(config.keys))
                elif state == "older":
                    return [found]
    except StoreError as error:
        return [(False, f"Database: {error.reason}.")]
    return [found, _judge_keys(sealed, lost, is_on=bool(config.keys))]


def _advise_on_shards(config: Config) -> list[tuple[None, str]]:
    """What the processes of the other shards need."""
    own = len(config.shards)
    if not own or own == config.shard_count or not config.store_url.startswith("sqlite"):
        return []
    said = f"this process has {own} of {config.shard_count}, and its database is a file."
    return [(None, f"Shards: {said} All processes have to name the same PostgreSQL database (DATABASE_URL).")]


async def _check_port(config: Config) -> list[tuple[bool, str]]:
    """Nothing where nobody looks at the bot."""
    if config.port is None:
        return []
    at = f"port {config.port} of {config.listen}"
    try:
        async with open_server({}, host=config.listen, port=config.port):
            return [(True, f"Health: {at} can be used.")]
    except StartError as error:
        if await fetch_figures(config):
            return [(True, f"Health: a bot that is running tells it at {at}.")]
        return [(False, f"Health: {error}")]


async def _check_cache(config: Config) -> list[tuple[bool, str]]:
    """Nothing where processes share nothing."""
    if not config.cache_url:
        return []
    from bot.redis.connection import Redis  # noqa: PLC0415 - seven megabytes, for those who have one

    redis = Redis(config.cache_url, clock=SystemClock())
    try:
        await redis.knock()
    except SharedAway as error:
        return [(False, f"Cache: {error.reason}. Each process goes on alone until CACHE_URL leads to one that works.")]
    finally:
        await redis.close()
    return [(True, "Cache: can be used.")]


def _judge_keys(sealed: int, lost: int, *, is_on: bool) -> tuple[bool | None, str]:
    if lost:
        return (
            False,
            f"Keys: {lost} of {sealed} that are sealed cannot be opened (`{PROGRAM} keys check` says more).",
        )
    if not is_on:
        return None, f"Keys: {NO_KEYS}"
    return True, f"Keys: people can link VNDB tokens; all that is sealed ({sealed}) can be opened."


async def _check_services(config: Config, http: Client) -> list[tuple[bool, str]]:
    try:
        return await asyncio.gather(*map(_check_service, list_checks(build_sources(http, config), config)))
    finally:
        await http.close()


async def _check_service(check: Check) -> tuple[bool, str]:
    """Whether it answers. The line ends with what the question gives, if that is a text."""
    said: object = None
    at = f"{check.service} at {check.url}"
    try:
        with asking(SystemClock(), within_s=10, priority=Priority.COMMAND):
            said = await check.ask()
    except NotFound:
        pass  # it has no such thing, but it answers
    except ShioriError as error:
        return False, f"{at}: {render_error(error)} ({error})"
    return True, f"{at}: {said if isinstance(said, str) else 'answers.'}"


def _say_what_is_hosted(config: Config) -> str:
    if not config.feature_adult:
        return "Features: nothing for adults is shown, and no galleries (FEATURE_ADULT=0)."
    if not config.feature_galleries:
        return "Features: galleries are not shown (FEATURE_GALLERIES=0)."
    return "Features: what is for adults is shown in age-restricted channels (FEATURE_ADULT=0 switches that off)."


def _advise_on_contact(config: Config) -> tuple[bool | None, str]:
    if config.contact:
        return True, "Contact: the services' operators can reach you, and so can people (/help shows CONTACT)."
    return None, (
        "Contact: CONTACT is not set; the services' operators cannot reach you before they block you, nor can people."
    )
