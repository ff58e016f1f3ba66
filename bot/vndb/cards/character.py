"""Characters: their card, their traits and the novels they appear in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from bot.cards.fact import format_fact, format_heading, format_list_heading, plain_name
from bot.cards.image import build_picture, explain_hidden
from bot.cards.notation import SPOILS, explain_empty, format_date
from bot.cards.text import clip, count, escape_line, one_line
from bot.navigation.address import Address
from bot.navigation.frame import Choice, Frame, Shown
from bot.navigation.row import Row, render_rows
from bot.navigation.sheet import Sheet, hides_part, render_glance, render_sheet
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Character, CharacterVn, Trait
from bot.vndb.api.names import Names
from bot.vndb.cards.card import format_aliases, format_novel
from bot.vndb.cards.row import build_vn_row, lay_row
from bot.vndb.cards.text import SOURCE, link_to_vndb
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import NOT_TRUE, build_choice, shows_spoiler

_ROLES = ("main", "primary", "side", "appears")
_TRAITS_AT_MOST = 8
_NOVELS_AT_MOST = 5
_NAME_LIMIT = 60
NOVELS_SPOIL = "Where they appear is a spoiler"


def render_character(
    card: Card[Character],
    *,
    names: Names,
    viewer: Viewer,
    address: Address,
) -> Shown:
    """A character at a glance, without what is a spoiler above the page's level."""
    character = retitle(card.entry, viewer)
    novels = _list_novels(character.vns, address)
    sheet = Sheet(
        heading=format_heading(character.name, character.original, otherwise=character.id),
        line=[*_list_glance(character, novels, names=names)],
        cover=build_picture(
            character.image, viewer, description=f"Portrait of {plain_name(character.name, character.id)}"
        ),
        description=character.description or "",
        blocks=[_format_traits(_list_open(character, viewer, address), address, small=True)],
    )
    frame = _build_frame(
        card,
        viewer=viewer,
        address=address,
        hidden=_hides_any(character, viewer, address),
        note=explain_hidden([character.image], viewer, noun="portrait"),
    )
    choices = [_build_novel_choice(novel, names, address) for novel in novels]
    frame = replace(frame, choices=[choice for choice in choices if choice], placeholder="Open a visual novel")
    return render_glance(sheet, frame)


def render_character_details(card: Card[Character], *, names: Names, viewer: Viewer, address: Address) -> Shown:
    """All facts about a character, and the whole description, likewise."""
    character = retitle(card.entry, viewer)
    sheet = Sheet(
        heading=format_list_heading(character.name, character.id, "Details"),
        facts=list(_list_facts(character, names=names, viewer=viewer, address=address)),
        description=character.description or "",
        blocks=[
            _format_traits(_list_open(character, viewer, address), address),
            _format_first(_list_novels(character.vns, address), names, address),
        ],
    )
    hidden = _hides_any(character, viewer, address)
    return render_sheet(sheet, _build_frame(card, viewer=viewer, address=address, hidden=hidden))


def render_character_traits(card: Card[Character], *, viewer: Viewer, address: Address) -> Shown:
    """All traits of a character that may stand here, by their groups."""
    character = retitle(card.entry, viewer)
    allowed = _list_allowed(character.traits, viewer)
    shown = [trait for trait in allowed if shows_spoiler(trait.spoils, address)]
    shown.sort(key=_rank_group([trait.group_name or "" for trait in shown]))
    sexual = sum(shows_spoiler(trait.spoils, address) for trait in character.traits) - len(shown)
    note = f"{count(sexual, 'more trait')}, shown {viewer.adult_places}." if sexual else ""
    frame = _build_frame(card, viewer=viewer, address=address, hidden=len(shown) < len(allowed), note=note)
    return render_rows(
        format_list_heading(character.name, character.id, "Traits"),
        [_build_trait_row(trait, address) for trait in shown],
        empty=explain_empty("traits to show here"),
        frame=frame,
    )


def render_character_novels(card: Card[Character], *, names: Names, viewer: Viewer, address: Address) -> Shown:
    """The novels that a character appears in, those of the greatest parts first."""
    character = retitle(card.entry, viewer)
    rows = [
        _build_novel_row(place, novel, names, address)
        for place, novel in enumerate(_list_novels(character.vns, address), 1)
    ]
    frame = _build_frame(card, viewer=viewer, address=address, hidden=_hides_novels(character, address))
    return render_rows(
        format_list_heading(character.name, character.id, "Visual novels"),
        rows,
        empty=explain_empty("visual novels to show here"),
        frame=frame,
    )


