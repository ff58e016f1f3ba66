"""What may be shown where: every rule, which of two decides, and that nothing unsafe gets through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.gate.chosen import Chosen
from bot.gate.declaration import AnySetting
from bot.gate.rules import Extent, Hosted, LinkService, Place, Refused, Rule, Rules, Ruling
from bot.gate.setting import (
    ADULT,
    BLOCKED_TAGS,
    CHANNEL_RULE,
    CHANNELS,
    DM_GALLERIES,
    GALLERIES,
    IMAGE_LEVEL,
    PREVIEWS,
    ROLES,
    SETTINGS,
    normalise_tag,
)
from tests.support.choose import choose
from tests.support.each import each

CHANNEL, PARENT, CATEGORY, ROLE = 11, 12, 13, 21
HERE = (CHANNEL, PARENT, CATEGORY)
RESTRICTED = Place(age_restricted=True, channel_ids=HERE)
ORDINARY = Place(channel_ids=HERE)
DM, GROUP = Place(kind="dm"), Place(kind="group")

FULL, COVERLESS, NOTHING = Extent.FULL, Extent.COVERLESS, Extent.NOTHING
TAGS: Mapping[str, tuple[str, ...]] = {"female": ("glasses",), "": ("windmill",)}


def rules(place: Place = RESTRICTED, **settings: Any) -> Rules:
    """Rules with these settings of the server, `channel` and `person`."""
    rest = {name: settings.pop(name) for name in ("channel", "person", "role_ids", "hosted") if name in settings}
    return Rules(place=place, server=choose(**settings), **rest)


# Galleries: each rule


@each(
    ("given_rules", "ruling"),
    [
        (rules(), Ruling(FULL, Rule.AGE_RESTRICTED)),
        (rules(ORDINARY), Ruling(NOTHING, Rule.NOT_AGE_RESTRICTED)),
        (rules(ORDINARY, non_h=True), Ruling(COVERLESS, Rule.NON_H)),
        (rules(ORDINARY, channel=choose(non_h=True)), Ruling(COVERLESS, Rule.NON_H)),
        (rules(ORDINARY, non_h=True, channel=choose(non_h=False)), Ruling(NOTHING, Rule.NOT_AGE_RESTRICTED)),
        (rules(DM), Ruling(NOTHING, Rule.DM_OFF)),
        (rules(DM, person=choose(dm_galleries=True)), Ruling(FULL, Rule.DM_ON)),
        (rules(GROUP), Ruling(NOTHING, Rule.GROUP)),
        (rules(GROUP, person=choose(dm_galleries=True)), Ruling(NOTHING, Rule.GROUP)),
        (rules(hosted=Hosted(galleries=False)), Ruling(NOTHING, Rule.HOST_OFF)),
        (rules(hosted=Hosted(adult=False)), Ruling(NOTHING, Rule.ADULT_OFF)),
        (
            rules(DM, person=choose(dm_galleries=True), hosted=Hosted(adult=False)),
            Ruling(NOTHING, Rule.ADULT_OFF),
        ),
        (rules(adult=False), Ruling(NOTHING, Rule.SERVER_ADULT_OFF)),
        (rules(ORDINARY, adult=False, non_h=True), Ruling(NOTHING, Rule.SERVER_ADULT_OFF)),
        (rules(channel=choose(adult=False)), Ruling(NOTHING, Rule.CHANNEL_ADULT_OFF)),
        (rules(adult=False, channel=choose(adult=True)), Ruling(FULL, Rule.AGE_RESTRICTED)),
        (rules(adult=False, hosted=Hosted(adult=False)), Ruling(NOTHING, Rule.ADULT_OFF)),
        (rules(galleries=False), Ruling(NOTHING, Rule.SERVER_OFF)),
        (rules(galleries=False, channel=choose(galleries=True)), Ruling(FULL, Rule.AGE_RESTRICTED)),
        (rules(channel=choose(galleries=False)), Ruling(NOTHING, Rule.CHANNEL_OFF)),
        (rules(galleries=False, channel=choose(galleries=False)), Ruling(NOTHING, Rule.CHANNEL_OFF)),
        (rules(channel_rule="only"), Ruling(NOTHING, Rule.NO_CHANNEL_LISTED)),
        (rules(channel_rule="only", channels=(99,)), Ruling(NOTHING, Rule.CHANNEL_NOT_LISTED)),
        *((rules(channel_rule="only", channels=(99, one)), Ruling(FULL, Rule.AGE_RESTRICTED)) for one in HERE),
        *((rules(channel_rule="except", channels=(99, one)), Ruling(NOTHING, Rule.CHANNEL_LISTED)) for one in HERE),
        (rules(channel_rule="except", channels=(99,)), Ruling(FULL, Rule.AGE_RESTRICTED)),
        (rules(channels=(CHANNEL,)), Ruling(FULL, Rule.AGE_RESTRICTED)),
        (rules(roles=(ROLE,)), Ruling(NOTHING, Rule.ROLE)),
        (rules(roles=(ROLE,), role_ids=frozenset({99})), Ruling(NOTHING, Rule.ROLE)),
        (rules(roles=(99, ROLE), role_ids=frozenset({ROLE})), Ruling(FULL, Rule.AGE_RESTRICTED)),
        # A channel's own switch opens no channel that is none for galleries.
        (rules(ORDINARY, channel=choose(galleries=True)), Ruling(NOTHING, Rule.NOT_AGE_RESTRICTED)),
    ],
)
def test_a_place_has_galleries_or_not(given_rules: Rules, ruling: Ruling) -> None:
    assert given_rules.rule_galleries() == ruling


# Which one decides when several say no: what is about the place stands before what is about the person

REFUSING: list[tuple[Rule, dict[str, Any]]] = [
    (Rule.ADULT_OFF, {"hosted": Hosted(adult=False)}),
    (Rule.CHANNEL_NOT_LISTED, {"channel_rule": "only", "channels": (99,)}),
    (Rule.NO_CHANNEL_LISTED, {"channel_rule": "only"}),
    (Rule.CHANNEL_OFF, {"channel": choose(galleries=False)}),
    (Rule.ROLE, {"roles": (ROLE,)}),
]


@pytest.mark.parametrize("first", range(len(REFUSING)))
def test_the_first_rule_that_says_no_is_named(first: int) -> None:
    settings = {name: value for _, some in REFUSING[first:] for name, value in some.items()}
    assert rules(ORDINARY, **settings).rule_galleries().rule is REFUSING[first][0]


def test_the_host_is_named_before_a_direct_message() -> None:
    assert rules(DM, hosted=Hosted(galleries=False)).rule_galleries().rule is Rule.HOST_OFF


# One gallery


@pytest.mark.parametrize(
    ("given_rules", "adult", "ruling"),
    [
        (rules(), True, Ruling(FULL, Rule.AGE_RESTRICTED)),
        (rules(ORDINARY, non_h=True), False, Ruling(COVERLESS, Rule.NON_H)),
        (rules(ORDINARY, non_h=True), True, Ruling(NOTHING, Rule.NON_H_ONLY)),
        (rules(ORDINARY), False, Ruling(NOTHING, Rule.NOT_AGE_RESTRICTED)),
        (rules(galleries=False), False, Ruling(NOTHING, Rule.SERVER_OFF)),
        (rules(blocked_tags=("glasses",)), False, Ruling(NOTHING, Rule.SERVER_TAG)),
        (rules(channel=choose(blocked_tags=("glasses",))), False, Ruling(NOTHING, Rule.CHANNEL_TAG)),
        (rules(person=choose(blocked_tags=("glasses",))), False, Ruling(NOTHING, Rule.PERSONAL_TAG)),
    ],
)
def test_a_gallery_is_shown_or_not(given_rules: Rules, adult: bool, ruling: Ruling) -> None:
    assert given_rules.rule_gallery(adult=adult, tags=TAGS) == ruling


@pytest.mark.parametrize(
    ("level", "adult", "extent"),
    [
        (0, False, COVERLESS),
        (0, True, COVERLESS),
        (1, False, FULL),
        (1, True, COVERLESS),
        (2, False, FULL),
        (2, True, FULL),
    ],
)
def test_a_cover_is_shown_up_to_the_level_of_pictures(level: Any, adult: bool, extent: Extent) -> None:
    found = rules(image_level=level).rule_gallery(adult=adult, tags=TAGS)
    assert found == Ruling(extent, Rule.AGE_RESTRICTED)


@pytest.mark.parametrize(
    ("blocked", "refused"),
    [
        ("glasses", True),
        ("female:glasses", True),
        (" Female : GLASSES ", True),
        ("male:glasses", False),
        ("glass", False),
        ("windmill", True),
        ("female:windmill", False),
    ],
)
def test_a_tag_is_blocked_in_all_namespaces_or_in_one(blocked: str, refused: bool) -> None:
    ruling = rules(blocked_tags=(blocked,)).rule_gallery(adult=True, tags=TAGS)
    assert (ruling.rule is Rule.SERVER_TAG) is refused


# Links


@each("service", ["vndb", "anime"])
@each(
    ("own", "inherited", "ruling"),
    [
        (None, False, Ruling(NOTHING, Rule.SERVER_OFF)),
        (None, True, Ruling(FULL, Rule.LINKS_ON)),
        (True, False, Ruling(FULL, Rule.LINKS_ON)),
        (False, True, Ruling(NOTHING, Rule.CHANNEL_OFF)),
    ],
)
@each("place", [RESTRICTED, ORDINARY])
def test_links_are_switched_on_by_service(
    service: LinkService, own: bool | None, inherited: bool, ruling: Ruling, place: Place
) -> None:
    channel = choose(**{service: own})
    assert rules(place, channel=channel, **{service: inherited}).rule_links(service) == ruling


@pytest.mark.parametrize("place", [DM, GROUP])
def test_links_are_previewed_outside_of_servers(place: Place) -> None:
    assert rules(place, hosted=Hosted(galleries=False)).rule_links("vndb") == Ruling(FULL, Rule.LINKS_ON)


def test_links_go_by_lists_and_roles_too() -> None:
    assert rules(vndb=True, channel_rule="only").rule_links("vndb").rule is Rule.NO_CHANNEL_LISTED
    assert rules(vndb=True, roles=(ROLE,)).rule_links("vndb").rule is Rule.ROLE


def test_links_do_not_depend_on_galleries() -> None:
    assert rules(ORDINARY, vndb=True, galleries=False, hosted=Hosted(galleries=False)).rule_links("vndb").shows


# All that stands against it


@each(
    ("given_rules", "service", "objections"),
    [
        (rules(), "galleries", []),
        (rules(ORDINARY), "galleries", [Rule.NOT_AGE_RESTRICTED]),
        (rules(ORDINARY, non_h=True), "galleries", []),
        (rules(ORDINARY, non_h=True, galleries=False), "galleries", [Rule.SERVER_OFF]),
        (
            rules(ORDINARY, galleries=False, channel_rule="only", roles=(ROLE,)),
            "galleries",
            [Rule.NO_CHANNEL_LISTED, Rule.SERVER_OFF, Rule.ROLE, Rule.NOT_AGE_RESTRICTED],
        ),
        (
            rules(channel=choose(galleries=False), channel_rule="except", channels=(PARENT,)),
            "galleries",
            [Rule.CHANNEL_LISTED, Rule.CHANNEL_OFF],
        ),
        (rules(galleries=False, hosted=Hosted(galleries=False)), "galleries", [Rule.HOST_OFF]),
        (rules(galleries=False, hosted=Hosted(adult=False)), "galleries", [Rule.ADULT_OFF]),
        (rules(GROUP), "galleries", [Rule.GROUP]),
        (rules(DM), "galleries", [Rule.DM_OFF]),
        (rules(DM, person=choose(dm_galleries=True)), "galleries", []),
        (rules(ORDINARY, vndb=False), "vndb", [Rule.SERVER_OFF]),
        (rules(ORDINARY, vndb=True), "vndb", []),
        (rules(ORDINARY, vndb=True, roles=(ROLE,)), "vndb", [Rule.ROLE]),
        (
            rules(ORDINARY, channel=choose(anime=False), roles=(ROLE,)),
            "anime",
            [Rule.CHANNEL_OFF, Rule.ROLE],
        ),
        (rules(GROUP), "anime", []),
    ],
)
def test_all_objections_are_listed_the_deciding_one_first(
    given_rules: Rules, service: Any, objections: list[Rule]
) -> None:
    assert given_rules.list_objections(service) == objections


# What holds


@pytest.mark.parametrize(("name", "inner"), [("suppress", False), ("notes", True), ("image_level", 1)])
def test_a_channel_outweighs_its_server(name: str, inner: object) -> None:
    setting = SETTINGS[name]
    assert rules()[setting] == setting.default
    assert rules(channel=choose(**{name: inner}))[setting] == inner


@pytest.mark.parametrize(
    ("name", "values"), [("spoiler_level", (0, 1, 2)), ("title_language", ("native", "english", "romanised"))]
)
def test_a_person_outweighs_the_channel_and_the_channel_its_server(name: str, values: tuple[Any, Any, Any]) -> None:
    server, channel, person = values
    settings: dict[str, Any] = {name: server}
    assert rules(**settings)[SETTINGS[name]] == server
    settings["channel"] = choose(**{name: channel})
    assert rules(**settings)[SETTINGS[name]] == channel
    settings["person"] = choose(**{name: person})
    assert rules(**settings)[SETTINGS[name]] == person


def test_tags_that_are_blocked_anywhere_are_blocked() -> None:
    found = rules(blocked_tags=("a",), channel=choose(blocked_tags=("b",)), person=choose(blocked_tags=("c",)))
    assert found[BLOCKED_TAGS] == ("a", "b", "c")


def test_the_host_has_what_a_setting_needs_or_not() -> None:
    """Nothing needed, galleries, something for adults."""

    def has(*, galleries: bool, adult: bool) -> tuple[bool, bool, bool]:
        hosted = Hosted(galleries=galleries, adult=adult)
        return hosted.has(None), hosted.has("galleries"), hosted.has("adult")

    assert has(galleries=True, adult=True) == (True, True, True)
    assert has(galleries=False, adult=True) == (True, False, True)
    assert has(galleries=True, adult=False) == (True, False, False)


def test_why_there_is_no_preview_is_told_where_it_was_chosen_and_in_direct_messages() -> None:
    assert [rules(place).tells_why for place in (RESTRICTED, ORDINARY, DM, GROUP)] == [False, False, True, False]
    assert rules(notes=True).tells_why
    assert not rules(notes=True, channel=choose(notes=False)).tells_why


def test_what_cards_change_with_is_what_holds_and_of_summed_lists_whose_they_are() -> None:
    here = rules(blocked_tags=("a",), image_level=1, galleries=False)
    here = replace(here, channel=choose(blocked_tags=("b",), image_level=2), person=choose(blocked_tags=("c",)))
    assert dict(here.list_on_cards()) == {
        "blocked_tags": (("a",), ("b",), ("c",)),
        "adult": True,
        "image_level": 2,
        "spoiler_level": 0,
        "title_language": "romanised",
    }


# What cannot be read


def test_a_switch_that_cannot_be_read_refuses_and_is_named() -> None:
    lost = Chosen(lost=frozenset({GALLERIES}))
    assert Rules(RESTRICTED, server=lost).rule_galleries() == Ruling(NOTHING, Rule.UNREADABLE)
    assert Rules(RESTRICTED, server=lost).list_objections("galleries") == [Rule.UNREADABLE]
    assert rules(channel=lost, roles=(ROLE,)).list_objections("galleries") == [Rule.UNREADABLE, Rule.ROLE]
    assert Rules(RESTRICTED, server=lost, channel=choose(galleries=True)).rule_galleries().extent is FULL
    mine = Chosen(lost=frozenset({DM_GALLERIES}))
    assert Rules(DM, person=mine).rule_galleries() == Ruling(NOTHING, Rule.UNREADABLE)


@each(
    ("given_rules", "refusal"),
    [
        (rules(), None),
        (rules(person=choose(previews=False)), Rule.OPTED_OUT),
        (rules(person=Chosen(lost=frozenset({PREVIEWS}))), Rule.UNREADABLE),
        (rules(person=Chosen(lost=frozenset({BLOCKED_TAGS}))), Rule.UNREADABLE),
        (rules(channel=Chosen(lost=frozenset({BLOCKED_TAGS}))), Rule.UNREADABLE),
        (rules(channel=Chosen(lost=frozenset({BLOCKED_TAGS})), person=choose(previews=False)), Rule.OPTED_OUT),
        (rules(channel=Chosen(lost=frozenset({GALLERIES}))), None),
    ],
)
def test_only_who_switched_previews_off_is_said_to_have(given_rules: Rules, refusal: Rule | None) -> None:
    assert given_rules.person_refusal is refusal


@pytest.mark.parametrize("lost", [{ADULT}, {IMAGE_LEVEL}, {BLOCKED_TAGS}, {ROLES}])
@pytest.mark.parametrize("level", ["server", "channel"])
def test_a_card_knows_of_what_cannot_be_read_as_whoever_decides_does(level: str, lost: set[AnySetting]) -> None:
    here = replace(rules(channel=choose(image_level=1)), **{level: Chosen(lost=frozenset(lost))})
    kept = here.keep_on_cards()
    assert kept.adult_refusal == here.adult_refusal
    assert kept.rule_pictures() == here.rule_pictures()
    on_cards = [one for one in SETTINGS.values() if one.on_cards]
    assert [kept[one] for one in on_cards] == [here[one] for one in on_cards]


def test_a_refusal_says_which_rule_it_was() -> None:
    refused = Refused(Rule.GROUP)
    assert (refused.rule, str(refused)) == (Rule.GROUP, "refused: GROUP")


# Properties

_MAYBE = st.sampled_from([None, True, False])
_IDS = st.lists(st.sampled_from([*HERE, 99]), max_size=3).map(tuple)
_NAMES = st.sampled_from(["glasses", "kimono", "Straw  Hat", "straw hat", "windmill"])
_BLOCKED = st.lists(st.one_of(_NAMES, _NAMES.map("female:{}".format), _NAMES.map("male:{}".format)), max_size=2).map(
    tuple
)
_LEVELS = st.sampled_from([0, 1, 2])
SERVERS = st.builds(
    choose,
    galleries=st.booleans(),
    non_h=st.booleans(),
    channel_rule=st.sampled_from(["all", "only", "except"]),
    channels=_IDS,
    roles=st.sampled_from([(), (ROLE,), (ROLE, 99)]),
    blocked_tags=_BLOCKED,
    image_level=_LEVELS,
)
SOME_CHANNELS = st.builds(
    choose,
    galleries=_MAYBE,
    non_h=_MAYBE,
    blocked_tags=_BLOCKED,
    image_level=st.one_of(st.none(), _LEVELS),
)
PEOPLE = st.builds(choose, dm_galleries=st.booleans(), blocked_tags=_BLOCKED)
PLACES = st.builds(
    Place,
    kind=st.sampled_from(["server", "dm", "group"]),
    age_restricted=st.booleans(),
    channel_ids=st.sampled_from([(), (CHANNEL,), HERE]),
)
ALL_RULES = st.builds(
    Rules,
    place=PLACES,
    server=SERVERS,
    channel=SOME_CHANNELS,
    person=PEOPLE,
    role_ids=st.sampled_from([frozenset[int](), frozenset({ROLE}), frozenset({98})]),
    hosted=st.builds(Hosted, galleries=st.booleans(), adult=st.booleans()),
)
ALL_TAGS = st.dictionaries(st.sampled_from(["female", "male", ""]), st.lists(_NAMES, max_size=3), max_size=3)


def find_objections(found: Rules) -> set[str]:
    """What speaks against galleries in a server's channel, said once more and in other words."""
    own, inherited = found.channel.get(GALLERIES), found.server.get(GALLERIES)
    rule, roles = found.server.get(CHANNEL_RULE), found.server.get(ROLES) or ()
    listed = any(one in (found.server.get(CHANNELS) or ()) for one in found.place.channel_ids)
    objections = {
        "host": not (found.hosted.galleries and found.hosted.adult),
        "off": not (inherited if own is None else own),
        "not listed": rule == "only" and not listed,
        "listed": rule == "except" and listed,
        "role": bool(roles) and found.role_ids.isdisjoint(roles),
    }
    return {name for name, holds in objections.items() if holds}


