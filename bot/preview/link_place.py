"""The place of a message's links: all of them in its address, so that its pages need no message any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from bot.links.target import AnimeKind, AnimeTarget, GalleryTarget, Link, PageTarget, Target, UserTarget, VndbTarget

_COVERED = "="


def encode_links(links: Sequence[Link]) -> str:
    """`v17/=g.618395.0439fa3666/…` (`=`: covered), with all of them."""
    return "/".join(f"{_COVERED if link.spoiler else ''}{_encode(link.target)}" for link in links)


def decode_links(text: str) -> tuple[Link, ...]:
    """Read what `encode_links` wrote; what cannot be read is left out."""
    found = [(_decode(part.removeprefix(_COVERED)), part.startswith(_COVERED)) for part in text.split("/")]
    return tuple(Link(target, covered) for target, covered in found if target is not None)


def _encode(target: Target) -> str:
    if isinstance(target, GalleryTarget):
        return f"g.{target.gid}.{target.token}"
    if isinstance(target, PageTarget):
        return f"p.{target.gid}.{target.token}.{target.page}"
    if isinstance(target, UserTarget):
        return f"u.{target.site}.{target.name}"
    if isinstance(target, AnimeTarget):
        return f"{target.site}.{target.kind}.{target.id}"
    return f"v.{target.kind}.{target.id}"


def _decode(text: str) -> Target | None:
    match text.split("."):
        case ["g", gid, token] if gid.isdecimal():
            return GalleryTarget(int(gid), token)
        case ["p", gid, token, page] if gid.isdecimal() and page.isdecimal():
            return PageTarget(int(gid), token, int(page))
        case ["u", "anilist" | "myanimelist" as site, name]:
            return UserTarget(site, name)
        case ["v", kind, entry_id]:
            return VndbTarget(kind, entry_id)
        case ["anilist" | "myanimelist" as site, kind, number] if number.isdecimal():
            return AnimeTarget(site, cast("AnimeKind", kind), int(number))
        case _:
            return None
