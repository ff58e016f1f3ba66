"""Titles in the language that was chosen: what stands first and second, in every kind of entry and all inside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.gate.rules import Rules
from bot.gate.setting import TitleLanguage
from bot.navigation.address import Address
from bot.navigation.frame import PageView, Shown
from bot.navigation.viewer import Viewer
from bot.playground.engine.components import walk
from bot.service.record import Card, Found
from bot.vndb.api.model import (
    Character,
    CharacterVn,
    Credit,
    ListEntry,
    Producer,
    Relation,
    Release,
    ReleaseVn,
    Screenshot,
    Staff,
    StaffAlias,
    Tag,
    Title,
    User,
    Vn,
    VoiceActor,
)
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.character import render_character, render_character_novels, render_character_traits
from bot.vndb.cards.list import (
    render_character_list,
    render_producer_list,
    render_release_list,
    render_staff_list,
    render_vn_list,
)
from bot.vndb.cards.preview import EntryCard, build_vndb_preview
from bot.vndb.cards.producer import render_producer
from bot.vndb.cards.release import render_release, render_release_pictures
from bot.vndb.cards.staff import render_staff, render_staff_details
from bot.vndb.cards.title import retitle
from bot.vndb.cards.user import render_user_list
from bot.vndb.cards.vn.character import render_characters
from bot.vndb.cards.vn.overview import render_overview
from bot.vndb.cards.vn.relation import render_links, render_relations
from tests.support.choose import choose
from tests.support.discord_limits import check_view, read_texts
from tests.support.each import each
from tests.support.examples import examples
from tests.vndb import strategies as vndb

SAYA = Vn(
    id="v97",
    title="Saya no Uta",
    alttitle="沙耶の唄",
    titles=[
        Title(title="沙耶の唄", lang="ja", latin="Saya no Uta", official=True, main=True),
        Title(title="La canzone di Saya", lang="it", official=True),
        Title(title="The Song of Saya", lang="en", official=True),
    ],
)
SINGER = Character(id="c1", name="Sakisaka Fuminori", original="匂坂 郁紀")
STUDIO = Producer(id="p1", name="Nitroplus", original="ニトロプラス")
WRITER = Staff(id="s1", name="Urobuchi Gen", original="虚淵 玄")
EDITION = Release(id="r1", title="Saya no Uta - Download Ban", alttitle="沙耶の唄 ダウンロード版")


def build_viewer(language: TitleLanguage) -> Viewer:
    rules = Rules(server=choose(title_language=language))
    return Viewer(asker_id=1, age_restricted=False, rules=rules)


NATIVE, ENGLISH, ROMANISED = build_viewer("native"), build_viewer("english"), build_viewer("romanised")


def name(entry: Any) -> tuple[str, str | None]:
    if isinstance(entry, Vn | Release):
        return entry.title, entry.alttitle
    return entry.name, entry.original


# One entry


@pytest.mark.parametrize(
    ("viewer", "titles"),
    [
        (ROMANISED, ("Saya no Uta", "沙耶の唄")),
        (NATIVE, ("沙耶の唄", "Saya no Uta")),
        (ENGLISH, ("The Song of Saya", "Saya no Uta")),
    ],
)
def test_a_novel_stands_under_its_title_in_the_chosen_language(viewer: Viewer, titles: tuple[str, str]) -> None:
    assert name(retitle(SAYA, viewer)) == titles


@pytest.mark.parametrize("entry", [SINGER, STUDIO, WRITER, EDITION])
def test_other_entries_have_a_native_name_but_no_english_one(entry: msgspec.Struct) -> None:
    first, second = name(entry)
    assert name(retitle(entry, ROMANISED)) == (first, second)
    assert name(retitle(entry, ENGLISH)) == (first, second)
    assert name(retitle(entry, NATIVE)) == (second, first)


@pytest.mark.parametrize(
    ("titles", "first"),
    [
        ([], "Saya no Uta"),
        ([Title(title="Saya", lang="it")], "Saya no Uta"),
        ([Title(title=" ", lang="en")], "Saya no Uta"),
        ([Title(title="Fan", lang="en"), Title(title="Shop", lang="en", official=True)], "Shop"),
        ([Title(title="Fan", lang="en")], "Fan"),
        ([Title(title="歌", lang="en", latin="Song")], "Song"),
    ],
)
def test_the_english_title_is_the_official_one_in_latin_script(titles: list[Title], first: str) -> None:
    assert retitle(msgspec.structs.replace(SAYA, titles=titles), ENGLISH).title == first


def test_an_english_title_that_is_the_same_leaves_the_original_below() -> None:
    titles = [Title(title="SAYA no Uta", lang="en")]
    assert name(retitle(msgspec.structs.replace(SAYA, titles=titles), ENGLISH)) == ("SAYA no Uta", "沙耶の唄")


@each("original", [None, "", " \u202e"])
@each(
    ("entry", "field"),
    [(SAYA, "alttitle"), (EDITION, "alttitle"), (SINGER, "original"), (STUDIO, "original"), (WRITER, "original")],
)
def test_what_has_no_native_name_keeps_its_own(entry: msgspec.Struct, field: str, original: str | None) -> None:
    nameless = msgspec.structs.replace(entry, **{field: original})
    assert name(retitle(nameless, NATIVE)) == (name(entry)[0], None)


@each("viewer", [NATIVE, ENGLISH, ROMANISED])
@each("entry", [Vn(), Release(id="r1"), Character(id="c1"), Tag(id="g1"), User(id="u1")])
def test_an_empty_entry_stays_as_it_is(entry: msgspec.Struct, viewer: Viewer) -> None:
    assert retitle(entry, viewer) == entry


def test_the_entry_itself_is_not_changed() -> None:
    before = msgspec.json.encode(SAYA)
    retitle(SAYA, NATIVE)
    assert msgspec.json.encode(SAYA) == before


def test_the_language_of_a_person_goes_before_that_of_channel_and_server() -> None:
    rules = Rules(
        server=choose(title_language="english"),
        channel=choose(title_language="romanised"),
        person=choose(title_language="native"),
    )
    assert retitle(SAYA, replace(NATIVE, rules=rules)).title == "沙耶の唄"


# What stands inside


TITLED: dict[str, Any] = {"title": SAYA.title, "alttitle": SAYA.alttitle}
INSIDE: list[tuple[msgspec.Struct, Callable[[Any], Any]]] = [
    (Vn(relations=[Relation(id="v1", **TITLED)]), lambda vn: vn.relations[0].title),
    (Character(id="c1", vns=[CharacterVn(id="v1", **TITLED)]), lambda character: character.vns[0].title),
    (Release(id="r1", vns=[ReleaseVn(id="v1", **TITLED)]), lambda release: release.vns[0].title),
    (ListEntry(id="v1", vn=SAYA), lambda entry: entry.vn.title),
    (
        Character(id="c1", vns=[CharacterVn(id="v1", release=Release(id="r1", **TITLED))]),
        lambda character: character.vns[0].release.title,
    ),
    (
        Vn(screenshots=[Screenshot(url="", release=Release(id="r1", **TITLED))]),
        lambda vn: vn.screenshots[0].release.title,
    ),
    (Vn(staff=[Credit(id="s1", name="Saya no Uta", original="沙耶の唄")]), lambda vn: vn.staff[0].name),
    (Vn(developers=[Producer(id="p1", name="Saya no Uta", original="沙耶の唄")]), lambda vn: vn.developers[0].name),
    (
        Vn(va=[VoiceActor(staff=WRITER, character=Character(id="c1", name="Saya no Uta", original="沙耶の唄"))]),
        lambda vn: vn.va[0].character.name,
    ),
]


@pytest.mark.parametrize(("entry", "find"), INSIDE)
def test_what_stands_inside_an_entry_is_named_alike(entry: msgspec.Struct, find: Callable[[Any], Any]) -> None:
    assert (find(retitle(entry, NATIVE)), find(retitle(entry, ROMANISED))) == ("沙耶の唄", "Saya no Uta")


# Where it shows


def overview(viewer: Viewer) -> Shown:
    return render_overview(Card(SAYA), names=BUILT_IN, viewer=viewer, address=Address("v97"))


def card_of(entry: Any, viewer: Viewer) -> Shown:
    page: dict[type, Callable[..., Shown]] = {
        Character: render_character,
        Producer: render_producer,
        Staff: render_staff,
        Release: render_release,
    }
    return page[type(entry)](Card(entry), names=BUILT_IN, viewer=viewer, address=Address(entry.id))


def list_of(entry: Any, viewer: Viewer) -> Shown:
    render: dict[type, Callable[..., Shown]] = {
        Vn: render_vn_list,
        Character: render_character_list,
        Producer: render_producer_list,
        Staff: render_staff_list,
        Release: render_release_list,
    }
    found = Found([entry], more=False)
    return render[type(entry)](found, heading="List", names=BUILT_IN, viewer=viewer, address=Address("list/x"))


def preview_of(entry: Any, viewer: Viewer) -> PageView:
    return PageView().add_item(build_vndb_preview([Card(entry)], names=BUILT_IN, viewer=viewer))


def read_labels(page: Shown | PageView) -> list[str]:
    return [option["label"] for one in walk(check_view(page)) for option in one.get("options") or ()]


@pytest.mark.parametrize(
    ("viewer", "heading"),
    [
        (ROMANISED, "## Saya no Uta\n-# 沙耶の唄\n"),
        (NATIVE, "## 沙耶の唄\n-# Saya no Uta\n"),
        (ENGLISH, "## The Song of Saya\n-# Saya no Uta\n"),
    ],
)
async def test_a_novels_card_has_both_titles_in_its_heading(viewer: Viewer, heading: str) -> None:
    assert read_texts(overview(viewer)).startswith(heading)


@pytest.mark.parametrize("entry", [SINGER, STUDIO, WRITER, EDITION])
async def test_a_card_has_both_names_in_its_heading(entry: msgspec.Struct) -> None:
    first, second = name(entry)
    assert read_texts(card_of(entry, ROMANISED)).startswith(f"## {first}\n-# {second}\n")
    assert read_texts(card_of(entry, NATIVE)).startswith(f"## {second}\n-# {first}\n")


@pytest.mark.parametrize("entry", [SAYA, SINGER, STUDIO, WRITER, EDITION])
async def test_a_row_and_its_option_go_by_the_same_name(entry: msgspec.Struct) -> None:
    first, second = name(entry)
    page = list_of(entry, NATIVE)
    text = read_texts(page)
    assert f"{second}** · {first}" in text
    assert read_labels(page) == [second]


async def test_a_row_has_the_english_title() -> None:
    assert "**1. The Song of Saya** · Saya no Uta" in read_texts(list_of(SAYA, ENGLISH))


@pytest.mark.parametrize("entry", [SAYA, SINGER, STUDIO, WRITER, EDITION])
async def test_a_preview_goes_by_the_name_that_stands_first(entry: msgspec.Struct) -> None:
    first, second = name(entry)
    assert read_texts(preview_of(entry, ROMANISED)).startswith(f"### {first}\n")
    assert read_texts(preview_of(entry, NATIVE)).startswith(f"### {second}\n")


async def test_a_preview_has_the_english_title() -> None:
    assert read_texts(preview_of(SAYA, ENGLISH)).startswith("### The Song of Saya\n")


@pytest.mark.parametrize("render", [render_relations, render_links])
async def test_the_further_pages_of_a_novel_have_the_title_of_the_first(render: Callable[..., Shown]) -> None:
    page = render(Card(SAYA), names=BUILT_IN, viewer=ENGLISH, address=Address("v97/x"))
    assert read_texts(page).startswith("## The Song of Saya\n")


async def test_related_novels_are_named_in_the_language_in_row_and_option() -> None:
    related = msgspec.structs.replace(SAYA, relations=[Relation(id="v1", relation="seq", **TITLED)])
    page = render_relations(Card(related), names=BUILT_IN, viewer=NATIVE, address=Address("v97/relations"))
    assert "**沙耶の唄** · Saya no Uta" in read_texts(page)
    assert "沙耶の唄" in read_labels(page)


async def test_the_characters_of_a_novel_and_their_voices_are_named_in_the_language() -> None:
    part = msgspec.structs.replace(SINGER, vns=[CharacterVn(id="v97", spoiler=0, role="main")])
    novel = msgspec.structs.replace(SAYA, va=[VoiceActor(staff=WRITER, character=SINGER)])
    address = Address("v97/characters")
    page = render_characters(Card(novel), [part], more=False, viewer=NATIVE, address=address)
    text = read_texts(page)
    assert text.startswith("## 沙耶の唄\n")
    assert "**1. 匂坂 郁紀** · Sakisaka Fuminori" in text
    assert "Voiced by 虚淵 玄" in text
    assert "匂坂 郁紀" in read_labels(page)


async def test_the_pages_of_a_character_and_its_novels_are_named_in_the_language() -> None:
    singer = msgspec.structs.replace(SINGER, vns=[CharacterVn(id="v97", spoiler=0, role="main", **TITLED)])
    address = Address("c1/novels")
    page = render_character_novels(Card(singer), names=BUILT_IN, viewer=NATIVE, address=address)
    assert read_texts(page).startswith("## 匂坂 郁紀\n")
    assert "**1. 沙耶の唄**" in read_texts(page)
    assert "沙耶の唄" in read_labels(page)
    traits = render_character_traits(Card(singer), viewer=NATIVE, address=Address("c1/traits"))
    assert read_texts(traits).startswith("## 匂坂 郁紀\n")


async def test_the_pictures_of_a_release_stand_under_its_native_title() -> None:
    page = render_release_pictures(Card(EDITION), names=BUILT_IN, viewer=NATIVE, address=Address("r1/pictures"))
    assert read_texts(page).startswith("## 沙耶の唄 ダウンロード版\n")


@pytest.mark.parametrize("render", [render_producer, render_staff])
async def test_the_novels_on_a_card_are_named_in_the_language(render: Callable[..., Shown]) -> None:
    entry = STUDIO if render is render_producer else WRITER
    novels = Found([SAYA], more=False)
    page = render(Card(entry), novels, names=BUILT_IN, viewer=ENGLISH, address=Address(entry.id))
    assert "1. The Song of Saya" in read_texts(page)
    assert "The Song of Saya" in read_labels(page)


async def test_the_other_names_of_a_person_are_turned_as_the_main_one_is() -> None:
    person = msgspec.structs.replace(
        WRITER,
        aliases=[
            StaffAlias(name="虚淵 玄", latin="Urobuchi Gen", ismain=True),
            StaffAlias(name="うろぶち", latin="Urobuchi"),
            StaffAlias(name="Gen"),
        ],
    )
    text = read_texts(card_of(person, NATIVE))
    assert text.startswith("## 虚淵 玄\n-# Urobuchi Gen\n")
    details = render_staff_details(Card(person), names=BUILT_IN, viewer=NATIVE, address=Address("s1/details"))
    assert "**Also known as:** うろぶち (Urobuchi), Gen\n" in read_texts(details)


async def test_a_list_of_somebody_names_novels_in_the_language_in_row_and_option() -> None:
    page = render_user_list(
        Found([ListEntry(id="v97", vn=SAYA)], more=False),
        user=User(id="u1", username="ann"),
        label=7,
        sort="vote",
        labels=[],
        names=BUILT_IN,
        viewer=ENGLISH,
        address=Address("u1/list/7/vote"),
    )
    assert "**1. The Song of Saya**" in read_texts(page)
    assert "The Song of Saya" in read_labels(page)


# Whatever VNDB sends


def choose_language(viewer: Viewer, language: TitleLanguage) -> Viewer:
    return replace(viewer, rules=Rules(server=choose(title_language=language)))


def add_titles(vn: Vn, titles: list[Title]) -> Vn:
    return msgspec.structs.replace(vn, titles=titles)


languages: list[TitleLanguage] = ["english", "native"]
viewers = st.builds(choose_language, vndb.viewers, st.sampled_from(languages))
english_titles = st.lists(
    st.builds(Title, title=vndb.words, lang=st.just("en"), latin=vndb.maybe_words, official=st.booleans()), max_size=3
)
novels = st.builds(add_titles, vndb.novels, english_titles)


@examples(40)
@given(vndb.cards(novels), viewers, vndb.addresses("v1"))
async def test_every_novels_card_may_be_sent_in_every_language(
    card: Card[Vn], viewer: Viewer, address: Address
) -> None:
    page = render_overview(card, names=BUILT_IN, viewer=viewer, address=address)
    vndb.check_page(page, viewer=viewer, spoiler=address.spoiler)


@examples(40)
@given(vndb.found(novels), viewers, vndb.addresses("list/v/rating"))
async def test_every_list_may_be_sent_in_every_language(found: Found[Vn], viewer: Viewer, address: Address) -> None:
    found = replace(found, items=found.items[:10])
    address = address if found.items else address.turn(1)  # a shorter list has no such page
    page = render_vn_list(found, heading="Novels", names=BUILT_IN, viewer=viewer, address=address)
    vndb.check_page(page, viewer=viewer, spoiler=address.spoiler)


@examples(40)
@given(
    st.lists(vndb.cards(st.one_of(novels, vndb.releases, vndb.producers, vndb.staff)), min_size=1, max_size=5), viewers
)
async def test_every_preview_may_be_sent_in_every_language(cards: list[EntryCard], viewer: Viewer) -> None:
    page = PageView().add_item(build_vndb_preview(cards, names=BUILT_IN, viewer=viewer))
    vndb.check_page(page, viewer=viewer, spoiler=0)
