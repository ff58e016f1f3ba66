"""Builds the client, the services, the store and the bot, and joins them; starts and ends them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import signal
from collections.abc import AsyncGenerator, Callable
from functools import partial
from typing import TYPE_CHECKING

import msgspec

import bot
from bot.account.keeper import ListKeeper
from bot.account.seal import Sealer
from bot.anime.api.anilist.whole_list import WholeLists
from bot.client import Shiori, point_discord_at
from bot.config import Config
from bot.connection import IntentRefused, StartError, connect
from bot.errors import StoreError
from bot.gate.rules import Hosted
from bot.http import (
    AiohttpTransport,
    Cache,
    Client,
    Clock,
    LeaseBook,
    MemoryCache,
    OnRest,
    Rest,
    SystemClock,
    Transport,
)
from bot.interaction.rule import NO_INTENT
from bot.lookup.source import Sources, build_keeper, build_policies, build_shelves, build_sources
from bot.lookup.whole_list import build_list_sources
from bot.names.record import NameRecords
from bot.rest import RestKeeper, SpentKeeper
from bot.status.health import Gateway
from bot.store.question import Question
from bot.store.store import Store, open_store
from bot.transfer import attachment
from bot.transfer.attachment import Attachments
from bot.welcome.card import About

if TYPE_CHECKING:
    from bot.redis.shared import Shared
    from bot.watch.lookout import Lookout

log = logging.getLogger(__name__)

_LOOKS_WITHIN_S = 0.2  # when its time has come


class Outside(msgspec.Struct, frozen=True):
    """What comes into a bot from the world: time, chance, and the way to services, for a user agent."""

    clock: Clock = msgspec.field(default_factory=SystemClock)
    rng: random.Random = msgspec.field(default_factory=random.Random)
    build_transport: Callable[[str], Transport] = AiohttpTransport


def build_user_agent(contact: str) -> str:
    """Who asks: services ask for a name, and for a way to reach its operator."""
    return f"Shiori/{bot.__version__}" + (f" ({contact})" if contact else "")


def build_http(
    config: Config,
    *,
    outside: Outside | None = None,
    on_rest: OnRest | None = None,
    on_sent: Callable[[str], None] | None = None,
    cache: Cache | None = None,
    book: LeaseBook | None = None,
) -> Client:
    """The one client that every question to a service goes through. Needs a running event loop."""
    outside = outside or Outside()
    return Client(
        outside.build_transport(build_user_agent(config.contact)),
        clock=outside.clock,
        cache=cache or MemoryCache(),
        policies=[*build_policies(config), attachment.policy()],
        rng=outside.rng,
        on_rest=on_rest,
        on_sent=on_sent,
        book=book,
    )


async def _open_http(
    config: Config, outside: Outside, store: Store, parts: contextlib.AsyncExitStack, lookout: Lookout | None
) -> Client:
    """The client, which knows what earlier ones found out and used up."""
    rests = RestKeeper(store, clock=outside.clock)
    parts.push_async_callback(rests.close)
    spent = SpentKeeper(store, clock=outside.clock)
    parts.push_async_callback(spent.close)
    shared = await _open_shared(config, outside.clock, parts) if config.cache_url else None

    def on_rest(service: str, kind: Rest, for_s: float) -> None:
        rests.keep(service, kind, for_s)
        if shared is not None:
            shared.rests.tell(service, kind, for_s)

    http = build_http(
        config,
        outside=outside,
        on_rest=on_rest,
        on_sent=spent.count,
        cache=None if shared is None else shared.cache,
        book=None if shared is None else shared.book,
    )
    parts.push_async_callback(http.close)
    await rests.begin(http)
    try:
        await spent.give_back(http)
    except StoreError as error:
        log.warning("nobody knows how much services were asked before: %s", error)
    if shared is not None:
        await shared.join(http, others=store.peers.others)
        if lookout is not None:
            lookout.look_at_shared(lambda: shared.book.is_joined)
    return http


async def _open_shared(config: Config, clock: Clock, parts: contextlib.AsyncExitStack) -> Shared:
    """What this process is to share with others."""
    from bot.redis.shared import open_shared  # noqa: PLC0415 - 7 MB that a bot of one process does without

    return await parts.enter_async_context(open_shared(config.cache_url, clock=clock, secret=config.discord_token))


@contextlib.asynccontextmanager
async def build_bot(
    config: Config,
    *,
    message_content: bool = True,
    names_at_once: bool = False,
    lookout: Lookout | None = None,
    outside: Outside | None = None,
) -> AsyncGenerator[Shiori]:
    """A bot that is ready to be started, and closed with its client and its store at the end.

    `message_content`: whether it asks Discord for what people write, which previews of links need.
    `names_at_once`: names are at hand from the start, which takes many questions to services that are one's own.
    `lookout`: who looks at the bot while it is there.
    `outside`: the real world, unless a test has another.

    Raises:
        StartError: the database cannot be used.
    """
    point_discord_at(api_url=config.discord_api_url, gateway_url=config.discord_gateway_url)
    outside = outside or Outside()
    clock = outside.clock
    async with contextlib.AsyncExitStack() as parts:
        _report_errors(config, parts)
        store = await _open_store(config, clock)
        parts.push_async_callback(store.close)
        parts.push_async_callback(_leave, store)  # first: others know of it before it knows that they do
        await _announce(store, clock)
        http = await _open_http(config, outside, store, parts, lookout)
        names = NameRecords(store.database)
        shelves = build_shelves(names, clock=clock)
        sources = build_sources(http, config, places=store, shelves=shelves, clock=clock, rng=outside.rng)
        keeper = build_keeper(shelves, sources, names, http, clock=clock)
        parts.push_async_callback(keeper.close)
        assembled = assemble(config, http, sources, store, clock=clock, message_content=message_content)
        shiori = await parts.enter_async_context(assembled)
        sources.health.watch_discord(partial(_look_at_gateway, shiori))
        database = Question("the database", store.ping, clock=clock)
        parts.push_async_callback(database.close)
        sources.health.watch_database(database.find_trouble, refuses=lambda: store.recovery.takes_nothing)
        parts.push_async_callback(_start_lists(shiori, http, config).close)
        if names_at_once:
            await keeper.fill_at_once()
        keeper.start()
        if lookout is not None:
            await parts.enter_async_context(lookout.watch(shiori, http))
        yield shiori


def assemble(
    config: Config, http: Client, sources: Sources, store: Store, *, clock: Clock, message_content: bool = True
) -> Shiori:
    """The bot of these parts, which does nothing before it logs in."""
    return Shiori(
        sources=sources,
        store=store,
        clock=clock,
        attachments=Attachments(http, api_url=config.discord_api_url),
        hosted=Hosted(galleries=config.feature_galleries, adult=config.feature_adult, lists=bool(config.keys)),
        sealer=Sealer(config.keys),
        about=About(config.source_url, config.privacy_url, config.contact_url, config.contact),
        message_content=message_content,
        shard_count=config.shard_count or None,
        shard_ids=config.shards,
    )


async def _open_store(config: Config, clock: Clock) -> Store:
    try:
        return await open_store(config.store_url, clock=clock, secret=config.discord_token)
    except StoreError as error:
        raise StartError(f"The database cannot be used: {error.reason}.") from None


async def _announce(store: Store, clock: Clock) -> None:
    """Have other processes know of this one before Discord tells it anything, so that each thing is done by one."""
    try:
        await store.peers.announce()
    except StoreError as error:
        log.warning("other processes do not know of this one: %s", error)
    if not store.peers.alone:
        await clock.sleep(store.noticed_within_s + _LOOKS_WITHIN_S)


async def _leave(store: Store) -> None:
    with contextlib.suppress(StoreError):  # others reckon with it a little longer
        await store.peers.leave()


def _start_lists(shiori: Shiori, http: Client, config: Config) -> ListKeeper:
    sources = build_list_sources(shiori.sources.vndb, WholeLists(http, base_url=config.anilist_api_url))
    people = shiori.people
    lists = ListKeeper(sources, people.lists, lane=http.lane, begin=people.refresh, clock=shiori.clock)
    lists.start()
    return lists


def _look_at_gateway(shiori: Shiori) -> Gateway:
    wanted = set(shiori.own_shards)
    return Gateway([latency_s for _, latency_s in shiori.latencies], lost=len(wanted - shiori.standing))


def _report_errors(config: Config, parts: contextlib.AsyncExitStack) -> None:
    """Have a host's Sentry told of errors until the parts end, if there is one."""
    if not config.sentry_dsn:
        return
    from bot.report.sentry import start_reporting  # noqa: PLC0415 - 3 MB that most bots do without

    end = start_reporting(config.sentry_dsn, secrets=config.secrets, release=bot.__version__)

    async def finish(_kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, StartError):
            log.critical("the bot ends with an error", exc_info=error)
        await asyncio.to_thread(end)

    parts.push_async_exit(finish)


