"""Links and references people type, read into typed values. Nothing here asks anybody anything."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, cast
from urllib.parse import parse_qs

from bot.markdown import find_addresses


def _origin(hosts: str) -> str:
    """The host stands alone between the scheme and the first slash, with no port but the scheme's own.

    So neither `vndb.org.evil.example/v17` nor `vndb.org@evil.example/v17` nor `evil.example/vndb.org/v17` passes.
    """
    return rf"(?:(?:https://)?(?:{hosts})(?::443)?|http://(?:{hosts})(?::80)?)/"


def _compile(pattern: str) -> re.Pattern[str]:
    # ASCII, so that no letter of another script is taken for the other case of one of ours.
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


_REST = r"(?:[/?#]\S*)?"
# VNDB refuses ids of more than seven digits.
_NUMBER = "[1-9][0-9]{0,6}"
_BARE_NUMBER = re.compile(_NUMBER)
_BARE_ID = re.compile(rf"([A-Za-z]{{1,2}})({_NUMBER})")
_VNDB = _origin(r"(?:www\.)?vndb\.org")
_ENTRY = _compile(rf"{_VNDB}([vrpcsgiu])({_NUMBER})(?:[./?#]\S*)?")
_IMAGE = _compile(
    rf"(?:{_VNDB}(?:img/)?(cv|sf|ch)|https?://[st]2?\.vndb\.org/(cv|sf|ch|st)(?:\.[a-z]+)?/[0-9]{{2}}/)"
    rf"({_NUMBER})(?:\.jpg)?{_REST}"
)
_SEARCH = _compile(rf"{_VNDB}([vrpcs])\?([^\s#]*)(?:#\S*)?")
# Texts that are searched for stand in it as they are, but for ASCII.
_COMPACT = re.compile(r"[0-9A-Za-z_\-\u0080-\ud7ff\ue000-\U0010ffff]{2,4000}")

_EHENTAI = _origin(r"(?:(?:www\.|g\.)?e-|(?:www\.)?ex)hentai\.org")
_GID = "[1-9][0-9]{0,9}"
_HEX = "[0-9a-f]{10}"
_BARE_GALLERY = _compile(rf"({_GID})/({_HEX})/?")
_GALLERY = _compile(rf"{_EHENTAI}(?:g|mpv)/({_GID})/({_HEX}){_REST}")
_PAGE = _compile(rf"{_EHENTAI}s/({_HEX})/({_GID})-([1-9][0-9]{{0,4}}){_REST}")

_ANIME_ID = "[1-9][0-9]{0,8}"
_ANILIST = _origin(r"(?:www\.)?anilist\.co")
_ANILIST_ENTRY = _compile(rf"{_ANILIST}(anime|manga|character|staff|studio)/({_ANIME_ID}){_REST}")
_MYANIMELIST = _origin(r"(?:www\.)?myanimelist\.net")
_MYANIMELIST_ENTRY = _compile(
    rf"{_MYANIMELIST}(anime|manga)(?:/({_ANIME_ID}){_REST}|\.php\?(?:[^\s#]*&)?id=({_ANIME_ID})(?:[&#]\S*)?)"
)


@dataclass(frozen=True, slots=True)
class GalleryTarget:
    """A gallery of E-Hentai: its number and its token (ten lower-case hexadecimal digits)."""

    gid: int
    token: str


@dataclass(frozen=True, slots=True)
class PageTarget:
    """A page of a gallery: the gallery's number, the page's own token and its number from 1."""

    gid: int
    token: str
    page: int


@dataclass(frozen=True, slots=True)
class VndbTarget:
    """An entry (`v17`) or a picture (a cover, screenshot or character's: `cv1`, `sf1`, `ch1`) of VNDB.

    `kind` is the letters of its id.
    """

    kind: str
    id: str


AnimeKind = Literal["anime", "manga", "character", "staff", "studio"]


@dataclass(frozen=True, slots=True)
class AnimeTarget:
    """An entry of AniList, or an anime or manga of MyAnimeList; each site counts its own ids."""

    site: Literal["anilist", "myanimelist"]
    kind: AnimeKind
    id: int


Target = GalleryTarget | PageTarget | VndbTarget | AnimeTarget


@dataclass(frozen=True, slots=True)
class Link:
    """What a message links to. `spoiler`: everywhere the message names it, it does so inside a spoiler."""

    target: Target
    spoiler: bool


def find_links(text: str) -> list[Link]:
    """Return everything known that a message links to, each once, in its order.

    Links in code and in `<…>` are passed over. All links to pages of a gallery are one link, which is the gallery's own
    if there is such a one.
    """
    found = [(target, address.spoiler) for address in find_addresses(text) if (target := _parse_address(address.url))]
    targets = [target for target, _ in reversed(found)]  # so that the first of a gallery's links stays
    of_pages: dict[int, Target] = {target.gid: target for target in targets if isinstance(target, PageTarget)}
    of_pages |= {target.gid: target for target in targets if isinstance(target, GalleryTarget)}
    spoilers: dict[Target, bool] = {}
    for named, spoiler in found:
        target = of_pages[named.gid] if isinstance(named, PageTarget) else named
        spoilers[target] = spoilers.get(target, True) and spoiler
    return [Link(target, spoiler) for target, spoiler in spoilers.items()]


def has_other_links(text: str, targets: Collection[Target]) -> bool:
    """Return whether Discord would make an embed of any address that leads to none of `targets`.

    A page of a gallery leads to that gallery, so one that `find_links` joined to it is none of the others.
    """
    gids = {target.gid for target in targets if isinstance(target, GalleryTarget | PageTarget)}
    linked = {_parse_address(address.url) for address in find_addresses(text)}
    return any(not (isinstance(target, PageTarget) and target.gid in gids) for target in linked - set(targets))


def parse_gallery_reference(text: str) -> GalleryTarget | PageTarget | None:
    """Return the gallery or the page of one that `text` names, or None if it names none.

    Understands links, also inside `<…>`, `||…||` or both, and `gid/token`.
    """
    reference = text.strip()
    if reference.startswith("||") and reference.endswith("||"):
        reference = reference[2:-2]
    reference = _unwrap(reference)
    if bare := _BARE_GALLERY.fullmatch(reference):
        return GalleryTarget(int(bare[1]), bare[2].lower())
    return _parse_gallery(reference)


def parse_vn_reference(text: str) -> str | None:
    """Return the id (`"v17"`) of the visual novel that `text` names, or None where it is not a reference.

    Understands `v17`, `V17`, `17` and links to a novel's page or its sub-pages, also inside `<…>`.
    """
    reference = _unwrap(text)
    return f"v{reference}" if _BARE_NUMBER.fullmatch(reference) else parse_reference(reference, "v")


def parse_reference(text: str, prefix: str) -> str | None:
    """Return the id of the entry that `text` names, or None if it names none whose ids begin with `prefix`.

    Understands `c34`, `C34` and links to its page or sub-pages, also inside `<…>`.
    """
    reference = _unwrap(text)
    match = _BARE_ID.fullmatch(reference) or _ENTRY.fullmatch(reference)
    return f"{prefix}{match[2]}" if match and match[1].lower() == prefix else None


@dataclass(frozen=True, slots=True)
class SearchLink:
    """A link to VNDB's advanced search: of which `kind` of entries (`v`), its `filter` in compact form, its `text`."""

    kind: str
    filter: str | None = None
    text: str | None = None


def parse_search_link(text: str, *, bare: str | None = None) -> SearchLink | None:
    """Return what a link to VNDB's search asks for, or None if it is no such link or asks for nothing.

    `bare`: the kind that a compact filter without a link is for; without it, only links are understood.
    """
    reference = _unwrap(text)
    match = _SEARCH.fullmatch(reference)
    if not match:
        return SearchLink(bare, reference) if bare is not None and _COMPACT.fullmatch(reference) else None
    asked = parse_qs(match[2].replace(";", "&"))  # VNDB writes either between them
    compact = next((value for value in asked.get("f", ()) if _COMPACT.fullmatch(value)), None)
    searched = next((value.strip() for value in asked.get("q", ()) if value.strip()), None)
    return SearchLink(match[1].lower(), compact, searched) if compact or searched else None


def _parse_address(url: str) -> Target | None:
    return _parse_gallery(url) or _parse_vndb(url) or _parse_anime(url)


def _parse_gallery(url: str) -> GalleryTarget | PageTarget | None:
    if gallery := _GALLERY.fullmatch(url):
        return GalleryTarget(int(gallery[1]), gallery[2].lower())
    if page := _PAGE.fullmatch(url):
        return PageTarget(int(page[2]), page[1].lower(), int(page[3]))
    return None


def _parse_vndb(url: str) -> VndbTarget | None:
    if entry := _ENTRY.fullmatch(url):
        kind = entry[1].lower()
        return VndbTarget(kind, f"{kind}{entry[2]}")
    if image := _IMAGE.fullmatch(url):
        kind = (image[1] or image[2]).lower()
        # The old directory of the small screenshots.
        kind = "sf" if kind == "st" else kind
        return VndbTarget(kind, f"{kind}{image[3]}")
    return None


def _parse_anime(url: str) -> AnimeTarget | None:
    if entry := _ANILIST_ENTRY.fullmatch(url):
        return AnimeTarget("anilist", cast("AnimeKind", entry[1].lower()), int(entry[2]))
    if entry := _MYANIMELIST_ENTRY.fullmatch(url):
        return AnimeTarget("myanimelist", cast("AnimeKind", entry[1].lower()), int(entry[2] or entry[3]))
    return None


def _unwrap(text: str) -> str:
    reference = text.strip()
    if reference.startswith("<") and reference.endswith(">"):
        reference = reference[1:-1].strip()
    return reference
