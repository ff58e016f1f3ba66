"""What two people think of the works that both gave a score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from bot.anime.api.model import AnimeUser, ListEntry, MediaKind, MediaRow
from bot.anime.cards.page import explain_closed, may_show_work
from bot.anime.cards.text import SOURCE, format_mark, format_score
from bot.anime.cards.user import KIND_NAMES, build_scored_row, explain_unread
from bot.cards.comparison import Comparison, compare, list_agreement
from bot.cards.fact import format_fact
from bot.cards.text import clip, count, escape_line, one_line
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.row import Row, render_rows
from bot.navigation.viewer import Viewer
from bot.service.record import Found

_NAME_LIMIT = 40


class Pair(msgspec.Struct, frozen=True):
    """A work that both gave a score, 1 to 100."""

    media: MediaRow
    first: float
    second: float


def compare_scores(first: Sequence[ListEntry], second: Sequence[ListEntry]) -> Comparison[Pair]:
    """Compare the scores of two lists."""
    ours, theirs = _list_scored(first), _list_scored(second)
    return compare(Pair(one.media, one.score, theirs[key].score) for key, one in ours.items() if key in theirs)


def render_comparison(
    users: tuple[AnimeUser, AnimeUser],
    lists: tuple[Found[ListEntry], Found[ListEntry]],
    *,
    kind: MediaKind,
    viewer: Viewer,
    address: Address,
) -> Shown:
    """A page of the comparison: what it comes to, and the works in common that may stand here."""
    comparison = compare_scores(*(found.items for found in lists))
    shown = [pair for pair in comparison.pairs if may_show_work(pair.media, viewer)]
    names = [clip(escape_line(user.name) or "Unnamed", _NAME_LIMIT) for user in users]
    heading = "\n".join([f"## {names[0]} and {names[1]}", *_list_facts(comparison, lists, names, kind)])
    frame = Frame(
        viewer,
        address,
        notes=[
            explain_closed(len(comparison.pairs) - len(shown), viewer),
            *(explain_unread(user, found) for user, found in zip(users, lists, strict=True)),
        ],
        age_s=max(found.age_s for found in lists),
        stale=any(found.stale for found in lists),
        source=SOURCE,
    )
    rows = [_build_row(pair, users, viewer, address) for pair in shown]
    return render_rows(heading, rows, empty="There are no works here that both have scored.", frame=frame)


def _list_scored(entries: Sequence[ListEntry]) -> dict[int, ListEntry]:
    return {entry.media.id: entry for entry in entries if format_mark(entry.score)}


def _list_facts(
    comparison: Comparison[Pair], lists: Sequence[Found[ListEntry]], names: Sequence[str], kind: MediaKind
) -> Iterator[str]:
    pairs = comparison.pairs
    yield f"-# {KIND_NAMES[kind]}, the greatest difference first"
    marks = ([pair.first for pair in pairs], [pair.second for pair in pairs])
    for name, found, common in zip(names, lists, marks, strict=True):
        mean = f", {format_score(sum(common) / len(common))} on average where both scored" if common else ""
        yield format_fact(name, f"{_count_scores(len(_list_scored(found.items)), found.more)}{mean}")
    more = "+" if any(found.more for found in lists) else ""
    yield format_fact("Both scored", f"{len(pairs):,}{more} {kind.lower()}")
    yield from list_agreement(comparison, names, word="score", noun=kind.lower())


def _count_scores(number: int, more: bool) -> str:
    """`2,000+ scores` where there may be more than were counted."""
    return f"{number:,}+ scores" if more else count(number, "score")


def _build_row(pair: Pair, users: Sequence[AnimeUser], viewer: Viewer, address: Address) -> Row:
    marks = [
        f"{clip(one_line(user.name), _NAME_LIMIT)} {format_score(mark)}"
        for user, mark in zip(users, (pair.first, pair.second), strict=True)
    ]
    return build_scored_row(pair.media, viewer, address, details=marks)
