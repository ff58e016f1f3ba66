"""What a server owner sees in the panels: what was saved, differs, or does nothing, and the way to the reason."""

from __future__ import annotations

import pytest

from bot.gate.rules import Rule
from bot.interaction.rule import explain_rule
from bot.playground.engine import buttons, find_by_custom_id, texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import find_url, set_channel, set_server
from tests.flow.setting_message import choose_for_channel, choose_for_server, open_panel, open_where, read_why, set_own


async def test_what_was_saved_is_named_with_the_control_in_each_panel(shared: Place) -> None:
    general = shared.general
    server = await open_panel(shared.moderator, general)
    assert "✅ Saved: VNDB links: Off" in await server.set("set:s:vndb", "off")
    channel = await open_panel(shared.moderator, general, "settings channel")
    assert "✅ Saved: VNDB links: On" in await channel.set(f"set:c{general.id}:vndb", "on")
    assert "only here; the server: Off" in channel.text
    assert "✅ Saved: Titles: English" in await channel.set(f"set:c{general.id}:title_language", "english")
    own = await open_panel(shared.moderator, general, "me")
    assert "✅ Saved: Spoilers: All of them" in await own.set("set:me:spoiler_level", "2")


async def test_a_channel_has_pages_and_each_setting_a_way_back(place: Place) -> None:
    panel = await open_panel(place.moderator, place.general, "settings channel")
    assert find_by_custom_id(panel.message, f"set:c{place.general.id}:title_language") is None
    await panel.set(f"set:c{place.general.id}:title_language", "native")
    assert "Saved: Titles: As in the server" in await panel.set(f"set:c{place.general.id}:title_language", "inherit")
    assert "only here" not in panel.text


async def test_the_server_s_panel_names_the_channels_that_differ(place: Place) -> None:
    assert "Nothing is, so far." in (await open_panel(place.moderator, place.general)).text
    await choose_for_channel(place, place.world.voice, "vndb", "off")
    assert f"So far in <#{place.world.voice.id}>." in (await open_panel(place.moderator, place.general)).text


async def test_an_empty_list_is_said_where_it_is_chosen_and_where_it_decides(shared: Place) -> None:
    panel = await open_where(shared)
    assert "No channel is listed yet, so nothing is previewed anywhere." in await panel.set(
        "set:s:channel_rule", "only"
    )
    assert explain_rule(Rule.NO_CHANNEL_LISTED) in await read_why(shared, shared.general)
    assert "No channel is listed yet" not in await panel.set("setc:s:channels", shared.general)
    assert "The list does nothing" in await panel.set("set:s:channel_rule", "all")


async def test_a_panel_leads_to_the_reason_and_the_reason_back_to_where_it_was_chosen(place: Place) -> None:
    await choose_for_channel(place, place.general, "non_h", "on")
    panel = await open_panel(place.moderator, place.general)
    await panel.press("why")
    assert "What is shown here" in panel.text
    await panel.press(f"panelb:c{place.general.id}:non_h")
    assert f"Settings of <#{place.general.id}>" in panel.text
    assert "What is shown here" in await panel.press("why")


@pytest.mark.parametrize(("level", "said"), [("server", "of this server"), ("channel", "of this channel")])
async def test_who_chose_the_level_of_pictures_is_named(shared: Place, level: str, said: str) -> None:
    assert "as nobody has chosen otherwise" in await read_why(shared, shared.general)
    if level == "server":
        await choose_for_server(shared, "cards", "set:s:image_level", "0")
    else:
        await choose_for_channel(shared, shared.general, "image_level", "0")
    why = await read_why(shared, shared.general)
    assert f"“Pictures” is “Safe ones only” in the settings {said}." in why
    assert "This channel is not age-restricted." in why


# Who has no part in it


async def test_everybody_may_ask_why_and_is_offered_what_is_theirs_alone(shared: Place) -> None:
    await set_own(shared, shared.reader, "previews", "off")
    exchange = await shared.reader.slash(shared.general, "settings why")
    assert exchange.ephemeral
    message = await exchange.message()
    assert "What is shown here" in texts(message)
    assert [one["custom_id"] for one in buttons(message)] == ["panelb:me:previews"]


@pytest.mark.parametrize("command", ["settings server", "settings channel"])
async def test_who_does_not_manage_the_server_is_told_what_that_needs(shared: Place, command: str) -> None:
    exchange = await shared.reader.slash(shared.general, command)
    assert exchange.ephemeral
    assert "needs the permission “Manage Server”" in texts(await exchange.message())


# Of a link


async def ask_why(place: Place, url: str, *, restricted: bool = True) -> str:
    channel = place.world.after_dark if restricted else place.general
    return texts(await (await place.reader.slash(channel, "settings why", url=url)).message())


async def test_why_says_what_holds_of_a_link(place: Place) -> None:
    url = find_url(place, Sample.PLAIN)
    assert "**A gallery**: ✅ previewed" in await ask_why(place, url)
    assert "**A visual novel**: ✅ previewed" in await ask_why(place, "https://vndb.org/v17")
    assert "That is no link to" in await ask_why(place, "nonsense, that is")
    await set_server(place, blocked_tags=("glasses",))
    assert f"**A gallery**: ❌ {explain_rule(Rule.SERVER_TAG)}" in await ask_why(place, url)
    await set_channel(place, place.world.after_dark, vndb=False)
    assert f"**A visual novel**: ❌ {explain_rule(Rule.CHANNEL_OFF)}" in await ask_why(place, "https://vndb.org/v17")


async def test_nothing_is_asked_or_told_of_a_gallery_where_none_may_be_shown(place: Place) -> None:
    said = await ask_why(place, find_url(place, Sample.PLAIN), restricted=False)
    assert f"**A gallery**: ❌ {explain_rule(Rule.NOT_AGE_RESTRICTED)}" in said
    assert place.services.ehentai.requests == []


async def test_what_is_shown_nowhere_and_one_s_own_choice_are_named(place: Place) -> None:
    said = await ask_why(place, find_url(place, Sample.WITHHELD_NON_H))
    assert explain_rule(Rule.WITHHELD) in said
    await set_own(place, place.reader, "previews", "off")
    assert f"❌ {explain_rule(Rule.OPTED_OUT)}" in await ask_why(place, "https://vndb.org/v17")
