"""What an import would change: nothing is taken off a list, and what the file does not say stays."""

from __future__ import annotations

import pytest

from bot.transfer.model import FileEntry, ListFile
from bot.transfer.plan import Plan, Row, build_plan
from bot.vndb.api.list_change import EntryChange
from bot.vndb.api.model import Label, ListEntry, ListRelease, Vn

LABELS = [
    *(Label(0, "No label"), Label(1, "Playing"), Label(2, "Finished"), Label(5, "Wishlist"), Label(7, "Voted")),
    *(Label(10, "Favourites"), Label(12, "To  lend")),
]
THERE = ListEntry(
    "v17",
    vote=90,
    labels=[Label(5, "Wishlist"), Label(7, "Voted"), Label(10, "Favourites")],
    started="2022-01-05",
    notes=" Best one.\n",
    vn=Vn("v17", "Ever17"),
    releases=[ListRelease("r40", list_status=1)],
)


def plan(*entries: FileEntry, there: ListEntry | None = THERE, titles: dict[str, str] | None = None) -> Plan:
    known = {} if there is None else {there.id: there}
    file = ListFile({entry.id: entry for entry in entries})
    return build_plan(file, known, titles or {}, LABELS, file_name="list.csv", account="testreader")


def find_change(entry: FileEntry) -> object:
    rows = plan(entry).rows
    return rows[0].change if rows else None


@pytest.mark.parametrize(
    ("entry", "change"),
    [
        (FileEntry(id="v17"), None),
        (
            FileEntry(id="v17", vote=90, labels=("wishlist", "FAVOURITES"), started="2022-01-05", notes="Best one."),
            None,
        ),
        (FileEntry(id="v17", vote=85), EntryChange(vote=85)),
        (FileEntry(id="v17", notes="Worse."), EntryChange(notes="Worse.")),
        (FileEntry(id="v17", finished="2022-02-01"), EntryChange(finished="2022-02-01")),
        (FileEntry(id="v17", labels=("Finished",)), EntryChange(labels_set=(2,), labels_unset=(1, 3, 4, 5, 6))),
        (
            FileEntry(id="v17", labels=("Finished", "Playing")),
            EntryChange(labels_set=(1, 2), labels_unset=(3, 4, 5, 6)),
        ),
        (FileEntry(id="v17", labels=("to lend",)), EntryChange(labels_set=(12,))),
    ],
)
def test_only_what_the_file_says_and_vndb_has_not_is_changed(entry: FileEntry, change: object) -> None:
    assert find_change(entry) == change


def test_what_is_new_is_added_as_the_file_has_it() -> None:
    entry = FileEntry(id="v4", title="as in the file", vote=70, labels=("Playing",))
    found = plan(entry, there=None, titles={"v4": "Clannad"})
    change = EntryChange(vote=70, labels_set=(1,), labels_unset=(2, 3, 4, 5, 6))
    assert found.rows == [Row("v4", "Clannad", change, is_new=True)]
    assert (found.summary.new, found.summary.changed, found.summary.same) == (1, 0, 0)


def test_an_entry_without_anything_is_added_all_the_same() -> None:
    assert plan(FileEntry(id="v4"), titles={"v4": "Clannad"}).rows == [Row("v4", "Clannad", EntryChange(), is_new=True)]


def test_what_vndb_does_not_have_is_left_out_and_counted() -> None:
    found = plan(FileEntry(id="v999"), FileEntry(id="v17", vote=80))
    assert [row.target for row in found.rows] == ["v17"]
    assert (found.summary.unknown, found.summary.unknown_count) == (("v999",), 1)


def test_labels_that_the_person_does_not_have_are_said() -> None:
    found = plan(FileEntry(id="v17", labels=("Nakige", "Favourites")), FileEntry(id="v4", labels=("Nakige",)))
    assert found.rows == []
    assert (found.summary.labels, found.summary.label_count) == ({"Nakige": 2}, 1)


def test_releases_come_after_their_novel_and_only_where_they_differ() -> None:
    entry = FileEntry(id="v17", vote=50, releases=(("r40", 1), ("r41", 2)))
    changed = FileEntry(id="v17", releases=(("r40", 4),))
    assert [(row.target, row.change, row.is_new) for row in plan(entry).rows] == [
        ("v17", EntryChange(vote=50), False),
        ("r41", 2, True),
    ]
    assert [(row.target, row.change, row.is_new) for row in plan(changed).rows] == [("r40", 4, False)]
    counted = [(one.releases, one.changed_releases) for one in (plan(entry).summary, plan(changed).summary)]
    assert counted == [(1, 0), (1, 1)]


def test_another_status_takes_the_place_of_every_one_that_may_be_chosen_meanwhile() -> None:
    (row,) = plan(FileEntry(id="v17", labels=("Finished",))).rows
    assert isinstance(row.change, EntryChange)
    playing = ListEntry("v17", labels=[Label(1), Label(2)])
    assert not row.change.is_made(playing)


def test_what_differs_is_counted_by_kind() -> None:
    entry = FileEntry(id="v17", vote=50, labels=("Finished", "To lend"), finished="2024-01-01", notes="x")
    assert plan(entry).summary.differs == {"vote": 1, "status": 1, "labels": 1, "days": 1, "notes": 1}
