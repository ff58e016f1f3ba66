"""Filters in words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.text import size
from bot.vndb.api import where
from bot.vndb.api.filter import Filter, Json, all_of, any_of
from bot.vndb.api.names import BUILT_IN
from bot.vndb.api.wish import build_span
from bot.vndb.cards.filter import describe_filter, find_entries
from tests.support.each import each
from tests.support.markdown import find_mentions


@each(
    ("wanted", "words"),
    [
        (where.VN.search.eq("clannad"), "“clannad”"),
        (where.VN.olang.eq("ja"), "originally in Japanese"),
        (where.VN.lang.eq("en"), "in English"),
        (where.VN.platform.eq("win"), "on Windows"),
        (where.VN.length.eq(1), "under 2 hours"),
        (where.VN.devstatus.eq(2), "Cancelled"),
        (where.VN.has_anime.eq(1), "with an anime"),
        (where.VN.rating.ge(85), "from rating 8.5"),
        (where.VN.votecount.ge(1000), "from 1,000 votes"),
        (where.VN.votecount.ge(1), "from 1 vote"),
        (where.VN.released.le("2004-04"), "up to April 2004"),
        (where.VN.tag.eq("g19"), "tagged Mystery"),
        (where.VN.tag.eq(("g19", 2, 0)), "tagged Mystery"),
        (where.VN.dtag.eq("g20"), "tagged g20"),
        (where.VN.tag.ne("g19"), "not tagged Mystery"),
        (where.VN.developer.eq(where.PRODUCER.id.eq("p24")), "by \\*Key\\*"),
        (where.VN.developer.eq(where.PRODUCER.type.eq("co")), ""),
        (any_of(where.VN.lang.eq("en"), where.VN.lang.eq("de")), "in English or in German"),
        (any_of(where.VN.lang.eq("en"), where.VN.anime_id.eq(1)), ""),
        (where.VN.lang.ne("en"), "not in English"),
        (where.RELEASE.extlink.eq("steam"), "with a link to steam"),
        (where.RELEASE.extlink.eq(("steam", 7)), "with a link to steam"),
    ],
)
def test_a_condition_is_said_in_a_few_words_or_not_at_all(wanted: Filter[Any], words: str) -> None:
    assert describe_filter(wanted.json, BUILT_IN, {"g19": "Mystery", "p24": "*Key*"}) == words


def test_entries_are_named_wherever_a_description_names_them() -> None:
    either = any_of(where.VN.tag.eq(("g7", 1, 0)), where.VN.developer.eq(where.PRODUCER.id.eq("p24")))
    wanted = all_of(where.VN.tag.eq("g19"), either, where.VN.tag.ne("g19"), where.VN.lang.eq("en"))
    assert find_entries(wanted.json) == ["g19", "g7", "p24"]


def test_conditions_that_no_words_say_are_counted_among_others() -> None:
    wanted = all_of(where.VN.lang.eq("en"), all_of(where.VN.platform.eq("win"), where.VN.anime_id.eq(1)))
    assert describe_filter(wanted.json, BUILT_IN) == "in English · on Windows · other conditions"


def test_what_a_command_adds_of_its_own_goes_without_saying() -> None:
    wanted = all_of(*build_span(where.VN.released, after="2010", before=None))
    assert describe_filter(wanted.json, BUILT_IN) == "from 1 January 2010"
    main_names = all_of(where.STAFF.lang.eq("en"), where.STAFF.ismain.eq(1))
    assert describe_filter(main_names.json, BUILT_IN) == "in English"


@pytest.mark.parametrize("json", [None, "", [], ["and"], ["x"], ["search", "=", ["a"]], ["length", "=", "x"], [["a"]]])
def test_what_is_no_filter_is_nothing(json: Json) -> None:
    assert describe_filter(json, BUILT_IN) in {"", "other conditions"}


@given(st.text(max_size=300), st.sampled_from(["search", "olang", "platform", "released", "rating"]))
def test_foreign_text_stays_text(text: str, name: str) -> None:
    said = describe_filter([name, "=", text], BUILT_IN)
    assert find_mentions(said) == []
    assert size(said) <= 200
