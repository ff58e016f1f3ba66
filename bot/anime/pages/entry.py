"""Characters, people, studios and users of AniList."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, TypeVar, cast, get_args
from urllib.parse import quote

from bot.anime.api.anilist.client import AniList
from bot.anime.api.anilist.error import SERVICE
from bot.anime.api.model import AnimeUser, Appearance, Character, ListEntry, MediaKind, Person, Studio
from bot.anime.api.wish import PART_SIZE, NameSort, NameWish
from bot.anime.cards.comparison import render_comparison
from bot.anime.cards.page import find_block
from bot.anime.cards.person import (
    may_stand,
    render_appearances,
    render_character,
    render_character_details,
    render_character_list,
    render_person,
    render_person_details,
    render_person_list,
    render_person_roles,
    render_person_works,
)
from bot.anime.cards.route import USER_NAME, ProfileRoute, UserRoute, is_user_name
from bot.anime.cards.studio import render_studio, render_studio_list, render_studio_works
from bot.anime.cards.text import is_known_id
from bot.anime.cards.title import name_of
from bot.anime.cards.user import render_user, render_user_list
from bot.anime.pages.list import SEARCH_LABEL
from bot.anime.pages.media import KINDS
from bot.anime.pages.source import AnimeSources
from bot.cards.text import escape_line
from bot.errors import InvalidInput, Near, NotFound
from bot.navigation.address import Address
from bot.navigation.encoded_text import decode_text, encode_text
from bot.navigation.frame import Shown
from bot.navigation.page import Lead, Opened, Page, Visit, open_page
from bot.navigation.route import Part, one_of
from bot.navigation.viewer import Viewer
from bot.service.near_find import Shelf
from bot.service.near_match import with_near
from bot.service.record import Card, Found

T = TypeVar("T", Character, Person, Studio)
Listed = tuple[Card[Any], Found[Appearance]]


@dataclass(frozen=True, slots=True)
class EntryKind(Generic[T]):
    """How a kind of entry is asked for and shown. `name` stands in addresses, `menu` are the labels of its pages.

    `fetch_best` gives the works that its card shows, `fetch_works` a page of those that it lists.
    """

    name: str
    noun: str
    plural: str
    menu: tuple[str, ...]
    search: Callable[[AniList, NameWish, int], Awaitable[Found[T]]]
    fetch: Callable[[AniList, int], Awaitable[Card[T]]]
    fetch_best: Callable[[AniList, int], Awaitable[Found[Appearance]]]
    fetch_works: Callable[[AniList, int, int], Awaitable[Found[Appearance]]]
    render: Callable[..., Shown]
    render_details: Callable[..., Shown]
    render_works: Callable[..., Shown]
    render_list: Callable[..., Shown]


CHARACTER: EntryKind[Character] = EntryKind(
    "character",
    "character",
    "Characters",
    ("Overview", "Details", "Works"),
    lambda anilist, wish, page: anilist.search_characters(wish, page=page),
    lambda anilist, entry_id: anilist.fetch_character(entry_id),
    lambda anilist, entry_id: anilist.fetch_appearances(entry_id),
    lambda anilist, entry_id, page: anilist.fetch_appearances(entry_id, page=page),
    render_character,
    render_character_details,
    render_appearances,
    render_character_list,
)
STAFF: EntryKind[Person] = EntryKind(
    "staff",
    "person",
    "People",
    ("Overview", "Details", "Roles", "Works"),
    lambda anilist, wish, page: anilist.search_people(wish, page=page),
    lambda anilist, entry_id: anilist.fetch_person(entry_id),
    lambda anilist, entry_id: anilist.fetch_works(entry_id),
    lambda anilist, entry_id, page: anilist.fetch_made(entry_id, page=page),
    render_person,
    render_person_details,
    render_person_works,
    render_person_list,
)
STUDIO: EntryKind[Studio] = EntryKind(
    "studio",
    "studio",
    "Studios",
    ("Overview", "Works"),
    lambda anilist, wish, page: anilist.search_studios(wish, page=page),
    lambda anilist, entry_id: anilist.fetch_studio(entry_id),
    lambda anilist, entry_id: anilist.fetch_studio_works(entry_id),
    lambda anilist, entry_id, page: anilist.fetch_studio_works(entry_id, page=page),
    render_studio,
    render_studio,
    render_studio_works,
    render_studio_list,
)
_ENTRY_KINDS: Mapping[str, EntryKind[Any]] = {kind.name: kind for kind in (CHARACTER, STAFF, STUDIO)}


class ProfilePage(Page[AnimeSources, Listed], ProfileRoute):
    """A page of an entry, and some of its works."""

    menu = "profile"

    @property
    def of(self) -> EntryKind[Any]:
        return _ENTRY_KINDS[self.kind]

    def name(self) -> str:
        return self.label if self.label in self.of.menu else ""

    async def fetch(self, visit: Visit[AnimeSources], works: Awaitable[Found[Appearance]]) -> Listed:
        """The entry, and these of its works."""
        return await asyncio.gather(self.of.fetch(visit.sources.anilist, self.id), works)


class ProfileCard(ProfilePage):
    label = "Overview"

    async def ask(self, visit: Visit[AnimeSources]) -> Listed:
        return await self.fetch(visit, self.of.fetch_best(visit.sources.anilist, self.id))

    def show(self, asked: Listed, viewer: Viewer, address: Address) -> Shown:
        card, works = asked
        return self.of.render(card.with_part(works), works, viewer=viewer, address=address)


class ProfileDetails(ProfileCard):
    path = "al-{kind}/{id}/details"
    label = "Details"

    def show(self, asked: Listed, viewer: Viewer, address: Address) -> Shown:
        card, works = asked
        return self.of.render_details(card.with_part(works), works, viewer=viewer, address=address)


class ProfileRoles(ProfilePage):
    """The works with the voice of somebody."""

    path = "al-{kind}/{id}/roles"
    label = "Roles"

    async def ask(self, visit: Visit[AnimeSources]) -> Listed:
        if not self.name():
            raise NotFound(SERVICE, f"roles of {self.of.noun} {self.id}")
        number = find_block(visit.address, PART_SIZE)
        return await self.fetch(visit, visit.sources.anilist.fetch_voiced(self.id, page=number))

    def show(self, asked: Listed, viewer: Viewer, address: Address) -> Shown:
        card, works = asked
        return render_person_roles(card.with_part(works), works, viewer=viewer, address=address)


class ProfileWorks(ProfilePage):
    path = "al-{kind}/{id}/works"
    label = "Works"

    async def ask(self, visit: Visit[AnimeSources]) -> Listed:
        number = find_block(visit.address, PART_SIZE)
        return await self.fetch(visit, self.of.fetch_works(visit.sources.anilist, self.id, number))

    def show(self, asked: Listed, viewer: Viewer, address: Address) -> Shown:
        card, works = asked
        return self.of.render_works(card.with_part(works), works, viewer=viewer, address=address)


def _write_wish(wish: NameWish) -> str:
    return wish.sort + (f"/{encode_text(wish.text)}" if wish.text else "")


def _read_wish(place: str) -> NameWish:
    sort, _, text = place.partition("/")
    return NameWish(decode_text(text) if text else None, cast("NameSort", sort))


NAME_WISH = Part(rf"(?:{'|'.join(get_args(NameSort))})(?:/[A-Za-z0-9_-]+)?", _read_wish, _write_wish)


@dataclass(frozen=True)
class ProfileSearch(Page[AnimeSources, Found[Any]]):
    """The characters, people or studios that are as wished."""

    path = "al-find/{kind}/{wish}"
    kind: Annotated[str, one_of(_ENTRY_KINDS)]
    wish: Annotated[NameWish, NAME_WISH]

    async def ask(self, visit: Visit[AnimeSources]) -> Found[Any]:
        of, text = _ENTRY_KINDS[self.kind], self.wish.text
        found = await of.search(visit.sources.anilist, self.wish, find_block(visit.address, PART_SIZE))
        if found.items or visit.address.number > 1:
            return found
        if text is None:
            raise NotFound(SERVICE, f"{of.noun} like that")
        error = NotFound(SERVICE, f"{of.noun} called “{text}”")
        place = "staff" if of is STAFF else f"{of.name}s"
        error.search = (SEARCH_LABEL, f"https://anilist.co/search/{place}?search={quote(text, safe='')}")
        raise await _add_near(error, text, of, visit)

    def show(self, asked: Found[Any], viewer: Viewer, address: Address) -> Shown:
        of = _ENTRY_KINDS[self.kind]
        return of.render_list(asked, heading=_describe(self.wish, of), viewer=viewer, address=address)


def _describe(wish: NameWish, of: EntryKind[Any]) -> str:
    """A list's heading: what was asked for, escaped."""
    if wish.sort == "match" and wish.text:
        return f"Found for “{escape_line(wish.text)}”"
    heading = f"{of.plural} by name" if wish.sort == "name" else f"Favourite {of.plural.lower()}"
    return f"{heading}, for “{escape_line(wish.text)}”" if wish.text else heading


