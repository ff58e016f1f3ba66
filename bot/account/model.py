"""Somebody's account on a service, linked by its name: nothing of it is secret."""

from __future__ import annotations

from typing import Literal

import msgspec

Service = Literal["VNDB", "AniList"]
SERVICES: tuple[Service, ...] = ("VNDB", "AniList")


class Account(msgspec.Struct, frozen=True):
    """`id` as the service has it (`u2`, `5`): it stays, while a `name` can be changed there. Nobody proved that it is
    theirs: whatever it shows, anybody can read.

    `public`: whether their list could be read when it was last looked at. `by_token`: they did not name it, it is that
    of the token they linked.
    """

    service: Service
    id: str
    name: str
    public: bool
    by_token: bool = False


Status = Literal["current", "finished", "paused", "dropped", "planned", "other"]


class ListedWork(msgspec.Struct, frozen=True):
    """An entry of a list that everybody can read. `kind`: `vn`, `anime` or `manga`. `vote`: 10 to 100, 0 for none."""

    work_id: int
    kind: str
    status: Status
    vote: int
