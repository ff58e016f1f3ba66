"""What can be pressed in a panel of settings. Custom ids say whose setting it is, and so outlive a restart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal, Protocol, Self, cast

import discord
from discord import ui

from bot.gate.setting import LISTED_AT_MOST
from bot.navigation.item import Interaction, Once
from bot.settings.form import SCOPE_PATTERN, SERVER, Scope, find_page, parse_scope

PersonAct = Literal["export", "delete", "delete!"]

_SETTING = "(?P<setting>[a-z_]{1,40})"
_CHANNEL_TYPES = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.media,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
    discord.ChannelType.category,
]


class PanelActions(Protocol):
    """What is done when one of these is used, the bot's `panels`. It checks who may; nothing here does."""

    async def change_setting(
        self, interaction: Interaction, scope: Scope, setting: str, values: Sequence[str], shown: Sequence[str] = ()
    ) -> None:
        """Change a setting, and show the panel again. `values` and `shown` are as `apply_change` reads them."""
        ...

    async def open_panel(self, interaction: Interaction, scope: Scope, page: str) -> None:
        """Show a panel in place of the message. `page` is empty for the first one."""
        ...

    async def edit_tags(self, interaction: Interaction, scope: Scope, setting: str) -> None:
        """Open the modal of a list of tags."""
        ...

    async def show_why(self, interaction: Interaction) -> None:
        """Show in place of the message what is shown in its channel, and why."""
        ...

    async def export_person(self, interaction: Interaction) -> None:
        """Show everything that is stored about the person."""
        ...

    async def ask_delete(self, interaction: Interaction) -> None:
        """Ask whether everything that is stored about the person shall be deleted."""
        ...

    async def delete_person(self, interaction: Interaction) -> None:
        """Delete everything that is stored about the person."""
        ...


class _HasPanels(Protocol):
    @property
    def panels(self) -> PanelActions: ...


