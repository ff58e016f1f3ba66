"""A last look before a request to Discord leaves: it may have waited for Discord's limits, and been true before."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace

_NOT_TAKEN = 429


@dataclass
class _Check:
    still_right: Callable[[], bool]
    sent: aiohttp.ClientRequest | None = None

    def may_be_taken(self) -> bool:
        """Whether Discord may have done what was sent before: with a 429 it says that it has not."""
        response = None if self.sent is None else self.sent.response
        return self.sent is not None and (response is None or response.status != _NOT_TAKEN)


_check: ContextVar[_Check | None] = ContextVar("shiori_check", default=None)


class Overtaken(Exception):
    """What was to be sent, or stands, is or may be right no more.

    `has_sent`: it was sent before, and Discord may have taken it: discord.py repeats what was answered with a 5xx.
    """

    def __init__(self, *, has_sent: bool = False) -> None:
        super().__init__()
        self.has_sent = has_sent


@contextmanager
def only_while(still_right: Callable[[], bool]) -> Generator[None]:
    """Each request to Discord inside, and each repetition of one, leaves only if `still_right()` says so then.

    Raises `Overtaken` where it does not.
    """
    token = _check.set(_Check(still_right))
    try:
        yield
    finally:
        _check.reset(token)


class CheckingConnector(aiohttp.TCPConnector):
    """For discord.py's own client: aiohttp takes a connection of it after every wait, and sends then."""

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        """A connection, unless what was to be sent is not right any more. Raises `Overtaken`."""
        connection = await super().connect(req, traces, timeout)
        if (check := _check.get()) is not None:
            if not check.still_right():
                connection.release()
                raise Overtaken(has_sent=check.may_be_taken())
            check.sent = req
        return connection
