"""The gateway: one WebSocket for each connection of the bot.

<https://discord.com/developers/docs/events/gateway>. A lost session can be resumed while it is remembered.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import json
import secrets
import zlib
from collections import deque
from typing import Any, Protocol

import msgspec
from aiohttp import WSMsgType, web

from bot.playground.engine.application import application_flags
from bot.playground.engine.message import hide_content
from bot.playground.engine.model import DM, Channel
from bot.playground.engine.payload import copy_payload
from bot.playground.engine.permission import KNOWN_INTENTS, PRIVILEGED, Intent
from bot.playground.engine.shard import Shard, ShardRules, parse_shard
from bot.playground.engine.world import World

Payload = dict[str, Any]

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT = 0, 1, 2, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 8, 9, 10, 11
HEARTBEAT_INTERVAL_MS = 41_250
_ACK_AFTER_S = 0.05
REMEMBERED_EVENTS = 1000
_MEMBERS_AT_ONCE = 100

_CLOSE_DECODE, _CLOSE_NOT_AUTHENTICATED, _CLOSE_TOKEN = 4002, 4003, 4004
_CLOSE_ALREADY, _CLOSE_INVALID_INTENTS, _CLOSE_DISALLOWED_INTENTS = 4005, 4013, 4014
_CLOSE_INVALID_SHARD, _CLOSE_SHARDING_REQUIRED = 4010, 4011


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...


class _Zlib:
    """`zlib-stream`: one stream for the whole connection, flushed after each event."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj(level=1)  # nothing leaves the machine

    def compress(self, data: bytes, /) -> bytes:
        return self._stream.compress(data) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class _Zstd:
    """`zstd-stream`, which discord.py asks for where Python (3.14) or a package has it."""

    def __init__(self) -> None:
        try:
            module: Any = importlib.import_module("compression.zstd")
            self._stream: Any = module.ZstdCompressor()
            self._flush: Any = module.ZstdCompressor.FLUSH_BLOCK
        except ImportError:
            module = importlib.import_module("zstandard")
            self._stream = module.ZstdCompressor().compressobj()
            self._flush = module.COMPRESSOBJ_FLUSH_BLOCK

    def compress(self, data: bytes, /) -> bytes:
        return bytes(self._stream.compress(data) + self._stream.flush(self._flush))


_COMPRESSORS: dict[str, type[_Zlib | _Zstd]] = {"zlib-stream": _Zlib, "zstd-stream": _Zstd}


class _Session:
    """What is remembered of an identified connection: its intents and shard, its last events, who listens now."""

    def __init__(self, intents: int, shard: Shard) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        self.sequence = 0
        self.events: deque[Payload] = deque(maxlen=REMEMBERED_EVENTS)
        self.connection: _Connection | None = None

    def add(self, name: str, data: Payload) -> None:
        """Number an event, keep it for a resume, and send it if somebody listens."""
        self.sequence += 1
        event: Payload = {"op": DISPATCH, "t": name, "s": self.sequence, "d": data}
        self.events.append(event)
        if self.connection is not None:
            self.connection.send(event)


class _Connection:
    """One socket. Events are written by one task, in order."""

    def __init__(self, socket: web.WebSocketResponse, compressor: _Compressor | None) -> None:
        self.socket = socket
        self.session: _Session | None = None
        self.closing = False
        self._compressor = compressor
        self._queue: asyncio.Queue[Payload | int] = asyncio.Queue()

    def send(self, payload: Payload) -> None:
        """Send this after what is already waiting."""
        self._queue.put_nowait(payload)

    def close(self, code: int) -> None:
        """Close with this code after what is already waiting."""
        self.closing = True
        self._queue.put_nowait(code)

    async def write(self) -> None:
        """Write until closed."""
        while True:
            item = await self._queue.get()
            try:
                if isinstance(item, int):
                    await self.socket.close(code=item)
                    return
                await self._write_one(item)
            except ConnectionError:
                return

    async def _write_one(self, payload: Payload) -> None:
        content = msgspec.json.encode(payload)
        if self._compressor is None:
            await self.socket.send_str(content.decode())
        else:
            await self.socket.send_bytes(self._compressor.compress(content))


