"""The first page of an anime or a manga."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from discord import ui

from bot.anime.api.model import Media, MediaTag, Ranking
from bot.anime.cards.markup import build_codes
from bot.anime.cards.page import build_cover, build_frame, find_cover, may_show_work, render_closed
from bot.anime.cards.text import (
    FORMATS,
    SEASONS,
    STATUSES,
    find_kind,
    format_fuzzy_date,
    format_mark,
    format_season,
    format_time,
    list_lengths,
    name_word,
)
from bot.anime.cards.title import UNTITLED, choose_titles, list_titles
from bot.cards.duration import format_minutes
from bot.cards.fact import format_fact, format_heading, join_some, join_whole
from bot.cards.image import explain_hidden
from bot.cards.text import clip, count, escape_line, one_line
from bot.gate.setting import TITLE_LANGUAGE
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.sheet import Sheet, hides_part, render_sheet
from bot.navigation.viewer import Viewer
from bot.service.record import Card

SOURCES = {
    "ORIGINAL": "Original",
    "MANGA": "Manga",
    "LIGHT_NOVEL": "Light novel",
    "VISUAL_NOVEL": "Visual novel",
    "VIDEO_GAME": "Video game",
    "WEB_NOVEL": "Web novel",
}

_NAME_LIMIT = 60
_LIST_LIMIT = 200
_TAGS_LIMIT = 350
_TAGS_AT_MOST = 10
_RANKINGS_AT_MOST = 3
_ONGOING = frozenset({"RELEASING", "NOT_YET_RELEASED", "HIATUS"})


def render_media(
    card: Card[Media],
    *,
    viewer: Viewer,
    address: Address,
    actions: Sequence[ui.Item[Any]] = (),
) -> Shown:
    """What is known of a work at a glance. `actions` as in `Frame`."""
    media = card.entry
    if not may_show_work(media, viewer):
        return render_closed(media, viewer, address)
    codes = build_codes(media.description or "")
    tags = _list_allowed(media.tags, viewer)
    open_tags = [tag for tag in tags if address.spoiler >= 2 or not is_spoiler(tag)]
    titles = list_titles(media.title, viewer.rules[TITLE_LANGUAGE], synonyms=media.synonyms)
    first, second = choose_titles(media.title, viewer.rules[TITLE_LANGUAGE])
    others = [title for title in titles if title not in {first, second}]
    sheet = Sheet(
        heading=format_heading(first, second, otherwise=UNTITLED),
        facts=list(_list_facts(media, others)),
        description=codes,
        blocks=[_format_tags(open_tags)],
        thumbnail=build_cover(media, viewer),
    )
    frame = replace(
        build_frame(card, viewer, address),
        hidden=hides_part(codes, address) or len(open_tags) < len(tags),
        actions=actions,
        notes=[explain_hidden([find_cover(media)], viewer)],
    )
    return render_sheet(sheet, frame)


def is_spoiler(tag: MediaTag) -> bool:
    """Whether a tag gives something away. One of which it is not known may."""
    return tag.is_media_spoiler is not False or tag.is_general_spoiler is not False


def _list_allowed(tags: Sequence[MediaTag], viewer: Viewer) -> list[MediaTag]:
    """The tags that may stand in this channel, the strongest first."""
    allowed = [tag for tag in tags if (viewer.age_restricted or tag.is_adult is False) and one_line(tag.name)]
    return sorted(allowed, key=lambda tag: -(tag.rank or 0))


def _format_tags(tags: Sequence[MediaTag]) -> str:
    shown = ", ".join(clip(escape_line(tag.name), _NAME_LIMIT) for tag in tags[:_TAGS_AT_MOST])
    return clip(f"**Tags:** {shown}", _TAGS_LIMIT) if shown else ""


def _list_facts(media: Media, other_titles: Sequence[str]) -> Iterator[str]:
    if others := _join(other_titles):
        yield format_fact("Also known as", others)
    kind = [name_word(media.format, FORMATS), name_word(media.season, SEASONS) and format_season(media)]
    if shown := " · ".join(filter(None, kind)):
        yield format_fact("Format", escape_line(shown))
    yield from _list_progress(media)
    yield from _list_numbers(media)
    if studios := _format_studios(media):
        yield studios
    if media.source:
        yield format_fact("Source", escape_line(name_word(media.source, SOURCES)))
    if genres := _join(media.genres):
        yield format_fact("Genres", genres)


def _list_progress(media: Media) -> Iterator[str]:
    if media.status:
        yield format_fact("Status", escape_line(name_word(media.status, STATUSES)))
    if dates := _format_dates(media):
        yield format_fact(_name_dates(media), dates)
    lengths = list(list_lengths(media))
    if media.duration is not None and media.duration > 0:
        lengths.append(f"{format_minutes(media.duration)}{_name_share(media.episodes)}")
    if lengths:
        yield format_fact("Length", " · ".join(lengths))
    following = media.next_airing_episode
    if following is not None and (when := format_time(following.airing_at, "f")):
        # Not "next": the card may be a day old, and the message older, so the episode may have aired.
        yield format_fact(f"Episode {following.episode:,}", f"{when} ({format_time(following.airing_at, 'R')})")


def _name_dates(media: Media) -> str:
    if find_kind(media) == "manga":
        return "Published"
    return "Airs" if media.status in _ONGOING else "Aired"


def _name_share(episodes: int | None) -> str:
    if episodes is None or episodes < 1:
        return " an episode"
    return " each" if episodes > 1 else ""


def _list_numbers(media: Media) -> Iterator[str]:
    if mark := format_mark(media.average_score) or format_mark(media.mean_score):
        yield format_fact("Score", f"{mark}%")
    people = [
        f"on {count(media.popularity, 'list')}" if media.popularity is not None and media.popularity > 0 else "",
        count(media.favourites, "favourite") if media.favourites is not None and media.favourites > 0 else "",
    ]
    if shown := " · ".join(filter(None, people)):
        yield format_fact("Popularity", shown)
    ranked = sorted(media.rankings, key=lambda ranking: not ranking.all_time)
    if shown := join_whole(map(_format_ranking, ranked[:_RANKINGS_AT_MOST]), " · ", limit=_LIST_LIMIT):
        yield format_fact("Rank", shown)


def _format_ranking(ranking: Ranking) -> str:
    """`#1 most popular, Spring 2011`. The context of one of all time says that itself."""
    context = clip(escape_line(ranking.context), _NAME_LIMIT)
    if ranking.rank < 1 or not context:
        return ""
    when = "" if ranking.all_time else " ".join(filter(None, (name_word(ranking.season, SEASONS), _year(ranking))))
    return f"#{ranking.rank:,} {context}{', ' if when else ''}{escape_line(when)}"


def _year(ranking: Ranking) -> str:
    return str(ranking.year) if ranking.year is not None and 0 < ranking.year <= 9999 else ""


def _format_dates(media: Media) -> str:
    start, end = format_fuzzy_date(media.start_date), format_fuzzy_date(media.end_date)
    if start and end and start != end:
        return f"{start} to {end}"
    if not start and end:
        return f"until {end}"
    return f"since {start}" if start and media.status == "RELEASING" else start


def _format_studios(media: Media) -> str:
    studios = [studio for studio in media.studios if studio.is_animation_studio] or media.studios
    names = _join([studio.name for studio in studios])
    return format_fact("Studio" if len(studios) == 1 else "Studios", names) if names else ""


def _join(names: Sequence[str]) -> str:
    shown = dict.fromkeys(clip(escape_line(name), _NAME_LIMIT) for name in names)
    return clip(join_some(shown, 5), _LIST_LIMIT)
