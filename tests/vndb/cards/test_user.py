"""Pages about people: what is said of their lists, and what of them stays out."""

from __future__ import annotations

import io

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from bot.vndb.api.list_sort import LIST_SORTS
from bot.vndb.api.model import Label, ListEntry, ListRelease, User, Vn
from bot.vndb.api.names import BUILT_IN
from bot.vndb.api.user import Labels, Votes
from bot.vndb.cards.user import find_default_sort, format_vote, list_votes, render_user, render_user_list
from tests.support.discord_limits import check_view, read_addresses, read_pictures, read_texts
from tests.support.examples import examples

VIEWER = Viewer(asker_id=7, age_restricted=False)
YORHEL = User(id="u2", username="yorhel", lengthvotes=12, lengthvotes_sum=7_260)
LABELS = [Label(id=1, label="Playing", count=2), Label(id=7, label="Voted", count=120)]
ENTRY = ListEntry(
    id="v17",
    vote=85,
    voted=1_500_000_000,
    added=1_400_000_000,
    started="2014-05-13",
    finished="2014-06",
    vn=Vn(title="Ever17", released="2002-08-29", olang="ja"),
)


def votes(*given: int, complete: bool = True) -> Votes:
    entries = [ListEntry(id=f"v{number}", vote=vote) for number, vote in enumerate(given, 1)]
    return Votes(entries, complete)


def render(
    labels: list[Label] | None = LABELS,
    of: Votes | None = None,
    *,
    unread: int = 0,
    address: Address | None = None,
    chart: discord.File | None = None,
) -> Shown:
    return render_user(
        Card(YORHEL),
        None if labels is None else Labels(labels, unread),
        of or votes(80, 90),
        viewer=VIEWER,
        address=address or Address("u2"),
        chart=chart,
    )


def render_list(
    found: Found[ListEntry], *, address: Address | None = None, label: int = 7, sort: str = "vote"
) -> Shown:
    return render_user_list(
        found,
        user=YORHEL,
        label=label,
        sort=sort,
        labels=LABELS,
        names=BUILT_IN,
        viewer=VIEWER,
        address=address or Address(f"u2/list/{label}/vote"),
    )


def test_a_card_says_votes_mean_and_play_time() -> None:
    texts = read_texts(render())
    assert "## yorhel" in texts
    assert "**Votes:** 120, 8.5 on average\n" in texts
    assert "**Play time:** 121 hours in 12 reports" in texts


def test_votes_that_were_cut_say_so() -> None:
    texts = read_texts(render(of=votes(80, 90, complete=False)))
    assert "**Votes:** 120, 8.5 on average (the latest 2 of them)" in texts


@pytest.mark.parametrize("labels", [[], [Label(id=7, label="Voted")], [Label(id=1, label="Playing", count=9)]])
def test_votes_that_no_label_counts_are_counted(labels: list[Label]) -> None:
    assert "**Votes:** 2, 8.5 on average\n" in read_texts(render(labels))


def test_what_is_no_vote_is_left_out_of_the_mean() -> None:
    assert "**Votes:** 1, 8 on average\n" in read_texts(render([], votes(80, 0, 1000)))


def test_each_label_has_its_count_and_leads_to_its_list() -> None:
    view = render()
    assert "**Playing**: 2\n**Voted**: 120" in read_texts(view)
    assert {"u2/list/1/added", "u2/list/7/voted"} <= read_addresses(view)


@pytest.mark.parametrize(("label_id", "sort"), [(7, "voted"), (5, "added"), (12, "added")])
def test_a_list_is_sorted_by_what_its_entries_have(label_id: int, sort: str) -> None:
    assert find_default_sort(label_id) == sort


def test_a_private_label_is_not_shown() -> None:
    view = render([*LABELS, Label(id=12, label="Secret", private=True, count=3)])
    assert "Secret" not in read_texts(view)
    assert not any(address.startswith("u2/list/12") for address in read_addresses(view))


