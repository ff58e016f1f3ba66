"""VNDB, the visual novel database: https://api.vndb.org/kana (free for non-commercial use).

What the records hold is in `model`, the kinds of entries are in `kind`, filters in `where`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, Sequence
from contextlib import suppress
from random import Random
from typing import Any, TypeVar, cast

import msgspec
from msgspec.structs import replace

from bot.errors import BadAnswer, InvalidInput, NotFound, Rejected, ServiceError
from bot.http import (
    Batcher,
    Client,
    Clock,
    LaneState,
    Lifetime,
    Policy,
    Priority,
    SystemClock,
    TimeAccount,
    Window,
    asking,
    find_key,
)
from bot.service.names import NamesAtHand
from bot.service.near_find import NearFinder
from bot.service.picture_host import PictureHosts
from bot.service.record import Card, Found
from bot.service.suggest import Suggester, clean
from bot.vndb.api import at_hand, where
from bot.vndb.api import names as vndb_names
from bot.vndb.api.draw import DrawQuestions
from bot.vndb.api.endpoint import Endpoints, read, read_record
from bot.vndb.api.error import SERVICE, examine
from bot.vndb.api.filter import Filter, all_of, any_of
from bot.vndb.api.kind import CHARACTER, QUOTE, STAFF, VN, Kind
from bot.vndb.api.model import Character, Quote, Stats, Vn, find_id
from bot.vndb.api.my_list import MyList
from bot.vndb.api.names import Names
from bot.vndb.api.normal import WHAT, parse_normalized, read_given
from bot.vndb.api.query import ListQuery, choose_results, split_query
from bot.vndb.api.random import RandomDraw
from bot.vndb.api.similar import CANDIDATE_FIELDS, build_candidates, choose_tags, rank
from bot.vndb.api.taste import Recommendation, find_taste, recommend
from bot.vndb.api.user import LABELS, WISHLIST, Users
from bot.vndb.api.where import check_search
from bot.vndb.api.whole_list import WholeLists

__all__ = ["SERVICE", "Drawn", "ListQuery", "Similar", "Vndb", "policy"]

T = TypeVar("T", bound=msgspec.Struct)

DEFAULT_URL = "https://api.vndb.org/kana"

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
# Votes and ratings are themselves up to an hour old on VNDB; the rest of an entry changes by hand, rarely.
CARD_LIFETIME = Lifetime(fresh_s=DAY_S, stale_s=7 * DAY_S, empty_s=600.0)
SEARCH_LIFETIME = Lifetime(fresh_s=DAY_S, stale_s=7 * DAY_S, empty_s=600.0)
STATS_LIFETIME = Lifetime(fresh_s=HOUR_S, stale_s=DAY_S, empty_s=600.0)
SCHEMA_LIFETIME = Lifetime(fresh_s=DAY_S, stale_s=30 * DAY_S, empty_s=600.0)
SAMPLE_LIFETIME = Lifetime(fresh_s=60.0, stale_s=60.0, empty_s=60.0)
# What an advanced search means never changes, but its tags may be merged or deleted.
NORMAL_LIFETIME = Lifetime(fresh_s=30 * DAY_S, stale_s=60 * DAY_S, empty_s=DAY_S)

# One page serves suggestions and what is typed on after it; so it asks for twice what is shown.
SEARCH_RESULTS = 50

BATCH_WINDOW_S = 0.01
OWN_LABELS = 20  # each is looked up for every novel that may be recommended
DRAWS = 3  # a drawn entry may have been deleted since
SCHEMA_WITHIN_S = 0.3  # names are not worth more of a person's time: there are built-in ones
SCHEMA_AGAIN_S = 60.0
TYPICAL_VNS = 60_000  # while the statistics are not at hand: only how rare a tag is depends on it

PICTURE_HOSTS = ("vndb.org",)  # t.vndb.org now, s.vndb.org and s2.vndb.org before


class Drawn(msgspec.Struct, frozen=True):
    """A random novel. `compact` is what it had to be like, in VNDB's compact form; None if it might be any."""

    card: Card[Vn]
    compact: str | None


