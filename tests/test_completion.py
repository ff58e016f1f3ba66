"""What a suggestion is called."""

from __future__ import annotations

import re

import msgspec
from hypothesis import HealthCheck, given, settings

from bot.apis.vndb_model import Vn
from bot.apis.vndb_names import BUILT_IN
from bot.completion import name_vn
from bot.ui.text import size
from tests.support import vndb_strategies as odd

GATE = Vn(id="v2002", title="Steins;Gate", olang="ja", released="2009-10-15", rating=89.1)


def test_a_novel_is_named_with_its_year_and_language() -> None:
    assert name_vn(GATE, BUILT_IN) == "Steins;Gate (2009, Japanese)"


def test_a_novel_of_which_no_more_is_known_is_named_by_its_title() -> None:
    assert name_vn(Vn(id="v5", title="Bare"), BUILT_IN) == "Bare"


def test_a_novel_without_a_title_is_named_by_its_id() -> None:
    assert name_vn(Vn(id="v5"), BUILT_IN) == "v5"


def test_a_long_title_is_cut_and_its_details_are_kept() -> None:
    name = name_vn(msgspec.structs.replace(GATE, title="x" * 250), BUILT_IN)
    assert name.endswith("x… (2009, Japanese)")
    assert size(name) == 100


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(vn=odd.novels)
def test_any_name_is_one_line_that_fits(vn: Vn) -> None:
    name = name_vn(vn, BUILT_IN)
    assert 1 <= size(name) <= 100
    assert not re.search(r"[\r\n\u2028]", name)
