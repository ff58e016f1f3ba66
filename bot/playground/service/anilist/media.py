"""Works of the sample AniList: how one is shown, which ones fit the arguments of a search, and in what order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import cast

from bot.playground.service.anilist.airing import Episode, Schedule
from bot.playground.service.anilist.data import Library, Work, names_one
from bot.playground.service.anilist.picture import build_banner, build_cover
from bot.playground.service.search import matches, rank

Rows = dict[str, object]
Arguments = Mapping[str, object]

_SEASONS = ("WINTER", "SPRING", "SUMMER", "FALL")
_ADULT_TAGS = frozenset({"Invented Adult Tag"})
# Tags count in a search from this percentage on.
_MIN_RANK = 18


def build_date(text: str | None) -> Rows:
    """A date of which less may be known: `2011-04-06`, `2022`, `-12-14`."""
    parts = [int(part) if part else None for part in (text or "").split("-")]
    year, month, day = (*parts, None, None, None)[:3]
    return {"year": year, "month": month, "day": day}


def find_season(start: str | None) -> tuple[str | None, int | None]:
    """The season and its year in which a day is; December is of the next year's winter."""
    date = build_date(start)
    year, month = cast("int | None", date["year"]), cast("int | None", date["month"])
    if year is None or month is None:
        return None, None
    return _SEASONS[month % 12 // 3], year + (month == 12)


class Shelf:
    """The works of a library as of the schedule's now. `find_address` tells where the pictures are."""

    def __init__(self, library: Library, schedule: Schedule, find_address: Callable[[], str]) -> None:
        self.library = library
        self.schedule = schedule
        self._find_address = find_address
        self._values: dict[str, Callable[[Work], object]] = {
            "id": lambda one: one.id,
            "idMal": lambda one: one.mal,
            "type": lambda one: one.kind,
            "format": lambda one: one.format,
            "status": schedule.status_of,
            "season": lambda one: self.season_of(one)[0],
            "seasonYear": lambda one: self.season_of(one)[1],
            "isAdult": lambda one: one.adult,
            "episodes": lambda one: one.episodes,
            "duration": lambda one: one.duration,
            "chapters": lambda one: one.chapters,
            "volumes": lambda one: one.volumes,
            "source": lambda one: one.source,
            "countryOfOrigin": lambda one: one.country,
            "averageScore": lambda one: one.score,
            "popularity": lambda one: one.popularity,
            "startDate": lambda one: _fuzzy(schedule.start_of(one)),
            "endDate": lambda one: _fuzzy(schedule.end_of(one)),
            "genre": lambda one: set(one.genres),
            "tag": lambda one: {name for name, percent, _ in one.tags if percent >= _MIN_RANK},
        }

    @property
    def address(self) -> str:
        """The beginning of the pictures' addresses."""
        return self._find_address()

    def season_of(self, work: Work) -> tuple[str | None, int | None]:
        """The season in which an anime began, and its year."""
        return find_season(self.schedule.start_of(work)) if work.kind == "ANIME" else (None, None)

    def find_works(self, arguments: Arguments) -> list[Work]:
        """The works that fit all arguments, in the order of `sort`."""
        asked = {name: value for name, value in arguments.items() if name not in {"sort", "search", "minimumTagRank"}}
        text = cast("str | None", arguments.get("search"))
        named = names_one(arguments)
        found = [
            one
            for one in self.library.works.values()
            if (named or not one.named_only)
            and (text is None or matches(one.names, text))
            and all(self._fits(one, *item) for item in asked.items())
        ]
        return self.sort(found, arguments.get("sort"), text)

    def _fits(self, work: Work, name: str, wanted: object) -> bool:
        base, _, relation = name.partition("_")
        if base not in self._values:
            return True  # what the sample knows nothing of, such as who licenses
        value = self._values[base](work)
        if isinstance(value, set):
            return _fits_set(cast("set[str]", value), relation, wanted)
        members: list[object] = cast("list[object]", wanted) if isinstance(wanted, list) else [wanted]
        if relation in {"", "in"}:
            return value in members
        if relation in {"not", "not_in"}:
            return value not in members
        if relation == "like":
            return False
        number = cast("int", value) if value is not None else 0
        return number > cast("int", wanted) if relation == "greater" else number < cast("int", wanted)

    def sort(self, works: Iterable[Work], sorts: object, text: str | None = None) -> list[Work]:
        """In the order of AniList's `sort`, by id where that leaves a choice. What has no value comes last."""
        ordered = sorted(works, key=lambda one: one.id)
        for name in reversed(cast("list[str] | None", sorts) or (["SEARCH_MATCH"] if text is not None else [])):
            if name == "SEARCH_MATCH":
                ordered.sort(key=lambda one: (rank(one.names, text or ""), -one.popularity))
            else:
                ordered = self._sort_by(ordered, name)
        return ordered

    def _sort_by(self, works: list[Work], name: str) -> list[Work]:
        descending, base = name.endswith("_DESC"), name.removesuffix("_DESC")
        key = self._values["startDate" if base == "START_DATE" else "endDate"] if base.endswith("_DATE") else None
        key = key or _SORT_KEYS.get(base)
        if key is None:
            return works
        known = [one for one in works if key(one) is not None]
        unknown = [one for one in works if key(one) is None]
        known.sort(key=cast("Callable[[Work], int]", key), reverse=descending)
        return [*known, *unknown] if descending else [*unknown, *known]

    def build(self, work: Work) -> Rows:
        """A work's own fields; what it is joined with is resolved when it is asked for."""
        season, year = self.season_of(work)
        romaji, english, native = work.title
        return {
            **{name: value(work) for name, value in self._values.items() if name not in {"genre", "tag"}},
            "season": season,
            "seasonYear": year,
            "title": {"romaji": romaji, "english": english, "native": native, "userPreferred": romaji},
            "description": work.about,
            "startDate": build_date(self.schedule.start_of(work)),
            "endDate": build_date(self.schedule.end_of(work)),
            "isLicensed": bool(work.links),
            "hashtag": work.hashtag,
            "trailer": _build_trailer(work),
            "coverImage": self._build_cover(work),
            "bannerImage": build_banner(self.address, work.kind, work.id) if work.banner else None,
            "genres": work.genres,
            "synonyms": work.synonyms,
            "meanScore": None if work.score is None else work.score + 1,
            "trending": work.trending,
            "favourites": work.popularity // 30,
            "isLocked": False,
            "isFavourite": False,
            "tags": [self._build_tag(*tag) for tag in sorted(work.tags, key=lambda tag: -tag[1])],
            "externalLinks": [_build_link(work.id * 100 + at, *link) for at, link in enumerate(work.links)],
            "streamingEpisodes": [],
            "rankings": [_build_rank(work, at) for at in range(len(work.ranks))],
            "siteUrl": f"https://anilist.co/{work.kind.lower()}/{work.id}",
        }

    def build_episode(self, episode: Episode) -> Rows:
        """An `AiringSchedule`."""
        return {
            "id": episode.id,
            "airingAt": episode.airs_s,
            "timeUntilAiring": episode.airs_s - int(self.schedule.now()),
            "episode": episode.number,
            "mediaId": episode.work.id,
        }

    def _build_cover(self, work: Work) -> Rows:
        sizes = {"extraLarge": "large", "large": "medium", "medium": "small"}
        return {
            **{name: build_cover(self.address, work.kind, work.id, size) for name, size in sizes.items()},
            "color": work.color,
        }

    def _build_tag(self, name: str, percent: int, spoiler: bool) -> Rows:
        return {
            "id": self.library.tag_ids[name],
            "name": name,
            "category": "Theme",
            "rank": percent,
            "isGeneralSpoiler": False,
            "isMediaSpoiler": spoiler,
            "isAdult": name in _ADULT_TAGS,
        }


def _fits_set(value: set[str], relation: str, wanted: object) -> bool:
    names: set[str] = set(cast("list[str]", wanted)) if isinstance(wanted, list) else {str(wanted)}
    return not names & value if relation == "not_in" else names <= value


def _fuzzy(text: str | None) -> int | None:
    if text is None:
        return None
    date = build_date(text)
    year, month, day = (cast("int | None", date[name]) or 0 for name in ("year", "month", "day"))
    return year * 10_000 + month * 100 + day


_SORT_KEYS: dict[str, Callable[[Work], object]] = {
    "ID": lambda one: one.id,
    "TITLE_ROMAJI": lambda one: one.title[0],
    "TITLE_ENGLISH": lambda one: one.title[1],
    "TITLE_NATIVE": lambda one: one.title[2],
    "FORMAT": lambda one: one.format,
    "SCORE": lambda one: one.score,
    "POPULARITY": lambda one: one.popularity,
    "TRENDING": lambda one: one.trending,
    "EPISODES": lambda one: one.episodes,
    "DURATION": lambda one: one.duration,
    "CHAPTERS": lambda one: one.chapters,
    "VOLUMES": lambda one: one.volumes,
    "FAVOURITES": lambda one: one.popularity // 30,
}


def _build_trailer(work: Work) -> Rows | None:
    if work.trailer is None:
        return None
    number, site = work.trailer
    return {"id": number, "site": site, "thumbnail": f"https://i.ytimg.com/vi/{number}/hqdefault.jpg"}


def _build_link(number: int, site: str, url: str, kind: str, language: str | None) -> Rows:
    return {
        "id": number,
        "site": site,
        "siteId": 1,
        "url": url,
        "type": kind,
        "language": language,
        "isDisabled": False,
    }


def _build_rank(work: Work, at: int) -> Rows:
    place, kind, context, year, season = work.ranks[at]
    return {
        "id": work.id * 10 + at,
        "rank": place,
        "type": kind,
        "format": work.format,
        "year": year,
        "season": season,
        "allTime": year is None,
        "context": context,
    }
