"""Lists of what a search found, and the link that carries their filter from page to page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict, Unpack
from urllib.parse import quote, unquote

import msgspec

from bot.cards.fact import join_some, plain_name
from bot.cards.notation import explain_empty
from bot.cards.text import NOTHING_HERE, clip, count, one_line, size
from bot.errors import Near
from bot.navigation import row
from bot.navigation.address import Address
from bot.navigation.frame import BODY_LIMIT, COVERS_LABEL, LINK_LIMIT, PORTRAITS_LABEL, Frame, PageCount, Shown
from bot.navigation.route import Route
from bot.navigation.viewer import Viewer
from bot.service.record import Found
from bot.vndb.api.model import Character, Producer, Release, Staff, Tag, Trait, Vn, find_id
from bot.vndb.api.names import Names
from bot.vndb.cards.release import list_marks
from bot.vndb.cards.route import EntryRoute
from bot.vndb.cards.row import EntryRow, build_vn_row, lay_rows
from bot.vndb.cards.staff import list_roles
from bot.vndb.cards.text import SEARCH_LABEL, SOURCE, format_date
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import shows_spoiler

_PLAIN_ROWS = 10
_PICTURES = {"v": COVERS_LABEL, "r": COVERS_LABEL, "c": PORTRAITS_LABEL}
_WITHOUT_FILTER = frozenset({"g", "i"})
_HEADING_LIMIT = 250
_FROM_AGE = 18

_SEARCH_URL = re.compile(r"https://vndb\.org/([vrpcs])\?f=((?:[0-9A-Za-z_-]|%[89A-Fa-f][0-9A-Fa-f])+)")
_NAME_URL = re.compile(r"https://vndb\.org/([gi])/list\?q=((?:[0-9A-Za-z_.~-]|%[0-9A-Fa-f]{2})+)")


class ListOptions(TypedDict):
    """How a list is shown. `heading` is escaped.

    `carried` is the filter, where the page's address alone does not say it: VNDB's compact form, or a name. `of_entry`:
    the list belongs to an entry. `hidden`: rows are left out, since that they are in the list gives something away.
    `asked`, escaped: what all must be like. `credited`: the id of whose part in each novel is named. `told`: what
    more is told of each novel, in their order.
    """

    heading: str
    names: Names
    viewer: Viewer
    address: Address
    carried: NotRequired[str | None]
    of_entry: NotRequired[bool]
    hidden: NotRequired[bool]
    asked: NotRequired[str]
    credited: NotRequired[str | None]
    told: NotRequired[Sequence[Sequence[str]]]


def build_search_url(prefix: str, carried: str) -> str:
    """The page of VNDB that lists entries with that `prefix`, such as `v`, and filter in compact form.

    Tags and traits have no filter there, but a name.
    """
    asked = f"{prefix}/list?q=" if prefix in _WITHOUT_FILTER else f"{prefix}?f="
    return f"https://vndb.org/{asked}{quote(carried, safe='')}"


def build_text_url(prefix: str, text: str) -> str:
    """The page of VNDB that looks for a name among entries with that `prefix`."""
    return f"https://vndb.org/{prefix}{'/list' if prefix in _WITHOUT_FILTER else ''}?q={quote(one_line(text), safe='')}"


def read_search_url(urls: Iterable[str]) -> tuple[str, str] | None:
    """The prefix and filter, or name, of the first of a message's links that `build_search_url` wrote."""
    found = (_SEARCH_URL.fullmatch(url) or _NAME_URL.fullmatch(url) for url in urls)
    return next(((match[1], unquote(match[2])) for match in found if match), None)


def can_carry(url: str) -> bool:
    """Whether a message can carry this link, and a page turn read it."""
    return size(url) <= LINK_LIMIT and read_search_url([url]) is not None


def count_rows(prefix: str, address: Address) -> int:
    """How many entries of the kind that `prefix` stands for are on a page of a list."""
    return row.count_rows(address) if prefix in _PICTURES else _PLAIN_ROWS


def render_vn_list(found: Found[Vn], **options: Unpack[ListOptions]) -> Shown:
    """A page of novels."""
    names, staff_id = options["names"], options.get("credited")
    entries = [retitle(vn, options["viewer"]) for vn in found.items]
    told = (
        [list_roles(vn, staff_id, names) for vn in entries] if staff_id else options.get("told") or [()] * len(entries)
    )
    rows = [build_vn_row(vn, names=names, more=more) for vn, more in zip(entries, told, strict=True)]
    return _render(rows, found, options, kind=("v", "visual novel"))


def render_release_list(found: Found[Release], **options: Unpack[ListOptions]) -> Shown:
    """A page of releases, each with its date first."""
    rows = [_build_release_row(retitle(release, options["viewer"]), options["names"]) for release in found.items]
    return _render(rows, found, options, kind=("r", "release"))


