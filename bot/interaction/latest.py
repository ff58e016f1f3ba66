"""What was pressed last stays: a page that was asked for before, and takes longer, does not come in its place."""

from __future__ import annotations

import discord

_KNOWN_AT_MOST = 10_000

IS_BEHIND = "behind"
"""Among the extras of an interaction whose message shows by now what was pressed after it."""
_BEFORE = "before"  # among them too: which press the message was changed for until then


class Latest:
    """Which press each message was changed for, of those that were changed last. What another process with the same
    shards has changed is not known.
    """

    def __init__(self) -> None:
        self._shown: dict[int, int] = {}

    def claim(self, interaction: discord.Interaction[discord.Client]) -> bool:
        """Whether its message may be changed for this press, a moment before it is: then it is for none before it."""
        message = interaction.message
        if message is None:
            return True
        shown = self._shown.pop(message.id, 0)
        # Discord's ids grow, and two presses of one person reach it one after the other.
        self._shown[message.id] = max(shown, interaction.id)
        if len(self._shown) > _KNOWN_AT_MOST:
            del self._shown[next(iter(self._shown))]
        interaction.extras[IS_BEHIND] = shown > interaction.id
        interaction.extras.setdefault(_BEFORE, shown)  # also if it is sent once more
        return shown <= interaction.id

    def give_back(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Discord did not take the change: what was pressed before may still come."""
        if interaction.message is not None and self._shown.get(interaction.message.id) == interaction.id:
            self._shown[interaction.message.id] = interaction.extras.get(_BEFORE, 0)
