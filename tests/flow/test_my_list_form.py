"""What is typed about one's own list is written to the list that the form was about. What is not taken is not lost."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import msgspec
import pytest

from bot.account.token import HeldToken, Tokens
from bot.errors import StoreError
from bot.playground.engine import texts, walk
from bot.playground.service.vndb import token
from bot.playground.service.vndb.entry import Listed
from bot.playground.service.vndb.list import UserList
from tests.flow.conftest import Place
from tests.flow.my_list_message import (
    ACCESS,
    OTHER,
    RW,
    connected,
    fail_writes,
    find_id,
    find_listed,
    give_status,
    link,
    list_writes,
    open_modal,
    open_panel,
    type_into,
)
from tests.flow.vn_message import press

Payload = dict[str, Any]

WRITTEN = "A long thought about this novel, written on a train. " * 8
KEPT = "What you typed is kept for an hour: “Notes” opens with it while the account that it is about is linked."


@pytest.fixture
async def linked(unconnected: Place, registered: list[dict[str, Any]]) -> AsyncGenerator[Place]:
    """Everything, with a reader who linked their token."""
    async with connected(unconnected, registered):
        await link(unconnected, unconnected.reader)
        yield unconnected


def read_notes(modal: Payload) -> str:
    """What stands in the form."""
    (field,) = [one for one in walk(modal["components"]) if one.get("custom_id") == "notes"]
    return str(field.get("value") or "")


async def refuse(place: Place) -> Payload:
    """What is said to whoever types notes while VNDB is away. It is back after that."""
    panel = await open_panel(place, place.reader)
    fail_writes(place, "502", "502")
    return await type_into(place.reader, panel, "Notes", notes=WRITTEN)


# Whose list it is


@pytest.mark.parametrize(
    ("label", "typed"), [("Notes", {"notes": "private thoughts"}), ("Vote", {"vote": "5"}), ("Start and finish", {})]
)
async def test_a_form_about_one_list_is_not_written_to_another_that_was_looked_at_since(
    linked: Place, label: str, typed: dict[str, str]
) -> None:
    opened = await press(linked.reader, await open_panel(linked, linked.reader), label)
    await link(linked, linked.reader, OTHER)
    await open_panel(linked, linked.reader)
    said = texts(await (await linked.reader.submit(opened, typed)).message())
    assert "Nothing was changed. The form was about the list of the token that was linked before." in said
    assert list_writes(linked) == []


async def test_a_form_about_one_list_is_not_written_to_another_after_a_restart(
    unconnected: Place, registered: list[dict[str, Any]]
) -> None:
    place = unconnected
    async with connected(place, registered):
        await link(place, place.reader)
        opened = await press(place.reader, await open_panel(place, place.reader), "Notes")
        await link(place, place.reader, OTHER)
    async with connected(place, registered):
        said = texts(await (await place.reader.submit(opened, {"notes": "private thoughts"})).message())
        assert "The form was about the list of the token that was linked before." in said
        assert list_writes(place) == []


async def test_a_form_is_written_after_a_restart_and_when_the_same_account_is_linked_anew(
    unconnected: Place, registered: list[dict[str, Any]]
) -> None:
    place = unconnected
    async with connected(place, registered):
        await link(place, place.reader)
        opened = await press(place.reader, await open_panel(place, place.reader), "Notes")
    async with connected(place, registered):
        await link(place, place.reader)
        await place.reader.submit(opened, {"notes": "a thought"})
        assert find_listed(place).notes == "a thought"


@pytest.mark.parametrize("answer", ["Remove", "Take it away"])
async def test_a_question_about_one_list_is_not_answered_on_another(linked: Place, answer: str) -> None:
    panel = await open_panel(linked, linked.reader)
    if answer == "Remove":
        asked = await (await press(linked.reader, panel, "Remove")).message()
    else:
        asked = await type_into(linked.reader, panel, "Start and finish", started="", finished="2022-02-01")
    await link(linked, linked.reader, OTHER)
    await type_into(linked.reader, await open_panel(linked, linked.reader), "Start and finish", started="2024-01-01")
    said = texts(await (await press(linked.reader, asked, answer)).message())
    assert "Nothing was changed. The question was about the list of the token that was linked before." in said
    other = linked.services.vndb.lists.find("u7")
    assert other is not None
    assert other.entries["v17"].started == "2024-01-01"


async def test_nothing_of_one_list_is_shown_as_another_while_vndb_is_away(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    await link(linked, linked.reader, OTHER)
    fail_writes(linked, reads=("502",) * 9)
    opened = await press(linked.reader, panel, "Vote")
    refused = texts(await (await linked.reader.submit(opened, {"vote": "5"})).message())
    assert refused == "The form was about the list of the token that was linked before."


def list_of_other(place: Place) -> UserList:
    """The list of the account that is linked afterwards, on which v17 is private, and labels are others."""
    other = place.services.vndb.lists.find("u7")
    assert other is not None
    other.labels = {**other.labels, 10: "Secret", 11: "For all to see"}
    other.private_labels |= {2, 10}
    other.entries["v17"] = Listed("v17", 1, labels=[2, 10], notes="nobody is to read this")
    return other


@pytest.mark.parametrize(("select", "chosen"), [("mine-labels:", "11"), ("mine-status:", "4")])
async def test_what_is_chosen_in_the_panel_of_one_list_is_not_given_on_another(
    linked: Place, select: str, chosen: str
) -> None:
    panel = await open_panel(linked, linked.reader)
    other = list_of_other(linked)
    await link(linked, linked.reader, OTHER)
    refused = await (await linked.reader.select(panel, find_id(panel, select), [chosen])).message()
    assert "Nothing was changed. The panel was about the list of the token that was linked before." in texts(refused)
    assert (sorted(other.entries["v17"].labels), other.is_private(other.entries["v17"])) == ([2, 10], True)
    assert "> nobody is to read this" in texts(refused)
    await linked.reader.select(refused, find_id(refused, select), [chosen])
    assert int(chosen) in other.entries["v17"].labels


async def test_a_release_is_not_changed_on_another_list_than_its_panel_is_about(linked: Place) -> None:
    first = await give_status(linked.reader, await open_panel(linked, linked.reader, "r40"), 2)
    second = await open_panel(linked, linked.reader, "r40")
    other = list_of_other(linked)
    other.releases["r40"] = 2
    await link(linked, linked.reader, OTHER)
    assert "The panel was about the list" in texts(await give_status(linked.reader, first, 3))
    refused = await (await press(linked.reader, second, "Remove")).message()
    assert "Nothing was changed. The panel was about the list of the token that was linked before." in texts(refused)
    assert other.releases["r40"] == 2
    await press(linked.reader, refused, "Remove")
    assert "r40" not in other.releases


# What was changed meanwhile


async def test_notes_that_were_changed_while_a_form_was_open_are_not_lost_unsaid(linked: Place) -> None:
    computer = await press(linked.reader, await open_panel(linked, linked.reader), "Notes")
    await type_into(linked.reader, await open_panel(linked, linked.reader), "Notes", notes="from the telephone")
    refused = await (await linked.reader.submit(computer, {"notes": WRITTEN})).message()
    assert "Nothing was changed. The form was opened before this was changed elsewhere" in texts(refused)
    assert "> from the telephone" in texts(refused)
    assert KEPT in texts(refused)
    assert find_listed(linked).notes == "from the telephone"
    again = await press(linked.reader, refused, "Notes")
    assert again.modal is not None
    await linked.reader.submit(again, {"notes": read_notes(again.modal)})
    assert find_listed(linked).notes == WRITTEN.strip()


async def test_a_day_that_was_changed_while_a_form_was_open_stays(linked: Place) -> None:
    computer = await press(linked.reader, await open_panel(linked, linked.reader), "Start and finish")
    phone = await open_panel(linked, linked.reader)
    await type_into(linked.reader, phone, "Start and finish", started="2021-01-01")
    refused = await (await linked.reader.submit(computer, {"finished": "2023-03-03"})).message()
    assert "The form was opened before this was changed elsewhere" in texts(refused)
    assert (find_listed(linked).started, find_listed(linked).finished) == ("2021-01-01", "2022-02-01")


async def test_notes_are_not_written_where_what_the_form_held_is_not_shown_any_more(linked: Place) -> None:
    """As of a novel that went off the list elsewhere, and of private ones that the token may not read any more."""
    opened = await press(linked.reader, await open_panel(linked, linked.reader, "v2002"), "Notes")
    linked.services.vndb.tokens = token.Tokens({RW: token.Access("u3", frozenset({"listwrite"}))})
    lists = linked.services.vndb.lists.find("u3")
    assert lists is not None
    lists.entries["v2002"] = before = msgspec.structs.replace(lists.entries["v2002"], labels=[], vote=None)
    assert KEPT in texts(await (await linked.reader.submit(opened, {"notes": WRITTEN})).message())
    assert lists.entries["v2002"] == before


async def test_a_form_that_says_what_stands_there_by_now_is_taken(linked: Place) -> None:
    computer = await press(linked.reader, await open_panel(linked, linked.reader), "Vote")
    await type_into(linked.reader, await open_panel(linked, linked.reader), "Vote", vote="7")
    assert "✅ Saved" in texts(await (await linked.reader.submit(computer, {"vote": "7.0"})).message())


async def test_notes_that_were_changed_during_a_restart_are_not_lost_unsaid(
    unconnected: Place, registered: list[dict[str, Any]]
) -> None:
    place = unconnected
    async with connected(place, registered):
        await link(place, place.reader)
        opened = await press(place.reader, await open_panel(place, place.reader), "Notes")
    lists = place.services.vndb.lists.find("u3")
    assert lists is not None
    lists.entries["v17"] = msgspec.structs.replace(find_listed(place), notes="from VNDB's own page")
    async with connected(place, registered):
        refused = await (await place.reader.submit(opened, {"notes": WRITTEN})).message()
        assert "The form was opened before this was changed elsewhere" in texts(refused)
        assert find_listed(place).notes == "from VNDB's own page"


@pytest.mark.parametrize("typed", ["5", ""])
async def test_of_a_novel_that_vndb_deleted_while_a_form_was_open_it_is_said(linked: Place, typed: str) -> None:
    opened = await press(linked.reader, await open_panel(linked, linked.reader, "v2002"), "Vote")
    linked.services.vndb.lists.hidden.add("v2002")
    refused = await (await linked.reader.submit(opened, {"vote": typed})).message()
    assert "Nothing was changed. VNDB has no entry v2002 any more." in texts(refused)
    assert "can be removed, and not changed" in texts(refused)
    asked = await (await press(linked.reader, refused, "Remove")).message()
    await press(linked.reader, asked, "Remove")
    assert find_listed(linked, "v2002") is None


async def test_a_novel_that_went_off_the_list_while_a_form_was_open_is_not_said_to_be_deleted(linked: Place) -> None:
    opened = await press(linked.reader, await open_panel(linked, linked.reader, "v2002"), "Vote")
    lists = linked.services.vndb.lists.find("u3")
    assert lists is not None
    del lists.entries["v2002"]
    refused = texts(await (await linked.reader.submit(opened, {"vote": "5"})).message())
    assert "The form was opened before this was changed elsewhere" in refused
    assert "Not on your list yet." in refused


# What was not taken


@pytest.mark.parametrize("why", ["too long", "VNDB is away"])
async def test_notes_that_were_not_taken_are_not_lost_to_whoever_wrote_them(linked: Place, why: str) -> None:
    written = (WRITTEN * 5)[:2300] if why == "too long" else WRITTEN
    panel = await open_panel(linked, linked.reader)
    if why == "VNDB is away":
        fail_writes(linked, "502", "502")
    refused = await type_into(linked.reader, panel, "Notes", notes=written)
    assert KEPT in texts(refused)
    fail_writes(linked)
    modal = await open_modal(linked.reader, refused, "Notes")
    assert (modal["title"], read_notes(modal)) == ("Your notes, not saved yet", written)
    saved = await type_into(linked.reader, refused, "Notes", notes=written[:1000])
    assert KEPT not in texts(saved)
    modal = await open_modal(linked.reader, saved, "Notes")
    assert (modal["title"], read_notes(modal)) == ("Your notes", written[:1000].strip())


async def test_notes_of_which_nobody_knows_whether_they_were_taken_are_kept(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    fail_writes(linked, "lost", reads=(None, "502", "502", "502", "502"))
    unsure = await type_into(linked.reader, panel, "Notes", notes=WRITTEN)
    assert "VNDB did not say whether it took the change." in texts(unsure)
    assert KEPT in texts(unsure)
    assert read_notes(await open_modal(linked.reader, unsure, "Notes")) == WRITTEN


async def test_notes_that_vndb_took_without_an_answer_are_not_said_to_be_unsaved(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    fail_writes(linked, reads=(None, "502", "502", "502", "502", "502", "502", "502", "502"))
    unsure = await type_into(linked.reader, panel, "Notes", notes=WRITTEN)
    fail_writes(linked)
    assert KEPT in texts(unsure)
    seen = await (await press(linked.reader, unsure, "Look again")).message()
    assert "> A long thought" in texts(seen)
    modal = await open_modal(linked.reader, seen, "Notes")
    assert (modal["title"], read_notes(modal)) == ("Your notes", WRITTEN.strip())
    lists = linked.services.vndb.lists.find("u3")
    assert lists is not None
    lists.entries["v17"] = msgspec.structs.replace(find_listed(linked), notes="newer, from VNDB's own page")
    seen = await (await press(linked.reader, seen, "Look again")).message()
    assert read_notes(await open_modal(linked.reader, seen, "Notes")) == "newer, from VNDB's own page"


async def test_notes_outlast_the_token_that_was_taken_back(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    linked.services.vndb.tokens.revoke(RW)
    said = texts(await type_into(linked.reader, panel, "Notes", notes=WRITTEN))
    assert "VNDB does not know this token" in said
    assert KEPT in said
    linked.services.vndb.tokens = token.Tokens(ACCESS)
    await link(linked, linked.reader)
    assert read_notes(await open_modal(linked.reader, await open_panel(linked, linked.reader), "Notes")) == WRITTEN


async def test_notes_outlast_a_database_that_is_away(linked: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = await open_panel(linked, linked.reader)
    opened = await press(linked.reader, panel, "Notes")

    async def fail(*_: object) -> HeldToken:
        raise StoreError("it is away")

    with monkeypatch.context() as away:
        away.setattr(Tokens, "require", fail)
        exchange = await linked.reader.submit(opened, {"notes": WRITTEN})
        assert "Shiori cannot reach its own database" in texts(await exchange.message())
        assert KEPT in texts(await exchange.follow_up())
    assert read_notes(await open_modal(linked.reader, panel, "Notes")) == WRITTEN


async def test_notes_about_one_list_are_in_no_form_about_another(linked: Place) -> None:
    opened = await press(linked.reader, await open_panel(linked, linked.reader), "Notes")
    await link(linked, linked.reader, OTHER)
    refused = await (await linked.reader.submit(opened, {"notes": WRITTEN})).message()
    assert KEPT in texts(refused)
    assert read_notes(await open_modal(linked.reader, refused, "Notes")) == ""
    await link(linked, linked.reader)
    assert read_notes(await open_modal(linked.reader, await open_panel(linked, linked.reader), "Notes")) == WRITTEN


async def test_who_typed_about_another_list_while_vndb_is_away_is_told_where_it_is(linked: Place) -> None:
    opened = await press(linked.reader, await open_panel(linked, linked.reader), "Notes")
    await link(linked, linked.reader, OTHER)
    fail_writes(linked, reads=("502",) * 9)
    exchange = await linked.reader.submit(opened, {"notes": WRITTEN})
    assert "was about the list of the token that was linked before" in texts(await exchange.message())
    assert KEPT in texts(await exchange.follow_up())


@pytest.mark.parametrize("how", ["emptied", "unlinked", "deleted"])
async def test_notes_that_somebody_wants_no_more_are_kept_no_longer(linked: Place, how: str) -> None:
    refused = await refuse(linked)
    assert read_notes(await open_modal(linked.reader, refused, "Notes")) == WRITTEN
    if how == "emptied":
        await type_into(linked.reader, refused, "Notes", notes="")
    elif how == "unlinked":
        await linked.reader.slash(linked.general, "vndb unlink")
    else:
        mine = await (await linked.reader.slash(linked.general, "me")).message()
        asked = await (await linked.reader.press(mine, "me:delete")).message()
        await linked.reader.press(asked, "me:delete!")
    await link(linked, linked.reader)
    assert read_notes(await open_modal(linked.reader, await open_panel(linked, linked.reader), "Notes")) == ""


async def test_what_is_no_vote_is_not_said_to_be_kept(linked: Place) -> None:
    refused = await refuse(linked)
    assert KEPT not in texts(await type_into(linked.reader, refused, "Vote", vote="great"))
