"""Cards of producers: what stands in them, and where they lead."""

from __future__ import annotations

import io

import discord
import msgspec
from discord import ui
from hypothesis import given

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from bot.vndb.api.model import Link, Producer, Vn
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.producer import render_producer, render_producer_details
from tests.support.discord_limits import read_addresses, read_pictures, read_texts
from tests.support.examples import examples
from tests.vndb import strategies as vndb

OPEN = Viewer(7, age_restricted=False)
NITRO = Producer(
    id="p24",
    name="Nitroplus",
    original="ニトロプラス",
    aliases=["Digiturbo", "N+"],
    lang="ja",
    type="co",
    description="A company. [spoiler]It ends.[/spoiler]",
    extlinks=[Link(url="https://nitro.example/", label="Official website"), Link(url="javascript:x", label="Bad")],
)
NOVELS = Found([Vn(id="v2002", title="Steins;Gate", released="2009-10-15", rating=89.1, olang="ja")], more=False)
LONG = "A company. " * 400


def render(novels: Found[Vn] | None = NOVELS, **changes: object) -> Shown:
    card = Card(msgspec.structs.replace(NITRO, **changes))
    return render_producer(card, novels, names=BUILT_IN, viewer=OPEN, address=Address("p24"))


async def test_the_card_is_a_glance_at_the_producer() -> None:
    text = read_texts(render())
    assert text.startswith("## Nitroplus\n-# ニトロプラス\nCompany · Japanese\nA company.\n")
    assert "**Best rated:**\n1. Steins;Gate · 2009 · 8.91/10" in text
    assert "Bad" not in text and "Follow" in text


async def test_the_details_hold_what_is_known() -> None:
    address = Address("p24/details")
    text = read_texts(render_producer_details(Card(NITRO), names=BUILT_IN, viewer=OPEN, address=address))
    for line in (
        "## Nitroplus\n-# Details",
        "**Type:** Company",
        "**Language:** Japanese",
        "**Also known as:** Digiturbo, N+",
        "A company.",
        "**Links:** [Official website](<https://nitro.example/>)",
        "Show spoilers to me",
    ):
        assert line in text
    assert "It ends" not in text


async def test_the_card_leads_to_its_novels() -> None:
    assert {"v2002", "p24/novels"} <= read_addresses(render())


async def test_a_producer_of_whom_little_is_known_has_a_card_too() -> None:
    page = render_producer(Card(Producer(id="p1")), names=BUILT_IN, viewer=OPEN, address=Address("p1"))
    assert read_texts(page).startswith("## p1\n")


def render_with_chart(*, number: int) -> Shown:
    file = discord.File(io.BytesIO(b"x"), "years.png")
    picture = ui.MediaGallery[ui.LayoutView](discord.MediaGalleryItem("attachment://years.png", description="Years"))
    return render_producer(
        Card(msgspec.structs.replace(NITRO, description=LONG)),
        names=BUILT_IN,
        viewer=OPEN,
        address=Address("p24", number),
        picture=picture,
        files=[file],
    )


async def test_a_chart_is_sent_along_with_the_first_page() -> None:
    page = render_with_chart(number=1)
    assert read_pictures(page) == [("attachment://years.png", False)]
    assert [file.filename for file in page.files] == ["years.png"]


@examples(40)
@given(vndb.cards(vndb.producers), vndb.found(vndb.novels), vndb.viewers, vndb.addresses("p24"))
async def test_every_producer_makes_a_page_that_may_be_sent(
    card: Card[Producer], novels: Found[Vn], viewer: Viewer, address: Address
) -> None:
    for page in (
        render_producer(card, novels, names=BUILT_IN, viewer=viewer, address=address),
        render_producer_details(card, names=BUILT_IN, viewer=viewer, address=address),
    ):
        vndb.check_page(page, viewer=viewer, spoiler=address.spoiler)
