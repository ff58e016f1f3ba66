"""Characters, staff and studios: their cards, and what may stand in them."""

from __future__ import annotations

import msgspec
import pytest

from bot.anime.api.model import (
    Appearance,
    CastMember,
    Character,
    Cover,
    Credit,
    FuzzyDate,
    Media,
    MediaRow,
    Name,
    Person,
    Picture,
    Studio,
    Title,
)
from bot.anime.cards.cast import render_cast
from bot.anime.cards.credit import render_credits
from bot.anime.cards.page import CLOSED
from bot.anime.cards.person import (
    render_appearances,
    render_character,
    render_character_details,
    render_character_list,
    render_person,
    render_person_details,
    render_person_list,
    render_person_roles,
    render_person_works,
)
from bot.anime.cards.studio import render_studio, render_studio_list, render_studio_works
from bot.anime.pages.site import Birthday
from bot.errors import NoPage
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from tests.support.discord_limits import read_addresses, read_pictures, read_texts
from tests.support.each import each

GATE = MediaRow(id=9253, type="ANIME", title=Title(romaji="Gate"), is_adult=False, format="TV", season_year=2011)
ADULT = MediaRow(id=5, title=Title(romaji="Evening"), is_adult=True)
IN_GATE = Appearance(GATE, "MAIN")
MAYURI = Character(
    id=36_765,
    name=Name(full="Mayuri", native="まゆり", alternative=["Mayu"], alternative_spoiler=["Lost"]),
    image=Picture(large="https://i.example/m.jpg"),
    description="__Height:__ 152 cm ~!She knows.!~",
    gender="Female",
    age="16-17",
    is_adult=False,
    date_of_birth=FuzzyDate(month=2, day=1),
    favourites=9000,
)
ACTOR = Person(
    id=95_185,
    name=Name(full="Kana", native="花澤"),
    image=Picture(large="https://i.example/k.jpg"),
    language_v2="Japanese",
    primary_occupations=["Voice Actor"],
    date_of_birth=FuzzyDate(year=1989, month=2, day=25),
    home_town="Tokyo",
)
FOX = Studio(id=314, name="White *Fox*", is_animation_studio=True)
MEDIA = Card(Media(id=9253, type="ANIME", title=Title(romaji="Gate"), is_adult=False))


def viewer(*, age_restricted: bool = False) -> Viewer:
    return Viewer(asker_id=7, age_restricted=age_restricted)


def show(*works: Appearance, address: Address | None = None, age_restricted: bool = False) -> Shown:
    return render_character(
        Card(MAYURI),
        Found([*works], more=False),
        viewer=viewer(age_restricted=age_restricted),
        address=address or Address("al-character/36765"),
    )


def show_details(*works: Appearance, address: Address | None = None, age_restricted: bool = False) -> Shown:
    return render_character_details(
        Card(MAYURI),
        Found([*works], more=False),
        viewer=viewer(age_restricted=age_restricted),
        address=address or Address("al-character/36765/details"),
    )


def test_a_character_at_a_glance_is_a_portrait_a_line_and_the_beginning_of_the_description() -> None:
    about = "__Height:__ 152 cm\n**Weight**: 45 kg\n\n__She__ sews. ~!She knows.!~"
    card = Card(msgspec.structs.replace(MAYURI, is_safe=True, description=about))
    page = render_character(card, Found([IN_GATE], more=False), viewer=viewer(), address=Address("al-character/36765"))
    texts = read_texts(page)
    assert texts.startswith("## Mayuri\n-# まゆり\nIn Gate · Female · 16-17 years · 1 February\n**She** sews.")
    assert read_pictures(page) == [("https://i.example/m.jpg", False)]
    assert "Favourites" not in texts
    assert {"anime/9253", "al-character/36765/details", "al-character/36765/works"} <= read_addresses(page)
    assert "Show spoilers to me" in texts


@pytest.mark.parametrize(
    ("about", "shown"),
    [
        ("__Height:__ 152 cm\n__Relatives:__ ~!Okabe, her killer\nSuzuha, SECRET daughter!~\n\nShe sews.", True),
        ("__Height:__ 152 cm\n__Affiliation:__ ~!SERN,\n\nwhose SECRET leader she is.!~\n\nShe sews.", True),
        ("__Race:__ Human <span class='markdown_spoiler'><span>until\nher SECRET end</span></span>\n\nShe sews.", True),
        ("__Race:__ Human <span\nclass='markdown_spoiler'>until her SECRET end</span>\n\nShe sews.", True),
        # Never closed: it hides the rest.
        ("__Height:__ 152 cm\n__Status:__ ~!Deceased\nIn the end she dies: SECRET. She sews.", False),
    ],
)
def test_a_spoiler_that_begins_among_the_facts_stays_hidden_at_a_glance(about: str, *, shown: bool) -> None:
    card, found = Card(msgspec.structs.replace(MAYURI, description=about)), Found([IN_GATE], more=False)
    address = Address("al-character/36765")
    texts = read_texts(render_character(card, found, viewer=viewer(), address=address))
    assert "SECRET" not in texts
    assert "Height" not in texts
    assert ("She sews." in texts) is shown
    assert "SECRET" in read_texts(render_character(card, found, viewer=viewer(), address=address.reveal()))


