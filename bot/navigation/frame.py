"""The frame around every page: what can be pressed under it, and the small print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import discord
import msgspec
from discord import ui
from msgspec.structs import replace

from bot.cards.duration import format_age
from bot.cards.notation import OWN_COPY, OWN_COPY_OF_PAGES
from bot.cards.text import clip, clip_field, one_line, size
from bot.navigation.address import MAX_NUMBER, Address
from bot.navigation.item import (
    AgainButton,
    GoButton,
    JumpButton,
    MenuSelect,
    OpenSelect,
    ReturnButton,
    SeeButton,
    name_search,
)
from bot.navigation.viewer import Viewer

ACCENT = discord.Colour(0x4F7CAC)

BODY_LIMIT = 3400
"""`size` of the text in a page's body. Discord takes 4,000 in a message; the frame's own lines need the rest."""

OPTIONS_AT_MOST = 25

ROWS = 6
"""Entries with pictures on a page of a list: each is three of Discord's components."""

COVERS = 10
"""Entries on a page of covers: as many pictures as Discord takes in one gallery."""

COVERS_LABEL, PORTRAITS_LABEL = "Covers", "Portraits"
_FEW_PAGES = 3  # up to so many, each is a press away without its number
LINK_LIMIT = 512
_LABEL_LIMIT = 100
_BUTTON_LABEL_LIMIT = 80
_NOTE_LIMIT = 180
_OLD_S = 86_400.0


class PageView(ui.LayoutView):
    """A page as a message. What can be pressed carries its own state, so nobody listens to it: discord.py would keep
    each that one person alone sees, and a task beside it, for a quarter of an hour.

    `files` are sent along; pictures refer to them as `attachment://name`. `components`: what Discord is sent, if that
    is known already; the view is empty then.
    """

    def __init__(self, *, files: Sequence[discord.File] = (), components: list[dict[str, Any]] | None = None) -> None:
        super().__init__(timeout=None)
        self.files = list(files)
        self._components = components
        self.stop()

    def to_components(self) -> list[dict[str, Any]]:
        return super().to_components() if self._components is None else self._components

    def has_components_v2(self) -> bool:
        return True


class Choice(msgspec.Struct, frozen=True):
    """An option of a select: where it leads, and what it is called (foreign text will do)."""

    address: Address
    label: str
    description: str = ""


class PageCount(msgspec.Struct, frozen=True):
    """How many pages there are. `total` None: nobody knows, but there are `more` or not."""

    total: int | None = None
    more: bool = False

    def has_next(self, number: int) -> bool:
        """Whether there is a page after this one that an address can name."""
        return number < MAX_NUMBER and (self.more if self.total is None else number < self.total)


class Frame(msgspec.Struct, frozen=True):
    """What stands under a page.

    `menu` are other ways to look at the same (the current one is marked); None: the pages that stand in a menu with
    this one. `choices` lead on from the list that is shown, and with `returns` their cards lead back to it. `pictures`:
    what those of a list are called (`COVERS_LABEL`, `PORTRAITS_LABEL`), which then stands as rows or as pictures.
    `hidden`: something is left out as a spoiler, and can be seen in a private copy of the page. `links` are (label,
    address) of web pages. `actions` are further buttons, five at most. `age_s` and `stale` are as in `Card`. `notes`
    are sentences for the small print, already escaped. `source` is the service.
    """

    viewer: Viewer
    address: Address
    source: str
    menu: Sequence[Choice] | None = None
    choices: Sequence[Choice] = ()
    placeholder: str = "Pick one to open its card"
    returns: bool = True
    extent: PageCount = PageCount(total=1)
    pictures: str = ""
    hidden: bool = False
    links: Sequence[tuple[str, str]] = ()
    actions: Sequence[ui.Item[Any]] = ()
    notes: Sequence[str] = ()
    age_s: float = 0.0
    stale: bool = False
    accent: discord.Colour = ACCENT


class Shown(msgspec.Struct, frozen=True):
    """What a page looks like, but for what only its message knows: `body` in a `frame`.

    The body may have 20 components (nested ones count) and `BODY_LIMIT` of text. `files` are as in `PageView`.
    """

    body: Sequence[ui.Item[Any]]
    frame: Frame
    files: Sequence[discord.File] = ()


class Trail(msgspec.Struct, frozen=True):
    """What a message carries besides its page: where it leads `back` to, what gives another random entry (`again`), and
    the web page that holds the filter of a `search`, which is too long for a button.
    """

    back: Address | None = None
    again: Address | None = None
    search: str | None = None


NO_TRAIL = Trail()


def build_view(shown: Shown, *, trail: Trail = NO_TRAIL, menu: Sequence[Choice] = ()) -> PageView:
    """The page as a message. `menu` are the pages that stand in a menu with this one."""
    frame = shown.frame
    pages = menu if frame.menu is None else frame.menu
    said = OWN_COPY_OF_PAGES if len(pages) > 1 else OWN_COPY
    copy = [ui.TextDisplay[Any](f"-# 👁️ {said}")] if frame.address.revealed else []
    container = ui.Container[ui.LayoutView](*copy, *shown.body, accent_colour=frame.accent)
    for row in _build_rows(frame, trail, pages):
        container.add_item(row)
    container.add_item(ui.TextDisplay("\n".join(f"-# {line}" for line in _list_notes(frame))))
    view = PageView(files=shown.files)
    view.add_item(container)
    return view


