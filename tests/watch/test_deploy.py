"""What lies in deploy/ for Prometheus and Grafana speaks of figures that there are, and so does the table of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from bot.interaction.course import Outcome
from tests.watch.conftest import Watched
from tests.watch.exposition import parse

ROOT = Path(__file__).parent.parent.parent
RULES = ROOT / "deploy" / "prometheus" / "alerts.yml"
RULE_TESTS = RULES.with_name("alerts.test.yml")
DASHBOARD = ROOT / "deploy" / "grafana" / "shiori.json"
TABLE = (ROOT / "docs" / "metrics.md").read_text("utf-8")

_FIGURE = re.compile(r"\b(?:shiori|process|python)_[a-z_]+\b")
_HISTOGRAM = re.compile(r"_(?:bucket|sum|count)$")


def list_questions(part: Any) -> list[str]:
    """Everything that the dashboard asks Prometheus for."""
    if isinstance(part, dict):
        own = [value for key, value in part.items() if key in {"expr", "query"} and isinstance(value, str)]  # pyright: ignore[reportUnknownVariableType]
        return [*own, *(one for value in part.values() for one in list_questions(value))]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(part, list):
        return [one for value in part for one in list_questions(value)]  # pyright: ignore[reportUnknownVariableType]
    return []


def read_rules() -> list[str]:
    return re.findall(r"^ +expr: ((?:.|\n(?= {10}))+)", RULES.read_text("utf-8"), re.MULTILINE)


async def test_figures_rules_dashboard_and_table_are_of_one_mind(watched: Watched) -> None:
    seen = parse((await watched.ask("/metrics")).body)
    names = set(seen.helps)
    asked = {
        "rules": set(_FIGURE.findall(" ".join(read_rules()))),
        "dashboard": set(_FIGURE.findall(" ".join(list_questions(json.loads(DASHBOARD.read_text("utf-8")))))),
        "tests of rules": set(_FIGURE.findall(" ".join(re.findall(r"series: '(.+)'", RULE_TESTS.read_text("utf-8"))))),
    }
    for where, figures in asked.items():
        assert len(figures) > 10, where
        unknown = {one for one in figures if one not in names and _HISTOGRAM.sub("", one) not in names}
        assert unknown - {"shiori_build_info"} == set(), where
    own = {one for one in names if one.startswith("shiori_")}
    assert {one for one in _FIGURE.findall(TABLE) if one.startswith("shiori_")} == own
    shown = {_HISTOGRAM.sub("", one) if one not in names else one for figures in asked.values() for one in figures}
    assert own - shown == set(), "figures that nobody looks at"
    labels = {name for of_one in seen.samples.values() for at in of_one for name, _ in at}
    assert {one for one in labels if f"`{one}`" not in TABLE} == {"le", "generation"}


def test_every_alert_is_tried_and_says_what_is_wrong() -> None:
    names = re.findall(r"- alert: (\w+)", RULES.read_text("utf-8"))
    tests = RULE_TESTS.read_text("utf-8")
    assert len(names) == len(set(names)) == len(read_rules()) > 10
    assert set(re.findall(r"alertname: (\w+)", tests)) == set(names)
    for name in names:
        assert f"name: {name} is heard of\n" in tests
        assert f"name: {name} is not\n" in tests
    assert RULES.read_text("utf-8").count("summary:") == RULES.read_text("utf-8").count("severity:") == len(names)


def test_memory_is_told_of_before_the_process_is_ended_for_it() -> None:
    (rule,) = (one for one in read_rules() if "resident_memory" in one)
    (per_server, base) = map(float, re.findall(r"\d+e\d+", rule))
    files = ("container/compose.yaml", "container/compose.large.yaml", "systemd/shiori.service")
    for name in files:
        (limit,) = re.findall(
            r"^ *(?:mem_limit: |MemoryMax=)(\d+)m$",
            (ROOT / "deploy" / name).read_text("utf-8"),
            re.MULTILINE | re.IGNORECASE,
        )
        assert base + 10_000 * per_server < int(limit) * 2**20, name


def test_every_outcome_is_told() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| [^|]+ \|$", TABLE, re.MULTILINE)) == {one.value for one in Outcome}


def test_panels_lie_beside_each_other_and_have_names_of_their_own() -> None:
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    assert len({one["id"] for one in panels}) == len({one["title"] for one in panels if one["type"] != "row"}) + sum(
        one["type"] == "row" for one in panels
    )
    taken: set[tuple[int, int]] = set()
    for one in panels:
        at = one["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, one["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
