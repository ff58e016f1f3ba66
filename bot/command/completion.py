"""What is suggested while an option is typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar, cast

import msgspec
from discord import app_commands

from bot.account.model import Service
from bot.anime.api.anilist.client import AniList
from bot.anime.api.model import MediaKind
from bot.anime.cards.page import keep_shown
from bot.anime.cards.person import may_stand
from bot.cards.fact import plain_name
from bot.cards.text import clip_field, count_units, one_line
from bot.client import Shiori
from bot.errors import ShioriError
from bot.interaction.reply import Interaction, complete
from bot.links.target import parse_reference
from bot.lookup.source import Sources
from bot.lookup.suggestion import (
    Profile,
    name_character,
    name_media,
    name_producer,
    name_profile,
    name_release,
    name_staff,
    name_tag,
    name_trait,
    name_vn,
)
from bot.picture.api.ban import is_withheld
from bot.picture.api.model import RATINGS, AskedRating, normalise_tag
from bot.picture.api.pattern import Searched, quote_name
from bot.service.seen import Seen
from bot.vndb.api import kind as kinds
from bot.vndb.api.kind import Kind
from bot.vndb.api.model import is_sexual
from bot.vndb.api.names import ENGINES, Names
from bot.vndb.api.user import LABELS
from bot.vndb.cards.title import retitle
from bot.vndb.pages.gate import is_found_openly

T = TypeVar("T", bound=msgspec.Struct)
Choices = list[app_commands.Choice[str]]
Completion = Callable[[Interaction, str], Coroutine[Any, Any, Choices]]

_CHOICE_LIMIT = 100
_MEMBER_LIMIT = 40


def complete_entry(kind: Kind[T], name: Callable[[T, Names], str]) -> Completion:
    """Completion of an option that names an entry of this kind. `name` gives at most 100 UTF-16 units, on one line."""

    async def find(interaction: Interaction, current: str) -> Choices:
        bot = _get_bot(interaction)
        vndb, viewer = bot.sources.vndb, bot.build_viewer(interaction)
        found = await vndb.suggest(kind, current, asker=interaction.user.id)
        names = await vndb.fetch_names()
        may_stand = [
            entry
            for entry in found
            if (viewer.age_restricted or not is_sexual(entry)) and is_found_openly(entry, current, 0)
        ]
        return [
            app_commands.Choice(name=name(retitle(entry, viewer), names), value=str(getattr(entry, "id", "")))
            for entry in may_stand[:25]
        ]

    async def autocomplete(interaction: Interaction, current: str) -> Choices:
        return await complete(interaction, find(interaction, current), clock=_get_bot(interaction).clock)

    return autocomplete


def complete_media(kind: MediaKind) -> Completion:
    """Completion of an option that names an anime or manga."""

    async def find(interaction: Interaction, current: str) -> Choices:
        bot = _get_bot(interaction)
        viewer = bot.build_viewer(interaction)
        found = await bot.sources.anime.suggest(kind, current, adult=viewer.age_restricted, asker=interaction.user.id)
        return [
            app_commands.Choice(name=name_media(row, viewer), value=f"#{row.id}")
            for row in keep_shown(found, viewer)[:25]
        ]

    async def autocomplete(interaction: Interaction, current: str) -> Choices:
        return await complete(interaction, find(interaction, current), clock=_get_bot(interaction).clock)

    return autocomplete


def complete_profile(suggest: Callable[[AniList, str, int], Awaitable[Sequence[Profile]]]) -> Completion:
    """Completion of an option that names a character, a person or a studio of AniList."""

    async def find(interaction: Interaction, current: str) -> Choices:
        bot = _get_bot(interaction)
        viewer = bot.build_viewer(interaction)
        found = await suggest(bot.sources.anilist, current, interaction.user.id)
        return [
            app_commands.Choice(name=name_profile(one, viewer), value=f"#{one.id}")
            for one in found
            if may_stand(one, viewer)
        ][:25]

    async def autocomplete(interaction: Interaction, current: str) -> Choices:
        return await complete(interaction, find(interaction, current), clock=_get_bot(interaction).clock)

    return autocomplete


def complete_person(service: Service, pick_seen: Callable[[Sources], Seen]) -> Completion:
    """Completion of an option that names somebody: of those whom the asker looked up before, then of members who show
    the server their account.
    """

    async def find(interaction: Interaction, current: str) -> Choices:
        bot = _get_bot(interaction)
        names = pick_seen(bot.sources).suggest(interaction.user.id, current)
        members = await bot.people.suggest(interaction, service, current)
        named = [(name, name) for name in names]
        for one in members:
            called = clip_field(one_line(one.called), _MEMBER_LIMIT)
            named.append((f"{called} ({one_line(one.account.name)} on {service})", f"<@{one.user_id}>"))
        return [app_commands.Choice(name=clip_field(name, _CHOICE_LIMIT), value=value) for name, value in named[:25]]

    async def autocomplete(interaction: Interaction, current: str) -> Choices:
        return await complete(interaction, find(interaction, current), clock=_get_bot(interaction).clock)

    return autocomplete


def complete_code(pick_names: Callable[[Names], Mapping[str, str]]) -> Completion:
    """Completion of an option that names one of what VNDB has a fixed list of."""

    async def find(interaction: Interaction, current: str) -> Choices:
        return _match_names(pick_names(await _get_bot(interaction).sources.vndb.fetch_names()), current)

    async def autocomplete(interaction: Interaction, current: str) -> Choices:
        return await complete(interaction, find(interaction, current), clock=_get_bot(interaction).clock)

    return autocomplete


async def complete_label(interaction: Interaction, current: str) -> Choices:
    """Completion of an option that names a list of the person in the option `user`."""
    return await complete(interaction, _find_labels(interaction, current), clock=_get_bot(interaction).clock)


async def complete_tags(interaction: Interaction, current: str) -> Choices:
    """Completion of an option that names several tags, separated by commas: of the last one."""
    return await complete(interaction, _find_more_tags(interaction, current), clock=_get_bot(interaction).clock)


async def _find_labels(interaction: Interaction, current: str) -> Choices:
    """Those of their own making once it is known whose; before that, those that everybody has."""
    bot = _get_bot(interaction)
    users = bot.sources.vndb.users
    labels = {str(label_id): name for label_id, name in LABELS.items()}
    typed = str(getattr(interaction.namespace, "user", None) or "").strip()
    with suppress(ShioriError):  # nobody of that name, or not yet, or nobody is linked
        account = await bot.people.read(interaction, "VNDB", typed or None).find_linked()
        user_id = account.id if account else (await users.fetch_user(parse_reference(typed, "u") or typed)).entry.id
        found = (await users.fetch_labels(user_id)).labels
        labels = {str(one.id): plain_name(one.label, f"List {one.id}") for one in found if not one.private}
    wanted = current.strip().casefold()
    hits = [(label_id, name) for label_id, name in labels.items() if wanted in name.casefold()]
    return [app_commands.Choice(name=clip_field(name, _CHOICE_LIMIT), value=label_id) for label_id, name in hits[:25]]


async def _find_more_tags(interaction: Interaction, current: str) -> Choices:
    before, comma, last = current.rpartition(",")
    bot = _get_bot(interaction)
    viewer = bot.build_viewer(interaction)
    found = await bot.sources.vndb.suggest(kinds.TAG, last.strip(), asker=interaction.user.id)
    allowed = [tag for tag in found if viewer.age_restricted or not tag.is_sexual]
    return _offer_last(before + comma, ((tag.name, tag.id) for tag in allowed))


async def complete_picture_tags(interaction: Interaction, current: str) -> Choices:
    """Completion of an option that names several tags of pictures: of the last one."""
    return await complete(interaction, _find_picture_tags(interaction, current), clock=_get_bot(interaction).clock)


async def complete_artist(interaction: Interaction, current: str) -> Choices:
    """Completion of an option that is a pattern of artists' names."""
    return await complete(interaction, _find_artists(interaction, current), clock=_get_bot(interaction).clock)


