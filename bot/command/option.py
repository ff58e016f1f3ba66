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

from bot.cards.text import clip
from bot.command.completion import (
    Completion,
    complete_engine,
    complete_language,
    complete_medium,
    complete_platform,
    complete_producer,
    complete_role,
    complete_tags,
)
from bot.errors import InvalidInput
from bot.links.target import parse_search_link, read_reference
from bot.lookup.reference import find_wanted
from bot.lookup.router import Router
from bot.lookup.vndb import show_matches, show_search
from bot.navigation.frame import PageView
from bot.navigation.viewer import Viewer
from bot.navigation.visit import Visit
from bot.service.near import rank_near
from bot.service.near_match import name_near
from bot.vndb.api import kind as kinds
from bot.vndb.api.client import Vndb
from bot.vndb.api.filter import Filter, all_of
from bot.vndb.api.kind import Kind
from bot.vndb.api.model import is_sexual
from bot.vndb.api.names import RELEASE_TYPES, VOICED
from bot.vndb.api.normal import find_json
from bot.vndb.api.wish import ReleaseWish, VnWish, scale_rating
from bot.vndb.cards.vn import overview as vndb_vn
from bot.vndb.pages.gate import refuse
from bot.vndb.pages.list import RELEASES, VNS, ListKind, read_link
from bot.vndb.pages.near import add_near_words

T = TypeVar("T", bound=msgspec.Struct)
C = TypeVar("C", bound=Callable[..., Any])
D = TypeVar("D")
K = TypeVar("K", str, int)
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


def list_choices(names: Mapping[K, str]) -> list[app_commands.Choice[K]]:
    """The choices of an option: values and what people see for each."""
    return [app_commands.Choice(name=name, value=value) for value, name in names.items()]


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
    """What `takes_release_wish` gives to a command, and before the filter what `takes_whole_release_wish` does."""

    language: str | None
    platform: str | None
    released_after: str | None
    released_before: str | None
    date: str | None
    type: str | None
    voiced: int | None
    engine: str | None
    resolution: str | None
    medium: str | None
    age: str | None
    developer: str | None
    official: bool | None
    patch: bool | None
    freeware: bool | None
    doujin: bool | None
    uncensored: bool | None
    has_ero: bool | None
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


async def _declare_whole_release(
    *,
    language: str | None = None,
    platform: str | None = None,
    released_after: Date | None = None,
    released_before: Date | None = None,
    date: str | None = None,
    type: str | None = None,  # noqa: A002 - what people see
    voiced: int | None = None,
    engine: app_commands.Range[str, 1, 100] | None = None,
    resolution: app_commands.Range[str, 3, 16] | None = None,
    medium: str | None = None,
    age: str | None = None,
    developer: app_commands.Range[str, 1, 100] | None = None,
    official: bool | None = None,
    patch: bool | None = None,
    freeware: bool | None = None,
    doujin: bool | None = None,
    uncensored: bool | None = None,
    has_ero: bool | None = None,
    filter: FilterText | None = None,  # noqa: A002 - what people type
) -> None:
    """The options themselves; never called."""


def takes_release_wish(callback: C) -> C:
    """Gives a command a few options of `ReleaseOptions`, for a list that has a date already."""
    _add_options(callback, _declare_release)
    return callback


def takes_whole_release_wish(callback: C) -> C:
    """Gives a command all options of `ReleaseOptions`."""
    _add_options(callback, _declare_whole_release)
    return callback


def takes(*names: str) -> Callable[[C], C]:
    """Describes those options of a command as they are described everywhere."""

    def describe(callback: C) -> C:
        _describe(callback, names)
        return callback

    return describe


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
        min_rating=None if rating is None else scale_rating(rating),
        min_votes=options.get("min_votes"),
        after=options.get("released_after"),
        before=options.get("released_before"),
        developer=await find_entry_id(vndb, kinds.PRODUCER, options.get("developer"), viewer),
        tags=tuple(tag_id for tag_id in tag_ids if tag_id),
        has_anime=options.get("has_anime"),
        devstatus=options.get("status"),
        given=await read_filter(vndb, VNS, options.get("filter")),
    )


async def read_release_wish(vndb: Vndb, options: ReleaseOptions, viewer: Viewer) -> ReleaseWish:
    """What the options ask for; names will do where a choice was not taken. Raises `InvalidInput`."""
    names = await vndb.fetch_names()
    engine = options.get("engine")
    return ReleaseWish(
        lang=find_code(names.languages, options.get("language"), what="language"),
        platform=find_code(names.platforms, options.get("platform"), what="platform"),
        after=options.get("released_after"),
        before=options.get("released_before"),
        dated=options.get("date"),
        rtype=options.get("type"),
        voiced=options.get("voiced"),
        engine=None if engine is None else names.engine(engine),
        resolution=options.get("resolution"),
        medium=find_code(names.media, options.get("medium"), what="medium"),
        age=options.get("age"),
        developer=await find_entry_id(vndb, kinds.PRODUCER, options.get("developer"), viewer),
        official=options.get("official"),
        patch=options.get("patch"),
        freeware=options.get("freeware"),
        doujin=options.get("doujin"),
        uncensored=options.get("uncensored"),
        has_ero=options.get("has_ero"),
        given=await read_filter(vndb, RELEASES, options.get("filter")),
    )


