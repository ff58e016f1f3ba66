"""What the panel of one's own list looks like, and that Discord takes it whatever stands on the list."""

from __future__ import annotations

import pytest

from bot.gate.rules import Rules
from bot.navigation.viewer import Viewer
from bot.vndb.api.list_change import Day
from bot.vndb.api.model import Label, ListEntry, ListRelease, Release, ReleaseVn, Vn
from bot.vndb.api.my_list import OwnedRelease
from bot.vndb.my_list.card import (
    Kept,
    render_day_question,
    render_my_list,
    render_my_release,
    render_remove_question,
)
from tests.support.choose import choose
from tests.support.discord_limits import check_view, read_texts

VIEWER = Viewer(7, age_restricted=False)
WHOSE = "a" * 16
NOVEL = Vn("v17", title="Ever17", alttitle="エバー17")
LABELS = [Label(0, "No label", private=True), Label(2, "Finished"), Label(7, "Voted"), Label(11, "Shelf", private=True)]

LONGEST = {
    "lines": "\n" * 1999 + "x",
    "signs": "*" * 2000,
    "kana": "あ" * 2000,
    "emoji": "\U0001f600" * 2000,
    "mentions": "@everyone " * 200,
    "quotes": "> a\n" * 500,
}


@pytest.mark.parametrize("notes", LONGEST.values(), ids=LONGEST.keys())
def test_discord_takes_the_longest_entry(notes: str) -> None:
    labels = [*LABELS, *(Label(id_, "あ*" * 200, private=id_ % 2 == 0) for id_ in range(12, 300))]
    entry = ListEntry(
        "v17",
        vote=100,
        voted=1_700_000_000,
        added=1_700_000_000,
        started="2024-12-31",
        finished="2023-12-31",
        notes=notes,
        labels=labels,
        releases=[ListRelease(f"r{id_}", title="い_" * 200, list_status=id_ % 5) for id_ in range(1, 90)],
    )
    novel = Vn("v17", title="う" * 1000)
    kept = Kept(entry, labels, 300.0)
    for number in (1, 12, 99):
        shown = read_texts(
            render_my_list(novel, kept, viewer=VIEWER, whose=WHOSE, number=number, note="⚠️ " + "え" * 500)
        )
        assert "finished before it was started" in shown
        assert "from 5 min ago" in shown
    check_view(render_remove_question(novel, entry, viewer=VIEWER, whose=WHOSE))
    days: tuple[Day, ...] = ("started", "finished")
    check_view(render_day_question(novel, entry, days, viewer=VIEWER, whose=WHOSE, saved=False))


def test_of_several_statuses_all_are_named_and_none_is_chosen() -> None:
    entry = ListEntry("v17", labels=[Label(1, "Playing"), Label(5, "Wishlist")])
    shown = read_texts(render_my_list(NOVEL, Kept(entry, LABELS), viewer=VIEWER, whose=WHOSE))
    assert "**Status:** Playing, Wishlist" in shown
    assert "Status: Playing, Wishlist\n" in shown  # in the select
    assert "'default': True" not in str(
        check_view(render_my_list(NOVEL, Kept(entry, LABELS), viewer=VIEWER, whose=WHOSE))
    )


@pytest.mark.parametrize(
    ("labels", "public"),
    [([], False), ([Label(11, "Shelf")], False), ([Label(2, "Finished")], True), ([Label(7, "Voted")], True)],
)
def test_who_can_read_an_entry_is_said(labels: list[Label], public: bool) -> None:
    shown = read_texts(render_my_list(NOVEL, Kept(ListEntry("v17", labels=labels), LABELS), viewer=VIEWER, whose=WHOSE))
    assert ("Public: " in shown) is public
    assert ("Private: " in shown) is not public


def test_a_vote_that_is_kept_private_makes_nothing_public() -> None:
    labels = [Label(7, "Voted", private=True)]
    entry = ListEntry("v17", vote=80, labels=[Label(7, "Voted")])
    assert "Private: " in read_texts(render_my_list(NOVEL, Kept(entry, labels), viewer=VIEWER, whose=WHOSE))


def test_the_title_is_in_the_language_that_was_chosen() -> None:
    viewer = Viewer(7, age_restricted=False, rules=Rules(person=choose(title_language="native")))
    assert "## エバー17" in read_texts(render_my_list(NOVEL, Kept(None, LABELS), viewer=viewer, whose=WHOSE))


def test_before_a_day_goes_it_is_said_what_goes_with_it() -> None:
    entry = ListEntry("v17", added=1_700_000_000, started="2024-01-01")
    asked = read_texts(render_day_question(NOVEL, entry, ("started",), viewer=VIEWER, whose=WHOSE, saved=True))
    assert "**Take away the start?**" in asked
    assert "when you added it (<t:1700000000:D>)." in asked
    assert "voted" not in asked.partition("What is lost")[2]


def test_a_release_says_which_novels_it_brings() -> None:
    release = Release("r51", title="Twin Pack", vns=[ReleaseVn("v17"), ReleaseVn("v19")])
    assert "its 2 visual novels on your list" in read_texts(
        render_my_release(release, OwnedRelease(None, ()), viewer=VIEWER, whose=WHOSE)
    )
    assert "its visual novel on your list" in read_texts(
        render_my_release(release, OwnedRelease(None, ("v17",)), viewer=VIEWER, whose=WHOSE)
    )
    assert "VNDB puts" not in read_texts(
        render_my_release(release, OwnedRelease(None, ("v17", "v19")), viewer=VIEWER, whose=WHOSE)
    )
