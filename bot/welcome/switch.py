"""The switches that matter to a server first. One may stand for several settings."""

from __future__ import annotations

import msgspec

from bot.gate.chosen import NOTHING_CHOSEN, Chosen, resolve
from bot.gate.declaration import Setting
from bot.gate.rules import Hosted
from bot.gate.setting import ANIME, GALLERIES, SUPPRESS, VNDB


class Switch(msgspec.Struct, frozen=True):
    """What is switched: `settings`, all together."""

    key: str
    label: str
    description: str
    settings: tuple[Setting[bool], ...]


# The third is the only one of all settings by which the bot changes what other people posted.
_SWITCHES = (
    Switch("galleries", GALLERIES.label, "A card below them, in age-restricted channels.", (GALLERIES,)),
    Switch(
        "links",
        "VNDB, AniList and MyAnimeList links",
        "A card below them. “Not here” under it switches one kind off in a channel.",
        (VNDB, ANIME),
    ),
    Switch(
        "suppress",
        SUPPRESS.label,
        "No second embed below the link; needs “Manage Messages”.",
        (SUPPRESS,),
    ),
)


def list_switches(hosted: Hosted) -> list[Switch]:
    """Those that are of use where the host shows this."""
    return [one for one in _SWITCHES if all(hosted.has(setting.needs) for setting in one.settings)]


def is_on(switch: Switch, server: Chosen) -> bool:
    """Whether anything of it is on in a server."""
    return any(resolve(setting, server) for setting in switch.settings)


def put(switch: Switch, server: Chosen, *, on: bool) -> Chosen:
    """What is chosen for a server once it is switched."""
    for setting in switch.settings:
        server = server.put(setting, None if resolve(setting, NOTHING_CHOSEN) is on else on)
    return server