@pytest.mark.parametrize(
    "line",
    [
        "## Mayuri\n-# Details",
        "**Also known as:** Mayu\n",
        "**Gender:** Female",
        "**Age:** 16-17",
        "**Birthday:** 1 February",
        "**Favourites:** 9,000",
        "**Height:** 152 cm",
        "**In:**\n- **Gate** · TV series · 2011",
        "Show spoilers to me",
    ],
)
def test_the_details_of_a_character_say_what_is_known(line: str) -> None:
    assert line in read_texts(show_details(IN_GATE))


def test_a_characters_spoilers_stand_where_they_are_asked_for() -> None:
    assert "She knows" not in read_texts(show_details(IN_GATE))
    texts = read_texts(show_details(IN_GATE, address=Address("al-character/36765/details").reveal()))
    assert "**Also known as:** Mayu, Lost" in texts
    assert "||She knows.||" in texts


AGES = {
    "1": "1 year",
    "17": "17 years",
    "16-17": "16-17 years",
    "17-": "Age 17-",
    "15 years": "15 years",
    "18 (Part I), 20 (Part II)": "Age 18 (Part I), 20 (Part II)",
    "Unknown": "Unknown",
}


@each("age", [*AGES])
def test_an_age_reads_as_one_however_anilist_writes_it(age: str) -> None:
    card = Card(msgspec.structs.replace(MAYURI, is_safe=True, age=age))
    page = render_character(card, Found([IN_GATE], more=False), viewer=viewer(), address=Address("al-character/36765"))
    assert f"· Female · {AGES[age]} · 1 February" in read_texts(page)


def test_birthdays_are_headed_by_their_day_which_may_be_over_when_a_page_is_turned() -> None:
    undated = msgspec.structs.replace(MAYURI, date_of_birth=FuzzyDate())
    for born, heading in ((MAYURI, "## Whose birthday it is on 1 February\n"), (undated, "## Whose birthday it is\n")):
        page = Birthday().show(Found([born], more=False), viewer(), Address("al-birthday"))
        assert read_texts(page).startswith(heading)


@pytest.mark.parametrize("works", [[], [Appearance(ADULT)], [Appearance(MediaRow(id=6))]])
def test_a_character_of_no_work_for_everybody_is_refused(works: list[Appearance]) -> None:
    for render in (show, show_details):
        texts = read_texts(render(*works))
        assert CLOSED in texts
        assert "Mayuri" not in texts
        assert "Mayuri" in read_texts(render(*works, age_restricted=True))


@pytest.mark.parametrize(
    ("is_safe", "age_restricted", "pictures"),
    [
        (True, False, [("https://i.example/m.jpg", False)]),
        (False, False, []),
        (False, True, [("https://i.example/m.jpg", True)]),
    ],
)
def test_a_portrait_is_open_where_all_works_are_for_everybody_on_the_card_in_lists_and_in_casts(
    pictures: list[tuple[str, bool]], *, is_safe: bool, age_restricted: bool
) -> None:
    one, who = msgspec.structs.replace(MAYURI, is_safe=is_safe), viewer(age_restricted=age_restricted)
    address = Address("al-character/36765")
    card = render_character(Card(one), Found([IN_GATE], more=False), viewer=who, address=address)
    listed = render_character_list(Found([one], more=False), heading="Found", viewer=who, address=address)
    cast = render_cast(MEDIA, Found([CastMember(one, "MAIN")], more=False), viewer=who, address=address)
    for page in (card, listed, cast):
        assert read_pictures(page) == pictures
        assert ("is not shown here" in read_texts(page)) is not pictures


def test_works_of_a_character_leave_out_what_may_not_stand_here() -> None:
    page = render_appearances(
        Card(MAYURI),
        Found([IN_GATE, Appearance(ADULT)], more=True),
        viewer=viewer(),
        address=Address("al-character/36765/works"),
    )
    texts = read_texts(page)
    assert "**1. Gate**\n-# Main · TV series · 2011" in texts
    assert "Evening" not in texts
    assert "1 more is for adults, or may be" in texts
    assert {"anime/9253", "al-character/36765", "al-character/36765/works~2"} <= read_addresses(page)


