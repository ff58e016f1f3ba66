"""For whom, and where, something is shown."""

from __future__ import annotations

import msgspec

from bot.gate.rules import Rule, Rules
from bot.gate.setting import IMAGE_LEVEL

_UNSAFE_UP_TO = {-1: -1.0, 0: 0.4, 1: 1.3, 2: 2.0}


_OFF_HERE = "elsewhere only: those who manage this server have switched that off here"
_ADULT_PLACES = {
    None: "in age-restricted channels only",
    Rule.ADULT_OFF: "nowhere, since whoever runs this bot has switched that off",
    Rule.SERVER_ADULT_OFF: _OFF_HERE,
    Rule.CHANNEL_ADULT_OFF: _OFF_HERE,
    Rule.UNREADABLE: "only where it can be read what was chosen, which it cannot just now",
}


class Viewer(msgspec.Struct, frozen=True):
    """Who asked, and what may stand in the channel.

    `rules` are what was chosen for the place and by the person. `lists_on`: the services on which members show their
    lists to the server.
    """

    asker_id: int
    age_restricted: bool
    rules: Rules = msgspec.field(default_factory=Rules)
    lists_on: frozenset[str] = frozenset()

    @property
    def adult_places(self) -> str:
        """Where what is for adults may stand, to end a sentence with."""
        return _ADULT_PLACES[self.rules.adult_refusal]

    @property
    def adult_elsewhere(self) -> bool:
        """Whether what is for adults may stand in other channels, and not here."""
        return self.rules.adult_refusal is None and not self.age_restricted

    @property
    def pictures_lost(self) -> bool:
        """Whether no picture is shown because it cannot be read which may be."""
        return self.rules.rule_pictures().rule is Rule.UNREADABLE

    @property
    def unsafe_up_to(self) -> float:
        """The highest average vote (0 to 2) of a picture that is shown, as a spoiler, if the channel is age-restricted.

        VNDB's own names for the averages: up to 0.4 safe, up to 1.3 suggestive, above explicit. Below 0: no picture is
        shown anywhere.
        """
        return _UNSAFE_UP_TO[self.rules[IMAGE_LEVEL]]
