"""What survives a restart. Settings are read from memory, which follows what other processes write."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

import msgspec
from sqlalchemy import ColumnElement, Delete, delete, insert, select, union_all, update

from bot.errors import StoreError, Unconfirmed
from bot.gate.chosen import NOTHING_CHOSEN, Chosen
from bot.gate.declaration import Level
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.document import find_kept, parse_document, read_any, render_document
from bot.store.forgetting import note_forgotten
from bot.store.holding import Holding, Owner
from bot.store.peers import Peers
from bot.store.place import PlaceRecords, forget_places
from bot.store.recovery import Recovery
from bot.store.rest import RestRecords
from bot.store.schema import migrate, misses_table
from bot.store.spent import SpentRecords
from bot.store.stamp import Stamp
from bot.store.table import note, owner, revision, setting

POLL_S = 1.0
"""How old another process' change may be before it is seen here."""
ALONE_POLL_S = 5.0
"""So long who is alone, as far as they know, rests between two questions to a server: whoever comes waits for that."""

DAY_S = 86_400
_EPOCH = dt.date(1970, 1, 1)

log = logging.getLogger(__name__)


async def open_store(url: str, *, clock: Clock, secret: str = "") -> Store:
    """Open the database, bring its tables up to date, and read all settings.

    Raises:
        StoreError: it cannot be used. `url` and `secret` are as `Database` takes them.
    """
    database = Database(url, secret=secret)
    try:
        await migrate(database)
        store = Store(database, clock=clock)
        await store.refresh()
    except BaseException:
        await database.close()
        raise
    store.follow()
    return store


class Clock(Protocol):
    """What the store needs of a clock, in seconds."""

    def time(self) -> float:
        """Since the epoch."""
        ...

    async def sleep(self, duration_s: float) -> None:
        """Wait."""


class _Shelf(msgspec.Struct):
    """What was chosen at one level, by id."""

    level: Level
    documents: dict[int, Chosen] = msgspec.field(default_factory=dict[int, Chosen])

    def get(self, id_: int) -> Chosen:
        return self.documents.get(id_, NOTHING_CHOSEN)

    def put(self, id_: int, chosen: Chosen) -> None:
        if chosen == NOTHING_CHOSEN:
            self.documents.pop(id_, None)
        else:
            self.documents[id_] = chosen

    def load(self, id_: int, document: str) -> None:
        self.put(id_, self.parse(id_, document))

    def parse(self, id_: int, document: str) -> Chosen:
        chosen = parse_document(document, self.level)
        if chosen.lost:
            lost = ", ".join(sorted(one.name for one in chosen.lost))
            log.error("Settings of %s %d cannot be read in part: %s", self.level, id_, lost)
        return chosen


