"""What members show the server of which a page is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

import msgspec


class Reader(NamedTuple):
    """A member, and what they think of a work. `status` as their list has it; `vote` is 10 to 100, 0 for none."""

    user_id: int
    status: str
    vote: int


class RankedWork(NamedTuple):
    """A work on lists of a server: how many have `read` it or do, how many `votes` it has, and their mean (10 to 100,
    0 without any).
    """

    work_id: int
    read: int
    votes: int
    mean: float


class NearTaste(NamedTuple):
    """A member whose votes lie `apart` from the asker's on average (0 to 90), over the works `in_common`."""

    user_id: int
    apart: float
    in_common: int


Ranking = Literal["best", "read", "taste"]
"""What is told of all lists of a server: works by their votes, works by how many read them, and members."""


class Survey(msgspec.Struct, frozen=True):
    """What the lists have that members show. `shown`: how many these are; `waiting`: those of them that are not
    fetched yet. `own`: how it stands with the asker's. Of `works` and `tastes` one is empty.
    """

    shown: int
    waiting: int
    own: Literal["hidden", "waiting", "there"]
    works: Sequence[RankedWork] = ()
    tastes: Sequence[NearTaste] = ()


class Here(Protocol):
    """A server, as far as its members show it something."""

    async def list_readers(self, service: str, work_id: int) -> list[Reader]:
        """Members who have read or watched a work, or do just now, by their votes. Raises `StoreError`."""
        ...

    async def survey(self, service: str, kind: str, ranking: Ranking, asker_id: int) -> Survey:
        """What all lists have of works of a `kind` (`vn`, `anime` or `manga`). Raises `StoreError`."""
        ...
