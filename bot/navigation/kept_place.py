"""Places that are too long for a button: it carries the key of one that is kept."""

from __future__ import annotations

from typing import Protocol

from bot.errors import InvalidInput, PlaceAway, StoreError
from bot.navigation.address import LONGEST_END, MAX_SIZE

KEPT = "kept/"
LONGEST = 100_000
"""Characters of what is kept: more than the longest option, or all the links of a message, make."""

_ROOM = MAX_SIZE - len(LONGEST_END)


class Places(Protocol):
    """Keeps places that are too long for a button. Both raise `StoreError`."""

    async def keep_place(self, place: str) -> str:
        """The key."""
        ...

    async def find_place(self, key: str) -> str | None:
        """What is kept under a key."""
        ...


class Keeper(Protocol):
    """Whoever may have places kept. `places`: None where there is no store."""

    @property
    def places(self) -> Places | None: ...


def fits(place: str) -> bool:
    """Whether a button has room for it."""
    return len(place) <= _ROOM


async def fit_place(place: str, sources: Keeper) -> str:
    """The place itself, or where it is kept if no button has room for it.

    Raises `PlaceAway` if it cannot be kept, `InvalidInput` for what is longer than anybody types.
    """
    if fits(place):
        return place
    if len(place) > LONGEST or sources.places is None:
        raise InvalidInput("search", "is too long")
    try:
        return KEPT + await sources.places.keep_place(place)
    except StoreError as error:
        raise PlaceAway(error.reason) from error


async def find_place(place: str, sources: Keeper) -> str:
    """The place that is meant. Raises `PlaceAway`, `InvalidInput` for what is kept no longer."""
    if not place.startswith(KEPT):
        return place
    try:
        found = await sources.places.find_place(place.removeprefix(KEPT)) if sources.places else None
    except StoreError as error:
        raise PlaceAway(error.reason) from error
    if found is None:
        raise InvalidInput(
            "button",
            "has not been used for 30 days, and what was asked for is kept no longer than that; use the command again",
        )
    return found
