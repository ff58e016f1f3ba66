"""Cards of characters: what stands in them, what is a spoiler, and that no character makes one that Discord refuses."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.image import Image
from bot.service.record import Card
from bot.vndb.api.model import Character, CharacterVn, Trait
from bot.vndb.api.names import BUILT_IN
from bot.vndb.cards.character import (
    format_birthday,
    render_character,
    render_character_details,
    render_character_novels,
    render_character_traits,
)
from tests.support.discord_limits import read_addresses, read_pictures, read_texts
from tests.support.examples import examples
from tests.vndb import strategies as vndb

OPEN = Viewer(7, age_restricted=False)
RESTRICTED = Viewer(7, age_restricted=True)
SAFE = Image(url="https://i.example/1.jpg", sexual=0.1, violence=0.0, votecount=9)
KURISU = Character(
    id="c34",
    name="Makise Kurisu",
    original="牧瀬 紅莉栖",
    aliases=["Assistant", "The Culprit"],
    description="A scientist. [spoiler]She dies.[/spoiler]",
    image=SAFE,
    blood_type="a",
    height=160,
    weight=45,
    bust=79,
    waist=56,
    hips=83,
    cup="A",
    age=18,
    birthday=[7, 25],
    sex=["f", "f"],
    gender=["f", "o"],
    vns=[
        CharacterVn(id="v2002", title="Steins;Gate", released="2009-10-15", rating=89.1, spoiler=0, role="primary"),
        CharacterVn(id="v9", title="Secret Sequel", spoiler=2, role="main"),
    ],
    traits=[
        Trait(id="i1", name="Red", group_name="Hair", spoiler=0, sexual=False),
        Trait(id="i2", name="Long", group_name="Hair", spoiler=0, sexual=False),
        Trait(id="i3", name="Scientist", group_name="Role", spoiler=0, sexual=False),
        Trait(id="i4", name="Victim", group_name="Role", spoiler=1, sexual=False),
        Trait(id="i5", name="Impostor", group_name="Role", spoiler=0, lie=True, sexual=False),
        Trait(id="i6", name="Naughty", group_name="Engages in", spoiler=0, sexual=True),
    ],
)


def render(address: Address, *, viewer: Viewer = OPEN, **changes: object) -> Shown:
    card = Card(msgspec.structs.replace(KURISU, **changes))
    if address.place.endswith("/traits"):
        return render_character_traits(card, viewer=viewer, address=address)
    if address.place.endswith("/novels"):
        return render_character_novels(card, names=BUILT_IN, viewer=viewer, address=address)
    if address.place.endswith("/details"):
        return render_character_details(card, names=BUILT_IN, viewer=viewer, address=address)
    return render_character(card, names=BUILT_IN, viewer=viewer, address=address)


async def test_the_card_is_a_glance_at_the_character() -> None:
    text = read_texts(render(Address("c34")))
    line = "Main character in Steins;Gate · Female · 18 years · 25 July"
    assert text.startswith(
        f"## Makise Kurisu\n-# 牧瀬 紅莉栖\n{line}\nA scientist.\n-# Hair: Red, Long · Role: Scientist"
    )
    assert "v2002" in read_addresses(render(Address("c34")))


async def test_the_details_hold_what_is_known_and_gives_nothing_away() -> None:
    text = read_texts(render(Address("c34/details")))
    for line in (
        "## Makise Kurisu\n-# Details",
        "**Sex:** Female",
        "**Gender:** Woman",
        "**Age:** 18",
        "**Birthday:** 25 July",
        "**Blood type:** A",
        "**Measurements:** 160 cm · 45 kg · B-W-H 79-56-83 cm",
        "A scientist.",
        "**Traits:** Hair: Red, Long · Role: Scientist",
        "1. Steins;Gate · 2009 · 8.91/10 (0 votes) · Main character",
        "Show spoilers to me",
    ):
        assert line in text
    for secret in ("Assistant", "Non-binary", "She dies", "Victim", "Impostor", "Secret Sequel"):
        assert secret not in text


async def test_the_card_with_all_spoilers_tells_them_and_offers_no_more() -> None:
    text = read_texts(render(Address("c34/details", spoiler=2)))
    for told in (
        "**Also known as:** Assistant, The Culprit",
        "**Gender:** Woman, really Non-binary",
        "She dies",
        "Victim",
        "Impostor",
        "Secret Sequel",
    ):
        assert told in text
    assert "Show spoilers" not in text


async def test_a_card_without_spoilers_offers_none() -> None:
    page = render(Address("c34"), aliases=[], description="Plain.", gender=None, vns=[], traits=[])
    assert "Show spoilers" not in read_texts(page)


async def test_minor_spoilers_come_before_major_ones() -> None:
    text = read_texts(render(Address("c34/traits", spoiler=1)))
    assert "Victim" in text
    assert "Impostor" not in text


@pytest.mark.parametrize("place", ["c34", "c34/traits"])
async def test_a_trait_that_is_a_lie_is_marked(place: str) -> None:
    assert "Impostor *(not true)*" in read_texts(render(Address(place, spoiler=2)))


async def test_a_few_traits_of_each_group_stand_for_many() -> None:
    traits = [
        Trait(id=f"i{at}", name=f"{group}{at}", group_name=group, spoiler=0, sexual=False)
        for group in ("Hair", "Eyes")
        for at in range(1, 9)
    ]
    line = "-# Hair: Hair1, Hair2, Hair3, Hair4 · Eyes: Eyes1, Eyes2, Eyes3, Eyes4\n"
    assert line in read_texts(render(Address("c34"), traits=traits))


@pytest.mark.parametrize(
    ("spoiler", "note"), [(0, "1 more trait, shown in"), (1, "2 more traits, shown in"), (2, "3 more traits, shown in")]
)
async def test_sexual_traits_are_counted_as_far_as_they_may_be_known(spoiler: int, note: str) -> None:
    traits = [Trait(id=f"i{level}", name="Naughty", spoiler=level, sexual=True) for level in (0, 1, 2)]
    assert note in read_texts(render(Address("c34/traits", spoiler=spoiler), traits=traits))


async def test_the_cup_and_sexual_traits_stand_in_age_restricted_channels_only() -> None:
    assert "cup A" in read_texts(render(Address("c34/details"), viewer=RESTRICTED))
    assert "cup" not in read_texts(render(Address("c34/details")))
    assert "Naughty" in read_texts(render(Address("c34/traits"), viewer=RESTRICTED))
    page = read_texts(render(Address("c34/traits")))
    assert "Naughty" not in page
    assert "1 more trait, shown in age-restricted channels" in page


async def test_a_picture_that_is_not_safe_is_shown_as_a_spoiler_where_it_may_stand() -> None:
    unsafe = msgspec.structs.replace(SAFE, sexual=1.9)
    assert read_pictures(render(Address("c34"), image=unsafe)) == []
    assert read_pictures(render(Address("c34"), image=unsafe, viewer=RESTRICTED)) == [(SAFE.url, True)]
    assert read_pictures(render(Address("c34"))) == [(SAFE.url, False)]


async def test_the_menu_leads_to_the_pages_of_the_same_character_with_the_same_spoilers() -> None:
    assert read_addresses(render(Address("c34", spoiler=2))) == {
        *("c34~1b", "c34/details~1b", "c34/traits~1b", "c34/novels~1b"),
        *("v2002~1b", "v9~1b"),
    }


async def test_traits_stand_under_their_groups_and_lead_to_their_cards() -> None:
    page = render(Address("c34/traits"))
    assert "**Hair**\n- Red\n- Long\n**Role**\n- Scientist" in read_texts(page)
    assert {"i1", "i2", "i3"} <= read_addresses(page)


async def test_many_traits_go_on_over_pages_until_the_last() -> None:
    many = [
        Trait(id=f"i{number}", name=f"Trait {number}.", spoiler=0, sexual=False, group_name="Hair")
        for number in range(1, 61)
    ]
    pages = [read_texts(render(Address("c34/traits", number), traits=many)) for number in (1, 2, 3, 9)]
    assert all(any(f"- Trait {number}." in page for page in pages) for number in range(1, 61))
    assert "Page 3 of 3" in pages[3]


async def test_novels_of_the_greatest_parts_come_first_and_lead_to_their_cards() -> None:
    novels = [
        CharacterVn(id="v1", title="Cameo", spoiler=0, role="appears"),
        CharacterVn(id="v2", title="Hers", spoiler=0, role="main"),
        CharacterVn(id="v2", title="Hers", spoiler=0, role="main"),
    ]
    page = render(Address("c34/novels"), vns=novels)
    text = read_texts(page)
    assert text.index("**1. Hers**\n-# Protagonist") < text.index("**2. Cameo**\n-# Makes an appearance")
    assert text.count("Hers**") == 1
    assert {"v1", "v2"} <= read_addresses(page)


async def test_a_page_with_nothing_on_it_says_so() -> None:
    assert "No traits to show here yet." in read_texts(render(Address("c34/traits"), traits=[]))
    assert "No visual novels to show here yet." in read_texts(render(Address("c34/novels"), vns=[]))


@pytest.mark.parametrize(
    ("birthday", "said"),
    [([12, 14], "14 December"), ([12, 0], "December"), ([12], "December"), ([13, 1], ""), ([], ""), (None, "")],
)
def test_a_birthday_is_said_as_people_say_it(birthday: list[int] | None, said: str) -> None:
    assert format_birthday(birthday) == said


@examples(60)
@given(vndb.cards(vndb.characters), vndb.viewers, vndb.addresses("c34"))
async def test_every_character_makes_pages_that_may_be_sent(
    card: Card[Character], viewer: Viewer, address: Address
) -> None:
    pages = [
        render_character(card, names=BUILT_IN, viewer=viewer, address=address),
        render_character_details(card, names=BUILT_IN, viewer=viewer, address=address),
        render_character_traits(card, viewer=viewer, address=address),
        render_character_novels(card, names=BUILT_IN, viewer=viewer, address=address),
    ]
    for page in pages:
        vndb.check_page(page, viewer=viewer, spoiler=address.spoiler)
