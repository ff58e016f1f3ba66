"""What is found out of a lane, and how the card says it."""

from __future__ import annotations

import math
from typing import Any, get_args

from bot.app import build_http
from bot.config import Config
from bot.errors import Trouble
from bot.http import LaneState
from bot.lookup.source import build_policies, build_sources
from bot.navigation.address import Address
from bot.navigation.viewer import Viewer
from bot.status.card import render_status
from bot.status.health import Condition, Gateway, Health, Report, State, Topic, Watched, judge, judge_gateway
from tests.support.clock import FakeClock
from tests.support.discord_limits import check_view, read_addresses, read_texts
from tests.support.each import each

NOW_S = 1_800_000_000.0
VIEWER = Viewer(7, age_restricted=False)
HOME = Address("status")
VNDB = Watched("VNDB", "novels")
STATES: tuple[State, ...] = get_args(State)
TOPICS: tuple[Topic, ...] = get_args(Topic)
UNTOLD = frozenset[str]()
"""Services that `/status` says nothing of, on purpose."""


def lane(**changed: Any) -> LaneState:
    told: dict[str, Any] = {"in_flight": 0, "waiting": 0, "paused_for_s": 0.0, "blocked_for_s": 0.0}
    told |= {"circuit_open_for_s": 0.0, "debt_s": 0.0, "idle": True, "typical_s": 0.3, **changed}
    return LaneState("VNDB", **told)


@each(
    ("state", "told", "until_s"),
    [
        ("well", {}, 0),
        ("untried", {"typical_s": None}, 0),
        ("slow", {"typical_s": 2.0}, 0),
        ("well", {"typical_s": 1.9}, 0),
        ("busy", {"wait_s": 5.0, "typical_s": 9.0}, 0),
        ("busy", {"wait_s": 6.0, "spent_for_s": 5.5}, 0),
        ("spent", {"wait_s": 5.5, "spent_for_s": 5.5}, 0),
        ("well", {"spent_for_s": 4.9}, 0),
        ("slow", {"typical_s": 6.0, "answered_ago_s": 59.0}, 0),
        ("was slow", {"typical_s": 6.0, "answered_ago_s": 60.0}, 0),
        ("failing", {"trouble": "cut", "trouble_ago_s": 0.0, "wait_s": 9.0}, 0),
        ("failing", {"trouble": "garbled", "trouble_ago_s": 59.0, "typical_s": None}, 0),
        ("failing", {"trouble": "silent", "trouble_ago_s": 61.0, "circuit_open_for_s": 1.0}, 0),
        ("failed", {"trouble": "silent", "trouble_ago_s": 60.0}, 0),
        ("failed", {"trouble": "silent", "trouble_ago_s": 1080.0, "typical_s": None}, 0),
        (
            "paused",
            {"paused_for_s": 59.5, "wait_s": 59.5, "trouble": "cut", "trouble_ago_s": 0.0},
            1_800_000_060,
        ),
        ("blocked", {"paused_for_s": 3600.0, "blocked_for_s": 3600.0}, 1_800_003_600),
        ("banned", {"paused_for_s": 7200.0, "blocked_for_s": 3600.0, "banned_for_s": 7200.0}, 1_800_007_200),
    ],
)
def test_a_lane_tells_how_it_stands(state: State, told: dict[str, Any], until_s: int) -> None:
    found = judge(VNDB, lane(**told), now_s=NOW_S)
    assert (found.state, found.until_s) == (state, until_s)


@each(
    ("state", "gateway"),
    [
        ("well", Gateway([0.1])),
        ("slow", Gateway([1.5])),
        ("untried", Gateway([math.nan])),
        ("untried", Gateway([])),
        ("well", Gateway([0.1, math.inf, 0.2])),
        ("partly", Gateway([0.1, 0.2], lost=1)),
        ("partly", Gateway([], lost=2)),
    ],
)
def test_the_connections_tell_of_discord(state: State, gateway: Gateway) -> None:
    assert judge_gateway(gateway).state == state


async def test_what_is_switched_off_is_not_looked_at() -> None:
    watched = (VNDB, Watched("E-Hentai", "galleries", off=True))
    health = Health(watched, find_lane={"VNDB": lane()}.__getitem__, clock=FakeClock())
    assert [one.state for one in (await health.look()).conditions] == ["well", "off"]
    health.watch_discord(lambda: Gateway([0.05]))
    assert [one.service for one in (await health.look()).conditions] == ["VNDB", "E-Hentai", "Discord"]


