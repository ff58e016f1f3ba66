"""`/vn recommend`, as people use it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bot.playground.engine import texts
from bot.vndb.api.client import OWN_LABELS
from bot.vndb.api.user import LABELS, WISHLIST
from tests.flow.account_message import ask, link
from tests.flow.conftest import Place
from tests.flow.vn_message import list_values, press

READER, FAVOURITES = "u3", 10
Payload = dict[str, Any]


async def test_it_names_novels_that_are_not_on_the_list_and_why(shared: Place) -> None:
    said, _ = await ask(shared, "vn recommend", user="testreader")
    assert said.startswith("## What testreader may like\n-# By the tags of what they voted on")
    assert "Time Travel" in said
    listed, _ = await ask(shared, "vndb list", user="testreader")
    titles = [line.split(". ", 1)[1].split("**")[0] for line in said.splitlines() if line.startswith("**")]
    assert titles
    assert not [title for title in titles if title in listed]


async def recommend_of(place: Place, labels: list[int]) -> tuple[str, set[str]]:
    """What is recommended to somebody who has all that they have not voted on under these labels."""
    own = place.services.vndb.lists.find(READER)
    assert own is not None
    voted = {vn: entry for vn, entry in own.entries.items() if entry.vote is not None}
    others = [one.id for one in place.services.vndb.library.vn if one.id not in voted]
    entry = msgspec.structs.replace(own.entries["v17"], labels=labels, vote=None)
    own.entries = voted | {vn: msgspec.structs.replace(entry, vn=vn) for vn in others}
    message = await (await place.reader.slash(place.general, "vn recommend", user=READER)).message()
    return texts(message), set(list_values(message)) & set(others)


@pytest.mark.parametrize(
    ("labels", "recommended"),
    [([WISHLIST], True), ([FAVOURITES], False), ([WISHLIST, FAVOURITES], False), ([2], False), ([WISHLIST, 2], False)],
)
async def test_of_a_list_no_more_is_recommended_than_what_is_wished_for(
    place: Place, labels: list[int], recommended: bool
) -> None:
    said, found = await recommend_of(place, labels)
    assert ("without what is on their list but for wishes" in said) is recommended
    assert bool(found) is recommended


async def test_of_many_labels_of_ones_own_those_that_are_used_most_count(place: Place) -> None:
    own = place.services.vndb.lists.find(READER)
    assert own is not None
    own.labels = {**own.labels, **{number: f"Empty {number}" for number in range(100, 200)}, 300: "Read elsewhere"}
    _, found = await recommend_of(place, [300])
    assert not found
    (asked,) = [str(request.body) for request in place.services.vndb.requests if "dtag" in str(request.body)]
    assert asked.count("'label'") == len(LABELS) - 1 + OWN_LABELS


async def test_while_nobody_can_see_ones_labels_the_others_count(place: Place) -> None:
    place.services.vndb.choose_fault = lambda call: "500" if "ulist_labels" in call.request.path else None
    said, _ = await ask(place, "vn recommend", user=READER)
    assert said.startswith("## What testreader may like")


async def test_who_linked_an_account_needs_no_name(shared: Place) -> None:
    await link(shared, "VNDB", "testreader")
    said, private = await ask(shared, "vn recommend")
    assert "What testreader may like" in said
    assert private


async def test_without_an_account_it_is_said_how_to_link_one(shared: Place) -> None:
    said, _ = await ask(shared, "vn recommend")
    assert "You have not linked an account on VNDB yet" in said


async def test_who_voted_on_too_few_is_told_how_many_it_takes(shared: Place) -> None:
    said, _ = await ask(shared, "vn recommend", user="u7")
    assert said.startswith("VNDB has no recommendation for ")
    assert "that takes 5 public votes" in said


async def test_pages_turn_and_come_back_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        exchange = await unconnected.reader.slash(unconnected.general, "vn recommend", user="testreader")
        message = await exchange.message()
    async with unconnected.connected():
        covers = await (await press(unconnected.reader, message, "Covers")).message()
        assert "What testreader may like" in texts(covers)


async def test_while_vndb_is_down_it_says_so(place: Place) -> None:
    place.services.vndb.fault = "500"
    said, _ = await ask(place, "vn recommend", user="testreader")
    assert "VNDB" in said
    assert "##" not in said
