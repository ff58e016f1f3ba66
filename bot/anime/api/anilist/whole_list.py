"""Whole lists of several people in one question, by the numbers of works alone: they are not kept here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from bot.anime.api.anilist.error import SERVICE, Missing
from bot.anime.api.model import LIST_AT_MOST, MediaKind
from bot.errors import BadAnswer, Rejected, ServiceError, Unavailable
from bot.http import Client, Request
from bot.service.body import decode

PEOPLE_AT_ONCE = 5
"""A question has two lists of each, of up to 500 works: about a megabyte at most."""

_PER_CHUNK = 500
_KINDS: tuple[MediaKind, ...] = ("ANIME", "MANGA")
_HEADERS = {"content-type": "application/json", "accept": "application/json"}
_LIST = """  {alias}: MediaListCollection(
    userId: {user}, type: {kind}, sort: [MEDIA_ID_DESC], chunk: {chunk}, perChunk: 500, forceSingleCompletedList: true
  ) {{ hasNextChunk lists {{ entries {{ mediaId status score(format: POINT_100) }} }} }}"""


class WholeEntry(msgspec.Struct, frozen=True, rename="camel"):
    """A work on somebody's list. `score` is 0 to 100, 0 for none."""

    media_id: int
    status: str | None = None
    score: float = 0.0


class _Group(msgspec.Struct):
    entries: list[WholeEntry | None] | None = None


class _Chunk(msgspec.Struct, rename="camel"):
    has_next_chunk: bool | None = None
    lists: list[_Group | None] | None = None


class _Body(msgspec.Struct):
    data: dict[str, _Chunk | None]


WholeList = dict[MediaKind, dict[int, WholeEntry]]
_Part = tuple[int, MediaKind, int]
"""Whose list of which kind, and which chunk of it."""


class WholeLists:
    """Asks AniList at `base_url`."""

    def __init__(self, client: Client, *, base_url: str) -> None:
        self._client = client
        self._base_url = base_url

    async def fetch(self, user_ids: Sequence[int]) -> dict[int, WholeList]:
        """What everybody can read of these people's lists, up to 2,000 works a kind, the newest; nothing of a
        private one.

        If AniList fails over one of several, that one is left out. Raises `ServiceError`.
        """
        try:
            return await self._fetch_together(user_ids)
        except ServiceError as error:
            if len(user_ids) > 1 and _is_answer(error):
                return await self._fetch_each(user_ids)
            if isinstance(error, Missing):
                return _build_empty(user_ids)
            raise

    async def _fetch_each(self, user_ids: Sequence[int]) -> dict[int, WholeList]:
        """One question for each person. AniList says neither whose list is private or gone, nor over whose it fails."""
        found: dict[int, WholeList] = {}
        failed = 0  # in a row
        for one in user_ids:
            try:
                found |= await self.fetch([one])
                failed = 0
            except ServiceError as error:
                failed += 1
                if failed > 1 or not _is_answer(error):
                    break  # the others would be asked for in vain, and AniList be taken to be away
        return found

    async def _fetch_together(self, user_ids: Sequence[int]) -> dict[int, WholeList]:
        found = _build_empty(user_ids)
        parts: list[_Part] = [(one, kind, 1) for one in user_ids for kind in _KINDS]
        while parts:
            chunks = await self._ask(parts)
            for (user_id, kind, _), chunk in zip(parts, chunks, strict=True):
                for group in chunk.lists or ():
                    entries = (entry for entry in (group.entries if group else None) or () if entry is not None)
                    found[user_id][kind].update((entry.media_id, entry) for entry in entries)
            parts = [
                (user_id, kind, number + 1)
                for (user_id, kind, number), chunk in zip(parts, chunks, strict=True)
                if chunk.has_next_chunk and number * _PER_CHUNK < LIST_AT_MOST
            ]
        return found

    async def _ask(self, parts: Sequence[_Part]) -> list[_Chunk]:
        lists = (
            _LIST.format(alias=f"l{at}", user=user_id, kind=kind, chunk=chunk)
            for at, (user_id, kind, chunk) in enumerate(parts)
        )
        document = "query WholeLists {\n" + "\n".join(lists) + "\n}"
        body = msgspec.json.encode({"query": document, "variables": dict[str, Any]()})
        # Not sent once more at once: what is not there is asked for again anyway.
        call = Request(SERVICE, "WholeLists", "POST", self._base_url, body, _HEADERS, looks_up=True, repeatable=False)
        try:
            data = decode((await self._client.send(call)).body, _Body).data
        except msgspec.DecodeError as error:
            raise BadAnswer(SERVICE, str(error)) from None
        return [data.get(f"l{at}") or _Chunk() for at in range(len(parts))]


def _build_empty(user_ids: Sequence[int]) -> dict[int, WholeList]:
    return {one: {kind: {} for kind in _KINDS} for one in user_ids}


def _is_answer(error: ServiceError) -> bool:
    """Whether AniList was there, and said that itself: it may well answer another question."""
    if isinstance(error, Unavailable):
        return error.trouble == "broken"
    return isinstance(error, BadAnswer | Rejected)
