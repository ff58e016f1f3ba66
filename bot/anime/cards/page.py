"""What all pages about anime and manga have in common: what may stand where, pictures and lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import discord
from discord import ui
from msgspec.structs import replace

from bot.anime.api.model import Character, Media, MediaRow, Person
from bot.anime.api.wish import PART_SIZE
from bot.anime.cards.route import ProfileRoute, find_route
from bot.anime.cards.text import SOURCE, describe_media, is_known_id, link_to_media, list_details
from bot.anime.cards.title import choose_names, choose_titles, name_of, title_of
from bot.cards.image import build_named_gallery, build_thumbnail
from bot.cards.notation import format_row, join_facts
from bot.cards.text import NOTHING_HERE, clip, escape_line, one_line, size
from bot.errors import NoPage
from bot.gate.setting import TITLE_LANGUAGE
from bot.navigation.address import MAX_NUMBER, Address
from bot.navigation.frame import ACCENT, BODY_LIMIT, COVERS, PORTRAITS_LABEL, Choice, Frame, PageCount, Shown
from bot.navigation.row import Row, count_rows, render_row_page
from bot.navigation.viewer import Viewer
from bot.service.image import Image
from bot.service.record import Card, Found

T = TypeVar("T")

AT_MOST = 25
"""Lines of a page that the service cuts."""

WHOLE = MAX_NUMBER * COVERS
"""The `size` of a list that a service gives whole: one page of it, however far pages are turned."""

# What a page says that is made of what amvstrm has.
PARTIAL = "AniList is away, and the rest of this page comes from there."
PARTIAL_EMPTY = "There is nothing to show while AniList is away."

CLOSED = "This entry is for adults, or may be: it is shown"
UNMARKED = "AniList, which knows what is for everybody, is away. Trying again later helps; until then this is shown"
"""What begins the sentences that `Viewer.adult_places` ends."""

AWAY = "AniList, which knows what is for everybody, is away: trying again later shows more."

_COLOUR = re.compile(r"#([0-9A-Fa-f]{6})")
_TITLE_LIMIT = 150
_LINE_LIMIT = 220
_AROUND = len("- **** · ")


# What may stand where


def may_show_work(row: MediaRow, viewer: Viewer) -> bool:
    """Whether a work may be shown at all. One that is not said to be for everybody counts as one for adults."""
    return viewer.age_restricted or row.is_adult is False


def keep_shown(rows: Iterable[MediaRow], viewer: Viewer) -> list[MediaRow]:
    """The works that may be shown."""
    return [row for row in rows if may_show_work(row, viewer)]


def explain_closed(number: int, viewer: Viewer) -> str:
    """The sentence that says how many entries are left out; empty if none is."""
    if number <= 0:
        return ""
    verb = "is" if number == 1 else "are"
    return f"{number} more {verb} for adults, or may be, and shown {viewer.adult_places}."


def render_closed(row: MediaRow | None, viewer: Viewer, address: Address) -> Shown:
    """The page that says that what was asked for may not be shown here, and whether waiting helps. `row`: the
    work that it is about, if it is one.
    """
    text = f"{UNMARKED if row is not None and row.unmarked else CLOSED} {viewer.adult_places}."
    return Shown([ui.TextDisplay[Any](text)], Frame(viewer, address.turn(1), source=SOURCE, menu=()))


# Pictures


def find_cover(row: MediaRow, *, large: bool = True) -> Image | None:
    """The cover of a work. Nobody rates covers: that of one for adults counts as the worst."""
    cover = row.cover_image
    urls = (cover.extra_large, cover.large, cover.medium) if large else (cover.large, cover.medium, cover.extra_large)
    return build_picture(next(filter(None, urls), None), safe=row.is_adult is False)


def build_picture(url: str | None, *, safe: bool) -> Image | None:
    """The picture at that address as `bot.cards.image` judges it: fit for everybody, or rated by nobody."""
    return Image(url, sexual=0.0, violence=0.0, votecount=1 if safe else 0) if url else None


def find_portrait(one: Character | Person) -> Image | None:
    """The picture of somebody. That of a character is for everybody only where all of their works are."""
    safe = not isinstance(one, Character) or one.is_safe
    return build_picture(one.image.large or one.image.medium, safe=safe)


def build_portrait(one: Character | Person, viewer: Viewer) -> ui.MediaGallery[ui.LayoutView] | None:
    """The picture of somebody to stand above their card, or None where it may not be shown."""
    return build_named_gallery([(find_portrait(one), f"Portrait of {name_of(one.name, viewer)}")], viewer)


def build_cover(row: MediaRow, viewer: Viewer, *, large: bool = True) -> ui.Thumbnail[ui.LayoutView] | None:
    """The cover to stand beside text, or None where it may not be shown."""
    return build_thumbnail(find_cover(row, large=large), viewer, description=f"Cover of {title_of(row, viewer)}")


def build_banner(media: Media, viewer: Viewer) -> ui.MediaGallery[ui.LayoutView] | None:
    """The banner to stand above a work's card, or None where it may not be shown."""
    banner = build_picture(media.banner_image, safe=media.is_adult is False)
    return build_named_gallery([(banner, f"Banner of {title_of(media, viewer)}")], viewer)


