"""bot.log."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from bot.log import configure_logging

SECRET = "MTIzNDU2.secret.token"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    logging.getLogger("discord").setLevel(logging.NOTSET)


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
