"""Whatever VNDB says of a novel, its pages are such as Discord takes, and show nothing that may not stand there."""

from __future__ import annotations

import re

import msgspec
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from bot.cards.notation import join_facts
from bot.navigation.address import Address
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import (
    Character,
    Credit,
    Edition,
    Quote,
    Relation,
    Release,
    ReleaseTitle,
    Screenshot,
    Staff,
    Title,
    Vn,
    VoiceActor,
)
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.row import list_vn_facts
from bot.vndb.cards.vn.character import render_characters
from bot.vndb.cards.vn.overview import render_overview
from bot.vndb.cards.vn.quote import render_quotes
from bot.vndb.cards.vn.relation import render_links, render_relations
from bot.vndb.cards.vn.release import render_releases
from bot.vndb.cards.vn.screenshot import render_screenshots
from bot.vndb.cards.vn.staff import render_staff
from bot.vndb.cards.vn.tag import render_similar, render_tags
from tests.support.examples import examples
from tests.vndb import strategies as odd

quickly = examples(50, suppress_health_check=[HealthCheck.too_slow])
UNSAFE_URL = f"https://i.example/{odd.UNSAFE}.jpg"
places = odd.addresses("v17/page")
notes = st.one_of(st.none(), st.just(""), odd.words.map(lambda text: f"{odd.SPOILERS[2]} {text}"))

tagged = st.builds(msgspec.structs.replace, odd.novels, tags=odd.some(odd.tags, unless="id"))
novels = st.one_of(
    tagged,
    st.builds(
        msgspec.structs.replace,
        tagged,
        languages=st.lists(odd.codes, max_size=80),
        aliases=st.lists(odd.words, max_size=80),
        developers=odd.some(odd.producers),
        description=odd.words.map(lambda text: f"{text}\n{text} {text} " * 60),
    ),
)
voices = st.builds(
    VoiceActor,
    staff=st.builds(Staff, id=odd.ids("s"), name=odd.words),
    character=st.builds(Character, id=odd.ids("c")),
    note=notes,
)
screenshots = st.builds(
    Screenshot,
    url=st.sampled_from(["https://i.example/1.jpg", "https://", "", "x"]),
    thumbnail=st.sampled_from([None, "https://i.example/t.jpg", "://"]),
    sexual=st.sampled_from([None, 0.0, 0.4]),
    violence=st.sampled_from([0.0, 0.3, float("nan")]),
    votecount=st.integers(-1, 3),
    release=st.one_of(st.none(), st.builds(Release, id=odd.ids("r"), title=odd.words)),
).map(lambda shot: shot if shot.is_safe else msgspec.structs.replace(shot, url=UNSAFE_URL, thumbnail=None))
credited = st.builds(
    Credit,
    id=odd.ids("s"),
    name=odd.words,
    original=odd.maybe_words,
    role=st.one_of(st.sampled_from(["scenario", "art", "translator"]), odd.words),
    note=notes,
    eid=st.one_of(st.none(), st.integers(-1, 5)),
)
editions = st.builds(Edition, eid=st.integers(-1, 5), lang=odd.maybe_codes, name=odd.words, official=st.booleans())
relations = st.builds(
    Relation,
    id=odd.ids("v"),
    title=odd.words,
    relation=st.one_of(st.sampled_from(["seq", "preq", "fan"]), odd.words),
    relation_official=st.booleans(),
    released=odd.dates,
    rating=odd.numbers,
)
titles = st.builds(
    Title, title=odd.words, lang=odd.codes, latin=odd.maybe_words, official=st.booleans(), main=st.booleans()
)
details = st.builds(
    Vn,
    id=st.one_of(st.just("v17"), odd.ids("v")),
    title=odd.words,
    screenshots=odd.some(screenshots, unless="id"),
    relations=odd.some(relations, unless="id"),
    editions=st.lists(editions, max_size=4),
    staff=odd.some(credited, unless="id"),
    va=odd.some(voices),
    extlinks=odd.some(odd.links, unless="url"),
    titles=odd.some(titles, unless="lang"),
    aliases=st.lists(odd.words, max_size=80),
)
releases = st.builds(
    msgspec.structs.replace,
    odd.releases,
    languages=st.lists(st.builds(ReleaseTitle, lang=odd.codes, mtl=st.booleans()), max_size=4),
)


