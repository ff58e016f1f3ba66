"""Which pictures may stand where. Every picture of VNDB and AniList goes through here, each time a page is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

import discord
from discord import ui

from bot.cards.text import clip, one_line, size
from bot.service.image import Image, is_low

_URL_LIMIT = 2048
_DESCRIPTION_LIMIT = 100
_ADDRESS = re.compile(r"https?://[!-~]+")
GALLERY_AT_MOST = 10

_SUGGESTIVE, _VIOLENT, _NOT_RATED, _UNREACHABLE = "suggestive", "violent", "not rated yet", "no address"
_REASONS = (_SUGGESTIVE, _VIOLENT, _NOT_RATED, _UNREACHABLE)


_OFF = "Pictures are switched off here."
_LOST = (
    "Which pictures may be shown here cannot be read any more, so none are until that is chosen again, with "
    "`/settings` or `/me`."
)


class Onlooker(Protocol):
    """What decides over pictures, of whoever looks: see `Viewer`."""

    @property
    def age_restricted(self) -> bool: ...

    @property
    def pictures_lost(self) -> bool: ...

    @property
    def unsafe_up_to(self) -> float: ...

    @property
    def adult_elsewhere(self) -> bool: ...


def may_show(image: Image | None, viewer: Onlooker) -> bool:
    """Whether the picture may be shown to `viewer` at all; one that is not safe only as a spoiler.

    The averages of a picture that nobody voted on say nothing, so it counts as the worst.
    """
    if image is None or find_url(image) is None:
        return False
    if image.is_safe:
        return viewer.unsafe_up_to >= 0
    return viewer.age_restricted and _find_worst(image) <= viewer.unsafe_up_to


def _find_worst(image: Image) -> float:
    return max(_read_average(image.sexual), _read_average(image.violence)) if image.votecount >= 1 else 2.0


def find_url(image: Image) -> str | None:
    """The address of the small picture, else of the whole one, if Discord would take it."""
    return next((url for url in (image.thumbnail, image.url) if url and _can_send(url)), None)


def _can_send(url: str) -> bool:
    return bool(_ADDRESS.fullmatch(url)) and size(url) <= _URL_LIMIT


def explain_hidden(images: Sequence[Image | None], viewer: Onlooker, *, noun: str = "picture") -> str:
    """The sentence that says how many pictures are withheld, why, and where they would not be; empty if none is."""
    hidden = [image for image in images if image is not None and not may_show(image, viewer)]
    if not hidden:
        return ""
    if viewer.unsafe_up_to < 0:
        return explain_none(viewer)
    found = {reason for image in hidden for reason in _list_reasons(image)}
    some = "The" if len(images) == 1 else len(hidden)
    what = f"{some} {noun} is" if len(hidden) == 1 else f"{some} {noun}s are"
    why = f"{what} not shown here: {', '.join(reason for reason in _REASONS if reason in found)}."
    elsewhere = sum(_is_shown_elsewhere(image, viewer) for image in hidden)
    if not elsewhere:
        return why
    which = f"{elsewhere} of them" if elsewhere < len(hidden) else "it" if elsewhere == 1 else "them"
    return f"{why} Age-restricted channels show {which}."


def explain_none(viewer: Onlooker) -> str:
    """Why no picture is shown at all: their level is “None”, or cannot be read."""
    return _LOST if viewer.pictures_lost else _OFF


def _is_shown_elsewhere(image: Image, viewer: Onlooker) -> bool:
    """Whether age-restricted channels show what this one does not."""
    return find_url(image) is not None and viewer.adult_elsewhere and _find_worst(image) <= viewer.unsafe_up_to


def _list_reasons(image: Image) -> Iterator[str]:
    """Why a picture is withheld, in the words of `_REASONS`."""
    if find_url(image) is None:
        yield _UNREACHABLE
    elif image.votecount < 1:
        yield _NOT_RATED
    else:
        yield from (_SUGGESTIVE,) if not is_low(image.sexual) else ()
        yield from (_VIOLENT,) if not is_low(image.violence) else ()


def build_picture(image: Image | None, viewer: Onlooker, *, description: str) -> ui.MediaGallery[ui.LayoutView] | None:
    """The picture to stand above a card, as large as Discord shows one, or None where it may not be shown."""
    return build_gallery([image], viewer, description=description) if image is not None else None


def build_thumbnail(image: Image | None, viewer: Onlooker, *, description: str) -> ui.Thumbnail[ui.LayoutView] | None:
    """The picture to stand beside text, or None where it may not be shown."""
    url = find_url(image) if image is not None and may_show(image, viewer) else None
    if image is None or url is None:
        return None
    return ui.Thumbnail(url, description=_describe(description), spoiler=not image.is_safe)


def build_gallery(
    images: Sequence[Image], viewer: Onlooker, *, description: str
) -> ui.MediaGallery[ui.LayoutView] | None:
    """Those of the first ten pictures that may be shown; None if there are none."""
    return build_named_gallery([(image, description) for image in images], viewer)


def build_named_gallery(
    named: Sequence[tuple[Image | None, str]], viewer: Onlooker
) -> ui.MediaGallery[ui.LayoutView] | None:
    """The same of pictures that have a description each."""
    items = [
        discord.MediaGalleryItem(_find_whole_url(image), description=_describe(text), spoiler=not image.is_safe)
        for image, text in named[:GALLERY_AT_MOST]
        if image is not None and may_show(image, viewer)
    ]
    return ui.MediaGallery(*items) if items else None


def _find_whole_url(image: Image) -> str:
    return image.url if _can_send(image.url) else image.thumbnail or ""


def _describe(text: str) -> str:
    return clip(one_line(text), _DESCRIPTION_LIMIT) or "Picture"


def _read_average(average: float | None) -> float:
    return average if average is not None and 0 <= average <= 2 else 2.0
