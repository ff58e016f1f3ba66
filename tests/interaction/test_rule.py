"""Rules into sentences."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.gate.chosen import Chosen
from bot.gate.rules import Place, Rule, Rules
from bot.gate.setting import PREVIEWS
from bot.interaction.rule import CHANNEL_GONE, NO_INTENT, ROLE_GONE, explain_lacking, explain_rule, render_why
from tests.support.choose import choose
from tests.support.discord_limits import read_texts
from tests.support.each import each

RESTRICTED = Rules(place=Place(age_restricted=True))


@each("rule", Rule)
def test_every_rule_has_one_sentence(rule: Rule) -> None:
    sentence = explain_rule(rule)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert sentence.count(".") == 1


def test_no_two_rules_say_the_same() -> None:
    assert len({explain_rule(rule) for rule in Rule}) == len(Rule)


def test_the_reason_stands_with_each_service() -> None:
    assert read_texts(render_why(Rules(server=choose(vndb=False)))).splitlines()[:7] == [
        "## What is shown here",
        "**Galleries**: ❌ not previewed",
        f"-# {explain_rule(Rule.NOT_AGE_RESTRICTED)}",
        "**VNDB links**: ❌ not previewed",
        f"-# {explain_rule(Rule.SERVER_OFF)}",
        "**Anime links**: ✅ previewed",
        f"-# {explain_rule(Rule.LINKS_ON)}",
    ]


@pytest.mark.parametrize(
    ("rules", "commands", "pictures"),
    [
        (Rules(), "nothing for adults", "safe ones only"),
        (RESTRICTED, "everything", "all others as spoilers"),
        (replace(RESTRICTED, server=choose(image_level=1)), "everything", "suggestive ones as spoilers"),
        (replace(RESTRICTED, server=choose(image_level=0)), "everything", "safe ones only"),
        (replace(RESTRICTED, server=choose(image_level=-1)), "everything", "none"),
        (Rules(server=choose(image_level=-1)), "nothing for adults", "none"),
    ],
)
def test_commands_and_pictures_are_covered_too(rules: Rules, commands: str, pictures: str) -> None:
    lines = read_texts(render_why(rules)).splitlines()
    assert commands in next(line for line in lines if line.startswith("**Commands**"))
    assert pictures in next(line for line in lines if line.startswith("**Pictures**"))


def test_a_card_without_a_cover_is_called_that() -> None:
    view = render_why(Rules(server=choose(non_h=True)))
    assert "Non-H galleries only (nothing sexual), without cover" in read_texts(view)


def test_what_the_bot_lacks_stands_on_top() -> None:
    lines = read_texts(render_why(Rules(), missing=["One.", "Two."], linked=["**A**: ✅ previewed"])).splitlines()
    assert lines[1:4] == ["⚠️ One.", "⚠️ Two.", "**A**: ⚠️ not previewed, see above"]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (replace(RESTRICTED, server=choose(roles=(7,)), role_ids=frozenset({7})), "one of the chosen roles"),
        (replace(RESTRICTED, person=choose(previews=False)), explain_rule(Rule.OPTED_OUT)),
        (replace(RESTRICTED, person=Chosen(lost=frozenset({PREVIEWS}))), explain_rule(Rule.UNREADABLE)),
        (replace(RESTRICTED, server=choose(image_level=1)), "Covers are left out"),
        (
            replace(
                RESTRICTED,
                server=choose(blocked_tags=("a", "b")),
                channel=choose(blocked_tags=("c",)),
                person=choose(blocked_tags=("d",)),
            ),
            "(2 in this server, 1 in this channel, 1 in your settings)",
        ),
    ],
)
def test_what_else_decides_is_listed(rules: Rules, said: str) -> None:
    assert said in read_texts(render_why(rules))
    assert said not in read_texts(render_why(RESTRICTED))


@pytest.mark.parametrize(
    ("rules", "keeps_embeds", "said"),
    [
        (RESTRICTED, True, True),
        (RESTRICTED, False, False),
        (replace(RESTRICTED, server=choose(suppress=False)), True, False),
        (Rules(server=choose(vndb=False, anime=False)), True, False),
    ],
)
def test_that_embeds_stay_is_said_where_it_matters(rules: Rules, keeps_embeds: bool, said: bool) -> None:
    assert ("Manage Messages" in read_texts(render_why(rules, keeps_embeds=keeps_embeds))) is said


@pytest.mark.parametrize("sentence", [NO_INTENT, ROLE_GONE, CHANNEL_GONE, explain_lacking("Send Messages in Threads")])
def test_what_the_bot_lacks_is_said_in_full(sentence: str) -> None:
    assert f"⚠️ {sentence}\n" in read_texts(render_why(Rules(), missing=[sentence]))


def test_all_there_is_to_say_fits_into_a_message() -> None:
    tags = tuple("ab")
    rules = Rules(
        place=Place(age_restricted=True),
        server=choose(roles=(7,), image_level=0, blocked_tags=tags, vndb=True),
        channel=choose(blocked_tags=tags),
        person=choose(previews=False, blocked_tags=tags),
        role_ids=frozenset({7}),
    )
    assert read_texts(render_why(rules, missing=["x" * 500] * 6, keeps_embeds=True))
