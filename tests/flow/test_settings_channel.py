"""The panel of a channel: what differs there from its server."""

from __future__ import annotations

import pytest

from bot.gate.rules import HOSTED_DEFAULT
from bot.playground.engine import Channel, Permission, PersonError, texts
from bot.playground.engine.model import CATEGORY, NEWS
from bot.playground.service import Sample
from bot.settings.form import list_options, list_pages
from tests.flow.conftest import Place
from tests.flow.setting_message import (
    SAVED,
    ask_preview,
    choose_for_channel,
    choose_for_server,
    open_panel,
    read_reply,
    use_forged,
)

NOVEL = "https://vndb.org/v2002"
OFF = "switched off in this channel"


def link(place: Place) -> str:
    return place.services.ehentai.library[Sample.PLAIN].url


async def test_every_choice_of_a_channel_is_saved_and_kept_after_a_restart(unconnected: Place) -> None:
    channel = unconnected.general
    pages = list_pages("channel", HOSTED_DEFAULT)
    options = {one.name: list_options(one, "channel") for page in pages for one in page.settings}
    # Once adult content is off, what is of no use without it is not offered: `test_adult_server` has that.
    wanted = {f"set:c{channel.id}:{name}": some[-1].value for name, some in options.items() if some and name != "adult"}
    async with unconnected.connected():
        panel = await open_panel(unconnected.moderator, channel, "settings channel")
        for name, value in wanted.items():
            assert SAVED in await panel.set(name, value)
        assert SAVED in await panel.type_tags(f"c{channel.id}", "kimono")
    async with unconnected.connected():
        panel = await open_panel(unconnected.moderator, channel, "settings channel")
        for name, value in wanted.items():
            await panel.turn_to(name)
            assert panel.read(name) == [value]
        assert "kimono" in panel.text


async def test_a_channel_is_as_its_server_again_once_it_is_set_so(shared: Place) -> None:
    await choose_for_server(shared, "previews", "set:s:vndb", "off")
    await choose_for_channel(shared, shared.general, "vndb", "on")
    assert "STEINS;GATE" in await read_reply(shared, shared.general, NOVEL)
    await choose_for_channel(shared, shared.general, "vndb", "inherit")
    assert await read_reply(shared, shared.general, NOVEL) == ""


async def test_galleries_are_off_in_one_channel_and_on_in_another(place: Place) -> None:
    other = place.world.create_channel("late-books", nsfw=True)
    await choose_for_server(place, "previews", "set:s:galleries", "off")
    await choose_for_channel(place, other, "galleries", "on")
    assert "switched off in this server" in await ask_preview(place.reader, place.world.after_dark, link(place))
    assert "Evening at" in await ask_preview(place.reader, other, link(place))
    await choose_for_server(place, "previews", "set:s:galleries", "on")
    await choose_for_channel(place, other, "galleries", "off")
    assert "Evening at" in await ask_preview(place.reader, place.world.after_dark, link(place))
    assert OFF in await ask_preview(place.reader, other, link(place))


@pytest.mark.parametrize("where", ["after_dark_thread", "after_dark_post"])
async def test_threads_and_posts_go_by_their_channel(shared: Place, where: str) -> None:
    thread = getattr(shared.world, where)
    await choose_for_channel(shared, thread.parent, "galleries", "off")
    assert OFF in await ask_preview(shared.reader, thread, link(shared))


async def test_the_command_used_in_a_thread_opens_the_panel_of_its_channel(shared: Place) -> None:
    panel = await open_panel(shared.moderator, shared.world.general_thread, "settings channel")
    assert f"Settings of <#{shared.general.id}>\n" in panel.text


@pytest.mark.parametrize("where", ["voice_after_dark", "after_dark_forum"])
async def test_other_channels_than_this_one_can_be_picked(shared: Place, where: str) -> None:
    channel = getattr(shared.world, where)
    panel = await open_panel(shared.moderator, shared.general, "settings channel", channel=channel)
    assert f"Settings of <#{channel.id}>\n" in panel.text


