"""What is remembered of pages: all that a page depends on is part of the key, and who asked is not."""

from __future__ import annotations

import dataclasses
import enum
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar, cast

import discord
import msgspec
import pytest
from discord import ui

from bot.gate.chosen import Chosen
from bot.gate.declaration import AnySetting, Choice, IdList, PanelPage, Setting
from bot.gate.rules import Hosted, Place, Rules
from bot.gate.setting import SETTINGS, TITLE_LANGUAGE, declare
from bot.navigation.address import Address
from bot.navigation.frame import Frame, PageView, Shown, Trail
from bot.navigation.item import GoButton
from bot.navigation.memory import Key, Memory
from bot.navigation.page import Page, State, Visit, open_page
from bot.navigation.route import NUMBER, Part
from bot.navigation.router import Router
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from tests.support.discord_limits import read_texts

V = TypeVar("V")


class Colour(enum.Enum):
    """Of a cover."""

    RED = enum.auto()
    BLUE = enum.auto()


class Author(msgspec.Struct, frozen=True):
    """A record in a record."""

    name: str
    born: int | None = 1960


class Book(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record with every kind of field."""

    title: str
    authors: list[Author]
    prices: dict[str, float]
    size: tuple[int, int] = (10, 20)
    colour: Colour = Colour.RED
    on_loan: bool = False


@dataclass(frozen=True)
class Asked:
    """What is asked for a page of a book."""

    card: Card[Book]
    found: Found[Author]
    names: Mapping[str, str]
    note: str | None = None
    more: object = ()
    files: tuple[str, ...] = ()


BOOK = Book("Tale", [Author("One"), Author("Two", None)], {"new": 2.5})
ASKED = Asked(Card(BOOK), Found([Author("Three")], more=False), {"en": "English"})


@dataclass
class Shelf:
    """The sources of these pages. It knows who was shown what."""

    places: Any = None
    mapped: bool = True
    seen: list[Viewer] = field(default_factory=list[Viewer])


SHELF = Shelf()


@dataclass(frozen=True)
class BookPage(Page[Shelf, Asked]):
    menu = "book"
    label = "Book"
    path = "book/{id}/{chapter}"
    id: Annotated[int, NUMBER]
    chapter: Annotated[int, NUMBER] = 1

    async def ask(self, visit: Visit[Shelf]) -> Asked:  # noqa: ARG002 - it is all at hand
        return ASKED

    def show(self, asked: Asked, viewer: Viewer, address: Address) -> Shown:
        SHELF.seen.append(viewer)
        body = [ui.TextDisplay[Any](f"{self} {asked.card.entry.title}, {viewer.rules[TITLE_LANGUAGE]}")]
        actions = [GoButton(address.turn(7), asker_id=viewer.asker_id, label="Seven")]
        files = [discord.File(io.BytesIO(b"text"), name) for name in asked.files]
        age_s, stale = asked.card.age_s, asked.card.stale
        frame = Frame(viewer, address, "Shelf", actions=actions, age_s=age_s, stale=stale)
        return Shown(body, frame, files)


class MapPage(BookPage):
    label = "Map"
    path = "map/{id}/{chapter}"

    def is_there(self, sources: Shelf) -> bool:
        return sources.mapped


@dataclass(frozen=True)
class CoverPage(BookPage):
    """Its address does not say all of it."""

    menu = ""
    path = "cover/{id}/{chapter}/{title}"
    title: Annotated[str, Part(r"[a-z]+", str, str.lower)] = "tale"


VIEWER = Viewer(7, age_restricted=False, rules=Rules(Place(channel_ids=(5,)), role_ids=frozenset({9})))
VISIT = Visit(VIEWER, SHELF, State(Address("nowhere"), Trail(back=Address("book/3/1"))))


def build_router() -> Router[Any]:
    return Router((BookPage, MapPage, CoverPage))


@pytest.fixture
def router() -> Router[Any]:
    SHELF.seen.clear()
    return build_router()


async def show(
    router: Router[Any],
    page: BookPage = BookPage(1),
    asked: Asked = ASKED,
    visit: Visit[Shelf] = VISIT,
) -> PageView:
    return await router.show(open_page(page, asked), visit)


async def count_shown(router: Router[Any], *args: Any, **options: Any) -> int:
    before = len(SHELF.seen)
    await show(router, *args, **options)
    return len(SHELF.seen) - before


# What it depends on


def vary(value: object) -> Iterator[tuple[str, Any]]:
    """The value with one thing changed, for each thing in it, and where that was."""
    match value:
        case bool():
            yield "", not value
        case int() | float():
            yield "", value + 7_300  # over two hours, where it is an age
        case str() | None:
            yield "", f"{value}x"
        case enum.Enum():
            yield "", next(one for one in type(value) if one is not value)
        case Chosen():
            yield from vary_chosen(value)
        case dict():
            yield from vary_members(cast("dict[object, object]", value), dict)
        case list() | tuple() | frozenset():
            kind: Any = type(cast("object", value))
            members = dict[object, object](enumerate(cast("list[object]", value)))
            yield from vary_members(members, lambda some: kind(some.values()))
        case _:
            yield from vary_fields(value)


def replace(value: V, **changes: Any) -> V:
    change: Any = msgspec.structs.replace if isinstance(value, msgspec.Struct) else dataclasses.replace
    return change(value, **changes)


def vary_fields(value: object) -> Iterator[tuple[str, Any]]:
    fields = (
        msgspec.structs.fields(value) if isinstance(value, msgspec.Struct) else dataclasses.fields(cast("Any", value))
    )
    for name in (one.name for one in fields):
        yield from ((f".{name}{path}", replace(value, **{name: one})) for path, one in vary(getattr(value, name)))


def vary_members(
    members: dict[object, object], build: Callable[[dict[object, object]], object]
) -> Iterator[tuple[str, Any]]:
    yield " added", build({**members, 77: 77})
    for key, member in members.items():
        yield from ((f"[{key}]{path}", build({**members, key: one})) for path, one in vary(member))


def vary_chosen(chosen: Chosen) -> Iterator[tuple[str, Chosen]]:
    """Each setting, with each value that does not hold anyhow; and lost."""
    for setting in SETTINGS.values():
        yield from ((f" {setting}", chosen.put(setting, one)) for one in list_values(setting))
        yield f" {setting} lost", Chosen(lost=frozenset({setting}))


def list_values(setting: AnySetting) -> list[object]:
    if isinstance(setting.form, Choice):
        labels = cast("Mapping[object, str]", setting.form.labels)
        return [one for one in labels if one != setting.default]
    return [(5,) if isinstance(setting.form, IdList) else ("female:kimono",)]


def is_whose(path: str) -> bool:
    """Whether that tells who somebody is, or of where they are what no card can tell."""
    return path.startswith((".asker_", ".rules.role_ids", ".rules.place.channel_ids"))


def matters(path: str, varied: Viewer) -> bool:
    """Whether a page may look different for that: all but who it is, and settings that are not on cards."""
    held = [one for one in SETTINGS.values() if one.on_cards and varied.rules[one] != VIEWER.rules[one]]
    return not is_whose(path) and (bool(held) or not path.startswith((".rules.server", ".rules.ch", ".rules.person")))


async def test_all_that_can_be_told_of_a_viewer_makes_another_page() -> None:
    mood = declare(
        Setting[str](
            name="mood",
            form=Choice({"calm": "Calm", "bright": "Bright"}),
            levels=("server", "channel", "person"),
            default="bright",
            safe="calm",
            on_cards=True,
            label="Mood",
            description="A setting that nothing else in the code knows of.",
            page=PanelPage.CARDS,
        )
    )
    try:
        varied = dict(vary(VIEWER))
        expected = {path for path in varied if matters(path, varied[path])}
        found: set[str] = set()
        for path, viewer in varied.items():
            router = build_router()
            await show(router)
            if await count_shown(router, visit=replace(VISIT, viewer=viewer)):
                found.add(path)
        assert found == expected
    finally:
        del SETTINGS["mood"]
    levels = [f".rules.{level} {mood}" for level in ("server", "channel", "person")]
    assert {*levels, f"{levels[2]} lost", ".age_restricted", ".rules.hosted.adult", ".rules.place.kind"} <= found
    assert {f".rules.server {TITLE_LANGUAGE}", f".rules.person {TITLE_LANGUAGE} lost"} <= set(varied)


async def test_a_page_is_shown_nothing_of_a_viewer_that_makes_no_other_page(router: Router[Any]) -> None:
    await show(router)
    (before,) = SHELF.seen
    for path, viewer in vary(VIEWER):
        if not matters(path, viewer):
            await show(build_router(), visit=replace(VISIT, viewer=viewer))
            assert SHELF.seen[-1] == before, path
    assert (before.rules.role_ids, before.rules.place.channel_ids) == (frozenset(), ())
    assert before.asker_id != 7


async def test_all_that_was_asked_makes_another_page(router: Router[Any]) -> None:
    assert await count_shown(router) == 1
    assert await count_shown(router, asked=msgspec.json.decode(msgspec.json.encode(ASKED), type=Asked)) == 0
    varied = [(path, asked) for path, asked in vary(ASKED) if path != ".files added"]
    assert len(varied) > 20
    for path, asked in varied:
        assert await count_shown(router, asked=asked) == 1, path


async def test_the_page_its_address_and_the_trail_make_another_page(router: Router[Any]) -> None:
    assert await count_shown(router) == 1
    for page in (BookPage(2), BookPage(1, 2), MapPage(1), CoverPage(1), CoverPage(1, title="TALE")):
        assert await count_shown(router, page) == 1
    state = VISIT.state
    for address in (Address("nowhere", 2), Address("nowhere", spoiler=1)):
        assert await count_shown(router, visit=replace(VISIT, state=replace(state, address=address))) == 1
    for trail in (Trail(), Trail(back=Address("book/4/1")), replace(state.trail, again=Address("map/1/1"))):
        assert await count_shown(router, visit=replace(VISIT, state=replace(state, trail=trail))) == 1
    assert await count_shown(router) == 0


async def test_what_stands_in_its_menu_makes_another_page(router: Router[Any]) -> None:
    assert await count_shown(router) == 1
    visit = replace(VISIT, sources=replace(SHELF, mapped=False))
    assert await count_shown(router, visit=visit) == 1
    assert await count_shown(router, visit=visit) == 0
    assert "Map" in read_texts(await show(router))
    assert "Map" not in read_texts(await show(router, visit=visit))


@pytest.mark.parametrize(
    ("first_s", "then_s", "stale", "shown"),
    [
        (0.0, 59.9, False, 0),
        (7200.0, 10_799.0, False, 0),
        (7200.0, 10_800.0, False, 1),
        (90_000.0, 93_599.0, False, 0),
        (90_000.0, 93_600.0, False, 1),
        (300.0, 359.0, True, 0),
        (300.0, 360.0, True, 1),
    ],
)
async def test_an_age_counts_as_it_is_told(
    router: Router[Any], first_s: float, then_s: float, stale: bool, shown: int
) -> None:
    first, then = (replace(ASKED, card=Card(BOOK, age_s, stale)) for age_s in (first_s, then_s))
    await show(router, asked=first)
    assert await count_shown(router, asked=then) == shown
    told = [read_texts(await show(one, asked=then)) for one in (router, build_router())]
    assert told[0] == told[1]


# What is not remembered


async def test_what_is_no_value_and_what_has_files_is_shown_anew(router: Router[Any]) -> None:
    for asked in (replace(ASKED, more=object()), replace(ASKED, files=("a.txt",))):
        views = [await show(router, asked=asked) for _ in range(2)]
        assert [len(view.files) for view in views] == [len(asked.files)] * 2
    assert len(SHELF.seen) == 4


class Words:
    """Something large, known by its digest."""

    def __init__(self, digest: str) -> None:
        self.digest = digest


async def test_what_has_a_digest_counts_by_it(router: Router[Any]) -> None:
    for digest in ("a", "b", "a"):
        await show(router, asked=replace(ASKED, more=Words(digest)))
    assert len(SHELF.seen) == 2


def build_view(text: str) -> PageView:
    view = PageView()
    view.add_item(ui.TextDisplay(text))
    return view


async def test_what_was_looked_at_longest_ago_goes_first_when_there_is_no_room() -> None:
    memory = Memory(max_bytes=20_000)
    for number in range(100):
        memory.keep(Key(number), build_view("x" * 2000))
        assert memory.find(Key(0)) is not None
    kept = [number for number in range(100) if memory.find(Key(number)) is not None]
    assert 3 <= len(kept) <= 8
    assert kept == [0, *range(101 - len(kept), 100)]


# Who asked


async def test_who_asked_is_put_in_last(router: Router[Any]) -> None:
    await show(router, visit=replace(VISIT, viewer=replace(VIEWER, asker_id=8)))
    viewer = replace(VIEWER, asker_id=2**63)
    remembered, alone = [
        (await show(one, visit=replace(VISIT, viewer=viewer))).to_components() for one in (router, build_router())
    ]
    assert remembered == alone
    told = msgspec.json.encode(remembered).decode()
    assert f"go:{2**63}:book/1/1~7" in told and "Somebody" not in told


async def test_what_is_sent_can_be_changed_without_changing_what_is_remembered(router: Router[Any]) -> None:
    first = await show(router)
    before = read_texts(first)
    first.to_components()[0].clear()
    assert read_texts(await show(router)) == before
    assert len(SHELF.seen) == 1
    assert first.is_finished() and first.has_components_v2()


def test_the_host_switches_are_part_of_what_cards_can_tell() -> None:
    for hosted in (Hosted(adult=False), Hosted(galleries=False)):
        assert Rules(hosted=hosted).keep_on_cards() != Rules().keep_on_cards()
