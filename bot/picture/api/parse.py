"""Answers of both versions of the Nekos API, read into the same pictures. What may be shown nowhere is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias, cast

import msgspec

from bot.errors import BadAnswer
from bot.picture.api.ban import is_withheld
from bot.picture.api.model import RATINGS, Artist, Category, Picture, Rating
from bot.service.ban import is_too_long
from bot.service.body import decode
from bot.service.picture_host import PictureHosts
from bot.service.record import S, parse_record

SERVICE = "Nekos API"

Drawn: TypeAlias = Picture | BadAnswer | None
"""A picture; None for one that is withheld; an error in place of what cannot be read, or is another's."""

# v1's words. Its documentation: questionable is mild, nsfw is suggestive but not explicit.
_V1_RATINGS: dict[str | None, Rating] = {"sfw": "safe", "questionable": "suggestive", "nsfw": "borderline"}
_V4_RATINGS: dict[str | None, Rating] = {**{rating: rating for rating in RATINGS}, "explicit": "explicit"}
_URL = re.compile(r"https?://[0-9A-Za-z][0-9A-Za-z.:-]*(?:[/?#][!-~]*)?")
_URL_LIMIT = 2048
_ODD = "what cannot be read as one of its pictures"
# In tags and sentences, of all pictures of an answer: ten times what is told of them. To judge it takes up to seven
# microseconds a character, in which nobody else is answered.
_TOLD_AT_MOST = 50_000
_COLOUR = re.compile(r"#([0-9A-Fa-f]{6})")


class _V4Picture(msgspec.Struct):
    id: int | str
    url: str
    rating: str | None = None
    artist_name: str | None = None
    tags: list[str] | None = None
    source_url: str | None = None
    color_dominant: list[int] | None = None


class _V1Artist(msgspec.Struct):
    id: str
    name: str
    url: str | None = None
    images: int | None = None


class _V1Category(msgspec.Struct):
    name: str
    description: str | None = None
    nsfw: bool = True


class _V1Character(msgspec.Struct):
    name: str | None = None
    ages: list[int] | None = None
    description: str | None = None
    occupations: list[str | None] | None = None


class _V1Source(msgspec.Struct):
    url: str | None = None


class _V1Size(msgspec.Struct):
    width: int | None = None
    height: int | None = None


class _V1Meta(msgspec.Struct):
    color: str | None = None
    dimens: _V1Size | None = None


class _V1Picture(msgspec.Struct):
    id: str
    url: str
    artist: _V1Artist | None = None
    source: _V1Source | None = None
    nsfw: str | None = None
    categories: list[_V1Category] | None = None
    characters: list[_V1Character] | None = None
    meta: _V1Meta | None = None


class _Items(msgspec.Struct):
    items: list[msgspec.Raw]


class _Data(msgspec.Struct):
    data: msgspec.Raw


class _Page(msgspec.Struct):
    data: list[msgspec.Raw]


def parse_v4_pictures(body: bytes, hosts: PictureHosts) -> list[Drawn]:
    """Read an array of pictures, or `{"items": […]}`. Raises `BadAnswer`."""
    try:
        found = decode(body, list[msgspec.Raw] | _Items)
    except msgspec.DecodeError:
        raise BadAnswer(SERVICE, "no list of pictures") from None
    raws = found.items if isinstance(found, _Items) else found
    wires = [parse_record(raw, _V4Picture) for raw in raws]
    _check_told(tag for wire in wires if wire for tag in wire.tags or ())
    return [_build_v4(wire, hosts) for wire in wires]


def parse_v1_pictures(body: bytes, hosts: PictureHosts) -> list[Drawn]:
    """Read `{"data": […]}`. Raises `BadAnswer`."""
    wires = [parse_record(raw, _V1Picture) for raw in _decode(body, _Page).data]
    _check_told(text for wire in wires if wire for text in (*_list_tags(wire), *_list_told(wire)))
    return [_build_v1(wire, hosts) for wire in wires]


def parse_v1_picture(body: bytes, hosts: PictureHosts) -> Drawn:
    """Read `{"data": {…}}`. Raises `BadAnswer`."""
    return _build_v1(parse_record(_decode(body, _Data).data, _V1Picture), hosts)


