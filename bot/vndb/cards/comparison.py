"""What two people think of the novels that both voted on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from discord import ui

from bot.cards.comparison import Comparison, compare, list_agreement
from bot.cards.fact import format_fact, plain_name
from bot.cards.text import clip, count, escape_line
from bot.navigation.address import Address
from bot.navigation.frame import Choice, Frame, PageCount, Shown
from bot.navigation.item import GoButton
from bot.navigation.viewer import Viewer
from bot.vndb.api.model import ListEntry, User, Vn, find_id
from bot.vndb.api.user import Votes
from bot.vndb.cards.route import EntryRoute
from bot.vndb.cards.text import SOURCE
from bot.vndb.cards.title import retitle
from bot.vndb.cards.user import format_vote, list_votes

ROWS = 10
"""Novels of a page."""

_EXTREMES = ROWS // 2
_NAME_LIMIT = 40
_TITLE_LIMIT = 120
_LABEL_LIMIT = 80

_UNSEEN = "No votes can be seen: the list is private or empty"


class Pair(msgspec.Struct, frozen=True):
    """A novel that both voted on, 10 to 100."""

    entry_id: str
    vn: Vn
    first: int
    second: int

    @property
    def difference(self) -> int:
        """How far apart the votes are, 0 to 90."""
        return abs(self.first - self.second)


def compare_votes(first: Sequence[ListEntry], second: Sequence[ListEntry]) -> Comparison[Pair]:
    """Compare the votes of two lists."""
    theirs = {entry.id: entry for entry in second if list_votes([entry])}
    ours = {entry.id: entry for entry in first if list_votes([entry])}
    return compare(_build_pair(entry, theirs[entry_id]) for entry_id, entry in ours.items() if entry_id in theirs)


def render_comparison(
    users: tuple[User, User],
    votes: tuple[Votes, Votes],
    totals: tuple[int | None, int | None],
    *,
    viewer: Viewer,
    address: Address,
) -> Shown:
    """A page of the comparison: the first sums it up, the others hold all the novels in common.

    `votes` are those on novels that both voted on; `totals`, how many votes each has on all novels, where it is known.
    """
    comparison = compare_votes(votes[0].entries, votes[1].entries)
    pairs = comparison.pairs
    total = 1 + (-(-len(pairs) // ROWS) if len(pairs) > ROWS else 0)
    number = min(address.number, total)
    names = [clip(escape_line(user.username or user.id), _NAME_LIMIT) for user in users]
    if number == 1:
        apart, near = _find_extremes(pairs)
        shown = [*apart, *near]
        texts = [*_list_facts(comparison, votes, totals, names)]
        texts += _format_pairs("Where they differ most", apart, names, viewer)
        texts += _format_pairs("Where they agree most", near, names, viewer)
    else:
        shown = pairs[(number - 2) * ROWS : (number - 1) * ROWS]
        heading = f"All {count(len(pairs), 'visual novel')} in common, the greatest difference first"
        texts = _format_pairs(heading, shown, names, viewer, first=(number - 2) * ROWS + 1)
    frame = Frame(
        source=SOURCE,
        viewer=viewer,
        address=address.turn(number),
        choices=_build_choices(shown, viewer, address),
        extent=PageCount(total=total),
        actions=_build_actions(users, viewer, address),
        notes=[f"Only the first {count(len(pairs), 'visual novel')} in common are compared."]
        if not all(of_one.complete for of_one in votes)
        else [],
        age_s=max(votes[0].age_s, votes[1].age_s),
        stale=votes[0].stale or votes[1].stale,
    )
    return Shown([ui.TextDisplay("\n".join([f"## {names[0]} and {names[1]}", *texts]))], frame)


def _build_pair(first: ListEntry, second: ListEntry) -> Pair:
    return Pair(first.id, first.vn or second.vn or Vn(), first.vote or 0, second.vote or 0)


def _name(pair: Pair, viewer: Viewer) -> str:
    # Of thousands in common, only those on the page.
    return plain_name(retitle(pair.vn, viewer).title, pair.entry_id)


def _find_extremes(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    """The novels that the votes differ on most, and those that they agree on most, the best liked first."""
    apart = [pair for pair in pairs if pair.difference][:_EXTREMES]
    rest = [pair for pair in pairs if pair not in apart]
    near = sorted(rest, key=lambda pair: (pair.difference, -pair.first - pair.second))
    return apart, near[: ROWS - len(apart)]


def _list_facts(
    comparison: Comparison[Pair], votes: Sequence[Votes], totals: Sequence[int | None], names: Sequence[str]
) -> Iterable[str]:
    for name, of_one, total in zip(names, votes, totals, strict=True):
        yield format_fact(name, _format_mean(of_one, total))
    all_compared = ", all compared" if len(comparison.pairs) > 1 and all(of_one.complete for of_one in votes) else ""
    yield format_fact("Both voted on", count(len(comparison.pairs), "visual novel") + all_compared)
    yield from list_agreement(comparison, names, word="vote", noun="novels")


def _format_mean(votes: Votes, total: int | None) -> str:
    marks = list_votes(votes.entries)
    if not marks and not total:
        return _UNSEEN if total == 0 else "No votes in common"
    parts = [count(total, "vote")] if total else []
    parts += [f"{format_vote(round(sum(marks) / len(marks), 1))} on average where both voted"] if marks else []
    return ", ".join(parts)


def _format_pairs(
    heading: str, pairs: Sequence[Pair], names: Sequence[str], viewer: Viewer, *, first: int = 1
) -> list[str]:
    lines = [_format_pair(place, pair, names, viewer) for place, pair in enumerate(pairs, first)]
    return [f"### {heading}", *lines] if lines else []


def _format_pair(place: int, pair: Pair, names: Sequence[str], viewer: Viewer) -> str:
    first, second = (format_vote(vote) for vote in (pair.first, pair.second))
    title = clip(escape_line(_name(pair, viewer)), _TITLE_LIMIT)
    return f"**{place}. {title}**\n-# {names[0]} {first} · {names[1]} {second}"


def _build_choices(pairs: Iterable[Pair], viewer: Viewer, address: Address) -> list[Choice]:
    return [
        Choice(
            address.go(EntryRoute(pair.entry_id)),
            _name(pair, viewer),
            f"{format_vote(pair.first)} and {format_vote(pair.second)}",
        )
        for pair in pairs
        if find_id(pair.entry_id, "v") is not None
    ]


def _build_actions(users: Sequence[User], viewer: Viewer, address: Address) -> list[GoButton]:
    # By id: two buttons to one page would be the same one, and Discord takes it once.
    unique = {user.id: user for user in users if find_id(user.id, "u") is not None}
    return [
        GoButton(
            address.go(EntryRoute(user_id)),
            asker_id=viewer.asker_id,
            label=clip(plain_name(user.username, user_id), _LABEL_LIMIT),
        )
        for user_id, user in unique.items()
    ]
