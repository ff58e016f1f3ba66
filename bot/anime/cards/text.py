"""What works have in common, as text: their kinds, dates, scores and times."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from bot.anime.api.anilist.error import SERVICE
from bot.anime.api.model import FuzzyDate, MediaRow
from bot.cards.notation import format_date, format_rating, open_on
from bot.cards.text import clip, count, one_line

SOURCE = SERVICE

FORMATS: Mapping[str, str] = {
    "TV": "TV series",
    "TV_SHORT": "TV short",
    "MOVIE": "Film",
    "SPECIAL": "Special",
    "OVA": "OVA",
    "ONA": "ONA",
    "MUSIC": "Music video",
    "MANGA": "Manga",
    "NOVEL": "Light novel",
    "ONE_SHOT": "One-shot",
}
STATUSES: Mapping[str, str] = {
    "FINISHED": "Finished",
    "RELEASING": "Releasing",
    "NOT_YET_RELEASED": "Not yet released",
    "CANCELLED": "Cancelled",
    "HIATUS": "On hiatus",
}
SEASONS: Mapping[str, str] = {"WINTER": "Winter", "SPRING": "Spring", "SUMMER": "Summer", "FALL": "Fall"}
LIST_STATUSES: Mapping[str, str] = {
    "CURRENT": "Current",
    "REPEATING": "Repeating",
    "COMPLETED": "Completed",
    "PAUSED": "Paused",
    "DROPPED": "Dropped",
    "PLANNING": "Planned",
}

PRINTED = frozenset({"MANGA", "NOVEL", "ONE_SHOT"})
_WORD_LIMIT = 40
_LATEST_S = 253_402_300_799  # the end of the year 9999: Discord shows later times as text
_LATEST_YEAR = 9999
_LARGEST_ID = 2**31 - 1
_TIME_STYLE = re.compile(r"[tTdDfFR]")


def name_word(word: str | None, words: Mapping[str, str]) -> str:
    """What one of AniList's constants is called, as plain text; one that is not known, by its own letters."""
    if not word:
        return ""
    return words.get(word) or clip(one_line(word.replace("_", " ")).capitalize(), _WORD_LIMIT)


def is_known_id(number: int | None) -> bool:
    """Whether that may be an id: AniList's are 32 bits."""
    return number is not None and 0 < number <= _LARGEST_ID


def find_kind(row: MediaRow) -> str:
    """The word for a work in addresses, ours and AniList's: `anime` or `manga`."""
    return "manga" if row.type == "MANGA" or (row.type is None and row.format in PRINTED) else "anime"


def link_to_media(row: MediaRow) -> list[tuple[str, str]]:
    """The links to a work's own pages, each with its label first."""
    kind = find_kind(row)
    links = [(open_on(SOURCE), f"https://anilist.co/{kind}/{row.id}")] if is_known_id(row.id) else []
    if is_known_id(row.id_mal):
        links.append((open_on("MyAnimeList"), f"https://myanimelist.net/{kind}/{row.id_mal}"))
    return links


def link_to_anilist(kind: str, entry_id: int) -> list[tuple[str, str]]:
    """The link to a page of AniList, `kind` being `character`, `staff` or `studio`; none if that is no id."""
    return [(open_on(SOURCE), f"https://anilist.co/{kind}/{entry_id}")] if is_known_id(entry_id) else []


def format_year(row: MediaRow) -> str:
    """The year of a work; nothing if it is not known."""
    year = row.season_year or row.start_date.year
    return str(year) if year is not None and 0 < year <= _LATEST_YEAR else ""


def format_season(row: MediaRow) -> str:
    """`Spring 2011`, the year alone, or nothing."""
    season = name_word(row.season, SEASONS)
    return " ".join(filter(None, (season, format_year(row))))


def format_fuzzy_date(date: FuzzyDate) -> str:
    """A date as far as it is known; or nothing."""
    return format_date(date.year, date.month, date.day)


def format_mark(mark: float | None) -> str:
    """A score of 1 to 100, to one decimal at most; nothing for any other number."""
    if mark is None or not math.isfinite(mark) or not 0 < mark <= 100:
        return ""
    return f"{mark:.1f}".removesuffix(".0")


def format_score(mark: float | None) -> str:
    """A score of 1 to 100 as a rating out of ten, `8.9/10`; nothing for any other number."""
    return format_rating(mark / 10, digits=1) if mark is not None and format_mark(mark) else ""


def format_time(time_s: int, style: str) -> str:
    """A time as Discord shows it in the reader's own zone; nothing if there is no such time.

    `style` is Discord's letter: `t` time, `D` date, `f` both, `R` how long until then.
    """
    return f"<t:{time_s}:{style}>" if 0 < time_s <= _LATEST_S and _TIME_STYLE.fullmatch(style) else ""


def has_ended(row: MediaRow) -> bool:
    """Whether no further episode can come."""
    return row.status in {"FINISHED", "CANCELLED"}


def list_lengths(row: MediaRow) -> Iterator[str]:
    """Give how long a work is: episodes, or chapters and volumes."""
    for number, unit in ((row.episodes, "episode"), (row.chapters, "chapter"), (row.volumes, "volume")):
        if number is not None and number > 0:
            yield count(number, unit)


def list_details(row: MediaRow) -> Iterator[str]:
    """Give what tells a work from others of its name, as plain text: `TV series`, `2011`, `24 episodes`, `9.1/10`."""
    yield name_word(row.format, FORMATS)
    yield format_year(row)
    yield from list_lengths(row)
    if row.status and row.status != "FINISHED":
        yield name_word(row.status, STATUSES)
    yield format_score(row.average_score)


def describe_media(row: MediaRow) -> str:
    """What tells a work from others of its name, as plain text."""
    return " · ".join(filter(None, list_details(row)))
