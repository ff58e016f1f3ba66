"""Short cards of characters, people, studios and users of AniList."""

from __future__ import annotations

import pytest

from bot.anime.api.model import AnimeUser, Character, Name, Person, Studio
from bot.anime.cards.profile import AT_MOST, build_profile_preview
from bot.navigation.frame import PageView
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from tests.support.discord_limits import check_view, read_addresses, read_texts

READER = Viewer(7, age_restricted=False)
LATE = Viewer(7, age_restricted=True)


def show(*cards: Card[Character] | Card[Person] | Card[Studio] | Card[AnimeUser], viewer: Viewer = READER) -> PageView:
    view = PageView()
    view.add_item(build_profile_preview(cards, viewer=viewer))
    check_view(view)
    return view


@pytest.mark.parametrize("is_adult", [True, None])
def test_a_character_who_is_not_known_to_be_for_everybody_is_named_in_age_restricted_channels_only(
    is_adult: bool | None,
) -> None:
    card = Card(Character(id=5, name=Name(full="Yuka"), is_adult=is_adult))
    assert "Yuka" not in read_texts(show(card))
    assert read_addresses(show(card)) == set()
    assert "Yuka" in read_texts(show(card, viewer=LATE))


def test_what_is_not_shown_costs_no_other_its_card() -> None:
    view = show(Card(Character(id=5, is_adult=True)), Card(Studio(id=8, name="*Studio* @everyone")))
    assert "\\*Studio\\*" in read_texts(view)
    assert read_addresses(view) == {"al-studio/8"}


def test_as_many_as_fit_lead_to_their_cards() -> None:
    cards = [Card(Person(id=number, name=Name(full="x" * 300))) for number in range(1, 9)]
    assert read_addresses(show(*cards)) == {f"al-staff/{number}" for number in range(1, AT_MOST + 1)}


def test_a_user_is_found_by_name() -> None:
    assert read_addresses(show(Card(AnimeUser(id=1, name="Aya")))) == {"al-user/Aya"}
