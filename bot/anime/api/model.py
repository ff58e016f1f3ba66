"""Anime and manga, and who made and plays in them, as values. Both providers give them.

The fields are AniList's, by their names there (https://docs.anilist.co), and are null as often.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from bot.service.picture_host import PictureUrl

MediaKind = Literal["ANIME", "MANGA"]

LIST_AT_MOST = 2000
"""Entries of somebody's list that are read."""


class _Record(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What is not sent, or is null, has its default."""


class Title(_Record, frozen=True):
    """What a work is called. Each may be missing, but not all."""

    romaji: str | None = None
    english: str | None = None
    native: str | None = None


class Name(_Record, frozen=True):
    """What a person or a character is called."""

    full: str | None = None
    native: str | None = None
    alternative: list[str] = []
    alternative_spoiler: list[str] = []


class FuzzyDate(_Record, frozen=True):
    """A date of which less may be known."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def number(self) -> int:
        """As AniList compares them: `YYYYMMDD`, with zeros for what is not known."""
        return (self.year or 0) * 10_000 + (self.month or 0) * 100 + (self.day or 0)


class Cover(_Record, frozen=True):
    """Addresses of the cover, and its main colour (`#e4a15d`)."""

    extra_large: PictureUrl | None = None
    large: PictureUrl | None = None
    medium: PictureUrl | None = None
    color: str | None = None


class Picture(_Record, frozen=True):
    """Addresses of a portrait."""

    large: PictureUrl | None = None
    medium: PictureUrl | None = None


class Airing(_Record, frozen=True):
    """An episode and when it airs, in seconds since the epoch."""

    episode: int
    airing_at: int


class Trailer(_Record, frozen=True):
    """A video: `site` is `youtube` or `dailymotion`."""

    id: str | None = None
    site: str | None = None


class ExternalLink(_Record, frozen=True):
    """A page about the work. `type`: INFO, STREAMING or SOCIAL. `is_disabled`: AniList shows it no more; it tells all
    the same which entry elsewhere is meant.
    """

    site: str
    url: str | None = None
    type: str | None = None
    language: str | None = None
    is_disabled: bool | None = None


class Ranking(_Record, frozen=True):
    """A place in a list, such as "most popular, 2011". `type`: RATED or POPULAR."""

    rank: int
    type: str | None = None
    context: str = ""
    all_time: bool | None = None
    year: int | None = None
    season: str | None = None


class MediaTag(_Record, frozen=True):
    """What a work is about. `rank`: how much so, in percent."""

    name: str
    rank: int | None = None
    is_media_spoiler: bool | None = None
    is_general_spoiler: bool | None = None
    is_adult: bool | None = None


class Studio(_Record, frozen=True):
    """Who animated, or produced. `best`: the best known work that it made, where that is asked for."""

    id: int = 0
    name: str = ""
    is_animation_studio: bool | None = None
    best: MediaRow | None = None


class MediaRow(_Record, frozen=True):
    """A work as lists and relations have it. `is_adult` None: the provider does not say, which is no reason to show it;
    `unmarked`: because AniList, which knows, could not be asked.

    `average_score` is 0 to 100, `duration` in minutes an episode. `status`: FINISHED, RELEASING, NOT_YET_RELEASED,
    CANCELLED, HIATUS. `format`: TV, TV_SHORT, MOVIE, SPECIAL, OVA, ONA, MUSIC, MANGA, NOVEL, ONE_SHOT.
    """

    id: int
    id_mal: int | None = None
    type: str | None = None
    title: Title = Title()
    is_adult: bool | None = None
    unmarked: bool = False
    format: str | None = None
    status: str | None = None
    season: str | None = None
    season_year: int | None = None
    start_date: FuzzyDate = FuzzyDate()
    episodes: int | None = None
    chapters: int | None = None
    volumes: int | None = None
    average_score: int | None = None
    popularity: int | None = None
    genres: list[str] = []
    tags: list[MediaTag] = []
    cover_image: Cover = Cover()
    next_airing_episode: Airing | None = None


def list_names(row: MediaRow) -> tuple[str | None, ...]:
    """All that a work may be meant by."""
    return (row.title.romaji, row.title.english, row.title.native)


class Related(msgspec.Struct, frozen=True):
    """Another work and what it is to this one: PREQUEL, SEQUEL, ADAPTATION, SOURCE …; None where it is not told."""

    media: MediaRow
    relation: str | None = None


class Media(MediaRow, frozen=True):
    """A work as its card has it. `description` is HTML with `~!spoilers!~`, `hashtag` may hold several (`#a #b`)."""

    description: str | None = None
    banner_image: PictureUrl | None = None
    end_date: FuzzyDate = FuzzyDate()
    duration: int | None = None
    source: str | None = None
    synonyms: list[str] = []
    hashtag: str | None = None
    mean_score: int | None = None
    favourites: int | None = None
    rankings: list[Ranking] = []
    studios: list[Studio] = []
    trailer: Trailer | None = None
    external_links: list[ExternalLink] = []
    related: list[Related] = []


class Person(_Record, frozen=True):
    """Somebody of the staff, or a voice actor. `language_v2` is what they speak (`Japanese`)."""

    id: int
    name: Name = Name()
    image: Picture = Picture()
    language_v2: str | None = None
    primary_occupations: list[str] = []
    description: str | None = None
    gender: str | None = None
    age: int | None = None
    date_of_birth: FuzzyDate = FuzzyDate()
    home_town: str | None = None
    favourites: int | None = None


class Character(_Record, frozen=True):
    """A character. `age` is text, such as `17-18`.

    `is_adult`: whether the best known work that they are in, `best_known`, is for adults; None where that is not asked
    for or not known. `is_safe`: all works that were asked about (25 at most) are said to be for everybody.
    """

    id: int
    name: Name = Name()
    image: Picture = Picture()
    description: str | None = None
    gender: str | None = None
    age: str | None = None
    date_of_birth: FuzzyDate = FuzzyDate()
    blood_type: str | None = None
    is_adult: bool | None = None
    best_known: Title = Title()
    is_safe: bool = False
    favourites: int | None = None


class CastMember(msgspec.Struct, frozen=True):
    """A character of a work, its role (MAIN, SUPPORTING, BACKGROUND) and who voices it."""

    character: Character
    role: str | None = None
    voices: list[Person] = []


class Credit(msgspec.Struct, frozen=True):
    """Somebody of a work's staff and what they did."""

    person: Person
    role: str | None = None


class Appearance(msgspec.Struct, frozen=True):
    """A work that a character, a person or a studio belongs to, and as what.

    `role` is MAIN, SUPPORTING or BACKGROUND for characters and voices, MAIN or None for studios, and the service's own
    words for staff. `characters`: whom a voice actor speaks there.
    """

    media: MediaRow
    role: str | None = None
    characters: list[str] = []


class AiringEpisode(msgspec.Struct, frozen=True):
    """An episode of a work and when it airs, in seconds since the epoch."""

    media: MediaRow
    episode: int
    airing_at: int


class SiteStats(_Record, frozen=True):
    """How many entries of each kind AniList has; 0 where it does not say."""

    anime: int = 0
    manga: int = 0
    characters: int = 0
    staff: int = 0
    studios: int = 0
    users: int = 0


class UserStats(_Record, frozen=True):
    """How much somebody watched or read. `mean_score` is 0 to 100."""

    count: int = 0
    mean_score: float = 0.0
    minutes_watched: int | None = None
    episodes_watched: int | None = None
    chapters_read: int | None = None
    volumes_read: int | None = None


class AnimeUser(_Record, frozen=True):
    """A public profile."""

    id: int
    name: str
    avatar: Picture = Picture()
    anime: UserStats = UserStats()
    manga: UserStats = UserStats()


class ListEntry(msgspec.Struct, frozen=True):
    """A work on somebody's list. `score` is 0 to 100, 0 for none. `status`: CURRENT, COMPLETED and so on."""

    media: MediaRow
    status: str | None = None
    score: float = 0.0
    progress: int = 0
