"""What may be shown where: one decision, and the rule that made it. Nothing here asks anybody anything.

What may be shown nowhere at all is not decided here: it never becomes a value (`bot.service.ban`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Literal, TypeVar

from bot.errors import ShioriError
from bot.gate.setting import (
    CHANNEL_DEFAULT,
    PERSONAL_DEFAULT,
    SERVER_DEFAULT,
    ChannelSettings,
    ImageLevel,
    PersonalSettings,
    ServerSettings,
    SpoilerLevel,
    TitleLanguage,
    normalise_tag,
)

T = TypeVar("T")

PlaceKind = Literal["server", "dm", "group"]
LinkService = Literal["vndb", "anime"]


class Extent(Enum):
    """How much is shown: all of it, a card without a cover, or nothing.

    Of a place, not of one gallery, COVERLESS means that only Non-H galleries get a card.
    """

    FULL = auto()
    COVERLESS = auto()
    NOTHING = auto()


class Rule(Enum):
    """What decided. `bot.interaction.rule` has a sentence for each."""

    AGE_RESTRICTED = auto()  # the channel is, and nothing speaks against it
    NON_H = auto()  # the channel is not; the server wants cards of Non-H galleries
    DM_ON = auto()
    LINKS_ON = auto()
    ADULT_OFF = auto()  # the host shows nothing adult anywhere
    HOST_OFF = auto()
    DM_OFF = auto()
    GROUP = auto()
    ROLE = auto()
    CHANNEL_NOT_LISTED = auto()
    CHANNEL_LISTED = auto()
    SERVER_OFF = auto()
    CHANNEL_OFF = auto()
    NOT_AGE_RESTRICTED = auto()
    NON_H_ONLY = auto()  # the channel is not, and the gallery is an adult one
    OPTED_OUT = auto()
    SERVER_TAG = auto()
    CHANNEL_TAG = auto()
    PERSONAL_TAG = auto()
    WITHHELD = auto()  # it may be shown nowhere


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision and the rule that made it."""

    extent: Extent
    rule: Rule

    @property
    def shows(self) -> bool:
        """Whether anything is shown."""
        return self.extent is not Extent.NOTHING


