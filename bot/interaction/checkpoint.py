"""A last look before a request to Discord leaves: it may have waited for Discord's limits, and been true before."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp

_still_right: ContextVar[Callable[[], bool] | None] = ContextVar("shiori_still_right", default=None)


class Overtaken(Exception):
    """What was to be sent is not right any more; nothing was sent."""


@contextmanager
def only_while(still_right: Callable[[], bool]) -> Generator[None]:
    """Each request to Discord inside, and each repetition of one, leaves only if `still_right()` says so then.

    Raises `Overtaken` where it does not.
    """
    token = _still_right.set(still_right)
    try:
        yield
    finally:
        _still_right.reset(token)


def build_trace() -> aiohttp.TraceConfig:
    """What discord.py's own client has to be given: aiohttp calls it when a request begins, after every wait."""
    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(_look)
    return trace


async def _look(_session: object, _context: SimpleNamespace, _params: aiohttp.TraceRequestStartParams) -> None:
    still_right = _still_right.get()
    if still_right is not None and not still_right():
        raise Overtaken
