"""What a visual novel is related to: other novels, its other titles, and pages elsewhere on the web."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from bot.cards.link import format_link
from bot.cards.notation import explain_empty, join_facts
from bot.cards.text import clip, escape_line, one_line
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.row import Row
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from bot.vndb.api.model import Link, Relation, Vn
from bot.vndb.api.names import Names
from bot.vndb.cards.card import choose_links
from bot.vndb.cards.row import build_vn_row, lay_row
from bot.vndb.cards.text import SOURCE
from bot.vndb.cards.title import retitle
from bot.vndb.cards.vn.page import Listing, format_name, render_listing

_RELATIONS = ("preq", "seq", "par", "side", "fan", "orig", "ser", "set", "alt", "char")
_HEADING_LIMIT = 60
_SITE_LIMIT = 80


def render_relations(card: Card[Vn], *, names: Names, viewer: Viewer, address: Address) -> Shown:
    """A page of the novels that one (`VN_DETAILS`) is related to, by how, the oldest first."""
    vn = retitle(card.entry, viewer)
    listing = Listing(
        title="Related visual novels",
        rows=[_build_row(relation, names, address) for relation in sorted(vn.relations, key=_rank)],
        empty=explain_empty("related visual novels", at=SOURCE),
    )
    return render_listing(card, listing, viewer=viewer, address=address)


def render_links(card: Card[Vn], *, names: Names, viewer: Viewer, address: Address) -> Shown:
    """A page of what a novel (`VN_DETAILS`) is called in each language, and of its places on the web."""
    vn = card.entry
    links, withheld = choose_links(vn.extlinks, viewer)
    listing = Listing(
        title="Titles and links",
        rows=[*_list_titles(vn, names), *_list_links(links)],
        empty=explain_empty("titles or links", at=SOURCE),
        notes=[withheld],
    )
    return render_listing(card, listing, viewer=viewer, address=address)


def _list_titles(vn: Vn, names: Names) -> Iterator[Row]:
    for title in sorted(vn.titles, key=lambda title: (not title.main, names.language(title.lang).casefold())):
        language = clip(escape_line(names.language(title.lang)), _HEADING_LIMIT) or "Language unknown"
        mark = "" if title.official else " *(unofficial)*"
        yield Row(f"- {language}: {format_name(title.title, title.latin, otherwise=vn.id)}{mark}", ("### Titles",))
    for alias in dict.fromkeys(vn.aliases):
        if shown := clip(escape_line(alias), _SITE_LIMIT):
            yield Row(f"- {shown}", ("### Also known as",))


def _list_links(links: Iterable[Link]) -> Iterator[Row]:
    seen: set[str] = set()
    for link in links:
        label = one_line(link.label) or one_line(link.name) or "Link"
        text = format_link(clip(label, _SITE_LIMIT), link.url)
        if text and link.url not in seen:
            seen.add(link.url)
            yield Row(f"- {text}", ("### Elsewhere on the web",))


def _rank(relation: Relation) -> tuple[int, str, str]:
    known = relation.relation in _RELATIONS
    place = _RELATIONS.index(relation.relation) if known else len(_RELATIONS)
    return place, relation.relation, relation.released or "unknown"


def _build_row(relation: Relation, names: Names, address: Address) -> Row:
    kind = names.relation(relation.relation)
    heading = f"### {clip(escape_line(kind) or 'Related', _HEADING_LIMIT)}"
    more = [] if relation.relation_official else ["Unofficial"]
    entry = build_vn_row(relation, names=names, more=more)
    row = lay_row(entry, address, groups=[heading])
    choice = row.choice and replace(row.choice, description=join_facts((kind, row.choice.description)))
    return replace(row, choice=choice)