def paginate(lines: Sequence[str], *, limit: int = BODY_LIMIT, at_most: int = 25) -> list[list[str]]:
    """Split lines into pages, each at most `at_most` lines and `limit` of `size` long. At least one page.

    A line that is longer than a page is clipped.
    """
    pages: list[list[str]] = [[]]
    used = 0
    for line in lines:
        kept = clip(line, limit)
        cost = size(kept) + 1
        if pages[-1] and (used + cost > limit or len(pages[-1]) >= at_most):
            pages.append([])
            used = 0
        pages[-1].append(kept)
        used += cost
    return pages


def pick_page(pages: Sequence[list[str]], number: int) -> tuple[list[str], int]:
    """The page of that number, or the last one if there are fewer by now, and its number."""
    kept = min(number, len(pages))
    return pages[kept - 1], kept


def _build_rows(frame: Frame, trail: Trail, menu: Sequence[Choice]) -> Iterable[ui.ActionRow[Any]]:
    asker_id = frame.viewer.asker_id
    if frame.choices:
        options = _build_options(frame.choices, current=None)
        back = frame.address if frame.returns else None
        yield ui.ActionRow[Any](OpenSelect(options, back, asker_id=asker_id, placeholder=frame.placeholder))
    if len(menu) > 1:
        options = _build_options(menu, current=frame.address.place)
        yield ui.ActionRow[Any](MenuSelect(options, asker_id=asker_id))
    buttons = [*_build_trail(trail, asker_id), *_build_pager(frame), *frame.actions]
    if frame.pictures:
        buttons.append(_build_switch(frame))
    if frame.hidden:
        buttons.append(SeeButton(frame.address.reveal(), label="Show spoilers to me", emoji="👁️"))
    search = [(name_search(frame.source), trail.search)] if trail.search else []
    links = dict.fromkeys([*frame.links, *search])
    buttons += [
        ui.Button(label=clip_field(one_line(label), _BUTTON_LABEL_LIMIT), url=url)
        for label, url in links
        if size(url) <= LINK_LIMIT
    ]
    for start in range(0, len(buttons), 5):
        yield ui.ActionRow[Any](*buttons[start : start + 5])


def _build_trail(trail: Trail, asker_id: int) -> Iterable[ui.Item[Any]]:
    if trail.back is not None:
        yield ReturnButton(trail.back, asker_id=asker_id)
    if trail.again is not None:
        yield AgainButton(trail.again, asker_id=asker_id)


def _build_pager(frame: Frame) -> list[ui.Item[Any]]:
    """The ways to other pages of the same, each only where it leads somewhere that no other leads to."""
    address, total, asker_id = frame.address, frame.extent.total, frame.viewer.asker_id
    number, has_next = address.number, frame.extent.has_next(address.number)
    if number == 1 and not has_next:
        return []

    def lead(to: int, label: str, emoji: str) -> ui.Item[Any]:
        return GoButton(address.turn(to), asker_id=asker_id, label=label, emoji=emoji)

    ways: list[ui.Item[Any]] = []
    if number > 2:
        ways.append(lead(1, "First", "⏮️"))
    if number > 1:
        ways.append(lead(number - 1, "Previous", "◀️"))
    last = total and min(total, MAX_NUMBER)
    if last is None or last > _FEW_PAGES:
        ways.append(JumpButton(address.turn(1), asker_id=asker_id, total=last))
    if has_next:
        ways.append(lead(number + 1, "Next", "▶️"))
    if last is not None and last > number + 1:
        ways.append(lead(last, "Last", "⏭️"))
    return ways


def _build_switch(frame: Frame) -> ui.Item[Any]:
    """The way to the same list as covers, or as rows, about where it is now."""
    address = frame.address
    here, there = (COVERS, ROWS) if address.covers else (ROWS, COVERS)
    number = min((address.number - 1) * here // there + 1, MAX_NUMBER)
    other = replace(address, number=number, covers=not address.covers)
    label, emoji = ("List", "📃") if address.covers else (frame.pictures, "🖼️")
    return GoButton(other, asker_id=frame.viewer.asker_id, label=label, emoji=emoji)


def _build_options(choices: Sequence[Choice], *, current: str | None) -> list[discord.SelectOption]:
    unique = {choice.address.encode(): choice for choice in choices}
    return [
        discord.SelectOption(
            label=clip_field(one_line(choice.label), _LABEL_LIMIT) or "Untitled",
            value=value,
            description=clip_field(one_line(choice.description), _LABEL_LIMIT) or None,
            default=choice.address.place == current,
        )
        for value, choice in list(unique.items())[:OPTIONS_AT_MOST]
    ]


def _list_notes(frame: Frame) -> Iterable[str]:
    for note in frame.notes:
        if note:
            yield clip(note, _NOTE_LIMIT)
    parts = [frame.source]
    if frame.address.number > 1 or frame.extent.has_next(frame.address.number):
        of = f" of {frame.extent.total:,}" if frame.extent.total else ""
        parts.append(f"Page {frame.address.number:,}{of}")
    yield " · ".join([*parts, *list_age(frame.source, age_s=frame.age_s, stale=frame.stale)])


def list_age(source: str, *, age_s: float, stale: bool) -> list[str]:
    """How old an answer of that service is, if that is worth saying."""
    if stale:
        return [f"from {format_age(age_s)} ({source} is away)"]
    return [f"from {format_age(age_s)}"] if age_s >= _OLD_S else []
