"""What the sample AniList answers to each field: the roots, pages, and what works and people are joined by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar, cast

from bot.playground.service.anilist.airing import Episode
from bot.playground.service.anilist.data import WrittenCharacter, WrittenPerson, WrittenUser, names_one
from bot.playground.service.anilist.execute import NoneSuch, Row
from bot.playground.service.anilist.join import Join, count_studio_favourites
from bot.playground.service.anilist.media import Arguments, Rows, Shelf
from bot.playground.service.anilist.paging import Paging, cut_page
from bot.playground.service.search import matches, rank

T = TypeVar("T")
_Named = TypeVar("_Named", WrittenCharacter, WrittenPerson)
_MAX_PER_PAGE = 50
_EPISODE_SORTS: dict[str, Callable[[Episode], int]] = {
    "ID": lambda one: one.id,
    "MEDIA_ID": lambda one: one.work.id,
    "TIME": lambda one: one.airs_s,
    "EPISODE": lambda one: one.number,
}


class AnilistGraph:
    """The graph of a shelf's library."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._library = shelf.library
        self._join = join = Join(shelf)
        self._resolvers: dict[str, Callable[[Row, Arguments], object]] = {
            **join.resolvers,
            "Query.Page": lambda _, arguments: {"paging": Paging.read(arguments, most=_MAX_PER_PAGE)},
            "Query.Media": lambda _, arguments: shelf.build(_first(shelf.find_works(arguments))),
            "Query.Character": lambda _, arguments: join.build_character(_first(self._find_characters(arguments))),
            "Query.Staff": lambda _, arguments: join.build_person(_first(self._find_staff(arguments))),
            "Query.Studio": lambda _, arguments: join.build_studio(_first(self._find_studios(arguments))),
            "Query.AiringSchedule": lambda _, arguments: shelf.build_episode(_first(self._find_episodes(arguments))),
            "Query.User": lambda _, arguments: join.build_user(self._find_user(arguments, "name", "id")),
            "Query.MediaListCollection": lambda _, arguments: join.build_lists(
                self._find_user(arguments, "userName", "userId"), arguments
            ),
            "Query.SiteStatistics": lambda _, __: self._count_all(),
            "Query.GenreCollection": lambda _, __: self._library.genres,
            "Query.MediaTagCollection": lambda _, __: self._list_tags(),
            "Page.pageInfo": lambda row, _: cast("Paging", row["paging"]).build_info(),
            "Page.media": self._page(shelf.find_works, shelf.build),
            "Page.characters": self._page(self._find_characters, join.build_character),
            "Page.staff": self._page(self._find_staff, join.build_person),
            "Page.studios": self._page(self._find_studios, join.build_studio),
            "Page.airingSchedules": self._page(self._find_episodes, shelf.build_episode),
            "Page.users": self._page(self._find_users, join.build_user),
            "Page.recommendations": lambda _, __: [],
        }

    def resolve(self, type_name: str, field: str, row: Row, arguments: Mapping[str, object]) -> object:
        """The value of a field; what the sample has nothing of is null. Raises NoneSuch."""
        resolver = self._resolvers.get(f"{type_name}.{field}")
        return row.get(field) if resolver is None else resolver(row, arguments)

    @staticmethod
    def _page(
        find: Callable[[Arguments], Sequence[T]], build: Callable[[T], Rows]
    ) -> Callable[[Row, Arguments], object]:
        """What a page of a list is: of all that is found only what stands on it is built."""
        return lambda row, arguments: [build(one) for one in cut_page(find(arguments), cast("Paging", row["paging"]))]

    def _find_characters(self, arguments: Arguments) -> list[WrittenCharacter]:
        return self._keep_born(_find_named(self._library.characters.values(), arguments), arguments)

    def _find_staff(self, arguments: Arguments) -> list[WrittenPerson]:
        return self._keep_born(_find_named(self._library.staff.values(), arguments), arguments)

    def _find_studios(self, arguments: Arguments) -> list[int]:
        named = names_one(arguments)
        text = cast("str | None", arguments.get("search"))
        found = [
            (number, name)
            for number, name in self._library.studios.items()
            if _fits_id(number, arguments)
            and (named or name in self._library.shelved_studios)
            and (text is None or matches([name], text))
        ]
        sort = _read_sort(arguments)
        if sort == "NAME":
            found.sort(key=lambda one: one[1].casefold())
        elif sort == "FAVOURITES_DESC":
            found.sort(key=lambda one: -count_studio_favourites(one[0]))
        else:
            found.sort(key=lambda one: rank([one[1]], text or ""))
        return [number for number, _ in found]

    def _find_users(self, arguments: Arguments) -> list[WrittenUser]:
        text = str(arguments.get("search") or arguments.get("name") or "")
        return [one for one in self._library.users.values() if matches([one.name], text) and not one.private]

    def _find_user(self, arguments: Arguments, name: str, number: str) -> WrittenUser:
        asked = arguments.get(number)
        found = self._library.users.get(cast("int", asked)) if asked is not None else None
        text = arguments.get(name) or arguments.get("search")
        found = found or (self._library.find_user(str(text)) if text else None)
        if found is None:
            raise NoneSuch("User not found" if name == "userName" else "Not Found.")
        if found.private:
            raise NoneSuch("Private User")
        return found

    def _keep_born(self, found: Sequence[_Named], arguments: Arguments) -> list[_Named]:
        """Of these, with `isBirthday`, those whose birthday is today."""
        wanted = arguments.get("isBirthday")
        today = datetime.fromtimestamp(self._shelf.schedule.now(), UTC).strftime("-%m-%d")
        return [one for one in found if wanted is None or (one.born or "").endswith(today) is wanted]

    def _count_all(self) -> Rows:
        library = self._library
        numbers = {
            "users": len(library.users),
            "anime": sum(one.kind == "ANIME" for one in library.works.values()),
            "manga": sum(one.kind == "MANGA" for one in library.works.values()),
            "characters": len(library.characters),
            "staff": len(library.staff),
            "studios": len(library.studios),
            "reviews": 0,
        }
        day = int(self._shelf.schedule.now()) // 86_400 * 86_400
        return {name: {"nodes": [{"date": day, "count": number, "change": 0}]} for name, number in numbers.items()}

    def _list_tags(self) -> list[Rows]:
        tags, shelved = self._library.tag_ids, self._library.shelved_tags
        return [{"id": number, "name": name} for name, number in tags.items() if name in shelved]

    def _find_episodes(self, arguments: Arguments) -> list[Episode]:
        now = self._shelf.schedule.now()
        found = [one for one in self._shelf.schedule.list_all() if _fits_episode(one, arguments, now)]
        for name in reversed(cast("list[str]", arguments.get("sort", []))):
            found.sort(key=_EPISODE_SORTS[name.removesuffix("_DESC")], reverse=name.endswith("_DESC"))
        return found