def render_character_list(found: Found[Character], **options: Unpack[ListOptions]) -> Shown:
    """A page of characters. The novel that one is from is left out where that may be a spoiler."""
    address, viewer = options["address"], options["viewer"]
    entries = [retitle(character, viewer) for character in found.items]
    rows = [_build_character_row(character, options["names"], address) for character in entries]
    hidden = any(_hides_novel(character, address) for character in found.items)
    return _render(rows, found, options, kind=("c", "character"), hidden=hidden)


def render_producer_list(found: Found[Producer], **options: Unpack[ListOptions]) -> Shown:
    """A page of producers."""
    rows = [_build_producer_row(retitle(producer, options["viewer"]), options["names"]) for producer in found.items]
    return _render(rows, found, options, kind=("p", "producer"))


def render_staff_list(found: Found[Staff], **options: Unpack[ListOptions]) -> Shown:
    """A page of people, with one row for all the names that someone was found by."""
    people: dict[str, list[Staff]] = {}
    for name in found.items:
        people.setdefault(name.id, []).append(retitle(name, options["viewer"]))
    rows = [_build_staff_row(of_one, options["names"]) for of_one in people.values()]
    return _render(rows, found, options, kind=("s", "staff member"))


def render_tag_list(found: Found[Tag], **options: Unpack[ListOptions]) -> Shown:
    """A page of tags, without sexual ones where they may not stand."""
    shown = [tag for tag in found.items if options["viewer"].age_restricted or not tag.is_sexual]
    rows = [_build_tag_row(tag, options["names"]) for tag in shown]
    return _render(rows, found, options, kind=("g", "tag"), sexual=len(found.items) - len(shown))


def render_trait_list(found: Found[Trait], **options: Unpack[ListOptions]) -> Shown:
    """A page of traits, without sexual ones where they may not stand."""
    shown = [trait for trait in found.items if options["viewer"].age_restricted or not trait.sexual]
    rows = [_build_trait_row(trait) for trait in shown]
    return _render(rows, found, options, kind=("i", "trait"), sexual=len(found.items) - len(shown))


def describe_entry(
    entry: msgspec.Struct,
    *,
    names: Names,
    viewer: Viewer,
    address: Address,
    page: Callable[[str], Route] = EntryRoute,
) -> Near | None:
    """What leads to a page of an entry, and the first thing that is known of it; None if its id is none.

    `page`: that page, by the entry's id.
    """
    shown: EntryRow = _BUILD_ROWS[type(entry)](retitle(entry, viewer), names, address)
    if find_id(shown.entry_id, shown.entry_id[:1]) is None:
        return None
    detail = next((line for part in shown.details if (line := one_line(part))), "")
    return Near(address.go(page(shown.entry_id)).encode(), shown.title, detail)


