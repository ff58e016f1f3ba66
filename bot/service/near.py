"""Names that are near to what was typed: what else may find them, and how alike they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import TypeVar

from bot.service.suggest import clean, fold

T = TypeVar("T")

NEAR = 0.72
"""The least likeness of two names that are near: one wrong letter in four, two in seven."""

TYPED_AT_MOST = 60  # folded letters that are compared
WORDS_AT_MOST = 4
NAMES_AT_MOST = 30  # of one thing
NAME_AT_MOST = 2 * TYPED_AT_MOST  # letters of a name that are looked at
COMPARED_AT_MOST = 500  # names in all
CLOSELY_AT_MOST = 40  # of these
_WINDOWS_AT_MOST = 8
_PART = 0.95  # what is a part of a name comes after what is all of one

_BEGINNING = 2
_SHORT = re.compile("[\u3041-\u30ff]{3,6}")  # kana

_SIGNS = re.compile(r"[\W_]+")


def is_short_for(text: str, name: str) -> bool:
    """Whether people may say `text` for a name in kana, both folded: シュタゲ for シュタインズ・ゲート.

    What is so made begins alike, and has the rest of its letters in their order.
    """
    if not _SHORT.fullmatch(text) or len(text) >= len(name) or not name.startswith(text[:_BEGINNING]):
        return False
    rest = iter(name[_BEGINNING:])
    return all(sign in rest for sign in text[_BEGINNING:])


def list_words(text: str) -> list[str]:
    """The words of a text that can be searched for one by one, the longest first; none if there is only one."""
    words = [word for word in _split(clean(text)) if len(word) >= _find_shortest(word)]
    longest_first = sorted(dict.fromkeys(words), key=len, reverse=True)[:WORDS_AT_MOST]
    return longest_first if len(_split(clean(text))) > 1 else []


def list_parts(text: str) -> list[str]:
    """Parts of a text's longest words of which one is right wherever a word has one wrong letter.

    Either half of it, or all of it with the letters changed over where the halves meet.
    """
    words = sorted(dict.fromkeys(_split(clean(text))), key=len, reverse=True)[:2]
    return list(dict.fromkeys(part for word in words for part in _cut(word)))


def _cut(word: str) -> Iterator[str]:
    shortest, middle = _find_shortest(word), (len(word) + 1) // 2
    if len(word) <= shortest:
        return
    yield word[: max(middle, shortest)]
    yield word[min(middle, len(word) - shortest) :]
    yield word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]


def _find_shortest(word: str) -> int:
    """Fewer letters than that are in nearly every name; kana and kanji tell more."""
    return 3 if word.isascii() else 2


def _split(text: str) -> list[str]:
    return [word for part in _SIGNS.split(text) if (word := fold(part))]


def rank_near(text: str, things: Iterable[T], names: Callable[[T], Iterable[str | None]]) -> list[T]:
    """The things with a name near to `text`, the most alike first; those that are equally so stay in order.

    Of a few hundred names those are looked at closely that have most in common with `text`: some 15 ms at most.
    """
    typed = _Typed(text)
    called = [(thing, list(islice(filter(None, names(thing)), NAMES_AT_MOST))) for thing in things]
    # Everything's first name, then everything's second: what is known by many names does not crowd out the rest.
    rounds = zip_longest(*(own for _, own in called))
    distinct = dict.fromkeys(name for one in rounds for name in one if name)
    scores = typed.compare_all(islice(distinct, COMPARED_AT_MOST))
    scored = [(max((scores.get(name, 0.0) for name in own), default=0.0), thing) for thing, own in called]
    near = sorted((one for one in scored if one[0] >= NEAR), key=lambda one: one[0], reverse=True)
    return [thing for _, thing in near]


class _Typed:
    """What was typed, to be compared with many names."""

    def __init__(self, text: str) -> None:
        self._words = _split(clean(text[: 2 * TYPED_AT_MOST]))
        self._whole = "".join(self._words)[:TYPED_AT_MOST]
        self._pairs = {self._whole[at : at + 2] for at in range(len(self._whole) - 1)}
        self._sorted = "".join(sorted(self._words))[:TYPED_AT_MOST]

    def compare_all(self, names: Iterable[str]) -> dict[str, float]:
        """How alike names are, of those that share at least a quarter of the pairs of letters: most do not."""
        shared: list[tuple[int, int, str]] = []
        for name in names:
            folded = fold(name[:NAME_AT_MOST])
            number = sum(pair in folded for pair in self._pairs)
            if 4 * number >= len(self._pairs) > 0:
                shared.append((-number, abs(len(folded) - len(self._whole)), name))
        shared.sort(key=lambda one: one[:2])
        return {name: self._compare(name) for _, _, name in shared[:CLOSELY_AT_MOST]}

    def _compare(self, name: str) -> float:
        """How alike a name is, or the part of it that is most alike: 0 to 1."""
        words = _split(clean(name[:NAME_AT_MOST]))
        whole = "".join(words)
        best = max(_measure(self._whole, whole), NEAR if is_short_for(self._whole, whole) else 0.0)
        if len(self._words) > 1 and best < NEAR:
            best = max(best, _PART * _measure(self._sorted, "".join(sorted(words))))
        if best < _PART:
            best = max([best, *(_PART * _measure(self._whole, part) for part in self._list_alike(words, whole))])
        return best

    def _list_alike(self, words: Sequence[str], whole: str) -> Iterator[str]:
        """Parts of a name that are about as long as what was typed: its beginning, and as many words."""
        if len(whole) > len(self._whole) + 1:
            yield whole[: len(self._whole) + 1]
        number = len(self._words)
        if len(words) > number:
            for start in range(min(len(words) - number + 1, _WINDOWS_AT_MOST)):
                yield "".join(words[start : start + number])


def _measure(one: str, other: str) -> float:
    """The share of letters that both have in the same order, 0 to 1; 0 where that is not near."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - 3 MB and 40 ms that most starts do without

    return fuzz.ratio(one, other, score_cutoff=100 * NEAR) / 100
