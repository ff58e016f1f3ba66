"""The search operators of Nekos API v1, looked at before they are sent: for a bad pattern its server breaks (500).

They are those of PostgreSQL's SIMILAR TO: `%` any characters, `_` any one, `|` or, `*` `+` `?` `{m}` `{m,}` `{m,n}`
how often what stands before may come, `(…)` and `[…]`. The whole name has to match, in any case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from bot.cards.text import count_units
from bot.errors import InvalidInput

Searched = Literal["artist", "category"]

LENGTHS: Mapping[Searched, int] = {"artist": 20, "category": 50}
"""UTF-16 units that a pattern may have: the server counts those, and breaks above."""

REPEATS_AT_MOST = 255
"""How often something may be repeated: PostgreSQL's limit for each count, and ours for counts within counts."""

_OPERATOR = re.compile(r"[%_|*+?{}()\[\]\\]")
_COUNT = re.compile(r"\{([0-9]{1,4})(?:(,)([0-9]{1,4})?)?\}")
_CLASS = re.compile(r"\[(\^?+)([^\[\]\\]+)\]")


def check_pattern(text: str, *, kind: Searched) -> str:
    """The pattern on one line. Raises `InvalidInput` for one that cannot be searched for."""
    pattern = " ".join(text.split())
    limit = LENGTHS[kind]
    if not pattern:
        raise InvalidInput(kind, "must not be empty")
    if not pattern.isprintable():
        raise InvalidInput(kind, "has characters that cannot be searched for")
    if len(pattern.encode("utf-16-le")) // 2 > limit:
        raise InvalidInput(kind, f"must have {limit} characters at most")
    problem = _Reader(pattern).find_problem()
    if problem:
        raise InvalidInput(kind, problem)
    return pattern


def is_plain(text: str) -> bool:
    """Whether a text has no operator in it, but for blanks and what stands for them."""
    return _OPERATOR.search(text.replace("_", " ")) is None


def quote_name(name: str, *, kind: Searched, room: int = 0) -> str:
    """The pattern that finds what is called so: no operator can be escaped, so any character stands for each.

    A long name ends in `%`. `room`: units that are needed beside it.
    """
    pattern = _OPERATOR.sub("_", " ".join(name.split()))
    limit = LENGTHS[kind] - room
    if count_units(pattern) <= limit:
        return pattern
    while count_units(pattern) >= limit:
        pattern = pattern[:-1]
    return f"{pattern.rstrip()}%"


class _Reader:
    """Reads a pattern once, from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._groups: list[tuple[int, int]] = []  # of each open group: where it begins, and `_most` before it
        self._most = 1  # how often anything in the open group is repeated at most
        self._inner = 1  # the same, in what a quantifier would count
        self._before: Literal["nothing", "one", "any", "counted"] = "nothing"  # what a quantifier would count

    def find_problem(self) -> str:
        """What is wrong with the pattern, in a few words; empty if nothing is."""
        while self._at < len(self._pattern):
            problem = self._read_next(self._pattern[self._at])
            if problem:
                return problem
        return "has an opening parenthesis without a closing one" if self._groups else ""

    def _read_next(self, character: str) -> str:
        if character in "*+?{":
            return self._read_quantifier(character)
        if character == "[":
            return self._read_class()
        if character in "()":
            return self._read_parenthesis(character)
        if character in "]}":
            return f"has a {character} without its beginning"
        if character == "\\":
            return "must not have a backslash"
        self._take(1, before="nothing" if character == "|" else "any" if character == "%" else "one")
        return ""

    def _read_quantifier(self, character: str) -> str:
        if self._before == "nothing":
            return f"has a {character} with nothing before it"
        # `%` is itself a repetition, and only `?` may stand after one.
        if self._before == "counted" or (self._before == "any" and character != "?"):
            return f"has a {character} after another repetition"
        if character != "{":
            self._take(1, before="counted")
            return ""
        return self._read_count()

    def _read_count(self) -> str:
        count = _COUNT.match(self._pattern, self._at)
        if count is None:
            return "has a { that is not like {2}, {2,} or {2,4}"
        least, most = int(count[1]), int(count[3] or count[1])
        if not least <= most <= REPEATS_AT_MOST:
            return f"has a repetition that is not from less to more, {REPEATS_AT_MOST} at most"
        # Each count copies what it counts, so counts within counts multiply, and the server gives up on too many.
        repeats = self._inner * max(most, 1)
        if repeats > REPEATS_AT_MOST:
            return f"has repetitions within repetitions, more than {REPEATS_AT_MOST} times in all"
        self._most = max(self._most, repeats)
        self._take(len(count[0]), before="counted")
        return ""

    def _read_parenthesis(self, character: str) -> str:
        if character == "(":
            self._groups.append((self._at, self._most))
            self._most = 1
            self._take(1, before="nothing")
            return ""
        if not self._groups:
            return "has a closing parenthesis without an opening one"
        began, most = self._groups.pop()
        if began == self._at - 1:
            return "has nothing in its parentheses"
        inner, self._most = self._most, max(self._most, most)
        self._take(1, before="one")
        self._inner = inner
        return ""

    def _read_class(self) -> str:
        found = _CLASS.match(self._pattern, self._at)
        if found is None:
            return "has a [ that is not like [a-z]"
        # The server compares in lower case, where a range may end before it begins.
        if not _is_class(found[2].lower()):
            return "has a range in [ ] that is not like a-z"
        self._take(len(found[0]), before="one")
        return ""

    def _take(self, length: int, *, before: Literal["nothing", "one", "any", "counted"]) -> None:
        self._at += length
        self._before = before
        self._inner = 1


def _is_class(members: str) -> bool:
    """Whether each hyphen stands at an end, or between the ends of a range that ascends."""
    at = 0
    while at < len(members):
        if members[at] == "-" and at not in {0, len(members) - 1}:
            return False
        if at + 2 < len(members) and members[at + 1] == "-":
            if members[at] > members[at + 2] or "-" in {members[at], members[at + 2]}:
                return False
            at += 3
        else:
            at += 1
    return True
