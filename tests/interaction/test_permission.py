"""The permissions of the invitation are those that the documents give a reason for."""

from __future__ import annotations

import re
from pathlib import Path

from bot.interaction.permission import ASKED_FOR, NAMES

HOSTING = Path(__file__).parents[2] / "docs" / "hosting.md"


def test_what_is_asked_for_has_a_reason_and_the_other_way_round() -> None:
    rows = [line.split("|")[1] for line in HOSTING.read_text("utf-8").splitlines() if line.startswith("| *")]
    named = [name for row in rows for name in re.findall(r"\*([A-Z][A-Za-z ]+)\*", row)]
    assert sorted(named) == sorted(NAMES.values())


def test_each_permission_is_in_the_invitation_once() -> None:
    assert all(getattr(ASKED_FOR, name) for name in NAMES)
    assert ASKED_FOR.value.bit_count() == len(NAMES)
