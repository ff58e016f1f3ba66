"""Every endpoint of VNDB, over a real socket to the sample service."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from bot.errors import InvalidInput, NotFound
from bot.http import AiohttpTransport, Client, MemoryCache, SystemClock
from bot.playground.service import SampleVndb, start_sample_services
from bot.vndb.api import where
from bot.vndb.api.client import Vndb, policy
from bot.vndb.api.filter import Filter
from bot.vndb.api.kind import (
    CHARACTER,
    LIST_ENTRY,
    PRODUCER,
    QUOTE,
    RELEASE,
    STAFF,
    TAG,
    TRAIT,
    VN,
    VN_DETAILS,
    Kind,
)
from bot.vndb.api.model import Vn
from bot.vndb.api.query import ListQuery
from bot.vndb.api.user import Labels

KINDS: list[tuple[Kind[Any], str]] = [
    (VN, "v17"),
    (VN_DETAILS, "v17"),
    (RELEASE, "r13"),
    (PRODUCER, "p24"),
    (CHARACTER, "c35"),
    (STAFF, "s33"),
    (TAG, "g19"),
    (TRAIT, "i42"),
    (QUOTE, "q7"),
]
NAMES = [
    (VN, "steins", "v2002"),
    (RELEASE, "clannad", "r13"),
    (PRODUCER, "visualart", "p24"),
    (CHARACTER, "hououin", "c34"),
    (STAFF, "matsushima", "s33"),
    (TAG, "time travel", "g19"),
    (TRAIT, "hair", "i1"),
]


NOVELS_INSIDE: list[tuple[Kind[Any], Callable[[Any], Sequence[Vn]]]] = [
    (RELEASE, lambda release: release.vns),
    (CHARACTER, lambda character: character.vns),
    (QUOTE, lambda quote: [quote.vn]),
]


@dataclass
class Running:
    """The client under test, and what it talks to."""

    vndb: Vndb
    service: SampleVndb

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.service.requests]


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    services = await start_sample_services()
    client = Client(
        AiohttpTransport("tests"),
        clock=SystemClock(),
        cache=MemoryCache(),
        policies=[policy()],
        rng=random.Random(1),
    )
    yield Running(Vndb(client, base_url=services.vndb.api_url, rng=random.Random(1)), services.vndb)
    await client.close()
    await services.stop()


@pytest.mark.parametrize(("kind", "entry_id"), KINDS, ids=[kind.key for kind, _ in KINDS])
async def test_a_card_of_every_kind_is_read(running: Running, kind: Kind[Any], entry_id: str) -> None:
    card = await running.vndb.fetch(kind, entry_id)
    assert card.entry.id == entry_id
    assert isinstance(card.entry, kind.model)
    assert running.paths == [f"/kana/{kind.path}"]


@pytest.mark.parametrize(("kind", "entry_id"), KINDS, ids=[kind.key for kind, _ in KINDS])
async def test_a_missing_entry_of_every_kind_is_not_found(running: Running, kind: Kind[Any], entry_id: str) -> None:
    with pytest.raises(NotFound):
        await running.vndb.fetch(kind, f"{entry_id[0]}9999999")


@pytest.mark.parametrize("kind", [kind for kind, _ in KINDS], ids=lambda kind: kind.key)
async def test_a_list_of_every_kind_is_read_and_counted(running: Running, kind: Kind[Any]) -> None:
    query = ListQuery(kind, count=True, results=5)
    first = await running.vndb.fetch_list(query)
    assert first.count is not None
    assert first.count > 5
    assert 1 <= len(first.items) <= 5  # somebody with several names has several rows
    assert first.more


@pytest.mark.parametrize(("kind", "inside"), NOVELS_INSIDE, ids=[kind.key for kind, _ in NOVELS_INSIDE])
async def test_a_novel_inside_an_entry_comes_with_its_titles(
    running: Running, kind: Kind[Any], inside: Callable[[Any], Sequence[Vn]]
) -> None:
    row = (await running.vndb.fetch_list(ListQuery(kind, results=1))).items[0]
    card = await running.vndb.fetch(kind, row.id)
    assert all(vn.titles for entry in (row, card.entry) for vn in inside(entry))


@pytest.mark.parametrize(("kind", "text", "entry_id"), NAMES, ids=[kind.key for kind, _, _ in NAMES])
async def test_an_entry_of_every_kind_is_found_by_a_name(
    running: Running, kind: Kind[Any], text: str, entry_id: str
) -> None:
    assert entry_id in [entry.id for entry in (await running.vndb.search(kind, text)).items]


async def test_a_card_of_somebody_has_the_main_name_and_all_names(running: Running) -> None:
    staff = (await running.vndb.fetch(STAFF, "s33")).entry
    assert (staff.name, staff.ismain) == ("Hanazawa Kana", True)
    assert {alias.latin for alias in staff.aliases} == {"Hanazawa Kana", "Matsushima Seika"}


async def test_the_details_of_a_novel_hold_people_and_links(running: Running) -> None:
    vn = (await running.vndb.fetch(VN_DETAILS, "v2002")).entry
    assert vn.va[0].character.id
    assert vn.va[0].staff.name
    assert all(one.id for one in (*vn.relations, *vn.screenshots, *vn.staff))


async def test_entries_that_belong_to_others_are_listed(running: Running) -> None:
    releases = await running.vndb.fetch_list(ListQuery(RELEASE, where.RELEASE.vn.eq(where.VN.id.eq("v4"))))
    assert releases.items
    assert all("v4" in [vn.id for vn in release.vns] for release in releases.items)


async def test_a_page_past_the_end_is_empty_and_not_counted(running: Running) -> None:
    found = await running.vndb.fetch_list(ListQuery(VN, page=99, results=10, count=True))
    assert (found.items, found.count, found.more) == ([], None, False)


async def test_only_tags_that_can_be_searched_by_are_suggested(running: Running) -> None:
    assert [tag.id for tag in await running.vndb.suggest(TRAIT, "hair", asker=1)] == []
    assert (await running.vndb.suggest(TAG, "time travel", asker=1))[0].id == "g19"


async def test_somebody_is_found_by_name_and_id(running: Running) -> None:
    assert (await running.vndb.users.fetch_user("TestReader")).entry.id == "u3"
    assert (await running.vndb.users.fetch_user("u3")).entry.username == "testreader"
    with pytest.raises(NotFound):
        await running.vndb.users.fetch_user("NoUserWithThisNameExists")


async def test_the_public_labels_of_a_list_are_read(running: Running) -> None:
    labels = (await running.vndb.users.fetch_labels("u3")).labels
    assert {7: "Voted", 1: "Playing"}.items() <= {label.id: label.label for label in labels}.items()
    assert all(label.count is not None for label in labels)
    assert await running.vndb.users.fetch_labels("u99999") == Labels([])


async def test_a_public_list_is_read_best_vote_first(running: Running) -> None:
    voted: Filter[Any] = where.ULIST.label.eq(7)
    query = ListQuery(LIST_ENTRY, voted, user="u3", sort="vote", reverse=True, count=True)
    found = await running.vndb.fetch_list(query)
    votes = [entry.vote or 0 for entry in found.items]
    assert votes == sorted(votes, reverse=True)
    assert found.count == len(votes)
    assert all(entry.vn and entry.vn.title for entry in found.items)


async def test_all_votes_of_somebody_are_read(running: Running) -> None:
    votes = await running.vndb.users.fetch_votes("u3")
    assert votes.complete
    assert votes.entries
    assert all(entry.vote for entry in votes.entries)


async def test_an_advanced_search_can_be_joined_with_others(running: Running) -> None:
    wanted = await running.vndb.normalise(VN, "033gja72_0bG5k80j")
    assert wanted.nodes == 4
    found = await running.vndb.fetch_list(ListQuery(VN, wanted))
    assert all(vn.olang == "ja" and (vn.released or "") >= "2010" for vn in found.items)


async def test_an_advanced_search_that_is_none_is_refused(running: Running) -> None:
    with pytest.raises(InvalidInput):
        await running.vndb.normalise(VN, "zzzz")


async def test_a_random_novel_is_like_what_was_asked_for(running: Running) -> None:
    drawn = await running.vndb.fetch_random(where.VN.olang.eq("en"))
    assert drawn.card.entry.olang == "en"
    assert drawn.compact is not None
    assert (await running.vndb.normalise(VN, drawn.compact)).json == ("olang", "=", "en")


async def test_a_random_character_and_a_random_quote_are_whole(running: Running) -> None:
    assert (await running.vndb.fetch_random_character()).entry.name
    quote = (await running.vndb.fetch_random_quote()).entry
    assert quote.quote
    assert quote.vn is not None
    assert quote.vn.id


async def test_similar_novels_come_with_falling_scores_and_from_two_queries(running: Running) -> None:
    similar = await running.vndb.fetch_similar("v2002", age_restricted=False)
    scores = [score for _, score in similar.ranked]
    assert similar.base.entry.id == "v2002"
    assert all(vn.image for vn, _ in similar.ranked)
    assert scores
    assert scores == sorted(scores, reverse=True)
    known = {"v2002", *(relation.id for relation in similar.base.entry.relations)}
    assert known.isdisjoint(vn.id for vn, _ in similar.ranked)
    assert len(running.paths) == 2


async def test_similar_novels_are_remembered(running: Running) -> None:
    for _ in range(2):
        await running.vndb.fetch_similar("v2002", age_restricted=True)
    assert len(running.paths) == 2


async def test_the_statistics_and_the_names_are_read(running: Running) -> None:
    stats = (await running.vndb.fetch_stats()).entry
    assert min(stats.vn, stats.releases, stats.chars, stats.producers, stats.staff, stats.tags, stats.traits) > 0
    assert (await running.vndb.fetch_names()).language("ja") == "Japanese"


async def test_nothing_that_was_asked_breaks_a_limit(running: Running) -> None:
    for kind, entry_id in KINDS:
        await running.vndb.fetch(kind, entry_id)
        await running.vndb.fetch_list(ListQuery(kind, results=100))
    assert running.service.violations == 0
