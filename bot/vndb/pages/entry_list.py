"""The lists that belong to an entry: a producer's novels, the characters that somebody speaks."""

from __future__ import annotations

from bot.cards.text import escape_line
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.page import Visit
from bot.navigation.viewer import Viewer
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.model import Character, Producer, Staff, Tag, Trait, Vn
from bot.vndb.cards.tag import render_closed
from bot.vndb.cards.title import retitle
from bot.vndb.pages.entry import ProducerPage, StaffPage, TagPage, TraitPage, by_developer, by_staff, by_tag, by_trait
from bot.vndb.pages.list import Rows, ask_rows
from bot.vndb.pages.list_kind import CHARACTERS, VNS
from bot.vndb.pages.source import VndbSources


class ProducerNovels(ProducerPage[Rows[Vn]]):
    path = "{id}/novels"
    label = "Visual novels"

    async def ask(self, visit: Visit[VndbSources]) -> Rows[Vn]:
        card = await visit.sources.vndb.fetch(kinds.PRODUCER, self.id)
        heading = f"Best rated novels of {_name(card.entry, visit.viewer)}"
        return await ask_rows(VNS, by_developer(self.id), "rating", visit, heading=heading, of_entry=self.id)

    def show(self, asked: Rows[Vn], viewer: Viewer, address: Address) -> Shown:
        return asked.render(viewer, address)


class StaffNovels(StaffPage[Rows[Vn]]):
    path = "{id}/novels"
    label = "Visual novels"

    async def ask(self, visit: Visit[VndbSources]) -> Rows[Vn]:
        card = await visit.sources.vndb.fetch(kinds.STAFF, self.id)
        heading = f"Best rated novels with {_name(card.entry, visit.viewer)}"
        return await ask_rows(VNS, by_staff(self.id), "rating", visit, heading=heading, of_entry=self.id)

    def show(self, asked: Rows[Vn], viewer: Viewer, address: Address) -> Shown:
        return asked.render(viewer, address)


class StaffCharacters(StaffPage[Rows[Character]]):
    path = "{id}/characters"
    label = "Characters voiced"

    async def ask(self, visit: Visit[VndbSources]) -> Rows[Character]:
        card = await visit.sources.vndb.fetch(kinds.STAFF, self.id)
        heading = f"Characters voiced by {_name(card.entry, visit.viewer)}"
        wanted = where.CHARACTER.seiyuu.eq(where.STAFF.id.eq(self.id))
        return await ask_rows(CHARACTERS, wanted, "name", visit, heading=heading, of_entry=self.id)

    def show(self, asked: Rows[Character], viewer: Viewer, address: Address) -> Shown:
        return asked.render(viewer, address)


class TagNovels(TagPage[Rows[Vn] | None]):
    """Of a sexual tag nothing is asked for where it may not stand."""

    path = "{id}/novels"
    label = "Visual novels"

    async def ask(self, visit: Visit[VndbSources]) -> Rows[Vn] | None:
        tag: Tag = (await visit.sources.vndb.fetch(kinds.TAG, self.id)).entry
        if tag.is_sexual and not visit.viewer.age_restricted:
            return None
        heading = f"Best rated novels with {escape_line(tag.name)}"
        return await ask_rows(VNS, by_tag(self.id, visit), "rating", visit, heading=heading, of_entry=self.id)

    def show(self, asked: Rows[Vn] | None, viewer: Viewer, address: Address) -> Shown:
        return render_closed("tag", viewer=viewer, address=address) if asked is None else asked.render(viewer, address)


class TraitCharacters(TraitPage[Rows[Character] | None]):
    """As with `TagNovels`."""

    path = "{id}/characters"
    label = "Characters"

    async def ask(self, visit: Visit[VndbSources]) -> Rows[Character] | None:
        trait: Trait = (await visit.sources.vndb.fetch(kinds.TRAIT, self.id)).entry
        if trait.sexual and not visit.viewer.age_restricted:
            return None
        heading = f"Characters with {escape_line(trait.name)}"
        wanted = by_trait(self.id, visit)
        return await ask_rows(CHARACTERS, wanted, "name", visit, heading=heading, of_entry=self.id)

    def show(self, asked: Rows[Character] | None, viewer: Viewer, address: Address) -> Shown:
        return (
            render_closed("trait", viewer=viewer, address=address) if asked is None else asked.render(viewer, address)
        )


def _name(entry: Producer | Staff, viewer: Viewer) -> str:
    return escape_line(retitle(entry, viewer).name)
