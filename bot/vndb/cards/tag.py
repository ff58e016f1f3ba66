"""Tags of novels and traits of characters. A sexual one stands in age-restricted channels only."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui
from msgspec.structs import replace

from bot.cards.fact import format_heading, format_list_heading
from bot.cards.text import clip, count, one_line
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.sheet import Sheet, render_glance, render_sheet
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from bot.vndb.api.model import Character, Tag, Trait, Vn
from bot.vndb.api.names import Names
from bot.vndb.cards.card import build_covers, build_vn_choices, format_aliases, format_novels
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
    """A tag at a glance. `novels` are the best ones it is on."""
    tag = card.entry
    if tag.is_sexual and not viewer.age_restricted:
        return render_closed("tag", viewer=viewer, address=address)
    best = [retitle(vn, viewer) for vn in novels.items] if novels else []
    covers, withheld = build_covers(best, viewer)
    sheet = Sheet(
        heading=format_heading(tag.name, None, otherwise=tag.id),
        line=_list_glance(names.tag_category(tag.category), tag.vn_count, "visual novel"),
        cover=covers,
        description=tag.description or "",
        blocks=[format_novels("Best rated", best)],
    )
    frame = replace(
        _build_frame(card, "g", viewer=viewer, address=address, notes=[withheld, *notes]),
        choices=build_vn_choices(best, names=names, address=address),
        placeholder="Open a visual novel",
    )
    return render_glance(sheet, frame)


def render_tag_details(card: Card[Tag], *, viewer: Viewer, address: Address) -> Shown:
    """The other names of a tag, and the whole description."""
    tag = card.entry
    if tag.is_sexual and not viewer.age_restricted:
        return render_closed("tag", viewer=viewer, address=address)
    return _render_details(card, "g", "visual novels", viewer=viewer, address=address)


def render_trait(
    card: Card[Trait],
    characters: Found[Character] | None = None,
    *,
    viewer: Viewer,
    address: Address,
    notes: Sequence[str] = (),
) -> Shown:
    """A trait at a glance. `characters` are some of those who have it."""
    trait = card.entry
    if trait.sexual and not viewer.age_restricted:
        return render_closed("trait", viewer=viewer, address=address)
    some = [retitle(one, viewer) for one in characters.items] if characters else []
    sheet = Sheet(
        heading=format_heading(trait.name, None, otherwise=trait.id),
        line=_list_glance(trait.group_name or "", trait.char_count, "character"),
        description=trait.description or "",
        blocks=[_format_characters(some)],
    )
    choices = (build_choice(address, one.id, "c", label=one.name, description=one.original or "") for one in some)
    frame = replace(
        _build_frame(card, "i", viewer=viewer, address=address, notes=notes),
        choices=[choice for choice in choices if choice],
        placeholder="Open a character",
    )
    return render_glance(sheet, frame)


def render_trait_details(card: Card[Trait], *, viewer: Viewer, address: Address) -> Shown:
    """The other names of a trait, and the whole description."""
    if card.entry.sexual and not viewer.age_restricted:
        return render_closed("trait", viewer=viewer, address=address)
    return _render_details(card, "i", "characters", viewer=viewer, address=address)


def _render_details(
    card: Card[Tag] | Card[Trait], prefix: str, bearers: str, *, viewer: Viewer, address: Address
) -> Shown:
    entry = card.entry
    sheet = Sheet(
        heading=format_list_heading(entry.name, entry.id, "Details"),
        facts=[format_aliases("Also called", entry.aliases), _explain_use(entry, bearers)],
        description=entry.description or "",
    )
    return render_sheet(sheet, _build_frame(card, prefix, viewer=viewer, address=address))


def _build_frame(
    card: Card[Tag] | Card[Trait], prefix: str, *, viewer: Viewer, address: Address, notes: Sequence[str] = ()
) -> Frame:
    return Frame(
        viewer,
        address,
        hidden=address.spoiler < 2,  # of what it is a spoiler on, nothing is shown, not even how many
        links=link_to_vndb(card.entry.id, prefix),
        notes=notes,
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )


def _list_glance(group: str, number: int, noun: str) -> list[str]:
    return [clip(one_line(group), _NAME_LIMIT), f"On {count(max(number, 0), noun)}"]


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
    shown = enumerate(characters[:_CHARACTERS_AT_MOST], 1)
    lines = [f"{place}. {format_name(one.name, one.original, otherwise=one.id)}" for place, one in shown]
    return "\n".join(["**Some who have it:**", *lines]) if lines else ""