async def test_an_announcement_channel_has_a_panel(place: Place) -> None:
    news = place.world.create_channel("news", kind=NEWS)
    panel = await open_panel(place.moderator, place.general, "settings channel", channel=news)
    assert SAVED in await panel.set(f"set:c{news.id}:vndb", "on")


async def test_a_channel_is_reached_from_the_server_and_back(shared: Place) -> None:
    panel = await open_panel(shared.moderator, shared.general)
    assert f"Settings of <#{shared.world.after_dark.id}>\n" in await panel.set("panelc", shared.world.after_dark)
    assert "## Settings of this server" in await panel.press("panelb:s")


async def test_tags_of_a_channel_are_blocked_besides_those_of_its_server(shared: Place) -> None:
    after_dark = shared.world.after_dark
    panel = await open_panel(shared.moderator, after_dark)
    await panel.set("panel:s", "where")
    await panel.type_tags("s", "apron")
    panel = await open_panel(shared.moderator, after_dark, "settings channel")
    await panel.type_tags(f"c{after_dark.id}", "glasses")
    manga = shared.services.ehentai.library[Sample.MANGA].url
    assert "blocked in this server" in await ask_preview(shared.reader, after_dark, manga)
    assert "blocked in this channel" in await ask_preview(shared.reader, after_dark, link(shared))


async def test_a_note_can_be_wanted_in_one_channel_only(shared: Place) -> None:
    await choose_for_channel(shared, shared.general, "notes", "on")
    assert "not age-restricted" in await read_reply(shared, shared.general, link(shared))


async def test_titles_stand_in_the_language_of_the_channel(shared: Place) -> None:
    await choose_for_channel(shared, shared.world.after_dark, "title_language", "native")
    said = await ask_preview(shared.reader, shared.world.after_dark, link(shared))
    assert said.index("湖畔駅の夕べ") < said.index("Evening at")


# What there is not


def create_hidden(place: Place) -> Channel:
    """A channel that the bot was never told of."""
    hidden = Channel(place.world.new_id(), "hidden", guild_id=place.world.guild_id)
    hidden.overwrites = {place.world.bot_role.id: (0, int(Permission.VIEW_CHANNEL))}
    place.world.channels[hidden.id] = hidden
    return hidden


async def test_a_panel_of_a_deleted_channel_says_so(place: Place) -> None:
    gone = place.world.create_channel("gone")
    panel = await open_panel(place.moderator, place.general, "settings channel", channel=gone)
    place.world.remove_channel(gone)
    refused = await place.moderator.select(panel.message, f"set:c{gone.id}:vndb", ["on"])
    assert "cannot see it" in texts(await refused.message())


async def test_a_channel_of_another_server_is_refused(shared: Place) -> None:
    panel = await open_panel(shared.moderator, shared.general)
    elsewhere = shared.world.elsewhere.id
    for custom_id in (f"set:c{elsewhere}:vndb", f"tags:c{elsewhere}:blocked_tags", f"panelb:c{elsewhere}"):
        refused = await use_forged(shared, panel, shared.world.moderator, custom_id, ["on"])
        assert "not one of this server" in texts(await refused.message())


async def test_a_category_has_no_panel(place: Place) -> None:
    category = place.world.create_channel("Late", kind=CATEGORY)
    panel = await open_panel(place.moderator, place.general)
    with pytest.raises(PersonError):
        await panel.set("panelc", category)


async def test_the_command_refuses_a_channel_that_the_bot_cannot_see_with_a_sentence(place: Place) -> None:
    hidden = create_hidden(place)
    refused = await place.moderator.slash(place.general, "settings channel", channel=hidden)
    assert "cannot see it" in texts(await refused.message())


async def test_a_channel_that_the_bot_cannot_see_is_refused_with_a_sentence(place: Place) -> None:
    hidden = create_hidden(place)
    panel = await open_panel(place.moderator, place.general)
    refused = await place.moderator.select(panel.message, "panelc", [hidden])
    assert "cannot see it" in texts(await refused.message())
