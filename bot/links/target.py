"""Links and references people type, read into typed values. Nothing here asks anybody anything.

`find_links` reads a message as Discord does, and `read_references` what was typed or pasted for the bot.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Literal, cast
from urllib.parse import parse_qs

import msgspec

from bot.links.markdown import MARKS, find_addresses, read_address
from bot.links.unicode import normalise


def _origin(hosts: str) -> str:
    """The host stands alone between the scheme and the first slash, with no port but the scheme's own.

    So neither `vndb.org.evil.example/v17` nor `vndb.org@evil.example/v17` nor `evil.example/vndb.org/v17` passes.
    """
    return rf"(?:(?:https://)?(?:{hosts})(?::443)?|http://(?:{hosts})(?::80)?)/"


Service = Literal["vndb", "anime", "galleries"]
"""What is switched on or off together."""


def _compile(pattern: str) -> re.Pattern[str]:
    # ASCII, so that no letter of another script is taken for the other case of one of ours.
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


_REST = r"(?:[/?#]\S*)?"
# VNDB refuses ids of more than seven digits.
_NUMBER = "[1-9][0-9]{0,6}"
_BARE_ID = re.compile(rf"([A-Za-z]{{1,2}})(\s*)({_NUMBER})(?:\.[0-9]{{1,7}})?")
_ENTRY_LETTERS = "vrpcsgiu"
_SUBDOMAIN = r"(?:www\.|m\.)?"
_VNDB = _origin(rf"{_SUBDOMAIN}vndb\.org")
_ENTRY = _compile(rf"{_VNDB}([{_ENTRY_LETTERS}])({_NUMBER})(?:[./?#]\S*)?")
_IMAGE = _compile(
    rf"(?:{_VNDB}(?:img/)?(cv|sf|ch)|https?://[st]2?\.vndb\.org/(cv|sf|ch|st)(?:\.[a-z]+)?/[0-9]{{2}}/)"
    rf"({_NUMBER})(?:\.jpg)?{_REST}"
)
_SEARCH = _compile(rf"{_VNDB}(?:([vrpcs])(?:/all)?|([gi])(?:/list)?)\?([^\s#]*)(?:#\S*)?")
# Texts that are searched for stand in it as they are, but for ASCII.
_COMPACT = re.compile(r"[0-9A-Za-z_\-\u0080-\ud7ff\ue000-\U0010ffff]{2,4000}")

_EHENTAI = _origin(r"(?:(?:www\.|g\.)?e-|(?:www\.)?ex)hentai\.org")
_GID = "[1-9][0-9]{0,9}"
_HEX = "[0-9a-f]{10}"
_BARE_GALLERY = _compile(rf"({_GID})/({_HEX})/?")
_GALLERY = _compile(rf"{_EHENTAI}(?:g|mpv)/({_GID})/({_HEX}){_REST}")
_PAGE = _compile(rf"{_EHENTAI}s/({_HEX})/({_GID})-([1-9][0-9]{{0,4}}){_REST}")

_ANIME_ID = "[1-9][0-9]{0,8}"
_BARE_ANIME_ID = re.compile(rf"#\s*({_ANIME_ID})")
_ANILIST = _origin(rf"{_SUBDOMAIN}anilist\.co")
_ANILIST_ENTRY = _compile(rf"{_ANILIST}(anime|manga|character|staff|studio)/({_ANIME_ID}){_REST}")
_MYANIMELIST = _origin(rf"{_SUBDOMAIN}myanimelist\.net")
_MYANIMELIST_ENTRY = _compile(
    rf"{_MYANIMELIST}(anime|manga|character|people|anime/producer)"
    rf"(?:/({_ANIME_ID}){_REST}|\.php\?(?:[^\s#]*&)?id=({_ANIME_ID})(?:[&#]\S*)?)"
)
_MYANIMELIST_KINDS = {"people": "staff", "anime/producer": "studio"}
_USER = _compile(
    rf"(?:{_ANILIST}user/([A-Za-z0-9_-]{{1,20}})|{_MYANIMELIST}(?:profile|animelist|mangalist)/([A-Za-z0-9_-]{{2,16}})){_REST}"
)

# An address that was typed: its scheme may be missing, but it may not be a part of another one.
_TYPED = _compile(
    r"(?<![^\W_]|[@./:=?&%#+-])(?:https?://)?(?:[a-z0-9-]{1,20}\.){0,2}"
    r"(vndb\.org|vndbimg\.org|anilist\.co|myanimelist\.net|e-hentai\.org|exhentai\.org)(?::[0-9]{1,5})?(?:/|(?!\.?[^\W_]|[@:%-]))"
)
_NUMBERED = frozenset({"anime", "manga", "character", "staff", "studio", "user"})
_VNDB_KINDS = frozenset({*_ENTRY_LETTERS, "cv", "sf", "ch"})
_AROUND = f"{MARKS}・·•–— \t\r\n-"
_SEPARATOR = re.compile("[,;・]")
# A gallery's own slash is none, so it is tried last.
_LISTED = (re.compile(r"[,;、・·•|&\r\n]"), re.compile(r"[,;、・·•|&\r\n/]"))
_SITES: dict[str, str] = {
    "vndb.org": "VNDB",
    "vndbimg.org": "VNDB",
    "anilist.co": "AniList",
    "myanimelist.net": "MyAnimeList",
    "e-hentai.org": "E-Hentai",
    "exhentai.org": "E-Hentai",
}
_SERVICES: dict[str, Service] = {
    "VNDB": "vndb",
    "AniList": "anime",
    "MyAnimeList": "anime",
    "E-Hentai": "galleries",
}


class GalleryTarget(msgspec.Struct, frozen=True):
    """A gallery of E-Hentai: its number and its token (ten lower-case hexadecimal digits)."""

    gid: int
    token: str


class PageTarget(msgspec.Struct, frozen=True):
    """A page of a gallery: the gallery's number, the page's own token and its number from 1."""

    gid: int
    token: str
    page: int


class VndbTarget(msgspec.Struct, frozen=True):
    """An entry (`v17`) or a picture (a cover, screenshot or character's: `cv1`, `sf1`, `ch1`) of VNDB.

    `kind` is the letters of its id.
    """

    kind: str
    id: str


AnimeKind = Literal["anime", "manga", "character", "staff", "studio"]


class AnimeTarget(msgspec.Struct, frozen=True):
    """An entry of AniList or MyAnimeList; each site counts its own ids, and AniList knows those of anime and manga."""

    site: Literal["anilist", "myanimelist"]
    kind: AnimeKind
    id: int


class UserTarget(msgspec.Struct, frozen=True):
    """Somebody's profile on AniList or MyAnimeList: the name, or on AniList the number."""

    site: Literal["anilist", "myanimelist"]
    name: str


Target = GalleryTarget | PageTarget | VndbTarget | AnimeTarget | UserTarget


class OtherTarget(msgspec.Struct, frozen=True):
    """Any other page of a known site, such as a discussion. `site` is its name."""

    site: str


class SearchLink(msgspec.Struct, frozen=True):
    """A link to a search on VNDB: of which `kind` of entries (`v`), its `filter` in compact form, its `text`.

    Tags and traits have no filter there.
    """

    kind: str
    filter: str | None = None
    text: str | None = None


Reference = Target | SearchLink | OtherTarget


class Link(msgspec.Struct, frozen=True):
    """What a message links to. `spoiler`: everywhere the message names it, it does so inside a spoiler."""

    target: Target
    spoiler: bool


def find_links(text: str) -> list[Link]:
    """Everything known that a message links to, each once, in its order.

    Links in code and in `<…>` are passed over.
    """
    found = [(target, address.spoiler) for address in find_addresses(text) if (target := _parse_address(address.url))]
    spoilers: dict[Target, bool] = {}
    for target, (_, spoiler) in zip(join_pages([target for target, _ in found]), found, strict=True):
        spoilers[target] = spoilers.get(target, True) and spoiler
    return [Link(target, spoiler) for target, spoiler in spoilers.items()]


def join_pages(targets: Sequence[Target]) -> list[Target]:
    """What each of them leads to: all pages of a gallery to one target, which is the gallery's own if there is such a
    one. The same gallery with another token is another: one of them is wrong, and nobody knows which.
    """
    latest_first = targets[::-1]  # so that the first of a gallery's stays
    of_pages: dict[int, Target] = {target.gid: target for target in latest_first if isinstance(target, PageTarget)}
    of_pages |= {target.gid: target for target in latest_first if isinstance(target, GalleryTarget)}
    return [of_pages[target.gid] if isinstance(target, PageTarget) else target for target in targets]


def list_services(text: str) -> set[Service]:
    """What `find_links` may find links to in a message: a look that costs next to nothing."""
    if "://" not in text:
        return set()
    lowered = text.lower()
    return {_SERVICES[name] for host, name in _SITES.items() if host in lowered}


def has_other_links(text: str, targets: Collection[Target]) -> bool:
    """Whether Discord would make an embed of any address that leads to none of `targets`.

    A page of a gallery leads to that gallery, so one that `find_links` joined to it is none of the others.
    """
    gids = {target.gid for target in targets if isinstance(target, GalleryTarget | PageTarget)}
    linked = {_parse_address(address.url) for address in find_addresses(text)}
    return any(not (isinstance(target, PageTarget) and target.gid in gids) for target in linked - set(targets))


# What is typed


def read_references(text: str, wanted: str = "") -> list[Reference]:
    """Everything that a typed text refers to, each once, in its order.

    A link counts wherever it stands in the text, with or without a scheme, masked or in brackets, quotes and code. A
    reference without a site has to be the whole text but for marks around it, or a list may hold nothing else and one
    of the wanted kind. It means something only where a kind is `wanted`: `v17`, also of a revision (`v17.3`) and of
    another kind, for one of VNDB's (`v`, `c`, …); `#9253` for one of AniList's (`anime`, `character`, `user`, …);
    `gid/token` for any, and for `gallery`. A number alone is a title, such as `428`.
    """
    typed = text if text.isascii() else normalise("NFKC", text)
    linked = [target for url in _find_typed(typed) if (target := _read_typed(url))] if "." in typed else []
    return list(dict.fromkeys(linked or _read_listed(typed, wanted)))


def read_reference(text: str, wanted: str) -> Reference | None:
    """The reference of the wanted kind in a typed text, or else the first of another kind, if there is one."""
    found = read_references(text, wanted)
    return next((one for one in found if name_kind(one) == wanted), found[0] if found else None)


def name_kind(reference: Reference) -> str:
    """The kind as `read_references` takes it: VNDB's letters, AniList's words, `gallery`; empty for another."""
    if isinstance(reference, VndbTarget | AnimeTarget):
        return reference.kind
    if isinstance(reference, UserTarget):
        return "user"
    return "gallery" if isinstance(reference, GalleryTarget | PageTarget) else ""


def parse_gallery_reference(text: str) -> GalleryTarget | PageTarget | None:
    """The gallery or the page of one that a typed text names, or None if it names none."""
    reference = read_reference(text, "gallery")
    return reference if isinstance(reference, GalleryTarget | PageTarget) else None


def parse_reference(text: str, prefix: str) -> str | None:
    """The id of the entry of VNDB that a typed text names, or None if none whose ids begin with `prefix`."""
    reference = read_reference(text, prefix)
    return reference.id if isinstance(reference, VndbTarget) and reference.kind == prefix else None


def _find_typed(text: str) -> Iterator[str]:
    for match in _TYPED.finditer(text):
        yield read_address(text, match.start(), match.end(), len(text))[0]


def _read_typed(url: str) -> Reference | None:
    # Several may be listed without blanks between them.
    target = _parse_address(url) or _parse_address(_SEPARATOR.split(url, maxsplit=1)[0].rstrip(MARKS))
    if target is not None:
        return target
    site = _TYPED.match(url)
    return parse_search_link(url) or (OtherTarget(_SITES[site[1].lower()]) if site else None)


def _read_listed(text: str, wanted: str) -> list[Reference]:
    if (bare := _read_bare(text.strip(_AROUND), wanted)) is not None:
        return [bare]
    for separator in _LISTED:
        parts = [part for one in separator.split(text) if (part := one.strip(_AROUND))]
        found = [one for part in parts if (one := _read_bare(part, wanted)) is not None]
        if len(found) == len(parts) and any(name_kind(one) == wanted for one in found):
            return found
    return []


def _read_bare(text: str, wanted: str) -> Reference | None:
    if wanted and (gallery := _BARE_GALLERY.fullmatch(text)):
        return GalleryTarget(int(gallery[1]), gallery[2].lower())
    if wanted in _NUMBERED and (number := _BARE_ANIME_ID.fullmatch(text)):
        if wanted == "user":
            return UserTarget("anilist", number[1])
        return AnimeTarget("anilist", cast("AnimeKind", wanted), int(number[1]))
    entry = _BARE_ID.fullmatch(text)
    if entry is None or wanted not in _VNDB_KINDS:
        return None
    kind = entry[1].lower()
    # With a blank it may be a title, such as "R 11"; and people may be called like an entry.
    if kind == wanted or (kind in _VNDB_KINDS and wanted != "u" and not entry[2]):
        return VndbTarget(kind, f"{kind}{entry[3]}")
    return None


def parse_search_link(text: str, *, bare: str | None = None) -> SearchLink | None:
    """What a link to a search on VNDB asks for, or None if it is no such link or asks for nothing.

    `bare`: the kind that a compact filter without a link is for; without it, only links are understood.
    """
    reference = text.strip("<> \t\r\n")
    typed = text if text.isascii() else normalise("NFKC", text)
    # A filter may end with what ends an address elsewhere, so a link alone is taken as it is.
    for link in (reference, *_find_typed(typed)) if "." in typed else ():  # nothing else holds a host
        found = _read_search(link) or _read_search(link.split(",", maxsplit=1)[0])
        if found is not None:
            return found
    return SearchLink(bare, reference) if bare is not None and _COMPACT.fullmatch(reference) else None


def _read_search(url: str) -> SearchLink | None:
    match = _SEARCH.fullmatch(url)
    if not match:
        return None
    asked = parse_qs(match[3].replace(";", "&"))  # VNDB writes either between them
    filters = asked.get("f", ()) if match[1] else ()
    compact = next((value for value in filters if _COMPACT.fullmatch(value)), None)
    searched = next((value.strip() for value in asked.get("q", ()) if value.strip()), None)
    return SearchLink((match[1] or match[2]).lower(), compact, searched) if compact or searched else None


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


def _parse_anime(url: str) -> AnimeTarget | UserTarget | None:
    if entry := _ANILIST_ENTRY.fullmatch(url):
        return AnimeTarget("anilist", cast("AnimeKind", entry[1].lower()), int(entry[2]))
    if entry := _MYANIMELIST_ENTRY.fullmatch(url):
        word = entry[1].lower()
        kind = cast("AnimeKind", _MYANIMELIST_KINDS.get(word, word))
        return AnimeTarget("myanimelist", kind, int(entry[2] or entry[3]))
    if user := _USER.fullmatch(url):
        return UserTarget("anilist", user[1]) if user[1] else UserTarget("myanimelist", user[2])
    return None
