"""Building message objects from what a bot or a person sends, and from edits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.playground.engine.components import build_shown, walk
from bot.playground.engine.fault import ApiError
from bot.playground.engine.model import (
    CATEGORY,
    COMPONENTS_V2,
    DISCORD_EPOCH_MS,
    DM,
    EPHEMERAL,
    FORUM,
    HAS_SNAPSHOT,
    LOADING,
    SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
    Channel,
    Message,
    User,
)
from bot.playground.engine.payload import copy_payload
from bot.playground.engine.permission import Permission
from bot.playground.engine.unfurl import keep_embeds
from bot.playground.engine.validate import check_message

if TYPE_CHECKING:
    from bot.playground.engine.world import World

Payload = dict[str, Any]

# What only the author can change, and what makes a message an edited one; discord.py sends other keys always.
SUBSTANCE = frozenset({"content", "embeds", "components", "attachments"})
_NONCE_KEPT_MS = 5 * 60 * 1000
# What Discord copies of a forwarded message. It does not tell who wrote it.
_SNAPSHOT = (
    "type",
    "content",
    "mentions",
    "mention_roles",
    "attachments",
    "embeds",
    "timestamp",
    "edited_timestamp",
    "flags",
    "components",
)
_SETTABLE = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2


@dataclass
class Upload:
    """A file that came with a form."""

    filename: str
    content_type: str
    data: bytes


@dataclass
class Form:
    """The body of a request that carries a message: its JSON and its files by their number."""

    body: Payload
    files: dict[int, Upload] = field(default_factory=dict[int, Upload])

    def inner(self, key: str) -> Form:
        """The message inside of an interaction's callback."""
        return Form(self.body.get(key) or {}, self.files)


def build_message(
    world: World,
    channel: Channel,
    author: User,
    form: Form,
    *,
    kind: int = 0,
    prefix: tuple[str, ...] = (),
    extra: Payload | None = None,
    ephemeral: bool = False,
) -> Payload:
    """A new message object; code 50035 or 50006 when Discord would refuse it."""
    body = form.body
    flags = int(body.get("flags") or 0) & _SETTABLE
    check_message(body, flags=flags, files=len(form.files), prefix=prefix)
    payload: Payload = {
        "id": world.new_id(),
        "type": kind,
        "channel_id": channel.id,
        "author": author.payload(),
        "content": str(body.get("content") or "").strip(),
        "timestamp": world.now(),
        "edited_timestamp": None,
        "tts": bool(body.get("tts")),
        "pinned": False,
        "flags": flags | (EPHEMERAL if ephemeral else 0),
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "attachments": [],
        "embeds": [],
        "components": [],
        **(extra or {}),
    }
    if body.get("nonce") is not None:
        payload["nonce"] = body["nonce"]
    _fill(world, payload, form)
    if flags & SUPPRESS_EMBEDS:
        payload["embeds"] = []
    return payload


def hide_content(payload: Payload, channel: Channel, bot: User) -> Payload:
    """A message as who has not the intent gets it: empty in a server, but for own ones and those that mention the bot.

    <https://docs.discord.com/developers/events/gateway#message-content-intent>
    """
    mentioned = any(one["id"] == bot.id for one in payload["mentions"])
    if channel.kind == DM or payload["author"]["id"] == bot.id or mentioned:
        return payload
    empty: Payload = {"content": "", "embeds": [], "attachments": [], "components": []}
    forwarded = [{"message": {**one["message"], **empty}} for one in payload.get("message_snapshots", ())]
    return {**payload, **empty, **({"message_snapshots": forwarded} if forwarded else {})}


def find_sent(world: World, channel: Channel, form: Form) -> Message | None:
    """The bot's message of the last minutes with this nonce, if that is to be unique: Discord answers with that one."""
    nonce = form.body.get("nonce")
    if nonce is None or not form.body.get("enforce_nonce"):
        return None
    since_ms = world.clock.time() * 1000 - DISCORD_EPOCH_MS - _NONCE_KEPT_MS
    for message in reversed(world.messages.values()):
        if int(message.id) >> 22 < since_ms:
            return None
        if message.channel is channel and message.payload.get("nonce") == nonce:
            return message
    return None


