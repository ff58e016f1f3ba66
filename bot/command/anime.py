"""The options of commands that ask AniList (or amvstrm): one table, each option with what it asks for."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from discord import app_commands

from bot.anime.api.wish import MediaWish
from bot.anime.cards.text import FORMATS, PRINTED, STATUSES
from bot.anime.pages.list import GENRES
from bot.command.completion import complete_media
from bot.command.option import Option, Text, Values, list_choices

Read = Callable[[Any], Mapping[str, object]]
"""What an option asks for: what changes in a `MediaWish`."""


def read_wish(options: Sequence[Option[Read]], values: Values, wish: MediaWish) -> MediaWish:
    """`wish`, and what was typed in these options."""
    for option in options:
        value = values.get(option.name)
        if value is not None:
            wish = dataclasses.replace(wish, **option.read(value))
    return wish


MEDIA_OPTIONS: tuple[Option[Read], ...] = (
    Option(
        "genre",
        str,
        "What it must be",
        lambda genre: {"genres": (genre,)},
        choices=list_choices({genre: genre for genre in GENRES}),
    ),
    Option(
        "format",
        str,
        "How it was made",
        lambda format_: {"format": format_},
        choices=list_choices({word: name for word, name in FORMATS.items() if word not in PRINTED}),
    ),
    Option("status", str, "Whether it is over", lambda status: {"status": status}, choices=list_choices(STATUSES)),
    Option(
        "season",
        Literal["winter", "spring", "summer", "fall"],
        "When in the year it began",
        lambda season: {"season": season.upper()},
    ),
    Option("year", app_commands.Range[int, 1940, 2100], "The year it began", lambda year: {"season_year": year}),
    Option("min_score", app_commands.Range[int, 1, 100], "Percent, at least", lambda score: {"min_score": score}),
)

# What no wish is made of: each command reads these itself.

SORT = Option(
    "sort",
    str,
    "What comes first",
    None,
    choices=list_choices({"match": "Best match", "score": "Score", "popularity": "Popularity", "newest": "Newest"}),
)
WORDS = Option("title", Text, "Words of the title", None)
_TITLE = "A title, a link to AniList or MyAnimeList, or AniList's number (#9253)"
ANIME_TITLE = Option("title", Text, _TITLE, None, complete=complete_media("ANIME"))
MANGA_TITLE = Option("title", Text, _TITLE, None, complete=complete_media("MANGA"))
ENTRY_NAME = Option("name", Text, "A name, a link to AniList, or AniList's number (#40)", None)


def build_user(name: str, description: str) -> Option[None]:
    """An option that is somebody on AniList."""
    return Option(name, Text, description, None)
