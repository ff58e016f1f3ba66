"""`/vndb import` and `/vndb export`, as people use them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import sqlite3
import time
from typing import cast

import pytest
from msgspec.structs import replace

from bot.account.model import Account
from bot.http import Secret
from bot.interaction.reply import REFUSED
from bot.playground.engine import RestFault, texts
from bot.playground.engine.message import Upload
from bot.playground.service.fault import Fault
from bot.playground.service.sample import Call
from bot.playground.service.vndb.entry import Listed
from bot.transfer.model import FILE_AT_MOST, ListFile
from bot.transfer.read import read_file
from tests.flow.conftest import Place
from tests.flow.my_list_message import give_status, open_panel, type_into
from tests.flow.preview_message import wait_until
from tests.flow.token_message import KEY, RW, connected
from tests.flow.transfer_message import (
    BOTH,
    bring,
    count_writes,
    export,
    link,
    linked,
    list_of,
    look,
    offer,
    read_files,
    wait_until_said,
)
from tests.flow.vn_message import find_button, press
from tests.store.database import run_sql

TABLE = (
    "id,title,status,vote,labels,started,finished,notes,releases\n"
    "v17,,Finished,7.5,Favourites,2022-01-05,2022-02-01,,r40=Obtained\n"  # its vote differs
    "v11,,Playing,,,,,,\n"  # its status differs
    "v24,,Wishlist,,,,,,\n"  # as it is
    "v5,,Finished,8,Nakige,2024-02-29,2023-02-29,=2+3,\n"  # new, with a label and a day that there are not
    "v9999999,,,,,,,,\n"
)
NEW = "id,vote\n" + "".join(f"{vn_id},6\n" for vn_id in ("v5", "v13", "v18", "v19", "v33"))


# What would change


async def test_nothing_is_written_before_it_was_shown_and_cancelled_it_never_is(unconnected: Place) -> None:
    async with linked(unconnected):
        before = dict(list_of(unconnected).entries)
        exchange = await bring(unconnected, TABLE)
        offered = await exchange.message()
        assert exchange.ephemeral
        said = texts(offered)
        for words in (
            "list.csv has 5 novels, for **testreader** on VNDB",
            "1 to be added",
            "2 that are there and differ (vote 1, status 1)",
            "1 release to be added",
            "1 as they are already",
            "1 that VNDB does not have, left out: v9999999",
            "Labels that you do not have, left out: Nakige (1)",
            "v5: finished “2023-02-29” is no day that there is",
            "Little Busters!",
            "Nothing is taken off your list, and what the file leaves empty stays as it is on VNDB.",
        ):
            assert words in said
        assert "forgotten" in texts(await (await press(unconnected.reader, offered, "Cancel")).message())
        assert list_of(unconnected).entries == before
        assert count_writes(unconnected) == 0


async def test_of_a_list_that_cannot_be_read_whole_nothing_is_offered_and_no_file_is_made(unconnected: Place) -> None:
    async with linked(unconnected):
        entries = list_of(unconnected).entries
        entries["v17"] = replace(entries["v17"], vote=cast("int", "85"))
        said = await offer(unconnected, TABLE)
        assert texts(said).startswith("VNDB answered with something Shiori does not understand.")
        said = await (await unconnected.reader.slash(unconnected.general, "vndb export")).message()
        assert texts(said).startswith("VNDB answered with something Shiori does not understand.")
        assert not said["attachments"]


async def test_what_is_there_is_overwritten_if_that_is_chosen(unconnected: Place) -> None:
    async with linked(unconnected):
        began = await press(unconnected.reader, await offer(unconnected, TABLE), "Import, overwrite")
        done = await wait_until_said(began, "Import finished")
        assert "4 changes made" in texts(done)
        mine = list_of(unconnected)
        assert (mine.entries["v17"].vote, mine.entries["v11"].labels, mine.releases["r40"]) == (75, [1], 2)
        new = mine.entries["v5"]
        assert (new.vote, new.labels, new.started, new.finished, new.notes) == (80, [2, 7], "2024-02-29", None, "=2+3")
        assert mine.entries["v17"].labels == [2, 7, 10]


async def test_what_is_there_is_kept_if_that_is_chosen(unconnected: Place) -> None:
    async with linked(unconnected):
        before = dict(list_of(unconnected).entries)
        began = await press(unconnected.reader, await offer(unconnected, TABLE), "Import, keep VNDB's")
        done = texts(await wait_until_said(began, "Import finished"))
        assert "1 change made" in done
        assert "3 left as VNDB has them" in done
        after = dict(list_of(unconnected).entries)
        assert after.pop("v5").vote == 80
        assert after == before


async def test_what_came_onto_the_list_since_it_was_offered_is_left_as_it_is(unconnected: Place) -> None:
    place = unconnected
    async with linked(place):
        offered = await offer(place, "id,status,vote\nv5,Finished,6\n")
        panel = await give_status(place.reader, await open_panel(place, place.reader, "v5"), 1)
        await type_into(place.reader, panel, "Vote", vote="9")
        over = await wait_until_said(await press(place.reader, offered, "Import"), "Import finished")
        assert "1 left as VNDB has them" in texts(over)
        entry = list_of(place).entries["v5"]
        assert (entry.vote, sorted(entry.labels)) == (90, [1, 7])


async def test_that_holds_for_what_is_new_also_where_all_else_is_overwritten(unconnected: Place) -> None:
    place = unconnected
    async with linked(place):
        offered = await offer(place, "id,status,vote\nv17,Finished,7\nv5,Finished,6\n")
        list_of(place).entries["v5"] = Listed("v5", 1, vote=90)
        await wait_until_said(await press(place.reader, offered, "Import, overwrite"), "Import finished")
        assert list_of(place).entries["v17"].vote == 70
        assert list_of(place).entries["v5"].vote == 90


async def test_an_entry_that_vndb_makes_for_a_release_of_two_novels_is_written_as_new(unconnected: Place) -> None:
    place = unconnected
    async with linked(place):
        own, novels = list_of(place), [one.id for one in place.services.vndb.library.vn]
        own.entries.clear()
        between = [one for one in novels if one not in {"v17", "v19"}][:21]  # another portion
        table = ["id,vote,releases", "v17,8,r51=Obtained", *(f"{one},5," for one in between), "v19,9,"]
        offered = await offer(place, "\n".join(table) + "\n")
        await wait_until_said(await press(place.reader, offered, "Import"), "Import finished")
        assert (own.entries["v17"].vote, own.entries["v19"].vote) == (80, 90)


async def test_a_status_that_was_chosen_since_makes_room_for_that_of_the_file(unconnected: Place) -> None:
    place = unconnected
    async with linked(place):
        offered = await offer(place, "id,status\nv11,Playing\n")
        await give_status(place.reader, await open_panel(place, place.reader, "v11"), 2)
        await wait_until_said(await press(place.reader, offered, "Import, overwrite"), "Import finished")
        assert list_of(place).entries["v11"].labels == [1]


async def test_what_was_taken_off_the_list_since_stays_off_it(unconnected: Place) -> None:
    """Only what differed would come back, and not what the entry was."""
    place = unconnected
    async with linked(place):
        offered = await offer(place, "id,status,vote\nv17,Favourites,7\n")
        del list_of(place).entries["v17"]
        over = await wait_until_said(await press(place.reader, offered, "Import, overwrite"), "Import finished")
        assert "1 left as VNDB has them" in texts(over)
        assert "v17" not in list_of(place).entries


async def test_another_status_of_a_release_is_asked_about_as_all_that_is_there(unconnected: Place) -> None:
    place = unconnected
    async with linked(place):
        list_of(place).releases["r40"] = 1
        offered = await offer(place, "id,releases\nv17,r40=Obtained\nv5,\n")
        assert "Of what is there already: keep VNDB's, or overwrite it with the file's?" in texts(offered)
        await wait_until_said(await press(place.reader, offered, "Import, keep VNDB's"), "Import finished")
        assert list_of(place).releases["r40"] == 1
        assert "v5" in list_of(place).entries


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\xff", "The file is neither text in UTF-8 nor an export of VNDB's."),
        (b"name\nEver17", "The file is neither VNDB's export (XML), nor JSON, nor a table (CSV)"),
        (b"<!DOCTYPE x><vndb-export/>", "The file declares a document type"),
        (b"x" * (FILE_AT_MOST + 1), "The file is larger than 8 MB, which is the most that is read."),
    ],
)
async def test_a_file_that_is_no_list_ends_in_a_sentence(unconnected: Place, data: bytes, sentence: str) -> None:
    async with linked(unconnected):
        exchange = await bring(unconnected, data)
        assert sentence in texts(await exchange.message()).replace("\\", "")
        assert exchange.ephemeral
        assert "Attach a list" in texts(await look(unconnected))


async def test_a_file_that_is_gone_meanwhile_is_said(unconnected: Place) -> None:
    async with linked(unconnected):
        unconnected.world.attachments = Forgetful()
        assert "is not there any more. Please attach it once more." in texts(await offer(unconnected, TABLE))


class Forgetful(dict[str, bytes]):
    """Files that are gone at once."""

    def __setitem__(self, key: str, value: bytes) -> None:
        """Keep nothing."""


async def test_a_list_that_is_as_the_file_has_it_needs_no_import(unconnected: Place) -> None:
    async with linked(unconnected):
        table = read_files(unconnected, await export(unconnected))["csv"]
        message = await offer(unconnected, table)
        assert "12 as they are already" in texts(message)
        assert "nothing to import" in texts(message)
        assert find_button(message, "Import") is None


@pytest.mark.parametrize("fault", ["500", "timeout", "rubbish", "429"])
async def test_while_vndb_is_away_nothing_is_offered(unconnected: Place, fault: Fault) -> None:
    async with linked(unconnected):
        unconnected.services.vndb.fault = fault
        message = await offer(unconnected, TABLE)
        assert "VNDB" in texts(message)
        assert find_button(message, "Import, overwrite") is None
        unconnected.services.vndb.fault = None


async def test_without_a_token_it_says_how_to_link_one(unconnected: Place) -> None:
    async with connected(unconnected):
        assert "has set no key" in texts(await offer(unconnected, TABLE))
    async with linked(unconnected, permissions=("listread",)):
        assert "lacks `listwrite`" in texts(await offer(unconnected, TABLE))
        await unconnected.shiori.tokens.remove(int(unconnected.world.reader.id))
        assert "`/vndb link`" in texts(await offer(unconnected, TABLE))
    assert count_writes(unconnected) == 0


# While it goes on


def hold_writes(place: Place, after: int) -> asyncio.Event:
    """Have VNDB fail with all writes after so many, until the event is set."""
    freed = asyncio.Event()
    written = 0

    def choose(call: Call) -> Fault | None:
        nonlocal written
        if call.request.method != "PATCH" or freed.is_set():
            return None
        written += 1
        return "502" if written > after else None

    place.services.vndb.choose_fault = choose
    return freed


async def test_it_waits_while_vndb_fails_and_can_be_stopped_and_gone_on_with(unconnected: Place) -> None:
    async with linked(unconnected):
        freed = hold_writes(unconnected, after=2)
        began = await press(unconnected.reader, await offer(unconnected, NEW), "Import")
        await wait_until(lambda: count_writes(unconnected) >= 3)
        await began.message()
        shown = await look(unconnected)
        while "answered with an error" not in texts(shown):
            shown = await look(unconnected)
        assert "2 of 5" in texts(shown)
        assert "goes on by itself" in texts(shown)
        assert "has to be over" in texts(await offer(unconnected, TABLE))
        stopped = await (await press(unconnected.reader, shown, "Stop")).message()
        assert "Import stopped" in texts(stopped)
        freed.set()
        went_on = await press(unconnected.reader, await look(unconnected), "Go on")
        done = await wait_until_said(went_on, "Import finished")
        assert "5 changes made" in texts(done)
        assert all(list_of(unconnected).entries[one].vote == 60 for one in ("v5", "v13", "v18", "v19", "v33"))


async def test_after_a_restart_it_goes_on_and_is_told_by_direct_message(unconnected: Place) -> None:
    async with linked(unconnected):
        freed = hold_writes(unconnected, after=2)
        began = await press(unconnected.reader, await offer(unconnected, NEW), "Import")
        await wait_until(lambda: count_writes(unconnected) >= 3)
        await began.message()
    freed.set()
    async with unconnected.connected(secret_keys=KEY):
        direct = unconnected.world.dm
        await wait_until(lambda: any("5 changes made" in texts(one) for one in unconnected.reader.messages(direct)))
        assert "Import finished" in texts(await look(unconnected))
    assert [one.vote for one in list_of(unconnected).entries.values() if one.vote == 60] == [60] * 5


async def test_a_token_that_was_taken_back_ends_it_in_a_sentence(unconnected: Place) -> None:
    async with linked(unconnected):
        hold_writes(unconnected, after=2)
        offered = await offer(unconnected, NEW)
        unconnected.services.vndb.tokens.revoke(RW)
        unconnected.services.vndb.choose_fault = None
        began = await press(unconnected.reader, offered, "Import")
        stopped = await wait_until_said(began, "Import stopped")
        assert "does not know your token any more" in texts(stopped)
        assert count_writes(unconnected) == 0


async def test_what_was_imported_is_in_the_export_of_me_and_goes_with_it(unconnected: Place) -> None:
    async with linked(unconnected):
        offered = await offer(unconnected, TABLE)
        user_id = int(unconnected.world.reader.id)
        stored = await unconnected.shiori.store.export_person(user_id)
        assert "=2+3" in json.dumps(stored["vndb_import"])
        await unconnected.shiori.store.delete_person(user_id)
        await link(unconnected)
        pressed = await press(unconnected.reader, offered, "Import, overwrite")
        assert "That import is over" in texts(await pressed.message())
        assert count_writes(unconnected) == 0


async def test_who_deletes_everything_is_asked_without_all_of_an_import_being_read_first(unconnected: Place) -> None:
    """That takes its time, and what cannot be exported can be deleted all the same."""
    async with linked(unconnected):
        await offer(unconnected, TABLE)
        await run_sql(f"sqlite:///{unconnected.data_dir / 'shiori.db'}", "UPDATE list_import SET summary = '{'")
        mine = await (await unconnected.reader.slash(unconnected.general, "me")).message()
        question = await (await unconnected.reader.press(mine, "me:delete")).message()
        assert "Delete what is stored about you?" in texts(question)
        deleted = await (await unconnected.reader.press(question, "me:delete!")).message()
        assert "Nothing is stored about you now." in texts(deleted)


# Export


async def test_with_a_token_the_whole_list_is_exported(unconnected: Place) -> None:
    async with linked(unconnected):
        exchange = await unconnected.reader.slash(unconnected.general, "vndb export")
        message = await exchange.message()
        assert exchange.ephemeral
        assert "12 novels. All of it, with what is private: **testreader** on VNDB." in texts(message)
        files = read_files(unconnected, message)
        entries = {one["id"]: one for one in json.loads(files["json"])["entries"]}
        assert entries["v2002"]["notes"] == "Best one."
        assert entries["v2002"]["releases"] == [{"id": "r129", "status": "Obtained"}]
        assert entries["v67"]["labels"] == ["Secret shelf"]
        assert entries["v67"]["private"]
        assert files["csv"].decode("utf-8-sig").count("\r\n") == 13


@pytest.mark.parametrize("has_key", [True, False])
async def test_by_name_what_everybody_can_see_is_exported(unconnected: Place, has_key: bool) -> None:
    """What takes a token is named where the host has a key to keep one with."""
    async with connected(unconnected, *([KEY] if has_key else [])):
        refused = texts(await export(unconnected))
        assert "/me" in refused
        account = Account("VNDB", "u3", "testreader", public=True)
        await unconnected.shiori.accounts.link(int(unconnected.world.reader.id), account, now_s=1)
        message = await export(unconnected)
        assert "10 novels. What everybody can see of it" in texts(message)
        assert b"Secret shelf" not in read_files(unconnected, message)["csv"]
        for command, said in (("link", refused), ("link", texts(message)), ("import", texts(message))):
            assert (f"/vndb {command}" in said) is has_key


async def test_a_list_of_thousands_is_exported_page_by_page(unconnected: Place) -> None:
    async with linked(unconnected):
        mine = list_of(unconnected)
        novels = [one.id for one in unconnected.services.vndb.library.vn]
        mine.entries = {one: Listed(one, 1, labels=[2]) for one in novels}
        before = len(unconnected.services.vndb.requests)
        message = await export(unconnected)
        assert f"{len(novels)} novels" in texts(message)
        assert len(json.loads(read_files(unconnected, message)["json"])["entries"]) == len(novels)
        assert len(unconnected.services.vndb.requests) - before <= 2 + -(-len(novels) // 100)


async def test_an_empty_list_is_said(unconnected: Place) -> None:
    async with linked(unconnected):
        list_of(unconnected).entries.clear()
        assert "is empty" in texts(await export(unconnected))


# What takes long


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not there at once is said to take its time."""
    monkeypatch.setattr("bot.transfer.long_answer.FIRST_WITHIN_S", 0.05)
    monkeypatch.setattr("bot.transfer.long_answer.EVERY_S", 0.05)


