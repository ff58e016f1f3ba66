"""What E-Hentai's answers mean beyond their status: whoever asks too much gets a page in place of JSON, with a 200."""

from __future__ import annotations

import re

import msgspec

from bot.errors import BadAnswer, Banned
from bot.http import Finding, Response
from bot.service.body import decode, is_record

SERVICE = "E-Hentai"

UNNAMED_BAN_S = 3600.0
LONGEST_BAN_S = 7 * 86_400.0

# What E-Hentai's page says to whom it has shut out. Other pages come from what stands before it.
_BANNED = re.compile(r"\bbanned\b|\bban\s+(?:will\s+)?expires?\b", re.IGNORECASE)
_ROUNDING_S = 1.0  # the page counts whole seconds: what it leaves out would be a request too early
_LOOKED_AT_BYTES = 65_536
_UNIT_S = {"second": 1, "sec": 1, "minute": 60, "min": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_BLANK = re.compile(r"<[^<>]*>|&nbsp;|&#160;", re.IGNORECASE)
# The first of them that a time follows is believed; a ban may also say how often or why it came.
_UNTIL = (
    re.compile(r"\bexpir\w*\b", re.IGNORECASE),
    re.compile(r"\b(?:banned|again|wait|remain\w*|left)\b", re.IGNORECASE),
)
_NEAR_CHARS = 200
_AMOUNT = re.compile(r"\b(\d[\d,]{0,11}|an?|one)[\s-]*(second|sec|minute|min|hour|day|week)s?\b", re.IGNORECASE)
# Between two amounts of one time, as in "1 day, 2 hours and 3 minutes".
_JOINT = re.compile(r"[\s,;.&]*(?:and[\s,]*)?", re.IGNORECASE)


class Ambiguous(BadAnswer):
    """Several keys of one gallery were in a request, and the answer does not tell which of them is wrong."""


class _Refusal(msgspec.Struct):
    error: str


def examine(response: Response) -> Finding:
    """Find out whether an answer says that we are banned: then nothing may be asked for the time that it names.

    E-Hentai says so on a page with a 200. What stands before it may say it with any status, and an API in JSON.
    """
    words = _find_words(response.body)
    if _BANNED.search(_BLANK.sub(" ", words)):
        pause_s = parse_ban_s(words)
        reason = "a ban page"  # nothing of it: it names our own address
        return Finding(pause_s=pause_s, error=Banned(SERVICE, reason, status=response.status, retry_after_s=pause_s))
    if not 200 <= response.status < 300 or is_record(response.body):
        return Finding()
    what = "JSON that holds nothing" if _looks_like_json(response.body) else "a page in place of JSON"
    return Finding(error=BadAnswer(SERVICE, what, status=response.status))


def _find_words(body: bytes) -> str:
    """What an answer itself says: a page, or the error of JSON. Titles of galleries may say anything."""
    if not _looks_like_json(body):
        return body[:_LOOKED_AT_BYTES].decode("utf-8", errors="replace")
    try:
        return decode(body, _Refusal).error[:_LOOKED_AT_BYTES]
    except msgspec.DecodeError:
        return ""


def parse_ban_s(page: str) -> float:
    """For how many seconds a ban page ("The ban expires in 59 minutes and 23 seconds") wants to be left alone.

    An hour if it names no time, a week at most.
    """
    text = _BLANK.sub(" ", page)
    named = (_sum_amounts(text, at=word.end()) for words in _UNTIL for word in words.finditer(text))
    total_s = next((total_s for total_s in named if total_s is not None), None)
    return UNNAMED_BAN_S if total_s is None else min(total_s + _ROUNDING_S, LONGEST_BAN_S)


def _sum_amounts(text: str, *, at: int) -> int | None:
    """The seconds of the first amounts of time near `at` that stand together; None without any."""
    total_s: int | None = None
    amount = _AMOUNT.search(text, at, at + _NEAR_CHARS)
    while amount is not None:
        number = amount[1].replace(",", "")
        count = int(number) if number.isdecimal() else 1
        total_s = (total_s or 0) + count * _UNIT_S[amount[2].lower()]
        joint = _JOINT.match(text, amount.end())
        amount = _AMOUNT.match(text, joint.end() if joint else amount.end())
    return total_s


def _looks_like_json(body: bytes) -> bool:
    """Whether it is JSON of whatever kind, or was before it was cut off; an empty body is no page either."""
    text = body.strip(b" \t\r\n").removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text or text[0] in b"{[":
        return True
    try:
        decode(text, object)
    except msgspec.DecodeError:
        return False
    return True
