"""Visual novels as cards, lists and choices."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import discord
from discord import ui

from bot.apis.vndb_model import Card, Found, Image, Tag, Vn
from bot.apis.vndb_names import BUILT_IN, Names
from bot.ui.duration import format_age, format_minutes
from bot.ui.text import clip, escape_line, one_line, size
from bot.ui.vndb_markup import render_markup

ACCENT = discord.Colour(0x4F7CAC)

# Discord takes 4 000 characters of text in one message. These shares add up to about 3 500.
_TITLE_LIMIT = 300
_FACT_LIMIT = 250
_DESCRIPTION_LIMIT = 1000
_TAGS_LIMIT = 350
_NAME_LIMIT = 80
_QUERY_LIMIT = 100

_OPTIONS_AT_MOST = 25
_LABEL_LIMIT = 100
_TAGS_AT_MOST = 10
_URL_LIMIT = 2048

_LENGTHS = {
    1: "Very short (under 2 hours)",
    2: "Short (2 to 10 hours)",
    3: "Medium (10 to 30 hours)",
    4: "Long (30 to 50 hours)",
    5: "Very long (over 50 hours)",
}
_STATUSES = {0: "Finished", 1: "In development", 2: "Cancelled"}
_VN_ID = re.compile(r"v[1-9][0-9]*")
_RELEASED = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def render_vn(
    card: Card,
    *,
    names: Names,
    age_restricted: bool,
    asker_name: str,
    again: ui.Item[Any] | None = None,
) -> ui.LayoutView:
    """Return the card of one novel, for a channel that is `age_restricted` or not.

    `again` is put beside the link to VNDB. A cover that may be unsafe is left out, or, where the channel is
    age-restricted, hidden as a spoiler.
    """
    vn = card.vn
    container = ui.Container[ui.LayoutView](accent_colour=ACCENT)
    container.add_item(_build_head(vn, names=names, age_restricted=age_restricted))
    description = render_markup(vn.description or "", limit=_DESCRIPTION_LIMIT)
    if description:
        container.add_item(ui.Separator())
        container.add_item(ui.TextDisplay(description))
    tags = _format_tags(vn.tags, age_restricted=age_restricted)
    if tags:
        container.add_item(ui.Separator(visible=False))
        container.add_item(ui.TextDisplay(tags))
    row = _build_row(vn, again)
    if row:
        container.add_item(row)
    small = [_explain_cover(vn.image, age_restricted=age_restricted)]
    small.append(_format_footer(asker_name, age_s=card.age_s, stale=card.stale))
    container.add_item(ui.TextDisplay("\n".join(f"-# {line}" for line in small if line)))
    return _in_view(container)


def render_pick_list(found: Found[Vn], *, query: str, select: ui.Item[Any]) -> ui.LayoutView:
    """Return the question which of the novels `found` for `query` is meant, answered with `select`."""
    asked = clip(escape_line(query), _QUERY_LIMIT) or "this"
    text = f"Several visual novels match **{asked}**. Which one do you mean?"
    if found.more or len(found.items) > _OPTIONS_AT_MOST:
        text += "\n-# There are more than these: a longer part of the title finds fewer."
    if found.stale:
        text += f"\n-# VNDB · from {format_age(found.age_s)} (VNDB is away)"
    container = ui.Container[ui.LayoutView](ui.TextDisplay(text), accent_colour=ACCENT)
    container.add_item(ui.ActionRow(select))
    return _in_view(container)


def build_pick_options(found: Found[Vn], *, names: Names = BUILT_IN) -> list[discord.SelectOption]:
    """Return an option for each novel, 25 at most, with the id as its value."""
    unique = {vn.id: vn for vn in found.items}
    return [
        discord.SelectOption(
            label=clip(_plain_title(vn), _LABEL_LIMIT),
            value=clip(vn.id, _LABEL_LIMIT),
            description=clip(" · ".join(_list_details(vn, names, rating=True)), _LABEL_LIMIT) or None,
        )
        for vn in list(unique.values())[:_OPTIONS_AT_MOST]
    ]


def choice_name(vn: Vn, names: Names) -> str:
    """Return the name of `vn` in autocompletion: `title (2004, Japanese)`, in at most 100 characters."""
    details = ", ".join(_list_details(vn, names, rating=False))
    if not details:
        return clip(_plain_title(vn), _LABEL_LIMIT)
    ending = f" ({clip(details, 40)})"
    return clip(_plain_title(vn), _LABEL_LIMIT - size(ending)) + ending


def _in_view(container: ui.Container[ui.LayoutView]) -> ui.LayoutView:
    # No time-out: what can be pressed in a card carries its own state and works as long as the card stands.
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    return view


def _build_head(vn: Vn, *, names: Names, age_restricted: bool) -> ui.Item[ui.LayoutView]:
    texts = [_format_heading(vn), "\n".join(_list_facts(vn, names))]
    cover = _build_cover(vn, age_restricted=age_restricted)
    if cover is None:
        return ui.TextDisplay("\n".join(texts))
    return ui.Section(*texts, accessory=cover)


def _build_cover(vn: Vn, *, age_restricted: bool) -> ui.Thumbnail[ui.LayoutView] | None:
    url = _find_cover_url(vn.image)
    if vn.image is None or url is None or not (vn.image.is_safe or age_restricted):
        return None
    return ui.Thumbnail(
        url,
        description=clip(f"Cover of {_plain_title(vn)}", _LABEL_LIMIT),
        spoiler=not vn.image.is_safe,
    )


def _find_cover_url(image: Image | None) -> str | None:
    """Return the address of the small picture, else of the whole one, if Discord would take it."""
    if image is None:
        return None
    for url in (image.thumbnail, image.url):
        if url and url.startswith(("https://", "http://")) and url.isprintable() and size(url) <= _URL_LIMIT:
            return url
    return None


def _explain_cover(image: Image | None, *, age_restricted: bool) -> str:
    if image is None or image.is_safe or age_restricted:
        return ""
    if image.votecount < 1:
        return "The cover is not shown here: nobody has rated yet whether it is safe for everyone."
    return "The cover is not shown here: it may not be safe for everyone."


def _format_heading(vn: Vn) -> str:
    heading = f"## {clip(escape_line(vn.title) or _format_id(vn), _TITLE_LIMIT)}"
    original = one_line(vn.alttitle or "")
    if original and original != one_line(vn.title):
        heading += f"\n{clip(escape_line(original), _TITLE_LIMIT)}"
    return heading


def _list_facts(vn: Vn, names: Names) -> Iterator[str]:
    developers = [escape_line(developer.name) for developer in vn.developers]
    if developers:
        yield _format_fact("Developer" if len(developers) == 1 else "Developers", _join_some(developers, 5))
    yield _format_fact("Released", _format_released(vn.released))
    yield _format_fact("Length", _format_length(vn))
    if vn.languages:
        yield _format_fact("Languages", _name_all(vn.languages, names.language, first=vn.olang))
    if vn.platforms:
        yield _format_fact("Platforms", _name_all(vn.platforms, names.platform))
    yield _format_fact("Rating", _format_rating(vn))
    status = _STATUSES.get(-1 if vn.devstatus is None else vn.devstatus)
    if status:
        yield _format_fact("Status", status)


def _format_fact(name: str, value: str) -> str:
    return f"**{name}:** {clip(value, _FACT_LIMIT)}"


def _name_all(codes: Sequence[str], name: Callable[[str], str], *, first: str | None = None) -> str:
    """Return the names of `codes`, in the order of the alphabet but for the one to be named first."""
    shown = [escape_line(name(code)) for code in set(codes) if code != first]
    head = [escape_line(name(first))] if first in codes and first else []
    return _join_some(head + sorted(shown, key=str.casefold), 8)


def _join_some(parts: Iterable[str], at_most: int) -> str:
    shown = [part for part in parts if part]
    rest = len(shown) - at_most
    # "and 1 more" is no shorter than the one itself.
    if rest <= 1:
        return ", ".join(shown)
    return f"{', '.join(shown[:at_most])} and {rest} more"


def _format_released(released: str | None) -> str:
    if not released:
        return "Unknown"
    match = _RELEASED.fullmatch(released)
    if not match:
        return "TBA" if released.casefold() == "tba" else escape_line(released)
    year, month, day = (int(part) if part else 0 for part in match.groups())
    if not 1 <= month <= 12:
        return match[1]
    date = f"{calendar.month_name[month]} {year}"
    return f"{day} {date}" if day else date


def _format_length(vn: Vn) -> str:
    if vn.length_minutes and vn.length_minutes > 0 and vn.length_votes > 0:
        return f"{format_minutes(vn.length_minutes)} ({_count(vn.length_votes, 'vote')})"
    return _LENGTHS.get(vn.length or 0, "Unknown")


def _format_rating(vn: Vn) -> str:
    rating = _format_score(vn.rating)
    if rating is None:
        return "Not rated yet"
    return f"{rating}/10 ({_count(vn.votecount, 'vote')})"


def _format_score(rating: float | None) -> str | None:
    """Return VNDB's 10 to 100 as the 1 to 10 that its pages show."""
    if rating is None or not math.isfinite(rating) or not 0 < rating <= 100:
        return None
    return f"{rating / 10:.2f}"


