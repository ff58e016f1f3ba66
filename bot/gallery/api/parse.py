"""E-Hentai's answers read into values, leniently: a field that makes no sense counts as not there.

An answer is a list with an entry for each key that was asked for, in no promised order: what there is, or an error.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias, TypeGuard, cast

import msgspec

from bot.errors import BadAnswer
from bot.gallery.api.error import SERVICE, Ambiguous
from bot.gallery.api.model import WITHHELD, Gallery, GalleryKey, PageKey, Torrent, Withheld
from bot.service.ban import is_banned
from bot.service.body import decode
from bot.service.entity import unescape
from bot.service.picture_host import PictureHosts

Entry: TypeAlias = Mapping[str, object]

THUMB_HOST = "ehgt.org"

_COOKIE_HOSTS = frozenset({"exhentai.org", "s.exhentai.org"})  # they show thumbs only to who is logged in
_TOKEN = re.compile(r"[0-9a-f]{10}")
_HASH = re.compile(r"[0-9a-f]{40}")
_THUMB = re.compile(r"https?://([a-z0-9.:\[\]-]+)(/[A-Za-z0-9/._~%=&?+,-]{1,500})", re.IGNORECASE | re.ASCII)
_LARGEST = 2**53
_TEXT_CHARS = 4000  # html.unescape fails on references of more digits than int() takes, 4300
_NUMBER_CHARS = 40
_END_OF_TIME_S = 253_402_300_800  # the year 10000
_NO_SUCH = frozenset({"key missing, or incorrect key provided", "file not found"})


def is_key(key: GalleryKey | PageKey) -> bool:
    """Whether there can be such a key; no other is asked for."""
    return 0 < key.gid < _LARGEST and _is_token(key.token) and (not isinstance(key, PageKey) or key.page > 0)


def parse_entries(body: bytes, name: str) -> list[Entry]:
    """Read the entries in the list `name` of an answer, those that are objects. Raises `BadAnswer` without a list."""
    try:
        answer = decode(body, dict[str, msgspec.Raw])
        raws = decode(answer[name], list[msgspec.Raw])
    except (msgspec.DecodeError, KeyError):
        # Nothing of it: it may hold what may be shown nowhere.
        raise BadAnswer(SERVICE, f"no list of {name}", status=200) from None
    entries = map(_parse_entry, raws)
    return [entry for entry in entries if entry is not None]


def _parse_entry(raw: msgspec.Raw) -> Entry | None:
    try:
        return decode(raw, dict[str, object])
    except msgspec.DecodeError:
        return None


# Which entry answers which key


def match_galleries(keys: Sequence[GalleryKey], entries: Sequence[Entry]) -> list[Entry | BadAnswer | None]:
    """The entry of each key; None if there is no such gallery."""
    given = _group_by_gid(entries)
    asked = Counter(key.gid for key in keys)
    right: dict[GalleryKey, Entry] = {}
    for key in keys:
        own = (entry for entry in given.get(key.gid, ()) if not _is_error(entry))
        found = next((entry for entry in own if entry.get("token") == key.token), None)
        if found is not None:
            right[key] = found
    # A gallery has one token, so the others are wrong.
    settled = {key.gid for key in right}
    return [
        right.get(key) if key.gid in settled else _judge_errors(given.get(key.gid, ()), count=asked[key.gid])
        for key in keys
    ]


def match_pages(keys: Sequence[PageKey], entries: Sequence[Entry]) -> list[str | BadAnswer | None]:
    """The token of each page's gallery; None if there is no such page."""
    given = _group_by_gid(entries)
    asked = Counter(key.gid for key in keys)
    tokens = {gid: _find_token(given.get(gid, ()), count=count) for gid, count in asked.items()}
    return [tokens[key.gid] or _judge_errors(given.get(key.gid, ()), count=asked[key.gid]) for key in keys]


def _group_by_gid(entries: Sequence[Entry]) -> dict[int, list[Entry]]:
    given: dict[int, list[Entry]] = {}
    for entry in entries:
        given.setdefault(_read_number(entry.get("gid")), []).append(entry)
    return given


def _find_token(own: Sequence[Entry], *, count: int) -> str | None:
    """The one token that all entries of a gallery name, if there are as many as were asked for."""
    token = own[0].get("token") if len(own) >= count else None
    agreed = all(entry.get("token") == token and not _is_error(entry) for entry in own)
    return token if agreed and _is_token(token) else None


def _judge_errors(own: Sequence[Entry], *, count: int) -> BadAnswer | None:
    """What the entries of one number mean, of which `count` keys were asked for and not one has its answer."""
    if len(own) >= count and all(_says_no_such(entry) for entry in own):
        return None
    if count > 1:
        return Ambiguous(SERVICE, "which key is wrong is not told", status=200)
    return BadAnswer(SERVICE, "a key without its entry", status=200)


def _is_error(entry: Entry) -> bool:
    return bool(entry.get("error"))


