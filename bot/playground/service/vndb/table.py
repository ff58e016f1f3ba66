"""Which filters there are for novels, producers, tags and traits of the sample VNDB, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from bot.playground.service import search as name_search
from bot.playground.service.vndb.data import Novel, Producer, Schema, Tag
from bot.playground.service.vndb.entry import Trait
from bot.playground.service.vndb.filter import Filter
from bot.playground.service.vndb.index import Cast, Index, Issue, StaffName
from bot.playground.service.vndb.list import Lists
from bot.playground.service.vndb.token import Access
from bot.playground.service.vndb.value import (
    MAX_INTEGER,
    between,
    build_flag,
    build_links_filter,
    build_many,
    build_nested,
    build_number,
    build_released,
    entry_id,
    one_of,
    read_text,
)

_PRODUCER_TYPES = frozenset({"co", "in", "ng"})
_TAG_CATEGORIES = frozenset({"cont", "ero", "tech"})


class Inner:
    """The tables that a novel's nested filters lead to; they lead back, so each is asked for when it is needed."""

    def __init__(
        self,
        issue: Callable[[], Mapping[str, Filter[Issue]]],
        cast: Callable[[], Mapping[str, Filter[Cast]]],
        staff: Callable[[], Mapping[str, Filter[StaffName]]],
        producer: Callable[[], Mapping[str, Filter[Producer]]],
    ) -> None:
        self.issue = issue
        self.cast = cast
        self.staff = staff
        self.producer = producer


def names_of_novel(novel: Novel) -> Sequence[str]:
    """Everything a search looks at, the main title first; release titles count and are shown nowhere."""
    titles = (text for one in novel.titles for text in (one.title, one.latin))
    shown = [novel.title, novel.alttitle, *titles, *novel.aliases, *novel.release_titles]
    return [name for name in shown if name]


def names_of_producer(producer: Producer) -> Sequence[str]:
    """Everything a search looks at."""
    return [name for name in (producer.name, producer.original, *producer.aliases) if name]


def names_of_tag(tag: Tag) -> Sequence[str]:
    """Everything a search looks at."""
    return [tag.name, *tag.aliases]


def names_of_trait(trait: Trait) -> Sequence[str]:
    """Everything a search looks at."""
    return [trait.name, *trait.aliases]


def build_novel_table(
    schema: Schema, index: Index, inner: Inner, lists: Lists, *, user: str | None, access: Access
) -> dict[str, Filter[Novel]]:
    """Every filter of POST /vn. `user`: whose labels are meant if none is named; `access`: who asks."""
    lang, platform = one_of(schema.ids("language")), one_of(schema.ids("platform"))
    return {
        "id": build_number(80, entry_id("v"), lambda novel: novel.number, prefix="v"),
        "search": build_many(81, read_text, lambda novel, text: matches(names_of_novel(novel), text)),
        "lang": build_many(2, lang, lambda novel, one: one in novel.languages),
        "olang": build_many(3, lang, lambda novel, one: one == novel.olang),
        "platform": build_many(4, platform, lambda novel, one: one in novel.platforms),
        "length": build_number(5, between(1, 5), lambda novel: novel.length_class, ordered=False),
        "released": build_released(7, lambda novel: novel.date),
        "popularity": build_number(9, between(0, 100), lambda novel: novel.popularity),
        "rating": build_number(10, between(10, 100), lambda novel: novel.rating),
        "votecount": build_number(11, between(0, MAX_INTEGER), lambda novel: novel.votecount),
        "devstatus": build_number(66, between(0, 2), lambda novel: novel.devstatus, ordered=False),
        "tag": build_many(8, _tag_value, _has_tag),
        "dtag": build_many(14, _tag_value, _has_tag),
        "anime_id": build_many(13, between(1, MAX_INTEGER), lambda novel, one: one in novel.anime),
        "developer_id": build_many(6, entry_id("p"), lambda novel, one: one in novel.developers),
        "has_description": build_flag(61, lambda novel: bool(novel.description)),
        "has_anime": build_flag(62, lambda novel: bool(novel.anime)),
        "has_screenshot": build_flag(63, lambda novel: bool(_detail(index, novel, "screenshots"))),
        "has_review": build_flag(64, lambda novel: bool(_detail(index, novel, "has_review"))),
        # It is about the list of whoever the token belongs to.
        "on_list": build_flag(65, lambda novel: lists.is_on_own(novel.id, access)),
        "label": _build_label_filter(lists, user=user, access=access),
        "release": build_nested(50, inner.issue, index.find_issues),
        "character": build_nested(51, inner.cast, index.find_cast),
        "staff": build_nested(52, inner.staff, index.find_staff),
        "developer": build_nested(55, inner.producer, lambda novel: [index.producers[it] for it in novel.developers]),
    }


