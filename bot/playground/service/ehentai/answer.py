"""What api.php answers to a body: `gdata` and `gtoken`, in the shapes of the published page.

https://ehwiki.org/wiki/API has the shapes, and the errors of single entries. `Invalid JSON Request` is what clients
have met. That an unknown method, a missing list and more than 25 entries are errors of the whole request is
assumed here, as is that an entry that names nothing gets the error of one with a wrong key.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from typing import cast

import msgspec

from bot.playground.service.ehentai.data import Gallery, Library, build_page_token, build_token
from bot.playground.service.ehentai.picture import build_thumb

MOST_ENTRIES = 25
_KEY_ERROR = "Key missing, or incorrect key provided."
_PAGE_ERROR = "File not found"
_NUMBER = re.compile(r"[0-9]{1,18}")

Answer = dict[str, object]


class Refused(Exception):
    """The whole request is refused with these words; `too_many`: for its number of entries."""

    def __init__(self, words: str, *, too_many: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.too_many = too_many


def answer(body: bytes, library: Library, *, address: str) -> Answer:
    """The answer to a request; `address` is where the pictures are.

    Raises:
        Refused: the service has but one sentence for it.
    """
    request = _decode(body)
    if request.get("method") == "gdata":
        spaced = request.get("namespace") in (1, "1")
        entries = _read_list(request, "gidlist")
        return {"gmetadata": [_answer_gallery(one, library, spaced=spaced, address=address) for one in entries]}
    if request.get("method") == "gtoken":
        return {"tokenlist": [_answer_page(one, library) for one in _read_list(request, "pagelist")]}
    raise Refused("Unknown method")


def encode(value: object) -> bytes:
    """JSON as PHP writes it: ASCII only, slashes escaped, no blanks."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()


def _decode(body: bytes) -> Answer:
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (ValueError, RecursionError):
        raise Refused("Invalid JSON Request") from None


def _read_list(request: Answer, name: str) -> list[object]:
    entries = request.get(name)
    if not isinstance(entries, list):
        raise Refused(f"Missing {name}")
    listed = cast("list[object]", entries)
    if len(listed) > MOST_ENTRIES:
        raise Refused(f"Too many entries in {name}", too_many=True)
    return listed


def _answer_gallery(entry: object, library: Library, *, spaced: bool, address: str) -> Answer:
    gid, token = _read_entry(entry, 2)
    number = _read_number(gid)
    gallery = library.find(number)
    if gallery is None or gallery.token != token:
        return {"gid": number, "error": _KEY_ERROR}
    return _describe(gallery, spaced=spaced, address=address)


def _answer_page(entry: object, library: Library) -> Answer:
    gid, token, page = _read_entry(entry, 3)
    number, page_number = _read_number(gid), _read_number(page)
    gallery = library.find(number)
    exists = gallery is not None and 1 <= page_number <= gallery.pages
    if gallery is None or not exists or token != build_page_token(number, page_number):
        return {"gid": number, "error": _PAGE_ERROR}
    return {"gid": number, "token": gallery.token}


def _read_entry(entry: object, length: int) -> list[object]:
    """The members of an entry, None for each that is missing."""
    members = cast("list[object]", entry) if isinstance(entry, list) else []
    return [*members, *[None] * length][:length]


def _read_number(value: object) -> int:
    is_number = isinstance(value, int) or (isinstance(value, str) and _NUMBER.fullmatch(value) is not None)
    return int(cast("int | str", value)) if is_number else 0


def _describe(gallery: Gallery, *, spaced: bool, address: str) -> Answer:
    """An entry of `gmetadata`: which numbers are strings is the service's own choice."""
    tags = gallery.tags if spaced else [one.partition(":")[2] or one for one in gallery.tags]
    return {
        "gid": gallery.gid,
        "token": gallery.token,
        "archiver_key": _build_archiver_key(gallery),
        "title": _escape(gallery.title),
        "title_jpn": _escape(gallery.title_jpn),
        "category": gallery.category,
        "thumb": build_thumb(gallery, address=address),
        "uploader": _escape(gallery.uploader),
        "posted": str(gallery.posted),
        "filecount": str(gallery.pages),
        "filesize": gallery.size,
        "expunged": gallery.expunged,
        "rating": f"{gallery.rating:.2f}",
        "torrentcount": str(len(gallery.torrents)),
        "torrents": [
            {
                "hash": one.hash,
                "added": str(one.added),
                "name": _escape(one.name),
                "tsize": str(one.file_size),
                "fsize": str(one.size),
            }
            for one in gallery.torrents
        ],
        "tags": [_escape(one) for one in tags],
        **_name_version("current", gallery.current),
        **_name_version("parent", gallery.parent),
        **_name_version("first", gallery.first),
    }


def _name_version(which: str, gid: int | None) -> Answer:
    return {} if gid is None else {f"{which}_gid": str(gid), f"{which}_key": build_token(gid)}


def _build_archiver_key(gallery: Gallery) -> str:
    digits = hashlib.sha256(f"archive {gallery.gid}".encode()).hexdigest()[:40]
    return f"{gallery.posted // 3600}--{digits}"


def _escape(text: str) -> str:
    """As PHP's htmlspecialchars does, whose apostrophe is not Python's."""
    return html.escape(text).replace("&#x27;", "&#039;")
