"""Cards of releases: what stands in them, which links and pictures may, and that Discord takes every one."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Link, Medium, Release, ReleaseImage, ReleaseProducer, ReleaseTitle, ReleaseVn
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.release import (
    find_picture,
    format_age_rating,
    render_release,
    render_release_details,
    render_release_pictures,
)
from bot.vndb.cards.text import NO_SHOPS
from tests.support.discord_limits import read_addresses, read_pictures, read_texts
from tests.support.examples import examples
from tests.vndb import strategies as vndb

OPEN = Viewer(7, age_restricted=False)
RESTRICTED = Viewer(7, age_restricted=True)
FRONT = ReleaseImage(url="https://i.example/front.jpg", type="pkgfront", sexual=0.0, violence=0.0, votecount=3)
BACK = ReleaseImage(url="https://i.example/back.jpg", type="pkgback", sexual=1.8, violence=0.0, votecount=3)
GATE = Release(
    id="r123",
    title="Steins;Gate - Package Edition",
    alttitle="シュタインズ・ゲート",
    languages=[ReleaseTitle(lang="en", mtl=True), ReleaseTitle(lang="ja", main=True)],
    platforms=["win"],
    media=[Medium(medium="dvd", qty=2), Medium(medium="in")],
    vns=[ReleaseVn(id="v2002", title="Steins;Gate", rtype="complete"), ReleaseVn(id="v3", title="Demo", rtype="trial")],
    producers=[
        ReleaseProducer(id="p1", name="5pb.", developer=True),
        ReleaseProducer(id="p2", name="Nitroplus", developer=True, publisher=True),
    ],
    images=[BACK, FRONT],
    released="2009-10-15",
    minage=12,
    official=True,
    freeware=True,
    has_ero=False,
    resolution=[1280, 720],
    engine="Unity",
    voiced=4,
    notes="A note. [spoiler]The end.[/spoiler]",
    gtin="4562149381011",
    catalog="X-1",
    extlinks=[Link(url="https://shop.example/1", label="Shop")],
)


def render(address: Address, *, viewer: Viewer = OPEN, **changes: object) -> Shown:
    renders = {"pictures": render_release_pictures, "details": render_release_details}
    render = renders.get(address.place.rpartition("/")[2], render_release)
    return render(Card(msgspec.structs.replace(GATE, **changes)), names=BUILT_IN, viewer=viewer, address=address)


async def test_the_card_is_a_glance_at_the_release() -> None:
    text = read_texts(render(Address("r123")))
    line = "15 October 2009 · Freeware · Japanese, English (machine translation) · Windows · 12+"
    assert text.startswith(f"## Steins;Gate - Package Edition\n-# シュタインズ・ゲート\n{line}\nA note.")


async def test_the_card_says_once_that_a_machine_translated_all_of_it() -> None:
    languages = [ReleaseTitle(lang="en", mtl=True), ReleaseTitle(lang="de", mtl=True)]
    text = read_texts(render(Address("r123"), languages=languages))
    assert "\n15 October 2009 · Machine translation · Freeware · English, German · Windows · 12+\n" in text


async def test_the_details_hold_what_is_known() -> None:
    text = read_texts(render(Address("r123/details")))
    for line in (
        "## Steins;Gate - Package Edition\n-# Details",
        "**Released:** 15 October 2009",
        "**Kind:** Freeware",
        "**Visual novels:** Steins;Gate, Demo (trial)",
        "**Languages:** Japanese, English (machine translation)",
        "**Platform:** Windows",
        "**Media:** 2 DVDs, Internet download",
        "**Developers:** 5pb., Nitroplus",
        "**Publisher:** Nitroplus",
        "**Age rating:** 12+",
        "**Voices:** Fully voiced",
        "**Resolution:** 1280×720",
        "**Engine:** Unity",
        "**Catalogue number:** X-1",
        "**JAN/UPC/EAN:** 4562149381011",
        "A note.",
        "**Links:** [Shop](<https://shop.example/1>)",
    ):
        assert line in text
    assert "The end." not in text
    assert "Show spoilers to me" in text


async def test_the_card_leads_to_its_novels_and_pictures() -> None:
    assert read_addresses(render(Address("r123"))) >= {"v2002", "v3", "r123", "r123/pictures"}


@pytest.mark.parametrize("changes", [{"has_ero": True}, {"minage": 18}, {"minage": None}])
async def test_shops_of_what_is_not_known_to_be_for_everyone_stand_in_age_restricted_channels_only(
    changes: dict[str, Any],
) -> None:
    hidden = read_texts(render(Address("r123/details"), **changes))
    assert "shop.example" not in hidden
    assert NO_SHOPS in hidden
    shown = read_texts(render(Address("r123/details"), viewer=RESTRICTED, **changes))
    assert "shop.example" in shown
    assert NO_SHOPS not in shown


async def test_nothing_is_said_of_shops_where_none_is_left_out() -> None:
    assert NO_SHOPS not in read_texts(render(Address("r123/details"), minage=18, extlinks=[]))


@pytest.mark.parametrize(("uncensored", "said"), [(None, "Yes"), (True, "Yes, uncensored"), (False, "Yes, censored")])
async def test_sexual_content_is_worded_neutrally(uncensored: bool | None, said: str) -> None:
    text = read_texts(render(Address("r123/details"), has_ero=True, uncensored=uncensored))
    assert f"**Sexual content:** {said}\n" in text


async def test_an_unofficial_patch_says_so() -> None:
    page = render(Address("r123/details"), official=False, patch=True, freeware=False)
    assert "**Kind:** Unofficial, Patch" in read_texts(page)


async def test_the_first_safe_picture_stands_above_the_card() -> None:
    assert read_pictures(render(Address("r123"))) == [(FRONT.url, False)]
    assert read_pictures(render(Address("r123"), images=[BACK])) == []
    assert read_pictures(render(Address("r123"), images=[BACK], viewer=RESTRICTED)) == [(BACK.url, True)]


async def test_a_safe_picture_is_preferred_even_where_others_may_stand() -> None:
    release = msgspec.structs.replace(GATE, images=[msgspec.structs.replace(BACK, type="pkgfront"), FRONT])
    assert find_picture(release, RESTRICTED) == FRONT


async def test_pictures_stand_under_what_they_show_and_unsafe_ones_are_counted() -> None:
    page = render(Address("r123/pictures"))
    assert read_pictures(page) == [(FRONT.url, False)]
    assert "**Package (front)**" in read_texts(page)
    assert "1 picture is not shown here" in read_texts(page)
    restricted = render(Address("r123/pictures"), viewer=RESTRICTED)
    assert read_pictures(restricted) == [(FRONT.url, False), (BACK.url, True)]
    assert "**Package (back)**" in read_texts(restricted)


async def test_many_pictures_go_on_over_pages() -> None:
    images = [msgspec.structs.replace(FRONT, url=f"https://i.example/{number}.jpg") for number in range(24)]
    pages = [render(Address("r123/pictures", number), images=images) for number in (1, 2, 3)]
    assert [len(read_pictures(page)) for page in pages] == [10, 10, 4]
    assert {url for page in pages for url, _ in read_pictures(page)} == {image.url for image in images}


async def test_a_release_without_pictures_says_so() -> None:
    assert "No pictures to show here yet." in read_texts(render(Address("r123/pictures"), images=[]))


@pytest.mark.parametrize(
    ("minage", "said"), [(None, ""), (0, "All ages"), (12, "12+"), (18, "18+"), (-1, ""), (99, "")]
)
def test_an_age_rating_is_said_where_it_is_known(minage: int | None, said: str) -> None:
    assert format_age_rating(minage) == said


@examples(60)
@given(vndb.cards(vndb.releases), vndb.viewers, vndb.addresses("r123"))
async def test_every_release_makes_pages_that_may_be_sent(
    card: Card[Release], viewer: Viewer, address: Address
) -> None:
    for render_page in (render_release, render_release_details, render_release_pictures):
        page = render_page(card, names=BUILT_IN, viewer=viewer, address=address)
        vndb.check_page(page, viewer=viewer, spoiler=address.spoiler)
        assert viewer.age_restricted or card.entry.is_for_everyone or "shop.example" not in read_texts(page)
