"""The sample data of AniList as it is written: works, characters, people, profiles. Ids join them."""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from bot.playground.service.search import is_name

_FOLDER = Path(__file__).parents[2] / "data"


class AnilistSample(enum.IntEnum):
    """The interesting entries: works of both kinds, and the profiles from 700001 on. DELETED is on a list only."""

    PLAIN = 9253
    SEQUEL = 21127
    MANGA = 45489
    WEEKLY = 200001
    WITHOUT_ENGLISH = 190003
    LAST_EPISODE_SOON = 200012
    FIRST_EPISODE_NEXT_WEEK = 200010
    NOT_YET_RELEASED = 190001
    THOUSAND_EPISODES = 190002
    HIATUS = 190004
    ADULT = 190005
    ADULT_WITHOUT_MARKS = 190006
    ADULT_UNKNOWN = 190007
    ADULT_TAG_ONLY = 190014
    ADULT_WEEKLY = 200013
    MARKUP = 190008
    CANCELLED = 190009
    RIGHT_TO_LEFT = 190010
    EMOJI = 190011
    LONG = 190012
    ONLY_A_SECRET = 190013
    MANY_RELATIONS = 191000
    MANY_CHARACTERS = 191001
    UNRELEASED_MANGA = 180002
    DELETED = 199999
    USER = 700001


class Work(msgspec.Struct, frozen=True):
    """An anime or a manga.

    `tags` are [name, percent, spoiler?]; `links` [site, url, type, language]; `related` [id, relation]; `recommended`
    has None for what was deleted; `cast` [character, role, voices]; `credits` [person, role]; `ranks` [rank, type,
    context, year, season]. `airs` is [weekday, "HH:MM" in UTC, number of the episode in the sample's first week].
    `named_only`: it is for tests, and only found by whoever names it.
    """

    id: int
    title: tuple[str | None, str | None, str | None]
    kind: str = "ANIME"
    mal: int | None = None
    adult: bool | None = False
    format: str | None = "TV"
    status: str = "FINISHED"
    start: str | None = None
    end: str | None = None
    episodes: int | None = None
    chapters: int | None = None
    volumes: int | None = None
    duration: int | None = None
    source: str | None = None
    country: str = "JP"
    studios: list[str] = []
    genres: list[str] = []
    tags: list[tuple[str, int, bool]] = []
    about: str | None = None
    score: int | None = None
    popularity: int = 0
    trending: int = 0
    color: str | None = None
    banner: bool = False
    hashtag: str | None = None
    synonyms: list[str] = []
    links: list[tuple[str, str, str, str | None]] = []
    trailer: tuple[str, str] | None = None
    ranks: list[tuple[int, str, str, int | None, str | None]] = []
    related: list[tuple[int, str]] = []
    recommended: list[int | None] = []
    cast: list[tuple[int, str, list[int]]] = []
    credits: list[tuple[int, str]] = []
    airs: tuple[int, str, int] | None = None
    named_only: bool = False

    @property
    def names(self) -> list[str]:
        """All that it is called."""
        return [name for name in (*self.title, *self.synonyms) if name]


class WrittenCharacter(msgspec.Struct, frozen=True, rename="camel"):
    """A character. `born` is `YYYY-MM-DD`, or `-MM-DD` without the year."""

    id: int
    name: str
    native: str | None = None
    alternative: list[str] = []
    alternative_spoiler: list[str] = []
    gender: str | None = None
    age: str | None = None
    born: str | None = None
    blood: str | None = None
    about: str | None = None
    favourites: int = 0
    named_only: bool = False


class WrittenPerson(msgspec.Struct, frozen=True):
    """Somebody of the staff."""

    id: int
    name: str
    native: str | None = None
    language: str = "Japanese"
    occupations: list[str] = []
    gender: str | None = None
    age: int | None = None
    born: str | None = None
    home: str | None = None
    about: str | None = None
    favourites: int = 0
    named_only: bool = False


class WrittenUser(msgspec.Struct, frozen=True):
    """A profile. An entry of a list: [work, status, score of 100, progress]."""

    id: int
    name: str
    about: str | None = None
    private: bool = False
    anime: list[tuple[int, str, int, int]] = []
    manga: list[tuple[int, str, int, int]] = []


class Written(msgspec.Struct, frozen=True):
    """`anilist.json`."""

    works: list[Work]


class _People(msgspec.Struct, frozen=True):
    characters: list[WrittenCharacter]
    staff: list[WrittenPerson]
    users: list[WrittenUser]


