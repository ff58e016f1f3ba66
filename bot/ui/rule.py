"""Rules into sentences: why something is shown, or is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from discord import ui

from bot.gate import Extent, Rule, Ruling
from bot.ui.frame import ACCENT, PageView
from bot.ui.text import clip, escape_line

_LIMIT = 300
_EXTENTS = {
    Extent.FULL: "✅ previewed",
    Extent.COVERLESS: "☑️ galleries of category Non-H only, without cover",
    Extent.NOTHING: "❌ not previewed",
}
_SENTENCES: Mapping[Rule, str] = {
    Rule.AGE_RESTRICTED: "Galleries are shown here, since this channel is age-restricted.",
    Rule.NON_H: "This channel is not age-restricted; this server wants cards of Non-H galleries in such channels.",
    Rule.DM_ON: "You switched galleries on for your direct messages with Shiori.",
    Rule.LINKS_ON: "Nothing that was set speaks against these links here.",
    Rule.HOST_OFF: "Whoever runs this bot has switched galleries off.",
    Rule.DM_OFF: "Galleries are shown in direct messages only to those who switch that on, with `/me`.",
    Rule.GROUP: "Galleries are not shown in conversations between people.",
    Rule.ROLE: "Links are previewed here for people with certain roles only.",
    Rule.CHANNEL_NOT_LISTED: "This server has previews in some channels only, and this is none of them.",
    Rule.CHANNEL_LISTED: "This server has no previews in this channel.",
    Rule.SERVER_OFF: "Previews of these links are switched off in this server.",
    Rule.CHANNEL_OFF: "Previews of these links are switched off in this channel.",
    Rule.NOT_AGE_RESTRICTED: "This channel is not age-restricted, so galleries are not shown here.",
    Rule.OPTED_OUT: "You switched off previews of the links that you post.",
    Rule.SERVER_TAG: "This gallery has a tag that is blocked in this server.",
    Rule.CHANNEL_TAG: "This gallery has a tag that is blocked in this channel.",
    Rule.PERSONAL_TAG: "This gallery has a tag that you blocked.",
    Rule.WITHHELD: "This may not be shown anywhere.",
}


def explain_rule(rule: Rule) -> str:
    """Return one sentence that says what decided."""
    return _SENTENCES[rule]


def render_why(rulings: Sequence[tuple[str, Ruling]], *, notes: Sequence[str] = ()) -> PageView:
    """What would be shown in a channel and because of which rule, a line for each (service, ruling).

    `notes` are sentences about what the bot lacks, already escaped.
    """
    lines = ["## What is previewed here"]
    for service, ruling in rulings:
        lines += [f"**{escape_line(service)}**: {_EXTENTS[ruling.extent]}", f"-# {explain_rule(ruling.rule)}"]
    lines += [f"⚠️ {clip(note, _LIMIT)}" for note in notes]
    view = PageView()
    view.add_item(ui.Container[Any](ui.TextDisplay[Any]("\n".join(lines)), accent_colour=ACCENT))
    return view
