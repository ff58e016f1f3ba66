"""What the sample services remember of each request."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SeenRequest:
    """A request as it arrived: when (seconds of the service's clock), what, and the decoded JSON or None.

    `query` is what follows the path's question mark.
    """

    time: float
    method: str
    path: str
    query: str
    body: object
    user_agent: str
