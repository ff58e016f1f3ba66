"""The first two pages of a visual novel."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from discord import ui

from bot.cards.fact import format_fact, format_heading, format_list_heading, join_some, plain_name
from bot.cards.image import build_picture, explain_hidden
from bot.cards.notation import SPOILS, format_length, join_facts
from bot.cards.text import clip, count, escape_line, one_line
from bot.navigation.address import Address
from bot.navigation.frame import Choice, Frame, Shown
from bot.navigation.item import FollowButton, MyListButton, SeeButton
from bot.navigation.sheet import Sheet, hides_part, render_glance, render_sheet
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.error import SERVICE
from bot.vndb.api.model import Tag, Vn, find_id
from bot.vndb.api.names import Names
from bot.vndb.cards.route import HereRoute
from bot.vndb.cards.text import SOURCE, format_date, format_votes, format_year, link_to_vndb, name_all
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import NOT_TRUE, build_choice, shows_spoiler

_ALIASES_LIMIT = 150
_TAGS_LIMIT = 350
_TAGS_AT_MOST = 6
_ALL_TAGS_AT_MOST = 10
_DEVELOPERS_AT_MOST = 10

LENGTHS = {
    1: "under 2 hours",
    2: "2 to 10 hours",
    3: "10 to 30 hours",
    4: "30 to 50 hours",
    5: "over 50 hours",
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
    """A novel at a glance, and what leads on from it. `notes` as in `Frame`."""
    vn = retitle(card.entry, viewer)
    strongest = _list_strongest(vn.tags, viewer)[:_TAGS_AT_MOST]
    shown = [tag for tag in strongest if shows_spoiler(tag.spoils, address)]
    known = find_id(vn.id, "v") is not None
    sheet = Sheet(
        heading=format_heading(vn.title, vn.alttitle, otherwise=vn.id or "Untitled"),
        line=[*_list_glance(vn)],
        cover=build_picture(vn.image, viewer, description=f"Cover of {plain_name(vn.title, vn.id)}"),
        description=vn.description or "",
        blocks=[f"-# {tags}" if (tags := _join_tags(shown, address)) else ""],
    )
    frame = Frame(
        viewer,
        address,
        choices=_build_choices(vn, names, address),
        placeholder="Open its developer" if len(vn.developers) == 1 else "Open one of its developers",
        hidden=len(shown) < len(strongest) or hides_part(vn.description, address),
        actions=_build_actions(vn, viewer, address) if known else (),
        links=link_to_vndb(vn.id, "v"),
        notes=[explain_hidden([vn.image], viewer, noun="cover"), *notes],
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )
    return render_glance(sheet, frame)


def render_details(card: Card[Vn], *, names: Names, viewer: Viewer, address: Address) -> Shown:
    """All facts about a novel, and the whole description."""
    vn = retitle(card.entry, viewer)
    strongest = _list_strongest(vn.tags, viewer)[:_ALL_TAGS_AT_MOST]
    shown = [tag for tag in strongest if shows_spoiler(tag.spoils, address)]
    sheet = Sheet(
        heading=format_list_heading(vn.title, vn.id, "Details"),
        facts=list(_list_facts(vn, names)),
        description=vn.description or "",
        blocks=[f"**Tags:** {tags}" if (tags := _join_tags(shown, address)) else ""],
    )
    frame = Frame(
        viewer,
        address,
        hidden=len(shown) < len(strongest) or hides_part(vn.description, address),
        links=link_to_vndb(vn.id, "v"),
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )
    return render_sheet(sheet, frame)


def _list_glance(vn: Vn) -> Iterator[str]:
    yield format_votes(vn.rating, vn.votecount) or "Not rated yet"
    yield _format_length(vn)
    yield format_year(vn.released)
    if vn.devstatus in {1, 2}:
        yield STATUSES[vn.devstatus]


def _list_facts(vn: Vn, names: Names) -> Iterator[str]:
    aliases = join_some((escape_line(alias) for alias in vn.aliases), 5)
    if aliases:
        yield format_fact("Also known as", aliases, limit=_ALIASES_LIMIT)
    developers = [escape_line(developer.name) for developer in vn.developers]
    if developers:
        yield format_fact("Developer" if len(developers) == 1 else "Developers", join_some(developers, 5))
    yield format_fact("Released", format_date(vn.released))
    length = _format_length(vn)
    votes = f" ({count(vn.length_votes, 'vote')})" if length and _is_voted(vn) else ""
    yield format_fact("Length", f"{length}{votes}" or "Unknown")
    if vn.languages:
        yield format_fact("Languages", name_all(vn.languages, names.language, first=vn.olang))
    if vn.platforms:
        yield format_fact(
            "Platform" if len(set(vn.platforms)) == 1 else "Platforms", name_all(vn.platforms, names.platform)
        )
    yield format_fact("Rating", format_votes(vn.rating, vn.votecount) or "Not rated yet")
    status = STATUSES.get(-1 if vn.devstatus is None else vn.devstatus)
    if status:
        yield format_fact("Status", status)


def _is_voted(vn: Vn) -> bool:
    return bool(vn.length_minutes and vn.length_minutes > 0 and vn.length_votes > 0)


def _format_length(vn: Vn) -> str:
    return format_length(vn.length_minutes or 0) if _is_voted(vn) else LENGTHS.get(vn.length or 0, "")


def _list_strongest(tags: Sequence[Tag], viewer: Viewer) -> list[Tag]:
    """The tags that may stand in this channel, the strongest first."""
    allowed = [tag for tag in tags if (viewer.age_restricted or not tag.is_sexual) and one_line(tag.name)]
    return sorted(allowed, key=lambda tag: -tag.rating if math.isfinite(tag.rating) else 0.0)


def _join_tags(tags: Sequence[Tag], address: Address) -> str:
    return clip(", ".join(f"{escape_line(tag.name)}{_mark(tag, address)}" for tag in tags), _TAGS_LIMIT)


def _mark(tag: Tag, address: Address) -> str:
    spoils = SPOILS if address.revealed and tag.spoils > 0 else ""
    return f"{NOT_TRUE if tag.lie else ''}{spoils}"


def _build_actions(vn: Vn, viewer: Viewer, address: Address) -> list[ui.Item[Any]]:
    actions: list[ui.Item[Any]] = [FollowButton("vn", int(vn.id[1:]))]
    if viewer.rules.hosted.lists:
        actions.append(MyListButton(vn.id))
    if SERVICE in viewer.lists_on:
        actions.append(SeeButton(address.go(HereRoute(vn.id)), label="Members", emoji="👥"))
    return actions


def _build_choices(vn: Vn, names: Names, address: Address) -> list[Choice]:
    developers = (
        build_choice(
            address,
            one.id,
            "p",
            label=one.name,
            description=join_facts(("Developer", names.producer_type(one.type) if one.type else "")),
        )
        for one in vn.developers[:_DEVELOPERS_AT_MOST]
    )
    return [choice for choice in developers if choice]
