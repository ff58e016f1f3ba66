"""What people ask of novels, releases and characters, made into conditions."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date

from bot.errors import InvalidInput
from bot.vndb.api import where
from bot.vndb.api.filter import E, Equality, Filter, NullableOrder, all_of
from bot.vndb.api.model import Release

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
    raise InvalidInput("birthday", "must be like 12-14, 14 December or December")


def _find_month(word: str) -> int:
    for number, name in enumerate(_MONTHS, start=1):
        if name.startswith(word):
            return number
    raise InvalidInput("birthday", f"must be like 12-14, 14 December or December: no month is called {word}")


def _check_birthday(month: int, day: str | None) -> tuple[int, int]:
    try:
        date(2000, month, int(day) if day else 1)  # a leap year, since people are born on its day as well
    except ValueError:
        raise InvalidInput("birthday", "must be a day of the year, like 12-14 or 14 December") from None
    return month, int(day) if day else 0


def build_flag(field: Equality[E, where.Flag], wanted: bool) -> Filter[E]:
    """What has it, or what has not."""
    return field.eq(1) if wanted else field.ne(1)


def build_resolution(text: str) -> Filter[Release]:
    """Read a size, alone or after `>=` or `<=`. Raises `InvalidInput` for anything else."""
    found = _RESOLUTION.fullmatch(text)
    if not found:
        raise InvalidInput("resolution", "must be like 1280x720, or >=1280x720 for at least that, or <=1280x720")
    size = int(found["width"]), int(found["height"])
    field = where.RELEASE.resolution
    return {">=": field.ge, "<=": field.le}.get(found["sign"] or "", field.eq)(size)


def build_span(field: NullableOrder[E, str], *, after: str | None, before: str | None) -> list[Filter[E]]:
    """What was released then. Both are `YYYY`, `YYYY-MM` or `YYYY-MM-DD` and included; one of them is given.

    Raises `InvalidInput` for what is no such date, and a span that ends before it begins.
    """
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
