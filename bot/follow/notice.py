"""Notices: what those are told who follow something."""

from __future__ import annotations

from typing import Any

from discord import ui

from bot.anime.cards.route import MediaRoute
from bot.cards.text import clip, escape_line
from bot.follow.item import EndButton
from bot.navigation.address import NOWHERE, Address
from bot.navigation.frame import ACCENT, PageView
from bot.navigation.item import SeeButton
from bot.vndb.cards.route import EntryRoute

_TITLE_LIMIT = 200


def render_episode_notice(
    *, follow_id: int, media_id: int, title: str, episode: int, aired_s: int, role_id: int | None
) -> PageView:
    """The notice that an episode aired. `role_id`: who is mentioned, if the message lets it through."""
    what = f"Episode {episode:,} aired <t:{aired_s}:R>"
    link = ("View on AniList", f"https://anilist.co/anime/{media_id}")
    end = EndButton(follow_id, f"e{episode}")
    return _build(title, what, NOWHERE.go(MediaRoute("anime", media_id)), link, end, role_id)


def render_release_notice(
    *, follow_id: int, title: str, release_id: str, release: str, role_id: int | None
) -> PageView:
    """The notice that a release, such as `r17`, is out. `title`: the novel or developer that is followed."""
    what = f"Released: {clip(escape_line(release), _TITLE_LIMIT) or release_id}"
    link = ("View on VNDB", f"https://vndb.org/{release_id}")
    return _build(title, what, NOWHERE.go(EntryRoute(release_id)), link, EndButton(follow_id, release_id), role_id)


def _build(
    title: str, what: str, address: Address, link: tuple[str, str], end: EndButton, role_id: int | None
) -> PageView:
    view = PageView()
    if role_id is not None:
        view.add_item(ui.TextDisplay[Any](f"<@&{role_id}>"))
    text = f"### {clip(escape_line(title), _TITLE_LIMIT) or 'Untitled'}\n{what}"
    buttons = ui.ActionRow[Any](SeeButton(address, label="Show more"), ui.Button(label=link[0], url=link[1]), end)
    view.add_item(ui.Container[Any](ui.TextDisplay[Any](text), buttons, accent_colour=ACCENT))
    return view
