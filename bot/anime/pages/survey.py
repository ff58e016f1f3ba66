"""What the lists of a server's members have together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from msgspec.structs import replace

from bot.account.survey import RANKING, SurveyWords, add_survey, check_here, describe_ranked, render_survey
from bot.anime.api.anilist.error import SERVICE
from bot.anime.api.model import MediaRow
from bot.anime.api.wish import PAGE_SIZE
from bot.anime.cards.list import NO_MATCH, render_media_rows
from bot.anime.cards.page import find_block
from bot.anime.cards.text import SOURCE
from bot.anime.pages.media import KINDS
from bot.anime.pages.source import AnimeSources
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.here import Ranking, Survey
from bot.navigation.page import Page, Visit
from bot.navigation.route import one_of
from bot.navigation.viewer import Viewer
from bot.service.record import Found

_WORDS = {"anime": SurveyWords(SERVICE, "anime", "watched"), "manga": SurveyWords(SERVICE, "manga", "read")}


@dataclass(frozen=True)
class SurveyPage(Page[AnimeSources, tuple[Survey, Found[MediaRow]]]):
    """It names members, and is shown to one person alone: see `bot.account.survey`."""

    path = "al-here/{kind}/{ranking}"
    kind: Annotated[str, one_of(KINDS)]
    ranking: Annotated[Ranking, RANKING]

    async def ask(self, visit: Visit[AnimeSources]) -> tuple[Survey, Found[MediaRow]]:
        """The lists, and the works of the block that the page is in; those that AniList still has."""
        survey = await check_here(visit.here).survey(SERVICE, self.kind, self.ranking, visit.viewer.asker_id)
        end = find_block(visit.address, PAGE_SIZE) * PAGE_SIZE
        ids = [work.work_id for work in survey.works[end - PAGE_SIZE : end]]
        if not ids:
            return survey, Found([], more=False)
        found = await visit.sources.anilist.fetch_several(KINDS[self.kind], ids)
        by_id = {row.id: row for row in found.items}
        items = [by_id[one] for one in ids if one in by_id]
        return survey, replace(found, items=items, more=len(survey.works) > end)

    def show(self, asked: tuple[Survey, Found[MediaRow]], viewer: Viewer, address: Address) -> Shown:
        survey, found = asked
        words = _WORDS[self.kind]
        page = partial(SurveyPage, self.kind)
        frame = Frame(viewer, address, source=SOURCE)
        if not survey.works:
            frame = replace(frame, address=address.turn(1))
            return render_survey(survey, self.ranking, words, frame, page)
        told = {work.work_id: " · ".join(filter(None, describe_ranked(work, words))) for work in survey.works}
        heading = f"## {words.headings[self.ranking]} of this server"
        shown = render_media_rows(found, heading, frame, empty=NO_MATCH, size=PAGE_SIZE, told=told)
        return add_survey(shown, survey, words, page)
