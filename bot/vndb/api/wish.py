"""What people ask of novels and releases, made into filters."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.errors import InvalidInput
from bot.vndb.api import where
from bot.vndb.api.filter import E, Equality, Filter, NullableOrder, V, all_of
from bot.vndb.api.model import Release, Vn

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_RESOLUTION = re.compile(
    r"\s*(?P<sign>>=|<=|=)?\s*(?P<width>[0-9]{1,5})\s*[x×*]\s*(?P<height>[0-9]{1,5})\s*", re.IGNORECASE
)
FIRST_DATE = "1980-01-01"  # older than any novel; an unknown date is less than every date and must not match

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_BIRTHDAY_FORMS = (
    re.compile(r"(?P<number>[0-9]{1,2})-(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<day>[0-9]{1,2})\.?\s*(?P<month>[a-z]{3,9})"),
    re.compile(r"(?P<month>[a-z]{3,9})(?:\s*(?P<day>[0-9]{1,2}))?"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VnWish:
    """What a novel must be like; None is anything.

    `olang` is the language it was written in, `lang` one it can be read in. `length` 1 very short to 5 very long;
    `min_rating` 10 to 100; `devstatus` 0 finished, 1 in development, 2 cancelled. `after` and `before` are `YYYY`,
    `YYYY-MM` or `YYYY-MM-DD`, both included. All `tags` must apply, without a spoiler. `given` comes on top.
    """

    text: str | None = None
    olang: str | None = None
    lang: str | None = None
    platform: str | None = None
    length: int | None = None
    min_rating: int | None = None
    min_votes: int | None = None
    after: str | None = None
    before: str | None = None
    developer: str | None = None
    tags: tuple[str, ...] = ()
    has_anime: bool | None = None
    devstatus: int | None = None
    given: Filter[Vn] | None = None

    def build(self) -> Filter[Vn] | None:
        """The filter for POST /vn; None if anything will do. Raises `InvalidInput` for what VNDB would refuse."""
        vn = where.VN
        parts = [
            *_equal(vn.search, self.text or None),
            *_equal(vn.olang, self.olang),
            *_equal(vn.lang, self.lang),
            *_equal(vn.platform, self.platform),
            *_equal(vn.length, self.length),
            *([] if self.min_rating is None else [vn.rating.ge(self.min_rating)]),
            *([] if self.min_votes is None else [vn.votecount.ge(self.min_votes)]),
            *_released(vn.released, after=self.after, before=self.before),
            *([] if self.developer is None else [vn.developer.eq(where.PRODUCER.id.eq(self.developer))]),
            *(vn.tag.eq(tag) for tag in self.tags),
            *([] if self.has_anime is None else [vn.has_anime.eq(1) if self.has_anime else vn.has_anime.ne(1)]),
            *_equal(vn.devstatus, self.devstatus),
            *([] if self.given is None else [self.given]),
        ]
        return all_of(*parts) if parts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseWish:
    """What a release must be like; None is anything. Dates are as in `VnWish`.

    `lang` is one somebody translated it into: what a machine translated does not count. `rtype` is `complete`,
    `partial` or `trial`; `voiced` 1 not to 4 fully; `dated` one of `DATED`, `age` one of `AGES`. `resolution` is a
    size, alone or after `>=` or `<=`.
    """

    lang: str | None = None
    platform: str | None = None
    after: str | None = None
    before: str | None = None
    dated: str | None = None
    rtype: str | None = None
    voiced: int | None = None
    engine: str | None = None
    resolution: str | None = None
    medium: str | None = None
    age: str | None = None
    developer: str | None = None
    official: bool | None = None
    patch: bool | None = None
    freeware: bool | None = None
    doujin: bool | None = None
    uncensored: bool | None = None
    has_ero: bool | None = None
    given: Filter[Release] | None = None

    def build(self) -> Filter[Release] | None:
        """The filter for POST /release; None if anything will do. Raises `InvalidInput` for what VNDB would refuse."""
        release = where.RELEASE
        if self.dated in {"tba", "unknown"} and (self.after or self.before):
            raise InvalidInput(
                "date",
                "finds releases without one, which lie neither after nor before another: leave one of the two out",
            )
        parts = [
            *_equal(release.lang, self.lang),
            *_equal(release.platform, self.platform),
            *_released(release.released, after=self.after, before=self.before),
            *([] if self.dated is None else [DATED[self.dated]]),
            *_equal(release.rtype, self.rtype),
            *_equal(release.voiced, self.voiced),
            *_equal(release.engine, self.engine),
            *([] if self.resolution is None else [_build_resolution(self.resolution)]),
            *_equal(release.medium, self.medium),
            *([] if self.age is None else [AGES[self.age]]),
            *_equal(release.developer_id, self.developer),
            *_flag(release.official, self.official),
            *_flag(release.patch, self.patch),
            *_flag(release.freeware, self.freeware),
            *_flag(release.doujin, self.doujin),
            *_flag(release.uncensored, self.uncensored),
            *_flag(release.has_ero, self.has_ero),
            *([] if self.given is None else [self.given]),
        ]
        return all_of(*parts) if parts else None


DATED: Mapping[str, Filter[Release]] = {
    "released": all_of(where.RELEASE.released.ge(FIRST_DATE), where.RELEASE.released.le("today")),
    "upcoming": all_of(where.RELEASE.released.gt("today"), where.RELEASE.released.ne("TBA")),
    "any": all_of(where.RELEASE.released.ge(FIRST_DATE), where.RELEASE.released.ne("TBA")),
    "tba": where.RELEASE.released.eq("TBA"),
    "unknown": where.RELEASE.released.eq("unknown"),
}
"""What can be asked of a release's date, whatever it is: `any` is one that is known, `tba` is to be announced."""

