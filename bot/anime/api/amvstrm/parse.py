"""amvstrm's answers as AniList's models: the data are AniList's, but some fields are called differently or missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

import msgspec

from bot.anime.api.amvstrm.error import SERVICE
from bot.anime.api.model import Media, MediaRow, Related
from bot.errors import BadAnswer
from bot.service.body import decode
from bot.service.record import Found, build_leniently

R = TypeVar("R", bound=MediaRow)
Fields = Mapping[str, object]

ADULT_GENRE = "hentai"
_RENAMED = {"year": "seasonYear", "startIn": "startDate", "endIn": "endDate", "nextair": "nextAiringEpisode"}


def parse_media(body: bytes) -> Media | None:
    """The work of an `/info` answer; None if there is no such anime."""
    answer = _decode(body)
    if answer.get("code") == 404:
        return None
    media = _build(_rename(answer), Media)
    if media is None:
        raise BadAnswer(SERVICE, "an anime without an id")
    related = [Related(row) for node in _list(answer.get("relation")) if (row := _build(node, MediaRow)) is not None]
    return msgspec.structs.replace(media, related=related)


def parse_rows(body: bytes, *, page: int, size: int) -> Found[MediaRow] | None:
    """The rows of a list that was asked for by `page` and `size`, without nulls; None if what it is about is missing.

    2.7.0 does not say of every list whether it goes on: then a full page does. Raises `BadAnswer` for another page
    than the one that was asked for (some routes do not listen), and for rows of which none can be read.
    """
    answer = _decode(body)
    if answer.get("code") == 404:
        return None
    results = _list(answer.get("results"))
    info = _mapping(answer.get("page")) or _mapping(answer.get("pageInfo"))
    if isinstance(current := info.get("currentPage"), int) and current != page:
        raise BadAnswer(SERVICE, "another page than was asked for")
    more = info["hasNextPage"] is True if "hasNextPage" in info else len(results) >= size
    rows = [row for result in results if (row := _build(result, MediaRow)) is not None]
    if not rows and any(result is not None for result in results):
        raise BadAnswer(SERVICE, "rows of which none can be read")
    return Found(rows, more=more)


def _rename(answer: Fields) -> Fields:
    """An `/info` answer with the names that everything else has. `decimalScore` is 0 where there is no score."""
    renamed = {_RENAMED.get(name, name): value for name, value in answer.items()}
    return renamed | {"averageScore": _mapping(answer.get("score")).get("averageScore")}


def _build(value: object, kind: type[R]) -> R | None:
    """A work, None if it is null or has no id. `is_adult` is True or not known: amvstrm marks nothing."""
    fields = _mapping(value)
    filled = {**fields, "isAdult": _find_adult(fields), "tags": _find_tags(fields)}
    filled["type"] = fields.get("type") or "ANIME"
    try:
        return msgspec.convert(filled, type=kind)
    except msgspec.ValidationError:
        return build_leniently(filled, kind)


def _find_adult(fields: Fields) -> bool | None:
    genres = [genre.casefold() for genre in _list(fields.get("genres")) if isinstance(genre, str)]
    return True if ADULT_GENRE in genres or fields.get("isAdult") is True else None


def _find_tags(fields: Fields) -> list[object]:
    """All tags or none: some lists of 2.7.0 have nothing but their ids, and half of them would seem to be all."""
    tags = _list(fields.get("tags"))
    return tags if all(isinstance(_mapping(tag).get("name"), str) for tag in tags) else []


def _decode(body: bytes) -> Fields:
    try:
        return _mapping(decode(body, object))
    except msgspec.DecodeError:
        raise BadAnswer(SERVICE, "an answer is kept in another shape") from None


def _mapping(value: object) -> Fields:
    return cast("Fields", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
