"""What a person and a server follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
import msgspec
from discord import ui

from bot.cards.duration import format_minutes
from bot.cards.text import clip, clip_field, clip_middle, count, count_units, escape_line, one_line
from bot.follow.item import (
    DelaySelect,
    DirectButton,
    FollowSelect,
    HourSelect,
    ListButton,
    Listed,
    MoveSelect,
    PickSelect,
    RoleSelect,
    StopListedButton,
    ThreadsButton,
    UndoButton,
    WeekdaySelect,
    Wish,
)
from bot.follow.model import BY_CLOCK, DAY_S, DIGEST, WORKS
from bot.follow.role import RoleError
from bot.follow.subject import Subject
from bot.navigation.frame import ACCENT, PageView

ROWS = 10  # of the longest lines, which fit then
NOTHING = "You follow nothing yet. `/follow` tells you, or a channel, of new episodes and releases."
_HIDDEN = "An entry for adults"
_GOES_ON = {
    "anime": "Your list on AniList still tells you of it while you watch it or plan to.",
    "vn": "Your list on VNDB still tells you of it while you play it or wish for it.",
}
_TITLE_LIMIT = 80
_LABEL_LIMIT = 100
_OPTIONS_AT_MOST = 25
NO_PLACE_FOR_THREADS = 50024
_THREAD_ERRORS = {
    50001: "Shiori lacks “Create Public Threads” there",
    50013: "Shiori lacks “Create Public Threads” there",
    NO_PLACE_FOR_THREADS: "that channel has none",
    50008: "that channel has none",
    160006: "the server has as many open threads as Discord allows",
}
"""By Discord's codes."""
_DELAYS_MINUTES = (0, 15, 30, 60, 120, 180, 360, 720, 1440)
_PLACE_LIMIT = 30
_WISH_LIMIT = 20
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_KINDS = {
    "anime": "Anime",
    "vn": "Visual novel",
    "developer": "Developer",
    "birthday": "Daily",
    "novel": "Daily",
    "quote": "Daily",
    "digest": "Weekly",
    "mine": "Own list",
}


class FollowLine(msgspec.Struct, frozen=True):
    """A follow as it is shown. `title` is empty where it may not be named; `channel_id` None: by direct message.

    `place` is where that is, as plain text. `closed`: it is for adults, and may not be told there. `in_digest`: the
    digest of that channel tells it. `refused`: Discord did not take what was told last.
    """

    id: int
    kind: str
    title: str
    channel_id: int | None = None
    place: str = "by direct message"
    role_id: int | None = None
    delay_s: int = 0
    wishes: Sequence[str] = ()
    threads: bool = False
    thread_error: int = 0
    offset_s: int = 0
    closed: bool = False
    in_digest: bool = False
    refused: bool = False
    role_error: RoleError = ""


class Ended(msgspec.Struct, frozen=True):
    """A follow that was ended. `undo` follows it again. `goes_on`: a list that the person follows tells of it, too.

    `late`: so much that it held is not told any more.
    """

    line: FollowLine
    undo: UndoButton | None = None
    goes_on: bool = False
    late: int = 0


def name_follow(line: FollowLine) -> str:
    """A follow as plain text of at most 100 units, for selects and suggestions, with what tells it from others."""
    ending = "".join(clip_field(f" · {one_line(wish)}", _WISH_LIMIT) for wish in line.wishes)
    ending += clip_field(f" · {one_line(line.place)}", _PLACE_LIMIT)
    title = f"{_KINDS[line.kind]}: {one_line(line.title) or _HIDDEN}"
    return clip_middle(title, _LABEL_LIMIT - count_units(ending), field=True) + ending


def render_followed(line: FollowLine, *, changed: bool = False, ahead: str = "") -> PageView:
    """What is said when a follow was made, or got another role or delay. `ahead`: what comes next, as markdown."""
    what = "Changed" if changed else "Followed"
    text = "\n".join(filter(None, (f"🔔 {what}: {_format(line)}", ahead)))
    return render_sentence(f"{text}\n-# `/follow list` shows everything, `/follow stop` ends it.")


def explain_clock(offset_s: int, typed: float | None, moved: Sequence[str]) -> str:
    """What became of the hours ahead of UTC that were `typed`, and of what else comes by the clock; or nothing."""
    clock, said = _name_clock(offset_s), ""
    if typed is not None and round(typed * 3600) != offset_s:
        said += (
            f"\n⚠️ {typed:g} was rounded to {clock}: clocks differ by quarters of an hour, such as 5.25, 5.5 or 5.75."
        )
    if moved:
        said += f"\n⚠️ A server has one clock, so this goes by {clock} too now: {', '.join(dict.fromkeys(moved))}."
    return said


