"""What a sample server of the shape of Nekos API v1 answers, with the quirks of the real one."""

from __future__ import annotations

import math
import random
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from bot.playground.service.nekos.data import (
    SampleArtist,
    SampleCategory,
    SamplePicture,
)
from bot.playground.service.nekos.pattern import compile_similar
from bot.playground.service.nekos.v4 import Answer

T = TypeVar("T")

_WORDS = {"safe": "sfw", "suggestive": "questionable", "borderline": "nsfw"}
_ADDED = "2023-01-02T03:04:05.000Z"
_BROKEN: Answer = (500, None)
_SHARE = 5  # of all pictures, one in so many is looked at for a draw


class _Refused(Exception):
    """Ends an answer early."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer


class V1:
    """The answers. A body of None is no JSON but a broken server's text."""

    def __init__(
        self,
        pictures: Sequence[SamplePicture],
        artists: Sequence[SampleArtist],
        categories: Sequence[SampleCategory],
        rng: random.Random,
    ) -> None:
        self._pictures = pictures
        self._artists = artists
        self._categories = categories
        self._rng = rng
        self._routes: list[tuple[str, Callable[[str, Mapping[str, str], str], Answer]]] = [
            (r"/image/random()", self._draw),
            (r"/image/([^/]+)", self._find_picture),
            (r"/artist()", lambda _, asked, __: self._search(artists, asked, longest=20)),
            (r"/artist/([^/]+)", self._find_artist),
            (r"/artist/([^/]+)/images", self._list_images),
            (r"/category()", lambda _, asked, __: self._search(categories, asked, longest=50)),
        ]

    def answer(self, path: str, asked: Mapping[str, str], *, address: str) -> Answer:
        """Answer a GET of `path`, which is what follows `/api`."""
        for pattern, route in self._routes:
            match = re.fullmatch(pattern, path)
            if match:
                try:
                    return route(match[1], asked, address)
                except _Refused as refused:
                    return refused.answer
        return 404, None

    def _draw(self, _: str, asked: Mapping[str, str], address: str) -> Answer:
        limit = _read_limit(asked, default=1)
        known = {one.name.lower() for one in self._categories}
        wanted = [name.lower() for name in asked["categories"].split(",")] if "categories" in asked else []
        unknown = [name for name in wanted if name not in known]
        if unknown:
            reason = f"The following categories do not exist: {', '.join(unknown)}"
            return _refuse(400, f"Invalid value for `categories` parameter. {reason}")
        looked_at = self._rng.sample(self._pictures, math.ceil(len(self._pictures) / _SHARE))
        found = [one for one in looked_at if set(wanted) <= {category.name.lower() for category in one.categories}]
        if not found:
            return _refuse(404, "Could not find images with the selected categories")
        return 200, {"data": _build_list(found[:limit], address), "success": True}

    def _find_picture(self, picture_id: str, _: Mapping[str, str], address: str) -> Answer:
        _check_id(picture_id, "imageId")
        found = next((one for one in self._pictures if one.id == picture_id), None)
        if found is None:
            return _refuse(404, f"Could not find image with ID: {picture_id}")
        return 200, {"data": _build_picture(found, address), "success": True}

    def _find_artist(self, artist_id: str, _: Mapping[str, str], __: str) -> Answer:
        _check_id(artist_id, "artistId")
        found = next((one for one in self._artists if one.id == artist_id), None)
        if found is None:
            return _refuse(404, f"Could not find artist with ID: {artist_id}")
        return 200, {"data": {**_build_artist(found), "images": len(self._list_by(artist_id))}, "success": True}

    def _list_images(self, artist_id: str, asked: Mapping[str, str], address: str) -> Answer:
        _check_id(artist_id, "artistId")
        limit, offset = _read_limit(asked, default=10), _read_offset(asked)
        found = self._list_by(artist_id)
        data = _build_list(found[offset : offset + limit], address)
        if not data:
            return _refuse(404, f"Could not find artist with ID: {artist_id}")
        return 200, {"data": data, "meta": _paginate(limit, offset, len(data), len(found)), "success": True}

    def _search(
        self, rows: Sequence[SampleArtist] | Sequence[SampleCategory], asked: Mapping[str, str], *, longest: int
    ) -> Answer:
        limit, offset, pattern = _read_limit(asked, default=10), _read_offset(asked), asked.get("search", "")
        found = list(rows)
        if pattern:
            if len(pattern) > longest:
                return _BROKEN
            try:
                similar = compile_similar(pattern)
            except (re.error, OverflowError):
                return _BROKEN
            found = [row for row in rows if any(map(similar.fullmatch, _list_searched(row)))]
        data = [_build_row(row) for row in found[offset : offset + limit]]
        return 200, {"data": data, "meta": _paginate(limit, offset, len(data), len(rows)), "success": True}

    def _list_by(self, artist_id: str) -> list[SamplePicture]:
        return [one for one in self._pictures if one.artist is not None and one.artist.id == artist_id]


