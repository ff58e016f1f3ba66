"""What the panel of one's own list says when something is missing or goes wrong, and what it shows then."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from bot.playground.engine import Person, buttons, texts
from bot.playground.service.fault import Fault
from tests.flow.conftest import Place
from tests.flow.my_list_message import (
    BOTH,
    OTHER,
    READ,
    RW,
    WRITE,
    connected,
    fail_writes,
    find_listed,
    give_status,
    link,
    list_chosen,
    list_writes,
    open_card,
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


async def look(place: Place, person: Person, entry_id: str = "v17") -> Payload:
    """What is said to whoever presses "My list", to them alone."""
    custom_id = f"my-list:{entry_id}"
    exchange = await person.press(forge_button(place, place.general, custom_id), custom_id)
    assert exchange.ephemeral
    return await exchange.message()


def name_buttons(message: Payload) -> list[str]:
    return [str(one["label"]) for one in buttons(message)]


# Tokens


async def test_who_has_linked_no_token_is_led_to_that(linked: Place) -> None:
    said = await look(linked, linked.moderator)
    assert "That needs your VNDB token." in texts(said)
    opened = await (await press(linked.moderator, said, "Link a token")).message()
    assert "## Your list on VNDB" in texts(opened)


async def test_without_a_key_no_card_has_the_button_and_an_older_one_says_why(place: Place) -> None:
    assert find_button(await open_card(place, place.reader, "v17"), "My list") is None
    assert find_button(await open_card(place, place.reader, "r50"), "My list") is None
    said = await look(place, place.reader)
    assert "whoever hosts it has set no key" in texts(said)
    assert name_buttons(said) == []


@pytest.mark.parametrize(
    ("token", "permissions", "missing"),
    [
        (READ, frozenset({"listread"}), "listwrite"),
        (WRITE, frozenset({"listwrite"}), "listread"),
        (WRITE, BOTH, "listread"),  # it was taken from the token on VNDB since
    ],
)
async def test_which_permission_a_token_lacks_is_said(
    linked: Place, token: str, permissions: frozenset[str], missing: str
) -> None:
    await link(linked, linked.reader, token, permissions=permissions)
    said = await look(linked, linked.reader)
    assert f"lacks `{missing}`" in texts(said)
    assert name_buttons(said) == ["Link a token"]
    assert find_listed(linked).vote == 90


async def test_that_a_token_may_not_change_any_more_is_said_at_the_first_change(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    await link(linked, linked.reader, READ)  # as it is stored, it may
    said = await give_status(linked.reader, panel, 4)
    assert "lacks `listwrite`" in texts(said)
    assert name_buttons(said) == ["Link a token"]
    assert sorted(find_listed(linked).labels) == [2, 7, 10]


async def test_a_token_that_was_taken_back_is_said_to_be_so_before_and_after(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    linked.services.vndb.tokens.revoke(RW)
    said = await give_status(linked.reader, panel, 4)
    assert "VNDB does not know this token" in texts(said)
    assert name_buttons(said) == ["Link a token"]
    again = await look(linked, linked.reader)
    assert "does not know your token any more" in texts(again)


async def test_a_token_whose_key_is_gone_is_to_be_linked_again(
    unconnected: Place, registered: list[dict[str, Any]]
) -> None:
    async with connected(unconnected, registered):
        await link(unconnected, unconnected.reader)
    other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    async with connected(unconnected, registered, key=other):
        said = await look(unconnected, unconnected.reader)
        assert "cannot be opened any more" in texts(said)
        assert name_buttons(said) == ["Link a token"]


async def test_who_unlinks_while_a_panel_stands_is_told_at_the_next_press(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    await linked.shiori.tokens.remove(int(linked.reader.user.id))
    said = await give_status(linked.reader, panel, 4)
    assert "That needs your VNDB token." in texts(said)
    assert list_writes(linked) == []


async def test_who_deletes_all_that_is_stored_is_told_at_the_next_press(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader, "v2002")
    mine = await (await linked.reader.slash(linked.general, "me")).message()
    asked = await (await linked.reader.press(mine, "me:delete")).message()
    await linked.reader.press(asked, "me:delete!")
    said = await (await press(linked.reader, panel, "Notes")).message()
    assert "That needs your VNDB token." in texts(said)


async def test_what_was_typed_about_one_list_is_not_written_to_another(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    opened = await press(linked.reader, panel, "Vote")
    await link(linked, linked.reader, OTHER)
    refused = await (await linked.reader.submit(opened, {"vote": "5"})).message()
    assert "Nothing was changed. The form was about the list of the token that was linked before." in texts(refused)
    assert "Not on your list yet." in texts(refused)
    assert list_writes(linked) == []


# What VNDB has no more


async def test_a_novel_that_is_gone_can_be_removed_and_not_changed(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    linked.services.vndb.lists.hidden.add("v17")
    refused = await give_status(linked.reader, panel, 4)
    assert "Nothing was changed. VNDB has no entry v17 any more." in texts(refused)
    assert "can be removed, and not changed" in texts(refused)
    asked = await (await press(linked.reader, refused, "Remove")).message()
    await press(linked.reader, asked, "Remove")
    assert find_listed(linked) is None


async def test_a_release_that_is_gone_is_said_to_be_so(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader, "r40")
    linked.services.vndb.lists.hidden.add("r40")
    assert "Nothing was changed. VNDB has no entry r40 any more." in texts(await give_status(linked.reader, panel, 2))


async def test_a_novel_that_never_was_ends_in_a_sentence(linked: Place) -> None:
    assert "VNDB has no visual novel v4567890." in texts(await look(linked, linked.reader, "v4567890"))


# A service that fails

REFUSED: dict[Fault, str] = {
    "500": "Nothing was changed. VNDB answered with an error.",
    "502": "Nothing was changed. VNDB answered with an error.",
    "cut": "Nothing was changed. VNDB broke off before it had answered.",
    "timeout": "Nothing was changed. VNDB took too long to find an answer, and gave up.",
    "redirect": "Nothing was changed. VNDB answered with something Shiori does not understand.",
    "429": "Nothing was changed. VNDB is being asked more than it allows right now.",
}


@pytest.mark.parametrize("fault", REFUSED)
async def test_a_change_that_fails_is_said_above_what_vndb_has(linked: Place, fault: Fault) -> None:
    panel = await open_panel(linked, linked.reader)
    fail_writes(linked, fault, fault)
    refused = await give_status(linked.reader, panel, 4)
    assert REFUSED[fault] in texts(refused)
    assert "**Status:** Finished" in texts(refused)
    assert list_chosen(refused, "mine-status:") == ["Finished"]
    assert sorted(find_listed(linked).labels) == [2, 7, 10]


@pytest.mark.parametrize("fault", ["lost", "500", "502"])
async def test_a_change_whose_answer_was_lost_is_made_all_the_same(linked: Place, fault: Fault) -> None:
    panel = await open_panel(linked, linked.reader)
    fail_writes(linked, fault)
    done = await give_status(linked.reader, panel, 4)
    assert "✅ Saved on VNDB." in texts(done)
    assert "**Status:** Dropped" in texts(done)
    assert len(list_writes(linked)) == (1 if fault == "lost" else 2)


async def test_what_nobody_knows_is_said_and_not_guessed(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    fail_writes(linked, "lost", reads=("502",) * 9)
    unsure = await give_status(linked.reader, panel, 4)
    assert "VNDB did not say whether it took the change." in texts(unsure)
    assert "**Status:** Finished" in texts(unsure)  # as it was seen last
    fail_writes(linked)


async def test_what_was_taken_and_cannot_be_read_back_is_said_so(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    fail_writes(linked, reads=("500",) * 9)
    unsure = await give_status(linked.reader, panel, 4)
    assert "VNDB took the change, but did not say what it has now." in texts(unsure)
    assert sorted(find_listed(linked).labels) == [4, 7, 10]


async def test_a_panel_that_cannot_be_read_is_a_sentence(linked: Place) -> None:
    await open_card(linked, linked.reader, "v17")
    fail_writes(linked, reads=("502",) * 9)
    assert "VNDB answered with an error." in texts(await look(linked, linked.reader))


async def test_what_was_changed_elsewhere_meanwhile_is_shown_and_said(linked: Place) -> None:
    panel = await open_panel(linked, linked.reader)
    vndb = linked.services.vndb

    def forget(call: Any) -> None:
        own = vndb.lists.find("u3")
        if own is not None and call.request.path.endswith("/ulist"):
            own.entries.pop("v17", None)

    vndb.choose_fault = forget
    shown = await give_status(linked.reader, panel, 4)
    assert "VNDB took this, and yet has something else now" in texts(shown)
    assert "Not on your list yet." in texts(shown)


# An entry that is being made anew


async def ask_to_take_away(place: Place) -> Payload:
    panel = await open_panel(place, place.reader)
    return await type_into(place.reader, panel, "Start and finish", started="", finished="2022-02-01")


async def test_what_was_taken_off_is_put_back_at_the_next_look(linked: Place) -> None:
    asked = await ask_to_take_away(linked)
    fail_writes(linked, None, "502", "502")
    broken = await (await press(linked.reader, asked, "Take it away")).message()
    assert "VNDB answered with an error." in texts(broken)
    assert "goes on with that: look again" in texts(broken)
    assert find_listed(linked) is None
    whole = await (await press(linked.reader, broken, "Look again")).message()
    assert "**Vote:** 9" in texts(whole)
    assert "(pending)" in texts(whole)
    after = find_listed(linked)
    assert (after.started, after.finished, sorted(after.labels)) == (None, "2022-02-01", [2, 7, 10])


async def test_what_was_taken_off_is_put_back_at_the_next_start_without_anybody_who_looks(
    unconnected: Place, registered: list[dict[str, Any]]
) -> None:
    place = unconnected
    async with connected(place, registered):
        await link(place, place.reader)
        asked = await ask_to_take_away(place)
        fail_writes(place, None, "502", "502")
        await press(place.reader, asked, "Take it away")
        assert find_listed(place) is None
    async with connected(place, registered):
        await place.shiori.my_list.remakes.go_on_with_all()
        after = find_listed(place)
        assert (after.vote, after.started, sorted(after.labels)) == (90, None, [2, 7, 10])
        stored = await place.shiori.store.export_person(int(place.reader.user.id))
        assert stored["vndb_remakes"] == []


async def test_a_change_of_what_is_being_made_anew_comes_after_that(linked: Place) -> None:
    asked = await ask_to_take_away(linked)
    fail_writes(linked, None, "502", "502")
    broken = await (await press(linked.reader, asked, "Take it away")).message()
    await give_status(linked.reader, broken, 4)
    after = find_listed(linked)
    assert (after.vote, after.finished, sorted(after.labels)) == (90, "2022-02-01", [4, 7, 10])


async def test_what_somebody_added_anew_meanwhile_is_left_as_it_is(linked: Place) -> None:
    asked = await ask_to_take_away(linked)
    fail_writes(linked, None, "502", "502")
    broken = await (await press(linked.reader, asked, "Take it away")).message()
    own = linked.services.vndb.lists.find("u3")
    assert own is not None
    own.entries["v17"] = type(own.entries["v4"])("v17", 1, labels=[5], lastmod=1)
    shown = await (await press(linked.reader, broken, "Look again")).message()
    assert "**Status:** Wishlist" in texts(shown)
    assert "**Vote:**" not in texts(shown)


async def test_what_is_stored_of_it_is_sealed(linked: Place) -> None:
    await type_into(linked.reader, await open_panel(linked, linked.reader), "Notes", notes="a secret thought")
    asked = await ask_to_take_away(linked)
    fail_writes(linked, None, "502", "502")
    await press(linked.reader, asked, "Take it away")
    stored = b"".join(path.read_bytes() for path in linked.data_dir.glob("shiori.db*"))
    assert b"secret thought" not in stored
    exported = await linked.shiori.store.export_person(int(linked.reader.user.id))
    assert "a secret thought" in str(exported["vndb_remakes"])


async def test_who_deletes_all_that_is_stored_gets_back_what_was_taken_off_first(linked: Place) -> None:
    asked = await ask_to_take_away(linked)
    fail_writes(linked, None, "502", "502")
    await press(linked.reader, asked, "Take it away")
    assert find_listed(linked) is None
    mine = await (await linked.reader.slash(linked.general, "me")).message()
    question = await (await linked.reader.press(mine, "me:delete")).message()
    await linked.reader.press(question, "me:delete!")
    after = find_listed(linked)
    assert (after.vote, after.finished) == (90, "2022-02-01")
    stored = await linked.shiori.store.export_person(int(linked.reader.user.id))
    assert (stored["vndb_remakes"], stored["vndb_token"]) == ([], [])


async def test_nothing_is_put_back_on_the_list_of_another_account(linked: Place) -> None:
    asked = await ask_to_take_away(linked)
    fail_writes(linked, None, "502", "502")
    broken = await (await press(linked.reader, asked, "Take it away")).message()
    await link(linked, linked.reader, OTHER)
    looked = await (await press(linked.reader, broken, "Look again")).message()
    assert "Not on your list yet." in texts(looked)
    await link(linked, linked.reader)
    back = await (await press(linked.reader, looked, "Look again")).message()
    assert "**Vote:** 9" in texts(back)
