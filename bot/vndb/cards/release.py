"""Releases: their first two pages and their pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from discord import ui
from msgspec.structs import replace

from bot.cards.fact import format_fact, format_heading, format_list_heading, join_some, join_whole, plain_name
from bot.cards.image import GALLERY_AT_MOST, build_gallery, build_picture, explain_hidden, may_show
from bot.cards.notation import explain_empty
from bot.cards.text import clip, escape_line, one_line
from bot.gate.setting import TITLE_LANGUAGE
from bot.navigation.address import Address
from bot.navigation.frame import Choice, Frame, PageCount, Shown
from bot.navigation.item import MyListButton
from bot.navigation.sheet import Sheet, hides_part, render_glance, render_sheet
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Link, Release, ReleaseImage, ReleaseProducer, find_id
from bot.vndb.api.names import Names
from bot.vndb.cards.card import choose_links, format_links
from bot.vndb.cards.text import NO_SHOPS, SOURCE, format_date, link_to_vndb, name_all
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import build_choice, format_name

_TYPES = ("pkgfront", "dig", "pkgback", "pkgcontent", "pkgside", "pkgmed")
_PART_LIMIT = 60
_LIST_LIMIT = 220
_SHORT_LIMIT = 60
_TITLES_AT_MOST = 12
_FEW = 3
_BY_MACHINE = " (machine translation)"


def render_release(
    card: Card[Release],
    *,
    names: Names,
    viewer: Viewer,
    address: Address,
) -> Shown:
    """A release at a glance."""
    release = retitle(card.entry, viewer)
    picture = find_picture(release, viewer)
    sheet = Sheet(
        heading=format_heading(release.title, release.alttitle, otherwise=release.id),
        line=[*_list_glance(release, names)],
        cover=build_picture(picture, viewer, description=f"Picture of {plain_name(release.title, release.id)}"),
        description=release.notes or "",
    )
    frame = replace(
        _build_frame(card, viewer=viewer, address=address),
        choices=_build_choices(release, names, address),
        placeholder="Open the visual novel" if len(release.vns) == 1 else "Open a visual novel",
        notes=[] if picture else [explain_hidden(release.images, viewer)],
    )
    if find_id(release.id, "r") and viewer.rules.hosted.lists:
        frame = replace(frame, actions=[MyListButton(release.id)])
    return render_glance(sheet, frame)


def render_release_details(card: Card[Release], *, names: Names, viewer: Viewer, address: Address) -> Shown:
    """All facts about a release."""
    release = retitle(card.entry, viewer)
    links, withheld = choose_shops(release, viewer)
    sheet = Sheet(
        heading=format_list_heading(release.title, release.id, "Details"),
        facts=list(_list_facts(release, names)),
        description=release.notes or "",
        blocks=[_format_titles(release, names, viewer), format_links(links)],
    )
    return render_sheet(sheet, replace(_build_frame(card, viewer=viewer, address=address), notes=[withheld]))


def _build_frame(card: Card[Release], *, viewer: Viewer, address: Address) -> Frame:
    return Frame(
        viewer,
        address,
        hidden=hides_part(card.entry.notes, address),
        links=link_to_vndb(card.entry.id, "r"),
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )


def _list_glance(release: Release, names: Names) -> Iterator[str]:
    if release.released:
        yield format_date(release.released)
    yield from list_marks(release, names)
    languages = sorted(release.languages, key=lambda one: not one.main)
    some = not _is_machine_translation(release)
    named = (one_line(names.language(one.lang)) + (_BY_MACHINE if some and one.mtl else "") for one in languages)
    yield join_some(named, _FEW)
    yield join_some((one_line(names.platform(code)) for code in release.platforms), _FEW)
    yield format_age_rating(release.minage)


def render_release_pictures(card: Card[Release], *, names: Names, viewer: Viewer, address: Address) -> Shown:
    """The pictures of a release that may be shown here, ten a page, by what they show."""
    release = retitle(card.entry, viewer)
    shown = [image for image in _sort_images(release.images) if may_show(image, viewer)]
    total = max(-(-len(shown) // GALLERY_AT_MOST), 1)
    number = min(address.number, total)
    part = shown[(number - 1) * GALLERY_AT_MOST : number * GALLERY_AT_MOST]
    body: list[ui.Item[Any]] = [ui.TextDisplay(format_list_heading(release.title, release.id, "Pictures"))]
    for kind, group in groupby(part, key=lambda image: _name_kind(image, names)):
        gallery = build_gallery(list(group), viewer, description=f"{kind} of {one_line(release.title)}")
        if gallery is not None:
            body += [ui.TextDisplay(f"**{clip(escape_line(kind), _PART_LIMIT)}**"), gallery]
    if not part:
        body.append(ui.TextDisplay(explain_empty("pictures to show here")))
    frame = replace(
        _build_frame(card, viewer=viewer, address=address.turn(number)),
        extent=PageCount(total=total),
        hidden=False,
        notes=[explain_hidden(release.images, viewer)],
    )
    return Shown(body, frame)


def choose_shops(release: Release, viewer: Viewer) -> tuple[Sequence[Link], str]:
    """The links of a release that may stand here, and what is to be said of the others.

    What may be for adults is linked in age-restricted channels only, whatever the shop.
    """
    if viewer.age_restricted or release.is_for_everyone or not release.extlinks:
        return choose_links(release.extlinks, viewer)
    return [], f"{NO_SHOPS} {viewer.adult_places}."


def format_age_rating(minage: int | None) -> str:
    """The age from which a release is, such as `All ages` or `18+`; nothing if it is not known."""
    if minage is None or not 0 <= minage <= 18:
        return ""
    return f"{minage}+" if minage else "All ages"


def list_marks(release: Release, names: Names) -> Iterator[str]:
    """Give what sets a release apart from an ordinary one: `Machine translation`, `Trial`, `Unofficial`."""
    if _is_machine_translation(release):
        yield "Machine translation"
    types = {novel.rtype for novel in release.vns}
    if "complete" not in types:  # else it is a whole one, whatever comes with it
        for code in ("trial", "partial"):
            if code in types:
                yield names.release_type(code)
    yield from _list_kinds(release)


def _is_machine_translation(release: Release) -> bool:
    """Whether a machine translated it in all of its languages."""
    return bool(release.languages) and all(language.mtl for language in release.languages)


def _list_kinds(release: Release) -> Iterator[str]:
    if not release.official:
        yield "Unofficial"
    if release.patch:
        yield "Patch"
    if release.freeware:
        yield "Freeware"


def find_picture(release: Release, viewer: Viewer) -> ReleaseImage | None:
    """The picture to stand for a release: a safe one if there is one, the front of the package first."""
    shown = [image for image in _sort_images(release.images) if may_show(image, viewer)]
    return next((image for image in shown if image.is_safe), shown[0] if shown else None)


def _list_facts(release: Release, names: Names) -> Iterator[str]:
    yield format_fact("Released", format_date(release.released), limit=_SHORT_LIMIT)
    if kinds := ", ".join(_list_kinds(release)):
        yield format_fact("Kind", kinds)
    yield _format_list("Visual novel", [_format_vn(vn.title or vn.id, vn.rtype, names) for vn in release.vns])
    yield _format_list("Language", _list_languages(release, names))
    if release.platforms:
        yield format_fact(
            "Platform" if len(set(release.platforms)) == 1 else "Platforms",
            name_all(release.platforms, names.platform),
            limit=_LIST_LIMIT,
        )
    yield _format_list("Medium", [_format_medium(one.medium, one.qty, names) for one in release.media], plural="Media")
    yield _format_list("Developer", _name_producers([one for one in release.producers if one.developer]))
    yield _format_list("Publisher", _name_producers([one for one in release.producers if one.publisher]))
    for heading, value in _list_short_facts(release, names):
        if value:
            yield format_fact(heading, escape_line(value), limit=_SHORT_LIMIT)


def _list_short_facts(release: Release, names: Names) -> Iterator[tuple[str, str]]:
    yield "Age rating", format_age_rating(release.minage)
    yield "Sexual content", _describe_content(release)
    yield "Voices", names.voiced(release.voiced) if release.voiced in {1, 2, 3, 4} else ""
    yield "Resolution", _format_resolution(release.resolution)
    yield "Engine", release.engine or ""
    yield "Catalogue number", release.catalog or ""
    yield "JAN/UPC/EAN", release.gtin or ""


def _format_list(heading: str, parts: Sequence[str], *, plural: str | None = None) -> str:
    joined = join_whole(parts, ", ", limit=_LIST_LIMIT)
    if not joined:
        return ""
    return f"**{heading if len(parts) == 1 else plural or f'{heading}s'}:** {joined}"


def _format_vn(title: str, rtype: str, names: Names) -> str:
    kind = "" if rtype in {"", "complete"} else f" ({escape_line(names.release_type(rtype)).lower()})"
    return clip(escape_line(title), _PART_LIMIT) + clip(kind, _PART_LIMIT)


def _list_languages(release: Release, names: Names) -> list[str]:
    languages = sorted(release.languages, key=lambda one: not one.main)
    return [
        clip(escape_line(names.language(one.lang)), _PART_LIMIT) + (_BY_MACHINE if one.mtl else "") for one in languages
    ]


def _format_titles(release: Release, names: Names, viewer: Viewer) -> str:
    """The title in each language; nothing where the heading says it all. Without one, a language has the main one."""
    native = viewer.rules[TITLE_LANGUAGE] == "native"
    titles: list[tuple[str, str]] = []
    for one in sorted(release.languages, key=lambda one: not one.main):
        written = [title for title in (one.latin, one.title) if title]
        if written:
            first, *others = reversed(written) if native else written
            title = format_name(first, next(iter(others), None), otherwise=release.id)
            titles.append((names.language(one.lang), title))
    if len({title for _, title in titles}) < 2:
        return ""
    lines = (f"- {clip(escape_line(language), _PART_LIMIT)}: {title}" for language, title in titles)
    return "\n".join(["**Titles:**", *lines][: _TITLES_AT_MOST + 1])


def _format_medium(code: str, quantity: int, names: Names) -> str:
    name = clip(escape_line(names.medium(code, quantity=quantity)), _PART_LIMIT)
    return f"{quantity} {name}" if quantity > 0 else name


def _name_producers(producers: Sequence[ReleaseProducer]) -> list[str]:
    return [clip(escape_line(producer.name) or escape_line(producer.id), _PART_LIMIT) for producer in producers]


def _describe_content(release: Release) -> str:
    if not release.has_ero:
        return ""
    if release.uncensored is None:
        return "Yes"
    return "Yes, uncensored" if release.uncensored else "Yes, censored"


def _format_resolution(resolution: str | list[int] | None) -> str:
    if isinstance(resolution, str):
        return one_line(resolution).capitalize()
    return "×".join(str(part) for part in resolution[:2]) if resolution else ""


def _sort_images(images: Sequence[ReleaseImage]) -> list[ReleaseImage]:
    ranks = {code: at for at, code in enumerate(_TYPES)}
    return sorted(images, key=lambda image: (ranks.get(image.type, len(ranks)), image.type))


def _name_kind(image: ReleaseImage, names: Names) -> str:
    kind = names.image_type(image.type) or "Picture"
    languages = ", ".join(names.language(code) for code in image.languages or ())
    return f"{kind}, {languages}" if languages else kind


def _build_choices(release: Release, names: Names, address: Address) -> list[Choice]:
    found = (
        build_choice(address, vn.id, "v", label=vn.title, description=one_line(names.release_type(vn.rtype)))
        for vn in release.vns
    )
    return [choice for choice in found if choice]
