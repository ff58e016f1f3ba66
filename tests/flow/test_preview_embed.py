"""Discord's own embed of a link that is previewed is taken away, where that may be and is wanted."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.engine import Permission, RestFault, Webhook
from bot.playground.engine.model import SUPPRESS_EMBEDS
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    find_message,
    find_url,
    list_calls,
    list_replies,
    post,
    set_channel,
    set_server,
    settle,
)

Payload = dict[str, Any]


@pytest.fixture
def moderating(place: Place) -> Place:
    """The bot may manage messages."""
    place.world.grant(place.world.after_dark, place.world.bot, Permission.MANAGE_MESSAGES)
    return place


def is_suppressed(place: Place, message: Payload) -> bool:
    return bool(find_message(place, message)["flags"] & SUPPRESS_EMBEDS)


async def post_and_unfurl(place: Place, text: str) -> Payload:
    message = await post(place, place.world.after_dark, text)
    place.world.unfurl(message)
    await settle(place)
    return message


async def test_no_embed_appears_beside_a_preview(moderating: Place) -> None:
    text = f"look {find_url(moderating, Sample.PLAIN)}"
    message = await post_and_unfurl(moderating, text)
    assert is_suppressed(moderating, message)
    assert find_message(moderating, message)["embeds"] == []
    assert find_message(moderating, message)["content"] == text


async def test_an_embed_that_was_there_first_is_taken_away(moderating: Place) -> None:
    moderating.world.rest_faults.append(RestFault(None, method="POST", path="/messages$", delay_s=0.2))
    message = await moderating.reader.post(moderating.world.after_dark, find_url(moderating, Sample.PLAIN))
    moderating.world.unfurl(message)
    assert find_message(moderating, message)["embeds"] != []
    await settle(moderating)
    assert find_message(moderating, message)["embeds"] == []


async def test_an_embed_that_arrives_later_is_taken_away_when_the_first_time_failed(moderating: Place) -> None:
    moderating.world.rest_faults.append(RestFault(403, method="PATCH"))
    message = await post(moderating, moderating.world.after_dark, find_url(moderating, Sample.PLAIN))
    assert not is_suppressed(moderating, message)
    moderating.world.unfurl(message)
    await settle(moderating)
    assert is_suppressed(moderating, message)
    assert len(list_replies(moderating, moderating.world.after_dark)) == 1


async def test_a_message_that_is_posted_during_catching_up_is_worked_on_once(moderating: Place) -> None:
    moderating.shiori.previewer.catch_up(int(moderating.world.guild_id))  # waits a moment for further servers
    message = await moderating.reader.post(moderating.world.after_dark, find_url(moderating, Sample.PLAIN))
    path = f"/messages/{message['id']}"
    await settle(moderating)
    assert len([one for one in moderating.world.requests if one.method == "PATCH" and one.path.endswith(path)]) == 1
    assert not [one for one in moderating.world.requests if one.method == "GET" and one.path.endswith(path)]


async def test_an_embed_that_arrives_after_a_restart_is_taken_away(unconnected: Place) -> None:
    async with unconnected.connected():
        message = await post(unconnected, unconnected.world.after_dark, find_url(unconnected, Sample.PLAIN))
    unconnected.world.grant(unconnected.world.after_dark, unconnected.world.bot, Permission.MANAGE_MESSAGES)
    async with unconnected.connected():
        unconnected.world.unfurl(message)
        await settle(unconnected)
        assert is_suppressed(unconnected, message)


async def test_it_is_suppressed_once(moderating: Place) -> None:
    message = await post_and_unfurl(moderating, find_url(moderating, Sample.PLAIN))
    assert len(list_calls(moderating, "PATCH", message["id"])) == 1


@pytest.mark.parametrize("other", ["https://example.org/", "https://vndb.org/v17", "https://e-hentai.org/tag/x"])
async def test_embeds_stay_when_another_link_stands_in_the_message(moderating: Place, other: str) -> None:
    await set_server(moderating, vndb=False)
    message = await post_and_unfurl(moderating, f"{find_url(moderating, Sample.PLAIN)} {other}")
    assert not is_suppressed(moderating, message)
    assert len(find_message(moderating, message)["embeds"]) == 2


async def test_a_link_that_has_no_embed_stays_nobodys_reason(moderating: Place) -> None:
    message = await post_and_unfurl(moderating, f"{find_url(moderating, Sample.PLAIN)} <https://example.org/>")
    assert is_suppressed(moderating, message)


async def test_embeds_stay_where_the_bot_may_not_manage_messages(place: Place) -> None:
    message = await post_and_unfurl(place, find_url(place, Sample.PLAIN))
    assert not is_suppressed(place, message)
    assert list_calls(place, "PATCH", message["id"]) == []


async def test_embeds_stay_where_the_server_wants_them(moderating: Place) -> None:
    await set_server(moderating, suppress=False)
    message = await post_and_unfurl(moderating, find_url(moderating, Sample.PLAIN))
    assert not is_suppressed(moderating, message)


async def test_embeds_stay_where_the_channel_wants_them(moderating: Place) -> None:
    await set_channel(moderating, moderating.world.after_dark, suppress=False)
    message = await post_and_unfurl(moderating, find_url(moderating, Sample.PLAIN))
    assert not is_suppressed(moderating, message)


@pytest.mark.parametrize("sample", [Sample.WITHHELD_BY_NAMESPACED_TAG, Sample.PLAIN])
async def test_embeds_stay_where_there_is_no_preview(moderating: Place, sample: Sample) -> None:
    await set_server(moderating, blocked_tags=("female:kimono",))
    message = await post_and_unfurl(moderating, find_url(moderating, sample))
    assert not is_suppressed(moderating, message)


async def test_discords_embed_stays_where_discord_refuses_the_card(moderating: Place) -> None:
    moderating.world.rest_faults.append(RestFault(403, method="POST", path="/messages$"))
    message = await post(moderating, moderating.world.after_dark, find_url(moderating, Sample.PLAIN))
    assert list_replies(moderating, moderating.world.after_dark) == []
    assert not moderating.world.messages[message["id"]].flags & SUPPRESS_EMBEDS


async def test_what_a_webhook_says_in_an_embed_of_its_own_stays(moderating: Place) -> None:
    await set_server(moderating, bots=True)
    dark = moderating.world.after_dark
    embed = {"title": "Tonight at nine", "description": "Join", "color": 1}
    text = "Watch party: https://anilist.co/anime/9253"
    message = await Webhook(moderating.world, dark).post(text, embeds=[embed])
    await settle(moderating)
    assert len(list_replies(moderating, dark)) == 1
    assert find_message(moderating, message)["embeds"] != []