def render_pick(text: str, subjects: Sequence[Subject], wish: Wish) -> PageView:
    """What is asked when `text` may mean several, two at least: which of them is to be followed."""
    options = [
        discord.SelectOption(
            label=clip_middle(one_line(one.title), _LABEL_LIMIT, field=True) or "Untitled",
            description=clip_field(one_line(one.detail), _LABEL_LIMIT) or None,
            value=str(one.id),
        )
        for one in subjects[:_OPTIONS_AT_MOST]
    ]
    more = "\n-# There are more: type more of the name to see them." if len(subjects) > _OPTIONS_AT_MOST else ""
    asked = clip(escape_line(text), _TITLE_LIMIT)
    view = render_sentence(f"Several may be meant by “{asked}”. Which one do you want to follow?{more}")
    view.add_item(ui.ActionRow[Any](PickSelect(options, kind=subjects[0].kind, wish=wish)))
    return view


def render_ended(ended: Ended) -> PageView:
    """What is said when a follow was ended."""
    return add_ended(PageView(), ended)


def add_ended(view: PageView, ended: Ended) -> PageView:
    """The view with the same below it."""
    line = ended.line
    text = f"🔕 No longer followed: {' · '.join((_format_title(line), *_list_wishes(line), _locate(line)))}."
    if ended.goes_on:
        text += f" {_GOES_ON[line.kind]}"
    if ended.late:
        text += f"\n{tell_late(ended.late)}"
    view.add_item(ui.TextDisplay[Any](text))
    return view.add_item(ui.ActionRow[Any](ended.undo)) if ended.undo is not None else view


def tell_late(late: int) -> str:
    """What becomes of so much that was held for a digest, as markdown."""
    what = f"{count(late, 'thing')} that the digest would have told {'is' if late == 1 else 'are'}"
    return f"-# {what} older than a day by now, and not told any more."


def render_sentence(text: str) -> PageView:
    """A page of a sentence or two, which are markdown already."""
    view = PageView()
    view.add_item(ui.TextDisplay[Any](text))
    return view


def render_follow_list(lines: Sequence[FollowLine], *, number: int) -> PageView:
    """A page of the list, the last one if there are fewer by now."""
    if not lines:
        return render_sentence(NOTHING)
    last = (len(lines) + ROWS - 1) // ROWS
    number = min(max(number, 1), last)
    shown = lines[(number - 1) * ROWS : number * ROWS]
    container = _build_rows("## Followed", shown, number)
    buttons = [ListButton(number - 1, label="Previous", emoji="◀️")] if number > 1 else []
    buttons += [ListButton(number + 1, label="Next", emoji="▶️")] if number < last else []
    if buttons:
        container.add_item(ui.ActionRow[Any](*buttons))
    view = PageView()
    view.add_item(container)
    return view


def render_several(text: str, lines: Sequence[FollowLine]) -> PageView:
    """What is asked when several follows are called `text`: which of them is to be ended."""
    asked = clip(escape_line(text), _TITLE_LIMIT)
    heading = f"{count(len(lines), 'follow')} are called “{asked}”. Open the one that you want to stop."
    if len(lines) > ROWS:
        heading += f"\n-# These are the first {ROWS}; `/follow list` shows all."
    view = PageView()
    view.add_item(_build_rows(heading, lines[:ROWS], 1))
    return view


def _build_rows(heading: str, lines: Sequence[FollowLine], number: int) -> ui.Container[Any]:
    """Follows, and a select that opens one of them, from that page of the list."""
    options = [discord.SelectOption(label=name_follow(line), value=str(line.id)) for line in lines]
    text = "\n".join([heading, *(f"- {_format(line)}" for line in lines)])
    container = ui.Container[Any](ui.TextDisplay[Any](text), accent_colour=ACCENT)
    return container.add_item(ui.ActionRow[Any](FollowSelect(options, number=number)))


