"""A random entry, drawn evenly.

The published way (highest id, a random number, `["id", ">=", n]`) favours what follows a gap, and deleted entries and
filters make gaps everywhere. So a hundred random numbers between the lowest and the highest id are sent in one query,
and only exact hits count: every entry is as likely as any other. The hits that are left over are a stock for the next
callers. What lies so sparsely that nothing is hit is counted once, and drawn by its place.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from itertools import count
from random import Random
from typing import Generic, TypeVar

import msgspec

from bot.errors import NotFound, Unavailable
from bot.http import Clock
from bot.service.body import decode
from bot.vndb.api.draw import DrawQuestions
from bot.vndb.api.error import SERVICE
from bot.vndb.api.filter import MAX_NODES, Filter, all_of, any_of
from bot.vndb.api.kind import Kind
from bot.vndb.api.query import MAX_PAGE

T = TypeVar("T", bound=msgspec.Struct)

SAMPLE = 100  # the published page asks for no more ids in a query, and an answer holds no more entries
EMPTY_ROUNDS = 2
PLACE_ROUNDS = 3  # entries may be deleted after they were counted
MAX_STOCKS = 256
STOCK_S = 600.0  # a list that is drawn from changes
MAX_FILLINGS = 3


class Sample(msgspec.Struct):
    """Numbers that were drawn, at least one, and the filter they match in VNDB's compact form."""

    numbers: list[int]
    compact: str | None = None


class _Stock(msgspec.Struct):
    """What is drawn but not yet handed out; `ticket` names the next filling, `waiting` is how many want it.

    `sparse`: numbers hit nothing, so that none are tried any more. `until_s`: how long the sample is of use.
    """

    ticket: int
    sparse: bool = False
    sample: Sample = msgspec.field(default_factory=lambda: Sample([]))
    waiting: int = 0
    until_s: float = 0.0


class RandomDraw(Generic[T]):
    """Draws numbers of entries of one kind that match a filter, each as likely as any other.

    `share(key, load)` runs `load` once for all who ask for the same key at the same time, and returns its bytes.
    """

    def __init__(
        self,
        kind: Kind[T],
        *,
        ask: DrawQuestions[T],
        share: Callable[[str, Callable[[], Awaitable[bytes]]], Awaitable[bytes]],
        rng: Random,
        clock: Clock,
    ) -> None:
        self._kind = kind
        self._clock = clock
        self._ask = ask
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
        if self._clock.monotonic() >= stock.until_s:
            stock.sample = Sample([])
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
            stock.until_s = self._clock.monotonic() + STOCK_S
        return filled

    async def _fetch_sample(self, stock: _Stock, wanted: Filter[T] | None) -> Sample:
        """Matching numbers, evenly drawn, in random order. Raises `NotFound` if nothing matches."""
        top = await self._ask.find_top(wanted)
        if not top.numbers:
            raise self._find_nothing()
        numbers = top.numbers if not top.more else await self._draw_numbers(stock, wanted, highest=top.numbers[0])
        return Sample(self._rng.sample(numbers, len(numbers)), top.compact)

    async def _draw_numbers(self, stock: _Stock, wanted: Filter[T] | None, *, highest: int) -> list[int]:
        self._check_wanted(stock)
        lowest = await self._ask.find_lowest(wanted) or 1
        span = range(min(lowest, highest), highest + 1)
        size = min(SAMPLE, MAX_NODES - 2 - (wanted.nodes if wanted else 0), len(span))
        rounds = EMPTY_ROUNDS if size > 0 and not stock.sparse else 0
        for _ in range(rounds):
            self._check_wanted(stock)
            # Any set of numbers is as likely as any other, so the first that hits something is an even choice.
            if hits := await self._ask.find_ids(self._narrow(wanted, self._rng.sample(span, size))):
                return hits
        stock.sparse = True
        return await self._draw_place(stock, wanted)

    async def _draw_place(self, stock: _Stock, wanted: Filter[T] | None) -> list[int]:
        self._check_wanted(stock)
        total = await self._ask.count(wanted)
        for _ in range(PLACE_ROUNDS if total else 0):
            self._check_wanted(stock)
            number = await self._ask.find_place(wanted, self._rng.randint(1, min(total, MAX_PAGE)))
            if number is not None:
                return [number]
        raise self._find_nothing()

    def _check_wanted(self, stock: _Stock) -> None:
        """End a draw whose askers have all left, since a question that was sent keeps the flight going."""
        if not stock.waiting:
            raise Unavailable(SERVICE, "nobody waits for the draw any more")

    def _find_nothing(self) -> NotFound:
        return NotFound(SERVICE, f"{self._kind.noun} like that")

    def _narrow(self, wanted: Filter[T] | None, numbers: list[int]) -> Filter[T]:
        ids: list[Filter[T]] = [Filter(("id", "=", f"{self._kind.prefix}{number}")) for number in sorted(numbers)]
        return any_of(*ids) if wanted is None else all_of(wanted, any_of(*ids))


def _digest(wanted: Filter[T] | None) -> str:
    return "" if wanted is None else blake2b(msgspec.json.encode(wanted.json), digest_size=16).hexdigest()
