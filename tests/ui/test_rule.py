"""Rules into sentences."""

from __future__ import annotations

import pytest

from bot.gate import Extent, Rule, Ruling
from bot.ui.rule import explain_rule, render_why
from tests.support.discord_limits import read_texts


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_has_one_sentence(rule: Rule) -> None:
    sentence = explain_rule(rule)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert sentence.count(".") == 1


def test_no_two_rules_say_the_same() -> None:
    assert len({explain_rule(rule) for rule in Rule}) == len(Rule)


def test_the_reason_stands_with_each_service() -> None:
    rulings = [
        ("Galleries", Ruling(Extent.NOTHING, Rule.NOT_AGE_RESTRICTED)),
        ("VNDB", Ruling(Extent.FULL, Rule.LINKS_ON)),
    ]
    assert read_texts(render_why(rulings)).splitlines() == [
        "## What is previewed here",
        "**Galleries**: ❌ not previewed",
        f"-# {explain_rule(Rule.NOT_AGE_RESTRICTED)}",
        "**VNDB**: ✅ previewed",
        f"-# {explain_rule(Rule.LINKS_ON)}",
    ]


def test_a_card_without_a_cover_is_called_that() -> None:
    view = render_why([("Galleries", Ruling(Extent.COVERLESS, Rule.NON_H))])
    assert "Non-H only, without cover" in read_texts(view)


def test_what_the_bot_lacks_stands_below() -> None:
    assert read_texts(render_why([], notes=["Something is missing."])).endswith("⚠️ Something is missing.")


def test_all_there_is_to_say_fits_into_a_message() -> None:
    rulings = [("*" * 20, Ruling(Extent.COVERLESS, rule)) for rule in list(Rule)[:6]]
    assert read_texts(render_why(rulings, notes=["x" * 500] * 6))
