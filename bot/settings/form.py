"""The settings as a form: what each field is called, which values it takes, and how a changed one is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import msgspec

from bot.errors import InvalidInput
from bot.gate.setting import LISTED_AT_MOST, ChannelSettings, PersonalSettings, ServerSettings
from bot.settings.tag import parse_tags

ScopeKind = Literal["server", "channel", "me"]
FieldKind = Literal["choice", "tags", "channels", "roles"]
Stored = bool | int | str | None
Settings = ServerSettings | ChannelSettings | PersonalSettings
S = TypeVar("S", ServerSettings, ChannelSettings, PersonalSettings)

SCOPE_PATTERN = r"(?P<scope>s|me|c[1-9][0-9]{0,19})"
_SCOPE = re.compile(SCOPE_PATTERN)
_ID = re.compile(r"[1-9][0-9]{0,19}")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose settings: the server's, those of the channel `channel_id`, or one's own."""

    kind: ScopeKind
    channel_id: int = 0

    def encode(self) -> str:
        """The text that `parse_scope` reads, at most 21 characters."""
        return {"server": "s", "channel": f"c{self.channel_id}", "me": "me"}[self.kind]


SERVER = Scope("server")
ME = Scope("me")


def parse_scope(text: str) -> Scope | None:
    """Read what `Scope.encode` wrote; None for anything else."""
    if not _SCOPE.fullmatch(text):
        return None
    return {"s": SERVER, "me": ME}.get(text) or Scope("channel", int(text[1:]))


@dataclass(frozen=True, slots=True)
class Option:
    """A value that a field can be set to. None: as it is further out (the server, or the place)."""

    stored: Stored
    label: str

    @property
    def value(self) -> str:
        """The value as a select has it."""
        if isinstance(self.stored, bool):
            return "on" if self.stored else "off"
        return "inherit" if self.stored is None else str(self.stored)


@dataclass(frozen=True, slots=True)
class Field:
    """A setting as people see it. `options` are those of a choice.

    `galleries` and `adult`: it is of use only where there are galleries, or anything for adults.
    """

    name: str
    label: str
    description: str
    kind: FieldKind = "choice"
    options: tuple[Option, ...] = ()
    galleries: bool = False
    adult: bool = False


@dataclass(frozen=True, slots=True)
class FieldPage:
    """Fields that are shown together."""

    key: str
    label: str
    fields: tuple[Field, ...]


_SWITCH = (Option(True, "On"), Option(False, "Off"))
_AS_SERVER = Option(None, "As in the server")
_AS_PLACE = Option(None, "As in each server")

_GALLERIES = Field(
    "galleries",
    "Gallery links",
    "Preview links to E-Hentai and ExHentai, in age-restricted channels.",
    options=_SWITCH,
    galleries=True,
)
_VNDB = Field("vndb", "VNDB links", "Preview links to vndb.org.", options=_SWITCH)
_ANIME = Field("anime", "Anime links", "Preview links to AniList and MyAnimeList.", options=_SWITCH)
_NON_H = Field(
    "non_h",
    "Non-H galleries elsewhere",
    "In channels that are not age-restricted, show those of category Non-H (nothing sexual), without covers.",
    options=_SWITCH,
    galleries=True,
)
_SUPPRESS = Field(
    "suppress",
    "Hide Discord's own embed",
    "Remove what Discord shows under a previewed link. Shiori needs the permission “Manage Messages” for it.",
    options=_SWITCH,
)
_NOTES = Field(
    "notes",
    "Say why there is no preview",
    "Answer a link that may not be shown with one sentence, at most once a day for each person.",
    options=_SWITCH,
)
_BOTS = Field("bots", "Links of bots", "Preview links that other bots and webhooks post.", options=_SWITCH)
_CHANNEL_RULE = Field(
    "channel_rule",
    "Where links are previewed",
    "Everywhere, only in the channels that are listed below, or everywhere but there.",
    options=(
        Option("all", "In all channels"),
        Option("only", "Only in the listed channels"),
        Option("except", "In all but the listed channels"),
    ),
)
_CHANNELS = Field(
    "channels", "Listed channels", "A category stands for all of its channels, a channel for its threads.", "channels"
)
_ROLES = Field(
    "roles",
    "Roles",
    "Only links of people with one of these roles are previewed. Without any role: everybody's.",
    "roles",
)
_SERVER_TAGS = Field(
    "blocked_tags", "Blocked tags", "Galleries with one of these are not shown in this server.", "tags", galleries=True
)
_CHANNEL_TAGS = replace(_SERVER_TAGS, description="Not shown in this channel, besides those that the server blocks.")
_PERSONAL_TAGS = replace(
    _SERVER_TAGS, description="Galleries with one of these are not shown when you post or ask for them."
)
_IMAGE_LEVEL = Field(
    "image_level",
    "Pictures",
    "Which pictures and covers age-restricted channels get. Other channels get safe pictures only.",
    options=(Option(0, "Safe ones only"), Option(1, "Suggestive ones too"), Option(2, "All of them")),
    adult=True,
)
_SPOILER_LEVEL = Field(
    "spoiler_level",
    "Spoilers",
    "How much of a story cards give away, unless a command asks for more or less.",
    options=(Option(0, "None"), Option(1, "Minor ones"), Option(2, "All of them")),
)
_TITLE_LANGUAGE = Field(
    "title_language",
    "Titles",
    "Which form of a title stands first, if there are several.",
    options=(Option("romanised", "Romanised"), Option("english", "English"), Option("native", "Original script")),
)
_PREVIEWS = Field("previews", "Previews of your links", "Preview links that you post.", options=_SWITCH)
_DM_GALLERIES = Field(
    "dm_galleries",
    "Galleries in direct messages",
    "Show galleries in your direct messages with Shiori. They are for adults only.",
    options=_SWITCH,
    galleries=True,
)


