"""A request and its answer, and the seam between the client and the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from bot.http.secret import Credential


class Headers(Mapping[str, str]):
    """Header fields, found in any case. Of a repeated field the last one counts."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, str] | None = None) -> None:
        self._fields = {name.lower(): value for name, value in (fields or {}).items()}

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


def _no_headers() -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class Request:
    """One question to a service.

    `what`: a word for the log and for errors, without anything secret.
    `repeatable`: asking twice does no harm, so it may be retried.
    `looks_up`: it asks for entries by their ids, which costs the service little.
    `credential`: the token it goes with, and whose that is. What is asked so is joined and kept for its owner alone.
    """

    service: str
    what: str
    method: str
    url: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=_no_headers, hash=False)
    repeatable: bool = True
    looks_up: bool = False
    credential: Credential | None = None


class Response(msgspec.Struct, frozen=True):
    """An answer with its whole body, decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __post_init__(self) -> None:
        if not isinstance(self.headers, Headers):
            msgspec.structs.force_setattr(self, "headers", Headers(self.headers))


class Transport(Protocol):
    """Carries one request, once: no retry, no redirect, no memory."""

    async def send(
        self,
        request: Request,
        *,
        timeout_s: float,
        max_body_bytes: int,
        on_sent: Callable[[], None] | None = None,
    ) -> Response:
        """Send, and return the answer whatever its status.

        `on_sent` must be called before the first byte leaves: until then the request can be taken back.
        Raises TimedOut, Unavailable, or BadAnswer for a body over `max_body_bytes` (decompressed).
        """
        ...

    async def close(self) -> None:
        """Close what is open."""