def test_all_of_many_labels_can_be_reached() -> None:
    labels = [Label(id=number, label=f"Shelf {number}") for number in range(60)]
    pages = [render(labels, address=Address("u2", number=number)) for number in (1, 2, 3)]
    reached = set[str]().union(*map(read_addresses, pages))
    assert {f"u2/list/{number}/{find_default_sort(number)}" for number in range(60)} <= reached


def test_nobody_sees_a_private_list_and_the_card_says_so() -> None:
    assert "private or empty" in read_texts(render([], votes()))


@pytest.mark.parametrize(("unread", "missing"), [(1, "1 more list left out"), (2, "2 more lists left out")])
def test_lists_that_cannot_be_read_are_said_to_be_there(unread: int, missing: str) -> None:
    assert missing in read_texts(render(unread=unread))
    assert "left out" not in read_texts(render())


@pytest.mark.parametrize(("labels", "unread"), [([], 1), (None, 0)])
def test_where_vndb_does_not_tell_of_all_lists_none_is_said_to_be_private(
    labels: list[Label] | None, unread: int
) -> None:
    texts = read_texts(render(labels, votes(), unread=unread))
    assert "private or empty" not in texts
    assert "rying again later may help." in texts


def test_the_chart_is_sent_along_and_described() -> None:
    view = render(chart=discord.File(io.BytesIO(b"png"), "votes.png"))
    assert [file.filename for file in view.files] == ["votes.png"]
    assert read_pictures(view) == [("attachment://votes.png", False)]
    assert "Votes. 8: 1 vote, 9: 1 vote." in str(check_view(view))


def test_a_list_shows_vote_times_and_dates() -> None:
    texts = read_texts(render_list(Found([ENTRY], more=False, count=1)))
    expected = (
        "**1. Ever17**\n-# vote 8.5 · 2002 · Japanese\n-# voted 14 July 2017 · added 13 May 2014"
        " · started 13 May 2014 · finished June 2014"
    )
    assert "## Votes of yorhel\n-# 1 visual novel · Highest vote first" in texts
    assert expected in texts


def test_a_list_shows_releases_with_their_status_notes_and_other_lists() -> None:
    entry = ListEntry(
        id="v17",
        notes="Read *twice* [spoiler]everybody dies[/spoiler]\n@everyone",
        labels=[
            Label(id=7, label="Voted"),
            Label(id=10, label="Favourites"),
            Label(id=11, label="Shelf", private=True),
        ],
        releases=[ListRelease(id="r40", title="Ever17 DVD", list_status=2), ListRelease(id="r41", list_status=9)],
        vn=Vn(title="Ever17"),
    )
    texts = read_texts(render_list(Found([entry], more=False)))
    assert "**1. Ever17**\n-# also in Favourites\n-# releases: Ever17 DVD (obtained), r41 (unknown) · " in texts
    assert "“Read \\*twice\\* @\u200beveryone”" in texts
    assert "dies" not in texts
    assert "Shelf" not in texts


@pytest.mark.parametrize(
    "notes",
    [
        "open [spoiler]A [spoiler]B[/spoiler] C dies[/spoiler] end",
        "open [SPOILER]A [spoiler]B dies[/spoiler] end",
        "open [spoiler][spoiler]A dies[/spoiler]",
    ],
)
def test_what_notes_hide_within_what_they_hide_is_hidden(notes: str) -> None:
    entry = ListEntry(id="v17", notes=notes, vn=Vn(title="Ever17"))
    texts = read_texts(render_list(Found([entry], more=False)))
    assert "“open" in texts
    assert "dies" not in texts


@pytest.mark.parametrize(("sort", "label", "left_out"), [("vote", 7, False), ("vote", 2, True), ("started", 7, True)])
def test_a_list_says_what_has_no_place_in_its_order(sort: str, label: int, *, left_out: bool) -> None:
    texts = read_texts(render_list(Found([ENTRY], more=False), label=label, sort=sort))
    assert ("is left out" in texts) is left_out


