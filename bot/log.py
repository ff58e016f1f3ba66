"""Logging: one line an event on standard error, with secrets blotted out whatever logs them."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Collection

_BLOT = "[secret]"
_SHORTEST = 4
"""A shorter password stands in half of all words: it is blotted out only where a password stands."""
_LONG = 12
# Where secrets stand, whatever they are: in a URL before its host and in its query, and in Discord's own paths.
_PLACES = re.compile(
    r"(?P<before>://[^\s/?#@:]*:|[?&][a-z_]*(?:password|passwd|token|secret|key)=|/(?:webhooks|interactions)/[0-9]+/)"
    r"(?:(?<=:)[^\s/@]+(?=@)|(?<==)[^\s&#'\"]+|(?<=/)[\w.=-]{20,})",
    re.IGNORECASE,
)


def blot_out(text: str, secrets: Collection[str]) -> str:
    """`text` with every secret, and whatever stands where secrets do, replaced."""
    return _blot_out(text, _compile(secrets))


def _blot_out(text: str, known: re.Pattern[str] | None) -> str:
    if known is not None:
        text = known.sub(_BLOT, text)
    return _PLACES.sub(rf"\g<before>{_BLOT}", text)


def _compile(secrets: Collection[str]) -> re.Pattern[str] | None:
    """What finds the secrets; a short one of letters and digits only where it is no part of a word."""
    parts = [
        rf"(?<![A-Za-z0-9]){re.escape(secret)}(?![A-Za-z0-9])"
        if len(secret) < _LONG and secret.isalnum()
        else re.escape(secret)
        for secret in sorted(secrets, key=len, reverse=True)
        if len(secret) >= _SHORTEST
    ]
    return re.compile("|".join(parts)) if parts else None


class _RedactingFormatter(logging.Formatter):
    """Formats in UTC and replaces every secret, also where it stands in a traceback."""

    converter = time.gmtime

    def __init__(self, secrets: Collection[str]) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
        self._known = _compile(secrets)

    def format(self, record: logging.LogRecord) -> str:
        return _blot_out(super().format(record), self._known)


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


def configure_logging(*, level: str, secrets: Collection[str] = (), quiet: Collection[str] = ()) -> None:
    """Send every record of at least `level` to standard error, of the loggers `quiet` only what is a trouble.

    Calling it again replaces the first set-up.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_RedactingFormatter(secrets))
    handler.addFilter(_drop_late_choices)
    handler.addFilter(_shorten_reconnect)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # discord.py tells of every session and shard at INFO; a host wants to hear of trouble only.
    logging.getLogger("discord").setLevel(max(logging.WARNING, logging.getLogger().level))
    for name in ("alembic", *quiet):  # Alembic tells of each step
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
    # It logs what is stored at DEBUG.
    logging.getLogger("aiosqlite").setLevel(logging.WARNING)
