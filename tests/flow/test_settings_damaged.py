"""Settings that cannot be read any more: who chose them finds them in the panel, and chooses them again."""

from __future__ import annotations

from typing import Any

import pytest

from bot.gate.declaration import Level
from bot.playground.engine import buttons, texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import list_replies, post
from tests.flow.setting_message import SAVED, Panel, damage, open_panel, read_reply, read_why

NOVEL = "https://vndb.org/v2002"
LOST = "cannot be read any more"
OPTED_OUT = "You switched off previews of the links that you post"


@pytest.mark.parametrize("hosted", [{"feature_galleries": False}, {"feature_adult": False}, {}])
async def test_a_person_mends_all_that_cannot_be_read_in_their_panel(
    unconnected: Place, caplog: pytest.LogCaptureFixture, hosted: dict[str, bool]
) -> None:
    place = unconnected
    async with place.connected(**hosted):
        await damage(place, "person", place.reader.user.id, "garbage")
        caplog.clear()
        panel = await open_panel(place.reader, place.general, "me")
        for name, value in (("previews", "on"), ("spoiler_level", "0"), ("title_language", "romanised")):
            assert SAVED in await panel.set(f"set:me:{name}", value)
        if not hosted:
            await panel.set("set:me:dm_galleries", "off")
        assert LOST in panel.text
        assert LOST not in await panel.type_tags("me")
        caplog.clear()
        assert "STEINS;GATE" in await read_reply(place, place.general, NOVEL)


@pytest.mark.parametrize("document", ["[]", "[" * 5000])
async def test_a_person_is_shown_what_is_stored_whatever_stands_where_settings_do(
    place: Place, caplog: pytest.LogCaptureFixture, document: str
) -> None:
    await damage(place, "person", place.reader.user.id, document)
    caplog.clear()
    panel = await open_panel(place.reader, place.general, "me")
    assert "**Settings**: they cannot be read any more" in await panel.press("me:export")


@pytest.mark.parametrize("level", ["server", "channel"])
async def test_a_moderator_mends_blocked_tags_where_the_host_shows_no_galleries(
    unconnected: Place, caplog: pytest.LogCaptureFixture, level: Level
) -> None:
    place, general = unconnected, unconnected.general
    async with place.connected(feature_galleries=False):
        id_ = place.world.guild_id if level == "server" else general.id
        await damage(place, level, id_, '{"blocked_tags": "?"}')
        caplog.clear()
        assert await read_reply(place, general, NOVEL) == ""
        panel = await open_panel(place.moderator, general, f"settings {level}")
        assert LOST not in await panel.type_tags("s" if level == "server" else f"c{id_}")
        caplog.clear()
        assert "STEINS;GATE" in await read_reply(place, general, NOVEL)


