"""The tags of a gallery, as they stand on its card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from bot.cards.text import clip, count, escape_line, one_line, size

# For the service's own book-keeping; they say nothing about what is in a gallery.
_INTERNAL = frozenset({"reclass", "temp"})
_NAME_LIMIT = 60
_WORD_LIMIT = 40
_LINE_LIMIT = 350
_LINE_AT_LEAST = 80
_ENDING = len(" and 12345 more")
_REST = len("-# 123,456 more tags") + 1

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
        names = [clip(escape_line(tag), _NAME_LIMIT) for tag in tags.get(namespace, ())]
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
