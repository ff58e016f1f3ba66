"""The settings as a form: which stand together, which values each takes, and how a changed one is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import cast

import msgspec

from bot.errors import InvalidInput
from bot.gate.chosen import Chosen
from bot.gate.declaration import AnySetting, Choice, Level, PanelPage, TagList
from bot.gate.rules import Hosted
from bot.gate.setting import LISTED_AT_MOST, SETTINGS
from bot.settings.tag import change_tags

AT_ONCE = 6
"""Settings that fit into one panel. If there are more, it has pages."""

SCOPE_PATTERN = r"(?P<scope>s|me|c[1-9][0-9]{0,19})"
_SCOPE = re.compile(SCOPE_PATTERN)
_ID = re.compile(r"[1-9][0-9]{0,19}")
_INHERIT_LABELS = {"channel": "As in the server", "person": "As in each server"}


class Scope(msgspec.Struct, frozen=True):
    """Whose settings: the server's, those of the channel `channel_id`, or one's own."""

    level: Level
    channel_id: int = 0

    def encode(self) -> str:
        """The text that `parse_scope` reads, at most 21 characters."""
        return {"server": "s", "channel": f"c{self.channel_id}", "person": "me"}[self.level]


SERVER = Scope("server")
ME = Scope("person")


def parse_scope(text: str) -> Scope | None:
    """Read what `Scope.encode` wrote; None for anything else."""
    if not _SCOPE.fullmatch(text):
        return None
    return {"s": SERVER, "me": ME}.get(text) or Scope("channel", int(text[1:]))


class Option(msgspec.Struct, frozen=True):
    """A value that a setting can be set to. None: as it is further out (the server, or the place)."""

    stored: object
    label: str

    @property
    def value(self) -> str:
        """The value as a select has it."""
        if isinstance(self.stored, bool):
            return "on" if self.stored else "off"
        return "inherit" if self.stored is None else str(self.stored)


class FormPage(msgspec.Struct, frozen=True):
    """Settings that are shown together."""

    key: str
    label: str
    settings: tuple[AnySetting, ...]


def list_pages(level: Level, hosted: Hosted, lost: AbstractSet[AnySetting] = frozenset()) -> list[FormPage]:
    """What can be chosen at a level, as it is shown: on one page if all of it fits, else by kind.

    Of what is `lost` that is shown, too, which shuts all else until it is chosen again, be it of use here or not.
    """
    shutting = {one for one in lost if one.safe is None}
    usable = [one for one in SETTINGS.values() if level in one.levels and (hosted.has(one.needs) or one in shutting)]
    pages = [
        FormPage(page.name.lower(), page.value, tuple(one for one in usable if one.page is page)) for page in PanelPage
    ]
    if len(usable) <= AT_ONCE:
        pages = [FormPage("all", "All", tuple(one for page in pages for one in page.settings))]
    return [page for page in pages if page.settings]


def find_page(level: Level, name: str) -> str:
    """The key of the page on which a setting stands; of none for a setting that there is not."""
    found = (page.key for page in list_pages(level, Hosted()) for one in page.settings if one.name == name)
    return next(found, "")


def list_options(setting: AnySetting, level: Level, *, adult: bool = True) -> list[Option]:
    """What can be picked for a choice; nothing for what is no choice. `adult`: whether anything for adults is shown."""
    if not isinstance(setting.form, Choice):
        return []
    form = cast("Choice[object]", setting.form)
    options = [Option(value, label) for value, label in form.labels.items() if adult or value not in form.adult]
    return [Option(None, _INHERIT_LABELS[level]), *options] if setting.inherits(level) else options


def is_switch(setting: AnySetting, level: Level) -> bool:
    """Whether it is on or off at this level, and nothing else: not as further out."""
    return {option.value for option in list_options(setting, level)} == {"on", "off"}


def find_setting(level: Level, name: str) -> AnySetting:
    """A setting. Raises InvalidInput for one that cannot be chosen at this level: a custom id may name any."""
    setting = SETTINGS.get(name)
    if setting is None or level not in setting.levels:
        raise InvalidInput("setting", "is not one that can be changed here")
    return setting


def read_current(chosen: Chosen, setting: AnySetting, level: Level) -> object:
    """What stands in the form: None for what is as further out, or cannot be read."""
    if setting in chosen.lost:
        return None
    return chosen.get(setting) if setting.inherits(level) or setting in chosen.values else setting.default


def apply_change(
    chosen: Chosen, level: Level, name: str, values: Sequence[str], *, shown: Sequence[str] = ()
) -> Chosen:
    """What is chosen once a setting is set to what was picked or typed.

    `values` are a select's: `on`, `off`, `inherit`, a choice, or ids; of tags, the tags. `shown`: the ids of the list
    that this was made of, or the digest of its tags: what was added to it since stays. Raises InvalidInput for a
    setting or a value that there is not.
    """
    setting = find_setting(level, name)
    value = _read(chosen, setting, level, values, shown)
    return chosen.put(setting, None if value == setting.default and not setting.inherits(level) else value)


def _read(chosen: Chosen, setting: AnySetting, level: Level, values: Sequence[str], shown: Sequence[str]) -> object:
    if isinstance(setting.form, TagList):
        return change_tags(chosen.get(setting) or (), values, shown).tags
    options = list_options(setting, level)
    if not options:
        return _read_ids(setting, chosen.get(setting) or (), values, shown)
    for option in options:
        if [option.value] == list(values):
            return option.stored
    raise InvalidInput(f"setting “{setting.label}”", "has no such value")


def _read_ids(
    setting: AnySetting, known: Sequence[int], values: Sequence[str], shown: Sequence[str]
) -> tuple[int, ...]:
    if not all(_ID.fullmatch(value) for value in values):
        raise InvalidInput(f"setting “{setting.label}”", "has no such value")
    # Discord sends the whole list as the select showed it; another may be stored by now.
    kept = (one for one in known if str(one) in values or str(one) not in shown)
    added = (int(value) for value in values if value not in shown)
    ids = tuple(dict.fromkeys([*kept, *added]))
    if len(ids) > LISTED_AT_MOST:
        raise InvalidInput(f"setting “{setting.label}”", f"takes {LISTED_AT_MOST} at most")
    if setting.form.parse(ids) is None:
        raise InvalidInput(f"setting “{setting.label}”", "has no such value")
    return ids
