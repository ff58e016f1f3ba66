"""Faults that are put into the bot, to see that a simulation finds each."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

import bot.gallery.api.client
import bot.preview.settler
from bot.follow.follower import Follower
from bot.follow.model import Notice
from bot.follow.record import FollowRecords
from bot.http import Policy
from bot.preview.leaver import Leaver
from bot.preview.maker import Maker
from bot.preview.replies import Replies, make_nonce
from bot.preview.worker import Workers
from bot.store.store import Store
from tests.simulate.run import Outcome, Place
from tests.simulate.script import draw

Patch = tuple[object, str, Any]


@dataclass(frozen=True)
class Fault:
    """What is replaced; seeds of these themes can show it."""

    name: str
    themes: frozenset[str]
    build: Callable[[], list[Patch]]


@contextlib.contextmanager
def planted(fault: Fault) -> Generator[None]:
    """The bot with that fault."""
    patches = fault.build()
    before = [(where, name, getattr(where, name)) for where, name, _ in patches]
    for where, name, value in patches:
        setattr(where, name, value)
    try:
        yield
    finally:
        for where, name, value in before:
            setattr(where, name, value)


def find_fault(place: Place, fault: Fault, *, at_most: int) -> Outcome | None:
    """The first of so many seeds that fails with the fault."""
    seeds = (seed for seed in range(1_000_000) if draw(seed).theme in fault.themes)
    with planted(fault):
        for _ in range(at_most):
            outcome = place.run_seed(next(seeds))
            if outcome.failures:
                return outcome
    return None


@contextlib.contextmanager
def _never_looking(_: object) -> Generator[None]:
    yield


def _always(*_: object) -> bool:
    return True


def _never(*_: object) -> None:
    pass


def _no_last_look() -> list[Patch]:
    return [(bot.preview.settler, "only_while", _never_looking), (Maker, "is_still_right", _always)]


def _no_second_look() -> list[Patch]:
    def change(self: Any, work: Any, message: Any, *, changed: bool) -> None:
        work.message = message

    return [(Workers, "_change", change)]


def _no_search_for_replies() -> list[Patch]:
    find = Replies.find

    async def find_known(self: Any, record: Any) -> Any:
        return None if record.reply_id is None else await find(self, record)

    return [(Replies, "find", find_known)]


def _no_leaving() -> list[Patch]:
    return [(Leaver, "note", _never)]


def _no_nonce() -> Patch:
    """Alone it would hide what else is missing: Discord knows a notice again by its nonce."""
    return (Notice, "nonce", property(lambda _: make_nonce()))


def _no_claim() -> list[Patch]:
    async def claim(self: Any, notice: Any, now_s: int) -> bool:
        return True

    return [(FollowRecords, "claim_notice", claim), _no_nonce()]


def _no_search_for_notices() -> list[Patch]:
    async def find_sent(self: Any, notice: Any) -> None:
        return None

    return [(Follower, "_find_sent", find_sent), _no_nonce()]


def _no_window() -> list[Patch]:
    right = bot.gallery.api.client.policy

    def policy() -> Policy:
        return replace(right(), windows=(), min_gap_s=0.0)

    return [(bot.gallery.api.client, "policy", policy)]


def _saved_in_memory_only() -> list[Patch]:
    async def change(self: Any, shelf: Any, id_: int, change: Any, *, guild_id: int | None) -> Any:
        changed = change(shelf.get(id_))
        shelf.put(id_, changed)
        return changed

    return [(Store, "_change", change)]


FAULTS = (
    Fault("a preview is sent without a last look", frozenset({"previews", "outages"}), _no_last_look),
    Fault(
        "a message that changes while it is answered is not looked at again", frozenset({"previews"}), _no_second_look
    ),
    Fault("a reply whose process died is not looked for", frozenset({"previews", "outages"}), _no_search_for_replies),
    Fault("what has to go is not noted", frozenset({"previews", "outages"}), _no_leaving),
    Fault("a notice is sent without being claimed", frozenset({"two follow"}), _no_claim),
    Fault(
        "a notice whose process died is not looked for", frozenset({"follows", "two follow"}), _no_search_for_notices
    ),
    Fault("a lane keeps no window", frozenset({"services", "previews"}), _no_window),
    Fault("a setting is saved in memory alone", frozenset({"settings"}), _saved_in_memory_only),
)
