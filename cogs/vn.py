"""`/vn`: visual novels from VNDB."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Mapping
from typing import Any, Self, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.apis.vndb import SERVICE, RandomFilter, Vndb
from bot.client import Shiori
from bot.errors import InvalidInput, NotFound
from bot.http import Clock
from bot.links import parse_vn_reference
from bot.reply import Interaction, answer, change, complete, is_age_restricted, say
from bot.ui.text import clip
from bot.ui.vndb import build_pick_options, choice_name, render_pick_list, render_vn

LENGTHS = [
    app_commands.Choice(name=name, value=value)
    for value, name in enumerate(
        ("Very short (under 2 hours)", "Short (2 to 10 hours)", "Medium (10 to 30 hours)", "Long (30 to 50 hours)",
         "Very long (over 50 hours)"),
        start=1,
    )
]  # fmt: skip


@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
class VisualNovels(commands.GroupCog, group_name="vn", group_description="Visual novels from VNDB"):
    """Looks visual novels up, and finds some by chance."""

    def __init__(self, *, vndb: Vndb, clock: Clock) -> None:
        self.vndb = vndb
        self.clock = clock
        super().__init__()

    @app_commands.command(description="Look up a visual novel by its title, its VNDB id or its link")
    @app_commands.describe(query="A title, an id such as v17, or a vndb.org link")
    async def search(self, interaction: Interaction, query: app_commands.Range[str, 1, 200]) -> None:
        await answer(interaction, self.build_search_answer(interaction, query), clock=self.clock)

    @app_commands.command(description="A visual novel by chance")
    @app_commands.rename(
        original_language="original-language", min_rating="min-rating", min_votes="min-votes",
        released_after="released-after", released_before="released-before",
    )  # fmt: skip
    @app_commands.describe(
        original_language="The language it was written in",
        language="A language it can be read in",
        platform="A platform it runs on",
        length="How long it takes to read",
        min_rating="The least rating, from 1 to 10",
        min_votes="The least number of votes",
        released_after="Released on or after: 2004, 2004-01 or 2004-01-30",
        released_before="Released on or before: 2004, 2004-01 or 2004-01-30",
        tag="A tag it must have",
    )
    @app_commands.choices(length=LENGTHS)
    async def random(
        self,
        interaction: Interaction,
        original_language: str | None = None,
        language: str | None = None,
        platform: str | None = None,
        length: int | None = None,
        min_rating: app_commands.Range[float, 1, 10] | None = None,
        min_votes: app_commands.Range[int, 1, 100_000] | None = None,
        released_after: app_commands.Range[str, 4, 10] | None = None,
        released_before: app_commands.Range[str, 4, 10] | None = None,
        tag: app_commands.Range[str, 1, 100] | None = None,
    ) -> None:
        wish = RandomFilter(
            olang=original_language,
            lang=language,
            platform=platform,
            length=length,
            min_rating=None if min_rating is None else round(min_rating * 10),
            min_votes=min_votes,
            after=released_after,
            before=released_before,
            tag=tag,
        )
        await answer(interaction, self.build_first_draw(interaction, wish), clock=self.clock)

    @search.autocomplete("query")
    async def complete_query(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await complete(interaction, self._find_novels(current, asker=interaction.user.id), clock=self.clock)

    @random.autocomplete("original_language")
    async def complete_original_language(
        self, interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await complete(interaction, self._find_languages(current), clock=self.clock)

    @random.autocomplete("language")
    async def complete_language(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await complete(interaction, self._find_languages(current), clock=self.clock)

    @random.autocomplete("platform")
    async def complete_platform(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await complete(interaction, self._find_platforms(current), clock=self.clock)

    @random.autocomplete("tag")
    async def complete_tag(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await complete(interaction, self._find_tags(interaction, current), clock=self.clock)

    async def build_search_answer(self, interaction: Interaction, query: str) -> discord.ui.LayoutView:
        """The card of the novel that `query` names, or a list to pick from when it could be several."""
        reference = parse_vn_reference(query)
        if reference is not None:
            return await self.build_card(interaction, reference)
        found = await self.vndb.search(query)
        if len(found.items) == 1 and not found.more:
            return await self.build_card(interaction, found.items[0].id)
        if not found.items:
            raise NotFound(SERVICE, f'visual novel called "{query}"')
        names = await self.vndb.fetch_schema()
        select = PickSelect(interaction.user.id, build_pick_options(found, names=names))
        return render_pick_list(found, query=query, select=select)

    async def build_card(self, interaction: Interaction, vn_id: str) -> discord.ui.LayoutView:
        """The card of one novel, for the channel it is asked for in."""
        card = await self.vndb.fetch_vn(vn_id)
        return render_vn(
            card,
            names=await self.vndb.fetch_schema(),
            age_restricted=is_age_restricted(interaction.channel),
            asker_name=interaction.user.display_name,
        )

    async def build_first_draw(self, interaction: Interaction, wish: RandomFilter) -> discord.ui.LayoutView:
        """Like `build_random_card`, for options as people type them: a name instead of a code will do."""
        names = await self.vndb.fetch_schema()
        wish = dataclasses.replace(
            wish,
            olang=_find_code(names.languages, wish.olang, what="original language"),
            lang=_find_code(names.languages, wish.lang, what="language"),
            platform=_find_code(names.platforms, wish.platform, what="platform"),
            tag=await self._find_tag_id(wish.tag),
        )
        return await self.build_random_card(interaction, wish)

    async def build_random_card(self, interaction: Interaction, wish: RandomFilter) -> discord.ui.LayoutView:
        """The card of a novel drawn from those that `wish` allows, with a button for another one."""
        card = await self.vndb.fetch_random(wish)
        return render_vn(
            card,
            names=await self.vndb.fetch_schema(),
            age_restricted=is_age_restricted(interaction.channel),
            asker_name=interaction.user.display_name,
            again=AgainButton(interaction.user.id, wish.encode()),
        )

    async def build_another(self, interaction: Interaction, encoded: str) -> discord.ui.LayoutView:
        """Another card by the filters that a button carries."""
        return await self.build_random_card(interaction, RandomFilter.decode(encoded))

    async def _find_tag_id(self, typed: str | None) -> str | None:
        if typed is None or re.fullmatch(r"g[1-9][0-9]{0,5}", typed):
            return typed
        for tag in await self.vndb.search_tags(typed):
            if tag.name and tag.name.casefold() == typed.strip().casefold():
                return tag.id
        raise InvalidInput("tag", "is not one that VNDB knows; choose one from the list")

    async def _find_novels(self, current: str, *, asker: int) -> list[app_commands.Choice[str]]:
        novels, names = await asyncio.gather(self.vndb.suggest(current, asker=asker), self.vndb.fetch_schema())
        return [app_commands.Choice(name=choice_name(vn, names=names), value=vn.id) for vn in novels[:25]]

    async def _find_languages(self, current: str) -> list[app_commands.Choice[str]]:
        return _match_names((await self.vndb.fetch_schema()).languages, current)

    async def _find_platforms(self, current: str) -> list[app_commands.Choice[str]]:
        return _match_names((await self.vndb.fetch_schema()).platforms, current)

    async def _find_tags(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        tags = await self.vndb.search_tags(current, asker=interaction.user.id)
        if not is_age_restricted(interaction.channel):
            tags = [tag for tag in tags if tag.category in {"cont", "tech"}]
        return [app_commands.Choice(name=clip(tag.name or tag.id, 100), value=tag.id) for tag in tags[:25]]


class AgainButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"vn:again:(?P<asker>[0-9]{1,20}):(?P<wish>[^:]{0,70})",
):
    """Draws another novel by the same filters. It carries all it needs, and so outlives a restart."""

    def __init__(self, asker: int, encoded: str) -> None:
        self.asker = asker
        self.encoded = encoded
        super().__init__(
            discord.ui.Button(
                label="Another one",
                emoji="🎲",
                style=discord.ButtonStyle.secondary,
                custom_id=f"vn:again:{asker}:{encoded}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(int(match["asker"]), match["wish"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.user.id != self.asker:
            await say(interaction, "This button belongs to the one who asked. Use `/vn random` for one of your own.")
            return
        cog = _get_cog(interaction)
        await change(interaction, cog.build_another(interaction, self.encoded), clock=cog.clock)


class PickSelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"vn:pick:(?P<asker>[0-9]{1,20})"):
    """Opens the card of the novel that is picked, in place of the list."""

    def __init__(self, asker: int, options: list[discord.SelectOption]) -> None:
        self.asker = asker
        super().__init__(
            discord.ui.Select(placeholder="Pick one to open its card", options=options, custom_id=f"vn:pick:{asker}")
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        assert isinstance(item, discord.ui.Select)  # noqa: S101 - the template is used for selects only
        return cls(int(match["asker"]), item.options)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.user.id != self.asker:
            await say(interaction, "This list belongs to the one who asked. Use `/vn search` for one of your own.")
            return
        picked = parse_vn_reference(_picked_value(interaction))
        cog = _get_cog(interaction)
        await change(interaction, cog.build_card(interaction, picked or ""), clock=cog.clock)


def _picked_value(interaction: Interaction) -> str:
    values = cast("list[str]", (interaction.data or {}).get("values", []))
    return values[0] if values else ""


def _get_cog(interaction: Interaction) -> VisualNovels:
    cog = interaction.client.get_cog(VisualNovels.__cog_name__)
    assert isinstance(cog, VisualNovels)  # noqa: S101 - the items are registered by the cog's own setup
    return cog


def _find_code(names: Mapping[str, str], typed: str | None, *, what: str) -> str | None:
    """The code that was chosen from the list, or whose name was typed."""
    if typed is None or typed in names:
        return typed
    wanted = typed.strip().casefold()
    for code, name in names.items():
        if wanted in {code.casefold(), name.casefold()}:
            return code
    raise InvalidInput(what, "is not one that VNDB knows; choose one from the list")


def _match_names(names: Mapping[str, str], current: str) -> list[app_commands.Choice[str]]:
    """The codes whose name holds what was typed; those that begin with it come first."""
    typed = current.strip().casefold()
    hits = [(code, name) for code, name in names.items() if typed in name.casefold() or typed == code.casefold()]
    hits.sort(key=lambda hit: (not hit[1].casefold().startswith(typed), hit[1]))
    return [app_commands.Choice(name=name, value=code) for code, name in hits[:25]]


async def setup(bot: Shiori) -> None:
    await bot.add_cog(VisualNovels(vndb=bot.vndb, clock=bot.clock))
    bot.add_dynamic_items(AgainButton, PickSelect)
