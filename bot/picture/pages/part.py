"""What stands in the places of pictures: they carry the whole wish, so that a button can ask for the next one.

What may not stand in an address is written as in `=c3=a9`.
"""

from __future__ import annotations

import re

from bot.navigation.route import Part
from bot.picture.api.model import Artist, AskedRating, PictureWish

_TAGS = r"[a-z0-9=._-]+"
_LETTERS: dict[AskedRating, str] = {"safe": "s", "suggestive": "g", "borderline": "b"}
_RATINGS: dict[str, AskedRating] = {letter: rating for rating, letter in _LETTERS.items()}
_WISH = re.compile(rf"([sgb])(?:/t/({_TAGS}))?(?:/x/({_TAGS}))?")
_ARTIST_ID = re.compile(r"[A-Za-z0-9-]{1,40}")
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_-")
_ESCAPED = re.compile(rb"=([0-9a-f]{2})")


def has_place(artist: Artist) -> bool:
    """Whether an artist's id is one."""
    return _ARTIST_ID.fullmatch(artist.id) is not None


def _write_wish(wish: PictureWish) -> str:
    parts = [_LETTERS[wish.rating]]
    for letter, tags in (("t", wish.tags), ("x", wish.without)):
        parts += [letter, ".".join(map(_encode, tags))] if tags else []
    return "/".join(parts)


def _read_wish(text: str) -> PictureWish:
    match = _WISH.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return PictureWish(_RATINGS[match[1]], _decode(match[2] or ""), _decode(match[3] or ""))


def _write_artist(artist: Artist) -> str:
    return artist.id if artist.images is None else f"{artist.id}/{artist.images}"


def _read_artist(text: str) -> Artist:
    artist_id, _, images = text.partition("/")
    return Artist(id=artist_id, name="", images=int(images) if images else None)


def _encode(tag: str) -> str:
    return "".join(chr(byte) if byte in _PLAIN else f"={byte:02x}" for byte in tag.encode())


def _decode(text: str) -> tuple[str, ...]:
    found = (_ESCAPED.sub(lambda match: bytes.fromhex(match[1].decode()), part.encode()) for part in text.split("."))
    return tuple(part.decode(errors="replace") for part in found if part)


RATING: Part[AskedRating] = Part("[sgb]", _RATINGS.__getitem__, _LETTERS.__getitem__)
WISH: Part[PictureWish] = Part(rf"[sgb](?:/t/{_TAGS})?(?:/x/{_TAGS})?", _read_wish, _write_wish)
"""`s/t/catgirl.school_uniform/x/night`: a safe one, with (`t`) and without (`x`) tags."""
ARTIST: Part[Artist] = Part(r"[A-Za-z0-9-]{1,40}(?:/[0-9]{1,6})?", _read_artist, _write_artist)
"""An artist's id, and how many pictures there are once that is known."""
