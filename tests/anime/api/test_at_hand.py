"""Names at hand of AniList: what is kept of a work, and that one that is not said to be for everybody is for adults."""

from __future__ import annotations

import pytest

from bot.anime.api import at_hand
from bot.anime.api.model import Cover, FuzzyDate, Media, MediaRow, Title
from bot.errors import BadAnswer
from bot.http import Priority, asking
from tests.anime.fake_anilist import FakeAniList, make_page

TITLE = Title(romaji="Shinseiki", english="Neon", native="新世紀")


@pytest.mark.parametrize(("mark", "adult"), [(False, False), (True, True), (None, True)])
def test_a_missing_mark_counts_as_one_for_adults(mark: bool | None, adult: bool) -> None:
    known = at_hand.describe(MediaRow(id=30, title=TITLE, is_adult=mark))
    assert known is not None
    assert known.adult is adult
    assert known.work.is_adult is mark


def test_what_is_kept_of_a_work_is_what_a_suggestion_shows() -> None:
    date, cover = FuzzyDate(1995, 10, 4), Cover(large="https://s4.anilist.co/x.jpg")
    media = Media(
        id=30,
        title=TITLE,
        synonyms=["エヴァ"],
        hashtag="#eva #エヴァ2",
        start_date=date,
        cover_image=cover,
        popularity=7,
        is_adult=False,
    )
    known = at_hand.describe(media)
    assert known is not None
    assert (known.id, known.weight) == (30, 7)
    assert {"Shinseiki", "Neon", "新世紀", "エヴァ", "#eva", "#エヴァ2"} <= set(known.names)
    assert known.work == MediaRow(id=30, title=TITLE, start_date=FuzzyDate(1995), is_adult=False)
    assert at_hand.describe(MediaRow(id=0)) is None


async def test_a_page_asks_for_the_best_known_and_rubbish_is_told() -> None:
    rows = [{"id": 30, "title": {"romaji": "Shinseiki"}, "synonyms": ["エヴァ"], "isAdult": False}, None]
    fake = FakeAniList(BestKnown=make_page("media", rows, more=True))
    with asking(fake.clock, within_s=20.0, priority=Priority.LEFTOVER):
        found = await fake.anilist.fetch_best_known("MANGA", 4)
        assert (found.more, [one.synonyms for one in found.items]) == (True, [["エヴァ"]])
        assert fake.variables == {"type": "MANGA", "page": 4}
        fake.data["BestKnown"] = {"Page": None}
        with pytest.raises(BadAnswer):
            await fake.anilist.fetch_best_known("MANGA", 5)
