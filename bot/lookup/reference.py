"""References, led to the page of what they name, also where another kind was asked for."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.anime.api.anilist.error import SERVICE
from bot.anime.pages.entry import ProfileCard, find_user
from bot.anime.pages.media import KINDS, MediaCard, fetch_linked, pick_card
from bot.errors import InvalidInput, Near, NotFound
from bot.gallery.pages.gallery import GalleryCard, check_galleries, fetch_key, find_key
from bot.links.target import (
    AnimeTarget,
    GalleryTarget,
    PageTarget,
    Reference,
    SearchLink,
    UserTarget,
    VndbTarget,
    name_kind,
    read_reference,
)
from bot.lookup.reference_name import describe, explain_unmapped, refuse
from bot.lookup.source import Sources
from bot.lookup.suggestion import read_suggestion
from bot.navigation.page import Find, Lead, Visit, open_page
from bot.navigation.route import Route
from bot.service.near_match import NEAR_AT_MOST
from bot.vndb.api import kind as kinds
from bot.vndb.api.client import SERVICE as VNDB
from bot.vndb.api.client import Vndb
from bot.vndb.pages.index import find_card
from bot.vndb.pages.list_kind import LISTS

_LINK = re.compile(r"<?https?://\S+>?", re.IGNORECASE)


async def find_typed(text: str, wanted: str, search: Find[Sources], visit: Visit[Sources]) -> Lead[Sources]:
    """The card of what `text` refers to, of whatever kind; or what `search` finds, if it is no reference.

    `wanted`: the kind that is asked for, as `read_references` takes it; a suggestion of that kind is a reference, too.
    Raises `InvalidInput` for a reference to what has no card, `NotFound`, `ServiceError`.
    """
    reference = read_reference(text, wanted) or read_reference(await read_suggestion(text, wanted, visit), wanted)
    if reference is not None:
        return await find_reference(reference, wanted, visit)
    check_no_link(text)
    try:
        return await search(visit)
    except NotFound as error:
        error.near = [*list_as_id(text, wanted, visit), *error.near][:NEAR_AT_MOST]
        raise


def list_as_id(
    text: str, wanted: str, visit: Visit[Sources], *, page: Callable[[str], Route | None] = find_card
) -> list[Near]:
    """What `text` means as an id: of the other service (`v2002` among anime, `#9253` among novels), or, if it is a
    number alone, of what is wanted. `page`: that to which an entry of VNDB leads, by its id.
    """
    name, of = text.strip(), "anime" if wanted in LISTS else "v"
    if name.isdecimal():
        name, of = f"{wanted if wanted in LISTS else '#'}{name}", wanted
    target = read_reference(name, of)
    if isinstance(target, AnimeTarget):
        card = MediaCard(target.kind, target.id) if target.kind in KINDS else ProfileCard(target.kind, target.id)
        return [Near(visit.address.go(card).encode(), name, SERVICE)]
    entry = page(target.id) if isinstance(target, VndbTarget) and wanted != "user" else None
    return [Near(visit.address.go(entry).encode(), name, VNDB)] if entry else []


def check_no_link(text: str) -> None:
    """Raise `InvalidInput` for a link, where it is no reference: nothing is called like it."""
    if _LINK.fullmatch(text.strip()):
        raise InvalidInput("link", "leads to nothing that Shiori has a card for")


async def find_reference(reference: Reference, wanted: str, visit: Visit[Sources]) -> Lead[Sources]:
    """The card of what is referred to. Raises as `find_typed`."""
    if isinstance(reference, VndbTarget):
        return await _find_entry(reference, wanted, visit.sources)
    if isinstance(reference, AnimeTarget | UserTarget):
        return await _find_anime(reference, visit)
    if isinstance(reference, GalleryTarget | PageTarget):
        check_galleries(visit.viewer.rules)
        return GalleryCard.of(await fetch_key(reference, visit.sources))
    if isinstance(reference, SearchLink):
        raise InvalidInput("link", f"leads to {describe(reference)}: the filter of a search takes it")
    raise InvalidInput("link", f"leads to {describe(reference)}: Shiori has no card for it")


async def find_gallery(url: str, visit: Visit[Sources]) -> Lead[Sources]:
    """The card of the gallery that a link leads to, or of what else it does. Raises as `find_key`."""
    reference = read_reference(url, "gallery")
    if reference is None or name_kind(reference) == "gallery":
        return GalleryCard.of(await find_key(url, visit))
    return await find_reference(reference, "gallery", visit)


async def find_wanted(reference: Reference | None, wanted: str, vndb: Vndb) -> str | None:
    """The id on VNDB of what is referred to and `wanted`; a release also names the only novel that it is of.

    None where there is no reference. Raises `InvalidInput` if it is to anything else, and names what it is.
    """
    if reference is None:
        return None
    if isinstance(reference, VndbTarget):
        if reference.kind == wanted:
            return reference.id
        if reference.kind == "r" and wanted == "v":
            novels = await _find_novels(reference.id, vndb)
            if len(novels) == 1:
                return novels[0]
            raise InvalidInput("release", "is not of one visual novel alone: give the novel itself")
    raise refuse(reference, wanted)


async def _find_entry(target: VndbTarget, wanted: str, sources: Sources) -> Lead[Sources]:
    entry_id = target.id
    if target.kind == "r" and wanted == "v":
        novels = await _find_novels(target.id, sources.vndb)
        # One that is of several novels lists them on its own card.
        entry_id = novels[0] if len(novels) == 1 else target.id
    card = find_card(entry_id)
    if card is None:
        raise InvalidInput(
            "id or link", f"leads to {describe(target)}, which has no card: give what it is a picture of"
        )
    return card


async def _find_novels(release_id: str, vndb: Vndb) -> list[str]:
    release = (await vndb.fetch(kinds.RELEASE, release_id)).entry
    return list(dict.fromkeys(novel.id for novel in release.vns))


async def _find_anime(target: AnimeTarget | UserTarget, visit: Visit[Sources]) -> Lead[Sources]:
    is_work = isinstance(target, AnimeTarget) and target.kind in KINDS
    if target.site == "myanimelist" and not is_work:
        raise explain_unmapped(target)
    if isinstance(target, UserTarget):
        return await find_user(await _find_user_name(target, visit.sources), visit)
    if not is_work:
        return ProfileCard(target.kind, target.id)
    if target.site == "myanimelist":
        card = await fetch_linked(target, visit.sources)
        return open_page(pick_card(card.entry), card)
    return MediaCard(target.kind, target.id)


async def read_user_name(text: str, sources: Sources) -> str:
    """The name of somebody on AniList who is named or referred to.

    Raises `InvalidInput`, `NotFound`, `ServiceError`.
    """
    reference = read_reference(text, "user")
    if isinstance(reference, UserTarget) and reference.site == "anilist":
        return await _find_user_name(reference, sources)
    if reference is not None:
        raise explain_unmapped(reference) if isinstance(reference, UserTarget) else refuse(reference, "user")
    return text.strip()


async def _find_user_name(target: UserTarget, sources: Sources) -> str:
    """The name of somebody on AniList who is linked to by name or by number. Raises `NotFound`, `ServiceError`."""
    if not target.name.isdecimal():
        return target.name
    return (await sources.anilist.fetch_user_by_id(int(target.name))).entry.name
