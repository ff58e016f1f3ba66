"""Files that are attached: fetched from where Discord keeps them, and from nowhere else."""

from __future__ import annotations

import random

import pytest

from bot.errors import InvalidInput
from bot.http import Client, MemoryCache
from bot.transfer.attachment import Attachments, policy
from bot.transfer.model import FILE_AT_MOST
from tests.support.clock import FakeClock
from tests.support.transport import Reply, ScriptedTransport

API = "http://127.0.0.1:8080/api/v10"


@pytest.fixture
def transport() -> ScriptedTransport:
    return ScriptedTransport(FakeClock(), default=Reply(body=b"id\nv17"))


@pytest.fixture
def attachments(transport: ScriptedTransport) -> Attachments:
    client = Client(transport, clock=FakeClock(), cache=MemoryCache(), policies=[policy()], rng=random.Random(1))
    return Attachments(client, api_url=API)


@pytest.mark.parametrize(
    "origin", ["https://cdn.discordapp.com", "https://media.discordapp.net", "http://127.0.0.1:8080"]
)
async def test_a_file_comes_from_where_discord_keeps_it(
    attachments: Attachments, transport: ScriptedTransport, origin: str
) -> None:
    url = f"{origin}/ephemeral-attachments/1/2/list.csv?ex=1&is=2&hm=3"
    assert await attachments.fetch(url, size=6) == b"id\nv17"
    assert [one.request.url for one in transport.sent] == [url]


@pytest.mark.parametrize(
    "origin",
    [
        "http://cdn.discordapp.com",
        "https://cdn.discordapp.com.example.org",
        "https://cdn.discordapp.com:8443",
        "https://cdn.discordapp.com@example.org",
        "https://example.org",
        "http://127.0.0.1:9090",
        "http://169.254.169.254",
        "file://",
    ],
)
async def test_nothing_is_fetched_from_anywhere_else(
    attachments: Attachments, transport: ScriptedTransport, origin: str
) -> None:
    with pytest.raises(InvalidInput):
        await attachments.fetch(f"{origin}/attachments/1/2/list.csv", size=6)
    assert transport.sent == []


async def test_what_is_too_large_is_not_fetched(attachments: Attachments, transport: ScriptedTransport) -> None:
    with pytest.raises(InvalidInput, match="larger than 8 MB"):
        await attachments.fetch("https://cdn.discordapp.com/a", size=FILE_AT_MOST + 1)
    assert transport.sent == []


@pytest.mark.parametrize("status", [403, 404])
async def test_what_is_gone_is_said(attachments: Attachments, transport: ScriptedTransport, status: int) -> None:
    transport.default = Reply(status, b"This content is no longer available.")
    with pytest.raises(InvalidInput, match="is not there any more"):
        await attachments.fetch("https://cdn.discordapp.com/a", size=6)
