"""What a host is told of the whole bot: whether it is alive, and whether it serves."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys

import msgspec
import pytest

from bot.app import run_bot
from tests.flow.conftest import Place
from tests.flow.test_start import ROOT, run_program, start_program
from tests.support.port import choose_port
from tests.watch.conftest import Watched
from tests.watch.exposition import parse
from tests.watch.wire import ask

STARTING = "the bot is starting, or ending\n"


async def test_ready_means_that_people_are_served(unwatched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.gateway.connected.READY_WITHIN_S", 3.0)  # so soon it asks again
    monkeypatch.setattr("bot.watch.figures.EVERY_S", 0.0)
    gateway = unwatched.place.discord.gateway
    assert (await unwatched.ask("/healthz")).status == 200
    heard = await unwatched.ask("/readyz")
    assert (heard.status, heard.body) == (503, STARTING)
    async with unwatched.connected():
        assert (await unwatched.wait_for("/readyz", "ready")).status == 200
        gateway.says_ready = False
        gateway.disconnect(4000, forget=True)
        lost = await unwatched.wait_for("/readyz", "gateway")
        assert (lost.status, lost.body) == (503, "Discord's gateway: not connected\n")
        gateway.says_ready = True
        assert (await unwatched.wait_for("/readyz", "ready")).status == 200

        monkeypatch.setattr("bot.store.question.WAIT_S", 0.1)
        monkeypatch.setattr("bot.store.question.BELIEVED_S", 0.0)
        async with unwatched.shiori.store.database.write():  # nobody else reads meanwhile
            heard = await unwatched.ask("/readyz")
            assert (heard.status, heard.body) == (503, "the database: no answer within 0.1 s\n")
            assert (await unwatched.ask("/healthz")).status == 200
            seen = parse((await unwatched.ask("/metrics")).body)
            assert (seen.get("shiori_ready"), seen.samples.get("shiori_database_seconds")) == (0, None)
            assert "shiori_notices_due" not in seen.samples
        assert (await unwatched.wait_for("/readyz", "ready")).status == 200
        await unwatched.shiori.store.close()
        assert (await unwatched.ask("/readyz")).body == "the database: it is closed\n"
    heard = await unwatched.ask("/readyz")
    assert (heard.status, heard.body) == (503, STARTING)


async def test_every_shard_counts(unwatched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.watch.figures.EVERY_S", 0.0)
    monkeypatch.setattr("bot.gateway.connected.READY_WITHIN_S", 2.0)
    gateway = unwatched.place.discord.gateway
    gateway.shards.max_concurrency = 16
    async with unwatched.connected(shard_count=4, shard_ids="0-2"):
        await unwatched.wait_for("/readyz", "ready\n")
        gateway.silent_shards.add(1)
        gateway.disconnect(4000, forget=True, shard_id=1)
        lost = await unwatched.wait_for("/readyz", "gateway")
        assert (lost.status, lost.body) == (503, "Discord's gateway: shard 1 of 4 not connected\n")
        seen = parse((await unwatched.ask("/metrics")).body)
        assert [seen.get("shiori_shard_up", shard=one) for one in "0123"] == [1, 0, 1, 0]
        assert [seen.get("shiori_shard_losses_total", shard=one) for one in "012"] == [0, 1, 0]
        assert (seen.get("shiori_shards"), seen.get("shiori_ready")) == (3, 0)
        assert len(seen.samples["shiori_shard_up"]) == 3
        gateway.silent_shards.clear()
        assert (await unwatched.wait_for("/readyz", "ready\n")).status == 200


async def test_the_program_tells_how_it_is_until_it_ends(unconnected: Place) -> None:
    port = choose_port()
    process = await start_program(unconnected, PORT=str(port))
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(ConnectionError):
                if (await ask(port, "/readyz")).status == 200:
                    break
            await asyncio.sleep(0.05)
    code, shown = await run_program(unconnected, PORT=str(port))
    assert code == 1
    assert shown.startswith(f"Port {port} of 127.0.0.1 cannot be used (Address already in use).")
    assert len(shown.splitlines()) == 1

    slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
    for _, writer in slow:
        writer.write(b"GET /healthz HTTP/1.1\r\n")
    asked = [asyncio.create_task(ask(port, path)) for path in ("/readyz", "/metrics") * 10]
    process.send_signal(signal.SIGTERM)
    _, stderr = await asyncio.wait_for(process.communicate(), timeout=15)
    await asyncio.wait(asked)
    assert {one.result().status for one in asked if one.exception() is None and one.result().head} <= {200, 503}
    assert (process.returncode, b"Traceback" in stderr) == (0, False), stderr.decode()
    for _, writer in slow:
        writer.close()


async def test_a_bot_that_begins_anew_without_previews_is_watched_as_the_first_one(
    unconnected: Place, caplog: pytest.LogCaptureFixture
) -> None:
    unconnected.world.privileged_intents = 0
    port = choose_port()
    serving = asyncio.create_task(run_bot(msgspec.structs.replace(unconnected.build_config(), port=port)))
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(ConnectionError):
                if (await ask(port, "/readyz")).status == 200:
                    break
            await asyncio.sleep(0.05)
    assert "message-content intent" in caplog.text
    await (await unconnected.reader.slash(unconnected.general, "me")).message()
    seen = parse((await ask(port, "/metrics")).body)
    assert seen.sum("shiori_interactions_total") == 1
    assert seen.sum("shiori_discord_requests_total") > 4  # of both
    serving.cancel()
    await asyncio.wait({serving})


def test_without_a_port_nothing_of_it_is_imported() -> None:
    asked = "import sys, bot.__main__, bot.app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True, capture_output=True, text=True)
    found = done.stdout.split()
    assert "bot.client" in found
    assert [name for name in found if name.startswith(("bot.watch", "prometheus_client", "aiohttp.web_"))] == []
