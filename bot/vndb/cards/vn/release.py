"""The releases of a visual novel, by the language they are in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from bot.cards.fact import join_some
from bot.cards.link import format_link
from bot.cards.notation import explain_empty
from bot.cards.text import clip, escape_line, one_line, size
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.row import Row
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Release, Vn
from bot.vndb.api.names import Names
from bot.vndb.cards.release import choose_shops, format_age_rating, list_marks
from bot.vndb.cards.text import SOURCE, format_date, format_year, name_all
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import MORE_ON_VNDB, Listing, build_choice, render_listing

_TITLE_LIMIT = 100
_DATE_LIMIT = 40
_LANGUAGE_LIMIT = 60
_PLATFORMS_LIMIT = 120
_PLATFORMS_AT_MOST = 4
_SHOP_NAME_LIMIT = 30
_SHOPS_LIMIT = 500
_SHOPS_AT_MOST = 3
_DATED = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")


def render_releases(
    card: Card[Vn],
    releases: Sequence[Release],
    more: bool,
    *,
    names: Names,
    viewer: Viewer,
    address: Address,
) -> Shown:
    """A page of the releases of a novel, each under all its languages. `more`: VNDB has others than these."""
    entries = [retitle(release, viewer) for release in releases]
    rows = list(_list_rows(card.entry, entries, names=names, viewer=viewer, address=address))
    listing = Listing(
        title="Releases",
        rows=rows,
        empty=explain_empty("releases", at=SOURCE),
        notes=[MORE_ON_VNDB if more else "", *dict.fromkeys(choose_shops(one, viewer)[1] for one in releases)],
    )
    return render_listing(card, listing, viewer=viewer, address=address)


def _list_rows(vn: Vn, releases: Sequence[Release], *, names: Names, viewer: Viewer, address: Address) -> Iterator[Row]:
    dated = sorted(releases, key=lambda release: _sort_date(release.released))
    for code in _list_languages(vn, releases, names):
        heading = f"### {clip(escape_line(names.language(code)), _LANGUAGE_LIMIT)}" if code else "### Language unknown"
        for release in dated:
            if code not in _list_codes(release):
                continue
            title = f"**{clip(escape_line(release.title) or escape_line(release.id) or 'Untitled', _TITLE_LIMIT)}**"
            text = f"{title}\n-# {' · '.join(_list_parts(vn, release, code=code, names=names, viewer=viewer))}"
            choice = build_choice(address, release.id, "r", label=release.title, description=_describe(release, names))
            yield Row(text, (heading,), choice)


def _list_codes(release: Release) -> list[str]:
    """The languages it is in; an empty one where none is known."""
    return [language.lang for language in release.languages if one_line(language.lang)] or [""]


def _list_languages(vn: Vn, releases: Sequence[Release], names: Names) -> list[str]:
    """All languages, the original one first, then in the order of the alphabet; the unknown one last."""
    codes = {code for release in releases for code in _list_codes(release)}
    return sorted(codes, key=lambda code: (code != vn.olang, not code, names.language(code).casefold(), code))


def _sort_date(date: str | None) -> str:
    """As VNDB sorts: what is known to the year alone comes after its months, and what is not known last."""
    if not date or not _DATED.fullmatch(date):
        return "unknown"
    return (date + "-99-99")[: len("2004-04-28")]


def _list_parts(vn: Vn, release: Release, *, code: str, names: Names, viewer: Viewer) -> Iterator[str]:
    yield clip(format_date(release.released), _DATE_LIMIT)
    if release.platforms:
        platforms = name_all(release.platforms, names.platform, at_most=_PLATFORMS_AT_MOST)
        yield clip(platforms, _PLATFORMS_LIMIT)
    if rating := format_age_rating(release.minage):
        yield rating
    yield from _list_marks(vn, release, code=code, names=names)
    yield from _list_shops(release, viewer)


def _list_marks(vn: Vn, release: Release, *, code: str, names: Names) -> Iterator[str]:
    languages = [language for language in release.languages if language.lang == code]
    novels = [novel for novel in release.vns if novel.id == vn.id]
    return list_marks(replace(release, languages=languages, vns=novels), names)


def _list_shops(release: Release, viewer: Viewer) -> Iterator[str]:
    used = shown = 0
    links, _ = choose_shops(release, viewer)
    for link in links:
        label = one_line(link.label) or one_line(link.name) or "Link"
        text = format_link(clip(label, _SHOP_NAME_LIMIT), link.url)
        used += size(text)
        if not text or used > _SHOPS_LIMIT:
            continue
        yield text
        shown += 1
        if shown == _SHOPS_AT_MOST:
            return


def _describe(release: Release, names: Names) -> str:
    platforms = join_some((one_line(names.platform(code)) for code in release.platforms), _PLATFORMS_AT_MOST)
    return " · ".join(part for part in (format_year(release.released), platforms) if part)
