"""Asks the sample VNDB as any client would, past the bot's own."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from bot.playground.service import SampleServices, start_sample_services


class Asker:
    """Asks the service as any client would."""

    def __init__(self, services: SampleServices, http: aiohttp.ClientSession) -> None:
        self.services = services
        self.http = http

    async def post(
        self, body: object, path: str = "/vn", headers: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Status, content type as it stands in the header, and the text of the answer."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} | (headers or {})
        async with self.http.post(self.services.vndb.api_url + path, data=data, headers=sent) as answer:
            return answer.status, answer.headers["Content-Type"], await answer.text()

    async def ask(self, **members: object) -> dict[str, Any]:
        """The answer of POST /vn."""
        return await self.ask_at("/vn", members)

    async def ask_at(self, path: str, members: dict[str, object]) -> dict[str, Any]:
        """The answer of another kind of entry."""
        status, content_type, text = await self.post(members, path)
        assert (status, content_type) == (200, "application/json"), text
        return json.loads(text)

    async def ids(self, filters: object, **members: object) -> list[str]:
        members = {"filters": filters, "results": 100} | members
        answer = await self.ask(**members)
        return [one["id"] for one in answer["results"]]

    async def ids_at(self, path: str, filters: object, **members: object) -> list[str]:
        """The ids of up to 100 entries of another kind."""
        answer = await self.ask_at(path, {"filters": filters, "results": 100} | members)
        return [one["id"] for one in answer["results"]]

    async def get(self, path: str) -> tuple[int, str]:
        """Status and text of a GET."""
        async with self.http.get(self.services.vndb.api_url + path) as answer:
            return answer.status, await answer.text()

    async def get_status(self, path: str) -> int:
        """The status of a GET."""
        async with self.http.get(self.services.vndb.api_url + path) as answer:
            return answer.status


@asynccontextmanager
async def open_asker() -> AsyncGenerator[Asker]:
    """The sample services on a free port, and whoever asks them."""
    services = await start_sample_services()
    async with aiohttp.ClientSession() as http:
        yield Asker(services, http)
    await services.stop()
