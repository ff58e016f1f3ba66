"""Options that several commands share: how they are declared, completed while typing, and read."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict, TypeVar, cast

import discord
import msgspec
from discord import app_commands
from discord.ext import commands

from bot.apis import vndb_kind as kinds
from bot.apis.vndb import Vndb
from bot.apis.vndb_filter import Filter, all_of
from bot.apis.vndb_kind import Kind
from bot.apis.vndb_model import is_sexual
from bot.apis.vndb_wish import ReleaseWish, VnWish
from bot.completion import Completion, complete_language, complete_platform, complete_producer, complete_tags
from bot.errors import InvalidInput
from bot.links import parse_reference, parse_search_link
from bot.pages.vndb_gate import refuse
from bot.pages.vndb_list import RELEASES, VNS, ListKind
from bot.ui import vndb_vn
from bot.ui.viewer import Viewer

T = TypeVar("T", bound=msgspec.Struct)
C = TypeVar("C", bound=Callable[..., Any])
D = TypeVar("D")
V = TypeVar("V")

SPOILERS = [
    app_commands.Choice(name="None", value=0),
    app_commands.Choice(name="Minor ones", value=1),
    app_commands.Choice(name="All of them", value=2),
]
LENGTHS = [app_commands.Choice(name=name, value=value) for value, name in vndb_vn.LENGTHS.items()]
STATUSES = [app_commands.Choice(name=name, value=value) for value, name in vndb_vn.STATUSES.items()]
TAGS_AT_MOST = 10
Text = app_commands.Range[str, 1, 200]
FilterText = app_commands.Range[str, 1, 4000]
Date = app_commands.Range[str, 4, 10]


def usable_everywhere(command: D) -> D:
    """Lets a command be used in servers, in direct messages, and by people who installed the bot for themselves."""
    app_commands.allowed_installs(guilds=True, users=True)(command)
    app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)(command)
    return command


def add_to_vn(bot: commands.Bot, group: app_commands.Group) -> None:
    """Adds commands under `/vn`, which is there already."""
    cast("app_commands.Group", bot.tree.get_command("vn")).add_command(group)


def takes_spoilers(callback: C) -> C:
    """Describes a command's option `spoilers`: how much its pages may give away."""
    _describe(callback, ["spoilers"])
    return callback


# What a novel or a release must be like


class VnOptions(TypedDict, total=False):
    """What `takes_vn_wish` gives to a command."""

    original_language: str | None
    language: str | None
    platform: str | None
    length: int | None
    min_rating: float | None
    min_votes: int | None
    released_after: str | None
    released_before: str | None
    developer: str | None
    tags: str | None
    has_anime: bool | None
    status: int | None
    filter: str | None
    spoilers: int | None


async def _declare_vn(
    *,
    original_language: str | None = None,
    language: str | None = None,
    platform: str | None = None,
    length: int | None = None,
    min_rating: app_commands.Range[float, 1, 10] | None = None,
    min_votes: app_commands.Range[int, 1, 100_000] | None = None,
    released_after: Date | None = None,
    released_before: Date | None = None,
    developer: app_commands.Range[str, 1, 100] | None = None,
    tags: app_commands.Range[str, 1, 100] | None = None,
    has_anime: bool | None = None,
    status: int | None = None,
    filter: FilterText | None = None,  # noqa: A002 - what people type
    spoilers: int | None = None,
) -> None:
    """The options themselves; never called."""


def takes_vn_wish(callback: C) -> C:
    """Gives a command the options of `VnOptions`, so that they are declared once for all commands that have them."""
    _add_options(callback, _declare_vn)
    return callback


class ReleaseOptions(TypedDict, total=False):
    """What `takes_release_wish` gives to a command."""

    language: str | None
    platform: str | None
    released_after: str | None
    released_before: str | None
    filter: str | None


async def _declare_release(
    *,
    language: str | None = None,
    platform: str | None = None,
    released_after: Date | None = None,
    released_before: Date | None = None,
    filter: FilterText | None = None,  # noqa: A002 - what people type
) -> None:
    """The options themselves; never called."""


def takes_release_wish(callback: C) -> C:
    """Gives a command the options of `ReleaseOptions`."""
    _add_options(callback, _declare_release)
    return callback


def _add_options(callback: Callable[..., Any], declaration: Callable[..., Any]) -> None:
    # discord.py reads a command's options from its signature.
    own = inspect.signature(callback, eval_str=True)
    kept = [one for one in own.parameters.values() if one.kind is not one.VAR_KEYWORD]
    added = inspect.signature(declaration, eval_str=True).parameters
    cast("Any", callback).__signature__ = own.replace(parameters=[*kept, *added.values()])
    _describe(callback, added)


