"""What is found out of a lane, and how the card says it."""

from __future__ import annotations

import math
from typing import Any

from bot.http import LaneState
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
STATES: tuple[State, ...] = (
    "well",
    "untried",
    "slow",
    "busy",
    "spent",
    "partly",
    "failing",
    "paused",
    "blocked",
    "banned",
    "off",
)
TOPICS: tuple[Topic, ...] = ("novels", "anime", "instead", "galleries", "pictures", "discord")


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
        ("failing", {"failing": True, "wait_s": 9.0}, 0),
        ("failing", {"failing": True, "typical_s": None}, 0),
        ("paused", {"paused_for_s": 59.5, "wait_s": 59.5, "failing": True}, 1_800_000_060),
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


def test_what_is_switched_off_is_not_looked_at() -> None:
    watched = (VNDB, Watched("E-Hentai", "galleries", off=True))
    health = Health(watched, find_lane={"VNDB": lane()}.__getitem__, clock=FakeClock())
    assert [one.state for one in health.look().conditions] == ["well", "off"]
    health.watch_discord(lambda: Gateway([0.05]))
    assert [one.service for one in health.look().conditions] == ["VNDB", "E-Hentai", "Discord"]


def show(*conditions: Condition) -> str:
    shown = render_status(Report(int(NOW_S), conditions), viewer=VIEWER, address=HOME)
    check_view(shown)
    assert read_addresses(shown) == {"status"}
    return read_texts(shown)


@each(("state", "topic"), [(state, topic) for state in STATES for topic in TOPICS])
def test_every_state_of_everything_has_its_words(state: State, topic: Topic) -> None:
    said = show(Condition("VNDB", topic, state, took_s=0.04, wait_s=20.0, until_s=1_800_000_060))
    assert "VNDB" in said
    assert ("<t:1800000060:t>" in said) is (state in {"paused", "blocked", "banned"})
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


def test_a_lane_is_up_unless_it_rests() -> None:
    assert lane().up
    assert not lane(paused_for_s=1.0).up
    assert not lane(circuit_open_for_s=1.0).up
    assert lane().wait_s == lane().banned_for_s == 0.0
