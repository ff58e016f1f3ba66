"""Who waits for a turn on a lane, and whose turn it is: a smaller priority first; within one, persons take turns, and
each person's requests go in the order in which they came.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

from bot.http.ask import Priority

W = TypeVar("W", bound=Hashable)


class Turns(Generic[W]):
    """Those who wait (`W`), each in one person's queue of a priority. A person is forgotten with their last waiter."""

    def __init__(self) -> None:
        self._queues: dict[Priority, OrderedDict[Hashable, OrderedDict[W, None]]] = {p: OrderedDict() for p in Priority}
        self._places: dict[W, tuple[Priority, Hashable]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[W]:
        return iter(tuple(self._places))

    def find_place(self, waiter: W) -> tuple[Priority, Hashable]:
        """The priority and the person under which somebody waits."""
        return self._places[waiter]

    def add(self, waiter: W, priority: Priority, person: Hashable) -> None:
        """Put somebody at the end of a person's queue. Who had none is last among the persons."""
        self._queues[priority].setdefault(person, OrderedDict())[waiter] = None
        self._places[waiter] = (priority, person)

    def remove(self, waiter: W) -> None:
        """Somebody waits no more."""
        place = self._places.pop(waiter, None)
        if place is not None:
            priority, person = place
            queue = self._queues[priority][person]
            del queue[waiter]
            if not queue:
                del self._queues[priority][person]

    def take(self, waiter: W) -> None:
        """It is somebody's turn: the person is last from now on."""
        priority, person = self._places[waiter]
        self._queues[priority].move_to_end(person)
        self.remove(waiter)

    def find_next(self, may_go: Callable[[W], bool], yields: Callable[[Hashable], bool]) -> W | None:
        """Whose turn it is among those who `may_go`. Persons who `yields` come after all the others."""
        second: W | None = None
        for priority in Priority:
            for person, queue in self._queues[priority].items():
                waiter = next(filter(may_go, queue), None)
                if waiter is None:
                    continue
                if not yields(person):
                    return waiter
                second = second or waiter
        return second

    def count_ahead(self, priority: Priority, person: Hashable, may_go: Callable[[W], bool]) -> tuple[int, int]:
        """How many of the same person go before a newcomer, and how many in all: of each other person whose first one
        `may_go`, at most one more than of the newcomer's.
        """
        own = 0
        others: dict[Hashable, int] = {}
        for at, queues in self._queues.items():
            for other, queue in queues.items() if at <= priority else ():
                if other == person:
                    own += len(queue)
                elif may_go(next(iter(queue))):
                    others[other] = others.get(other, 0) + len(queue)
        return own, own + sum(min(count, own + 1) for count in others.values())
