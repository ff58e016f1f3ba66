"""People on VNDB: their card and the public lists of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import discord
from discord import ui
from msgspec import structs
from msgspec.structs import replace

from bot.cards.chart import build_chart_gallery, build_vote_chart
from bot.cards.fact import format_fact, format_heading, join_some, plain_name
from bot.cards.notation import format_length
from bot.cards.text import clip, count, escape_line, one_line, size
from bot.navigation.address import Address
from bot.navigation.frame import BODY_LIMIT, COVERS_LABEL, Choice, Frame, PageCount, Shown, paginate, pick_page
from bot.navigation.item import GoButton
from bot.navigation.row import Row, render_row_page
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from bot.vndb.api.list_sort import LIST_SORTS, ListSort
from bot.vndb.api.model import Label, ListEntry, User, Vn, find_id
from bot.vndb.api.names import Names
from bot.vndb.api.user import VOTED, Labels, Votes
from bot.vndb.cards.list import build_extent, count_rows
from bot.vndb.cards.route import EntryRoute, UserListRoute
from bot.vndb.cards.row import build_vn_row, lay_row
from bot.vndb.cards.text import SOURCE, format_date, link_to_vndb
from bot.vndb.cards.title import retitle

STATUSES: Mapping[int, str] = {0: "unknown", 1: "pending", 2: "obtained", 3: "on loan", 4: "deleted"}
"""What somebody says of a release on their list."""

_NAME_LIMIT = 60
_RELEASE_LIMIT = 60
_LABELS_LIMIT = 60
_NOTES_READ = 500
# One in which there is no other.
_SPOILER = re.compile(r"\[spoiler\](?:(?!\[/?spoiler\]).)*(?:\[/spoiler\]|$)", re.IGNORECASE | re.DOTALL)
_MISSING = {
    "vote": "what has no vote",
    "voted": "what has no vote",
    "started": "what has no date",
    "finished": "what has no date",
    "released": "what has no date",
}
_DATE_LIMIT = 40
_FURTHER_LIMIT = 160
_LATEST_S = 253_402_300_799  # the end of the year 9999: Discord shows later times as text


def render_user(
    card: Card[User],
    told: Labels | None,
    votes: Votes,
    *,
    viewer: Viewer,
    address: Address,
    chart: discord.File | None = None,
) -> Shown:
    """Somebody's card. `told` None: VNDB did not tell which lists there are. `chart` is the picture of
    `build_vote_chart(list_votes(votes.entries))`.
    """
    user, labels = card.entry, [] if told is None else told.labels
    unread = _explain_unread(told)
    public = [label for label in labels if not label.private]
    texts = [format_heading(user.username, None, otherwise=user.id), *_list_facts(user, labels, votes)]
    if not public and not votes.entries and not unread:
        texts.append("Nothing of the list can be seen: it is private or empty.")
    pages = paginate([_format_label(label) for label in public], limit=BODY_LIMIT - size("\n".join(texts)) - 20)
    lines, number = pick_page(pages, address.number)
    if lines:
        texts += ["### Lists", *lines]
    body: list[ui.Item[Any]] = [ui.TextDisplay("\n".join(texts))]
    if chart is not None:
        body.append(build_chart_gallery(build_vote_chart(list_votes(votes.entries)), chart))
    first = sum(len(page) for page in pages[: number - 1])
    frame = Frame(
        source=SOURCE,
        viewer=viewer,
        address=address.turn(number),
        choices=_build_label_choices(user, public[first : first + len(lines)], address),
        placeholder="Pick a list to open it",
        extent=PageCount(total=len(pages)),
        links=link_to_vndb(user.id, "u"),
        notes=[unread] if unread else (),
        age_s=max(card.age_s, votes.age_s),
        stale=card.stale or votes.stale,
    )
    return Shown(body, frame, [chart] if chart is not None else ())


def render_user_list(
    found: Found[ListEntry],
    *,
    user: User,
    label: int,
    sort: str,
    labels: Sequence[Label],
    names: Names,
    viewer: Viewer,
    address: Address,
) -> Shown:
    """A page of one of somebody's public lists. `label` is its id; `labels` are asked for its name."""
    shelf = next((one.label for one in labels if one.id == label and not one.private), "")
    of = clip(escape_line(user.username or user.id), _NAME_LIMIT)
    named = "Votes" if label == VOTED else clip(escape_line(shelf), _NAME_LIMIT) or f"List {label}"
    heading = f"## {named} of {of}"
    at_most = count_rows("v", address)
    order = _describe_order(sort, label)
    amount = count(found.count, "visual novel") if found.count and found.count > 0 else ""
    heading += f"\n-# {' · '.join(part for part in (amount, order) if part)}" if amount or order else ""
    rows = [
        _build_row(place, retitle(entry, viewer), label, names, address)
        for place, entry in enumerate(found.items[:at_most], (address.number - 1) * at_most + 1)
    ]
    whole = (
        [GoButton(address.go(EntryRoute(user.id)), asker_id=viewer.asker_id, label="All lists")]
        if _is_user(user)
        else []
    )
    frame = Frame(
        source=SOURCE,
        viewer=viewer,
        address=address,
        menu=_build_sort_menu(user, label, address),
        extent=build_extent(found, at_most),
        pictures=COVERS_LABEL if rows else "",
        actions=whole,
        links=link_to_vndb(user.id, "u"),
        age_s=found.age_s,
        stale=found.stale,
    )
    return render_row_page(heading, rows, empty=_explain_nothing(sort, label), frame=frame)


