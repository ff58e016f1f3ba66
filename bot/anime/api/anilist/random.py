"""Random works. AniList has no such order, and no count that can be trusted: only whether there is a next page."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from random import Random

from bot.anime.api.anilist.error import SERVICE
from bot.anime.api.model import MediaRow
from bot.anime.api.wish import PAGE_SIZE, MediaWish
from bot.errors import NotFound
from bot.service.record import Card, Found

REACHABLE = 1000  # the most popular ones: each miss costs a question of the thirty a minute
DRAWS = 6  # a wish that 26 works fulfil takes five, the first time
MAX_KNOWN = 500


class RandomMedia:
    """Draws works: each of the first thousand that are as wished is equally likely.

    `search(wish, page)` gives a page. A place is drawn among those there may be; if there is none so far behind, it is
    drawn anew among those before, which leaves the draw even. What was learnt of a wish saves the next draw its misses.
    """

    def __init__(self, search: Callable[[MediaWish, int], Awaitable[Found[MediaRow]]]) -> None:
        self._search = search
        self._bounds: OrderedDict[MediaWish, int] = OrderedDict()

    async def draw(self, wish: MediaWish, *, rng: Random) -> Card[MediaRow]:
        """A work. Raises `NotFound` if there is none."""
        first = await self._search(wish, 1)
        if first.more:
            for _ in range(DRAWS):
                place = rng.randrange(self._bounds.get(wish, REACHABLE))
                page, offset = divmod(place, PAGE_SIZE)
                found = await self._search(wish, page + 1)
                self._learn(wish, page, found)
                if offset < len(found.items):
                    return Card(found.items[offset], found.age_s, found.stale)
        if not first.items:
            raise NotFound(SERVICE, f"{wish.kind.lower()} like this")
        return Card(rng.choice(first.items), first.age_s, first.stale)

    def _learn(self, wish: MediaWish, page: int, found: Found[MediaRow]) -> None:
        """A page that is not the last may lack places, of what was deleted; the last one tells how many there are."""
        known = self._bounds.get(wish, REACHABLE)
        if found.more and (page + 1) * PAGE_SIZE >= known:
            self._bounds.pop(wish, None)  # more has come
        elif not found.more:
            self._bounds[wish] = max(page * PAGE_SIZE + len(found.items), PAGE_SIZE)
            self._bounds.move_to_end(wish)
        if len(self._bounds) > MAX_KNOWN:
            self._bounds.popitem(last=False)
