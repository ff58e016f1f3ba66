"""What a digest says, and that it fits however much there is to tell."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.follow.digest import Entry, group, render_digest
from bot.follow.model import Notice
from bot.follow.upcoming import Outlook
from bot.navigation.frame import PageView
from bot.navigation.viewer import Viewer
from tests.follow.test_list import FOLLOW, FOREIGN, SAFE
from tests.support.discord_limits import check_view, read_texts

EPISODES = tuple(f"e{number * 2}" for number in range(40))
RELEASES = ("r1", "r2", "r3", "r9999999")
DIGEST = Notice(replace(FOLLOW, kind="digest"), "w99999", 1_800_000_000, False, "", "sending", 0, 0)


def build_entries(number: int, title: str, *, kind: str = "anime", keys: tuple[str, ...] = ("e5",)) -> list[Entry]:
    follows = [
        replace(FOLLOW, id=FOLLOW.id - each, subject_id=1 + each // 2, kind=kind, title=title)  # pyright: ignore[reportArgumentType]
        for each in range(number)
    ]
    told = [Notice(one, key, 0, False, title, "held", 0, 0) for one in follows for key in keys]
    outlook = Outlook(SAFE, "Next: episode 1,000, <t:1800000000:f> (<t:1800000000:R>)")
    return [replace(entry, outlook=outlook) for entry in group(told)]


def render(entries: list[Entry], *, withheld: int = 0) -> PageView:
    viewer = Viewer(0, age_restricted=False)
    return render_digest(DIGEST, entries, viewer, withheld=withheld, role_ids=[])


@pytest.mark.parametrize("title", ["W" * 300, "語" * 300, "🗓️" * 200, "*_`|" * 90, FOREIGN * 9, ""])
@pytest.mark.parametrize(("kind", "keys"), [("anime", EPISODES), ("vn", RELEASES)])
def test_the_longest_digest_fits(title: str, kind: str, keys: tuple[str, ...]) -> None:
    check_view(render(build_entries(50, title, kind=kind, keys=keys), withheld=7))


def test_what_does_not_fit_is_counted() -> None:
    said = read_texts(render(build_entries(50, "Gate"), withheld=2))
    assert said.count("**Gate**") == 16
    assert "And 34 more." in said
    assert "2 more are for adults" in said


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("e5",), "Episode 5 aired"),
        (("e5", "e6", "e7"), "Episodes 5 to 7 aired"),
        (("e5", "e7"), "Episodes 5, 7 aired"),
    ],
)
def test_episodes_of_a_week_are_one_line(keys: tuple[str, ...], said: str) -> None:
    assert f"**Gate**\n{said}\n-# Next" in read_texts(render(build_entries(1, "Gate", keys=keys)))