async def test_a_list_of_what_can_be_no_role_does_not_keep_the_panel_away(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    await damage(place, "server", place.world.guild_id, '{"roles": [-1]}')
    caplog.clear()
    panel = await open_panel(place.moderator, place.general)
    assert LOST in await panel.set("panel:s", "where")
    assert LOST not in await panel.set("setr:s:roles", place.world.moderators)
    caplog.clear()
    assert "STEINS;GATE" in await read_reply(place, place.general, NOVEL, by=place.moderator)


def list_ids(message: dict[str, Any]) -> list[str]:
    return [str(one.get("custom_id")) for one in buttons(message)]


@pytest.mark.parametrize(
    ("level", "document", "setting"),
    [
        ("server", '{"roles": "?"}', "roles"),
        ("server", '{"channels": "?"}', "channels"),
        ("server", '{"galleries": "?"}', "galleries"),
        ("server", '{"adult": "?"}', "adult"),
        ("channel", '{"blocked_tags": "?"}', "blocked_tags"),
        ("channel", '{"anime": "?"}', "anime"),
        ("person", '{"blocked_tags": "?"}', "blocked_tags"),
    ],
)
async def test_a_button_leads_to_what_cannot_be_read_and_choosing_that_again_mends_all(
    place: Place, caplog: pytest.LogCaptureFixture, level: Level, document: str, setting: str
) -> None:
    dark, someone = place.world.after_dark, place.moderator
    id_, scope = {
        "server": (place.world.guild_id, "s"),
        "channel": (dark.id, f"c{dark.id}"),
        "person": (someone.user.id, "me"),
    }[level]
    await damage(place, level, id_, document)
    caplog.clear()
    shown = await (await someone.slash(dark, "settings why")).message()
    assert LOST in texts(shown)
    button = f"panelb:{scope}:{setting}"
    assert button in list_ids(shown)
    panel = Panel(someone, shown)
    assert LOST in await panel.press(button)
    mend = {
        "roles": lambda: panel.set("setr:s:roles", place.world.moderators),
        "channels": lambda: panel.set("setc:s:channels", dark),
        "blocked_tags": lambda: panel.type_tags(scope),
    }
    assert LOST not in await mend.get(setting, lambda: panel.set(f"set:{scope}:{setting}", "on"))()
    caplog.clear()
    assert LOST not in await read_why(place, dark)


async def test_what_cannot_be_read_of_another_is_no_way_out(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    await damage(place, "server", place.world.guild_id, '{"roles": "?"}')
    await damage(place, "person", place.reader.user.id, "garbage")
    caplog.clear()
    shown = await (await place.reader.slash(place.general, "settings why")).message()
    assert list_ids(shown) == ["panelb:me:blocked_tags", "panelb:me:previews"]
    assert "Blocked tags (yours)" in texts(shown)
    own = await Panel(place.reader, shown).press("panelb:me:blocked_tags")
    caplog.clear()
    assert f"Something below {LOST}" in own


async def test_who_switched_nothing_off_is_led_to_no_switch_of_their_own(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    await damage(place, "server", place.world.guild_id, '{"roles": "?"}')
    shown = await (await place.reader.slash(place.general, "settings why")).message()
    caplog.clear()
    assert list_ids(shown) == []


async def test_in_direct_messages_nobody_is_told_that_they_switched_off_what_is_on(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    await damage(place, "person", place.reader.user.id, '{"blocked_tags": "?"}')
    await post(place, place.world.dm, NOVEL)
    (said,) = [texts(one) for one in list_replies(place, place.world.dm)]
    caplog.clear()
    assert OPTED_OUT not in said
    assert LOST in said


@pytest.mark.parametrize("level", ["server", "person"])
async def test_of_a_link_nobody_is_told_that_they_switched_off_what_is_on(
    place: Place, caplog: pytest.LogCaptureFixture, level: Level
) -> None:
    id_ = place.world.guild_id if level == "server" else place.reader.user.id
    await damage(place, level, id_, '{"blocked_tags": "?"}')
    said = texts(await (await place.reader.slash(place.general, "settings why", url=NOVEL)).message())
    caplog.clear()
    assert OPTED_OUT not in said
    assert LOST in said


async def test_all_that_cannot_be_read_has_a_button_and_discord_takes_so_many(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    levels: dict[Level, str] = {
        "server": place.world.guild_id,
        "channel": place.general.id,
        "person": place.moderator.user.id,
    }
    for level, id_ in levels.items():
        await damage(place, level, id_, "garbage")
    shown = await (await place.moderator.slash(place.general, "settings why")).message()
    caplog.clear()
    found = [one.rpartition(":")[2] for one in list_ids(shown)]
    assert len(found) <= 20
    assert sorted(found).count("blocked_tags") == len(levels)
    assert {"roles", "channels", "channel_rule", "galleries", "adult", "vndb", "anime", "previews"} <= set(found)


@pytest.mark.parametrize("page", ["previews", "where", "cards"])
async def test_each_page_of_a_panel_says_that_something_on_another_shuts_all(
    place: Place, caplog: pytest.LogCaptureFixture, page: str
) -> None:
    said = f"Something on the page “Where and who” {LOST}"
    await damage(place, "server", place.world.guild_id, '{"roles": "?"}')
    caplog.clear()
    panel = await open_panel(place.moderator, place.general)
    assert said in await panel.set("panel:s", page)
    channel = await open_panel(place.moderator, place.general, "settings channel")
    assert f"Something in the settings of the server {LOST}" in channel.text
    assert "Something" not in await panel.set("setr:s:roles", place.world.moderators)
    caplog.clear()


@pytest.mark.parametrize(
    ("document", "command", "options", "right", "wrong"),
    [
        ('{"adult": "?"}', "vn tag info", {"name": "g91"}, "only where it can be read", "have switched that off here"),
        ('{"image_level": "?"}', "vn info", {"title": "v2002"}, "Which pictures may be shown", "are switched off here"),
        ('{"roles": "?"}', "vn info", {"title": "v2002"}, "Which pictures may be shown", "are switched off here"),
    ],
)
async def test_a_card_blames_nobody_for_what_cannot_be_read(
    place: Place,
    caplog: pytest.LogCaptureFixture,
    document: str,
    command: str,
    options: dict[str, Any],
    right: str,
    wrong: str,
) -> None:
    await damage(place, "server", place.world.guild_id, document)
    caplog.clear()
    said = texts(await (await place.reader.slash(place.world.after_dark, command, **options)).message())
    assert right in said
    assert wrong not in said


async def test_a_gallery_blames_nobody_for_a_cover_that_is_not_shown(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    await damage(place, "server", place.world.guild_id, '{"image_level": "?"}')
    caplog.clear()
    url = place.services.ehentai.library[Sample.PLAIN].url
    said = texts(await (await place.reader.slash(place.world.after_dark, "gallery preview", url=url)).message())
    assert "Which pictures may be shown here cannot be read any more" in said
