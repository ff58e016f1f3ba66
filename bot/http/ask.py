"""How urgent a question is, until when its answer is of use, and whose it is: that travels with the question in a
context variable.

    with asking(clock, within_s=2.5, priority=Priority.COMMAND, person=interaction.user.id):
        answer = await client.fetch(request, lifetime)

Questions that share a request share a `Standing`: the most urgent and the latest of them count, also when
they join while the request already waits for its turn.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from enum import IntEnum

import msgspec

from bot.errors import ServiceError
from bot.http.clock import Clock

DEFAULT_WITHIN_S = 30.0
NOBODY: frozenset[Hashable] = frozenset({None})


class Priority(IntEnum):
    """Who goes first. A smaller number goes before a larger one."""

    COMMAND = 0
    AUTOCOMPLETE = 1
    PREVIEW = 2
    BACKGROUND = 3
    LEFTOVER = 4  # what can be had at any time, and is wanted at none


class Ask(msgspec.Struct, frozen=True):
    """`deadline_monotonic`: the moment, on the clock's `monotonic()`, after which nobody waits any more.

    `persons`: whose it is, as opaque keys; among them None if it is also wanted on nobody's behalf. `reserved`: it goes
    on with what somebody has begun, and so may use what is kept back for that.
    """

    deadline_monotonic: float
    priority: Priority
    persons: frozenset[Hashable] = NOBODY
    reserved: bool = False


class Standing:
    """The ask of a question, or of a request that stands for several questions (`shared`)."""

    __slots__ = ("_members", "_watchers", "ask", "explain", "sent", "shared")

    def __init__(self, ask: Ask, *, shared: bool = False) -> None:
        self.ask = ask
        self.shared = shared  # its askers wait each to their own deadline, it has none of its own to keep
        self.sent = False
        self.explain: Callable[[str], ServiceError] | None = None  # why nothing was sent, by the service's name
        self._members: list[Standing] = []
        self._watchers: list[Callable[[], None]] = []

    def lift(self, ask: Ask) -> None:
        """Become as urgent as `ask`, last as long, and be those persons' too, if that is more than now."""
        lifted = Ask(
            max(self.ask.deadline_monotonic, ask.deadline_monotonic),
            min(self.ask.priority, ask.priority),
            self.ask.persons | ask.persons,
            reserved=self.ask.reserved or ask.reserved,
        )
        if lifted != self.ask:
            self.ask = lifted
            for watcher in tuple(self._watchers):
                watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` whenever the ask was lifted."""
        self._watchers.append(watcher)

    def unwatch(self, watcher: Callable[[], None]) -> None:
        self._watchers.remove(watcher)

    def join(self, asker: Standing) -> Callable[[], None]:
        """Stand for `asker` too, now and when it is lifted later. Returns what ends that; what was lifted
        stays so.
        """

        def follow() -> None:
            self.lift(asker.ask)

        def leave() -> None:
            asker.unwatch(follow)
            self._members.remove(asker)

        self._members.append(asker)
        asker.watch(follow)
        self.lift(asker.ask)
        if self.sent:
            asker.mark_sent()
        if self.explain is not None:
            asker.wait_for_turn(self.explain)
        return leave

    def wait_for_turn(self, explain: Callable[[str], ServiceError]) -> None:
        """The request waits in a lane, which can say why its turn has not come, or for another process's."""
        self.explain = explain
        for member in tuple(self._members):
            member.wait_for_turn(explain)

    def mark_sent(self) -> None:
        """The request is on the wire: from now on it cannot be withdrawn without trace."""
        self.sent = True
        for member in tuple(self._members):
            member.mark_sent()


_current: ContextVar[Standing | None] = ContextVar("shiori_standing", default=None)


@contextmanager
def asking(
    clock: Clock, *, within_s: float, priority: Priority, person: Hashable = None, reserved: bool = False
) -> Generator[Ask]:
    """Everything asked inside is wanted within `within_s` seconds from now, with this priority, by this person.

    Without a `person` it stays whose it was, and `reserved` if it was: nobody's, unless it is inside of another.
    """
    around = _current.get()
    persons = frozenset({person}) if person is not None else around.ask.persons if around else NOBODY
    reserved = reserved or (person is None and around is not None and around.ask.reserved)
    ask = Ask(clock.monotonic() + within_s, priority, persons, reserved=reserved)
    token = _current.set(Standing(ask))
    try:
        yield ask
    finally:
        _current.reset(token)


@contextmanager
def unasked() -> Generator[None]:
    """What is asked inside is nobody's, in whatever it was begun: a task has the context of its beginning."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


def current_standing(clock: Clock) -> Standing:
    """The standing of the question being asked; outside `asking`, background work with 30 seconds of
    patience.
    """
    standing = _current.get()
    if standing is None:
        return Standing(Ask(clock.monotonic() + DEFAULT_WITHIN_S, Priority.BACKGROUND))
    return standing


def current_ask(clock: Clock) -> Ask:
    """The ask of the question being asked."""
    return current_standing(clock).ask


def build_context(standing: Standing) -> Context:
    """A copy of the present context in which `standing` is the current one: for a task that stands for
    others.
    """
    context = copy_context()
    context.run(_current.set, standing)
    return context