def fill_list(place: Place) -> int:
    """Put all novels that there are on the list. How many that is: more than VNDB tells at once."""
    novels = [one.id for one in place.services.vndb.library.vn]
    assert len(novels) > 100
    list_of(place).entries = {one: Listed(one, 1, labels=[2]) for one in novels}
    return len(novels)


@pytest.mark.usefixtures("impatient")
async def test_an_export_that_takes_long_says_how_far_it_is_and_is_made_once(unconnected: Place) -> None:
    async with linked(unconnected):
        count = fill_list(unconnected)
        unconnected.services.vndb.latency_s = 0.5
        exchange = await unconnected.reader.slash(unconnected.general, "vndb export")
        assert texts(await exchange.message()).startswith("⏳")
        assert "is still being made" in texts(await offer(unconnected, TABLE))
        await wait_until_said(exchange, "100 entries so far")
        message = await wait_until_said(exchange, "All of it, with what is private")
        assert len(json.loads(read_files(unconnected, message)["json"])["entries"]) == count
        assert exchange.ephemeral


@pytest.mark.usefixtures("impatient")
async def test_an_export_that_fails_later_says_so_in_its_place(unconnected: Place) -> None:
    async with linked(unconnected):
        fill_list(unconnected)
        unconnected.services.vndb.latency_s = 0.5
        exchange = await unconnected.reader.slash(unconnected.general, "vndb export")
        await exchange.message()
        unconnected.services.vndb.fault = "500"
        await wait_until_said(exchange, "answered with an error")
        unconnected.services.vndb.fault = None


