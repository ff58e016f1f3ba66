"""Names that are near to what was typed: what else may find them, and how alike they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

from bot.apis.suggest import clean, fold

T = TypeVar("T")

NEAR = 0.72
"""The least likeness of two names that are near: one wrong letter in four, two in seven."""

TYPED_AT_MOST = 60  # folded letters that are compared
WORDS_AT_MOST = 4
NAMES_AT_MOST = 30  # of one thing
_WINDOWS_AT_MOST = 8
_PART = 0.95  # what is a part of a name comes after what is all of one

_SIGNS = re.compile(r"[\W_]+")


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

    A name takes some 60 µs at most: do it in a thread.
    """
    typed = _Typed(text)
    scored: list[tuple[float, T]] = []
    for thing in things:
        called = list(dict.fromkeys(name for name in names(thing) if name))[:NAMES_AT_MOST]
        score = max(map(typed.compare, called), default=0.0)
        if score >= NEAR:
            scored.append((score, thing))
    scored.sort(key=lambda one: one[0], reverse=True)
    return [thing for _, thing in scored]


class _Typed:
    """What was typed, to be compared with many names."""

    def __init__(self, text: str) -> None:
        self._words = _split(clean(text)[: 2 * TYPED_AT_MOST])
        self._whole = "".join(self._words)[:TYPED_AT_MOST]
        self._pairs = {self._whole[at : at + 2] for at in range(len(self._whole) - 1)}
        # It keeps what it knows of the second text.
        self._matcher = SequenceMatcher(None, "", self._whole, autojunk=False)
        self._sorted = SequenceMatcher(None, "", "".join(sorted(self._words))[:TYPED_AT_MOST], autojunk=False)

    def compare(self, name: str) -> float:
        """How alike a name is, or the part of it that is most alike: 0 to 1."""
        if not self._is_worth_comparing(fold(name)):
            return 0.0
        words = _split(clean(name))
        whole = "".join(words)
        best = _measure(self._matcher, whole[: 2 * TYPED_AT_MOST])
        if len(self._words) > 1 and best < NEAR:
            best = max(best, _PART * _measure(self._sorted, "".join(sorted(words))[: 2 * TYPED_AT_MOST]))
        if best < _PART:
            best = max([best, *(_PART * _measure(self._matcher, part) for part in self._list_alike(words, whole))])
        return best

    def _is_worth_comparing(self, name: str) -> bool:
        """Whether a quarter of the pairs of letters stand in a folded name. Of most names that is all that is asked."""
        return 4 * sum(pair in name for pair in self._pairs) >= len(self._pairs) > 0

    def _list_alike(self, words: Sequence[str], whole: str) -> Iterator[str]:
        """Parts of a name that are about as long as what was typed: its beginning, and as many words."""
        if len(whole) > len(self._whole) + 1:
            yield whole[: len(self._whole) + 1]
        number = len(self._words)
        if len(words) > number:
            for start in range(min(len(words) - number + 1, _WINDOWS_AT_MOST)):
                yield "".join(words[start : start + number])[: 2 * TYPED_AT_MOST]


def _measure(matcher: SequenceMatcher[str], name: str) -> float:
    """The ratio of two texts if they are near, else 0: what is cheap to know of it tells first."""
    matcher.set_seq1(name)
    if matcher.real_quick_ratio() < NEAR or matcher.quick_ratio() < NEAR:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= NEAR else 0.0