def build_large_cover(row: MediaRow, viewer: Viewer) -> ui.MediaGallery[ui.LayoutView] | None:
    """The cover to stand above a work's card, or None where it may not be shown."""
    return build_named_gallery([(find_cover(row), f"Cover of {title_of(row, viewer)}")], viewer)


def pick_colour(row: MediaRow) -> discord.Colour:
    """The colour of a work's cover."""
    match = _COLOUR.fullmatch(row.cover_image.color or "")
    return discord.Colour(int(match[1], 16)) if match else ACCENT


# Pages of a work


def build_frame(card: Card[Media], viewer: Viewer, address: Address) -> Frame:
    """The frame that all pages of a work share."""
    return Frame(
        viewer,
        address,
        links=link_to_media(card.entry),
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
        accent=pick_colour(card.entry),
    )


def format_title(row: MediaRow, title: str, viewer: Viewer) -> str:
    """The heading of a page of a work, and below it what the page is about."""
    return f"## {clip(escape_line(title_of(row, viewer)), _TITLE_LIMIT)}\n-# {title}"


def build_media_choice(row: MediaRow, viewer: Viewer, address: Address, *, beside: str = "") -> list[Choice]:
    """The way to the card of a work; none if its id is none."""
    route = find_route(row)
    details = " · ".join(filter(None, (one_line(beside), describe_media(row))))
    return [Choice(address.go(route), title_of(row, viewer), details)] if route else []


# Lists that the service cuts into pages


def render_lines(
    heading: str, lines: Sequence[str], frame: Frame, *, found: Found[Any], empty: str, left_out: int = 0
) -> Shown:
    """A page of a list, the one that the frame's address names. `left_out`: rows that may not stand here; what was
    left out before may be all of a page that others follow. Raises `NoPage` where the list is shorter.

    As many lines as `AT_MOST`, each as long as `share_room` says, fit below the heading.
    """
    if not lines and (left_out or found.more):
        empty = NOTHING_HERE
    elif not lines and frame.address.number > 1:
        raise NoPage(frame.address.number)
    frame = replace(
        frame,
        extent=PageCount(more=found.more),
        notes=[*frame.notes, explain_closed(left_out, frame.viewer)],
        age_s=max(frame.age_s, found.age_s),
        stale=frame.stale or found.stale,
    )
    return Shown([ui.TextDisplay[Any]("\n".join([heading, *(lines or [empty])]))], frame)


def render_pictured(
    heading: str, rows: Sequence[Row], frame: Frame, *, found: Found[Any], empty: str, pictures: str, left_out: int = 0
) -> Shown:
    """A page of a list of what has `pictures`, which are called so. `found` is that page's, cut by `cut_block`.
    `left_out` and `NoPage` as with `render_lines`.
    """
    frame = replace(
        frame,
        pictures=pictures,
        extent=PageCount(more=found.more),
        notes=[*frame.notes, explain_closed(left_out, frame.viewer)],
        age_s=max(frame.age_s, found.age_s),
        stale=frame.stale or found.stale,
    )
    withheld = left_out > 0 or found.more
    shown = NOTHING_HERE if withheld else empty
    return render_row_page(heading, rows, empty=shown, frame=frame, left_out=withheld)


