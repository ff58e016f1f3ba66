"""What is said of an import and of an export. Only the person whose list it is sees it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord
from discord import ui
from msgspec import UNSET

from bot.cards.duration import format_wait
from bot.cards.text import clip, count, escape_line
from bot.errors import NoToken, ShioriError
from bot.interaction.error import render_error
from bot.navigation.frame import ACCENT, BODY_LIMIT, PageView
from bot.transfer.item import ImportButton
from bot.transfer.model import RELEASE_STATUSES
from bot.transfer.plan import Row, Summary
from bot.transfer.record import Job, RowState
from bot.vndb.api.error import SERVICE
from bot.vndb.api.list_change import STATUSES

ROWS_SHOWN = 5
_NAME_LIMIT = 80
_TITLE_LIMIT = 80
_WHY_LIMIT = 160
_NAMED = 5
_PROBLEMS_SHOWN = 3
_BAR = 20

_FILES = (
    "Attach a list to `/vndb import`: VNDB's own export (on your list there: *Export*, then *Download XML export*), or "
    "what `/vndb export` made, as CSV or JSON."
)
HOW_TO = f"{_FILES} Nothing is written before you have seen what would change."
OVER = "That import is over, or another one came in its place. `/vndb import` shows how it stands."
_CREATE_LABELS = (
    "VNDB lets nobody but you make labels, on its own pages. Make them there and import again, or go on without."
)


def render_sentence(text: str) -> PageView:
    """One sentence or a few."""
    return _build([ui.TextDisplay[Any](clip(text, BODY_LIMIT))])


def render_offer(job: Job, rows: Sequence[Row]) -> PageView:
    """What an import would change, before it is begun. `rows` are the first of them."""
    summary, made = job.summary, job.created_s
    lines = [*_list_findings(summary), *_list_problems(summary)]
    if rows:
        more = summary.new + summary.changed + summary.releases - len(rows)
        lines += ["", "**The first of them**", *map(_format_row, rows)]
        lines += [f"-# and {more:,} more"] if more > 0 else []
    lines += ["", "-# Nothing is taken off your list, and what the file leaves empty stays as it is on VNDB."]
    primary, secondary = discord.ButtonStyle.primary, discord.ButtonStyle.secondary
    buttons: list[ImportButton] = []
    if summary.changed or summary.changed_releases:
        if summary.new or summary.releases > summary.changed_releases:
            lines.append("-# Of what is there already: keep VNDB's, or overwrite it with the file's?")
            buttons.append(ImportButton("keep", made, "Import, keep VNDB's", style=primary))
        style = secondary if buttons else primary
        buttons.append(ImportButton("overwrite", made, "Import, overwrite", style=style))
    else:
        # What comes onto the list until this is pressed, or written, is nothing that anybody chose to overwrite.
        buttons.append(ImportButton("keep", made, "Import", style=primary))
    return _build_text("Import into your list on VNDB", lines, [*buttons, ImportButton("cancel", made, "Cancel")])


def render_nothing(summary: Summary) -> PageView:
    """There is nothing to import."""
    lines = [*_list_findings(summary), *_list_problems(summary), "", "So there is nothing to import."]
    return _build_text("Import into your list on VNDB", lines)


def render_job(
    job: Job,
    counts: Mapping[RowState, int],
    *,
    refused: Sequence[tuple[str, str]] = (),
    trouble: ShioriError | None = None,
    left_s: float | None = None,
    note: str = "",
) -> PageView:
    """How an import stands that was begun. `left_s`: how long it will still take, if that is known."""
    done, open_ = counts.get("done", 0), counts.get("waiting", 0) + counts.get("begun", 0)
    settled = done + counts.get("refused", 0)
    lines = [f"Account: **{_name(job.summary.account)}** · {_name(job.summary.file_name)}"]
    if job.state != "done":
        lines.append(_format_bar(settled, settled + open_))
    lines += [f"✅ {count(done, 'change')} made, each as VNDB shows it now"]
    if counts.get("kept"):
        lines.append(f"↩️ {counts['kept']:,} left as VNDB has them")
    if counts.get("refused"):
        lines.append(f"⚠️ {counts['refused']:,} not made:")
        lines += [f"- {_title(title)}: {clip(escape_line(why), _WHY_LIMIT)}" for title, why in refused]
    lines += _list_state(job, trouble, left_s)
    if note:
        lines += ["", note]
    return _build_text(_HEADINGS[job.state], lines, _list_buttons(job))


_HEADINGS = {
    "offered": "Import into your list on VNDB",
    "running": "Importing into your list on VNDB",
    "stopped": "Import stopped",
    "done": "Import finished",
}


def _list_state(job: Job, trouble: ShioriError | None, left_s: float | None) -> Iterator[str]:
    if job.state == "running":
        yield ""
        if trouble is not None:
            yield f"⏸️ {render_error(trouble)} The import goes on by itself then."
        else:
            yield "-# Slowly, so that VNDB is there for everybody; it goes on if Shiori is restarted." + (
                f" Done {format_wait(left_s)}." if left_s is not None else ""
            )
        yield "-# `/vndb import` shows how far it is, also later. You are told by direct message when it is over."
    elif job.state == "stopped":
        yield ""
        if job.trouble:
            yield f"⏹️ {_render_trouble(job)} Then go on here."
        yield "-# What was written stays. The rest waits here until you go on or discard it, for a day."
    elif job.state == "done":
        yield "-# This is forgotten within a day."


def _render_trouble(job: Job) -> str:
    why = job.trouble or "none"
    return render_error(NoToken(SERVICE, why, missing=("listread", "listwrite") if why == "permissions" else ()))


def _list_buttons(job: Job) -> list[ImportButton]:
    made = job.created_s
    if job.state == "running":
        return [ImportButton("stop", made, "Stop", emoji="⏹️"), ImportButton("look", made, "Look again", emoji="🔄")]
    if job.state == "stopped":
        primary = discord.ButtonStyle.primary
        return [
            ImportButton("resume", made, "Go on", emoji="▶️", style=primary),
            ImportButton("discard", made, "Discard"),
        ]
    return []


def render_export(
    files: Sequence[tuple[str, bytes]], left_out: Sequence[str], *, of: str, entries: int, imports: bool
) -> PageView:
    """The files of a list. `of`: how much of it that is, and whose, as a sentence; `left_out`: those too large.
    `imports`: whether `/vndb import` refuses nobody.
    """
    text = [f"## Your list on VNDB\n{count(entries, 'novel')}. {of}"]
    text += [
        f"⚠️ {clip(escape_line(name), _NAME_LIMIT)} is larger than Discord takes, and left out." for name in left_out
    ]
    readers = "`/vndb import` reads both. " if imports else ""
    text.append(f"-# {readers}What the columns hold is told in Shiori's documents.")
    body: list[ui.Item[Any]] = [ui.TextDisplay[Any]("\n".join(text))]
    body += [ui.File[Any](f"attachment://{name}") for name, _ in files]
    return _build(body, files=[discord.File(io.BytesIO(data), name) for name, data in files])


def _list_findings(summary: Summary) -> Iterator[str]:
    yield f"{_name(summary.file_name)} has {count(summary.entries, 'novel')}, for **{_name(summary.account)}** on VNDB."
    if summary.new:
        yield f"➕ {summary.new:,} to be added"
    if summary.changed:
        differs = ", ".join(f"{what} {number:,}" for what, number in summary.differs.items())
        yield f"✏️ {summary.changed:,} that are there and differ ({differs})"
    if summary.releases:
        yield f"📦 {count(summary.releases, 'release')} to be added or given another status"
    if summary.same:
        yield f"✅ {summary.same:,} as they are already"


def _list_problems(summary: Summary) -> Iterator[str]:
    if summary.unknown_count:
        named = _name_some(summary.unknown, summary.unknown_count)
        yield f"⚠️ {summary.unknown_count:,} that VNDB does not have, left out: {named}"
    if summary.label_count:
        labels = [f"{_name(name)} ({number:,})" for name, number in summary.labels.items()]
        yield f"⚠️ Labels that you do not have, left out: {_name_some(labels, summary.label_count)}. {_CREATE_LABELS}"
    if summary.left_out:
        yield f"⚠️ {summary.left_out:,} that cannot be taken, left out:"
        for problem in summary.problems[:_PROBLEMS_SHOWN]:
            yield f"- {_name(problem.where)}: {clip(escape_line(problem.why), _WHY_LIMIT)}"
        if summary.left_out > _PROBLEMS_SHOWN:
            yield f"-# and {summary.left_out - _PROBLEMS_SHOWN:,} more"


def _name_some(names: Sequence[str], total: int) -> str:
    shown = ", ".join(names[:_NAMED])
    return f"{shown} and {total - _NAMED:,} more" if total > _NAMED else shown


def _format_row(row: Row) -> str:
    """A write to come, in a line."""
    sign, change = "➕" if row.is_new else "✏️", row.change
    if isinstance(change, int):
        return f"{sign} {_title(row.title)} · release {row.target}: {RELEASE_STATUSES[change]}"
    parts = [STATUSES[one] for one in change.labels_set or () if one in STATUSES]
    own = sum(one not in STATUSES for one in change.labels_set or ())
    parts += [count(own, "label")] if own else []
    if isinstance(change.vote, int):
        parts.append(f"⭐ {change.vote / 10:g}")
    parts += [f"from {change.started}"] if change.started is not UNSET else []
    parts += [f"to {change.finished}"] if change.finished is not UNSET else []
    parts += ["notes"] if change.notes else []
    return f"{sign} {_title(row.title)}" + (f" · {', '.join(parts)}" if parts else "")


def _format_bar(done: int, total: int) -> str:
    filled = _BAR * done // total if total else _BAR
    return f"`{'█' * filled}{'░' * (_BAR - filled)}` {done:,} of {total:,}"


def _title(title: str) -> str:
    return f"**{clip(escape_line(title), _TITLE_LIMIT) or 'Untitled'}**"


def _name(name: str) -> str:
    return clip(escape_line(name), _NAME_LIMIT)


def _build_text(heading: str, lines: Sequence[str], buttons: Sequence[ImportButton] = ()) -> PageView:
    text = clip("\n".join([f"## {heading}", *lines]), BODY_LIMIT)
    row = [ui.ActionRow[Any](*buttons)] if buttons else []
    return _build([ui.TextDisplay[Any](text), *row])


def _build(body: Sequence[ui.Item[Any]], *, files: Sequence[discord.File] = ()) -> PageView:
    view = PageView(files=files)
    view.add_item(ui.Container[ui.LayoutView](*body, accent_colour=ACCENT))
    return view
