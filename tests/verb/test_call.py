"""The table of verbs leads to what does them, and the call carries what was typed."""

from __future__ import annotations

import importlib
import inspect

import pytest

from bot.__main__ import VERBS, main
from bot.verb.call import Call


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
