"""The bot in virtual time: what has to hold does, a seed is the same each time, and faults are found."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

SEEDS = 200
AT_ONCE = 50
STEPS = "10"
"""Shorter scripts, as dense: a seed takes an eighth of a second of processor time. `make simulate` runs longer ones."""


def _simulate(*arguments: str) -> str:
    """What it says, in a process of its own: a simulation replaces sockets, threads and chance, and leaves the dead."""
    command = [sys.executable, "-m", "tests.simulate", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONHASHSEED": "0"}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("first", range(0, SEEDS, AT_ONCE))
def test_whatever_happens_what_has_to_hold_does(first: int) -> None:
    said = _simulate("--first", str(first), "--seeds", str(AT_ONCE), "--steps", STEPS)
    assert f"{AT_ONCE} seeds, 0 failed" in said


def test_what_was_found_once_holds() -> None:
    assert "stories, 0 failed" in _simulate("--stories")


def test_a_seed_is_the_same_each_time_whatever_ran_before() -> None:
    first, second = (re.findall("trace ([0-9a-f]+)", _simulate("--seed", *seeds)) for seeds in (("8", "9"), ("9", "8")))
    assert len(first) == 2
    assert first == second[::-1]


@pytest.mark.deep
def test_faults_that_are_planted_are_found() -> None:
    assert "NOT FOUND" not in _simulate("--planted", "--seeds", "300")
