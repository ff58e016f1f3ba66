"""Logging: one line an event on standard error, with secrets blotted out whatever logs them.

On a terminal it is a line to be read, else one JSON object. Each says for which interaction it was done, if for one.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import time
from base64 import b32encode
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import blake2b
from types import TracebackType

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
# What ends a line, moves a terminal's cursor or turns the direction of what follows: the text of others could forge a
# line by it.
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_INDENT = "    "
_LABEL_BYTES = 5  # eight letters and digits, of which no two are easily taken for each other

_interaction: ContextVar[str | int | None] = ContextVar("shiori_interaction", default=None)


def build_label(interaction_id: str | int) -> str:
    """By what the lines of an interaction are found: `K7QF2M4A`. Every process gives the same one the same."""
    return b32encode(blake2b(str(interaction_id).encode(), digest_size=_LABEL_BYTES).digest()).decode()


def current_label() -> str:
    """That of the interaction that all this is done for; empty outside of one."""
    interaction_id = _interaction.get()
    return "" if interaction_id is None else build_label(interaction_id)


@contextmanager
def labelling(interaction_id: str | int) -> Generator[None]:
    """What is logged inside, and in tasks that are begun there, has the label of this interaction."""
    token = _interaction.set(interaction_id)
    try:
        yield
    finally:
        _interaction.reset(token)


def blot_out(text: str, secrets: Collection[str]) -> str:
    """`text` with every secret, and whatever stands where secrets do, replaced."""
    return build_blotter(secrets)(text)


def build_blotter(secrets: Collection[str]) -> Callable[[str], str]:
    """What does so with many texts."""
    known = _compile(secrets)

    def blot(text: str) -> str:
        if known is not None:
            text = known.sub(_BLOT, text)
        return _PLACES.sub(rf"\g<before>{_BLOT}", text)

    return blot


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


def _show_control(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")


class _Formatter(logging.Formatter):
    """Tells the time in UTC, and replaces every secret in each part, also where it stands in a traceback."""

    converter = time.gmtime

    def __init__(self, secrets: Collection[str]) -> None:
        super().__init__()
        self._blot = build_blotter(secrets)

    def _tell_time(self, record: logging.LogRecord) -> str:
        return f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03d}Z"

    def _tell_message(self, record: logging.LogRecord) -> str:
        try:
            said = record.getMessage()
        except (TypeError, ValueError, KeyError):  # Python would print the whole call, secrets and all
            said = f"{record.msg} (what belongs into it does not fit)"
        return self._blot(said)

    def _tell_exception(self, record: logging.LogRecord) -> str:
        parts = [self.formatException(record.exc_info)] if record.exc_info else []
        parts += [self.formatStack(record.stack_info)] if record.stack_info else []
        return self._blot("\n".join(parts))


class _PlainFormatter(_Formatter):
    """A line that begins with the time; those of a traceback are indented, so that only events begin so."""

    def format(self, record: logging.LogRecord) -> str:
        label = current_label()
        about = f"[{label}] " if label else ""
        message = _CONTROL.sub(_show_control, self._tell_message(record))
        line = f"{self._tell_time(record)} {record.levelname} {self._blot(record.name)} {about}{message}"
        below = self._tell_exception(record).split("\n")
        return "\n".join([line, *(_INDENT + _CONTROL.sub(_show_control, one) for one in below if one)])


class _JsonFormatter(_Formatter):
    """One object a line, in ASCII: whatever stands in it, it is one line on every terminal and in every pipe."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": self._tell_time(record),
            "level": record.levelname,
            "logger": self._blot(record.name),
            "interaction": current_label(),
            "message": self._tell_message(record),
            "exception": self._tell_exception(record),
        }
        return json.dumps({name: value for name, value in told.items() if value or name == "message"})


_FORMATTERS = {"plain": _PlainFormatter, "json": _JsonFormatter}


def configure_logging(
    *, level: str, secrets: Collection[str] = (), quiet: Collection[str] = (), form: str | None = None
) -> None:
    """Send every record of at least `level` to standard error, of the loggers `quiet` only what is a trouble.

    `form`: `plain` or `json`; None: plain on a terminal, and JSON elsewhere. Calling it again replaces the first
    set-up.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_FORMATTERS[form or ("plain" if sys.stderr.isatty() else "json")](secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # discord.py tells of every session and shard at INFO; a host wants to hear of trouble only.
    logging.getLogger("discord").setLevel(max(logging.WARNING, logging.getLogger().level))
    for name in ("alembic", *quiet):  # Alembic tells of each step
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))


def catch_crashes() -> None:
    """Let what Python would write past the log, secrets and all, go through it: warnings, and errors nobody caught."""
    logging.captureWarnings(True)
    sys.excepthook = _log_crash
    threading.excepthook = lambda told: _log_crash(told.exc_type, told.exc_value, told.exc_traceback)


def _log_crash(kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None) -> None:
    if error is not None and not issubclass(kind, KeyboardInterrupt | SystemExit):
        logging.getLogger("bot").critical("an error that nobody caught", exc_info=(kind, error, traceback))