def _says_no_such(entry: Entry) -> bool:
    return _read_text(entry.get("error")).rstrip(".").casefold() in _NO_SUCH


# A gallery


def parse_gallery(entry: Entry, *, hosts: PictureHosts) -> Gallery | Withheld:
    """Read what an entry says of a gallery; what may be shown nowhere is `WITHHELD`.

    Raises `BadAnswer` if it names no gallery.
    """
    key = _read_key(entry, "gid", "token")
    if key is None:
        raise BadAnswer(SERVICE, "an entry that names no gallery", status=200)
    category = _read_text(entry.get("category"))
    if is_banned(category, entry.get("tags")):
        return WITHHELD
    title_jpn = _read_text(entry.get("title_jpn"))
    torrents = parse_torrents(entry.get("torrents"))
    newer, older, first = _list_versions(entry, key)
    return Gallery(
        key=key,
        title=_read_text(entry.get("title")) or title_jpn,
        title_jpn=title_jpn,
        category=category,
        uploader=_read_text(entry.get("uploader")),
        posted=_read_time(entry.get("posted")),
        pages=_read_number(entry.get("filecount")),
        size_bytes=_read_number(entry.get("filesize")),
        rating=_read_rating(entry.get("rating")),
        expunged=entry.get("expunged") in (True, "1", "true"),
        tags=parse_tags(entry.get("tags")),
        thumb=parse_thumb(entry.get("thumb"), hosts=hosts),
        torrent_count=_read_number(entry.get("torrentcount")) or len(torrents),
        torrents=torrents,
        newer=newer,
        older=older,
        first=first,
    )


def _list_versions(entry: Entry, key: GalleryKey) -> list[GalleryKey | None]:
    """The latest version, the one before this, and the first; None for each that is named already, or is this one."""
    named = {key.gid}
    found: list[GalleryKey | None] = []
    for which in ("current", "parent", "first"):
        version = _read_key(entry, f"{which}_gid", f"{which}_key")
        found.append(version if version is not None and version.gid not in named else None)
        named |= {version.gid} if version is not None else set()
    return found


def parse_tags(tags: object) -> dict[str, tuple[str, ...]]:
    """Tags by namespace, in their order."""
    found: dict[str, list[str]] = {}
    for tag in _list(tags):
        namespace, colon, name = _read_text(tag).partition(":")
        if not colon:
            namespace, name = "", namespace
        if name.strip():
            found.setdefault(namespace.strip().lower(), []).append(name.strip())
    return {namespace: tuple(names) for namespace, names in found.items()}


def parse_torrents(torrents: object) -> tuple[Torrent, ...]:
    """Those that have a name or a hash."""
    entries = [cast("Entry", torrent) for torrent in _list(torrents) if isinstance(torrent, dict)]
    found = tuple(_parse_torrent(entry) for entry in entries)
    return tuple(torrent for torrent in found if torrent.name or torrent.hash)


def _parse_torrent(entry: Entry) -> Torrent:
    sha1 = _read_text(entry.get("hash")).lower()
    return Torrent(
        hash=sha1 if _HASH.fullmatch(sha1) else "",
        name=_read_text(entry.get("name")),
        added=_read_time(entry.get("added")),
        size_bytes=_read_number(entry.get("fsize")),
    )


def parse_thumb(thumb: object, *, hosts: PictureHosts) -> str | None:
    """The address under which everybody gets a thumb; None if there is none, or it is somebody else's."""
    address = _read_text(thumb)
    parts = _THUMB.fullmatch(address)
    if parts is None:
        return None
    host, path = parts[1].lower(), parts[2]
    if host == THUMB_HOST or (host in _COOKIE_HOSTS and path.startswith("/t/")):
        address = f"https://{THUMB_HOST}{path}"
    return hosts.find(address)


# Fields


def _list(value: object) -> Sequence[object]:
    return cast("list[object]", value) if isinstance(value, list) else ()


def _is_token(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def _read_key(entry: Entry, gid_field: str, token_field: str) -> GalleryKey | None:
    gid, token = _read_number(entry.get(gid_field)), entry.get(token_field)
    return GalleryKey(gid, token) if gid and _is_token(token) else None


def _read_text(value: object) -> str:
    """Text as people wrote it: the service sends it escaped for HTML."""
    return unescape(value[:_TEXT_CHARS]).strip() if isinstance(value, str) else ""


def _read_float(value: object) -> float:
    """A number, which may come as a string; 0 where it makes no sense."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return 0.0
    if isinstance(value, str) and len(value) > _NUMBER_CHARS:
        return 0.0
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return 0.0
    return number if math.isfinite(number) else 0.0


def _read_number(value: object) -> int:
    number = _read_float(value)
    return int(number) if 0 < number < _LARGEST else 0


def _read_time(value: object) -> datetime | None:
    seconds = _read_number(value)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _END_OF_TIME_S else None


def _read_rating(value: object) -> float | None:
    rating = _read_float(value)
    return rating if 0 < rating <= 5 else None