@given(ALL_RULES)
def test_a_server_has_all_galleries_exactly_where_it_is_age_restricted_and_nothing_speaks_against(found: Rules) -> None:
    found = replace(found, place=replace(found.place, kind="server"))
    full = found.rule_galleries().extent is FULL
    assert full == (found.place.age_restricted and not find_objections(found))


@given(ALL_RULES)
def test_outside_of_age_restricted_channels_nothing_adult_is_shown_but_to_who_wants_it_in_private(found: Rules) -> None:
    if found.rule_gallery(adult=True, tags={}).shows:
        in_private = found.place.kind == "dm" and found.person.get(DM_GALLERIES)
        assert in_private or (found.place.kind == "server" and found.place.age_restricted)


@given(ALL_RULES, st.booleans(), ALL_TAGS)
def test_a_gallery_is_never_shown_where_its_place_shows_none_nor_further(
    found: Rules, adult: bool, tags: dict[str, list[str]]
) -> None:
    of_place, ruling = found.rule_galleries(), found.rule_gallery(adult=adult, tags=tags)
    assert of_place.shows or ruling == of_place
    assert of_place.extent is FULL or ruling.extent is not FULL


@given(ALL_RULES, st.booleans(), ALL_TAGS)
def test_a_gallery_that_is_shown_has_no_blocked_tag(found: Rules, adult: bool, tags: dict[str, list[str]]) -> None:
    if not found.rule_gallery(adult=adult, tags=tags).shows:
        return
    levels = (found.server, found.channel, found.person)
    blocked = [tag for level in levels for tag in level.get(BLOCKED_TAGS) or ()]
    for namespace, name in ((namespace, name) for namespace, names in tags.items() for name in names):
        for one in map(normalise_tag, blocked):
            assert one not in (normalise_tag(name), normalise_tag(f"{namespace}:{name}"))


@given(ALL_RULES, st.booleans(), ALL_TAGS)
def test_a_refusal_and_its_reason_belong_together(found: Rules, adult: bool, tags: dict[str, list[str]]) -> None:
    showing = {Rule.AGE_RESTRICTED, Rule.NON_H, Rule.DM_ON, Rule.LINKS_ON}
    for ruling in (found.rule_galleries(), found.rule_gallery(adult=adult, tags=tags), found.rule_links("vndb")):
        assert ruling.shows == (ruling.rule in showing)


def test_what_a_card_can_tell_of_the_rules_can_be_a_key_whatever_was_chosen() -> None:
    chosen = Chosen({CHANNELS: {1, 2}})  # as a panel has them, until they are read from the store
    assert hash(Rules(server=chosen).keep_on_cards()) == hash(Rules().keep_on_cards())
