"""What may be shown where: one decision, and the rule that made it. Nothing here asks anybody anything.

What may be shown nowhere at all is not decided here: it never becomes a value (`bot.service.ban`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto
from typing import Literal, TypeVar

import msgspec

from bot.errors import ShioriError
from bot.gate.chosen import NOTHING_CHOSEN, Chosen, is_lost, resolve
from bot.gate.declaration import Need, Setting
from bot.gate.setting import (
    ADULT,
    ANIME,
    BLOCKED_TAGS,
    CHANNEL_RULE,
    CHANNELS,
    DM_GALLERIES,
    GALLERIES,
    IMAGE_LEVEL,
    NON_H,
    NOTES,
    PREVIEWS,
    ROLES,
    SETTINGS,
    SPOILER_LEVEL,
    VNDB,
    normalise_tag,
)

T = TypeVar("T")

PlaceKind = Literal["server", "dm", "group"]
LinkService = Literal["vndb", "anime"]

_SWITCHES: Mapping[LinkService | Literal["galleries"], Setting[bool]] = {
    "galleries": GALLERIES,
    "vndb": VNDB,
    "anime": ANIME,
}


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
    PICTURES_ON = auto()
    ADULT_OFF = auto()  # the host shows nothing adult anywhere
    SERVER_ADULT_OFF = auto()  # the server does not, though the channel is age-restricted, or may become so
    CHANNEL_ADULT_OFF = auto()
    HOST_OFF = auto()
    DM_OFF = auto()
    GROUP = auto()
    ROLE = auto()
    CHANNEL_NOT_LISTED = auto()
    NO_CHANNEL_LISTED = auto()
    CHANNEL_LISTED = auto()
    SERVER_OFF = auto()
    CHANNEL_OFF = auto()
    NOT_AGE_RESTRICTED = auto()
    NON_H_ONLY = auto()  # the channel is not, and the gallery is an adult one
    OPTED_OUT = auto()
    SERVER_TAG = auto()
    CHANNEL_TAG = auto()
    PERSONAL_TAG = auto()
    NO_PICTURES = auto()  # the level of pictures is “None”
    WITHHELD = auto()  # it may be shown nowhere
    UNREADABLE = auto()  # something was chosen that may forbid it, and it cannot be read


class Ruling(msgspec.Struct, frozen=True):
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


class Hosted(msgspec.Struct, frozen=True):
    """What whoever runs the bot has switched on.

    Without `adult` no channel counts as age-restricted, and there are no galleries: they lead to a site for adults.
    `lists`: people's own lists can be changed, since there is a key to seal their tokens with.
    """

    galleries: bool = True
    adult: bool = True
    lists: bool = False

    @property
    def shows_galleries(self) -> bool:
        """Whether galleries are shown anywhere."""
        return self.galleries and self.adult

    def has(self, need: Need | None) -> bool:
        """Whether what a setting needs is shown anywhere."""
        return need is None or (self.shows_galleries if need == "galleries" else self.adult)


HOSTED_DEFAULT = Hosted()


class Place(msgspec.Struct, frozen=True):
    """Where something would be shown. `kind` `group`: a conversation between people, without a server.

    `age_restricted`: what is for adults may stand there (`bot.interaction.place.is_age_restricted`).
    `channel_ids`: the channel's, and those of what it belongs to (a thread's channel, a category).
    """

    kind: PlaceKind = "server"
    age_restricted: bool = False
    channel_ids: tuple[int, ...] = ()


class Rules(msgspec.Struct, frozen=True):
    """All that was chosen for a place and a person."""

    place: Place = msgspec.field(default_factory=Place)
    server: Chosen = NOTHING_CHOSEN
    channel: Chosen = NOTHING_CHOSEN
    person: Chosen = NOTHING_CHOSEN
    role_ids: frozenset[int] = frozenset()
    hosted: Hosted = HOSTED_DEFAULT

    # What holds here

    def __getitem__(self, setting: Setting[T]) -> T:
        """What holds of a setting."""
        return resolve(setting, self.server, self.channel, self.person)

    @property
    def tells_why(self) -> bool:
        """Whether a person is told why their link is not previewed."""
        # Nobody can switch it on in direct messages, and nobody else is disturbed there.
        return self.place.kind == "dm" or self[NOTES]

    @property
    def spoilers_for_all(self) -> int:
        """How much of a story may be given away where everybody in the place reads it, 0 to 2: what was chosen for the
        server or the channel. Nobody chooses that for conversations.
        """
        return resolve(SPOILER_LEVEL, self.server, self.channel) if self.place.kind == "server" else 2

    def list_on_cards(self) -> tuple[tuple[str, object], ...]:
        """What holds of all that cards change with. Of summed lists it counts whose they are: a refusal tells it."""
        levels = (self.server, self.channel, self.person)
        return tuple(
            (one.name, tuple(level.get(one) for level in levels) if one.sums else self[one])
            for one in SETTINGS.values()
            if one.on_cards
        )

    def keep_on_cards(self) -> Rules:
        """What a card can tell of the rules: what holds of all that cards change with, and nothing of whose it is, of
        the channel or of roles. Nothing can be decided by it but how a card looks.
        """
        place = Place(self.place.kind, self.place.age_restricted)
        if self.server is self.channel is self.person is NOTHING_CHOSEN:
            return Rules(place, hosted=self.hosted)
        held = {one: value for one in SETTINGS.values() if one.on_cards and (value := self[one]) != one.default}
        # A card says of what is lost that it is, and not that somebody chose what is safe.
        lost = frozenset(filter(self._is_lost, held))
        chosen = {one: value for one, value in held.items() if one not in lost}
        return Rules(place, server=Chosen(chosen, lost), hosted=self.hosted)

    # Decisions

    @property
    def adult_refusal(self) -> Rule | None:
        """What keeps all that is for adults away here, however the channel is marked."""
        if not self.hosted.adult:
            return Rule.ADULT_OFF
        if self._is_lost(ADULT):
            return Rule.UNREADABLE
        if self[ADULT]:
            return None
        return Rule.SERVER_ADULT_OFF if self.channel.get(ADULT) is None else Rule.CHANNEL_ADULT_OFF

    @property
    def person_refusal(self) -> Rule | None:
        """What keeps links that the person posts from being previewed, wherever that is."""
        if self[PREVIEWS]:
            return None
        return Rule.OPTED_OUT if self.person.get(PREVIEWS) is False else Rule.UNREADABLE

    def rule_galleries(self) -> Ruling:
        """Whether galleries may be shown here at all."""
        if not self.hosted.shows_galleries:
            return _no(Rule.HOST_OFF if self.hosted.adult else Rule.ADULT_OFF)
        if self.place.kind == "group":
            return _no(Rule.GROUP)
        if self.place.kind == "dm":
            return self._rule_direct_messages()
        refusal = self._refuse_place(GALLERIES)
        if refusal is not None:
            return refusal
        if self.place.age_restricted:
            return Ruling(Extent.FULL, Rule.AGE_RESTRICTED)
        return Ruling(Extent.COVERLESS, Rule.NON_H) if self[NON_H] else _no(Rule.NOT_AGE_RESTRICTED)

    def _rule_direct_messages(self) -> Ruling:
        if self._is_lost(DM_GALLERIES):
            return _no(Rule.UNREADABLE)
        return Ruling(Extent.FULL, Rule.DM_ON) if self[DM_GALLERIES] else _no(Rule.DM_OFF)

    def list_objections(self, service: LinkService | Literal["galleries"]) -> list[Rule]:
        """All that stands against previews of these links here, the one that decides first.

        A refusal names the first alone; whoever mends that one meets the next.
        """
        ruling = self.rule_galleries() if service == "galleries" else self.rule_links(service)
        if ruling.shows or self.place.kind != "server" or ruling.rule in (Rule.ADULT_OFF, Rule.HOST_OFF):
            return [] if ruling.shows else [ruling.rule]
        found = [one.rule for one in self._list_place_refusals(_SWITCHES[service])]
        if service == "galleries" and not (self.adult_refusal or self.place.age_restricted or self[NON_H]):
            found.append(Rule.NOT_AGE_RESTRICTED)
        return list(dict.fromkeys(found))

    def rule_gallery(self, *, adult: bool, tags: Mapping[str, Iterable[str]]) -> Ruling:
        """Whether this gallery, with its tags by namespace, may be shown here."""
        ruling = self.rule_galleries()
        if not ruling.shows:
            return ruling
        if ruling.extent is Extent.COVERLESS and adult:
            return _no(Rule.NON_H_ONLY)
        refusal = self._refuse_tags(tags)
        if refusal is not None or self[IMAGE_LEVEL] >= (2 if adult else 1):
            return refusal or ruling
        # Nobody rated the cover. In an adult category it counts as explicit, elsewhere as suggestive.
        return Ruling(Extent.COVERLESS, ruling.rule)

    def rule_pictures(self) -> Ruling:
        """Whether pictures may be shown here: safe ones, of those of a command, a card or a gallery."""
        if self._is_lost(IMAGE_LEVEL):
            return _no(Rule.UNREADABLE)
        return Ruling(Extent.FULL, Rule.PICTURES_ON) if self[IMAGE_LEVEL] >= 0 else _no(Rule.NO_PICTURES)

    def rule_links(self, service: LinkService) -> Ruling:
        """Whether links to this service are previewed here."""
        if self.place.kind != "server":
            return Ruling(Extent.FULL, Rule.LINKS_ON)
        return self._refuse_place(_SWITCHES[service]) or Ruling(Extent.FULL, Rule.LINKS_ON)

    def _is_lost(self, setting: Setting[T]) -> bool:
        return is_lost(setting, self.server, self.channel, self.person)

    def _refuse_place(self, switch: Setting[bool]) -> Ruling | None:
        return next(self._list_place_refusals(switch), None)

    def _list_place_refusals(self, switch: Setting[bool]) -> Iterator[Ruling]:
        if switch is GALLERIES and self.adult_refusal is not None:
            yield _no(self.adult_refusal)
        listed = bool(set(self.place.channel_ids) & set(self[CHANNELS]))
        if self[CHANNEL_RULE] == "only" and not listed:
            yield _no(Rule.CHANNEL_NOT_LISTED if self[CHANNELS] else Rule.NO_CHANNEL_LISTED)
        if self[CHANNEL_RULE] == "except" and listed:
            yield _no(Rule.CHANNEL_LISTED)
        if self._is_lost(switch):
            yield _no(Rule.UNREADABLE)
        elif not self[switch]:
            yield _no(Rule.SERVER_OFF if self.channel.get(switch) is None else Rule.CHANNEL_OFF)
        if self[ROLES] and not self.role_ids & set(self[ROLES]):
            yield _no(Rule.ROLE)

    def _refuse_tags(self, tags: Mapping[str, Iterable[str]]) -> Ruling | None:
        there = {normalise_tag(f"{namespace}:{tag}") for namespace, names in tags.items() for tag in names}
        there |= {normalise_tag(tag) for names in tags.values() for tag in names}
        for level, rule in (
            (self.server, Rule.SERVER_TAG),
            (self.channel, Rule.CHANNEL_TAG),
            (self.person, Rule.PERSONAL_TAG),
        ):
            if not there.isdisjoint(map(normalise_tag, level.get(BLOCKED_TAGS) or ())):
                return _no(rule)
        return None


def _no(rule: Rule) -> Ruling:
    return Ruling(Extent.NOTHING, rule)