class Gateway:
    """Takes the bot's connections and hands the world's events to them."""

    def __init__(self, world: World, *, url: str = "") -> None:
        self.url = url
        self.resume_url = ""
        """Where a session is to be resumed, if that is another host than this one."""
        self.shards = ShardRules(world.clock)
        self._world = world
        self._sessions: dict[str, _Session] = {}
        self._connections: set[_Connection] = set()
        self.hides_members = False
        """Whether nobody who asks for members is answered."""
        self.asked_for_members: list[int] = []
        """For how many at once, each time that somebody did."""
        self.refusal: int | None = None
        """The code with which every attempt to begin or resume a session is closed, while it is set."""
        self.refused_shard: int | None = None
        """The only shard for which that holds; None: it holds for all."""
        self.is_away = False
        """Whether nobody can connect."""
        self.says_ready = True
        """Whether a new session is told that it is one; an outage of Discord may leave that out."""
        self.says_resumed = True
        """Whether a session that is resumed is told so, after what it missed."""
        self.silent_shards: set[int] = set()
        """The shards whose sessions are not told it."""
        self.identifies = 0
        self.resumes = 0
        world.listeners.append(self._dispatch)

    def disconnect(self, code: int = 4000, *, forget: bool = False, shard_id: int | None = None) -> None:
        """Close every connection, or those of one shard; with `forget` their sessions cannot be resumed."""
        if forget and shard_id is None:
            self._sessions.clear()
        for connection in self._list_connections(shard_id):
            if forget and connection.session is not None:
                self._sessions.pop(connection.session.id, None)
            connection.close(code)
            self._drop(connection)

    def ask_to_reconnect(self, *, shard_id: int | None = None) -> None:
        """Ask the bot to connect again and resume, as Discord does before it restarts."""
        for connection in self._list_connections(shard_id):
            connection.send({"op": RECONNECT, "d": None})

    def invalidate(self, *, shard_id: int | None = None) -> None:
        """Tell the bot that a session is none any more."""
        for connection in self._list_connections(shard_id):
            if connection.session is not None:
                self._sessions.pop(connection.session.id, None)
            connection.send({"op": INVALID_SESSION, "d": False})
            self._drop(connection)

    def list_shards(self) -> list[int]:
        """The shards that are connected, each as often as it is."""
        return sorted(one.session.shard.id for one in self._connections if one.session is not None)

    def _list_connections(self, shard_id: int | None) -> list[_Connection]:
        if shard_id is None:
            return list(self._connections)
        sessions = ((one, one.session) for one in self._connections)
        return [one for one, session in sessions if session is not None and session.shard.id == shard_id]

    def send(self, name: str, data: Payload, *, shard_id: int | None = None) -> None:
        """Send an event to every session, or those of one shard, as it stands, however wrong it is."""
        for session in self._sessions.values():
            if shard_id in (None, session.shard.id):
                session.add(name, data)

    def repeat(self, name: str) -> Payload:
        """Deliver the latest event of this name again, as a resumed session may do. Return what it tells."""
        told = [
            (session, next((event["d"] for event in reversed(session.events) if event["t"] == name), None))
            for session in self._sessions.values()
        ]
        ((session, data),) = [(session, data) for session, data in told if data is not None]
        session.add(name, copy_payload(data))
        return data

    async def close(self) -> None:
        """Close every connection at once, for the end."""
        for connection in list(self._connections):
            await connection.socket.close(code=1001)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket handler."""
        if self.is_away:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(max_msg_size=15 * 1024, autoping=True)
        try:
            await socket.prepare(request)
        except ConnectionResetError:
            return web.Response()  # the bot was stopped while it was connecting
        compressor = _COMPRESSORS.get(request.query.get("compress", ""))
        connection = _Connection(socket, compressor() if compressor else None)
        self._connections.add(connection)
        writer = asyncio.create_task(connection.write())
        connection.send({"op": HELLO, "d": {"heartbeat_interval": HEARTBEAT_INTERVAL_MS}})
        try:
            async for frame in socket:
                if frame.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._take(connection, frame.data)
        finally:
            self._drop(connection)
            # A close of ours is under way in the writer, and has to be said to its end.
            if not connection.closing:
                writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    def _drop(self, connection: _Connection) -> None:
        self._connections.discard(connection)
        if connection.session is not None and connection.session.connection is connection:
            connection.session.connection = None
        self._say_connected()

    def _say_connected(self) -> None:
        connected = any(one.session is not None for one in self._connections)
        if connected != self._world.bot_connected:
            self._world.bot_connected = connected
            self._world.publish({"type": "connection", "connected": connected})

    def _take(self, connection: _Connection, raw: str | bytes) -> None:
        try:
            frame: Payload = json.loads(raw)
            op, data = frame["op"], frame.get("d")
        except (ValueError, TypeError, KeyError):
            connection.close(_CLOSE_DECODE)
            return
        if op == HEARTBEAT:
            # At once, discord.py would note the answer before the question, and warn of a delay of one interval.
            asyncio.get_running_loop().call_later(_ACK_AFTER_S, connection.send, {"op": HEARTBEAT_ACK})
        elif op in (IDENTIFY, RESUME) and self.refusal is not None and self._refuses(data or {}):
            connection.close(self.refusal)
        elif op == IDENTIFY:
            self._identify(connection, data or {})
        elif op == RESUME:
            self._resume(connection, data or {})
        elif connection.session is None:
            connection.close(_CLOSE_NOT_AUTHENTICATED)
        elif op == REQUEST_MEMBERS:
            self._send_members(connection.session, data or {})

    def _refuses(self, data: Payload) -> bool:
        session = self._sessions.get(str(data.get("session_id")))
        shard = parse_shard(data.get("shard")) if session is None else session.shard
        return self.refused_shard is None or (shard is not None and shard.id == self.refused_shard)

    def _identify(self, connection: _Connection, data: Payload) -> None:
        intents, shard = int(data.get("intents") or 0), parse_shard(data.get("shard"))
        if connection.session is not None:
            connection.close(_CLOSE_ALREADY)
        elif data.get("token") != self._world.token:
            connection.close(_CLOSE_TOKEN)
        elif intents & ~KNOWN_INTENTS:
            connection.close(_CLOSE_INVALID_INTENTS)
        elif intents & PRIVILEGED & ~self._world.privileged_intents:
            connection.close(_CLOSE_DISALLOWED_INTENTS)
        elif shard is None:
            connection.close(_CLOSE_INVALID_SHARD)
        elif shard.of < self.shards.needed:
            connection.close(_CLOSE_SHARDING_REQUIRED)
        elif not self.shards.take(shard):
            connection.send({"op": INVALID_SESSION, "d": False})
        else:
            self.identifies += 1
            if not self.says_ready or shard.id in self.silent_shards:
                return
            session = _Session(intents, shard)
            self._sessions[session.id] = session
            self._attach(connection, session)
            self._send_ready(session, data)

    def _attach(self, connection: _Connection, session: _Session) -> None:
        session.connection = connection
        connection.session = session
        self._say_connected()

    def _send_ready(self, session: _Session, data: Payload) -> None:
        world = self._world
        quiet = [guild for guild in world.quiet_guilds if session.shard.gets(guild["id"])]
        has_home = session.shard.gets(world.guild_id)
        guild_ids = [*([world.guild_id] if has_home else []), *(guild["id"] for guild in quiet)]
        ready: Payload = {
            "v": 10,
            "user": {**world.bot.payload(), "verified": True, "mfa_enabled": True, "flags": 0},
            "guilds": [{"id": guild_id, "unavailable": True} for guild_id in guild_ids if world.bot_in_guild],
            "session_id": session.id,
            "resume_gateway_url": self.resume_url or self.url,
            "application": {"id": world.application_id, "flags": application_flags(world)},
        }
        if "shard" in data:
            ready["shard"] = data["shard"]
        session.add("READY", ready)
        if session.intents & Intent.GUILDS and world.bot_in_guild:
            if not has_home:
                pass
            elif world.guild_after_s:
                tell = functools.partial(session.add, "GUILD_CREATE", world.guild_payload())
                asyncio.get_running_loop().call_later(world.guild_after_s, tell)
            else:
                session.add("GUILD_CREATE", world.guild_payload())
            for guild in quiet:
                session.add("GUILD_CREATE", guild)

    def _resume(self, connection: _Connection, data: Payload) -> None:
        session = self._sessions.get(str(data.get("session_id")))
        if data.get("token") != self._world.token:
            connection.close(_CLOSE_TOKEN)
            return
        last = int(data.get("seq") or 0)
        oldest = session.events[0]["s"] if session is not None and session.events else 1
        if session is None or last + 1 < oldest or last > session.sequence:
            connection.send({"op": INVALID_SESSION, "d": False})
            return
        self.resumes += 1
        missed = [event for event in session.events if event["s"] > last]
        for event in missed:
            connection.send(event)
        self._attach(connection, session)
        if self.says_resumed:
            session.add("RESUMED", {})

    def _send_members(self, session: _Session, data: Payload) -> None:
        world = self._world
        wanted = {str(one) for one in list(data.get("user_ids") or ())[:_MEMBERS_AT_ONCE]}
        self.asked_for_members.append(len(wanted))
        if self.hides_members:
            return
        members = [user for user in world.users.values() if not user.left]
        found = [user.member_payload() for user in members if not wanted or user.id in wanted]
        chunk: Payload = {
            "guild_id": str(data.get("guild_id")),
            "members": found,
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": sorted(wanted - {user.id for user in members}),
        }
        if "nonce" in data:
            chunk["nonce"] = data["nonce"]
        session.add("GUILD_MEMBERS_CHUNK", chunk)

    def _dispatch(self, name: str, payload: Payload, channel: Channel | None) -> None:
        for session in self._sessions.values():
            if self._gets(session, name, payload, channel):
                session.add(name, self._filter_content(session, name, copy_payload(payload), channel))

    def _gets(self, session: _Session, name: str, payload: Payload, channel: Channel | None) -> bool:
        world = self._world
        if not session.shard.gets(_find_guild_id(name, payload, channel)):
            return False
        if channel is None:
            return not name.startswith("GUILD_") or self._gets_guild(session, name, payload)
        is_message = name.startswith("MESSAGE_")
        if channel.kind == DM:
            return bool(is_message and session.intents & Intent.DIRECT_MESSAGES)
        if channel.guild_id != world.guild_id or not world.bot_in_guild:
            return False
        if name.startswith("CHANNEL_"):
            return bool(session.intents & Intent.GUILDS)
        wanted = Intent.GUILD_MESSAGES if is_message else Intent.GUILDS
        return bool(session.intents & wanted) and world.sees(world.bot, channel)

    def _gets_guild(self, session: _Session, name: str, payload: Payload) -> bool:
        if not self._world.bot_in_guild:
            return False
        of_others = name == "GUILD_MEMBER_UPDATE" and payload["user"]["id"] != self._world.bot.id
        return bool(session.intents & (Intent.GUILD_MEMBERS if of_others else Intent.GUILDS))

    def _filter_content(self, session: _Session, name: str, payload: Payload, channel: Channel | None) -> Payload:
        if name not in ("MESSAGE_CREATE", "MESSAGE_UPDATE") or session.intents & Intent.MESSAGE_CONTENT:
            return payload
        return payload if channel is None else hide_content(payload, channel, self._world.bot)


def _find_guild_id(name: str, payload: Payload, channel: Channel | None) -> str | None:
    """The server that an event tells of; None if it is of direct messages."""
    if channel is not None:
        return channel.guild_id
    of_guild = name.removeprefix("GUILD_") in ("CREATE", "UPDATE", "DELETE")
    return payload["id"] if of_guild else payload.get("guild_id")