def render_people(
    card: Card[Media],
    title: str,
    rows: Sequence[Row],
    found: Found[Any],
    viewer: Viewer,
    address: Address,
    *,
    empty: str,
) -> Shown:
    """A page of the people of a work. `found` is the service's page that they are from."""
    return render_pictured(
        format_title(card.entry, title, viewer),
        rows,
        build_frame(card, viewer, address),
        found=cut_block(found, address, PART_SIZE),
        pictures=PORTRAITS_LABEL,
        empty=empty,
    )


def find_block(address: Address, size: int) -> int:
    """Which of the service's pages, each of `size` entries, holds the page at that address."""
    return (address.number - 1) // _count_parts(address, size) + 1


def cut_block(found: Found[T], address: Address, size: int) -> Found[T]:
    """What of the service's page stands on the page at that address."""
    start, rows = _find_start(address, size), count_rows(address)
    more = found.more or len(found.items) > start + rows
    return replace(found, items=found.items[start : start + rows], more=more)


def find_first(address: Address, size: int) -> int:
    """The place in the whole list of the first entry on the page at that address, from 1."""
    return (find_block(address, size) - 1) * size + _find_start(address, size) + 1


def _find_start(address: Address, size: int) -> int:
    return (address.number - 1) % _count_parts(address, size) * count_rows(address)


def _count_parts(address: Address, size: int) -> int:
    return -(-size // count_rows(address))


def build_media_row(row: MediaRow, viewer: Viewer, address: Address, *, lead: str = "", beside: str = "") -> Row:
    """A work in a list. `lead`, escaped, stands before its title, and `beside`, plain text, before its facts."""
    title, original = title_of(row, viewer), choose_titles(row.title, viewer.rules[TITLE_LANGUAGE])[1]
    text = format_row(title, lead=lead, original=original, details=[beside, *list_details(row)])
    choice = build_media_choice(row, viewer, address, beside=beside)
    return Row(text, (), choice[0] if choice else None, find_cover(row), f"Cover of {title}")


def build_person_row(
    one: Character | Person, viewer: Viewer, address: Address, *, lead: str, details: Sequence[str]
) -> Row:
    """Somebody in a list. `lead`, escaped, stands before their name, `details` are plain text."""
    first, second = choose_names(one.name, viewer.rules[TITLE_LANGUAGE])
    shown = name_of(one.name, viewer)
    route = ProfileRoute("character" if isinstance(one, Character) else "staff", one.id)
    choice = Choice(address.go(route), shown, join_facts(details)) if is_known_id(one.id) else None
    text = format_row(first or "Unnamed", lead=lead, original=second, details=details)
    return Row(text, (), choice, find_portrait(one), f"Portrait of {shown}")


def number_part(found: Found[T], address: Address) -> list[tuple[str, T]]:
    """What of the service's page (`PART_SIZE` entries) stands at that address, each with its number (`1.`)."""
    items = cut_block(found, address, PART_SIZE).items
    return [(f"{number}.", one) for number, one in enumerate(items, find_first(address, PART_SIZE))]


def share_room(heading: str, lines: int) -> int:
    """The UTF-16 units that each of that many (`AT_MOST` at most) lines below a heading may take."""
    return min((BODY_LIMIT - size(heading)) // max(lines, 1) - 1, _LINE_LIMIT)


def format_line(name: str, details: Iterable[str], *, room: int, lead: str = "") -> str:
    """An entry as a line of at most `room` units. `lead`, markdown, stands before the name."""
    room -= _AROUND + size(lead)
    beside = clip(escape_line(" · ".join(filter(None, details))), room // 2)
    shown = clip(escape_line(name), room - size(beside))
    return f"- {lead}**{shown}** · {beside}" if beside else f"- {lead}**{shown}**"
