"""The tags of a gallery, as they stand on its card."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from bot.cards.fact import join_some
from bot.cards.text import clip, count, escape_line, one_line, size

# For the service's own book-keeping; they say nothing about what is in a gallery.
_INTERNAL = frozenset({"reclass", "temp"})
_NAME_LIMIT = 60
_WORD_LIMIT = 40
_LINE_LIMIT = 1000
_LINE_AT_LEAST = 80
_ENDING = len(" and 12345 more")
_REST = len("-# 123,456 more tags") + 1

# Whose tags are names; those of the others are words.
_NAMED = frozenset({"language", "artist", "group", "parody", "character", "cosplayer", "location"})
_SMALL = frozenset({"and", "de", "for", "in", "no", "of", "on", "the", "to"})
_INITIAL = re.compile(r"(?:^|(?<=[-(\[|.&/]))[^\W\d_]")

# Which a short card has, each with what stands before them.
_SUMMARISED = {
    "artist": "",
    "group": "",
    "parody": "",
    "character": "",
    "cosplayer": "",
    "female": "female: ",
    "male": "male: ",
    "mixed": "",
    "other": "",
    "location": "",
    "": "",
}
_SUMMARISED_AT_MOST = 4

# What each namespace is called before one and before several of its tags, in the order of the card.
_NAMESPACES = {
    "language": ("Language", "Language"),
    "artist": ("Artist", "Artists"),
    "group": ("Group", "Groups"),
    "parody": ("Parody", "Parodies"),
    "character": ("Character", "Characters"),
    "cosplayer": ("Cosplayer", "Cosplayers"),
    "female": ("Female", "Female"),
    "male": ("Male", "Male"),
    "mixed": ("Mixed", "Mixed"),
    "other": ("Other", "Other"),
    "location": ("Location", "Locations"),
    "": ("Tag", "Tags"),
}


def name_tag(namespace: str, tag: str) -> str:
    """A tag as it is read, on one line: the service writes `aoba michikusa` of an artist called Aoba Michikusa.

    One that has capitals already stays as it is.
    """
    tag = one_line(tag)
    if namespace not in _NAMED or tag != tag.lower():
        return tag
    words = tag.split()
    return " ".join(
        word if place and word in _SMALL else _INITIAL.sub(lambda initial: initial[0].title(), word)
        for place, word in enumerate(words)
    )


def name_tags(namespace: str, tags: Mapping[str, Sequence[str]]) -> list[str]:
    """All tags of a namespace as they are read, each once."""
    return list(dict.fromkeys(filter(None, (name_tag(namespace, tag) for tag in tags.get(namespace, ())))))


def summarise_tags(tags: Mapping[str, Sequence[str]], *, limit: int) -> str:
    """Who made a gallery and what is in it, in one small line of at most `limit` units; or nothing."""
    parts: list[str] = []
    for namespace, before in _SUMMARISED.items():
        names = [clip(escape_line(name), _NAME_LIMIT) for name in name_tags(namespace, tags)]
        if names:
            parts.append(before + join_some(names, _SUMMARISED_AT_MOST))
    return clip(f"-# {' · '.join(parts)}", limit) if parts else ""


def list_tags(tags: Mapping[str, Sequence[str]], *, room: int) -> list[str]:
    """A line for each namespace, in the room there is; of those that find none, how many tags they have."""
    found = [(_name_namespace(namespace, names), names) for namespace, names in _order(tags)]
    sizes = [_measure(name, names) for name, names in found]
    lines = _count_lines(sizes, room=room - _REST)
    share = _find_share(sizes[:lines], room=room - _REST)
    shown = [f"{name}{_join(names, limit=share - 1 - size(name))}" for name, names in found[:lines]]
    rest = sum(len(names) for _, names in found[lines:])
    if rest and room >= _REST:
        shown.append(f"-# {count(rest, 'more tag')}")
    return shown


def _order(tags: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, list[str]]]:
    """Yield the namespaces that have tags, the known ones first, each with its tags escaped."""
    for namespace in dict.fromkeys((*_NAMESPACES, *tags)):
        if namespace in _INTERNAL:
            continue
        names = [clip(escape_line(name), _NAME_LIMIT) for name in name_tags(namespace, tags)]
        kept = list(dict.fromkeys(filter(None, names)))
        if kept:
            yield namespace, kept


def _name_namespace(namespace: str, names: Sequence[str]) -> str:
    if namespace in _NAMESPACES:
        name = _NAMESPACES[namespace][len(names) > 1]
    else:
        name = clip(escape_line(one_line(namespace).capitalize()), _WORD_LIMIT // 2)
    return f"**{name}:** "


def _measure(name: str, names: Sequence[str]) -> int:
    """The units that a line wants, its end included."""
    return min(size(name) + size(", ".join(names)), _LINE_LIMIT) + 1


def _count_lines(sizes: Sequence[int], *, room: int) -> int:
    """How many of the first lines find room, if the long ones are clipped."""
    return sum(used <= room for used in accumulate(min(wanted, _LINE_AT_LEAST) for wanted in sizes))


def _find_share(sizes: Sequence[int], *, room: int) -> int:
    """The most that each may take for all to fit: what the short ones leave goes to the long ones."""
    for done, wanted in enumerate(sorted(sizes)):
        share = room // (len(sizes) - done)
        if wanted > share:
            return share
        room -= wanted
    return max(sizes, default=0)


def _join(names: Sequence[str], *, limit: int) -> str:
    """Join names as long as they fit into `limit` units, and say how many more there are."""
    joined = ", ".join(names)
    if size(joined) <= limit:
        return joined
    room = limit - _ENDING
    kept: list[str] = []
    for name in names:
        room -= size(name) + 2
        if room < -2:
            break
        kept.append(name)
    kept = kept or [clip(names[0], limit - _ENDING)]
    more = len(names) - len(kept)
    return ", ".join(kept) + (f" and {more} more" if more else "")
