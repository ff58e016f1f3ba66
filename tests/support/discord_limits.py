"""Held against Discord's limits: a page as it would be sent, judged by the local Discord's own checks."""

from __future__ import annotations

from typing import Any

from discord import ui

from bot.lookup.source import PAGES
from bot.navigation.frame import NO_TRAIL, Shown, Trail, build_view
from bot.navigation.router import Router
from bot.playground.engine.components import walk
from bot.playground.engine.validate import check_message
from tests.support.markdown import find_mentions

Payload = dict[str, Any]
COMPONENTS_V2 = 1 << 15


class Everything:
    """Knows that everything is there."""

    vndb: Any

    def __init__(self) -> None:
        self.vndb = self.with_anime = self

    def __contains__(self, _one: object) -> bool:
        return True


SOURCES: Any = Everything()
ROUTER = Router[Any](PAGES)


def lay_out(shown: Shown | ui.LayoutView, *, trail: Trail = NO_TRAIL) -> ui.LayoutView:
    """What a page shows as a message, with its menu."""
    if isinstance(shown, ui.LayoutView):
        return shown
    return build_view(shown, trail=trail, menu=ROUTER.list_menu(shown.frame.address, SOURCES))


def check_view(shown: Shown | ui.LayoutView) -> list[Payload]:
    """The components of a page. Fails where Discord would refuse the message, or would mention somebody."""
    view = lay_out(shown)
    components: list[Payload] = view.to_components()
    files = len(getattr(view, "files", ()))
    check_message({"components": components}, flags=COMPONENTS_V2, files=files)
    for one in walk(components):
        assert find_mentions(str(one.get("content") or "")) == []
    return components


def read_texts(view: Shown | ui.LayoutView) -> str:
    """All text that a page shows: displays, labels, options."""
    pieces: list[str] = []
    for one in walk(check_view(view)):
        pieces += [str(one[key]) for key in ("content", "label", "placeholder") if one.get(key)]
        pieces += [f"{option['label']} {option.get('description') or ''}" for option in one.get("options") or ()]
    return "\n".join(pieces)


def read_pictures(view: Shown | ui.LayoutView) -> list[tuple[str, bool]]:
    """(address, whether it is a spoiler) of every picture of a page."""
    found: list[tuple[str, bool]] = []
    for one in walk(check_view(view)):
        items = [one] if one["type"] == 11 else one.get("items") or ()
        found += [(item["media"]["url"], bool(item.get("spoiler"))) for item in items]
    return found


def read_addresses(view: Shown | ui.LayoutView) -> set[str]:
    """The addresses that a page's buttons and selects lead to."""
    found: set[str] = set()
    for one in walk(check_view(view)):
        custom_id = str(one.get("custom_id") or "")
        if custom_id.startswith(("go:", "again:", "see:")):
            found.add(custom_id.rsplit(":", 1)[1])
        found |= {option["value"] for option in one.get("options") or ()}
    return found
