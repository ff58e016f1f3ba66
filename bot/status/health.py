"""How it stands with each service, by what is known anyway: nobody is asked for it."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import msgspec

from bot.errors import Trouble
from bot.http import Clock, LaneState

Topic = Literal["novels", "anime", "instead", "galleries", "pictures", "discord", "kept"]
"""What people have a service for; `instead`: another one is asked while it is away."""

State = Literal[
    "well",
    "untried",
    "slow",
    "was slow",
    "busy",
    "spent",
    "partly",
    "refusing",
    "failing",
    "failed",
    "paused",
    "blocked",
    "banned",
    "off",
]
"""`failed`, `was slow`: so it was when it was last asked, and nobody knows of now. `refusing`: it takes no changes."""

SLOW_S = 2.0
"""An answer that mostly takes longer is worth a word: people see that the bot thinks after less than one."""
BUSY_S = 5.0
NOW_S = 60.0
"""What was found out so long ago is no news of now."""
GATEWAY_SLOW_S = 1.0
DISCORD = "Discord"
DATABASE = "Shiori's database"


class Watched(msgspec.Struct, frozen=True):
    """A service, and what people have it for. `off`: the host has switched it off."""

    service: str
    topic: Topic
    off: bool = False


class Condition(msgspec.Struct, frozen=True):
    """How it stands with a service.

    `took_s`: how long an answer took lately; None: unknown. `wait_s`: how long somebody waits for their turn.
    `until_s`: the second since the epoch from which on it is asked again; 0 where it is not left alone. `trouble`: what
    happened when it was last asked, which was at the second `asked_s`.
    """

    service: str
    topic: Topic
    state: State
    took_s: float | None = None
    wait_s: float = 0.0
    until_s: int = 0
    trouble: Trouble | None = None
    asked_s: int = 0


class Report(msgspec.Struct, frozen=True):
    """All conditions at a second since the epoch."""

    at_s: int
    conditions: tuple[Condition, ...]


class Gateway(msgspec.Struct, frozen=True):
    """The connections to Discord: how long it takes on each to say that it heard the bot (infinite or NaN: unknown),
    and how many of them are `lost` just now.
    """

    latencies_s: Sequence[float]
    lost: int = 0


class Health:
    """Knows how it stands with all services, and with Discord once it is told whom to ask (`watch_discord`)."""

    def __init__(self, watched: Sequence[Watched], *, find_lane: Callable[[str], LaneState], clock: Clock) -> None:
        self._watched = watched
        self._find_lane = find_lane
        self._clock = clock
        self._find_gateway: Callable[[], Gateway] | None = None
        self._find_trouble: Callable[[], Awaitable[str]] | None = None
        self._refuses: Callable[[], bool] = lambda: False

    def watch_discord(self, find_gateway: Callable[[], Gateway]) -> None:
        """Let `find_gateway` tell how it stands with the connections there."""
        self._find_gateway = find_gateway

    def watch_database(self, find_trouble: Callable[[], Awaitable[str]], *, refuses: Callable[[], bool]) -> None:
        """Let `find_trouble` tell why the database does not answer, in words; in none if it does. `refuses`: whether it
        takes no changes, which who only asks does not notice.
        """
        self._find_trouble, self._refuses = find_trouble, refuses

    async def look(self) -> Report:
        """How it stands just now. Of the bot's own database only if it is away, or takes no changes."""
        database_away = self._find_trouble is not None and await self._find_trouble()
        now_s = self._clock.time()
        found = [
            Condition(one.service, one.topic, "off")
            if one.off
            else judge(one, self._find_lane(one.service), now_s=now_s)
            for one in self._watched
        ]
        if self._find_gateway is not None:
            found.append(judge_gateway(self._find_gateway()))
        if database_away:
            found.append(Condition(DATABASE, "kept", "failing", trouble="away", asked_s=int(now_s)))
        elif self._refuses():
            found.append(Condition(DATABASE, "kept", "refusing"))
        return Report(int(now_s), tuple(found))


def judge(watched: Watched, lane: LaneState, *, now_s: float) -> Condition:
    """The condition of a service, by its lane. `now_s`: since the epoch."""
    state = _find_state(lane)
    left_alone = state in {"paused", "blocked", "banned"}
    asked_ago_s = lane.trouble_ago_s if lane.trouble else lane.answered_ago_s or 0.0
    return Condition(
        watched.service,
        watched.topic,
        state,
        took_s=lane.typical_s,
        wait_s=max(lane.wait_s, lane.spent_for_s),
        until_s=math.ceil(now_s + lane.paused_for_s) if left_alone else 0,
        trouble=lane.trouble,
        asked_s=int(now_s - asked_ago_s),
    )


def _find_state(lane: LaneState) -> State:
    is_new = lane.trouble_ago_s < NOW_S or lane.circuit_open_for_s > 0
    is_slow = (lane.typical_s or 0.0) >= SLOW_S
    found: dict[State, bool] = {
        "banned": lane.banned_for_s > 0,
        "blocked": lane.blocked_for_s > 0,
        "paused": lane.paused_for_s > 0,
        "failing": lane.trouble is not None and is_new,
        "spent": lane.spent_for_s >= max(BUSY_S, lane.wait_s),
        "busy": lane.wait_s >= BUSY_S,
        "failed": lane.trouble is not None,
        "untried": lane.typical_s is None,
        "slow": is_slow and (lane.answered_ago_s or 0.0) < NOW_S,
        "was slow": is_slow,
    }
    holding: list[State] = [state for state, holds in found.items() if holds]
    return holding[0] if holding else "well"


def judge_gateway(gateway: Gateway) -> Condition:
    """The condition of the connections to Discord."""
    from statistics import median  # noqa: PLC0415 - a quarter of a megabyte that many hosts never need

    known_s = [one_s for one_s in gateway.latencies_s if math.isfinite(one_s)]
    took_s = median(known_s) if known_s else None
    if gateway.lost:
        return Condition(DISCORD, "discord", "partly", took_s=took_s)
    if took_s is None:
        return Condition(DISCORD, "discord", "untried")
    return Condition(DISCORD, "discord", "slow" if took_s >= GATEWAY_SLOW_S else "well", took_s=took_s)
