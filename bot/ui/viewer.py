"""For whom, and where, something is shown."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ui.address import Address


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asked, and what may stand in the channel.

    `back` is the list that they came from, `again` what gives another random entry, and `search` the page of VNDB that
    carries the filter of either, if it has one.
    `unsafe_up_to`: the highest average vote (0 to 2) of a picture that is shown, as a spoiler, where the channel is
    age-restricted.
    """

    asker_id: int
    asker_name: str
    age_restricted: bool
    unsafe_up_to: float = 2.0
    back: Address | None = None
    again: Address | None = None
    search: str | None = None
