"""`/status` as a page, so that what it shows can be looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.kept_place import Keeper
from bot.navigation.page import Page, Visit
from bot.navigation.viewer import Viewer
from bot.status.card import render_status
from bot.status.health import Health, Report


class StatusSources(Keeper, Protocol):
    """What knows how it stands."""

    @property
    def health(self) -> Health: ...


@dataclass(frozen=True)
class StatusPage(Page[StatusSources, Report]):
    path = "status"

    async def ask(self, visit: Visit[StatusSources]) -> Report:
        return await visit.sources.health.look()

    def show(self, asked: Report, viewer: Viewer, address: Address) -> Shown:
        return render_status(asked, viewer=viewer, address=address)