def show_appearances(*items: Appearance, number: int, is_adult: bool) -> Shown:
    card, address = (
        Card(msgspec.structs.replace(MAYURI, is_adult=is_adult)),
        Address("al-character/36765/works", number),
    )
    return render_appearances(card, Found([*items], more=False), viewer=viewer(), address=address)


@pytest.mark.parametrize("is_adult", [False, True])
def test_a_later_page_of_works_does_not_judge_the_character(*, is_adult: bool) -> None:
    texts = read_texts(show_appearances(Appearance(ADULT), number=9, is_adult=is_adult))
    assert "Nothing on this page may be shown here." in texts
    assert CLOSED not in texts
    assert ("Mayuri" in texts) is not is_adult
    with pytest.raises(NoPage):
        show_appearances(number=9, is_adult=is_adult)


def test_the_first_page_of_works_for_adults_alone_is_closed() -> None:
    texts = read_texts(
        render_appearances(
            Card(msgspec.structs.replace(MAYURI, is_adult=True)),
            Found([Appearance(ADULT)], more=False),
            viewer=viewer(),
            address=Address("al-character/36765/works"),
        )
    )
    assert CLOSED in texts
    assert "Mayuri" not in texts


def test_a_person_at_a_glance_is_a_portrait_a_line_and_some_works() -> None:
    works = Found([IN_GATE, Appearance(ADULT)], more=False)
    page = render_person(Card(ACTOR), works, viewer=viewer(), address=Address("al-staff/95185"))
    texts = read_texts(page)
    assert texts.startswith("## Kana\n-# 花澤\nVoice Actor · Japanese")
    assert "**Works:**\n- **Gate** · TV series · 2011" in texts
    assert "Evening" not in texts
    assert "anime/9253" in read_addresses(page)
    assert read_pictures(page) == [("https://i.example/k.jpg", False)]


def test_the_details_of_a_person_say_what_is_known() -> None:
    page = render_person_details(
        Card(ACTOR), Found([], more=False), viewer=viewer(), address=Address("al-staff/95185/details")
    )
    texts = read_texts(page)
    for line in ("**Occupations:** Voice Actor", "**Language:** Japanese", "**Home town:** Tokyo"):
        assert line in texts
    assert "**Born:** 25 February 1989" in texts


def test_works_of_a_person_lead_to_their_cards() -> None:
    page = render_person_works(
        Card(ACTOR), Found([IN_GATE], more=False), viewer=viewer(), address=Address("al-staff/95185/works")
    )
    assert {"anime/9253", "al-staff/95185"} <= read_addresses(page)


def test_roles_of_a_person_say_whom_they_speak_and_go_on_over_pages() -> None:
    part = Appearance(GATE, "MAIN", characters=["Mayuri", "Suzu"])
    found, address = Found([part] * 24, more=True), Address("al-staff/95185/roles", 4)
    page = render_person_roles(Card(ACTOR), found, viewer=viewer(), address=address)
    texts = read_texts(page)
    assert "## Kana\n-# Roles\n**19. Gate**\n-# Main · Mayuri, Suzu · TV series · 2011\n**20. Gate**" in texts
    assert {"anime/9253", "al-staff/95185/works", "al-staff/95185/roles~5"} <= read_addresses(page)


def test_only_people_of_the_staff_have_roles_in_their_menu() -> None:
    page = render_studio(Card(FOX), Found([], more=False), viewer=viewer(), address=Address("al-studio/314"))
    assert read_addresses(page) == {"al-studio/314", "al-studio/314/works"}
    assert "al-character/36765/roles" not in read_addresses(show(IN_GATE))


def test_the_card_of_a_studio_has_its_works_and_their_covers() -> None:
    cover = Cover(large="https://i.example/gate.jpg")
    works = Found([Appearance(msgspec.structs.replace(GATE, cover_image=cover), "MAIN"), Appearance(ADULT)], more=False)
    page = render_studio(Card(FOX), works, viewer=viewer(), address=Address("al-studio/314"))
    texts = read_texts(page)
    assert "## White \\*Fox\\*\nAnimation studio" in texts
    assert "**Works:**\n- **Gate** · TV series · 2011" in texts
    assert "Evening" not in texts
    assert read_pictures(page) == [("https://i.example/gate.jpg", False)]
    page = render_studio_works(Card(FOX), works, viewer=viewer(), address=Address("al-studio/314/works"))
    assert "**1. Gate**\n-# Main studio · TV series · 2011" in read_texts(page)
    assert {"anime/9253", "al-studio/314"} <= read_addresses(page)


