"""The pictures of the sample VNDB: how the API describes them, and what is drawn for their addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.playground.service.cover import draw_cover, draw_scene
from bot.playground.service.vndb.data import Novel
from bot.playground.service.vndb.entry import Image
from bot.playground.service.vndb.index import Index

COVER_DIMS = (600, 848)
_THUMBNAIL_DIMS = (256, 362)
_CHARACTER_DIMS = (256, 300)
_SCENE_DIMS = (1280, 720)
_SCENE_THUMBNAIL_DIMS = (136, 77)
_ADDRESS = re.compile(r"/img/(cv|ch|sf)(\.t)?/([1-9][0-9]{0,8})\.svg")
_UNVOTED = "no votes about this picture"
_SENSITIVE = "stands for a sensitive picture"


@dataclass(frozen=True)
class Picture:
    """What is drawn: its captions and what people voted about it."""

    title: str
    subtitle: str
    image: Image


def build_image(kind: str, image: Image, image_url: str) -> dict[str, object]:
    """An image as the API shows it; `kind`: `cv` for covers, `ch` for characters, `sf` for screenshots.

    A character's has no thumbnail in the API, and what nobody voted on has the worst flags.
    """
    dims, small = _find_dims(kind, image)
    return {
        "id": f"{kind}{image.number}",
        "url": f"{image_url}/{kind}/{image.number}.svg",
        "dims": list(dims),
        "thumbnail": f"{image_url}/{kind}.t/{image.number}.svg",
        "thumbnail_dims": list(small),
        "sexual": plain(image.sexual) if image.votecount else 2,
        "violence": plain(image.violence) if image.votecount else 2,
        "votecount": image.votecount,
    }


def cover_of(novel: Novel) -> Image | None:
    """The cover of a novel; its number is the novel's."""
    if novel.image is None:
        return None
    return Image(novel.number, novel.image.sexual, novel.image.violence, novel.image.votecount)


def plain(number: float | None) -> float | None:
    """The number as the server writes it: whole ones without a point."""
    return int(number) if number is not None and float(number).is_integer() else number


def find_pictures(index: Index) -> Mapping[str, Picture]:
    """Every picture by its id, such as `cv17`."""
    found: dict[str, Picture] = {}
    for novel in index.novels.values():
        cover = cover_of(novel)
        if cover is not None:
            developers = ", ".join(index.producers[one].name for one in novel.developers)
            found[f"cv{cover.number}"] = Picture(novel.title, developers, cover)
        detail = index.library.details.get(novel.id)
        for number, one in enumerate(detail.screenshots if detail else (), 1):
            found[f"sf{one.image.number}"] = Picture(novel.title, f"screenshot {number}", one.image)
    for release in index.releases.values():
        for shown in release.images:
            found[f"cv{shown.image.number}"] = Picture(release.title, shown.type, shown.image)
    for character in index.characters.values():
        if character.image is not None:
            found[f"ch{character.image.number}"] = Picture(character.name, "", character.image)
    return found


def draw_picture(path: str, pictures: Mapping[str, Picture]) -> str | None:
    """The SVG for an address (its path), or None if there is no such picture."""
    asked = _ADDRESS.fullmatch(path)
    picture = pictures.get(f"{asked[1]}{asked[3]}") if asked else None
    if asked is None or picture is None or (asked[1] == "ch" and asked[2]):
        return None
    width, height = _find_dims(asked[1], picture.image)[bool(asked[2])]
    note = "" if picture.image.votecount else _UNVOTED
    if picture.image.votecount and max(picture.image.sexual, picture.image.violence) > 0.4:
        note = _SENSITIVE
    draw = draw_scene if asked[1] == "sf" else draw_cover
    return draw(picture.title, subtitle=picture.subtitle, width=width, height=height, note=note)


def _find_dims(kind: str, image: Image) -> tuple[tuple[int, int], tuple[int, int]]:
    if kind == "sf":
        return image.dims or _SCENE_DIMS, _SCENE_THUMBNAIL_DIMS
    if kind == "ch":
        return image.dims or _CHARACTER_DIMS, image.dims or _CHARACTER_DIMS
    return image.dims or COVER_DIMS, _THUMBNAIL_DIMS
