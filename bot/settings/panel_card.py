"""Panels of settings: of a server, of one of its channels, and a person's own. They are shown privately."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import discord
from discord import ui

from bot.account.item import AccountButton
from bot.cards.text import clip, count
from bot.gate.chosen import Chosen, resolve
from bot.gate.declaration import AnySetting, Choice, IdList, Level
from bot.gate.rules import Hosted
from bot.gate.setting import ADULT
from bot.navigation.frame import ACCENT, PageView
from bot.settings.form import ME, SERVER, FormPage, Option, Scope, is_switch, list_options, list_pages, read_current
from bot.settings.hint import Saved, find_trap, tell_difference, tell_saved
from bot.settings.item import (
    ChannelPanelSelect,
    PanelButton,
    PanelSelect,
    PersonButton,
    SettingChannelSelect,
    SettingRoleSelect,
    SettingSelect,
    SwitchButton,
    TagsButton,
    WhyButton,
)
from bot.settings.stored import EXPORT_NAME, list_stored
from bot.settings.tag import format_tags

_LISTS = (
    "**Your lists on VNDB and AniList**\n"
    "-# Link them, so that `/vndb` and `/anilist` need no name, and choose which servers see them."
)
_LOST = "⚠️ What was chosen cannot be read any more. Choose it again."
_SHUT = "cannot be read any more. Until it is chosen again nothing is previewed, and no pictures are shown."
_TAGS_LIMIT = 1000
_LATER = "What Discord does not let Shiori take away now, as in an archived thread, goes with its record once it does."
_GOES_ON = (
    "Waiting helps, since Shiori goes on trying; but what is in an archived thread goes when that is reopened, and "
    "what is where Shiori sees nothing when it is let in."
)
_CHANNELS_AT_MOST = 10
_SAVED_LIMIT = 500
_STORED_LIMIT = 3000
_SENTENCE_LIMIT = 300
_MISSING_AT_MOST = 3


def render_server_panel(
    chosen: Chosen,
    *,
    page: str = "",
    hosted: Hosted,
    missing: Sequence[str] = (),
    different: Sequence[int] | None = (),
    saved: Saved | None = None,
) -> PageView:
    """A page of the server's settings; the first one if there is none of that key.

    `missing` are sentences about what the bot lacks, escaped already. `different`: the channels for which something was
    chosen, if that is known. `saved`: what was just changed.
    """
    body = [
        ui.TextDisplay[Any]("\n".join(["## Settings of this server", *_list_missing(missing)])),
        *_build_page(SERVER, chosen, page, hosted=hosted, saved=saved),
        ui.TextDisplay[Any](f"**One channel**\n-# Pick it to set what is different there. {_name_channels(different)}"),
        ui.ActionRow[Any](ChannelPanelSelect()),
        ui.ActionRow[Any](WhyButton()),
    ]
    return _build_panel(body)


def render_channel_panel(
    chosen: Chosen,
    server: Chosen,
    *,
    channel_id: int,
    page: str = "",
    hosted: Hosted,
    saved: Saved | None = None,
) -> PageView:
    """What differs in one channel from its server. `page` and `saved` are as for a server."""
    body = [
        ui.TextDisplay[Any](f"## Settings of <#{channel_id}>\n-# They hold in its threads too."),
        *_build_page(Scope("channel", channel_id), chosen, page, hosted=hosted, server=server, saved=saved),
        ui.ActionRow[Any](PanelButton(SERVER, "Settings of the server"), WhyButton()),
    ]
    return _build_panel(body)


def render_personal_panel(chosen: Chosen, *, page: str = "", hosted: Hosted, saved: Saved | None = None) -> PageView:
    """A person's own settings. `page` and `saved` are as for a server."""
    body = [
        ui.TextDisplay[Any]("## Your settings\n-# They hold for you everywhere."),
        *_build_page(ME, chosen, page, hosted=hosted, saved=saved),
        ui.Section[Any](ui.TextDisplay[Any](_LISTS), accessory=AccountButton("open", "Your lists…")),
        ui.ActionRow[Any](
            PersonButton("export", "Show what is stored about me"),
            PersonButton("delete", "Delete what is stored about me"),
        ),
    ]
    return _build_panel(body)


