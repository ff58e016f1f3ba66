"""What may be shown nowhere: galleries that sexualise minors. Discord forbids that in every channel, drawn and written.

This is the one place where it is decided, for whoever asks; no setting turns it off. What cannot be told counts as
forbidden.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import cast

from bot.links.unicode import normalise
from bot.service.entity import unescape
from bot.service.minor_words import fold, list_alike, read_signs

NON_H = "Non-H"
"""The one category of E-Hentai that is not for adults."""

BANNED_TAGS = frozenset(
    {
        "lolicon",
        "shotacon",
        "toddlercon",
        "low lolicon",
        "low shotacon",
        "oppai loli",
        "mesugaki",
        "kodomo doushi",
        "kodomo only",
    }
)

# The same in other scripts, as people write it.
_ABROAD = frozenset(
    {
        "ロリコン",
        "ろりこん",
        "ショタコン",
        "しょたこん",
        "おっぱいロリ",
        "おっぱいろり",
        "ロリ巨乳",
        "巨乳ロリ",
        "メスガキ",
        "めすがき",
        "雌ガキ",
        "子供同士",
        "子ども同士",
        "こども同士",
        "子供のみ",
        "子どものみ",
        "こどものみ",
        "萝莉控",
        "蘿莉控",
        "正太控",
        "로리콘",
        "쇼타콘",
        "лоликон",
        "шотакон",
    }
)
# How a tag is written does not matter: "low-lolicon", "lowlolicon", "low lolicons 2", "lólicon", "l0l1con", "rorikon".
_LATIN = frozenset(tag.replace(" ", "") for tag in BANNED_TAGS)
_ROMANISED = {tag.replace("con", "kon") for tag in _LATIN} | {"rorikon", "roricon", "shoutacon", "shoutakon"}
_FOLDED = frozenset(map(fold, _LATIN | _ROMANISED | _ABROAD))

# What a text can hold without showing it: controls, formats, combining marks, what is not assigned.
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Me", "Mn"})
_UNSEEN_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
_READABLE_CHARS = 1000
# A gallery has some hundred tags, of some twenty characters each.
_READABLE_ALTOGETHER = 50_000


def is_banned(category: str, tags: object) -> bool:
    """Whether a gallery may be shown nowhere.

    `tags`: what the service said they are, whatever that is, or those of a `Gallery`. A missing category is an adult
    one, and an adult gallery without tags is banned, as is any whose tags cannot be read.
    """
    found = _list_tags(tags)
    if found is None or any(len(tag) > _READABLE_CHARS for tag in found):
        return True
    if is_too_long(found, at_most=_READABLE_ALTOGETHER):
        return True
    split = [split_tag(tag) for tag in found]
    named = any(parts[-1] for parts in split)
    if not named and category != NON_H:
        return True
    return any(_is_listed(part) for parts in split for part in parts)


def is_too_long(texts: Iterable[str], *, at_most: int) -> bool:
    """Whether texts have more characters together than are read, so that none can say what is in them.

    Counted is what they are compared as, since one sign may stand for eighteen letters; each as one more, since many
    empty ones take their time as well.
    """
    return sum(_count_compared(text) + 1 for text in texts) > at_most


def _count_compared(text: str) -> int:
    return len(text) if text.isascii() else len(normalise("NFKD", text))


def split_tag(tag: str) -> list[str]:
    """What stands between the colons, as it is compared: lower case, one blank for all that separates words.

    The name is the last; a namespace may be anything.
    """
    while (plain := unescape(tag)) != tag:
        tag = plain
    if tag.isascii():
        return [" ".join(part.split()) for part in tag.lower().translate(_ASCII).split(":")]
    text = normalise("NFKC", tag).casefold()
    seen = "".join(" " if _separates(char) else char for char in text if char.isspace() or not _is_unseen(char))
    return [" ".join(part.split()) for part in seen.split(":")]


def _is_listed(part: str) -> bool:
    joined = fold(part.replace(" ", ""))
    return any(_bare(spelt) in _BARE or _bare(read_signs(spelt)) in _BARE_READ for spelt in list_alike(joined))


def _bare(joined: str) -> str:
    """Without a number at either end, and without what makes a plural."""
    return joined.strip("0123456789").removesuffix("s")


# Those listed go the same way as what is compared with them: whatever they end with, they are found.
_BARE = frozenset(map(_bare, _FOLDED))
_BARE_READ = frozenset(_bare(read_signs(tag)) for tag in _FOLDED)


def _list_tags(tags: object) -> list[str] | None:
    """Every tag as one text; None if there is something else among them."""
    values: list[object] = []
    if isinstance(tags, Mapping):
        for namespace, names in cast("Mapping[object, object]", tags).items():
            if not isinstance(names, tuple):  # the service's own object, which it never promised
                return None
            listed = cast("tuple[object, ...]", names)
            values += [f"{namespace}:{name}" if isinstance(name, str) else None for name in listed]
    elif isinstance(tags, list):
        values = cast("list[object]", tags)
    elif tags is not None:
        return None
    found = [value for value in values if isinstance(value, str)]
    return found if len(found) == len(values) else None


def _separates(char: str) -> bool:
    return char in "_+./・" or unicodedata.category(char) == "Pd"


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in _UNSEEN or char in _UNSEEN_LETTERS


# What is done to each letter of ASCII; most tags have no other, and this is much faster.
_ASCII = {
    ord(char): " " if _separates(char) else char if char.isspace() or not _is_unseen(char) else None
    for char in map(chr, range(128))
}
