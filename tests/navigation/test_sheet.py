"""The card of an entry: a glance at it, and all its details."""

from __future__ import annotations

import discord
import pytest
from discord import ui

from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.sheet import Sheet, render_glance, render_sheet
from bot.navigation.viewer import Viewer
from tests.support.discord_limits import check_view, read_texts

READER = Viewer(asker_id=7, age_restricted=False)
COVER = ui.MediaGallery[ui.LayoutView](discord.MediaGalleryItem("https://i.example/1.jpg"))
LONG = "He wakes up. " * 100


def glance(sheet: Sheet, *, spoiler: int = 0) -> Shown:
    return render_glance(sheet, Frame(READER, Address("v17", 3, spoiler), source="VNDB"))


def test_a_glance_is_picture_name_line_and_the_beginning_of_the_description_in_this_order() -> None:
    shown = glance(Sheet("## Ever17", line=["8.68/10"], description=LONG, blocks=["-# mystery"], cover=COVER))
    (container,) = check_view(shown)
    picture, text, tags, *_ = container["components"]
    assert picture["type"] == 12
    assert text["content"].startswith("## Ever17\n8.68/10\nHe wakes up. ")
    assert 90 < len(text["content"]) < 180 and text["content"].endswith("wakes up.")
    assert tags["content"] == "-# mystery"
    assert shown.frame.address.number == 1


def test_a_glance_without_a_picture_has_no_hole() -> None:
    (container,) = check_view(glance(Sheet("## Ever17")))
    assert container["components"][0]["content"] == "## Ever17"


@pytest.mark.parametrize("spoiler", [0, 2])
def test_a_glance_hides_what_the_description_hides(spoiler: int) -> None:
    sheet = Sheet("## Ever17", description="He wakes up. [spoiler]He is the other one.[/spoiler]")
    assert ("||He is the other one.||" in read_texts(glance(sheet, spoiler=spoiler))) == (spoiler == 2)


def test_somebodys_own_copy_shows_what_the_beginning_of_a_description_does_not_reach() -> None:
    sheet = Sheet("## Ever17", description=f"{LONG} [spoiler]He is the other one.[/spoiler]")
    assert "the other one" not in read_texts(glance(sheet, spoiler=2))
    copy = render_glance(sheet, Frame(READER, Address("v17").reveal(), "VNDB"))
    assert "||He is the other one.||" in read_texts(copy)
    plain = render_glance(Sheet("## Ever17", description=LONG), Frame(READER, Address("v17").reveal(), "VNDB"))
    assert read_texts(plain).count("He wakes up.") < 15


def test_a_glance_at_the_longest_of_everything_fits_into_a_message() -> None:
    sheet = Sheet("## " + "漢" * 200, ["x" * 200], COVER, ["漢" * 1500], "漢" * 9000, ["漢" * 1200, "x" * 4000])
    assert check_view(glance(sheet))


@pytest.mark.parametrize("text", ["very " * 1000, "漢" * 5000, "*" * 5000])
@pytest.mark.parametrize("thumbnail", [None, "https://i.example/2.jpg"])
def test_a_line_of_what_a_service_says_at_great_length_is_cut(text: str, thumbnail: str | None) -> None:
    beside = ui.Thumbnail[ui.LayoutView](thumbnail) if thumbnail else None
    sheet = Sheet("## " + "漢" * 200, [text, text], COVER, ["漢" * 1500], "漢" * 9000, thumbnail=beside)
    assert check_view(glance(sheet))
    assert check_view(render_sheet(sheet, Frame(READER, Address("v17/details"), source="VNDB")))
    assert "…" in sheet.top and sheet.top.startswith("## 漢")


def test_the_details_go_on_over_pages_and_have_all_of_the_description() -> None:
    sheet = Sheet("## Ever17", facts=["**Length:** 41 hours"], description=LONG * 4)
    pages = [render_sheet(sheet, Frame(READER, Address("v17/details", number), source="VNDB")) for number in (1, 2, 3)]
    total = pages[0].frame.extent.total
    assert total == 2
    assert sum(read_texts(page).count("wakes") for page in pages[:total]) == 400


@pytest.mark.parametrize("age_restricted", [False, True])
def test_a_description_links_to_sites_for_adults_in_age_restricted_channels_only(*, age_restricted: bool) -> None:
    viewer = Viewer(asker_id=7, age_restricted=age_restricted)
    sheet = Sheet("## Ever17", description="From [url=https://www.fakku.net/x]a shop[/url]. [spoiler]Late.[/spoiler]")
    shown = "[a shop](<https://www.fakku.net/x>)" if age_restricted else "From a shop."
    for render, address in (
        (render_glance, Address("v17")),
        (render_glance, Address("v17").reveal()),
        (render_sheet, Address("v17/details")),
    ):
        assert shown in read_texts(render(sheet, Frame(viewer, address, source="VNDB")))


def test_what_stands_on_the_line_is_text() -> None:
    shown = glance(Sheet("## Ever17", line=["@everyone", "**2002**"]))
    check_view(shown)  # it mentions nobody
    assert "**2002**" not in read_texts(shown)
