"""What is stored about a person, in lines that people read. All of it is in the file beside them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import msgspec

from bot.cards.text import clip, count, escape_line
from bot.gate.declaration import AnySetting, Choice, TagList
from bot.gate.setting import SETTINGS
from bot.settings.tag import format_tags

EXPORT_NAME = "shiori-about-me.json"

_TITLES_AT_MOST = 5
_TITLE_LIMIT = 80
_TAGS_LIMIT = 300


def build_file(stored: Mapping[str, object], *, at_most: int) -> tuple[str, bytes]:
    """The name and the content of the file with all of an export (`Store.export_person`): JSON, packed where that has
    more bytes than `at_most`. It takes a while where somebody has tens of thousands of records.
    """
    document = msgspec.json.format(msgspec.json.encode(stored), indent=2)
    if len(document) <= at_most:
        return EXPORT_NAME, document
    return f"{EXPORT_NAME}.gz", gzip.compress(document)


def list_stored(stored: Mapping[str, object]) -> Iterator[str]:
    """A line for each thing of an export (`Store.export_person`)."""
    settings = stored.get("settings")
    if isinstance(settings, dict):
        yield from _list_settings(cast("dict[str, object]", settings)) if settings else ["**Settings**: none chosen"]
    else:
        yield "**Settings**: they cannot be read any more; the file has them as they are"
    for name, items in stored.items():
        if name in NAMES and isinstance(items, list):
            yield from _list_items(name, cast("list[object]", items))


def _list_settings(chosen: Mapping[str, object]) -> Iterator[str]:
    for name, value in chosen.items():
        setting = SETTINGS.get(name)
        if setting is not None:
            yield f"**{setting.label}**: {_describe(setting, setting.form.parse(value))}"
    if chosen.keys() - SETTINGS.keys():
        yield "**Settings**: some of another version of Shiori; the file has them as they are"


def _describe(setting: AnySetting, value: object) -> str:
    if value is None:
        return "cannot be read any more"
    if isinstance(setting.form, Choice):
        return cast("Choice[object]", setting.form).labels[value].lower()
    tags = cast("Sequence[object]", value)
    return (
        format_tags([str(one) for one in tags], limit=_TAGS_LIMIT)
        if isinstance(setting.form, TagList)
        else str(len(tags))
    )


PREVIEWS = "previews"
REMAKES = "vndb_remakes"

NAMES = {
    "notes": ("Told why there was no preview", "time"),
    PREVIEWS: ("Previews below your messages, and answers to you", "record"),
    "follows": ("What you follow", "subject"),
    "accounts": ("Your linked accounts, servers that see them, and lists that are kept", "record"),
    "vndb_token": ("Your VNDB token, sealed", "token"),
    REMAKES: ("What is to be put back on your VNDB list, sealed", "novel"),
    "vndb_import": ("What you import into your VNDB list", "import"),
}
"""What an export calls it, what people do, and what there is several of."""


def _list_items(name: str, items: Sequence[object]) -> Iterator[str]:
    label, noun = NAMES[name]
    if not items:
        yield f"**{label}**: nothing"
        return
    titles = [title for one in items if (title := _find_title(one))]
    shown = ", ".join(titles[:_TITLES_AT_MOST]) + (" …" if len(titles) > _TITLES_AT_MOST else "")
    yield f"**{label}**: {count(len(items), noun)}" + (f" ({shown})" if shown else "")


def _find_title(item: object) -> str:
    """What an item is called; nothing of what may be named in some channels only."""
    if not isinstance(item, dict):
        return ""
    known = cast("dict[str, object]", item)
    title = known.get("title") or known.get("name")
    return clip(escape_line(title), _TITLE_LIMIT) if isinstance(title, str) and not known.get("adult") else ""
