"""Pictures: which may stand where, how they are shown, and what is said of those that may not."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from discord import ui
from hypothesis import given

from bot.cards.image import build_gallery, build_thumbnail, explain_hidden, find_url, may_show
from bot.gate.rules import Hosted, Rules
from bot.navigation.viewer import Viewer
from bot.service.image import Image
from tests.support.choose import choose
from tests.support.each import each
from tests.vndb import strategies as vndb

OPEN = Viewer(7, age_restricted=False)
RESTRICTED = Viewer(7, age_restricted=True)
CAREFUL = Viewer(7, age_restricted=True, rules=Rules(server=choose(image_level=1)))
STRICT = Viewer(7, age_restricted=False, rules=Rules(server=choose(image_level=1)))
HARMLESS = Viewer(7, age_restricted=False, rules=Rules(hosted=Hosted(adult=False)))
SAFE = Image(url="https://i.example/1.jpg", sexual=0.1, violence=0.0, votecount=9, thumbnail="https://i.example/t.jpg")
SUGGESTIVE = msgspec.structs.replace(SAFE, sexual=1.0)
EXPLICIT = msgspec.structs.replace(SAFE, violence=1.9)
UNRATED = msgspec.structs.replace(SAFE, votecount=0)


@pytest.mark.parametrize(
    ("image", "viewers"),
    [
        (SAFE, [OPEN, CAREFUL, RESTRICTED]),
        (SUGGESTIVE, [CAREFUL, RESTRICTED]),
        (EXPLICIT, [RESTRICTED]),
        (UNRATED, [RESTRICTED]),
        (None, []),
    ],
)
def test_a_picture_is_shown_up_to_the_level_of_the_channel(image: Image | None, viewers: list[Viewer]) -> None:
    assert [viewer for viewer in (OPEN, CAREFUL, RESTRICTED) if may_show(image, viewer)] == viewers


@each("average", [None, -0.1, 2.1, math.nan, math.inf])
@each("flag", ["sexual", "violence"])
def test_an_average_that_cannot_be_counts_as_the_worst(flag: str, average: float | None) -> None:
    image = msgspec.structs.replace(SAFE, **{flag: average})
    assert [may_show(image, viewer) for viewer in (OPEN, CAREFUL, RESTRICTED)] == [False, False, True]


@given(vndb.maybe_images, vndb.viewers)
def test_outside_age_restricted_channels_only_safe_pictures_are_shown(image: Image | None, viewer: Viewer) -> None:
    if may_show(image, viewer):
        assert image is not None
        assert image.is_safe or viewer.age_restricted


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({}, "https://i.example/t.jpg"),
        ({"thumbnail": None}, "https://i.example/1.jpg"),
        ({"thumbnail": "ftp://i.example/t.jpg"}, "https://i.example/1.jpg"),
        ({"thumbnail": "https://i.example/" + "t" * 2048}, "https://i.example/1.jpg"),
        ({"thumbnail": "https://i.example/a b.jpg"}, "https://i.example/1.jpg"),
        ({"thumbnail": "https://", "url": "/1.jpg"}, None),
        ({"thumbnail": "", "url": "https://i.example/シ.jpg"}, None),
    ],
)
def test_the_small_picture_is_taken_if_discord_would_take_it(changes: dict[str, Any], url: str | None) -> None:
    assert find_url(msgspec.structs.replace(SAFE, **changes)) == url


def test_a_picture_without_an_address_is_not_shown() -> None:
    assert not may_show(msgspec.structs.replace(SAFE, url="", thumbnail=None), RESTRICTED)


@each(
    ("images", "viewer", "said"),
    [
        ([SAFE, None], OPEN, ""),
        ([EXPLICIT, UNRATED], RESTRICTED, ""),
        ([UNRATED], OPEN, "The picture is not shown here: not rated yet. Age-restricted channels show it."),
        ([SUGGESTIVE], OPEN, "The picture is not shown here: suggestive. Age-restricted channels show it."),
        ([EXPLICIT], CAREFUL, "The picture is not shown here: violent."),
        ([EXPLICIT], STRICT, "The picture is not shown here: violent."),
        ([SUGGESTIVE], HARMLESS, "The picture is not shown here: suggestive."),
        (
            [SUGGESTIVE, EXPLICIT],
            STRICT,
            "2 pictures are not shown here: suggestive, violent. Age-restricted channels show 1 of them.",
        ),
        ([SAFE, EXPLICIT, None], OPEN, "1 picture is not shown here: violent. Age-restricted channels show it."),
        (
            [SAFE, EXPLICIT, SUGGESTIVE],
            OPEN,
            "2 pictures are not shown here: suggestive, violent. Age-restricted channels show them.",
        ),
        (
            [UNRATED, SUGGESTIVE, UNRATED],
            OPEN,
            "3 pictures are not shown here: suggestive, not rated yet. Age-restricted channels show them.",
        ),
    ],
)
def test_it_is_said_why_a_picture_is_missing(images: list[Image | None], viewer: Viewer, said: str) -> None:
    assert explain_hidden(images, viewer) == said


@pytest.mark.parametrize(("image", "covered"), [(SAFE, False), (EXPLICIT, True)])
def test_a_thumbnail_that_is_not_safe_is_a_spoiler(image: Image, *, covered: bool) -> None:
    thumbnail = build_thumbnail(image, RESTRICTED, description="Cover")
    assert thumbnail is not None
    assert (thumbnail.media.url, thumbnail.spoiler) == ("https://i.example/t.jpg", covered)


@pytest.mark.parametrize("image", [None, EXPLICIT])
def test_a_picture_that_may_not_be_shown_has_no_thumbnail(image: Image | None) -> None:
    assert build_thumbnail(image, OPEN, description="Cover") is None


@pytest.mark.parametrize(("description", "said"), [("Cover\nof", "Cover of"), (" ", "Picture"), ("x" * 99 + "yy", "")])
def test_a_description_is_one_short_line(description: str, said: str) -> None:
    thumbnail = build_thumbnail(SAFE, OPEN, description=description)
    assert thumbnail is not None
    assert thumbnail.description == (said or "x" * 99 + "…")


def read_gallery(gallery: ui.MediaGallery[ui.LayoutView] | None) -> list[tuple[str, bool]]:
    return [(item.media.url, item.spoiler) for item in gallery.items] if gallery else []


def test_a_gallery_holds_whole_pictures_and_covers_those_that_are_not_safe() -> None:
    gallery = build_gallery([SAFE, EXPLICIT], RESTRICTED, description="Shot")
    assert read_gallery(gallery) == [("https://i.example/1.jpg", False), ("https://i.example/1.jpg", True)]


def test_a_gallery_falls_back_to_the_small_picture() -> None:
    image = msgspec.structs.replace(SAFE, url="nowhere")
    assert read_gallery(build_gallery([image], OPEN, description="Shot")) == [("https://i.example/t.jpg", False)]


def test_a_gallery_leaves_out_what_may_not_be_shown() -> None:
    assert len(read_gallery(build_gallery([SAFE, EXPLICIT, UNRATED], OPEN, description="Shot"))) == 1


def test_a_gallery_of_nothing_is_none() -> None:
    assert build_gallery([EXPLICIT], OPEN, description="Shot") is None


def test_a_gallery_holds_as_many_as_discord_takes() -> None:
    assert len(read_gallery(build_gallery([SAFE] * 12, OPEN, description="Shot"))) == 10