class Similar(msgspec.Struct, frozen=True):
    """Novels like `base`, the most similar first, each with its score: the share of the tags in common, 0 to 1.

    `age_s` and `stale` as in `Found`.
    """

    base: Card[Vn]
    ranked: list[tuple[Vn, float]]
    age_s: float = 0.0
    stale: bool = False


def policy() -> Policy:
    """VNDB's limits.

    Published: 200 requests in 5 minutes, one second of execution time a minute, queries over 3 s are aborted.
    The server's code (lib/VNWeb/API.pm of https://code.blicky.net/yorhel/vndb) has for the time: 60 s of debt for
    each second, refusal at 300 s. Neither limit shows in a header; what a query cost is in the answer's `time`.
    """
    return Policy(
        service=SERVICE,
        windows=(Window(200, 300.0),),
        concurrency=2,  # polite: nothing is published
        timeout_s=5.0,  # the 3 s above, and the way there and back
        retries=1,
        longest_pause_s=300.0,  # then the window is over; VNDB itself sends no `Retry-After`
        time_account=TimeAccount(debt_per_s=60.0, refuse_at_s=300.0),
        examine=examine,
    )


class Vndb:
    """Questions to VNDB. Every coroutine raises `ServiceError` unless it says otherwise.

    `users`: those about people and their lists; `my_list`: those about somebody's own; `whole_lists`: those about many
    entries at once; `near`: those about misspelt names. `at_hand`: novels by their names, without asking.
    `with_anime`: the numbers of those that are known to have been made into an anime.
    """

    def __init__(
        self,
        client: Client,
        *,
        base_url: str = DEFAULT_URL,
        rng: Random,
        clock: Clock | None = None,
        at_hand: NamesAtHand[Vn] | None = None,
        with_anime: Container[int] = frozenset(),
    ) -> None:
        self.at_hand = at_hand or NamesAtHand[Vn]()
        self.with_anime = with_anime
        self._client = client
        self._clock = clock or SystemClock()
        pictures = PictureHosts(PICTURE_HOSTS, base_url)
        self._endpoints = Endpoints(client, base_url=base_url, pictures=pictures)
        self.users = Users(client, self._endpoints, clock=self._clock)
        self.my_list = MyList(client, self._endpoints)
        self.whole_lists = WholeLists(client, self._endpoints)
        self.near = NearFinder(SERVICE, clock=self._clock)
        self._names = vndb_names.BUILT_IN
        self._schema_again_at = float("-inf")
        self._batchers: dict[str, Batcher[str, bytes | None]] = {}
        self._suggesters: dict[str, Suggester[Any]] = {}
        self._vn_draw = self._build_draw(VN, rng)
        self._character_draw = self._build_draw(CHARACTER, rng)

    # Single entries

    def find_lane(self) -> LaneState:
        """How it stands with VNDB just now."""
        return self._client.lane(SERVICE)

    async def fetch(self, kind: Kind[T], entry_id: str) -> Card[T]:
        """One entry with the kind's card fields. Raises `NotFound` if there is none, `InvalidInput` if it is no id.

        Ids that are asked for at the same time share one query.
        """
        number = entry_id.removeprefix(kind.prefix)
        if number == entry_id or not number.isascii() or not number.isdigit():
            raise InvalidInput(f"{kind.noun} id", f"must look like {kind.prefix}17")
        known = find_id(kind.prefix + number.lstrip("0"), kind.prefix)
        if known is None:
            raise NotFound(SERVICE, f"{kind.noun} {entry_id}")
        answer = await self._client.cached(
            f"{SERVICE} {kind.key} {known}",
            CARD_LIFETIME,
            lambda: self._find_batcher(kind).load(known),
            service=SERVICE,
            what=kind.key,
        )
        if answer.body is None:
            raise NotFound(SERVICE, f"{kind.noun} {known}")
        card = Card(self._endpoints.read_entry(answer.body, kind.model), answer.age_s, answer.stale)
        if not answer.cached:
            self._see(kind, [card.entry])
        return card

    async def fetch_random(self, wanted: Filter[Vn] | None) -> Drawn:
        """A novel that `wanted` matches, each as likely as any other. Raises `NotFound` if there is none."""
        return Drawn(*await self._draw(VN, self._vn_draw, wanted))

    async def fetch_random_character(self) -> Card[Character]:
        """A character, each as likely as any other."""
        card, _ = await self._draw(CHARACTER, self._character_draw, None)
        return card

    async def fetch_random_quote(self) -> Card[Quote]:
        """A quote, chosen by VNDB: another one each time. Raises `NotFound` if there is none."""
        query = ListQuery(QUOTE, Filter(("random", "=", 1)), results=1, fields=QUOTE.card_fields)
        found = self._endpoints.list_entries(await self._endpoints.send(query, what="random quote"), QUOTE)
        if not found:
            raise NotFound(SERVICE, "quote")
        quote, _ = next(iter(found.values()))
        return Card(quote)

    async def fetch_similar(self, vn_id: str, *, age_restricted: bool) -> Similar:
        """Novels with the same telling tags as this one. Raises as `fetch` does."""
        base = await self.fetch(VN, vn_id)
        total = await self._find_total()
        tags = choose_tags(base.entry, age_restricted=age_restricted, total_vns=total)
        related = [relation.id for relation in base.entry.relations]
        wanted = build_candidates(tags, exclude=[base.entry.id, *related])
        if wanted is None:
            return Similar(base, [], base.age_s, base.stale)
        query = ListQuery(VN, wanted, sort="rating", reverse=True, results=100, fields=CANDIDATE_FIELDS)
        found = await self._endpoints.fetch(query, CARD_LIFETIME, what="similar vns")
        ranked = rank(base.entry, found.items, age_restricted=age_restricted, total_vns=total)
        return Similar(base, ranked, max(base.age_s, found.age_s), base.stale or found.stale)

    async def fetch_recommended(self, user_id: str, *, age_restricted: bool) -> Found[Recommendation]:
        """Novels that somebody (`u2`) has not on their public list, or for no more than a wish, and may like, the best
        first.

        A hundred at most; nothing if they voted on too few. Four questions, or five if they voted on over a hundred.
        """
        votes = await self.users.fetch_extremes(user_id)
        total = await self._find_total()
        taste = find_taste(votes.entries, age_restricted=age_restricted, total_vns=total)
        wanted = taste.build_candidates()
        if wanted is None:
            return Found([], more=False, age_s=votes.age_s, stale=votes.stale)
        known = [label for label in LABELS if label != WISHLIST] + await self._list_own_labels(user_id)
        unread = [where.VN.label.ne((user_id, label)) for label in known]
        query = ListQuery(
            VN, all_of(wanted, *unread), sort="votecount", reverse=True, results=100, fields=CANDIDATE_FIELDS
        )
        found = await self._endpoints.fetch(query, CARD_LIFETIME, what="recommended vns")
        ranked = recommend(taste, found.items, age_restricted=age_restricted, total_vns=total)
        return Found(ranked, more=False, age_s=max(votes.age_s, found.age_s), stale=votes.stale or found.stale)

    async def _list_own_labels(self, user_id: str) -> list[int]:
        """The labels of somebody's own making that most of their list carries; none while those cannot be had."""
        try:
            labels = (await self.users.fetch_labels(user_id)).labels
        except ServiceError:
            return []
        own = [label for label in labels if label.id not in LABELS]
        return [label.id for label in sorted(own, key=lambda label: -(label.count or 0))[:OWN_LABELS]]

    # Many entries

    async def fetch_best_known(self, page: int) -> Found[Vn]:
        """A page of the hundred novels that most people voted for; it is not kept."""
        return await self._fetch_once(at_hand.build_best_known(page), what="names of vns")

    async def fetch_with_anime(self, page: int) -> Found[Vn]:
        """A page of the ids of a hundred novels that there is an anime of; it is not kept either."""
        return await self._fetch_once(at_hand.build_with_anime(page), what="vns with anime")

    async def _fetch_once(self, query: ListQuery[T], *, what: str) -> Found[T]:
        page_found = await self._endpoints.send(query, what=what)
        entries = self._endpoints.list_entries(page_found, query.kind)
        return Found([entry for entry, _ in entries.values()], page_found.more)

    async def fetch_list(self, query: ListQuery[T], *, lifetime: Lifetime | None = None) -> Found[T]:
        """One page of entries, in several queries if its fields are too many for one; kept as searches are, or so long.

        `count` is None past the last page, where the server does not know it.
        """
        lifetime = lifetime or SEARCH_LIFETIME
        first, *others = split_query(query)
        found = await self._endpoints.fetch(first, lifetime, what=f"{query.kind.path} list")
        for other in others:
            if not found.more:
                break
            more = await self._endpoints.fetch(other, lifetime, what=f"{query.kind.path} list")
            found = replace(
                found,
                items=found.items + more.items,
                more=more.more,
                age_s=max(found.age_s, more.age_s),
                stale=found.stale or more.stale,
            )
        return found

    async def search(self, kind: Kind[T], text: str, *, results: int = 25) -> Found[T]:
        """Entries by any of their names, best match first, at most 50. Raises `InvalidInput` for no text."""
        wanted = clean(text).lower()
        check_search(wanted)
        found = await self._search(kind, wanted)
        more = found.more or len(found.items) > results
        return Found(found.items[:results], more, found.age_s, found.stale)

    async def suggest(self, kind: Kind[T], text: str, *, asker: int | None) -> list[T]:
        """Entries that may be meant by what was typed so far; of tags and traits only those that can be searched by.

        `asker`: who is typing it, letter by letter; None if it is a whole word. Never raises `ServiceError`.
        """
        suggester: Suggester[T] | None = self._suggesters.get(kind.key)
        if suggester is None:
            suggester = self._suggesters[kind.key] = Suggester(
                kind.model,
                fetch=lambda text: self._search(kind, text),
                peek=lambda text: self._endpoints.peek(_build_search(kind, text)),
                names=kind.list_names,
                clock=self._clock,
                at_hand=lambda text: self.find_at_hand(kind, text),
            )
        found = await suggester.suggest(text, asker=asker)
        # Somebody with several names has a row for each.
        unique = {getattr(entry, "id", ""): entry for entry in reversed(found) if getattr(entry, "searchable", True)}
        return list(reversed(unique.values()))

    async def find_at_hand(self, kind: Kind[T], text: str, *, called: bool = False) -> list[T]:
        """What may be meant by a text, or is `called` exactly so, of what is at hand: novels. Asks nobody."""
        if kind is not VN:
            return []
        find = self.at_hand.find_called if called else self.at_hand.find
        return cast("list[T]", await find(text, adult=True))  # titles of novels may stand everywhere

    def list_known(self, kind: Kind[T]) -> list[T]:
        """Entries that were suggested lately, the latest first. Asks nobody."""
        suggester: Suggester[T] | None = self._suggesters.get(kind.key)
        return [] if suggester is None else suggester.list_known()

    async def normalise(self, kind: Kind[T], given: str) -> Filter[T]:
        """Turn the `f=` of an address of VNDB's advanced search, or the JSON of a filter, into one to join with others.

        Raises `InvalidInput` if VNDB does not understand it, or it asks for nothing.
        """
        query = ListQuery(kind, read_given(given, kind.model), results=0, fields="id")

        async def load() -> bytes | None:
            request = self._endpoints.build_post(query, what="advanced search", normalized=True)
            try:
                response = await self._client.send(request)
            except Rejected as error:
                if error.status == 400:
                    return None
                raise
            with suppress(InvalidInput):
                read(parse_normalized, response.body)
            return response.body

        answer = await self._client.cached(
            f"{SERVICE} normal {kind.path} {given}",
            NORMAL_LIFETIME,
            load,
            service=SERVICE,
            what="advanced search",
        )
        if answer.body is None:
            raise InvalidInput(WHAT, "is not one that VNDB understands")
        return read(parse_normalized, answer.body)

    # VNDB itself

    async def fetch_stats(self) -> Card[Stats]:
        """How much VNDB has of each kind."""
        answer = await self._endpoints.get("stats", STATS_LIFETIME, is_empty=_is_empty_stats)
        return Card(read_record(answer.body, Stats), answer.age_s, answer.stale)

    async def fetch_names(self) -> Names:
        """The names of codes: VNDB's own, or built-in ones when those cannot be had at once.

        Never raises `ServiceError`.
        """
        if self._clock.monotonic() < self._schema_again_at:
            return self._names
        try:
            with asking(self._clock, within_s=SCHEMA_WITHIN_S, priority=Priority.AUTOCOMPLETE):
                answer = await self._endpoints.get("schema", SCHEMA_LIFETIME, is_empty=_is_empty_schema)
            self._names = read(vndb_names.parse_schema, answer.body)
        except ServiceError:
            pass  # those that are at hand will do
        self._schema_again_at = self._clock.monotonic() + SCHEMA_AGAIN_S
        return self._names

    # What stands behind them

    def _find_batcher(self, kind: Kind[T]) -> Batcher[str, bytes | None]:
        batcher = self._batchers.get(kind.key)
        if batcher is None:

            async def load(ids: Sequence[str]) -> list[bytes | BadAnswer | None]:
                return await self._load_batch(kind, ids)

            batcher = self._batchers[kind.key] = Batcher(
                load,
                max_size=choose_results(kind.card_fields, 100),
                window_s=BATCH_WINDOW_S,
                clock=self._clock,
                service=SERVICE,
            )
        return batcher

    async def _load_batch(self, kind: Kind[T], ids: Sequence[str]) -> list[bytes | BadAnswer | None]:
        """The record of each id as it came, None where there is none. They come in VNDB's order, not in ours.

        Where a row cannot be read, it may be that of any id that has none.
        """
        matches: list[Filter[T]] = [Filter(("id", "=", one)) for one in ids]
        wanted = any_of(*matches)
        if kind.path == STAFF.path:  # else there is a row for each name, and some do not fit on the page
            wanted = all_of(wanted, Filter(("ismain", "=", 1)))
        query = ListQuery(kind, wanted, results=len(ids), fields=kind.card_fields)
        page = await self._endpoints.send(query, what=f"{kind.key} by id", looks_up=True)
        records = self._endpoints.list_entries(page, kind)
        missing = BadAnswer(SERVICE, f"an odd {kind.noun}") if len(records) < len(page.results) else None
        return [records[one][1] if one in records else missing for one in ids]

    async def _search(self, kind: Kind[T], text: str) -> Found[T]:
        found = await self._endpoints.fetch(_build_search(kind, text), SEARCH_LIFETIME, what=f"{kind.path} search")
        if not found.age_s:
            self._see(kind, found.items)
        return found

    def _see(self, kind: Kind[T], entries: Sequence[T]) -> None:
        if kind is VN:
            self.at_hand.see(entry for entry in entries if isinstance(entry, Vn))

    async def _find_total(self) -> int:
        answer = await self._client.peek(find_key(self._endpoints.build_get("stats")))
        return TYPICAL_VNS if answer is None else read_record(answer.body, Stats).vn or TYPICAL_VNS

    async def _draw(self, kind: Kind[T], draw: RandomDraw[T], wanted: Filter[T] | None) -> tuple[Card[T], str | None]:
        for _ in range(DRAWS - 1):
            number, compacted = await draw.draw(wanted)
            with suppress(NotFound):  # deleted since
                return await self.fetch(kind, f"{kind.prefix}{number}"), compacted
        number, compacted = await draw.draw(wanted)
        return await self.fetch(kind, f"{kind.prefix}{number}"), compacted

    def _build_draw(self, kind: Kind[T], rng: Random) -> RandomDraw[T]:
        questions = DrawQuestions(kind, self._endpoints, SEARCH_LIFETIME)
        return RandomDraw(kind, ask=questions, share=self._share, rng=rng, clock=self._clock)

    async def _share(self, key: str, load: Callable[[], Awaitable[bytes]]) -> bytes:
        """Run `load` once for all who ask at the same time: the client's own single flight does it."""
        answer = await self._client.cached(
            f"{SERVICE} random {key}", SAMPLE_LIFETIME, load, service=SERVICE, what="random"
        )
        return answer.body or b""


def _build_search(kind: Kind[T], text: str) -> ListQuery[T]:
    return ListQuery(kind, Filter(("search", "=", text)), sort="searchrank", results=SEARCH_RESULTS)


# What cannot be read raises here, before it is kept.


def _is_empty_stats(body: bytes) -> bool:
    return not read_record(body, Stats).vn


def _is_empty_schema(body: bytes) -> bool:
    return not read(vndb_names.parse_schema, body).languages
