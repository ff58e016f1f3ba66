"""What two people think of the works that both gave a score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.anime.api.model import AnimeUser, ListEntry, MediaKind, MediaRow
from bot.anime.cards.page import explain_closed, may_show_work
from bot.anime.cards.text import SOURCE, format_mark, format_score
from bot.anime.cards.user import KIND_NAMES, build_scored_row, explain_unread
from bot.cards.comparison import correlate
from bot.cards.fact import format_fact
from bot.cards.text import clip, count, escape_line, one_line
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.row import Row, render_rows
from bot.navigation.viewer import Viewer
from bot.service.record import Found

_NAME_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Pair:
    """A work that both gave a score, 1 to 100."""

    media: MediaRow
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two lists have in common: the works, the greatest difference first.

    `mean_difference` is how much higher the first one's scores are; None without a common work. `correlation` is
    Pearson's, -1 to 1; None with fewer than three works, or if somebody gave all the same score.
    """

    pairs: tuple[Pair, ...]
    mean_difference: float | None
    correlation: float | None


def compare_scores(first: Sequence[ListEntry], second: Sequence[ListEntry]) -> Comparison:
    """Compare the scores of two lists."""
    ours, theirs = _list_scored(first), _list_scored(second)
    pairs = [Pair(one.media, one.score, theirs[key].score) for key, one in ours.items() if key in theirs]
    pairs.sort(key=lambda pair: (-abs(pair.first - pair.second), -pair.first - pair.second))
    mean = sum(pair.first - pair.second for pair in pairs) / len(pairs) if pairs else None
    return Comparison(tuple(pairs), mean, correlate([pair.first for pair in pairs], [pair.second for pair in pairs]))


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
    comparison: Comparison, lists: Sequence[Found[ListEntry]], names: Sequence[str], kind: MediaKind
) -> Iterator[str]:
    yield f"-# {KIND_NAMES[kind]}, the greatest difference first"
    for name, found in zip(names, lists, strict=True):
        marks = [entry.score for entry in _list_scored(found.items).values()]
        mean = f", {format_score(sum(marks) / len(marks))} on average" if marks else ""
        yield format_fact(name, f"{_count_scores(len(marks), found.more)}{mean}")
    more = any(found.more for found in lists)
    yield format_fact("In common", _count_scores(len(comparison.pairs), more))
    if comparison.mean_difference is not None and (amount := f"{abs(comparison.mean_difference) / 10:.1f}") != "0.0":
        higher = names[0] if comparison.mean_difference > 0 else names[1]
        yield format_fact("Strictness", f"{higher} scores {amount} points higher on average")
    if comparison.correlation is not None:
        yield format_fact("Agreement", f"{comparison.correlation:.2f} on a scale of -1 to 1")
    else:
        yield format_fact("Agreement", "Cannot be told: too few scores in common, or all the same")


def _count_scores(number: int, more: bool) -> str:
    """`2,000+ scores` where there may be more than were counted."""
    return f"{number:,}+ scores" if more else count(number, "score")


def _build_row(pair: Pair, users: Sequence[AnimeUser], viewer: Viewer, address: Address) -> Row:
    marks = [
        f"{clip(one_line(user.name), _NAME_LIMIT)} {format_score(mark)}"
        for user, mark in zip(users, (pair.first, pair.second), strict=True)
    ]
    return build_scored_row(pair.media, viewer, address, details=marks)
