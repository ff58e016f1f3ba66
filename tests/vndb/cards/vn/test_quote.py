"""What is said in a visual novel."""

from __future__ import annotations

import pytest

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Character, CharacterVn, Quote, Vn
from bot.vndb.cards.vn.quote import render_quotes
from tests.support.discord_limits import read_addresses, read_texts

READER = Viewer(asker_id=1, age_restricted=False)


def speak(*vns: CharacterVn) -> Quote:
    return Quote(id="q1", quote="El Psy\nKongroo", score=12, character=Character(id="c34", name="Okabe", vns=[*vns]))


def render(*quotes: Quote, more: bool = False, number: int = 1, spoiler: int = 0) -> Shown:
    card = Card(Vn(id="v17", title="Ever17"))
    return render_quotes(card, quotes, more, viewer=READER, address=Address("v17/quotes", number, spoiler))


async def test_a_quote_says_who_said_it_and_how_it_is_liked() -> None:
    view = render(speak(CharacterVn("v17", spoiler=0)), Quote(id="q2", quote="Nobody", score=-3))
    assert "> El Psy\n> Kongroo\n-# Okabe · score +12\n> Nobody\n-# score -3\n" in read_texts(view)
    assert "c34" in read_addresses(view)
    assert "Show spoilers to me" not in read_texts(view)


@pytest.mark.parametrize(
    ("vns", "level"),
    [
        ([CharacterVn("v17", spoiler=1)], 1),
        ([CharacterVn("v17", spoiler=2)], 2),
        ([CharacterVn("v17", spoiler=-1)], 2),
        ([CharacterVn("v18", spoiler=0)], 2),
        ([], 2),
    ],
)
async def test_who_says_a_quote_is_left_out_below_the_level_that_it_needs(vns: list[CharacterVn], level: int) -> None:
    view = render(speak(*vns), spoiler=level - 1)
    assert "> El Psy\n> Kongroo\n-# score +12\n" in read_texts(view)
    assert "Okabe" not in read_texts(view)
    assert not any(address.startswith("c34") for address in read_addresses(view))
    assert "Show spoilers to me" in read_texts(view)


async def test_who_says_a_quote_stands_where_one_of_the_parts_may_be_known() -> None:
    parts = [CharacterVn("v17", spoiler=2), CharacterVn("v17", spoiler=0)]
    assert "-# Okabe · score +12" in read_texts(render(speak(*parts)))


async def test_with_all_spoilers_everyone_is_named_and_no_more_is_offered() -> None:
    text = read_texts(render(speak(), spoiler=2))
    assert "-# Okabe · score +12" in text
    assert "Show spoilers to me" not in text


async def test_an_empty_quote_offers_no_spoilers() -> None:
    nobody = Quote(id="q1", quote=" ", character=Character(id="c34"))
    assert "Show spoilers to me" not in read_texts(render(nobody))


async def test_a_quote_cannot_leave_its_block() -> None:
    assert "> \\# Heading\n> \\> deeper\n" in read_texts(render(Quote(id="q1", quote="# Heading\n\n> deeper")))


async def test_every_quote_is_on_one_of_the_pages() -> None:
    quotes = [Quote(id=f"q{number}", quote=f"Line {number}. {'word ' * 40}") for number in range(100, 200)]
    text = "".join(read_texts(render(*quotes, number=number)) for number in range(1, 12))
    assert all(f"Line {number}." in text for number in range(100, 200))


async def test_no_quotes_and_more_quotes_are_said() -> None:
    assert "No quotes at VNDB yet." in read_texts(render(Quote(id="q1", quote="  ")))
    assert "VNDB has them all" in read_texts(render(Quote(id="q1", quote="Hi"), more=True))