async def complete_category(interaction: Interaction, current: str) -> Choices:
    """Completion of an option that is a pattern of categories' names."""
    return await complete(interaction, _find_categories(interaction, current), clock=_get_bot(interaction).clock)


async def _find_picture_tags(interaction: Interaction, current: str) -> Choices:
    before, comma, last = current.rpartition(",")
    if not _may_see_pictures(interaction):
        return []
    found = await _get_bot(interaction).sources.nekos.names.suggest_tags(last)
    named = {normalise_tag(tag) for tag in before.split(",")}
    fitting = [tag for tag in found if tag not in named and _may_be_asked(tag, interaction)]
    return _offer_last(before + comma, ((tag.replace("_", " "), tag) for tag in fitting))


async def _find_artists(interaction: Interaction, current: str) -> Choices:
    if not _may_see_pictures(interaction):
        return []
    return _offer_patterns(await _get_bot(interaction).sources.nekos.names.suggest_artists(current), "artist")


async def _find_categories(interaction: Interaction, current: str) -> Choices:
    if not _may_see_pictures(interaction):
        return []
    found = await _get_bot(interaction).sources.nekos.names.suggest_categories(current)
    # What is safe in a category that is not is looked for in vain.
    marked = _find_rating(interaction) != "safe"
    names = [one.name for one in found if (marked or not one.nsfw) and _may_be_asked(one.name, interaction)]
    return _offer_patterns(names, "category")


