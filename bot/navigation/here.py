"""What members show the server of which a page is looked at."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Reader(NamedTuple):
    """A member, and what they think of a work. `status` as their list has it; `vote` is 10 to 100, 0 for none."""

    user_id: int
    status: str
    vote: int


class Here(Protocol):
    """A server, as far as its members show it something."""

    async def list_readers(self, service: str, work_id: int) -> list[Reader]:
        """Members who have read or watched a work, or do just now, by their votes. Raises `StoreError`."""
        ...
