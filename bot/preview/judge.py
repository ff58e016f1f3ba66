"""What holds of links where somebody asks for it: the decision of the previews, in words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.interaction.error import render_error
from bot.interaction.rule import PREVIEWED, explain_rule
from bot.links.target import Link, OtherTarget, SearchLink, read_references
from bot.lookup.reference_name import describe
from bot.lookup.source import Sources
from bot.navigation.viewer import Viewer
from bot.preview.plan import build_plan, fetch_preview, name_link_kind

_AT_MOST = 3
"""Each may cost requests."""

_NO_LINK = "❌ That is no link to VNDB, AniList, MyAnimeList or a gallery."


async def judge_links(sources: Sources, text: str, viewer: Viewer) -> Sequence[str]:
    """A line for each link of a text, as if who asks had posted it here: whether it is previewed, or why not.

    Nothing is asked about a gallery where none may be shown, and nothing is told of one but the rule.
    """
    targets = [one for one in read_references(text) if not isinstance(one, SearchLink | OtherTarget)]
    links = [Link(target, spoiler=False) for target in targets[:_AT_MOST]]
    return [await _judge(link, sources, viewer) for link in links] or [_NO_LINK]


async def _judge(link: Link, sources: Sources, viewer: Viewer) -> str:
    name = describe(link.target).capitalize()
    objections = viewer.rules.list_objections(name_link_kind(link))
    objection = viewer.rules.person_refusal or next(iter(objections), None)
    if objection is not None:
        return f"**{name}**: ❌ {explain_rule(objection)}"
    preview = await fetch_preview(build_plan([link], viewer.rules, asked=True), sources, viewer)
    if preview.blocks:
        return f"**{name}**: {PREVIEWED}"
    said = [*map(render_error, preview.errors), *map(explain_rule, preview.refusals)]
    return f"**{name}**: ❌ {said[0]}" if said else _NO_LINK