def parse_v1_artist(body: bytes) -> Artist:
    """Read `{"data": {…}}`. Raises `BadAnswer`."""
    artist = parse_record(_decode(body, _Data).data, _V1Artist)
    if artist is None:
        raise BadAnswer(SERVICE, "no artist")
    return _build_artist(artist)


def parse_v1_artists(body: bytes) -> list[Artist | None]:
    """Read `{"data": […]}`. None stands for one that cannot be read. Raises `BadAnswer`."""
    found = (parse_record(raw, _V1Artist) for raw in _decode(body, _Page).data)
    return [one and _build_artist(one) for one in found]


def parse_v1_categories(body: bytes) -> list[Category | None]:
    """Read `{"data": […]}`. None stands for one that cannot be read. Raises `BadAnswer`."""
    found = (parse_record(raw, _V1Category) for raw in _decode(body, _Page).data)
    return [one and Category(name=one.name, description=one.description, nsfw=one.nsfw) for one in found]


def parse_url(text: str | None) -> str | None:
    """A web address as it is, and None for everything else that may stand in its place."""
    return text if text and len(text) <= _URL_LIMIT and _URL.fullmatch(text) else None


def _decode(body: bytes, kind: type[S]) -> S:
    try:
        return decode(body, kind)
    except msgspec.DecodeError:
        raise BadAnswer(SERVICE, "another shape than {data}") from None


def _check_told(texts: Iterable[str]) -> None:
    """Raise `BadAnswer` for more than is judged: real answers are far from that."""
    if is_too_long(texts, at_most=_TOLD_AT_MOST):
        raise BadAnswer(SERVICE, f"over {_TOLD_AT_MOST} characters that are told of its pictures")


def _build_v4(wire: _V4Picture | None, hosts: PictureHosts) -> Drawn:
    url = hosts.find(wire.url) if wire else None
    if wire is None or url is None:
        return BadAnswer(SERVICE, _ODD)
    rating, tags = _V4_RATINGS.get(wire.rating), tuple(wire.tags or ())
    if is_withheld(rating, tags=tags):
        return None
    return Picture(
        id=str(wire.id),
        url=url,
        rating=rating,
        artist_name=wire.artist_name or "",
        source_url=parse_url(wire.source_url),
        tags=tags,
        color=_mix(wire.color_dominant or []),
    )


def _build_v1(wire: _V1Picture | None, hosts: PictureHosts) -> Drawn:
    url = hosts.find(wire.url) if wire else None
    if wire is None or url is None:
        return BadAnswer(SERVICE, _ODD)
    rating, tags = _V1_RATINGS.get(wire.nsfw), _list_tags(wire)
    ages = [years for one in wire.characters or () for years in one.ages or ()]
    # A safe picture in a category that is not contradicts itself.
    contradicts = rating == "safe" and any(one.nsfw for one in wire.categories or ())
    if is_withheld(rating, tags=tags, ages=ages, told=_list_told(wire)) or contradicts:
        return None
    meta = wire.meta or _V1Meta()
    dimens = meta.dimens or _V1Size()
    colour = _COLOUR.fullmatch(meta.color or "")
    return Picture(
        id=wire.id,
        url=url,
        rating=rating,
        artist_name=wire.artist.name if wire.artist else "",
        artist_url=parse_url(wire.artist.url) if wire.artist else None,
        source_url=parse_url(wire.source.url) if wire.source else None,
        tags=tags,
        color=int(colour[1], 16) if colour else None,
        width=dimens.width,
        height=dimens.height,
    )


def _list_tags(wire: _V1Picture) -> tuple[str, ...]:
    return tuple(one.name for one in wire.categories or ())


def _list_told(wire: _V1Picture) -> list[str]:
    """What else is told of a picture, in words."""
    characters, categories = wire.characters or (), wire.categories or ()
    told = [text for one in characters for text in (one.name, one.description, *(one.occupations or ())) if text]
    return told + [one.description for one in categories if one.description]


def _build_artist(wire: _V1Artist) -> Artist:
    return Artist(
        id=wire.id,
        name=wire.name,
        url=parse_url(wire.url),
        images=None if wire.images is None else max(0, min(wire.images, 999_999)),
    )


def _mix(channels: list[int]) -> int | None:
    """Red, green and blue (0 to 255 each) as one number."""
    if len(channels) != 3 or not all(0 <= channel <= 255 for channel in channels):
        return None
    red, green, blue = cast("tuple[int, int, int]", tuple(channels))
    return red << 16 | green << 8 | blue
