"""People on AniList: their card and their public lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from bot.anime.api.model import LIST_AT_MOST, AnimeUser, ListEntry, MediaKind, MediaRow, UserStats
from bot.anime.cards.page import build_media_choice, build_picture, explain_closed, find_cover, may_show_work
from bot.anime.cards.route import is_user_name
from bot.anime.cards.text import FORMATS, LIST_STATUSES, SOURCE, find_kind, format_score, format_year, name_word
from bot.anime.cards.title import title_of
from bot.cards.fact import format_fact, format_heading
from bot.cards.image import build_thumbnail, explain_hidden
from bot.cards.notation import format_length, format_row, join_facts, open_on
from bot.cards.text import clip, count, escape_line, one_line
from bot.navigation.address import Address
from bot.navigation.frame import Frame, Shown
from bot.navigation.row import Row, render_rows
from bot.navigation.sheet import Sheet, render_sheet
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found

KIND_NAMES: dict[MediaKind, str] = {"ANIME": "Anime", "MANGA": "Manga"}

_NAME_LIMIT = 60


def render_user(card: Card[AnimeUser], *, viewer: Viewer, address: Address) -> Shown:
    """Somebody's card. What they write of themselves, and their picture, nobody rates: see `build_picture`."""
    user = card.entry
    avatar = build_picture(user.avatar.large or user.avatar.medium, safe=False)
    facts = [*_list_facts("Anime", user.anime), *_list_facts("Manga", user.manga)]
    sheet = Sheet(
        heading=format_heading(user.name, None, otherwise="Unnamed"),
        facts=facts or ["Nothing can be seen: the lists are private or empty."],
        thumbnail=build_thumbnail(avatar, viewer, description=f"Picture of {one_line(user.name)}"),
    )
    note = explain_hidden([avatar], viewer)
    return render_sheet(sheet, _build_frame(user, viewer, address, notes=[note], age_s=card.age_s, stale=card.stale))


LIST_SORTS: Mapping[str, str] = {"rating": "Their rating", "title": "Title", "newest": "Newest first"}
"""The orders of somebody's list; all are within a status."""


def render_user_list(
    card: Card[AnimeUser],
    found: Found[ListEntry],
    *,
    kind: MediaKind,
    viewer: Viewer,
    address: Address,
    status: str = "",
    sort: str = "rating",
) -> Shown:
    """A page of somebody's list, by status, without what may not stand here.

    `status`: of that alone. `sort` is one of `LIST_SORTS`.
    """
    card, user = card.with_part(found), card.entry
    wanted = [entry for entry in found.items if entry.status == status] if status else found.items
    listed = [entry for entry in wanted if may_show_work(entry.media, viewer)]
    listed.sort(key=lambda entry: (_rank(entry), _order(entry, sort), title_of(entry.media, viewer).casefold()))
    frame = _build_frame(
        user,
        viewer,
        address,
        notes=[explain_closed(len(wanted) - len(listed), viewer), explain_unread(user, found)],
        age_s=card.age_s,
        stale=card.stale,
    )
    heading = f"## {KIND_NAMES[kind]} of {clip(escape_line(user.name), _NAME_LIMIT)}"
    conditions = [
        f"Status: {name_word(status, LIST_STATUSES)}" if status else "",
        f"Sorted by: {LIST_SORTS[sort]}" if sort != "rating" else "",
    ]
    if asked := join_facts(conditions):
        heading += f"\n-# {asked}"
    rows = [_build_row(entry, viewer, address) for entry in listed]
    return render_rows(heading, rows, empty="There is nothing to show here.", frame=frame)


def explain_unread(user: AnimeUser, found: Found[ListEntry]) -> str:
    """The sentence that says that a list is longer than what was read of it; empty if it is not. Escaped."""
    if not found.more:
        return ""
    name = clip(escape_line(user.name) or "Unnamed", _NAME_LIMIT)
    return f"Only the first {LIST_AT_MOST:,} entries of {name} were read."


def link_to_user(user: AnimeUser) -> list[tuple[str, str]]:
    """The link to somebody's page, its label first; none if that is no name."""
    if not is_user_name(user.name):
        return []
    return [(open_on(SOURCE), f"https://anilist.co/user/{user.name}")]


def _build_frame(
    user: AnimeUser, viewer: Viewer, address: Address, *, notes: Sequence[str], age_s: float, stale: bool
) -> Frame:
    return Frame(
        viewer,
        address,
        links=link_to_user(user),
        notes=notes,
        age_s=age_s,
        stale=stale,
        source=SOURCE,
    )


def _list_facts(name: str, stats: UserStats) -> Iterator[str]:
    if stats.count < 1:
        return
    parts = [count(stats.count, "work")]
    mean = format_score(stats.mean_score)
    parts.append(f"{mean} on average" if mean else "")
    for number, unit in (
        (stats.episodes_watched, "episode"),
        (stats.chapters_read, "chapter"),
        (stats.volumes_read, "volume"),
    ):
        parts.append(count(number, unit) if number is not None and number > 0 else "")
    if stats.minutes_watched is not None and stats.minutes_watched > 0:
        parts.append(format_length(stats.minutes_watched))
    yield format_fact(name, " · ".join(filter(None, parts)))


def _rank(entry: ListEntry) -> tuple[int, str]:
    order = [*LIST_STATUSES]
    status = entry.status or ""
    return order.index(status) if status in order else len(order), status


def _order(entry: ListEntry, sort: str) -> float:
    if sort == "title":
        return 0
    if sort == "rating":
        return -entry.score
    return -(entry.media.start_date.number or (entry.media.season_year or 0) * 10_000)


def _format_progress(entry: ListEntry) -> str:
    """`3 of 12 episodes`, `370 chapters`, or nothing."""
    printed = find_kind(entry.media) == "manga"
    whole, unit = (entry.media.chapters, "chapter") if printed else (entry.media.episodes, "episode")
    if entry.progress <= 0:
        return ""
    return f"{entry.progress:,} of {count(whole, unit)}" if whole else count(entry.progress, unit)


def _build_row(entry: ListEntry, viewer: Viewer, address: Address) -> Row:
    status = name_word(entry.status, LIST_STATUSES) or "Other"
    row = build_scored_row(
        entry.media,
        viewer,
        address,
        details=[
            format_score(entry.score),
            _format_progress(entry),
            name_word(entry.media.format, FORMATS),
            format_year(entry.media),
        ],
    )
    return replace(row, groups=(f"### {escape_line(status)}",))


def build_scored_row(media: MediaRow, viewer: Viewer, address: Address, *, details: Sequence[str]) -> Row:
    """A work in somebody's list. `details`, plain text, are what they think of it, and what else is said."""
    title = title_of(media, viewer)
    choice = build_media_choice(media, viewer, address, beside=join_facts(details))
    text = format_row(title, details=details)
    return Row(text, (), choice[0] if choice else None, find_cover(media), f"Cover of {title}")