def _explain_unread(told: Labels | None) -> str:
    """The sentence about lists that may be there and are not shown; empty if all are."""
    if told is None:
        return "VNDB did not tell which lists there are: trying again later may help."
    if not told.unread:
        return ""
    more = count(told.unread, "more list")
    return f"{more} left out: Shiori could not read what VNDB tells of that. Trying again later may help."


def list_votes(entries: Iterable[ListEntry]) -> list[int]:
    """The votes, 10 to 100 each; what is none is left out."""
    return [entry.vote for entry in entries if entry.vote is not None and 10 <= entry.vote <= 100]


def format_vote(vote: float) -> str:
    """VNDB's 10 to 100 as the 1 to 10 that its pages show."""
    return f"{vote / 10:.2f}".rstrip("0").rstrip(".")


def _list_facts(user: User, labels: Sequence[Label], votes: Votes) -> Iterable[str]:
    marks = list_votes(votes.entries)
    if marks:
        mean = format_vote(round(sum(marks) / len(marks), 1))
        of = "" if votes.complete else f" (the latest {len(marks):,} of them)"
        voted = next((label.count for label in labels if label.id == VOTED and label.count), len(marks))
        yield format_fact("Votes", f"{voted:,}, {mean} on average{of}")
    if user.lengthvotes > 0:
        reports = count(user.lengthvotes, "report")
        yield format_fact("Play time", f"{format_length(user.lengthvotes_sum)} in {reports}")


def _format_label(label: Label) -> str:
    amount = f": {label.count:,}" if label.count is not None and label.count >= 0 else ""
    return f"**{clip(escape_line(label.label), _NAME_LIMIT) or f'List {label.id}'}**{amount}"


def find_default_sort(label_id: int) -> str:
    """How a list is sorted if nobody says: what is on a wishlist has no votes."""
    return "voted" if label_id == VOTED else "added"


def _build_label_choices(user: User, labels: Sequence[Label], address: Address) -> list[Choice]:
    if not _is_user(user):
        return []
    return [
        Choice(
            address.go(UserListRoute(user.id, label.id, find_default_sort(label.id))),
            plain_name(label.label, f"List {label.id}"),
            count(label.count, "visual novel") if label.count is not None and label.count >= 0 else "",
        )
        for label in labels
        if _is_label(label.id)
    ]