def build_forward(world: World, channel: Channel, author: User, source: Message) -> Payload:
    """What forwards a message: a copy of what it says stands in it, and nothing of its own."""
    # Nobody may send such a body; Discord's client names the message instead.
    payload = build_message(world, channel, author, Form({"content": "forward"}))
    reference = {"type": 1, "channel_id": source.channel.id, "message_id": source.id}
    if source.channel.guild_id is not None:
        reference["guild_id"] = source.channel.guild_id
    snapshot = {key: copy_payload(source.payload[key]) for key in _SNAPSHOT}
    return {
        **payload,
        "content": "",
        "flags": HAS_SNAPSHOT,
        "message_reference": reference,
        "message_snapshots": [{"message": snapshot}],
    }


def build_loading(world: World, channel: Channel, *, ephemeral: bool, extra: Payload) -> Payload:
    """The "… is thinking" message of a deferred answer. It never carries the flag for components V2."""
    payload: Payload = {
        "id": world.new_id(),
        "type": 0,
        "channel_id": channel.id,
        "author": world.bot.payload(),
        "content": "",
        "timestamp": world.now(),
        "edited_timestamp": None,
        "tts": False,
        "pinned": False,
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "attachments": [],
        "embeds": [],
        "components": [],
        **extra,
    }
    payload["flags"] = LOADING | (EPHEMERAL if ephemeral else 0)
    return payload


def apply_edit(world: World, message: Message, form: Form, *, prefix: tuple[str, ...] = ()) -> None:
    """Change a message in place; the flag for components V2 can be added and never taken back."""
    payload, body = message.payload, form.body
    flags = message.flags
    if body.get("flags") is not None:
        settable = SUPPRESS_EMBEDS if flags & COMPONENTS_V2 else SUPPRESS_EMBEDS | COMPONENTS_V2
        flags = (flags & ~SUPPRESS_EMBEDS) | (int(body["flags"]) & settable)
    was_empty = bool(flags & LOADING)
    content = str(body.get("content", payload["content"]) or "").strip()
    before = {**payload, "embeds": keep_embeds(payload["embeds"] or message.hidden_embeds, content)}
    merged: Payload = {key: body[key] if key in body else before[key] for key in ("content", "embeds", "components")}
    kept = body["attachments"] if body.get("attachments") is not None else payload["attachments"]
    check_message(
        {**merged, "attachments": kept, "poll": body.get("poll")},
        flags=flags,
        files=max(len(form.files), len(kept)),
        prefix=prefix,
    )
    message.hidden_embeds = []
    payload |= {"flags": flags & ~LOADING, "content": content, "embeds": before["embeds"]}
    if not was_empty and SUBSTANCE & set(body):
        payload["edited_timestamp"] = world.now()
    _fill(world, payload, form)
    message.suppress_embeds(bool(flags & SUPPRESS_EMBEDS))


def _fill(world: World, payload: Payload, form: Form) -> None:
    body = form.body
    _attach(world, payload, form)

    def resolve(url: str) -> Payload:
        return _media(payload, url)

    if "components" in body:
        payload["components"] = build_shown(body["components"] or [], resolve=resolve)
    if "embeds" in body:
        payload["embeds"] = [_embed(embed, resolve) for embed in body["embeds"] or ()]
    _mention(world, payload, body.get("allowed_mentions"))


def _embed(embed: Payload, resolve: Any) -> Payload:
    shown: Payload = {"type": "rich", **{key: value for key, value in embed.items() if value is not None}}
    for key in ("image", "thumbnail"):
        if shown.get(key):
            media = resolve(shown[key]["url"])
            shown[key] = {name: media[name] for name in ("url", "proxy_url", "width", "height")}
    for entry in shown.get("fields") or ():
        entry.setdefault("inline", False)
    return shown


