"""The state of the local Discord: guilds, channels, people, messages, commands. Plain Python, no sockets."""

from __future__ import annotations

import asyncio
import copy
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.playground.engine.clock import Clock, RealClock
from bot.playground.engine.fault import ApiError
from bot.playground.engine.permission import ALL_PERMISSIONS, EVERYONE, PRIVILEGED, Permission

if TYPE_CHECKING:
    from bot.playground.engine.interactions import Interaction

Payload = dict[str, Any]

TEXT, DM, THREAD = 0, 1, 11
EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15

_DISCORD_EPOCH_MS = 1_420_070_400_000


@dataclass(eq=False)
class User:
    """A person or a bot. `roles` are its roles in the home guild."""

    id: str
    name: str
    display_name: str
    bot: bool = False
    roles: list[str] = field(default_factory=list[str])
    locale: str = "en-US"

    def payload(self) -> Payload:
        """The user object."""
        return {
            "id": self.id,
            "username": self.name,
            "global_name": None if self.bot else self.display_name,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass(eq=False)
class Role:
    """A role of the home guild."""

    id: str
    name: str
    permissions: int
    position: int = 0


@dataclass(eq=False)
class Channel:
    """A text channel, a thread (`parent`), or a DM (`recipient`).

    `overwrites` maps the id of a role or a user to the permissions that are (allowed, denied) here.
    """

    id: str
    name: str
    kind: int = TEXT
    nsfw: bool = False
    guild_id: str | None = None
    parent: Channel | None = None
    recipient: User | None = None
    topic: str | None = None
    position: int = 0
    overwrites: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])

    @property
    def age_restricted(self) -> bool:
        """Whether the channel, or the one that a thread belongs to, is age-restricted."""
        return self.parent.nsfw if self.parent else self.nsfw


@dataclass(eq=False)
class Message:
    """A message, and what Discord does not tell everybody about it.

    `only_for` is the id of the one person who sees an ephemeral message; `token` that of the interaction
    which can change it.
    """

    payload: Payload
    channel: Channel
    only_for: str | None = None
    token: str | None = None

    @property
    def id(self) -> str:
        return str(self.payload["id"])

    @property
    def flags(self) -> int:
        return int(self.payload["flags"])


@dataclass(frozen=True)
class SeenRequest:
    """A REST request that arrived, whatever was answered. `path` is without `/api/v10` and the query."""

    method: str
    path: str
    body: Any
    status: int
    user_agent: str


