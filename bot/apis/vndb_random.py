"""A random novel, drawn evenly.

The published way (highest id, a random number, `["id", ">=", n]`) favours what follows a gap, and deleted entries and
filters make gaps everywhere. So many random numbers are sent in one query and only exact hits count: every novel is
as likely as any other. The hits that are left over are a stock for the next callers.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields
from itertools import count
from random import Random

import msgspec

from bot.apis import vndb_filter
from bot.apis.vndb_filter import Filter, all_of, any_of
from bot.errors import InvalidInput, NotFound

SAMPLE = 100  # an answer holds at most 100 novels, so a sample of 100 ids is never cut off
SPARSE_SAMPLE = 500  # where few numbers match, more of them fit into one question
AIMED_HITS = 60  # of 100 that fit into an answer: room for chance
EMPTY_ROUNDS = 2
MAX_ROUNDS = 8
MAX_STOCKS = 256
MAX_FILLINGS = 3

_SEPARATOR = "."
_DATE = re.compile(r"([0-9]{4})(?:-?([0-9]{2})(?:-?([0-9]{2}))?)?")
_FIRST_DATE = "1980-01-01"  # older than any novel; an unknown date is less than every date and must not match


@dataclass(frozen=True, slots=True)
class RandomFilter:
    """What a random novel must be like; None is anything.

    `length` 1 very short to 5 very long. `min_rating` 10 to 100. `after` and `before` are `YYYY`, `YYYY-MM` or
    `YYYY-MM-DD`, both included. `tag` is a tag id like `g123`.
    """

    olang: str | None = None
    lang: str | None = None
    platform: str | None = None
    length: int | None = None
    min_rating: int | None = None
    min_votes: int | None = None
    after: str | None = None
    before: str | None = None
    tag: str | None = None

    def build(self) -> Filter | None:
        """The filter for POST /vn; None if anything will do. Raises `InvalidInput` for what VNDB would refuse."""
        exact = (
            ("olang", self.olang),
            ("lang", self.lang),
            ("platform", self.platform),
            ("length", self.length),
        )
        parts = [vndb_filter.field(name).eq(value) for name, value in exact if value is not None]
        least = (("rating", self.min_rating), ("votecount", self.min_votes))
        parts += [vndb_filter.field(name).ge(value) for name, value in least if value is not None]
        released = vndb_filter.field("released")
        if self.after is not None or self.before is not None:
            parts.append(released.ge(_build_first_day(self.after) if self.after else _FIRST_DATE))
        if self.before is not None:
            _build_first_day(self.before)
            # A partial date counts as the last of its year or month, so it includes all of it.
            parts.append(released.le(self.before))
        if self.tag is not None:
            parts.append(vndb_filter.field("tag").eq(self.tag))
        return all_of(*parts) if parts else None

    def encode(self) -> str:
        """A short text (at most 70 signs of `A-Za-z0-9.-`) to keep in a button; `decode` reads it."""
        parts = ["" if value is None else str(value) for value in self._list_values()]
        parts[6], parts[7] = parts[6].replace("-", ""), parts[7].replace("-", "")
        return _SEPARATOR.join(parts).rstrip(_SEPARATOR)

    @classmethod
    def decode(cls, text: str) -> RandomFilter:
        """Read what `encode` wrote. Raises `InvalidInput` for anything else."""
        names = [one.name for one in fields(cls)]
        parts = text.split(_SEPARATOR) if text else []
        if len(parts) > len(names):
            raise InvalidInput("random filter", "has too many parts")
        given = {name: part for name, part in zip(names, parts, strict=False) if part}
        try:
            decoded = cls(
                olang=given.get("olang"),
                lang=given.get("lang"),
                platform=given.get("platform"),
                length=_read_number(given.get("length")),
                min_rating=_read_number(given.get("min_rating")),
                min_votes=_read_number(given.get("min_votes")),
                after=_read_date(given.get("after")),
                before=_read_date(given.get("before")),
                tag=given.get("tag"),
            )
        except ValueError:
            raise InvalidInput("random filter", "is none") from None
        decoded.build()
        return decoded

    def _list_values(self) -> list[str | int | None]:
        return [getattr(self, one.name) for one in fields(self)]


@dataclass(frozen=True, slots=True)
class Ids:
    """The numbers of the novels that an id query found, in its order; `more`: it was cut off."""

    numbers: list[int]
    more: bool


@dataclass(slots=True)
class _Stock:
    """Numbers that are drawn but not yet handed out; `ticket` names the next filling."""

    ticket: int
    numbers: list[int] = field(default_factory=list[int])


class RandomDraw:
    """Draws numbers of novels that match a filter, each as likely as any other.

    `ask(filter, reverse)` is an id query of up to 100 results; `ask_top` the same, remembered for an hour.
    `share(key, load)` runs `load` once for all who ask for the same key at the same time, and returns its bytes.
    """

    def __init__(
        self,
        *,
        ask: Callable[[Filter | None], Awaitable[Ids]],
        ask_top: Callable[[Filter | None], Awaitable[Ids]],
        share: Callable[[str, Callable[[], Awaitable[bytes]]], Awaitable[bytes]],
        rng: Random,
    ) -> None:
        self._ask = ask
        self._ask_top = ask_top
        self._share = share
        self._rng = rng
        self._stocks: OrderedDict[str, _Stock] = OrderedDict()
        self._tickets = count()

    async def draw(self, chosen: RandomFilter) -> int:
        """One number. Raises `NotFound` if nothing matches."""
        base = chosen.build()
        key = chosen.encode()
        filled: list[int] = []
        for _ in range(MAX_FILLINGS):
            stock = self._find_stock(key)
            if stock.numbers:
                return stock.numbers.pop()
            filled = await self._fill(stock, key, base)
        # So many callers share each filling that it is gone at once. Any of it is still an even choice.
        return stock.numbers.pop() if (stock := self._find_stock(key)).numbers else self._rng.choice(filled)

    def _find_stock(self, key: str) -> _Stock:
        stock = self._stocks.get(key)
        if stock is None:
            stock = self._stocks[key] = _Stock(next(self._tickets))
        self._stocks.move_to_end(key)
        if len(self._stocks) > MAX_STOCKS:
            self._stocks.popitem(last=False)
        return stock

    async def _fill(self, stock: _Stock, key: str, base: Filter | None) -> list[int]:
        ticket = stock.ticket

        async def load() -> bytes:
            return msgspec.json.encode(await self._fetch_sample(base))

        filled = msgspec.json.decode(await self._share(f"{key} {ticket}", load), type=list[int])
        if stock.ticket == ticket:  # the first of those who shared the answer puts it down for all
            stock.ticket = next(self._tickets)
            stock.numbers = list(filled)
        return filled

    async def _fetch_sample(self, base: Filter | None) -> list[int]:
        """Matching numbers, evenly drawn, in random order. Raises `NotFound` if nothing matches."""
        top = await self._ask_top(base)
        if not top.numbers:
            raise NotFound("vndb", "novel like that")
        if not top.more:
            return self._shuffle(top.numbers)
        highest = top.numbers[0]
        size = self._choose_size(top.numbers)
        empty = 0
        for _ in range(MAX_ROUNDS):
            drawn = self._rng.sample(range(1, highest + 1), min(size, highest))
            hits = await self._ask(_narrow(base, _build_ids(drawn)))
            if hits.more:
                size //= 2  # it was cut off at the highest ids, so what is there is not an even choice
            elif hits.numbers:
                return self._shuffle(hits.numbers)
            else:
                empty += 1
            if empty == EMPTY_ROUNDS:
                break
        return await self._fetch_next(base, highest)

    def _choose_size(self, top: list[int]) -> int:
        """How many numbers to try, judged by how densely the highest matching ones lie."""
        density = len(top) / (top[0] - top[-1] + 1)
        return max(SAMPLE, min(SPARSE_SAMPLE, round(AIMED_HITS / density)))

    async def _fetch_next(self, base: Filter | None, highest: int) -> list[int]:
        """The published way, for what lies too sparsely to be hit, with its bias spread out.

        Of the hundred novels from a random number on (and on from the first after the last) any may be the one, so
        a gap counts for a hundred novels and not for the one behind it.
        """
        start = self._rng.randint(1, highest)
        found = (await self._ask(_narrow(base, vndb_filter.field("id").ge(start)))).numbers
        if len(found) < SAMPLE:
            first = (await self._ask(base)).numbers
            found += [number for number in first if number < start][: SAMPLE - len(found)]
        if not found:
            raise NotFound("vndb", "novel like that")
        return [self._rng.choice(found)]

    def _shuffle(self, numbers: list[int]) -> list[int]:
        return self._rng.sample(numbers, len(numbers))


def _narrow(base: Filter | None, more: Filter) -> Filter:
    return more if base is None else all_of(base, more)


def _build_ids(numbers: list[int]) -> Filter:
    return any_of(*(vndb_filter.field("id").eq(f"v{number}") for number in sorted(numbers)))


def _build_first_day(text: str) -> str:
    found = _DATE.fullmatch(text)
    if not found or not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
        raise InvalidInput("release date", "must be YYYY, YYYY-MM or YYYY-MM-DD")
    return "-".join(part or "01" for part in found.groups())


def _read_number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _read_date(text: str | None) -> str | None:
    if text is None:
        return None
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError(text)
    return "-".join(part for part in found.groups() if part)
