"""The state of the local Discord: guilds, channels, people, messages, commands. Plain Python, no sockets."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.playground.engine.application import Application
from bot.playground.engine.clock import Clock, RealClock
from bot.playground.engine.fault import ApiError
from bot.playground.engine.message import Form, build_message
from bot.playground.engine.model import (
    DISCORD_EPOCH_MS,
    DM,
    FORUM,
    LONG_AGO,
    NEWS,
    NEWS_THREAD,
    PRIVATE_THREAD,
    SUPPRESS_EMBEDS,
    TEXT,
    THREAD,
    VOICE,
    Channel,
    Message,
    RestFault,
    Role,
    SeenRequest,
    User,
)
from bot.playground.engine.payload import copy_payload
from bot.playground.engine.permission import ALL_PERMISSIONS, EVERYONE, PRIVILEGED, Permission, apply_overwrites
from bot.playground.engine.unfurl import build_link_embeds

if TYPE_CHECKING:
    from bot.playground.engine.interactions import Interaction

Payload = dict[str, Any]

ANSWER_WITHIN_S = 3.0


class World:
    """Everything that is known. Its events go to `listeners` (the gateway) and to subscribers (the page).

    With `unfurl_links` each link that is written gets its embed after `unfurl_after_s`. What stands in
    `rest_faults` goes wrong. Of its server a bot is told `guild_after_s` after the connection. What it has not
    acknowledged after `answer_within_s` it can answer no more. It is in `quiet_guilds` too (as GUILD_CREATE gives
    them), where nothing happens.
    """

    def __init__(self, *, clock: Clock | None = None, token: str = "playground-token") -> None:  # noqa: S107
        self.clock: Clock = clock or RealClock()
        self.token = token
        self.base_url = ""
        self.application = Application()
        self.privileged_intents = PRIVILEGED
        self.age_restricted_commands_in_dms = False
        self.bot_in_guild = True
        self.quiet_guilds: list[Payload] = []
        self.system_channel: Channel | None = None
        self.unfurl_links = False
        self.unfurl_after_s = 1.0
        self.guild_after_s = 0.0
        self.answer_within_s = ANSWER_WITHIN_S
        self.rest_faults: list[RestFault] = []
        self.requests: list[SeenRequest] = []
        self.commands: list[Payload] = []
        self.guild_commands: dict[str, list[Payload]] = {}
        self.messages: dict[str, Message] = {}
        self.attachments: dict[str, bytes] = {}
        self.interactions: dict[str, Interaction] = {}
        self.listeners: list[Callable[[str, Payload, Channel | None], None]] = []
        self.bot_connected = False
        self._queues: list[asyncio.Queue[Payload]] = []
        self._unfurling: set[asyncio.Task[None]] = set()
        self._increment = itertools.count()
        self._last_ms = 0
        self._build()

    def _build(self) -> None:
        self.bot = User(self.new_id(), "shiori", "Shiori", bot=True)
        self.application_id = self.bot.id
        self.guild_id = self.new_id()
        self.elsewhere_id = self.new_id()
        self.everyone = Role(self.guild_id, "@everyone")
        self.bot_role = Role(self.new_id(), "Shiori", position=1, managed=True)
        manager = int(
            Permission.MANAGE_MESSAGES
            | Permission.MANAGE_CHANNELS
            | Permission.MANAGE_GUILD
            | Permission.MANAGE_THREADS
        )
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
        self.after_dark_forum = self.create_channel("after-dark-shelf", kind=FORUM, nsfw=True, topic="One book a post")
        self.after_dark_post, _ = self.create_post(
            self.after_dark_forum, self.moderator, "What this is for", "Tell us about a book that you liked."
        )
        self.voice = self.create_channel("Reading room", kind=VOICE)
        self.voice_after_dark = self.create_channel("Reading room, late", kind=VOICE, nsfw=True)
        self.elsewhere = self.create_channel("lounge", guild_id=self.elsewhere_id)
        self.elsewhere_after_dark = self.create_channel("lounge-late", nsfw=True, guild_id=self.elsewhere_id)
        self.dm = self.open_dm(self.reader)

    # Identity and time

    def new_id(self) -> str:
        """A snowflake; each is greater than the one before."""
        now_ms = int(self.clock.time() * 1000) - DISCORD_EPOCH_MS
        self._last_ms = max(now_ms, self._last_ms)
        return str((self._last_ms << 22) | (next(self._increment) & 0x3FFFFF))

    def now(self) -> str:
        """The time as Discord writes it."""
        return datetime.fromtimestamp(self.clock.time(), tz=UTC).isoformat(timespec="microseconds")

    # Channels and permissions

    def create_channel(
        self,
        name: str,
        *,
        kind: int = TEXT,
        nsfw: bool = False,
        topic: str | None = None,
        guild_id: str | None = None,
        category: Channel | None = None,
    ) -> Channel:
        """Add a channel to the home guild, or to another: of `kind` TEXT, VOICE, CATEGORY, NEWS or FORUM."""
        channel = Channel(self.new_id(), name, kind, nsfw, guild_id or self.guild_id, topic=topic, category=category)
        channel.position = len(self.channels)
        return self._add_channel(channel)

    def create_thread(
        self,
        parent: Channel,
        name: str,
        *,
        private: bool = False,
        owner: User | None = None,
        members: Iterable[User] = (),
        thread_id: str | None = None,
    ) -> Channel:
        """Add a thread. A private one is seen by its owner, its members, and who may manage threads."""
        kind = PRIVATE_THREAD if private else NEWS_THREAD if parent.kind == NEWS else THREAD
        thread = Channel(thread_id or self.new_id(), name, kind, guild_id=parent.guild_id, parent=parent)
        thread.owner_id = (owner or self.owner).id
        thread.members = {thread.owner_id, *(member.id for member in members)}
        return self._add_channel(thread)

    def create_post(self, forum: Channel, author: User, name: str, text: str) -> tuple[Channel, Message]:
        """Add a post to a forum: a thread, and its first message with the thread's id."""
        post = self.create_thread(forum, name, owner=author)
        payload = build_message(self, post, author, Form({"content": text}), extra={"id": post.id})
        message = Message(payload, post)
        self.add_message(message)
        return post, message

    def open_dm(self, user: User) -> Channel:
        """The DM of the bot with this person; made when there is none."""
        known = [c for c in self.channels.values() if c.recipient is user]
        return known[0] if known else self._add_channel(Channel(self.new_id(), user.name, DM, recipient=user))

    def _add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        if channel.parent is not None:
            self.emit("THREAD_CREATE", {**self.channel_payload(channel), "newly_created": True}, channel)
        elif channel.kind != DM:
            self.emit("CHANNEL_CREATE", self.channel_payload(channel), channel)
        return channel

    def add_to_thread(self, thread: Channel, user: User) -> None:
        """Let somebody into a thread. The bot hears of a private one only now."""
        thread.members.add(user.id)
        if user is self.bot:
            joined = {"id": thread.id, "user_id": user.id, "join_timestamp": self.now(), "flags": 0}
            self.emit("THREAD_CREATE", {**self.channel_payload(thread), "member": joined}, thread)

    def change_channel(
        self,
        channel: Channel,
        *,
        name: str | None = None,
        nsfw: bool | None = None,
        overwrites: dict[str, tuple[int, int]] | None = None,
        archived: bool | None = None,
        locked: bool | None = None,
    ) -> None:
        """Change what is given, and tell the bot. `archived` and `locked` are for threads."""
        saw = self.sees(self.bot, channel)
        channel.name = channel.name if name is None else name
        channel.nsfw = channel.nsfw if nsfw is None else nsfw
        channel.overwrites = channel.overwrites if overwrites is None else overwrites
        channel.locked = channel.locked if locked is None else locked
        if archived is not None and archived != channel.archived:
            channel.archived, channel.archive_timestamp = archived, self.now()
        self.emit("THREAD_UPDATE" if channel.parent else "CHANNEL_UPDATE", self.channel_payload(channel), channel)
        if channel.parent is None and not saw and self.sees(self.bot, channel):
            shown: Payload = {"guild_id": channel.guild_id, "channel_ids": [channel.id], "members": []}
            shown["threads"] = [self.channel_payload(one) for one in self._active_threads() if one.parent is channel]
            self.emit("THREAD_LIST_SYNC", shown, channel)

    def set_nsfw(self, channel: Channel, nsfw: bool) -> None:
        """Mark a channel as age-restricted, or not, and tell the bot."""
        self.change_channel(channel, nsfw=nsfw)

    def revoke(self, channel: Channel, who: User | Role, permission: int) -> None:
        """Deny permissions in a channel, and tell the bot."""
        allow, deny = channel.overwrites.get(who.id, (0, 0))
        self.change_channel(
            channel, overwrites={**channel.overwrites, who.id: (allow & ~permission, deny | permission)}
        )

    def grant(self, channel: Channel, who: User | Role, permission: int) -> None:
        """Allow permissions in a channel, and tell the bot."""
        allow, deny = channel.overwrites.get(who.id, (0, 0))
        self.change_channel(
            channel, overwrites={**channel.overwrites, who.id: (allow | permission, deny & ~permission)}
        )

    def remove_channel(self, channel: Channel) -> None:
        """Delete a channel with its threads, or a thread; their messages go without events of their own."""
        gone = [one for one in self.channels.values() if channel in (one, one.parent)]
        for message in [one for one in self.messages.values() if one.channel in gone]:
            del self.messages[message.id]
        for one in gone:
            del self.channels[one.id]
        if channel.parent is None:
            self.emit("CHANNEL_DELETE", self.channel_payload(channel), channel)
        else:
            kept = ("id", "guild_id", "parent_id", "type")
            payload = self.channel_payload(channel)
            self.emit("THREAD_DELETE", {key: payload[key] for key in kept}, channel)

    def permissions(self, user: User, channel: Channel) -> int:
        """What this person may do in this channel, overwrites included."""
        if channel.kind == DM:
            return EVERYONE | int(Permission.MANAGE_MESSAGES) if user.bot else EVERYONE
        if user is self.bot and (channel.guild_id != self.guild_id or not self.bot_in_guild):
            return 0
        if channel.guild_id != self.guild_id:
            return EVERYONE
        if user is self.owner:
            return ALL_PERMISSIONS
        base = self.everyone.permissions
        for role_id in user.roles:
            base |= self.roles[role_id].permissions
        if base & Permission.ADMINISTRATOR:
            return ALL_PERMISSIONS
        overwrites = (channel.parent or channel).overwrites
        base = apply_overwrites(base, overwrites, [[self.everyone.id], user.roles, [user.id]])
        if not base & (Permission.SEND_MESSAGES_IN_THREADS if channel.parent else Permission.SEND_MESSAGES):
            base &= ~(Permission.EMBED_LINKS | Permission.ATTACH_FILES)
        return int(base) if base & Permission.VIEW_CHANNEL else 0

    def sees(self, user: User, channel: Channel) -> bool:
        """Whether a channel is there for this person: theirs, not hidden, and no private thread of others."""
        if channel.kind == DM:
            return user in (self.bot, channel.recipient)
        allowed = self.permissions(user, channel)
        if channel.kind == PRIVATE_THREAD and user.id not in channel.members:
            return bool(allowed & Permission.MANAGE_THREADS)
        return bool(allowed & Permission.VIEW_CHANNEL)

    def find_channel(self, channel_id: str, *, user: User | None = None) -> Channel:
        """The channel, if this user may see it; otherwise code 10003 or 50001."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise ApiError(10003)
        if not self.sees(user or self.bot, channel):
            raise ApiError(50001)
        return channel

    # People, roles, the guild

    def create_user(self, name: str, *, bot: bool = False, roles: Iterable[Role] = ()) -> User:
        """Add a person, or another bot, to the home guild."""
        user = User(self.new_id(), name, name.capitalize(), bot, [role.id for role in roles])
        self.users[user.id] = user
        return user

    def create_role(self, name: str, permissions: int = 0) -> Role:
        """Add a role to the home guild, above the others."""
        role = Role(self.new_id(), name, permissions, position=len(self.roles))
        self.roles[role.id] = role
        self.emit("GUILD_ROLE_CREATE", {"guild_id": self.guild_id, "role": role.payload()})
        return role

    def change_roles(self, user: User, roles: Iterable[Role]) -> None:
        """Give somebody these roles and no others."""
        user.roles = [role.id for role in roles]
        self.emit("GUILD_MEMBER_UPDATE", {"guild_id": self.guild_id, **user.member_payload()})

    def leave_guild(self) -> None:
        """The bot is taken out of the home guild."""
        self.emit("GUILD_DELETE", {"id": self.guild_id})
        self.bot_in_guild = False

    def join_guild(self) -> None:
        """The bot is put into the home guild again."""
        self.bot_in_guild = True
        self.bot.joined_at = self.now()
        # Only a guild that was there before says that it is available.
        self.emit("GUILD_CREATE", {k: v for k, v in self.guild_payload().items() if k != "unavailable"})

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
            copy_payload(m.payload)
            for m in self.messages.values()
            if m.channel is channel and m.only_for in (None, user.id)
        ]

    def add_message(self, message: Message) -> None:
        """Show a new message, to everybody or to the one whom it is for. An archived thread is active again."""
        if message.channel.archived and message.only_for is None:
            self.change_channel(message.channel, archived=False)
        self.messages[message.id] = message
        if message.only_for is None:
            self.emit("MESSAGE_CREATE", self._for_gateway(message), message.channel)
        self._publish_message(message)
        self._unfurl_soon(message)

    def change_message(self, message: Message) -> None:
        """Show a message's new state."""
        if message.only_for is None:
            self.emit("MESSAGE_UPDATE", self._for_gateway(message), message.channel)
        self._publish_message(message)
        self._unfurl_soon(message)

    def remove_message(self, message: Message) -> None:
        """Delete a message."""
        gone = self._forget(message)
        if message.only_for is None:
            self.emit("MESSAGE_DELETE", gone, message.channel)

    def remove_messages(self, messages: Sequence[Message]) -> None:
        """Delete messages of one channel all at once."""
        for message in messages:
            self._forget(message)
        if messages:
            channel = messages[0].channel
            ids = [message.id for message in messages]
            self.emit(
                "MESSAGE_DELETE_BULK", {"ids": ids, "channel_id": channel.id, "guild_id": channel.guild_id}, channel
            )

    def _forget(self, message: Message) -> Payload:
        self.messages.pop(message.id, None)
        gone: Payload = {"id": message.id, "channel_id": message.channel.id}
        if message.channel.guild_id:
            gone["guild_id"] = message.channel.guild_id
        self.publish({"type": "message_deleted", "only_for": message.only_for, **gone})
        return gone

    # Embeds of links

    def unfurl(self, message: Payload, embeds: list[Payload] | None = None) -> None:
        """Add the embeds of its links to a message, as Discord does some time after it was written.

        Nothing happens when the message is gone, its embeds are suppressed (Discord drops what it found), or
        its author may not embed links. The message does not count as edited.
        """
        found = self.messages.get(str(message["id"]))
        if found is None or found.flags & SUPPRESS_EMBEDS or not self._may_embed(found):
            return
        links = build_link_embeds(found.payload["content"]) if embeds is None else copy_payload(embeds)
        shown = [*(one for one in found.payload["embeds"] if one["type"] == "rich"), *links]
        if shown != found.payload["embeds"]:
            found.payload["embeds"] = shown
            self.change_message(found)

    def _may_embed(self, message: Message) -> bool:
        author = self.users.get(str(message.payload["author"]["id"]))
        return author is None or bool(self.permissions(author, message.channel) & Permission.EMBED_LINKS)

    def _unfurl_soon(self, message: Message) -> None:
        if not self.unfurl_links or message.only_for is not None or not build_link_embeds(message.payload["content"]):
            return
        task = asyncio.ensure_future(self._unfurl_later(message))
        self._unfurling.add(task)
        task.add_done_callback(self._unfurling.discard)

    async def _unfurl_later(self, message: Message) -> None:
        await self.clock.sleep(self.unfurl_after_s)
        self.unfurl(message.payload)

    async def stop_unfurling(self) -> None:
        """Forget the links that Discord would still look at, for the end."""
        for task in self._unfurling:
            task.cancel()
        await asyncio.gather(*self._unfurling, return_exceptions=True)

    def _publish_message(self, message: Message) -> None:
        if self._queues:
            self.publish({"type": "message", "message": copy_payload(message.payload), "only_for": message.only_for})

    def _for_gateway(self, message: Message) -> Payload:
        payload = copy_payload(message.payload)
        if message.channel.guild_id:
            payload["guild_id"] = message.channel.guild_id
            author = self.users.get(str(payload["author"]["id"]))
            if author is not None:
                payload["member"] = author.member_payload()
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

    def channel_payload(self, channel: Channel) -> Payload:
        """The channel object as the gateway and REST give it."""
        latest = (m.id for m in reversed(self.messages.values()) if m.channel is channel and m.only_for is None)
        return channel.payload(role_ids=self.roles, last_message_id=next(latest, None))

    def _active_threads(self) -> list[Channel]:
        """The threads of the home guild that the bot is told of at once."""
        threads = [one for one in self.channels.values() if one.parent and one.guild_id == self.guild_id]
        return [one for one in threads if not one.archived and self.sees(self.bot, one)]

    def guild_payload(self) -> Payload:
        """The home guild as GUILD_CREATE gives it."""
        here = [c for c in self.channels.values() if c.guild_id == self.guild_id]
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
            "system_channel_id": self.system_channel.id if self.system_channel else None,
            "system_channel_flags": 0,
            "emojis": [],
            "stickers": [],
            "roles": [role.payload() for role in self.roles.values()],
            "member_count": len(self.users),
            "members": [self.bot.member_payload()],
            "channels": [self.channel_payload(c) for c in here if c.parent is None],
            "threads": [self.channel_payload(c) for c in self._active_threads()],
            "joined_at": LONG_AGO,
            "large": False,
            "unavailable": False,
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }
