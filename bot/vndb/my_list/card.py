"""What a person's own list has of a novel or a release, as a panel. It is shown to that person alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord
import msgspec
from discord import ui

from bot.cards.duration import format_age
from bot.cards.fact import format_fact, join_whole, plain_name
from bot.cards.image import build_thumbnail
from bot.cards.text import clip, clip_field, count, escape, escape_line, one_line
from bot.navigation.frame import ACCENT, OPTIONS_AT_MOST, PageView
from bot.navigation.viewer import Viewer
from bot.service.image import Image
from bot.vndb.api.list_change import FIRST_OWN_LABEL, STATUSES, Day
from bot.vndb.api.model import Label, ListEntry, Release, Vn
from bot.vndb.api.my_list import OwnedRelease, is_public
from bot.vndb.cards.text import SOURCE, format_date
from bot.vndb.cards.title import retitle
from bot.vndb.cards.user import STATUSES as RELEASE_STATUSES
from bot.vndb.cards.user import format_vote
from bot.vndb.my_list.item import Act, ActButton, LabelPageButton, LabelSelect, StatusSelect

_NOT_LISTED = "Not on your list yet."
_LABELS_LIMIT = 300
_RELEASES_LIMIT = 400
_NOTES_LIMIT = 1500
_NAME_LIMIT = 100
_LABEL_LIMIT = 100
_OLD_S = 60.0
NO_STATUS = 0

PUBLIC = "👁️ Public: everybody can read this entry on VNDB, with its notes and releases."
PRIVATE = "🔒 Private: only you see this entry. It is until it has a status, a label or a vote that others may see."


_DAYS: Mapping[Day, str] = {"started": "the start", "finished": "the finish"}


class Kept(msgspec.Struct, frozen=True):
    """What VNDB has of a novel on somebody's list (None: nothing), and all labels of it. `age_s`: how long ago it said
    so.
    """

    entry: ListEntry | None
    labels: Sequence[Label]
    age_s: float = 0.0

    @property
    def public(self) -> bool:
        """Whether everybody can read the entry."""
        return self.entry is not None and is_public(self.entry, self.labels)

    def list_own_labels(self) -> list[Label]:
        """The labels that the person made."""
        return [label for label in self.labels if label.id >= FIRST_OWN_LABEL]


def render_my_list(
    vn: Vn, kept: Kept, *, viewer: Viewer, whose: str, number: int = 1, note: str = "", removable: bool = False
) -> PageView:
    """A novel on `whose` list. `number`: the page of labels to choose from. `note` is markdown, about what was done.

    `removable`: VNDB may have something of it that it does not show.
    """
    vn_id, entry = vn.id, kept.entry
    labels = kept.list_own_labels()
    pages = max(-(-len(labels) // OPTIONS_AT_MOST), 1)
    number = min(number, pages)
    shown = labels[(number - 1) * OPTIONS_AT_MOST : number * OPTIONS_AT_MOST]
    rows: list[ui.ActionRow[Any]] = [ui.ActionRow[Any](_build_statuses(vn_id, entry, whose))]
    if shown:
        rows.append(ui.ActionRow[Any](_build_labels(vn_id, entry, shown, number, whose)))
    buttons: list[ui.Item[Any]] = [
        ActButton("vote", vn_id, label="Vote", emoji="⭐"),
        ActButton("notes", vn_id, label="Notes", emoji="📝"),
        ActButton("days", vn_id, label="Start and finish", emoji="📅"),
        _build_look(vn_id),
    ]
    if entry is not None or removable:
        buttons.append(ActButton("remove", vn_id, label="Remove", emoji="🗑️", style=discord.ButtonStyle.danger))
    rows.append(ui.ActionRow[Any](*buttons))
    if pages > 1:
        label = f"More labels ({number % pages + 1} of {pages})"
        rows.append(ui.ActionRow[Any](LabelPageButton(vn_id, number % pages + 1, label=label)))
    facts = [_NOT_LISTED] if entry is None else [*_list_facts(entry, kept)]
    return _build_panel(vn, viewer, ["\n".join(facts), note], rows, age_s=kept.age_s)


def render_my_release(release: Release, owned: OwnedRelease, *, viewer: Viewer, whose: str, note: str = "") -> PageView:
    """A release on `whose` list."""
    options = [
        discord.SelectOption(label=name.capitalize(), value=str(status), default=status == owned.status)
        for status, name in RELEASE_STATUSES.items()
    ]
    buttons: list[ui.Item[Any]] = [_build_look(release.id)]
    if owned.status is None:
        novels = {vn.id for vn in release.vns} - {*owned.novels}
        text = _NOT_LISTED
        if novels:
            noun = "its visual novel" if len(novels) == 1 else f"its {count(len(novels), 'visual novel')}"
            text += f"\n-# With a status, VNDB puts {noun} on your list too."
    else:
        text = format_fact("Status", RELEASE_STATUSES.get(owned.status, "unknown").capitalize())
        text += "\n-# Who can read the entry of its visual novel can read this."
        danger = discord.ButtonStyle.danger
        buttons.append(ActButton("remove-r!", release.id, label="Remove", emoji="🗑️", style=danger, whose=whose))
    select = StatusSelect(options, release.id, whose=whose, placeholder="Give it a status")
    return _build_panel(release, viewer, [text, note], [ui.ActionRow[Any](select), ui.ActionRow[Any](*buttons)])


def render_remove_question(vn: Vn, entry: ListEntry | None, *, viewer: Viewer, whose: str) -> PageView:
    """What is asked before a novel leaves `whose` list."""
    text = "**Take this off your list?** VNDB keeps nothing of it then, and Shiori cannot bring it back."
    lost = [*_list_lost(entry)] if entry else []
    if lost:
        text += "\n" + "\n".join(f"- {one}" for one in lost)
    danger = discord.ButtonStyle.danger
    remove = ActButton("remove!", vn.id, label="Remove", emoji="🗑️", style=danger, whose=whose)
    return _build_panel(vn, viewer, [text], [ui.ActionRow[Any](remove, _build_keep(vn.id))])


def render_day_question(
    vn: Vn, entry: ListEntry, days: Sequence[Day], *, viewer: Viewer, whose: str, saved: bool
) -> PageView:
    """What is asked before an entry of `whose` list is made anew, which alone takes a day away. `saved`: the other day
    just was.
    """
    what = " and ".join(_DAYS[day] for day in days)
    text = (
        f"**Take away {what}?** VNDB can only do that by taking the entry off your list and adding it again. Shiori "
        "puts back its status, labels, notes and vote, the other day, and what you say of its releases. What is lost: "
        f"when you added it{_tell_day(entry.added)}"
        + (f", and when you voted{_tell_day(entry.voted)}." if entry.vote is not None else ".")
    )
    act: Act = "take-both!" if len(days) > 1 else "take-start!" if "started" in days else "take-finish!"
    danger = discord.ButtonStyle.danger
    remake = ActButton(act, vn.id, label="Take it away", emoji="🗑️", style=danger, whose=whose)
    note = "-# ✅ The other day is saved on VNDB." if saved else ""
    return _build_panel(vn, viewer, [text, note], [ui.ActionRow[Any](remake, _build_keep(vn.id))])


def _tell_day(time_s: int | None) -> str:
    return f" (<t:{time_s}:D>)" if time_s else ""


def render_sentence(text: str, *buttons: ui.Item[Any]) -> PageView:
    """A sentence (markdown) in the place of the panel."""
    view = PageView()
    view.add_item(ui.TextDisplay(text))
    if buttons:
        view.add_item(ui.ActionRow[Any](*buttons))
    return view


def _build_panel(
    entry: Vn | Release, viewer: Viewer, texts: Sequence[str], rows: Sequence[ui.ActionRow[Any]], *, age_s: float = 0.0
) -> PageView:
    shown = retitle(entry, viewer)
    heading = f"## {clip(escape_line(shown.title) or escape_line(shown.id), _NAME_LIMIT)}\n-# Your list on {SOURCE}"
    image: Image | None = entry.image if isinstance(entry, Vn) else None
    picture = build_thumbnail(image, viewer, description=f"Cover of {plain_name(shown.title, shown.id)}")
    container = ui.Container[Any](accent_colour=ACCENT)
    container.add_item(ui.Section(heading, accessory=picture) if picture else ui.TextDisplay(heading))
    for text in filter(None, texts):
        container.add_item(ui.TextDisplay(text))
    for row in rows:
        container.add_item(row)
    age = f" · from {format_age(age_s)}" if age_s >= _OLD_S else ""
    container.add_item(ui.TextDisplay(f"-# {SOURCE}{age}"))
    view = PageView()
    view.add_item(container)
    return view


def _list_facts(entry: ListEntry, kept: Kept) -> Iterator[str]:
    private = {label.id for label in kept.labels if label.private}
    statuses = [label.label for label in entry.labels if label.id in STATUSES]
    yield format_fact("Status", escape_line(", ".join(statuses)) or "none")
    own = [
        f"{escape_line(label.label)}{' 🔒' if label.id in private else ''}"
        for label in entry.labels
        if label.id >= FIRST_OWN_LABEL
    ]
    if own:
        yield format_fact("Labels", join_whole(own, ", ", limit=_LABELS_LIMIT), limit=_LABELS_LIMIT)
    if entry.vote is not None:
        yield format_fact("Vote", format_vote(entry.vote))
    days = [
        format_fact(name, format_date(day))
        for name, day in (("Started", entry.started), ("Finished", entry.finished))
        if day
    ]
    if days:
        yield " · ".join(days)
    if entry.started and entry.finished and entry.finished < entry.started:
        yield "-# It was finished before it was started."
    if entry.releases:
        releases = join_whole(_name_releases(entry), ", ", limit=_RELEASES_LIMIT)
        yield format_fact("Releases" if len(entry.releases) > 1 else "Release", releases, limit=_RELEASES_LIMIT)
    if entry.notes:
        quoted = "\n".join(f"> {line}" for line in escape(entry.notes).split("\n"))
        yield f"**Notes:**\n{clip(quoted, _NOTES_LIMIT)}"
    yield f"-# {PUBLIC if kept.public else PRIVATE}"


def _list_lost(entry: ListEntry) -> Iterator[str]:
    """What goes with an entry."""
    if entry.vote is not None:
        yield f"your vote of {format_vote(entry.vote)}"
    labels = [label for label in entry.labels if label.id in STATUSES or label.id >= FIRST_OWN_LABEL]
    if labels:
        yield "its status and labels"
    if entry.notes:
        yield "your notes"
    if entry.started or entry.finished:
        yield "when you started and finished it"
    if entry.releases:
        yield f"what you say of its releases: {join_whole(_name_releases(entry), ', ', limit=_RELEASES_LIMIT)}"


def _name_releases(entry: ListEntry) -> list[str]:
    return [
        f"{clip(escape_line(one.title) or escape_line(one.id), _NAME_LIMIT)} "
        f"({RELEASE_STATUSES.get(one.list_status, 'unknown')})"
        for one in entry.releases
    ]


def _build_statuses(vn_id: str, entry: ListEntry | None, whose: str) -> StatusSelect:
    held = [label.id for label in entry.labels if label.id in STATUSES] if entry else []
    options = [
        # Of several, which its own pages never make, none can stand for all.
        discord.SelectOption(label=name, value=str(status), default=held == [status])
        for status, name in STATUSES.items()
    ]
    if held:
        options.append(discord.SelectOption(label="No status", value=str(NO_STATUS)))
    names = ", ".join(STATUSES[one] for one in held)
    placeholder = f"Status: {names}" if names else "Give it a status"
    return StatusSelect(options, vn_id, whose=whose, placeholder=placeholder)


def _build_labels(vn_id: str, entry: ListEntry | None, labels: Sequence[Label], number: int, whose: str) -> LabelSelect:
    held = {label.id for label in entry.labels} if entry else set[int]()
    options = [
        discord.SelectOption(
            label=clip_field(one_line(label.label), _LABEL_LIMIT) or f"Label {label.id}",
            value=str(label.id),
            emoji="🔒" if label.private else None,
            default=label.id in held,
        )
        for label in labels
    ]
    return LabelSelect(options, vn_id, number, whose=whose)


def _build_look(entry_id: str) -> ActButton:
    return ActButton("look", entry_id, label="Look again", emoji="🔄")


def _build_keep(entry_id: str) -> ActButton:
    return ActButton("look", entry_id, label="Keep it", emoji="↩️")
