"""Where a page is found, short enough for a button to carry it."""

from __future__ import annotations

import re

import msgspec
from msgspec.structs import replace

from bot.navigation.route import Route

MAX_SIZE = 70
"""Characters of an encoded address. A `custom_id` holds 100, and the asker's id (20) and a word stand before it."""

MAX_NUMBER = 999_999
"""The last page of a place that an address can name."""

_PLACE = re.compile(r"[A-Za-z0-9=._-]+(?:/[A-Za-z0-9=._-]+)*")
_ENCODED = re.compile(r"(?P<place>[^~:]+)(?:~(?P<number>[1-9][0-9]{0,5})(?P<spoiler>[abr]?)(?P<covers>c?))?")
_SPOILERS = {"": (0, False), "a": (1, False), "b": (2, False), "r": (2, True)}
_LETTERS = {levels: letter for letter, levels in _SPOILERS.items()}
LONGEST_END = "~999999rc"
"""What stands behind a place at most."""


class Address(msgspec.Struct, frozen=True):
    """A page: its `place` (a path such as `v17/characters`), its `number` from 1 and the spoilers it shows, 0 to 2.

    `revealed`: it is somebody's own copy with all spoilers (`spoiler` 2), of a page that shows fewer. `covers`: a list
    shows pictures with titles, not rows.
    """

    place: str
    number: int = 1
    spoiler: int = 0
    revealed: bool = False
    covers: bool = False

    def encode(self) -> str:
        """The text that `parse_address` reads, at most `MAX_SIZE` characters of `A-Za-z0-9=._-/~`."""
        letters = _LETTERS[self.spoiler, self.revealed] + ("c" if self.covers else "")
        end = f"~{self.number}{letters}" if self.number != 1 or letters else ""
        encoded = self.place + end
        if not _PLACE.fullmatch(self.place) or len(encoded) > MAX_SIZE:
            raise ValueError(encoded)
        return encoded

    def turn(self, number: int) -> Address:
        """The page of that number at the same place."""
        return replace(self, number=number)

    def move(self, route: Route, *, begins: bool) -> Address:
        """The same page of another place, with the same spoilers; `begins`: as rows or covers as that place begins."""
        covers = route.begins_as_covers if begins else self.covers
        return Address(str(route), self.number, self.spoiler, self.revealed, covers)

    def go(self, route: Route) -> Address:
        """The first page of another place, as it begins, with the same spoilers."""
        return Address(str(route), spoiler=self.spoiler, revealed=self.revealed, covers=route.begins_as_covers)

    def reveal(self) -> Address:
        """The same page with all its spoilers, for one person."""
        return replace(self, spoiler=2, revealed=True)


NOWHERE = Address("nowhere")
"""The address of no page: where somebody is before the first one."""


def parse_address(text: str) -> Address | None:
    """Read what `Address.encode` wrote; None for anything else."""
    match = _ENCODED.fullmatch(text)
    if not match or len(text) > MAX_SIZE or not _PLACE.fullmatch(match["place"]):
        return None
    spoiler, revealed = _SPOILERS[match["spoiler"] or ""]
    return Address(match["place"], int(match["number"] or 1), spoiler, revealed, bool(match["covers"]))
