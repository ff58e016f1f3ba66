"""A picture's card, and the lists of what a search found."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.site import NO_SITES
from bot.cards.text import NOTHING_HERE
from bot.errors import NoPage
from bot.gate.rules import Rules
from bot.navigation.address import Address
from bot.navigation.frame import ACCENT, Shown
from bot.navigation.viewer import Viewer
from bot.picture.api.model import RATINGS, Artist, Category, Picture, Rating
from bot.picture.cards.picture import may_show, render_picture
from bot.picture.cards.search import render_artists, render_categories
from bot.playground.engine.components import walk
from bot.service.record import Card, Found
from tests.support.choose import choose
from tests.support.discord_limits import check_view, read_addresses, read_pictures, read_texts

URL = "https://files.example/17.webp"
READER = Viewer(7, age_restricted=False)
LATE = Viewer(7, age_restricted=True)
LIST = Address("picture/s/category/JQ")
ADDRESS = Address("picture/s/t/lake")
BOAT = Picture(
    id="17",
    url=URL,
    rating="safe",
    artist_name="Aoba Moon",
    artist_url="https://artist.example",
    source_url="https://source.example/17",
    tags=("lake", "paper_boat"),
    color=0x102030,
    width=1280,
    height=720,
)


def render(picture: Picture = BOAT, *, viewer: Viewer = READER, address: Address = ADDRESS) -> Shown:
    return render_picture(Card(picture), viewer=viewer, address=address)


def find_links(view: Shown) -> dict[str, str]:
    return {str(one["label"]): str(one["url"]) for one in walk(check_view(view)) if one.get("url")}


def find_custom_ids(view: Shown) -> list[str]:
    return [str(one["custom_id"]) for one in walk(check_view(view)) if one.get("custom_id")]


def with_fields(**fields: Any) -> Picture:
    return Picture(**{name: getattr(BOAT, name) for name in BOAT.__struct_fields__} | fields)


# The gate


@pytest.mark.parametrize(
    ("rating", "elsewhere", "by_level"),
    [
        ("safe", True, [True, True, True]),
        ("suggestive", False, [False, True, True]),
        ("borderline", False, [False, False, True]),
        ("explicit", False, [False, False, False]),
        (None, False, [False, False, False]),
    ],
)
def test_a_rating_may_stand_where_it_belongs(rating: Rating | None, elsewhere: bool, by_level: list[bool]) -> None:
    assert may_show(rating, READER) is elsewhere
    levels = (choose(image_level=0), choose(image_level=1), choose(image_level=2))
    viewers = [Viewer(7, age_restricted=True, rules=Rules(server=server)) for server in levels]
    assert [may_show(rating, viewer) for viewer in viewers] == by_level


# The card


def test_a_card_credits_the_artist_and_the_source() -> None:
    view = render()
    text = read_texts(view)
    assert "Art by **Aoba Moon**" in text
    assert "Rated safe · 1280 × 720" in text
    assert "lake, paper boat" in text
    assert "Nekos API" in text
    assert find_links(view) == {"Artist": "https://artist.example", "Source": "https://source.example/17"}


@pytest.mark.parametrize("field", ["artist_url", "source_url"])
@pytest.mark.parametrize(
    ("url", "for_adults"),
    [
        ("https://e-hentai.org/g/618395/0439fa3666/", True),
        ("https://rule34.xxx/index.php?page=post&s=view&id=1", True),
        ("https://danbooru.donmai.us/posts/1", True),
        ("https://aoba.fanbox.cc/posts/1", True),
        ("https://safebooru.org/index.php?page=post&s=view&id=1", False),
    ],
)
def test_a_safe_picture_leads_to_sites_for_adults_in_age_restricted_channels_only(
    field: str, url: str, *, for_adults: bool
) -> None:
    for viewer, left_out in ((READER, for_adults), (LATE, False)):
        view = render(with_fields(**{field: url}), viewer=viewer)
        assert (url in find_links(view).values()) is not left_out
        assert (f"{NO_SITES} in age-restricted channels only." in read_texts(view)) is left_out
        assert len(find_links(view)) == 2 - left_out
        assert "Art by **Aoba Moon**" in read_texts(view)


def test_what_is_not_known_is_not_made_up() -> None:
    view = render(Picture(id="1", url=URL, rating="safe"))
    assert "The artist is not known." in read_texts(view)
    assert find_links(view) == {}


@pytest.mark.parametrize(("rating", "spoiler"), [("safe", False), ("suggestive", True), ("borderline", True)])
def test_only_a_safe_picture_is_not_a_spoiler(rating: Rating, spoiler: bool) -> None:
    assert read_pictures(render(with_fields(rating=rating), viewer=LATE)) == [(URL, spoiler)]


def test_next_leads_to_the_same_wish() -> None:
    assert find_custom_ids(render()) == ["go:7:picture/s/t/lake"]


def test_the_picture_s_colour_is_the_card_s() -> None:
    assert check_view(render())[0]["accent_color"] == 0x102030
    assert check_view(render(with_fields(color=None)))[0]["accent_color"] == ACCENT.value


@given(
    artist_name=st.text(max_size=300),
    tags=st.lists(st.text(max_size=200), max_size=60).map(tuple),
    rating=st.sampled_from(RATINGS),
    size=st.integers(-(2**40), 2**40) | st.none(),
)
def test_no_picture_breaks_discord_s_limits_or_mentions_anybody(
    artist_name: str, tags: tuple[str, ...], rating: Rating, size: int | None
) -> None:
    check_view(render(with_fields(artist_name=artist_name, tags=tags, rating=rating, width=size, height=size)))


@pytest.mark.parametrize("name", ["@everyone", "<@123456789012345678>", "**bold**", "[a](https://a.example)", "\n# x"])
def test_a_name_is_shown_as_it_stands(name: str) -> None:
    view = render(with_fields(artist_name=name, tags=(name,)))
    assert "[a](https://" not in read_texts(view)
    assert "\n# x" not in read_texts(view)


# The lists


def test_artists_lead_to_their_pictures() -> None:
    found = Found([Artist(id="a-1", name="Aoba Moon"), Artist(id="a-2", name="Kiri Moon")], more=False)
    leads = [Address("picture/s/a/a-1"), Address("kept/x")]
    view = render_artists(found, leads=leads, pattern="%moon", viewer=READER, address=LIST)
    assert "Artists for “%moon”" in read_texts(view)
    assert "page" not in read_texts(view)
    assert LIST.turn(2).encode() not in read_addresses(view)
    options = [option["value"] for one in walk(check_view(view)) for option in one.get("options") or ()]
    assert options == ["picture/s/a/a-1", "kept/x"]


def test_categories_lead_to_their_pictures() -> None:
    found = Found([Category(name="Paper boat", description="Folded."), Category(name="Tea")], more=True)
    leads = [Address("picture/g/t/paper_boat"), Address("picture/g/t/tea")]
    view = render_categories(found, leads=leads, pattern="%", viewer=LATE, address=LIST)
    assert "**1. Paper boat**\n-# Folded.\n**2. Tea**" in read_texts(view)
    assert "Page 1" in read_texts(view)
    assert LIST.turn(2).encode() in read_addresses(view)
    options = [option["value"] for one in walk(check_view(view)) for option in one.get("options") or ()]
    assert options == ["picture/g/t/paper_boat", "picture/g/t/tea"]


def test_numbers_go_on_on_the_next_page() -> None:
    found = Found([Artist(id="a-1", name="Aoba Moon")], more=False)
    view = render_artists(found, leads=[Address("kept/x")], pattern="%", viewer=READER, address=LIST.turn(3))
    assert "**51. Aoba Moon**" in read_texts(view)


def test_a_page_that_nothing_of_may_be_shown_says_so_and_leads_on() -> None:
    found: Found[Category] = Found([], more=True)
    view = render_categories(found, leads=[], pattern="%", viewer=READER, address=LIST.turn(2), left_out=True)
    assert NOTHING_HERE in read_texts(view)
    assert {LIST.encode(), LIST.turn(3).encode()} <= {*read_addresses(view)}


def test_a_page_too_far_is_none() -> None:
    with pytest.raises(NoPage):
        render_categories(Found([], more=False), leads=[], pattern="%", viewer=READER, address=LIST.turn(2))
    with pytest.raises(NoPage):
        render_artists(Found([], more=False), leads=[], pattern="%", viewer=READER, address=LIST.turn(2))


TEXT = st.text(max_size=200)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=25), st.text(max_size=50))
def test_no_list_breaks_discord_s_limits(rows: list[tuple[str, str]], pattern: str) -> None:
    categories = Found([Category(name=name, description=about) for name, about in rows], more=True)
    artists = Found([Artist(id=f"a-{at}", name=name) for at, (name, _) in enumerate(rows)], more=True)
    leads = [Address(f"kept/{at}") for at in range(len(rows))]
    check_view(render_categories(categories, leads=leads, pattern=pattern, viewer=LATE, address=LIST))
    check_view(render_artists(artists, leads=leads, pattern=pattern, viewer=LATE, address=LIST))
