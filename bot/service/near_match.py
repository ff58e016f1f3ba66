"""Near matches beside the error that there is nothing of a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar

from bot.errors import Near, ShioriError
from bot.service.near_find import NearFinder, Shelf

T = TypeVar("T")
E = TypeVar("E", bound=ShioriError)

NEAR_AT_MOST = 5


async def with_near(
    error: E, text: str, finder: NearFinder, shelf: Shelf[T], describe: Callable[[T], Near | None]
) -> E:
    """The error that says that nothing is called like that, with what is nearly so.

    `describe` gives None for what has no card.
    """
    found = await finder.find(text, shelf)
    unique = {near.address or near.name: near for one in reversed(found) if (near := describe(one))}
    error.near = list(reversed(unique.values()))[:NEAR_AT_MOST]
    return error


def name_near(names: Iterable[str]) -> list[Near]:
    """Near matches that are words to be typed: an option cannot be pressed into place."""
    return [Near("", name) for name in islice(dict.fromkeys(names), NEAR_AT_MOST)]
