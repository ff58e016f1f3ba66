"""What is in the way of those who do the recipes of CONTRIBUTING.md to the letter."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.each import each

ROOT = Path(__file__).parent.parent
RECIPES = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("\n## A page\n")[2].partition("\n## Style\n")[0]
EXTENDED = (
    "bot/vndb/pages/vn.py",
    "bot/vndb/pages/index.py",
    "bot/command/vndb.py",
    "bot/vndb/cards/filter.py",
    "bot/gate/setting.py",
    "bot/config.py",
    "bot/lookup/source.py",
    "bot/status/health.py",
    "bot/status/card.py",
    "bot/client.py",
    "bot/playground/service/host.py",
)
"""What they add lines to."""


@each("name", EXTENDED)
def test_there_is_room_for_the_line_that_a_recipe_adds(name: str) -> None:
    """`tests/test_layers.py` wants 500 at most."""
    assert name in RECIPES
    assert (ROOT / name).read_text("utf-8").count("\n") < 500


def test_no_test_declares_the_setting_that_a_recipe_does() -> None:
    """Whoever takes theirs away again takes the other of that name along, and hundreds of tests with it."""
    (setting,) = re.findall(r'name="(\w+)",\n\s+form=Choice', RECIPES)
    tests = [path for path in (ROOT / "tests").rglob("*.py") if f'name="{setting}"' in path.read_text("utf-8")]
    assert tests == []
