"""AniList's answers, read: pure. Nulls in lists are entries that were deleted, and are left out.

Each `parse_` takes a whole answer and gives None where the entry that was asked for is null. `BadAnswer` for what has
another shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from bot.anime.api.anilist.error import SERVICE
from bot.anime.api.model import (
    AiringEpisode,
    AnimeUser,
    Appearance,
    CastMember,
    Character,
    Credit,
    ListEntry,
    Media,
    MediaRow,
    Name,
    Person,
    Related,
    SiteStats,
    Studio,
    UserStats,
)
from bot.errors import BadAnswer
from bot.service.body import decode
from bot.service.record import Found, parse_record

R = TypeVar("R")
S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")

Object = dict[str, msgspec.Raw]

_NULL = msgspec.Raw(b"null")


class _Body(msgspec.Struct):
    data: Object


class _Progress(msgspec.Struct):
    """What an entry of a list has besides its work."""

    status: str | None = None
    score: float = 0.0
    progress: int = 0


class _Episode(msgspec.Struct, rename="camel"):
    episode: int
    airing_at: int


# Single entries


def parse_media(body: bytes) -> Media | None:
    """A work with its relations, the studios that made it before all others."""
    root = _open_root(body, "Media")
    if root is None:
        return None
    root["studios"] = _encode(_sort_studios(_iter_edges(root.pop("studios", None))))
    relations = list(_iter_edges(root.pop("relations", None)))
    media = _require(_encode(root), Media)
    return msgspec.structs.replace(media, related=list(_iter_related(relations)))


def parse_character(body: bytes) -> Character | None:
    """A character."""
    root = _open_root(body, "Character")
    return None if root is None else _require_value(_build_character(root), Character)


def parse_person(body: bytes) -> Person | None:
    """Somebody."""
    return _parse_entry(body, "Staff", Person)


def parse_studio(body: bytes) -> Studio | None:
    """A studio."""
    root = _open_root(body, "Studio")
    return None if root is None else _require_value(_build_studio(_encode(root)), Studio)


def parse_user(body: bytes) -> AnimeUser | None:
    """A profile with its statistics."""
    root = _open_root(body, "User")
    if root is None:
        return None
    statistics = _open(root.pop("statistics", None))
    user = _require(_encode(root), AnimeUser)
    anime, manga = (_parse_stats(statistics.get(kind)) for kind in ("anime", "manga"))
    return msgspec.structs.replace(user, anime=anime, manga=manga)


def parse_site(body: bytes) -> SiteStats | None:
    """How much AniList knows: of each kind the latest count."""
    root = _open_root(body, "SiteStatistics")
    if root is None:
        return None
    counts = {name: next(iter(_pick(_open(raw).get("nodes"), "count")), None) for name, raw in root.items()}
    return _require(_encode({name: raw for name, raw in counts.items() if raw is not None}), SiteStats)


# Pages


def parse_rows(body: bytes) -> Found[MediaRow]:
    """A page of works."""
    return _parse_page(body, "media", lambda raw: parse_record(raw, MediaRow))


def parse_named(body: bytes) -> Found[Media]:
    """A page of works with all that they are called."""
    return _parse_page(body, "media", lambda raw: parse_record(raw, Media))


def parse_characters(body: bytes) -> Found[Character]:
    """A page of characters."""
    return _parse_page(body, "characters", lambda raw: _build_character(_open(raw)))


def parse_people(body: bytes) -> Found[Person]:
    """A page of people."""
    return _parse_page(body, "staff", lambda raw: parse_record(raw, Person))


def parse_studios(body: bytes) -> Found[Studio]:
    """A page of studios."""
    return _parse_page(body, "studios", _build_studio)


def parse_airing(body: bytes) -> Found[AiringEpisode]:
    """A page of episodes."""
    return _parse_page(body, "airingSchedules", _build_airing, of="media")


def parse_adult_marks(body: bytes) -> dict[int, bool]:
    """Whether each work is for adults. One that does not say is left out."""
    found = parse_rows(body)
    return {row.id: row.is_adult for row in found.items if row.is_adult is not None}


# What belongs to an entry


def parse_recommendations(body: bytes) -> Found[MediaRow] | None:
    """What people recommend who like a work."""
    root = _open_root(body, "Media")
    if root is None:
        return None
    connection = _open(root.get("recommendations"))
    nodes = _pick(connection.get("nodes"), "mediaRecommendation")
    # Those that are recommended most will do; there are no further pages of them.
    return Found(_build_all(nodes, lambda raw: parse_record(raw, MediaRow)), more=False)


def parse_cast(body: bytes) -> Found[CastMember] | None:
    """A page of a work's characters."""
    return _parse_edges(body, "Media", "characters", _build_cast_member)


