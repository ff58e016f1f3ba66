"""What was asked for on the command line. Nothing is imported here that has to be installed."""

from __future__ import annotations

import sys


class Call:
    """The verb and its arguments, all of them; this, if nothing was said."""

    verb = "run"
    place = "bot.verb.run"
    """The module whose function `run` does it."""
    configured = True
    """Whether it is done with a configuration, which then has to be right."""

    live = False
    port = 8080
    act = ""
    file = ""
    token_file = ""
    yes = False


def is_watched() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


def say(sentence: str) -> None:
    """Tell whoever sits there what is wrong, or what to know."""
    print(sentence, file=sys.stderr)  # noqa: T201
