"""Logging: one line an event on standard error, with secrets blotted out whatever logs them."""

from __future__ import annotations

import logging
import sys
import time


class _RedactingFormatter(logging.Formatter):
    """Formats in UTC and replaces every secret, also where it stands in a traceback."""

    converter = time.gmtime

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "[secret]")
        return line


def _shorten_reconnect(record: logging.LogRecord) -> bool:
    """discord.py logs a lost connection, which it mends itself, with a traceback. The kind of it is enough."""
    if record.exc_info and record.exc_info[0] and str(record.msg).startswith("Attempting a reconnect"):
        record.msg = f"{record.msg} ({record.exc_info[0].__name__})"
        record.exc_info = None
    return True


def _drop_late_choices(record: logging.LogRecord) -> bool:
    """A list of choices that came too late (the person has typed on) is ordinary; discord.py logs it as an error."""
    kind = record.exc_info[0] if record.exc_info else None
    late = kind is not None and kind.__name__ in {"NotFound", "InteractionResponded"}
    return not (late and str(record.msg).startswith("Ignoring exception in autocomplete"))


def configure_logging(*, level: str, secrets: tuple[str, ...] = ()) -> None:
    """Sends every record of at least `level` to standard error. Calling it again replaces the first set-up."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_RedactingFormatter(secrets))
    handler.addFilter(_drop_late_choices)
    handler.addFilter(_shorten_reconnect)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # discord.py tells of every session and shard at INFO; a host wants to hear of trouble only.
    logging.getLogger("discord").setLevel(max(logging.WARNING, logging.getLogger().level))
    # It logs what is stored at DEBUG.
    logging.getLogger("aiosqlite").setLevel(logging.WARNING)
