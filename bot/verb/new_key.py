"""`python -m bot keys new`: needs no configuration, which may be wrong for want of a key."""

from __future__ import annotations

from bot.account.keys import print_new_key
from bot.verb.call import Call


def run(_: Call) -> int:
    """Print one. The exit code."""
    return print_new_key()
