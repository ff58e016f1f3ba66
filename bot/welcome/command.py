"""The registered commands, as people are told of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from discord import app_commands

from bot.cards.text import size

_LIMIT = 3600  # of `size`: Discord takes 4,000 in a message
_HEADING = "## All commands"


class CommandNames:
    """Names of the commands of `tree`, each a mention that fills it in when pressed, once its id at Discord is known.

    `ids`: those of the commands at the top, by their names.
    """

    def __init__(self, tree: app_commands.CommandTree[Any], ids: Mapping[str, int]) -> None:
        self._tree = tree
        self._ids = ids

    def mention(self, name: str) -> str:
        """`</vn info:81>`; without an id the name alone, which stays on one line."""
        command_id = self._ids.get(name.partition(" ")[0])
        return f"</{name}:{command_id}>" if command_id else _quote(name)

    def list_all(self) -> str:
        """All of them, a line for each at the top with what it is about."""
        groups = {
            command: _list_names(command)
            for command in self._tree.get_commands()
            if not isinstance(command, app_commands.ContextMenu)
        }
        for write in (self.mention, _quote):
            lines = [f"**{command.description}**\n{' · '.join(map(write, names))}" for command, names in groups.items()]
            text = "\n".join((_HEADING, *lines))
            if size(text) <= _LIMIT:
                break
        return text


def _quote(name: str) -> str:
    return f"`/{name}`".replace(" ", "\N{NO-BREAK SPACE}")


def _list_names(command: app_commands.Command[Any, ..., Any] | app_commands.Group) -> list[str]:
    if isinstance(command, app_commands.Command):
        return [command.qualified_name]
    return [name for one in command.commands for name in _list_names(one)]