async def find_matches(
    router: Router,
    of: ListKind[T],
    wanted: Filter[T] | None,
    visit: Visit,
    *,
    name: str | None,
    sort: str | None,
    given: str | None = None,
) -> PageView:
    """The card that `name` means, or what matches it, `wanted`, and the pasted filter `given`.

    Raises `InvalidInput`, and `NotFound` if nothing matches.
    """
    text, prefix = name or "", of.kind.prefix
    link = parse_search_link(text)
    is_plain = sort is None and given is None and wanted is None
    if link is not None and not (is_plain and link.kind != prefix):
        if given is not None:
            raise InvalidInput("filter", "can be given only once, as the name or as the filter")
        text, given = "", text
    # What was chosen from the list is an id, which no search for a name would find.
    elif text and (is_plain or read_reference(text, prefix) is not None):
        return await show_search(router, of, text, visit)
    may_rank = bool(text) and given is None  # VNDB ranks by one search alone, and a filter may hold another
    sorting = sort or ("rank" if may_rank else of.otherwise)
    if sorting == "rank" and not may_rank:
        raise InvalidInput("sort", "can be the best match only where a name is searched for, and no filter given")
    asked = await read_filter(router.sources.vndb, of, given)
    parts = [*([of.search.eq(text)] if text else []), *(part for part in (wanted, asked) if part is not None)]
    return await show_matches(router, of, all_of(*parts) if parts else None, visit, text=text, sorting=sorting)


async def read_filter(vndb: Vndb, of: ListKind[T], typed: str | None) -> Filter[T] | None:
    """What a pasted search of VNDB asks for, or its compact form. Raises `InvalidInput`."""
    if typed is None:
        return None
    if (json := find_json(typed)) is not None:
        return await vndb.normalise(of.kind, json)
    prefix, noun = of.kind.prefix, of.kind.noun
    link = parse_search_link(typed, bare=prefix)
    if link is None:
        raise InvalidInput("filter", f"must be a link like https://vndb.org/{prefix}?f=…, from VNDB's search page")
    if link.kind != prefix:
        raise InvalidInput("filter", f"is not one for {noun}s; such a link begins with vndb.org/{prefix}?f=")
    return await read_link(vndb, of, link)


def find_code(names: Mapping[str, str], typed: str | None, *, what: str) -> str | None:
    """The code that was chosen from the list, or whose name was typed. Raises `InvalidInput`."""
    if typed is None or typed in names:
        return typed
    wanted = typed.strip().casefold()
    for code, name in names.items():
        if wanted in {code.casefold(), name.casefold()}:
            return code
    error = InvalidInput(what, "is not one that VNDB knows; choose one from the list")
    error.near = name_near(rank_near(typed, names.values(), lambda name: (name,)))
    raise error


async def find_entry_id(vndb: Vndb, kind: Kind[T], typed: str | None, viewer: Viewer) -> str | None:
    """The id that was chosen from the list, or that of the best match for what was typed.

    Raises `InvalidInput` for nothing, and where all that matches is sexual and may not stand here.
    """
    if typed is None:
        return None
    known = await find_wanted(read_reference(typed, kind.prefix), kind.prefix, vndb)
    if known is not None:
        return known
    found = (await vndb.search(kind, typed)).items
    usable = [entry for entry in found if getattr(entry, "searchable", True)]
    allowed = [entry for entry in usable if viewer.age_restricted or not is_sexual(entry)]
    if allowed:
        return str(getattr(allowed[0], "id", ""))
    if usable:
        raise refuse(kind, viewer)
    if found:
        raise InvalidInput(kind.noun, f'called "{typed.strip()}" is one that nothing can be searched by')
    error = InvalidInput(kind.noun, f'has no match for "{clip(typed.strip(), 100)}"; choose one from the list')
    raise await add_near_words(error, typed, kind.prefix, vndb, viewer)


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
    "date": "Whether it is out",
    "type": "How much of the story it has",
    "voiced": "What is voiced",
    "engine": "Such as Ren'Py",
    "resolution": "1280x720; >= or <= before it for at least, at most",
    "medium": "What it comes on",
    "age": "For whom it is rated",
    "official": "Whether its makers are in it",
    "patch": "Whether it is a patch",
    "freeware": "Whether it is free",
    "doujin": "Whether no company made it",
    "uncensored": "Whether it is uncensored",
    "has_ero": "Whether it has sexual scenes",
    "role": "What somebody does",
    "filter": "An advanced search: its link on vndb.org, or JSON",
    "spoilers": "How much may be given away",
}
_COMPLETIONS: Mapping[str, Completion] = {
    "original_language": complete_language,
    "language": complete_language,
    "platform": complete_platform,
    "developer": complete_producer,
    "tags": complete_tags,
    "engine": complete_engine,
    "medium": complete_medium,
    "role": complete_role,
}
_CHOICES: Mapping[str, list[app_commands.Choice[Any]]] = {
    "length": LENGTHS,
    "status": STATUSES,
    "spoilers": SPOILERS,
    "voiced": list_choices({code: name for code, name in VOICED.items() if code}),
    "type": list_choices(RELEASE_TYPES),
    "date": list_choices(
        {"released": "Out", "upcoming": "To come, with a date", "tba": "To be announced", "unknown": "Unknown"}
    ),
    "age": list_choices({"all": "All ages", "under": "Under 18", "adult": "18+"}),
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
