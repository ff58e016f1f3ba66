"""Cards of people who work on novels: one for each person, whatever name they were found by."""

from __future__ import annotations

import msgspec
from hypothesis import given

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from bot.vndb.api.model import Link, Staff, StaffAlias, Vn
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.staff import render_staff, render_staff_details
from tests.support.discord_limits import read_addresses, read_texts
from tests.support.examples import examples
from tests.vndb import strategies as vndb

OPEN = Viewer(7, age_restricted=False)
PERSON = Staff(
    id="s81",
    aid=2,
    name="Shimokura Vio",
    original="下倉バイオ",
    lang="ja",
    gender="m",
    description="Writes. [spoiler]A pen name.[/spoiler]",
    extlinks=[Link(url="https://x.example/s", label="Site")],
    aliases=[
        StaffAlias(aid=1, name="本名", latin="Honmyou", ismain=True),
        StaffAlias(aid=2, name="下倉バイオ", latin="Shimokura Vio"),
        StaffAlias(aid=3, name="Bio"),
    ],
)
NOVELS = Found([Vn(id="v2002", title="Steins;Gate", released="2009-10-15")], more=False)


def render(**changes: object) -> Shown:
    card = Card(msgspec.structs.replace(PERSON, **changes))
    return render_staff(card, NOVELS, names=BUILT_IN, viewer=OPEN, address=Address("s81"))


async def test_the_card_stands_under_the_main_name() -> None:
    text = read_texts(render())
    assert text.startswith(
        "## Honmyou\n-# 本名\nJapanese · Male · 2 other names\nWrites.\n**Worked on:**\n1. Steins;Gate · 2009"
    )


async def test_the_details_hold_the_other_names() -> None:
    text = read_texts(render_staff_details(Card(PERSON), names=BUILT_IN, viewer=OPEN, address=Address("s81/details")))
    for line in (
        "## Honmyou\n-# Details",
        "**Gender:** Male",
        "**Language:** Japanese",
        "**Also known as:** Shimokura Vio (下倉バイオ), Bio",
        "Writes.",
        "**Links:** [Site](<https://x.example/s>)",
    ):
        assert line in text
    assert "A pen name" not in text


async def test_a_row_without_other_names_stands_under_its_own() -> None:
    assert read_texts(render(aliases=[])).startswith("## Shimokura Vio\n-# 下倉バイオ")


async def test_the_card_leads_to_novels_and_characters() -> None:
    assert {"v2002", "s81/novels", "s81/characters"} <= read_addresses(render())


@examples(40)
@given(vndb.cards(vndb.staff), vndb.found(vndb.novels), vndb.viewers, vndb.addresses("s81"))
async def test_every_person_makes_a_page_that_may_be_sent(
    card: Card[Staff], novels: Found[Vn], viewer: Viewer, address: Address
) -> None:
    for page in (
        render_staff(card, novels, names=BUILT_IN, viewer=viewer, address=address),
        render_staff_details(card, names=BUILT_IN, viewer=viewer, address=address),
    ):
        vndb.check_page(page, viewer=viewer, spoiler=address.spoiler)
