"""Weekly digests: what was told of all that a channel follows, in one message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import discord
import msgspec
from discord import ui
from msgspec.structs import replace

from bot.anime.cards.route import MediaRoute
from bot.cards.image import build_thumbnail
from bot.cards.text import clip, clip_field, escape_line, one_line
from bot.follow.item import EndButton, FollowsButton
from bot.follow.model import Follow, Notice
from bot.follow.upcoming import NO_OUTLOOK, Outlook
from bot.navigation.address import NOWHERE
from bot.navigation.frame import ACCENT, PageView
from bot.navigation.item import OpenSelect
from bot.navigation.viewer import Viewer
from bot.vndb.cards.route import EntryRoute

TITLE = "🗓️ Weekly digest"
PICTURED_AT_MOST = 6
"""So many stand with their picture and what comes next, the others as lines."""
_LINES_AT_MOST = 10
_NAMED_AT_MOST = 3
_TITLE_LIMIT = 60
_WHAT_LIMIT = 80
_OPTION_LIMIT = 40


class Entry(msgspec.Struct, frozen=True):
    """What was told of one follow: its notices, the earliest first, and what stands beside them."""

    follow: Follow
    notices: Sequence[Notice]
    outlook: Outlook = NO_OUTLOOK

    @property
    def adult(self) -> bool:
        """Whether it may be named in age-restricted channels only."""
        return self.follow.adult or self.outlook.adult or any(one.adult for one in self.notices)


def group(told: Iterable[Notice]) -> list[Entry]:
    """What was told, by what is followed, in the order of the first of each."""
    found: dict[int, list[Notice]] = {}
    for notice in told:
        found.setdefault(notice.follow.id, []).append(notice)
    return [Entry(notices[0].follow, notices) for notices in found.values()]


def leave_out_ahead(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries without what was put off since it was held."""
    for entry in entries:
        ahead = {f"e{number}" for number in entry.outlook.ahead}
        if left := [one for one in entry.notices if one.key not in ahead]:
            yield replace(entry, notices=left)


def render_digest(
    digest: Notice, entries: Sequence[Entry], viewer: Viewer, *, withheld: int, role_ids: Sequence[int]
) -> PageView:
    """The digest of these, one at least. `withheld`: how many more are for adults. `role_ids`: who is mentioned."""
    view = PageView()
    if role_ids:
        view.add_item(ui.TextDisplay[Any](" ".join(f"<@&{role_id}>" for role_id in role_ids)))
    container = ui.Container[Any](ui.TextDisplay[Any](f"## {TITLE}"), accent_colour=ACCENT)
    for entry in entries[:PICTURED_AT_MOST]:
        container.add_item(_build_entry(entry, viewer))
    if rest := [*_list_rest(entries[PICTURED_AT_MOST:], withheld)]:
        container.add_item(ui.TextDisplay("\n".join(rest)))
    named = map(_build_option, entries[: PICTURED_AT_MOST + _LINES_AT_MOST])
    options = list({one.value: one for one in named}.values())  # a release may be of a novel and of a developer
    container.add_item(ui.ActionRow[Any](OpenSelect(options, None, asker_id=0, placeholder="Open one")))
    end = EndButton(digest.follow.id, digest.key, restricted=viewer.age_restricted)
    container.add_item(ui.ActionRow[Any](end, FollowsButton(label="What else")))
    view.add_item(container)
    return view


def _build_entry(entry: Entry, viewer: Viewer) -> ui.Item[Any]:
    lines = [f"**{_name(entry)}**", _tell(entry)]
    if entry.outlook.next:
        lines.append(f"-# {entry.outlook.next}")
    text = ui.TextDisplay[Any]("\n".join(lines))
    cover = build_thumbnail(
        entry.outlook.cover, viewer, description=f"Cover of {clip(entry.follow.title, _OPTION_LIMIT)}"
    )
    return text if cover is None else ui.Section[Any](text, accessory=cover)


def _list_rest(entries: Sequence[Entry], withheld: int) -> Iterator[str]:
    for entry in entries[:_LINES_AT_MOST]:
        yield f"- **{clip(_name(entry), _TITLE_LIMIT // 2)}** · {clip(_tell(entry), _WHAT_LIMIT // 3)}"
    more = len(entries) - _LINES_AT_MOST
    if more > 0:
        yield f"-# And {more} more."
    if withheld:
        what = "1 more is" if withheld == 1 else f"{withheld} more are"
        yield f"-# {what} for adults, and named in age-restricted channels only."


def _name(entry: Entry) -> str:
    return clip(escape_line(entry.follow.title), _TITLE_LIMIT) or "Untitled"


def _tell(entry: Entry) -> str:
    """What aired, or came out, as markdown."""
    if entry.follow.kind == "anime":
        numbers = sorted(int(one.key[1:]) for one in entry.notices)
        if len(numbers) == 1:
            return f"Episode {numbers[0]:,} aired"
        if numbers[-1] - numbers[0] == len(numbers) - 1:
            return f"Episodes {numbers[0]:,} to {numbers[-1]:,} aired"
        return clip(f"Episodes {', '.join(f'{one:,}' for one in numbers)} aired", _WHAT_LIMIT)
    names = [one.detail or one.key for one in entry.notices]
    more = f" and {len(names) - _NAMED_AT_MOST} more" if len(names) > _NAMED_AT_MOST else ""
    room = (_WHAT_LIMIT - len(more)) // min(len(names), _NAMED_AT_MOST)
    return f"Released: {', '.join(clip(escape_line(one), room) for one in names[:_NAMED_AT_MOST])}{more}"


def _build_option(entry: Entry) -> discord.SelectOption:
    """The way to the card of what was told: the anime's, or the last release's."""
    is_anime = entry.follow.kind == "anime"
    route = MediaRoute("anime", entry.follow.subject_id) if is_anime else EntryRoute(entry.notices[-1].key)
    label = clip_field(one_line(entry.follow.title), _OPTION_LIMIT) or "Untitled"
    return discord.SelectOption(label=label, value=NOWHERE.go(route).encode())
