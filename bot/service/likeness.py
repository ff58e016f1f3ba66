"""How alike two texts are, by the letters that both have in the same order.

As RapidFuzz's `ratio`, which is eight times as fast, but 3 MB of a process that has a few hundred names to compare: of
what cannot be near, most is told by its letters alone.
"""

from __future__ import annotations

_MARKS = 32  # so many letters are told apart


class Likeness:
    """A text that others are compared with."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._places: dict[str, int] = {}
        for place, sign in enumerate(text):
            self._places[sign] = self._places.get(sign, 0) | 1 << place

    def measure(self, other: str) -> float:
        """The share of the letters of both that stand in their longest common subsequence: 0 to 1.

        Computed for all places of the text at once, one bit each, which falls when the subsequence grows there
        (Hyyrö 2004, "Bit-parallel LCS-length computation revisited").
        """
        every = free = (1 << len(self.text)) - 1
        for sign in other:
            here = free & self._places.get(sign, 0)
            free = (free + here) | (free - here)
        common = len(self.text) - (free & every).bit_count()
        return 2 * common / ((len(self.text) + len(other)) or 1)


def mark_letters(text: str) -> int:
    """Which letters a text has, a bit each of 32; some share theirs."""
    marks = 0
    for sign in set(text):
        marks |= 1 << ord(sign) % _MARKS
    return marks
