"""The first two pages of a visual novel: what stands in them, and what does not stand everywhere."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bot.cards.notation import join_facts
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.image import Image
from bot.service.record import Card
from bot.vndb.api.model import Producer, Tag, Vn
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.row import list_vn_facts
from bot.vndb.cards.vn.overview import render_details, render_overview
from tests.support.discord_limits import check_view, read_addresses, read_pictures, read_texts

READER = Viewer(asker_id=1, age_restricted=False)
ADULT = Viewer(asker_id=1, age_restricted=True)
SAFE = Image(url="https://i.example/1.jpg", sexual=0.1, violence=0.0, votecount=9, thumbnail="https://i.example/t.jpg")
GATE = Vn(
    id="v2002",
    title="Steins;Gate",
    alttitle="シュタインズ・ゲート",
    aliases=["S;G"],
    olang="ja",
    devstatus=0,
    released="2009-10-15",
    languages=["en", "ja"],
    platforms=["win", "ps3"],
    image=SAFE,
    length=4,
    length_minutes=1650,
    length_votes=120,
    description="A microwave. [spoiler]It mails.[/spoiler]",
    rating=89.1,
    votecount=12345,
    developers=[Producer(id="p1", name="5pb."), Producer(id="p2", name="Nitroplus")],
    tags=[
        Tag(id="g1", name="Time Travel", rating=2.9, spoiler=0, category="cont"),
        Tag(id="g2", name="Secret Twist", rating=3.0, spoiler=1, category="cont"),
        Tag(id="g3", name="False Claim", rating=3.0, spoiler=0, lie=True, category="cont"),
        Tag(id="g4", name="Naughty", rating=3.0, spoiler=0, category="ero"),
        Tag(id="g5", name="Science", rating=2.0, spoiler=0, category="cont"),
    ],
)
PLAIN = msgspec.structs.replace(GATE, description="A microwave.", tags=GATE.tags[:1])


def render(vn: Vn, *, viewer: Viewer = READER, spoiler: int = 0, number: int = 1, **changes: Any) -> Shown:
    card = Card(msgspec.structs.replace(vn, **changes))
    address = Address("v2002", number=number, spoiler=spoiler)
    return render_overview(card, names=BUILT_IN, viewer=viewer, address=address)


def detail(vn: Vn, *, spoiler: int = 0, number: int = 1, **changes: Any) -> Shown:
    card = Card(msgspec.structs.replace(vn, **changes))
    return render_details(card, names=BUILT_IN, viewer=READER, address=Address("v2002/details", number, spoiler))


def links(view: Shown) -> dict[str, str]:
    rows = [part for part in check_view(view)[0]["components"] if part["type"] == 1]
    return {item["label"]: item["url"] for row in rows for item in row["components"] if "url" in item}


async def test_the_card_is_picture_title_line_description_and_tags() -> None:
    card = render(GATE)
    picture, text, tags, *_ = check_view(card)[0]["components"]
    assert picture["items"][0]["media"]["url"] == "https://i.example/1.jpg"
    assert text["content"] == "\n".join(
        ("## Steins;Gate", "-# シュタインズ・ゲート", "8.91/10 (12,345 votes) · 28 hours · 2009", "A microwave.")
    )
    assert tags["content"] == "-# Time Travel, Science"
    assert "VNDB is away" not in read_texts(card)


async def test_the_card_leads_to_its_developers_and_can_be_followed() -> None:
    parts = [part for row in check_view(render(GATE))[0]["components"] for part in row.get("components", ())]
    developers, *_ = [part for part in parts if str(part.get("custom_id")).startswith("open:")]
    assert [(one["value"], one["label"]) for one in developers["options"]] == [("p1", "5pb."), ("p2", "Nitroplus")]
    assert "follow-this:vn:2002" in [part.get("custom_id") for part in parts]


async def test_the_details_hold_what_is_known() -> None:
    text = read_texts(detail(GATE))
    for line in (
        "## Steins;Gate\n-# Details",
        "**Also known as:** S;G",
        "**Developers:** 5pb., Nitroplus",
        "**Released:** 15 October 2009",
        "**Length:** 28 hours (120 votes)",
        "**Languages:** Japanese, English",
        "**Rating:** 8.91/10 (12,345 votes)",
        "**Status:** Finished",
        "A microwave.",
        "-# VNDB",
    ):
        assert line in text
    assert "Windows" in text


async def test_the_menu_leads_to_every_page_of_the_novel_at_the_same_spoiler_level() -> None:
    pages = [
        "details",
        "characters",
        "releases",
        "staff",
        "tags",
        "screenshots",
        "relations",
        "quotes",
        "links",
        "anime",
    ]
    ends = ["", *(f"/{page}" for page in pages)]
    assert read_addresses(render(PLAIN, spoiler=1)) == {
        *(f"v2002{end}~1a" for end in ends),
        "similar/v2002~1a",
        "p1~1a",
        "p2~1a",
    }


async def test_a_link_leads_to_the_novel_on_vndb() -> None:
    assert links(render(PLAIN)) == {"Open on VNDB": "https://vndb.org/v2002"}


async def test_an_old_answer_says_how_old_it_is() -> None:
    card = Card(GATE, age_s=7300, stale=True)
    view = render_overview(card, names=BUILT_IN, viewer=READER, address=Address("v2002"))
    assert "from 2 h ago (VNDB is away)" in read_texts(view)


@pytest.mark.parametrize(
    ("released", "said"),
    [
        (None, "Unknown"),
        ("TBA", "TBA"),
        ("2027", "2027"),
        ("2027-04", "April 2027"),
        ("2004-04-28", "28 April 2004"),
        ("2004-13-01", "2004"),
        ("*soon*", r"\*soon\*"),
    ],
)
async def test_release_dates(released: str | None, said: str) -> None:
    assert f"**Released:** {said}\n" in read_texts(detail(GATE, released=released))


async def test_length_falls_back_to_its_class_and_rating_to_a_sentence() -> None:
    text = read_texts(detail(GATE, length_minutes=None, rating=None, votecount=0))
    assert "**Length:** 30 to 50 hours" in text
    assert "**Rating:** Not rated yet" in text
    assert "**Length:** Unknown" in read_texts(detail(GATE, length_votes=0, length=None))
    unknown = read_texts(render(GATE, length_votes=0, length=None, rating=None, released=None))
    assert "\nNot rated yet\n" in unknown


async def test_an_empty_record_still_makes_a_page() -> None:
    assert "## v5\n" in read_texts(render(Vn(id="v5")))
    assert "## Untitled\n" in read_texts(render(Vn()))


async def test_a_safe_cover_is_shown_large_and_open() -> None:
    for viewer in (READER, ADULT):
        assert read_pictures(render(GATE, viewer=viewer)) == [("https://i.example/1.jpg", False)]


@pytest.mark.parametrize(
    "changes",
    [{"votecount": 0}, {"sexual": 2.0}, {"violence": 1.5}, {"sexual": None}, {"sexual": float("nan")}],
)
async def test_a_cover_that_may_be_unsafe_is_a_spoiler_or_not_there(changes: dict[str, Any]) -> None:
    image = msgspec.structs.replace(SAFE, **changes)
    assert read_pictures(render(GATE, image=image)) == []
    assert "-# The cover is not shown here: " in read_texts(render(GATE, image=image))
    assert read_pictures(render(GATE, image=image, viewer=ADULT)) == [("https://i.example/1.jpg", True)]


async def test_sexual_tags_stand_in_age_restricted_channels_only() -> None:
    assert "Naughty" not in read_texts(render(GATE, spoiler=2))
    assert "-# Naughty, Time Travel, Science" in read_texts(render(GATE, viewer=ADULT))


@pytest.mark.parametrize(
    ("spoiler", "tags"), [(0, ""), (1, "Secret Twist, "), (2, "Secret Twist, False Claim *(not true)*, ")]
)
async def test_tags_above_the_spoiler_level_are_left_out(spoiler: int, tags: str) -> None:
    assert f"-# {tags}Time Travel, Science" in read_texts(render(GATE, spoiler=spoiler))


async def test_what_is_new_in_somebodys_own_copy_is_marked() -> None:
    copy = render_overview(Card(GATE), names=BUILT_IN, viewer=READER, address=Address("v2002").reveal())
    assert "-# 👁️ Your copy, with spoilers" in read_texts(copy)
    assert "Secret Twist *(spoiler)*" in read_texts(copy)
    assert "Time Travel *(spoiler)*" not in read_texts(copy)
    assert "*(spoiler)*" not in read_texts(render(GATE, spoiler=2))


async def test_spoilers_of_the_description_are_left_out_below_the_highest_level() -> None:
    for spoiler in (0, 1):
        assert "It mails" not in read_texts(render(GATE, spoiler=spoiler))
    assert "A microwave. ||It mails.||" in read_texts(render(GATE, spoiler=2))


@pytest.mark.parametrize(
    ("vn", "spoiler", "offered"),
    [
        (PLAIN, 0, False),
        (msgspec.structs.replace(PLAIN, description=GATE.description), 0, True),
        (msgspec.structs.replace(PLAIN, tags=GATE.tags[:2]), 0, True),
        (msgspec.structs.replace(PLAIN, tags=GATE.tags[:2]), 1, False),
        (GATE, 2, False),
    ],
)
async def test_spoilers_are_offered_where_some_are_left_out(vn: Vn, spoiler: int, *, offered: bool) -> None:
    assert ("Show spoilers to me" in read_texts(render(vn, spoiler=spoiler))) is offered


async def test_a_long_japanese_description_is_taken_on_each_page_and_none_of_it_is_lost() -> None:
    story = "\n\n".join(f"第{chapter}章: {'それから' * 100}" for chapter in range(20))
    pages = [read_texts(detail(PLAIN, description=story, number=number)) for number in range(1, 5)]
    assert "Page 1 of 4" in pages[0]
    assert "".join(pages).count("それから") == 20 * 100


async def test_a_long_description_goes_on_over_further_pages_to_its_end() -> None:
    story = "\n\n".join(f"Chapter {chapter}: {'and then ' * 60}" for chapter in range(12))
    first, *others = [read_texts(detail(PLAIN, description=story, number=number)) for number in (1, 2, 3)]
    assert "Chapter 0:" in first
    assert "**Rating:**" in first
    assert "Page 1 of 3" in first
    assert not any("**Rating:**" in page for page in others)
    together = "".join((first, *others))
    assert together.count("and then") == 12 * 60
    assert all(f"Chapter {chapter}:" in together for chapter in range(12))


async def test_a_page_after_the_last_one_is_the_last_one() -> None:
    assert "**Rating:**" in read_texts(detail(PLAIN, number=9))
    assert "8.91/10" in read_texts(render(PLAIN, number=9))


def test_a_novel_is_told_from_others_by_year_language_and_rating() -> None:
    assert join_facts(list_vn_facts(GATE, BUILT_IN)) == "2009 · Japanese · 8.91/10 (12,345 votes)"
    assert join_facts(list_vn_facts(Vn(id="v5"), BUILT_IN)) == ""
