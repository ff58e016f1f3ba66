"""Where galleries are shown, and where nothing of them is."""

from __future__ import annotations

from typing import Any

import pytest

from bot.gate.rules import Rule
from bot.interaction.rule import explain_rule
from bot.playground.engine import Channel, RestFault, pictures, texts
from bot.playground.engine.model import CATEGORY, FORUM, NEWS
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    find_url,
    list_gids,
    list_replies,
    post,
    preview,
    set_channel,
    set_reader,
    set_server,
    settle,
    wait_until,
)
from tests.flow.setting_message import SAVED, open_panel
from tests.flow.vn_message import choose, press

Payload = dict[str, Any]

RESTRICTED = ["after_dark", "after_dark_thread", "after_dark_post", "voice_after_dark"]
MADE = ("news", "news thread", "private thread", "forum post")


def make_channel(place: Place, name: str, *, nsfw: bool) -> Channel:
    """A channel or thread that is not there from the beginning."""
    world = place.world
    if name == "forum post":
        return world.create_post(world.create_channel("shelf", kind=FORUM, nsfw=nsfw), world.owner, "Talk", "Go on")[0]
    if name == "private thread":
        parent = world.after_dark if nsfw else world.general
        thread = world.create_thread(parent, "Only us", private=True, members=[world.reader])
        world.add_to_thread(thread, world.bot)
        return thread
    news = world.create_channel("news", kind=NEWS, nsfw=nsfw)
    return news if name == "news" else world.create_thread(news, "About the news")


@pytest.mark.parametrize("where", RESTRICTED)
async def test_a_link_gets_its_card_where_it_belongs(shared: Place, where: str) -> None:
    channel: Channel = getattr(shared.world, where)
    message = await post(shared, channel, f"Look: {find_url(shared, Sample.PLAIN)}")
    (reply,) = list_replies(shared, channel)
    assert list_gids(reply) == [Sample.PLAIN]
    assert reply["message_reference"]["message_id"] == message["id"]
    assert reply["mentions"] == []
    assert len(pictures(reply)) == 1


@pytest.mark.parametrize("where", ["general", "general_thread", "voice"])
async def test_nothing_is_asked_nor_shown_elsewhere(place: Place, where: str) -> None:
    channel: Channel = getattr(place.world, where)
    await post(place, channel, find_url(place, Sample.PLAIN))
    assert list_replies(place, channel) == []
    assert place.services.ehentai.requests == []


async def test_in_direct_messages_one_sentence_says_why_and_nothing_is_asked(place: Place) -> None:
    for sample in (Sample.PLAIN, Sample.MANGA):
        await post(place, place.world.dm, find_url(place, sample))
    said = [texts(note) for note in list_replies(place, place.world.dm)]
    assert said == [f"-# {explain_rule(Rule.DM_OFF)}\nRemove"] * 2
    assert place.services.ehentai.requests == []


@pytest.mark.parametrize("name", MADE)
async def test_a_new_channel_goes_by_its_own_flag_or_its_parents(place: Place, name: str) -> None:
    restricted, ordinary = make_channel(place, name, nsfw=True), make_channel(place, name, nsfw=False)
    for channel in (restricted, ordinary):
        await post(place, channel, find_url(place, Sample.PLAIN))
    assert [list_gids(reply) for reply in list_replies(place, restricted)] == [[Sample.PLAIN]]
    assert list_replies(place, ordinary) == []
    assert len(place.services.ehentai.requests) == 1


async def test_the_first_message_of_a_forum_post_gets_its_card(place: Place) -> None:
    url = find_url(place, Sample.PLAIN)
    thread, _ = await place.reader.create_post(place.world.after_dark_forum, "This one", url)
    await settle(place)
    assert [list_gids(reply) for reply in list_replies(place, thread)] == [[Sample.PLAIN]]


async def test_direct_messages_get_cards_for_those_who_switched_them_on(shared: Place) -> None:
    await set_reader(shared, dm_galleries=True)
    _, reply = await preview(shared, find_url(shared, Sample.PLAIN), channel=shared.world.dm)
    assert list_gids(reply) == [Sample.PLAIN]


# What changes later


@pytest.mark.parametrize("where", RESTRICTED)
async def test_previews_go_where_the_channel_is_age_restricted_no_more(place: Place, where: str) -> None:
    channel: Channel = getattr(place.world, where)
    await preview(place, find_url(place, Sample.PLAIN), channel=channel)
    place.world.set_nsfw(channel.parent or channel, nsfw=False)
    await settle(place)
    assert list_replies(place, channel) == []


