"""Errors in the log become events at Sentry. Imported only where `SENTRY_DSN` is set.

None of Sentry's integrations is used. Those for aiohttp, asyncio and logging replace parts of these by their own, and
collect addresses of requests, what stands in messages, and the values of variables. Everything that the bot did not
expect ends in the log, so a handler there hears of all of it, and changes nobody.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

import sentry_sdk
from sentry_sdk.integrations.logging import EventHandler
from sentry_sdk.types import Event, Hint

from bot.log import build_blotter, current_label

CLOSE_WITHIN_S = 2.0
AT_MOST, WITHIN_S = 60, 3600.0
"""So many errors are reported in this time: what fails again and again would use a host's quota up."""

# Of these the text of a line is written here, and what somebody said only put into it. Of others it may be in the text.
_OWN_TEXTS = ("bot", "cogs", "discord")
_TEXT_LEFT_OUT = "(see the log)"

_KEPT = ("event_id", "timestamp", "platform", "level", "logger", "release", "environment", "sdk")
_KEPT_OF_FRAME = (
    "filename",
    "function",
    "module",
    "lineno",
    "in_app",
    "pre_context",
    "context_line",
    "post_context",
)


def start_reporting(dsn: str, *, secrets: Collection[str], release: str) -> Callable[[], None]:
    """Report each error that is logged from now on. What is given ends that, and waits a little for what is unsent."""
    blot = build_blotter(secrets)

    def before_send(event: Event, _hint: Hint) -> Event:
        return cast("Event", _blot_all(_keep_little(cast("Mapping[str, Any]", event)), blot))

    sentry_sdk.init(
        dsn,
        release=f"shiori@{release}",
        environment="production",
        server_name="",
        default_integrations=False,
        auto_enabling_integrations=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        auto_session_tracking=False,
        send_client_reports=False,
        enable_metrics=False,
        propagate_traces=False,
        spotlight=False,
        shutdown_timeout=CLOSE_WITHIN_S,
        before_send=before_send,
    )
    handler = EventHandler(level=logging.ERROR)
    handler.addFilter(Measure())
    logging.getLogger().addHandler(handler)

    def end() -> None:
        logging.getLogger().removeHandler(handler)
        sentry_sdk.get_client().close(timeout=CLOSE_WITHIN_S)

    return end


class Measure(logging.Filter):
    """Lets through what the host's quota is meant for."""

    def __init__(self) -> None:
        super().__init__()
        self._latest_s: deque[float] = deque(maxlen=AT_MOST)

    def filter(self, record: logging.LogRecord) -> bool:
        full = len(self._latest_s) == AT_MOST and record.created - self._latest_s[0] < WITHIN_S
        if not full:
            self._latest_s.append(record.created)
        return not full


def _keep_little(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event with what is named here alone, whatever else Sentry collects in this version or the next.

    The text of an exception may be what somebody typed, so its kind has to do: the log has the text, under the label.
    """
    kept: dict[str, Any] = {name: event[name] for name in _KEPT if name in event}
    label = current_label()
    kept["tags"] = {"interaction": label} if label else {}
    template = str(event.get("logentry", {}).get("message", ""))
    is_own = str(event.get("logger", "")).partition(".")[0] in _OWN_TEXTS
    kept["logentry"] = {"message": template if is_own else _TEXT_LEFT_OUT}
    raised = event.get("exception", {}).get("values", ())
    if raised:
        kept["exception"] = {"values": [_keep_kind(one) for one in raised]}
    return kept


def _keep_kind(raised: Mapping[str, Any]) -> dict[str, Any]:
    stack: Mapping[str, Any] = raised.get("stacktrace") or {}
    frames: list[Mapping[str, Any]] = stack.get("frames", [])
    return {
        "type": raised.get("type"),
        "module": raised.get("module"),
        "value": _TEXT_LEFT_OUT,
        "stacktrace": {
            "frames": [{name: frame[name] for name in _KEPT_OF_FRAME if name in frame} for frame in frames],
        },
    }


def _blot_all(value: Any, blot: Callable[[str], str]) -> Any:
    """The value with each text in it blotted out."""
    if isinstance(value, str):
        return blot(value)
    if isinstance(value, Mapping):
        return {key: _blot_all(one, blot) for key, one in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_blot_all(one, blot) for one in cast("list[Any]", value)]
    return value