AGES: Mapping[str, Filter[Release]] = {
    "all": where.RELEASE.minage.eq(0),
    "under": where.RELEASE.minage.lt(18),
    "adult": where.RELEASE.minage.eq(18),
}
"""What can be asked of a release's age rating, if it has one."""


def scale_rating(rating: float) -> int:
    """The least of VNDB's 10 to 100 that is not below a rating of 1 to 10."""
    return math.ceil(round(rating * 10, 6))  # 8.3 * 10 is a little more than 83


def parse_birthday(text: str) -> tuple[int, int]:
    """Read `12-14`, `14 December`, `Dec 14` or just `December` as (month, day); day 0 is the whole month.

    Raises `InvalidInput` for anything else.
    """
    plain = text.strip().lower()
    for form in _BIRTHDAY_FORMS:
        if found := form.fullmatch(plain):
            parts = found.groupdict()
            return _check_birthday(int(parts.get("number") or _find_month(parts["month"])), parts["day"])
    raise InvalidInput("birthday", "must be like 12-14 or 14 December")


def _find_month(word: str) -> int:
    for number, name in enumerate(_MONTHS, start=1):
        if name.startswith(word):
            return number
    raise InvalidInput("birthday", f"has no month called {word}")


def _check_birthday(month: int, day: str | None) -> tuple[int, int]:
    try:
        date(2000, month, int(day) if day else 1)  # a leap year, since people are born on its day as well
    except ValueError:
        raise InvalidInput("birthday", "is no day of the year") from None
    return month, int(day) if day else 0


def _equal(field: Equality[E, V], value: V | None) -> list[Filter[E]]:
    return [] if value is None else [field.eq(value)]


def _flag(field: Equality[E, where.Flag], wanted: bool | None) -> list[Filter[E]]:
    return [] if wanted is None else [field.eq(1) if wanted else field.ne(1)]


def _build_resolution(text: str) -> Filter[Release]:
    found = _RESOLUTION.fullmatch(text)
    if not found:
        raise InvalidInput("resolution", "must be like 1280x720, or >=1280x720 for at least that, or <=1280x720")
    size = int(found["width"]), int(found["height"])
    field = where.RELEASE.resolution
    return {">=": field.ge, "<=": field.le}.get(found["sign"] or "", field.eq)(size)


def _released(field: NullableOrder[E, str], *, after: str | None, before: str | None) -> list[Filter[E]]:
    if after is None and before is None:
        return []
    first = FIRST_DATE if after is None else _build_first_day(after)
    if before is None:
        # What is to be announced counts as later than every date.
        return [field.ge(first), field.ne("TBA")]
    if _build_first_day(before)[: len(before)] < first[: len(before)]:
        raise InvalidInput("release date", "ends before it begins" if after else "is earlier than any visual novel")
    # A partial date counts as the last of its year or month, so it includes all of it.
    return [field.ge(first), field.le(before)]


def _build_first_day(text: str) -> str:
    found = _DATE.fullmatch(text)
    if not found:
        raise InvalidInput("release date", "must be YYYY, YYYY-MM or YYYY-MM-DD")
    first_day = "-".join(part or "01" for part in found.groups())
    try:
        date.fromisoformat(first_day)
    except ValueError:
        raise InvalidInput("release date", f"cannot be {text}: there is no such day") from None
    return first_day
