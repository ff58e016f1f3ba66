"""Lists: what a row says, how pages are turned, and what may not stand in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NoPage
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.playground.engine.components import walk
from bot.service.image import Image
from bot.service.record import Found
from bot.vndb.api.model import (
    Character,
    CharacterVn,
    Producer,
    Release,
    ReleaseTitle,
    ReleaseVn,
    Staff,
    Tag,
    Trait,
    Vn,
)
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.list import (
    ListOptions,
    build_search_url,
    read_search_url,
    render_character_list,
    render_producer_list,
    render_release_list,
    render_staff_list,
    render_tag_list,
    render_trait_list,
    render_vn_list,
)
from bot.vndb.cards.vn.page import shows_spoiler
from tests.support.discord_limits import check_view, read_addresses, read_pictures, read_texts
from tests.support.examples import examples

GATE = Vn(
    id="v2002",
    title="Steins;Gate",
    alttitle="シュタインズ",
    released="2009-10-15",
    olang="ja",
    rating=89.7,
    votecount=9,
)
LONG_FILTER = "0" + "x" * 600


def viewer(*, age_restricted: bool = False) -> Viewer:
    return Viewer(asker_id=7, age_restricted=age_restricted)


def options(
    address: Address | None = None,
    *,
    age_restricted: bool = False,
    carried: str | None = None,
    of_entry: bool = False,
) -> ListOptions:
    return ListOptions(
        heading="Top visual novels by rating",
        names=BUILT_IN,
        viewer=viewer(age_restricted=age_restricted),
        address=address or Address("list/v/rating"),
        carried=carried,
        of_entry=of_entry,
    )


def read_links(view: Shown) -> list[str]:
    return [str(one["url"]) for one in walk(check_view(view)) if one.get("url")]


def read_custom_ids(view: Shown) -> list[str]:
    return [str(one["custom_id"]) for one in walk(check_view(view)) if one.get("custom_id")]


def test_a_novel_is_shown_with_rank_original_title_year_language_and_rating() -> None:
    texts = read_texts(render_vn_list(Found([GATE], more=False), **options()))
    assert "**1. Steins;Gate** · シュタインズ\n-# 2009 · Japanese · 8.97/10 (9 votes)" in texts


def test_ranks_go_on_over_the_pages() -> None:
    view = render_vn_list(Found([GATE], more=False), **options(Address("list/v/rating", number=3)))
    assert "**13. Steins;Gate**" in read_texts(view)


def test_a_row_leads_to_its_card() -> None:
    assert "v2002" in read_addresses(render_vn_list(Found([GATE], more=False), **options()))


def test_spoilers_stay_shown_on_the_way_to_a_card() -> None:
    view = render_vn_list(Found([GATE], more=False), **options(Address("list/v/rating", spoiler=2)))
    assert "v2002~1b" in read_addresses(view)


def test_an_id_that_leads_nowhere_is_no_choice() -> None:
    view = render_vn_list(Found([Vn(id="v0/x", title="Odd")], more=False), **options())
    assert read_addresses(view) == {"list/v/rating~1c"}


def test_the_count_says_how_many_pages_there_are() -> None:
    texts = read_texts(render_vn_list(Found([GATE], more=True, count=21), **options()))
    assert "-# 21 visual novels" in texts
    assert "Page 1 of 4" in texts


def test_without_a_count_there_is_a_next_page_if_there_are_more() -> None:
    assert "list/v/rating~2" in read_addresses(render_vn_list(Found([GATE], more=True), **options()))
    assert "list/v/rating~2" not in read_addresses(render_vn_list(Found([GATE], more=False), **options()))


def test_the_filter_stands_in_a_link_to_the_search() -> None:
    view = render_vn_list(Found([GATE], more=False), **options(carried="033gja72_0bG5k80j"))
    assert read_search_url(read_links(view)) == ("v", "033gja72_0bG5k80j")


def test_without_a_filter_there_is_no_link() -> None:
    assert read_links(render_vn_list(Found([GATE], more=True), **options())) == []


def test_nothing_leads_on_where_the_filter_is_too_long_for_a_link() -> None:
    view = render_vn_list(Found([GATE], more=True), **options(Address("p24/novels"), carried=LONG_FILTER))
    assert read_addresses(view) == {"v2002"}
    assert f"too long to turn its pages here. [See VNDB](<https://vndb.org/v?f={LONG_FILTER}>)" in read_texts(view)


def test_the_cards_of_a_list_lead_back_to_it() -> None:
    view = render_vn_list(Found([GATE], more=True), **options(Address("list/v/rating", number=3), carried="0ab"))
    assert "open:7:list/v/rating~3" in read_custom_ids(view)


def test_no_card_leads_back_to_a_list_whose_filter_is_too_long_for_a_link() -> None:
    view = render_vn_list(Found([GATE], more=True), **options(carried=LONG_FILTER))
    assert [custom_id for custom_id in read_custom_ids(view) if custom_id.startswith("open:")] == ["open:7:"]


def test_a_filter_that_no_message_could_hold_is_not_shown() -> None:
    texts = read_texts(render_vn_list(Found([GATE], more=True), **options(carried="0" * 3900)))
    assert "too long to turn its pages here. Fewer conditions make it shorter." in texts


def test_spoilers_cannot_be_asked_for_where_the_filter_would_be_lost() -> None:
    found = Found([Character(id="c1", vns=[CharacterVn(title="Secret", spoiler=2)])], more=False)
    assert "c1" in read_addresses(render_character_list(found, **options(carried="0ab")))
    assert read_addresses(render_character_list(found, **options(carried=LONG_FILTER))) == {"c1"}


@pytest.mark.parametrize("compact", ["033gja72_0bG5k80j", "0-_z", "12Nv0hNv0Xkx", "2gen", "Os0wシュタインズ_0ゲート-"])
def test_a_filter_is_read_back_as_it_was_written(compact: str) -> None:
    urls = ["https://vndb.org/v17", build_search_url("c", compact)]
    assert read_search_url(urls) == ("c", compact)


@pytest.mark.parametrize(
    "url",
    ["https://vndb.org/v17", "https://vndb.org.example/v?f=0a", "https://vndb.org/u?f=0a", "https://vndb.org/v?f=a b"],
)
def test_another_link_holds_no_filter(url: str) -> None:
    assert read_search_url([url]) is None


def test_an_empty_list_says_what_may_help() -> None:
    nothing: Found[Release] = Found([], more=False, count=0)
    texts = read_texts(render_release_list(nothing, **options()))
    assert "No releases match. Fewer conditions" in texts


def test_an_empty_page_of_a_card_speaks_of_no_conditions() -> None:
    nothing: Found[Release] = Found([], more=False, count=0)
    texts = read_texts(render_release_list(nothing, **options(of_entry=True)))
    assert "No releases at VNDB yet." in texts
    assert "Fewer" not in texts


def test_a_page_past_the_end_is_none() -> None:
    nothing: Found[Vn] = Found([], more=False, count=3)
    with pytest.raises(NoPage, match="no page 4"):
        render_vn_list(nothing, **options(Address("list/v/rating", number=4)))


def test_a_list_from_before_vndb_went_away_says_so() -> None:
    assert "VNDB is away" in read_texts(render_vn_list(Found([GATE], more=False, age_s=7200, stale=True), **options()))


def test_a_release_is_shown_with_its_date_first() -> None:
    release = Release(
        id="r1",
        title="Ever17 DVD",
        released="2004-04-28",
        languages=[ReleaseTitle("en"), ReleaseTitle("de")],
        platforms=["win"],
        vns=[ReleaseVn(id="v17", title="Ever17", rtype="trial")],
        minage=18,
        patch=True,
        official=True,
    )
    texts = read_texts(render_release_list(Found([release], more=False), **options()))
    expected = "**1. Ever17 DVD**\n-# 28 April 2004 · 18+ · Trial · Patch · Ever17 · English, German · Windows\n"
    assert expected in texts


def test_a_release_has_the_cover_of_its_novel_where_that_may_stand() -> None:
    covers = [
        Image(
            url="https://i.example/1.jpg", sexual=sexual, violence=0.0, votecount=9, thumbnail="https://i.example/t.jpg"
        )
        for sexual in (0.0, 2.0)
    ]
    releases = [
        Release(id=f"r{number}", title=f"Release {number}", vns=[ReleaseVn(id="v17", title="Ever17", image=cover)])
        for number, cover in enumerate(covers, 1)
    ]
    page = render_release_list(Found(releases, more=False), **options())
    assert read_pictures(page) == [("https://i.example/t.jpg", False)]
    assert "1 picture is not shown here: suggestive." in read_texts(page)
    assert "Covers" in read_texts(page)


def test_what_sets_a_release_apart_is_not_lost_behind_long_names() -> None:
    release = Release(
        id="r1",
        title="Super Danganronpa 2 - Fan Translation",
        released="2026-12-07",
        languages=[ReleaseTitle("pt-br", mtl=True), ReleaseTitle("zh-Hans", mtl=True)],
        platforms=["win", "lin", "mac", "swi"],
        vns=[ReleaseVn("v1", title="Super Danganronpa 2: Sayonara Zetsubou Gakuen", rtype="partial")],
        minage=18,
        patch=True,
    )
    page = render_release_list(Found([release], more=False), **options())
    marks = "18+ · Machine translation · Partial · Unofficial · Patch"
    # In the row and in its option.
    assert read_texts(page).count(f"7 December 2026 · {marks} · Super Danganronpa 2") == 2


def test_a_release_in_a_language_that_people_wrote_is_no_machine_translation() -> None:
    release = Release(id="r1", title="A", languages=[ReleaseTitle("ja"), ReleaseTitle("en", mtl=True)])
    assert "Machine translation" not in read_texts(render_release_list(Found([release], more=False), **options()))


def test_a_character_is_shown_with_the_first_novel_that_does_not_spoil() -> None:
    vns = [
        CharacterVn(id="v1", title="Twist", spoiler=1, role="main"),
        CharacterVn(id="v2", title="Open", spoiler=0, role="side"),
    ]
    texts = read_texts(
        render_character_list(Found([Character(id="c1", name="Okabe", vns=vns)], more=False), **options())
    )
    assert f"**1. Okabe**\n-# Open · {BUILT_IN.character_role('side')}" in texts
    assert "Twist" not in texts


def test_a_character_whose_novels_all_spoil_has_none_until_spoilers_are_asked_for() -> None:
    character = Character(id="c1", name="Okabe", vns=[CharacterVn(title="Twist", spoiler=2)])
    view = render_character_list(Found([character], more=False), **options(Address("list/c/name")))
    assert "Twist" not in read_texts(view)
    assert "list/c/name~1r" in read_addresses(view)
    shown = render_character_list(Found([character], more=False), **options(Address("list/c/name", spoiler=2)))
    assert "Twist" in read_texts(shown)


@pytest.mark.parametrize("spoiler", [-1, 3])
def test_a_novel_whose_level_is_not_known_needs_the_highest(spoiler: int) -> None:
    found = Found([Character(id="c1", name="Okabe", vns=[CharacterVn(title="Twist", spoiler=spoiler)])], more=False)
    below = read_texts(render_character_list(found, **options(Address("list/c/name", spoiler=1))))
    assert ("Twist" in below, "Show spoilers to me" in below) == (False, True)
    shown = read_texts(render_character_list(found, **options(Address("list/c/name", spoiler=2))))
    assert ("Twist" in shown, "Show spoilers to me" in shown) == (True, False)


def test_a_person_with_several_names_has_one_row() -> None:
    names = [Staff(id="s1", aid=2, name="Alias"), Staff(id="s1", aid=1, name="Real", ismain=True, lang="ja")]
    texts = read_texts(render_staff_list(Found(names, more=False), **options()))
    assert "**1. Real**\n-# Japanese · also Alias" in texts
    assert "**Alias**" not in texts


def test_a_producer_is_shown_with_type_language_and_aliases() -> None:
    producer = Producer(id="p1", name="KID", type="co", lang="ja", aliases=["Kindle", "Imagine"])
    texts = read_texts(render_producer_list(Found([producer], more=False), **options()))
    assert "**1. KID**\n-# Company · Japanese · also Kindle, Imagine" in texts


def test_a_tag_is_shown_with_category_and_count() -> None:
    tag = Tag(id="g1", name="Time Travel", category="tech", vn_count=1200)
    texts = read_texts(render_tag_list(Found([tag], more=False), **options()))
    assert f"{BUILT_IN.tag_category('tech')} · 1,200 visual novels" in texts


def test_a_trait_is_shown_with_group_and_count() -> None:
    trait = Trait(id="i1", name="Red", group_name="Hair", sexual=False, char_count=1)
    assert "**1. Red**\n-# Hair · 1 character" in read_texts(render_trait_list(Found([trait], more=False), **options()))


@pytest.mark.parametrize("category", ["ero", "", "new"])
def test_a_sexual_tag_stands_in_age_restricted_channels_only(category: str) -> None:
    found = Found([Tag(id="g1", name="Naughty", category=category)], more=False)
    outside = render_tag_list(found, **options())
    assert "Naughty" not in read_texts(outside)
    assert "1 more is sexual" in read_texts(outside)
    assert read_addresses(outside) == set()
    assert "Naughty" in read_texts(render_tag_list(found, **options(age_restricted=True)))


def test_a_sexual_trait_stands_in_age_restricted_channels_only() -> None:
    found = Found([Trait(id="i1", name="Naughty", sexual=True)], more=False)
    outside = render_trait_list(found, **options())
    assert "Naughty" not in read_texts(outside)
    assert read_addresses(outside) == set()
    assert "Naughty" in read_texts(render_trait_list(found, **options(age_restricted=True)))


words = st.one_of(
    st.text(max_size=12),
    st.text(min_size=1, max_size=5).map(lambda text: text * 50),
    st.lists(
        st.sampled_from(
            ["@everyone", "<@123>", "*", "_", "\\", "👩‍👩‍👧", "||", "\n", "# ", "1. ", "シ", "\u202e", "]("]
        ),
        max_size=12,
    ).map(lambda parts: "".join(parts) * 10),
)
maybe = st.none() | words
levels = st.integers(-1, 3)
numbers = st.integers(-5, 10**9)
some_words = st.lists(words, max_size=5).map(lambda found: found * 4)
dates = st.sampled_from([None, "2004", "2004-99-99", "TBA", "@everyone"]) | words


def ids(prefix: str) -> st.SearchStrategy[str]:
    return st.integers(1, 9_999_999).map(lambda number: f"{prefix}{number}") | words


character_vns = st.builds(CharacterVn, title=words.map(lambda text: f"spoilt{text}"), spoiler=levels, role=words)
novels = st.builds(
    Vn, id=ids("v"), title=words, alttitle=maybe, released=dates, olang=maybe, rating=st.floats(), votecount=numbers
)
records: dict[Callable[..., Shown], st.SearchStrategy[Any]] = {
    render_vn_list: novels,
    render_release_list: st.builds(
        Release,
        id=ids("r"),
        title=words,
        alttitle=maybe,
        released=dates,
        languages=st.lists(st.builds(ReleaseTitle, lang=words, mtl=st.booleans()), max_size=4),
        platforms=some_words,
        vns=st.lists(st.builds(ReleaseVn, title=words, rtype=words), max_size=4),
        minage=st.none() | numbers,
        official=st.booleans(),
    ),
    render_character_list: st.builds(
        Character, id=ids("c"), name=words, original=maybe, vns=st.lists(character_vns, max_size=4)
    ),
    render_producer_list: st.builds(
        Producer, id=ids("p"), name=words, original=maybe, aliases=some_words, lang=maybe, type=maybe
    ),
    render_staff_list: st.builds(
        Staff, id=ids("s"), name=words, original=maybe, ismain=st.booleans(), lang=maybe, aid=numbers
    ),
    render_tag_list: st.builds(
        Tag,
        id=ids("g"),
        name=words.map(lambda text: f"tagged{text}"),
        category=st.sampled_from(["cont", "ero", "tech", ""]),
        vn_count=numbers,
    ),
    render_trait_list: st.builds(
        Trait,
        id=ids("i"),
        name=words.map(lambda text: f"tagged{text}"),
        sexual=st.booleans(),
        group_name=maybe,
        char_count=numbers,
    ),
}


@examples(40)
@given(data=st.data())
@pytest.mark.parametrize("render", list(records), ids=lambda render: render.__name__)
def test_every_page_is_one_that_discord_takes_and_that_may_be_shown(
    render: Callable[..., Shown], data: st.DataObject
) -> None:
    items: list[Any] = data.draw(st.lists(records[render], max_size=12))
    found = Found(items, more=data.draw(st.booleans()), count=data.draw(st.none() | numbers), stale=True)
    number = data.draw(st.integers(1, 999_999)) if items else 1
    address = Address(
        "list/v/rating", number=number, covers=data.draw(st.booleans()), spoiler=data.draw(st.integers(0, 2))
    )
    carried = data.draw(st.sampled_from([None, "", "0ab", LONG_FILTER, "0" * 2000, "0" * 4000]))
    texts = read_texts(render(found, **options(address, age_restricted=data.draw(st.booleans()), carried=carried)))
    if isinstance(items[0] if items else None, Character):
        allowed = sum(any(shows_spoiler(vn.spoiler, address) for vn in item.vns) for item in items[:10])
        assert texts.count("-# spoilt") <= allowed


@examples(40)
@given(items=st.lists(records[render_tag_list], max_size=10) | st.lists(records[render_trait_list], max_size=10))
def test_sexual_tags_and_traits_never_stand_in_an_ordinary_channel(items: list[Tag] | list[Trait]) -> None:
    marked = [msgspec.structs.replace(item, name="Naughty" if is_sexual(item) else "Fine") for item in items]
    render: Callable[..., Shown] = render_trait_list if items and isinstance(items[0], Trait) else render_tag_list
    assert "Naughty" not in read_texts(render(Found(marked, more=False), **options()))


def is_sexual(item: Tag | Trait) -> bool:
    return item.is_sexual if isinstance(item, Tag) else item.sexual