def parse_credits(body: bytes) -> Found[Credit] | None:
    """A page of a work's staff."""
    return _parse_edges(body, "Media", "staff", _build_credit)


def parse_appearances(body: bytes) -> Found[Appearance] | None:
    """A page of a character's works."""
    return _parse_edges(body, "Character", "media", _build_appearance)


def parse_voiced(body: bytes) -> Found[Appearance] | None:
    """A page of the works with somebody's voice."""
    return _parse_edges(body, "Staff", "characterMedia", _build_appearance)


def parse_made(body: bytes) -> Found[Appearance] | None:
    """A page of the works that somebody worked on."""
    return _parse_edges(body, "Staff", "staffMedia", _build_appearance)


def parse_works(body: bytes) -> Found[Appearance] | None:
    """The best known of somebody's works: those with their voice before the others."""
    voiced, made = parse_voiced(body), parse_made(body)
    if voiced is None or made is None:
        return None
    return Found(voiced.items + made.items, voiced.more or made.more)


def parse_studio_works(body: bytes) -> Found[Appearance] | None:
    """A page of a studio's works."""
    return _parse_edges(body, "Studio", "media", _build_appearance)


def parse_user_list(body: bytes) -> Found[ListEntry] | None:
    """A chunk of somebody's list. A work that stands in lists of their own too is in it once."""
    root = _open_root(body, "MediaListCollection")
    if root is None:
        return None
    raws = [raw for group in _list(root.get("lists")) for raw in _list(_open(group).get("entries"))]
    entries: dict[int, ListEntry] = {}
    for entry in _build_all([raw for raw in raws if not _is_gone(_open(raw), "media")], _build_list_entry):
        entries.setdefault(entry.media.id, entry)
    return Found(list(entries.values()), _is_true(root.get("hasNextChunk")))


# Members


def _build_character(record: Object) -> Character | None:
    works = [_open(raw) for raw in _list(_open(record.pop("media", None)).get("nodes"))]
    best = works[0] if works else {}
    is_safe = bool(works) and all(bytes(work.get("isAdult", b"null")) == b"false" for work in works)
    record |= {"isAdult": best.get("isAdult", _NULL), "bestKnown": best.get("title", _NULL), "isSafe": _encode(is_safe)}
    return parse_record(_encode(record), Character)


def _build_studio(raw: msgspec.Raw) -> Studio | None:
    record = _open(raw)
    works = _list(_open(record.pop("media", None)).get("nodes"))
    studio = parse_record(_encode(record | {"best": works[0] if works else _NULL}), Studio)
    return studio if studio is not None and studio.id else None  # elsewhere a studio may be no more than a name


def _build_airing(raw: msgspec.Raw) -> AiringEpisode | None:
    media = _parse(_open(raw).get("media"), MediaRow)
    episode = parse_record(raw, _Episode)
    return None if media is None or episode is None else AiringEpisode(media, episode.episode, episode.airing_at)


def _build_cast_member(edge: Object) -> CastMember | None:
    character = _build_character(_open(edge.get("node")))
    if character is None:
        return None
    voices = (parse_record(raw, Person) for raw in _list(edge.get("voiceActors")))
    return CastMember(character, _text(edge.get("role")), [voice for voice in voices if voice is not None])


def _build_credit(edge: Object) -> Credit | None:
    person = _parse(edge.get("node"), Person)
    return None if person is None else Credit(person, _text(edge.get("role")))


def _build_appearance(edge: Object) -> Appearance | None:
    media = _parse(edge.get("node"), MediaRow)
    if media is None:
        return None
    main = "MAIN" if _is_true(edge.get("isMainStudio")) else None
    role = _text(edge.get("characterRole")) or _text(edge.get("staffRole")) or main
    names = (_parse(raw, Name) for raw in _pick(edge.get("characters"), "name"))
    return Appearance(media, role, [name.full for name in names if name is not None and name.full])


def _build_list_entry(raw: msgspec.Raw) -> ListEntry | None:
    media = _parse(_open(raw).get("media"), MediaRow)
    entry = parse_record(raw, _Progress)
    if media is None or entry is None:
        return None
    return ListEntry(media, entry.status, entry.score, entry.progress)


