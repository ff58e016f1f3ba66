"""Near matches: what a service has whose name is nearly what was typed.

Asked is what is left of a name: its words one by one, then parts of them. Of what that finds, and of what was suggested
lately, the most alike are given. What came of it is remembered, and equal questions at once are one.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from bot.errors import InvalidInput, ServiceError
from bot.http import Clock, asking, current_ask
from bot.http.flight import Flights
from bot.service.near import list_parts, list_words, rank_near
from bot.service.suggest import clean, fold

log = logging.getLogger(__name__)

T = TypeVar("T")

QUESTIONS_AT_MOST = 2
WITHIN_S = 4.0  # nobody waits longer for the sentence that nothing is called like that
REMEMBERED_FOR_S = 300.0
FAILED_FOR_S = 10.0  # the service was away
REMEMBERED_AT_MOST = 500
_KEPT_AT_MOST = 20  # of one outcome: somebody may have several rows, and a few are named


async def nothing_at_hand(_text: str) -> Sequence[Any]:
    """Where no names are at hand."""
    return ()


class Shelf(msgspec.Struct, Generic[T], frozen=True):
    """Where near matches are looked for.

    `asked`: all that what `search` finds depends on besides the text. `search` asks for what has one of some texts in
    its names; with `joins` it takes several in a question. What `at_hand` finds is enough; `known`: what was suggested
    lately. Only what `may_stand` is given, and that is asked of what is remembered, too.
    """

    asked: Hashable
    search: Callable[[Sequence[str]], Awaitable[Sequence[T]]]
    names: Callable[[T], Iterable[str | None]]
    may_stand: Callable[[T], bool]
    joins: bool = False
    known: Callable[[], Sequence[T]] = tuple
    at_hand: Callable[[str], Awaitable[Sequence[T]]] = nothing_at_hand


class NearFinder:
    """Finds near matches at one service."""

    def __init__(self, service: str, *, clock: Clock) -> None:
        self._service = service
        self._clock = clock
        self._outcomes: OrderedDict[Hashable, tuple[float, list[Any]]] = OrderedDict()
        self._flights: Flights[list[Any]] = Flights(clock=clock)

    async def find(self, text: str, shelf: Shelf[T]) -> list[T]:
        """What may be meant by `text`, of which there is nothing; the most alike first.

        Never raises `ServiceError`: a service's own error, or too little time, costs no more than the near matches.
        """
        if fold(text).isdecimal():  # a number is not misspelt
            return []
        key = (shelf.asked, clean(text).casefold())
        until_s, found = self._outcomes.get(key, (0.0, []))
        if self._clock.monotonic() >= until_s:
            ask = current_ask(self._clock)
            within_s = min(WITHIN_S, ask.deadline_monotonic - self._clock.monotonic())
            try:
                with asking(self._clock, within_s=within_s, priority=ask.priority):
                    found = await self._flights.join(key, lambda: self._look(key, text, shelf), service=self._service)
            except ServiceError as late:
                log.info("no near matches: %s", late)
        return [one for one in found if shelf.may_stand(one)]

    async def _look(self, key: Hashable, text: str, shelf: Shelf[T]) -> list[T]:
        if at_hand := [one for one in await shelf.at_hand(text) if shelf.may_stand(one)]:
            return at_hand[:_KEPT_AT_MOST]  # not remembered: it is found as fast
        known = shelf.known()
        found: list[T] = []
        ranked: list[T] | None = None
        for_s = REMEMBERED_FOR_S
        for texts in _list_questions(text, joins=shelf.joins):
            try:
                found += await shelf.search(texts)
            except (ServiceError, InvalidInput) as failed:
                log.info("no near matches: %s", failed)
                for_s = FAILED_FOR_S
                break
            if ranked := _rank(text, [*found, *known], shelf):
                break
        ranked = _rank(text, known, shelf) if ranked is None else ranked
        self._outcomes[key] = (self._clock.monotonic() + for_s, ranked)
        self._outcomes.move_to_end(key)
        if len(self._outcomes) > REMEMBERED_AT_MOST:
            self._outcomes.popitem(last=False)
        return ranked


def _list_questions(text: str, *, joins: bool) -> list[list[str]]:
    words, parts = list_words(text), list_parts(text)
    questions = [words, parts] if joins else [[one] for one in words + parts]
    return [texts for texts in questions if texts][:QUESTIONS_AT_MOST]


def _rank(text: str, things: Iterable[T], shelf: Shelf[T]) -> list[T]:
    standing = [one for one in things if shelf.may_stand(one)]
    return rank_near(text, standing, shelf.names)[:_KEPT_AT_MOST]
