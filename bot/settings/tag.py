"""Lists of blocked tags: read from what a person typed, and shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.cards.text import clean, count_units, escape_line, one_line, size
from bot.errors import InvalidInput
from bot.gate.setting import BLOCKED_TAGS_AT_MOST, normalise_tag

TAG_LIMIT = 60
"""UTF-16 units of a blocked tag."""

_SEPARATOR = re.compile(r"[,\n]")
# The signs of an exact search on E-Hentai, as in female:"glasses$": people copy tags from there.
_SEARCH_SIGNS = str.maketrans("", "", '"$')
# <https://ehwiki.org/wiki/Namespace>: what its search takes for a namespace. Left as it is, it would block nothing.
_NAMESPACES = {
    "a": "artist",
    "c": "character",
    "char": "character",
    "circle": "group",
    "cos": "cosplayer",
    "f": "female",
    "g": "group",
    "l": "language",
    "lang": "language",
    "loc": "location",
    "m": "male",
    "o": "other",
    "p": "parody",
    "r": "reclass",
    "series": "parody",
    "x": "mixed",
}


def parse_tags(text: str, *, of: str) -> tuple[str, ...]:
    """Read tags, one a line or separated by commas, as they are compared; each once, in their order.

    `of` is the setting's label. Raises InvalidInput when there are too many, or one that is too long or has a namespace
    and no name.
    """
    name = f"list of {of.lower()}"
    tags = tuple(dict.fromkeys(_read_tags(text)))
    if len(tags) > BLOCKED_TAGS_AT_MOST:
        raise InvalidInput(name, f"has {len(tags)} tags; {BLOCKED_TAGS_AT_MOST} are kept at most")
    for tag in tags:
        if count_units(tag) > TAG_LIMIT:
            raise InvalidInput(name, f"has a tag of more than {TAG_LIMIT} characters: “{tag}”")
        if tag.endswith(":"):
            raise InvalidInput(name, f"has a namespace without a tag: “{tag}”")
    return tags


def _read_tags(text: str) -> Iterator[str]:
    for part in _SEPARATOR.split(clean(text)):
        tag = normalise_tag(one_line(part.translate(_SEARCH_SIGNS)))
        namespace, colon, name = tag.rpartition(":")
        tag = f"{_NAMESPACES.get(namespace, namespace)}{colon}{name}"
        if tag:
            yield tag


def format_tags(tags: Sequence[str], *, limit: int) -> str:
    """The tags on one line of at most `limit` UTF-16 units, escaped; those that do not fit are counted."""
    shown: list[str] = []
    room = limit - len(f" and {len(tags)} more")
    for tag in map(escape_line, tags):
        room -= size(tag) + 2
        if room < 0:
            return f"{', '.join(shown)} and {len(tags) - len(shown)} more"
        shown.append(tag)
    return ", ".join(shown)
