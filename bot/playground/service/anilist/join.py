"""What works, characters, people, studios and profiles of the sample AniList are joined by: its connections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import cast

from bot.playground.service.anilist.data import Work, WrittenCharacter, WrittenPerson, WrittenUser
from bot.playground.service.anilist.execute import Row
from bot.playground.service.anilist.media import Arguments, Rows, Shelf, build_date
from bot.playground.service.anilist.paging import Paging, cut_page
from bot.playground.service.anilist.picture import build_portraits

_MAX_PER_CONNECTION = 25
_MAX_PER_CHUNK = 500
_ROLES = ("MAIN", "SUPPORTING", "BACKGROUND")
_NO_TIME: Rows = {"count": 0, "meanScore": 0, "standardDeviation": 0, "minutesWatched": 0, "episodesWatched": 0}
_LISTS = {
    "CURRENT": "Watching",
    "REPEATING": "Rewatching",
    "COMPLETED": "Completed",
    "PAUSED": "Paused",
    "DROPPED": "Dropped",
    "PLANNING": "Planning",
}


class Join:
    """Builds connections and the rows of all but works; `resolvers` are those of their fields."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._library = shelf.library
        self.resolvers: dict[str, Callable[[Row, Arguments], object]] = {
            "Media.status": self._status,
            "Media.relations": self._relations,
            "Media.characters": self._cast,
            "Media.staff": self._credits,
            "Media.studios": self._studios,
            "Media.recommendations": self._recommendations,
            "Media.nextAiringEpisode": self._next_episode,
            "Media.airingSchedule": self._schedule,
            "AiringSchedule.media": lambda row, _: self._media(row["mediaId"]),
            "MediaList.media": lambda row, _: self._media(row["mediaId"]),
            "MediaList.score": _show_score,
            "CharacterEdge.voiceActors": _voices,
            "CharacterEdge.voiceActorRoles": lambda row, given: [{"voiceActor": one} for one in _voices(row, given)],
            "MediaEdge.voiceActors": _voices,
            "Character.media": self._appearances,
            "Staff.staffMedia": self._works_of_staff,
            "Staff.characterMedia": self._parts,
            "Staff.characters": self._characters_of_voice,
            "Studio.media": self._works_of_studio,
        }

    def _work(self, row: Row) -> Work:
        return self._library.works[cast("int", row["id"])]

    def _media(self, number: object) -> Rows | None:
        work = self._library.works.get(cast("int", number))
        return None if work is None else self._shelf.build(work)

    def _status(self, row: Row, arguments: Arguments) -> object:
        # Without `version: 2` the field knows no hiatus.
        status = row["status"]
        return "RELEASING" if status == "HIATUS" and arguments.get("version") != 2 else status

    def _relations(self, row: Row, _: Arguments) -> Rows:
        edges: list[Rows] = [
            {"node": self._media(number), "relationType": relation, "id": number}
            for number, relation in self._work(row).related
        ]
        return _connect(edges, {}, most=len(edges) + 1)

    def _cast(self, row: Row, arguments: Arguments) -> Rows:
        role = arguments.get("role")
        chosen = [one for one in self._work(row).cast if role in {None, one[1]}]
        if "ROLE" in cast("list[str]", arguments.get("sort", [])):
            chosen.sort(key=lambda one: _ROLES.index(one[1]))
        return _connect(
            [
                {
                    "id": number,
                    "node": self.build_character(self._library.characters[number]),
                    "role": role,
                    "voices": self._people(voices),
                }
                for number, role, voices in chosen
            ],
            arguments,
        )

    def _people(self, numbers: Iterable[int]) -> list[Rows]:
        return [self.build_person(self._library.staff[number]) for number in numbers]

    def _credits(self, row: Row, arguments: Arguments) -> Rows:
        edges: list[Rows] = [
            {"id": number * 100 + at, "node": self.build_person(self._library.staff[number]), "role": role}
            for at, (number, role) in enumerate(self._work(row).credits)
        ]
        return _connect(edges, arguments)

    def _studios(self, row: Row, arguments: Arguments) -> Rows:
        wanted = arguments.get("isMain")
        edges: list[Rows] = [
            {"id": at, "node": self.build_studio(self._library.studio_ids[name]), "isMain": at == 0}
            for at, name in enumerate(self._work(row).studios)
            if wanted in {None, at == 0}
        ]
        return _connect(edges, {})

    def _recommendations(self, row: Row, arguments: Arguments) -> Rows:
        # A recommendation of what was deleted stays, without the work.
        edges: list[Rows] = [
            {
                "node": {
                    "id": at + 1,
                    "rating": 900 - at * 30,
                    "media": row,
                    "mediaRecommendation": self._media(number),
                }
            }
            for at, number in enumerate(self._work(row).recommended)
        ]
        return _connect(edges, arguments)

    def _next_episode(self, row: Row, _: Arguments) -> Rows | None:
        episode = self._shelf.schedule.find_next(self._work(row))
        return None if episode is None else self._shelf.build_episode(episode)

    def _schedule(self, row: Row, arguments: Arguments) -> Rows:
        now, waits = self._shelf.schedule.now(), arguments.get("notYetAired")
        edges: list[Rows] = [
            {"id": one.id, "node": self._shelf.build_episode(one)}
            for one in self._shelf.schedule.find_episodes(self._work(row))
            if waits is None or waits == (one.airs_s > now)
        ]
        return _connect(edges, arguments)

    def _edges(self, works: Iterable[Work], arguments: Arguments, build: Callable[[Work], Rows]) -> Rows:
        kind = arguments.get("type")
        chosen = [one for one in works if kind in {None, one.kind}]
        ordered = self._shelf.sort(chosen, arguments.get("sort"))
        return _connect([{"node": self._shelf.build(one), "id": one.id, **build(one)} for one in ordered], arguments)

    def _appearances(self, row: Row, arguments: Arguments) -> Rows:
        parts = {work.id: part for work in self._library.works.values() for part in work.cast if part[0] == row["id"]}

        def build(work: Work) -> Rows:
            _, role, voices = parts[work.id]
            return {"characterRole": role, "voices": self._people(voices)}

        return self._edges((self._library.works[number] for number in parts), arguments, build)

    def _works_of_staff(self, row: Row, arguments: Arguments) -> Rows:
        roles = {
            work.id: ", ".join(role for number, role in work.credits if number == row["id"])
            for work in self._library.works.values()
        }
        works = (self._library.works[number] for number, role in roles.items() if role)
        return self._edges(works, arguments, lambda work: {"staffRole": roles[work.id]})

    def _parts(self, row: Row, arguments: Arguments) -> Rows:
        def list_parts(work: Work) -> list[tuple[int, str]]:
            return [(number, role) for number, role, voices in work.cast if row["id"] in voices]

        def build(work: Work) -> Rows:
            parts = list_parts(work)
            characters = [self.build_character(self._library.characters[number]) for number, _ in parts]
            return {"characters": characters, "characterRole": parts[0][1]}

        return self._edges((one for one in self._library.works.values() if list_parts(one)), arguments, build)

    def _characters_of_voice(self, row: Row, arguments: Arguments) -> Rows:
        parts: dict[int, Rows] = {}
        for work in self._library.works.values():
            for number, role, voices in work.cast:
                if row["id"] in voices:
                    node = self.build_character(self._library.characters[number])
                    edge = parts.setdefault(number, {"id": number, "node": node, "role": role, "media": []})
                    cast("list[Rows]", edge["media"]).append(self._shelf.build(work))
        return _connect(list(parts.values()), arguments)

    def _works_of_studio(self, row: Row, arguments: Arguments) -> Rows:
        name = self._library.studios[cast("int", row["id"])]
        main = arguments.get("isMain")
        works = [
            one
            for one in self._library.works.values()
            if name in one.studios and main in {None, one.studios[0] == name}
        ]
        return self._edges(works, arguments, lambda work: {"isMainStudio": work.studios[0] == name})

    def build_character(self, one: WrittenCharacter) -> Rows:
        """A `Character`."""
        return {
            "id": one.id,
            "name": _build_name(one.name, one.native, one.alternative)
            | {"alternativeSpoiler": one.alternative_spoiler},
            "image": build_portraits(self._shelf.address, "character", one.id),
            "description": one.about,
            "gender": one.gender,
            "dateOfBirth": build_date(one.born),
            "age": one.age,
            "bloodType": one.blood,
            "favourites": one.favourites,
            "isFavourite": False,
            "siteUrl": f"https://anilist.co/character/{one.id}",
        }

    def build_person(self, one: WrittenPerson) -> Rows:
        """A `Staff`."""
        return {
            "id": one.id,
            "name": _build_name(one.name, one.native, []),
            "languageV2": one.language,
            "language": one.language.upper(),
            "image": build_portraits(self._shelf.address, "staff", one.id),
            "description": one.about,
            "primaryOccupations": one.occupations,
            "gender": one.gender,
            "dateOfBirth": build_date(one.born),
            "dateOfDeath": build_date(None),
            "age": one.age,
            "yearsActive": [],
            "homeTown": one.home,
            "favourites": one.favourites,
            "isFavourite": False,
            "siteUrl": f"https://anilist.co/staff/{one.id}",
        }

    def build_studio(self, number: int) -> Rows:
        """A `Studio`."""
        return {
            "id": number,
            "name": self._library.studios[number],
            "isAnimationStudio": True,
            "siteUrl": f"https://anilist.co/studio/{number}",
            "isFavourite": False,
            "favourites": count_studio_favourites(number),
        }

    def build_user(self, user: WrittenUser) -> Rows:
        """A `User`."""
        return {
            "id": user.id,
            "name": user.name,
            "about": user.about,
            "avatar": build_portraits(self._shelf.address, "user/avatar", user.id),
            "siteUrl": f"https://anilist.co/user/{user.name}",
            "statistics": {"anime": self._count(user.anime), "manga": self._count(user.manga)},
        }

    def _count(self, entries: Sequence[tuple[int, str, int, int]]) -> Rows:
        scores = [score for _, _, score, _ in entries if score]
        works = [
            (self._library.works[number], progress)
            for number, _, _, progress in entries
            if number in self._library.works
        ]
        watched = sum(progress for work, progress in works if work.kind == "ANIME")
        return {
            **_NO_TIME,
            "count": len(entries),
            "meanScore": round(sum(scores) / len(scores), 2) if scores else 0,
            "minutesWatched": sum((work.duration or 0) * progress for work, progress in works),
            "episodesWatched": watched,
            "chaptersRead": sum(progress for _, progress in works) - watched,
            "volumesRead": 0,
        }

    def build_lists(self, user: WrittenUser, arguments: Arguments) -> Rows:
        """A chunk of a `MediaListCollection`, a group for each status."""
        written = user.manga if arguments.get("type") == "MANGA" else user.anime
        entries: list[Rows] = [
            {
                "id": user.id * 100 + at,
                "userId": user.id,
                "mediaId": number,
                "status": status,
                "points": points,
                "progress": progress,
                "private": False,
                "startedAt": build_date(None),
                "completedAt": build_date(None),
            }
            for at, (number, status, points, progress) in enumerate(written)
        ]
        if "MEDIA_ID_DESC" in cast("list[str]", arguments.get("sort", [])):
            entries.sort(key=lambda one: -cast("int", one["mediaId"]))
        given = {"page": arguments.get("chunk", 1), "perPage": arguments.get("perChunk", _MAX_PER_CHUNK)}
        paging = Paging.read(given, most=_MAX_PER_CHUNK)
        entries = cut_page(entries, paging)
        groups: list[Rows] = [
            {
                "name": name,
                "status": status,
                "isCustomList": False,
                "isSplitCompletedList": False,
                "entries": [one for one in entries if one["status"] == status],
            }
            for status, name in _LISTS.items()
        ]
        return {
            "lists": [one for one in groups if one["entries"]],
            "hasNextChunk": paging.more,
            "user": self.build_user(user),
        }


