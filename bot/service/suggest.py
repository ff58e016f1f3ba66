"""Suggestions while a person types, with few questions to the service.

A query that was answered completely (nothing more to come) holds everything that a longer query can find, so the
longer one is answered here. A longer one is asked for only where that helps, and no person causes more than two
requests in ten keystrokes.
"""

from __future__ import annotations

import asyncio
import unicodedata
import weakref
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

import msgspec

from bot.errors import ServiceError
from bot.http import Clock, current_ask
from bot.http.clock import time_limit
from bot.links.unicode import normalise
from bot.service.record import Found

T = TypeVar("T", bound=msgspec.Struct)

MAX_REQUESTS = 2
KEYSTROKES = 10
PAUSE_S = 60.0  # who has not typed for so long begins anew
KNOWN_FOR_S = 86_400.0  # as long as an answer to a search is fresh
MAX_KNOWN = 200
MAX_LISTED = 200
MAX_ASKERS = 2000
MAX_TEXT = 100
MIN_BYTES = 2
ANSWER_S = 0.25  # with less time left than an answer takes, a question helps nobody


class _Thing(msgspec.Struct, frozen=True, weakref=True):
    """What was found, encoded, with its names (folded) at hand.

    As a value it would take ten times the memory, and of fifty that a text found few are shown.
    """

    record: bytes
    names: str


class _Known(msgspec.Struct, frozen=True):
    """What a text found, and whether that is all."""

    things: list[_Thing]
    complete: bool
    until_s: float


class _Typing(msgspec.Struct):
    """One person's keystrokes: how many, and the numbers of those that caused a request."""

    count: int = 0
    last_s: float = 0.0
    asked: deque[int] = msgspec.field(default_factory=lambda: deque[int](maxlen=4 * MAX_REQUESTS))

    def may_ask(self, keystroke: int) -> bool:
        """Whether no ten keystrokes in a row would then have caused more than two requests."""
        near = sum(abs(keystroke - other) < KEYSTROKES for other in self.asked)
        return near < MAX_REQUESTS


