"""References, led to the page of what they name, also where another kind was asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable

from bot.anime.pages.media import KINDS, fetch_linked, show_card
from bot.errors import InvalidInput
from bot.gallery.cards.text import build_gallery_address
from bot.gallery.pages.gallery import fetch_key, show_linked_gallery
from bot.gate.rules import Refused
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
from bot.lookup.reference_name import NOUNS, describe, explain_unmapped, refuse
from bot.lookup.router import Router
from bot.lookup.source import Sources
from bot.navigation.frame import PageView
from bot.navigation.viewer import Viewer
from bot.navigation.visit import Visit
from bot.vndb.api import kind as kinds
from bot.vndb.api.client import Vndb


async def show_typed(
    router: Router, text: str, wanted: str, visit: Visit, search: Callable[[], Awaitable[PageView]]
) -> PageView:
    """The card of what `text` refers to, of whatever kind; or what `search` finds, if it is no reference.

    `wanted`: the kind that is asked for, as `read_references` takes it. Raises `InvalidInput` for a reference to what
    has no card, and what the page raises.
    """
    reference = read_reference(text, wanted)
    if reference is None:
        return await search()
    return await show_reference(router, reference, wanted, visit)


async def show_reference(router: Router, reference: Reference, wanted: str, visit: Visit) -> PageView:
    """The card of what is referred to. Raises as `show_typed`."""
    if isinstance(reference, AnimeTarget) and reference.site == "myanimelist" and reference.kind in KINDS:
        return show_card(await fetch_linked(reference, router.sources), visit)
    place = await _find_place(reference, wanted, router.sources, visit.viewer)
    return await router.show(dataclasses.replace(visit, address=visit.address.go(place)))


async def show_gallery_link(router: Router, text: str, visit: Visit) -> PageView:
    """The card of the gallery that a link leads to, or of what else it does. Raises as `show_linked_gallery`."""
    reference = read_reference(text, "gallery")
    if reference is None or name_kind(reference) == "gallery":
        return await show_linked_gallery(text, router.sources, visit.viewer)
    return await show_reference(router, reference, "gallery", visit)


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


async def _find_place(reference: Reference, wanted: str, sources: Sources, viewer: Viewer) -> str:
    if isinstance(reference, VndbTarget):
        return await _find_vndb_place(reference, wanted, sources)
    if isinstance(reference, AnimeTarget | UserTarget):
        return await _find_anime_place(reference, sources)
    if isinstance(reference, GalleryTarget | PageTarget):
        ruling = viewer.rules.rule_galleries()
        if not ruling.shows:
            raise Refused(ruling.rule)
        return build_gallery_address(await fetch_key(reference, sources)).place
    if isinstance(reference, SearchLink):
        raise InvalidInput("link", f"leads to {describe(reference)}: the filter of a search takes it")
    raise InvalidInput("link", f"leads to {describe(reference)}: Shiori has no card for it")


async def _find_vndb_place(target: VndbTarget, wanted: str, sources: Sources) -> str:
    if target.kind not in NOUNS or target.kind in {"cv", "sf", "ch"}:
        raise InvalidInput("reference", f"leads to {describe(target)}, which has no card: give what it is a picture of")
    if target.kind == "r" and wanted == "v":
        novels = await _find_novels(target.id, sources.vndb)
        # One that is of several novels lists them on its own card.
        return novels[0] if len(novels) == 1 else target.id
    return target.id


async def _find_novels(release_id: str, vndb: Vndb) -> list[str]:
    release = (await vndb.fetch(kinds.RELEASE, release_id)).entry
    return list(dict.fromkeys(novel.id for novel in release.vns))


async def _find_anime_place(target: AnimeTarget | UserTarget, sources: Sources) -> str:
    if target.site == "myanimelist":
        raise explain_unmapped(target)
    if isinstance(target, AnimeTarget):
        return f"{target.kind}/{target.id}" if target.kind in KINDS else f"al-{target.kind}/{target.id}"
    return f"al-user/{await _find_user_name(target, sources)}"


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
