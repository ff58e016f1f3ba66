"""Cards of visual novels: what stands in them, and that no novel makes one that Discord refuses."""

from __future__ import annotations

import re
from typing import Any

import discord
import msgspec
import pytest
from discord import ui
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.apis.vndb_model import Card, Found, Image, Producer, Tag, Vn
from bot.apis.vndb_names import BUILT_IN
from bot.ui.text import size
from bot.ui.vndb import build_pick_options, choice_name, render_pick_list, render_vn
from tests.support.markdown import find_mentions, show

Component = dict[str, Any]

SAFE = Image(url="https://i.example/1.jpg", sexual=0.1, violence=0.0, votecount=9, thumbnail="https://i.example/t.jpg")
GATE = Vn(
    id="v2002",
    title="Steins;Gate",
    alttitle="シュタインズ・ゲート",
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

words = st.one_of(
    st.text(max_size=20),
    st.text(min_size=1, max_size=8).map(lambda text: text * 60),
    st.lists(
        st.sampled_from(
            ["@everyone", "<@123>", "*", "_", "\\", "👩‍👩‍👧", "[spoiler]", "||", "\n", "# ", "シ", "\u202e"]
        ),
        max_size=12,
    ).map(lambda parts: "".join(parts) * 15),
)
codes = st.lists(st.one_of(st.sampled_from(["ja", "en", "win", "ps3"]), words), max_size=6).map(lambda found: found * 4)
numbers = st.one_of(st.none(), st.floats(), st.floats(0, 2), st.floats(10, 100))
counts = st.integers(-5, 10**9)
images = st.builds(
    Image,
    url=st.one_of(st.just("https://i.example/1.jpg"), words, st.just("https://i.example/" + "x" * 3000)),
    sexual=numbers,
    violence=numbers,
    votecount=counts,
    thumbnail=st.one_of(st.none(), st.just("https://i.example/t.jpg"), words),
)
tags = st.builds(
    Tag,
    id=st.just("g1"),
    name=words,
    rating=st.floats(),
    spoiler=st.integers(-1, 3),
    lie=st.booleans(),
    category=st.sampled_from(["cont", "tech", "ero", "", "new"]),
)
novels = st.builds(
    Vn,
    id=st.integers(1, 9_999_999).map("v{}".format),
    title=words,
    alttitle=st.one_of(st.none(), words),
    olang=st.one_of(st.none(), st.sampled_from(["ja", "xx"]), words),
    devstatus=st.one_of(st.none(), st.integers(-1, 9)),
    released=st.one_of(
        st.none(),
        st.sampled_from(["TBA", "2027", "2027-04", "2004-04-28", "2004-13-40", "0000-00-00"]),
        words,
    ),
    languages=codes,
    platforms=codes,
    image=st.one_of(st.none(), images),
    length=st.one_of(st.none(), st.integers(-1, 9)),
    length_minutes=st.one_of(st.none(), counts),
    length_votes=counts,
    description=st.one_of(st.none(), words, words.map(lambda text: text * 40)),
    rating=numbers,
    votecount=counts,
    developers=st.lists(st.builds(Producer, id=st.just("p1"), name=words), max_size=5).map(lambda found: found * 3),
    tags=st.lists(tags, max_size=4).map(lambda found: found * 5),
)


def make_found(items: list[Vn], more: bool) -> Found[Vn]:
    """Repeat the novels under other ids, so that there are more than Discord takes."""
    copies = [msgspec.structs.replace(vn, id=f"{vn.id}{turn}") for turn in range(10) for vn in items]
    return Found(items + copies, more)


class Again(ui.DynamicItem[ui.Button[Any]], template=r"again:[0-9]+"):
    def __init__(self) -> None:
        super().__init__(ui.Button(label="Another one", custom_id="again:1"))


def walk(components: list[Component]) -> list[Component]:
    found: list[Component] = []
    for component in components:
        found.append(component)
        found += walk(component.get("components", []))
        if "accessory" in component:
            found += walk([component["accessory"]])
    return found


def texts(view: ui.LayoutView) -> list[str]:
    return [part["content"] for part in walk(view.to_components()) if part["type"] == 10]


def covers(view: ui.LayoutView) -> list[Component]:
    return [part for part in walk(view.to_components()) if part["type"] == 11]


def check_limits(view: ui.LayoutView) -> None:
    parts = walk(view.to_components())
    assert len(parts) <= 40
    contents = [part["content"] for part in parts if part["type"] == 10]
    assert all(content.strip() for content in contents)
    assert sum(map(size, contents)) <= 4000
    for part in parts:
        if part["type"] == 9:
            assert 1 <= len(part["components"]) <= 3
        if part["type"] == 11:
            assert 1 <= size(part["description"]) <= 1024
            assert size(part["media"]["url"]) <= 2048


def render(vn: Vn, *, age_restricted: bool = False, **changes: Any) -> ui.LayoutView:
    card = Card(msgspec.structs.replace(vn, **changes))
    return render_vn(card, names=BUILT_IN, age_restricted=age_restricted, asker_name="reader")


async def test_the_card_holds_what_is_known() -> None:
    text = "\n".join(texts(render(GATE)))
    for line in (
        "## Steins;Gate\nシュタインズ・ゲート",
        "**Developers:** 5pb., Nitroplus",
        "**Released:** 15 October 2009",
        "**Length:** 27 h 30 min (120 votes)",
        "**Languages:** Japanese, English",
        "**Rating:** 8.91/10 (12,345 votes)",
        "**Status:** Finished",
        "A microwave. ||It mails.||",
        "**Tags:** Time Travel, Science",
        "-# asked by reader · VNDB",
    ):
        assert line in text
    assert "Windows" in text
    assert "VNDB is away" not in text


async def test_the_card_links_to_vndb_beside_the_button_for_another() -> None:
    view = render_vn(Card(GATE), names=BUILT_IN, age_restricted=False, asker_name="reader", again=Again())
    row = next(part for part in walk(view.to_components()) if part["type"] == 1)
    link, again = row["components"]
    assert link["url"] == "https://vndb.org/v2002"
    assert again["custom_id"] == "again:1"
    assert view.is_persistent()


async def test_an_old_answer_says_how_old_it_is() -> None:
    card = Card(GATE, age_s=7300, stale=True)
    view = render_vn(card, names=BUILT_IN, age_restricted=False, asker_name="@everyone")
    assert "from 2 h ago (VNDB is away)" in texts(view)[-1]
    assert find_mentions(texts(view)[-1]) == []


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
    assert f"**Released:** {said}\n" in texts(render(GATE, released=released))[1]


async def test_length_falls_back_to_its_class_and_rating_to_a_sentence() -> None:
    text = texts(render(GATE, length_minutes=None, rating=None, votecount=0))[1]
    assert "**Length:** Long (30 to 50 hours)" in text
    assert "**Rating:** Not rated yet" in text
    assert "**Length:** Unknown" in texts(render(GATE, length_votes=0, length=None))[1]


async def test_an_empty_record_still_makes_a_card() -> None:
    view = render(Vn(id="v5"))
    check_limits(view)
    assert texts(view)[0].startswith("## v5\n")


async def test_a_safe_cover_is_shown_small_and_open() -> None:
    for age_restricted in (False, True):
        (cover,) = covers(render(GATE, age_restricted=age_restricted))
        assert cover["media"]["url"] == "https://i.example/t.jpg"
        assert cover["spoiler"] is False


@pytest.mark.parametrize(
    "changes",
    [
        {"votecount": 0},
        {"sexual": 2.0},
        {"violence": 1.5},
        {"sexual": None},
        {"sexual": float("nan")},
        {"violence": -1.0},
        {"violence": 99.0},
    ],
)
async def test_a_cover_that_may_be_unsafe_is_a_spoiler_or_not_there(changes: dict[str, Any]) -> None:
    image = msgspec.structs.replace(SAFE, **changes)
    view = render(GATE, image=image)
    assert covers(view) == []
    assert "i.example" not in str(view.to_components())
    assert "The cover is not shown here" in texts(view)[-1]
    (cover,) = covers(render(GATE, image=image, age_restricted=True))
    assert cover["spoiler"] is True


async def test_adult_tags_stand_in_age_restricted_channels_only() -> None:
    assert "Naughty" not in "".join(texts(render(GATE)))
    adult = "".join(texts(render(GATE, age_restricted=True)))
    assert "**Tags:** Naughty, Time Travel, Science" in adult
    assert "Secret Twist" not in adult
    assert "False Claim" not in adult


@settings(deadline=None, max_examples=60)
@given(vn=novels, age_restricted=st.booleans(), asker=words, stale=st.booleans(), age_s=st.floats(0, 1e9))
async def test_no_novel_makes_a_card_that_discord_refuses(
    vn: Vn, *, age_restricted: bool, asker: str, stale: bool, age_s: float
) -> None:
    view = render_vn(
        Card(vn, age_s=age_s, stale=stale),
        names=BUILT_IN,
        age_restricted=age_restricted,
        asker_name=asker,
        again=Again(),
    )
    check_limits(view)
    for text in texts(view):
        assert find_mentions(text) == []
        assert show(text).stray_bars == 0
    for cover in covers(view):
        assert vn.image is not None
        assert vn.image.is_safe or (age_restricted and cover["spoiler"])
    assert msgspec.json.encode(view.to_components())


@given(before=words, after=words)
async def test_a_spoiler_in_a_description_stays_closed(before: str, after: str) -> None:
    view = render(GATE, description=f"{before}[spoiler]the butler did it[/spoiler]{after}")
    assert "butler" not in "".join(show(text).visible for text in texts(view))


@settings(deadline=None, max_examples=40)
@given(found=st.builds(make_found, st.lists(novels, min_size=1, max_size=3), st.booleans()), query=words)
async def test_no_search_makes_a_list_that_discord_refuses(found: Found[Vn], query: str) -> None:
    options = build_pick_options(found)
    assert 1 <= len(options) <= 25
    assert len({option.value for option in options}) == len(options)
    for option in options:
        assert 1 <= size(option.label) <= 100
        assert option.description is None or 1 <= size(option.description) <= 100
    view = render_pick_list(found, query=query, select=ui.Select[Any](custom_id="pick", options=options))
    check_limits(view)
    assert find_mentions("".join(texts(view))) == []


@settings(max_examples=40)
@given(vn=novels)
def test_the_name_of_a_choice_fits_and_is_one_line(vn: Vn) -> None:
    name = choice_name(vn, BUILT_IN)
    assert 1 <= size(name) <= 100
    assert not re.search(r"[\r\n\u2028]", name)


def test_choices_show_title_year_and_language() -> None:
    assert choice_name(GATE, BUILT_IN) == "Steins;Gate (2009, Japanese)"
    long = choice_name(msgspec.structs.replace(GATE, title="x" * 250), BUILT_IN)
    assert long.endswith("x… (2009, Japanese)")
    assert choice_name(Vn(id="v5", title="Bare"), BUILT_IN) == "Bare"


async def test_a_pick_list_asks_which_is_meant() -> None:
    found = Found([GATE, Vn(id="v5", title="Other")], more=True, age_s=7300, stale=True)
    options = build_pick_options(found)
    assert [option.value for option in options] == ["v2002", "v5"]
    assert options[0].description == "2009 · Japanese · 8.9"
    assert options[1].description is None
    view = render_pick_list(found, query="*gate*", select=ui.Select[Any](custom_id="pick", options=options))
    (text,) = texts(view)
    assert r"**\*gate\***" in text
    assert "There are more than these" in text
    assert "from 2 h ago" in text
    assert isinstance(view, discord.ui.LayoutView)
