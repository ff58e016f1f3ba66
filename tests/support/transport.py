"""A transport that answers from a script, on a fake clock."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.errors import ServiceError, TimedOut
from bot.http import Clock, Request, Response


def _no_headers() -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class Reply:
    """One scripted answer: `connect_s` before the first byte leaves, `after_s` from then to the answer or
    error.

    `unsent` errors come before anything was sent, like a refused connection.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=_no_headers)
    after_s: float = 0.0
    connect_s: float = 0.0
    error: ServiceError | None = None
    unsent: bool = False


@dataclass(frozen=True)
class Sent:
    """A request that left, and when (monotonic seconds)."""

    request: Request
    at: float


class ScriptedTransport:
    """Answers with the given replies in turn, then with `default`; or with what `answer` says to each
    request.
    """

    def __init__(self, clock: Clock, *replies: Reply, default: Reply | None = None) -> None:
        self._clock = clock
        self.replies: deque[Reply] = deque(replies)
        self.default = default or Reply()
        self.answer: Callable[[Request], Reply] | None = None
        self.sent: list[Sent] = []
        self.closed = False

    async def send(
        self,
        request: Request,
        *,
        timeout_s: float,
        max_body_bytes: int,  # noqa: ARG002 - scripted bodies are small
        on_sent: Callable[[], None] | None = None,
    ) -> Response:
        reply = self._find_reply(request)
        if reply.connect_s:
            await self._clock.sleep(reply.connect_s)
        if reply.unsent and reply.error is not None:
            raise reply.error
        if on_sent is not None:
            on_sent()
        self.sent.append(Sent(request, self._clock.monotonic()))
        if reply.after_s > timeout_s:
            await self._clock.sleep(timeout_s)
            raise TimedOut(request.service, "scripted")
        if reply.after_s:
            await self._clock.sleep(reply.after_s)
        else:
            await asyncio.sleep(0)
        if reply.error is not None:
            raise reply.error
        return Response(reply.status, reply.headers, reply.body)

    async def close(self) -> None:
        self.closed = True

    def _find_reply(self, request: Request) -> Reply:
        if self.replies:
            return self.replies.popleft()
        return self.answer(request) if self.answer is not None else self.default
