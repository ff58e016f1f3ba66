"""What a lane needs of a book that several processes keep together, so that they hold one limit between them.

Each process has its own queue, and before somebody's turn it takes a lease from the book. The book alone knows what all
of them sent, and counts it on one clock; it tells each lane what the others do, so that a lane mostly knows by itself
when to ask. While the book is away each process goes on with its part of the limit.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol

import msgspec

from bot.http.ask import Priority
from bot.http.policy import Policy, Spent
from bot.http.share import Stake


class Taken(msgspec.Struct, frozen=True):
    """The answer of the book: as many `leases` as were free, or none, and how many seconds to wait until the next try,
    None where only what others do can tell. `debt_s`: what is owed to the service's account of execution time now.
    """

    leases: tuple[str, ...]
    wait_s: float | None
    debt_s: float


class Alone(msgspec.Struct, frozen=True):
    """How a process goes on while the book is away.

    `processes`: how many there were when it was last seen, itself among them. `rank`: its place among them, from 0.
    `offset_s`: what to add to the lane's clock to get the one that they have in common. `waits`: nothing is sent until
    the book knows what others sent without it.
    """

    processes: int
    rank: int
    offset_s: float
    waits: bool = False


class Leases(Protocol):
    """The leases of one lane."""

    async def take(self, stakes: Sequence[Stake], priority: Priority, *, more: bool) -> Taken:
        """Ask for one for each, or for fewer. `more`: others wait here for the next. Raises SharedAway."""
        ...

    def begin_alone(self, stake: Stake) -> str:
        """A request is sent without asking. Returns what stands for its lease."""
        ...

    def end(self, lease: str, stake: Stake, *, sent: bool, owed_s: float, held_s: float, refused: bool) -> None:
        """The request is over, or was never `sent`. The lane's `settle` is called once it is written down. `refused`:
        the service said that too much was asked.
        """

    def withdraw(self) -> None:
        """Nobody waits here any longer."""

    def tell_count(self, count: int) -> None:
        """The first window has so many slots from now on."""

    def take_over(self, spent: Spent) -> None:
        """An earlier process used that up. A book that was never told of it counts it; once, whoever says so. To be
        told before the book is joined.
        """


class Member(Protocol):
    """A lane, as the book sees it. What others do is told by the lane's own clock, with `at` not in the future."""

    def begin_other(self, lease: str, stake: Stake, at: float) -> None:
        """Another process sends."""

    def end_other(self, lease: str, stake: Stake, at: float, *, sent: bool, owed_s: float, held_s: float) -> None:
        """It is done; perhaps nobody has heard that it began."""

    def settle(self, lease: str, at: float, *, debt_s: float | None) -> None:
        """The end of an own request is written down. `debt_s` as with `Taken`, None if it is not known."""

    def learn_count(self, count: int) -> None:
        """Another process has learnt how many slots the first window has."""

    def learn_debt(self, debt_s: float) -> None:
        """What is owed now to the service's account, as the book knows since it was told all of this process."""

    def look_again(self) -> None:
        """Others who waited may have gone."""

    def go_alone(self, alone: Alone) -> None:
        """The book is away."""

    def come_back(self) -> None:
        """The book can be asked again, and does not know yet what everybody sent meanwhile."""

    def go_together(self) -> None:
        """It knows that now."""


class LeaseBook(Protocol):
    """All that the processes of one bot send to services."""

    def find_tag(self, person: Hashable) -> Hashable:
        """What a person is called among processes: the same in each, of no use to others. Nobody is nobody."""
        ...

    def open(self, policy: Policy, member: Member) -> Leases:
        """The leases of one service. Until `come_back` or `go_together` is called the lane is on its own."""
        ...
