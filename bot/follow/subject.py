"""What people type, led to something that can be followed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.anime.api.anilist.error import SERVICE
from bot.anime.api.model import MediaRow
from bot.anime.cards.page import may_show_work
from bot.anime.cards.title import title_of
from bot.anime.pages.list import is_called, search_title
from bot.anime.pages.media import fetch_linked
from bot.errors import InvalidInput, Unavailable
from bot.gate.rules import Hosted
from bot.links.target import AnimeTarget, read_reference
from bot.lookup.reference_name import refuse
from bot.lookup.source import Sources
from bot.lookup.vndb import find_entry
from bot.navigation.page import Visit
from bot.navigation.viewer import name_adult_places
from bot.vndb.api import kind as kinds
from bot.vndb.cards.title import retitle
from bot.vndb.pages.list_kind import PRODUCERS, VNS

SubjectKind = Literal["anime", "vn", "developer"]

_LINK = re.compile(r"<?(?:https?://|(?:www\.)?(?:anilist\.co|myanimelist\.net|vndb\.org)/)\S+", re.IGNORECASE)

_ENDED = frozenset({"FINISHED", "CANCELLED"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What is followed: its kind, the number of its id and what it is called. `adult`: or it may be."""

    kind: SubjectKind
    id: int
    title: str
    adult: bool = False


def refuse_adult(hosted: Hosted) -> InvalidInput:
    """The error for an anime for adults that is to be followed where, or for where, it may not stand."""
    return InvalidInput("anime", f"is for adults, or may be: it can be followed {name_adult_places(hosted)}")


async def find_anime(text: str, visit: Visit[Sources]) -> Subject:
    """The anime that `text` names by `#9253` or a link, or the best match. Raises `NotFound`, `InvalidInput`."""
    row, viewer = await _find_media(text, visit), visit.viewer
    if not may_show_work(row, viewer) and row.unmarked:
        raise Unavailable(SERVICE, "it could not say for whom an anime is")
    if not may_show_work(row, viewer):
        raise refuse_adult(viewer.rules.hosted)
    if row.status in _ENDED:
        raise InvalidInput("anime", "has ended: there will be no episode to tell of")
    return Subject("anime", row.id, title_of(row, viewer), adult=row.is_adult is not False)


async def find_novel(text: str, visit: Visit[Sources]) -> Subject:
    """The novel that `text` names, or the best match. Raises `NotFound`, `InvalidInput`."""
    if read_reference(text, "v") is None:
        _refuse_link(text, "title", "visual novel of VNDB")
    vn_id = await find_entry(VNS, text, visit)
    card = await visit.sources.vndb.fetch(kinds.VN, vn_id)
    return Subject("vn", int(card.entry.id[1:]), retitle(card.entry, visit.viewer).title)


async def find_developer(text: str, visit: Visit[Sources]) -> Subject:
    """The developer that `text` names, or the best match. Raises `NotFound`, `InvalidInput`."""
    if read_reference(text, "p") is None:
        _refuse_link(text, "name", "developer of VNDB")
    producer_id = await find_entry(PRODUCERS, text, visit)
    card = await visit.sources.vndb.fetch(kinds.PRODUCER, producer_id)
    return Subject("developer", int(card.entry.id[1:]), retitle(card.entry, visit.viewer).name)


async def _find_media(text: str, visit: Visit[Sources]) -> MediaRow:
    reference = read_reference(text, "anime")
    if isinstance(reference, AnimeTarget) and reference.kind == "anime":
        return (await fetch_linked(reference, visit.sources)).entry
    if reference is not None:
        raise refuse(reference, "anime")
    _refuse_link(text, "title", "anime of AniList or MyAnimeList")
    found = await search_title("ANIME", text, visit)
    return next((row for row in found.items if is_called(row, text)), found.items[0])


def _refuse_link(text: str, option: str, noun: str) -> None:
    """Raise `InvalidInput` if it is a link: it leads to nothing that is meant here, and nothing is called like it."""
    if _LINK.match(text.strip()):
        raise InvalidInput(option, f"is a link, but to no {noun}")
