"""A list of which something cannot be read is not taken for one without it: it is written, or given as complete."""

from __future__ import annotations

import msgspec
import pytest

from bot.errors import BadAnswer
from bot.http import Credential, Secret
from bot.vndb.api.list_change import EntryChange, Remake
from bot.vndb.api.whole_list import Whose
from tests.support.transport import Reply
from tests.vndb.fake import FakeVndb

MINE = Credential(Secret("secret"), "Token", "one")
FINE: dict[str, object] = {"id": "v2", "vote": 80, "labels": [{"id": 2, "label": "Finished"}], "releases": []}
ODD: list[object] = [
    None,
    7,
    {},
    FINE | {"id": 17},
    FINE | {"id": "r17"},
    FINE | {"vote": "75"},
    FINE | {"vote": 75.5},
    FINE | {"notes": ["one"]},
    FINE | {"labels": [{"id": "2"}]},
    FINE | {"releases": [{"id": 12, "list_status": 2}]},
    FINE | {"releases": [{"id": "r12", "list_status": "2"}]},
]


@pytest.mark.parametrize("row", ODD, ids=str)
async def test_a_row_that_cannot_be_read_is_not_left_out(row: object) -> None:
    fake = FakeVndb()
    fake.reply = Reply(body=msgspec.json.encode({"results": [FINE | {"id": "v1"}, row], "more": False}))
    with pytest.raises(BadAnswer):
        await fake.vndb.whole_lists.fetch_part(Whose("u3"))
    with pytest.raises(BadAnswer):
        await fake.vndb.my_list.fetch_entry("v17", MINE)
    with pytest.raises(BadAnswer):
        await fake.vndb.my_list.fetch_release("r12", MINE)


@pytest.mark.parametrize("row", ODD[5:], ids=str)
async def test_of_many_it_is_told_which_cannot_be_read(row: object) -> None:
    fake = FakeVndb()
    fake.reply = Reply(body=msgspec.json.encode({"results": [FINE | {"id": "v1"}, row], "more": False}))
    standing = await fake.vndb.whole_lists.fetch_standing(["v1", "v2", "v17", "r5"], MINE)
    assert (list(standing.entries), standing.unread) == (["v1"], {"v2", "r5"})


@pytest.mark.parametrize("row", ODD[:5], ids=str)
async def test_of_many_a_row_without_an_id_leaves_nobody_knowing_which(row: object) -> None:
    fake = FakeVndb()
    fake.reply = Reply(body=msgspec.json.encode({"results": [FINE | {"id": "v1"}, row], "more": False}))
    with pytest.raises(BadAnswer):
        await fake.vndb.whole_lists.fetch_standing(["v1", "v17"], MINE)


@pytest.mark.parametrize("private", [1, "true", None])
async def test_labels_of_which_nobody_can_say_whether_they_are_private_are_none(private: object) -> None:
    fake = FakeVndb()
    labels = [{"id": 1, "label": "Playing", "private": False}, {"id": 12, "label": "Secret", "private": private}]
    fake.reply = Reply(body=msgspec.json.encode({"labels": labels}))
    with pytest.raises(BadAnswer):
        await fake.vndb.my_list.fetch_labels(MINE)


@pytest.mark.parametrize("row", ODD, ids=str)
async def test_nothing_is_made_anew_of_an_entry_that_cannot_be_read(row: object) -> None:
    fake = FakeVndb()
    fake.reply = Reply(body=msgspec.json.encode({"results": [row], "more": False}))
    with pytest.raises(BadAnswer):
        await fake.vndb.my_list.remake(Remake("v2", ("started",), EntryChange(vote=80), ()), MINE)
    assert [sent.request.method for sent in fake.transport.sent] == ["POST"]


@pytest.mark.parametrize("row", [None, {"id": 17, "title": "Ever17"}, {"id": "v17", "title": 17}], ids=str)
async def test_a_novel_that_cannot_be_read_is_not_taken_for_one_that_vndb_does_not_have(row: object) -> None:
    fake = FakeVndb()
    fake.reply = Reply(body=msgspec.json.encode({"results": [row], "more": False}))
    with pytest.raises(BadAnswer):
        await fake.vndb.whole_lists.find_titles(["v17"])


async def test_what_is_not_on_the_list_is_not_there() -> None:
    fake = FakeVndb()
    fake.reply = Reply(body=msgspec.json.encode({"results": [FINE], "more": False}))
    standing = await fake.vndb.whole_lists.fetch_standing(["v2", "v17"], MINE)
    assert (standing.has("v2"), standing.has("v17")) == (True, False)