def test_a_list_leads_to_its_novels_its_other_orders_and_back() -> None:
    orders = {f"u2/list/7/{sort}" for sort in LIST_SORTS}
    view = render_list(Found([ENTRY], more=False, count=31))
    assert read_addresses(view) == {"v17", "u2", "u2/list/7/vote~2", "u2/list/7/vote~6", "u2/list/7/vote~1c", *orders}


def test_a_list_that_cannot_be_seen_says_why() -> None:
    assert "it is private or empty" in read_texts(render_list(Found([], more=False, count=0)))


def test_a_label_that_is_not_known_is_called_by_its_number() -> None:
    assert "## List 12 of yorhel" in read_texts(render_list(Found([ENTRY], more=False), label=12))


@pytest.mark.parametrize(("vote", "written"), [(100, "10"), (85, "8.5"), (71.2, "7.12"), (10, "1")])
def test_votes_are_written_as_on_vndb(vote: float, written: str) -> None:
    assert format_vote(vote) == written


def test_only_votes_from_ten_to_a_hundred_are_votes() -> None:
    entries = [ListEntry(id="v1", vote=vote) for vote in (None, 9, 10, 100, 101)]
    assert list_votes(entries) == [10, 100]


words = st.one_of(
    st.text(max_size=12),
    st.text(min_size=1, max_size=5).map(lambda text: text * 50),
    st.lists(
        st.sampled_from(["@everyone", "<@123>", "*", "\\", "👩‍👩‍👧", "||", "\n", "# ", "シ", "\u202e"]), max_size=12
    ).map(lambda parts: "".join(parts) * 10),
)
numbers = st.none() | st.integers(-5, 10**20)
ids = st.integers(1, 9_999_999).map(str)
dates = st.sampled_from([None, "2004", "2004-99-99", "TBA"]) | words
entries = st.builds(
    ListEntry,
    id=ids.map(lambda number: f"v{number}") | words,
    vote=st.none() | st.integers(0, 110),
    voted=numbers,
    added=numbers,
    started=dates,
    finished=dates,
    notes=st.none() | words,
    releases=st.lists(st.builds(ListRelease, id=words, title=words, list_status=st.integers(-1, 9)), max_size=4),
    vn=st.none() | st.builds(Vn, title=words, released=dates, olang=st.none() | words, rating=st.floats()),
)
users = st.builds(
    User,
    id=ids.map(lambda number: f"u{number}") | words,
    username=words,
    lengthvotes=st.integers(-5, 10**20),
    lengthvotes_sum=st.integers(-5, 10**30),
)
labels = st.lists(
    st.builds(Label, id=st.integers(-2, 10**12), label=words, private=st.booleans(), count=numbers), max_size=40
)
pages = st.integers(1, 999_999)


@examples(50)
@given(
    user=users,
    labels=labels,
    unread=st.integers(0, 2000),
    votes=st.builds(Votes, st.lists(entries, max_size=12), st.booleans(), stale=st.booleans()),
    number=pages,
    spoiler=st.integers(0, 2),
)
def test_every_card_of_a_person_is_one_that_discord_takes(
    user: User, labels: list[Label], unread: int, votes: Votes, number: int, spoiler: int
) -> None:
    address = Address("u2", number=number, spoiler=spoiler)
    assert check_view(render_user(Card(user), Labels(labels, unread), votes, viewer=VIEWER, address=address))


@examples(50)
@given(
    user=users,
    labels=labels,
    found=st.lists(entries, max_size=12),
    count=numbers,
    sort=st.sampled_from(["vote", "title", "odd"]),
    number=pages,
)
def test_every_page_of_a_list_is_one_that_discord_takes(
    user: User, labels: list[Label], found: list[ListEntry], count: int | None, sort: str, number: int
) -> None:
    view = render_user_list(
        Found(found, more=True, count=count),
        user=user,
        label=labels[0].id if labels else 7,
        sort=sort,
        labels=labels,
        names=BUILT_IN,
        viewer=VIEWER,
        address=Address("u2/list/7/vote", number=number if found else 1),
    )
    assert check_view(view)
