"""The sample pictures of the Nekos API: invented artists and tags, and landscapes that are drawn for them."""

from __future__ import annotations

import functools
import hashlib
import uuid
from dataclasses import dataclass

from bot.playground.service.cover import draw_cover, draw_scene

PICTURES = 120

_RATINGS = ("safe", "safe", "suggestive", "safe", "borderline", "safe", "explicit", "safe", None, "safe")
_CATEGORIES = (
    ("Lake", "There is a lake."),
    ("Paper boat", "A boat of folded paper."),
    ("Catgirl", "Somebody with the ears of a cat."),
    ("Night", "It is night."),
    ("Straw hat", "Somebody wears a straw hat."),
    ("Tea", "Tea is poured, or drunk."),
    ("Lantern", "A lantern is lit."),
    ("Wallpaper", "It fits a screen."),
    ("Snow", "There is snow."),
    ("Bicycle", "A bicycle, whoever rides it."),
)
_FIRST = ("Aoba", "Kiri", "Mikage", "Nanohana", "Shiosai", "Tsuzuri")
_LAST = ("Atelier", "Moon", "Paperworks", "Sketchbook", "Studio")
_SIZES = ((1280, 720), (720, 1280), (900, 900))


@dataclass(frozen=True)
class SampleArtist:
    """An artist. `id` is a UUID."""

    id: str
    name: str
    url: str | None


@dataclass(frozen=True)
class SampleCategory:
    """A category, or a tag by another name."""

    id: str
    name: str
    description: str
    nsfw: bool = False

    @property
    def tag(self) -> str:
        """How v4 writes it."""
        return self.name.lower().replace(" ", "_")


@dataclass(frozen=True)
class SamplePicture:
    """A picture. `rating` is v4's word, None where nobody rated it."""

    number: int
    rating: str | None
    artist: SampleArtist | None
    source_url: str | None
    categories: tuple[SampleCategory, ...]
    width: int
    height: int

    @property
    def id(self) -> str:
        """Its UUID in v1."""
        return _make_id("picture", self.number)

    @property
    def color(self) -> tuple[int, int, int]:
        """Its main colour: red, green and blue."""
        red, green, blue = hashlib.sha256(self.id.encode()).digest()[:3]
        return red, green, blue

    def draw(self) -> str:
        """The SVG."""
        title = " and ".join(one.name for one in self.categories) or "Something untagged"
        note = f"rated {self.rating or 'by nobody'}; a sample"
        draw = draw_scene if self.width > self.height else draw_cover
        return draw(title, subtitle=f"Picture {self.number}", width=self.width, height=self.height, note=note)


@functools.cache
def load_artists() -> tuple[SampleArtist, ...]:
    """All artists."""
    names = [f"{first} {last}" for first in _FIRST for last in _LAST]
    return tuple(
        SampleArtist(_make_id("artist", number), name, f"https://artist{number}.example" if number % 4 else None)
        for number, name in enumerate(names, 1)
    )


@functools.cache
def load_categories() -> tuple[SampleCategory, ...]:
    """All categories. The last one is marked, and harmless all the same."""
    found = [SampleCategory(_make_id("category", at), *one) for at, one in enumerate(_CATEGORIES, 1)]
    marked = SampleCategory(_make_id("category", 99), "Evening wear", "Marked for adults, for a test.", nsfw=True)
    return (*found, marked)


@functools.cache
def load_pictures() -> tuple[SamplePicture, ...]:
    """All pictures."""
    return tuple(_make_picture(number) for number in range(1, PICTURES + 1))


def _make_picture(number: int) -> SamplePicture:
    artists, categories = load_artists(), load_categories()
    rating = _RATINGS[number % len(_RATINGS)]
    # The last artist has no pictures, and every ninth picture no artist.
    artist = artists[number * 7 % (len(artists) - 1)] if number % 9 else None
    plain = categories[:-1]
    named = {plain[number % len(plain)], plain[number // 3 % len(plain)]}
    if rating == "borderline":
        named.add(categories[-1])
    width, height = _SIZES[number % len(_SIZES)]
    return SamplePicture(
        number,
        rating,
        artist,
        f"https://source.example/{number}" if number % 5 else None,
        tuple(sorted(named, key=lambda one: one.name)),
        width,
        height,
    )


def _make_id(kind: str, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://sample.example/{kind}/{number}"))
