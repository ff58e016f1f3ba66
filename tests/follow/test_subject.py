"""What may be followed: in which order it is offered, and how it is named."""

from __future__ import annotations

from typing import get_args

import pytest

from bot.anime.api.model import Airing, AiringEpisode, FuzzyDate, MediaRow
from bot.follow.item import PickSelect, Wish
from bot.follow.subject import SubjectKind, put_to_come_first
from bot.follow.upcoming import name_next_episode, name_next_release
from bot.vndb.api.model import Release, Vn

LARGEST = 2**63 - 1


def test_novels_that_are_to_come_stand_first_else_the_order_stays() -> None:
    dates = ("2004", None, "2031-05", "2026-11-29", "TBA", "2026-11-30")
    found = [Vn(id=f"v{number}", released=date) for number, date in enumerate(dates)]
    assert [vn.id for vn in put_to_come_first(found, "2026-11-29")] == ["v2", "v4", "v5", "v0", "v1", "v3"]


@pytest.mark.parametrize("kind", get_args(SubjectKind))
async def test_what_is_picked_keeps_every_wish(kind: SubjectKind) -> None:
    for wish in (Wish(), Wish(LARGEST, LARGEST, 86_400, "zh-Hans", "win"), Wish(platform="win")):
        item = PickSelect([], kind=kind, wish=wish)
        assert len(item.custom_id) <= 100
        match = PickSelect.__discord_ui_compiled_template__.fullmatch(item.custom_id)
        assert match is not None
        again = PickSelect.from_match(match)
        assert again.wish == wish
        assert again.kind == kind


def test_the_next_episode_is_the_first_after_what_is_told() -> None:
    episodes = [AiringEpisode(MediaRow(id=1), number, number * 100) for number in (3, 1, 2)]
    assert name_next_episode(episodes, 100) == "Next: episode 2, <t:200:f> (<t:200:R>)"
    assert name_next_episode(episodes, 300) == "No further episode is announced yet."


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (
            MediaRow(id=1, next_airing_episode=Airing(episode=4, airing_at=900)),
            "Next: episode 4, <t:900:f> (<t:900:R>)",
        ),
        (MediaRow(id=1, next_airing_episode=Airing(episode=3, airing_at=300)), "No further episode is announced yet."),
        (
            MediaRow(id=1, status="NOT_YET_RELEASED", start_date=FuzzyDate(year=2027, month=4)),
            "Next: episode 1, April 2027",
        ),
        (MediaRow(id=1, status="NOT_YET_RELEASED"), "When it begins is not announced yet."),
        (
            MediaRow(id=1, status="FINISHED", start_date=FuzzyDate(year=2027, month=4)),
            "It has ended: all its episodes have aired.",
        ),
        (MediaRow(id=1, status="CANCELLED"), "It was cancelled: there will be no further episode."),
        (MediaRow(id=1, status="HIATUS"), "It is on hiatus: when it goes on is not announced yet."),
        (MediaRow(id=1, status="RELEASING", episodes=12), "No further episode is announced yet."),
        (MediaRow(id=1, status="RELEASING", episodes=3), "Episode 3 is the last one."),
    ],
)
def test_what_airs_in_months_is_said_by_the_work(work: MediaRow, said: str) -> None:
    aired = [] if work.status == "NOT_YET_RELEASED" else [AiringEpisode(work, 3, 300)]
    assert name_next_episode(aired, 300, work=work) == said


def test_of_what_has_ended_a_while_ago_nothing_is_awaited() -> None:
    work = MediaRow(id=1, status="FINISHED", episodes=3)
    assert name_next_episode([], 300, work=work) == "It has ended: all its episodes have aired."


@pytest.mark.parametrize(
    ("released", "when"), [("2027-03-05", "5 March 2027"), ("2027", "2027"), ("TBA", "without a date yet")]
)
def test_the_next_release_has_its_date_as_far_as_it_is_known(released: str, when: str) -> None:
    assert name_next_release([Release(id="r1", title="A *game*", released=released)]) == f"Next: A \\*game\\*, {when}"
    assert name_next_release([]) == "No further release is announced yet."
