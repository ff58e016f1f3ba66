"""The addresses that stand in a message, as Discord's clients read its markdown.

Read from left to right once: an escape, code, `<…>`, a spoiler and an address are each taken whole where they begin,
and nothing that was passed over is looked at again. Where code and spoilers end is known without a search for each
beginning, so the work grows with the text alone. Quotes, lists, headings and emphasis need no reading: their marks
are no part of an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

_STEP = re.compile(r"\\[^0-9A-Za-z\s]|<https?://[^\s<>]*>|`|\|\||https?://", re.IGNORECASE)
_FENCE = re.compile("```\n*")
_TICKS = re.compile("`+")
# Punctuation that people write directly behind an address, with more text directly behind that: closing quotes, CJK,
# and the space of no width that comes along when one is copied.
_FOREIGN = "\u200b\ufeff«»‹›“”„‘’。、，．！？：；…「」『』【】〈〉《》〔〕（）［］｛｝"
_PIECE = re.compile(rf"[^\s<>()\[\]|`\\{_FOREIGN}]+|[()\[\]]|\|(?!\|)")
_OPENING = {")": "(", "]": "["}
_TRAILING = ".,:;!?'\"*_~|}"
MARKS = f"{_FOREIGN}{_TRAILING}`{{<>()[]"
"""What may stand around an address or a reference and is no part of it."""


class WebAddress(msgspec.Struct, frozen=True):
    """An http or https address as it was written. `spoiler`: it stands in one."""

    url: str
    spoiler: bool


def find_addresses(text: str) -> list[WebAddress]:
    """The addresses of a message that Discord would make an embed of, in their order, repeated ones too.

    Those in code and in `<…>`, which people write to get no preview, are passed over.
    """
    return list(_find_addresses(text))


def _find_addresses(text: str) -> Iterator[WebAddress]:
    code = _Code(text)
    position, limit = 0, len(text)  # a spoiler is read up to its own end
    while position < len(text):
        step = _STEP.search(text, position, limit)
        if not step:
            position, limit = limit + 2, len(text)
            continue
        position = step.end()
        spoiler = limit < len(text)
        if step[0] == "`":
            position = code.find_end(step.start(), limit=limit)
        elif step[0] == "||" and not spoiler:
            # There is something in a spoiler, if only a bar.
            end = text.find("||", position + 1)
            limit = end if end >= 0 else limit
        elif step[0][0] in "hH":
            url, position = read_address(text, step.start(), position, limit)
            if len(url) > len(step[0]):
                yield WebAddress(url, spoiler)


def read_address(text: str, start: int, position: int, limit: int) -> tuple[str, int]:
    """The address that begins at `start`, and where reading goes on. What is before `position` belongs to it."""
    end = _find_address_end(text, position, limit)
    return text[start:end].rstrip(_TRAILING), end


def _find_address_end(text: str, position: int, limit: int) -> int:
    """Where an address ends: at a blank, or at a bracket that was opened before it."""
    depths = {"(": 0, "[": 0}
    while piece := _PIECE.match(text, position, limit):
        mark = piece[0]
        if mark in depths:
            depths[mark] += 1
        elif opening := _OPENING.get(mark):
            if not depths[opening]:
                break
            depths[opening] -= 1
        position = piece.end()
    return position


class _Code:
    """Where code ends. Three backticks end at the next three, any other number at the next run of just as many."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: dict[int, list[int]] = {}
        for run in reversed(list(_TICKS.finditer(text))):
            self._starts.setdefault(run.end() - run.start(), []).append(run.start())

    def find_end(self, start: int, *, limit: int) -> int:
        """The position after the code that the backticks at `start` begin, or after them if they begin none.

        As many of them as have an end belong to the beginning; the others are the code's first characters.
        """
        if fence := _FENCE.match(self._text, start, limit):
            closing = self._text.find("```", fence.end() + 1, limit)
            if closing >= 0:
                return closing + 3
        end = start
        while end < limit and self._text[end] == "`":
            end += 1
        for length in range(end - start, 0, -1):
            starts = self._starts.get(length, [])
            while starts and starts[-1] < end:
                starts.pop()
            if starts and starts[-1] + length <= limit:
                return starts[-1] + length
        return end
