"""Which page stands at which address, and the one way to show any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec

from bot.errors import InvalidInput, PlaceAway
from bot.navigation.address import NOWHERE, Address
from bot.navigation.frame import NO_TRAIL, Choice, PageView, Shown, Trail, build_view
from bot.navigation.kept_place import Keeper, find_place, fit_place
from bot.navigation.memory import Memory, build_key, forget_asker
from bot.navigation.page import Find, Lead, Opened, Page, Redirect, Visit
from bot.navigation.viewer import Viewer

S = TypeVar("S", bound=Keeper)

OUTDATED = "is from another version of Shiori; use the command again"


class Router(Generic[S]):
    """Shows pages. An address is that of the first one that can read it; menus have the same order."""

    def __init__(self, pages: Sequence[type[Page[S, Any] | Redirect[S]]]) -> None:
        self._all = pages
        self._menus: dict[str, list[type[Page[S, Any]]]] = {}
        self._asked: dict[str, list[type[Page[S, Any]]]] = {}  # of a menu, those that say whether they stand in it
        for one in pages:
            if issubclass(one, Page) and one.menu:
                self._menus.setdefault(one.menu, []).append(one)
                if one.is_there is not Page.is_there:
                    self._asked.setdefault(one.menu, []).append(one)
        self._memory = Memory()

    async def show(self, wanted: Lead[S] | Find[S], visit: Visit[S]) -> PageView:
        """The page that is wanted, as it is now and for this viewer. Raises `ShioriError`.

        Commands and buttons alike end here, and each time everything is decided anew.
        """
        lead = await wanted(visit) if callable(wanted) else wanted
        if isinstance(lead, Redirect):
            lead = await lead.follow(visit)
            visit = visit.look(visit.address.turn(1))
        page = lead.page if isinstance(lead, Opened) else lead
        address = visit.address.move(page, begins=visit.address.place == NOWHERE.place)
        if not isinstance(lead, Opened):
            lead = Opened(page, await page.ask(visit.look(address)))
        if page.leads_on(lead.asked, address.number):
            try:
                place = await fit_place(address.place, visit.sources)
                address = address if place == address.place else msgspec.structs.replace(address, place=place)
            except PlaceAway:
                if (alone := page.cut(lead.asked, address.number)) is None:
                    raise
                lead = Opened(page, alone, lead.trail)
        trail = self._find_trail(lead.trail, visit.state.trail)
        return self._lay_out(lead, visit.viewer, address, trail, self._list_absent(page, visit.sources))

    def _lay_out(
        self, opened: Opened, viewer: Viewer, address: Address, trail: Trail, absent: Sequence[type[Page[S, Any]]]
    ) -> PageView:
        """The page as a message; what was laid out before, with the same of everything, is not made again."""
        anyone = forget_asker(viewer)
        key = build_key(opened.page, opened.asked, anyone, address, trail, absent) if opened.page.remembered else None
        laid = self._memory.find(key)
        if laid is None:
            shown = opened.page.show(opened.asked, anyone, address)
            if isinstance(shown, Shown):
                shown = build_view(shown, trail=trail, menu=self._build_menu(opened.page, absent, shown.frame.address))
            laid = self._memory.keep(key, shown)
        return laid.address(viewer)

    async def read(self, visit: Visit[S]) -> Lead[S]:
        """Find the page at the visit's address. Raises `InvalidInput` if there is none, `PlaceAway`."""
        page = self._find(await find_place(visit.address.place, visit.sources))
        if page is None:
            raise InvalidInput("button", OUTDATED)
        return page

    def list_menu(self, address: Address, sources: S) -> list[Choice]:
        """The pages that stand in a menu with the one at that address, itself among them."""
        page = self._find(address.place)
        return self._build_menu(page, self._list_absent(page, sources), address) if isinstance(page, Page) else []

    def _list_absent(self, page: Page[S, Any], sources: S) -> list[type[Page[S, Any]]]:
        """The pages that are not in the menu with this one, by what is known; itself always is."""
        asked = self._asked.get(page.menu, ())
        return [one for one in asked if one is not type(page) and not _move(page, one).is_there(sources)]

    def _build_menu(self, page: Page[S, Any], absent: Sequence[type[Page[S, Any]]], address: Address) -> list[Choice]:
        beside = (_move(page, one) for one in self._menus.get(page.menu, ()) if one not in absent)
        return [Choice(address.go(one), name) for one in beside if (name := one.name())]

    def _find(self, place: str) -> Page[S, Any] | Redirect[S] | None:
        return next((page for one in self._all if (page := one.parse(place)) is not None), None)

    def _find_trail(self, new: Trail, old: Trail) -> Trail:
        if new is old is NO_TRAIL:
            return NO_TRAIL
        back, again = new.back or old.back, new.again or old.again
        page = None if back is None else self._find(back.place)
        is_search = isinstance(page, Page) and page.searches
        return Trail(back, again, new.search or (old.search if again or is_search else None))


def _move(page: Page[S, Any], to: type[Page[S, Any]]) -> Page[S, Any]:
    """Another page of the same menu, and so with the same parameters."""
    return to(**{name: getattr(page, name) for name in to.list_parameters()})
