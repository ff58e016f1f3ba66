"""How far two people agree on what both gave a vote or a score, 10 to 100 or 1 to 100."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

import msgspec

from bot.cards.fact import format_fact

LEAST_COMMON = 3
"""Things in common below which two people may agree by mere chance."""

_WORDS = (
    (0.7, "they like very much the same"),
    (0.4, "they like much the same"),
    (0.15, "they like somewhat the same"),
    (-0.15, "their tastes have little to do with each other"),
    (-0.4, "they like rather different things"),
    (-1.0, "one likes what the other does not"),
)


class Pair(Protocol):
    """A work, and what each of both gave it."""

    @property
    def first(self) -> float: ...

    @property
    def second(self) -> float: ...


P = TypeVar("P", bound=Pair)


class Comparison(msgspec.Struct, Generic[P], frozen=True):
    """What two lists have in common, the greatest difference first.

    `mean_difference` is how much more the first one gives; None with nothing in common. `correlation` is Pearson's, -1
    to 1; None with fewer than three works, or if somebody gave all the same.
    """

    pairs: tuple[P, ...]
    mean_difference: float | None
    correlation: float | None


def compare(pairs: Iterable[P]) -> Comparison[P]:
    """Compare by what is in common."""
    ordered = sorted(pairs, key=lambda pair: (-abs(pair.first - pair.second), -pair.first - pair.second))
    mean = sum(pair.first - pair.second for pair in ordered) / len(ordered) if ordered else None
    correlation = correlate([pair.first for pair in ordered], [pair.second for pair in ordered])
    return Comparison(tuple(ordered), mean, correlation)


def correlate(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Pearson's correlation, -1 to 1; None for fewer than three, or if somebody gave all the same."""
    if len(first) < LEAST_COMMON or len(set(first)) < 2 or len(set(second)) < 2:
        return None
    from statistics import correlation  # noqa: PLC0415 - a quarter of a megabyte that many hosts never need

    return min(max(correlation(first, second), -1.0), 1.0)


def list_agreement(comparison: Comparison[P], names: Sequence[str], *, word: str, noun: str) -> Iterator[str]:
    """Say in words who is stricter, and how far both agree. `names` are escaped.

    `word`: what they gave, such as `vote`; `noun`: to several of what, such as `novels`.
    """
    if (mean := comparison.mean_difference) is not None:
        amount = f"{round(abs(mean), 1) / 10:.2f}".rstrip("0").rstrip(".")
        higher = f"{names[0 if mean > 0 else 1]} {word}s {amount} higher on average, where both {word.rstrip('e')}ed"
        yield format_fact("Strictness", "Equal on average" if amount == "0" else higher)
    if comparison.correlation is not None:
        words = next(words for least, words in _WORDS if comparison.correlation >= least)
        said = f"{comparison.correlation:.2f} on a scale of -1 to 1: {words}"
    elif len(comparison.pairs) < LEAST_COMMON:
        said = f"Cannot be told from fewer than {LEAST_COMMON} {noun}"
    else:
        said = f"Cannot be told: somebody gave all of them the same {word}"
    yield format_fact("Agreement", said)