class SettingSelect(Once, ui.DynamicItem[ui.Select[Any]], template=f"set:{SCOPE_PATTERN}:{_SETTING}"):
    """Sets a choice."""

    def __init__(self, scope: Scope, setting: str, options: Sequence[discord.SelectOption]) -> None:
        self.scope = scope
        self.setting = setting
        super().__init__(ui.Select(options=list(options), custom_id=f"set:{scope.encode()}:{setting}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_read_scope(match), match["setting"], item.options if isinstance(item, ui.Select) else [])

    async def callback(self, interaction: Interaction) -> None:
        await _panels(interaction).change_setting(interaction, self.scope, self.setting, _read_values(interaction))


class SwitchButton(Once, ui.DynamicItem[ui.Button[Any]], template=f"sw:{SCOPE_PATTERN}:{_SETTING}:(?P<wanted>on|off)"):
    """Says whether a switch is on, and turns it to the other. Pressed twice at once, it turns once."""

    def __init__(self, scope: Scope, setting: str, *, is_on: bool) -> None:
        self.scope = scope
        self.setting = setting
        self.wanted = "off" if is_on else "on"
        style = discord.ButtonStyle.success if is_on else discord.ButtonStyle.secondary
        custom_id = f"sw:{scope.encode()}:{setting}:{self.wanted}"
        super().__init__(ui.Button(label="On" if is_on else "Off", style=style, custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_read_scope(match), match["setting"], is_on=match["wanted"] == "off")

    async def callback(self, interaction: Interaction) -> None:
        await _panels(interaction).change_setting(interaction, self.scope, self.setting, [self.wanted])


class SettingChannelSelect(Once, ui.DynamicItem[ui.ChannelSelect[Any]], template=f"setc:{SCOPE_PATTERN}:{_SETTING}"):
    """Sets a list of channels."""

    def __init__(self, scope: Scope, setting: str, ids: Sequence[int] = ()) -> None:
        self.scope = scope
        self.setting = setting
        self.ids = ids
        chosen = [discord.SelectDefaultValue(id=one, type=discord.SelectDefaultValueType.channel) for one in ids]
        super().__init__(
            ui.ChannelSelect(
                custom_id=f"setc:{scope.encode()}:{setting}",
                placeholder="No channels",
                min_values=0,
                max_values=LISTED_AT_MOST,
                channel_types=_CHANNEL_TYPES,
                default_values=chosen[:LISTED_AT_MOST],
            )
        )

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        ids = [one.id for one in item.default_values] if isinstance(item, ui.ChannelSelect) else []
        return cls(_read_scope(match), match["setting"], ids)

    async def callback(self, interaction: Interaction) -> None:
        values, shown = _read_values(interaction), list(map(str, self.ids))
        await _panels(interaction).change_setting(interaction, self.scope, self.setting, values, shown)


class SettingRoleSelect(Once, ui.DynamicItem[ui.RoleSelect[Any]], template=f"setr:{SCOPE_PATTERN}:{_SETTING}"):
    """Sets a list of roles."""

    def __init__(self, scope: Scope, setting: str, ids: Sequence[int] = ()) -> None:
        self.scope = scope
        self.setting = setting
        self.ids = ids
        chosen = [discord.SelectDefaultValue(id=one, type=discord.SelectDefaultValueType.role) for one in ids]
        super().__init__(
            ui.RoleSelect(
                custom_id=f"setr:{scope.encode()}:{setting}",
                placeholder="Everybody",
                min_values=0,
                max_values=LISTED_AT_MOST,
                default_values=chosen[:LISTED_AT_MOST],
            )
        )

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        ids = [one.id for one in item.default_values] if isinstance(item, ui.RoleSelect) else []
        return cls(_read_scope(match), match["setting"], ids)

    async def callback(self, interaction: Interaction) -> None:
        values, shown = _read_values(interaction), list(map(str, self.ids))
        await _panels(interaction).change_setting(interaction, self.scope, self.setting, values, shown)


class TagsButton(Once, ui.DynamicItem[ui.Button[Any]], template=f"tags:{SCOPE_PATTERN}:{_SETTING}"):
    """Opens the modal of a list of tags."""

    def __init__(self, scope: Scope, setting: str) -> None:
        self.scope = scope
        self.setting = setting
        super().__init__(ui.Button(label="Edit", emoji="✏️", custom_id=f"tags:{scope.encode()}:{setting}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_read_scope(match), match["setting"])

    async def callback(self, interaction: Interaction) -> None:
        await _panels(interaction).edit_tags(interaction, self.scope, self.setting)


class PanelSelect(Once, ui.DynamicItem[ui.Select[Any]], template=f"panel:{SCOPE_PATTERN}"):
    """Turns to another page of a panel."""

    def __init__(self, scope: Scope, options: Sequence[discord.SelectOption]) -> None:
        self.scope = scope
        super().__init__(ui.Select(options=list(options), custom_id=f"panel:{scope.encode()}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_read_scope(match), item.options if isinstance(item, ui.Select) else [])

    async def callback(self, interaction: Interaction) -> None:
        page = next(iter(_read_values(interaction)), "")
        await _panels(interaction).open_panel(interaction, self.scope, page)


class PanelButton(Once, ui.DynamicItem[ui.Button[Any]], template=f"panelb:{SCOPE_PATTERN}(?::{_SETTING})?"):
    """Opens a panel, on the page of a setting if one is given."""

    def __init__(self, scope: Scope, label: str = "…", *, emoji: str | None = None, setting: str = "") -> None:
        self.scope = scope
        self.setting = setting
        end = f":{setting}" if setting else ""
        super().__init__(ui.Button(label=label, emoji=emoji, custom_id=f"panelb:{scope.encode()}{end}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(_read_scope(match), setting=match["setting"] or "")

    async def callback(self, interaction: Interaction) -> None:
        page = find_page(self.scope.level, self.setting)
        await _panels(interaction).open_panel(interaction, self.scope, page)


class ChannelPanelSelect(Once, ui.DynamicItem[ui.ChannelSelect[Any]], template=r"panelc"):
    """Opens the panel of a channel."""

    def __init__(self) -> None:
        # A category has no settings of its own.
        types = [one for one in _CHANNEL_TYPES if one is not discord.ChannelType.category]
        super().__init__(ui.ChannelSelect(custom_id="panelc", placeholder="Pick a channel", channel_types=types))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], _match: re.Match[str], /) -> Self:
        return cls()

    async def callback(self, interaction: Interaction) -> None:
        picked = next(iter(_read_values(interaction)), "")
        scope = parse_scope(f"c{picked}")
        await _panels(interaction).open_panel(interaction, scope or SERVER, "")


class PersonButton(Once, ui.DynamicItem[ui.Button[Any]], template=r"me:(?P<act>export|delete!?)"):
    """Shows or deletes what is stored about a person. `delete` asks first, `delete!` does it."""

    def __init__(self, act: PersonAct, label: str = "…") -> None:
        self.act: PersonAct = act
        style = discord.ButtonStyle.danger if act == "delete!" else discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=label, style=style, custom_id=f"me:{act}"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], match: re.Match[str], /) -> Self:
        return cls(cast("PersonAct", match["act"]))

    async def callback(self, interaction: Interaction) -> None:
        panels = _panels(interaction)
        acts = {"export": panels.export_person, "delete": panels.ask_delete, "delete!": panels.delete_person}
        await acts[self.act](interaction)


class WhyButton(Once, ui.DynamicItem[ui.Button[Any]], template=r"why"):
    """Leads to what is shown in the channel, and why."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="What is shown here, and why", custom_id="why"))

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: ui.Item[Any], _match: re.Match[str], /) -> Self:
        return cls()

    async def callback(self, interaction: Interaction) -> None:
        await _panels(interaction).show_why(interaction)


SETTING_ITEMS = (
    WhyButton,
    SettingSelect,
    SwitchButton,
    SettingChannelSelect,
    SettingRoleSelect,
    TagsButton,
    PanelSelect,
    PanelButton,
    ChannelPanelSelect,
    PersonButton,
)


def _read_scope(match: re.Match[str]) -> Scope:
    scope = parse_scope(match["scope"])
    assert scope is not None  # noqa: S101 - the template has the same pattern
    return scope


def _read_values(interaction: Interaction) -> list[str]:
    # Of a select of channels or roles, these are the ids; discord.py's own `values` would need both in its cache.
    return cast("list[str]", (interaction.data or {}).get("values", []))


def _panels(interaction: Interaction) -> PanelActions:
    return cast("_HasPanels", interaction.client).panels