def build_producer_table(schema: Schema) -> dict[str, Filter[Producer]]:
    """Every filter of POST /producer."""
    return {
        "id": build_number(3, entry_id("p"), lambda producer: int(producer.id[1:]), prefix="p"),
        "search": build_many(80, read_text, lambda one, text: matches(names_of_producer(one), text)),
        "lang": build_many(2, one_of(schema.ids("language")), lambda producer, lang: producer.lang == lang),
        "type": build_many(4, one_of(_PRODUCER_TYPES), lambda producer, kind: producer.type == kind),
        "extlink": build_links_filter(5, lambda producer: producer.extlinks),
    }


def build_tag_table() -> dict[str, Filter[Tag]]:
    """Every filter of POST /tag."""
    return {
        "id": build_number(2, entry_id("g"), lambda tag: int(tag.id[1:]), prefix="g"),
        "category": build_many(3, one_of(_TAG_CATEGORIES), lambda tag, category: tag.category == category),
        "search": build_many(80, read_text, lambda tag, text: matches(names_of_tag(tag), text)),
    }


def build_trait_table() -> dict[str, Filter[Trait]]:
    """Every filter of POST /trait."""
    return {
        "id": build_number(2, entry_id("i"), lambda trait: int(trait.id[1:]), prefix="i"),
        "search": build_many(80, read_text, lambda trait, text: matches(names_of_trait(trait), text)),
    }


def matches(names: Sequence[str], text: object) -> bool:
    """Whether a search for `text` finds an entry of these names."""
    return name_search.matches(names, str(text))


def _detail(index: Index, novel: Novel, name: str) -> object:
    return getattr(index.library.details.get(novel.id), name, None)


def _label_value(user: str | None) -> Callable[[object], object]:
    def read(value: object) -> object:
        if isinstance(value, list):
            owner, label = msgspec.convert(value, tuple[object, object])
            return [entry_id("u")(owner), between(0, 32767)(label)]
        if user is None:
            raise ValueError(value)
        return [user, between(0, 32767)(value)]

    return read


def _build_label_filter(lists: Lists, *, user: str | None, access: Access) -> Filter[Novel]:
    def test(novel: Novel, sign: str, value: object) -> bool:
        owner, label = msgspec.convert(value, tuple[str, int])
        # Which novels have no label is the owner's alone to ask, either way.
        if label == 0 and not access.reads(owner):
            return False
        return lists.has_label(owner, novel.id, label, access) == (sign == "=")

    return Filter(12, _label_value(user), test)


def _tag_value(value: object) -> object:
    read_id = entry_id("g")
    if not isinstance(value, list):
        return [read_id(value), 0, 0]
    tag, spoiler, level = msgspec.convert(value, tuple[object, object, object])
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 <= level <= 3:
        raise ValueError(level)
    return [read_id(tag), between(0, 2)(spoiler), level]


def _has_tag(novel: Novel, value: object) -> bool:
    tag, spoiler, level = msgspec.convert(value, tuple[str, int, float])
    return any(one.tag == tag and one.spoiler <= spoiler and one.rating >= level for one in novel.tags)
