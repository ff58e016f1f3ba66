"""The first page of a visual novel, and how one is named where it can be picked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from discord import ui

from bot.cards.duration import format_minutes
from bot.cards.fact import format_fact, format_heading, join_some, plain_name
from bot.cards.image import build_thumbnail, explain_hidden
from bot.cards.markup import has_spoiler, render_markup_pages
from bot.cards.text import clip, count, escape_line, one_line, size
from bot.navigation.address import Address
from bot.navigation.frame import BODY_LIMIT, Frame, PageCount, Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Tag, Vn
from bot.vndb.api.names import Names
from bot.vndb.cards.text import SOURCE, format_date, format_score, format_year, link_to_vndb, name_all
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import NOT_TRUE, shows_spoiler

_ALIASES_LIMIT = 150
_TAGS_LIMIT = 350
_DESCRIPTION_LIMIT = 1500
_TAGS_AT_MOST = 10

LENGTHS = {
    1: "Very short (under 2 hours)",
    2: "Short (2 to 10 hours)",
    3: "Medium (10 to 30 hours)",
    4: "Long (30 to 50 hours)",
    5: "Very long (over 50 hours)",
}
STATUSES = {0: "Finished", 1: "In development", 2: "Cancelled"}


def render_overview(
    card: Card[Vn],
    *,
    names: Names,
    viewer: Viewer,
    address: Address,
    notes: Sequence[str] = (),
) -> Shown:
    """What is known of a novel at a glance. `notes` as in `Frame`."""
    vn = retitle(card.entry, viewer)
    strongest = _list_strongest(vn.tags, viewer)
    heading = format_heading(vn.title, vn.alttitle, otherwise=vn.id or "Untitled")
    facts = "\n".join(_list_facts(vn, names))
    tags = _format_tags([tag for tag in strongest if shows_spoiler(tag.spoils, address)])
    room = BODY_LIMIT - size(heading) - size(facts) - size(tags)
    pages = render_markup_pages(
        vn.description or "",
        first=min(room, _DESCRIPTION_LIMIT),
        further=BODY_LIMIT - size(heading),
        spoilers=address.spoiler >= 2,
    )
    address = address.turn(min(address.number, len(pages)))
    description = pages[address.number - 1]
    if address.number == 1:
        body = _list_items(_build_head(vn, heading, facts, viewer=viewer), description, tags)
    else:
        body = _list_items(ui.TextDisplay(heading), description, "")
    covered = any(not shows_spoiler(tag.spoils, address) for tag in strongest[:_TAGS_AT_MOST])
    frame = Frame(
        viewer,
        address,
        extent=PageCount(total=len(pages)),
        hidden=covered or (address.spoiler < 2 and has_spoiler(vn.description or "")),
        links=link_to_vndb(vn.id, "v"),
        notes=[explain_hidden([vn.image], viewer), *notes],
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )
    return Shown([*body], frame)


def describe_vn(vn: Vn, names: Names) -> str:
    """What tells a novel from others of its name, as plain text: `2004 · Japanese · 8.5`."""
    return " · ".join(_list_details(vn, names))


def _list_items(head: ui.Item[Any], description: str, tags: str) -> Iterator[ui.Item[Any]]:
    yield head
    if description:
        yield ui.Separator()
        yield ui.TextDisplay(description)
    if tags:
        yield ui.Separator(visible=False)
        yield ui.TextDisplay(tags)


def _build_head(vn: Vn, heading: str, facts: str, *, viewer: Viewer) -> ui.Item[Any]:
    cover = build_thumbnail(vn.image, viewer, description=f"Cover of {plain_name(vn.title, vn.id)}")
    if cover is None:
        return ui.TextDisplay(f"{heading}\n{facts}")
    return ui.Section(heading, facts, accessory=cover)


def _list_facts(vn: Vn, names: Names) -> Iterator[str]:
    aliases = join_some((escape_line(alias) for alias in vn.aliases), 5)
    if aliases:
        yield format_fact("Also known as", aliases, limit=_ALIASES_LIMIT)
    developers = [escape_line(developer.name) for developer in vn.developers]
    if developers:
        yield format_fact("Developer" if len(developers) == 1 else "Developers", join_some(developers, 5))
    yield format_fact("Released", format_date(vn.released))
    yield format_fact("Length", _format_length(vn))
    if vn.languages:
        yield format_fact("Languages", name_all(vn.languages, names.language, first=vn.olang))
    if vn.platforms:
        yield format_fact(
            "Platform" if len(set(vn.platforms)) == 1 else "Platforms", name_all(vn.platforms, names.platform)
        )
    yield format_fact("Rating", _format_rating(vn))
    status = STATUSES.get(-1 if vn.devstatus is None else vn.devstatus)
    if status:
        yield format_fact("Status", status)


def _format_length(vn: Vn) -> str:
    if vn.length_minutes and vn.length_minutes > 0 and vn.length_votes > 0:
        return f"{format_minutes(vn.length_minutes)} ({count(vn.length_votes, 'vote')})"
    return LENGTHS.get(vn.length or 0, "Unknown")


def _format_rating(vn: Vn) -> str:
    rating = format_score(vn.rating)
    return f"{rating}/10 ({count(vn.votecount, 'vote')})" if rating else "Not rated yet"


def _list_strongest(tags: Sequence[Tag], viewer: Viewer) -> list[Tag]:
    """The tags that may stand in this channel, the strongest first."""
    allowed = [tag for tag in tags if (viewer.age_restricted or not tag.is_sexual) and one_line(tag.name)]
    return sorted(allowed, key=lambda tag: -tag.rating if math.isfinite(tag.rating) else 0.0)


def _format_tags(tags: Sequence[Tag]) -> str:
    shown = ", ".join(escape_line(tag.name) + (NOT_TRUE if tag.lie else "") for tag in tags[:_TAGS_AT_MOST])
    return clip(f"**Tags:** {shown}", _TAGS_LIMIT) if shown else ""


def _list_details(vn: Vn, names: Names) -> Iterator[str]:
    if year := format_year(vn.released):
        yield year
    if vn.olang:
        yield one_line(names.language(vn.olang))
    if vn.rating is not None and format_score(vn.rating):
        yield f"{vn.rating / 10:.1f}"
