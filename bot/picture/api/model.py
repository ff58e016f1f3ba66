"""Pictures of the Nekos API, whichever version of it they come from, and what one can ask for."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from bot.errors import InvalidInput

Rating = Literal["safe", "suggestive", "borderline", "explicit"]
"""How the service rates a picture. Of v1: sfw, questionable and nsfw, which is suggestive but not explicit."""

AskedRating = Literal["safe", "suggestive", "borderline"]
"""A rating that can be asked for. Explicit pictures are shown nowhere: nobody says who is in a random one."""

RATINGS: tuple[AskedRating, ...] = get_args(AskedRating)
TAGS_AT_MOST = 10
_TAG_LIMIT = 50


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One picture. `rating` None: unknown, so it is shown nowhere. `color` is 0xRRGGBB, sizes are in pixels.

    `artist_url` and `source_url` are web addresses, or None.
    """

    id: str
    url: str
    rating: Rating | None = None
    artist_name: str = ""
    artist_url: str | None = None
    source_url: str | None = None
    tags: tuple[str, ...] = ()
    color: int | None = None
    width: int | None = None
    height: int | None = None


class Artist(msgspec.Struct, frozen=True, kw_only=True):
    """An artist (v1). `images`: how many pictures there are; None where that was not said."""

    id: str
    name: str
    url: str | None = None
    images: int | None = None


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A category (v1). `nsfw` is true unless the service says otherwise."""

    name: str
    description: str | None = None
    nsfw: bool = True


class PictureWish(msgspec.Struct, frozen=True):
    """What a picture must be: all of `tags`, none of `without`, both as `normalise_tag` has them."""

    rating: AskedRating = "safe"
    tags: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def normalise_tag(tag: str) -> str:
    """A tag (v4) or the name of a category (v1) as it is compared: `school_uniform`."""
    return "_".join(tag.casefold().replace("_", " ").split())


def parse_tags(text: str | None, *, what: str = "tags") -> tuple[str, ...]:
    """Read tags that are separated by commas. Raises `InvalidInput`, also for a text that names none."""
    named = [normalise_tag(part) for part in (text or "").split(",")]
    tags = tuple(dict.fromkeys(tag for tag in named if tag))
    if text and not tags:
        raise InvalidInput("search", "needs some letters or digits")
    if len(tags) > TAGS_AT_MOST:
        raise InvalidInput(what, f"must be {TAGS_AT_MOST} at most")
    if any(len(tag) > _TAG_LIMIT or not tag.isprintable() for tag in tags):
        raise InvalidInput(what, f"must be words of at most {_TAG_LIMIT} characters each, separated by commas")
    return tags
