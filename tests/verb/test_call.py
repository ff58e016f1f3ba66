"""The table of verbs leads to what does them, and the call carries what was typed."""

from __future__ import annotations

import importlib
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import find_program
from bot.__main__ import VERBS, main
from bot.verb.call import Call

ROOT = Path(__file__).parents[2]


def test_every_verb_has_a_module_that_does_it() -> None:
    for verb in VERBS:
        parameters = inspect.signature(importlib.import_module(verb.place).run).parameters
        assert len(parameters) == 1 + verb.configured, verb.name
    assert Call.verb in {verb.name for verb in VERBS}


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert [verb.name for verb in VERBS if f"    {verb.name}" not in shown] == []


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_whoever_reads_only_the_beginning_is_shown_no_traceback(new_database: Path, unbuffered: str) -> None:
    for words in (["admin", "lanes"], ["--help"]):
        reader, writer = os.pipe()
        os.close(reader)
        environ = {**os.environ, "DATABASE_URL": f"sqlite:///{new_database}", "PYTHONUNBUFFERED": unbuffered}
        ended = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=ROOT, env=environ, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=30, check=False,
        )  # fmt: skip
        os.close(writer)
        assert ended.stderr == ""


@pytest.mark.parametrize(
    ("argv", "typed", "program"),
    [
        (["/home/a/.local/bin/shiori", "check"], ["/venvs/shiori/bin/python", "/home/a/.local/bin/shiori"], "shiori"),
        (["-m", "check"], [".venv/bin/python", "-m", "bot", "check"], ".venv/bin/python -m bot"),
        (["-m"], ["/my things/python", "-m", "bot"], '"/my things/python" -m bot'),
        ([""], ["python"], "python -m bot"),
    ],
)
def test_what_to_call_is_what_was_called(argv: list[str], typed: list[str], program: str) -> None:
    assert find_program(argv, typed) == program