def format_birthday(birthday: Sequence[int] | None) -> str:
    """`14 December` of (month, day), or the month alone; nothing if there is no such month."""
    month, day = [*(birthday or ()), 0, 0][:2]
    return format_date(None, month, day)


def _list_glance(character: Character, novels: Sequence[CharacterVn], *, names: Names) -> Iterator[str]:
    for novel in novels[:1]:
        role = names.character_role(novel.role)
        yield f"{role} in {plain_name(novel.title, novel.id)}" if role else f"In {plain_name(novel.title, novel.id)}"
    if character.vns and not novels:
        yield NOVELS_SPOIL
    if character.sex and character.sex[0]:
        yield names.sex(character.sex[0])
    if character.age is not None and character.age >= 0:
        yield count(character.age, "year")
    yield format_birthday(character.birthday)


def _build_frame(
    card: Card[Character],
    *,
    viewer: Viewer,
    address: Address,
    hidden: bool,
    note: str = "",
) -> Frame:
    character = card.entry
    return Frame(
        viewer,
        address,
        hidden=hidden,
        links=link_to_vndb(character.id, "c"),
        notes=[note],
        age_s=card.age_s,
        stale=card.stale,
        source=SOURCE,
    )


def _list_facts(character: Character, *, names: Names, viewer: Viewer, address: Address) -> Iterator[str]:
    # Nothing says which of the aliases are spoilers.
    aliases = format_aliases("Also known as", character.aliases if address.spoiler >= 2 else ())
    yield f"{aliases}{SPOILS}" if aliases and address.revealed else aliases
    for heading, codes, name in (("Sex", character.sex, names.sex), ("Gender", character.gender, names.gender)):
        yield _format_apparent(heading, codes, name, address)
    if character.age is not None and character.age >= 0:
        yield format_fact("Age", str(character.age), limit=_NAME_LIMIT)
    if birthday := format_birthday(character.birthday):
        yield format_fact("Birthday", birthday)
    if character.blood_type:
        yield format_fact("Blood type", escape_line(names.blood_type(character.blood_type)), limit=_NAME_LIMIT)
    if measurements := " · ".join(_list_measurements(character, viewer)):
        yield format_fact("Measurements", measurements, limit=2 * _NAME_LIMIT)


def _format_apparent(
    heading: str, codes: Sequence[str | None] | None, name: Callable[[str], str], address: Address
) -> str:
    """What somebody seems to be, and with all spoilers also what they are, where that differs."""
    seems, really = [*(codes or ()), None, None][:2]
    parts = [escape_line(name(seems))] if seems else []
    if address.spoiler >= 2 and really and really != seems:
        parts.append(f"really {escape_line(name(really))}{SPOILS if address.revealed else ''}")
    return format_fact(heading, ", ".join(parts), limit=2 * _NAME_LIMIT) if parts else ""


def _list_measurements(character: Character, viewer: Viewer) -> Iterator[str]:
    if character.height and character.height > 0:
        yield f"{character.height} cm"
    if character.weight and character.weight > 0:
        yield f"{character.weight} kg"
    sizes = (character.bust, character.waist, character.hips)
    if any(part and part > 0 for part in sizes):
        yield "B-W-H " + "-".join(str(part) if part and part > 0 else "?" for part in sizes) + " cm"
    if character.cup and viewer.age_restricted:
        yield f"cup {clip(escape_line(character.cup), 10)}"


def _list_allowed(traits: Sequence[Trait], viewer: Viewer) -> list[Trait]:
    return [trait for trait in traits if viewer.age_restricted or not trait.sexual]


def _list_open(character: Character, viewer: Viewer, address: Address) -> list[Trait]:
    """The traits that may stand on the page."""
    return [trait for trait in _list_allowed(character.traits, viewer) if shows_spoiler(trait.spoils, address)]


