"""Who of a server has read or watched a work, for one person to look at: nobody is pinged, and nothing stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from discord import ui

from bot.account.model import Status
from bot.cards.notation import join_facts
from bot.cards.text import clip, count, escape_line, one_line
from bot.navigation.frame import Frame, Shown
from bot.navigation.here import Reader

NAMED_AT_MOST = 10
_TITLE_LIMIT = 150
NOBODY = "Nobody who shows their list to this server has it there."
_WHENCE = (
    "-# From lists that everybody can read, a day old at most as a rule; of very long ones the newest works alone. "
    "`/me` shows yours here, or no more."
)


def render_readers(title: str, readers: Sequence[Reader], *, words: Mapping[Status, str], frame: Frame) -> Shown:
    """The members with the highest votes, and how many more there are. `words`: what their lists call a status."""
    lines = [f"## {clip(escape_line(one_line(title)) or 'Untitled', _TITLE_LIMIT)}\n### On lists of this server"]
    votes = [one.vote for one in readers if one.vote > 0]
    if votes:
        lines.append(f"{count(len(votes), 'vote')}, {format_vote(sum(votes) / len(votes))} on average")
    by_word: Mapping[str, str] = {**words}
    for one in readers[:NAMED_AT_MOST]:
        vote = f"**{format_vote(one.vote)}**" if one.vote > 0 else ""
        lines.append(join_facts([f"<@{one.user_id}>", vote, by_word.get(one.status, "")]))
    more = len(readers) - NAMED_AT_MOST
    if more > 0:
        lines.append(f"and {more:,} more")
    if not readers:
        lines.append(NOBODY)
    return Shown([ui.TextDisplay[Any]("\n".join([*lines, _WHENCE]))], frame)


def format_vote(vote: float) -> str:
    """10 to 100 as the 1 to 10 that people give."""
    return f"{vote / 10:.1f}".removesuffix(".0")
