"""The panel of one's own VNDB list: whoever linked a token changes it from a card, and sees what VNDB has."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.playground.engine import pictures, texts
from tests.flow.conftest import Place
from tests.flow.my_list_message import (
    connected,
    fail_writes,
    find_id,
    find_listed,
    give_status,
    link,
    list_chosen,
    list_ids,
    list_writes,
    open_card,
    open_modal,
    open_panel,
    type_into,
)
from tests.flow.preview_message import forge_button
from tests.flow.vn_message import find_button, press

Payload = dict[str, Any]


@pytest.fixture
async def linked(unconnected: Place, registered: list[dict[str, Any]]) -> AsyncGenerator[Place]:
    """Everything, with a reader who linked their token."""
    async with connected(unconnected, registered):
        await link(unconnected, unconnected.reader)
        yield unconnected


# What it shows


async def test_the_panel_shows_what_vndb_has_and_to_its_owner_alone(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    shown = texts(panel)
    assert "**Status:** Finished\n**Labels:** Favourites\n**Vote:** 9\n" in shown
    assert "**Started:** 5 January 2022 · **Finished:** 1 February 2022" in shown
    assert "**Release:** Ever17" in shown
    assert "(pending)" in shown
    assert "Public: everybody can read this entry on VNDB" in shown
    assert list_chosen(panel, "mine-status:") == ["Finished"]
    assert list_chosen(panel, "mine-labels:") == ["Favourites"]
    assert list_writes(linked) == []


async def test_what_is_not_on_the_list_has_no_vote_to_lose(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader, "v19")
    assert "Not on your list yet." in texts(panel)
    assert find_button(panel, "Remove") is None
    assert "No status" not in str(panel)


async def test_what_is_private_is_told_so(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader, "v67")
    assert "**Labels:** Secret shelf 🔒" in texts(panel)
    assert "Private: only you see this entry" in texts(panel)


async def test_each_sees_their_own_list(linked: Place) -> None:
    await link(linked, linked.moderator, "7ycy-yyyy9-juob4-bryo-7ybjj-na34y-qxxf")
    card = await open_card(linked, linked.reader, "v17")
    theirs = texts(await (await press(linked.moderator, card, "My list")).message())
    assert "Not on your list yet." in theirs
    assert "\\*\\*Bold\\*\\*" not in theirs  # no label is markdown: a select shows it as it is
    assert "**Bold**" in theirs


async def test_where_a_cover_may_not_stand_the_panel_has_none(linked: Place) -> None:
    world = linked.world
    for channel, stands in ((world.general, False), (world.after_dark, True)):
        button = forge_button(linked, channel, "my-list:v97")
        panel = await (await linked.reader.press(button, "my-list:v97")).message()
        assert bool(pictures(panel)) is stands
        assert "**Vote:** 7" in texts(panel)


async def test_in_direct_messages_it_is_the_same(linked: Place) -> None:
    button = forge_button(linked, linked.world.dm, "my-list:v17")
    panel = await (await linked.reader.press(button, "my-list:v17")).message()
    assert "**Status:** Dropped" in texts(await give_status(linked.reader, panel, 4))


# What is changed


async def test_a_status_takes_the_place_of_the_others_and_the_vote_stays(linked: Place) -> None:
    panel = await give_status(linked.reader, await open_panel(linked, linked.reader), 4)
    assert "✅ Saved on VNDB." in texts(panel)
    assert "**Status:** Dropped" in texts(panel)
    assert list_chosen(panel, "mine-status:") == ["Dropped"]
    assert list_writes(linked) == [("PATCH", "/ulist/v17", {"labels_set": [4], "labels_unset": [1, 2, 3, 5, 6]})]
    assert sorted(find_listed(linked).labels) == [4, 7, 10]


async def test_no_status_leaves_the_entry_as_it_is_otherwise(linked: Place) -> None:
    panel = await give_status(linked.reader, await open_panel(linked, linked.reader), 0)
    assert "**Status:** none" in texts(panel)
    assert sorted(find_listed(linked).labels) == [7, 10]


async def test_a_first_status_puts_a_novel_on_the_list(linked: Place) -> None:
    panel = await give_status(linked.reader, await open_panel(linked, linked.reader, "v19"), 5)
    assert "**Status:** Wishlist" in texts(panel)
    assert find_listed(linked, "v19").labels == [5]


async def test_own_labels_are_given_and_taken(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    changed = await (await linked.reader.select(panel, find_id(panel, "mine-labels:"), ["11"])).message()
    assert "**Labels:** Secret shelf 🔒" in texts(changed)
    none = await (await linked.reader.select(changed, find_id(changed, "mine-labels:"), [])).message()
    assert "**Labels:**" not in texts(none)
    assert [body for _, _, body in list_writes(linked)] == [
        {"labels_set": [11], "labels_unset": [10]},
        {"labels_set": [], "labels_unset": [11]},
    ]


async def test_a_label_that_was_given_elsewhere_meanwhile_stays_when_another_one_is_chosen(linked: Place) -> None:
    computer = await give_status(linked.reader, await open_panel(linked, linked.reader, "v5"), 1)
    phone = await open_panel(linked, linked.reader, "v5")
    await linked.reader.select(phone, find_id(phone, "mine-labels:"), ["10"])
    assert sorted(find_listed(linked, "v5").labels) == [1, 10]
    await linked.reader.select(computer, find_id(computer, "mine-labels:"), ["11"])
    assert sorted(find_listed(linked, "v5").labels) == [1, 10, 11]


async def test_a_label_that_was_deleted_meanwhile_is_not_given(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    own = linked.services.vndb.lists.find("u3")
    assert own is not None
    own.labels = {id_: name for id_, name in own.labels.items() if id_ != 11}
    refused = await (await linked.reader.select(panel, find_id(panel, "mine-labels:"), ["11"])).message()
    assert "Nothing was changed. The label is none of yours any more" in texts(refused)
    assert list_writes(linked) == []


async def test_many_labels_are_chosen_page_by_page(linked: Place) -> None:
    own = linked.services.vndb.lists.find("u3")
    assert own is not None
    own.labels = {**own.labels, **{id_: f"Shelf {id_}" for id_ in range(12, 42)}}
    panel = await open_panel(linked, linked.reader)
    second = await (await press(linked.reader, panel, "More labels (2 of 2)")).message()
    changed = await (await linked.reader.select(second, find_id(second, "mine-labels:"), ["40", "41"])).message()
    assert "**Labels:** Favourites, Shelf 40, Shelf 41" in texts(changed)
    assert list_chosen(changed, "mine-labels:") == ["Shelf 40", "Shelf 41"]


async def test_a_vote_is_typed_and_emptied(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    assert "'value': '9'" in str(await open_modal(linked.reader, panel, "Vote"))
    voted = await type_into(linked.reader, panel, "Vote", vote="8,5")
    assert "**Vote:** 8.5" in texts(voted)
    assert find_listed(linked).vote == 85
    emptied = await type_into(linked.reader, voted, "Vote", vote="")
    assert "**Vote:**" not in texts(emptied)
    assert sorted(find_listed(linked).labels) == [2, 10]


@pytest.mark.parametrize("typed", ["0", "11", "8.55", "great"])
async def test_what_is_no_vote_is_said_above_what_stands(linked: Place, typed: str) -> None:
    panel = await type_into(linked.reader, await open_panel(linked, linked.reader), "Vote", vote=typed)
    assert "Nothing was changed. The vote must be a number from 1 to 10" in texts(panel)
    assert "**Vote:** 9" in texts(panel)
    assert list_writes(linked) == []


async def test_an_empty_vote_puts_nothing_on_the_list(linked: Place) -> None:
    panel = await type_into(linked.reader, await open_panel(linked, linked.reader, "v19"), "Vote", vote="")
    assert "There was nothing to take away." in texts(panel)
    assert find_listed(linked, "v19") is None


async def test_notes_are_typed_cleaned_and_shown_as_they_stand(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    assert "everybody can read them on VNDB" in str(await open_modal(linked.reader, panel, "Notes"))
    noted = await type_into(linked.reader, panel, "Notes", notes="  **so** good\x07\r\n@everyone <@1>  ")
    assert find_listed(linked).notes == "**so** good\n@everyone <@1>"
    assert "> \\*\\*so\\*\\* good\n> @\u200beveryone" in texts(noted)
    assert "**so** good" in str(await open_modal(linked.reader, noted, "Notes"))
    emptied = await type_into(linked.reader, noted, "Notes", notes=" ")
    assert "**Notes:**" not in texts(emptied)
    assert find_listed(linked).notes is None


async def test_notes_of_a_private_entry_are_said_to_be_so(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader, "v67")
    assert "only you see them" in str(await open_modal(linked.reader, panel, "Notes"))


async def test_days_are_typed_and_today_is_one(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader, "v11")
    changed = await type_into(linked.reader, panel, "Start and finish", started="2024-2-29", finished="Today")
    assert "**Started:** 29 February 2024" in texts(changed)
    assert find_listed(linked, "v11").finished == datetime.now(UTC).date().isoformat()
    assert len(list_writes(linked)) == 1


@pytest.mark.parametrize("day", ["2023-02-29", "1969-12-31", "2100-01-01", "soon"])
async def test_a_day_that_vndb_would_not_take_is_never_sent(linked: Place, day: str) -> None:
    panel = await open_panel(linked, linked.reader)
    refused = await type_into(linked.reader, panel, "Start and finish", started=day, finished="2022-02-01")
    assert "Nothing was changed. The start " in texts(refused)
    assert list_writes(linked) == []


# What goes


async def test_a_day_is_taken_away_by_making_the_entry_anew_once_that_is_confirmed(linked: Place) -> None:
    await type_into(linked.reader, await open_panel(linked, linked.reader), "Notes", notes="kept")
    before = find_listed(linked)
    panel = await open_panel(linked, linked.reader)
    asked = await type_into(linked.reader, panel, "Start and finish", started="", finished="2022-02-01")
    assert "**Take away the start?**" in texts(asked)
    assert f"when you added it (<t:{before.added}:D>), and when you voted" in texts(asked)
    assert find_listed(linked) == before
    kept = await (await press(linked.reader, asked, "Keep it")).message()
    assert "**Started:** 5 January 2022" in texts(kept)
    again = await type_into(linked.reader, kept, "Start and finish", started="", finished="2022-02-01")
    done = await (await press(linked.reader, again, "Take it away")).message()
    assert "✅ Saved on VNDB." in texts(done)
    assert "**Started:**" not in texts(done)
    after = find_listed(linked)
    wanted = (90, "kept", None, "2022-02-01", [2, 7, 10])
    assert (after.vote, after.notes, after.started, after.finished, sorted(after.labels)) == wanted
    assert "(pending)" in texts(done)
    assert (await linked.shiori.store.export_person(int(linked.reader.user.id)))["vndb_remakes"] == []


async def test_both_days_go_at_once_and_a_new_one_is_set_before(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    asked = await type_into(linked.reader, panel, "Start and finish", started="", finished="2022-03-03")
    assert "**Take away the start?**" in texts(asked)
    assert find_listed(linked).finished == "2022-03-03"
    panel = await (await press(linked.reader, asked, "Keep it")).message()
    asked = await type_into(linked.reader, panel, "Start and finish", started="", finished="")
    assert "**Take away the start and the finish?**" in texts(asked)
    await press(linked.reader, asked, "Take it away")
    after = find_listed(linked)
    assert (after.started, after.finished, after.vote) == (None, None, 90)


async def test_what_is_to_be_removed_is_named_first(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    asked = await (await press(linked.reader, panel, "Remove")).message()
    assert "- your vote of 9" in texts(asked)
    assert "- what you say of its releases: Ever17" in texts(asked)
    assert list_writes(linked) == []
    gone = await (await press(linked.reader, asked, "Remove")).message()
    assert "Not on your list yet." in texts(gone)
    assert "✅ Removed." in texts(gone)
    assert find_listed(linked) is None


# Releases


async def test_a_release_gets_a_status_and_brings_its_novel(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader, "r50")
    assert "VNDB puts its visual novel on your list too" in texts(panel)
    owned = await give_status(linked.reader, panel, 2)
    assert "**Status:** Obtained" in texts(owned)
    assert list_chosen(owned, "mine-status:") == ["Obtained"]
    assert find_listed(linked, "v19") is not None
    gone = await (await press(linked.reader, owned, "Remove")).message()
    assert "Not on your list yet." in texts(gone)
    assert "VNDB puts" not in texts(gone)
    assert [one[:2] for one in list_writes(linked)] == [("PATCH", "/rlist/r50"), ("DELETE", "/rlist/r50")]


# At once, and after a while


async def test_two_presses_at_once_end_in_the_last_ones_state(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    fail_writes(linked, "slow", None)
    linked.services.vndb.slow_s = 0.5
    first = asyncio.create_task(linked.reader.select(panel, find_id(panel, "mine-status:"), ["3"]))
    await asyncio.sleep(0)
    second = asyncio.create_task(linked.reader.select(panel, find_id(panel, "mine-status:"), ["4"]))
    await asyncio.gather(first, second)
    shown = [texts(await exchange.message()) for exchange in (first.result(), second.result())]
    assert "**Status:** Dropped" in shown[-1]
    assert sorted(find_listed(linked).labels) == [4, 7, 10]
    (left,) = [one for one in linked.reader.messages(linked.general) if one["id"] == panel["id"]]
    assert "**Status:** Dropped" in texts(left)


async def test_after_a_restart_a_modal_is_not_filled_with_what_is_not_known(
    unconnected: Place, registered: list[dict[str, Any]]
) -> None:
    async with connected(unconnected, registered):
        await link(unconnected, unconnected.reader)
        panel = await open_panel(unconnected, unconnected.reader, "v2002")
    async with connected(unconnected, registered):
        read = await (await press(unconnected.reader, panel, "Notes")).message()
        assert "Press once more." in texts(read)
        assert "Best one." in str(await open_modal(unconnected.reader, read, "Notes"))


async def test_nothing_of_the_list_or_the_token_is_in_a_custom_id(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader, "v2002")
    asked = await type_into(linked.reader, panel, "Start and finish", started="", finished="")
    modal = await open_modal(linked.reader, await open_panel(linked, linked.reader, "v2002"), "Notes")
    assert re.fullmatch("mine-notes:v2002:[0-9a-f]{16}:[0-9a-f]{16}", modal["custom_id"])
    ids = [*list_ids(panel), *list_ids(asked)]
    assert all(one.startswith(("mine", "vndb-token")) and "2002" in one for one in ids)
    assert not any("Best" in one or "95" in one or "efso" in one for one in ids)