def _inherit(field: Field, option: Option) -> Field:
    return replace(field, options=(option, *field.options))


SERVER_PAGES = (
    FieldPage("previews", "Previews", (_GALLERIES, _VNDB, _ANIME, _NON_H, _SUPPRESS, _NOTES, _BOTS)),
    FieldPage("where", "Where and who", (_CHANNEL_RULE, _CHANNELS, _ROLES, _SERVER_TAGS)),
    FieldPage("cards", "Cards", (_IMAGE_LEVEL, _SPOILER_LEVEL, _TITLE_LANGUAGE)),
)
SERVER_FIELDS = tuple(field for page in SERVER_PAGES for field in page.fields)
CHANNEL_FIELDS = (
    *(_inherit(field, _AS_SERVER) for field in (_GALLERIES, _VNDB, _ANIME, _NON_H, _SUPPRESS, _NOTES)),
    _CHANNEL_TAGS,
    *(_inherit(field, _AS_SERVER) for field in (_IMAGE_LEVEL, _SPOILER_LEVEL, _TITLE_LANGUAGE)),
)
PERSONAL_FIELDS = (
    _PREVIEWS,
    _DM_GALLERIES,
    _inherit(_SPOILER_LEVEL, _AS_PLACE),
    _inherit(_TITLE_LANGUAGE, _AS_PLACE),
    _PERSONAL_TAGS,
)
FIELDS: Mapping[type[Settings], tuple[Field, ...]] = {
    ServerSettings: SERVER_FIELDS,
    ChannelSettings: CHANNEL_FIELDS,
    PersonalSettings: PERSONAL_FIELDS,
}


def find_page(name: str) -> str:
    """The key of the server's page on which this field stands; the first one for a field that there is not."""
    found = (page.key for page in SERVER_PAGES for field in page.fields if field.name == name)
    return next(found, SERVER_PAGES[0].key)


def apply_change(settings: S, name: str, values: Sequence[str]) -> S:
    """Return the settings with a field set to what was chosen or typed.

    `values` are a select's: `on`, `off`, `inherit`, a choice, or ids; of tags, the tags. Raises InvalidInput for
    a field or a value that there is not.
    """
    field = next((field for field in FIELDS[type(settings)] if field.name == name), None)
    if field is None:
        raise InvalidInput("setting", "is not one that can be changed here")
    return msgspec.structs.replace(settings, **{name: _read(field, values)})


def _read(field: Field, values: Sequence[str]) -> Stored | tuple[str, ...] | tuple[int, ...]:
    if field.kind == "tags":
        return parse_tags("\n".join(values))
    if field.kind != "choice":
        return _read_ids(field, values)
    for option in field.options:
        if [option.value] == list(values):
            return option.stored
    raise InvalidInput(f"setting “{field.label}”", "has no such value")


def _read_ids(field: Field, values: Sequence[str]) -> tuple[int, ...]:
    unique = tuple(dict.fromkeys(values))
    if not all(_ID.fullmatch(value) for value in unique):
        raise InvalidInput(f"setting “{field.label}”", "has no such value")
    if len(unique) > LISTED_AT_MOST:
        raise InvalidInput(f"setting “{field.label}”", f"takes {LISTED_AT_MOST} at most")
    return tuple(map(int, unique))
