"""`setup`, as somebody calls it: in a folder of their own, with a token, over the local Discord."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import select
import stat
import sys
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.client import point_discord_at
from bot.config import Config, parse_config
from bot.interaction.permission import ASKED_FOR
from bot.playground.engine import LocalDiscord
from bot.playground.engine.application import REVIEWED_FROM
from bot.playground.engine.model import RestFault
from bot.verb.env_file import read_values

ROOT = Path(__file__).parent.parent.parent
WRONG_TOKEN = "wrong.token"
SERVERS = {"scopes": ["bot", "applications.commands"], "permissions": str(ASKED_FOR.value)}
PEOPLE = {"scopes": ["applications.commands"], "permissions": "0"}


AT_TERMINAL = """
import fcntl, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl+C there is a signal to this process
signal.signal(signal.SIGINT, signal.default_int_handler)  # who started the tests in the background has it ignored
from bot.__main__ import main
sys.exit(main(["setup"]))
"""


@pytest.fixture
async def local() -> AsyncGenerator[LocalDiscord]:
    """A Discord where the application is as the portal makes it."""
    async with LocalDiscord() as discord:
        discord.world.privileged_intents = 0
        yield discord


class Host:
    """Somebody in a folder."""

    def __init__(self, local: LocalDiscord, folder: Path, output: pytest.CaptureFixture[str]) -> None:
        self.local = local
        self.output = output
        self.folder = folder
        self.env = folder / ".env"

    def environ(self, **changed: str) -> dict[str, str]:
        return {"DISCORD_TOKEN": "", "SECRET_KEYS": "", "DISCORD_API_URL": self.local.api_url, **changed}

    async def set_up(self, *words: str, typed: str = "", **environ: str) -> tuple[int, str]:
        """The exit code, and all that was shown. In this process, which has all modules already."""
        stdin = self.folder.parent / f"{self.folder.name}-typed"
        stdin.write_text(typed)
        with pytest.MonkeyPatch.context() as patch, stdin.open() as file:
            for name, value in self.environ(**environ).items():
                if value:
                    patch.setenv(name, value)
                else:
                    patch.delenv(name, raising=False)
            patch.setattr(sys, "stdin", file)
            patch.chdir(self.folder)
            code = await asyncio.to_thread(main, ["setup", *words])
        shown = "".join(self.output.readouterr())
        assert self.local.token not in shown
        return code, shown

    def list_changes(self) -> list[str]:
        return [seen.method for seen in self.local.world.requests if seen.method == "PATCH"]

    def read(self) -> dict[str, str | None]:
        return read_values(self.env.read_text("utf-8"))


@pytest.fixture
def host(local: LocalDiscord, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Host]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield Host(local, tmp_path, capsys)
    root.handlers[:] = handlers  # the program sets up its own
    root.setLevel(level)
    default = Config()
    point_discord_at(api_url=default.discord_api_url, gateway_url=default.discord_gateway_url)


async def test_a_token_is_all_that_it_needs_and_a_second_time_it_changes_nothing(host: Host) -> None:
    world = host.local.world
    code, shown = await host.set_up("--yes", typed=f"{host.local.token}\n")
    assert code == 0, shown
    assert world.application.install_params == SERVERS
    assert world.application.install_types == {
        "0": {"oauth2_install_params": SERVERS},
        "1": {"oauth2_install_params": PEOPLE},
    }
    assert "message-content" not in shown
    assert re.search(rf"Invite it: https://discord.com/oauth2/authorize\?\S*permissions={ASKED_FOR.value}\b", shown)
    written = host.read()
    assert written["DISCORD_TOKEN"] == host.local.token
    assert len(parse_config({"SECRET_KEYS": written["SECRET_KEYS"] or ""}).keys) == 1
    assert stat.S_IMODE(host.env.stat().st_mode) == 0o600
    remarks = [line for line in host.env.read_text().splitlines() if line.startswith("#")]
    assert remarks == [line for line in (ROOT / ".env.example").read_text().splitlines() if line.startswith("#")]
    before, changes = host.env.read_bytes(), host.list_changes()
    code, shown = await host.set_up()  # there is nothing to ask
    assert (code, host.env.read_bytes(), host.list_changes()) == (0, before, changes), shown
    assert len(changes) == 2
    assert "The application at Discord is as it should be.\n.env is as it should be.\n" in shown


async def test_a_file_with_lines_that_cannot_be_read_is_left_as_it_is(host: Host) -> None:
    host.env.write_text(before := 'CONTACT="me\nSECRET_KEYS=one\nPORT=1\nDATA_DIR="/srv"\n')
    code, shown = await host.set_up("--yes", typed=f"{host.local.token}\n")
    assert (code, host.env.read_text(), host.list_changes()) == (2, before, []), shown
    assert "lines 1 to 4 of the file .env cannot be read" in shown


async def test_where_nobody_can_be_asked_it_shows_what_it_would_change(host: Host) -> None:
    code, shown = await host.set_up(DISCORD_TOKEN=host.local.token)
    assert code == 1
    assert "  - Installing it: a server is asked for View Channel, Send Messages," in shown
    assert "  - Message content: on" in shown
    assert f"To be written into {host.env}: DISCORD_TOKEN.\n" in shown
    assert shown.count("--yes does it without asking") == 2
    assert (host.list_changes(), host.env.exists()) == ([], False)


async def test_what_cannot_be_begun_is_a_sentence_and_changes_nothing(host: Host) -> None:
    (host.folder / "empty").touch()
    nowhere = {"DISCORD_API_URL": "http://127.0.0.1:9/api/v10"}
    cases: list[tuple[int, str, dict[str, str]]] = [
        (2, "Discord does not accept this token.", {"typed": WRONG_TOKEN}),
        (2, "Configuration: DISCORD_TOKEN: this is not a bot token", {"typed": f"Bot {host.local.token}"}),
        (2, "DISCORD_TOKEN is not set, and nobody sits at a terminal", {}),
        (1, "Discord cannot be reached at http://127.0.0.1:9/api/v10 (", {"typed": "some.token", **nowhere}),
        (2, "Configuration: LOG_LEVEL: must be one of", {"typed": host.local.token, "LOG_LEVEL": "loud"}),
    ]
    for code, sentence, given in cases:
        found, shown = await host.set_up("--yes", **given)
        assert (found, shown.count("\n")) == (code, 1), shown
        assert sentence in shown
    for name, sentence in {"empty": "DISCORD_TOKEN is not set", "none": "none cannot be read"}.items():
        code, shown = await host.set_up("--yes", "--token-file", name)
        assert (code, sentence in shown) == (2, True), shown
    assert (host.list_changes(), host.env.exists()) == ([], False)


async def test_what_discord_refuses_is_told_and_keeps_nothing_else_from_being_done(host: Host) -> None:
    application = host.local.world.application
    application.reach = REVIEWED_FROM + 1
    (host.folder / "token").write_text(f"{host.local.token}\n")
    host.env.write_text("# mine\nLOG_LEVEL=WARNING\nSECRET_KEYS=\n")
    code, shown = await host.set_up("--yes", "--token-file", "token", DISCORD_TOKEN="another.token")
    assert code == 1
    assert "Discord refused this (Invalid Form Body In flags: This application has to apply" in shown
    assert "under Bot, Message Content Intent (a bot that reaches more than 10,000 people has to apply" in shown
    assert "In the environment DISCORD_TOKEN is another one, which wins over .env" in shown
    assert application.install_params == SERVERS
    assert host.env.read_text().startswith("# mine\nLOG_LEVEL=WARNING\nSECRET_KEYS=")
    assert host.read()["DISCORD_TOKEN"] == host.local.token


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (401, 2, "Discord does not accept this token. Copy it"),
        (403, 1, "Discord refused this (403"),
        (404, 1, "Discord refuses what it was asked for ("),
        (502, 1, "Discord cannot be reached at http://"),
    ],
)
async def test_what_goes_wrong_while_it_is_changed_is_told_as_what_it_is(
    host: Host, status: int, code: int, sentence: str
) -> None:
    host.local.world.rest_faults.append(RestFault(status, count=5, method="PATCH"))
    found, shown = await host.set_up("--yes", typed=host.local.token)
    assert found == code
    assert sentence in shown
    was_begun = "The application at Discord may be changed already; .env is as it was.\n"
    assert (was_begun in shown) is (status != 403)


async def test_a_discord_that_wants_to_be_left_alone_is_not_waited_for(host: Host) -> None:
    host.local.world.rest_faults.append(RestFault(429, retry_after_s=600.0))
    code, shown = await asyncio.wait_for(host.set_up("--yes", typed=host.local.token), timeout=20)
    assert code == 1
    assert "Discord wants to be left alone for 600 s. Try again after that. Nothing was changed.\n" in shown


async def test_of_a_private_application_the_intent_alone_is_set(host: Host) -> None:
    application = host.local.world.application
    application.is_public = False
    code, shown = await host.set_up("--yes", typed=host.local.token)
    assert (code, application.install_params, len(host.list_changes())) == (0, None, 1), shown
    assert "It is private (Public Bot is off)" in shown


async def test_an_own_address_for_installing_stays(host: Host) -> None:
    application = host.local.world.application
    application.custom_install_url = "https://bot.example/install"
    for _ in range(2):
        code, shown = await host.set_up("--yes", typed=host.local.token)
        assert (code, application.install_params) == (0, None), shown
    assert application.install_types["0"] == {"oauth2_install_params": SERVERS}
    assert len(host.list_changes()) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
async def test_at_a_terminal_it_asks_shows_no_token_and_can_be_stopped_anywhere(host: Host) -> None:
    import pty  # Windows has none

    async def type_answers(*answers: str) -> tuple[int, str]:
        """Answer each question in turn, and the one after them by Ctrl+C. The exit code, and what was shown."""
        ours, theirs = pty.openpty()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", AT_TERMINAL, cwd=host.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **host.environ(LOG_LEVEL="")},
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        shown, left = "", [*answers, "\x03"]
        waited_s = 0
        while waited_s < 60:
            ready, _, _ = await asyncio.to_thread(select.select, [ours], [], [], 1)
            if not ready:
                waited_s += 1
                if not left and waited_s % 10 == 0:  # it was pressed before the answer was waited for
                    os.write(ours, b"\x03")
                continue
            try:
                shown += (await asyncio.to_thread(os.read, ours, 4096)).decode()
            except OSError:  # how a terminal says that nobody writes any more
                break
            if left and shown.endswith(("shown): ", "[Y/n] ")):
                answer = left.pop(0)
                os.write(ours, answer.encode() + b"\n" * (answer != "\x03"))
                shown += "|"
        os.close(ours)
        assert "Traceback" not in shown, shown
        assert host.local.token not in shown
        return await process.wait(), shown

    code, shown = await type_answers(WRONG_TOKEN, host.local.token)
    assert "Discord does not accept this token." in shown
    assert (code, shown.splitlines()[-1]) == (1, "Stopped. Nothing was changed.")
    code, shown = await type_answers(host.local.token, "y", "n")
    assert code == 1
    assert shown.splitlines()[-1] == "Stopped. The application at Discord may be changed already; .env is as it was."
    assert (len(host.list_changes()), list(host.folder.iterdir())) == (2, [])