async def find_named(of: EntryKind[Any], text: str, visit: Visit[AnimeSources]) -> Lead[AnimeSources]:
    """The only entry that a search finds, or all of them. Raises `NotFound` if that is none, `ServiceError`."""
    search = ProfileSearch(of.name, NameWish(text))
    found = await search.ask(visit)
    if len(found.items) == 1 and is_known_id(found.items[0].id):
        return ProfileCard(of.name, found.items[0].id)
    return open_page(search, found)


async def _add_near(error: NotFound, text: str, of: EntryKind[T], visit: Visit[AnimeSources]) -> NotFound:
    viewer, sources = visit.viewer, visit.sources

    async def search(texts: Sequence[str]) -> list[T]:
        return (await of.search(sources.anilist, NameWish(texts[0]), 1)).items

    def describe(one: T) -> Near | None:
        if not is_known_id(one.id):
            return None
        name = one.name if isinstance(one, Studio) else name_of(one.name, viewer)
        return Near(visit.address.go(ProfileRoute(of.name, one.id)).encode(), name)

    asked = (of.name, viewer.age_restricted)
    shelf = Shelf(asked, search, list_profile_names, lambda one: may_stand(one, viewer))
    return await with_near(error, text, sources.anilist.near, shelf, describe)


def list_profile_names(one: Character | Person | Studio) -> Iterable[str | None]:
    """All that may be named: what is a spoiler is not."""
    return (one.name,) if isinstance(one, Studio) else (one.name.full, one.name.native, *one.name.alternative)


