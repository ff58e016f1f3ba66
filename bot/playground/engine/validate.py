"""Discord's limits of messages and modals: what breaks one becomes code 50035 with an entry for each field.

<https://discord.com/developers/docs/resources/message>, <https://discord.com/developers/docs/components/reference>
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from bot.playground.engine import components as c
from bot.playground.engine.fault import ApiError, Faults, Path

Payload = dict[str, Any]

_V2 = 1 << 15
# Discord documents no such limit; messages of Components V2 with more text than about this are refused.
_TEXT_BYTES_AT_MOST = 10_000
_MEDIA = ("http", "https", "attachment")
_TOP_V2 = (c.ACTION_ROW, c.SECTION, c.TEXT_DISPLAY, c.GALLERY, c.FILE, c.SEPARATOR, c.CONTAINER)
_IN_CONTAINER = tuple(kind for kind in _TOP_V2 if kind != c.CONTAINER)
_IN_ROW = (c.BUTTON, *c.SELECTS)
_IN_LABEL = (
    c.TEXT_INPUT,
    *c.SELECTS,
    c.FILE_UPLOAD,
    c.RADIO_GROUP,
    c.CHECKBOX_GROUP,
    c.CHECKBOX,
)
_LINK, _PREMIUM = 5, 6
_CHANNEL_KINDS = (0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16)
_DEFAULT_KINDS = {5: ("user",), 6: ("role",), 7: ("user", "role"), 8: ("channel",)}


def check_message(body: Payload, *, flags: int, files: int, prefix: tuple[str, ...] = ()) -> None:
    """Raise 50035 for a broken limit, 50006 for a message with nothing in it."""
    faults = Faults(*prefix)
    if flags & _V2:
        _check_v2(body, faults)
    else:
        _check_legacy(body, faults)
    faults.raise_if_any()
    legacy = [
        str(body.get("content") or "").strip(),
        body.get("embeds"),
        body.get("sticker_ids"),
        body.get("poll"),
    ]
    if not files and not any(legacy) and not (flags & _V2 and body.get("components")):
        raise ApiError(50006)


def _check_v2(body: Payload, faults: Faults) -> None:
    for key in ("content", "embeds", "sticker_ids", "poll"):
        if body.get(key):
            faults.add(
                (key,),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )
    _check_tree(body, faults, top=_TOP_V2, most_top=40)
    everything = list(c.walk(_only_objects(body.get("components"))))
    if len(everything) > 40:
        faults.add(
            ("components",),
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
            "The total number of components exceeds 40",
        )
    if sum(len(str(one.get("content") or "")) for one in everything) > 4000:
        faults.add(
            ("components",),
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            "The displayable text size of components exceeds the maximum size of 4000",
        )
    if sum(len(str(one.get("content") or "").encode()) for one in everything) > _TEXT_BYTES_AT_MOST:
        faults.add(
            ("components",),
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"The displayable text size of components exceeds the maximum size of {_TEXT_BYTES_AT_MOST} bytes",
        )


def _check_legacy(body: Payload, faults: Faults) -> None:
    faults.check_text(body, "content", (), most=2000)
    embeds = faults.check_list(body, "embeds", (), most=10)
    for number, embed in enumerate(embeds):
        _check_embed(embed, ("embeds", number), faults)
    if sum(map(_embed_size, embeds)) > 6000:
        faults.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
    _check_tree(body, faults, top=(c.ACTION_ROW,), most_top=5)


def _only_objects(listed: Any) -> list[Payload]:
    """What of a list can be walked through; the rest is reported elsewhere."""
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []  # pyright: ignore[reportUnknownVariableType]


def _embed_size(embed: Payload) -> int:
    pieces: list[Any] = [embed.get("title"), embed.get("description")]
    pieces += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for entry in embed.get("fields") or ():
        pieces += [entry.get("name"), entry.get("value")]
    return sum(len(str(piece)) for piece in pieces if piece)


def _check_embed(embed: Payload, path: Path, faults: Faults) -> None:
    faults.check_text(embed, "title", path, most=256)
    faults.check_text(embed, "description", path, most=4096)
    faults.check_url(embed, "url", path, schemes=("http", "https"))
    faults.check_number(embed, "color", path, least=0, most=0xFFFFFF)
    for key, text, most in (("footer", "text", 2048), ("author", "name", 256)):
        part: Payload = embed.get(key) or {}
        faults.check_text(part, text, (*path, key), most=most, required=key in embed and bool(embed[key]))
        faults.check_url(part, "icon_url", (*path, key), schemes=_MEDIA)
    for key in ("image", "thumbnail"):
        faults.check_url(embed.get(key) or {}, "url", (*path, key), schemes=_MEDIA)
    for number, entry in enumerate(faults.check_list(embed, "fields", path, most=25)):
        here = (*path, "fields", number)
        faults.check_text(entry, "name", here, most=256, required=True)
        faults.check_text(entry, "value", here, most=1024, required=True)


def _check_tree(body: Payload, faults: Faults, *, top: tuple[int, ...], most_top: int) -> None:
    listed = faults.check_list(body, "components", (), most=most_top)
    for number, component in enumerate(listed):
        _check_component(component, ("components", number), faults, allowed=top)
    _check_unique(listed, faults)


def _check_unique(listed: list[Any], faults: Faults) -> None:
    seen: set[str] = set()
    ids: set[int] = set()
    for one in c.walk(_only_objects(listed)):
        custom_id, number = one.get("custom_id"), one.get("id")
        if isinstance(custom_id, str) and custom_id in seen:
            faults.add(("components",), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
        if isinstance(custom_id, str):
            seen.add(custom_id)
        if isinstance(number, int) and number in ids:
            faults.add(("components",), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
        if isinstance(number, int) and number:
            ids.add(number)


def _check_component(component: Any, path: Path, faults: Faults, *, allowed: tuple[int, ...]) -> None:
    if not isinstance(component, dict):
        faults.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return
    known = cast("Payload", component)
    kind = known.get("type")
    if kind not in allowed:
        one_of = ", ".join(map(str, allowed)) + ("," if len(allowed) == 1 else "")
        faults.add((*path, "type"), "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({one_of}).')
        return
    _CHECKS[kind](known, path, faults)


def _check_row(row: Payload, path: Path, faults: Faults) -> None:
    inner = faults.check_list(row, "components", path, least=1, most=5, required=True)
    for number, component in enumerate(inner):
        _check_component(component, (*path, "components", number), faults, allowed=_IN_ROW)
    selects = [one for one in _only_objects(inner) if one.get("type") in c.SELECTS]
    if selects and len(inner) > 1:
        faults.add(
            (*path, "components"),
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            "The specified component exceeds the maximum width",
        )


def _check_button(button: Payload, path: Path, faults: Faults) -> None:
    faults.check_text(button, "label", path, most=80)
    faults.check_number(button, "style", path, least=1, most=6, required=True)
    style = button.get("style")
    if style == _LINK:
        faults.check_url(button, "url", path, schemes=("http", "https", "discord"), most=512)
        if not button.get("url"):
            faults.required((*path, "url"))
        if button.get("custom_id"):
            faults.add(
                (*path, "custom_id"),
                "BUTTON_COMPONENT_CUSTOM_ID_AND_URL",
                "A custom id and url cannot both be specified",
            )
    elif style != _PREMIUM:
        faults.check_text(button, "custom_id", path, least=1, most=100, required=True)
    if style != _PREMIUM and not button.get("label") and not button.get("emoji"):
        faults.required((*path, "label"))


def _check_select(select: Payload, path: Path, faults: Faults) -> None:
    faults.check_text(select, "custom_id", path, least=1, most=100, required=True)
    faults.check_text(select, "placeholder", path, most=150)
    faults.check_number(select, "min_values", path, least=0, most=25)
    faults.check_number(select, "max_values", path, least=1, most=25)
    if select["type"] != c.STRING_SELECT:
        _check_entity_select(select, path, faults)
        return
    options = faults.check_list(select, "options", path, least=1, most=25, required=True)
    values: set[Any] = set()
    for number, option in enumerate(options):
        here = (*path, "options", number)
        faults.check_text(option, "label", here, least=1, most=100, required=True)
        faults.check_text(option, "value", here, least=1, most=100, required=True)
        faults.check_text(option, "description", here, most=100)
        if option.get("value") in values:
            faults.add(
                (*here, "value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            )
        values.add(option.get("value"))
    most = select.get("max_values") or 1
    if most > len(options):
        faults.add((*path, "options"), "BASE_TYPE_BAD_LENGTH", f"Must be between {most} and 25 in length.")


def _check_entity_select(select: Payload, path: Path, faults: Faults) -> None:
    for number, kind in enumerate(faults.check_list(select, "channel_types", path, most=len(_CHANNEL_KINDS))):
        if kind not in _CHANNEL_KINDS:
            one_of = ", ".join(map(str, _CHANNEL_KINDS))
            here = (*path, "channel_types", number)
            faults.add(here, "BASE_TYPE_CHOICES", f"Value must be one of {{{one_of}}}.")
    most = select.get("max_values") or 1
    picked = faults.check_list(select, "default_values", path, most=most if isinstance(most, int) else 1)
    allowed = _DEFAULT_KINDS[select["type"]]
    for number, one in enumerate(_only_objects(picked)):
        here = (*path, "default_values", number)
        if not str(one.get("id") or "").isdecimal():
            faults.add((*here, "id"), "NUMBER_TYPE_COERCE", f'Value "{one.get("id")}" is not snowflake.')
        if one.get("type") not in allowed:
            faults.add((*here, "type"), "BASE_TYPE_CHOICES", f"Value must be one of {set(allowed)}.")


def _check_section(section: Payload, path: Path, faults: Faults) -> None:
    inner = faults.check_list(section, "components", path, least=1, most=3, required=True)
    for number, component in enumerate(inner):
        _check_component(component, (*path, "components", number), faults, allowed=(c.TEXT_DISPLAY,))
    if not section.get("accessory"):
        faults.required((*path, "accessory"))
    else:
        _check_component(section["accessory"], (*path, "accessory"), faults, allowed=(c.BUTTON, c.THUMBNAIL))


def _check_text_display(text: Payload, path: Path, faults: Faults) -> None:
    faults.check_text(text, "content", path, least=1, most=4000, required=True)


def _check_media(holder: Payload, key: str, path: Path, faults: Faults) -> None:
    media = holder.get(key)
    if not isinstance(media, dict) or not cast("Payload", media).get("url"):
        faults.required((*path, key, "url"))
    else:
        schemes = ("attachment",) if key == "file" else _MEDIA
        faults.check_url(cast("Payload", media), "url", (*path, key), schemes=schemes)
    faults.check_text(holder, "description", path, least=1, most=1024)


def _check_thumbnail(thumbnail: Payload, path: Path, faults: Faults) -> None:
    _check_media(thumbnail, "media", path, faults)


def _check_gallery(gallery: Payload, path: Path, faults: Faults) -> None:
    for number, item in enumerate(faults.check_list(gallery, "items", path, least=1, most=10, required=True)):
        _check_media(item, "media", (*path, "items", number), faults)


def _check_file(file: Payload, path: Path, faults: Faults) -> None:
    _check_media(file, "file", path, faults)


def _check_separator(separator: Payload, path: Path, faults: Faults) -> None:
    faults.check_number(separator, "spacing", path, least=1, most=2)


def _check_container(container: Payload, path: Path, faults: Faults) -> None:
    faults.check_number(container, "accent_color", path, least=0, most=0xFFFFFF)
    inner = faults.check_list(container, "components", path, least=1, most=40, required=True)
    for number, component in enumerate(inner):
        _check_component(component, (*path, "components", number), faults, allowed=_IN_CONTAINER)


def _check_text_input(entry: Payload, path: Path, faults: Faults) -> None:
    faults.check_text(entry, "custom_id", path, least=1, most=100, required=True)
    faults.check_text(entry, "label", path, least=1, most=45)
    faults.check_text(entry, "value", path, most=4000)
    faults.check_text(entry, "placeholder", path, most=100)
    faults.check_number(entry, "style", path, least=1, most=2, required=True)
    faults.check_number(entry, "min_length", path, least=0, most=4000)
    faults.check_number(entry, "max_length", path, least=1, most=4000)


def _check_other_input(entry: Payload, path: Path, faults: Faults) -> None:
    faults.check_text(entry, "custom_id", path, least=1, most=100, required=True)
    faults.check_list(entry, "options", path, most=10)


def _check_label(label: Payload, path: Path, faults: Faults) -> None:
    faults.check_text(label, "label", path, least=1, most=45, required=True)
    faults.check_text(label, "description", path, least=1, most=100)
    if not label.get("component"):
        faults.required((*path, "component"))
    else:
        _check_component(label["component"], (*path, "component"), faults, allowed=_IN_LABEL)


_CHECKS: dict[int, Callable[[Payload, Path, Faults], None]] = {
    c.ACTION_ROW: _check_row,
    c.BUTTON: _check_button,
    **dict.fromkeys(c.SELECTS, _check_select),
    c.TEXT_INPUT: _check_text_input,
    c.SECTION: _check_section,
    c.TEXT_DISPLAY: _check_text_display,
    c.THUMBNAIL: _check_thumbnail,
    c.GALLERY: _check_gallery,
    c.FILE: _check_file,
    c.SEPARATOR: _check_separator,
    c.CONTAINER: _check_container,
    c.LABEL: _check_label,
    **dict.fromkeys((c.FILE_UPLOAD, c.RADIO_GROUP, c.CHECKBOX_GROUP, c.CHECKBOX), _check_other_input),
}


def check_modal(data: Payload) -> None:
    """Raise 50035 when Discord would refuse this modal."""
    faults = Faults("data")
    faults.check_text(data, "custom_id", (), least=1, most=100, required=True)
    faults.check_text(data, "title", (), least=1, most=45, required=True)
    listed = faults.check_list(data, "components", (), least=1, most=40, required=True)
    for number, component in enumerate(listed):
        path = ("components", number)
        if isinstance(component, dict) and cast("Payload", component).get("type") == c.ACTION_ROW:
            _check_modal_row(cast("Payload", component), path, faults)
        else:
            _check_component(component, path, faults, allowed=(c.LABEL, c.TEXT_DISPLAY))
    _check_unique(listed, faults)
    faults.raise_if_any()


def _check_modal_row(row: Payload, path: Path, faults: Faults) -> None:
    inner = faults.check_list(row, "components", path, least=1, most=1, required=True)
    for number, component in enumerate(inner):
        here = (*path, "components", number)
        _check_component(component, here, faults, allowed=(c.TEXT_INPUT,))
        if isinstance(component, dict) and not cast("Payload", component).get("label"):
            faults.required((*here, "label"))


def check_choices(data: Payload) -> None:
    """Raise 50035 when Discord would refuse these autocompletion choices."""
    faults = Faults("data")
    for number, choice in enumerate(faults.check_list(data, "choices", (), most=25, required=True)):
        path = ("choices", number)
        faults.check_text(choice, "name", path, least=1, most=100, required=True)
        if isinstance(choice.get("value"), str):
            faults.check_text(choice, "value", path, most=100)
        elif choice.get("value") is None:
            faults.required((*path, "value"))
    faults.raise_if_any()
