"""A sample service of pictures, as v4 and as v1 has it, and what is seen of it."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Sequence
from typing import Any
from urllib.parse import parse_qs

from aiohttp.test_utils import TestServer

from bot.playground.engine import walk
from bot.playground.service.nekos.data import SampleArtist, SampleCategory, SamplePicture, load_pictures
from bot.playground.service.nekos.server import SampleNekos

Payload = dict[str, Any]
SAFE = [one for one in load_pictures() if one.rating == "safe"]


class Nekos:
    """The sample service, and where it is."""

    def __init__(self, service: SampleNekos) -> None:
        self.service = service

    @property
    def v4(self) -> dict[str, Any]:
        return {"nekos_api_url": f"{self.service.address}/v4"}

    @property
    def v1(self) -> dict[str, Any]:
        return {"nekos_api_url": f"{self.service.address}/api"}

    @property
    def asked(self) -> list[dict[str, str]]:
        """The queries, as they came."""
        queries = [parse_qs(seen.query) for seen in self.service.requests]
        return [{name: values[0] for name, values in query.items()} for query in queries]

    def find(self, message: Payload) -> SamplePicture:
        """The picture that a message shows."""
        (url,) = [item["media"]["url"] for one in walk(message["components"]) for item in one.get("items") or ()]
        number = int(url.rpartition("/")[2].partition(".")[0])
        return next(one for one in self.service.pictures if one.number == number)


async def start(
    pictures: Sequence[SamplePicture] | None = None,
    *,
    artists: Sequence[SampleArtist] | None = None,
    categories: Sequence[SampleCategory] | None = None,
) -> AsyncGenerator[Nekos]:
    service = SampleNekos(pictures=pictures, artists=artists, categories=categories, rng=random.Random(3))
    async with TestServer(service.build_app()) as server:
        service.address = str(server.make_url("")).rstrip("/")
        yield Nekos(service)
        service.close()
