"""The novels a visual novel is related to, and its places on the web."""

from __future__ import annotations

import pytest

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Link, Relation, Title, Vn
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.vn.relation import render_links, render_relations
from tests.support.discord_limits import read_addresses, read_texts

READER = Viewer(asker_id=1, age_restricted=False)


def relate(number: int, kind: str, *, official: bool = True, released: str | None = None) -> Relation:
    title = f"Novel {number}"
    return Relation(id=f"v{number}", title=title, relation=kind, relation_official=official, released=released)


def render(*relations: Relation, number: int = 1) -> Shown:
    vn = Vn(id="v17", title="Ever17", relations=list(relations))
    return render_relations(Card(vn), names=BUILT_IN, viewer=READER, address=Address("v17/relations", number))


def name(*titles: Title, aliases: tuple[str, ...] = (), links: tuple[Link, ...] = (), number: int = 1) -> str:
    vn = Vn(id="v17", title="Ever17", titles=[*titles], aliases=[*aliases], extlinks=[*links])
    return read_texts(render_links(Card(vn), names=BUILT_IN, viewer=READER, address=Address("v17/links", number)))


def links(*found: Link) -> str:
    return name(links=found)


async def test_relations_stand_by_kind_the_oldest_first() -> None:
    novels = (
        relate(4, "char"),
        relate(3, "seq", released="2009"),
        relate(2, "seq", released="2004-03"),
        relate(1, "preq"),
    )
    text = read_texts(render(*novels))
    for group in (
        "### Prequel\n**Novel 1**\n",
        "### Sequel\n**Novel 2**\n-# 2004\n**Novel 3**\n-# 2009\n",
        "### Shares characters\n**Novel 4**\n",
    ):
        assert group in text
    assert text.index("### Prequel") < text.index("### Sequel") < text.index("### Shares")


async def test_an_unofficial_relation_is_marked() -> None:
    assert "Unofficial" not in read_texts(render(relate(1, "seq")))
    assert "**Novel 1**\n-# Unofficial" in read_texts(render(relate(1, "seq", official=False)))


async def test_a_kind_that_is_not_known_yet_is_its_own_heading_at_the_end() -> None:
    text = read_texts(render(relate(1, "new*kind"), relate(2, "char")))
    assert text.index(r"### new\*kind") > text.index("### Shares characters")


async def test_every_relation_can_be_opened_from_one_of_the_pages() -> None:
    relations = [relate(number, "ser") for number in range(100, 200)]
    pages = [read_addresses(render(*relations, number=number)) for number in range(1, 5)]
    assert {f"v{number}" for number in range(100, 200)} <= set[str]().union(*pages)


async def test_no_relations_is_a_sentence() -> None:
    assert "No related visual novels at VNDB yet." in read_texts(render())


async def test_titles_stand_by_language_the_main_one_first() -> None:
    text = name(
        Title(title="Ever17 EN", lang="en", official=True),
        Title(title="Ever17 DE", lang="de", official=True),
        Title(title="エバー", lang="ja", latin="Ebaa", official=True, main=True),
    )
    assert "### Titles\n- Japanese: エバー (Ebaa)\n- English: Ever17 EN\n- German: Ever17 DE\n" in text


async def test_an_unofficial_title_is_marked() -> None:
    assert "- English: Fan Title *(unofficial)*\n" in name(Title(title="Fan Title", lang="en"))


async def test_a_title_in_no_known_language_says_so() -> None:
    assert "- Language unknown: Nameless\n" in name(Title(title="Nameless", official=True))


async def test_aliases_stand_below_the_titles_each_once() -> None:
    text = name(Title(title="Ever17", lang="en", official=True), aliases=("E17", "*E*", "E17", " "))
    assert "- English: Ever17\n### Also known as\n- E17\n- \\*E\\*\n" in text
    assert text.count("E17\n") == 1


async def test_links_stand_below_the_names() -> None:
    text = name(aliases=("E17",), links=(Link(url="https://a.example", label="Site"),))
    assert "- E17\n### Elsewhere on the web\n- [Site](<https://a.example>)" in text


async def test_every_title_is_on_one_of_the_pages() -> None:
    titles = [Title(title=f"Title {number}.", lang="en") for number in range(100, 200)]
    text = "".join(name(*titles, number=number) for number in range(1, 6))
    assert all(f"Title {number}." in text for number in range(100, 200))


async def test_links_are_named_by_their_sites() -> None:
    text = links(Link(url="https://en.wikipedia.org/wiki/Ever17_(game)", label="Wikipedia (en)", name="enwiki"))
    assert "- [Wikipedia (en)](<https://en.wikipedia.org/wiki/Ever17_%28game%29>)" in text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/v17", "//evil.example", "", "https://" + "x" * 500])
async def test_a_link_that_leads_nowhere_is_left_out(url: str) -> None:
    text = links(Link(url=url, label="Trap"))
    assert "Trap" not in text
    assert "No titles or links at VNDB yet." in text


async def test_the_name_of_a_site_cannot_pretend_to_be_another_address() -> None:
    assert "<https://evil.example>" in links(Link(url="https://evil.example", label="https://vndb.org"))
