"""Names at hand: what works are called, to be found by a beginning, a part, or nearly so, without asking a service.

Nothing is kept as an object of its own: all names of a shelf are one text, sorted, with the numbers of the works beside
it. 30,000 names take 1 MB so, where a list of them would take three. Nor is it while they are loaded: what many small
objects took stays with the process.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from heapq import merge
from itertools import chain
from typing import Generic, TypeVar

import msgspec

from bot.service.near import is_short_for
from bot.service.suggest import fold

T = TypeVar("T", bound=msgspec.Struct)

FOUND_AT_MOST = 25
NAME_AT_MOST = 60
"""Folded letters of a name that are kept: nobody types more before choosing."""

LIKE = 0.8
"""The least likeness of a name that is suggested though nothing is called like what was typed: one letter in five."""

_BEGINS = 10  # of a hundred: what begins like that comes after what is called like that
_SHORTEST_PART = 3
_SLICE = 1000
_LIKE_AT_MOST = 4 * FOUND_AT_MOST
_SHORTEST_LIKE = 4
_BREAK = "\n"
_END = b"\n"
_LAST = b"\xff"  # after every letter


class NamesAtHand(Generic[T]):
    """The works of one kind whose names are at hand: none, where there is no store. Raises nothing."""

    async def find(self, text: str, *, adult: bool) -> list[T]:  # noqa: ARG002
        """What may be meant by a text, the best first; without `adult`, what is known to be for everybody."""
        return []

    async def find_called(self, text: str, *, adult: bool) -> list[T]:  # noqa: ARG002
        """What is called exactly so."""
        return []

    def see(self, works: Iterable[T]) -> None:
        """Have what a service has just told at hand, too, from one of the next rounds on."""


class Known(msgspec.Struct, Generic[T], frozen=True):
    """A work to be had at hand: `work` with what a suggestion shows, and all that it is called.

    `adult`: it is not known to be for everybody. `weight`: how many people know it.
    """

    id: int
    adult: bool
    weight: int
    names: Iterable[str | None]
    work: T


class Called(msgspec.Struct, frozen=True):
    """A work by its names, folded, in one text with a line each. The rest is as in `Known`."""

    id: int
    adult: bool
    weight: int
    names: str


def fold_names(names: Iterable[str | None]) -> str:
    """All that a work is called, as `Called` has it."""
    folded = (fold(name[: 2 * NAME_AT_MOST])[:NAME_AT_MOST] for name in names if name)
    return _BREAK.join(dict.fromkeys(name for name in folded if name))


class NamePortion:
    """Some works of a shelf, packed: what they are called is one text, sorted."""

    def __init__(self, works: Sequence[Called]) -> None:
        self.ids = array("q", (work.id for work in works))
        self.adult = bytes(work.adult for work in works)
        named = sorted((name, place) for place, work in enumerate(works) for name in work.names.split(_BREAK) if name)
        self._text = "".join(f"{name}{_BREAK}" for name, _ in named).encode()
        self._places = array("I", (place for _, place in named))

    def list_named(self, first: int) -> Iterator[tuple[bytes, int]]:
        """Each name, in order, with the place of its work; `first`: the place of the first work."""
        start = 0
        for place in self._places:
            end = self._text.index(_END, start)
            yield self._text[start:end], first + place
            start = end + 1


class NameIndex:
    """The names of many works, which never change; those that are known best come first, as they are given."""

    def __init__(self, portions: Iterable[NamePortion] = ()) -> None:
        self._ids, self._adult = array("q"), bytearray()
        named: list[Iterator[tuple[bytes, int]]] = []
        for portion in portions:
            named.append(portion.list_named(len(self._ids)))
            self._ids += portion.ids
            self._adult += portion.adult
        text, self._starts, self._places = bytearray(_END), array("I", [1]), array("I")
        # The numbers of the names of each length, so that only names of like length are compared.
        self._of_length = [array("I") for _ in range(NAME_AT_MOST + 1)]
        for number, (name, place) in enumerate(merge(*named)):
            text += name + _END
            self._starts.append(len(text))
            self._places.append(place)
            self._of_length[min(len(name.decode()), NAME_AT_MOST)].append(number)
        self._text = bytes(text)

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def size_bytes(self) -> int:
        """What it takes of memory, about."""
        arrays = (self._ids, self._places, self._starts, *self._of_length)
        return len(self._text) + len(self._adult) + sum(one.itemsize * len(one) for one in arrays)

    def find(self, text: str, *, adult: bool, closed: AbstractSet[int] = frozenset()) -> list[int]:
        """The ids of what may be meant: `find_standing`, or else `find_near`. `closed`: what is for adults, too."""
        return self.find_standing(text, adult=adult, closed=closed) or self.find_near(text, adult=adult, closed=closed)

    def find_standing(self, text: str, *, adult: bool, closed: AbstractSet[int] = frozenset()) -> list[int]:
        """What begins so, then what has all the words in it: half a millisecond."""
        words = [word for part in text.split() if (word := fold(part))]
        wanted = "".join(words)[:NAME_AT_MOST]
        if not wanted:
            return []
        standing = self._choose(self._list_begun(wanted.encode()), adult, closed)
        if len(standing) < FOUND_AT_MOST:
            standing += self._choose(self._list_holding(words), adult, closed)
        return list(dict.fromkeys(standing))[:FOUND_AT_MOST]

    def find_near(self, text: str, *, adult: bool, closed: AbstractSet[int] = frozenset()) -> list[int]:
        """What is nearly called so, or what it may be short for: up to 10 ms, so it is for a thread."""
        wanted = "".join(map(fold, text.split()))[:NAME_AT_MOST]
        near = (self._list_like(wanted) or self._list_long(wanted)) if wanted else []
        return self._choose(near, adult, closed)[:FOUND_AT_MOST]

    def find_called(self, text: str, *, adult: bool, closed: AbstractSet[int] = frozenset()) -> list[int]:
        """The ids of what is called exactly so."""
        wanted = fold(text)[:NAME_AT_MOST].encode()
        places = {self._places[number] for number in self._find_range(wanted) if self._name(number) == wanted}
        return self._choose(sorted(places), adult, closed)

    def _choose(self, places: Iterable[int], adult: bool, closed: AbstractSet[int]) -> list[int]:
        """The ids of what may stand."""
        return [self._ids[one] for one in places if adult or not (self._adult[one] or self._ids[one] in closed)]

    def _name(self, number: int) -> bytes:
        return self._text[self._starts[number] : self._starts[number + 1] - 1]

    def _find_range(self, beginning: bytes) -> range:
        """The numbers of the names that begin so."""
        numbers = range(len(self._places))
        first = bisect_left(numbers, beginning, key=self._name)
        return range(first, bisect_left(numbers, beginning + _LAST, lo=first, key=self._name))

    def _list_begun(self, wanted: bytes) -> list[int]:
        """Those that are called so come first, then those that are known best."""
        numbers = self._find_range(wanted)
        whole = {self._places[number] for number in numbers if self._name(number) == wanted} if numbers else set[int]()
        begun = set(self._places[numbers.start : numbers.stop])
        return sorted(begun, key=lambda place: (place not in whole, place))

    def _list_holding(self, words: Sequence[str]) -> list[int]:
        longest = max(words, key=len)
        if len(longest) < (_SHORTEST_PART if longest.isascii() else 2):
            return []
        part, parts = longest.encode(), [word.encode() for word in words]
        holding: set[int] = set()
        at = self._text.find(part)
        while at >= 0:
            number = self._find_number(at)
            name = self._name(number)
            if all(one in name for one in parts):
                holding.add(self._places[number])
            at = self._text.find(part, self._starts[number + 1])
        return sorted(holding)

    def _find_number(self, at: int) -> int:
        first = bisect_left(self._starts, at + 1)
        return first - 1

    def _list_long(self, wanted: str) -> list[int]:
        """What a text may be short for."""
        numbers = self._find_range(wanted[:1].encode())
        return sorted({self._places[one] for one in numbers if is_short_for(wanted, self._name(one).decode())})

    def _list_like(self, wanted: str) -> list[int]:
        if len(wanted) < _SHORTEST_LIKE:
            return []
        likeness: dict[int, float] = {}
        for place, alike in self._measure(wanted):
            likeness[place] = max(alike, likeness.get(place, 0.0))
        return sorted(likeness, key=lambda place: (-likeness[place], place))

    def _measure(self, wanted: str) -> Iterator[tuple[int, float]]:
        """What begins nearly so, with the same letter; if nothing does, what is nearly called so, with any."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - 3 MB and 40 ms that most starts do without

        length = len(wanted)
        more = max(2, length // 5)
        of_like_length = array("I", chain.from_iterable(self._of_length[max(0, length - more) : length + more + 1]))
        for numbers, at_most in ((self._find_range(wanted[0].encode()), length), (of_like_length, NAME_AT_MOST)):
            found = False
            # RapidFuzz lets nobody else go on while it looks, so it looks through a slice at a time.
            for first in range(0, len(numbers), _SLICE):
                part = numbers[first : first + _SLICE]
                names = [self._name(one).decode()[:at_most] for one in part]
                like = process.extract(wanted, names, scorer=fuzz.ratio, score_cutoff=100 * LIKE, limit=_LIKE_AT_MOST)
                for _, score, at in like:
                    # What is called so, all of it, comes before what begins so.
                    whole = self._name(part[at]).decode()
                    yield self._places[part[at]], max(score - _BEGINS, fuzz.ratio(wanted, whole))
                found = found or bool(like)
            if found:
                return
