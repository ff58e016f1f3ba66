"""What stands beside a notice, where the card of the work is older than the schedule, or there is no work any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import pytest
from msgspec.structs import replace

from bot.anime.api.model import Airing, AiringEpisode, Cover, FuzzyDate, Media, MediaRow
from bot.errors import NotFound
from bot.follow.model import Follow
from bot.follow.subject import SubjectKind
from bot.follow.upcoming import fetch_outlook
from bot.lookup.source import Sources
from bot.service.record import Card, Found
from bot.vndb.api.model import Producer, Release, Vn

AIRED_S = 1_800_000_000
FOLLOW = Follow(1, "anime", 5, "A film", False, 7, None, None, None, 0, None, None, 0)


@dataclass
class AniList:
    """One work, whose first episode airs at `AIRED_S`; its card is as it was before that, and for everybody.

    `status` None: it was deleted.
    """

    status: str | None
    episodes: int = 1
    is_adult: bool = False

    async def fetch_schedule(self, *_: object) -> list[AiringEpisode]:
        if self.status is None:
            return []
        cover = Cover(medium="https://s4.anilist.co/1.png")
        row = MediaRow(id=5, is_adult=self.is_adult, status=self.status, cover_image=cover)
        return [AiringEpisode(row, number, AIRED_S) for number in range(1, self.episodes + 1)]

    async def fetch(self, *_: object) -> Card[Media]:
        if self.status is None:
            raise NotFound("AniList", "anime 5")
        media = Media(
            id=5,
            is_adult=False,
            status="NOT_YET_RELEASED",
            start_date=FuzzyDate(year=2027, month=1, day=15),
            next_airing_episode=Airing(episode=1, airing_at=AIRED_S),
        )
        return Card(media, age_s=1800.0)


@dataclass
class OnlyAniList:
    anilist: AniList = field(default_factory=lambda: AniList("RELEASING"))


class NoEntry:
    """A VNDB from which what is followed was deleted: its releases are not found either."""

    async def fetch(self, _: object, entry_id: str) -> Card[Vn | Producer]:
        raise NotFound("VNDB", entry_id)

    async def fetch_list(self, *_: object) -> Found[Release]:
        return Found([], more=False)


@dataclass
class OnlyVndb:
    vndb: NoEntry = field(default_factory=NoEntry)


@pytest.mark.parametrize("status", ["RELEASING", "FINISHED", "NOT_YET_RELEASED"])
@pytest.mark.parametrize("episodes", [1, 12])
async def test_the_notice_of_a_first_episode_does_not_say_that_it_comes_next(status: str, episodes: int) -> None:
    sources = cast("Sources", OnlyAniList(AniList(status, episodes)))
    outlook = await fetch_outlook(FOLLOW, sources, since_s=AIRED_S)
    assert outlook.next == "No further episode is announced yet."


async def test_of_a_work_that_was_deleted_it_is_not_said_that_nothing_is_announced_yet() -> None:
    outlook = await fetch_outlook(FOLLOW, cast("Sources", OnlyAniList(AniList(None))), since_s=AIRED_S)
    assert outlook.next == "AniList has no such entry any more: it was deleted, or became one with another."


@pytest.mark.parametrize("kind", ["vn", "developer"])
async def test_nor_is_it_of_a_novel_or_a_developer_that_was_deleted(kind: SubjectKind) -> None:
    outlook = await fetch_outlook(replace(FOLLOW, kind=kind), cast("Sources", OnlyVndb()), since_s=AIRED_S)
    assert outlook.next == "VNDB has no such entry any more: it was deleted."


async def test_a_card_that_is_older_than_the_schedule_does_not_take_back_that_a_work_is_for_adults() -> None:
    anilist = AniList("RELEASING", is_adult=True)
    outlook = await fetch_outlook(FOLLOW, cast("Sources", OnlyAniList(anilist)), since_s=AIRED_S)
    assert outlook.adult