def _list_searched(row: SampleArtist | SampleCategory) -> tuple[str, ...]:
    return (row.name,) if isinstance(row, SampleArtist) else (row.name, row.description)


def _read_limit(asked: Mapping[str, str], *, default: int) -> int:
    text = asked.get("limit", str(default))
    if not text.isdecimal() or not 1 <= int(text) <= 25:
        raise _Refused(_refuse(400, "Invalid value for `limit` parameter. Expected a number between 1 and 25."))
    return int(text)


def _read_offset(asked: Mapping[str, str]) -> int:
    text = asked.get("offset", "0")
    if not text.isdecimal():
        raise _Refused(_refuse(400, "Invalid value for `offset` parameter. Expected a number."))
    return int(text)


def _check_id(text: str, parameter: str) -> None:
    try:
        uuid.UUID(text)
    except ValueError:
        raise _Refused(_refuse(400, f"Invalid value for `{parameter}` parameter. Expected a UUID.")) from None


def _refuse(code: int, message: str) -> Answer:
    return code, {"code": code, "message": message, "success": False}


def _paginate(limit: int, offset: int, count: int, total: int) -> object:
    return {"pagination": {"limit": limit, "offset": offset, "count": count, "total": total}}


def _build_list(pictures: Sequence[SamplePicture], address: str) -> list[dict[str, object]]:
    built = [_build_picture(one, address) for one in pictures]
    if len(built) > 1:  # the real server mixes up whose address is whose
        built[-1]["url"] = built[0]["url"]
    return built


def _build_picture(picture: SamplePicture, address: str) -> dict[str, object]:
    wide = picture.width > picture.height
    orientation = "square" if picture.width == picture.height else "landscape" if wide else "portrait"
    return {
        "id": picture.id,
        "url": f"{address}/picture/{picture.number}.svg?token=sample",
        "artist": _build_artist(picture.artist) if picture.artist else None,
        "source": {"name": "Example" if picture.source_url else None, "url": picture.source_url},
        "original": None,
        "nsfw": _WORDS.get(picture.rating or ""),
        "categories": [_build_category(one) for one in picture.categories],
        "characters": [],
        "createdAt": _ADDED,
        "meta": {
            "eTag": f'"etag{picture.number}"',
            "size": 100_000 + picture.number,
            "mimetype": "image/svg+xml",
            "color": "#{:02x}{:02x}{:02x}".format(*picture.color) if picture.number % 3 else None,
            "expires": _ADDED,
            "dimens": {
                "height": picture.height,
                "width": picture.width,
                "aspectRatio": None,
                "orientation": orientation,
            },
        },
    }


def _build_row(row: SampleArtist | SampleCategory) -> dict[str, object]:
    return _build_artist(row) if isinstance(row, SampleArtist) else _build_category(row)


def _build_artist(artist: SampleArtist) -> dict[str, object]:
    return {"id": artist.id, "name": artist.name, "url": artist.url}


def _build_category(category: SampleCategory) -> dict[str, object]:
    return {
        "id": category.id,
        "name": category.name,
        "description": category.description,
        "nsfw": category.nsfw,
        "type": "setting",
        "createdAt": _ADDED,
    }
