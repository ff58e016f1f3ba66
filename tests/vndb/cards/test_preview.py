"""Short cards of posted links: little text, no spoilers, and the way to the whole card."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.text import size
from bot.navigation.frame import PageView
from bot.navigation.viewer import Viewer
from bot.playground.engine.components import walk
from bot.preview.card import LINKS_AT_MOST, share_text
from bot.service.image import Image
from bot.service.record import Card
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
    User,
    Vn,
)
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.preview import EntryCard, build_vndb_preview
from tests.support.discord_limits import check_view, read_addresses, read_pictures, read_texts
from tests.support.examples import examples
from tests.vndb import strategies as vndb

OPEN = Viewer(7, age_restricted=False)
RESTRICTED = Viewer(7, age_restricted=True)
SAFE = Image(url="https://i.example/1.jpg", sexual=0.0, violence=0.0, votecount=5)
GATE = Vn(
    id="v2002",
    title="Steins;Gate",
    olang="ja",
    released="2009-10-15",
    rating=89.1,
    votecount=12,
    image=SAFE,
    developers=[Producer(id="p1", name="5pb.")],
    description="A microwave.\nIt works. [spoiler]It mails.[/spoiler]",
)
KURISU = Character(
    id="c34",
    name="Kurisu",
    aliases=["Culprit"],
    sex=["f", "m"],
    vns=[CharacterVn(id="v1", title="Secret", spoiler=1), CharacterVn(id="v2002", title="Steins;Gate", spoiler=0)],
)


def preview(*cards: EntryCard, viewer: Viewer = OPEN, spoiler: bool = False) -> PageView:
    return PageView().add_item(build_vndb_preview(cards, names=BUILT_IN, viewer=viewer, spoiler=spoiler))


async def test_a_novel_is_four_lines_and_a_picture() -> None:
    page = preview(Card(GATE))
    lines = read_texts(page).split("\n")
    assert lines[:4] == [
        "### Steins;Gate",
        "2009 · Japanese · 8.91/10 (12 votes)",
        "By 5pb.",
        "A microwave. It works.",
    ]
    assert read_pictures(page) == [(SAFE.url, False)]
    assert read_addresses(page) == {"v2002"}


@pytest.mark.parametrize(
    ("viewer", "shown"), [(OPEN, "From a shop."), (RESTRICTED, "From [a shop](<https://www.fakku.net/x>).")]
)
async def test_it_links_to_sites_for_adults_in_age_restricted_channels_only(viewer: Viewer, shown: str) -> None:
    novel = Vn(id="v1", title="Gate", description="From [url=https://www.fakku.net/x]a shop[/url].")
    assert shown in read_texts(preview(Card(novel), viewer=viewer))


@pytest.mark.parametrize(
    ("card", "facts"),
    [
        (
            Card(Release(id="r1", title="Gate", released="2010", minage=0, patch=True, official=True)),
            "Release, 2010 · All ages · Patch",
        ),
        (
            Card(Release(id="r1", title="G", languages=[ReleaseTitle("en", mtl=True)], vns=[ReleaseVn(rtype="trial")])),
            "Release, Unknown · Machine translation · Trial · Unofficial",
        ),
        (Card(Producer(id="p1", name="5pb.", type="co", lang="ja")), "Company · Japanese"),
        (Card(Staff(id="s1", name="Vio", lang="ja")), "Staff · Japanese"),
        (Card(Tag(id="g1", name="Time", category="cont", vn_count=2)), "Tag, content · on 2 visual novels"),
        (
            Card(Trait(id="i1", name="Red", group_name="Hair", sexual=False, char_count=1)),
            "Trait · Hair · on 1 character",
        ),
        (
            Card(User(id="u1", username="yorhel", lengthvotes=2, lengthvotes_sum=90)),
            "VNDB user · 2 play times, 1.5 hours in all",
        ),
    ],
)
async def test_every_kind_of_entry_says_what_it_is(card: EntryCard, facts: str) -> None:
    assert read_texts(preview(card)).split("\n")[1] == facts


async def test_the_small_print_names_the_service() -> None:
    assert read_texts(preview(Card(GATE))).split("\n")[-1] == "-# VNDB"


async def test_an_old_answer_says_how_old_it_is() -> None:
    text = read_texts(preview(Card(GATE, age_s=7300, stale=True), Card(KURISU)))
    assert text.endswith("-# VNDB · from 2 h ago (VNDB is away)")


@pytest.mark.parametrize("spoiler", [True, False])
async def test_the_card_of_a_covered_link_is_covered(spoiler: bool) -> None:
    assert check_view(preview(Card(GATE), spoiler=spoiler))[0]["spoiler"] is spoiler


async def test_a_release_names_its_novels() -> None:
    release = Release(id="r1", title="Gate", vns=[ReleaseVn(id="v2002", title="Steins;Gate")])
    assert "Of Steins;Gate" in read_texts(preview(Card(release)))


async def test_nothing_in_a_preview_is_a_spoiler() -> None:
    text = read_texts(preview(Card(KURISU), viewer=RESTRICTED))
    assert "Character · Female\nIn Steins;Gate" in text
    for secret in ("Secret", "Culprit", "Male"):
        assert secret not in text


async def test_several_links_make_one_message_with_a_button_each() -> None:
    page = preview(Card(GATE), Card(KURISU), Card(GATE))
    assert "More: Kurisu" in read_texts(page)
    assert read_addresses(page) == {"v2002", "c34"}
    assert read_texts(page).count("### Steins;Gate") == 1


async def test_a_sexual_tag_is_previewed_in_age_restricted_channels_only() -> None:
    tag = Card(Tag(id="g5", name="Naughty", category="ero"))
    page = preview(tag)
    assert "Naughty" not in read_texts(page)
    assert "age-restricted channels only" in read_texts(page)
    assert read_addresses(page) == set()
    assert "Naughty" in read_texts(preview(tag, viewer=RESTRICTED))


async def test_an_unsafe_picture_is_left_out() -> None:
    character = Character(id="c1", name="K", image=Image(url="https://i.example/2.jpg"))
    assert read_pictures(preview(Card(character))) == []


async def test_the_longest_entries_take_no_more_text_than_their_share() -> None:
    developers = [Producer(id="p1", name="*_" * 200), Producer(id="p2", name="W" * 200)]
    novels = [
        Card(Vn(id=f"v{number}", title="*_" * 200, olang="x" * 200, developers=developers, description="*_" * 500))
        for number in range(1, LINKS_AT_MOST + 1)
    ]
    parts = walk(check_view(preview(*novels)))
    assert sum(size(str(part.get("content") or "")) for part in parts) <= share_text(LINKS_AT_MOST) * LINKS_AT_MOST


kinds = st.one_of(
    vndb.cards(vndb.novels),
    vndb.cards(vndb.releases),
    vndb.cards(vndb.producers),
    vndb.cards(vndb.characters),
    vndb.cards(vndb.staff),
    vndb.cards(vndb.users),
)


@examples(60)
@given(st.lists(kinds, min_size=1, max_size=7), vndb.viewers)
async def test_any_links_make_a_message_that_may_be_sent(cards: list[EntryCard], viewer: Viewer) -> None:
    page = preview(*cards, viewer=viewer)
    vndb.check_page(page, viewer=viewer)
    links = len({card.entry.id for card in cards[:7]})
    parts = list(walk(check_view(page)))
    assert sum(size(str(part.get("content") or "")) for part in parts) <= share_text(LINKS_AT_MOST) * links
    assert len(parts) <= 7 * links


@examples(40)
@given(st.one_of(vndb.cards(vndb.tags), vndb.cards(vndb.traits)), vndb.viewers)
async def test_any_tag_or_trait_makes_a_message_that_may_be_sent(card: EntryCard, viewer: Viewer) -> None:
    vndb.check_page(preview(card, viewer=viewer), viewer=viewer, levels=False)