def _iter_related(edges: Iterable[Object]) -> Iterator[Related]:
    for edge in edges:
        media = _parse(edge.get("node"), MediaRow)
        if media is not None:
            yield Related(media, _text(edge.get("relationType")))


def _sort_studios(edges: Iterable[Object]) -> list[msgspec.Raw]:
    ordered = sorted(edges, key=lambda edge: not _is_true(edge.get("isMain")))
    return [edge["node"] for edge in ordered if "node" in edge]


def _parse_stats(raw: msgspec.Raw | None) -> UserStats:
    return _parse(raw, UserStats) or UserStats()


# Shapes


def _parse_entry(body: bytes, name: str, kind: type[S]) -> S | None:
    root = _open_root(body, name)
    return None if root is None else _require(_encode(root), kind)


def _parse_page(body: bytes, name: str, build: Callable[[msgspec.Raw], T | None], *, of: str | None = None) -> Found[T]:
    """A page; `of`: the field of a row with what it is about."""
    page = _open_root(body, "Page")
    if page is None or not bytes(page.get(name, b"")).startswith((b"[", b"null")):
        raise BadAnswer(SERVICE, f"no page of {name}")
    rows = [raw for raw in _list(page[name]) if of is None or not _is_gone(_open(raw), of)]
    return Found(_build_all(rows, build), _has_next(page))


def _parse_edges(body: bytes, root_name: str, name: str, build: Callable[[Object], T | None]) -> Found[T] | None:
    root = _open_root(body, root_name)
    if root is None:
        return None
    edges = [edge for edge in _iter_edges(root.get(name)) if not _is_gone(edge, "node")]
    return Found(_build_all(edges, build), _has_next(_open(root.get(name))))


def _build_all(rows: Sequence[R], build: Callable[[R], T | None]) -> list[T]:
    """What can be read of rows. Raises `BadAnswer` if that is none of them: it is not as if there were nothing."""
    built = [one for row in rows if (one := build(row)) is not None]
    if rows and not built:
        raise BadAnswer(SERVICE, "rows of which none can be read")
    return built


def _is_gone(row: Object, of: str) -> bool:
    """Whether what a row is about was deleted."""
    return bytes(row.get(of, b"")) == b"null"


def _open_root(body: bytes, name: str) -> Object | None:
    """The object that the answer is about; None if it is null."""
    try:
        raw = decode(body, _Body).data[name]
        return decode(raw, Object | None)
    except (msgspec.DecodeError, KeyError) as error:
        raise BadAnswer(SERVICE, f"no {name}: {error}") from None


def _require(raw: bytes | msgspec.Raw, kind: type[S]) -> S:
    return _require_value(parse_record(raw, kind), kind)


def _require_value(record: S | None, kind: type[S]) -> S:
    if record is None:
        raise BadAnswer(SERVICE, f"no {kind.__name__}")
    return record


def _parse(raw: msgspec.Raw | None, kind: type[S]) -> S | None:
    return None if raw is None else parse_record(raw, kind)


def _encode(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def _open(raw: msgspec.Raw | None) -> Object:
    """An object's fields; none of what is no object."""
    try:
        return decode(raw or b"{}", Object)
    except msgspec.DecodeError:
        return {}


def _list(raw: msgspec.Raw | None) -> list[msgspec.Raw]:
    """A list's members but nulls; none of what is no list."""
    try:
        members = decode(raw or b"[]", list[msgspec.Raw])
    except msgspec.DecodeError:
        return []
    return [member for member in members if bytes(member) != b"null"]


def _pick(raw: msgspec.Raw | None, name: str) -> list[msgspec.Raw]:
    """One field of each member that has it."""
    found = (_open(member).get(name) for member in _list(raw))
    return [value for value in found if value is not None and bytes(value) != b"null"]


def _iter_edges(raw: msgspec.Raw | None) -> Iterator[Object]:
    return map(_open, _list(_open(raw).get("edges")))


def _has_next(page: Object) -> bool:
    return _is_true(_open(page.get("pageInfo")).get("hasNextPage"))


def _is_true(raw: msgspec.Raw | None) -> bool:
    return raw is not None and bytes(raw) == b"true"


def _text(raw: msgspec.Raw | None) -> str | None:
    try:
        return decode(raw or b"null", str | None)
    except msgspec.DecodeError:
        return None