def build_extent(found: Found[Any], rows: int) -> PageCount:
    """How many pages of that many rows there are, as far as VNDB said so."""
    if found.count is None:
        return PageCount(more=found.more)
    return PageCount(total=max(-(-found.count // rows), 1))


def _render(
    rows: Sequence[EntryRow],
    found: Found[Any],
    options: ListOptions,
    *,
    kind: tuple[str, str],
    hidden: bool = False,
    sexual: int = 0,
) -> Shown:
    hidden = hidden or options.get("hidden", False)
    prefix, noun = kind
    address, carried = options["address"], options.get("carried")
    at_most = count_rows(prefix, address)
    kept = lay_rows(rows[:at_most], address, first=(address.number - 1) * at_most + 1)
    url = build_search_url(prefix, carried) if carried else ""
    # Only the link brings the filter back: without it nothing may lead to another page of this list.
    turns = not url or can_carry(url)
    extent = build_extent(found, at_most)
    heading = _format_heading(found, options, noun=noun, hidden=hidden)
    if not turns and extent.has_next(address.number):
        room = BODY_LIMIT - size(heading) - sum(size(one.text) + 1 for one in kept)
        heading += f"\n{_explain_filter(url, room=room)}"
    frame = Frame(
        source=SOURCE,
        viewer=options["viewer"],
        address=address,
        menu=None if turns else (),
        returns=turns,
        extent=extent if turns else PageCount(),
        pictures=_PICTURES.get(prefix, "") if turns and rows else "",
        hidden=hidden and turns,
        links=[(SEARCH_LABEL, url)] if url else (),
        notes=[_explain_sexual(sexual, options["viewer"])] if sexual else (),
        age_s=found.age_s,
        stale=found.stale,
    )
    left_out = bool(found.items) or hidden
    empty = _explain_empty(noun, options, left_out=left_out)
    return row.render_row_page(heading, kept, empty=empty, frame=frame, left_out=left_out)


def _format_heading(found: Found[Any], options: ListOptions, *, noun: str, hidden: bool) -> str:
    texts = [f"## {clip(options['heading'], _HEADING_LIMIT)}"]
    if asked := options.get("asked"):
        texts.append(f"-# {asked}")
    if found.count is not None and found.count > 0 and not hidden:
        texts.append(f"-# {count(found.count, noun)}")
    return "\n".join(texts)


def _explain_empty(noun: str, options: ListOptions, *, left_out: bool) -> str:
    if left_out:
        return NOTHING_HERE
    # Where the list is an entry's own, nobody gave a condition.
    return explain_empty(f"{noun}s", at=SOURCE, narrowed=not options.get("of_entry"))


def _explain_filter(url: str, *, room: int) -> str:
    sentence = "The filter of this search is too long to turn its pages here."
    linked = f"{sentence} [See VNDB](<{url}>)."
    return linked if size(linked) < room else f"{sentence} Fewer conditions make it shorter."


def _explain_sexual(number: int, viewer: Viewer) -> str:
    verb = "is" if number == 1 else "are"
    return f"{number} more {verb} sexual, and shown {viewer.adult_places}."


def _build_release_row(release: Release, names: Names) -> EntryRow:
    title = plain_name(release.title, release.id)
    novels = dict.fromkeys(one_line(novel.title) for novel in release.vns if one_line(novel.title) != title)
    details = (
        format_date(release.released) if release.released else "No date",
        # Before the names, which may be long: what is too long for a row falls off its end.
        "18+" if release.minage is not None and release.minage >= _FROM_AGE else "",
        *list_marks(release, names),
        join_some(novels, 1),
        _name_some([language.lang for language in release.languages], names.language),
        _name_some(release.platforms, names.platform),
    )
    cover = next((novel.image for novel in release.vns if novel.image), None)
    return EntryRow(release.id, title, release.alttitle, details, cover)


def _build_character_row(character: Character, names: Names, address: Address) -> EntryRow:
    novel = next((novel for novel in character.vns if shows_spoiler(novel.spoiler, address)), None)
    details = (one_line(novel.title), names.character_role(novel.role)) if novel else ()
    name = plain_name(character.name, character.id)
    return EntryRow(character.id, name, character.original, details, character.image)


def _hides_novel(character: Character, address: Address) -> bool:
    return bool(character.vns) and not any(shows_spoiler(novel.spoiler, address) for novel in character.vns)


def _build_producer_row(producer: Producer, names: Names) -> EntryRow:
    details = (
        names.producer_type(producer.type) if producer.type else "",
        names.language(producer.lang) if producer.lang else "",
        f"also {join_some(producer.aliases, 3)}" if producer.aliases else "",
    )
    return EntryRow(producer.id, plain_name(producer.name, producer.id), producer.original, details=details)


def _build_staff_row(of_one: Sequence[Staff], names: Names) -> EntryRow:
    main = next((staff for staff in of_one if staff.ismain), of_one[0])
    others = dict.fromkeys(one_line(staff.name) for staff in of_one if staff is not main)
    details = (
        names.language(main.lang) if main.lang else "",
        f"also {join_some(others, 3)}" if any(others) else "",
    )
    return EntryRow(main.id, plain_name(main.name, main.id), main.original, details=details)


def _build_tag_row(tag: Tag, names: Names) -> EntryRow:
    category = names.tag_category(tag.category) if tag.category else ""
    unusable = "" if tag.searchable else "not searchable"
    details = (category, count(max(tag.vn_count, 0), "visual novel"), unusable)
    return EntryRow(tag.id, plain_name(tag.name, tag.id), details=details)


def _build_trait_row(trait: Trait) -> EntryRow:
    unusable = "" if trait.searchable else "not searchable"
    details = (trait.group_name or "", count(max(trait.char_count, 0), "character"), unusable)
    return EntryRow(trait.id, plain_name(trait.name, trait.id), details=details)


def _name_some(codes: Iterable[str], name: Callable[[str], str]) -> str:
    return join_some(sorted({one_line(name(code)) for code in codes}, key=str.casefold), 4)


_BUILD_ROWS: Mapping[type, Callable[[Any, Names, Address], EntryRow]] = {
    Vn: lambda vn, names, _: build_vn_row(vn, names=names),
    Release: lambda release, names, _: _build_release_row(release, names),
    Character: _build_character_row,
    Producer: lambda producer, names, _: _build_producer_row(producer, names),
    Staff: lambda staff, names, _: _build_staff_row([staff], names),
    Tag: lambda tag, names, _: _build_tag_row(tag, names),
    Trait: lambda trait, _, __: _build_trait_row(trait),
}