class _Stop:
    """What ends the bot when the process is told to: whoever has just asked it is answered first, and one that is not
    built yet is built no further.
    """

    def __init__(self, on_stop: Callable[[], object]) -> None:
        self._on_stop = on_stop
        running = asyncio.current_task()
        assert running is not None  # noqa: S101 - a coroutine runs in one
        self._running = running
        self._ending: asyncio.Task[None] | None = None
        self.told = False
        self.shiori: Shiori | None = None
        """The bot, once it is built."""

    def tell(self) -> None:
        self.told = True
        self._on_stop()
        if self.shiori is not None:
            self._ending = asyncio.create_task(self.shiori.close(), name="end")
        else:
            self._running.cancel()


async def run_bot(config: Config, *, on_stop: Callable[[], object] = lambda: None) -> None:
    """Connect to Discord and serve until it is told to stop; `on_stop` is called then.

    Raises:
        StartError: Discord refuses the token, it or the database cannot be reached, or `PORT` cannot be used.
    """
    stop = _Stop(on_stop)
    stop_on_signals(stop.tell)
    try:
        async with _open_lookout(config) as lookout:
            try:
                await _run_bot(config, lookout, stop, message_content=True)
            except IntentRefused:
                log.warning(NO_INTENT)
                if not stop.told:
                    await _run_bot(config, lookout, stop, message_content=False)
    except asyncio.CancelledError:
        if not stop.told:
            raise


@contextlib.asynccontextmanager
async def _open_lookout(config: Config) -> AsyncGenerator[Lookout | None]:
    if config.port is None:
        yield None
        return
    from bot.watch.lookout import open_lookout  # noqa: PLC0415 - 3 MB that a bot at which nobody looks does without

    async with open_lookout(host=config.listen, port=config.port, clock=SystemClock()) as lookout:
        yield lookout


async def _run_bot(config: Config, lookout: Lookout | None, stop: _Stop, *, message_content: bool) -> None:
    stop.shiori = None  # the one whose intent was refused is closed
    async with build_bot(config, message_content=message_content, lookout=lookout) as shiori:
        stop.shiori = shiori
        await connect(shiori, config)


def stop_on_signals(stop: Callable[[], object]) -> None:
    """Call `stop`, once, when the process is to end: hosts send SIGTERM, and Ctrl+C is SIGINT."""
    loop = asyncio.get_running_loop()
    untold = [stop]

    def tell() -> None:
        if untold:
            untold.pop()()

    for name in (signal.SIGINT, signal.SIGTERM):
        # Windows has no signal handlers on its loop; Ctrl+C raises KeyboardInterrupt there.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, tell)