def render_listed(
    line: FollowLine, *, number: int, in_server: bool, own: bool, ahead: str = "", note: str = ""
) -> PageView:
    """A follow with what can be changed of it, opened from that page of the list. `in_server`: channel and role too;
    `own`: who looks made it; `ahead`: what comes next, and `note`: what became of a change, as markdown.
    """
    listed = Listed(line.id, number)
    text = "\n".join(filter(None, (f"## Followed\n{_format(line)}", ahead, note)))
    container = ui.Container[Any](ui.TextDisplay[Any](text), accent_colour=ACCENT)
    if in_server:
        container.add_item(ui.ActionRow[Any](MoveSelect(listed, channel_id=line.channel_id)))
        if line.channel_id and (line.kind not in BY_CLOCK or line.kind == DIGEST):
            container.add_item(ui.ActionRow[Any](RoleSelect(listed, role_id=line.role_id)))
        if line.kind == DIGEST:
            container.add_item(ui.ActionRow[Any](WeekdaySelect(_list_weekdays(line.delay_s), listed)))
        if line.kind in BY_CLOCK:
            container.add_item(ui.ActionRow[Any](HourSelect(_list_hours(line), listed)))
    if line.kind == "anime":
        container.add_item(ui.ActionRow[Any](DelaySelect(_list_delays(line.delay_s // 60), listed)))
    buttons = ui.ActionRow[Any](ListButton(number, label="Back", emoji="↩️"), StopListedButton(listed))
    if own and line.channel_id and line.kind in WORKS:
        buttons.add_item(DirectButton(listed))
    if in_server and line.kind == "anime" and line.channel_id:
        buttons.add_item(ThreadsButton(listed, wanted=not line.threads))
    container.add_item(buttons)
    view = PageView()
    view.add_item(container)
    return view


def _list_delays(minutes: int) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=f"Told {format_minutes(one)} after it airs" if one else "Told when it airs",
            value=str(one),
            default=one == minutes,
        )
        for one in sorted({*_DELAYS_MINUTES, minutes})
    ]


def _list_weekdays(delay_s: int) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(label=f"On {name}s", value=str(day), default=day == delay_s // DAY_S)
        for day, name in enumerate(WEEKDAYS)
    ]


def _list_hours(line: FollowLine) -> list[discord.SelectOption]:
    clock = _name_clock(line.offset_s)
    return [
        discord.SelectOption(
            label=f"At {hour}:00 {clock}", value=str(hour), default=hour == line.delay_s % DAY_S // 3600
        )
        for hour in range(24)
    ]


def _name_clock(offset_s: int) -> str:
    hours, minutes = divmod(abs(offset_s) // 60, 60)
    return f"UTC{'-' if offset_s < 0 else '+'}{hours}" + (f":{minutes:02}" if minutes else "")


def _explain_thread(code: int) -> str:
    """Why the last notice has no thread."""
    return _THREAD_ERRORS.get(code, f"Discord refused it (code {code})")


def _explain_role(line: FollowLine) -> str:
    if line.role_error == "deleted":
        return "mentions nobody: its role is deleted"
    if line.role_error == "silent":
        return f"notifies nobody of <@&{line.role_id}>: Shiori may not mention it there"
    return f"mentions <@&{line.role_id}>"


def _format_title(line: FollowLine) -> str:
    return f"**{clip_middle(escape_line(line.title), _TITLE_LIMIT) or _HIDDEN}**"


def _list_wishes(line: FollowLine) -> list[str]:
    """What kind it is of, and which of that is wanted."""
    return [_KINDS[line.kind], *(clip(escape_line(wish), 30) for wish in line.wishes)]


def _locate(line: FollowLine) -> str:
    return f"<#{line.channel_id}>" if line.channel_id else "by direct message"


def _format(line: FollowLine) -> str:
    details = [_format_title(line), *_list_wishes(line)]
    if line.kind in BY_CLOCK:
        on = f"on {WEEKDAYS[line.delay_s // DAY_S % 7]}s " if line.kind == DIGEST else ""
        details.append(f"{on}at {line.delay_s % DAY_S // 3600}:00 {_name_clock(line.offset_s)}")
    elif line.delay_s:
        details.append(f"{count(line.delay_s // 60, 'minute')} later")
    details.append(_locate(line))
    if line.in_digest:
        details.append("in the weekly digest")
    if line.closed:
        details.append("not told: that channel is not age-restricted")
    if line.refused:
        why = "" if line.channel_id else ": are your direct messages open?"
        details.append(f"Discord refused the last notice{why}")
    if line.role_id:
        details.append(_explain_role(line))
    if line.threads and not line.in_digest:
        details.append("with threads" if not line.thread_error else f"no thread: {_explain_thread(line.thread_error)}")
    return " · ".join(details)
