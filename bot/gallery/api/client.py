"""E-Hentai's galleries: https://ehwiki.org/wiki/API. No cookies and no account; ExHentai's galleries are served too.

What a gallery is stands in `model`, how an answer is read in `parse`, and what may be shown nowhere in
`bot.service.ban`: that never leaves this module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import msgspec

from bot.errors import BadAnswer, NotFound
from bot.gallery.api.error import SERVICE, Ambiguous, examine
from bot.gallery.api.model import WITHHELD, Gallery, GalleryKey, PageKey, Withheld
from bot.gallery.api.parse import THUMB_HOST, Entry, is_key, match_galleries, match_pages, parse_entries, parse_gallery
from bot.http import Batcher, Client, Clock, Lifetime, Policy, Request, SystemClock, Window
from bot.service.ban import is_banned
from bot.service.body import decode
from bot.service.picture_host import PictureHosts
from bot.service.record import Card

__all__ = ["DEFAULT_URL", "PUBLISHED_EXAMPLE", "SERVICE", "Ehentai", "policy"]

K = TypeVar("K", GalleryKey, PageKey)

DEFAULT_URL = "https://api.e-hentai.org/api.php"

PUBLISHED_EXAMPLE = GalleryKey(2231376, "a7584a5932")
"""The key on the published page: it may be asked for to see whether the service answers."""

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
# Tags change, and with them what may be shown: nothing older than an hour is, not even while the service is away.
GALLERY_LIFETIME = Lifetime(fresh_s=HOUR_S, stale_s=HOUR_S, empty_s=600.0)
PAGE_LIFETIME = Lifetime(fresh_s=DAY_S, stale_s=DAY_S, empty_s=600.0)

ENTRIES_AT_MOST = 25
BATCH_WINDOW_S = 0.1  # a burst of messages takes the process some hundredths of a second to read


PICTURE_HOSTS = (THUMB_HOST,)


def policy() -> Policy:
    """E-Hentai's limits.

    Published: 25 entries a request, "4-5 sequential requests usually okay before having to wait for ~5 seconds".
    Whoever asks too much is banned by address, for everything.
    """
    return Policy(
        service=SERVICE,
        windows=(Window(5, 5.0),),
        concurrency=1,
        timeout_s=10.0,
        retries=1,
        examine=examine,
    )


class Ehentai:
    """Questions to E-Hentai. Keys that are asked for at about the same time share a request."""

    def __init__(self, client: Client, *, base_url: str = DEFAULT_URL, clock: Clock | None = None) -> None:
        self._client = client
        self._base_url = base_url
        self._pictures = PictureHosts(PICTURE_HOSTS, base_url)
        clock = clock or SystemClock()
        self._galleries = _build_batcher(self._load_galleries, clock=clock)
        self._pages = _build_batcher(self._load_pages, clock=clock)

    async def fetch(self, key: GalleryKey) -> Card[Gallery] | Withheld:
        """A gallery, at most an hour old. Raises `NotFound` for a wrong key, `ServiceError`."""
        what = f"gallery {key.gid}"
        if not is_key(key):
            raise NotFound(SERVICE, what)
        answer = await self._client.cached(
            _build_cache_key(key),
            GALLERY_LIFETIME,
            lambda: _load(key, self._galleries, self._load_galleries),
            service=SERVICE,
            what="gallery",
        )
        if answer.body is None:
            raise NotFound(SERVICE, what)
        gallery = _decode(answer.body)
        # What is kept may be older than the list of what is banned.
        if gallery is None or is_banned(gallery.category, gallery.tags):
            return WITHHELD
        return Card(gallery, answer.age_s, answer.stale)

    async def resolve(self, page: PageKey) -> GalleryKey:
        """The gallery that a page belongs to. Raises `NotFound` for a wrong key, `ServiceError`."""
        what = f"page {page.page} of gallery {page.gid}"
        if not is_key(page):
            raise NotFound(SERVICE, what)
        answer = await self._client.cached(
            _build_cache_key(page),
            PAGE_LIFETIME,
            lambda: _load(page, self._pages, self._load_pages),
            service=SERVICE,
            what="page",
        )
        if answer.body is None:
            raise NotFound(SERVICE, what)
        return GalleryKey(page.gid, answer.body.decode("ascii"))

    async def _load_galleries(self, keys: Sequence[GalleryKey]) -> list[bytes | Exception | None]:
        question = {"method": "gdata", "gidlist": [(key.gid, key.token) for key in keys], "namespace": 1}
        entries = parse_entries(await self._send(question, what="galleries"), "gmetadata")
        return [
            found if found is None or isinstance(found, Exception) else self._build_body(found)
            for found in match_galleries(keys, entries)
        ]

    async def _load_pages(self, keys: Sequence[PageKey]) -> list[bytes | Exception | None]:
        question = {"method": "gtoken", "pagelist": [(key.gid, key.token, key.page) for key in keys]}
        entries = parse_entries(await self._send(question, what="pages"), "tokenlist")
        return [found.encode("ascii") if isinstance(found, str) else found for found in match_pages(keys, entries)]

    async def _send(self, question: object, *, what: str) -> bytes:
        headers = {"content-type": "application/json"}
        request = Request(SERVICE, what, "POST", self._base_url, msgspec.json.encode(question), headers)
        return (await self._client.send(request)).body

    def _build_body(self, entry: Entry) -> bytes | Exception:
        """What is kept of a gallery: what was read of it, so neither its `archiver_key` nor whatever else came along.

        Of a withheld one `null` is kept.
        """
        try:
            gallery = parse_gallery(entry, hosts=self._pictures)
        except BadAnswer as error:
            return error
        return msgspec.json.encode(None if isinstance(gallery, Withheld) else gallery)


def _build_cache_key(key: GalleryKey | PageKey) -> str:
    """Not the key itself: the cache's library logs what it is asked for, and who has a key has a link."""
    digest = hashlib.blake2b(msgspec.json.encode(key), digest_size=16).hexdigest()
    return f"{SERVICE} {type(key).__name__} {digest}"


def _build_batcher(
    load: Callable[[Sequence[K]], Awaitable[Sequence[bytes | Exception | None]]], *, clock: Clock
) -> Batcher[K, bytes | None]:
    return Batcher(
        load,
        max_size=ENTRIES_AT_MOST,
        window_s=BATCH_WINDOW_S,
        clock=clock,
        service=SERVICE,
        one_at_a_time=True,
    )


async def _load(
    key: K,
    batcher: Batcher[K, bytes | None],
    load: Callable[[Sequence[K]], Awaitable[Sequence[bytes | Exception | None]]],
) -> bytes | None:
    """Ask together with others, and once more alone if the answer does not tell whose it is."""
    try:
        return await batcher.load(key)
    except Ambiguous:
        (found,) = await load([key])
    if isinstance(found, Exception):
        raise found
    return found


def _decode(body: bytes) -> Gallery | None:
    try:
        return decode(body, Gallery | None)
    except msgspec.DecodeError:
        raise BadAnswer(SERVICE, "a gallery is kept in another shape") from None
