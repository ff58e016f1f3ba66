"""What comes by the clock: daily posts (whose birthday it is, a novel, a quote) and weekly digests.

Each day, or week, of a channel has one notice of each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from bot.follow.model import DAY_S, DIGEST, WEEK_S, Follow, FollowKind, Notice, PostKind, Wanted
from bot.interaction.reply import Interaction
from bot.lookup.source import Sources
from bot.navigation.page import Lead
from bot.vndb.pages.entry import RandomQuote
from bot.vndb.pages.list import Birthday
from bot.vndb.pages.vn import RandomVn

_THURSDAY = 3  # which 1 January 1970 was, counted from Monday

HEADINGS: dict[PostKind, str] = {
    "birthday": "🎂 Whose birthday it is",
    "novel": "📖 Novel of the day",
    "quote": "💬 Quote of the day",
}


def find_posts(follows: Iterable[Follow], now_s: int) -> Iterator[Wanted]:
    """Today's notice of every daily post, and this week's and the last of every digest, by the server's own clock.

    None from before the follow was made, or changed.
    """
    for follow in follows:
        turn = find_turn(follow, now_s)
        turns = [turn] if follow.kind != DIGEST else [find_turn(follow, now_s - WEEK_S), turn]
        for one in turns:
            if one.due_s >= follow.created_s:
                yield one


def find_turn(follow: Follow, time_s: int) -> Wanted:
    """The notice of the day, or of a digest of the week, which that time is in."""
    day = (time_s + follow.offset_s) // DAY_S
    key = f"d{day}"
    if follow.kind == DIGEST:
        week = (day + _THURSDAY) // 7
        key, day = f"w{week}", week * 7 - _THURSDAY
    return Wanted(follow.id, key, day * DAY_S + follow.delay_s - follow.offset_s, adult=False)


def build_timed(
    interaction: Interaction, kind: FollowKind, channel_id: int, *, title: str, delay_s: int, offset_s: int
) -> Follow:
    """What comes to a channel by the clock."""
    return Follow(
        id=interaction.id,
        kind=kind,
        subject_id=0,
        title=title,
        adult=False,
        user_id=interaction.user.id,
        guild_id=interaction.guild_id or 0,
        channel_id=channel_id,
        role_id=None,
        delay_s=delay_s,
        language=None,
        platform=None,
        created_s=int(interaction.created_at.timestamp()),
        offset_s=offset_s,
    )


def list_moved(here: Iterable[Follow], made: Follow) -> list[Follow]:
    """What else comes by the server's clock, and at another time from now on: it has one clock."""
    others = (one for one in here if (one.kind, one.channel_id) != (made.kind, made.channel_id))
    return [one for one in others if one.offset_s != made.offset_s]


def find_period_s(follow: Follow) -> int:
    """How long it is from one to the next."""
    return WEEK_S if follow.kind == DIGEST else DAY_S


def is_over(notice: Notice, now_s: int) -> bool:
    """Whether it is a daily post of a day that has passed: that is not made up for."""
    return notice.follow.kind in HEADINGS and (now_s + notice.follow.offset_s) // DAY_S > int(notice.key[1:])


def pick_page(notice: Notice) -> Lead[Sources]:
    """What a daily post shows."""
    if notice.follow.kind == "birthday":
        date = dt.date(1970, 1, 1) + dt.timedelta(days=int(notice.key[1:]))
        return Birthday(date.month, date.day)
    page: dict[Any, Lead[Sources]] = {"novel": RandomVn(), "quote": RandomQuote()}
    return page[notice.follow.kind]