def _may_see_pictures(interaction: Interaction) -> bool:
    return _get_bot(interaction).build_viewer(interaction).rules.rule_pictures().shows


def _may_be_asked(tag: str, interaction: Interaction) -> bool:
    """Whether a picture with that tag may be shown, of the rating that is chosen."""
    return not is_withheld(_find_rating(interaction), tags=[tag])


def _find_rating(interaction: Interaction) -> AskedRating:
    """The rating that is chosen, of those that may stand here."""
    chosen = getattr(interaction.namespace, "rating", None)
    allowed = _get_bot(interaction).build_viewer(interaction).age_restricted
    fitting: list[AskedRating] = [rating for rating in RATINGS if allowed and rating == chosen]
    return fitting[0] if fitting else "safe"


def _offer_patterns(names: Iterable[str], kind: Searched) -> Choices:
    return [
        app_commands.Choice(name=clip_field(one_line(name), _CHOICE_LIMIT), value=quote_name(name, kind=kind))
        for name in dict.fromkeys(names)
        if one_line(name)
    ][:25]


def _offer_last(before: str, found: Iterable[tuple[str, str]]) -> Choices:
    """What was typed before the last of several tags, with each name and value of those found for it."""
    choices = [(_name_last(before, name), f"{before}{value}") for name, value in found]
    return [
        app_commands.Choice(name=clip_field(name, _CHOICE_LIMIT), value=value)
        for name, value in choices[:25]
        if count_units(value) <= _CHOICE_LIMIT
    ]


def _name_last(before: str, name: str) -> str:
    """The tags so far, without the first ones where the new one, by which choices differ, would have no room.

    Who types on sends what is shown: the ellipsis is a tag of its own, which is refused, so that none is lost unsaid.
    """
    shown = one_line(f"{before} {name}")
    while count_units(shown) > _CHOICE_LIMIT and before:
        before = before.partition(",")[2]
        shown = one_line(f"…, {before} {name}")
    return shown


def _match_names(names: Mapping[str, str], current: str) -> Choices:
    """The codes whose name holds what was typed; those that begin with it come first."""
    typed = current.strip().casefold()
    hits = [(code, name) for code, name in names.items() if typed in name.casefold() or typed == code.casefold()]
    hits.sort(key=lambda hit: (not hit[1].casefold().startswith(typed), hit[1]))
    return [app_commands.Choice(name=name, value=code) for code, name in hits[:25]]


def _get_bot(interaction: Interaction) -> Shiori:
    return cast("Shiori", interaction.client)


complete_vn = complete_entry(kinds.VN, name_vn)
complete_release = complete_entry(kinds.RELEASE, name_release)
complete_character = complete_entry(kinds.CHARACTER, name_character)
complete_producer = complete_entry(kinds.PRODUCER, name_producer)
complete_staff = complete_entry(kinds.STAFF, name_staff)
complete_tag = complete_entry(kinds.TAG, name_tag)
complete_trait = complete_entry(kinds.TRAIT, name_trait)
complete_language = complete_code(lambda names: names.languages)
complete_platform = complete_code(lambda names: names.platforms)
complete_medium = complete_code(lambda names: names.media)
complete_role = complete_code(lambda names: names.staff_roles)
complete_engine = complete_code(lambda _names: {name: name for name in ENGINES})
complete_anime_character = complete_profile(lambda anilist, text, asker: anilist.suggest_characters(text, asker=asker))
complete_anime_staff = complete_profile(lambda anilist, text, asker: anilist.suggest_people(text, asker=asker))
complete_studio = complete_profile(lambda anilist, text, asker: anilist.suggest_studios(text, asker=asker))
complete_vndb_user = complete_person("VNDB", lambda sources: sources.vndb_people)
complete_anilist_user = complete_person("AniList", lambda sources: sources.anilist_people)
