"""How options are declared: once, for every command that takes them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

import discord
import msgspec
from discord import app_commands

from bot.client import Shiori
from bot.command.completion import Completion
from bot.interaction.registration import ADULT_OPTIONS

C = TypeVar("C", bound=Callable[..., Any])
D = TypeVar("D")
K = TypeVar("K", str, int)
R = TypeVar("R")

Text = app_commands.Range[str, 1, 200]
Date = app_commands.Range[str, 4, 10]
Values = Mapping[str, Any]
"""What was typed, by the names of options. One that was left out may be missing or None."""


class Option(msgspec.Struct, Generic[R], frozen=True):
    """An option of commands, whole: all that Discord is told of it, and how what was typed is `read`.

    `type` is as in the signature of a command's callback: `str`, `app_commands.Range[int, 1, 100]` …
    `adult`: a host that shows nothing for adults does not offer it.
    """

    name: str
    type: Any
    description: str
    read: R
    choices: Sequence[app_commands.Choice[Any]] = ()
    complete: Completion | None = None
    adult: bool = False


def takes(*options: Option[Any]) -> Callable[[C], C]:
    """Give a command these options in this order: the parameters of its callback, and the others as its `**options`."""

    def declare(callback: C) -> C:
        # discord.py reads a command's options from its signature.
        own = inspect.signature(callback)
        parameters = {name: one for name, one in own.parameters.items() if one.kind is not one.VAR_KEYWORD}
        for option in options:
            one = parameters.pop(option.name, _OPTIONAL)  # and in again: their order is that of the declarations
            required = one.default is one.empty
            parameters[option.name] = one.replace(
                name=option.name, annotation=option.type if required else option.type | None, kind=one.KEYWORD_ONLY
            )
        cast("Any", callback).__signature__ = own.replace(parameters=list(parameters.values()))
        app_commands.describe(**{one.name: one.description for one in options})(callback)
        app_commands.choices(**{one.name: [*one.choices] for one in options if one.choices})(callback)
        app_commands.autocomplete(**{one.name: one.complete for one in options if one.complete})(callback)
        setattr(callback, ADULT_OPTIONS, frozenset(one.name for one in options if one.adult))
        return callback

    return declare


_OPTIONAL = inspect.Parameter("option", inspect.Parameter.KEYWORD_ONLY, default=None)


def pick(options: Sequence[Option[R]], *names: str) -> tuple[Option[R], ...]:
    """Those of the options that are called so, in the order of the names. Raises `KeyError`."""
    by_name = {option.name: option for option in options}
    return tuple(by_name[name] for name in names)


def usable_everywhere(command: D) -> D:
    """Let a command be used in servers, in direct messages, and by people who installed the bot for themselves."""
    app_commands.allowed_installs(guilds=True, users=True)(command)
    app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)(command)
    return command


def add_to(bot: Shiori, name: str, group: app_commands.Group) -> None:
    """Add commands under the group of that name, which is there already."""
    cast("app_commands.Group", bot.tree.get_command(name)).add_command(group)


def list_choices(names: Mapping[K, str]) -> list[app_commands.Choice[K]]:
    """The choices of an option: values and what people see for each."""
    return [app_commands.Choice(name=name, value=value) for value, name in names.items()]


class ChannelId(app_commands.Transformer):
    """An option that is a channel of one of these kinds, read as its id: the bot may not see it."""

    def __init__(self, *kinds: discord.ChannelType) -> None:
        self._kinds = kinds

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return [*self._kinds]

    async def transform(self, _interaction: discord.Interaction[Any], value: Any, /) -> int:
        return cast("app_commands.AppCommandChannel", value).id
