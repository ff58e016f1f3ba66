"""Cards of tags and traits, and that sexual ones stand in age-restricted channels only."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from bot.vndb.api.model import Character, Tag, Trait, Vn
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.tag import render_tag, render_tag_details, render_trait, render_trait_details
from tests.support.discord_limits import check_view, read_addresses, read_texts
from tests.support.examples import examples
from tests.vndb import strategies as vndb

OPEN = Viewer(7, age_restricted=False)
RESTRICTED = Viewer(7, age_restricted=True)
TRAVEL = Tag(
    id="g19",
    name="Time Travel",
    category="cont",
    aliases=["Time Leap"],
    description="Back and forth. [spoiler]And never.[/spoiler]",
    vn_count=1234,
)
HAIR = Trait(
    id="i42", name="Red", group_name="Hair", sexual=False, aliases=["Crimson"], description="Like a fox.", char_count=1
)
NOVELS = Found([Vn(id="v2002", title="Steins;Gate", released="2009-10-15")], more=True)
CHARACTERS = Found([Character(id="c34", name="Kurisu", original="紅莉栖")], more=True)


def render_a_tag(*, viewer: Viewer = OPEN, spoiler: int = 0, **changes: object) -> Shown:
    card = Card(msgspec.structs.replace(TRAVEL, **changes))
    return render_tag(card, NOVELS, names=BUILT_IN, viewer=viewer, address=Address("g19", spoiler=spoiler))


def render_a_trait(*, viewer: Viewer = OPEN, spoiler: int = 0, **changes: object) -> Shown:
    card = Card(msgspec.structs.replace(HAIR, **changes))
    return render_trait(card, CHARACTERS, viewer=viewer, address=Address("i42", spoiler=spoiler))


def detail_a_tag(*, viewer: Viewer = OPEN, **changes: object) -> Shown:
    card = Card(msgspec.structs.replace(TRAVEL, **changes))
    return render_tag_details(card, viewer=viewer, address=Address("g19/details"))


def detail_a_trait(*, viewer: Viewer = OPEN, **changes: object) -> Shown:
    card = Card(msgspec.structs.replace(HAIR, **changes))
    return render_trait_details(card, viewer=viewer, address=Address("i42/details"))


async def test_the_card_of_a_tag_holds_what_is_known() -> None:
    text = read_texts(render_a_tag())
    for line in (
        "## Time Travel\nContent · On 1,234 visual novels\nBack and forth.",
        "**Best rated:**\n1. Steins;Gate · 2009",
    ):
        assert line in text
    assert "**Also called:** Time Leap" in read_texts(detail_a_tag())
    assert "And never" not in text
    assert {"v2002", "g19/novels"} <= read_addresses(render_a_tag())


async def test_the_card_of_a_trait_holds_what_is_known() -> None:
    text = read_texts(render_a_trait())
    for line in (
        "## Red\nHair · On 1 character\nLike a fox.",
        "1. Kurisu (紅莉栖)",
    ):
        assert line in text
    assert "**Also called:** Crimson" in read_texts(detail_a_trait())
    assert {"c34", "i42/characters"} <= read_addresses(render_a_trait())


@pytest.mark.parametrize("category", ["ero", "", "unheard-of"])
async def test_a_tag_that_may_be_sexual_is_one_sentence_elsewhere(category: str) -> None:
    for page in (render_a_tag(category=category), detail_a_tag(category=category)):
        assert "age-restricted channels only" in read_texts(page)
        assert "Time Travel" not in str(check_view(page))
        assert "g19" not in str(check_view(page))
    assert "Time Travel" in read_texts(render_a_tag(category=category, viewer=RESTRICTED))


@pytest.mark.parametrize(("spoiler", "offered"), [(0, True), (1, True), (2, False)])
async def test_what_a_tag_is_a_spoiler_on_is_offered_below_the_highest_level(spoiler: int, *, offered: bool) -> None:
    text = read_texts(render_a_tag(spoiler=spoiler, description=None))
    assert ("Show spoilers to me" in text) is offered


@pytest.mark.parametrize(("spoiler", "offered"), [(0, True), (1, True), (2, False)])
async def test_whom_a_trait_is_a_spoiler_on_is_offered_below_the_highest_level(spoiler: int, *, offered: bool) -> None:
    text = read_texts(render_a_trait(spoiler=spoiler, description=None))
    assert ("Show spoilers to me" in text) is offered


async def test_a_sexual_trait_is_one_sentence_elsewhere() -> None:
    for page in (render_a_trait(sexual=True), detail_a_trait(sexual=True)):
        assert "age-restricted channels only" in read_texts(page)
        assert "Crimson" not in str(check_view(page))
    assert "Crimson" in read_texts(detail_a_trait(sexual=True, viewer=RESTRICTED))


@examples(40)
@given(vndb.cards(vndb.tags), vndb.found(vndb.novels), vndb.viewers, vndb.addresses("g19"))
async def test_every_tag_makes_a_page_that_may_be_sent(
    card: Card[Tag], novels: Found[Vn], viewer: Viewer, address: Address
) -> None:
    for page in (
        render_tag(card, novels, names=BUILT_IN, viewer=viewer, address=address),
        render_tag_details(card, viewer=viewer, address=address),
    ):
        # That a tag may be a spoiler on a novel says nothing about its own card.
        vndb.check_page(page, viewer=viewer, spoiler=address.spoiler, levels=False)


@examples(40)
@given(vndb.cards(vndb.traits), vndb.found(vndb.characters), vndb.viewers, vndb.addresses("i42"))
async def test_every_trait_makes_a_page_that_may_be_sent(
    card: Card[Trait], characters: Found[Character], viewer: Viewer, address: Address
) -> None:
    for page in (
        render_trait(card, characters, viewer=viewer, address=address),
        render_trait_details(card, viewer=viewer, address=address),
    ):
        vndb.check_page(page, viewer=viewer, spoiler=address.spoiler, levels=False)
