"""`/vndb link` and `/vndb unlink`: a token is explained, checked, kept for its person alone, and forgotten."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing

import pytest

from bot.account.model import ListedWork
from bot.errors import NoToken, UnknownToken
from bot.playground.engine import buttons, texts
from bot.vndb.api.list_change import EntryChange
from tests.flow.account_message import link as link_account
from tests.flow.account_message import open_accounts, read_table
from tests.flow.conftest import Place
from tests.flow.setting_message import open_panel
from tests.flow.test_me import read_export
from tests.flow.token_message import (
    KEY,
    NONE,
    OTHER_KEY,
    OTHERS,
    RO,
    RW,
    SCREEN,
    UNKNOWN,
    WRITE_ONLY,
    connected,
    count_asked,
    enter,
    link,
    open_screen,
    say,
)

LINKED = "✅ Linked **testreader**, with `listread` and `listwrite`."
OFF = "This bot keeps no VNDB tokens: whoever hosts it has set no key to seal them with."


def read_rows(place: Place) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(place.data_dir / "shiori.db")) as connection:
        return connection.execute("SELECT user_id, uid, name, permissions, unknown FROM vndb_token").fetchall()


def build_row(place: Place, uid: str = "u3", name: str = "testreader", *, unknown: bool = False) -> tuple[object, ...]:
    return (int(place.reader.user.id), uid, name, "listread listwrite", unknown)


# Linking


@pytest.mark.parametrize("where", ["general", "dm", "elsewhere", "after_dark"])
async def test_a_token_is_linked_privately_wherever_that_is_done(unconnected: Place, where: str) -> None:
    async with connected(unconnected, KEY):
        channel = getattr(unconnected.world, where)
        asked = await unconnected.reader.slash(channel, "vndb link")
        screen = await asked.message()
        assert asked.ephemeral
        for words in (SCREEN, "`listread`", "`listwrite`", "It is no password", "stored encrypted"):
            assert words in texts(screen)
        assert "https://vndb.org/u/tokens" in json.dumps(screen)
        assert LINKED in await say(await enter(unconnected.reader, screen, RW))
        assert read_rows(unconnected) == [build_row(unconnected)]
        assert unconnected.moderator.messages(channel) == []


@pytest.mark.parametrize(
    "typed",
    [
        RW.upper(),
        RW.replace("-", ""),
        f"  {RW}\t",
        f"Token {RW}",
        f"token: {RW}",
        f"`{RW}`",
        RW.replace("-", "\N{EN DASH}"),
        RW.replace("-", "\N{NON-BREAKING HYPHEN}"),
        RW.replace("-", " "),
    ],
)
async def test_what_is_pasted_may_look_as_people_paste_it(unconnected: Place, typed: str) -> None:
    async with connected(unconnected, KEY):
        assert LINKED in await link(unconnected, unconnected.reader, typed)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (RW[:-1], "The token has 31 letters and digits beside its dashes, and those of VNDB have 32"),
        (RW + "y", "The token has 33 letters and digits"),
        (RW.replace("f", "l"), "The token has signs that none of VNDB has, such as l, v, 0 or 2"),
        ("correct horse battery staple", "The token has signs that none of VNDB has"),
        ("   ", "The token has 0 letters and digits"),
        ("@everyone **x**", "The token has signs that none of VNDB has"),
    ],
)
async def test_what_is_no_token_is_told_without_asking_vndb(unconnected: Place, typed: str, sentence: str) -> None:
    async with connected(unconnected, KEY):
        screen = await open_screen(unconnected.reader, unconnected.general)
        refused = await enter(unconnected.reader, screen, typed)
        said = texts(await refused.follow_up() if not refused.ephemeral else await refused.message())
        assert said.startswith(sentence)
        assert said.endswith("please copy it once more.")
        assert typed.strip() == "" or typed not in said
        assert count_asked(unconnected) == 0
        assert read_rows(unconnected) == []


@pytest.mark.parametrize(
    ("token", "missing"),
    [(RO, "`listwrite`"), (WRITE_ONLY, "`listread`"), (NONE, "`listread` and `listwrite`")],
)
async def test_what_a_token_does_not_permit_is_named(unconnected: Place, token: str, missing: str) -> None:
    async with connected(unconnected, KEY):
        screen = await open_screen(unconnected.reader, unconnected.general)
        refused = await (await enter(unconnected.reader, screen, token)).message()
        sentence = f"Your VNDB token lacks {missing}. Make one that has it there, and link that by `/vndb link`."
        assert texts(refused).startswith(sentence)
        assert SCREEN in await say(await unconnected.reader.press(refused, "vndb-token:open"))
        assert read_rows(unconnected) == []


async def test_a_token_that_is_nobodys_is_not_kept(unconnected: Place) -> None:
    async with connected(unconnected, KEY):
        unconnected.services.vndb.tokens.revoke(OTHERS)
        for token in (UNKNOWN, OTHERS):
            said = await link(unconnected, unconnected.reader, token)
            assert said.startswith("VNDB does not know this token: it was mistyped or taken back")
        unconnected.services.vndb.tokens.close_account("u3")
        said = await link(unconnected, unconnected.reader, RW)
        assert said.endswith("or its account is closed. Waiting does not help; a new token does.")
        assert read_rows(unconnected) == []


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("500", "VNDB answered with an error."),
        ("502", "VNDB answered with an error."),
        ("429", "VNDB is being asked more than it allows right now."),
        ("cut", "VNDB broke off before it had answered."),
        ("rubbish", "VNDB answered with something Shiori does not understand."),
        ("null", "VNDB answered with something Shiori does not understand."),
        ("deep", "VNDB answered with something Shiori does not understand."),
        ("redirect", "VNDB answered with something Shiori does not understand."),
    ],
)
async def test_where_vndb_fails_nothing_is_kept_and_another_try_works(
    unconnected: Place, fault: str, sentence: str
) -> None:
    async with connected(unconnected, KEY):
        unconnected.services.vndb.fault = fault  # type: ignore[assignment]
        assert (await link(unconnected, unconnected.reader)).startswith(sentence)
        assert read_rows(unconnected) == []
        if fault != "429":
            unconnected.services.vndb.fault = None
            assert LINKED in await link(unconnected, unconnected.reader)


async def test_another_token_takes_the_place_of_the_first(unconnected: Place) -> None:
    async with connected(unconnected, KEY):
        await link(unconnected, unconnected.reader, OTHERS)
        said = await link(unconnected, unconnected.reader, RW)
        assert f"{LINKED[:-1]}, in place of AyaReads." in said
        assert read_rows(unconnected) == [build_row(unconnected)]
        again = texts(await open_screen(unconnected.reader, unconnected.general))
        assert "**Linked: testreader**, since <t:" in again
        # One that does not do leaves it as it was.
        await link(unconnected, unconnected.reader, RO)
        assert read_rows(unconnected) == [build_row(unconnected)]


async def test_a_modal_that_was_open_over_a_restart_is_read(unconnected: Place) -> None:
    async with connected(unconnected, KEY):
        screen = await open_screen(unconnected.reader, unconnected.general)
        opened = await unconnected.reader.press(screen, "vndb-token:enter")
    async with connected(unconnected, KEY):
        assert LINKED in await say(await unconnected.reader.submit(opened, {"token": RW}))


async def test_everybody_has_their_own(unconnected: Place) -> None:
    async with connected(unconnected, KEY):
        await link(unconnected, unconnected.reader, RW)
        await link(unconnected, unconnected.moderator, OTHERS)
        assert {row[:2] for row in read_rows(unconnected)} == {
            (int(unconnected.reader.user.id), "u3"),
            (int(unconnected.moderator.user.id), "u5"),
        }
        await (await unconnected.moderator.slash(unconnected.general, "vndb unlink")).message()
        assert read_rows(unconnected) == [build_row(unconnected)]


async def test_whose_token_it_is_need_not_be_named(unconnected: Place) -> None:
    async with connected(unconnected, KEY):
        await link(unconnected, unconnected.reader)
        own = await unconnected.reader.slash(unconnected.general, "vndb user")
        assert texts(await own.message()).startswith("## testreader\n")
        assert own.ephemeral  # they show it to nobody here
        await (await unconnected.reader.slash(unconnected.general, "vndb unlink")).message()
        nobody = await unconnected.reader.slash(unconnected.general, "vndb user")
        assert "You have not linked an account on VNDB yet" in texts(await nobody.message())


async def test_its_account_is_named_in_the_panel_followed_and_shown_to_no_server_before_it_is_linked(
    unconnected: Place,
) -> None:
    place, me = unconnected, int(unconnected.reader.user.id)
    async with connected(place, KEY):
        await link_account(place, "AniList", "Natsukaze", show=True)
        await link(place, place.reader)
        panel = await open_accounts(place)
        assert "**VNDB**: testreader\n-# The account of your token" in panel.text
        said = texts(await (await place.reader.slash(place.general, "follow mine", service="VNDB")).message())
        assert "Followed: **VNDB list of testreader**" in said
        assert "what everybody can read is told" in said
        lists, now_s = place.shiori.people.lists, int(place.shiori.clock.time())
        assert await lists.take("VNDB", at_most=9, now_s=now_s) == ["u3"]
        await lists.keep("VNDB", "u3", [ListedWork(2002, "vn", "planned", 0)], now_s=now_s)
        assert list(await place.shiori.follow_records.lists.list_works("vn", now_s)) == [2002]
        assert await place.shiori.accounts.find_shown(me, int(place.world.guild_id), "VNDB") is None
        assert await lists.list_shown_to(int(place.world.guild_id), "VNDB", now_s=now_s) == []
        assert "✅ Linked **testreader** on VNDB" in await panel.press("acc:me:VNDB:u3")
        assert "That of your token is left" in await panel.press("acc:unlink:VNDB")
        assert len(await place.shiori.follow_records.list_follows()) == 1
        await (await place.reader.slash(place.general, "vndb unlink")).message()
        assert await place.shiori.follow_records.list_follows() == []
        assert "u3" not in str(read_table(place, "kept_list"))
        assert "**VNDB**\n-# Nothing is linked." in (await open_accounts(place)).text


async def test_with_the_token_of_another_account_that_ones_list_is_told(unconnected: Place) -> None:
    place = unconnected
    async with connected(place, KEY):
        await link(place, place.reader)
        await (await place.reader.slash(place.general, "follow mine", service="VNDB")).message()
        lists, now_s = place.shiori.people.lists, int(place.shiori.clock.time())
        assert await lists.take("VNDB", at_most=9, now_s=now_s) == ["u3"]
        await link(place, place.reader, OTHERS)
        assert "u3" not in str(read_table(place, "kept_list"))
        assert await lists.take("VNDB", at_most=9, now_s=now_s) == ["u5"]


# Keys


async def test_without_a_key_one_sentence_says_why(unconnected: Place) -> None:
    async with connected(unconnected, KEY):
        screen = await open_screen(unconnected.reader, unconnected.general)
        opened = await unconnected.reader.press(screen, "vndb-token:enter")
        await link(unconnected, unconnected.moderator)
    async with connected(unconnected):
        asked = await unconnected.reader.slash(unconnected.general, "vndb link")
        assert texts(await asked.message()) == OFF
        assert asked.ephemeral
        assert await say(await unconnected.reader.press(screen, "vndb-token:enter")) == OFF
        assert await say(await unconnected.reader.submit(opened, {"token": RW})) == OFF
        assert count_asked(unconnected) == 1
        unlinked = await unconnected.moderator.slash(unconnected.general, "vndb unlink")
        message = await unlinked.message()
        assert "is deleted" in texts(message)
        assert read_rows(unconnected) == []
        # Nothing is offered that cannot be done here.
        assert [button["label"] for button in buttons(message)] == ["Your tokens on VNDB"]
        assert await say(await unconnected.reader.slash(unconnected.general, "vndb import")) == OFF


async def test_a_token_whose_key_is_gone_is_to_be_entered_again(unconnected: Place) -> None:
    async with connected(unconnected, KEY):
        await link(unconnected, unconnected.reader)
    async with connected(unconnected, OTHER_KEY):
        screen = await open_screen(unconnected.reader, unconnected.general)
        assert "This token cannot be opened any more, since this bot's keys were changed." in texts(screen)
        assert LINKED in await say(await enter(unconnected.reader, screen, RW))
    async with connected(unconnected, OTHER_KEY):
        assert "since <t:" in texts(await open_screen(unconnected.reader, unconnected.general))


async def test_a_key_may_be_added_before_the_one_in_use(unconnected: Place) -> None:
    async with connected(unconnected, KEY):
        await link(unconnected, unconnected.reader)
    async with connected(unconnected, OTHER_KEY, KEY):
        held = await unconnected.shiori.tokens.require(int(unconnected.reader.user.id), "listwrite")
        assert held.credential.render() == f"Token {RW.replace('-', '')}"


# Forgetting


async def test_unlinking_forgets_the_token_and_asks_vndb_nothing(unconnected: Place) -> None:
    async with connected(unconnected, KEY):
        await link(unconnected, unconnected.reader)
        asked = count_asked(unconnected)
        unlinked = await unconnected.reader.slash(unconnected.general, "vndb unlink")
        said = texts(await unlinked.message())
        assert unlinked.ephemeral
        assert said.startswith("✅ Your VNDB token is deleted")
        assert "the token itself still exists there, until you delete it on its page" in said
        assert "https://vndb.org/u/tokens" in json.dumps(await unlinked.message())
        assert read_rows(unconnected) == []
        again = await unconnected.reader.slash(unconnected.general, "vndb unlink")
        assert texts(await again.message()).startswith("You have linked no VNDB token, so there is nothing to delete.")
        assert count_asked(unconnected) == asked


async def test_the_screen_forgets_it_too_and_leads_back(unconnected: Place) -> None:
    async with connected(unconnected, KEY):
        await link(unconnected, unconnected.reader)
        screen = await open_screen(unconnected.reader, unconnected.general)
        unlinked = await unconnected.reader.press(screen, "vndb-token:unlink")
        message = await unlinked.message()
        assert "is deleted" in texts(message)
        assert read_rows(unconnected) == []
        assert SCREEN in await say(await unconnected.reader.press(message, "vndb-token:open"))


async def test_a_person_sees_that_a_token_is_stored_and_deletes_it(unconnected: Place) -> None:
    async with connected(unconnected, KEY):
        await link(unconnected, unconnected.reader)
        panel = await open_panel(unconnected.reader, unconnected.general, "me")
        await panel.press("me:export")
        assert "**Your VNDB token, sealed**: 1 token" in panel.text
        (stored,) = read_export(unconnected, panel)["vndb_token"]
        assert (stored["id"], stored["name"], stored["token"]) == (
            "u3",
            "testreader",
            "is stored sealed, and shown to nobody",
        )
        assert RW.replace("-", "") not in json.dumps(stored)
        await panel.press("panelb:me")
        assert "linked accounts, VNDB token, follows" in await panel.press("me:delete")
        assert "1 record about you was deleted" in await panel.press("me:delete!")
        assert read_rows(unconnected) == []


# Using it


@pytest.mark.parametrize("asked", ["entry", "labels", "change"])
async def test_one_that_was_taken_back_is_marked_when_it_is_used(unconnected: Place, asked: str) -> None:
    async with connected(unconnected, KEY):
        await link(unconnected, unconnected.reader)
        user_id = int(unconnected.reader.user.id)
        my_list, tokens = unconnected.shiori.sources.vndb.my_list, unconnected.shiori.tokens
        held = await tokens.require(user_id)
        assert await my_list.fetch_labels(held.credential)
        unconnected.services.vndb.tokens.revoke(RW)
        ask: dict[str, Callable[[], Awaitable[object]]] = {
            "entry": lambda: my_list.fetch_entry("v17", held.credential),
            "labels": lambda: my_list.fetch_labels(held.credential, anew=True),  # of which VNDB says that with a 400
            "change": lambda: my_list.change("v17", EntryChange(vote=90), held.credential),
        }
        with pytest.raises(UnknownToken):
            await ask[asked]()
        assert read_rows(unconnected) == [build_row(unconnected, unknown=True)]
        with pytest.raises(NoToken):
            await tokens.require(user_id)
        screen = await open_screen(unconnected.reader, unconnected.general)
        assert "VNDB does not know this token any more. Make a new one there" in texts(screen)
        assert "✅ Linked **AyaReads**" in await say(await enter(unconnected.reader, screen, OTHERS))
        assert (await tokens.require(user_id, "listwrite")).uid == "u5"


async def test_a_failing_vndb_takes_no_token_away(unconnected: Place) -> None:
    async with connected(unconnected, KEY):
        await link(unconnected, unconnected.reader)
        held = await unconnected.shiori.tokens.require(int(unconnected.reader.user.id))
        for fault in ("500", "rubbish", "redirect"):
            unconnected.services.vndb.fault = fault
            with pytest.raises(Exception, match="VNDB"):
                await unconnected.shiori.sources.vndb.my_list.fetch_entry("v17", held.credential)
        assert read_rows(unconnected) == [build_row(unconnected)]
