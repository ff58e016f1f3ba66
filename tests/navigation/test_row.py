"""Lists: rows with their pictures beside them, or as covers."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from bot.cards.text import count_units
from bot.navigation.address import Address
from bot.navigation.frame import COVERS, COVERS_LABEL, ROWS, Choice, Frame, Shown
from bot.navigation.row import Row, render_row_page, render_rows
from bot.navigation.viewer import Viewer
from bot.playground.engine.components import walk
from bot.service.image import Image
from tests.support.discord_limits import check_view, read_pictures, read_texts

READER = Viewer(asker_id=7, age_restricted=False)
ADULT = replace(READER, age_restricted=True)
SAFE = Image(url="https://i.example/1.jpg", sexual=0.1, violence=0.0, votecount=9, thumbnail="https://i.example/t.jpg")
EXPLICIT = msgspec.structs.replace(SAFE, sexual=2.0)
UNRATED = msgspec.structs.replace(SAFE, votecount=0)


def build_rows(*images: Image | None) -> list[Row]:
    return [
        Row(
            f"**{at}. Novel**\n-# 2009",
            choice=Choice(Address(f"v{at}"), f"Novel {at}"),
            image=image,
            name=f"Cover of {at}",
        )
        for at, image in enumerate(images, 1)
    ]


def show(rows: list[Row], *, number: int = 1, covers: bool = False, viewer: Viewer = READER) -> Shown:
    frame = Frame(viewer, Address("list", number, covers=covers), source="VNDB")
    return render_rows("## Novels", rows, empty="None.", frame=frame)


def list_types(shown: Shown) -> list[int]:
    (container,) = check_view(shown)
    return [part["type"] for part in container["components"]]


SECTION, TEXT, GALLERY = 9, 10, 12


def test_a_row_stands_beside_its_picture() -> None:
    shown = show(build_rows(SAFE, SAFE))
    assert list_types(shown)[:3] == [TEXT, SECTION, SECTION]
    assert read_pictures(shown) == [("https://i.example/t.jpg", False)] * 2


def test_a_row_whose_picture_is_withheld_leaves_no_hole_and_the_small_print_says_why() -> None:
    shown = show(build_rows(EXPLICIT, SAFE, UNRATED, None))
    assert list_types(shown)[:3] == [TEXT, SECTION, TEXT]
    assert "**1. Novel**" in read_texts(shown).split("**2. Novel**")[0]
    assert "-# 2 pictures are not shown here: suggestive, not rated yet." in read_texts(shown)


def test_where_it_may_be_shown_a_picture_that_is_not_safe_is_a_spoiler() -> None:
    assert read_pictures(show(build_rows(EXPLICIT, SAFE), viewer=ADULT)) == [
        ("https://i.example/t.jpg", True),
        ("https://i.example/t.jpg", False),
    ]


def test_rows_with_pictures_are_six_a_page_and_others_as_many_as_can_be_picked() -> None:
    assert show(build_rows(*[SAFE] * 13)).frame.extent.total == 3
    assert show(build_rows(*[None] * 13)).frame.extent.total == 1
    assert "**7. Novel**" in read_texts(show(build_rows(*[SAFE] * 13), number=2))


def test_covers_are_ten_pictures_and_their_titles() -> None:
    shown = show(build_rows(*[SAFE] * 9, EXPLICIT, SAFE), covers=True)
    assert list_types(shown)[:3] == [TEXT, GALLERY, TEXT]
    assert read_pictures(shown) == [("https://i.example/1.jpg", False)] * 9
    assert "**10. Novel**" in read_texts(shown) and "2009" not in read_texts(shown)
    assert "1 picture is not shown here: suggestive." in read_texts(shown)
    assert shown.frame.extent.total == 2


def test_covers_of_which_none_may_be_shown_are_titles() -> None:
    assert list_types(show(build_rows(EXPLICIT), covers=True))[0] == TEXT


def test_a_list_of_nothing_offers_no_other_look() -> None:
    frame = Frame(READER, Address("list"), source="VNDB", pictures=COVERS_LABEL)
    assert "Covers" in read_texts(render_row_page("## Novels", build_rows(SAFE), empty="None.", frame=frame))
    assert "Covers" not in read_texts(render_row_page("## Novels", [], empty="None.", frame=frame))


def test_a_list_of_nothing_says_so() -> None:
    assert "## Novels\nNone." in read_texts(show([]))


@pytest.mark.parametrize("covers", [False, True])
def test_the_longest_rows_fit_into_a_message(*, covers: bool) -> None:
    rows = [replace(row, text=f"**{'漢' * 95}** · {'漢' * 60}\n-# {'漢' * 90}") for row in build_rows(*[SAFE] * 30)]
    shown = show(rows, covers=covers, number=2)
    texts = [str(part.get("content") or "") for part in walk(check_view(shown))]
    assert sum(map(count_units, texts)) < 4000
    assert len(shown.frame.choices) == (COVERS if covers else ROWS)
