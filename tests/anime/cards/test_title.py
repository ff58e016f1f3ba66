"""What works and people are called, in each language and where names are missing."""

from __future__ import annotations

import pytest

from bot.anime.api.model import MediaRow, Name, Title
from bot.anime.cards.title import choose_names, choose_titles, list_titles, name_of, title_of
from bot.gate.rules import Rules
from bot.gate.setting import TitleLanguage
from bot.navigation.viewer import Viewer
from tests.support.choose import choose

GATE = Title(romaji="Shutainzu Geeto", english="Gate of Steins", native="シュタインズ")


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("romanised", ("Shutainzu Geeto", "Gate of Steins")),
        ("english", ("Gate of Steins", "Shutainzu Geeto")),
        ("native", ("シュタインズ", "Shutainzu Geeto")),
    ],
)
def test_the_title_in_the_chosen_language_stands_first(language: TitleLanguage, titles: tuple[str, str]) -> None:
    assert choose_titles(GATE, language) == titles


@pytest.mark.parametrize("language", ["romanised", "english", "native"])
def test_a_title_that_is_missing_gives_way_to_another(language: TitleLanguage) -> None:
    assert choose_titles(Title(english=" ", native="シュ\nタ"), language) == ("シュ タ", "")


def test_titles_that_differ_in_case_only_are_one() -> None:
    assert list_titles(Title(romaji="CLANNAD", english="Clannad", native="CLANNAD"), "english") == ["Clannad"]


def test_no_title_at_all_has_a_word() -> None:
    viewer = Viewer(asker_id=7, age_restricted=False)
    assert title_of(MediaRow(id=1), viewer) == "Untitled"
    assert name_of(Name(), viewer) == "Unnamed"


def test_names_follow_the_chosen_language() -> None:
    name = Name(full="Mayuri Shiina", native="椎名 まゆり")
    rules = Rules(server=choose(title_language="native"))
    assert name_of(name, Viewer(asker_id=7, age_restricted=False, rules=rules)) == "椎名 まゆり"
    assert choose_names(name, "english") == ("Mayuri Shiina", "椎名 まゆり")