def _first(rows: Sequence[T]) -> T:
    if not rows:
        raise NoneSuch
    return rows[0]


def _fits_id(number: int, arguments: Arguments, name: str = "id") -> bool:
    return (
        arguments.get(name, number) == number
        and arguments.get(f"{name}_not") != number
        and number in cast("list[int]", arguments.get(f"{name}_in", [number]))
        and number not in cast("list[int]", arguments.get(f"{name}_not_in", []))
    )


def _find_named(rows: Iterable[_Named], arguments: Arguments) -> list[_Named]:
    text = cast("str | None", arguments.get("search"))
    named = names_one(arguments)
    found = [
        one
        for one in rows
        if _fits_id(one.id, arguments)
        and (named or not one.named_only)
        and (text is None or matches(_list_names(one), text))
    ]
    if _read_sort(arguments) == "FAVOURITES_DESC":
        found.sort(key=lambda one: -one.favourites)
    elif text is not None:
        found.sort(key=lambda one: (rank(_list_names(one), text), -one.favourites))
    return found


def _read_sort(arguments: Arguments) -> str:
    """The first of the orders that are asked for."""
    return next(iter(cast("list[str]", arguments.get("sort", []))), "")


def _list_names(one: WrittenCharacter | WrittenPerson) -> list[str]:
    more = one.alternative if isinstance(one, WrittenCharacter) else []
    return [name for name in (one.name, one.native, *more) if name]


def _fits_episode(one: Episode, arguments: Arguments, now: float) -> bool:
    waits = arguments.get("notYetAired")
    return (
        _fits_id(one.id, arguments)
        and _fits_id(one.work.id, arguments, "mediaId")
        and _fits_id(one.number, arguments, "episode")
        and one.airs_s > cast("int", arguments.get("airingAt_greater", 0))
        and one.airs_s < cast("int", arguments.get("airingAt_lesser", 2**31))
        and arguments.get("airingAt", one.airs_s) == one.airs_s
        and (waits is None or waits == (one.airs_s > now))
    )
