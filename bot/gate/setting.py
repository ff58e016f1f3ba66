"""Settings of a server, of one of its channels, and of a person, as values.

Each is one document in the store. A field that is left out has its default, so that a new field needs no migration.
"""

from __future__ import annotations

from typing import Literal

import msgspec

ImageLevel = Literal[0, 1, 2]
"""Which pictures age-restricted channels get, unsafe ones as spoilers: 0 safe ones only, 1 suggestive too, 2 all."""

SpoilerLevel = Literal[0, 1, 2]
TitleLanguage = Literal["romanised", "english", "native"]
ChannelRule = Literal["all", "only", "except"]
"""Where links are previewed: in `all` channels, `only` in those listed, or in all `except` those listed."""

BLOCKED_TAGS_AT_MOST = 100
LISTED_AT_MOST = 25


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What those who manage a server chose for it.

    `galleries`, `vndb`, `anime`: whether links to them are previewed. `non_h`: whether galleries of category Non-H get
    a card (without cover) in channels that are not age-restricted. `suppress`: whether Discord's own embed of a
    previewed link is taken away. `notes`: whether who posted a link that is not previewed is told why, once a day.
    `bots`: whether links in messages of bots and webhooks are previewed. `roles`: who may have links previewed;
    everybody if there are none.
    """

    galleries: bool = True
    vndb: bool = False
    anime: bool = False
    non_h: bool = False
    suppress: bool = True
    notes: bool = False
    bots: bool = False
    blocked_tags: tuple[str, ...] = ()
    channel_rule: ChannelRule = "all"
    channels: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    image_level: ImageLevel = 2
    spoiler_level: SpoilerLevel = 0
    title_language: TitleLanguage = "romanised"


class ChannelSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What differs in one channel and its threads. None: as in the server. `blocked_tags` are further ones."""

    galleries: bool | None = None
    vndb: bool | None = None
    anime: bool | None = None
    non_h: bool | None = None
    suppress: bool | None = None
    notes: bool | None = None
    blocked_tags: tuple[str, ...] = ()
    image_level: ImageLevel | None = None
    spoiler_level: SpoilerLevel | None = None
    title_language: TitleLanguage | None = None


class PersonalSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person chose for themselves.

    `previews`: whether links that they post are previewed. `dm_galleries`: whether galleries are shown in their direct
    messages with the bot. `blocked_tags`: galleries with one of these are not shown to them, nor for their links.
    """

    previews: bool = True
    dm_galleries: bool = False
    blocked_tags: tuple[str, ...] = ()
    spoiler_level: SpoilerLevel | None = None
    title_language: TitleLanguage | None = None


SERVER_DEFAULT = ServerSettings()
CHANNEL_DEFAULT = ChannelSettings()
PERSONAL_DEFAULT = PersonalSettings()


def normalise_tag(tag: str) -> str:
    """Return a tag as it is compared: lower case, single blanks, its namespace (if any) before a colon."""
    namespace, colon, name = tag.rpartition(":")
    parts = [" ".join(part.split()).casefold() for part in (namespace, name)]
    return colon.join(parts) if parts[0] else parts[1]