class Refused(ShioriError):
    """What was asked for may not be shown here, and the rule that says so."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(f"refused: {rule.name}")
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Hosted:
    """What whoever runs the bot has switched on.

    Without `adult` no channel counts as age-restricted, and there are no galleries: they lead to a site for adults.
    """

    galleries: bool = True
    adult: bool = True

    @property
    def shows_galleries(self) -> bool:
        """Whether galleries are shown anywhere."""
        return self.galleries and self.adult


HOSTED_DEFAULT = Hosted()


@dataclass(frozen=True, slots=True)
class Place:
    """Where something would be shown. `kind` `group`: a conversation between people, without a server.

    `channel_ids`: the channel's, and those of what it belongs to (a thread's channel, a category).
    """

    kind: PlaceKind = "server"
    age_restricted: bool = False
    channel_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """All that was chosen for a place and a person."""

    place: Place = field(default_factory=Place)
    server: ServerSettings = SERVER_DEFAULT
    channel: ChannelSettings = CHANNEL_DEFAULT
    person: PersonalSettings = PERSONAL_DEFAULT
    role_ids: frozenset[int] = frozenset()
    hosted: Hosted = HOSTED_DEFAULT

    # What holds here

    @property
    def suppress(self) -> bool:
        """Whether Discord's own embed of a previewed link is taken away."""
        return _first(self.channel.suppress, self.server.suppress)

    @property
    def notes(self) -> bool:
        """Whether a person is told why their link is not previewed."""
        # Nobody can switch it on in direct messages, and nobody else is disturbed there.
        return self.place.kind == "dm" or _first(self.channel.notes, self.server.notes)

    @property
    def image_level(self) -> ImageLevel:
        """Up to which pictures are shown, as spoilers, where the channel is age-restricted."""
        return _first(self.channel.image_level, self.server.image_level)

    @property
    def spoiler_level(self) -> SpoilerLevel:
        """How much a card gives away unless it is asked for more or less."""
        return _first(self.person.spoiler_level, self.channel.spoiler_level, self.server.spoiler_level)

    @property
    def title_language(self) -> TitleLanguage:
        """In which language titles stand first."""
        return _first(self.person.title_language, self.channel.title_language, self.server.title_language)

    # Decisions

    def rule_galleries(self) -> Ruling:
        """Whether galleries may be shown here at all."""
        if not self.hosted.shows_galleries:
            return _no(Rule.HOST_OFF if self.hosted.adult else Rule.ADULT_OFF)
        if self.place.kind == "group":
            return _no(Rule.GROUP)
        if self.place.kind == "dm":
            return Ruling(Extent.FULL, Rule.DM_ON) if self.person.dm_galleries else _no(Rule.DM_OFF)
        refusal = self._refuse_place(own=self.channel.galleries, inherited=self.server.galleries)
        if refusal is not None:
            return refusal
        if self.place.age_restricted:
            return Ruling(Extent.FULL, Rule.AGE_RESTRICTED)
        wants_non_h = _first(self.channel.non_h, self.server.non_h)
        return Ruling(Extent.COVERLESS, Rule.NON_H) if wants_non_h else _no(Rule.NOT_AGE_RESTRICTED)

    def list_objections(self, service: LinkService | Literal["galleries"]) -> list[Rule]:
        """All that stands against previews of these links here, the one that decides first.

        A refusal names the first alone; whoever mends that one meets the next.
        """
        ruling = self.rule_galleries() if service == "galleries" else self.rule_links(service)
        if ruling.shows or self.place.kind != "server" or ruling.rule in (Rule.ADULT_OFF, Rule.HOST_OFF):
            return [] if ruling.shows else [ruling.rule]
        own, inherited = getattr(self.channel, service), getattr(self.server, service)
        found = [one.rule for one in self._list_place_refusals(own=own, inherited=inherited)]
        wants_non_h = _first(self.channel.non_h, self.server.non_h)
        if service == "galleries" and not (self.place.age_restricted or wants_non_h):
            found.append(Rule.NOT_AGE_RESTRICTED)
        return found

    def rule_gallery(self, *, adult: bool, tags: Mapping[str, Iterable[str]]) -> Ruling:
        """Whether this gallery, with its tags by namespace, may be shown here."""
        ruling = self.rule_galleries()
        if not ruling.shows:
            return ruling
        if ruling.extent is Extent.COVERLESS and adult:
            return _no(Rule.NON_H_ONLY)
        refusal = self._refuse_tags(tags)
        if refusal is not None or self.image_level >= (2 if adult else 1):
            return refusal or ruling
        # Nobody rated the cover. In an adult category it counts as explicit, elsewhere as suggestive.
        return Ruling(Extent.COVERLESS, ruling.rule)

    def rule_links(self, service: LinkService) -> Ruling:
        """Whether links to this service are previewed here."""
        if self.place.kind != "server":
            return Ruling(Extent.FULL, Rule.LINKS_ON)
        own = self.channel.vndb if service == "vndb" else self.channel.anime
        inherited = self.server.vndb if service == "vndb" else self.server.anime
        return self._refuse_place(own=own, inherited=inherited) or Ruling(Extent.FULL, Rule.LINKS_ON)

    def _refuse_place(self, *, own: bool | None, inherited: bool) -> Ruling | None:
        return next(self._list_place_refusals(own=own, inherited=inherited), None)

    def _list_place_refusals(self, *, own: bool | None, inherited: bool) -> Iterator[Ruling]:
        listed = bool(set(self.place.channel_ids) & set(self.server.channels))
        if self.server.channel_rule == "only" and not listed:
            yield _no(Rule.CHANNEL_NOT_LISTED)
        if self.server.channel_rule == "except" and listed:
            yield _no(Rule.CHANNEL_LISTED)
        if own is False:
            yield _no(Rule.CHANNEL_OFF)
        if own is None and not inherited:
            yield _no(Rule.SERVER_OFF)
        if self.server.roles and not self.role_ids & set(self.server.roles):
            yield _no(Rule.ROLE)

    def _refuse_tags(self, tags: Mapping[str, Iterable[str]]) -> Ruling | None:
        there = {normalise_tag(f"{namespace}:{tag}") for namespace, names in tags.items() for tag in names}
        there |= {normalise_tag(tag) for names in tags.values() for tag in names}
        for blocked, rule in (
            (self.server.blocked_tags, Rule.SERVER_TAG),
            (self.channel.blocked_tags, Rule.CHANNEL_TAG),
            (self.person.blocked_tags, Rule.PERSONAL_TAG),
        ):
            if not there.isdisjoint(map(normalise_tag, blocked)):
                return _no(rule)
        return None


def _no(rule: Rule) -> Ruling:
    return Ruling(Extent.NOTHING, rule)


def _first(*values: T | None) -> T:
    """The nearest choice: the last one, the server's, is always made."""
    return next(value for value in values if value is not None)
