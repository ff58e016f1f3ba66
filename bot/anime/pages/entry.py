"""Characters, people, studios and users of AniList: `al-character/17`, `al-staff/95`, `al-studio/18`, `al-user/Aya`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.anime.api.anilist.client import AniList
from bot.anime.api.model import Appearance, Character, Person, Studio
from bot.anime.cards.comparison import render_comparison
from bot.anime.cards.person import (
    may_stand,
    render_appearances,
    render_character,
    render_character_list,
    render_person,
    render_person_list,
    render_person_works,
)
from bot.anime.cards.studio import render_studio, render_studio_list, render_studio_works
from bot.anime.cards.text import is_known_id
from bot.anime.cards.title import name_of
from bot.anime.cards.user import render_user, render_user_list
from bot.anime.pages.media import KINDS
from bot.anime.pages.source import AnimeSources
from bot.cards.text import escape_line
from bot.errors import InvalidInput, Near, NotFound
from bot.navigation.encoded_text import decode_text, encode_text
from bot.navigation.frame import PageView
from bot.navigation.kept_place import fit_place
from bot.navigation.visit import Groups, Route, Visit
from bot.service.near_find import Shelf
from bot.service.near_match import with_near
from bot.service.record import Card, Found

T = TypeVar("T", Character, Person, Studio)


@dataclass(frozen=True, slots=True)
class EntryKind(Generic[T]):
    """How a kind of entry is asked for and shown. `name` stands in addresses."""

    name: str
    noun: str
    search: Callable[[AniList, str, int], Awaitable[Found[T]]]
    fetch: Callable[[AniList, int], Awaitable[Card[T]]]
    fetch_works: Callable[[AniList, int, int], Awaitable[Found[Appearance]]]
    render: Callable[..., PageView]
    render_works: Callable[..., PageView]
    render_list: Callable[..., PageView]


CHARACTER: EntryKind[Character] = EntryKind(
    "character",
    "character",
    lambda anilist, text, page: anilist.search_characters(text, page=page),
    lambda anilist, entry_id: anilist.fetch_character(entry_id),
    lambda anilist, entry_id, page: anilist.fetch_appearances(entry_id, page=page),
    render_character,
    render_appearances,
    render_character_list,
)
STAFF: EntryKind[Person] = EntryKind(
    "staff",
    "person",
    lambda anilist, text, page: anilist.search_people(text, page=page),
    lambda anilist, entry_id: anilist.fetch_person(entry_id),
    lambda anilist, entry_id, page: anilist.fetch_works(entry_id, page=page),
    render_person,
    render_person_works,
    render_person_list,
)
STUDIO: EntryKind[Studio] = EntryKind(
    "studio",
    "studio",
    lambda anilist, text, page: anilist.search_studios(text, page=page),
    lambda anilist, entry_id: anilist.fetch_studio(entry_id),
    lambda anilist, entry_id, page: anilist.fetch_studio_works(entry_id, page=page),
    render_studio,
    render_studio_works,
    render_studio_list,
)
_ENTRY_KINDS: Mapping[str, EntryKind[Any]] = {kind.name: kind for kind in (CHARACTER, STAFF, STUDIO)}


async def show_named(of: EntryKind[T], text: str, sources: AnimeSources, visit: Visit) -> PageView:
    """The only entry that a search finds, or all of them. Raises `NotFound` if that is none, `ServiceError`."""
    found = await of.search(sources.anilist, text, visit.address.number)
    if not found.items:
        error = NotFound("anilist", f'{of.noun} called "{text}"')
        raise await _add_near(error, text, of, sources, visit)
    if len(found.items) == 1 and visit.address.number == 1:
        return await _show_entry((of.name, str(found.items[0].id), ""), sources, visit)
    place = await fit_place(f"al-find/{of.name}/{encode_text(text)}", sources)
    address = visit.address.go(place).turn(visit.address.number)
    return of.render_list(found, heading=f"Found for “{escape_line(text)}”", viewer=visit.viewer, address=address)


async def _add_near(error: NotFound, text: str, of: EntryKind[T], sources: AnimeSources, visit: Visit) -> NotFound:
    viewer = visit.viewer

    async def search(texts: Sequence[str]) -> list[T]:
        return (await of.search(sources.anilist, texts[0], 1)).items

    def describe(one: T) -> Near | None:
        if not is_known_id(one.id):
            return None
        name = one.name if isinstance(one, Studio) else name_of(one.name, viewer)
        return Near(visit.address.go(f"al-{of.name}/{one.id}").encode(), name)

    asked = (of.name, viewer.age_restricted)
    shelf = Shelf(asked, search, _list_names, lambda one: may_stand(one, viewer))
    return await with_near(error, text, sources.anilist.near, shelf, describe)


def _list_names(one: Character | Person | Studio) -> Iterable[str | None]:
    """All that may be named: what is a spoiler is not."""
    return (one.name,) if isinstance(one, Studio) else (one.name.full, one.name.native, *one.name.alternative)


async def _show_found(groups: Groups, sources: AnimeSources, visit: Visit) -> PageView:
    return await show_named(_ENTRY_KINDS[groups[0]], decode_text(groups[1]), sources, visit)


async def _show_entry(groups: Groups, sources: AnimeSources, visit: Visit) -> PageView:
    of, entry_id = _ENTRY_KINDS[groups[0]], int(groups[1])
    address = visit.address.go(f"al-{of.name}/{entry_id}{groups[2]}").turn(visit.address.number)
    works_page = address.number if groups[2] else 1
    card, works = await asyncio.gather(
        of.fetch(sources.anilist, entry_id), of.fetch_works(sources.anilist, entry_id, works_page)
    )
    render = of.render_works if groups[2] else of.render
    return render(card.with_part(works), works, viewer=visit.viewer, address=address)


async def show_user(name: str, sources: AnimeSources, visit: Visit, *, page: str = "") -> PageView:
    """A public profile, or its list `/anime` or `/manga`. Raises `InvalidInput` for what is no name, `NotFound`."""
    card = await sources.anilist.fetch_user(name)
    address = visit.address.go(f"al-user/{card.entry.name}{page}").turn(visit.address.number)
    if not page:
        return render_user(card, viewer=visit.viewer, address=address)
    kind = KINDS[page.removeprefix("/")]
    listed = await sources.anilist.fetch_user_list(card.entry.id, kind)
    return render_user_list(card, listed, kind=kind, viewer=visit.viewer, address=address)


async def show_comparison(kind: str, first: str, second: str, sources: AnimeSources, visit: Visit) -> PageView:
    """What two people think of the `anime` or `manga` that both scored. Raises as `show_user`."""
    if first.casefold() == second.casefold():
        raise InvalidInput("second user", "is the same as the first")
    cards = await asyncio.gather(*(sources.anilist.fetch_user(name) for name in (first, second)))
    users = (cards[0].entry, cards[1].entry)
    lists = await asyncio.gather(*(sources.anilist.fetch_user_list(user.id, KINDS[kind]) for user in users))
    address = visit.address.go(f"al-compare/{kind}/{users[0].name}/{users[1].name}").turn(visit.address.number)
    return render_comparison(users, (lists[0], lists[1]), kind=KINDS[kind], viewer=visit.viewer, address=address)


async def _show_user(groups: Groups, sources: AnimeSources, visit: Visit) -> PageView:
    return await show_user(groups[0], sources, visit, page=groups[1])


async def _show_comparison(groups: Groups, sources: AnimeSources, visit: Visit) -> PageView:
    return await show_comparison(groups[0], groups[1], groups[2], sources, visit)


_NAME = "([A-Za-z0-9_-]{2,20})"
ROUTES: tuple[Route[AnimeSources], ...] = (
    (r"al-(character|staff|studio)/([1-9][0-9]{0,9})(/works|)", _show_entry),
    (r"al-find/(character|staff|studio)/([A-Za-z0-9_-]+)", _show_found),
    (rf"al-user/{_NAME}(/anime|/manga|)", _show_user),
    (rf"al-compare/(anime|manga)/{_NAME}/{_NAME}", _show_comparison),
)
