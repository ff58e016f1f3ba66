"""What is followed, and the notices that tell of it, as values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

PostKind = Literal["birthday", "novel", "quote"]
FollowKind = Literal["anime", "vn", "developer", "digest", "mine"] | PostKind
WORKS: tuple[FollowKind, ...] = ("anime", "vn", "developer")
DIGEST: FollowKind = "digest"
BY_CLOCK: tuple[FollowKind, ...] = ("birthday", "novel", "quote", DIGEST)
"""What comes at an hour of the server's own clock: daily posts, and each week what its channel follows."""
MINE: FollowKind = "mine"
"""All that stands on a list of one's own and is watched, read or waited for."""
KINDS: tuple[FollowKind, ...] = (*WORKS, *BY_CLOCK, MINE)

WAITING, SENDING, TOLD = "waiting", "sending", "told"
HELD = "held"
"""It waits for the digest of its channel. Its `begun_s` is the id of the follow whose digest has it, or is about to."""

DAY_S = 86_400
WEEK_S = 7 * DAY_S


class Follow(msgspec.Struct, frozen=True):
    """Who is told of what. `channel_id` None: `user_id`, who made it, by direct message. Times are in seconds.

    `subject_id` is the number of the anime, novel or developer; `title` what it was called then. `adult`: it may be
    named in age-restricted channels only. `language` and `platform` are VNDB's codes. `threads`: each episode has one
    to talk about it; `thread_error` is Discord's code for why the last one has none, 0 if it has. Of what comes
    by the clock, `delay_s` counts from the beginning of the day, of a digest of the week (Monday), where the clock is
    `offset_s` ahead of UTC's. `refusals`: how many of what was told last Discord did not take, as far as they count.

    Of a list of one's own, `title` is the service. Each work on it that has something to tell is a follow, too, which
    is `part_of` that one.
    """

    id: int
    kind: FollowKind
    subject_id: int
    title: str
    adult: bool
    user_id: int
    guild_id: int | None
    channel_id: int | None
    role_id: int | None
    delay_s: int
    language: str | None
    platform: str | None
    created_s: int
    threads: bool = False
    thread_error: int = 0
    offset_s: int = 0
    part_of: int | None = None
    refusals: int = 0


class Wanted(msgspec.Struct, frozen=True):
    """A notice as it should be. `key` is `e5` (an episode), `r17` (a release), `d20786` (a day) or `w2969` (a week).

    `detail` is the release's title.
    """

    follow_id: int
    key: str
    due_s: int
    adult: bool
    detail: str = ""


class Notice(msgspec.Struct, frozen=True):
    """A notice that is due. `key`, `adult` and `detail` as in `Wanted`.

    `begun_s` of one that waits: when a refusal of it, or of another of its follow, was last counted; 0: never.
    """

    follow: Follow
    key: str
    due_s: int
    adult: bool
    detail: str
    state: str
    begun_s: int
    claimed_s: int

    @property
    def sending(self) -> bool:
        """Whether it was begun before, at `begun_s`, and nobody knows what became of it."""
        return self.state == SENDING

    @property
    def nonce(self) -> str:
        """By this Discord knows that it has the message already: 25 characters at most, the same each time."""
        return f"{self.follow.id:x}{self.key}"


class Digested(msgspec.Struct, frozen=True):
    """A digest that was sent. `message_id` is 0 if it had nothing that may stand there; `left_out` waits on."""

    message_id: int
    left_out: Sequence[Notice] = ()


def name_target(one: Follow) -> str:
    """The same for follows that tell the same to the same."""
    to = f"user {one.user_id}" if one.channel_id is None else f"channel {one.channel_id}"
    return f"{one.kind} {one.subject_id} {one.language or '-'} {one.platform or '-'} {to}"
