"""The screenshots of a visual novel that may be seen where they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from discord import ui
from msgspec.structs import replace

from bot.cards.fact import plain_name
from bot.cards.image import GALLERY_AT_MOST, build_gallery, explain_hidden, may_show
from bot.cards.notation import explain_empty
from bot.cards.text import clip, escape_line
from bot.navigation.address import Address
from bot.navigation.frame import PageCount, Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Screenshot, Vn
from bot.vndb.cards.text import SOURCE
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import build_frame, format_vn_heading

_CAPTION_LIMIT = 120


def render_screenshots(card: Card[Vn], *, viewer: Viewer, address: Address) -> Shown:
    """A page of the screenshots of a novel (`VN_DETAILS`), ten at most, below the releases they are from."""
    vn = retitle(card.entry, viewer)
    shown = [screenshot for screenshot in vn.screenshots if may_show(screenshot, viewer)]
    total = max(-(-len(shown) // GALLERY_AT_MOST), 1)
    address = address.turn(min(address.number, total))
    chunk = shown[(address.number - 1) * GALLERY_AT_MOST : address.number * GALLERY_AT_MOST]
    body: list[ui.Item[Any]] = [
        ui.TextDisplay(format_vn_heading(vn, "Screenshots")),
        *_list_galleries(vn, chunk, viewer),
    ]
    if not vn.screenshots:
        body.append(ui.TextDisplay(explain_empty("screenshots", at=SOURCE)))
    elif not shown:
        body.append(ui.TextDisplay("There are screenshots, but none that may be shown here."))
    notes = [explain_hidden(vn.screenshots, viewer, noun="screenshot")]
    frame = build_frame(card, viewer=viewer, address=address, notes=notes)
    return Shown(body, replace(frame, extent=PageCount(total=total)))


def _list_galleries(vn: Vn, screenshots: Sequence[Screenshot], viewer: Viewer) -> Iterator[ui.Item[Any]]:
    description = f"Screenshot of {plain_name(vn.title, vn.id)}"
    for caption, group in groupby(screenshots, key=_format_caption):
        if caption:
            yield ui.TextDisplay(caption)
        gallery = build_gallery(list(group), viewer, description=description)
        if gallery:
            yield gallery


def _format_caption(screenshot: Screenshot) -> str:
    return clip(escape_line(screenshot.release.title if screenshot.release else ""), _CAPTION_LIMIT)