def _build_sort_menu(user: User, label: int, address: Address) -> list[Choice]:
    if not (_is_user(user) and _is_label(label)):
        return []
    return [Choice(address.go(UserListRoute(user.id, label, sort)), of.name) for sort, of in LIST_SORTS.items()]


def _describe_order(sort: str, label: int) -> str:
    """The order, and what has no place in it."""
    order = LIST_SORTS.get(sort)
    if order is None:
        return ""
    missing = _MISSING.get(order.sort, "")
    return f"{order.name} · {missing} is left out" if missing and _leaves_out(order, label) else order.name


def _leaves_out(order: ListSort, label: int) -> bool:
    return order.unknown_first or (order.only is not None and (order.sort == "released" or label != VOTED))


def _explain_nothing(sort: str, label: int) -> str:
    order = LIST_SORTS.get(sort)
    if order is not None and _leaves_out(order, label):
        return "Nothing here has a place in this order. Another order may show some; or the list is private or empty."
    return "Nothing of this list can be seen: it is private or empty."


def _is_label(label_id: int) -> bool:
    return 0 <= label_id < 10**6


def _is_user(user: User) -> bool:
    return find_id(user.id, "u") is not None


def _build_row(place: int, entry: ListEntry, label: int, names: Names, address: Address) -> Row:
    """A novel as it stands in the list: what somebody thinks of it, and what else is known."""
    voted = _format_voted(entry.vote)
    voted_on, added_on = _find_day(entry.voted), _find_day(entry.added)
    novel = build_vn_row(structs.replace(entry.vn or Vn(), id=entry.id), names=names)
    parts = [
        _format_day("voted", voted_on),
        _format_day("added", added_on if added_on != voted_on else None),
        _format_day("started", entry.started),
        _format_day("finished", entry.finished),
        _name_labels(entry, label),
    ]
    further = clip(_format_further(entry), _FURTHER_LIMIT)
    small = [line for line in (" · ".join(filter(None, parts)), further) if line]
    return lay_row(
        replace(novel, details=(voted, *novel.details)),
        address,
        lead=f"{place}.",
        below="\n".join(f"-# {line}" for line in small),
    )


def _name_labels(entry: ListEntry, label: int) -> str:
    """The other lists that it is on."""
    others = [one.label for one in entry.labels if one.id not in {label, VOTED} and not one.private and one.label]
    return (
        escape_line(clip(f"also in {join_some([one_line(one) for one in others], 2)}", _LABELS_LIMIT)) if others else ""
    )


def _format_further(entry: ListEntry) -> str:
    """The releases with their status, and the notes without what they mark as a spoiler."""
    releases = [
        f"{clip(one_line(one.title) or one.id, _RELEASE_LIMIT)} ({STATUSES.get(one.list_status, 'unknown')})"
        for one in entry.releases
    ]
    notes = one_line(_leave_spoilers_out((entry.notes or "")[:_NOTES_READ]))
    noun = "release" if len(releases) == 1 else "releases"
    parts = [
        f"{noun}: {escape_line(join_some(releases, 2))}" if releases else "",
        f"“{escape_line(notes)}”" if notes else "",
    ]
    return " · ".join(part for part in parts if part)


def _leave_spoilers_out(text: str) -> str:
    while (left := _SPOILER.sub(" ", text)) != text:
        text = left
    return text


def _format_voted(vote: int | None) -> str:
    return f"vote {format_vote(vote)}" if vote is not None and 10 <= vote <= 100 else ""


def _find_day(time_s: int | None) -> str | None:
    """The day of a time by UTC, as VNDB's own lists have it, in the form of VNDB's dates."""
    return f"{datetime.fromtimestamp(time_s, UTC):%Y-%m-%d}" if time_s is not None and 0 < time_s <= _LATEST_S else None


def _format_day(word: str, date: str | None) -> str:
    return f"{word} {clip(format_date(date), _DATE_LIMIT)}" if date else ""
