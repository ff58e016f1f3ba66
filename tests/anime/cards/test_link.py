"""Where to watch a work, and pages about it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.anime.api.model import ExternalLink, Media, Title, Trailer
from bot.anime.cards.link import find_trailer, render_links
from bot.anime.cards.page import CLOSED, PARTIAL
from bot.cards.site import NO_SITES
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.playground.engine.components import walk
from bot.service.record import Card
from tests.support.discord_limits import check_view, read_texts

GATE = Media(
    id=9253,
    type="ANIME",
    is_adult=False,
    title=Title(romaji="Gate", native="ゲート"),
    synonyms=["G;G", "Gate"],
    trailer=Trailer(id="dd7BgPKBJ00", site="youtube"),
    external_links=[
        ExternalLink(site="Twitter", url="https://t.example/g", type="SOCIAL"),
        ExternalLink(site="Crunch", url="https://c.example/g", type="STREAMING", language="Japanese"),
        ExternalLink(site="Adn", url="https://a.example/g", type="STREAMING", language="French"),
        ExternalLink(site="Official", url="https://o.example", type="INFO"),
        ExternalLink(site="Bad", url="javascript:x", type="INFO"),
        ExternalLink(site="Gone", url=None, type="INFO"),
    ],
)


def show(media: Media) -> Shown:
    viewer = Viewer(asker_id=7, age_restricted=False)
    return render_links(Card(media), viewer=viewer, address=Address("anime/9253/links"))


def test_links_stand_by_type_and_language() -> None:
    assert (
        "### Where to watch\n- [Adn](<https://a.example/g>) (French)\n- [Crunch](<https://c.example/g>) (Japanese)\n"
        "### Elsewhere on the web\n- [Official](<https://o.example>)\n### Social media\n- [Twitter](<https://t.example/g>)"
    ) in read_texts(show(GATE))


def test_links_that_lead_nowhere_are_left_out() -> None:
    texts = read_texts(show(GATE))
    assert "Bad" not in texts
    assert "Gone" not in texts


def test_a_link_that_anilist_has_switched_off_is_left_out() -> None:
    closed = ExternalLink(site="Closed", url="https://www.fakku.net/x", type="STREAMING", is_disabled=True)
    texts = read_texts(show(replace(GATE, external_links=[closed, *GATE.external_links])))
    assert "Closed" not in texts
    assert NO_SITES not in texts


def test_all_titles_stand_once() -> None:
    assert "### Titles\n- Gate\n- ゲート\n- G;G\n" in read_texts(show(GATE))


def test_the_trailer_is_a_button() -> None:
    urls = [one["url"] for one in walk(check_view(show(GATE))) if one.get("url")]
    assert "https://www.youtube.com/watch?v=dd7BgPKBJ00" in urls


@pytest.mark.parametrize(
    "trailer", [None, Trailer(), Trailer(id="x", site="elsewhere"), Trailer(id="a&b=https://x", site="youtube")]
)
def test_a_trailer_that_is_no_such_thing_has_no_button(trailer: Trailer | None) -> None:
    assert find_trailer(trailer) == []


def test_a_manga_is_read() -> None:
    link = ExternalLink(site="Reader", url="https://r.example", type="STREAMING")
    assert "### Where to read" in read_texts(show(Media(id=1, type="MANGA", is_adult=False, external_links=[link])))


def test_nothing_known_is_said() -> None:
    assert "AniList knows no pages about it." in read_texts(show(Media(id=1, is_adult=False)))


def test_what_anilist_would_know_is_not_said_to_be_unknown_while_it_is_away() -> None:
    viewer = Viewer(asker_id=7, age_restricted=False)
    for media, empty in ((Media(id=1, is_adult=False), True), (GATE, False)):
        texts = read_texts(render_links(Card(media), viewer=viewer, address=Address("anime/1/links"), partial=True))
        assert PARTIAL in texts
        assert "knows no pages" not in texts
        assert ("There is nothing to show while AniList is away." in texts) is empty


# AniList's own list of sites has these.
@pytest.mark.parametrize(
    ("site", "url"),
    [
        ("Fakku", "https://www.fakku.net/hentai/gate-english"),
        ("Fantia", "https://fantia.jp/fanclubs/1"),
        ("Pixiv Fanbox", "https://gate.fanbox.cc"),
    ],
)
@pytest.mark.parametrize("age_restricted", [False, True])
def test_sites_for_adults_are_linked_in_age_restricted_channels_only(
    site: str, url: str, *, age_restricted: bool
) -> None:
    link, viewer = ExternalLink(site=site, url=url, type="STREAMING"), Viewer(asker_id=7, age_restricted=age_restricted)
    media = Media(id=1, type="MANGA", is_adult=False, external_links=[link, *GATE.external_links])
    texts = read_texts(render_links(Card(media), viewer=viewer, address=Address("manga/1/links")))
    assert (url in texts) is age_restricted
    assert (f"{NO_SITES} in age-restricted channels only." in texts) is not age_restricted
    assert "https://c.example/g" in texts


def test_nothing_is_said_of_sites_where_none_is_left_out() -> None:
    assert NO_SITES not in read_texts(show(GATE))


def test_links_of_a_work_that_may_not_stand_here_are_refused() -> None:
    assert CLOSED in read_texts(show(Media(id=1, is_adult=True, external_links=GATE.external_links)))
