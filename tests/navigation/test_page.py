"""Pages: an address with typed parameters, what is asked, how it is shown, and their menus."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from discord import ui

from bot.errors import InvalidInput
from bot.gate.rules import Rules
from bot.lookup.source import PAGES
from bot.navigation.address import NOWHERE, Address
from bot.navigation.encoded_text import encode_text
from bot.navigation.frame import Frame, PageView, Shown, Trail
from bot.navigation.page import Lead, Opened, Page, Redirect, State, Visit, open_page
from bot.navigation.route import NUMBER, TEXT, Route, one_of
from bot.navigation.router import Router
from bot.navigation.viewer import Viewer
from bot.preview.page import LinksPage
from tests.support.discord_limits import ROUTER as PAGE_ROUTER
from tests.support.discord_limits import SOURCES, read_addresses, read_texts
from tests.support.each import each

VIEWER = Viewer(asker_id=7, age_restricted=False, rules=Rules())


@dataclass
class Shelf:
    """The sources of these pages: it counts what it is asked."""

    asked: int = 0
    places: Any = None
    reviewed: bool = True

    def fetch(self, what: object) -> str:
        self.asked += 1
        return f"{what}"


@dataclass(frozen=True)
class BookPage(Page[Shelf, str]):
    path = "book/{id}"
    menu = "book"
    label = "Overview"
    id: Annotated[int, NUMBER]

    async def ask(self, visit: Visit[Shelf]) -> str:
        return visit.sources.fetch(f"book {self.id}, page {visit.address.number}")

    def show(self, asked: str, viewer: Viewer, address: Address) -> Shown:
        return Shown([ui.TextDisplay[Any](asked)], Frame(viewer, address, "Shelf"))


class ReviewPage(BookPage):
    path = "book/{id}/reviews"
    label = "Reviews"

    def is_there(self, sources: Shelf) -> bool:
        return sources.reviewed


@dataclass(frozen=True)
class SearchPage(Page[Shelf, str]):
    path = "find/{kind}/{text}"
    searches = True
    kind: Annotated[str, one_of(("book", "map"))]
    text: Annotated[str, TEXT]

    async def ask(self, visit: Visit[Shelf]) -> str:
        return visit.sources.fetch(self.text)

    def show(self, asked: str, viewer: Viewer, address: Address) -> Shown:
        return Shown([ui.TextDisplay[Any](asked)], Frame(viewer, address, "Shelf"))


class AnyBook(Redirect[Shelf]):
    path = "any"

    async def follow(self, visit: Visit[Shelf]) -> Opened:
        return open_page(BookPage(9), visit.sources.fetch("drawn"), trail=Trail(again=visit.address.go(self)))


ROUTER = Router((BookPage, ReviewPage, SearchPage, AnyBook))


def visit(address: Address = NOWHERE, *, trail: Trail = Trail(), shelf: Shelf | None = None) -> Visit[Shelf]:  # noqa: B008
    return Visit(VIEWER, shelf or Shelf(), State(address, trail))


async def turn(address: Address, **options: Any) -> PageView:
    return await ROUTER.show(ROUTER.read, visit(address, **options))


# Routes


@pytest.mark.parametrize(
    ("route", "place"),
    [
        (BookPage(17), "book/17"),
        (ReviewPage(17), "book/17/reviews"),
        (SearchPage("map", "a/b ~ ü"), f"find/map/{encode_text('a/b ~ ü')}"),
        (AnyBook(), "any"),
    ],
)
def test_a_route_is_built_and_read_by_one_declaration(route: Route, place: str) -> None:
    assert str(route) == place
    assert type(route).parse(place) == route


@pytest.mark.parametrize("place", ["book", "book/0", "book/x", "book/17/", "book/17/reviews", "BOOK/17", ""])
def test_any_other_place_is_not_read(place: str) -> None:
    assert BookPage.parse(place) is None


@pytest.mark.parametrize("route", [BookPage(0), BookPage(-3), SearchPage("film", "x"), SearchPage("map", "")])
def test_what_could_not_be_read_back_is_not_built(route: Route) -> None:
    with pytest.raises(ValueError, match="/"):
        str(route)


def test_a_text_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput):
        SearchPage.parse("find/map/A")


# One way to show them


async def test_a_button_reads_the_page_of_its_address_and_its_number() -> None:
    assert "book 17, page 3" in read_texts(await turn(Address("book/17", 3)))


async def test_a_command_shows_a_page_that_it_names_and_one_that_it_finds() -> None:
    async def find(_visit: Visit[Shelf]) -> Lead[Shelf]:
        return BookPage(18)

    assert "book 17, page 1" in read_texts(await ROUTER.show(BookPage(17), visit()))
    assert "book 18, page 1" in read_texts(await ROUTER.show(find, visit()))


async def test_a_page_that_is_at_hand_is_not_asked_for_again() -> None:
    shelf = Shelf()
    page = await ROUTER.show(open_page(BookPage(17), "at hand"), visit(shelf=shelf))
    assert "at hand" in read_texts(page)
    assert shelf.asked == 0


async def test_a_redirect_leads_to_the_first_page_of_another_and_says_what_gives_the_next() -> None:
    page = await turn(Address("any", 4))
    assert "drawn" in read_texts(page)
    assert read_addresses(page) == {"any", "book/9", "book/9/reviews"}


async def test_an_address_of_no_page_says_so() -> None:
    with pytest.raises(InvalidInput):
        await turn(NOWHERE)


# Menus


async def test_pages_of_a_menu_stand_in_it_in_the_order_in_which_they_are_registered() -> None:
    menu = ROUTER.list_menu(Address("book/17/reviews", 3, 2), Shelf())
    assert [(choice.address, choice.label) for choice in menu] == [
        (Address("book/17", spoiler=2), "Overview"),
        (Address("book/17/reviews", spoiler=2), "Reviews"),
    ]


async def test_what_is_not_there_stands_in_no_menu_but_its_own() -> None:
    shelf = Shelf(reviewed=False)
    assert [choice.label for choice in ROUTER.list_menu(Address("book/17"), shelf)] == ["Overview"]
    assert [choice.label for choice in ROUTER.list_menu(Address("book/17/reviews"), shelf)] == ["Overview", "Reviews"]


def test_a_page_without_a_menu_has_none() -> None:
    assert ROUTER.list_menu(Address(str(SearchPage("book", "x"))), Shelf()) == []
    assert ROUTER.list_menu(NOWHERE, Shelf()) == []


# What a message carries


async def test_the_search_goes_along_with_a_card_that_leads_back_to_it_and_with_no_other() -> None:
    search = "https://books.example/?q=x"
    back = Address(str(SearchPage("book", "x")))
    kept = await turn(Address("book/1"), trail=Trail(back=back, search=search))
    assert "Open search on Shelf" in read_texts(kept)
    dropped = await turn(Address("book/1"), trail=Trail(back=Address("book/2"), search=search))
    assert "Open search" not in read_texts(dropped)
    assert "Back" in read_texts(dropped)


# The pages that there are


@each("page", (*PAGES, LinksPage))
def test_every_page_says_what_its_parameters_look_like(page: type[Page[Any, Any] | Redirect[Any]]) -> None:
    assert page.parse("\n") is None  # which needs them all
    assert {field.name for field in dataclasses.fields(page)} == set(page.list_parameters())


def test_the_pages_of_a_menu_have_the_same_parameters_and_labels_of_their_own() -> None:
    pages = [page for page in PAGES if issubclass(page, Page) and page.menu]
    for menu in {page.menu for page in pages}:
        beside = [page for page in pages if page.menu == menu]
        assert len({tuple(field.name for field in dataclasses.fields(page)) for page in beside}) == 1
        assert len({page.label for page in beside} - {""}) == len(beside)


PLACES = (
    "v17", "v17/details", "v17/characters", "v17/releases", "v17/staff", "v17/tags", "v17/screenshots",
    "v17/relations", "v17/quotes", "v17/links", "v17/anime", "v17/here", "similar/v17", "random/v", "c1", "c1/details",
    "c1/traits", "c1/novels", "random/c", "r1", "r1/details", "r1/pictures", "p1", "p1/details", "p1/novels", "s1",
    "s1/details", "s1/novels", "s1/characters", "g1", "g1/details", "g1/novels", "i1", "i1/details", "i1/characters",
    "q1", "random/q", "list/v/rank", "list/v/rating.f", "list/g/number.cont", "list/g/rank.tech.f", "birthday/12-0",
    "u1", "u1/list/7/vote", "compare/u1/u2", "recommend/u1", "stats", "gallery/1/0439fa3666",
    "gallery/1/0439fa3666/torrents",
    "gallery/1/0439fa3666/details",
    "anime/1", "anime/1/details", "manga/1/cast", "anime/1/staff", "anime/1/relations", "anime/1/recommendations",
    "anime/1/links", "anime/1/here", "anime/1/vn", "al/a/0.0.0.0.0.0.0.0.0", "al/m/1.0.0.0.0.0.0.0.1-2/eA",
    "random/a/2.0.0.0.0.0.0.0.0",
    "airing/today/3600", "al-character/1", "al-character/1/details",
    "al-staff/1/roles", "al-staff/1/works", "al-find/studio/name/eA", "al-find/staff/favourites",
    "al-stats", "al-birthday", "al-random/Aya/PLANNING/a/2.0.0.0.0.0.0.0.0",
    "al-list/Aya/manga/all/title", "al-user/Aya", "al-user/Aya/anime", "al-user/Aya/manga", "al-compare/anime/Aya/Bea",
    "picture/s", "picture/g/t/a.b/x/c", "picture/b/a/x-1/14", "picture/s/artist/eA", "picture/s/category/eA",
    "links/v.v.v17", "vndb-here/best", "al-here/manga/taste", "status",
)  # fmt: skip


@each("place", PLACES)
def test_one_page_alone_stands_at_a_place_and_builds_it(place: str) -> None:
    (page,) = [found for one in (*PAGES, LinksPage) if (found := one.parse(place)) is not None]
    assert str(page) == place


@each("place", PLACES)
def test_every_page_stands_in_its_own_menu(place: str) -> None:
    menu = PAGE_ROUTER.list_menu(Address(place), SOURCES)
    assert not menu or place in {choice.address.place for choice in menu}


def test_every_page_stands_at_one_of_them() -> None:
    seen = {type(found) for place in PLACES for one in PAGES if (found := one.parse(place)) is not None}
    assert seen == set(PAGES)


@pytest.mark.parametrize(
    "place", ["list/v/nothing", "list/v/number.cont", "list/g/rank.none", "list/q/rank", "v0", "v17/none", "picture/x"]
)
def test_no_page_stands_at_another(place: str) -> None:
    assert [one for one in PAGES if one.parse(place) is not None] == []
