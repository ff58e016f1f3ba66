"""What the lists of a server's members have together: what is best rated, what most have read, whose taste is near.

All of it is for one person to look at, as who has read a work is (`bot.account.readers`): a message that all can read
would go on telling of who opts out, and what two or three lists have together tells what is on each. Whose taste is
near is told to those alone who show their own list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from discord import ui
from msgspec.structs import replace

from bot.account.list_record import IN_COMMON_AT_LEAST, VOTES_AT_LEAST
from bot.account.readers import format_vote
from bot.cards.text import count
from bot.errors import InvalidInput
from bot.navigation.frame import Choice, Frame, Shown
from bot.navigation.here import Here, RankedWork, Ranking, Survey
from bot.navigation.route import Part, Route

RANKINGS: Mapping[str, Ranking] = {"best": "best", "read": "read", "taste": "taste"}
RANKING: Part[Ranking] = Part("|".join(RANKINGS), RANKINGS.__getitem__)
_SOON = "Please look again in a few minutes."


class SurveyWords(msgspec.Struct, frozen=True):
    """What a service calls what is on its lists: `noun` is a work, `read` what members did with it."""

    service: str
    noun: str
    read: str

    @property
    def headings(self) -> Mapping[Ranking, str]:
        """What the parts are called."""
        return {"best": f"Best rated {self.noun}", "read": f"Most {self.read} {self.noun}", "taste": "Nearest tastes"}


def check_here(here: Here | None) -> Here:
    """The server. Raises `InvalidInput` where there is none whose members could show anything."""
    if here is None:
        raise InvalidInput("list of members", "is for servers that Shiori is a member of")
    return here


def render_survey(
    survey: Survey, ranking: Ranking, words: SurveyWords, frame: Frame, page: Callable[[Ranking], Route]
) -> Shown:
    """All but a page of works: members, or why there is nothing."""
    lines = [f"## {words.headings[ranking]} of this server"]
    if sentence := _explain(survey, ranking, words):
        lines.append(sentence)
    for place, one in enumerate(survey.tastes, 1):
        lines.append(
            f"{place}. <@{one.user_id}> · votes **{format_vote(one.apart)}** apart, {one.in_common:,} in common"
        )
    return add_survey(Shown([ui.TextDisplay[Any]("\n".join(lines))], frame), survey, words, page)


def add_survey(shown: Shown, survey: Survey, words: SurveyWords, page: Callable[[Ranking], Route]) -> Shown:
    """The page with the ways to the other parts, each a `page`, and with what it was counted from."""
    address = shown.frame.address
    menu = [Choice(address.go(page(ranking)), name) for ranking, name in words.headings.items()]
    notes = [*shown.frame.notes]
    there = survey.shown - survey.waiting
    if there:
        notes.append(
            f"From {count(there, 'list')} that members show here, a day old at most as a rule. `/me` shows yours."
        )
    if there and survey.waiting:
        verb = "is" if survey.waiting == 1 else "are"
        notes.append(f"{count(survey.waiting, 'more list')} {verb} still being fetched. {_SOON}")
    return replace(shown, frame=replace(shown.frame, menu=menu, notes=notes))


def describe_ranked(work: RankedWork, words: SurveyWords) -> list[str]:
    """What members think of a work, as plain text."""
    mean = f"{format_vote(work.mean)} from {count(work.votes, 'member')}" if work.votes else ""
    return [mean, f"{words.read} by {work.read:,}"]


def _explain(survey: Survey, ranking: Ranking, words: SurveyWords) -> str:
    """Why there is nothing to show; empty where there is."""
    if survey.works or survey.tastes:
        return ""
    if not survey.shown:
        return f"Nobody shows this server their list on {words.service} yet. `/me` links yours, and shows it here."
    if survey.shown == survey.waiting:
        return f"The lists that members show are still being fetched. {_SOON}"
    if ranking == "best":
        return f"There are no {words.noun} yet that {VOTES_AT_LEAST} members voted on."
    if ranking == "read":
        return f"Nobody who shows their list here has {words.read} anything on it."
    return {
        "hidden": f"This compares lists with yours on {words.service}, which you do not show here. `/me` does that.",
        "waiting": f"Your list is still being fetched. {_SOON}",
        "there": f"Nobody else who shows their list here voted on {IN_COMMON_AT_LEAST} or more of what you voted on.",
    }[survey.own]
