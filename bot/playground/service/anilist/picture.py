"""The pictures of the sample AniList: their addresses, shaped as the real ones are, and what is drawn for them."""

from __future__ import annotations

import re

from bot.playground.service.anilist.data import Library
from bot.playground.service.cover import draw_cover, draw_scene

_ROOT = "/file/anilistcdn"
PICTURES = f"{_ROOT}/"
"""How their paths begin."""

_SIZES = {"large": (460, 650), "medium": (230, 325), "small": (100, 141)}
_PATH = re.compile(
    rf"{_ROOT}/(?P<kind>media/anime|media/manga|character|staff|user)/(?P<size>cover/large|cover/medium|cover/small|"
    r"banner|large|medium|avatar/large|avatar/medium)/[bn]?x?(?P<id>\d{1,9})\.svg"
)


def build_cover(address: str, kind: str, number: int, size: str) -> str:
    """The address of a cover. `size` is `large`, `medium` or `small`."""
    return f"{address}{_ROOT}/media/{kind.lower()}/cover/{size}/bx{number}.svg"


def build_banner(address: str, kind: str, number: int) -> str:
    """The address of a banner."""
    return f"{address}{_ROOT}/media/{kind.lower()}/banner/{number}.svg"


def build_portraits(address: str, kind: str, number: int) -> dict[str, object]:
    """Both sizes of a portrait. `kind` is `character`, `staff` or `user/avatar`."""
    return {size: f"{address}{_ROOT}/{kind}/{size}/b{number}.svg" for size in ("large", "medium")}


def draw_picture(path: str, library: Library) -> str | None:
    """The SVG for a path, or None if there is no such picture."""
    asked = _PATH.fullmatch(path)
    if asked is None:
        return None
    kind, size, number = asked["kind"], asked["size"].rpartition("/")[2], int(asked["id"])
    if kind.startswith("media/"):
        return _draw_work(library, number, size)
    people = {"character": library.characters, "staff": library.staff, "user": library.users}[kind]
    person = people.get(number)
    if person is None:
        return None
    return draw_cover(person.name, subtitle=f"{kind.title()} {number}", width=230, height=325)


def _draw_work(library: Library, number: int, size: str) -> str | None:
    work = library.works.get(number)
    if work is None:
        return None
    title, year = work.names[0], (work.start or "")[:4]
    if size == "banner":
        return draw_scene(title, subtitle=year, width=1900, height=400)
    width, height = _SIZES[size]
    note = "for adults only" if work.adult else ""
    return draw_cover(title, subtitle=f"{work.format or ''} {year}".strip(), width=width, height=height, note=note)
