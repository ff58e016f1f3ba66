"""What a suggestion is called."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import HealthCheck, given

from bot.anime.api.model import MediaRow, Title
from bot.cards.text import count_units
from bot.gate.rules import Rules
from bot.gate.setting import TitleLanguage
from bot.lookup.suggestion import name_media, name_vn
from bot.navigation.viewer import Viewer
from bot.vndb.api.model import Vn
from bot.vndb.api.names import BUILT_IN
from tests.support.choose import choose
from tests.support.examples import examples
from tests.vndb import strategies as odd

GATE = Vn(id="v2002", title="Steins;Gate", olang="ja", released="2009-10-15", rating=89.1)
TITAN = MediaRow(
    id=16498,
    title=Title(romaji="Shingeki no Kyojin", english="Attack on Titan", native="進撃の巨人"),
    season_year=2013,
)


def build_viewer(language: TitleLanguage = "romanised") -> Viewer:
    rules = Rules(person=choose(title_language=language))
    return Viewer(asker_id=7, age_restricted=False, rules=rules)


def test_a_novel_is_named_with_its_year_and_language() -> None:
    assert name_vn(GATE, BUILT_IN) == "Steins;Gate (2009, Japanese)"


def test_a_novel_of_which_no_more_is_known_is_named_by_its_title() -> None:
    assert name_vn(Vn(id="v5", title="Bare"), BUILT_IN) == "Bare"


def test_a_novel_without_a_title_is_named_by_its_id() -> None:
    assert name_vn(Vn(id="v5"), BUILT_IN) == "v5"


def test_a_long_title_is_cut_and_its_details_are_kept() -> None:
    name = name_vn(msgspec.structs.replace(GATE, title="x" * 250), BUILT_IN)
    assert name.endswith("x… (2009, Japanese)")
    assert count_units(name) == 100


@examples(50, suppress_health_check=[HealthCheck.too_slow])
@given(vn=odd.novels)
def test_any_name_is_one_line_that_fits(vn: Vn) -> None:
    name = name_vn(vn, BUILT_IN)
    assert 1 <= count_units(name) <= 100
    assert not re.search(r"[\r\n\u2028]", name)


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("romanised", "Shingeki no Kyojin (2013)"),
        ("english", "Attack on Titan (2013)"),
        ("native", "進撃の巨人 (2013)"),
    ],
)
def test_a_work_is_named_in_the_chosen_language_with_its_year(language: TitleLanguage, name: str) -> None:
    assert name_media(TITAN, build_viewer(language)) == name


def test_a_work_of_which_no_more_is_known_has_a_name() -> None:
    assert name_media(MediaRow(id=5), build_viewer())


@pytest.mark.parametrize("title", ["x" * 300, "巨" * 300, "👩‍👩‍👧‍👦" * 60, "a\r\nb\u2028c" * 60])
def test_a_long_title_of_a_work_is_cut_and_its_year_is_kept(title: str) -> None:
    name = name_media(msgspec.structs.replace(TITAN, title=Title(romaji=title)), build_viewer())
    assert name.endswith("… (2013)")
    assert 90 < count_units(name) <= 100
    assert not re.search(r"[\r\n\u2028]", name)
