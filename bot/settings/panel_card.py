"""Panels of settings: of a server, of one of its channels, and a person's own. They are shown privately."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

import discord
from discord import ui

from bot.cards.text import clip, escape_line
from bot.gate.rules import Hosted
from bot.gate.setting import ChannelSettings, PersonalSettings, ServerSettings
from bot.navigation.frame import ACCENT, PageView
from bot.settings.form import (
    CHANNEL_FIELDS,
    ME,
    PERSONAL_FIELDS,
    SERVER,
    SERVER_PAGES,
    Field,
    Option,
    Scope,
    Settings,
)
from bot.settings.item import (
    ChannelPanelSelect,
    PanelButton,
    PanelSelect,
    PersonButton,
    SettingChannelSelect,
    SettingRoleSelect,
    SettingSelect,
    TagsButton,
)
from bot.settings.tag import format_tags

EXPORT_NAME = "shiori-about-me.json"

_TAGS_LIMIT = 1500
_NAME_LIMIT = 80
_SENTENCE_LIMIT = 300
_MISSING_AT_MOST = 3


def render_server_panel(
    settings: ServerSettings, *, page: str, hosted: Hosted, missing: Sequence[str] = (), note: str = ""
) -> PageView:
    """A page of the server's settings; the first one if there is none of that key.

    `missing` are sentences about what the bot lacks, `note` is about what was just done. Both are escaped already.
    """
    shown = next((one for one in SERVER_PAGES if one.key == page), SERVER_PAGES[0])
    options = [discord.SelectOption(label=one.label, value=one.key, default=one is shown) for one in SERVER_PAGES]
    body = [
        ui.TextDisplay[Any]("\n".join(["## Settings of this server", *_list_missing(missing)])),
        ui.ActionRow[Any](PanelSelect(SERVER, options)),
        *_build_fields(SERVER, shown.fields, settings, hosted=hosted),
        ui.TextDisplay[Any](
            "**One channel**\n-# Pick it to set what is different there. `/settings why` tells what it gets and why."
        ),
        ui.ActionRow[Any](ChannelPanelSelect()),
    ]
    return _build_panel(body, note)


def render_channel_panel(
    settings: ChannelSettings,
    server: ServerSettings,
    *,
    channel_id: int,
    channel_name: str,
    hosted: Hosted,
    note: str = "",
) -> PageView:
    """What differs in one channel from its server. `note` is as for a server."""
    name = clip(escape_line(channel_name), _NAME_LIMIT)
    scope = Scope("channel", channel_id)
    body = [
        ui.TextDisplay[Any](f"## Settings of #{name}\n-# They hold in its threads too."),
        *_build_fields(scope, CHANNEL_FIELDS, settings, hosted=hosted, server=server),
        ui.ActionRow[Any](PanelButton(SERVER, "Settings of the server")),
    ]
    return _build_panel(body, note)


def render_personal_panel(settings: PersonalSettings, *, hosted: Hosted, note: str = "") -> PageView:
    """A person's own settings. `note` is as for a server."""
    body = [
        ui.TextDisplay[Any]("## Your settings\n-# They hold for you everywhere."),
        *_build_fields(ME, PERSONAL_FIELDS, settings, hosted=hosted),
        ui.ActionRow[Any](
            PersonButton("export", "Show what is stored about me"),
            PersonButton("delete", "Delete what is stored about me"),
        ),
    ]
    return _build_panel(body, note)


def render_export_offer(document: bytes) -> PageView:
    """Everything that is stored about a person, as a file to keep. `document` is JSON."""
    body = [
        ui.TextDisplay[Any]("## What is stored about you\nAll of it is in this file."),
        ui.File[Any](f"attachment://{EXPORT_NAME}"),
        ui.ActionRow[Any](PanelButton(ME, "Back")),
    ]
    return _build_panel(body, files=[discord.File(io.BytesIO(document), EXPORT_NAME)])


def render_delete_question() -> PageView:
    """What deleting means, and whether to go on."""
    text = (
        "## Delete what is stored about you?\nYour settings go back to what they were at first, the previews "
        "below your messages and the answers to your commands in age-restricted channels are taken away, and what you "
        "follow, for yourself or in a server, is told no more. "
        "This cannot be undone."
    )
    buttons = ui.ActionRow[Any](PersonButton("delete!", "Delete everything"), PanelButton(ME, "Keep everything"))
    return _build_panel([ui.TextDisplay[Any](text), buttons])


def render_deleted(count: int) -> PageView:
    """What was deleted: so many records."""
    said = f"{count} record{'' if count == 1 else 's'} about you {'was' if count == 1 else 'were'} deleted."
    text = f"{said} Nothing is stored about you now." if count else "Nothing was stored about you."
    return _build_panel([ui.TextDisplay[Any](text), ui.ActionRow[Any](PanelButton(ME, "Your settings"))])


def _build_panel(body: Iterable[ui.Item[Any]], note: str = "", *, files: Sequence[discord.File] = ()) -> PageView:
    container = ui.Container[ui.LayoutView](*body, accent_colour=ACCENT)
    if note:
        container.add_item(ui.TextDisplay(clip(note, _SENTENCE_LIMIT)))
    view = PageView(files=files)
    view.add_item(container)
    return view


def _list_missing(missing: Sequence[str]) -> Iterator[str]:
    for sentence in missing[:_MISSING_AT_MOST]:
        yield f"⚠️ {clip(sentence, _SENTENCE_LIMIT)}"


def _build_fields(
    scope: Scope,
    fields: Iterable[Field],
    settings: Settings,
    *,
    hosted: Hosted,
    server: ServerSettings | None = None,
) -> Iterator[ui.Item[Any]]:
    for field in fields:
        if (field.galleries and not hosted.shows_galleries) or (field.adult and not hosted.adult):
            continue
        current = getattr(settings, field.name)
        text = f"**{field.label}**\n-# {field.description}"
        if field.kind == "tags":
            tags = cast("Sequence[str]", current)
            listed = format_tags(tags, limit=_TAGS_LIMIT) or "None"
            yield ui.Section[Any](ui.TextDisplay[Any](f"{text}\n{listed}"), accessory=TagsButton(scope))
            continue
        yield ui.TextDisplay[Any](text)
        yield ui.ActionRow[Any](_build_select(scope, field, current, server))


def _build_select(scope: Scope, field: Field, current: Any, server: ServerSettings | None) -> ui.Item[Any]:
    if field.kind == "channels":
        return SettingChannelSelect(scope, field.name, current)
    if field.kind == "roles":
        return SettingRoleSelect(scope, field.name, current)
    options = [
        discord.SelectOption(label=_label(field, option, server), value=option.value, default=option.stored == current)
        for option in field.options
    ]
    return SettingSelect(scope, field.name, options)


def _label(field: Field, option: Option, server: ServerSettings | None) -> str:
    """An option's label; of one that follows the server, with what that is."""
    if option.stored is not None or server is None:
        return option.label
    inherited = getattr(server, field.name)
    return f"{option.label} ({next(one.label for one in field.options if one.stored == inherited).lower()})"
