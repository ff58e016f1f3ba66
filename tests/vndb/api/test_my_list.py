"""A person's own list, read and changed with their token, over a real socket to the sample VNDB."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.errors import (
    MalformedToken,
    MissingPermission,
    NotConfirmed,
    NotFound,
    Rejected,
    ServiceError,
    Throttled,
    Unavailable,
    UnknownToken,
)
from bot.http import AiohttpTransport, Client, Credential, MemoryCache, Secret, SystemClock
from bot.playground.service import SampleVndb, start_sample_services
from bot.playground.service.fault import Fault
from bot.playground.service.sample import Call
from bot.playground.service.vndb.token import Access
from bot.vndb.api.client import Vndb, policy
from bot.vndb.api.list_change import EntryChange, Remake, build_remake, choose_labels, choose_status
from bot.vndb.api.model import ListEntry
from bot.vndb.api.my_list import MyList, OwnedRelease, is_public

BOTH = frozenset({"listread", "listwrite"})
RW, OTHER = "efso-br1cz-bzoyj-ah4u-8ybtm-a56po-gbzk", "7ycy-yyyy9-juob4-bryo-7ybjj-na34y-qxxf"
READ, WRITE = "1cao-yfqdn-djyy9-fn6c-1ybwg-zjixo-85bq", "th9y-b6bpi-6koyi-4ogk-8yyii-th7ry-8sbx"
ACCESS = {
    RW: Access("u3", BOTH),
    OTHER: Access("u7", BOTH),
    READ: Access("u3", frozenset({"listread"})),
    WRITE: Access("u3", frozenset({"listwrite"})),
}


def open_with(token: str, owner: str = "one") -> Credential:
    return Credential(Secret(token), "Token", owner)


MINE = open_with(RW)


@dataclass
class Running:
    """The client under test, and what it talks to. `faults` are what the next writes meet, and `later` the reads."""

    vndb: Vndb
    service: SampleVndb
    faults: list[Fault | None] = field(default_factory=list[Fault | None])
    later: list[Fault | None] = field(default_factory=list[Fault | None])

    @property
    def mine(self) -> MyList:
        return self.vndb.my_list

    @property
    def asked(self) -> list[str]:
        return [f"{one.method} {one.path.removeprefix('/kana')}" for one in self.service.requests]

    @property
    def bodies(self) -> list[Any]:
        return [one.body for one in self.service.requests if one.method == "PATCH"]

    def choose_fault(self, call: Call) -> Fault | None:
        writes = call.request.method in {"PATCH", "DELETE"}
        faults = self.faults if writes else self.later
        return faults.pop(0) if faults else None


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    services = await start_sample_services(vndb=SampleVndb(tokens=ACCESS))
    client = Client(
        AiohttpTransport("tests"),
        clock=SystemClock(),
        cache=MemoryCache(),
        policies=[policy()],
        rng=random.Random(1),
    )
    running = Running(Vndb(client, base_url=services.vndb.api_url, rng=random.Random(1)), services.vndb)
    services.vndb.choose_fault = running.choose_fault
    yield running
    await client.close()
    await services.stop()


def name_labels(entry: ListEntry | None) -> list[str]:
    return [one.label for one in entry.labels] if entry else ["not on the list"]


# What is there


async def test_an_entry_is_read_with_all_that_it_has(running: Running) -> None:
    entry = await running.mine.fetch_entry("v17", MINE)
    assert entry is not None
    assert (entry.vote, entry.started, entry.finished, entry.notes) == (90, "2022-01-05", "2022-02-01", None)
    assert sorted(one.id for one in entry.labels) == [2, 7, 10]
    assert [(one.id, one.list_status) for one in entry.releases] == [("r40", 1)]
    assert await running.mine.fetch_entry("v33", MINE) is None


async def test_what_is_private_is_read_by_its_owner_alone(running: Running) -> None:
    entry = await running.mine.fetch_entry("v67", MINE)
    assert name_labels(entry) == ["Secret shelf"]
    assert await running.mine.fetch_entry("v67", open_with(OTHER)) is None
    assert await running.mine.fetch_entry("v67", open_with(WRITE)) is None


async def test_labels_are_read_with_the_private_ones_and_no_label_where_that_is_permitted(running: Running) -> None:
    labels = await running.mine.fetch_labels(MINE)
    assert {one.label: one.private for one in labels if one.id >= 10} == {"Favourites": False, "Secret shelf": True}
    assert 0 in {one.id for one in labels}
    public = await running.mine.fetch_labels(open_with(WRITE, "two"))
    assert {one.label for one in public if one.id == 0 or one.id >= 10} == {"Favourites"}


async def test_labels_are_kept_for_their_owner_alone(running: Running) -> None:
    own = await running.mine.fetch_labels(MINE)
    await running.mine.fetch_labels(MINE)
    others = await running.mine.fetch_labels(open_with(OTHER, "two"))
    assert running.asked == ["GET /ulist_labels"] * 2
    assert own != others
    await running.mine.fetch_labels(MINE, anew=True)
    assert running.asked == ["GET /ulist_labels"] * 3


async def test_an_entry_is_asked_for_anew_each_time(running: Running) -> None:
    await asyncio.gather(*(running.mine.fetch_entry("v17", MINE) for _ in range(3)))
    assert running.asked == ["POST /ulist"] * 3


async def test_a_release_is_read_with_the_novels_that_are_on_the_list(running: Running) -> None:
    assert await running.mine.fetch_release("r40", MINE) == OwnedRelease(1, ("v17",))
    assert await running.mine.fetch_release("r50", MINE) == OwnedRelease(None, ())


# What is changed


async def test_a_change_is_sent_once_and_what_vndb_has_then_is_given(running: Running) -> None:
    entry = await running.mine.change("v33", EntryChange(vote=85, notes="a\nb", started="2024-02-29"), MINE)
    assert entry is not None
    assert (entry.vote, entry.notes, entry.started, name_labels(entry)) == (85, "a\nb", "2024-02-29", ["Voted"])
    assert running.asked == ["PATCH /ulist/v33", "POST /ulist"]


async def test_a_status_takes_the_place_of_the_others_in_one_request_and_the_vote_stays(running: Running) -> None:
    entry = await running.mine.change("v17", choose_status(4), MINE)
    assert sorted(name_labels(entry)) == ["Dropped", "Favourites", "Voted"]
    assert running.bodies == [{"labels_set": [4], "labels_unset": [1, 2, 3, 5, 6]}]


async def test_own_labels_are_set_and_unset(running: Running) -> None:
    entry = await running.mine.change("v17", choose_labels([11], [10]), MINE)
    assert sorted(name_labels(entry)) == ["Finished", "Secret shelf", "Voted"]


async def test_vote_and_notes_are_taken_away(running: Running) -> None:
    entry = await running.mine.change("v2002", EntryChange(vote=None, notes=None), MINE)
    assert entry is not None
    assert (entry.vote, entry.notes, sorted(name_labels(entry))) == (None, None, ["Favourites", "Finished"])
    assert running.bodies == [{"vote": None, "notes": None}]


async def test_an_entry_is_removed_with_its_releases(running: Running) -> None:
    assert await running.mine.remove("v17", MINE) is None
    assert await running.mine.fetch_release("r40", MINE) == OwnedRelease(None, ())
    assert await running.mine.remove("v17", MINE) is None  # there is none, and that is no error


async def test_a_release_brings_its_novel_and_leaves_it_there(running: Running) -> None:
    assert await running.mine.change_release("r50", 2, MINE) == OwnedRelease(2, ("v19",))
    assert name_labels(await running.mine.fetch_entry("v19", MINE)) == []
    assert await running.mine.change_release("r50", 0, MINE) == OwnedRelease(0, ("v19",))
    assert await running.mine.remove_release("r50", MINE) == OwnedRelease(None, ("v19",))
    assert name_labels(await running.mine.fetch_entry("v19", MINE)) == []


async def test_a_release_of_several_novels_brings_all_of_them(running: Running) -> None:
    assert await running.mine.change_release("r51", 4, MINE) == OwnedRelease(4, ("v17", "v19"))


async def test_who_can_read_an_entry_follows_its_labels(running: Running) -> None:
    labels = await running.mine.fetch_labels(MINE)

    async def look(change: EntryChange) -> bool:
        entry = await running.mine.change("v33", change, MINE)
        assert entry is not None
        shown = await running.mine.fetch_entry("v33", open_with(WRITE))  # it reads as everybody does
        assert is_public(entry, labels) == (shown is not None)
        return shown is not None

    assert not await look(EntryChange())
    assert await look(choose_status(5))
    assert await look(choose_labels([11], []))
    assert not await look(choose_status(0))
    assert await look(EntryChange(vote=70))
    assert not await look(EntryChange(vote=None, labels_set=(999,)))


# What goes wrong


@pytest.mark.parametrize("fault", ["lost", "500", "502", "timeout", "rubbish", "cut", "redirect"])
async def test_a_change_whose_answer_was_lost_is_looked_up_and_made(running: Running, fault: Fault) -> None:
    running.faults = [fault]
    entry = await running.mine.change("v17", EntryChange(vote=55), MINE)
    assert entry is not None
    assert entry.vote == 55
    writes = ["PATCH /ulist/v17"] if fault == "lost" else ["PATCH /ulist/v17"] * 2
    assert [one for one in running.asked if one.startswith("PATCH")] == writes


async def remove(mine: MyList) -> bool:
    return await mine.remove("v17", MINE) is None


async def lend(mine: MyList) -> bool:
    return await mine.change_release("r40", 3, MINE) == OwnedRelease(3, ("v17",))


async def give_away(mine: MyList) -> bool:
    return await mine.remove_release("r40", MINE) == OwnedRelease(None, ("v17",))


@pytest.mark.parametrize("change", [remove, lend, give_away])
@pytest.mark.parametrize("fault", ["lost", "502"])
async def test_so_is_every_other_change(
    running: Running, fault: Fault, change: Callable[[MyList], Awaitable[bool]]
) -> None:
    running.faults = [fault]
    assert await change(running.mine)
    assert sum(one.startswith(("PATCH", "DELETE")) for one in running.asked) <= 2


async def test_a_change_that_fails_twice_was_not_made_and_says_why(running: Running) -> None:
    running.faults = ["500", "502"]
    with pytest.raises(Unavailable) as caught:
        await running.mine.change("v17", EntryChange(vote=55), MINE)
    assert not isinstance(caught.value, NotConfirmed)
    entry = await running.mine.fetch_entry("v17", MINE)
    assert entry is not None
    assert entry.vote == 90


@pytest.mark.parametrize("fault", ["lost", "502"])
async def test_where_it_cannot_be_looked_up_nobody_knows(running: Running, fault: Fault) -> None:
    running.faults, running.later = [fault], ["502", "502", "502"]
    with pytest.raises(NotConfirmed) as caught:
        await running.mine.change("v17", EntryChange(vote=55), MINE)
    assert not caught.value.taken


async def test_what_was_taken_and_cannot_be_shown_is_told_apart(running: Running) -> None:
    running.later = ["502", "502", "502"]
    with pytest.raises(NotConfirmed) as caught:
        await running.mine.change("v17", EntryChange(vote=55), MINE)
    assert caught.value.taken
    entry = await running.mine.fetch_entry("v17", MINE)
    assert entry is not None
    assert entry.vote == 55


@pytest.mark.parametrize(
    ("token", "error"),
    [
        (READ, MissingPermission),
        ("se7y-y4wr8-8yybz-xfkf-cybr9-83rgy-g8t1", UnknownToken),
        ("abc", MalformedToken),
    ],
)
async def test_a_refused_token_is_told_by_its_kind_and_nothing_is_changed(
    running: Running, token: str, error: type[ServiceError]
) -> None:
    for change in (
        running.mine.change("v17", EntryChange(vote=55), open_with(token)),
        running.mine.remove("v17", open_with(token)),
        running.mine.change_release("r40", 3, open_with(token)),
        running.mine.remove_release("r40", open_with(token)),
    ):
        with pytest.raises(error):
            await change
    assert all(not one.startswith("POST") for one in running.asked)
    entry = await running.mine.fetch_entry("v17", MINE)
    assert entry is not None
    assert (entry.vote, [one.list_status for one in entry.releases]) == (90, [1])


async def test_what_vndb_has_no_more_is_told_and_can_still_be_removed(running: Running) -> None:
    running.service.lists.hidden |= {"v17", "r129"}
    with pytest.raises(NotFound):
        await running.mine.change("v17", EntryChange(vote=55), MINE)
    with pytest.raises(NotFound):
        await running.mine.change_release("r129", 1, MINE)
    assert await running.mine.fetch_entry("v17", MINE) is None
    assert await running.mine.remove("v17", MINE) is None
    running.service.lists.hidden.clear()
    assert await running.mine.fetch_entry("v17", MINE) is None


async def test_what_vndb_refuses_is_neither_looked_up_nor_repeated(running: Running) -> None:
    with pytest.raises(Rejected) as caught:
        await running.mine.change("v17", EntryChange(vote=5), MINE)
    assert caught.value.status == 400
    assert running.asked == ["PATCH /ulist/v17"]


async def test_a_throttled_change_is_neither_looked_up_nor_repeated(running: Running) -> None:
    running.faults = ["429"]
    with pytest.raises(Throttled):
        await running.mine.change("v17", EntryChange(vote=55), MINE)
    assert running.asked == ["PATCH /ulist/v17"]


async def test_nothing_of_the_token_is_in_what_is_sent_or_kept_but_its_header(running: Running) -> None:
    await running.mine.change("v17", EntryChange(vote=55), MINE)
    await running.mine.fetch_labels(MINE)
    seen = "".join(f"{one.path}{one.query}{one.body}" for one in running.service.requests)
    assert RW not in seen


# An entry that is made anew


def describe(entry: ListEntry | None) -> object:
    """All of an entry but when it was written."""
    if entry is None:
        return None
    labels = sorted(label.id for label in entry.labels)
    releases = [(one.id, one.list_status) for one in entry.releases]
    return entry.vote, entry.notes, entry.started, entry.finished, labels, releases


ANEW = (90, "kept", None, "2022-02-01", [2, 7, 10, 11], [("r40", 1), ("r44", 3), ("r51", 4)])


async def fill(mine: MyList) -> Remake:
    """An entry with everything that one can have, and what it is without its start."""
    await mine.change_release("r44", 3, MINE)
    await mine.change_release("r51", 4, MINE)
    entry = await mine.change("v17", EntryChange(notes="kept", labels_set=(11,)), MINE)
    assert entry is not None
    return build_remake(entry, ["started"])


async def test_made_anew_an_entry_has_lost_its_day_alone(running: Running) -> None:
    remake = await fill(running.mine)
    assert describe(await running.mine.remake(remake, MINE)) == ANEW


@pytest.mark.parametrize("fault", ["502", "lost"])
@pytest.mark.parametrize("number", range(5))
async def test_wherever_it_broke_off_it_is_gone_on_with(running: Running, number: int, fault: Fault) -> None:
    remake = await fill(running.mine)
    running.faults = [*[None] * number, fault, fault]
    once = asyncio.create_task(running.mine.remake(remake, MINE))
    await asyncio.wait([once])
    assert (once.exception() is None) is (fault == "lost" or number == 5)
    running.faults = []
    assert describe(await running.mine.remake(remake, MINE)) == ANEW
    assert describe(await running.mine.remake(remake, MINE)) == ANEW  # and once more does nothing


async def test_an_entry_that_was_changed_since_is_left_as_it_is(running: Running) -> None:
    remake = await fill(running.mine)
    await running.mine.change("v17", EntryChange(vote=40), MINE)
    before = await running.mine.fetch_entry("v17", MINE)
    assert await running.mine.remake(remake, MINE) == before
    assert before is not None
    assert before.started == "2022-01-05"


async def test_a_release_that_was_deleted_meanwhile_is_passed_over(running: Running) -> None:
    remake = await fill(running.mine)
    running.service.lists.hidden.add("r44")
    entry = await running.mine.remake(remake, MINE)
    assert entry is not None
    assert [one.id for one in entry.releases] == ["r40", "r51"]
