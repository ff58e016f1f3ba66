"""A look at a page."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from bot.navigation.address import Address
from bot.navigation.frame import PageView
from bot.navigation.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at which page. `filter` is the advanced search that the message carries: VNDB's compact form."""

    address: Address
    viewer: Viewer
    filter: str | None = None


class Places(Protocol):
    """Keeps places that are too long for a button. Both raise `StoreError`."""

    async def keep_place(self, place: str) -> str:
        """Return the key."""
        ...

    async def find_place(self, key: str) -> str | None:
        """Return what is kept under a key."""
        ...


class Keeper(Protocol):
    """Whoever may have places kept. `places`: None where there is no store."""

    @property
    def places(self) -> Places | None: ...


Groups = tuple[str, ...]
"""What a place holds: the groups of its route's pattern. One that did not take part is empty."""

S_contra = TypeVar("S_contra", contravariant=True)


class Show(Protocol[S_contra]):
    """Asks a service's sources for what a page shows, and renders it."""

    def __call__(self, groups: Groups, sources: S_contra, visit: Visit, /) -> Coroutine[Any, Any, PageView]: ...


Route = tuple[str, Show[S_contra]]
"""The pattern of a place, and what shows the page there."""
