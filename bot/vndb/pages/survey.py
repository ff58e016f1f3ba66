"""What the lists of a server's members have together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from bot.account.survey import RANKING, SurveyWords, add_survey, check_here, describe_ranked, render_survey
from bot.errors import NotFound
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.here import RankedWork, Ranking, Survey
from bot.navigation.page import Page, Visit
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from bot.vndb.api import kind as kinds
from bot.vndb.api.client import SERVICE, Vndb
from bot.vndb.api.model import Vn
from bot.vndb.api.names import Names
from bot.vndb.cards.list import count_rows, render_vn_list
from bot.vndb.cards.text import SOURCE
from bot.vndb.pages.source import VndbSources

_WORDS = SurveyWords(SERVICE, "novels", "read")


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What the lists have, and the novels of one page. One that VNDB does not have any more is left out."""

    survey: Survey
    novels: Sequence[tuple[RankedWork, Card[Vn]]]
    names: Names


@dataclass(frozen=True)
class SurveyPage(Page[VndbSources, Surveyed]):
    """It names members, and is shown to one person alone: see `bot.account.survey`."""

    path = "vndb-here/{ranking}"
    ranking: Annotated[Ranking, RANKING]

    async def ask(self, visit: Visit[VndbSources]) -> Surveyed:
        vndb = visit.sources.vndb
        survey = await check_here(visit.here).survey(SERVICE, "vn", self.ranking, visit.viewer.asker_id)
        rows = count_rows(kinds.VN.prefix, visit.address)
        first = (visit.address.number - 1) * rows
        # Asked for together, they share one question.
        found = await asyncio.gather(*(_fetch(vndb, work) for work in survey.works[first : first + rows]))
        return Surveyed(survey, [one for one in found if one is not None], await vndb.fetch_names())

    def show(self, asked: Surveyed, viewer: Viewer, address: Address) -> Shown:
        survey = asked.survey
        if not survey.works:
            frame = Frame(viewer, address.turn(1), source=SOURCE)
            return render_survey(survey, self.ranking, _WORDS, frame, SurveyPage)
        cards = [card for _, card in asked.novels]
        found = Found(
            [card.entry for card in cards],
            more=False,
            age_s=max((card.age_s for card in cards), default=0.0),
            stale=any(card.stale for card in cards),
            count=len(survey.works),
        )
        shown = render_vn_list(
            found,
            heading=f"{_WORDS.headings[self.ranking]} of this server",
            told=[describe_ranked(work, _WORDS) for work, _ in asked.novels],
            names=asked.names,
            viewer=viewer,
            address=address,
        )
        return add_survey(shown, survey, _WORDS, SurveyPage)


async def _fetch(vndb: Vndb, work: RankedWork) -> tuple[RankedWork, Card[Vn]] | None:
    try:
        return work, await vndb.fetch(kinds.VN, f"{kinds.VN.prefix}{work.work_id}")
    except NotFound:
        return None
