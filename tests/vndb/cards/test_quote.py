"""Quotes: who says them, and where they lead."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.image import Image
from bot.service.record import Card
from bot.vndb.api.model import Character, CharacterVn, Quote, Vn
from bot.vndb.cards.quote import render_quote
from tests.support.discord_limits import read_addresses, read_pictures, read_texts
from tests.support.examples import examples
from tests.vndb import strategies as vndb

OPEN = Viewer(7, age_restricted=False)
RESTRICTED = Viewer(7, age_restricted=True)
COVER = Image(url="https://i.example/1.jpg", sexual=0.0, violence=0.0, votecount=5)
TUTURU = Quote(
    id="q1",
    quote="Tuturu!\n*Mayushii* is here.",
    score=1200,
    vn=Vn(id="v2002", title="Steins;Gate", image=COVER),
    character=Character(id="c35", name="Shiina Mayuri", vns=[CharacterVn(id="v2002", spoiler=0)]),
)


def render(*, viewer: Viewer = OPEN, spoiler: int = 0, **changes: object) -> Shown:
    card = Card(msgspec.structs.replace(TUTURU, **changes))
    return render_quote(card, viewer=viewer, address=Address("q1", spoiler=spoiler))


def speaker(*vns: CharacterVn) -> Character:
    return Character(id="c35", name="Shiina Mayuri", vns=[*vns])


async def test_a_quote_says_who_said_it_and_where() -> None:
    text = read_texts(render())
    assert "> Tuturu!\n> \\*Mayushii\\* is here." in text
    assert "— **Shiina Mayuri**, Steins;Gate" in text
    assert "Show spoilers to me" not in text
    assert "-# +1,200 on VNDB" in text


async def test_a_quote_of_nobody_in_particular_names_the_novel() -> None:
    assert "\n— Steins;Gate" in read_texts(render(character=None))


async def test_a_quote_leads_to_novel_and_character_and_another_one() -> None:
    assert read_addresses(render()) == {"v2002", "c35", "random/q"}


@pytest.mark.parametrize(
    ("vns", "level"),
    [
        ([CharacterVn("v2002", spoiler=1)], 1),
        ([CharacterVn("v2002", spoiler=2)], 2),
        ([CharacterVn("v2002", spoiler=7)], 2),
        ([CharacterVn("v18", spoiler=0)], 2),
        ([], 2),
    ],
)
async def test_who_says_it_is_left_out_below_the_level_that_it_needs(vns: list[CharacterVn], level: int) -> None:
    view = render(character=speaker(*vns), spoiler=level - 1)
    assert "\n— Steins;Gate" in read_texts(view)
    assert "Mayuri" not in read_texts(view)
    assert not any(address.startswith("c35") for address in read_addresses(view))
    assert "q1~1r" in read_addresses(view)


@pytest.mark.parametrize("vn", [TUTURU.vn, None])
async def test_with_all_spoilers_it_is_said_who_says_it_and_no_more_is_offered(vn: Vn | None) -> None:
    view = render(character=speaker(), vn=vn, spoiler=2)
    assert "— **Shiina Mayuri**" in read_texts(view)
    assert "c35~1b" in read_addresses(view)
    assert "Show spoilers to me" not in read_texts(view)


async def test_a_cover_that_is_not_safe_is_left_out_or_covered() -> None:
    unsafe = Vn(id="v2002", title="Steins;Gate", image=msgspec.structs.replace(COVER, violence=1.0))
    assert read_pictures(render()) == [(COVER.url, False)]
    assert read_pictures(render(vn=unsafe)) == []
    assert read_pictures(render(vn=unsafe, viewer=RESTRICTED)) == [(COVER.url, True)]


@examples(60)
@given(vndb.cards(vndb.quotes), vndb.viewers, vndb.addresses("random/q"))
async def test_every_quote_makes_a_page_that_may_be_sent(card: Card[Quote], viewer: Viewer, address: Address) -> None:
    vndb.check_page(render_quote(card, viewer=viewer, address=address), viewer=viewer, spoiler=address.spoiler)
