"""A small reader of Discord's markdown, to tell what a message shows at once and what only after a click.

It reads as Discord's clients do, from left to right: an escape, code, a link and a spoiler are each taken
whole where they begin; a spoiler ends at the next two bars, whatever stands before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CODE = re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)")
_LINK = re.compile(r"\[((?:\\.|[^\[\]])+)\]\(<([^\s<>]+)>\)")
_ADDRESS = re.compile(r"<(https?://[^\s<>]+)>")
_SPOILER = re.compile(r"\|\|([\s\S]+?)\|\|")
_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_MARKER = re.compile(r"\*\*|__|~~|\*")
_MENTION = re.compile(r"@(?:everyone|here)|<@[!&]?[0-9]+>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader sees at once, what a click uncovers, where links lead, and how many `||` are left over."""

    visible: str
    hidden: str
    links: tuple[str, ...]
    stray_bars: int


def find_mentions(text: str) -> list[str]:
    """Return what would mention somebody, as Discord's server finds it, to which escapes mean nothing."""
    return _MENTION.findall(text)


def show(text: str) -> Shown:
    visible: list[str] = []
    hidden: list[str] = []
    links: list[str] = []
    stray = 0
    position = 0
    while position < len(text):
        if found := _CODE.match(text, position):
            visible.append(found[2])
        elif found := _ESCAPE.match(text, position):
            visible.append(found[1])
        elif found := _LINK.match(text, position):
            visible.append(show(found[1]).visible)
            links.append(found[2])
        elif found := _ADDRESS.match(text, position):
            visible.append(found[1])
            links.append(found[1])
        elif found := _SPOILER.match(text, position):
            inner = show(found[1])
            hidden.append(inner.visible + inner.hidden)
            links.extend(inner.links)
            stray += inner.stray_bars
        elif found := _MARKER.match(text, position):
            pass
        else:
            stray += text.startswith("||", position)
            visible.append(text[position])
            position += 1
            continue
        position = found.end()
    return Shown("".join(visible), "".join(hidden), tuple(links), stray)
