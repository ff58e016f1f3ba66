"""bot.log."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator

import pytest

from bot.config import parse_config
from bot.log import configure_logging

SECRET = "MTIzNDU2.secret.token"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    for name in ("discord", "aiosqlite", "alembic", "bot.http"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_a_secret_is_blotted_out_of_messages_arguments_and_tracebacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging(level="INFO", secrets=(SECRET,))
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("anything").exception("failed with %s", SECRET)
    shown = capsys.readouterr().err
    assert "failed with [secret]" in shown
    assert SECRET not in shown


def read_log(capsys: pytest.CaptureFixture[str], message: str, *, secrets: Collection[str]) -> str:
    configure_logging(level="INFO", secrets=secrets)
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
    configure_logging(level="INFO", secrets=("",))
    logging.getLogger("anything").info("plain")
    assert "anything plain" in capsys.readouterr().err


def test_a_reconnect_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="INFO")
    try:
        raise ConnectionResetError(104, "reset")
    except ConnectionResetError:
        logging.getLogger("discord.client").exception("Attempting a reconnect in %.2fs", 1.0)
    shown = capsys.readouterr().err
    assert "Attempting a reconnect in 1.00s (ConnectionResetError)" in shown
    assert "Traceback" not in shown


class NotFound(Exception):
    """Stands for discord.py's error of that name."""


def test_choices_that_came_too_late_are_no_line_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="INFO")
    for error in (NotFound("unknown interaction"), ValueError("a real fault")):
        try:
            raise error
        except (NotFound, ValueError):
            logging.getLogger("discord.app_commands.tree").exception("Ignoring exception in autocomplete for %r", "x")
    shown = capsys.readouterr().err
    assert "unknown interaction" not in shown
    assert "a real fault" in shown