class Suggester(Generic[T]):
    """Finds things by what was typed so far.

    `fetch(text)` asks the service, `peek(text)` gives its answer if that is kept already. `names(thing)` are all the
    names under which it may be meant. What `at_hand(text)` finds is enough: the service is not asked then.
    """

    def __init__(
        self,
        kind: type[T],
        *,
        fetch: Callable[[str], Awaitable[Found[T]]],
        peek: Callable[[str], Awaitable[Found[T] | None]],
        names: Callable[[T], Iterable[str | None]],
        clock: Clock,
        at_hand: Callable[[str], Awaitable[list[T]]] | None = None,
    ) -> None:
        self._at_hand = at_hand
        self._fetch = fetch
        self._peek = peek
        self._names = names
        self._clock = clock
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(kind)
        self._known: OrderedDict[str, _Known] = OrderedDict()
        # What several texts found is kept once.
        self._things: weakref.WeakValueDictionary[bytes, _Thing] = weakref.WeakValueDictionary()
        self._asking: dict[str, asyncio.Event] = {}
        self._late: set[str] = set()
        self._typing: OrderedDict[int, _Typing] = OrderedDict()

    async def suggest(self, text: str, *, asker: int | None) -> list[T]:
        """What may be meant by `text`, best first, from what is known or can be had in the asker's time.

        `asker`: whose keystroke it is; None if it is none. Ten calls for one asker cause at most two requests,
        unless more than a minute passes between two of them.
        Never raises `ServiceError`: what is known already is the answer then.
        """
        wanted = clean(text)[:MAX_TEXT].rstrip().lower()
        typing = self._find_typing(asker)
        typing.count += 1
        keystroke = typing.count
        if len(wanted.encode()) < MIN_BYTES or not fold(wanted):
            return []
        await self._recall(wanted)
        if self._at_hand is not None and (at_hand := await self._at_hand(wanted)):
            known = {getattr(thing, "id", None) for thing in at_hand}
            others = self._decode(self._find_things(wanted))
            return at_hand + [thing for thing in others if getattr(thing, "id", None) not in known]
        await self._join(wanted)
        enough_time = self._find_time_left_s() >= ANSWER_S
        if enough_time and self._is_worth_asking(wanted) and typing.may_ask(keystroke):
            typing.asked.append(keystroke)
            await self._ask(wanted)
        return self._decode(self._find_things(wanted))

    def list_known(self) -> list[T]:
        """What was suggested lately, each thing once, the latest first: a few hundred at most."""
        things: dict[str, _Thing] = {}
        for known in reversed(self._known.values()):
            for thing in known.things:
                things.setdefault(thing.names, thing)
            if len(things) >= MAX_LISTED:
                break
        return self._decode(list(things.values())[:MAX_LISTED])

    def _find_typing(self, asker: int | None) -> _Typing:
        if asker is None:
            return _Typing()
        now = self._clock.monotonic()
        typing = self._typing.get(asker)
        if typing is None or now - typing.last_s > PAUSE_S:
            typing = self._typing[asker] = _Typing()
        typing.last_s = now
        self._typing.move_to_end(asker)
        if len(self._typing) > MAX_ASKERS:
            self._typing.popitem(last=False)
        return typing

    async def _recall(self, wanted: str) -> None:
        """Take up what others asked for, and what came after its asker had stopped waiting."""
        for text in _list_prefixes(wanted):
            known = self._find_known(text)
            if known is not None and known.complete:
                return
            if known is None and (text == wanted or text in self._late):
                found = await self._peek(text)
                if found is not None:
                    self._remember(text, found)

    async def _join(self, wanted: str) -> None:
        """Wait for what is being asked already, by whomever, if it may answer this too."""
        while not self._is_complete(wanted):
            event = next((self._asking[text] for text in _list_prefixes(wanted) if text in self._asking), None)
            left_s = self._find_time_left_s()
            if event is None or left_s <= 0:
                return
            try:
                with time_limit(self._clock, left_s):
                    await event.wait()
            except TimeoutError:
                return

    def _find_time_left_s(self) -> float:
        return current_ask(self._clock).deadline_monotonic - self._clock.monotonic()

    def _is_complete(self, wanted: str) -> bool:
        ancestor = self._find_ancestor(wanted)
        return ancestor is not None and self._known[ancestor].complete

    def _is_worth_asking(self, wanted: str) -> bool:
        if wanted in self._asking:
            return False
        ancestor = self._find_ancestor(wanted)
        if ancestor is None:
            return True
        if ancestor == wanted:
            return False
        if self._known[ancestor].complete:
            # Where something was found, it may be meant by a name that is not seen here.
            return bool(self._known[ancestor].things) and not self._find_things(wanted)
        return len(wanted.encode()) >= 2 * len(ancestor.encode()) or not self._find_things(wanted)

    async def _ask(self, text: str) -> None:
        event = self._asking[text] = asyncio.Event()
        try:
            found = await self._fetch(text)
        except ServiceError:
            if len(self._late) >= MAX_KNOWN:
                self._late.clear()
            self._late.add(text)  # the request may still be on its way
        else:
            self._remember(text, found)
        finally:
            del self._asking[text]
            event.set()

    def _remember(self, text: str, found: Found[T]) -> None:
        self._late.discard(text)
        things = [self._encode(thing) for thing in found.items]
        until_s = self._clock.monotonic() + max(0.0, KNOWN_FOR_S - found.age_s)
        self._known[text] = _Known(things, not found.more, until_s)
        self._known.move_to_end(text)
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)

    def _encode(self, value: T) -> _Thing:
        record = self._encoder.encode(value)
        thing = self._things.get(record)
        if thing is None:
            names = "\n".join(fold(name) for name in self._names(value) if name)
            thing = self._things[record] = _Thing(record, names)
        return thing

    def _decode(self, things: Iterable[_Thing]) -> list[T]:
        return [self._decoder.decode(thing.record) for thing in things]

    def _find_known(self, text: str) -> _Known | None:
        known = self._known.get(text)
        return known if known is not None and self._clock.monotonic() < known.until_s else None

    def _find_ancestor(self, wanted: str) -> str | None:
        """The text itself or what it begins with, of what is known: the longest, but a complete one before all."""
        longest: str | None = None
        for text in _list_prefixes(wanted):
            known = self._find_known(text)
            if known is not None and (known.complete or text == wanted):
                return text
            if known is not None and longest is None:
                longest = text
        return longest

    def _find_things(self, wanted: str) -> list[_Thing]:
        """What is known for `wanted`; if nothing is fresh, what is old must do.

        Of what an ancestor found only what names it: what an unseen name found need not be meant by more letters.
        """
        ancestor = self._find_ancestor(wanted)
        if ancestor is None:
            ancestor = next((text for text in _list_prefixes(wanted) if text in self._known), None)
        if ancestor is None:
            return []
        known = self._known[ancestor]
        self._known.move_to_end(ancestor)
        if ancestor == wanted:
            return known.things
        return [thing for thing in known.things if names_it(wanted, thing.names)]


def clean(text: str) -> str:
    """`text` as it can be asked for: compatible forms made one, no control characters, single spaces."""
    encodable = text.encode("utf-8", "ignore").decode()
    composed = normalise("NFKC", encodable)
    return " ".join("".join(sign if unicodedata.category(sign) != "Cc" else " " for sign in composed).split())


def fold(text: str) -> str:
    """`text` as it is compared: no case, no accents on Latin letters, letters and digits only."""
    if text.isascii():  # most names: a quarter of the time
        return "".join(filter(str.isalnum, text.lower()))
    decomposed = normalise("NFKD", text.casefold())
    plain = "".join(sign for sign in decomposed if not "\u0300" <= sign <= "\u036f")
    return "".join(sign for sign in normalise("NFKC", plain) if sign.isalnum())


def names_it(text: str, names: str) -> bool:
    """Whether each word of a text is in the folded `names`."""
    return all(fold(word) in names for word in text.split())


def _list_prefixes(text: str) -> Iterable[str]:
    """The text and what it begins with, the longest first, down to what is long enough to have been asked.

    Only beginnings that it narrows: the service reads quotes and a leading minus in a way of its own.
    """
    yield text
    special = min((at for at in (text.find('"'), (" " + text).find(" -")) if at >= 0), default=len(text))
    for end in range(min(special, len(text) - 1), 0, -1):
        prefix = text[:end].rstrip()
        if len(prefix) == len(text[:end]) and len(prefix.encode()) >= MIN_BYTES:
            yield prefix
