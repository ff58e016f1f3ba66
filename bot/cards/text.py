"""Foreign text made harmless for Discord, and cut to length.

Everything a service or a person wrote goes through `escape` before it stands in a message. Lengths of what stands in a
message are those of `size`; of a field with a limit of its own, such as a label, those of `count_units`.
"""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"
BREAK = "\u200b"  # zero-width space: keeps two characters from being read together
_JOINER = "\u200d"
_LAST_WORDS = 20

TEXT_AT_MOST = 12_000
"""Characters of a foreign text that are read: more than VNDB takes (10,240), and than is shown in a place."""

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
_NUMBERED = re.compile(r"^([ \t]*[0-9]+)([.)])(?=\s|$)", re.MULTILINE)
_MENTION = re.compile(r"@(?=everyone|here|[!&]?[0-9])", re.IGNORECASE)
_SCHEME = re.compile(r":(?=//)")

NOTHING_HERE = "Nothing on this page may be shown here."
"""What a page of a list says of which everything is left out."""


def cut(text: str, at_most: int = TEXT_AT_MOST) -> str:
    """`text` in at most that many characters, before anything is read in it."""
    return text if len(text) <= at_most else text[: at_most - 1] + ELLIPSIS


def clean(text: str, *, at_most: int = TEXT_AT_MOST) -> str:
    """`text` without what cannot be seen or sent; every kind of line break becomes a newline.

    It is cut at `at_most` characters.
    """
    text = cut(text, at_most)
    if text.isascii() and text.isprintable():
        return text
    return _UNPRINTABLE.sub("", _LINE_BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """`text` cleaned, on one line, with single blanks."""
    return " ".join(clean(text).split())


def escape(text: str) -> str:
    """`text` such that Discord shows it as it stands: no markdown, no mention, no link.

    Mentions are broken by a zero-width space as well, because a backslash alone hides them from the eye only.
    """
    text = cut(text)
    if _PLAIN.fullmatch(text):
        return text
    escaped = _SPECIAL.sub(r"\\\g<0>", clean(text))
    escaped = _LINE_START.sub(r"\1\\\2", escaped)
    escaped = _NUMBERED.sub(r"\1\\\2", escaped)
    escaped = _SCHEME.sub(r"\\:", escaped)
    return _MENTION.sub("@" + BREAK, escaped)


def escape_line(text: str) -> str:
    """`text` on one line and escaped."""
    return escape(one_line(text))


def count(number: int, unit: str) -> str:
    """`1 vote` or `12,345 votes`."""
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"


def count_units(text: str) -> int:
    """The length of `text` in UTF-16 code units: Discord's clients count those, and there are never fewer than
    the code points that its API counts.
    """
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def size(text: str) -> int:
    """The room that `text` takes in a message: its UTF-16 code units or, if that is more, what its bytes are
    worth of them.

    Discord takes 4,000 characters of text, but refuses more than about 10,000 bytes of UTF-8: fewer characters of
    Japanese. The size of texts together is at most the sum of theirs.
    """
    if text.isascii():
        return len(text)
    return max(count_units(text), _weigh(len(text.encode("utf-8", "surrogatepass"))))


def _weigh(number_of_bytes: int) -> int:
    """What bytes are worth in units: 9,600 are 4,000."""
    return -(-number_of_bytes * 5 // 12)


def clip(text: str, limit: int) -> str:
    """`text` in at most `limit` of `size`, ending with `…` where something was cut off.

    Takes plain and escaped text alike: it cuts neither inside an escape nor inside a character that is made
    of several code points (combining marks, joined emoji, flags).
    """
    return text if size(text) <= limit else _clip(text, limit, weighs=True)


def clip_field(text: str, limit: int) -> str:
    """`text` as `clip` does, in at most `limit` UTF-16 units: for a label, an option or a choice."""
    return text if count_units(text) <= limit else _clip(text, limit, weighs=False)


def clip_middle(text: str, limit: int, *, field: bool = False) -> str:
    """`text` on one line as `clip` does, or as `clip_field`, but with its last words if these are short: “2nd Season”
    tells one from another of the same beginning.
    """
    shorten, measure = (clip_field, count_units) if field else (clip, size)
    if measure(text) <= limit:
        return text
    last = text[-min(_LAST_WORDS, limit // 2) :].partition(" ")[2]
    room = limit - measure(last) - 1
    return f"{shorten(text, room)} {last}" if last and room > 0 else shorten(text, limit)


def _clip(text: str, limit: int, *, weighs: bool) -> str:
    if limit < (size(ELLIPSIS) if weighs else 1):
        return ""
    end = _find_cut(text, limit, weighs=weighs)
    kept = text[:end].rstrip()
    backslashes = len(kept) - len(kept.rstrip("\\"))
    if backslashes % 2:
        kept = kept[:-1]
    return kept + ELLIPSIS


def _find_cut(text: str, limit: int, *, weighs: bool) -> int:
    """How many code points of `text` fit with an ellipsis in `limit`, without splitting a character."""
    units, number_of_bytes, end = 1, 3, 0
    for end, character in enumerate(text):  # noqa: B007 (the index outlives the loop)
        units += 2 if character > "\uffff" else 1
        number_of_bytes += 1 + (character > "\x7f") + (character > "\u07ff") + (character > "\uffff")
        if units > limit or (weighs and _weigh(number_of_bytes) > limit):
            break
    while end > 0 and _continues(text, end):
        end -= 1
    return end


def _continues(text: str, at: int) -> bool:
    """Whether the code point at `at` belongs to the same visible character as the one before it."""
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
