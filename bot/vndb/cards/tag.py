"""Tags of novels and traits of characters. A sexual one stands in age-restricted channels only."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.cards.fact import format_fact, format_heading
from bot.cards.text import clip, count, escape_line
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.sheet import Sheet, render_sheet
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from bot.vndb.api.model import Character, Tag, Trait, Vn
from bot.vndb.api.names import Names
from bot.vndb.cards.card import build_vn_choices, format_aliases, format_novels
from bot.vndb.cards.text import SOURCE, link_to_vndb
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import build_choice, format_name

_CHARACTERS_AT_MOST = 5
_NAME_LIMIT = 60


def render_tag(
    card: Card[Tag],
    novels: Found[Vn] | None = None,
    *,
    names: Names,
    viewer: Viewer,
    address: Address,
    notes: Sequence[str] = (),
) -> Shown:
    """The card of a tag. `novels` are the best ones it is on."""
    tag = card.entry
    if tag.is_sexual and not viewer.age_restricted:
        return render_closed("tag", viewer=viewer, address=address)
    best = [retitle(vn, viewer) for vn in novels.items] if novels else []
    facts = [
        format_fact("Category", escape_line(names.tag_category(tag.category))),
        format_fact("On", count(max(tag.vn_count, 0), "visual novel")),
        format_aliases("Also called", tag.aliases),
        _explain_use(tag, "visual novels"),
    ]
    sheet = Sheet(
        heading=format_heading(tag.name, None, otherwise=tag.id),
        facts=facts,
        description=tag.description or "",
        blocks=[format_novels("Best rated", best)],
    )
    frame = Frame(
        viewer,
        address,
        choices=build_vn_choices(best, names=names, address=address),
        placeholder="Pick a visual novel to open its card",
        hidden=address.spoiler < 2,  # of what it is a spoiler on, nothing is shown, not even how many
        links=link_to_vndb(tag.id, "g"),
        notes=notes,
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )
    return render_sheet(sheet, frame)


def render_trait(
    card: Card[Trait],
    characters: Found[Character] | None = None,
    *,
    viewer: Viewer,
    address: Address,
    notes: Sequence[str] = (),
) -> Shown:
    """The card of a trait. `characters` are some of those who have it."""
    trait = card.entry
    if trait.sexual and not viewer.age_restricted:
        return render_closed("trait", viewer=viewer, address=address)
    some = [retitle(one, viewer) for one in characters.items] if characters else []
    group = clip(escape_line(trait.group_name or ""), _NAME_LIMIT)
    facts = [
        format_fact("Group", group) if group else "",
        format_fact("On", count(max(trait.char_count, 0), "character")),
        format_aliases("Also called", trait.aliases),
        _explain_use(trait, "characters"),
    ]
    sheet = Sheet(
        heading=format_heading(trait.name, None, otherwise=trait.id),
        facts=facts,
        description=trait.description or "",
        blocks=[_format_characters(some)],
    )
    choices = (build_choice(address, one.id, "c", label=one.name, description=one.original or "") for one in some)
    frame = Frame(
        viewer,
        address,
        choices=[choice for choice in choices if choice],
        placeholder="Pick a character to open the card",
        hidden=address.spoiler < 2,
        links=link_to_vndb(trait.id, "i"),
        notes=notes,
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )
    return render_sheet(sheet, frame)


def _explain_use(entry: Tag | Trait, bearers: str) -> str:
    if entry.searchable and entry.applicable:
        return ""
    noun = "tag" if isinstance(entry, Tag) else "trait"
    if entry.applicable:
        return f"-# {bearers.capitalize()} cannot be searched by this {noun}."
    if entry.searchable:
        return f"-# This {noun} is not given to {bearers} itself: it stands for those below it."
    return f"-# This {noun} is only a heading: it is not given to {bearers}, and they cannot be searched by it."


def render_closed(noun: str, *, viewer: Viewer, address: Address) -> Shown:
    """The sentence that says that a sexual `noun` may not stand here, and where it may."""
    text = f"This {noun} is about sexual content. Its card is shown {viewer.adult_places}."
    return Shown([ui.TextDisplay(text)], Frame(viewer, address.turn(1), source=SOURCE, menu=()))


def _format_characters(characters: Sequence[Character]) -> str:
    lines = [f"- {format_name(one.name, one.original, otherwise=one.id)}" for one in characters[:_CHARACTERS_AT_MOST]]
    return "\n".join(["**Some who have it:**", *lines]) if lines else ""
