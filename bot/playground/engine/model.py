"""What the local Discord knows of: people, roles, channels, messages, and the objects that Discord makes of them.

<https://discord.com/developers/docs/resources/channel>
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

from bot.playground.engine.permission import EVERYONE

Payload = dict[str, Any]

TEXT, DM, VOICE, CATEGORY, NEWS, FORUM = 0, 1, 2, 4, 5, 15
NEWS_THREAD, THREAD, PRIVATE_THREAD = 10, 11, 12
SUPPRESS_EMBEDS, EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 2, 1 << 6, 1 << 7, 1 << 15
SUPPRESS_NOTIFICATIONS, HAS_SNAPSHOT = 1 << 12, 1 << 14

DISCORD_EPOCH_MS = 1_420_070_400_000
LONG_AGO = "2024-01-01T00:00:00.000000+00:00"


@dataclass(eq=False)
class User:
    """A person, a bot, or what a webhook writes as. `roles` are those in the home guild, which they may have `left`.

    To somebody with `closed_dms` the bot can send nothing in private.
    """

    id: str
    name: str
    display_name: str
    bot: bool = False
    roles: list[str] = field(default_factory=list[str])
    locale: str = "en-US"
    closed_dms: bool = False
    left: bool = False
    joined_at: str = LONG_AGO

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

    def member_payload(self) -> Payload:
        """The member object of the home guild."""
        return {
            "user": self.payload(),
            "nick": None,
            "avatar": None,
            "banner": None,
            "roles": list(self.roles),
            "joined_at": self.joined_at,
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
            "communication_disabled_until": None,
        }


@dataclass(eq=False)
class Role:
    """A role of the home guild; `managed` is the one that the bot came with."""

    id: str
    name: str
    permissions: int = EVERYONE
    position: int = 0
    managed: bool = False

    def payload(self) -> Payload:
        """The role object."""
        colour = 0x5865F2 if self.managed else 0
        return {
            "id": self.id,
            "name": self.name,
            "permissions": str(self.permissions),
            "position": self.position,
            "color": colour,
            "colors": {"primary_color": colour, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": self.managed,
            "mentionable": False,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }


@dataclass(eq=False)
class Channel:
    """A channel of a guild, a thread or a forum's post (`parent`), or a DM (`recipient`).

    `overwrites` maps the id of a role or a user to the permissions that are (allowed, denied) here; `members`
    are the ids of those who were added to a thread.
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
    category: Channel | None = None
    owner_id: str | None = None
    members: set[str] = field(default_factory=set[str])
    archived: bool = False
    locked: bool = False
    archive_timestamp: str = LONG_AGO

    @property
    def age_restricted(self) -> bool:
        """Whether the channel, or the one that a thread belongs to, is age-restricted."""
        return self.parent.nsfw if self.parent else self.nsfw

    def payload(self, *, role_ids: Container[str], last_message_id: str | None) -> Payload:
        """The channel object. Ids of `overwrites` that are not in `role_ids` are people's."""
        common: Payload = {"id": self.id, "type": self.kind, "last_message_id": last_message_id, "flags": 0}
        if self.recipient is not None:
            return {**common, "recipients": [self.recipient.payload()]}
        common |= {"guild_id": self.guild_id, "name": self.name, "rate_limit_per_user": 0}
        if self.parent is not None:
            return {**common, **self._thread_payload(self.parent)}
        overwrites = [
            {"id": one, "type": 0 if one in role_ids else 1, "allow": str(allow), "deny": str(deny)}
            for one, (allow, deny) in self.overwrites.items()
        ]
        return {
            **common,
            "topic": self.topic,
            "nsfw": self.nsfw,
            "position": self.position,
            "parent_id": self.category.id if self.category else None,
            "permission_overwrites": overwrites,
            **_OF_KIND.get(self.kind, {}),
        }

    def _thread_payload(self, parent: Channel) -> Payload:
        metadata: Payload = {
            "archived": self.archived,
            "auto_archive_duration": 10080,
            "archive_timestamp": self.archive_timestamp,
            "create_timestamp": LONG_AGO,
            "locked": self.locked,
        }
        if self.kind == PRIVATE_THREAD:
            metadata["invitable"] = True
        return {
            "parent_id": parent.id,
            "owner_id": self.owner_id,
            "message_count": 0,
            "member_count": len(self.members),
            "total_message_sent": 0,
            "applied_tags": [],
            "thread_metadata": metadata,
        }


_OF_KIND: dict[int, Payload] = {
    VOICE: {"bitrate": 64_000, "user_limit": 0, "rtc_region": None, "video_quality_mode": 1},
    FORUM: {
        "available_tags": [],
        "default_reaction_emoji": None,
        "default_sort_order": None,
        "default_forum_layout": 0,
        "default_thread_rate_limit_per_user": 0,
    },
}


@dataclass(eq=False)
class Message:
    """A message, and what Discord does not tell everybody about it.

    `only_for` is the id of the one person who sees an ephemeral message; `token` that of the interaction
    which can change it; `hidden_embeds` are those that are not shown while embeds are suppressed.
    """

    payload: Payload
    channel: Channel
    only_for: str | None = None
    token: str | None = None
    hidden_embeds: list[Payload] = field(default_factory=list[Payload])

    @property
    def id(self) -> str:
        return str(self.payload["id"])

    @property
    def flags(self) -> int:
        return int(self.payload["flags"])

    def suppress_embeds(self, suppressed: bool) -> None:
        """Hide the embeds from everybody, or bring them back."""
        payload = self.payload
        payload["flags"] = (self.flags & ~SUPPRESS_EMBEDS) | (SUPPRESS_EMBEDS if suppressed else 0)
        if suppressed and payload["embeds"]:
            self.hidden_embeds, payload["embeds"] = payload["embeds"], []
        elif not suppressed and self.hidden_embeds:
            payload["embeds"], self.hidden_embeds = payload["embeds"] or self.hidden_embeds, []


@dataclass(frozen=True)
class SeenRequest:
    """A REST request that arrived, whatever was answered. `path` is without `/api/v10` and the `query`."""

    method: str
    path: str
    body: Any
    status: int
    user_agent: str
    query: str = ""


@dataclass
class RestFault:
    """How the next `count` REST requests go wrong that fit `method` and `path` (a pattern, found anywhere in it).

    Each is answered with `status` (429 with `retry_after_s`), cut off when it is 0, and only late when it is None.
    `taken`: what it asks for is done all the same. `for_all`: a 429 is the limit of all routes together.
    """

    status: int | None
    count: int = 1
    method: str | None = None
    path: str = ""
    retry_after_s: float = 0.05
    delay_s: float = 0.0
    taken: bool = False
    for_all: bool = False
