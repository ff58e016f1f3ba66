"""The settings. Whoever declares one here has it in the panels, the gate, the store, the export, and on cards.

`rules[TITLE_LANGUAGE]` is what holds for somebody in a place.
"""

from __future__ import annotations

from typing import Literal, TypeVar

from bot.gate.declaration import AnySetting, Choice, IdList, PanelPage, Setting, TagList

T = TypeVar("T")

ImageLevel = Literal[-1, 0, 1, 2]
"""Which pictures are shown, unsafe ones as spoilers: -1 none anywhere, 0 safe ones, 1 suggestive too, 2 all. More than
safe ones only in age-restricted channels.
"""

SpoilerLevel = Literal[0, 1, 2]
TitleLanguage = Literal["romanised", "english", "native"]
ChannelRule = Literal["all", "only", "except"]
"""Where links are previewed: in `all` channels, `only` in those listed, or in all `except` those listed."""

BLOCKED_TAGS_AT_MOST = 100
LISTED_AT_MOST = 25

SETTINGS: dict[str, AnySetting] = {}
"""All of them by their names, as they stand in the panels."""


def declare(setting: Setting[T]) -> Setting[T]:
    """Make it one of the settings."""
    SETTINGS[setting.name] = setting
    return setting


_SWITCH = Choice({True: "On", False: "Off"})