@quickly
@given(card=odd.cards(novels), viewer=odd.viewers, address=places)
async def test_the_first_page(card: Card[Vn], viewer: Viewer, address: Address) -> None:
    page = render_overview(card, names=BUILT_IN, viewer=viewer, address=address)
    odd.check_page(page, viewer=viewer, spoiler=address.spoiler)


@quickly
@given(
    card=odd.cards(st.builds(msgspec.structs.replace, details, id=st.just("v17"))),
    cast=odd.some(odd.cast, unless="id"),
    more=st.booleans(),
    viewer=odd.viewers,
    address=places,
)
async def test_characters(
    card: Card[Vn], cast: list[Character], viewer: Viewer, address: Address, *, more: bool
) -> None:
    page = render_characters(card, cast, more, viewer=viewer, address=address)
    odd.check_page(page, viewer=viewer, spoiler=address.spoiler)


@quickly
@given(
    card=odd.cards(details), found=odd.some(releases, unless="id"), more=st.booleans(), viewer=odd.viewers,
    address=places,
)  # fmt: skip
async def test_releases(card: Card[Vn], found: list[Release], viewer: Viewer, address: Address, *, more: bool) -> None:
    page = render_releases(card, found, more, names=BUILT_IN, viewer=viewer, address=address)
    odd.check_page(page, viewer=viewer, spoiler=address.spoiler)


@quickly
@given(card=odd.cards(details), viewer=odd.viewers, address=places)
async def test_staff_screenshots_relations_and_links(card: Card[Vn], viewer: Viewer, address: Address) -> None:
    for page in (
        render_staff(card, names=BUILT_IN, viewer=viewer, address=address),
        render_screenshots(card, viewer=viewer, address=address),
        render_relations(card, names=BUILT_IN, viewer=viewer, address=address),
        render_links(card, names=BUILT_IN, viewer=viewer, address=address),
    ):
        odd.check_page(page, viewer=viewer, spoiler=address.spoiler)


@quickly
@given(card=odd.cards(novels), viewer=odd.viewers, address=places)
async def test_tags(card: Card[Vn], viewer: Viewer, address: Address) -> None:
    page = render_tags(card, names=BUILT_IN, viewer=viewer, address=address)
    odd.check_page(page, viewer=viewer, spoiler=address.spoiler)


@quickly
@given(
    card=odd.cards(st.builds(msgspec.structs.replace, details, id=st.just("v17"))),
    said=odd.some(odd.quotes, unless="id"),
    more=st.booleans(),
    viewer=odd.viewers,
    address=places,
)
async def test_quotes(card: Card[Vn], said: list[Quote], viewer: Viewer, address: Address, *, more: bool) -> None:
    page = render_quotes(card, said, more, viewer=viewer, address=address)
    odd.check_page(page, viewer=viewer, spoiler=address.spoiler)


@quickly
@given(
    card=odd.cards(details), ranked=st.lists(st.tuples(odd.novels, st.floats()), max_size=30), viewer=odd.viewers,
    address=places,
)  # fmt: skip
async def test_similar_novels(card: Card[Vn], ranked: list[tuple[Vn, float]], viewer: Viewer, address: Address) -> None:
    page = render_similar(card, ranked, names=BUILT_IN, viewer=viewer, address=address)
    odd.check_page(page, viewer=viewer, spoiler=address.spoiler)


@quickly
@given(vn=odd.novels)
def test_the_description_of_a_choice_is_one_line(vn: Vn) -> None:
    assert not re.search(r"[\r\n\u2028]", join_facts(list_vn_facts(vn, BUILT_IN)))