async def test_previews_stay_where_the_channel_is_as_it_was(place: Place) -> None:
    _, reply = await preview(place, find_url(place, Sample.PLAIN))
    place.world.set_nsfw(place.world.voice_after_dark, nsfw=False)
    place.world.change_channel(place.world.after_dark)
    await settle(place)
    assert list_replies(place, place.world.after_dark) == [reply]


async def test_a_reply_goes_with_an_edit_where_the_bot_missed_that_the_channel_is_age_restricted_no_more(
    unconnected: Place,
) -> None:
    after_dark = unconnected.world.after_dark
    async with unconnected.connected():
        message, _ = await preview(unconnected, find_url(unconnected, Sample.PLAIN))
    unconnected.world.set_nsfw(after_dark, nsfw=False)
    async with unconnected.connected():
        await unconnected.reader.edit(message, f"again {find_url(unconnected, Sample.PLAIN)}")
        await settle(unconnected)
        assert list_replies(unconnected, after_dark) == []


async def test_a_reply_comes_with_an_edit_where_the_channel_has_become_age_restricted(place: Place) -> None:
    message = await post(place, place.general, find_url(place, Sample.PLAIN))
    place.world.set_nsfw(place.general, nsfw=True)
    await place.reader.edit(message, f"again {find_url(place, Sample.PLAIN)}")
    await settle(place)
    assert [list_gids(reply) for reply in list_replies(place, place.general)] == [[Sample.PLAIN]]


async def test_a_card_that_is_being_made_goes_by_what_the_channel_has_become(place: Place) -> None:
    place.services.ehentai.latency_s = 0.3
    await place.reader.post(place.world.after_dark, find_url(place, Sample.PLAIN))
    await wait_until(lambda: bool(place.services.ehentai.requests))
    place.world.set_nsfw(place.world.after_dark, nsfw=False)
    await settle(place)
    assert list_replies(place, place.world.after_dark) == []


@pytest.mark.parametrize("where", ["after_dark", "after_dark_thread"])
async def test_more_is_shown_by_what_the_channel_has_become(place: Place, where: str) -> None:
    channel: Channel = getattr(place.world, where)
    message = await place.reader.post(channel, find_url(place, Sample.PLAIN))
    shown = await (await place.reader.context_menu(channel, "Preview links", message)).message()
    place.world.set_nsfw(place.world.after_dark, nsfw=False)
    exchange = await press(place.reader, shown, "Show more")
    assert exchange.ephemeral
    assert "not age-restricted" in texts(await exchange.message())


# Non-H


async def test_galleries_that_are_not_for_adults_get_a_card_without_cover_where_the_server_wants_it(
    shared: Place,
) -> None:
    await set_server(shared, non_h=True)
    _, reply = await preview(shared, find_url(shared, Sample.NON_H), channel=shared.general)
    assert list_gids(reply) == [Sample.NON_H]
    assert pictures(reply) == []


async def test_galleries_for_adults_get_none_there(shared: Place) -> None:
    await set_server(shared, non_h=True)
    both = f"{find_url(shared, Sample.PLAIN)} {find_url(shared, Sample.NON_H)}"
    _, reply = await preview(shared, both, channel=shared.general)
    assert list_gids(reply) == [Sample.NON_H]
    assert "Evening at the Lake" not in texts(reply)


@pytest.mark.parametrize("sample", [Sample.UNKNOWN_CATEGORY, Sample.PRIVATE, Sample.MISC])
async def test_what_is_not_known_to_be_harmless_counts_as_for_adults(shared: Place, sample: Sample) -> None:
    await set_server(shared, non_h=True)
    await post(shared, shared.general, find_url(shared, sample))
    assert list_replies(shared, shared.general) == []


async def test_a_channel_decides_for_itself_whether_it_wants_them(shared: Place) -> None:
    await set_channel(shared, shared.general, non_h=True)
    for channel in (shared.world.general_thread, shared.world.voice):
        await post(shared, channel, find_url(shared, Sample.NON_H))
    assert [list_gids(reply) for reply in list_replies(shared, shared.world.general_thread)] == [[Sample.NON_H]]
    assert list_replies(shared, shared.world.voice) == []


# One sentence why


async def test_a_person_is_told_why_once_a_day_where_the_server_wants_it(place: Place) -> None:
    await set_server(place, notes=True)
    for _ in range(2):
        await post(place, place.general, find_url(place, Sample.PLAIN))
    (note,) = list_replies(place, place.general)
    assert "not age-restricted" in texts(note)
    assert list_gids(note) == []
    assert place.services.ehentai.requests == []


