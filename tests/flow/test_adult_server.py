"""A server, or a channel, that wants nothing for adults: an age-restricted channel is one like all others there,
whichever way leads to it.
"""

from __future__ import annotations

from typing import Any

import pytest

from bot.gate.rules import Rule
from bot.interaction.rule import explain_rule
from bot.playground.engine import Channel, RestFault, texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    exists,
    find_url,
    list_replies,
    post,
    set_server,
    settle,
    wait_until,
    wait_until_gone,
)
from tests.flow.setting_message import ask_preview, choose_for_channel, choose_for_server, read_why, run_sql
from tests.flow.test_adult_off import REFUSED, ask
from tests.flow.test_preview_answer import wait_until_kept

NOWHERE = "those who manage this server have switched that off here"


async def switch_off(place: Place) -> None:
    await set_server(place, adult=False)


@pytest.mark.parametrize(("command", "options"), REFUSED, ids=str)
async def test_a_command_refuses_it_and_names_the_server(shared: Place, command: str, options: dict[str, Any]) -> None:
    await switch_off(shared)
    assert NOWHERE in await ask(shared, shared.world.after_dark, command, options)
    assert NOWHERE in await ask(shared, shared.world.after_dark_thread, command, options)


@pytest.mark.parametrize("title", ["v11", "v97"])
async def test_a_card_is_the_one_of_an_ordinary_channel(shared: Place, title: str) -> None:
    async def show(channel: Channel) -> tuple[str, str]:
        message = await (await shared.reader.slash(channel, "vn info", title=title)).message()
        return texts(message), str([part for part in str(message).split() if "http" in part])

    assert await show(shared.general) != await show(shared.world.after_dark)
    await switch_off(shared)
    assert await show(shared.general) == await show(shared.world.after_dark)


async def test_suggestions_and_links_leave_it_out(shared: Place) -> None:
    await switch_off(shared)
    for command, option, typed in (("vn tag info", "name", "high sex"), ("anime info", "title", "evening")):
        wanted: dict[str, Any] = {option: typed}
        assert await shared.reader.autocomplete(shared.world.after_dark, command, focused=option, **wanted) == []
    assert NOWHERE in await ask_preview(shared.reader, shared.world.after_dark, "https://vndb.org/g91")


async def test_no_gallery_is_shown_on_any_path_and_none_is_asked_for(place: Place) -> None:
    await switch_off(place)
    dark, link = place.world.after_dark, find_url(place, Sample.PLAIN)
    reason = explain_rule(Rule.SERVER_ADULT_OFF)
    await post(place, dark, link)
    assert list_replies(place, dark) == []
    assert reason in await ask_preview(place.reader, dark, link)
    assert reason in texts(await (await place.reader.slash(dark, "gallery preview", url=link)).message())
    assert place.services.ehentai.requests == []


async def test_what_stood_there_goes_when_a_moderator_switches_it_off(shared: Place) -> None:
    dark = shared.world.after_dark
    await post(shared, dark, find_url(shared, Sample.PLAIN))
    (reply,) = list_replies(shared, dark)
    answer = await (await shared.reader.slash(dark, "vn info", title="v17")).message()
    await wait_until_kept(shared, answer)
    elsewhere = await (await shared.reader.slash(shared.general, "vn info", title="v17")).message()
    await choose_for_server(shared, "cards", "set:s:adult", "off")
    await wait_until_gone(shared, reply)
    await wait_until_gone(shared, answer)
    await settle(shared)
    assert exists(shared, elsewhere)


@pytest.mark.parametrize("chosen", [{"adult": False}, {"blocked_tags": ("female:kimono",)}], ids=str)
async def test_what_may_stand_no_more_goes_while_others_are_still_being_made_anew(
    place: Place, chosen: dict[str, Any]
) -> None:
    many = 8
    for number in range(many):
        await post(place, place.general, "https://vndb.org/v17" + " " * number)
    await post(place, place.world.after_dark, find_url(place, Sample.PLAIN))
    (gallery,) = list_replies(place, place.world.after_dark)
    slow = RestFault(None, count=1000, method="GET", path=r"/messages/\d+$", delay_s=0.5)
    place.world.rest_faults.append(slow)
    await choose_for_server(place, "cards", "set:s:title_language", "english")
    await wait_until(lambda: slow.count < 1000 - 2)
    await set_server(place, title_language="english", **chosen)
    place.shiori.previewer.server_changed(int(place.world.guild_id))
    await wait_until_gone(place, gallery)
    assert slow.count > 1000 - many
    place.world.rest_faults.clear()


async def test_a_channel_may_be_the_one_exception_or_the_only_one(shared: Place) -> None:
    dark, link = shared.world.after_dark, find_url(shared, Sample.PLAIN)
    await switch_off(shared)
    await choose_for_channel(shared, dark, "adult", "on")
    assert NOWHERE not in await ask(shared, dark, "vn tag info", {"name": "g91"})
    assert explain_rule(Rule.AGE_RESTRICTED) in await read_why(shared, dark)
    await choose_for_channel(shared, dark, "adult", "off")
    said = await ask(shared, dark, "vn tag info", {"name": "g91"})
    assert NOWHERE in said
    assert explain_rule(Rule.CHANNEL_ADULT_OFF) in await ask_preview(shared.reader, dark, link)


async def test_why_says_so_and_leads_to_the_switch(shared: Place) -> None:
    await switch_off(shared)
    exchange = await shared.moderator.slash(shared.world.after_dark, "settings why")
    message = await exchange.message()
    said = texts(message)
    assert explain_rule(Rule.SERVER_ADULT_OFF) in said
    assert "nothing for adults" in said
    assert "is not age-restricted" not in said
    panel = await (await shared.moderator.press(message, "panelb:s:adult")).message()
    assert "**Adult content**" in texts(panel)


async def test_settings_that_cannot_be_read_close_it(unconnected: Place, caplog: pytest.LogCaptureFixture) -> None:
    async with unconnected.connected():
        await switch_off(unconnected)
    run_sql(unconnected, """UPDATE setting SET document = '{"adult": "perhaps"}'""")
    async with unconnected.connected():
        dark = unconnected.world.after_dark
        assert "age-restricted" not in await ask(unconnected, dark, "vn tag info", {"name": "g91"})
        assert explain_rule(Rule.UNREADABLE) in await read_why(unconnected, dark)
    assert "cannot be read in part: adult" in caplog.text
    caplog.clear()  # whoever runs the bot is told