def test_lists_lead_to_cards() -> None:
    address, heading = Address("al-search"), "Found"
    open_one = msgspec.structs.replace(MAYURI, best_known=Title(romaji="Gate"))
    found_ones = Found([open_one, msgspec.structs.replace(MAYURI, id=2, is_adult=None)], more=False)
    characters = render_character_list(found_ones, heading=heading, viewer=viewer(), address=address)
    assert "## Found\n**1. Mayuri** · まゆり\n-# In Gate · 9,000 favourites" in read_texts(characters)
    assert "al-character/2" not in read_addresses(characters)
    people = render_person_list(Found([ACTOR], more=False), heading=heading, viewer=viewer(), address=address)
    assert "**1. Kana** · 花澤\n-# Voice Actor" in read_texts(people)
    studios = render_studio_list(Found([FOX], more=False), heading=heading, viewer=viewer(), address=address)
    assert "**1. White \\*Fox\\***\n-# Animation studio" in read_texts(studios)
    found = read_addresses(characters) | read_addresses(people) | read_addresses(studios)
    assert {"al-character/36765", "al-staff/95185", "al-studio/314"} <= found


@pytest.mark.parametrize(
    ("address", "count"),
    [(Address("al-find/staff/match/eA", 2), 6), (Address("al-find/staff/match/eA", covers=True), 10)],
)
def test_lists_have_portraits_six_a_page_or_ten(address: Address, count: int) -> None:
    people, characters = (
        Found([ACTOR] * 24, more=False),
        Found([msgspec.structs.replace(MAYURI, is_safe=True)] * 24, more=False),
    )
    for page in (
        render_person_list(people, heading="Found", viewer=viewer(), address=address),
        render_character_list(characters, heading="Found", viewer=viewer(), address=address),
    ):
        assert len(read_pictures(page)) == count


@pytest.mark.parametrize(
    ("is_adult", "age_restricted", "known"),
    [(False, False, True), (True, False, False), (None, False, False), (True, True, True)],
)
def test_a_studio_stands_with_what_it_is_known_for_where_that_may(
    *, is_adult: bool | None, age_restricted: bool, known: bool
) -> None:
    best = msgspec.structs.replace(GATE, is_adult=is_adult, cover_image=Cover(large="https://i.example/gate.jpg"))
    found = Found([msgspec.structs.replace(FOX, best=best)], more=False)
    who = viewer(age_restricted=age_restricted)
    page = render_studio_list(found, heading="Found", viewer=who, address=Address("al-find/studio/match/eA"))
    assert ("known for Gate" in read_texts(page)) is known
    assert read_pictures(page) == ([("https://i.example/gate.jpg", is_adult is not False)] if known else [])


@pytest.mark.parametrize("adult", [True, None])
def test_a_list_leaves_out_characters_of_works_that_are_not_for_everybody(*, adult: bool | None) -> None:
    found = Found([Character(id=3, name=Name(full="Evening"), is_adult=adult)], more=False)
    address = Address("al-find/character/match/ZQ")
    page = render_character_list(found, heading="Found", viewer=viewer(), address=address)
    assert "Nothing on this page may be shown here." in read_texts(page)
    assert "al-character/3" not in read_addresses(page)
    open_page = render_character_list(found, heading="Found", viewer=viewer(age_restricted=True), address=address)
    assert "**1. Evening**" in read_texts(open_page)


def test_the_cast_has_roles_and_voices() -> None:
    member = CastMember(
        MAYURI, "MAIN", [Person(id=2, name=Name(full="Ashly"), language_v2="English"), ACTOR, Person(id=3)]
    )
    page = render_cast(MEDIA, Found([member], more=True), viewer=viewer(), address=Address("anime/9253/cast"))
    assert "-# Characters\n**1. Mayuri** · まゆり\n-# Main · voiced by Kana (Japanese), Ashly (English)" in read_texts(
        page
    )
    assert {"al-character/36765", "anime/9253/cast~2", "anime/9253/staff"} <= read_addresses(page)


def test_the_staff_has_roles() -> None:
    page = render_credits(
        MEDIA,
        Found([Credit(ACTOR, "Theme song (ED)")], more=False),
        viewer=viewer(),
        address=Address("anime/9253/staff"),
    )
    assert "-# Staff\n**1. Kana** · 花澤\n-# Theme song (ED)" in read_texts(page)
    assert "al-staff/95185" in read_addresses(page)


@pytest.mark.parametrize("is_adult", [True, None])
def test_cast_and_staff_of_a_work_that_may_not_stand_here_are_refused(*, is_adult: bool | None) -> None:
    card, address = Card(Media(id=5, is_adult=is_adult)), Address("anime/5/cast")
    member, credit = CastMember(MAYURI), Credit(ACTOR)
    cast = read_texts(render_cast(card, Found([member], more=False), viewer=viewer(), address=address))
    staff = read_texts(render_credits(card, Found([credit], more=False), viewer=viewer(), address=address))
    assert CLOSED in cast
    assert CLOSED in staff
    assert "Mayuri" not in cast
    assert "Kana" not in staff