async def test_there_is_a_word_on_every_service_that_is_asked() -> None:
    config = Config(amvstrm_api_url="http://127.0.0.1:9")  # one of a host's own, too
    http = build_http(config)
    told = {one.service for one in (await build_sources(http, config).health.look()).conditions}
    await http.close()
    assert told == {policy.service for policy in build_policies(config)} - UNTOLD


async def test_of_the_database_there_is_a_word_only_while_it_is_away_or_takes_no_changes() -> None:
    health = Health((), find_lane={"VNDB": lane()}.__getitem__, clock=FakeClock())
    troubles = ["", "the database: no answer", ""]
    refusals = [False, True]  # who does not answer is not asked for them

    async def find_trouble() -> str:
        return troubles.pop(0)

    health.watch_database(find_trouble, refuses=lambda: refusals.pop(0))
    assert (await health.look()).conditions == ()
    said = show(*(await health.look()).conditions)
    assert "Not to be had just now: Shiori's database." in said
    assert "🔴 **Settings and follows**: Shiori's database could not be reached when last asked, <t:" in said
    said = show(*(await health.look()).conditions)
    assert said.startswith("## Status\nAll can be asked, but nothing can be saved just now.\n")
    assert (
        "🔴 **Settings and follows**: Shiori's database takes no changes just now.\n-# What is kept there can" in said
    )
    assert "neither shown" not in said


def show(*conditions: Condition) -> str:
    shown = render_status(Report(int(NOW_S), conditions), viewer=VIEWER, address=HOME)
    check_view(shown)
    assert read_addresses(shown) == {"status"}
    return read_texts(shown)


@each(("state", "topic"), [(state, topic) for state in STATES for topic in TOPICS])
def test_every_state_of_everything_has_its_words(state: State, topic: Topic) -> None:
    said = show(Condition("VNDB", topic, state, took_s=0.04, wait_s=20.0, until_s=1_800_000_060))
    assert "VNDB" in said
    assert ("; that is over <t:1800000060:R>." in said) is (state in {"paused", "blocked", "banned"})
    assert ":t>" not in said
    assert ("aiting" in said or "not faster" in said) is (state not in {"well", "untried"})
    assert "None" not in said


def test_all_is_well() -> None:
    said = show(Condition("VNDB", "novels", "well", took_s=0.04), Condition("AniList", "anime", "untried"))
    assert said.startswith("## Status\nAll is well.\n")
    assert "VNDB answers, mostly within 0.1 s." in said
    assert said.count("\n-# ") == 2  # when that was, and who says so


def test_what_stops_is_named_before_what_is_slow() -> None:
    slow = Condition("AniList", "anime", "slow", took_s=12.34)
    assert "All can be asked, though it takes time: AniList." in show(slow)
    said = show(slow, Condition("E-Hentai", "galleries", "blocked", until_s=1_800_003_600))
    assert "Not to be had just now: E-Hentai." in said
    assert "an answer mostly takes 12 s" in said
    assert "Links posted meanwhile may get no card" in said


@each("trouble", get_args(Trouble))
def test_what_happened_is_told_and_long_after_it_nothing_is_known_to_be_away(trouble: Trouble) -> None:
    then = int(NOW_S) - 1080
    said = show(Condition("VNDB", "novels", "failed", trouble=trouble, asked_s=then))
    assert said.startswith("## Status\nNothing is known to be away just now.\n")
    assert f"when last asked, <t:{then}:R>.\n-# Nobody was answered since." in said
    assert "is still shown" not in said


def test_the_troubles_have_words_of_their_own() -> None:
    told = {show(Condition("VNDB", "novels", "failing", trouble=trouble)) for trouble in get_args(Trouble)}
    assert len(told) == len(get_args(Trouble))


def test_a_service_that_was_slow_is_told_as_of_then() -> None:
    then = int(NOW_S) - 360
    said = show(Condition("AniList", "anime", "was slow", took_s=6.0, asked_s=then))
    assert said.startswith("## Status\nNothing is known to be away just now.\n")
    assert f"AniList was slow when last asked, <t:{then}:R>: an answer mostly took 6.0 s." in said


@each("state", ["paused", "blocked", "banned"])
@each(("left_s", "end"), [(119, "; that is over <t:{0}:R>."), (120, " until <t:{0}:t> (<t:{0}:R>).")])
def test_an_end_that_is_near_is_told_in_seconds_alone(state: State, left_s: int, end: str) -> None:
    until_s = int(NOW_S) + left_s
    assert end.format(until_s) in show(Condition("VNDB", "novels", state, until_s=until_s))


def test_a_lane_is_up_unless_it_rests() -> None:
    assert lane().up
    assert not lane(paused_for_s=1.0).up
    assert not lane(circuit_open_for_s=1.0).up
    assert lane().wait_s == lane().banned_for_s == 0.0
