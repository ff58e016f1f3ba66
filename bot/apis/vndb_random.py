"""A random entry, drawn evenly.

The published way (highest id, a random number, `["id", ">=", n]`) favours what follows a gap, and deleted entries and
filters make gaps everywhere. So many random numbers are sent in one query and only exact hits count: every entry is
as likely as any other. The hits that are left over are a stock for the next callers.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import count
from random import Random
from typing import Generic, TypeVar

import msgspec

from bot.apis.body import decode
from bot.apis.vndb_filter import MAX_NODES, Filter, all_of, any_of
from bot.apis.vndb_kind import Kind
from bot.errors import NotFound, Unavailable

T = TypeVar("T", bound=msgspec.Struct)

SAMPLE = 100  # an answer holds at most 100 entries, so a sample of 100 ids is never cut off
SPARSE_SAMPLE = 500  # where few numbers match, more of them fit into one question
AIMED_HITS = 60  # of 100 that fit into an answer: room for chance
EMPTY_ROUNDS = 2
MAX_ROUNDS = 8
MAX_STOCKS = 256
MAX_FILLINGS = 3


@dataclass(frozen=True, slots=True)
class Ids:
    """The numbers of the entries that an id query found, in its order; `more`: it was cut off.

    `compact`: its filter in VNDB's compact form, if that was asked for.
    """

    numbers: list[int]
    more: bool
    compact: str | None = None


class Sample(msgspec.Struct):
    """Numbers that were drawn, at least one, and the filter they match in VNDB's compact form."""

    numbers: list[int]
    compact: str | None = None


@dataclass(slots=True)
class _Stock:
    """What is drawn but not yet handed out; `ticket` names the next filling, `waiting` is how many want it."""

    ticket: int
    sample: Sample = field(default_factory=lambda: Sample([]))
    waiting: int = 0


class RandomDraw(Generic[T]):
    """Draws numbers of entries of one kind that match a filter, each as likely as any other.

    `ask(filter)` is an id query of 100 results; `ask_top` the same from the highest id down, remembered for an hour.
    `share(key, load)` runs `load` once for all who ask for the same key at the same time, and returns its bytes.
    """

    def __init__(
        self,
        kind: Kind[T],
        *,
        ask: Callable[[Filter[T] | None], Awaitable[Ids]],
        ask_top: Callable[[Filter[T] | None], Awaitable[Ids]],
        share: Callable[[str, Callable[[], Awaitable[bytes]]], Awaitable[bytes]],
        rng: Random,
    ) -> None:
        self._kind = kind
        self._ask = ask
        self._ask_top = ask_top
        self._share = share
        self._rng = rng
        self._stocks: OrderedDict[str, _Stock] = OrderedDict()
        self._tickets = count()

    async def draw(self, wanted: Filter[T] | None) -> tuple[int, str | None]:
        """One number, and the filter in VNDB's compact form. Raises `NotFound` if nothing matches."""
        key = f"{self._kind.key} {_digest(wanted)}"
        stock, filled = self._find_stock(key), Sample([])
        for _ in range(MAX_FILLINGS):
            if stock.sample.numbers:
                break
            filled = await self._fill(stock, key, wanted)
            stock = self._find_stock(key)
        if stock.sample.numbers:
            return stock.sample.numbers.pop(), stock.sample.compact
        # So many callers share each filling that it is gone at once. Any of it is still an even choice.
        return self._rng.choice(filled.numbers), filled.compact

    def _find_stock(self, key: str) -> _Stock:
        stock = self._stocks.get(key)
        if stock is None:
            stock = self._stocks[key] = _Stock(next(self._tickets))
        self._stocks.move_to_end(key)
        if len(self._stocks) > MAX_STOCKS:
            self._stocks.popitem(last=False)
        return stock

    async def _fill(self, stock: _Stock, key: str, wanted: Filter[T] | None) -> Sample:
        ticket = stock.ticket

        async def load() -> bytes:
            return msgspec.json.encode(await self._fetch_sample(stock, wanted))

        stock.waiting += 1
        try:
            filled = decode(await self._share(f"{key} {ticket}", load), Sample)
        finally:
            stock.waiting -= 1
        if stock.ticket == ticket:  # the first of those who shared the answer puts it down for all
            stock.ticket = next(self._tickets)
            stock.sample = Sample(list(filled.numbers), filled.compact)
        return filled

    async def _fetch_sample(self, stock: _Stock, wanted: Filter[T] | None) -> Sample:
        """Matching numbers, evenly drawn, in random order. Raises `NotFound` if nothing matches."""
        top = await self._ask_top(wanted)
        if not top.numbers:
            raise self._find_nothing()
        numbers = top.numbers if not top.more else await self._draw_numbers(stock, wanted, top.numbers)
        return Sample(self._rng.sample(numbers, len(numbers)), top.compact)

    async def _draw_numbers(self, stock: _Stock, wanted: Filter[T] | None, top: list[int]) -> list[int]:
        highest = top[0]
        size = min(_choose_size(top), MAX_NODES - 2 - (wanted.nodes if wanted else 0), highest)
        empty = 0
        for _ in range(MAX_ROUNDS):
            if size < 1 or empty == EMPTY_ROUNDS:
                break
            self._check_wanted(stock)
            hits = await self._ask(self._narrow(wanted, self._rng.sample(range(1, highest + 1), size)))
            if hits.more:
                size //= 2  # it was cut off at the highest ids, so what is there is not an even choice
            elif hits.numbers:
                return hits.numbers
            else:
                empty += 1
        return await self._draw_next(stock, wanted, highest)

    async def _draw_next(self, stock: _Stock, wanted: Filter[T] | None, highest: int) -> list[int]:
        """The published way, for what lies too sparsely to be hit, with its bias spread out.

        Of the hundred entries from a random number on (and on from the first after the last) any may be the one, so
        a gap counts for a hundred entries and not for the one behind it.
        """
        self._check_wanted(stock)
        start = self._rng.randint(1, highest)
        on: Filter[T] = Filter(("id", ">=", f"{self._kind.prefix}{start}"))
        found = (await self._ask(on if wanted is None else all_of(wanted, on))).numbers
        if len(found) < SAMPLE:
            self._check_wanted(stock)
            first = (await self._ask(wanted)).numbers
            found += [number for number in first if number < start][: SAMPLE - len(found)]
        if not found:
            raise self._find_nothing()
        return [self._rng.choice(found)]

    def _check_wanted(self, stock: _Stock) -> None:
        """End a draw whose askers have all left, since a question that was sent keeps the flight going."""
        if not stock.waiting:
            raise Unavailable("vndb", "nobody waits for the draw any more")

    def _find_nothing(self) -> NotFound:
        return NotFound("vndb", f"{self._kind.noun} like that")

    def _narrow(self, wanted: Filter[T] | None, numbers: list[int]) -> Filter[T]:
        ids: list[Filter[T]] = [Filter(("id", "=", f"{self._kind.prefix}{number}")) for number in sorted(numbers)]
        return any_of(*ids) if wanted is None else all_of(wanted, any_of(*ids))


def _choose_size(top: list[int]) -> int:
    """How many numbers to try, judged by how densely the highest matching ones lie."""
    density = len(top) / (top[0] - top[-1] + 1)
    return max(SAMPLE, min(SPARSE_SAMPLE, round(AIMED_HITS / density)))


def _digest(wanted: Filter[T] | None) -> str:
    return "" if wanted is None else blake2b(msgspec.json.encode(wanted.json), digest_size=16).hexdigest()
