"""What was chosen at one level, by the settings' names."""

from __future__ import annotations

from bot.gate.chosen import NOTHING_CHOSEN, Chosen
from bot.gate.setting import SETTINGS


def choose(**values: object) -> Chosen:
    """Return this choice. Raises ValueError for a value that its setting does not take."""
    chosen = NOTHING_CHOSEN
    for name, value in values.items():
        chosen = chosen.put(SETTINGS[name], value)
    return chosen