def render_export_offer(stored: Mapping[str, object], name: str, document: bytes) -> PageView:
    """Everything that is stored about a person (`Store.export_person`): in lines, and as a file to keep, of that name
    (`build_file`).
    """
    lines = clip("\n".join(list_stored(stored)), _STORED_LIMIT)
    packed = "" if name == EXPORT_NAME else ", packed (gzip) since it is larger than Discord takes"
    body = [
        ui.TextDisplay[Any](f"## What is stored about you\n{lines}\n-# All of it, word by word{packed}:"),
        ui.File[Any](f"attachment://{name}"),
        ui.ActionRow[Any](PanelButton(ME, "Back", emoji="↩️")),
    ]
    return _build_panel(body, files=[discord.File(io.BytesIO(document), name)])


def render_delete_question(*, off_list: bool = False) -> PageView:
    """What deleting means, and whether to go on. `off_list`: something is still to be put back on their VNDB list."""
    text = (
        "## Delete what is stored about you?\nYour settings, linked accounts, VNDB token, follows, the previews below "
        "your messages and your answers in age-restricted channels go. This cannot be undone."
    )
    text += f" {_LATER}"
    if off_list:
        text += (
            "\n⚠️ An entry of your VNDB list was being made anew, and VNDB did not take it back yet. Shiori tries once "
            "more before it deletes; should that fail, what the entry was is lost. What you can export first has it, "
            "unless the key that it is sealed with is gone."
        )
    buttons = ui.ActionRow[Any](PersonButton("delete!", "Delete everything"), PanelButton(ME, "Keep everything"))
    return _build_panel([ui.TextDisplay[Any](text), buttons])


def render_deleted(deleted: int, *, left: int = 0) -> PageView:
    """What was deleted: so many records. `left`: so many cards stand still, as far as is known."""
    # That there was nothing is not said: who presses twice reads the second answer.
    said = f"{count(deleted, 'record')} about you {'was' if deleted == 1 else 'were'} deleted. " if deleted else ""
    text = f"{said}{_tell_left(left) if left else 'Nothing is stored about you now.'}"
    return _build_panel([ui.TextDisplay[Any](text), ui.ActionRow[Any](PanelButton(ME, "Your settings"))])


def _tell_left(left: int) -> str:
    kept = "its record is" if left == 1 else "their records are"
    said = f"{count(left, 'card')} could not be taken away yet, so {kept} kept until then; nothing else about you is."
    return f"{said} {_GOES_ON}"


def _build_panel(body: Iterable[ui.Item[Any]], *, files: Sequence[discord.File] = ()) -> PageView:
    view = PageView(files=files)
    view.add_item(ui.Container[ui.LayoutView](*body, accent_colour=ACCENT))
    return view


def _name_channels(ids: Sequence[int] | None) -> str:
    if not ids:
        return "" if ids is None else "Nothing is, so far."
    named = " ".join(f"<#{one}>" for one in ids[:_CHANNELS_AT_MOST])
    more = len(ids) - _CHANNELS_AT_MOST
    return f"So far in {named}" + (f" and {more} more." if more > 0 else ".")


def _list_missing(missing: Sequence[str]) -> Iterator[str]:
    for sentence in missing[:_MISSING_AT_MOST]:
        yield f"⚠️ {clip(sentence, _SENTENCE_LIMIT)}"


def _build_page(
    scope: Scope,
    chosen: Chosen,
    key: str,
    *,
    hosted: Hosted,
    server: Chosen | None = None,
    saved: Saved | None = None,
) -> Iterator[ui.Item[Any]]:
    pages = list_pages(scope.level, hosted, chosen.lost)
    shown = next((one for one in pages if one.key == key), pages[0])
    if where := _find_shutting(pages, chosen, server):
        yield ui.TextDisplay[Any](f"⚠️ Something {where} {_SHUT}")
    if len(pages) > 1:
        options = [discord.SelectOption(label=one.label, value=one.key, default=one is shown) for one in pages]
        yield ui.ActionRow[Any](PanelSelect(scope, options))
    adult = hosted.adult and _shows_adult(scope, chosen, server)
    for setting in shown.settings:
        here = saved if saved and saved.setting is setting else None
        yield from _build_control(scope, setting, chosen, server, here, adult=adult)


