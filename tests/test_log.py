"""bot.log."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from bot.config import parse_config
from bot.log import build_label, configure_logging, labelling

ROOT = Path(__file__).parent.parent
SECRET = "MTIzNDU2.secret.token"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    for name in ("discord", "alembic", "bot.http"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_a_secret_is_blotted_out_of_messages_arguments_and_tracebacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging(level="INFO", secrets=(SECRET,), form="plain")
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("anything").exception("failed with %s", SECRET)
    shown = capsys.readouterr().err
    assert "failed with [secret]" in shown
    assert SECRET not in shown


def read_log(capsys: pytest.CaptureFixture[str], message: str, *, secrets: Collection[str]) -> str:
    configure_logging(level="INFO", secrets=secrets, form="plain")
    logging.getLogger("anything").info(message)
    return capsys.readouterr().err


@pytest.mark.parametrize(
    "shown",
    [
        "p%40ss%2Fw%C3%B6rt",  # as it stands in the URL
        "p%40ss%2fw%c3%b6rt",
        "p@ss/wört",  # decoded
        "p%40ss/w%C3%B6rt",
        "connect to postgresql://me:p%40ss%2Fw%C3%B6rt@db/shiori failed",
        "InvalidPasswordError('p@ss/wört')",
    ],
)
def test_a_password_is_blotted_out_in_every_spelling(capsys: pytest.CaptureFixture[str], shown: str) -> None:
    secrets = parse_config({"DATABASE_URL": "postgresql://me:p%40ss%2Fw%C3%B6rt@db.example/shiori"}).secrets
    line = read_log(capsys, f"{shown} end", secrets=secrets)
    assert "[secret]" in line
    for spelling in ("p%40ss", "p@ss", "w%C3%B6rt", "wört", "w%c3%b6rt"):
        assert spelling not in line


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://db.example/shiori?user=me&password=hush+hush%21",
        "postgres:///shiori?host=/run&password=hush+hush%21",
    ],
)
def test_a_password_in_the_query_is_one_too(capsys: pytest.CaptureFixture[str], url: str) -> None:
    secrets = parse_config({"DATABASE_URL": url}).secrets
    assert "hush" not in read_log(capsys, f"{url} and 'hush hush!' and hush+hush%21", secrets=secrets)


def test_the_password_of_a_proxy_is_one_too(capsys: pytest.CaptureFixture[str]) -> None:
    secrets = parse_config({"DISCORD_API_URL": "https://me:hunter22@proxy.example/api"}).secrets
    assert "hunter22" not in read_log(capsys, "no answer for hunter22", secrets=secrets)


@pytest.mark.parametrize("password", ["a", "o", "in", "INF", "."])
def test_a_short_password_does_not_garble_the_log(capsys: pytest.CaptureFixture[str], password: str) -> None:
    url = f"postgresql://me:{password}@db.example/shiori?sslpassword={password}"
    message = "an ordinary line of information about a database."
    line = read_log(capsys, f"{message} {url}", secrets=parse_config({"DATABASE_URL": url}).secrets)
    assert f" INFO anything {message} postgresql://me:[secret]@db.example/shiori?sslpassword=[secret]\n" in line


def test_a_common_word_as_password_is_no_part_of_other_words(capsys: pytest.CaptureFixture[str]) -> None:
    secrets = parse_config({"DATABASE_URL": "postgresql://me:postgres@db.example/shiori"}).secrets
    line = read_log(capsys, "postgresql says no to 'postgres'", secrets=secrets)
    assert "postgresql says no to '[secret]'" in line


def test_the_token_of_an_interaction_in_a_path_is_blotted_out(capsys: pytest.CaptureFixture[str]) -> None:
    token = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5"
    line = read_log(capsys, f"429 for https://discord.com/api/v10/webhooks/123/{token}/messages/@original", secrets=())
    assert token not in line
    assert "/webhooks/123/[secret]/messages/@original" in line


def test_what_is_quiet_tells_of_trouble_only(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="INFO", quiet=("bot.http",))
    for name in ("bot.http.client", "alembic.runtime.migration"):
        logging.getLogger(name).info("all is well")
        logging.getLogger(name).warning("trouble of %s", name)
    shown = capsys.readouterr().err
    assert "all is well" not in shown
    assert shown.count("trouble of") == 2


def test_no_secret_blots_nothing_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="INFO", secrets=("",), form="plain")
    logging.getLogger("anything").info("plain")
    assert "anything plain" in capsys.readouterr().err


FORGED = "2026-11-29T23:59:59.000Z ERROR bot.store the database is gone"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x1b[2K\x1b[1G"])
def test_what_others_wrote_forges_no_line(capsys: pytest.CaptureFixture[str], end: str) -> None:
    configure_logging(level="INFO", form="plain")
    try:
        raise ValueError(f"text{end}{FORGED}")
    except ValueError:
        logging.getLogger("anything").exception("found %s", f"text{end}{FORGED}")
    shown = capsys.readouterr().err
    first, *others = shown.splitlines()
    assert " ERROR anything found text" in first
    assert FORGED in first
    assert all(line.startswith("    ") for line in others)
    assert "\x1b" not in shown


def read_objects(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_json_is_one_object_a_line_with_every_part_blotted_out(capsys: pytest.CaptureFixture[str]) -> None:
    secrets = parse_config({"DATABASE_URL": "postgresql://me:h%22u%5Cs%0Ah%C3%B6@db.example/x"}).secrets
    configure_logging(level="INFO", secrets=(*secrets, SECRET), form="json")
    try:
        raise ValueError(f"{SECRET}\n名前 \ud800")
    except ValueError:
        with labelling(7):
            logging.getLogger(f"of.{SECRET}").exception("failed\nwith %s and %r", 'h"u\\s\nhö', 'h"u\\s\nhö')
    logging.getLogger("plain").info("done")
    failed, done = read_objects(capsys)
    assert list(failed) == ["time", "level", "logger", "interaction", "message", "exception"]
    assert (failed["level"], failed["interaction"]) == ("ERROR", build_label(7))
    assert failed["message"] == "failed\nwith [secret] and '[secret]'"
    assert failed["logger"] == "of.[secret]"
    assert failed["exception"].startswith("Traceback (most recent call last):\n")
    assert failed["exception"].endswith("ValueError: [secret]\n名前 \ud800")
    assert {name: done[name] for name in done if name != "time"} == {
        "level": "INFO",
        "logger": "plain",
        "message": "done",
    }
    assert dt.datetime.fromisoformat(done["time"]).utcoffset() == dt.timedelta(0)
    assert re.fullmatch(r"[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z", done["time"])


@pytest.mark.parametrize("form", ["plain", "json"])
def test_a_line_whose_parts_do_not_fit_shows_none_of_them(capsys: pytest.CaptureFixture[str], form: str) -> None:
    configure_logging(level="INFO", secrets=(SECRET,), form=form)
    logging.getLogger("anything").info("%s and %d", SECRET, SECRET)
    shown = capsys.readouterr().err
    assert SECRET not in shown
    assert "what belongs into it does not fit" in shown
    assert shown.count("\n") == 1


def test_it_is_json_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="INFO")
    logging.getLogger("anything").info("there")
    assert [one["message"] for one in read_objects(capsys)] == ["there"]


def test_a_label_is_short_and_always_the_same_for_an_interaction() -> None:
    assert build_label(1234567890) == build_label("1234567890")
    labels = {build_label(number) for number in range(1000)}
    assert len(labels) == 1000
    assert all(re.fullmatch("[A-Z2-7]{8}", label) for label in labels)


async def test_what_is_begun_under_a_label_keeps_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="INFO", form="plain")

    async def work() -> None:
        logging.getLogger("anything").info("inside")

    with labelling(7):
        task = asyncio.create_task(work())
    await task
    await work()
    labelled, other = capsys.readouterr().err.splitlines()
    assert labelled.endswith(f" INFO anything [{build_label(7)}] inside")
    assert other.endswith(" INFO anything inside")


CRASH = """
import threading, warnings
from bot.log import catch_crashes, configure_logging
configure_logging(level="INFO", secrets=("MTIzNDU2.secret.token",))
catch_crashes()
warnings.warn("a warning of MTIzNDU2.secret.token", stacklevel=1)
def fail():
    raise ValueError("MTIzNDU2.secret.token")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
fail()
"""


def test_a_crash_is_a_line_of_the_log_as_well() -> None:
    ended = subprocess.run([sys.executable, "-c", CRASH], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    warned, in_thread, last = map(json.loads, ended.stderr.splitlines())
    assert "a warning of [secret]" in warned["message"]
    for crash in (in_thread, last):
        assert (crash["level"], crash["message"]) == ("CRITICAL", "an error that nobody caught")
        assert crash["exception"].endswith("ValueError: [secret]")
    assert SECRET not in ended.stderr
