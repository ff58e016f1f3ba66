"""Notices: what those are told who follow something."""

from __future__ import annotations

from typing import Any

from discord import ui

from bot.anime.cards.route import MediaRoute
from bot.cards.image import build_thumbnail
from bot.cards.notation import open_on
from bot.cards.text import clip, escape_line
from bot.follow.daily import HEADINGS
from bot.follow.item import EndButton, FollowsButton
from bot.follow.mine import SERVICES
from bot.follow.model import Notice
from bot.follow.upcoming import Outlook
from bot.navigation.address import NOWHERE, Address
from bot.navigation.frame import ACCENT, PageView
from bot.navigation.item import SeeButton
from bot.navigation.viewer import Viewer
from bot.vndb.cards.route import EntryRoute

_TITLE_LIMIT = 200


def render_notice(notice: Notice, outlook: Outlook, viewer: Viewer, *, role_id: int | None) -> PageView:
    """The notice that an episode aired, or that a release is out. `viewer`: what may stand there.

    `role_id`: who is mentioned, if the message lets it through.
    """
    follow = notice.follow
    if follow.kind == "anime":
        episode, aired_s = int(notice.key[1:]), notice.due_s - follow.delay_s
        what = f"Episode {episode:,} aired <t:{aired_s}:R>"
        link = (open_on("AniList"), f"https://anilist.co/anime/{follow.subject_id}")
        address = NOWHERE.go(MediaRoute("anime", follow.subject_id))
    else:
        what = f"Released: {clip(escape_line(notice.detail), _TITLE_LIMIT) or notice.key}"
        link = (open_on("VNDB"), f"https://vndb.org/{notice.key}")
        address = NOWHERE.go(EntryRoute(notice.key))
    view = PageView()
    if role_id is not None:
        view.add_item(ui.TextDisplay[Any](f"<@&{role_id}>"))
    label = "Stop"
    if follow.part_of:
        what += f"\n-# It is on your list on {SERVICES['anime' if follow.kind == 'anime' else 'vn']}."
        label = "Stop my whole list"
    end = EndButton(follow.id, notice.key, restricted=viewer.age_restricted, label=label)
    body = _build_body(follow.title, what, outlook, viewer)
    buttons = _build_buttons(address, link, end)
    view.add_item(ui.Container[Any](body, buttons, accent_colour=ACCENT))
    return view


def render_post(notice: Notice, page: PageView, viewer: Viewer) -> PageView:
    """A daily post: a page below its heading, above what ends it. Whoever turns the page gets a copy of their own."""
    heading = next(text for kind, text in HEADINGS.items() if kind == notice.follow.kind)
    above, below = PageView(), PageView()
    above.add_item(ui.TextDisplay[Any](f"### {heading}"))
    end = EndButton(notice.follow.id, notice.key, restricted=viewer.age_restricted)
    below.add_item(ui.ActionRow[Any](end, FollowsButton(label="What else")))
    parts = (above, page, below)
    return PageView(files=page.files, components=[one for part in parts for one in part.to_components()])


def _build_body(title: str, what: str, outlook: Outlook, viewer: Viewer) -> ui.Item[Any]:
    """The text, and beside it the picture if it may stand there: one that is withheld leaves no hole."""
    lines = [f"### {clip(escape_line(title), _TITLE_LIMIT) or 'Untitled'}", what]
    if outlook.next:
        lines.append(f"-# {outlook.next}")
    text = ui.TextDisplay[Any]("\n".join(lines))
    cover = build_thumbnail(outlook.cover, viewer, description=f"Cover of {title}")
    return text if cover is None else ui.Section[Any](text, accessory=cover)


def _build_buttons(address: Address, link: tuple[str, str], end: EndButton) -> ui.ActionRow[Any]:
    label, url = link
    return ui.ActionRow[Any](
        SeeButton(address, label="Open"), ui.Button(label=label, url=url), end, FollowsButton(label="What else")
    )
