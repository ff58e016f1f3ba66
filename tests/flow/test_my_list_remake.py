"""Between an entry being taken off a list and being put back, much can happen: nothing is lost, and all is said."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from typing import Any

import msgspec
import pytest

from bot.playground.engine import texts, walk
from bot.playground.service.fault import Fault
from bot.playground.service.vndb.entry import Listed
from bot.transfer.record import ImportRecords, Job
from bot.vndb.api.whole_list import Standing, WholeLists
from tests.flow.conftest import Place
from tests.flow.my_list_message import (
    OTHER,
    connected,
    fail_writes,
    find_listed,
    give_status,
    link,
    open_panel,
    type_into,
)
from tests.flow.setting_message import run_sql
from tests.flow.transfer_message import offer, wait_until_said
from tests.flow.vn_message import press

Payload = dict[str, Any]

LONG_AWAY: tuple[Fault, ...] = ("502",) * 20


@pytest.fixture
async def linked(unconnected: Place, registered: list[dict[str, Any]]) -> AsyncGenerator[Place]:
    """Everything, with a reader who linked their token."""
    async with connected(unconnected, registered):
        await link(unconnected, unconnected.reader)
        yield unconnected


async def take_start_away(place: Place, *faults: Fault | None) -> Payload:
    """What is said to whoever takes the start off v17, while these come of the writes."""
    panel = await open_panel(place, place.reader)
    asked = await type_into(place.reader, panel, "Start and finish", started="", finished="2022-02-01")
    fail_writes(place, *faults)
    return await (await press(place.reader, asked, "Take it away")).message()


async def break_off(place: Place) -> Payload:
    """What is said once v17 is taken off, and is not put back."""
    said = await take_start_away(place, None, "502", "502")
    assert find_listed(place) is None
    return said


async def ask_delete(place: Place) -> Payload:
    mine = await (await place.reader.slash(place.general, "me")).message()
    return await (await place.reader.press(mine, "me:delete")).message()


@pytest.mark.parametrize("status", [0, 3])
async def test_what_is_to_be_put_back_is_before_a_release_is_put_on_the_list(linked: Place, status: int) -> None:
    """VNDB makes an entry for a release, which says nothing: it is not what the person had."""
    release = await open_panel(linked, linked.reader, "r40")
    await break_off(linked)
    fail_writes(linked)
    said = await give_status(linked.reader, release, status)
    assert "Saved on VNDB" in texts(said)
    listed = find_listed(linked)
    assert (listed.vote, listed.started) == (90, None)
    assert linked.services.vndb.lists.find("u3").releases["r40"] == status  # pyright: ignore[reportOptionalMemberAccess]


async def test_a_release_is_not_put_on_the_list_while_its_novel_cannot_be_put_back(linked: Place) -> None:
    release = await open_panel(linked, linked.reader, "r40")
    await break_off(linked)
    fail_writes(linked, *LONG_AWAY)
    assert "Nothing was changed" in texts(await give_status(linked.reader, release, 2))
    fail_writes(linked)
    await open_panel(linked, linked.reader)
    assert find_listed(linked).vote == 90


async def test_an_entry_that_vndb_made_for_a_release_is_no_change_of_the_persons(linked: Place) -> None:
    """As where they put a release on their list on VNDB's own pages. Its status stays as they chose it there."""
    broken = await break_off(linked)
    fail_writes(linked)
    lists = linked.services.vndb.lists.find("u3")
    assert lists is not None
    lists.releases["r40"] = 1
    lists.entries["v17"] = Listed("v17", 1)
    await (await press(linked.reader, broken, "Look again")).message()
    assert find_listed(linked).vote == 90
    assert lists.releases["r40"] == 1