def _find_shutting(pages: Sequence[FormPage], chosen: Chosen, server: Chosen | None) -> str:
    """Where that stands which cannot be read and shuts all else: on its page it is named. Empty if nothing does."""
    if server is not None and server.is_closed:
        return "in the settings of the server"
    if not chosen.is_closed:
        return ""
    named = [f"“{page.label}”" for page in pages if any(one.safe is None for one in chosen.lost & {*page.settings})]
    return f"on the page {' and on '.join(named)}" if len(pages) > 1 else "below"


def _shows_adult(scope: Scope, chosen: Chosen, server: Chosen | None) -> bool:
    """Whether what is for adults may be shown anywhere in the server, or in the channel."""
    if scope == ME:
        return True
    of_server = resolve(ADULT, server or chosen)
    own = None if server is None else read_current(chosen, ADULT, scope.level)
    return bool(of_server if own is None else own)


def _describe(scope: Scope, setting: AnySetting, chosen: Chosen, server: Chosen | None, saved: Saved | None) -> str:
    """What stands with a control: what was just saved stands here too, since that is where somebody looks."""
    difference = tell_difference(setting, chosen, scope.level, server)
    lines = [
        f"**{setting.label}**" + (f" · *{difference}*" if difference else ""),
        f"-# {setting.describe(scope.level)}",
    ]
    if setting in chosen.lost:
        lines.append(_LOST)
    if saved is not None:
        lines.append(clip(tell_saved(saved, chosen, scope.level), _SAVED_LIMIT))
    trap = find_trap(setting, *([server] if server else []), chosen)
    return "\n".join([*lines, *([f"⚠️ {trap}"] if trap else [])])


def _build_control(
    scope: Scope, setting: AnySetting, chosen: Chosen, server: Chosen | None, saved: Saved | None, *, adult: bool
) -> Iterator[ui.Item[Any]]:
    current: Any = read_current(chosen, setting, scope.level)
    text = _describe(scope, setting, chosen, server, saved)
    if is_switch(setting, scope.level):
        button = SwitchButton(scope, setting.name, is_on=current is True)
        yield ui.Section[Any](ui.TextDisplay[Any](text), accessory=button)
    elif isinstance(setting.form, Choice):
        yield ui.TextDisplay[Any](text)
        yield ui.ActionRow[Any](_build_select(scope, setting, chosen, server, adult=adult))
    elif isinstance(setting.form, IdList):
        select = SettingChannelSelect if setting.form.of == "channels" else SettingRoleSelect
        yield ui.TextDisplay[Any](text)
        yield ui.ActionRow[Any](select(scope, setting.name, current or ()))
    else:
        listed = format_tags(current or (), limit=_TAGS_LIMIT) or "None"
        yield ui.Section[Any](ui.TextDisplay[Any](f"{text}\n{listed}"), accessory=TagsButton(scope, setting.name))


def _build_select(
    scope: Scope, setting: AnySetting, chosen: Chosen, server: Chosen | None, *, adult: bool
) -> SettingSelect:
    current, lost = read_current(chosen, setting, scope.level), setting in chosen.lost
    offered = list_options(setting, scope.level, adult=adult)
    if current not in {option.stored for option in offered}:
        current = offered[-1].stored  # it has the effect of the last one
    options = [
        discord.SelectOption(
            label=_label(setting, option, scope.level, server),
            value=option.value,
            default=option.stored == current and not lost,
        )
        for option in offered
    ]
    return SettingSelect(scope, setting.name, options)


def _label(setting: AnySetting, option: Option, level: Level, server: Chosen | None) -> str:
    """An option's label; of one that follows the server, with what that is; of one that holds at first, with that."""
    if option.stored == setting.default and not setting.inherits(level):
        return f"{option.label} (default)"
    if option.stored is not None or server is None:
        return option.label
    inherited = cast("Choice[object]", setting.form).labels[resolve(setting, server)]
    return f"{option.label} ({inherited.lower()})"
