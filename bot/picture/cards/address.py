"""Where pictures are found: the place carries the whole wish, so that a button can ask for the next one.

`picture/s/t/catgirl.school_uniform/x/night`: a safe one, with (`t`) and without (`x`) tags. `picture/s/a/{id}/14`: one
of an artist's 14. What may not stand in an address is written as in `=c3=a9`. `picture/s/artist/{pattern}`: the artists
whose names match, each of which leads to a safe picture.
"""

from __future__ import annotations

import re

from bot.picture.api.model import Artist, AskedRating, PictureWish
from bot.picture.api.pattern import Searched

_TAGS = r"([a-z0-9=._-]+)"
WISH_PATTERN = rf"picture/([sgb])(?:/t/{_TAGS})?(?:/x/{_TAGS})?"
ARTIST_PATTERN = r"picture/([sgb])/a/([A-Za-z0-9-]{1,40})(?:/([0-9]{1,6}))?"
SEARCH_PATTERN = r"picture/([sgb])/(artist|category)/([A-Za-z0-9_-]+)"

_LETTERS: dict[AskedRating, str] = {"safe": "s", "suggestive": "g", "borderline": "b"}
_RATINGS: dict[str, AskedRating] = {letter: rating for rating, letter in _LETTERS.items()}
_ARTIST_ID = re.compile(r"[A-Za-z0-9-]{1,40}")
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_-")
_ESCAPED = re.compile(rb"=([0-9a-f]{2})")


def build_wish_place(wish: PictureWish) -> str:
    """Return where pictures of that kind are. It may be too long for an address."""
    parts = ["picture", _LETTERS[wish.rating]]
    for letter, tags in (("t", wish.tags), ("x", wish.without)):
        parts += [letter, ".".join(map(_encode, tags))] if tags else []
    return "/".join(parts)


def build_artist_place(artist: Artist, *, rating: AskedRating) -> str | None:
    """Return where pictures by that artist are; None if the id is none."""
    if not _ARTIST_ID.fullmatch(artist.id):
        return None
    images = "" if artist.images is None else f"/{artist.images}"
    return f"picture/{_LETTERS[rating]}/a/{artist.id}{images}"


def build_search_place(kind: Searched, text: str, *, rating: AskedRating) -> str:
    """Return where the artists or categories are that a search finds. It may be too long for an address.

    `text`: the pattern, as an address carries it.
    """
    return f"picture/{_LETTERS[rating]}/{kind}/{text}"


def parse_rating(letter: str) -> AskedRating:
    """Read the letter of a rating."""
    return _RATINGS[letter]


def parse_wish(letter: str, tags: str, without: str) -> PictureWish:
    """Read the groups of `WISH_PATTERN`."""
    return PictureWish(parse_rating(letter), _decode(tags), _decode(without))


def _encode(tag: str) -> str:
    return "".join(chr(byte) if byte in _PLAIN else f"={byte:02x}" for byte in tag.encode())


def _decode(text: str) -> tuple[str, ...]:
    found = (_ESCAPED.sub(lambda match: bytes.fromhex(match[1].decode()), part.encode()) for part in text.split("."))
    return tuple(part.decode(errors="replace") for part in found if part)
