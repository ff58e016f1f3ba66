"""Who may change the settings of a server: asked at each press, since a panel may be older than a permission."""

from __future__ import annotations

import pytest

from bot.playground.engine import PersonError, texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.setting_message import Panel, ask_preview, open_panel, open_where, read_rows, rename_table, use_forged

NEEDS = "needs the permission “Manage Server”"
AWAY = "cannot reach its own database, so nothing was changed"
PRESSES: list[tuple[str, list[str]]] = [
    ("set:s:vndb", ["on"]),
    ("setc:s:channels", []),
    ("setr:s:roles", []),
    ("tags:s:blocked_tags", []),
    ("panel:s", ["where"]),
    ("panelb:s", []),
]


async def test_nobody_else_is_shown_a_panel(shared: Place) -> None:
    for name in ("settings server", "settings channel"):
        exchange = await shared.reader.slash(shared.general, name)
        assert exchange.ephemeral
        assert NEEDS in texts(await exchange.message())


async def test_there_are_no_commands_for_servers_in_direct_messages(shared: Place) -> None:
    with pytest.raises(PersonError, match="not for direct messages"):
        await shared.reader.slash(shared.world.dm, "settings server")


async def test_the_panel_is_for_the_moderator_alone(shared: Place) -> None:
    panel = await open_panel(shared.moderator, shared.general)
    assert shared.reader.messages(shared.general) == []
    with pytest.raises(PersonError):
        await shared.reader.select(panel.message, "set:s:vndb", ["on"])


@pytest.mark.parametrize(("custom_id", "values"), PRESSES)
async def test_who_does_not_manage_the_server_is_refused(shared: Place, custom_id: str, values: list[str]) -> None:
    panel = await open_panel(shared.moderator, shared.general)
    refused = await use_forged(shared, panel, shared.world.reader, custom_id, values)
    assert NEEDS in texts(await refused.message())
    assert refused.ephemeral
    assert read_rows(shared) == []


async def test_who_lost_the_permission_is_refused_in_an_old_panel(place: Place) -> None:
    panel = await open_panel(place.moderator, place.general)
    place.world.change_roles(place.world.moderator, [])
    refused = await place.moderator.press(panel.message, "sw:s:vndb:off")
    assert NEEDS in texts(await refused.message())
    assert read_rows(place) == []


async def test_who_lost_the_permission_cannot_submit_an_open_modal(place: Place) -> None:
    panel = await open_where(place)
    await panel.turn_to("tags:s:blocked_tags")
    opened = await place.moderator.press(panel.message, "tags:s:blocked_tags")
    place.world.change_roles(place.world.moderator, [])
    refused = await place.moderator.submit(opened, {"tags0": "glasses"})
    assert NEEDS in texts(await refused.message())
    assert read_rows(place) == []


async def test_settings_of_a_server_cannot_be_reached_from_direct_messages(place: Place) -> None:
    panel = await open_panel(place.reader, place.world.dm, "me")
    for custom_id in ("set:s:vndb", f"set:c{place.general.id}:vndb", "tags:s:blocked_tags"):
        refused = await use_forged(place, panel, place.world.reader, custom_id, ["on"])
        assert NEEDS in texts(await refused.message())
    assert read_rows(place) == []


@pytest.mark.parametrize(
    ("custom_id", "values"),
    [
        ("set:s:owner", ["on"]),
        ("set:s:vndb", ["inherit"]),
        ("set:s:vndb", []),
        ("set:s:image_level", ["3"]),
        ("set:s:blocked_tags", ["x" * 61]),
        ("setr:s:roles", ["everyone"]),
        ("set:me:galleries", ["on"]),
        ("set:c1:vndb", ["on"]),
        ("tags:s:galleries", []),
        ("tags:s:image_level", []),
        ("tags:me:dm_galleries", []),
    ],
)
async def test_what_no_panel_offers_is_refused_with_a_sentence(
    shared: Place, custom_id: str, values: list[str]
) -> None:
    panel = await open_panel(shared.moderator, shared.general)
    refused = await use_forged(shared, panel, shared.world.moderator, custom_id, values)
    assert "Something went wrong" not in texts(await refused.message())
    assert refused.ephemeral
    assert read_rows(shared) == []


@pytest.mark.parametrize(
    ("custom_id", "values"), [("panel:s", ["nonsense"]), ("panel:s", []), ("panelc", ["general"]), ("panelc", [])]
)
async def test_a_page_that_there_is_not_is_the_first_one(shared: Place, custom_id: str, values: list[str]) -> None:
    panel = await open_panel(shared.moderator, shared.general)
    shown = await use_forged(shared, panel, shared.world.moderator, custom_id, values)
    assert Panel(shared.moderator, await shown.message()).read("panel:s") == ["previews"]


# After a restart


async def test_a_panel_goes_on_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        panel = await open_panel(unconnected.moderator, unconnected.general)
    async with unconnected.connected():
        assert "✅ Saved" in await panel.set("set:s:vndb", "on")


async def test_a_modal_that_was_open_during_a_restart_is_saved(unconnected: Place) -> None:
    async with unconnected.connected():
        panel = await open_where(unconnected)
        await panel.turn_to("tags:s:blocked_tags")
        opened = await unconnected.moderator.press(panel.message, "tags:s:blocked_tags")
    async with unconnected.connected():
        saved = await unconnected.moderator.submit(opened, {"tags0": "glasses"})
        assert "glasses" in texts(await saved.message())


# The database is away


async def test_a_change_is_refused_while_the_database_is_away_and_nothing_is_lost(place: Place) -> None:
    panel = await open_where(place)
    await panel.type_tags("s", "glasses")
    await panel.turn_to("set:s:channel_rule")
    await rename_table(place, "setting", "gone")
    refused = await place.moderator.select(panel.message, "set:s:channel_rule", ["only"])
    assert AWAY in texts(await refused.message())
    assert (await open_where(place)).read("set:s:channel_rule") == ["all"]
    gallery = place.services.ehentai.library[Sample.PLAIN].url
    assert "blocked in this server" in await ask_preview(place.reader, place.world.after_dark, gallery)
    await rename_table(place, "gone", "setting")
    assert "✅ Saved" in await panel.set("set:s:channel_rule", "only")
    await panel.turn_to("tags:s:blocked_tags")
    assert "glasses" in panel.text


async def test_what_is_stored_is_neither_shown_nor_deleted_while_the_database_is_away(place: Place) -> None:
    panel = await open_panel(place.reader, place.general, "me")
    await rename_table(place, "note", "gone")
    unread = "cannot reach its own database, so what is kept there can be neither shown nor changed just now"
    kept = "cannot reach its own database, so not all of it could be deleted"
    for custom_id, sentence in (("me:export", unread), ("me:delete!", kept)):
        refused = await use_forged(place, panel, place.world.reader, custom_id)
        assert sentence in texts(await refused.message())