async def read_vn_wish(vndb: Vndb, options: VnOptions, viewer: Viewer, *, text: str = "") -> VnWish:
    """What the options ask for; names will do where a choice was not taken. Raises `InvalidInput`."""
    names = await vndb.fetch_names()
    rating = options.get("min_rating")
    tags = [part for part in (options.get("tags") or "").split(",") if part.strip()]
    if len(tags) > TAGS_AT_MOST:
        raise InvalidInput("tags", f"must be {TAGS_AT_MOST} at most")
    if any(tag.strip().startswith(("-", "!")) for tag in tags):
        raise InvalidInput("tags", "can only be asked for; to leave some out, give an advanced search as the filter")
    tag_ids = await asyncio.gather(*(find_entry_id(vndb, kinds.TAG, tag, viewer) for tag in tags))
    return VnWish(
        text=text or None,
        olang=find_code(names.languages, options.get("original_language"), what="original language"),
        lang=find_code(names.languages, options.get("language"), what="language"),
        platform=find_code(names.platforms, options.get("platform"), what="platform"),
        length=options.get("length"),
        min_rating=None if rating is None else round(rating * 10),
        min_votes=options.get("min_votes"),
        after=options.get("released_after"),
        before=options.get("released_before"),
        developer=await find_entry_id(vndb, kinds.PRODUCER, options.get("developer"), viewer),
        tags=tuple(tag_id for tag_id in tag_ids if tag_id),
        has_anime=options.get("has_anime"),
        devstatus=options.get("status"),
        given=await read_filter(vndb, VNS, options.get("filter")),
    )


async def read_release_wish(vndb: Vndb, options: ReleaseOptions) -> ReleaseWish:
    """What the options ask for; names will do where a choice was not taken. Raises `InvalidInput`."""
    names = await vndb.fetch_names()
    return ReleaseWish(
        lang=find_code(names.languages, options.get("language"), what="language"),
        platform=find_code(names.platforms, options.get("platform"), what="platform"),
        after=options.get("released_after"),
        before=options.get("released_before"),
        given=await read_filter(vndb, RELEASES, options.get("filter")),
    )


async def read_filter(vndb: Vndb, of: ListKind[T], typed: str | None) -> Filter[T] | None:
    """What a pasted search of VNDB asks for, or its compact form. Raises `InvalidInput`."""
    if typed is None:
        return None
    prefix, noun = of.kind.prefix, of.kind.noun
    link = parse_search_link(typed, bare=prefix)
    if link is None:
        raise InvalidInput("filter", f"must be a link like https://vndb.org/{prefix}?f=…, from VNDB's search page")
    if link.kind != prefix:
        raise InvalidInput("filter", f"is not one for {noun}s; such a link begins with vndb.org/{prefix}?f=")
    parts = [of.search.eq(link.text)] if link.text else []
    if link.filter is not None:
        parts.append(await vndb.normalise(of.kind, link.filter))
    return all_of(*parts)


def find_code(names: Mapping[str, str], typed: str | None, *, what: str) -> str | None:
    """The code that was chosen from the list, or whose name was typed. Raises `InvalidInput`."""
    if typed is None or typed in names:
        return typed
    wanted = typed.strip().casefold()
    for code, name in names.items():
        if wanted in {code.casefold(), name.casefold()}:
            return code
    raise InvalidInput(what, "is not one that VNDB knows; choose one from the list")


async def find_entry_id(vndb: Vndb, kind: Kind[T], typed: str | None, viewer: Viewer) -> str | None:
    """The id that was chosen from the list, or that of the best match for what was typed.

    Raises `InvalidInput` for nothing, and where all that matches is sexual and may not stand here.
    """
    if typed is None:
        return None
    known = parse_reference(typed, kind.prefix)
    if known is not None:
        return known
    found = (await vndb.search(kind, typed)).items
    allowed = [entry for entry in found if viewer.age_restricted or not is_sexual(entry)]
    if allowed:
        return str(getattr(allowed[0], "id", ""))
    if found:
        raise refuse(kind, viewer)
    raise InvalidInput(kind.noun, f'has no match for "{typed.strip()}"; choose one from the list')


_DESCRIPTIONS = {
    "original_language": "The language it was written in",
    "language": "A language it can be read in",
    "platform": "A platform it runs on",
    "length": "How long it takes to read",
    "min_rating": "The least rating, from 1 to 10",
    "min_votes": "The least number of votes",
    "released_after": "Released on or after: 2004, 2004-01 or 2004-01-30",
    "released_before": "Released on or before: 2004, 2004-01 or 2004-01-30",
    "developer": "Who made it",
    "tags": "Tags it must have, separated by commas",
    "has_anime": "Whether there is an anime of it",
    "status": "Whether it is finished",
    "filter": "An advanced search: its link on vndb.org, or JSON",
    "spoilers": "How much may be given away",
}
_COMPLETIONS: Mapping[str, Completion] = {
    "original_language": complete_language,
    "language": complete_language,
    "platform": complete_platform,
    "developer": complete_producer,
    "tags": complete_tags,
}
_CHOICES: Mapping[str, list[app_commands.Choice[int]]] = {
    "length": LENGTHS,
    "status": STATUSES,
    "spoilers": SPOILERS,
}


class ChannelId(app_commands.Transformer):
    """An option that is a channel of one of these kinds, read as its id: the bot may not see it."""

    def __init__(self, *kinds: discord.ChannelType) -> None:
        self._kinds = kinds

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return [*self._kinds]

    async def transform(self, _interaction: discord.Interaction[Any], value: Any, /) -> int:
        return cast("app_commands.AppCommandChannel", value).id


def _describe(callback: Callable[..., Any], names: Iterable[str]) -> None:
    shared = set(names)
    app_commands.describe(**_pick(_DESCRIPTIONS, shared))(callback)
    app_commands.choices(**_pick(_CHOICES, shared))(callback)
    app_commands.autocomplete(**_pick(_COMPLETIONS, shared))(callback)


def _pick(values: Mapping[str, V], names: Iterable[str]) -> dict[str, V]:
    return {name: value for name, value in values.items() if name in names}
