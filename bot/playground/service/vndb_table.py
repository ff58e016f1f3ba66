"""Which filters and sorts there are for each kind of entry of the sample VNDB, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from bot.playground.service import vndb_search
from bot.playground.service.query_error import QueryError
from bot.playground.service.vndb_data import Novel, Producer, Schema, Tag, parse_date
from bot.playground.service.vndb_filter import Combination, Filter, Match, compare, parse_filter

T = TypeVar("T")

_TODAY = 1
_MAX_INTEGER = 2**31 - 1
_PRODUCER_TYPES = frozenset({"co", "in", "ng"})
_TAG_CATEGORIES = frozenset({"cont", "ero", "tech"})


def names_of_novel(novel: Novel) -> Sequence[str]:
    """Everything a search looks at, the main title first; release titles count and are shown nowhere."""
    titles = (text for one in novel.titles for text in (one.title, one.latin))
    shown = [novel.title, novel.alttitle, *titles, *novel.aliases, *novel.release_titles]
    return [name for name in shown if name]


def names_of_producer(producer: Producer) -> Sequence[str]:
    """Everything a search looks at."""
    return [name for name in (producer.name, producer.original) if name]


def names_of_tag(tag: Tag) -> Sequence[str]:
    """Everything a search looks at."""
    return [tag.name, *tag.aliases]


def build_novel_table(schema: Schema, producers: Mapping[str, Producer]) -> dict[str, Filter[Novel]]:
    """Every filter of POST /vn."""
    producer_table = build_producer_table(schema)
    return {
        "id": _number(80, _entry_id("v"), lambda novel: novel.number, prefix="v"),
        "search": _many(81, _text, lambda novel, text: vndb_search.matches(names_of_novel(novel), str(text))),
        "lang": _many(2, _one_of(schema.ids("language")), lambda novel, lang: lang in novel.languages),
        "olang": _many(3, _one_of(schema.ids("language")), lambda novel, lang: lang == novel.olang),
        "platform": _many(4, _one_of(schema.ids("platform")), lambda novel, one: one in novel.platforms),
        "length": _number(5, _between(1, 5), lambda novel: novel.length_class, ordered=False),
        "released": Filter(7, _date, _test_released, ordered=True),
        "popularity": _number(9, _between(0, 100), lambda novel: novel.popularity),
        "rating": _number(10, _between(10, 100), lambda novel: novel.rating),
        "votecount": _number(11, _between(0, _MAX_INTEGER), lambda novel: novel.votecount),
        "devstatus": _number(66, _between(0, 2), lambda novel: novel.devstatus, ordered=False),
        "tag": _many(8, _tag_value, _has_tag),
        "dtag": _many(14, _tag_value, _has_tag),
        "anime_id": _many(13, _between(1, _MAX_INTEGER), lambda novel, one: one in novel.anime),
        "developer_id": _many(6, _entry_id("p"), lambda novel, one: one in novel.developers),
        "has_description": _many(61, _between(1, 1), lambda novel, _: bool(novel.description)),
        "has_anime": _many(62, _between(1, 1), lambda novel, _: bool(novel.anime)),
        "has_screenshot": _many(63, _between(1, 1), _never),
        "has_review": _many(64, _between(1, 1), _never),
        "on_list": Filter(65, _between(1, 1), _never_either),
        "label": Filter(12, _refuse, _never_either),
        "release": Filter(50, _inner_unknown, _never_either, nested=True),
        "character": Filter(51, _inner_unknown, _never_either, nested=True),
        "staff": Filter(52, _inner_unknown, _never_either, nested=True),
        "developer": _nested(55, producer_table, lambda novel: [producers[one] for one in novel.developers]),
    }


def build_producer_table(schema: Schema) -> dict[str, Filter[Producer]]:
    """The filters of POST /producer, which a `developer` filter holds."""
    return {
        "id": _number(3, _entry_id("p"), lambda producer: int(producer.id[1:]), prefix="p"),
        "search": _many(80, _text, lambda one, text: vndb_search.matches(names_of_producer(one), str(text))),
        "lang": _many(2, _one_of(schema.ids("language")), lambda producer, lang: producer.lang == lang),
        "type": _many(4, _one_of(_PRODUCER_TYPES), lambda producer, kind: producer.type == kind),
    }


def build_tag_table() -> dict[str, Filter[Tag]]:
    """Every filter of POST /tag."""
    return {
        "id": _number(2, _entry_id("g"), lambda tag: int(tag.id[1:]), prefix="g"),
        "category": _many(3, _one_of(_TAG_CATEGORIES), lambda tag, category: tag.category == category),
        "search": _many(80, _text, lambda tag, text: vndb_search.matches(names_of_tag(tag), str(text))),
    }


def _number(
    num: int,
    read: Callable[[object], object],
    get: Callable[[T], float | None],
    *,
    ordered: bool = True,
    prefix: str = "",
) -> Filter[T]:
    def test(entry: T, sign: str, value: object) -> bool:
        right = int(value.removeprefix(prefix)) if isinstance(value, str) else value
        return compare(get(entry), sign, right)

    return Filter(num, read, test, ordered=ordered)


def _many(num: int, read: Callable[[object], object], has: Callable[[T, object], bool]) -> Filter[T]:
    def test(entry: T, sign: str, value: object) -> bool:
        return has(entry, value) == (sign == "=")

    return Filter(num, read, test)


U = TypeVar("U")


def _nested(num: int, table: Mapping[str, Filter[U]], get: Callable[[T], Sequence[U]]) -> Filter[T]:
    def read(value: object) -> Match[U] | Combination[U]:
        return parse_filter(_list(value), table)

    def test(entry: T, sign: str, value: object) -> bool:
        found = isinstance(value, Match | Combination) and any(value.test(one) for one in get(entry))
        return found == (sign == "=")

    return Filter(num, read, test, nested=True)


def _inner_unknown(value: object) -> object:
    return _list(value)


def _list(value: object) -> list[object]:
    try:
        return msgspec.convert(value, list[object])
    except msgspec.ValidationError as error:
        raise QueryError("Invalid 'filters' member: Invalid query") from error


def _never(entry: Novel, value: object) -> bool:  # noqa: ARG001
    return False


def _never_either(entry: Novel, sign: str, value: object) -> bool:  # noqa: ARG001
    return False


def _refuse(value: object) -> object:
    # A label is of a user, and there are none here.
    raise ValueError(value)


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004 - every fault of a value is one to the caller
    return value


def _one_of(known: frozenset[str]) -> Callable[[object], object]:
    def read(value: object) -> object:
        if not isinstance(value, str) or value not in known:
            raise ValueError(value)
        return value

    return read


def _between(least: int, most: int) -> Callable[[object], object]:
    def read(value: object) -> object:
        number = _integer(value)
        if not least <= number <= most:
            raise ValueError(value)
        return number

    return read


def _integer(value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"0|[1-9][0-9]{0,9}", value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(value)  # noqa: TRY004 - every fault of a value is one to the caller
    return value


def _entry_id(letter: str) -> Callable[[object], object]:
    def read(value: object) -> object:
        number = _integer(value.removeprefix(letter) if isinstance(value, str) else value)
        if not 1 <= number <= _MAX_INTEGER:
            raise ValueError(value)
        return f"{letter}{number}"

    return read


def _date(value: object) -> object:
    if value is None:
        return 0
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 99999999:
        return value
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004 - every fault of a value is one to the caller
    return _TODAY if value.lower() == "today" else parse_date(value)


def _test_released(novel: Novel, sign: str, value: object) -> bool:
    if value == _TODAY:
        value = int(datetime.now(UTC).strftime("%Y%m%d"))
    return compare(novel.date, sign, value)


def _tag_value(value: object) -> object:
    read_id = _entry_id("g")
    if not isinstance(value, list):
        return [read_id(value), 0, 0]
    tag, spoiler, level = msgspec.convert(value, tuple[object, object, object])
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 <= level <= 3:
        raise ValueError(level)
    return [read_id(tag), _between(0, 2)(spoiler), level]


def _has_tag(novel: Novel, value: object) -> bool:
    tag, spoiler, level = msgspec.convert(value, tuple[str, int, float])
    return any(one.tag == tag and one.spoiler <= spoiler and one.rating >= level for one in novel.tags)
