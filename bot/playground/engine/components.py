"""Reading components: walking through them, finding one, their text. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bot.playground.engine.payload import copy_payload

Payload = dict[str, Any]

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
ENTITY_SELECTS = (5, 6, 7, 8)
SECTION, TEXT_DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR = 9, 10, 11, 12, 13, 14
CONTAINER, LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 17, 18, 19, 21, 22, 23

SELECTS = (STRING_SELECT, *ENTITY_SELECTS)

_DEFAULTS: dict[int, Payload] = {
    BUTTON: {"disabled": False},
    **{kind: {"min_values": 1, "max_values": 1, "disabled": False} for kind in SELECTS},
    THUMBNAIL: {"description": None, "spoiler": False},
    FILE: {"spoiler": False},
    SEPARATOR: {"divider": True, "spacing": 1},
    CONTAINER: {"accent_color": None, "spoiler": False},
}


def children(component: Payload) -> list[Payload]:
    """The components directly inside this one, an accessory last."""
    inner: list[Any] = list(component.get("components") or ())
    inner += [component.get("accessory"), component.get("component")]
    return [one for one in inner if isinstance(one, dict)]


def walk(components: Iterable[Payload]) -> Iterator[Payload]:
    """Every component, outer before inner, in the order of the page."""
    for component in components:
        yield component
        yield from walk(children(component))


def find_component(message: Payload, predicate: Callable[[Payload], bool]) -> Payload | None:
    """The first component of a message (or modal) that fits."""
    return next((one for one in walk(message.get("components") or ()) if predicate(one)), None)


def find_by_custom_id(message: Payload, custom_id: str) -> Payload | None:
    """The component with this custom id."""
    return find_component(message, lambda one: one.get("custom_id") == custom_id)


def buttons(message: Payload) -> list[Payload]:
    """Every button of a message, link buttons too."""
    return [one for one in walk(message.get("components") or ()) if one["type"] == BUTTON]


def selects(message: Payload) -> list[Payload]:
    """Every select of a message."""
    return [one for one in walk(message.get("components") or ()) if one["type"] in SELECTS]


def pictures(message: Payload) -> list[Payload]:
    """Every picture of a message: `{"url", "spoiler", "description"}`."""
    found: list[Payload] = []
    for one in walk(message.get("components") or ()):
        items = [one] if one["type"] == THUMBNAIL else one.get("items") or ()
        found += [
            {
                "url": item["media"]["url"],
                "spoiler": bool(item.get("spoiler")),
                "description": item.get("description"),
            }
            for item in items
        ]
    for embed in message.get("embeds") or ():
        shown = [embed[key] for key in ("image", "thumbnail") if embed.get(key)]
        found += [{"url": one["url"], "spoiler": False, "description": None} for one in shown]
    return found


def texts(message: Payload) -> str:
    """All the text that a message shows, one piece a line."""
    pieces: list[Any] = [message.get("content")]
    for embed in message.get("embeds") or ():
        pieces += [(embed.get("author") or {}).get("name"), embed.get("title"), embed.get("description")]
        for entry in embed.get("fields") or ():
            pieces += [entry["name"], entry["value"]]
        pieces.append((embed.get("footer") or {}).get("text"))
    for one in walk(message.get("components") or ()):
        pieces += [one.get("content"), one.get("label"), one.get("placeholder")]
        pieces += [option["label"] for option in one.get("options") or ()]
    return "\n".join(str(piece) for piece in pieces if piece)


def build_shown(components: list[Payload], *, resolve: Callable[[str], Payload] | None = None) -> list[Payload]:
    """The components as Discord gives them back: with ids, defaults, and media as `resolve` has them."""
    shown = copy_payload(components)
    taken = {one["id"] for one in walk(shown) if one.get("id")}
    number = 0
    for one in walk(shown):
        if not one.get("id"):
            number += 1
            while number in taken:
                number += 1
            one["id"] = number
        for key, value in _DEFAULTS.get(one["type"], {}).items():
            one.setdefault(key, value)
        for default in one.get("default_values") or ():
            default["id"] = str(default["id"])
        if resolve is not None:
            _resolve_media(one, resolve)
    return shown


def _resolve_media(component: Payload, resolve: Callable[[str], Payload]) -> None:
    for holder in (component, *(component.get("items") or ())):
        for key in ("media", "file"):
            if isinstance(holder.get(key), dict):
                holder[key] = resolve(holder[key]["url"])
    for item in component.get("items") or ():
        item.setdefault("description", None)
        item.setdefault("spoiler", False)
