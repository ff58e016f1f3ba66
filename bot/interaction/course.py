"""What becomes of an interaction, for who looks at the bot. Mostly nobody does, and then nothing is measured.

The reply begins and ends a course, and notes on it what happens (`bot.interaction.reply`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from typing import Protocol

import discord
from discord import app_commands

from bot.errors import (
    ConfigError,
    InvalidInput,
    NoPage,
    NotAllowed,
    NotFound,
    NotLinked,
    NoToken,
    OverShare,
    ServiceError,
    StoreError,
    Throttled,
    TimedOut,
    Unavailable,
)
from bot.gate.rules import Refused

Interaction = discord.Interaction[discord.Client]


class Outcome(StrEnum):
    """How an interaction ended."""

    OK = "ok"
    """Answered with what was asked for."""
    NOTHING = "no_result"
    """There is no such thing, or nothing to suggest."""
    INVALID = "invalid"
    """What was typed cannot be used."""
    REFUSED = "refused"
    """Not here, or not for this person."""
    OVER_SHARE = "over_share"
    """The person asked a service for more than their share."""
    THROTTLED = "throttled"
    """A service is asked for all that it allows."""
    TOO_LATE = "timed_out"
    """A service did not answer in time, or suggestions were not there in time."""
    UNAVAILABLE = "unavailable"
    """A service cannot be reached, or is left alone."""
    SERVICE = "service"
    """A service refused, or answered with what cannot be read."""
    STORE = "store"
    """The database is away."""
    OUTDATED = "outdated"
    """Discord still had an older version of the command."""
    OVERTAKEN = "overtaken"
    """What may be shown changed while the answer was made."""
    GONE = "gone"
    """Discord took no answer any more: it came too late, or its place was deleted."""
    UNDELIVERED = "undelivered"
    """Discord refused the answer, or could not be reached."""
    UNEXPECTED = "unexpected"
    """A fault of the bot's own."""


# The first kind that fits is taken, so a kind stands before the kinds it belongs to.
_ERRORS: tuple[tuple[type[BaseException], Outcome], ...] = (
    (InvalidInput, Outcome.INVALID),
    (NotFound, Outcome.NOTHING),
    (NoPage, Outcome.NOTHING),
    (NotAllowed, Outcome.REFUSED),
    (NoToken, Outcome.REFUSED),
    (NotLinked, Outcome.REFUSED),
    (Refused, Outcome.REFUSED),
    (ConfigError, Outcome.REFUSED),
    (StoreError, Outcome.STORE),
    (TimedOut, Outcome.TOO_LATE),
    (Unavailable, Outcome.UNAVAILABLE),
    (OverShare, Outcome.OVER_SHARE),
    (Throttled, Outcome.THROTTLED),
    (ServiceError, Outcome.SERVICE),
    (app_commands.CommandSignatureMismatch, Outcome.OUTDATED),
    (app_commands.CommandNotFound, Outcome.OUTDATED),
)


class Course:
    """One interaction on its way. What is noted first is what became of it."""

    __slots__ = ("_listener", "acknowledged_s", "begun_s", "outcome")

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self.begun_s = listener.now_s()
        self.acknowledged_s: float | None = None
        self.outcome = Outcome.OK

    def note(self, outcome: Outcome) -> None:
        """It does not end well."""
        if self.outcome == Outcome.OK:
            self.outcome = outcome

    def acknowledge(self) -> None:
        """Discord took an answer, or that there will be one."""
        if self.acknowledged_s is None:
            self.acknowledged_s = self._listener.now_s() - self.begun_s


class Listener(Protocol):
    """Who wants to know."""

    def now_s(self) -> float:
        """Seconds on any clock that does not jump."""
        ...

    def begin(self) -> None:
        """One is being answered."""
        ...

    def end(self, interaction: Interaction, course: Course) -> None:
        """It is over."""
        ...


_listeners: dict[discord.Client, Listener] = {}


@contextmanager
def heard_by(client: discord.Client, listener: Listener) -> Generator[None]:
    """Tell the listener of all that `client` answers meanwhile."""
    _listeners[client] = listener
    try:
        yield
    finally:
        del _listeners[client]


def followed(interaction: Interaction) -> AbstractContextManager[None]:
    """Around all that answers an interaction, be it in several places."""
    listener = _listeners.get(interaction.client) if _listeners else None
    return nullcontext() if listener is None or Course in interaction.extras else _follow(interaction, listener)


@contextmanager
def _follow(interaction: Interaction, listener: Listener) -> Generator[None]:
    course = interaction.extras[Course] = Course(listener)
    listener.begin()
    try:
        yield
    except BaseException as error:
        course.note(Outcome.GONE if isinstance(error, asyncio.CancelledError) else Outcome.UNEXPECTED)  # the bot ends
        raise
    finally:
        listener.end(interaction, course)


def note(interaction: Interaction, outcome: Outcome) -> None:
    """Say what became of an interaction, unless that was said before."""
    course: Course | None = interaction.extras.get(Course)
    if course is not None:
        course.note(outcome)


def note_error(interaction: Interaction, error: BaseException) -> None:
    """The same of an error."""
    note(interaction, next((outcome for kind, outcome in _ERRORS if isinstance(error, kind)), Outcome.UNEXPECTED))


def note_acknowledged(interaction: Interaction) -> None:
    """Discord took an answer, or that there will be one."""
    course: Course | None = interaction.extras.get(Course)
    if course is not None:
        course.acknowledge()
