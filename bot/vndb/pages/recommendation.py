"""What somebody may like, by their votes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bot.cards.text import escape_line, one_line
from bot.errors import NotFound
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.page import Page, Visit
from bot.navigation.viewer import Viewer
from bot.service.record import Found
from bot.vndb.api import kind as kinds
from bot.vndb.api.error import SERVICE
from bot.vndb.api.model import User
from bot.vndb.api.names import Names
from bot.vndb.api.taste import MIN_VOTES, Recommendation
from bot.vndb.cards.list import count_rows, render_vn_list
from bot.vndb.cards.route import entry
from bot.vndb.pages.source import VndbSources


@dataclass(frozen=True, slots=True)
class Recommended:
    """All that is recommended, to whom, and VNDB's names."""

    found: Found[Recommendation]
    user: User
    names: Names


@dataclass(frozen=True)
class RecommendationPage(Page[VndbSources, Recommended]):
    """Novels that somebody may like, the best first. Raises `NotFound` where their votes show no taste."""

    path = "recommend/{id}"
    id: Annotated[str, entry("u")]

    async def ask(self, visit: Visit[VndbSources]) -> Recommended:
        vndb = visit.sources.vndb
        user = (await vndb.users.fetch_user(self.id)).entry
        found = await vndb.fetch_recommended(self.id, age_restricted=visit.viewer.age_restricted)
        if not found.items:
            name = one_line(user.username) or user.id
            raise NotFound(
                SERVICE, f"recommendation for {name} yet: that takes {MIN_VOTES} public votes on novels with tags"
            )
        return Recommended(found, user, await vndb.fetch_names())

    def show(self, asked: Recommended, viewer: Viewer, address: Address) -> Shown:
        rows = count_rows(kinds.VN.prefix, address)
        first = (address.number - 1) * rows
        shown = asked.found.items[first : first + rows]
        found = Found(
            [one.vn for one in shown],
            more=False,
            age_s=asked.found.age_s,
            stale=asked.found.stale,
            count=len(asked.found.items),
        )
        return render_vn_list(
            found,
            heading=f"What {escape_line(one_line(asked.user.username) or asked.user.id)} may like",
            asked="By the tags of what they voted on, without what is on their list but for wishes",
            told=[[", ".join(one.reasons)] for one in shown],
            names=asked.names,
            viewer=viewer,
            address=address,
        )