@pytest.fixture
def taciturn(impatient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing is said before the end."""
    monkeypatch.setattr("bot.transfer.long_answer.EVERY_S", 60.0)


@pytest.mark.usefixtures("taciturn")
@pytest.mark.parametrize(
    ("status", "said", "files"),
    [(0, "All of it, with what is private", 2), (400, REFUSED, 0), (413, REFUSED, 0)],
)
async def test_an_end_that_discord_does_not_take_at_once_is_told_all_the_same(
    unconnected: Place, caplog: pytest.LogCaptureFixture, status: int, said: str, files: int
) -> None:
    async with linked(unconnected):
        fill_list(unconnected)
        unconnected.services.vndb.latency_s = 0.3
        exchange = await unconnected.reader.slash(unconnected.general, "vndb export")
        assert texts(await exchange.message()).startswith("⏳")
        fault = RestFault(status, method="PATCH", path="/messages/@original")
        unconnected.world.rest_faults.append(fault)
        message = await wait_until_said(exchange, said)
        assert fault.count == 0, "it was met"
        assert len(read_files(unconnected, message)) == files
    assert caplog.text.count("Discord refused the answer") == (files == 0)
    caplog.clear()


@pytest.mark.usefixtures("taciturn")
async def test_what_a_restart_ends_says_so(unconnected: Place) -> None:
    async with linked(unconnected):
        fill_list(unconnected)
        unconnected.services.vndb.latency_s = 0.5
        exchange = await unconnected.reader.slash(unconnected.general, "vndb export")
        assert texts(await exchange.message()).startswith("⏳")
    assert "Shiori was started anew" in texts(await exchange.message())


@pytest.mark.usefixtures("hurried")
async def test_what_a_restart_ends_before_anything_was_said_says_so(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.interaction.reply.STOP_WITHIN_S", 0.1)
    async with linked(unconnected):
        fill_list(unconnected)
        unconnected.services.vndb.latency_s = 1.0
        exchange = await unconnected.reader.slash(unconnected.general, "vndb export")
    assert "Shiori was started anew" in texts(await exchange.message())


@pytest.mark.usefixtures("impatient")
async def test_a_file_of_hundreds_is_compared_with_the_list_while_it_says_so(unconnected: Place) -> None:
    async with linked(unconnected):
        unconnected.services.vndb.latency_s = 0.3
        novels = [one.id for one in unconnected.services.vndb.library.vn]
        exchange = await bring(unconnected, "id\n" + "\n".join(novels))
        await wait_until_said(exchange, f"100 of {len(novels)} entries")
        message = await wait_until_said(exchange, f"list.csv has {len(novels)} novels")
        unconnected.services.vndb.latency_s = 0.0
        await press(unconnected.reader, message, "Cancel")


async def test_what_one_asks_for_meanwhile_is_answered_as_ever(unconnected: Place) -> None:
    async with linked(unconnected):
        novels = [one.id for one in unconnected.services.vndb.library.vn if one.id not in list_of(unconnected).entries]
        offered = await offer(unconnected, "id,vote\n" + "".join(f"{one},6\n" for one in novels))
        began = await press(unconnected.reader, offered, "Import")
        await began.message()
        for vn_id in ("v17", "v4", "v2002", "v11"):
            answered = await (await unconnected.reader.slash(unconnected.general, "vn info", title=vn_id)).message()
            assert "## " in texts(answered)
        assert len(unconnected.services.vndb.requests) < 150, "imports leave half of what VNDB allows"
        assert unconnected.services.vndb.violations == 0
        await press(unconnected.reader, await look(unconnected), "Stop")


async def test_what_was_refused_of_a_file_lies_in_the_database_for_nobody_to_read(unconnected: Place) -> None:
    table = f"id,vote,labels,notes\nv5,6,My private label,SECRETNOTE about my life {'x' * 2100}\nv17,7,,PLAINNOTE\n"
    async with linked(unconnected):
        said = texts(await offer(unconnected, table))
        assert "SECRETNOTE" in said
        assert "My private label" in said
        with contextlib.closing(sqlite3.connect(unconnected.data_dir / "shiori.db")) as connection:
            tables = ("list_import", "list_import_row")
            rows = str([connection.execute(f"SELECT * FROM {one}").fetchall() for one in tables])  # noqa: S608
        assert "v17" in rows
        assert not re.search("SECRETNOTE|private label|PLAINNOTE", rows)
        assert "SECRETNOTE" in texts(await look(unconnected))


async def test_files_are_read_one_at_a_time(unconnected: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place, together = unconnected, list[int]()
    reading: set[int] = set()

    def watch(data: bytes) -> ListFile:
        reading.add(id(data))
        together.append(len(reading))
        time.sleep(0.2)  # in a thread of its own
        reading.discard(id(data))
        return read_file(data)

    monkeypatch.setattr("bot.transfer.panel.read_file", watch)
    async with linked(place):
        person, token = int(place.world.moderator.id), Secret(RW.replace("-", ""))
        await place.shiori.tokens.keep(person, token, uid="u3", name="testreader", permissions=BOTH)
        file = Upload("list.csv", "text/csv", b"id,vote\nv17,8\n")
        who = (place.reader, place.moderator)
        asked = await asyncio.gather(*(one.slash(place.general, "vndb import", file=file) for one in who))
        for one in asked:
            await wait_until_said(one, "has 1 novel")
    assert together == [1, 1]
