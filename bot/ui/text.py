"""Foreign text made harmless for Discord, and cut to length.

Everything a service or a person wrote goes through `escape` before it stands in a message. All lengths are
in UTF-16 code units: Discord's clients count those, and there are never fewer than the code points its API
counts.
"""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"
BREAK = "\u200b"  # zero-width space: keeps two characters from being read together
_JOINER = "\u200d"

# Controls a reader cannot see: C0 and C1 (but for tab and newline), the ones that turn the direction of
# everything that follows, half surrogate pairs (Discord refuses them), non-characters and invisible tags.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff\U000e0001-\U000e007f]"
)
_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Most text there is holds nothing of all this, and one look at it saves seven.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,.;'!?()/&-]*")
_SPECIAL = re.compile(r"[\\*_~`|\[\]<]")
# Read as a heading, subtext, quote or list only where a line begins.
_LINE_START = re.compile(r"^([ \t]*)([#>+-])", re.MULTILINE)
_NUMBERED = re.compile(r"^([ \t]*[0-9]+)([.)])", re.MULTILINE)
_MENTION = re.compile(r"@(?=everyone|here|[!&]?[0-9])", re.IGNORECASE)
_SCHEME = re.compile(r":(?=//)")


def clean(text: str) -> str:
    """Return `text` without what cannot be seen or sent; every kind of line break becomes a newline."""
    if text.isascii() and text.isprintable():
        return text
    return _UNPRINTABLE.sub("", _LINE_BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """Return `text` cleaned, on one line, with single blanks."""
    return " ".join(clean(text).split())


def escape(text: str) -> str:
    """Return `text` such that Discord shows it as it stands: no markdown, no mention, no link.

    Mentions are broken by a zero-width space as well, because a backslash alone hides them from the eye only.
    """
    if _PLAIN.fullmatch(text):
        return text
    escaped = _SPECIAL.sub(r"\\\g<0>", clean(text))
    escaped = _LINE_START.sub(r"\1\\\2", escaped)
    escaped = _NUMBERED.sub(r"\1\\\2", escaped)
    escaped = _SCHEME.sub(r"\\:", escaped)
    return _MENTION.sub("@" + BREAK, escaped)


def escape_line(text: str) -> str:
    """Return `text` on one line and escaped."""
    return escape(one_line(text))


def count(number: int, unit: str) -> str:
    """Return `1 vote` or `12,345 votes`."""
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"


def size(text: str) -> int:
    """Return the length of `text` in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, limit: int) -> str:
    """Return `text` in at most `limit` code units, ending with `…` where something was cut off.

    Takes plain and escaped text alike: it cuts neither inside an escape nor inside a character that is made
    of several code points (combining marks, joined emoji, flags).
    """
    if size(text) <= limit:
        return text
    if limit < 1:
        return ""
    end = _find_cut(text, limit - 1)
    kept = text[:end].rstrip()
    backslashes = len(kept) - len(kept.rstrip("\\"))
    if backslashes % 2:
        kept = kept[:-1]
    return kept + ELLIPSIS


def _find_cut(text: str, room: int) -> int:
    """Return how many code points of `text` fit in `room` code units without splitting a character."""
    used = end = 0
    for end, character in enumerate(text):  # noqa: B007 (the index outlives the loop)
        used += 2 if character > "\uffff" else 1
        if used > room:
            break
    while end > 0 and _continues(text, end):
        end -= 1
    return end


def _continues(text: str, at: int) -> bool:
    """Say whether the code point at `at` belongs to the same visible character as the one before it."""
    character, before = text[at], text[at - 1]
    if _JOINER in (before, character):
        return True
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me"}:
        return True
    if "\U0001f3fb" <= character <= "\U0001f3ff":  # skin tones
        return True
    return _is_flag_half(character) and _is_flag_half(before) and _count_flag_halves(text, at) % 2 == 1


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _count_flag_halves(text: str, at: int) -> int:
    start = at
    while start > 0 and _is_flag_half(text[start - 1]):
        start -= 1
    return at - start
