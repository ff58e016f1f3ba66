"""What the sample Nekos API v4 answers: `/v4/images/random` alone."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from bot.playground.service.nekos.data import SamplePicture

Answer = tuple[int, object]
"""A status and what is sent as JSON."""

_RATINGS = frozenset({"safe", "suggestive", "borderline", "explicit"})


def answer_v4(
    path: str, asked: Mapping[str, str], *, pictures: Sequence[SamplePicture], address: str, rng: random.Random
) -> Answer:
    """Answer a GET of `path`, which is what follows `/v4`."""
    if path != "/images/random":
        return 404, {"detail": "Not Found"}
    limit, ratings = asked.get("limit", "10"), _split(asked.get("rating", ""))
    if not limit.isdecimal() or not 1 <= int(limit) <= 100:
        return 422, _refuse("limit")
    if not set(ratings) <= _RATINGS:
        return 422, _refuse("rating")
    wanted, unwanted = set(_split(asked.get("tags", ""))), set(_split(asked.get("without_tags", "")))
    found = [
        one
        for one in pictures
        if (not ratings or one.rating in ratings)
        and wanted <= (tags := {category.tag for category in one.categories})
        and not unwanted & tags
    ]
    return 200, [_build(one, address) for one in rng.sample(found, min(int(limit), len(found)))]


def _split(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _refuse(parameter: str) -> object:
    return {"detail": [{"type": "value_error", "loc": ["query", parameter], "msg": "Input is not valid"}]}


def _build(picture: SamplePicture, address: str) -> object:
    return {
        "id": picture.number,
        "url": f"{address}/picture/{picture.number}.svg",
        "rating": picture.rating,
        "color_dominant": list(picture.color),
        "color_palette": [list(picture.color), [240, 240, 240]],
        "artist_name": picture.artist.name if picture.artist else None,
        "tags": [category.tag for category in picture.categories],
        "source_url": picture.source_url,
    }