async def test_an_import_writes_to_what_was_put_back(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    await type_into(linked.reader, panel, "Notes", notes="my dear notes")
    offered = await offer(linked, "id,vote\nv17,7\n")
    await break_off(linked)
    fail_writes(linked)
    began = await press(linked.reader, offered, "Import, overwrite")
    await wait_until_said(began, "Import finished")
    assert (find_listed(linked).vote, find_listed(linked).notes) == (70, "my dear notes")


async def test_an_import_is_compared_with_what_was_put_back(linked: Place) -> None:
    await break_off(linked)
    fail_writes(linked)
    assert "1 that are there and differ" in texts(await offer(linked, "id,vote\nv17,7\n"))
    assert find_listed(linked).vote == 90


async def test_what_can_be_put_back_is_before_the_token_goes(linked: Place) -> None:
    await break_off(linked)
    fail_writes(linked)
    said = texts(await (await linked.reader.slash(linked.general, "vndb unlink")).message())
    assert "deleted" in said
    assert "was being made anew" not in said
    assert find_listed(linked).vote == 90


async def test_what_cannot_be_is_said_and_is_once_a_token_is_linked_again(linked: Place) -> None:
    await break_off(linked)
    fail_writes(linked, *LONG_AWAY)
    said = texts(await (await linked.reader.slash(linked.general, "vndb unlink")).message())
    assert "✅ Your VNDB token is deleted" in said
    assert "An entry was being made anew, and VNDB did not take it back yet: [v17](https://vndb.org/v17)." in said
    fail_writes(linked)
    await link(linked, linked.reader)
    await linked.shiori.my_list.remakes.go_on_with_all()
    assert find_listed(linked).vote == 90


async def test_so_it_is_before_another_account_is_linked(linked: Place) -> None:
    await break_off(linked)
    fail_writes(linked)
    screen = await (await linked.reader.slash(linked.general, "vndb link")).message()
    said = await type_into(linked.reader, screen, "Enter another token", token=OTHER)
    assert "in place of" in texts(said)
    assert "was being made anew" not in texts(said)
    assert find_listed(linked).vote == 90


async def test_who_has_all_deleted_is_told_before_what_is_off_their_list(linked: Place) -> None:
    assert "VNDB list was being made anew" not in texts(await ask_delete(linked))
    await break_off(linked)
    fail_writes(linked)
    question = await ask_delete(linked)
    assert "An entry of your VNDB list was being made anew, and VNDB did not take it back yet." in texts(question)
    await (await linked.reader.press(question, "me:delete!")).message()
    assert find_listed(linked).vote == 90


async def test_a_day_that_was_not_changed_is_said_where_the_other_one_was_emptied(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    fail_writes(linked, "502", "502")
    said = texts(await type_into(linked.reader, panel, "Start and finish", started="", finished="2023-03-03"))
    assert "Nothing was changed" in said
    assert "Take away" not in said


async def test_a_day_that_was_changed_is_said_where_the_other_one_was_emptied(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    said = texts(await type_into(linked.reader, panel, "Start and finish", started="", finished="2023-03-03"))
    assert "**Take away the start?**" in said
    assert "✅ The other day is saved on VNDB." in said
    assert find_listed(linked).finished == "2023-03-03"


async def test_notes_of_any_alphabet_are_changed_whole(linked: Place) -> None:
    """VNDB counts characters, and Discord counts some of them twice."""
    lists = linked.services.vndb.lists.find("u3")
    assert lists is not None
    notes = "😀" * 1990 + " the end"
    lists.entries["v17"] = msgspec.structs.replace(find_listed(linked), notes=notes)
    opened = await press(linked.reader, await open_panel(linked, linked.reader), "Notes")
    assert opened.modal is not None
    (field,) = [one for one in walk(opened.modal["components"]) if one.get("custom_id") == "notes"]
    await (await linked.reader.submit(opened, {"notes": "𠮷" + field["value"]})).message()
    assert find_listed(linked).notes == "𠮷" + notes


async def test_a_row_of_an_import_waits_for_what_is_taken_off_meanwhile(
    linked: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = await open_panel(linked, linked.reader)
    await type_into(linked.reader, panel, "Notes", notes="my dear notes")
    offered = await offer(linked, "id,vote\nv5,6\nv17,7\n")
    begin, begun = ImportRecords.begin_row, Counter[int]()

    async def begin_row(records: ImportRecords, job: Job, number: int, **told: Any) -> bool:
        begun[number] += 1
        if begun.total() == 2:  # the first of them is written
            await break_off(linked)
            fail_writes(linked)
        return await begin(records, job, number, **told)

    monkeypatch.setattr(ImportRecords, "begin_row", begin_row)
    await wait_until_said(await press(linked.reader, offered, "Import, overwrite"), "Import finished")
    assert (find_listed(linked).vote, find_listed(linked).notes) == (70, "my dear notes")
    assert sorted(begun.values()) == [1, 2]


async def test_what_is_off_the_list_for_a_moment_is_not_taken_for_taken_off(
    linked: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = await offer(linked, "id,vote\nv17,7\n")
    look, looked = WholeLists.fetch_standing, Counter[str]()

    async def look_then(lists: WholeLists, *told: Any) -> Standing:
        looked["at the list"] += 1
        if looked.total() == 1:
            await break_off(linked)
            fail_writes(linked)
        return await look(lists, *told)

    monkeypatch.setattr(WholeLists, "fetch_standing", look_then)
    over = await wait_until_said(await press(linked.reader, offered, "Import, overwrite"), "Import finished")
    assert "1 change made" in texts(over)
    assert find_listed(linked).vote == 70


async def test_an_entry_that_was_never_taken_off_and_is_cleared_since_stays_so(linked: Place) -> None:
    lists = linked.services.vndb.lists.find("u3")
    assert lists is not None
    broken = await take_start_away(linked, "502", "502")
    fail_writes(linked)
    lists.entries["v17"] = Listed("v17", find_listed(linked).added)
    await (await press(linked.reader, broken, "Look again")).message()
    assert (find_listed(linked).vote, find_listed(linked).labels) == (None, [])


async def break_off_and_link_another(place: Place) -> str:
    """What is said to whoever links a token of u7 while v17 is off the list of u3, and cannot be put back."""
    await break_off(place)
    fail_writes(place, *LONG_AWAY)
    screen = await (await place.reader.slash(place.general, "vndb link")).message()
    said = texts(await type_into(place.reader, screen, "Enter another token", token=OTHER))
    fail_writes(place)
    assert find_listed(place) is None
    return said


async def link_first_again(place: Place) -> None:
    await link(place, place.reader)
    await place.shiori.my_list.remakes.go_on_with_all()


async def test_what_is_to_be_put_back_on_one_list_stays_when_the_novel_is_taken_off_another(linked: Place) -> None:
    said = await break_off_and_link_another(linked)
    assert "until you link a token of that account again; then Shiori puts it back" in said
    panel = await give_status(linked.reader, await open_panel(linked, linked.reader), 5)
    question = await (await press(linked.reader, panel, "Remove")).message()
    await press(linked.reader, question, "Remove")
    await link_first_again(linked)
    assert find_listed(linked).vote == 90


async def test_what_is_to_be_put_back_on_one_list_stays_when_it_is_made_anew_on_another(linked: Place) -> None:
    await break_off_and_link_another(linked)
    panel = await give_status(linked.reader, await open_panel(linked, linked.reader), 5)
    panel = await type_into(linked.reader, panel, "Start and finish", started="2024-01-01", finished="")
    question = await type_into(linked.reader, panel, "Start and finish", started="", finished="")
    await press(linked.reader, question, "Take it away")
    await link_first_again(linked)
    assert find_listed(linked).vote == 90


async def test_an_import_into_one_list_does_not_wait_for_what_is_off_another(linked: Place) -> None:
    await break_off_and_link_another(linked)
    began = await press(linked.reader, await offer(linked, "id,vote\nv17,7\n"), "Import")
    await wait_until_said(began, "Import finished")
    other = linked.services.vndb.lists.find("u7")
    assert other is not None
    assert other.entries["v17"].vote == 70


async def test_what_is_off_the_list_of_another_account_is_not_said_of_this_one(linked: Place) -> None:
    assert "was being made anew" in await break_off_and_link_another(linked)
    said = await (await linked.reader.slash(linked.general, "vndb unlink")).message()
    assert "was being made anew" not in texts(said)


async def test_what_was_taken_off_before_accounts_were_told_apart_is_put_back_on_its_own_list(linked: Place) -> None:
    await break_off_and_link_another(linked)
    await asyncio.to_thread(run_sql, linked, "UPDATE vndb_remake SET uid = ''")
    await link_first_again(linked)
    assert find_listed(linked).vote == 90
