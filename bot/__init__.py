"""Shiori, a Discord bot for visual-novel and anime communities."""

import sys
from collections.abc import Sequence
from pathlib import Path

__version__ = "0.1.0"


def find_program(argv: Sequence[str], typed: Sequence[str]) -> str:
    """What a process was started by: `shiori` where that is installed, else Python as it was typed with `-m bot`.

    `argv` and `typed` are as in `sys` (`argv`, `orig_argv`) while this package is imported.
    """
    if Path(argv[0]).stem == "shiori":
        return "shiori"
    python = typed[0] if argv[0] == "-m" else "python"
    return f'"{python}" -m bot' if " " in python else f"{python} -m bot"


PROGRAM = find_program(sys.argv or [""], sys.orig_argv)
"""For every sentence that says what to call: whoever reads it can type it there."""
