"""For whom, and where, something is shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.gate.rules import Hosted, Rules
from bot.gate.setting import IMAGE_LEVEL

_UNSAFE_UP_TO = {-1: -1.0, 0: 0.4, 1: 1.3, 2: 2.0}


def name_adult_places(hosted: Hosted) -> str:
    """Where what is for adults may stand, to end a sentence with."""
    if hosted.adult:
        return "in age-restricted channels only"
    return "nowhere, since whoever runs this bot has switched that off"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asked, and what may stand in the channel.

    `rules` are what was chosen for the place and by the person.
    """

    asker_id: int
    age_restricted: bool
    rules: Rules = field(default_factory=Rules)

    @property
    def adult_places(self) -> str:
        """Where what is for adults may stand, to end a sentence with."""
        return name_adult_places(self.rules.hosted)

    @property
    def unsafe_up_to(self) -> float:
        """The highest average vote (0 to 2) of a picture that is shown, as a spoiler, if the channel is age-restricted.

        VNDB's own names for the averages: up to 0.4 safe, up to 1.3 suggestive, above explicit. Below 0: no picture is
        shown anywhere.
        """
        return _UNSAFE_UP_TO[self.rules[IMAGE_LEVEL]]
