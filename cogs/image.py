"""`/image`: anime pictures of the Nekos API, with their artist and source.

What can be searched for depends on the version of the server, so each has a cog of its own.
"""

from __future__ import annotations

from functools import partial

from discord import app_commands

from bot.client import Shiori
from bot.command.option import takes, usable_everywhere
from bot.command.picture import ARTIST, CATEGORY, RATING, TAGS, WITHOUT
from bot.errors import InvalidInput
from bot.interaction.reply import Interaction
from bot.lookup.source import Sources
from bot.navigation.page import Lead, Visit
from bot.picture.api.model import AskedRating, PictureWish, parse_tags
from bot.picture.pages.picture import RandomPicture, find_artist, find_category

GROUP = "image"
ABOUT = "Anime pictures"
_RANDOM = "A random anime picture"


@usable_everywhere
class TaggedImages(app_commands.Group, name=GROUP, description=ABOUT):
    """Pictures of Nekos API v4."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(description=_RANDOM)
    @takes(TAGS, RATING)
    async def random(self, interaction: Interaction, tags: str | None = None, rating: AskedRating = "safe") -> None:
        await self.bot.show(interaction, partial(_find_picture, tags, None, rating))

    @app_commands.command(description="Find an anime picture by its tags")
    @takes(TAGS, WITHOUT, RATING)
    async def search(
        self,
        interaction: Interaction,
        tags: str | None = None,
        without: str | None = None,
        rating: AskedRating = "safe",
    ) -> None:
        await self.bot.show(interaction, partial(_find_picture, tags, without, rating))


@usable_everywhere
class CategorisedImages(app_commands.Group, name=GROUP, description=ABOUT):
    """Pictures of a server of the shape of Nekos API v1."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(description=_RANDOM)
    @takes(TAGS, RATING)
    async def random(self, interaction: Interaction, tags: str | None = None, rating: AskedRating = "safe") -> None:
        await self.bot.show(interaction, partial(_find_picture, tags, None, rating))

    @app_commands.command(description="Find anime pictures by artist or category, with % _ | * + ? {2,4} ( ) [ ]")
    @takes(ARTIST, CATEGORY, RATING)
    async def search(
        self,
        interaction: Interaction,
        artist: str | None = None,
        category: str | None = None,
        rating: AskedRating = "safe",
    ) -> None:
        await self.bot.show(interaction, partial(_search, artist, category, rating))


async def _find_picture(
    tags: str | None, without: str | None, rating: AskedRating, _visit: Visit[Sources]
) -> RandomPicture:
    return RandomPicture(PictureWish(rating, parse_tags(tags), parse_tags(without, what="tags to leave out")))


async def _search(
    artist: str | None, category: str | None, rating: AskedRating, visit: Visit[Sources]
) -> Lead[Sources]:
    if artist and category is None:
        return await find_artist(artist, rating, visit)
    if category and artist is None:
        return await find_category(category, rating, visit)
    raise InvalidInput("search", "needs an artist or a category, and not both")


async def setup(bot: Shiori) -> None:
    bot.tree.add_command(TaggedImages(bot) if bot.sources.nekos.version == 4 else CategorisedImages(bot))