GALLERIES = declare(
    Setting[bool](
        name="galleries",
        form=_SWITCH,
        levels=("server", "channel"),
        default=True,
        safe=False,
        on_cards=False,
        label="Gallery links",
        description="A card below links to E-Hentai, in age-restricted channels.",
        page=PanelPage.PREVIEWS,
        needs="galleries",
    )
)
VNDB = declare(
    Setting[bool](
        name="vndb",
        form=_SWITCH,
        levels=("server", "channel"),
        default=True,
        safe=False,
        on_cards=False,
        label="VNDB links",
        description="A card below links to vndb.org.",
        page=PanelPage.PREVIEWS,
    )
)
ANIME = declare(
    Setting[bool](
        name="anime",
        form=_SWITCH,
        levels=("server", "channel"),
        default=True,
        safe=False,
        on_cards=False,
        label="Anime links",
        description="A card below links to AniList and MyAnimeList.",
        page=PanelPage.PREVIEWS,
    )
)
NON_H = declare(
    Setting[bool](
        name="non_h",
        form=_SWITCH,
        levels=("server", "channel"),
        default=False,
        safe=False,
        on_cards=False,
        label="Non-H galleries elsewhere",
        description="Those with nothing sexual, without covers, in other channels.",
        page=PanelPage.PREVIEWS,
        needs="galleries",
    )
)
SUPPRESS = declare(
    Setting[bool](
        name="suppress",
        form=_SWITCH,
        levels=("server", "channel"),
        default=True,
        safe=False,
        on_cards=False,
        label="Hide Discord's own embed",
        description="Below a previewed link; needs “Manage Messages”.",
        page=PanelPage.PREVIEWS,
    )
)
NOTES = declare(
    Setting[bool](
        name="notes",
        form=_SWITCH,
        levels=("server", "channel"),
        default=False,
        safe=False,
        on_cards=False,
        label="Say why there is no preview",
        description="In one sentence, once a day for each person and reason.",
        page=PanelPage.PREVIEWS,
    )
)
BOTS = declare(
    Setting[bool](
        name="bots",
        form=_SWITCH,
        levels=("server",),
        default=False,
        safe=False,
        on_cards=False,
        label="Links of bots",
        description="Of other bots, and of webhooks.",
        page=PanelPage.PREVIEWS,
    )
)
PREVIEWS = declare(
    Setting[bool](
        name="previews",
        form=_SWITCH,
        levels=("person",),
        default=True,
        safe=False,
        on_cards=False,
        label="Previews of your links",
        description="Preview links that you post.",
        page=PanelPage.PREVIEWS,
    )
)
DM_GALLERIES = declare(
    Setting[bool](
        name="dm_galleries",
        form=_SWITCH,
        levels=("person",),
        default=False,
        safe=False,
        on_cards=False,
        label="Galleries in direct messages",
        description="With Shiori. They are for adults only.",
        page=PanelPage.PREVIEWS,
        needs="galleries",
    )
)
CHANNEL_RULE = declare(
    Setting[ChannelRule](
        name="channel_rule",
        form=Choice(
            {
                "all": "In all channels",
                "only": "Only in the listed channels",
                "except": "In all but the listed channels",
            }
        ),
        levels=("server",),
        default="all",
        safe=None,
        on_cards=False,
        label="Where links are previewed",
        description="In all channels, or by the list below.",
        page=PanelPage.WHERE,
    )
)
CHANNELS = declare(
    Setting[tuple[int, ...]](
        name="channels",
        form=IdList("channels"),
        levels=("server",),
        default=(),
        safe=None,
        on_cards=False,
        label="Listed channels",
        description="A category stands for its channels, a channel for its threads.",
        page=PanelPage.WHERE,
    )
)
ROLES = declare(
    Setting[tuple[int, ...]](
        name="roles",
        form=IdList("roles"),
        levels=("server",),
        default=(),
        safe=None,
        on_cards=False,
        label="Roles",
        description="Only links of who has one of these. None: everybody's.",
        page=PanelPage.WHERE,
    )
)
BLOCKED_TAGS = declare(
    Setting[tuple[str, ...]](
        name="blocked_tags",
        form=TagList(),
        levels=("server", "channel", "person"),
        default=(),
        safe=None,
        sums=True,
        on_cards=True,
        label="Blocked tags",
        description={
            "server": "Galleries with one of these are not shown.",
            "channel": "Not shown in this channel, besides those that the server blocks.",
            "person": "Not shown when you post or ask for them.",
        },
        page=PanelPage.CARDS,
        needs="galleries",
    )
)
ADULT = declare(
    Setting[bool](
        name="adult",
        form=_SWITCH,
        levels=("server", "channel"),
        default=True,
        safe=False,
        on_cards=True,
        label="Adult content",
        description="In age-restricted channels. Off: they show what all others do.",
        page=PanelPage.CARDS,
        needs="adult",
    )
)
IMAGE_LEVEL = declare(
    Setting[ImageLevel](
        name="image_level",
        form=Choice({-1: "None", 0: "Safe ones only", 1: "Suggestive ones too", 2: "All of them"}, adult={1, 2}),
        levels=("server", "channel"),
        default=2,
        safe=-1,
        on_cards=True,
        label="Pictures",
        description="How far they may go; ordinary channels get safe ones at most.",
        page=PanelPage.CARDS,
    )
)
SPOILER_LEVEL = declare(
    Setting[SpoilerLevel](
        name="spoiler_level",
        form=Choice({0: "None", 1: "Minor ones", 2: "All of them"}),
        levels=("server", "channel", "person"),
        default=0,
        safe=0,
        on_cards=True,
        label="Spoilers",
        description={
            **dict.fromkeys(
                ("server", "channel"),
                "How much of a story cards give away. Who asks a command for more gets its answer alone.",
            ),
            "person": "Unless a command says. Where that is more than a channel wants, answers are shown to you alone.",
        },
        page=PanelPage.CARDS,
    )
)
TITLE_LANGUAGE = declare(
    Setting[TitleLanguage](
        name="title_language",
        form=Choice({"romanised": "Romanised", "english": "English", "native": "Original script"}),
        levels=("server", "channel", "person"),
        default="romanised",
        safe="romanised",
        on_cards=True,
        label="Titles",
        description="Which form of a title stands first.",
        page=PanelPage.CARDS,
    )
)


# A search of E-Hentai writes a blank as "_", and its address as "+". The wide colon is that of Japanese keyboards.
_AS_COMPARED = str.maketrans("_+：", "  :")


def normalise_tag(tag: str) -> str:
    """A tag as it is compared: lower case, single blanks, its namespace (if any) before a colon."""
    namespace, colon, name = tag.translate(_AS_COMPARED).rpartition(":")
    parts = [" ".join(part.split()).casefold() for part in (namespace, name)]
    return colon.join(parts) if parts[0] else parts[1]
