"""Links to other sites: which of them stand where."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from bot.cards.site import NO_SITES
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Link, Producer, Release, ReleaseTitle, Staff, Vn
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.producer import render_producer_details
from bot.vndb.cards.release import render_release_details
from bot.vndb.cards.staff import render_staff_details
from bot.vndb.cards.text import NO_SHOPS
from bot.vndb.cards.vn.relation import render_links
from bot.vndb.cards.vn.release import render_releases
from tests.support.discord_limits import read_texts

# As VNDB's schema has them.
WIKIDATA = Link("https://www.wikidata.org/wiki/Q1", label="Wikidata", name="wikidata", id=1)
STEAM = Link("https://store.steampowered.com/app/1/", label="Steam", name="steam", id=1)
NIJIE = Link("https://nijie.info/members.php?id=55177", label="Nijie", name="nijie", id=55177)
SUBSTAR = Link("https://subscribestar.adult/somebody", label="SubscribeStar", name="substar", id="adult/somebody")
NUTAKU = Link("https://www.nutaku.net/games/sample/", label="Nutaku", name="nutaku", id="sample")


def render_person(links: list[Link], viewer: Viewer) -> Shown:
    card = Card(Staff("s81", name="Somebody", extlinks=links))
    return render_staff_details(card, names=BUILT_IN, viewer=viewer, address=Address("s81/details"))


def render_company(links: list[Link], viewer: Viewer) -> Shown:
    card = Card(Producer("p1", name="Some company", extlinks=links))
    return render_producer_details(card, names=BUILT_IN, viewer=viewer, address=Address("p1/details"))


def render_novel(links: list[Link], viewer: Viewer) -> Shown:
    card = Card(Vn("v17", title="Ever17", extlinks=links))
    return render_links(card, names=BUILT_IN, viewer=viewer, address=Address("v17/links"))


def build_release(links: list[Link]) -> Release:
    """A release that is known to be for everyone."""
    return Release("r1", title="Box", languages=[ReleaseTitle(lang="ja")], minage=12, has_ero=False, extlinks=links)


def render_box(links: list[Link], viewer: Viewer) -> Shown:
    card = Card(build_release(links))
    return render_release_details(card, names=BUILT_IN, viewer=viewer, address=Address("r1/details"))


def render_boxes(links: list[Link], viewer: Viewer) -> Shown:
    card, releases = Card(Vn("v17", title="Ever17")), [build_release(links), build_release([])]
    address = Address("v17/releases")
    return render_releases(card, releases, more=False, names=BUILT_IN, viewer=viewer, address=address)


@pytest.mark.parametrize("age_restricted", [False, True])
@pytest.mark.parametrize(
    ("render", "ordinary", "for_adults"),
    [
        (render_person, [WIKIDATA], [NIJIE, SUBSTAR]),
        (render_company, [WIKIDATA], [NIJIE, SUBSTAR]),
        (render_novel, [WIKIDATA], [NIJIE, SUBSTAR]),
        (render_box, [STEAM], [NUTAKU, SUBSTAR]),
        (render_boxes, [STEAM], [NUTAKU, SUBSTAR]),
    ],
)
async def test_sites_for_adults_are_linked_in_age_restricted_channels_only(
    render: Callable[[list[Link], Viewer], Shown],
    ordinary: Sequence[Link],
    for_adults: Sequence[Link],
    age_restricted: bool,
) -> None:
    text = read_texts(render([*for_adults, *ordinary], Viewer(7, age_restricted=age_restricted)))
    assert all(link.url in text for link in ordinary)
    assert [link.url in text for link in for_adults] == [age_restricted] * len(for_adults)
    assert (f"{NO_SITES} in age-restricted channels only." in text) is not age_restricted
    assert NO_SHOPS not in text


@pytest.mark.parametrize("render", [render_person, render_company, render_novel, render_box, render_boxes])
async def test_nothing_is_said_of_sites_where_none_is_left_out(render: Callable[[list[Link], Viewer], Shown]) -> None:
    assert NO_SITES not in read_texts(render([WIKIDATA], Viewer(7, age_restricted=False)))
