"""What people type, led to a page of an anime or manga that is not its card."""

from __future__ import annotations

from bot.anime.api.model import MediaKind
from bot.anime.pages.list import is_called, search_title
from bot.anime.pages.media import KINDS, RecommendationsPage, fetch_linked, pick_card
from bot.links.target import AnimeTarget, read_reference
from bot.lookup.reference import check_no_link
from bot.lookup.reference_name import refuse
from bot.lookup.source import Sources
from bot.lookup.suggestion import read_suggestion
from bot.navigation.page import Lead, Visit


async def find_similar(kind: MediaKind, text: str, visit: Visit[Sources]) -> Lead[Sources]:
    """What is recommended to those who liked the work that `text` names by a reference, or best.

    Raises `NotFound`, `ServiceError`, and `InvalidInput` for a link or a reference to what is no work.
    """
    wanted = kind.lower()
    reference = read_reference(await read_suggestion(text, wanted, visit), wanted)
    if isinstance(reference, AnimeTarget) and reference.kind in KINDS:
        row = (await fetch_linked(reference, visit.sources)).entry
    elif reference is not None:
        raise refuse(reference, wanted)
    else:
        check_no_link(text)
        found = await search_title(kind, text, visit)
        row = next((one for one in found.items if is_called(one, text)), found.items[0])
    card = pick_card(row)
    return RecommendationsPage(card.kind, card.id)