class Library:
    """All entries by id, and which of them belong together."""

    def __init__(self, written: Written, people: _People, made: Iterable[Work] = ()) -> None:
        self.works = {one.id: one for one in (*written.works, *made)}
        self.characters = {one.id: one for one in (*people.characters, *_make_passengers())}
        self.staff = {one.id: one for one in (*people.staff, *_make_crew())}
        self.users = {one.id: one for one in people.users}
        names = sorted({name for one in self.works.values() for name in one.studios}, key=str.casefold)
        self.studios = {800 + at: name for at, name in enumerate(names)}
        self.studio_ids = {name: number for number, name in self.studios.items()}
        self.genres = sorted({name for one in self.works.values() for name in one.genres})
        tags = sorted({tag[0] for one in self.works.values() for tag in one.tags})
        self.tag_ids = {name: 5000 + at for at, name in enumerate(tags)}
        shelved = [one for one in self.works.values() if not one.named_only]
        self.shelved_studios = {name for one in shelved for name in one.studios}
        self.shelved_tags = {tag[0] for one in shelved for tag in one.tags}

    def find_user(self, name: str) -> WrittenUser | None:
        """The profile of that name, in any case."""
        return next((one for one in self.users.values() if one.name.casefold() == name.casefold()), None)


_NAMING = {"id", "id_in", "idMal", "idMal_in"}


def names_one(arguments: Mapping[str, object]) -> bool:
    """Whether a question names what it asks for, and so may find what is `named_only`."""
    return not _NAMING.isdisjoint(arguments) or is_name(str(arguments.get("search", "")))


_PASSENGER, _CREW = 98000, 96000
_PASSENGERS, _CREW_SIZE = 60, 13
_LANGUAGES = ("Japanese", "Japanese", "Japanese", "English", "German")


def _make_passengers() -> Iterable[WrittenCharacter]:
    """The characters of `AnilistSample.MANY_CHARACTERS`."""
    for number in range(_PASSENGERS):
        name, native = f"Passenger {number + 1:03}", f"乗客{number + 1}"
        yield WrittenCharacter(_PASSENGER + number, name, native, favourites=number, named_only=True)


def _make_crew() -> Iterable[WrittenPerson]:
    """Who speaks them and draws them."""
    for number in range(_CREW_SIZE):
        language = _LANGUAGES[number % len(_LANGUAGES)]
        yield WrittenPerson(_CREW + number, f"Conductor {number + 1:02}", language=language, named_only=True)


@functools.cache
def load_library() -> Library:
    """The sample data that comes with the program, with works that have too much of something."""
    written = msgspec.json.decode((_FOLDER / "anilist.json").read_bytes(), type=Written)
    people = msgspec.json.decode((_FOLDER / "anilist_people.json").read_bytes(), type=_People)
    return Library(written, people, _make_abundant(written.works))


def _make_abundant(works: list[Work]) -> Iterable[Work]:
    relations = ("SIDE_STORY", "SPIN_OFF", "OTHER", "SUMMARY", "CHARACTER", "SEQUEL")
    related = [(one.id, relations[at % len(relations)]) for at, one in enumerate(works[:29])]
    yield Work(
        AnilistSample.MANY_RELATIONS,
        ("Minna no Matsuri", "Everybody's Festival", "みんなの祭り"),
        start="2019-07-01",
        end="2019-09-16",
        episodes=12,
        duration=24,
        genres=["Comedy"],
        tags=[(f"Invented Tag {number:03}", 100 - number % 60, number % 7 == 0) for number in range(120)],
        about="Everybody meets everybody.",
        score=66,
        popularity=2600,
        related=[*related, (AnilistSample.ADULT, "OTHER")],
        recommended=[one.id if at % 5 else None for at, one in enumerate(works[:60])],
        links=[(f"Site {number}", f"https://site{number}.invalid/", "STREAMING", None) for number in range(30)],
        named_only=True,
    )
    yield Work(
        AnilistSample.MANY_CHARACTERS,
        ("Man'in Densha", "The Crowded Train", "満員電車"),
        start="2020-04-06",
        end="2020-06-22",
        episodes=12,
        duration=24,
        genres=["Drama"],
        about="Sixty people in one carriage.",
        score=68,
        popularity=3100,
        cast=[
            (_PASSENGER + number, "MAIN" if number < 3 else "BACKGROUND", list(range(_CREW, _CREW + number % 8)))
            for number in range(_PASSENGERS)
        ],
        credits=[(_CREW + number % _CREW_SIZE, f"Key Animation (ep {number + 1})") for number in range(60)],
        named_only=True,
    )
