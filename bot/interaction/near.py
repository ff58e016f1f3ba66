"""What may have been meant, as buttons below a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import ui

from bot.cards.text import clip_field, count_units, escape_line, one_line
from bot.errors import Near
from bot.navigation.address import parse_address
from bot.navigation.item import GoButton

BUTTONS_AT_MOST = 5  # Discord takes no more in a row
_LABEL_LIMIT = 80
_URL_LIMIT = 512
_DETAIL_LIMIT = 30


def explain_near(near: Sequence[Near]) -> str:
    """The question that stands above the buttons; empty if nothing is near.

    What has no address has no button: its names stand in the question.
    """
    if not near:
        return ""
    if names := [f"“{escape_line(clip_field(one.name, _LABEL_LIMIT))}”" for one in near if not one.address]:
        return f"Did you mean {' or '.join(filter(None, (', '.join(names[:-1]), names[-1])))}?"
    return "Did you mean this?" if len(near) == 1 else "Did you mean one of these?"


def build_near_rows(
    near: Sequence[Near],
    *,
    asker_id: int,
    search: tuple[str, str] | None = None,
    way: tuple[str, str] | None = None,
) -> list[ui.ActionRow[Any]]:
    """The buttons, in one row: each leads to a page, in place of the message. Below them one to a search elsewhere, and
    the `way` to mend what is wrong.
    """
    buttons = [
        GoButton(address, asker_id=asker_id, label=_format_label(one))
        for one in near[:BUTTONS_AT_MOST]
        if (address := parse_address(one.address))
    ]
    rows = [ui.ActionRow[Any](*buttons)] if buttons else []
    if search is not None and count_units(search[1]) <= _URL_LIMIT:
        rows.append(ui.ActionRow[Any](ui.Button(label=search[0], url=search[1])))
    if way is not None:
        rows.append(ui.ActionRow[Any](ui.Button(label=way[0], custom_id=way[1])))
    return rows


def _format_label(near: Near) -> str:
    detail = clip_field(one_line(near.detail), _DETAIL_LIMIT)
    ending = f" ({detail})" if detail else ""
    return clip_field(one_line(near.name) or "Untitled", _LABEL_LIMIT - count_units(ending)) + ending
