"""Who may speak to the page's server: its own page on this machine, and nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from bot.playground.engine import LocalDiscord
from bot.playground.page import PlaygroundPage


@pytest_asyncio.fixture
async def page() -> AsyncIterator[PlaygroundPage]:
    page = PlaygroundPage(LocalDiscord(), port=0, data_note="sample data")
    await page.start()
    yield page
    await page.stop()


@pytest_asyncio.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_the_page_is_served_with_a_policy_that_forbids_foreign_scripts(
    page: PlaygroundPage, session: aiohttp.ClientSession
) -> None:
    async with session.get(page.url) as answer:
        assert answer.status == 200
        assert "Local playground" in await answer.text()
        policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Host": "evil.example"}, id="a name pointed at this machine"),
        pytest.param({"Origin": "http://evil.example"}, id="another site"),
        pytest.param({"Origin": "null"}, id="a file"),
    ],
)
@pytest.mark.parametrize("path", ["", "app.js", "ws"])
async def test_others_are_turned_away(
    page: PlaygroundPage, session: aiohttp.ClientSession, path: str, headers: dict[str, str]
) -> None:
    async with session.get(page.url + path, headers=headers) as answer:
        assert answer.status == 403


async def test_the_line_needs_an_origin(page: PlaygroundPage, session: aiohttp.ClientSession) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await session.ws_connect(f"{page.url}ws")
    assert refusal.value.status == 403


async def test_nothing_outside_of_the_pages_folder_is_served(
    page: PlaygroundPage, session: aiohttp.ClientSession
) -> None:
    for path in ("../page.py", "%2e%2e/page.py", "..%2fpage.py"):
        async with session.get(page.url + path) as answer:
            assert answer.status in {403, 404}


@pytest.mark.parametrize("frame", ["no json", "[]", "{}", '{"type": "slash"}', '{"type": "press", "message_id": 1}'])
async def test_a_frame_that_makes_no_sense_does_not_break_the_line(
    page: PlaygroundPage, session: aiohttp.ClientSession, frame: str
) -> None:
    async with session.ws_connect(f"{page.url}ws", origin=page.url.rstrip("/")) as line:
        state = await line.receive_json(timeout=30)
        await line.send_str(frame)
        post = {"type": "post", "channel_id": state["channels"][0]["id"], "text": "hello", "nonce": "n"}
        await line.send_json(post)
        answers = [await line.receive_json(timeout=30)]
        while answers[-1].get("nonce") != "n":
            answers.append(await line.receive_json(timeout=30))
    assert answers[-1]["type"] == "done"


async def test_a_taken_port_is_an_os_error(page: PlaygroundPage) -> None:
    port = int(page.url.rstrip("/").rpartition(":")[2])
    other = PlaygroundPage(LocalDiscord(), port=port, data_note="sample data")
    with pytest.raises(OSError, match=str(port)):
        await other.start()
