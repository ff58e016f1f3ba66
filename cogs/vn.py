"""`/vn`: visual novels from VNDB."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from discord import app_commands
from msgspec.structs import replace

from bot.client import Shiori
from bot.command.option import Values, pick, takes, usable_everywhere
from bot.command.vndb import (
    OWN_LIST,
    RELEASE_OPTIONS,
    SPOILERS,
    VN_OPTIONS,
    VN_TITLE,
    VNDB_USER,
    build_sort,
    find_described,
    read_wish,
)
from bot.errors import NotFound
from bot.interaction.reply import Interaction
from bot.lookup.people import Somebody
from bot.lookup.source import Sources
from bot.lookup.vndb import find_entry, find_search
from bot.navigation.page import Lead, Opened, Visit
from bot.vndb.api import where
from bot.vndb.api.filter import Filter, all_of
from bot.vndb.api.model import Release
from bot.vndb.api.user import LABELS
from bot.vndb.api.wish import FIRST_DATE
from bot.vndb.pages.entry import RandomQuote
from bot.vndb.pages.list import open_list
from bot.vndb.pages.list_kind import RELEASES, VNS
from bot.vndb.pages.recommendation import RecommendationPage
from bot.vndb.pages.vn import Quotes, SimilarNovels, VnPage, draw

_QUOTED = replace(VN_TITLE, description=f"{VN_TITLE.description}; any novel if you leave it out")
_LATELY = pick(RELEASE_OPTIONS, "language", "platform", "released_after", "released_before", "filter")


@usable_everywhere
class VisualNovels(app_commands.Group, name="vn", description="Visual novels from VNDB"):
    """Looks visual novels up, lists them, and finds some by chance."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(description="All about a visual novel: characters, releases, staff, tags, screenshots …")
    @takes(VN_TITLE, SPOILERS)
    async def info(self, interaction: Interaction, title: str, spoilers: int | None = None) -> None:
        await self.bot.show(interaction, partial(find_search, VNS, title), spoilers=spoilers)

    @app_commands.command(description="Find visual novels by title, and by what they are like")
    @takes(VN_TITLE, build_sort("rank", "rating", "votes", "newest", "oldest", "title"), *VN_OPTIONS, SPOILERS)
    async def search(
        self, interaction: Interaction, title: str | None = None, sort: str | None = None, **options: Any
    ) -> None:
        find = partial(find_described, VNS, VN_OPTIONS, options, title, sort)
        await self.bot.show(interaction, find, spoilers=options.get("spoilers"))

    @app_commands.command(description="A visual novel by chance, of all or from a list of yours")
    @takes(OWN_LIST, *VN_OPTIONS, SPOILERS)
    async def random(self, interaction: Interaction, **options: Any) -> None:
        spoilers = options.get("spoilers")
        if options.get(OWN_LIST.name) is None:
            await self.bot.show(interaction, partial(_draw, options), spoilers=spoilers)
            return
        asker = self.bot.people.read(interaction, "VNDB", None)
        draw_own = partial(_draw_own, asker, options)
        await self.bot.show(interaction, draw_own, spoilers=spoilers, private=await asker.is_private())

    @app_commands.command(description="The best visual novels, of all or of those that you describe")
    @takes(build_sort("rating", "votes"), *VN_OPTIONS, SPOILERS)
    async def top(self, interaction: Interaction, sort: str = "rating", **options: Any) -> None:
        await self.bot.show(interaction, partial(_rank, sort, options), spoilers=options.get("spoilers"))

    @app_commands.command(description="Releases that are still to come, the next ones first")
    @takes(*_LATELY)
    async def upcoming(self, interaction: Interaction, **options: Any) -> None:
        dated = all_of(where.RELEASE.released.gt("today"), where.RELEASE.released.ne("TBA"))
        await self.bot.show(interaction, partial(_list_releases, dated, "upcoming", options))

    @app_commands.command(description="What came out lately, the newest first")
    @takes(*_LATELY)
    async def new(self, interaction: Interaction, **options: Any) -> None:
        dated = all_of(where.RELEASE.released.ge(FIRST_DATE), where.RELEASE.released.le("today"))
        await self.bot.show(interaction, partial(_list_releases, dated, "new", options))

    @app_commands.command(description="Visual novels like one, by the tags they share")
    @takes(VN_TITLE)
    async def similar(self, interaction: Interaction, title: str) -> None:
        await self.bot.show(interaction, partial(_find_page, title, SimilarNovels))

    @app_commands.command(description="What you may like, by your votes on VNDB, or somebody else")
    @takes(VNDB_USER)
    async def recommend(self, interaction: Interaction, user: str | None = None) -> None:
        asked = self.bot.people.read(interaction, "VNDB", user)
        await self.bot.show(interaction, partial(_recommend, asked), private=await asked.is_private())

    @app_commands.command(description="A quote: by chance, or from one visual novel")
    @takes(_QUOTED, SPOILERS)
    async def quote(self, interaction: Interaction, title: str | None = None, spoilers: int | None = None) -> None:
        wanted = RandomQuote() if title is None else partial(_find_page, title, Quotes)
        await self.bot.show(interaction, wanted, spoilers=spoilers)


async def _draw(options: Values, visit: Visit[Sources]) -> Opened:
    """A random one of the novels that the options describe."""
    return await draw(await read_wish(VN_OPTIONS, options, visit), visit)


async def _draw_own(asker: Somebody, options: Values, visit: Visit[Sources]) -> Opened:
    """A random one of those on a list of the asker's own. Raises `NotLinked`, and `NotFound` if there is none."""
    label: int = options[OWN_LIST.name]
    listed = where.VN.label.eq((await asker.find(visit), label))
    wish = await read_wish(VN_OPTIONS, options, visit)
    try:
        return await draw(listed if wish is None else all_of(listed, wish), visit)
    except NotFound as error:
        like_that = "" if wish is None else " like that"
        what = f"visual novel{like_that} on your list “{LABELS[label]}”, as far as it is public"
        raise NotFound(error.service, what) from None


async def _recommend(asked: Somebody, visit: Visit[Sources]) -> RecommendationPage:
    """What somebody may like. Raises as `Somebody.find` does."""
    return RecommendationPage(await asked.find(visit))


async def _rank(sort: str, options: Values, visit: Visit[Sources]) -> Opened:
    """The best of the novels that the options describe."""
    return await open_list(VNS, await read_wish(VN_OPTIONS, options, visit), sort, visit)


async def _list_releases(dated: Filter[Release], sorting: str, options: Values, visit: Visit[Sources]) -> Opened:
    """Those releases that the options describe."""
    wish = await read_wish(_LATELY, options, visit)
    return await open_list(RELEASES, dated if wish is None else all_of(dated, wish), sorting, visit)


async def _find_page(title: str, page: Callable[[str], VnPage[Sources, Any]], visit: Visit[Sources]) -> Lead[Sources]:
    """That page of the novel that `title` names best."""
    return page(await find_entry(VNS, title, visit, page=page))


async def setup(bot: Shiori) -> None:
    bot.tree.add_command(VisualNovels(bot))
