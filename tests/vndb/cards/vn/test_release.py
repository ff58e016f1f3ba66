"""The releases of a visual novel: their languages and order, what is said of each, and which shops are linked."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Link, Release, ReleaseTitle, ReleaseVn, Vn
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.text import NO_SHOPS
from bot.vndb.cards.vn.release import render_releases
from tests.support.discord_limits import read_addresses, read_texts

READER = Viewer(asker_id=1, age_restricted=False)
ADULT = Viewer(asker_id=1, age_restricted=True)
STEAM = Link(url="https://store.example/app/1", label="Steam")
OTHER = Link(url="https://adult.example/2", label="Other")
BOX = Release(
    id="r1",
    title="Box Edition",
    languages=[ReleaseTitle(lang="ja")],
    platforms=["win"],
    released="2004-04-28",
    minage=0,
    official=True,
    has_ero=False,
    extlinks=[STEAM],
)


def change(number: int, **changes: Any) -> Release:
    return msgspec.structs.replace(BOX, id=f"r{number}", title=f"Box {number}", **changes)


def render(*releases: Release, viewer: Viewer = READER, more: bool = False, number: int = 1) -> Shown:
    vn = Vn(id="v17", title="Ever17", olang="ja")
    address = Address("v17/releases", number)
    return render_releases(Card(vn), releases, more, names=BUILT_IN, viewer=viewer, address=address)


async def test_a_release_is_its_title_and_a_small_line() -> None:
    line = "**Box Edition**\n-# 28 April 2004 · Windows · All ages · [Steam](<https://store.example/app/1>)"
    assert f"### Japanese\n{line}\n" in read_texts(render(BOX))


async def test_a_release_stands_under_all_its_languages_the_original_one_first() -> None:
    several = change(2, languages=[ReleaseTitle(lang="de"), ReleaseTitle(lang="ja"), ReleaseTitle(lang="en")])
    text = read_texts(render(several))
    places = [text.index(f"### {language}\n") for language in ("Japanese", "English", "German")]
    assert places == sorted(places)
    assert text.count("**Box 2**") == 3


async def test_a_machine_translation_is_marked_in_its_language_only() -> None:
    both = change(2, languages=[ReleaseTitle(lang="ja"), ReleaseTitle(lang="en", mtl=True)])
    original, translated = read_texts(render(both)).split("### English")
    assert "Machine translation" not in original
    assert "Machine translation" in translated


async def test_releases_are_in_the_order_of_their_dates_the_unknown_ones_last() -> None:
    dates = {1: "TBA", 2: "2004", 3: None, 4: "2004-04", 5: "2004-04-28", 6: "1999-12-31"}
    text = read_texts(render(*(change(number, released=date) for number, date in dates.items())))
    places = [text.index(f"**Box {number}**") for number in (6, 5, 4, 2, 1)]
    assert places == sorted(places)
    assert text.index("**Box 3**") > places[3]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"official": False}, "Unofficial"),
        ({"patch": True}, "Patch"),
        ({"freeware": True}, "Freeware"),
        ({"minage": 18}, "18+"),
        ({"vns": [ReleaseVn(id="v17", rtype="trial")]}, "Trial"),
        ({"vns": [ReleaseVn(id="v17", rtype="partial")]}, "Partial"),
        ({"languages": []}, "### Language unknown"),
        ({"released": None}, "**Box 2**\n-# Unknown"),
    ],
)
async def test_what_is_unusual_about_a_release_is_said(changes: dict[str, Any], said: str) -> None:
    assert said not in read_texts(render(BOX))
    assert said in read_texts(render(change(2, **changes)))


async def test_a_trial_of_another_novel_in_the_box_is_not_this_ones() -> None:
    assert "Trial" not in read_texts(render(change(2, vns=[ReleaseVn(id="v18", rtype="trial")])))


@pytest.mark.parametrize("changes", [{"has_ero": True}, {"minage": 18}, {"minage": None}])
async def test_shops_of_what_may_be_for_adults_are_left_out_and_that_is_said(changes: dict[str, Any]) -> None:
    text = read_texts(render(BOX, change(2, extlinks=[OTHER], **changes)))
    assert STEAM.url in text
    assert OTHER.url not in text
    assert NO_SHOPS in text


@pytest.mark.parametrize("changes", [{"has_ero": True}, {"minage": 18}, {"minage": None}])
async def test_shops_of_what_may_be_for_adults_are_linked_in_age_restricted_channels(changes: dict[str, Any]) -> None:
    text = read_texts(render(change(2, **changes), viewer=ADULT))
    assert STEAM.url in text
    assert NO_SHOPS not in text


async def test_nothing_is_said_of_shops_where_none_is_left_out() -> None:
    assert NO_SHOPS not in read_texts(render(BOX, change(2, minage=18, extlinks=[])))


async def test_at_most_three_shops_are_linked_and_only_such_as_are_on_the_web() -> None:
    links = [
        Link(url=url, label="Shop") for url in ("javascript:x", "/v17", "", *(f"http://s.example/{n}" for n in "1234"))
    ]
    text = read_texts(render(change(2, extlinks=links)))
    assert [n for n in "1234" if f"[Shop](<http://s.example/{n}>)" in text] == ["1", "2", "3"]
    assert "javascript" not in text


async def test_every_release_can_be_opened_from_one_of_the_pages() -> None:
    releases = [change(number, platforms=["win", "ps2", "psp"]) for number in range(1, 121)]
    pages = [read_addresses(render(*releases, number=number)) for number in range(1, 12)]
    assert {f"r{number}" for number in range(1, 121)} <= set[str]().union(*pages)


async def test_no_releases_and_more_releases_are_said() -> None:
    assert "No releases at VNDB yet." in read_texts(render())
    assert "VNDB has them all" in read_texts(render(BOX, more=True))
