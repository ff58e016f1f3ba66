"""Which pictures are shown nowhere, wherever they are asked for: this is decided while an answer is read.

Discord forbids what sexualises minors in every channel. What cannot be told counts as forbidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.apis import ehentai_ban
from bot.apis.ehentai_model import NON_H
from bot.apis.nekos_model import Rating, normalise_tag

ADULT_YEARS = 18

# Ages, in this service's words. Harmless in a safe picture, and in no other.
_AGE_TAGS = frozenset(
    {"loli", "shota", "child", "children", "kid", "kids", "toddler", "baby", "minor", "underage", "young"}
)


def is_withheld(rating: Rating | None, *, tags: Sequence[str], ages: Iterable[int] = ()) -> bool:
    """Whether a picture is shown nowhere. `ages`: those of its characters, in years, as far as they are told."""
    if rating is None or rating == "explicit":
        return True
    if rating == "safe":
        return ehentai_ban.is_banned(NON_H, list(tags))
    # Without tags, nobody knows who is in it.
    if ehentai_ban.is_banned("", list(tags)) or any(years < ADULT_YEARS for years in ages):
        return True
    return not _AGE_TAGS.isdisjoint(word for tag in tags for word in normalise_tag(tag).split("_"))
