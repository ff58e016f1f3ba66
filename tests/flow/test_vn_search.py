"""`/vn search`, as people use it."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.interaction.reply import REFUSED
from bot.navigation.frame import PageView
from bot.playground.engine import Channel, pictures, selects, texts
from bot.playground.engine.model import RestFault
from bot.playground.service.fault import Fault
from tests.flow.conftest import Place
from tests.flow.fault_message import SENTENCES
from tests.flow.vn_message import choose

SAFE = "v17"
EXPLICIT = "v4590"
UNVOTED = "v12000"
Payload = dict[str, Any]


def covers(message: Payload) -> list[Payload]:
    return pictures(message)


@pytest.mark.parametrize("query", ["v17", "V17", "https://vndb.org/v17", "<https://vndb.org/v17/chars>"])
async def test_a_reference_gives_the_card(shared: Place, query: str) -> None:
    exchange = await shared.reader.slash(shared.general, "vn search", title=query)
    message = await exchange.message()
    assert "Ever17" in texts(message)
    assert not exchange.ephemeral


async def test_a_choice_from_the_list_gives_the_card_it_named(shared: Place) -> None:
    choices = await shared.reader.autocomplete(shared.general, "vn search", focused="title", title="clannad")
    assert choices[0]["name"] == "CLANNAD (2004, Japanese)"
    exchange = await shared.reader.slash(shared.general, "vn search", title=choices[0]["value"])
    assert "CLANNAD" in texts(await exchange.message())


async def test_free_text_with_several_hits_gives_a_list_whose_pick_opens_the_card(shared: Place) -> None:
    exchange = await shared.reader.slash(shared.general, "vn search", title="ever")
    listed = await exchange.message()
    (select,) = selects(listed)
    assert len(select["options"]) > 1
    picked = await shared.reader.select(listed, select["custom_id"], [SAFE])
    assert "Ever17" in texts(await picked.message())
    (shown,) = shared.reader.messages(shared.general)
    assert "Ever17" in texts(shown)


async def test_another_person_opens_a_card_of_their_own(shared: Place) -> None:
    listed = await (await shared.reader.slash(shared.general, "vn search", title="ever")).message()
    (select,) = selects(listed)
    other = await shared.moderator.select(listed, select["custom_id"], [SAFE])
    assert "Ever17" in texts(await other.message())
    assert other.ephemeral
    assert texts(shared.reader.messages(shared.general)[0]) == texts(listed)


async def test_a_list_works_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        listed = await (await unconnected.reader.slash(unconnected.general, "vn search", title="ever")).message()
    async with unconnected.connected():
        (select,) = selects(listed)
        picked = await unconnected.reader.select(listed, select["custom_id"], [SAFE])
        assert "Ever17" in texts(await picked.message())


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("no such title anywhere", "VNDB has no visual novel called"),
        ("v999999", "VNDB has no visual novel v999999"),
        ("@here <@2> **nothing**", "VNDB has no visual novel called"),
        ("\u200b", "needs some letters or digits"),
    ],
)
async def test_what_is_not_there_is_said_to_the_asker_alone(shared: Place, query: str, sentence: str) -> None:
    exchange = await shared.reader.slash(shared.general, "vn search", title=query)
    assert sentence in texts(await exchange.message())
    assert exchange.ephemeral


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"title": "ever", "min_rating": 9.9}, "VNDB has no visual novel like that: “ever” · "),
        ({"title": "@here <@2>", "length": 1}, "VNDB has no visual novel like that: “@\u200bhere \\<@\u200b2>” · "),
    ],
)
async def test_what_is_called_so_and_is_not_like_the_rest_is_not_said_to_be_missing(
    shared: Place, options: dict[str, Any], sentence: str
) -> None:
    exchange = await shared.reader.slash(shared.general, "vn search", **options)
    assert texts(await exchange.message()).startswith(sentence)
    assert exchange.ephemeral


async def test_an_explicit_cover_is_left_out_of_an_ordinary_channel(shared: Place) -> None:
    for novel in (EXPLICIT, UNVOTED):
        message = await (await shared.reader.slash(shared.general, "vn search", title=novel)).message()
        assert covers(message) == []


@pytest.mark.parametrize("where", ["general_thread", "dm"])
async def test_an_explicit_cover_is_left_out_of_threads_and_direct_messages(shared: Place, where: str) -> None:
    channel = shared.world.dm if where == "dm" else shared.world.general_thread
    message = await (await shared.reader.slash(channel, "vn search", title=EXPLICIT)).message()
    assert covers(message) == []


@pytest.mark.parametrize("where", ["after_dark", "after_dark_thread"])
async def test_an_explicit_cover_is_a_spoiler_in_an_age_restricted_channel(shared: Place, where: str) -> None:
    message = await (await shared.reader.slash(getattr(shared.world, where), "vn search", title=EXPLICIT)).message()
    assert [cover["spoiler"] for cover in covers(message)] == [True]


async def test_a_pick_is_gated_by_what_the_channel_is_when_it_is_pressed(place: Place) -> None:
    channel = place.world.after_dark
    listed = await (await place.reader.slash(channel, "vn search", title="dies irae e")).message()
    if not selects(listed)[0]["custom_id"].startswith("open:list"):
        listed = await (await place.reader.slash(channel, "vn search", title="e")).message()
    (select,) = selects(listed)
    place.world.set_nsfw(channel, nsfw=False)
    value = select["options"][0]["value"]
    message = await (await place.reader.select(listed, select["custom_id"], [value])).message()
    assert all(not cover["spoiler"] for cover in covers(message))


async def test_it_works_for_a_person_who_installed_the_bot_in_a_server_without_it(shared: Place) -> None:
    exchange = await shared.reader.slash(shared.world.elsewhere, "vn search", user_install=True, title=EXPLICIT)
    message = await exchange.message()
    assert "Dies irae" in texts(message)
    assert covers(message) == []


async def test_a_cached_answer_asks_nobody_again(place: Place) -> None:
    await (await place.reader.slash(place.general, "vn search", title=SAFE)).message()
    asked = len(place.services.vndb.requests)
    await (await place.moderator.slash(place.general, "vn search", title=SAFE)).message()
    assert len(place.services.vndb.requests) == asked


async def test_ten_keystrokes_are_at_most_two_questions(place: Place) -> None:
    await place.reader.autocomplete(place.general, "vn search", focused="title", title="")
    before = sum(request.path.endswith("/vn") for request in place.services.vndb.requests)
    for length in range(1, 11):
        await place.reader.autocomplete(place.general, "vn search", focused="title", title="steins;gate"[:length])
    after = sum(request.path.endswith("/vn") for request in place.services.vndb.requests)
    assert after - before <= 2


@pytest.mark.parametrize("fault", sorted(SENTENCES))
async def test_a_bad_answer_ends_in_a_sentence_and_the_next_question_works(place: Place, fault: Fault) -> None:
    place.services.vndb.fault = fault
    exchange = await place.reader.slash(place.general, "vn search", title=SAFE)
    said = texts(await exchange.message())
    assert SENTENCES[fault] in said
    assert "Traceback" not in said
    place.services.vndb.fault = None
    if fault != "429":  # after that one the lane rests, as it must
        message = await (await place.reader.slash(place.general, "vn search", title="v4")).message()
        assert "CLANNAD" in texts(message)


@pytest.mark.usefixtures("hurried")
async def test_a_slow_service_is_waited_for(place: Place) -> None:
    place.services.vndb.fault = "slow"
    place.services.vndb.slow_s = 1.5
    exchange = await place.reader.slash(place.general, "vn search", title=SAFE)
    assert exchange.kind == "deferred"
    assert "Ever17" in texts(await exchange.message())


@pytest.mark.usefixtures("hurried")
async def test_autocompletion_answers_in_time_while_the_service_hangs(place: Place) -> None:
    place.services.vndb.fault = "hang"
    choices = await place.reader.autocomplete(place.general, "vn search", focused="title", title="clannad")
    assert choices == []


@pytest.mark.usefixtures("hurried")
async def test_an_answer_nobody_waits_for_any_more_is_no_error(place: Place) -> None:
    place.services.vndb.fault = "slow"
    place.services.vndb.slow_s = 1.2
    exchange = await place.reader.slash(place.general, "vn search", title=SAFE)
    thinking = list(place.world.messages.values())[-1]
    place.world.remove_message(thinking)
    with pytest.raises(TimeoutError):
        await exchange.message(timeout_s=1.5)


async def test_a_card_that_discord_refuses_still_ends_in_a_sentence(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def render_too_much(*_: object, **__: object) -> PageView:
        view = PageView()
        view.add_item(discord.ui.ActionRow(discord.ui.Button(label="x" * 200, custom_id="x")))
        return view

    monkeypatch.setattr("bot.vndb.pages.vn.render_overview", render_too_much)
    exchange = await place.reader.slash(place.general, "vn search", title=SAFE)
    assert texts(await exchange.message()).startswith(REFUSED)
    assert exchange.ephemeral
    assert caplog.text.count("Discord refused the answer") == 1
    caplog.clear()


async def test_a_page_that_discord_refuses_leaves_the_message_and_ends_in_a_private_sentence(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    message = await (await place.reader.slash(place.general, "vn info", title="v17")).message()
    place.world.rest_faults.append(RestFault(400, path="/callback"))
    exchange = await choose(place.reader, message, "v17/links")
    assert texts(await exchange.message()).startswith(REFUSED)
    assert exchange.ephemeral
    assert texts(place.reader.messages(place.general)[0]) == texts(message)
    assert caplog.text.count("Discord refused the answer") == 1
    caplog.clear()


async def test_a_modal_that_discord_refuses_ends_in_a_private_sentence(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    message = await (await place.reader.slash(place.general, "me")).message()
    place.world.rest_faults.append(RestFault(400, path="/callback"))
    exchange = await place.reader.press(message, "tags:me:blocked_tags")
    assert texts(await exchange.message()).startswith(REFUSED)
    assert exchange.ephemeral
    assert caplog.text.count("Discord refused the answer") == 1
    caplog.clear()


async def test_sexual_tags_are_offered_in_age_restricted_channels_only(shared: Place) -> None:
    async def offered(channel: Channel) -> set[str]:
        choices = await shared.reader.autocomplete(channel, "vn random", focused="tags", tags="sexual")
        return {choice["name"] for choice in choices}

    assert "High Sexual Content" in await offered(shared.world.after_dark)
    assert "High Sexual Content" not in await offered(shared.general)