def _connect(edges: list[Rows], arguments: Arguments, *, most: int = _MAX_PER_CONNECTION) -> Rows:
    paging = Paging.read(arguments, most=most)
    shown = cut_page(edges, paging)
    return {"edges": shown, "nodes": [one["node"] for one in shown], "pageInfo": paging.build_info()}


def _voices(row: Row, arguments: Arguments) -> list[Rows]:
    language = arguments.get("language")
    return [one for one in cast("list[Rows]", row.get("voices", [])) if language in {None, one["language"]}]


def _show_score(row: Row, arguments: Arguments) -> float:
    # Profiles choose how they mark; those of the sample mark with ten points and a decimal.
    points = cast("int", row["points"])
    scales = {"POINT_100": 1.0, "POINT_10": 10.0, "POINT_5": 20.0, "POINT_3": 33.4}
    return points / scales.get(str(arguments.get("format")), 10.0)


def _build_name(full: str, native: str | None, alternative: list[str]) -> Rows:
    first, _, last = full.partition(" ")
    names: Rows = {"first": first, "middle": None, "last": last or None, "full": full, "native": native}
    return names | {"userPreferred": full, "alternative": alternative}


def count_studio_favourites(number: int) -> int:
    """How many people have the studio of that number among their favourites."""
    return number * 7
