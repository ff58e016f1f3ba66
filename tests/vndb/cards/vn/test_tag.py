"""All tags of a visual novel, and novels like it."""

from __future__ import annotations

import pytest

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Tag, Vn
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.vn.tag import render_similar, render_tags
from tests.support.discord_limits import read_addresses, read_texts

READER = Viewer(asker_id=1, age_restricted=False)
ADULT = Viewer(asker_id=1, age_restricted=True)


def render(*tags: Tag, viewer: Viewer = READER, spoiler: int = 0, number: int = 1) -> Shown:
    vn = Vn(id="v17", title="Ever17", tags=list(tags))
    return render_tags(Card(vn), names=BUILT_IN, viewer=viewer, address=Address("v17/tags", number, spoiler))


def similar(*ranked: tuple[Vn, float], number: int = 1) -> Shown:
    base = Card(Vn(id="v17", title="Ever17"))
    address = Address("similar/v17", number)
    return render_similar(base, ranked, names=BUILT_IN, viewer=READER, address=address)


async def test_tags_stand_by_category_the_strongest_first() -> None:
    weak = Tag(id="g1", name="Weak", rating=0.81, spoiler=0, category="cont")
    strong = Tag(id="g2", name="Strong", rating=2.75, spoiler=0, category="cont")
    technical = Tag(id="g3", name="ADV", rating=3.0, spoiler=0, category="tech")
    text = read_texts(render(technical, weak, strong))
    assert "### Content\n`2.8` Strong\n`0.8` Weak\n### Technical\n`3.0` ADV\n" in text


@pytest.mark.parametrize("category", ["ero", "", "new"])
async def test_sexual_tags_and_unknown_ones_stand_in_age_restricted_channels_only(category: str) -> None:
    tag = Tag(id="g1", name="Naughty", rating=2.0, spoiler=0, category=category)
    everywhere = read_texts(render(tag, spoiler=2))
    assert "Naughty" not in everywhere
    assert "Show spoilers to me" not in read_texts(render(tag))
    assert "Naughty" in read_texts(render(tag, viewer=ADULT))


@pytest.mark.parametrize(
    ("tag", "level", "mark"),
    [
        (Tag(id="g1", name="Twist", rating=2.0, spoiler=1, category="cont"), 1, "*(minor spoiler)*"),
        (Tag(id="g1", name="Twist", rating=2.0, spoiler=2, category="cont"), 2, "*(spoiler)*"),
        (Tag(id="g1", name="Twist", rating=2.0, spoiler=0, lie=True, category="cont"), 2, "*(not true)*"),
        (Tag(id="g1", name="Twist", rating=2.0, spoiler=7, category="cont"), 2, "*(spoiler)*"),
    ],
)
async def test_a_tag_is_left_out_below_its_spoiler_level(tag: Tag, level: int, mark: str) -> None:
    below = read_texts(render(tag, spoiler=level - 1))
    assert "Twist" not in below
    assert "Show spoilers to me" in below
    shown = read_texts(render(tag, spoiler=level))
    assert f"Twist {mark}" in shown
    assert "Show spoilers to me" not in shown


async def test_three_hundred_tags_go_on_over_pages() -> None:
    tags = [Tag(id=f"g{n}", name=f"Tag {n}", rating=1.0, spoiler=0, category="cont") for n in range(1, 301)]
    pages = [read_addresses(render(*tags, number=number)) for number in range(1, 13)]
    assert {f"g{n}" for n in range(1, 301)} <= set[str]().union(*pages)
    assert "Page 12 of 12" in read_texts(render(*tags, number=12))


async def test_no_tags_is_a_sentence() -> None:
    assert "No tags to show here yet." in read_texts(render())


async def test_similar_novels_say_how_similar_and_lead_on() -> None:
    view = similar((Vn(id="v18", title="Remember11", released="2004-03-18", rating=80.1), 0.824))
    assert "**1. Remember11**\n-# 2004 · 8.01/10 (0 votes) · 82% alike" in read_texts(view)
    assert "by the tags they share" in read_texts(view)
    assert {"v18", "v17"} <= read_addresses(view)


async def test_nothing_similar_is_a_sentence() -> None:
    assert "Nothing is known to be like" in read_texts(similar())
