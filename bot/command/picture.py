"""The options of commands that ask for pictures and galleries."""

from __future__ import annotations

from discord import app_commands

from bot.command.completion import complete_artist, complete_category, complete_picture_tags
from bot.command.option import Option, Text
from bot.picture.api.model import AskedRating

_Pattern = app_commands.Range[str, 1, 100]

TAGS = Option("tags", Text, "Tags it must have, separated by commas", None, complete=complete_picture_tags)
WITHOUT = Option("without", Text, "Tags it must not have, separated by commas", None, complete=complete_picture_tags)
RATING = Option(
    "rating",
    AskedRating,
    "How the picture is rated (safe, unless you ask otherwise in an age-restricted channel)",
    None,
    adult=True,
)
ARTIST = Option(
    "artist", _Pattern, "An artist's whole name, or a pattern such as %moon%", None, complete=complete_artist
)
CATEGORY = Option(
    "category",
    _Pattern,
    "A category's whole name, or a pattern such as cat%|night",
    None,
    complete=complete_category,
)
GALLERY = Option("url", app_commands.Range[str, 10, 500], "A link to a gallery, or to a page of one", None)