def _format_traits(traits: Sequence[Trait], address: Address, *, small: bool = False) -> str:
    """A few traits by their groups: one of each in turn, so that they say something of everything."""
    groups: dict[str, list[str]] = {}
    for trait in traits:
        if name := _format_trait(trait, address):
            groups.setdefault(clip(escape_line(trait.group_name or ""), _NAME_LIMIT) or "Other", []).append(name)
    kept = [(group, at) for at in range(_TRAITS_AT_MOST) for group, names in groups.items() if at < len(names)]
    shown = Counter(group for group, _ in kept[:_TRAITS_AT_MOST])
    parts = [f"{group}: {', '.join(groups[group][:number])}" for group, number in shown.items()]
    return f"{'-#' if small else '**Traits:**'} {' · '.join(parts)}" if parts else ""


def _format_trait(trait: Trait, address: Address) -> str:
    name = clip(escape_line(trait.name) or escape_line(trait.id), _NAME_LIMIT)
    spoils = SPOILS if address.revealed and trait.spoils > 0 else ""
    return f"{name}{NOT_TRUE if trait.lie else ''}{spoils}"


def _rank_group(groups: Sequence[str]) -> Callable[[Trait], int]:
    # Groups stand in the order of their first traits.
    order = {group: at for at, group in enumerate(dict.fromkeys(groups))}
    return lambda trait: order[trait.group_name or ""]


def _build_trait_row(trait: Trait, address: Address) -> Row:
    group = clip(escape_line(trait.group_name or ""), _NAME_LIMIT) or "Other"
    choice = build_choice(address, trait.id, "i", label=trait.name, description=one_line(trait.group_name or ""))
    return Row(f"- {_format_trait(trait, address)}", groups=(f"**{group}**",), choice=choice)


def _list_novels(novels: Sequence[CharacterVn], address: Address) -> list[CharacterVn]:
    """Each novel once with each role that is no spoiler, the greatest parts first."""
    shown = [novel for novel in novels if shows_spoiler(novel.spoiler, address)]
    unique = {(novel.id, novel.role): novel for novel in reversed(shown)}
    ranks = {role: at for at, role in enumerate(_ROLES)}
    return sorted(unique.values(), key=lambda novel: (ranks.get(novel.role, len(ranks)), -novel.votecount))


def _hides_novels(character: Character, address: Address) -> bool:
    return any(not shows_spoiler(novel.spoiler, address) for novel in character.vns)


def _hides_any(character: Character, viewer: Viewer, address: Address) -> bool:
    """Whether anything of the character is left out as a spoiler."""
    return (
        _hides_novels(character, address)
        or _hides_person(character, address)
        or hides_part(character.description, address)
        or any(not shows_spoiler(trait.spoils, address) for trait in _list_allowed(character.traits, viewer))
    )


def _hides_person(character: Character, address: Address) -> bool:
    if address.spoiler >= 2:
        return False
    differs = any(codes and codes[1:] and codes[1] and codes[1] != codes[0] for codes in _list_pairs(character))
    return differs or bool(character.aliases)


def _list_pairs(character: Character) -> Iterator[Sequence[str | None]]:
    yield character.sex or ()
    yield character.gender or ()


def _format_first(novels: Sequence[CharacterVn], names: Names, address: Address) -> str:
    lines = [
        format_novel(place, novel, *map(escape_line, _list_parts(novel, names))) + _mark(novel, address)
        for place, novel in enumerate(novels[:_NOVELS_AT_MOST], 1)
    ]
    if len(novels) > len(lines):
        lines.append(f"-# and {len(novels) - len(lines)} more")
    return "\n".join(["**Appears in:**", *lines]) if lines else ""


def _build_novel_row(place: int, novel: CharacterVn, names: Names, address: Address) -> Row:
    entry = build_vn_row(novel, names=names, more=_list_parts(novel, names))
    row = lay_row(entry, address, lead=f"{place}.", mark=_mark(novel, address))
    return replace(row, choice=_build_novel_choice(novel, names, address))


def _mark(novel: CharacterVn, address: Address) -> str:
    return SPOILS if address.revealed and novel.spoiler != 0 else ""


def _list_parts(novel: CharacterVn, names: Names) -> list[str]:
    """What the character is there, and in which release alone, as plain text."""
    release = clip(one_line(novel.release.title), _NAME_LIMIT) if novel.release else ""
    return [clip(one_line(names.character_role(novel.role)), _NAME_LIMIT), f"in {release}" if release else ""]


def _build_novel_choice(novel: CharacterVn, names: Names, address: Address) -> Choice | None:
    role = one_line(names.character_role(novel.role))
    return build_choice(address, novel.id, "v", label=novel.title, description=role)
