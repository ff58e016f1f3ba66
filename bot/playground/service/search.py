"""How the sample services find names: each word must stand in one of them, whatever its case, width, signs."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Sequence

# From how many letters on a text names an entry that is kept off the shelves.
_NAME = 4


@functools.lru_cache(maxsize=16384)
def normalize(text: str) -> str:
    """The letters and digits of `text`, folded: `Ｓteins;Gate 0` becomes `steinsgate0`."""
    folded = unicodedata.normalize("NFKC", text).casefold()  # noqa: TID251 - a judge shares no code with the bot
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LNM")


def matches(names: Sequence[str], text: str) -> bool:
    """Whether every word of `text` stands in one of `names`. A text without words is in everything."""
    normal = [normalize(name) for name in names]
    return all(any(word in name for name in normal) for word in _words(text))


def is_name(text: str) -> bool:
    """Whether a text is long enough to name an entry that no list shows."""
    return len(normalize(text)) >= _NAME


def rank(names: Sequence[str], text: str) -> int:
    """How well the names fit, 0 best: the main title, its beginning, any name, within one, by words."""
    whole = "".join(_words(text))
    normal = [normalize(name) for name in names]
    if not whole or not normal or normal[0] == whole:
        return 0
    if normal[0].startswith(whole):
        return 1
    if whole in normal:
        return 2
    return 3 if any(whole in name for name in normal) else 4


def _words(text: str) -> list[str]:
    return [word for word in (normalize(part) for part in text.split()) if word]
