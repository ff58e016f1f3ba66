"""What people of a script did, and what may excuse how it ended: for who judges it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.playground.engine import Channel
from bot.playground.engine.exchange import Exchange

Payload = dict[str, Any]


@dataclass
class Posted:
    """A message of a script, and what may excuse that it has no reply."""

    payload: Payload
    channel: Channel
    links: list[str]
    changed_s: float
    excuses: set[str] = field(default_factory=set[str])
    gone: bool = False
    forgotten: bool = False
    """Whether its author had all that is stored deleted."""


@dataclass
class Followed:
    """A follow that somebody was told they have."""

    channel: Channel
    work: int
    told_s: float
    asked_s: float


@dataclass
class Asked:
    """Somebody who asked the bot something."""

    exchange: Exchange | None
    what: str
    began_s: float
    excuses: set[str] = field(default_factory=set[str])