class UserCard(Page[AnimeSources, Card[AnimeUser]], UserRoute):
    menu = "user"
    label = "Overview"

    async def ask(self, visit: Visit[AnimeSources]) -> Card[AnimeUser]:
        return await visit.sources.anilist.fetch_user(self.user)

    def show(self, asked: Card[AnimeUser], viewer: Viewer, address: Address) -> Shown:
        return render_user(asked, viewer=viewer, address=address)


class _UserList(Page[AnimeSources, tuple[Card[AnimeUser], Found[ListEntry]]], UserRoute):
    """A list of somebody's."""

    menu = "user"
    of: ClassVar[MediaKind]

    async def ask(self, visit: Visit[AnimeSources]) -> tuple[Card[AnimeUser], Found[ListEntry]]:
        card = await visit.sources.anilist.fetch_user(self.user)
        return card, await visit.sources.anilist.fetch_user_list(card.entry.id, self.of)

    def show(self, asked: tuple[Card[AnimeUser], Found[ListEntry]], viewer: Viewer, address: Address) -> Shown:
        card, listed = asked
        return render_user_list(card, listed, kind=self.of, viewer=viewer, address=address)


class UserAnime(_UserList):
    path = "al-user/{user}/anime"
    label = "Anime"
    of = "ANIME"


class UserManga(_UserList):
    path = "al-user/{user}/manga"
    label = "Manga"
    of = "MANGA"


@dataclass(frozen=True, slots=True)
class Compared:
    """Two people, and the list of each."""

    users: tuple[AnimeUser, AnimeUser]
    lists: tuple[Found[ListEntry], Found[ListEntry]]


@dataclass(frozen=True)
class UserComparison(Page[AnimeSources, Compared]):
    """What two people think of the anime or manga that both scored."""

    path = "al-compare/{kind}/{first}/{second}"
    kind: Annotated[str, one_of(KINDS)]
    first: Annotated[str, USER_NAME]
    second: Annotated[str, USER_NAME]

    async def ask(self, visit: Visit[AnimeSources]) -> Compared:
        anilist, kind = visit.sources.anilist, KINDS[self.kind]
        first, second = await asyncio.gather(anilist.fetch_user(self.first), anilist.fetch_user(self.second))
        lists = await asyncio.gather(*(anilist.fetch_user_list(one.entry.id, kind) for one in (first, second)))
        return Compared((first.entry, second.entry), (lists[0], lists[1]))

    def show(self, asked: Compared, viewer: Viewer, address: Address) -> Shown:
        return render_comparison(asked.users, asked.lists, kind=KINDS[self.kind], viewer=viewer, address=address)


async def find_user(name: str, visit: Visit[AnimeSources]) -> Opened:
    """A public profile. Raises `InvalidInput` for what is no name, `NotFound`, `ServiceError`."""
    card = await visit.sources.anilist.fetch_user(name)
    return open_page(UserCard(card.entry.name if is_user_name(card.entry.name) else name), card)


def compare_users(kind: str, first: str, second: str) -> UserComparison:
    """What two people think. Raises `InvalidInput` for what is no name."""
    return UserComparison(kind, check_name(first), check_name(second))


def check_name(name: str) -> str:
    """The name, if AniList can know somebody by it. Raises `InvalidInput`."""
    if not is_user_name(name):
        raise InvalidInput("AniList name", "must have 2 to 20 letters, digits, - and _")
    return name
