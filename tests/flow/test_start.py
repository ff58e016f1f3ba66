"""How the bot starts, and how it ends when it cannot."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.app import build_bot, build_user_agent, run_bot
from bot.config import Config
from bot.connection import StartError, connect
from bot.interaction.registration import normalise_commands
from bot.log import build_label
from bot.playground.run import run_playground
from bot.playground.service import Sample
from tests.flow.conftest import Place

ROOT = Path(__file__).parent.parent.parent
WRONG_TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"


async def fail_to_start(config: Config) -> str:
    async with build_bot(config) as shiori:
        with pytest.raises(StartError) as caught:
            await asyncio.wait_for(connect(shiori, config), timeout=30)
    return str(caught.value)


def put_count(place: Place) -> int:
    return sum(request.method == "PUT" for request in place.world.requests)


@pytest.mark.usefixtures("unregistered")
async def test_commands_are_registered_once_and_not_again(unconnected: Place) -> None:
    async with unconnected.connected():
        assert put_count(unconnected) == 1
    async with unconnected.connected():
        assert put_count(unconnected) == 1


def count_characters(command: Any) -> int:
    own = len(command["name"]) + len(command["description"])
    choices = sum(len(one["name"]) + len(str(one["value"])) for one in command.get("choices", ()))
    return own + choices + sum(map(count_characters, command.get("options", ())))


async def test_no_command_is_larger_than_discord_takes(place: Place) -> None:
    sizes = {one["name"]: count_characters(one) for one in place.world.commands if one["type"] == 1}
    assert 5000 < sizes["vn"] <= 8000
    assert max(sizes.values()) <= 8000


@pytest.mark.usefixtures("unregistered")
async def test_commands_are_registered_again_when_they_changed(unconnected: Place) -> None:
    async with unconnected.connected():
        pass
    unconnected.world.commands[0]["description"] = "an older one"
    async with unconnected.connected():
        assert put_count(unconnected) == 2


async def test_a_wrong_token_is_one_sentence(unconnected: Place) -> None:
    config = msgspec.structs.replace(unconnected.build_config(), discord_token=WRONG_TOKEN)
    assert "does not accept DISCORD_TOKEN" in await fail_to_start(config)


async def test_a_refused_intent_switches_previews_off_and_nothing_else(
    unconnected: Place, caplog: pytest.LogCaptureFixture
) -> None:
    unconnected.world.privileged_intents = 0
    caplog.set_level(logging.INFO)
    serving = asyncio.create_task(run_bot(unconnected.build_config()))
    while "connected as" not in caplog.text:  # noqa: ASYNC110 - a log has no event
        await asyncio.sleep(0.05)
    exchange = await unconnected.reader.slash(unconnected.general, "vn info", title="v17")
    assert "Ever17" in str(await exchange.message())
    gallery = unconnected.services.ehentai.library[Sample.PLAIN]
    await unconnected.reader.post(unconnected.world.after_dark, gallery.url)
    exchange = await unconnected.moderator.slash(unconnected.world.after_dark, "settings why")
    assert "does not tell this bot what people write" in str(await exchange.message())
    assert "message-content intent" in caplog.text
    assert unconnected.services.ehentai.requests == []
    serving.cancel()
    await asyncio.wait({serving})


async def test_a_database_that_cannot_be_used_is_one_sentence(unconnected: Place) -> None:
    (unconnected.data_dir / "file").write_text("no folder")
    config = msgspec.structs.replace(unconnected.build_config(), data_dir=unconnected.data_dir / "file" / "below")
    with pytest.raises(StartError, match="database cannot be used"):
        await run_bot(config)


async def test_an_unreachable_discord_is_one_sentence(unconnected: Place) -> None:
    config = msgspec.structs.replace(unconnected.build_config(), discord_api_url="http://127.0.0.1:9/api/v10")
    assert "Discord cannot be reached" in await fail_to_start(config)


async def test_an_unreachable_gateway_is_one_sentence(unconnected: Place) -> None:
    config = msgspec.structs.replace(unconnected.build_config(), discord_gateway_url="ws://127.0.0.1:9/")
    assert "gateway ws://127.0.0.1:9/ cannot be reached" in await fail_to_start(config)


async def run_program(place: Place, *args: str, **changed: str) -> tuple[int, str]:
    process = await start_program(place, *args, module="bot", **changed)
    stdout, stderr = await asyncio.wait_for(process.communicate(), timeout=30)
    return process.returncode or 0, (stdout + stderr).decode()


async def start_program(place: Place, *args: str, module: str = "bot", **changed: str) -> asyncio.subprocess.Process:
    config = place.build_config()
    environ = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "DISCORD_TOKEN": config.discord_token,
        "DISCORD_API_URL": config.discord_api_url,
        "DISCORD_GATEWAY_URL": config.discord_gateway_url,
        **{name.upper(): url for name, url in place.services.api_urls.items()},
        "DATA_DIR": str(place.data_dir),
        **changed,
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *args, cwd=ROOT, env=environ,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def test_the_program_ends_with_a_sentence_and_not_with_a_traceback(unconnected: Place) -> None:
    code, shown = await run_program(unconnected, DISCORD_TOKEN=WRONG_TOKEN)
    assert code == 2
    assert "does not accept DISCORD_TOKEN" in shown
    assert "Traceback" not in shown
    assert WRONG_TOKEN not in shown


async def test_where_waiting_helps_the_exit_code_is_another(unconnected: Place) -> None:
    """The unit of systemd starts it again, but not after a 2."""
    code, shown = await run_program(unconnected, DISCORD_API_URL="http://127.0.0.1:9/api/v10")
    assert "Discord cannot be reached" in shown
    assert code == 1


async def test_a_wrong_configuration_ends_the_program_with_its_names(unconnected: Place) -> None:
    code, shown = await run_program(unconnected, LOG_LEVEL="loud", VNDB_API_URL="nowhere")
    assert code == 2
    assert "LOG_LEVEL" in shown
    assert "VNDB_API_URL" in shown
    assert "Traceback" not in shown


async def test_a_folder_that_cannot_be_written_is_named(unconnected: Place) -> None:
    (unconnected.data_dir / "file").write_text("no folder")
    folder = unconnected.data_dir / "file" / "below"
    code, shown = await run_program(unconnected, DATA_DIR=str(folder))
    assert code == 1
    assert str(folder) in shown
    assert "Traceback" not in shown
    assert len(shown.splitlines()) == 1


async def test_where_nobody_sits_at_a_terminal_a_missing_token_is_an_error(unconnected: Place) -> None:
    code, shown = await run_program(unconnected, DISCORD_TOKEN="")
    assert code == 2
    assert "DISCORD_TOKEN is not set" in shown
    assert shown.endswith(f" use the playground. To open it all the same: {sys.executable} -m bot playground\n")
    assert "Traceback" not in shown


@pytest.mark.parametrize("name", ["DISCORD_TOKE", "DISCORD_BOT_TOKEN", "TOKEN", "DISCORDTOKEN", "discord_token_"])
async def test_a_token_under_another_name_is_named_but_not_shown(unconnected: Place, name: str) -> None:
    code, shown = await run_program(unconnected, DISCORD_TOKEN="", **{name: WRONG_TOKEN})
    assert code == 2
    assert f"{name} is set, which is no variable of Shiori's; did you mean DISCORD_TOKEN?" in shown
    assert WRONG_TOKEN not in shown


@pytest.mark.parametrize("port", ["99999", "-1", "http", "65536"])
async def test_a_port_that_is_none_is_a_sentence(unconnected: Place, port: str) -> None:
    code, shown = await run_program(unconnected, "playground", f"--port={port}")
    assert code == 2
    assert "a port is a number from 0 to 65535" in shown
    assert "Traceback" not in shown


async def test_a_missing_package_is_a_sentence(unconnected: Place) -> None:
    for package in ("msgspec", "discord"):
        script = f"import sys; sys.modules[{package!r}] = None; from bot.__main__ import main; sys.exit(main([]))"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, cwd=ROOT, env={**os.environ, "DISCORD_TOKEN": WRONG_TOKEN},
            stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, stderr = await asyncio.wait_for(process.communicate(), timeout=30)
        assert process.returncode == 1
        assert f"The package {package} is not installed" in stderr.decode()
        assert b"Traceback" not in stderr


async def test_check_says_that_all_is_well(unconnected: Place) -> None:
    code, shown = await run_program(unconnected, "check")
    assert (code, shown.count("FAILED")) == (0, 0)
    vndb = unconnected.services.vndb
    listed = sum(one.id not in vndb.off_shelf for one in vndb.library.vn)
    assert f"knows {listed} visual novels" in shown
    assert "logged in as" in shown
    assert "the message-content intent is granted" in shown
    assert re.search("Invite it: https://discord.com/oauth2/authorize[?]client_id=[0-9]+&scope=bot[+]", shown)
    for name in ("E-Hentai", "AniList", "Nekos API"):
        assert re.search(f"ok      {name} at http://127.0.0.1:[0-9]+[^ ]*: answers.\n", shown)
    assert "amvstrm" not in shown
    assert "Database: can be used" in shown


@pytest.mark.parametrize("optimize", ["0", "2"])
async def test_the_program_shows_its_invitation_and_stops_cleanly_on_sigterm(unconnected: Place, optimize: str) -> None:
    process = await start_program(unconnected, PYTHONOPTIMIZE=optimize)
    assert process.stderr is not None
    line = b"?"
    while line and b"invite it: https://discord.com/oauth2/authorize?client_id=" not in line:
        line = await asyncio.wait_for(process.stderr.readline(), timeout=30)
    process.send_signal(signal.SIGTERM)
    _, stderr = await asyncio.wait_for(process.communicate(), timeout=30)
    assert process.returncode == 0
    assert b"Traceback" not in stderr


@pytest.mark.parametrize("is_new", [True, False])
async def test_a_start_on_a_file_loads_no_orm_no_migrations_no_prefix_commands_and_nothing_of_postgresql(
    unconnected: Place, is_new: bool
) -> None:
    if is_new:
        (unconnected.data_dir / "shiori.db").unlink()
    events = unconnected.world.subscribe()
    process = await start_program(unconnected, PYTHONPROFILEIMPORTTIME="1")
    while not unconnected.world.bot_connected:
        await asyncio.wait_for(events.get(), timeout=30)
    exchange = await unconnected.reader.slash(unconnected.general, "vn search", title="v17")
    assert "Ever17" in str(await exchange.message())
    process.send_signal(signal.SIGTERM)
    _, stderr = await asyncio.wait_for(process.communicate(), timeout=30)
    lines = [line for line in stderr.decode().splitlines() if line.startswith("import time:")]
    loaded = {line.rpartition("|")[2].strip() for line in lines}
    assert {"bot.store.schema", "sqlalchemy.dialects.sqlite.pysqlite"} <= loaded
    heavy = {"sqlalchemy.orm", "sqlalchemy.ext.asyncio", "sqlalchemy.dialects.postgresql", "asyncpg", "alembic", "mako"}
    unused = {"discord.ext.commands", "argparse", "rapidfuzz", "PIL", "cryptography", "aiohttp.web", "sentry_sdk"}
    assert loaded & (heavy | unused) == set()


async def test_who_has_just_asked_is_answered_before_the_program_stops(unconnected: Place) -> None:
    unconnected.services.vndb.fault, unconnected.services.vndb.slow_s = "slow", 1.5
    events = unconnected.world.subscribe()
    process = await start_program(unconnected)
    while not unconnected.world.bot_connected:
        await asyncio.wait_for(events.get(), timeout=30)
    exchange = await unconnected.reader.slash(unconnected.general, "vn search", title="v17")
    process.send_signal(signal.SIGTERM)
    assert "Ever17" in str(await exchange.message())
    _, stderr = await asyncio.wait_for(process.communicate(), timeout=30)
    assert (process.returncode, b"Traceback" in stderr) == (0, False)
    lines = [json.loads(line) for line in stderr.splitlines()]  # no terminal is there
    told = [line for line in lines if "source=sent" in line["message"]]
    assert {line.get("interaction") for line in told} == {build_label(exchange.interaction_id)}


async def test_the_procfile_runs_the_bot_and_hands_signals_on(unconnected: Place) -> None:
    events = unconnected.world.subscribe()
    process = await start_program(unconnected, "start", "-p", "0", module="honcho")
    while not unconnected.world.bot_connected:
        await asyncio.wait_for(events.get(), timeout=30)
    process.send_signal(signal.SIGTERM)
    stdout, _ = await asyncio.wait_for(process.communicate(), timeout=30)
    assert b"worker.1 stopped (rc=0)" in stdout
    assert b"Traceback" not in stdout


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
async def test_the_playground_opens_and_closes_cleanly(unconnected: Place, name: signal.Signals) -> None:
    process = await start_program(unconnected, "playground", "--port", "0", DISCORD_TOKEN="")
    assert process.stdout is not None
    first = await asyncio.wait_for(process.stdout.readline(), timeout=30)
    process.send_signal(name)
    _, stderr = await asyncio.wait_for(process.communicate(), timeout=30)
    assert b"playground is open at http://127.0.0.1:" in first
    assert (process.returncode, b"Traceback" in stderr) == (0, False), stderr.decode()


async def test_a_bot_that_is_closed_before_it_is_ready_ends_quietly(unconnected: Place) -> None:
    config = unconnected.build_config()
    async with build_bot(config) as shiori:
        connected = asyncio.ensure_future(shiori.wait_for("connect", timeout=30))
        serving = asyncio.create_task(connect(shiori, config))
        await connected
        getting_ready = [task for task in asyncio.all_tasks() if "_delay_ready" in repr(task)]
        await shiori.close()
        await serving
        assert await asyncio.gather(*getting_ready) == [None]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
async def test_on_a_terminal_the_address_is_the_only_line(unconnected: Place) -> None:
    import pty  # Windows has none

    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "playground", "--port", "0", cwd=ROOT,
        env={**os.environ, "LOG_LEVEL": "INFO", "DISCORD_TOKEN": ""}, stdin=theirs, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while not shown.endswith(b"\n"):
        shown += await asyncio.wait_for(asyncio.to_thread(os.read, ours, 4096), timeout=30)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), timeout=30) == 0
    with contextlib.suppress(OSError):  # how a terminal says that nobody writes any more
        shown += os.read(ours, 4096)
    os.close(ours)
    (line,) = shown.decode().splitlines()
    assert "playground is open at http://127.0.0.1:" in line


async def test_without_a_token_the_program_opens_the_playground_and_says_how_to_use_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    task = asyncio.create_task(run_playground(Config(), live=False, port=0, without_token=True))
    shown = ""
    while not shown:
        await asyncio.wait({task}, timeout=0.05)
        shown = capsys.readouterr().out
    task.cancel()
    await asyncio.wait({task})
    (sentence,) = shown.splitlines()
    assert "http://127.0.0.1:" in sentence
    assert "DISCORD_TOKEN=" in sentence


async def test_every_request_to_a_service_names_the_bot_and_its_operator(place: Place) -> None:
    await (await place.reader.slash(place.general, "vn search", title="v17")).message()
    assert {request.user_agent for request in place.services.vndb.requests} == {build_user_agent("")}
    assert build_user_agent("me@example.org").endswith("(me@example.org)")


def test_what_discord_adds_to_a_command_is_no_change() -> None:
    ours = {"name": "vn", "description": "d", "type": 1, "nsfw": False, "options": [], "contexts": [0, 1, 2]}
    theirs = {**ours, "id": "1", "version": "2", "application_id": "3", "nsfw": None, "contexts": [2, 1, 0]}
    assert normalise_commands([ours]) == normalise_commands([theirs])
    assert normalise_commands([ours]) != normalise_commands([{**theirs, "description": "e"}])
    nobody = {"default_member_permissions": 0}
    assert normalise_commands([ours | nobody]) == normalise_commands([theirs | {"default_member_permissions": "0"}])
    assert normalise_commands([ours | nobody]) != normalise_commands([theirs | {"default_member_permissions": None}])
