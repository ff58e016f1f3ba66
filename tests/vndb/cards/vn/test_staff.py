"""Who made a visual novel: editions, roles, and notes that may spoil."""

from __future__ import annotations

import pytest

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Credit, Edition, Vn
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.vn.staff import render_staff
from tests.support.discord_limits import read_addresses, read_texts

READER = Viewer(asker_id=1, age_restricted=False)
WRITER = Credit(id="s1", name="Hayashi Naotaka", original="林 直孝", role="scenario")
NOTED = Credit(id="s1", name="Hayashi", role="scenario", note="wrote the twin's death")


def render(*staff: Credit, editions: tuple[Edition, ...] = (), spoiler: int = 0, number: int = 1) -> Shown:
    vn = Vn(id="v17", title="Ever17", staff=list(staff), editions=list(editions))
    address = Address("v17/staff", number, spoiler)
    return render_staff(Card(vn), names=BUILT_IN, viewer=READER, address=address)


async def test_people_stand_under_their_roles_with_both_names() -> None:
    assert "**Scenario**\n- Hayashi Naotaka (林 直孝)\n" in read_texts(render(WRITER))


async def test_roles_are_in_the_order_of_vndb() -> None:
    roles = ("unheard", "staff", "qa", "songs", "music", "art", "chardesign", "scenario")
    text = read_texts(render(*(Credit(id="s1", name=role.upper(), role=role) for role in roles)))
    places = [text.index(f"- {role.upper()}") for role in ("scenario", "chardesign", "art", "music", "songs", "qa")]
    assert places == sorted(places)
    assert text.index("- UNHEARD") > text.index("- STAFF") > places[-1]


async def test_the_original_comes_before_its_editions() -> None:
    editions = (Edition(eid=2, lang="ru", name="Fans"), Edition(eid=1, lang="en", name="JAST USA", official=True))
    credited = [Credit(id=f"s{eid}", name="Someone", role="translator", eid=eid) for eid in (9, 1, 2)]
    text = read_texts(render(*credited, WRITER, editions=editions))
    headings = ("### Original\n", "### Russian · Fans · unofficial", "### English · JAST USA · official", "### Another")
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)


async def test_without_translated_editions_none_is_named() -> None:
    assert "Original" not in read_texts(render(WRITER))


@pytest.mark.parametrize("spoiler", [0, 1])
async def test_notes_are_left_out_below_the_highest_level(spoiler: int) -> None:
    text = read_texts(render(NOTED, spoiler=spoiler))
    assert "twin" not in text
    assert "Show spoilers to me" in text


async def test_notes_are_for_those_who_take_all_spoilers() -> None:
    text = read_texts(render(NOTED, spoiler=2))
    assert "- Hayashi: wrote the twin's death" in text
    assert "Show spoilers to me" not in text


async def test_everyone_can_be_opened_from_one_of_the_pages() -> None:
    people = [Credit(id=f"s{number}", name="x" * 100, role="art") for number in range(1, 201)]
    pages = [read_addresses(render(*people, number=number)) for number in range(1, 20)]
    assert {f"s{number}" for number in range(1, 201)} <= set[str]().union(*pages)


async def test_a_heading_is_repeated_on_the_next_page() -> None:
    people = [Credit(id=f"s{number}", name="Painter", role="art") for number in range(1, 40)]
    assert "**Artist**\n- Painter" in read_texts(render(*people, number=2))


async def test_who_did_several_things_can_be_picked_once_under_the_first_name() -> None:
    text = read_texts(render(Credit(id="s1", name="Pen Name", role="qa"), WRITER))
    assert "Hayashi Naotaka Scenario" in text
    assert "Pen Name Quality assurance" not in text


async def test_nobody_is_a_sentence() -> None:
    assert "No staff at VNDB yet." in read_texts(render())
