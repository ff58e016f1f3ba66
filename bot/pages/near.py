"""Near matches: what may have been meant by a name of which a service has nothing.

Asked is what is left of a name: its words one by one, then parts of them. Of what that finds, and of what was suggested
lately, the most alike are named.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.apis.near import list_parts, list_words, rank_near
from bot.apis.suggest import fold
from bot.errors import InvalidInput, Near, ServiceError, ShioriError

log = logging.getLogger(__name__)

T = TypeVar("T")
E = TypeVar("E", bound=ShioriError)

# Three hundred things may take a tenth of a second, for which nobody else is to wait; so one after another.
_RANKING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="near")
NEAR_AT_MOST = 5
QUESTIONS_AT_MOST = 2


@dataclass(frozen=True, slots=True)
class Shelf(Generic[T]):
    """Where near matches are looked for.

    `search` asks a service for what has one of some texts in its names; with `joins` it takes several in a question.
    It gives only what may stand where it is asked for, and so does `known`: what was suggested lately. `describe`
    gives None for what has no card.
    """

    search: Callable[[Sequence[str]], Awaitable[Sequence[T]]]
    names: Callable[[T], Iterable[str | None]]
    describe: Callable[[T], Near | None]
    joins: bool = False
    known: Sequence[T] = ()


async def with_near(error: E, text: str, shelf: Shelf[T]) -> E:
    """The error that says that nothing is called like that, with what is nearly so. A service's own error costs no
    more than the near matches.
    """
    if fold(text).isdecimal():  # a number is not misspelt
        return error
    found: list[T] = []
    for texts in _list_questions(text, joins=shelf.joins):
        try:
            found += await shelf.search(texts)
        except (ServiceError, InvalidInput) as failed:
            log.info("no near matches: %s", failed)
            break
        if near := await _pick(text, shelf, found):
            error.near = near
            return error
    error.near = await _pick(text, shelf, found)
    return error


def _list_questions(text: str, *, joins: bool) -> list[list[str]]:
    words, parts = list_words(text), list_parts(text)
    questions = [words, parts] if joins else [[one] for one in words + parts]
    return [texts for texts in questions if texts][:QUESTIONS_AT_MOST]


async def _pick(text: str, shelf: Shelf[T], found: Sequence[T]) -> list[Near]:
    things = [*found, *shelf.known]
    loop = asyncio.get_running_loop()
    ranked = await loop.run_in_executor(_RANKING, lambda: rank_near(text, things, shelf.names))
    unique = {near.address: near for one in reversed(ranked) if (near := shelf.describe(one))}
    return list(reversed(unique.values()))[:NEAR_AT_MOST]