def _count(number: int, unit: str) -> str:
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"


def _format_tags(tags: Sequence[Tag], *, age_restricted: bool) -> str:
    """Return the strongest tags that give nothing away and may stand in this channel."""
    shown = [
        tag for tag in tags if tag.spoiler == 0 and not tag.lie and (age_restricted or tag.category in {"cont", "tech"})
    ]
    shown.sort(key=lambda tag: -tag.rating if math.isfinite(tag.rating) else 0.0)
    names = [escape_line(tag.name) for tag in shown[:_TAGS_AT_MOST]]
    names = [name for name in names if name]
    return clip(f"**Tags:** {', '.join(names)}", _TAGS_LIMIT) if names else ""


def _build_row(vn: Vn, again: ui.Item[Any] | None) -> ui.ActionRow[ui.LayoutView] | None:
    items: list[ui.Item[Any]] = []
    if _VN_ID.fullmatch(vn.id):
        items.append(ui.Button(label="View on VNDB", url=f"https://vndb.org/{vn.id}"))
    if again is not None:
        items.append(again)
    return ui.ActionRow(*items) if items else None


def _format_footer(asker_name: str, *, age_s: float, stale: bool) -> str:
    asker = clip(escape_line(asker_name), _NAME_LIMIT)
    parts = [f"asked by {asker}"] if asker else []
    parts.append("VNDB")
    if stale:
        parts.append(f"from {format_age(age_s)} (VNDB is away)")
    return " · ".join(parts)


def _list_details(vn: Vn, names: Names, *, rating: bool) -> Iterator[str]:
    released = vn.released or ""
    if _RELEASED.fullmatch(released):
        yield released[:4]
    elif released.casefold() == "tba":
        yield "TBA"
    if vn.olang:
        yield one_line(names.language(vn.olang))
    score = vn.rating if rating else None
    if _format_score(score) and score is not None:
        yield f"{score / 10:.1f}"


def _plain_title(vn: Vn) -> str:
    return one_line(vn.title) or _format_id(vn)


def _format_id(vn: Vn) -> str:
    return one_line(vn.id) or "Untitled"