class Store(PlaceRecords, RestRecords, SpentRecords):
    """Made by `open_store`. What writes raises StoreError when the database is away; reading settings never does."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        super().__init__(database)
        self._clock = clock
        self._find_now_s = clock.time
        self.peers = Peers(database, clock=clock)
        self.recovery = Recovery(database, clock=clock)
        self._stamp = Stamp(database.url)
        self._holdings: list[Holding] = []
        self._servers = _Shelf("server")
        self._channels = _Shelf("channel")
        self._people = _Shelf("person")
        self._seen = -1
        self._looked = -1  # what was seen when it was looked for other processes
        self._lock = asyncio.Lock()  # memory changes in the order of the database's changes
        self._following: asyncio.Task[None] | None = None

    @property
    def database(self) -> Database:
        """What the records of the features are built on."""
        return self._database

    @property
    def noticed_within_s(self) -> float:
        """When others look at the latest whether there is a new process. A file tells by itself that it was changed."""
        return POLL_S if self._database.is_sqlite else ALONE_POLL_S

    async def ping(self) -> None:
        """Find out whether the database answers."""
        async with self._database.read() as connection:
            await connection.execute(select(revision.c.number))

    def hold(self, holding: Holding) -> None:
        """Have what a feature keeps exported and forgotten with all else, too."""
        self._holdings.append(holding)

    # Settings

    def server(self, guild_id: int) -> Chosen:
        """What was chosen for a server."""
        return self._servers.get(guild_id)

    def channel(self, channel_id: int) -> Chosen:
        """What was chosen for a channel."""
        return self._channels.get(channel_id)

    def person(self, user_id: int) -> Chosen:
        """What a person chose."""
        return self._people.get(user_id)

    async def change_server(self, guild_id: int, change: Callable[[Chosen], Chosen]) -> Chosen:
        """Apply `change` to what is stored now; return what is then durable."""
        return await self._change(self._servers, guild_id, change, guild_id=guild_id)

    async def change_channel(self, guild_id: int, channel_id: int, change: Callable[[Chosen], Chosen]) -> Chosen:
        """As `change_server`, for one channel of a server."""
        return await self._change(self._channels, channel_id, change, guild_id=guild_id)

    async def change_person(self, user_id: int, change: Callable[[Chosen], Chosen]) -> Chosen:
        """As `change_server`, for a person."""
        return await self._change(self._people, user_id, change, guild_id=None)

    async def _change(
        self, shelf: _Shelf, id_: int, change: Callable[[Chosen], Chosen], *, guild_id: int | None
    ) -> Chosen:
        here = _is(shelf, id_)
        number, changed, written = -1, NOTHING_CHOSEN, None
        async with self._database.turn(self._lock) as left_s:
            try:
                async with self._database.write(timeout_s=left_s) as connection:
                    number = await _take_number(connection)
                    document = await connection.scalar(select(setting.c.document).where(here))
                    changed = change(NOTHING_CHOSEN if document is None else shelf.parse(id_, document))
                    kept = find_kept(document or "{}", changed, shelf.level)
                    written = render_document(changed, kept) if kept or changed != NOTHING_CHOSEN else None
                    row = {"kind": shelf.level, "id": id_, "guild_id": guild_id, "revision": number}
                    await connection.execute(delete(setting).where(here))
                    if written is not None:
                        await connection.execute(insert(setting).values(**row, document=written))
                    elif document is not None:
                        await connection.execute(update(revision).values(reset=number))
            except Unconfirmed:
                if not await self._is_saved(here, number, written):
                    raise StoreError("it lost a change") from None
            shelf.put(id_, changed)
            self._have_seen(number)
        return changed

    async def _is_saved(self, here: ColumnElement[bool], number: int, wanted: str | None) -> bool:
        """Look whether a change is there whose confirmation was lost. Raises Unconfirmed if that cannot be told."""
        try:
            async with self._database.read() as connection:
                latest = await connection.scalar(select(revision.c.number))
                document = await connection.scalar(select(setting.c.document).where(here))
        except StoreError as error:
            raise Unconfirmed(error.reason) from error
        return (latest or 0) >= number and document == wanted

    # Memory

    def follow(self) -> None:
        """Begin to follow what other processes write. `open_store` does."""
        self._following = asyncio.create_task(self._follow(), name="store-follow")

    async def refresh(self) -> None:
        """Read what other processes changed since the last time.

        Raises:
            StoreError: the database cannot be asked.
        """
        async with (
            self._database.turn(self._lock) as left_s,
            self._database.read(timeout_s=left_s) as connection,
        ):
            numbers = (await connection.execute(select(revision.c.number, revision.c.reset))).one_or_none()
            if numbers is None:
                raise StoreError("its table of revisions is empty")
            number, reset = numbers
            if number == self._seen:
                return
            # Rows were removed, or the database is another one, such as a copy of last week.
            anew = reset > self._seen or number < self._seen
            columns = select(setting.c.kind, setting.c.id, setting.c.document)
            rows = await connection.execute(columns if anew else columns.where(setting.c.revision > self._seen))
            self._remember([(kind, id_, document) for kind, id_, document in rows], anew=anew)
            self._seen = number

    async def catch_up(self) -> None:
        """Read what other processes changed a moment ago, if there are any: by itself that is read within a second.

        Raises StoreError.
        """
        if not self.peers.alone:
            await self.refresh()

    def _remember(self, rows: Iterable[tuple[str, int, str]], *, anew: bool) -> None:
        shelves = {shelf.level: shelf for shelf in (self._servers, self._channels, self._people)}
        if anew:
            for shelf in shelves.values():
                shelf.documents.clear()
        for kind, id_, document in rows:
            if shelf := shelves.get(kind):
                shelf.load(id_, document)

    def _have_seen(self, number: int) -> None:
        # A gap is another process' change, which the next refresh reads.
        if number == self._seen + 1:
            self._seen = number

    async def _follow(self) -> None:
        away = False
        while True:
            rests = self.peers.others == 0 and not (away or self.recovery.refuses)
            await self._clock.sleep(self.noticed_within_s if rests else POLL_S)
            try:
                await self._look()
                await self.recovery.look()
            except StoreError as error:
                self._stamp.forget()
                if misses_table(error) and await self._begin_anew():
                    continue
                if not away:
                    log.warning("The database is away; settings are as they were: %s", error.reason)
                away = True
            else:
                if away and not self.recovery.refuses:
                    log.warning("The database is back")
                    away = False

    async def _look(self) -> None:
        """Read what other processes changed, and see which there are. A file that nobody wrote to is not asked."""
        if self._stamp.may_have_changed():
            await self.refresh()
            # Not only if that has read something: who forgets somebody reads what is new, too.
            if self._looked != self._seen:
                looked = self._seen
                await self.peers.look()
                self._looked = looked
        await self.peers.keep_up()

    async def _begin_anew(self) -> bool:
        """The database has lost its tables: make them, and tell the host what that means. Whether it can be used again.
        Where only one is missing, as while somebody repairs it, none is made; it may be back by now.
        """
        try:
            made = await migrate(self._database)
            await self.refresh()
        except StoreError as error:
            log.warning("The database has no tables, and none can be made: %s", error.reason)
            return False
        if made:
            log.error(
                "THE DATABASE WAS EMPTY: all settings, previews and follows are gone, and everything is as by default. "
                "Its tables were made anew. If there is a backup, restore it and start Shiori again."
            )
        return True

    def hurry(self) -> None:
        """The bot ends: the database is not waited for any longer than `HURRY_S` from now."""
        self._database.hurry()

    async def close(self) -> None:
        """Stop following, and close the database."""
        if self._following is not None:
            async with self._lock:  # it is not stopped in the middle of a question
                self._following.cancel()
            await asyncio.wait([self._following])
        await self._database.close()

    # Servers and people

    async def take_note(self, user_id: int, day: int, reason: str) -> bool:
        """Whether this is the first time that it is asked, in all processes. `day`: since the epoch. `reason`: one of a
        few names of at most 40 characters.
        """
        return await self._database.insert(insert(note).values(user_id=user_id, day=day, reason=reason))

    async def prune(self) -> None:
        """Forget the notes of past days, and places that nobody used for long."""
        now_s = self._clock.time()
        async with self._database.write() as connection:
            await connection.execute(delete(note).where(note.c.day < now_s // DAY_S))
            await connection.execute(forget_places(now_s))
        await self.peers.prune()

    async def belongs_to(self, bot_id: int) -> bool:
        """Whether what is stored is this bot's. It is the first one's that asks."""
        await self._database.insert(insert(owner).values(id=1, bot_id=bot_id))
        async with self._database.read() as connection:
            return await connection.scalar(select(owner.c.bot_id)) == bot_id

    async def list_servers(self) -> set[int]:
        """The servers that anything is stored of."""
        own = select(setting.c.guild_id).where(setting.c.guild_id.is_not(None)).distinct()
        query = union_all(own, *(holding.select_servers() for holding in self._holdings))
        async with self._database.read() as connection:
            return set(await connection.scalars(query))

    async def list_channels(self, guild_id: int) -> list[int]:
        """The channels of a server for which something was chosen."""
        query = select(setting.c.id).where(setting.c.kind == "channel", setting.c.guild_id == guild_id)
        async with self._database.read() as connection:
            return list(await connection.scalars(query.order_by(setting.c.id)))

    async def list_kept_channels(self) -> list[tuple[int, int]]:
        """The channels and threads of all servers, each after its server, that are kept until somebody ends that."""
        own = select(setting.c.guild_id, setting.c.id).where(setting.c.kind == "channel")
        others = [found for holding in self._holdings if (found := holding.select_channels()) is not None]
        async with self._database.read() as connection:
            rows = await connection.execute(union_all(own, *others))
            return sorted({(guild_id, channel_id) for guild_id, channel_id in rows})

    async def delete_server(self, guild_id: int) -> None:
        """Forget a server that the bot left: its settings, its channels', its previews and follows."""
        await self._forget(
            "server",
            guild_id,
            delete(setting).where(setting.c.guild_id == guild_id),
        )

    async def delete_channel(self, channel_id: int) -> None:
        """Forget a channel that is gone: its settings, previews and follows."""
        await self._forget(
            "channel",
            channel_id,
            delete(setting).where(_is(self._channels, channel_id)),
        )

    async def delete_person(self, user_id: int) -> int:
        """Forget a person: settings, notes, follows, and which previews answer their messages, but for what has to be
        taken away first. Return how many rows.
        """
        return await self._forget(
            "person",
            user_id,
            delete(setting).where(_is(self._people, user_id)),
            delete(note).where(note.c.user_id == user_id),
        )

    async def _forget(self, owner: Owner, id_: int, settings: Delete, *others: Delete) -> int:
        counts: list[int] = []

        async def forget(within_s: float) -> None:
            async with self._database.write(timeout_s=within_s) as connection:
                if owner == "person":
                    await note_forgotten(connection, self._database, id_, now_s=self._clock.time())
                number = await _take_number(connection)
                count = removed = (await connection.execute(settings)).rowcount
                for holding in self._holdings:
                    count += await holding.forget(connection, owner, id_)
                for statement in others:
                    count += (await connection.execute(statement)).rowcount
                counts.append(count)
                if removed:
                    await connection.execute(update(revision).values(reset=number))

        async with self._database.turn(self._lock) as left_s:
            await self._database.repeat(partial(forget, left_s))
        try:
            await self.refresh()
        except StoreError as error:  # it is deleted all the same; whoever follows tries again
            self._stamp.forget()
            log.warning("What was deleted is still in memory, for now: %s", error.reason)
        return max(counts)  # the second time there may be none left

    async def count_kept(self, name: str, user_id: int) -> int:
        """How much a feature keeps of a person (`Holding.name`)."""
        async with self._database.read() as connection:
            return sum([len(await one.export(connection, user_id)) for one in self._holdings if one.name == name])

    async def export_person(self, user_id: int) -> dict[str, object]:
        """Everything that is stored about a person, ready for JSON."""
        async with self._database.read() as connection:
            document = await connection.scalar(select(setting.c.document).where(_is(self._people, user_id)))
            query = (
                select(note.c.day, note.c.reason).where(note.c.user_id == user_id).order_by(note.c.day, note.c.reason)
            )
            notes = (await connection.execute(query)).all()
            held = {holding.name: await holding.export(connection, user_id) for holding in self._holdings}
        return {
            "user_id": user_id,
            "settings": {} if document is None else read_any(document),
            "notes": [f"{(_EPOCH + dt.timedelta(days=day)).isoformat()} {reason}".rstrip() for day, reason in notes],
            **held,
        }


async def _take_number(connection: Connection) -> int:
    """Take the next revision. Others wait here until the transaction has ended."""
    taken = update(revision).values(number=revision.c.number + 1).returning(revision.c.number)
    number = await connection.scalar(taken)
    if number is None:
        raise StoreError("its table of revisions is empty")
    return number


def _is(shelf: _Shelf, id_: int) -> ColumnElement[bool]:
    return (setting.c.kind == shelf.level) & (setting.c.id == id_)
