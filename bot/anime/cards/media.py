"""The first two pages of an anime or a manga."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from discord import ui
from msgspec.structs import replace

from bot.anime.api.model import Media, MediaTag, Ranking, Studio
from bot.anime.cards.markup import build_codes
from bot.anime.cards.page import (
    build_banner,
    build_cover,
    build_frame,
    build_large_cover,
    find_cover,
    format_title,
    may_show_work,
    render_closed,
)
from bot.anime.cards.route import ProfileRoute
from bot.anime.cards.text import (
    FORMATS,
    SEASONS,
    STATUSES,
    find_kind,
    format_fuzzy_date,
    format_score,
    format_season,
    format_time,
    format_year,
    is_known_id,
    list_lengths,
    name_word,
)
from bot.anime.cards.title import UNTITLED, choose_titles, list_titles
from bot.cards.fact import format_fact, format_heading, join_some, join_whole
from bot.cards.image import explain_hidden
from bot.cards.notation import SPOILS, format_length
from bot.cards.text import clip, count, escape_line, one_line
from bot.gate.setting import TITLE_LANGUAGE
from bot.navigation.address import Address
from bot.navigation.frame import Choice, Shown
from bot.navigation.sheet import Sheet, hides_part, render_glance, render_sheet
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
_TAGS_AT_MOST = 6
_ALL_TAGS_AT_MOST = 20
_GENRES_AT_MOST = 4
_STUDIOS_AT_MOST = 10
_WORDS_LIMIT = 250
_RANKINGS_AT_MOST = 3
_ONGOING = frozenset({"RELEASING", "NOT_YET_RELEASED", "HIATUS"})


def render_media(
    card: Card[Media],
    *,
    viewer: Viewer,
    address: Address,
    actions: Sequence[ui.Item[Any]] = (),
) -> Shown:
    """A work at a glance, and what leads on from it. `actions` as in `Frame`."""
    media = card.entry
    if not may_show_work(media, viewer):
        return render_closed(media, viewer, address)
    codes = build_codes(media.description or "")
    banner = build_banner(media, viewer)
    strongest = _list_allowed(media.tags, viewer)[:_TAGS_AT_MOST]
    shown = [tag for tag in strongest if address.spoiler >= 2 or not is_spoiler(tag)]
    sheet = Sheet(
        heading=_format_heading(media, viewer),
        line=[*_list_glance(media)],
        cover=banner or build_large_cover(media, viewer),
        description=codes,
        blocks=[_format_words(media.genres, shown, address)],
        thumbnail=build_cover(media, viewer) if banner else None,
    )
    studios = _list_studios(media)
    frame = replace(
        build_frame(card, viewer, address),
        choices=[
            Choice(address.go(ProfileRoute("studio", studio.id)), one_line(studio.name), "Studio")
            for studio in studios[:_STUDIOS_AT_MOST]
            if is_known_id(studio.id)
        ],
        placeholder="Open its studio" if len(studios) == 1 else "Open one of its studios",
        hidden=hides_part(codes, address) or len(shown) < len(strongest),
        actions=actions,
        notes=[explain_hidden([find_cover(media)], viewer, noun="cover")],
    )
    return render_glance(sheet, frame)


def render_details(card: Card[Media], *, viewer: Viewer, address: Address) -> Shown:
    """All facts about a work, and the whole description."""
    media = card.entry
    if not may_show_work(media, viewer):
        return render_closed(media, viewer, address)
    codes = build_codes(media.description or "")
    tags = _list_allowed(media.tags, viewer)
    open_tags = [tag for tag in tags if address.spoiler >= 2 or not is_spoiler(tag)]
    titles = list_titles(media.title, viewer.rules[TITLE_LANGUAGE], synonyms=media.synonyms)
    named = choose_titles(media.title, viewer.rules[TITLE_LANGUAGE])
    sheet = Sheet(
        heading=format_title(media, "Details", viewer),
        facts=list(_list_facts(media, [title for title in titles if title not in named])),
        description=codes,
        blocks=[_format_tags(open_tags)],
    )
    hidden = hides_part(codes, address) or len(open_tags) < len(tags)
    return render_sheet(sheet, replace(build_frame(card, viewer, address), hidden=hidden))


def _format_heading(media: Media, viewer: Viewer) -> str:
    first, second = choose_titles(media.title, viewer.rules[TITLE_LANGUAGE])
    return format_heading(first, second, otherwise=UNTITLED)


def _list_glance(media: Media) -> Iterator[str]:
    yield _format_score(media) or "Not rated yet"
    yield from list_lengths(media)
    yield format_year(media)
    if media.status and media.status != "FINISHED":
        yield name_word(media.status, STATUSES)


def is_spoiler(tag: MediaTag) -> bool:
    """Whether a tag gives something away. One of which it is not known may."""
    return tag.is_media_spoiler is not False or tag.is_general_spoiler is not False


def _list_allowed(tags: Sequence[MediaTag], viewer: Viewer) -> list[MediaTag]:
    """The tags that may stand in this channel, the strongest first."""
    allowed = [tag for tag in tags if (viewer.age_restricted or tag.is_adult is False) and one_line(tag.name)]
    return sorted(allowed, key=lambda tag: -(tag.rank or 0))


def _format_words(genres: Sequence[str], tags: Sequence[MediaTag], address: Address) -> str:
    """Genres and the strongest tags, in one small line; a spoiler in somebody's own copy is marked."""
    words = {one_line(genre): escape_line(genre) for genre in genres[:_GENRES_AT_MOST]}
    for tag in tags:
        words.setdefault(one_line(tag.name), escape_line(tag.name) + _mark(tag, address))
    shown = ", ".join(filter(None, words.values()))
    return clip(f"-# {shown}", _WORDS_LIMIT) if shown else ""


def _mark(tag: MediaTag, address: Address) -> str:
    return SPOILS if address.revealed and is_spoiler(tag) else ""


def _format_tags(tags: Sequence[MediaTag]) -> str:
    shown = ", ".join(clip(escape_line(tag.name), _NAME_LIMIT) for tag in tags[:_ALL_TAGS_AT_MOST])
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
        lengths.append(f"{format_length(media.duration)}{_name_share(media.episodes)}")
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
    yield format_fact("Rating", _format_score(media) or "Not rated yet")
    people = [
        f"on {count(media.popularity, 'list')}" if media.popularity is not None and media.popularity > 0 else "",
        count(media.favourites, "favourite") if media.favourites is not None and media.favourites > 0 else "",
    ]
    if shown := " · ".join(filter(None, people)):
        yield format_fact("Popularity", shown)
    ranked = sorted(media.rankings, key=lambda ranking: not ranking.all_time)
    if shown := join_whole(map(_format_ranking, ranked[:_RANKINGS_AT_MOST]), " · ", limit=_LIST_LIMIT):
        yield format_fact("Rank", shown)


def _format_score(media: Media) -> str:
    return format_score(media.average_score) or format_score(media.mean_score)


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


def _list_studios(media: Media) -> Sequence[Studio]:
    return [studio for studio in media.studios if studio.is_animation_studio] or media.studios


def _format_studios(media: Media) -> str:
    studios = _list_studios(media)
    names = _join([studio.name for studio in studios])
    return format_fact("Studio" if len(studios) == 1 else "Studios", names) if names else ""


def _join(names: Sequence[str]) -> str:
    shown = dict.fromkeys(clip(escape_line(name), _NAME_LIMIT) for name in names)
    return clip(join_some(shown, 5), _LIST_LIMIT)
