"""Short cards of the anime and manga that somebody's message links to. Nothing in them is a spoiler."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import ui

from bot.anime.api.model import Media
from bot.anime.cards.markup import render_description
from bot.anime.cards.page import UNMARKED, build_cover, may_show_work, pick_colour
from bot.anime.cards.route import MediaRoute, find_route
from bot.anime.cards.text import SOURCE, describe_media
from bot.anime.cards.title import choose_titles, title_of
from bot.cards.fact import join_whole
from bot.cards.text import clip, escape_line, one_line
from bot.gate.setting import TITLE_LANGUAGE
from bot.navigation.address import NOWHERE
from bot.navigation.frame import ACCENT, list_age
from bot.navigation.item import SeeButton
from bot.navigation.viewer import Viewer
from bot.service.record import Card

AT_MOST = 5
"""Works in one preview."""

_TITLE_LIMIT = 130
_LINE_LIMIT = 110
_DESCRIPTION_LIMIT = 200
_BUTTON_LIMIT = 40


def build_anime_preview(cards: Sequence[Card[Media]], *, viewer: Viewer, spoiler: bool = False) -> ui.Container[Any]:
    """Short cards of one to five works, each with a button that shows the whole card to who presses it.

    `spoiler`: all of it is covered until somebody uncovers it. A work is at most seven components, and as much text as
    `share_text` leaves to one of five.
    """
    shown = list({card.entry.id: card for card in cards}.values())[:AT_MOST]
    allowed = [card.entry for card in shown if may_show_work(card.entry, viewer)]
    accent = pick_colour(allowed[0]) if len(shown) == len(allowed) == 1 else ACCENT
    container = ui.Container[Any](accent_colour=accent, spoiler=spoiler)
    for card in shown:
        container.add_item(_build_body(card.entry, viewer) if card.entry in allowed else _refuse(card.entry, viewer))
    buttons = [
        _build_button(route, media, viewer, alone=len(shown) == 1) for media in allowed if (route := find_route(media))
    ]
    if buttons:
        container.add_item(ui.ActionRow[Any](*buttons))
    age_s = max((card.age_s for card in shown if card.stale), default=0.0)
    age = list_age(SOURCE, age_s=age_s, stale=any(card.stale for card in shown))
    return container.add_item(ui.TextDisplay(f"-# {' · '.join([SOURCE, *age])}"))


def _build_button(route: MediaRoute, media: Media, viewer: Viewer, *, alone: bool) -> SeeButton:
    label = "Show more" if alone else f"More: {clip(title_of(media, viewer), _BUTTON_LIMIT)}"
    return SeeButton(NOWHERE.go(route), label=label)


def _build_body(media: Media, viewer: Viewer) -> ui.Item[Any]:
    second = choose_titles(media.title, viewer.rules[TITLE_LANGUAGE])[1]
    studios = [studio.name for studio in media.studios if studio.is_animation_studio]
    by = join_whole((clip(escape_line(name), _LINE_LIMIT // 2) for name in studios), ", ", limit=_LINE_LIMIT - 20)
    facts = (escape_line(second), escape_line(describe_media(media)))
    lines = [
        f"### {clip(escape_line(title_of(media, viewer)), _TITLE_LIMIT)}",
        *(clip(line, _LINE_LIMIT) for line in (*facts, f"By {by}" if by else "") if line),
        render_description(
            _join_lines(media.description), limit=_DESCRIPTION_LIMIT, spoilers=False, adult=viewer.age_restricted
        ),
    ]
    text = "\n".join(filter(None, lines))
    cover = build_cover(media, viewer, large=False)
    return ui.Section[Any](text, accessory=cover) if cover else ui.TextDisplay[Any](text)


def _join_lines(description: str | None) -> str:
    """A description on one line. Its breaks are tags or newlines."""
    return one_line((description or "").replace("<br>", " "))


def _refuse(media: Media, viewer: Viewer) -> ui.TextDisplay[Any]:
    if media.unmarked:
        return ui.TextDisplay(f"{UNMARKED} {viewer.adult_places}.")
    return ui.TextDisplay(f"That entry is for adults, or may be: it is previewed {viewer.adult_places}.")
