"""Which provider is asked, and what counts as adult when only one of them knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import pytest

from bot.anime.api.at_hand import NO_NAMES, NamesByKind
from bot.anime.api.model import Media, MediaKind, MediaRow, MediaTag, Related, Title
from bot.anime.api.provider import MARK_WITHIN_S, Anime, ProviderMode
from bot.anime.api.wish import MediaWish
from bot.errors import NotFound, ServiceError, Unavailable
from bot.http import Priority, asking, current_ask
from bot.service.record import Card, Found
from tests.anime.fake_amvstrm import SUCCESS_WITHOUT_RESULTS, FakeAmvstrm, in_band, make_row
from tests.support.transport import Reply

ANILIST_ROW = MediaRow(id=1, title=Title(romaji="From AniList"), is_adult=False)
HARMLESS = MediaRow(id=900010, genres=["Comedy"], tags=[MediaTag(name="School")])


@dataclass
class FakeAniList:
    """Answers everything with one row, knows `marks`, and is away while there is an `error`."""

    marks: dict[int, bool] = field(default_factory=dict[int, bool])
    error: ServiceError | None = None
    asked: list[str] = field(default_factory=list[str])
    marked: list[list[int]] = field(default_factory=list[list[int]])
    at_hand: NamesByKind = field(default_factory=lambda: NO_NAMES)

    async def fetch(self, kind: MediaKind, media_id: int) -> Card[Media]:
        self._ask(f"fetch {kind}")
        return Card(Media(id=media_id, is_adult=False))

    async def search(self, wish: MediaWish, *, page: int = 1) -> Found[MediaRow]:
        self._ask(f"search {wish.kind} {page}")
        return Found([ANILIST_ROW], more=False)

    async def suggest(self, kind: MediaKind, text: str, *, adult: bool, asker: int | None = None) -> list[MediaRow]:
        self.asked.append(f"suggest {kind} {text} {adult} {asker}")
        return [ANILIST_ROW]

    def list_known(self, kind: MediaKind, *, adult: bool) -> list[MediaRow]:  # noqa: ARG002
        return []

    async def fetch_recommendations(self, kind: MediaKind, media_id: int) -> Found[MediaRow]:
        self._ask(f"recommendations {kind} {media_id}")
        return Found([ANILIST_ROW], more=False)

    async def fetch_adult_marks(self, ids: Sequence[int]) -> dict[int, bool]:
        self.marked.append(list(ids))
        if self.error is not None:
            raise self.error
        return {media_id: self.marks[media_id] for media_id in ids if media_id in self.marks}

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.error is not None:
            raise self.error


class Both:
    """Both providers, and the one that chooses."""

    def __init__(self, mode: ProviderMode = "auto") -> None:
        self.amvstrm = FakeAmvstrm()
        self.anilist = FakeAniList()
        self.anime = Anime(self.anilist, self.amvstrm.amvstrm, mode=mode, clock=self.amvstrm.clock)

    async def search(self, **fields: object) -> list[MediaRow]:
        wish = msgspec.convert({"kind": "ANIME", **fields}, type=MediaWish)
        return (await self.amvstrm.run(self.anime.search(wish))).items


def away() -> Unavailable:
    return Unavailable("anilist", "away")


# The choice


async def test_by_default_only_anilist_is_asked() -> None:
    both = Both("anilist")
    await both.anime.fetch("ANIME", 900010)
    await both.anime.fetch_recommendations("ANIME", 900010)
    await both.anime.suggest("ANIME", "bridge", adult=False, asker=3)
    await both.search(text="bridge", adult=False)
    assert both.anilist.asked == [
        "fetch ANIME",
        "recommendations ANIME 900010",
        "suggest ANIME bridge False 3",
        "search ANIME 1",
    ]
    assert both.amvstrm.sent == []
    assert both.anilist.marked == []


@pytest.mark.parametrize("mode", ["amvstrm", "auto"])
async def test_without_an_amvstrm_every_mode_asks_anilist(mode: ProviderMode) -> None:
    anilist = FakeAniList()
    found = await Anime(anilist, None, mode=mode).search(MediaWish(kind="ANIME", text="bridge"))
    assert found.items == [ANILIST_ROW]


@pytest.mark.parametrize("mode", ["amvstrm", "auto"])
async def test_amvstrm_is_asked_for_what_it_can(mode: ProviderMode) -> None:
    both = Both(mode)
    assert (await both.amvstrm.run(both.anime.fetch("ANIME", 900010))).entry.title.romaji == "Kami no Hashi"
    assert len((await both.amvstrm.run(both.anime.fetch_recommendations("ANIME", 900010))).items) == 5
    assert await both.search(text="hashi")
    assert await both.amvstrm.run(both.anime.suggest("ANIME", "hashi", adult=True))
    assert both.anilist.asked == []


@pytest.mark.parametrize("mode", ["amvstrm", "auto"])
async def test_manga_go_to_anilist(mode: ProviderMode) -> None:
    both = Both(mode)
    await both.anime.fetch("MANGA", 5)
    await both.anime.fetch_recommendations("MANGA", 5)
    await both.anime.suggest("MANGA", "bridge", adult=False)
    await both.search(kind="MANGA", text="bridge")
    assert len(both.anilist.asked) == 4
    assert both.amvstrm.sent == []


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"sort": "trending"}, "trending"),
        ({"sort": "popularity"}, "popular"),
        ({}, "popular"),
        ({"season": "FALL", "season_year": 2026}, "season/fall/2026"),
        ({"season": "FALL", "season_year": 2026, "sort": "popularity", "adult": False}, "season/fall/2026"),
        ({"text": "hashi", "sort": "rating"}, "search"),
        ({"text": "hashi", "season": "FALL", "season_year": 2026}, "search"),
    ],
)
async def test_a_wish_finds_its_list(fields: dict[str, object], path: str) -> None:
    both = Both("amvstrm")
    await both.search(**fields)
    assert both.amvstrm.paths == [f"/api/v2/{path}"]


@pytest.mark.parametrize(
    "fields",
    [
        {"genres": ["Comedy"]},
        {"genres": ["Comedy"], "sort": "trending"},
        {"sort": "rating"},
        {"sort": "newest", "season": "FALL", "season_year": 2026},
        {"sort": "trending", "season": "FALL", "season_year": 2026},
        {"season": "FALL"},
        {"season_year": 2026},
        {"season_year": 2026, "sort": "trending"},
        {"sort": "trending", "adult": True},
        {"text": "hashi", "min_score": 70},
        {"text": "hashi", "adult": True},
    ],
)
async def test_a_wish_that_amvstrm_has_no_list_for_goes_to_anilist(fields: dict[str, object]) -> None:
    both = Both("amvstrm")
    assert await both.search(**fields) == [ANILIST_ROW]
    assert both.amvstrm.sent == []


async def test_pages_are_handed_on() -> None:
    both = Both()
    both.amvstrm.rows = [make_row(number) for number in range(1, 36)]
    found = await both.amvstrm.run(both.anime.search(MediaWish(kind="ANIME", sort="trending"), page=2))
    assert [row.id for row in found.items] == list(range(31, 36))


# When amvstrm is away


@pytest.mark.parametrize("reply", [SUCCESS_WITHOUT_RESULTS, in_band(429), in_band(403), in_band("ConnectionRefused")])
async def test_auto_asks_anilist_when_amvstrm_gives_no_answer(reply: Reply) -> None:
    both = Both("auto")
    both.amvstrm.reply = reply
    assert await both.search(text="hashi", adult=False) == [ANILIST_ROW]
    assert (await both.amvstrm.run(both.anime.fetch("ANIME", 7))).entry.is_adult is False
    assert (await both.amvstrm.run(both.anime.fetch_recommendations("ANIME", 7))).items == [ANILIST_ROW]
    assert await both.amvstrm.run(both.anime.suggest("ANIME", "hashi", adult=False)) == [ANILIST_ROW]


async def test_amvstrm_alone_says_that_it_is_away() -> None:
    both = Both("amvstrm")
    both.amvstrm.reply = SUCCESS_WITHOUT_RESULTS
    assert isinstance(await both.amvstrm.outcome(both.anime.fetch("ANIME", 900010)), Unavailable)
    assert await both.amvstrm.run(both.anime.suggest("ANIME", "hashi", adult=False)) == []
    assert both.anilist.asked == []


@pytest.mark.parametrize("mode", ["amvstrm", "auto"])
async def test_a_whole_work_is_what_anilist_has(mode: ProviderMode) -> None:
    both = Both(mode)
    card, away_ = await both.amvstrm.run(both.anime.fetch_whole("ANIME", 900010))
    assert (card.entry.is_adult, away_) == (False, None)
    assert both.anilist.asked == ["fetch ANIME"]


@pytest.mark.parametrize("mode", ["amvstrm", "auto"])
async def test_without_anilist_it_is_what_amvstrm_has_and_why(mode: ProviderMode) -> None:
    both = Both(mode)
    both.anilist.error = error = away()
    card, why = await both.amvstrm.run(both.anime.fetch_whole("ANIME", 900010))
    assert card.entry.title.romaji == "Kami no Hashi"
    assert why is error
    assert both.anilist.asked == ["fetch ANIME"]


@pytest.mark.parametrize("kind", ["ANIME", "MANGA"])
async def test_without_both_it_is_anilist_that_is_away(kind: MediaKind) -> None:
    both = Both("auto")
    both.amvstrm.reply = SUCCESS_WITHOUT_RESULTS
    both.anilist.error = error = away()
    assert await both.amvstrm.outcome(both.anime.fetch_whole(kind, 900010)) is error
    assert both.anilist.asked == [f"fetch {kind}"]


async def test_that_there_is_no_such_anime_is_an_answer() -> None:
    both = Both("auto")
    assert isinstance(await both.amvstrm.outcome(both.anime.fetch("ANIME", 5)), NotFound)
    assert both.anilist.asked == []


# What is adult


async def test_anilist_says_what_is_adult() -> None:
    both = Both()
    both.anilist.marks = {900010: False, 900003: True, 900005: False}
    found = await both.amvstrm.run(both.anime.fetch_recommendations("ANIME", 900010))
    assert {row.id: row.is_adult for row in found.items} == {
        900010: False,
        900003: True,
        900001: True,  # by its genre: that is not asked
        900002: None,  # AniList does not know it
        900005: False,
    }
    assert both.anilist.marked == [[900002, 900003, 900005, 900010]]


async def test_while_anilist_is_away_nothing_is_said_to_be_for_everybody() -> None:
    both = Both()
    both.anilist.error = away()
    found = await both.amvstrm.run(both.anime.fetch_recommendations("ANIME", 900010))
    assert {row.id: (row.is_adult, row.unmarked) for row in found.items} == {
        900010: (None, True),
        900003: (None, True),
        900001: (True, False),  # by its genre
        900002: (None, True),
        900005: (None, True),
    }


async def test_what_anilist_does_not_know_is_not_said_to_be_unmarked() -> None:
    both = Both()
    assert [(row.is_adult, row.unmarked) for row in await both.anime.mark_adult([HARMLESS])] == [(None, False)]


async def test_what_is_known_is_not_asked() -> None:
    both = Both()
    rows = [ANILIST_ROW, msgspec.structs.replace(ANILIST_ROW, is_adult=True)]
    assert await both.anime.mark_adult(rows) == rows
    assert both.anilist.marked == []


async def test_what_a_card_is_related_to_is_marked_with_it() -> None:
    both = Both()
    both.anilist.marks = {900010: False, 900020: True}
    media = (await both.amvstrm.run(both.anime.fetch("ANIME", 900010))).entry
    assert media.is_adult is False
    assert [(part.media.id, part.media.is_adult) for part in media.related] == [(900020, True), (900011, None)]
    assert both.anilist.marked == [[900010, 900011, 900020]]


async def test_relations_are_kept_when_they_are_marked() -> None:
    both = Both()
    both.anilist.marks = {7: False}
    media = Media(id=7, related=[Related(ANILIST_ROW, "SEQUEL")])
    assert (await both.anime.mark_adult([media]))[0].related == media.related


async def test_a_search_for_everybody_has_only_what_is_known_to_be() -> None:
    both = Both()
    both.anilist.marks = {900010: False, 900003: True}
    assert [row.id for row in await both.search(text="e", adult=False)] == [900010]


async def test_while_anilist_is_away_a_search_that_left_adult_works_out_is_believed() -> None:
    both = Both()
    both.anilist.error = away()
    rows = await both.search(text="e", adult=False)
    assert [row.id for row in rows] == [900010, 900003, 900002, 900005]  # all but what its genre tells
    assert both.amvstrm.bodies[0]["nsfw"] is False


async def test_while_anilist_is_away_a_list_that_has_adult_works_in_it_is_not() -> None:
    both = Both()
    both.anilist.error = error = away()
    wish = MediaWish(kind="ANIME", sort="trending", adult=False)
    assert await both.amvstrm.outcome(both.anime.search(wish)) is error


async def test_a_search_in_an_age_restricted_place_has_everything() -> None:
    both = Both()
    assert len(await both.search(text="e")) == 5


async def test_suggestions_outside_age_restricted_places_are_known_to_be_harmless() -> None:
    both = Both()
    rows = await both.amvstrm.run(both.anime.suggest("ANIME", "ti", adult=False))
    assert [row.id for row in rows] == [900010, 900003, 900002, 900005]  # adult works were left out of the search
    assert both.anilist.marked == []
    assert both.amvstrm.bodies[0]["nsfw"] is False


async def test_suggestions_in_age_restricted_places_are_all_there_are() -> None:
    both = Both()
    assert len(await both.amvstrm.run(both.anime.suggest("ANIME", "ti", adult=True))) == 5


async def test_ten_keystrokes_are_two_requests() -> None:
    both = Both()
    both.amvstrm.rows = [make_row(number, title={"romaji": f"Kami no Hashi {number}"}) for number in range(1, 61)]
    typed = [both.anime.suggest("ANIME", "kami no ha"[:end], adult=True, asker=3) for end in range(1, 11)]
    suggested = [await both.amvstrm.run(rows) for rows in typed]
    assert suggested[-1]
    assert len(both.amvstrm.sent) <= 2


async def test_what_says_nothing_is_not_looked_for() -> None:
    both = Both()
    assert await both.anime.suggest("ANIME", " !? ", adult=True) == []
    assert both.amvstrm.sent == []


async def test_a_slow_anilist_does_not_hold_up_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    both = Both()
    seen: list[float] = []

    async def measure(_ids: Sequence[int]) -> dict[int, bool]:
        seen.append(current_ask(both.amvstrm.clock).deadline_monotonic - both.amvstrm.clock.monotonic())
        raise away()

    monkeypatch.setattr(both.anilist, "fetch_adult_marks", measure)
    for within_s in (10.0, 1.0):
        with asking(both.amvstrm.clock, within_s=within_s, priority=Priority.COMMAND):
            await both.anime.mark_adult([HARMLESS])
    assert seen == [MARK_WITHIN_S, 1.0]
