"""The whole bot over a local Discord and sample services: real sockets everywhere, nothing replaced."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import math
import re
import shutil
import sqlite3
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
import pytest_asyncio

from bot.app import build_bot
from bot.client import Shiori, point_discord_at
from bot.config import Config
from bot.connection import connect
from bot.interaction.reply import COMPLETE_WITHIN_S, DEFER_AFTER_S, finish_answers
from bot.playground.engine import Channel, LocalDiscord, Person, User, World
from bot.playground.engine.interactions import AUTOCOMPLETE
from bot.playground.engine.model import DM, Message, SeenRequest
from bot.playground.engine.world import ANSWER_WITHIN_S
from bot.playground.service import SampleServices, start_sample_services
from tests.support.valkey import Valkey, run_valkey


def _list_none(_given: object) -> list[dict[str, object]]:
    """In the place of work that is not to be done."""
    return []


@dataclasses.dataclass
class Place:
    """A local Discord with the sample services, and the bot when it is connected."""

    discord: LocalDiscord
    services: SampleServices
    data_dir: Path
    registered: list[dict[str, Any]] | None = None
    """The commands that this process's first bot told Discord, which it knows already: to tell and to compare them is a
    third of a start. None: it is told, as at the first start.
    """
    connected_bot: Shiori | None = None

    @property
    def shiori(self) -> Shiori:
        """The bot, while it is connected: for its store, and to hear what it has heard."""
        assert self.connected_bot is not None, "the bot is not connected"
        return self.connected_bot

    @property
    def world(self) -> World:
        return self.discord.world

    @property
    def general(self) -> Channel:
        return self.world.general

    @property
    def reader(self) -> Person:
        return self.person(self.world.reader)

    @property
    def moderator(self) -> Person:
        return self.person(self.world.moderator)

    def person(self, user: User) -> Person:
        return Person(self.world, user)

    def build_config(self) -> Config:
        return msgspec.structs.replace(
            Config(),
            discord_token=self.discord.token,
            discord_api_url=self.discord.api_url,
            discord_gateway_url=self.discord.gateway_url,
            **self.services.api_urls,
            data_dir=self.data_dir,
        )

    @asynccontextmanager
    async def connected(self, *, message_content: bool = True, **changed: Any) -> AsyncGenerator[None]:
        """The bot, connected; leaving it is a restart's first half. `changed`: what its configuration has instead."""
        config = msgspec.structs.replace(self.build_config(), **changed)
        async with AsyncExitStack() as stack:
            with pytest.MonkeyPatch.context() as patch:
                # No names are collected in the background while tests count what is asked.
                patch.setattr("bot.names.keeper.FIRST_AFTER_S", math.inf)
                if self.registered and not changed:
                    self._know_commands(self.registered)
                    patch.setattr(Shiori, "describe_commands", _list_none)
                    patch.setattr("bot.client.normalise_commands", _list_none)
                shiori = await stack.enter_async_context(build_bot(config, message_content=message_content))
                serving = asyncio.create_task(connect(shiori, config))
                ready = asyncio.create_task(self._wait_for_commands())
                await asyncio.wait({serving, ready}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
            assert ready.done(), "the bot did not connect"
            self.connected_bot = shiori
            if self.registered is not None and not self.registered and not changed:
                self.registered += [dict(one) for one in self.world.commands]
            try:
                yield
            finally:
                self.connected_bot = None
                await shiori.wait_until_ready()  # closed before, discord.py would be ready on a closed client
                await shiori.close()
                await serving

    def _know_commands(self, commands: list[dict[str, Any]]) -> None:
        self.world.commands = [{**one, "application_id": self.world.application_id} for one in commands]

    async def _wait_for_commands(self) -> None:
        events = self.world.subscribe()
        while not (self.world.commands and self.world.bot_connected):
            await events.get()


_FORM = 9
"""The type of an answer to an interaction that opens a form, by Discord's document."""


def _may_mention_all(request: SeenRequest) -> bool:
    """Whether it writes something, and lets whatever stands in it mention people, roles or everybody."""
    body = cast("dict[str, Any]", request.body) if isinstance(request.body, dict) else {}
    written = cast("dict[str, Any]", body["data"] if request.path.endswith("/callback") and "data" in body else body)
    if not written.get("content") and not written.get("components"):
        return False
    is_message = re.search(r"/(messages(/[0-9]+|/@original)?|callback|webhooks/[0-9]+/[^/]+)$", request.path)
    is_form = body.get("type") == _FORM
    mentions = cast("dict[str, Any]", written.get("allowed_mentions") or {})
    return is_message is not None and not is_form and bool(mentions.get("parse") != [])


@asynccontextmanager
async def open_place(data_dir: Path, new_database: Path, *, answer_within_s: float = 15.0) -> AsyncGenerator[Place]:
    """A local Discord and sample services, without the bot.

    Discord's own three seconds, of which waiting to defer takes two, are too few where a busy machine stands still.
    """
    shutil.copy(new_database, data_dir)
    async with AsyncExitStack() as stack:
        discord = LocalDiscord()
        discord.world.answer_within_s = answer_within_s
        await discord.start()
        stack.push_async_callback(discord.stop)
        services = await start_sample_services()
        stack.push_async_callback(services.stop)
        yield Place(discord, services, data_dir)
    default = Config()
    point_discord_at(api_url=default.discord_api_url, gateway_url=default.discord_gateway_url)
    assert [one.path for one in discord.world.requests if _may_mention_all(one)] == []


@pytest.fixture(scope="session")
def registered() -> list[dict[str, Any]]:
    """What `Place.registered` is filled with, once."""
    return []


@pytest.fixture
async def unconnected(
    request: pytest.FixtureRequest, tmp_path: Path, new_database: Path, registered: list[dict[str, Any]]
) -> AsyncGenerator[Place]:
    """A local Discord and sample services, without the bot."""
    hurried = "hurried" in request.fixturenames
    async with open_place(tmp_path, new_database, answer_within_s=ANSWER_WITHIN_S if hurried else 15.0) as place:
        place.registered = registered
        yield place


@pytest.fixture
def unregistered(unconnected: Place) -> None:
    """Discord has not been told the commands, or other ones."""
    unconnected.registered = None


@pytest.fixture
async def place(unconnected: Place) -> AsyncGenerator[Place]:
    """Everything, with the bot connected."""
    async with unconnected.connected():
        yield unconnected


class SharedPlaces:
    """One place after the other, for the tests of a module that leave it as they found it."""

    def __init__(self, make_dir: Callable[[], Path], new_database: Path, registered: list[dict[str, Any]]) -> None:
        self._make_dir, self._new_database, self._registered = make_dir, new_database, registered
        self._stack = AsyncExitStack()
        self._place: Place | None = None
        self._tables: _Tables | None = None
        self._messages: dict[str, Message] = {}
        self._unchanged: object = None

    async def take(self) -> Place:
        """One in which nobody has said anything yet, and whose services have been asked little."""
        place = self._place
        if place is None or _has_been_asked(place):
            place = await self._open()
        # Another bot of this process may have been started meanwhile.
        point_discord_at(api_url=place.discord.api_url, gateway_url=place.discord.gateway_url)
        place.world.messages = dict(self._messages)
        place.world.requests.clear()
        return place

    async def give_back(self, place: Place) -> None:
        """Forget what was said, set and chosen. Fails a test that did more than that."""
        await finish_answers()  # its loop stands still now, while another bot of this process may be closed
        assert self._tables is not None
        await _forget(place, self._tables)
        if _describe(place, self._tables) != self._unchanged:
            await self.close()
            pytest.fail("the test changed a place that it shares with others: let it take `place`")

    async def _open(self) -> Place:
        await self.close()
        place = await self._stack.enter_async_context(open_place(self._make_dir(), self._new_database))
        place.registered = self._registered
        await self._stack.enter_async_context(place.connected())
        self._tables = tables = _Tables(place.data_dir / "shiori.db")
        self._stack.callback(tables.close)
        self._place, self._messages, self._unchanged = place, dict(place.world.messages), _describe(place, tables)
        return place

    async def close(self) -> None:
        """Close the place that is open."""
        self._place = None
        await self._stack.aclose()


def _list_services(place: Place) -> list[Any]:
    services = place.services
    return [services.vndb, services.ehentai, services.anilist, services.amvstrm, services.nekos]


def _has_been_asked(place: Place) -> bool:
    """Whether the next test might feel a limit, which a bot keeps whoever asks: a service's (AniList's are narrow), or
    how much one person's typing may ask for.
    """
    if any(one.kind == AUTOCOMPLETE for one in place.world.interactions.values()):
        return True
    services = place.services
    return len(services.anilist.requests) > 5 or any(len(one.requests) > 50 for one in _list_services(place))


_TABLES = (
    "setting",
    "preview",
    "note",
    "follow",
    "notice",
    "greeting",
    "rest",
    "account",
    "opt_in",
    "kept_list",
    "listed_work",
)


class _Tables:
    """What the bot keeps, seen from beside it. They are looked into only if it wrote since."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA synchronous = OFF")
        self._version, self._rows = -1, list[Any]()

    def read(self) -> list[Any]:
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._rows = [row for table in _TABLES for row in self._connection.execute(f"SELECT * FROM {table}")]  # noqa: S608
            self._version = version
        return self._rows

    def empty(self) -> None:
        with contextlib.closing(self._connection.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            for table in _TABLES:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608
            cursor.execute("UPDATE revision SET number = number + 1, reset = number + 1")
            cursor.execute("COMMIT")
        self._rows = []  # its own changes are none of another's

    def close(self) -> None:
        self._connection.close()


async def _forget(place: Place, tables: _Tables) -> None:
    """Have the bot hear all that happened, and find its tables empty, as if another process had made them so."""
    from tests.flow.preview_message import settle  # which imports this

    await settle(place)
    place.world.age_restricted_commands_in_dms = False
    if tables.read():
        await asyncio.to_thread(tables.empty)
        await place.shiori.store.refresh()


def _describe(place: Place, tables: _Tables) -> object:
    """What a test may have changed that the next would meet."""
    world = place.world
    channels = [one for one in world.channels.values() if one.kind != DM]
    members = [
        world.age_restricted_commands_in_dms,
        world.bot_in_guild,
        world.bot_connected,
        world.privileged_intents,
        world.unfurl_links,
        world.unfurl_after_s,
        world.quiet_guilds,
        world.system_channel,
        list(world.listeners),
        [(one["name"], one["nsfw"]) for one in world.commands],
        repr(world.guild_commands),
    ]
    faults = [*world.rest_faults, *(service.fault for service in _list_services(place))]
    people = [repr(one) for one in (*channels, *world.roles.values(), *world.users.values())]
    return tables.read(), faults, members, people


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_places(
    tmp_path_factory: pytest.TempPathFactory, new_database: Path, registered: list[dict[str, Any]]
) -> AsyncGenerator[SharedPlaces]:
    places = SharedPlaces(lambda: tmp_path_factory.mktemp("shared"), new_database, registered)
    yield places
    await places.close()


@pytest_asyncio.fixture(loop_scope="module")
async def shared(shared_places: SharedPlaces) -> AsyncGenerator[Place]:
    """A place for tests that only ask, look, post and choose: its bot goes on running for the others of the module."""
    place = await shared_places.take()
    yield place
    await shared_places.give_back(place)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test runs in the loop of the place that it shares."""
    for item in items:
        if "shared" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest.fixture(scope="module")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    with run_valkey(tmp_path_factory.mktemp("valkey")) as one:
        yield one


@pytest.fixture
def valkey(valkey_server: Valkey) -> Valkey:
    """A server with nothing in it."""
    valkey_server.restore()
    return valkey_server


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that a busy machine is late with is not deferred, and suggestions come all the same: else whether a
    sentence is private, and what is suggested, were chance. Tests of being late set the real times again. A new session
    need not wait for five seconds: the local Discord counts them only where it is told to.
    """
    monkeypatch.setattr("bot.gateway.turn.IDENTIFY_EVERY_S", 0.0)
    monkeypatch.setattr("bot.gateway.turn.SLACK_S", 0.0)
    monkeypatch.setattr("bot.interaction.reply.DEFER_AFTER_S", 2.0)
    monkeypatch.setattr("bot.interaction.reply.COMPLETE_WITHIN_S", 2.0)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch, unhurried: None) -> None:
    """The times after which an answer is really deferred, and suggestions are really given up."""
    monkeypatch.setattr("bot.interaction.reply.DEFER_AFTER_S", DEFER_AFTER_S)
    monkeypatch.setattr("bot.interaction.reply.COMPLETE_WITHIN_S", COMPLETE_WITHIN_S)


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The follower does what a test has it do. Its own round, begun at the start, would have read the schedule half."""
    monkeypatch.setattr("bot.follow.follower.Follower.start", _list_none)


@pytest.fixture(autouse=True)
def nothing_unhandled(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No test ends with an error in the log: everything that can happen is handled."""
    yield
    errors = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert errors == []
