"""A page: where it stands, what it asks, and how it shows that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Generic, TypeVar

import msgspec

from bot.navigation.address import Address
from bot.navigation.frame import NO_TRAIL, PageView, Shown, Trail
from bot.navigation.here import Here
from bot.navigation.route import Route
from bot.navigation.viewer import Viewer

A = TypeVar("A")
S_co = TypeVar("S_co", covariant=True)
S_contra = TypeVar("S_contra", contravariant=True)


class State(msgspec.Struct, frozen=True):
    """What a message carries: which page it shows, and what is on the way besides."""

    address: Address
    trail: Trail = NO_TRAIL


class Visit(msgspec.Struct, Generic[S_co], frozen=True):
    """A look at a page: for whom and where, whom to ask, and what the message carries.

    `here`: the server, if the bot is a member of it.
    """

    viewer: Viewer
    sources: S_co
    state: State
    here: Here | None = None

    @property
    def address(self) -> Address:
        return self.state.address

    def look(self, address: Address) -> Visit[S_co]:
        """The same at another address."""
        return Visit(self.viewer, self.sources, State(address, self.state.trail), self.here)


class Page(Route, ABC, Generic[S_contra, A]):
    """A page of the sources `S`, for which an `A` is asked. A subclass is a frozen dataclass, as its `Route`.

    Pages of one `menu` that have the same parameters stand in each other's menu, by their `label`, in the order in
    which they are registered. `searches`: its message carries what was searched for, which the cards that lead back to
    it carry on. `remembered`: what it looks like may be kept for as long as there is room.
    """

    menu: ClassVar[str] = ""
    label: ClassVar[str] = ""
    searches: ClassVar[bool] = False
    remembered: ClassVar[bool] = True

    @abstractmethod
    async def ask(self, visit: Visit[S_contra]) -> A:
        """Ask for what is shown. Raises `ShioriError`; what may not be asked for here is refused here."""

    @abstractmethod
    def show(self, asked: A, viewer: Viewer, address: Address) -> Shown | PageView:
        """What it looks like, by this alone: it is remembered (`bot.navigation.memory`).

        The viewer is nobody in particular, and has of its rules only what cards change with. A `PageView` has no frame,
        and carries no trail.
        """

    def name(self) -> str:
        """What it is called in the menu; nothing: it stands in none."""
        return self.label

    def is_there(self, sources: S_contra) -> bool:  # noqa: ARG002 - for those that override it
        """Whether it stands in the menu of others, by what is known without asking."""
        return True

    def leads_on(self, asked: A, number: int) -> bool:  # noqa: ARG002 - for those that override it
        """Whether its message leads to this page once more, so that an address that is too long has to be kept."""
        return True

    def cut(self, asked: A, number: int) -> A | None:  # noqa: ARG002 - as above
        """What is shown of it while its address cannot be kept, so that it leads nowhere; None: nothing is."""
        return None


class Redirect(Route, ABC, Generic[S_contra]):
    """An address that leads to another page, such as that of a random entry. A frozen dataclass, as its `Route`."""

    @abstractmethod
    async def follow(self, visit: Visit[S_contra]) -> Page[S_contra, Any] | Opened:
        """Find that page. Raises `ShioriError`."""


class Opened(msgspec.Struct, frozen=True):
    """A page with what was asked for it, and what its message is to carry besides what it does."""

    page: Page[Any, Any]
    asked: object
    trail: Trail = NO_TRAIL


def open_page(page: Page[Any, A], asked: A, *, trail: Trail = NO_TRAIL) -> Opened:
    """The page, with what was asked for it."""
    return Opened(page, asked, trail)


Lead = Page[S_contra, Any] | Redirect[S_contra] | Opened
"""What leads to a page: the page itself, what finds it, or the page with what was asked for it at hand."""

Find = Callable[[Visit[S_contra]], Awaitable[Lead[S_contra]]]
"""Finds the page that somebody wants. Raises `ShioriError`."""
