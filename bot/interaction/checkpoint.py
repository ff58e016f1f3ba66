"""A last look before a request to Discord leaves: it may have waited for Discord's limits, and been true before."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace

_still_right: ContextVar[Callable[[], bool] | None] = ContextVar("shiori_still_right", default=None)


class Overtaken(Exception):
    """What was to be sent, or stands, is or may be right no more."""


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


class CheckingConnector(aiohttp.TCPConnector):
    """For discord.py's own client: aiohttp takes a connection of it after every wait, and sends then."""

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        """A connection, unless what was to be sent is not right any more. Raises `Overtaken`."""
        connection = await super().connect(req, traces, timeout)
        still_right = _still_right.get()
        if still_right is not None and not still_right():
            connection.release()
            raise Overtaken
        return connection
