"""Lists of blocked tags: read from what a person typed, and shown."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from bot.cards.text import clean, clip, count_units, escape_line, one_line, size
from bot.gate.setting import BLOCKED_TAGS_AT_MOST, normalise_tag

TAG_LIMIT = 60
"""UTF-16 units of a blocked tag."""

_SEPARATOR = re.compile(r"[,;，、；\n]")  # the wide ones are those of Japanese keyboards
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
_KNOWN = frozenset({*_NAMESPACES.values(), "temp"})
_ANY_NAMESPACE = "tag"
# What else a search takes (any letters, one of several words, a number): kept, it would block nothing.
_NEVER_IN_TAGS = "*%~#"
_TOO_MANY = f"{BLOCKED_TAGS_AT_MOST} are kept at most"
_REFUSED_AT_MOST = 3
_SHOWN_LIMIT = 40
_JOINED = "⚠️ This list was changed meanwhile: what was there is kept, and what you typed is added."


class TypedTags(msgspec.Struct, frozen=True):
    """The tags that were typed, as they are compared, each once; and those not taken, with why, escaped.

    `joined`: with those of a list that somebody had changed meanwhile.
    """

    tags: tuple[str, ...]
    refused: tuple[str, ...] = ()
    joined: bool = False

    @property
    def sentence(self) -> str:
        """What became of it other than was typed; empty if nothing did."""
        more = len(self.refused) - _REFUSED_AT_MOST
        told = [*self.refused[:_REFUSED_AT_MOST], *([f"and {more} more"] if more > 0 else [])]
        lines = [*([_JOINED] if self.joined else []), *([f"⚠️ Not taken: {'; '.join(told)}."] if told else [])]
        return "\n".join(lines)


def sign_tags(tags: Sequence[str]) -> str:
    """A digest of a list of tags, of 16 digits: what it was when a modal was opened."""
    return hashlib.sha256("\n".join(tags).encode(errors="surrogatepass")).hexdigest()[:16]


def change_tags(known: Sequence[str], typed: Sequence[str], shown: Sequence[str]) -> TypedTags:
    """What a list becomes that is `known` by now, when this is typed in the place of one whose digest was `shown`."""
    if sign_tags(known) in shown:
        return read_tags("\n".join(typed))
    # What was taken away here cannot be told from what was added there.
    return replace(read_tags("\n".join([*known, *typed])), joined=True)


def read_tags(text: str) -> TypedTags:
    """Read tags, one a line or separated by commas. What cannot be kept does not keep the others away."""
    tags: dict[str, None] = {}
    refused: dict[str, None] = {}
    for part in _SEPARATOR.split(clean(text)):
        typed = one_line(part)
        tag = _read_tag(typed)
        why = _find_fault(tag) or (_TOO_MANY if tag not in tags and len(tags) == BLOCKED_TAGS_AT_MOST else "")
        if why and typed:
            refused[f"“{clip(escape_line(typed), _SHOWN_LIMIT)}” ({why})"] = None
        elif tag:
            tags[tag] = None
    return TypedTags(tuple(tags), tuple(refused))


def _read_tag(typed: str) -> str:
    tag = normalise_tag(one_line(typed.translate(_SEARCH_SIGNS)))
    namespace, colon, name = tag.rpartition(":")
    if namespace == _ANY_NAMESPACE:
        return name
    return f"{_NAMESPACES.get(namespace, namespace)}{colon}{name}"


def _find_fault(tag: str) -> str:
    """Why it could block nothing, or is not kept; empty if nothing is wrong."""
    namespace, colon, name = tag.rpartition(":")
    if not name:
        return "a namespace without a tag" if namespace else "no tag"
    sign = next((one for one in _NEVER_IN_TAGS if one in tag), "")
    if sign:
        return f"no tag has “{escape_line(sign)}”"
    if "-" in (tag[0], name[0]):
        return "no tag begins with “-”"
    if colon and namespace not in _KNOWN:
        return "E-Hentai has no such namespace"
    return f"longer than {TAG_LIMIT} characters" if count_units(tag) > TAG_LIMIT else ""


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
