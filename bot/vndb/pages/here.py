"""Who of a server has a novel on the list that they show it."""

from __future__ import annotations

from bot.account.model import Status
from bot.account.readers import render_readers
from bot.errors import InvalidInput
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.here import Reader
from bot.navigation.page import Page, Visit
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api import kind as kinds
from bot.vndb.api.client import SERVICE
from bot.vndb.api.model import Vn
from bot.vndb.cards.route import HereRoute
from bot.vndb.cards.text import SOURCE, link_to_vndb
from bot.vndb.cards.title import retitle
from bot.vndb.pages.source import VndbSources

_WORDS: dict[Status, str] = {"finished": "finished", "current": "playing", "paused": "stalled", "dropped": "dropped"}


class ReadHere(Page[VndbSources, tuple[Card[Vn], list[Reader]]], HereRoute):
    """It names members, so no message that others can read leads to it but by a button that answers one alone."""

    async def ask(self, visit: Visit[VndbSources]) -> tuple[Card[Vn], list[Reader]]:
        if visit.here is None:
            raise InvalidInput("list of members", "is for servers that Shiori is a member of")
        card = await visit.sources.vndb.fetch(kinds.VN, self.id)
        return card, await visit.here.list_readers(SERVICE, int(self.id[1:]))

    def show(self, asked: tuple[Card[Vn], list[Reader]], viewer: Viewer, address: Address) -> Shown:
        card, readers = asked
        vn = retitle(card.entry, viewer)
        frame = Frame(viewer, address, links=link_to_vndb(vn.id, "v"), source=SOURCE)
        return render_readers(vn.title or vn.id, readers, words=_WORDS, frame=frame)
