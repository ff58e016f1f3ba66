"""Names at hand, in memory."""

from __future__ import annotations

import tracemalloc

import pytest

from bot.service.names import Called, NameIndex, NamePortion, fold_names
from tests.support.each import each

WORKS = [
    ["STEINS;GATE", "シュタインズ・ゲート", "StG"],
    ["Fate/stay night", "フェイト／ステイナイト"],
    ["CLANNAD", "クラナド"],
    ["Pokémon", "ﾎﾟｹｯﾄﾓﾝｽﾀｰ"],
    ["Tsukihime", "月姫"],
    ["STEINS;GATE 0"],
    ["Ωmega Ёлка"],
]


def build(*adult: int) -> NameIndex:
    works = [Called(place, place in adult, 0, fold_names(names)) for place, names in enumerate(WORKS)]
    return pack(works, size=3)


def pack(works: list[Called], *, size: int) -> NameIndex:
    return NameIndex(NamePortion(works[first : first + size]) for first in range(0, len(works), size))


@each(
    ("typed", "place"),
    [
        ("steins", 0),
        ("STEINS;GATE", 0),
        ("stiens gate", 0),
        ("steinsgate", 0),
        ("stein gate", 0),
        ("gate steins", 0),
        ("stiens g", 0),
        ("シュタゲ", 0),
        ("ｼｭﾀｲﾝｽﾞ", 0),
        ("シュタインズゲト", 0),
        ("fate stay nigth", 1),
        ("stay night", 1),
        ("clanad", 2),
        ("pokemon", 3),
        ("ポケットモンスター", 3),
        ("月", 4),
        ("ωMEGA ёлка", 6),
        ("елка", 6),
    ],
)
def test_what_is_meant_is_found_first(typed: str, place: int) -> None:
    assert build().find(typed, adult=True)[0] == place


@each("typed", ["", " ", "!!", "🎲", "qwzx vbnq", "漢漢漢漢漢", "xy", "シュゲタ", "シタゲ", "クラゲ"])
def test_nonsense_finds_nothing(typed: str) -> None:
    assert build().find(typed, adult=True) == []


def test_what_is_called_so_comes_before_what_begins_so() -> None:
    works = [Called(1, adult=False, weight=2, names="kanonextended"), Called(2, adult=False, weight=1, names="kanon")]
    index = pack(works, size=1)
    assert index.find("Kanon", adult=True) == [2, 1]
    assert index.find("Kano", adult=True) == [1, 2]  # known best first


def test_what_is_called_so_is_told_apart() -> None:
    assert build().find_called("Steins Gate", adult=True) == [0]
    assert build().find_called("Steins", adult=True) == []


@pytest.mark.parametrize("typed", ["steins", "gate", "stiens gate", "シュタゲ"])
def test_what_is_for_adults_is_found_only_where_it_may_stand(typed: str) -> None:
    assert 0 not in build(0).find(typed, adult=False)
    assert 0 not in build().find(typed, adult=False, closed={0})
    assert 0 in build(0).find(typed, adult=True)


def test_an_empty_one_has_nothing() -> None:
    assert NameIndex().find("steins", adult=True) == []
    assert NameIndex().find_called("steins", adult=True) == []


def test_names_are_not_kept_as_objects() -> None:
    works = [Called(number, adult=False, weight=0, names=f"a title of number {number}") for number in range(2000)]
    portions = [NamePortion(works[first : first + 500]) for first in range(0, 2000, 500)]
    tracemalloc.start()
    index = NameIndex(portions)
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert index.size_bytes < 2000 * 50
    assert most_bytes < 2 * index.size_bytes  # while it is made, too


def test_what_is_nearly_called_so_is_found_among_many_wherever_it_stands() -> None:
    works = [Called(number, False, 3000 - number, fold_names([f"steinwerk {number:04}"])) for number in range(3000)]
    works[2999] = Called(2999, False, 1, fold_names(["Steins;Gate"]))
    index = NameIndex([NamePortion(works)])
    assert index.find_standing("stiensgate", adult=False) == []
    assert index.find_near("stiensgate", adult=False)[0] == 2999
    assert index.find("stiensgate", adult=False)[0] == 2999
