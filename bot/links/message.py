"""What a message links to, wherever in it that stands: it says more than its `content`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import discord
from msgspec.structs import replace

from bot.links.target import Link, Service, Target, find_links, join_pages, list_services

Said = discord.Message | discord.MessageSnapshot


def is_text_told(text: str | None, guild: object, *, message_content: bool) -> bool:
    """Whether Discord tells what a message says, in that server or in none. Without the intent it does so of messages
    to the bot, and of those that mention it; all others are empty, whatever they say.

    <https://docs.discord.com/developers/events/gateway#message-content-intent>
    """
    return bool(text) or not guild or message_content


def find_said_links(message: discord.Message) -> list[Link]:
    """The links that its author posted: typed, or forwarded from somebody else."""
    return _join(find_links(said.content) for said in _list_said(message))


def list_named(told: Mapping[str, Any]) -> set[Service] | None:
    """What `find_said_links` may find links to in a message, by what Discord tells of it (a message object).

    None if that takes a closer look.
    """
    return None if told.get("message_snapshots") else list_services(str(told.get("content", "")))


def find_shown_links(message: discord.Message) -> list[Link]:
    """All links that stand in a message: also in embeds, and in what apps build their messages of."""
    typed = [find_links(said.content) for said in _list_said(message)]
    embedded = [find_links(text) for said in _list_said(message) for embed in said.embeds for text in _read(embed)]
    built = [links for said in _list_said(message) for links in _find_built(said.components, covered=False)]
    return _join([*typed, *embedded, *built])


def _list_said(message: discord.Message) -> list[Said]:
    return [message, *message.message_snapshots]


def _join(found: Iterable[Iterable[Link]]) -> list[Link]:
    """Each target once, as it was named first: an embed that Discord made of a covered link does not uncover it."""
    links = [link for some in found for link in some]
    joined: dict[Target, Link] = {}
    for target, link in zip(join_pages([link.target for link in links]), links, strict=True):
        joined.setdefault(target, replace(link, target=target))
    return list(joined.values())


def _read(embed: discord.Embed) -> Iterator[str]:
    """The texts of an embed, as they are read from its top."""
    for text in (embed.author.name, embed.author.url, embed.title, embed.url, embed.description):
        yield text or ""
    for field in embed.fields:
        yield f"{field.name}\n{field.value}"
    yield embed.footer.text or ""


def _find_built(components: Iterable[object], *, covered: bool) -> Iterator[list[Link]]:
    """What text displays and link buttons lead to. `covered`: they stand in a container that is a spoiler."""
    for component in components:
        text = getattr(component, "content", None) or getattr(component, "url", None)
        if isinstance(text, str):
            yield [replace(link, spoiler=link.spoiler or covered) for link in find_links(text)]
        inside = covered or (isinstance(component, discord.Container) and component.spoiler)
        parts = cast("list[object]", list(getattr(component, "children", ())))
        yield from _find_built([*parts, *filter(None, [getattr(component, "accessory", None)])], covered=inside)
