"""The cards of what a message links to, as a page: five links each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec

from bot.errors import InvalidInput
from bot.gate.rules import Refused
from bot.links.target import Link
from bot.lookup.source import Sources
from bot.navigation.address import Address
from bot.navigation.frame import PageView
from bot.navigation.page import Page, Visit
from bot.navigation.route import Part
from bot.navigation.viewer import Viewer
from bot.preview.card import Block, build_note, build_pager, build_preview
from bot.preview.link_place import decode_links, encode_links
from bot.preview.plan import Preview, build_plan, explain_missing, fetch_preview

_CUT = (
    "The cards of the other links cannot be shown just now, since Shiori cannot reach its own database. Please try "
    "again in a few minutes."
)

LINKS: Part[tuple[Link, ...]] = Part(r".*", decode_links, encode_links)


class Previewed(msgspec.Struct, frozen=True):
    """The cards of a page, what stands against the others, and how many `more` links there are. `leads_on`: there is a
    way to them.
    """

    preview: Preview
    missing: tuple[Block, ...]
    more: int
    leads_on: bool = True


@dataclass(frozen=True)
class LinksPage(Page[Sources, Previewed]):
    path = "links/{links}"
    links: Annotated[tuple[Link, ...], LINKS]

    async def ask(self, visit: Visit[Sources]) -> Previewed:
        """Raises `InvalidInput` if there are no links, and what stands against them if none may or can be shown."""
        number = visit.address.number
        plan = build_plan(self.links, visit.viewer.rules, asked=True, number=number)
        preview = await fetch_preview(plan, visit.sources, visit.viewer)
        missing = explain_missing(preview)
        if preview.blocks or (missing and (number > 1 or plan.more)):
            return Previewed(preview, missing, plan.more)
        if preview.errors:
            raise preview.errors[0]
        if preview.refusals:
            raise Refused(preview.refusals[0])
        raise InvalidInput("message", "has no link to VNDB, AniList, MyAnimeList or a gallery")

    def leads_on(self, asked: Previewed, number: int) -> bool:
        return asked.leads_on and (number > 1 or asked.more > 0)

    def cut(self, asked: Previewed, number: int) -> Previewed | None:
        if number > 1:
            return None  # the first page stands, and leads back to nothing that could be shown
        return msgspec.structs.replace(asked, missing=(*asked.missing, build_note(_CUT)), leads_on=False)

    def show(self, asked: Previewed, viewer: Viewer, address: Address) -> PageView:
        view = build_preview([*asked.preview.blocks, *asked.missing], more=asked.more, removable=False)
        if self.leads_on(asked, address.number):
            view.add_item(build_pager(address, asker_id=viewer.asker_id, more=asked.more > 0))
        return view
