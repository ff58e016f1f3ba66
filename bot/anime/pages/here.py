"""Who of a server has a work on the list that they show it."""

from __future__ import annotations

from bot.account.model import Status
from bot.account.readers import render_readers
from bot.anime.api.anilist.error import SERVICE
from bot.anime.api.model import Media
from bot.anime.cards.page import may_show_work, render_closed
from bot.anime.cards.route import HereRoute
from bot.anime.cards.text import SOURCE
from bot.anime.cards.title import title_of
from bot.anime.pages.media import KINDS
from bot.anime.pages.source import AnimeSources
from bot.errors import InvalidInput
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.here import Reader
from bot.navigation.page import Page, Visit
from bot.navigation.viewer import Viewer
from bot.service.record import Card

_WATCHED: dict[Status, str] = {
    "finished": "finished",
    "current": "watching",
    "paused": "paused",
    "dropped": "dropped",
}
_READ: dict[Status, str] = {**_WATCHED, "current": "reading"}


class ReadHere(Page[AnimeSources, tuple[Card[Media], list[Reader]]], HereRoute):
    """It names members, so no message that others can read leads to it but by a button that answers one alone."""

    async def ask(self, visit: Visit[AnimeSources]) -> tuple[Card[Media], list[Reader]]:
        if visit.here is None:
            raise InvalidInput("list of members", "is for servers that Shiori is a member of")
        card = await visit.sources.anime.fetch(KINDS[self.kind], self.id)
        return card, await visit.here.list_readers(SERVICE, self.id)

    def show(self, asked: tuple[Card[Media], list[Reader]], viewer: Viewer, address: Address) -> Shown:
        card, readers = asked
        if not may_show_work(card.entry, viewer):
            return render_closed(card.entry, viewer, address)
        words = _WATCHED if self.kind == "anime" else _READ
        return render_readers(
            title_of(card.entry, viewer), readers, words=words, frame=Frame(viewer, address, source=SOURCE)
        )
