"""Release dates as VNDB compares them: a part that is missing counts as 99, unknown as 0."""

from __future__ import annotations

UNKNOWN_DATE = 0
TBA_DATE = 99999999


def parse_date(text: str) -> int:
    """`2004-01-30`, `2027-04`, `2027` or `TBA` as an integer that sorts as the server sorts.

    Raises ValueError for anything else; `unknown` is 0.
    """
    if text.lower() == "tba":
        return TBA_DATE
    if text.lower() == "unknown":
        return UNKNOWN_DATE
    parts = text.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(text)
    if [len(part) for part in parts] != [4, 2, 2][: len(parts)]:
        raise ValueError(text)
    year, month, day = (*(int(part) for part in parts), *(99,) * (3 - len(parts)))
    if not (1 <= month <= 12 or month == 99) or not (1 <= day <= 31 or day == 99):
        raise ValueError(text)
    return year * 10000 + month * 100 + day
