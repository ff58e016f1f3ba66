"""A token whose owner takes `listread` from it on VNDB once it is linked: what is private is left out of all that VNDB
answers from then on, and nothing says so.
"""

from __future__ import annotations

from msgspec.structs import replace

from bot.playground.engine import texts
from bot.playground.service.vndb.token import Access, Tokens
from tests.flow.conftest import Place
from tests.flow.my_list_message import find_listed, give_status, list_writes, open_panel, type_into
from tests.flow.token_message import RW
from tests.flow.transfer_message import count_writes, export, linked, list_of, offer
from tests.flow.vn_message import press

LACKS = "lacks `listread`"


def take_listread(place: Place) -> None:
    """As when it is unticked on VNDB's page of the token."""
    place.services.vndb.tokens = Tokens({RW: Access("u3", frozenset({"listwrite"}))})


# Files


async def test_a_file_is_not_compared_with_half_a_list(unconnected: Place) -> None:
    """A novel that stands there privately would be one to be added, and its notes those of the file."""
    async with linked(unconnected):
        mine = list_of(unconnected)
        assert mine.is_private(mine.entries["v67"])
        take_listread(unconnected)
        assert LACKS in texts(await offer(unconnected, "id,notes\nv67,from an old file\n"))


async def test_an_import_that_was_offered_before_stops_and_writes_nothing(unconnected: Place) -> None:
    async with linked(unconnected):
        before = replace(list_of(unconnected).entries["v67"])
        offered = await offer(unconnected, "id,labels,notes\nv5,Secret shelf,\nv67,,from an old file\n")
        take_listread(unconnected)
        began = await press(unconnected.reader, offered, "Import, overwrite")
        message = await began.message()
        while not any(words in texts(message) for words in ("Import stopped", "Import finished")):
            message = await began.changed()
        assert "Import stopped" in texts(message)
        assert LACKS in texts(message)
        assert list_of(unconnected).entries["v67"] == before
        assert count_writes(unconnected) == 0


async def test_half_a_list_is_not_exported_as_all_of_it(unconnected: Place) -> None:
    async with linked(unconnected):
        take_listread(unconnected)
        message = await export(unconnected)
        assert LACKS in texts(message)
        assert message["attachments"] == []


# The panel, which keeps the labels of a list for some minutes


async def test_a_private_entry_is_not_said_to_be_no_more_after_it_was_changed(unconnected: Place) -> None:
    async with linked(unconnected):
        panel = await open_panel(unconnected, unconnected.reader, "v67")
        take_listread(unconnected)
        said = texts(await type_into(unconnected.reader, panel, "Notes", notes="a private thought"))
        assert find_listed(unconnected, "v67").notes == "a private thought"
        assert "Not on your list" not in said
        assert LACKS in said


async def test_a_private_entry_or_release_is_not_said_to_be_no_more_when_it_is_looked_at(unconnected: Place) -> None:
    async with linked(unconnected):
        mine = list_of(unconnected)
        mine.private_labels |= {*mine.labels}
        panels = [await open_panel(unconnected, unconnected.reader, one) for one in ("v67", "r40")]
        take_listread(unconnected)
        again = [texts(await open_panel(unconnected, unconnected.reader, "v67"))]
        again += [texts(await (await press(unconnected.reader, one, "Look again")).message()) for one in panels]
        assert all(LACKS in said for said in again), again


async def test_a_private_status_is_not_said_to_have_been_changed_elsewhere(unconnected: Place) -> None:
    async with linked(unconnected):
        list_of(unconnected).private_labels |= {4}
        panels = [await open_panel(unconnected, unconnected.reader, one) for one in ("v17", "r40")]
        take_listread(unconnected)
        said = texts(await give_status(unconnected.reader, panels[0], 4))
        list_of(unconnected).private_labels |= {7, 10}
        said_of_release = texts(await give_status(unconnected.reader, panels[1], 2))
        assert (sorted(find_listed(unconnected).labels), list_of(unconnected).releases["r40"]) == ([4, 7, 10], 2)
        assert LACKS in said
        assert LACKS in said_of_release


async def test_what_is_not_shown_is_not_taken_away(unconnected: Place) -> None:
    """Neither with an entry that is removed, nor with one that is made anew without a day."""
    async with linked(unconnected):
        list_of(unconnected).private_labels |= {10}
        panel, other = [await open_panel(unconnected, unconnected.reader) for _ in range(2)]
        asked = await type_into(unconnected.reader, panel, "Start and finish", started="", finished="2022-02-01")
        take_listread(unconnected)
        assert LACKS in texts(await (await press(unconnected.reader, asked, "Take it away")).message())
        assert LACKS in texts(await (await press(unconnected.reader, other, "Remove")).message())
        assert sorted(find_listed(unconnected).labels) == [2, 7, 10]
        assert list_writes(unconnected) == []
