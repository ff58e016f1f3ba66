"""How alike names are, and what else may find a misspelt one."""

from __future__ import annotations

import pytest

from bot.service.near import COMPARED_AT_MOST, list_parts, list_words, rank_near
from tests.support.each import each


def rank(text: str, *names: str) -> list[str]:
    return rank_near(text, names, lambda name: [name])


@each(
    ("typed", "name"),
    [
        ("Stiens Gate", "STEINS;GATE"),
        ("Clanad", "CLANNAD"),
        ("Claannad", "CLANNAD"),
        ("Clannda", "CLANNAD"),
        ("kurissu", "Makise Kurisu"),
        ("Kurissu Makise", "Makise Kurisu"),
        ("dangan ropa", "Danganronpa: Trigger Happy Havoc"),
        ("Steins Gtae", "Steins;Gate: Oukoubakko no Poriomania"),
        ("シュタインズゲト", "シュタインズ・ゲート"),
        ("ｼｭﾀｲﾝｽﾞｹﾞﾄ", "シュタインズ・ゲート"),
        ("シュタゲ", "シュタインズ・ゲート"),
        ("魔法少女リリカルのは", "魔法少女リリカルなのは"),
        ("Pokemn", "Pokémon"),
    ],
)
def test_a_misspelt_name_is_near(typed: str, name: str) -> None:
    assert rank(typed, "Something else", name) == [name]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("qwzx", "CLANNAD"),
        ("no such title anywhere", "Nowhere"),
        ("Kanon", "Clannad"),
        ("!!", "CLANNAD"),
        ("", "CLANNAD"),
        ("シュタインズ", "魔法少女リリカルなのは"),
        ("シュゲタ", "シュタインズ・ゲート"),
        ("クラゲ", "クラナド"),
        ("🎲", "🎲"),
    ],
)
def test_what_is_another_name_is_not_near(typed: str, name: str) -> None:
    assert rank(typed, name) == []


def test_the_whole_name_comes_before_one_that_only_begins_with_it() -> None:
    assert rank("Stiens Gate", "Steins;Gate 0", "Steins;Gate") == ["Steins;Gate", "Steins;Gate 0"]


def test_what_is_equally_near_stays_in_order() -> None:
    assert rank("Fate", "Gate", "Date") == ["Gate", "Date"]


def test_any_of_the_names_counts() -> None:
    things = [("STEINS;GATE", "シュタインズ・ゲート"), ("CLANNAD", None)]
    assert rank_near("シュタインズゲト", things, lambda thing: thing) == things[:1]


def test_a_very_long_text_is_compared_by_its_beginning() -> None:
    assert rank("Stiens Gate" + "x" * 100_000, "Steins;Gate") == []
    assert rank("ab" * 50_000, "ab" * 50_000) != []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Stiens Gate", ["stiens", "gate"]),
        ("Stiens;Gate", ["stiens", "gate"]),
        ("of the no to", ["the"]),
        ("Clanad", []),
        ("君が 望む永遠", ["望む永遠", "君が"]),
        ("a b c d", []),
        ("", []),
    ],
)
def test_the_longest_words_are_searched_first(text: str, words: list[str]) -> None:
    assert list_words(text) == words


@pytest.mark.parametrize("name", ["clannad", "steins", "kanoncd", "魔法少女なのは"])
def test_a_part_is_right_wherever_one_letter_is_wrong(name: str) -> None:
    for at in range(len(name)):
        wrong = {name[:at] + "q" + name[at + 1 :], name[:at] + name[at + 1 :], name[:at] + "q" + name[at:]}
        if at:
            wrong.add(name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :])
        for typed in wrong:
            assert any(part in name for part in list_parts(typed)), typed


def test_no_more_than_some_hundred_names_are_compared_and_everything_has_its_turn() -> None:
    many = [(f"Something {number}", *(f"Other {number} {name}" for name in range(20))) for number in range(400)]
    things = [*many, ("CLANNAD",), *many]
    assert rank_near("Clanad", things, lambda thing: thing) == [("CLANNAD",)]
    late = [(f"Something {number}",) for number in range(2 * COMPARED_AT_MOST)]
    assert rank_near("Clanad", [*late, ("CLANNAD",)], lambda thing: thing) == []


def test_the_nearest_of_many_alike_names_comes_first() -> None:
    alike = [f"Steins;Gate {number} and more of it" for number in range(400)]
    assert rank("Stiens Gate", *alike, "Steins;Gate")[0] == "Steins;Gate"
