"""The characters of a visual novel: their order, and what a reader of the novel does not want to know yet."""

from __future__ import annotations

import pytest

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.image import Image
from bot.service.record import Card
from bot.vndb.api.model import Character, CharacterVn, Staff, Vn, VoiceActor
from bot.vndb.cards.vn.character import render_characters
from tests.support.discord_limits import read_addresses, read_pictures, read_texts

READER = Viewer(asker_id=1, age_restricted=False)
ADULT = Viewer(asker_id=1, age_restricted=True)
SAFE = Image(url="https://i.example/1.jpg", sexual=0.1, violence=0.0, votecount=9)
GORY = Image(url="https://i.example/2.jpg", sexual=0.0, violence=1.9, votecount=9)


def make(number: int, role: str = "side", *, spoiler: int = 0, image: Image | None = None) -> Character:
    entry = CharacterVn(id="v17", role=role, spoiler=spoiler)
    return Character(id=f"c{number}", name=f"Person {number}", sex=["f", "m"], image=image, vns=[entry])


def voice(number: int, name: str, note: str | None = None) -> VoiceActor:
    return VoiceActor(staff=Staff(id="s1", name=name), character=Character(id=f"c{number}"), note=note)


def render(
    *characters: Character,
    voices: tuple[VoiceActor, ...] = (),
    more: bool = False,
    viewer: Viewer = READER,
    spoiler: int = 0,
    number: int = 1,
) -> Shown:
    vn = Vn(id="v17", title="Ever17", va=list(voices))
    address = Address("v17/characters", number, spoiler)
    return render_characters(Card(vn), characters, more, viewer=viewer, address=address)


async def test_the_greatest_parts_come_first() -> None:
    roles = ("appears", "unheard", "side", "primary", "main")
    text = read_texts(render(*(make(number, role) for number, role in enumerate(roles, start=1))))
    places = [text.index(f". Person {number}**") for number in (5, 4, 3, 1, 2)]
    assert places == sorted(places)


async def test_a_character_has_a_role_an_apparent_sex_and_a_voice() -> None:
    text = read_texts(render(make(1, "main"), voices=(voice(1, "Hosaka"), voice(2, "Another")), spoiler=2))
    assert "**1. Person 1**\n-# Protagonist · Female\n-# Voiced by Hosaka\n" in text
    assert "Male" not in text
    assert "Another" not in text


@pytest.mark.parametrize(("spoiler", "shown"), [(0, False), (1, False), (2, True)])
async def test_a_part_above_the_spoiler_level_is_left_out(spoiler: int, *, shown: bool) -> None:
    view = render(make(1), make(2, spoiler=2), spoiler=spoiler)
    assert ("Person 2" in read_texts(view)) is shown
    assert ("Show spoilers to me" in read_texts(view)) is not shown
    assert any(address.startswith("c2") for address in read_addresses(view)) is shown


async def test_only_the_part_in_this_novel_counts() -> None:
    elsewhere = Character(id="c1", name="Guest", vns=[CharacterVn(id="v18", role="main", spoiler=0)])
    assert "Guest" not in read_texts(render(elsewhere))
    assert "Guest" in read_texts(render(elsewhere, spoiler=2))


async def test_a_greater_part_that_spoils_is_not_named_before_its_level() -> None:
    parts = [CharacterVn(id="v17", role="main", spoiler=2), CharacterVn(id="v17", role="side", spoiler=0)]
    twofold = Character(id="c1", name="Twofold", vns=parts)
    assert "Side character" in read_texts(render(twofold))
    assert "Show spoilers to me" in read_texts(render(twofold))
    assert "Protagonist" in read_texts(render(twofold, spoiler=2))


@pytest.mark.parametrize("spoiler", [0, 1])
async def test_notes_on_voices_are_left_out_below_the_highest_level(spoiler: int) -> None:
    text = read_texts(render(make(1), voices=(voice(1, "Hosaka", "as the killer"),), spoiler=spoiler))
    assert "Voiced by Hosaka\n" in text
    assert "killer" not in text
    assert "Show spoilers to me" in text


async def test_notes_on_voices_are_for_those_who_take_all_spoilers() -> None:
    text = read_texts(render(make(1), voices=(voice(1, "Hosaka", "as the killer"),), spoiler=2))
    assert "Hosaka (as the killer)" in text
    assert "Show spoilers to me" not in text


async def test_portraits_follow_the_rule_of_pictures() -> None:
    characters = (make(1, image=SAFE), make(2, image=GORY))
    assert read_pictures(render(*characters)) == [(SAFE.url, False)]
    assert read_pictures(render(*characters, viewer=ADULT)) == [(SAFE.url, False), (GORY.url, True)]
    assert "1 picture is not shown here" in read_texts(render(*characters))


async def test_every_character_is_on_one_of_the_pages() -> None:
    characters = [make(number, image=SAFE) for number in range(1, 21)]
    pages = [read_addresses(render(*characters, number=number)) for number in range(1, 5)]
    found = [address for page in pages for address in page if address.startswith("c")]
    assert sorted(found) == sorted(f"c{number}" for number in range(1, 21))
    assert "Page 4 of 4" in read_texts(render(*characters, number=9))


async def test_no_characters_is_a_sentence() -> None:
    assert "No characters at VNDB yet." in read_texts(render())
    assert "Everything here would be a spoiler." in read_texts(render(make(1, spoiler=1)))


async def test_more_than_were_asked_for_are_said_to_be_on_vndb() -> None:
    assert "VNDB has them all" in read_texts(render(make(1), more=True))
