"""What was typed of a follow's name, led to that follow."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.text import clip
from bot.errors import InvalidInput
from bot.follow.list import FollowLine, name_follow
from bot.service.near import rank_near
from bot.service.near_match import name_near

_TYPED_LIMIT = 100


def find_named(text: str, lines: Sequence[FollowLine]) -> list[FollowLine]:
    """The one that was chosen from the suggestions, or all that are called so; none if that is the id of another one.

    Raises `InvalidInput`.
    """
    typed, wanted = text.strip(), text.strip().casefold()
    if not wanted:  # which is what a title is that may not be named
        raise InvalidInput("follow", "is blank; pick one from the suggestions")
    named = [one for one in lines if wanted in {str(one.id), one.title.casefold(), name_follow(one).casefold()}]
    if not named and not typed.isdecimal():
        error = InvalidInput("follow", f"“{clip(typed, _TYPED_LIMIT)}” is none of those; /follow list shows them")
        error.near = name_near(one.title for one in rank_near(text, lines, lambda line: (line.title,)))
        raise error
    return named
