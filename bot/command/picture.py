"""The options of commands that ask for pictures and galleries."""

from __future__ import annotations

from discord import app_commands

from bot.command.option import Option, Text
from bot.picture.api.model import AskedRating

_Pattern = app_commands.Range[str, 1, 100]

TAGS = Option("tags", Text, "Tags it must have, separated by commas", None)
WITHOUT = Option("without", Text, "Tags it must not have, likewise", None)
RATING = Option(
    "rating",
    AskedRating,
    "How the picture is rated (safe, unless you ask otherwise in an age-restricted channel)",
    None,
    adult=True,
)
ARTIST = Option("artist", _Pattern, "An artist's whole name, or a pattern such as %moon%", None)
CATEGORY = Option("category", _Pattern, "A category's whole name, or a pattern such as cat%|night", None)
GALLERY = Option("url", app_commands.Range[str, 10, 500], "A link to a gallery, or to a page of one", None)