async def test_another_reason_is_told_on_the_same_day(shared: Place) -> None:
    await set_server(shared, notes=True, blocked_tags=("glasses",))
    for channel in (shared.general, shared.world.after_dark, shared.general, shared.world.after_dark):
        await post(shared, channel, find_url(shared, Sample.PLAIN))
    said = [texts(note) for one in (shared.general, shared.world.after_dark) for note in list_replies(shared, one)]
    assert ["not age-restricted" in one for one in said] == [True, False]
    assert "blocked in this server" in said[1]


async def test_where_cards_of_some_galleries_are_shown_the_sentence_says_of_which(shared: Place) -> None:
    await set_server(shared, notes=True, non_h=True)
    await post(shared, shared.general, find_url(shared, Sample.PLAIN))
    (note,) = list_replies(shared, shared.general)
    assert "only Non-H galleries (nothing sexual) are shown here" in texts(note)


async def test_the_sentence_is_not_used_up_by_a_message_that_was_edited_meanwhile(place: Place) -> None:
    await set_server(place, notes=True, non_h=True)
    place.services.ehentai.latency_s = 0.3
    message = await place.reader.post(place.general, find_url(place, Sample.PLAIN))
    await wait_until(lambda: bool(place.services.ehentai.requests))
    await place.reader.edit(message, find_url(place, Sample.MANGA))
    await settle(place)
    assert len(list_replies(place, place.general)) == 1


async def test_the_sentence_is_not_used_up_by_a_reply_that_was_lost(place: Place) -> None:
    await set_server(place, notes=True)
    place.world.rest_faults.append(RestFault(0, method="POST", path="/messages$"))
    await place.reader.post(place.general, find_url(place, Sample.PLAIN))
    await wait_until(lambda: bool(list_replies(place, place.general)))
    await post(place, place.general, find_url(place, Sample.PLAIN))
    assert len(list_replies(place, place.general)) == 1


async def test_each_person_is_told(shared: Place) -> None:
    await set_server(shared, notes=True)
    for person in (shared.reader, shared.moderator):
        await post(shared, shared.general, find_url(shared, Sample.PLAIN), by=person)
    assert len(list_replies(shared, shared.general)) == 2


async def test_nobody_is_told_about_a_link_to_a_novel_that_is_not_previewed(shared: Place) -> None:
    await set_server(shared, notes=True, vndb=False)
    await post(shared, shared.general, "https://vndb.org/v17")
    assert list_replies(shared, shared.general) == []


# A category's place in the lists


async def test_a_list_of_channels_may_name_a_category(place: Place) -> None:
    category = place.world.create_channel("Late", kind=CATEGORY)
    inside = place.world.create_channel("inside", nsfw=True, category=category)
    await set_server(place, channel_rule="only", channels=(int(category.id),))
    for channel in (inside, place.world.after_dark):
        await post(place, channel, find_url(place, Sample.PLAIN))
    assert len(list_replies(place, inside)) == 1
    assert list_replies(place, place.world.after_dark) == []


# A thread of a channel that the bot does not know, in a server that it is not in


@pytest.fixture
def unknown_thread(place: Place) -> Channel:
    return place.world.create_thread(place.world.elsewhere_after_dark, "Late talk")


async def test_commands_and_their_buttons_answer_in_a_thread_of_an_unknown_channel(
    place: Place, unknown_thread: Channel
) -> None:
    shown = await (await place.reader.slash(unknown_thread, "vn info", title="v17")).message()
    assert "Ever17" in texts(shown)
    turned = await (await choose(place.reader, shown, "v17/characters")).message()
    assert "Characters" in texts(turned)


async def test_the_menu_answers_in_a_thread_of_an_unknown_channel(place: Place, unknown_thread: Channel) -> None:
    message = await place.reader.post(unknown_thread, "https://vndb.org/v17")
    exchange = await place.reader.context_menu(unknown_thread, "Preview links", message)
    assert "Ever17" in texts(await exchange.message())


async def test_a_thread_of_an_unknown_channel_counts_as_not_age_restricted(
    place: Place, unknown_thread: Channel
) -> None:
    url = find_url(place, Sample.PLAIN)
    for command in place.world.commands:
        command["nsfw"] = False  # a Discord that takes no notice of what is age-restricted
    message = await place.reader.post(unknown_thread, url)
    for exchange in (
        await place.reader.slash(unknown_thread, "gallery preview", url=url),
        await place.reader.context_menu(unknown_thread, "Preview links", message),
    ):
        assert texts(await exchange.message()) == explain_rule(Rule.NOT_AGE_RESTRICTED)
    assert place.services.ehentai.requests == []


async def test_a_personal_panel_answers_in_a_thread_of_an_unknown_channel(
    place: Place, unknown_thread: Channel
) -> None:
    panel = await open_panel(place.reader, unknown_thread, "me")
    assert SAVED in await panel.set("set:me:previews", "off")
