"""Daily posts: whose birthday it is, a novel of the day, a quote. Each day of a channel has one notice of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from bot.follow.model import DAY_S, Follow, Notice, PostKind, Wanted
from bot.lookup.source import Sources
from bot.navigation.page import Lead
from bot.vndb.pages.entry import RandomQuote
from bot.vndb.pages.list import Birthday
from bot.vndb.pages.vn import RandomVn

HEADINGS: dict[PostKind, str] = {
    "birthday": "🎂 Whose birthday it is",
    "novel": "📖 Novel of the day",
    "quote": "💬 Quote of the day",
}


def find_posts(follows: Iterable[Follow], now_s: int) -> Iterator[Wanted]:
    """Today's notice of every daily post, by the day of its own offset from UTC. None before the post was made."""
    for follow in follows:
        day = (now_s + follow.offset_s) // DAY_S
        due_s = day * DAY_S + follow.delay_s - follow.offset_s
        if due_s >= follow.created_s:
            yield Wanted(follow.id, f"d{day}", due_s, adult=False)


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