def _media(payload: Payload, url: str) -> Payload:
    media: Payload = {"id": payload["id"], "content_type": None, "width": 0, "height": 0}
    if url.startswith("attachment://"):
        name = url.removeprefix("attachment://")
        found = next((one for one in payload["attachments"] if one["filename"] == name), None)
        if found is not None:
            url = found["url"]
            media |= {"content_type": found["content_type"], "attachment_id": found["id"]}
    return {
        **media,
        "url": url,
        "proxy_url": url,
        "placeholder": None,
        "placeholder_version": None,
        "loading_state": 2,
        "flags": 0,
    }


def _attach(world: World, payload: Payload, form: Form) -> None:
    stated: list[Payload] = form.body.get("attachments") or []
    if form.body.get("attachments") is not None:
        kept = {str(one["id"]) for one in stated}
        payload["attachments"] = [one for one in payload["attachments"] if one["id"] in kept]
    notes = {str(one["id"]): one for one in stated}
    for number, upload in form.files.items():
        note = notes.get(str(number), {})
        identity = world.new_id()
        name = str(note.get("filename") or upload.filename)
        path = f"attachments/{payload['channel_id']}/{identity}/{name}"
        world.attachments[path] = upload.data
        url = f"{world.base_url}/{path}"
        payload["attachments"].append(
            {
                "id": identity,
                "filename": name,
                "size": len(upload.data),
                "url": url,
                "proxy_url": url,
                "content_type": upload.content_type,
                "description": note.get("description"),
                "flags": 0,
                **({"ephemeral": True} if payload["flags"] & EPHEMERAL else {}),
            }
        )


def _mention(world: World, payload: Payload, allowed: Payload | None) -> None:
    pieces = [payload["content"], *(str(one.get("content") or "") for one in walk(payload["components"]))]
    text = "\n".join(pieces)
    parse = allowed.get("parse") if allowed is not None else ["users", "roles", "everyone"]
    named = [str(one) for one in (allowed or {}).get("users") or ()]
    users = [world.users[one] for one in re.findall(r"<@!?(\d+)>", text) if one in world.users]
    payload["mentions"] = [
        user.payload() for user in dict.fromkeys(users) if "users" in (parse or ()) or user.id in named
    ]
    payload["mention_everyone"] = "everyone" in (parse or ()) and bool(re.search("@(everyone|here)", text))


def check_may_send(world: World, channel: Channel, user: User, form: Form) -> None:
    """Code 50013 when this user may not send this here; 50007, 50008, 160005 where nothing can be sent."""
    if channel.kind in (FORUM, CATEGORY):
        raise ApiError(50008)
    if channel.kind == DM and user.bot and channel.recipient and channel.recipient.closed_dms:
        raise ApiError(50007)
    allowed = world.permissions(user, channel)
    needed = Permission.SEND_MESSAGES_IN_THREADS if channel.parent else Permission.SEND_MESSAGES
    if form.body.get("embeds"):
        needed |= Permission.EMBED_LINKS
    if form.files:
        needed |= Permission.ATTACH_FILES
    if allowed & needed != needed:
        raise ApiError(50013)
    if channel.locked and not allowed & Permission.MANAGE_THREADS:
        raise ApiError(160005)
    if form.body.get("message_reference") and not allowed & Permission.READ_MESSAGE_HISTORY:
        raise ApiError(160002)


def suppress_embeds(world: World, message: Message, user: User, *, suppressed: bool) -> None:
    """Hide a message's embeds, or show them again; code 50013 when it is not this user's to decide."""
    own = message.payload["author"]["id"] == user.id
    if not own and not may_manage(world, message.channel, user):
        raise ApiError(50013)
    message.suppress_embeds(suppressed)
    world.change_message(message)


def may_manage(world: World, channel: Channel, user: User) -> bool:
    """Whether others' messages are this user's to delete; nobody's in a DM."""
    return channel.kind != DM and bool(world.permissions(user, channel) & Permission.MANAGE_MESSAGES)
