"""The page that shows the local Discord in a browser: static files and one WebSocket, on loopback only.

Every browser tab is one `_Session`: a person of the world, what they see, and what they do through `Person`.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, cast

from aiohttp import WSMsgType, web

from bot.playground.engine.command import CHAT_INPUT, SUB_COMMAND, SUB_COMMAND_GROUP
from bot.playground.engine.exchange import Exchange
from bot.playground.engine.fault import ApiError
from bot.playground.engine.interactions import COMMAND
from bot.playground.engine.invocation import PersonError
from bot.playground.engine.message import Upload, may_manage
from bot.playground.engine.model import (
    CATEGORY,
    DM,
    FORUM,
    NEWS,
    NEWS_THREAD,
    PRIVATE_THREAD,
    THREAD,
    VOICE,
    Channel,
    Message,
    User,
)
from bot.playground.engine.person import Person
from bot.playground.engine.server import LocalDiscord
from bot.playground.engine.world import World

Payload = dict[str, Any]

HOST = "127.0.0.1"
STATIC = Path(__file__).parent / "static"

# Scripts and styles of this page only. Pictures may come from anywhere, since with real services they do.
_CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' http: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_MAX_FRAME_BYTES = 4 * 1024 * 1024  # a file of 3 MB goes into one
_NO_ANSWER = "The application did not respond"
_MAX_MODALS = 20
_MAX_COMMANDS_USED = 1000
_KINDS = {
    DM: "dm",
    VOICE: "voice",
    CATEGORY: "category",
    NEWS: "news",
    FORUM: "forum",
    NEWS_THREAD: "thread",
    THREAD: "thread",
    PRIVATE_THREAD: "thread",
}


class PlaygroundPage:
    """The page at `url`; `data_note` says in one sentence which data is in use.

    `links` are offered to be tried, by what each is called; `restricted_links` where what is for adults may stand.
    `people` have lists to be looked at: the command for each name. `vndb_token`: one that can be linked.
    """

    def __init__(
        self,
        discord: LocalDiscord,
        *,
        port: int = 8080,
        data_note: str,
        links: Mapping[str, str] | None = None,
        restricted_links: Mapping[str, str] | None = None,
        people: Mapping[str, str] | None = None,
        vndb_token: str = "",
    ) -> None:
        self._world = discord.world
        self._port = port
        offered = ((links, False), (restricted_links, True))
        self._notes: Payload = {
            "data_note": data_note,
            "vndb_token": vndb_token,
            "people": [{"name": name, "command": command} for name, command in (people or {}).items()],
            "links": [
                {"name": name, "url": url, "age_restricted": restricted}
                for some, restricted in offered
                for name, url in (some or {}).items()
            ],
        }
        self._runner: web.AppRunner | None = None
        self._sockets: set[web.WebSocketResponse] = set()
        self._commands_used: dict[str, str] = {}

    @property
    def url(self) -> str:
        """The address to open."""
        return f"http://{HOST}:{self._port}/"

    async def start(self) -> None:
        """Listen; raises OSError when the port is taken. Port 0 takes a free one."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/", self._index)
        app.router.add_get("/ws", self._socket)
        app.router.add_static("/", STATIC)
        # Nothing of an ordinary request is worth waiting for when the playground is closed.
        self._world.listeners.append(self._on_gateway_event)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        self._runner = runner
        site = web.TCPSite(runner, HOST, self._port)
        try:
            await site.start()
        except OSError:
            await self.stop()
            raise
        self._port = int(runner.addresses[0][1])

    async def stop(self) -> None:
        """Close every tab's line and stop listening."""
        if self._on_gateway_event in self._world.listeners:
            self._world.listeners.remove(self._on_gateway_event)
        for socket in list(self._sockets):
            await socket.close(code=1001, message=b"The playground is closing")
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _on_gateway_event(self, name: str, payload: Payload, channel: Channel | None) -> None:
        """Keep which command an interaction was: an answer does not carry it, and the page shows it."""
        del channel
        if name != "INTERACTION_CREATE" or payload["type"] != COMMAND:
            return
        self._commands_used[payload["id"]] = _build_command_name(payload["data"])
        if len(self._commands_used) > _MAX_COMMANDS_USED:
            del self._commands_used[next(iter(self._commands_used))]

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Turn away other sites: a name that was pointed at 127.0.0.1, and scripts of other pages."""
        hosts = {f"{HOST}:{self._port}", f"localhost:{self._port}"}
        origin = request.headers.get("Origin")
        if request.host not in hosts or (origin is not None and origin not in {f"http://{h}" for h in hosts}):
            raise web.HTTPForbidden(text="This page belongs to the local playground only.")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    async def _index(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        if "Origin" not in request.headers:
            raise web.HTTPForbidden(text="Only the playground's own page may connect.")
        socket = web.WebSocketResponse(heartbeat=30, max_msg_size=_MAX_FRAME_BYTES)
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await _Session(self._world, socket, notes=self._notes, commands_used=self._commands_used).run()
        finally:
            self._sockets.discard(socket)
        return socket


class _Session:
    """One tab."""

    def __init__(
        self,
        world: World,
        socket: web.WebSocketResponse,
        *,
        notes: Payload,
        commands_used: Mapping[str, str],
    ) -> None:
        self._world = world
        self._socket = socket
        self._notes = notes
        self._commands_used = commands_used
        self._user: User = world.reader
        self._modals: dict[str, Exchange] = {}
        self._ids = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._actions: dict[str, Callable[[Payload], Awaitable[Payload | None]]] = {
            "slash": self._slash,
            "autocomplete": self._autocomplete,
            "press": self._press,
            "select": self._select,
            "submit": self._submit,
            "cancel_modal": self._cancel_modal,
            "context_menu": self._context_menu,
            "post": self._post,
            "create_post": self._create_post,
            "edit": self._edit,
            "delete": self._delete,
            "become": self._become,
        }

    async def run(self) -> None:
        """Serve the tab until it is closed."""
        queue = self._world.subscribe()
        self._world.listeners.append(self._on_gateway_event)
        teller = asyncio.create_task(self._tell(queue))
        try:
            await self._send(self._state())
            async for frame in self._socket:
                if frame.type is WSMsgType.TEXT:
                    self._take(frame.data)
        finally:
            self._world.unsubscribe(queue)
            self._world.listeners.remove(self._on_gateway_event)
            pending = [teller, *self._tasks]
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)

    # To the page

    async def _send(self, event: Payload) -> None:
        if not self._socket.closed:
            await self._socket.send_json(event)

    async def _tell(self, queue: asyncio.Queue[Payload]) -> None:
        while True:
            event = await queue.get()
            shown = self._build_event(event)
            if shown is None:
                continue
            try:
                await self._send(shown)
            except ConnectionError:
                return

    def _build_event(self, event: Payload) -> Payload | None:
        """What this person gets to see of an event of the world."""
        kind = event["type"]
        if kind == "commands":
            return {"type": "commands", "commands": self._commands()}
        if kind == "connection":
            return {"type": "connection", "connected": self._world.bot_connected}
        if kind not in {"message", "message_deleted"} or event["only_for"] not in {None, self._user.id}:
            return None
        if kind == "message_deleted":
            return {"type": kind, "id": event["id"]}
        message = event["message"]
        channel = self._world.channels.get(message["channel_id"])
        if channel is None or not self._sees(channel):
            return None
        return {"type": kind, "message": self._build_message(message, channel)}

    def _on_gateway_event(self, name: str, payload: Payload, channel: Channel | None) -> None:
        del payload, channel
        if name.startswith(("CHANNEL_", "THREAD_")):
            self._start(self._send({"type": "channels", "channels": self._channels()}))

    def _state(self) -> Payload:
        channels = [c for c in self._world.channels.values() if self._sees(c)]
        messages = [
            self._build_message(message, channel)
            for channel in channels
            for message in self._world.visible_messages(channel, self._user)
        ]
        return {
            "type": "state",
            **self._notes,
            "connected": self._world.bot_connected,
            "guild": {"name": self._world.guild_payload()["name"]},
            "me": _build_user(self._user),
            "bot": _build_user(self._world.bot),
            "users": [_build_user(user) for user in self._world.users.values()],
            "roles": [{"id": r.id, "name": r.name} for r in self._world.roles.values()],
            "channels": self._channels(),
            "commands": self._commands(),
            "messages": sorted(messages, key=lambda message: int(message["id"])),
        }

    def _sees(self, channel: Channel) -> bool:
        return self._world.sees(self._user, channel)

    def _channels(self) -> list[Payload]:
        self._world.open_dm(self._user)
        return [self._build_channel(c) for c in self._world.channels.values() if self._sees(c)]

    def _build_channel(self, channel: Channel) -> Payload:
        world, holder = self._world, channel.parent or channel.category
        in_dm = channel.kind == DM
        return {
            "id": channel.id,
            "name": world.bot.display_name if in_dm else channel.name,
            "type": channel.kind,
            "kind": _KINDS.get(channel.kind, "text"),
            "nsfw": channel.age_restricted,
            "nsfw_commands": world.age_restricted_commands_in_dms if in_dm else channel.age_restricted,
            "topic": channel.topic,
            "parent_id": holder.id if holder else None,
            "archived": channel.archived,
            "elsewhere": channel.guild_id not in {None, world.guild_id},
            "permissions": str(int(world.permissions(self._user, channel))),
        }

    def _commands(self) -> list[Payload]:
        return [*self._world.commands, *self._world.guild_commands.get(self._world.guild_id, [])]

    def _build_message(self, message: Payload, channel: Channel) -> Payload:
        """The message as the bot's library sees it, with what only the page needs."""
        own = message["author"]["id"] == self._user.id
        author = self._world.users.get(message["author"]["id"])
        interaction: Payload = message.get("interaction_metadata") or {}
        return {
            **message,
            "author": _build_user(author) if author else message["author"],
            "command": self._commands_used.get(interaction.get("id", "")),
            "may_delete": own or may_manage(self._world, channel, self._user),
        }

    # From the page

    def _take(self, text: str) -> None:
        try:
            action = json.loads(text)
        except ValueError:
            return
        if isinstance(action, dict):
            self._start(self._answer(action))  # pyright: ignore[reportUnknownArgumentType]

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, action: Payload) -> None:
        """Do what the person asked for, and tell the page how it went."""
        handle = self._actions.get(str(action.get("type")))
        try:
            answer = await handle(action) if handle else {"type": "failed", "text": "Unknown action"}
        except (ApiError, PersonError) as error:
            answer = {"type": "failed", "text": _build_reason(error)}
        except (KeyError, TypeError, ValueError, AttributeError):
            # The tab holds something that is gone, or sent what the page never sends: the line stays open.
            answer = {"type": "failed", "text": "That is not possible any more."}
        await self._send({"type": "done", **(answer or {}), "nonce": action.get("nonce")})

    @property
    def _person(self) -> Person:
        return Person(self._world, self._user)

    def _channel(self, action: Payload) -> Channel:
        return self._world.find_channel(str(action["channel_id"]), user=self._user)

    def _message(self, action: Payload) -> Payload:
        found: Message = self._world.messages[str(action["message_id"])]
        if found.only_for not in {None, self._user.id} or not self._sees(found.channel):
            raise ApiError(10008)
        return found.payload

    async def _slash(self, action: Payload) -> Payload | None:
        options = {name: _read_option(value) for name, value in action["options"].items()}
        exchange = await self._person.slash(self._channel(action), str(action["path"]), **options)
        return self._finish(exchange)

    async def _autocomplete(self, action: Payload) -> Payload | None:
        choices = await self._person.autocomplete(
            self._channel(action), str(action["path"]), focused=str(action["focused"]), **action["options"]
        )
        return {"type": "choices", "choices": choices}

    async def _press(self, action: Payload) -> Payload | None:
        return self._finish(await self._person.press(self._message(action), str(action["custom_id"])))

    async def _select(self, action: Payload) -> Payload | None:
        values = [str(value) for value in action["values"]]
        return self._finish(await self._person.select(self._message(action), str(action["custom_id"]), values))

    async def _submit(self, action: Payload) -> Payload | None:
        exchange = self._modals.pop(str(action["modal_id"]))
        return self._finish(await self._person.submit(exchange, dict(action["values"])))

    async def _cancel_modal(self, action: Payload) -> Payload | None:
        self._modals.pop(str(action["modal_id"]), None)
        return None

    async def _context_menu(self, action: Payload) -> Payload | None:
        exchange = await self._person.context_menu(self._channel(action), str(action["name"]), self._message(action))
        return self._finish(exchange)

    async def _post(self, action: Payload) -> Payload | None:
        await self._person.post(self._channel(action), str(action["text"]))
        return None

    async def _create_post(self, action: Payload) -> Payload | None:
        forum = self._channel(action)
        post, _ = await self._person.create_post(forum, str(action["name"]), str(action["text"]))
        return {"type": "created", "channel_id": post.id}

    async def _edit(self, action: Payload) -> Payload | None:
        await self._person.edit(self._message(action), str(action["text"]))
        return None

    async def _delete(self, action: Payload) -> Payload | None:
        await self._person.delete(self._message(action))
        return None

    async def _become(self, action: Payload) -> Payload | None:
        user = self._world.users[str(action["user_id"])]
        if user.bot:
            raise ApiError(10013)
        self._user = user
        await self._send(self._state())
        return None

    def _finish(self, exchange: Exchange) -> Payload | None:
        if exchange.failed:
            return {"type": "failed", "text": _NO_ANSWER}
        if exchange.modal is None:
            return None
        modal_id = str(next(self._ids))
        self._modals[modal_id] = exchange
        if len(self._modals) > _MAX_MODALS:
            del self._modals[next(iter(self._modals))]
        return {"type": "modal", "modal": {**exchange.modal, "id": modal_id}}


def _read_option(value: Any) -> Any:
    """What was typed into an option; a file comes as its name, its kind and what it holds in base64."""
    if not isinstance(value, dict):
        return value
    file = cast("Payload", value)
    return Upload(str(file["filename"]), str(file["content_type"]), base64.b64decode(str(file["data"])))


def _build_command_name(data: Payload) -> str:
    """What was typed: `/vn search`; the entry's name for a menu."""
    if data["type"] != CHAT_INPUT:
        return str(data["name"])
    words = [data["name"]]
    options: list[Payload] = data.get("options") or []
    while options and options[0]["type"] in {SUB_COMMAND, SUB_COMMAND_GROUP}:
        words.append(options[0]["name"])
        options = options[0].get("options") or []
    return "/" + " ".join(words)


def _build_user(user: User) -> Payload:
    """The user object with the name that the page shows, also for the bot."""
    return {**user.payload(), "global_name": user.display_name}


def _build_reason(error: ApiError | PersonError) -> str:
    """What the page says of a refusal."""
    if isinstance(error, PersonError):
        return str(error)
    return f"{error.message} ({error.code})"
