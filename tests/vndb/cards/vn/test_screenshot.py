"""The screenshots of a visual novel."""

from __future__ import annotations

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Release, Screenshot, Vn
from bot.vndb.cards.vn.screenshot import render_screenshots
from tests.support.discord_limits import read_pictures, read_texts

READER = Viewer(asker_id=1, age_restricted=False)
ADULT = Viewer(asker_id=1, age_restricted=True)


def take(number: int, *, release: str = "Box", sexual: float = 0.0) -> Screenshot:
    url = f"https://i.example/{number}.jpg"
    return Screenshot(url=url, sexual=sexual, violence=0.0, votecount=5, release=Release(id="r1", title=release))


def render(*screenshots: Screenshot, viewer: Viewer = READER, number: int = 1) -> Shown:
    card = Card(Vn(id="v17", title="Ever17", screenshots=list(screenshots)))
    return render_screenshots(card, viewer=viewer, address=Address("v17/screenshots", number))


async def test_screenshots_stand_below_the_releases_they_are_from() -> None:
    text = read_texts(render(take(1, release="Old Box"), take(2, release="Old Box"), take(3, release="New Box")))
    assert text.count("Old Box") == 1
    assert text.index("Old Box") < text.index("New Box")


async def test_ten_stand_on_a_page_and_every_one_on_some_page() -> None:
    screenshots = [take(number, release=f"Box {number}") for number in range(1, 24)]
    pages = [read_pictures(render(*screenshots, number=number)) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [10, 10, 3]
    assert len({url for page in pages for url, _ in page}) == 23


async def test_unsafe_ones_are_left_out_and_counted_or_stand_as_spoilers() -> None:
    screenshots = (take(1), take(2, sexual=1.8), take(3, sexual=1.9))
    assert read_pictures(render(*screenshots)) == [("https://i.example/1.jpg", False)]
    assert "2 screenshots are not shown here: suggestive." in read_texts(render(*screenshots))
    assert [spoiler for _, spoiler in read_pictures(render(*screenshots, viewer=ADULT))] == [False, True, True]


async def test_no_screenshots_and_none_that_may_be_shown_are_sentences() -> None:
    assert "No screenshots at VNDB yet." in read_texts(render())
    assert "none that may be shown here" in read_texts(render(take(1, sexual=2.0)))