class World:
    """Everything that is known. Its events go to `listeners` (the gateway) and to subscribers (the page)."""

    def __init__(self, *, clock: Clock | None = None, token: str = "playground-token") -> None:  # noqa: S107
        self.clock: Clock = clock or RealClock()
        self.token = token
        self.base_url = ""
        self.privileged_intents = PRIVILEGED
        self.age_restricted_commands_in_dms = False
        self.requests: list[SeenRequest] = []
        self.commands: list[Payload] = []
        self.guild_commands: dict[str, list[Payload]] = {}
        self.messages: dict[str, Message] = {}
        self.attachments: dict[str, bytes] = {}
        self.interactions: dict[str, Interaction] = {}
        self.listeners: list[Callable[[str, Payload, Channel | None], None]] = []
        self.bot_connected = False
        self._queues: list[asyncio.Queue[Payload]] = []
        self._increment = itertools.count()
        self._last_ms = 0
        self._build()

    def _build(self) -> None:
        self.bot = User(self.new_id(), "shiori", "Shiori", bot=True)
        self.application_id = self.bot.id
        self.guild_id = self.new_id()
        self.elsewhere_id = self.new_id()
        self.everyone = Role(self.guild_id, "@everyone", EVERYONE)
        self.bot_role = Role(self.new_id(), "Shiori", EVERYONE, position=1)
        manager = int(Permission.MANAGE_MESSAGES | Permission.MANAGE_CHANNELS | Permission.MANAGE_GUILD)
        self.moderators = Role(self.new_id(), "Moderators", EVERYONE | manager, position=2)
        self.roles = {role.id: role for role in (self.everyone, self.bot_role, self.moderators)}
        self.owner = User(self.new_id(), "owner", "Owner")
        self.reader = User(self.new_id(), "reader", "Reader")
        self.moderator = User(self.new_id(), "moderator", "Moderator", roles=[self.moderators.id])
        self.bot.roles = [self.bot_role.id]
        everybody = (self.bot, self.owner, self.reader, self.moderator)
        self.users = {user.id: user for user in everybody}
        self.channels: dict[str, Channel] = {}
        self.general = self.create_channel("general", topic="Talk about anything")
        self.after_dark = self.create_channel("after-dark", nsfw=True)
        self.general_thread = self.create_thread(self.general, "What are you reading?")
        self.after_dark_thread = self.create_thread(self.after_dark, "Late shift")
        self.elsewhere = self.create_channel("lounge", guild_id=self.elsewhere_id)
        self.elsewhere_after_dark = self.create_channel("lounge-late", nsfw=True, guild_id=self.elsewhere_id)
        self.dm = self.open_dm(self.reader)

    # Identity and time

    def new_id(self) -> str:
        """A snowflake; each is greater than the one before."""
        now_ms = int(self.clock.time() * 1000) - _DISCORD_EPOCH_MS
        self._last_ms = max(now_ms, self._last_ms)
        return str((self._last_ms << 22) | (next(self._increment) & 0x3FFFFF))

    def now(self) -> str:
        """The time as Discord writes it."""
        return datetime.fromtimestamp(self.clock.time(), tz=UTC).isoformat(timespec="microseconds")

    # Channels and permissions

    def create_channel(
        self, name: str, *, nsfw: bool = False, topic: str | None = None, guild_id: str | None = None
    ) -> Channel:
        """Add a text channel to the home guild, or to another."""
        channel = Channel(self.new_id(), name, TEXT, nsfw, guild_id or self.guild_id, topic=topic)
        channel.position = len(self.channels)
        return self._add_channel(channel)

    def create_thread(self, parent: Channel, name: str) -> Channel:
        """Add a public thread."""
        return self._add_channel(Channel(self.new_id(), name, THREAD, False, parent.guild_id, parent=parent))

    def open_dm(self, user: User) -> Channel:
        """The DM of the bot with this person; made when there is none."""
        known = [c for c in self.channels.values() if c.recipient is user]
        return known[0] if known else self._add_channel(Channel(self.new_id(), user.name, DM, recipient=user))

    def _add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        if channel.kind != DM:
            name = "THREAD_CREATE" if channel.kind == THREAD else "CHANNEL_CREATE"
            self.emit(name, self.channel_payload(channel), channel)
        return channel

    def set_nsfw(self, channel: Channel, nsfw: bool) -> None:
        """Mark a channel as age-restricted, or not, and tell the bot."""
        channel.nsfw = nsfw
        self.emit("CHANNEL_UPDATE", self.channel_payload(channel), channel)

    def revoke(self, channel: Channel, who: User | Role, permission: int) -> None:
        """Deny permissions in a channel, and tell the bot."""
        allow, deny = channel.overwrites.get(who.id, (0, 0))
        channel.overwrites[who.id] = (allow & ~permission, deny | permission)
        self.emit("CHANNEL_UPDATE", self.channel_payload(channel), channel)

    def permissions(self, user: User, channel: Channel) -> int:
        """What this person may do in this channel, overwrites included."""
        if channel.kind == DM:
            return EVERYONE | int(Permission.MANAGE_MESSAGES) if user.bot else EVERYONE
        if channel.guild_id != self.guild_id:
            return 0 if user is self.bot else EVERYONE
        if user is self.owner:
            return ALL_PERMISSIONS
        base = self.everyone.permissions
        for role_id in user.roles:
            base |= self.roles[role_id].permissions
        if base & Permission.ADMINISTRATOR:
            return ALL_PERMISSIONS
        overwrites = (channel.parent or channel).overwrites
        for ids in ([self.everyone.id], user.roles, [user.id]):
            found = [overwrites[one] for one in ids if one in overwrites]
            for _, deny in found:
                base &= ~deny
            for allow, _ in found:
                base |= allow
        return base

    def find_channel(self, channel_id: str, *, user: User | None = None) -> Channel:
        """The channel, if this user may see it; otherwise code 10003 or 50001."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise ApiError(10003)
        if not self.permissions(user or self.bot, channel) & Permission.VIEW_CHANNEL:
            raise ApiError(50001)
        return channel

    # Messages

    def message(self, channel_id: str, message_id: str) -> Message:
        """A message that everybody in the channel sees; otherwise code 10008."""
        found = self.messages.get(message_id)
        if found is None or found.channel.id != channel_id or found.only_for is not None:
            raise ApiError(10008)
        return found

    def visible_messages(self, channel: Channel, user: User) -> list[Payload]:
        """What this person sees in a channel, oldest first."""
        return [
            copy.deepcopy(m.payload)
            for m in self.messages.values()
            if m.channel is channel and m.only_for in (None, user.id)
        ]

    def add_message(self, message: Message) -> None:
        """Show a new message, to everybody or to the one whom it is for."""
        self.messages[message.id] = message
        if message.only_for is None:
            self.emit("MESSAGE_CREATE", self._for_gateway(message), message.channel)
        self._publish_message(message)

    def change_message(self, message: Message) -> None:
        """Show a message's new state."""
        if message.only_for is None:
            self.emit("MESSAGE_UPDATE", self._for_gateway(message), message.channel)
        self._publish_message(message)

    def remove_message(self, message: Message) -> None:
        """Delete a message."""
        self.messages.pop(message.id, None)
        gone: Payload = {"id": message.id, "channel_id": message.channel.id}
        if message.channel.guild_id:
            gone["guild_id"] = message.channel.guild_id
        if message.only_for is None:
            self.emit("MESSAGE_DELETE", gone, message.channel)
        self.publish({"type": "message_deleted", "only_for": message.only_for, **gone})

    def _publish_message(self, message: Message) -> None:
        self.publish({"type": "message", "message": copy.deepcopy(message.payload), "only_for": message.only_for})

    def _for_gateway(self, message: Message) -> Payload:
        payload = copy.deepcopy(message.payload)
        if message.channel.guild_id:
            payload["guild_id"] = message.channel.guild_id
            author = self.users.get(str(payload["author"]["id"]))
            if author is not None:
                payload["member"] = self.member_payload(author)
                del payload["member"]["user"]
        return payload

    # Events

    def emit(self, name: str, payload: Payload, channel: Channel | None = None) -> None:
        """Hand an event to the gateway."""
        for listener in list(self.listeners):
            listener(name, payload, channel)

    def subscribe(self) -> asyncio.Queue[Payload]:
        """A queue of what the page shows: `message`, `message_deleted`, `commands`, `connection`."""
        queue: asyncio.Queue[Payload] = asyncio.Queue()
        self._queues.append(queue)
        return queue

    def unsubscribe(self, queue: asyncio.Queue[Payload]) -> None:
        """No more events into this queue."""
        if queue in self._queues:
            self._queues.remove(queue)

    def publish(self, event: Payload) -> None:
        """Put an event into every subscriber's queue."""
        for queue in self._queues:
            queue.put_nowait(event)

    # Payloads

    def member_payload(self, user: User) -> Payload:
        """The member object of a person of the home guild."""
        return {
            "user": user.payload(),
            "nick": None,
            "avatar": None,
            "banner": None,
            "roles": list(user.roles),
            "joined_at": "2024-01-01T00:00:00.000000+00:00",
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
            "communication_disabled_until": None,
        }

    def channel_payload(self, channel: Channel) -> Payload:
        """The channel object as the gateway and REST give it."""
        last = [m.id for m in self.messages.values() if m.channel is channel and m.only_for is None]
        common: Payload = {
            "id": channel.id,
            "type": channel.kind,
            "last_message_id": last[-1] if last else None,
            "flags": 0,
        }
        if channel.recipient is not None:
            return {**common, "recipients": [channel.recipient.payload()]}
        common |= {"guild_id": channel.guild_id, "name": channel.name, "rate_limit_per_user": 0}
        if channel.parent is not None:
            return {**common, **self._thread_payload(channel.parent)}
        overwrites = [
            {"id": one, "type": 0 if one in self.roles else 1, "allow": str(allow), "deny": str(deny)}
            for one, (allow, deny) in channel.overwrites.items()
        ]
        return {
            **common,
            "topic": channel.topic,
            "nsfw": channel.nsfw,
            "position": channel.position,
            "parent_id": None,
            "permission_overwrites": overwrites,
        }

    def _thread_payload(self, parent: Channel) -> Payload:
        return {
            "parent_id": parent.id,
            "owner_id": self.owner.id,
            "message_count": 0,
            "member_count": 1,
            "total_message_sent": 0,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": 10080,
                "archive_timestamp": "2024-01-01T00:00:00.000000+00:00",
                "create_timestamp": "2024-01-01T00:00:00.000000+00:00",
                "locked": False,
            },
        }

    def guild_payload(self) -> Payload:
        """The home guild as GUILD_CREATE gives it."""
        here = [c for c in self.channels.values() if c.guild_id == self.guild_id]
        seen = [c for c in here if self.permissions(self.bot, c) & Permission.VIEW_CHANNEL]
        return {
            "id": self.guild_id,
            "name": "Playground",
            "icon": None,
            "owner_id": self.owner.id,
            "features": [],
            "verification_level": 1,
            "default_message_notifications": 1,
            "explicit_content_filter": 2,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "preferred_locale": "en-US",
            "system_channel_flags": 0,
            "emojis": [],
            "stickers": [],
            "roles": [self.role_payload(role) for role in self.roles.values()],
            "member_count": len(self.users),
            "members": [self.member_payload(self.bot)],
            "channels": [self.channel_payload(c) for c in here if c.parent is None],
            "threads": [self.channel_payload(c) for c in seen if c.parent is not None],
            "joined_at": "2024-01-01T00:00:00.000000+00:00",
            "large": False,
            "unavailable": False,
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def role_payload(self, role: Role) -> Payload:
        """The role object."""
        colour = 0x5865F2 if role is self.bot_role else 0
        return {
            "id": role.id,
            "name": role.name,
            "permissions": str(role.permissions),
            "position": role.position,
            "color": colour,
            "colors": {"primary_color": colour, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": role is self.bot_role,
            "mentionable": False,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }
