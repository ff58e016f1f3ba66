"""What somebody began before they had everything deleted, and what the bot goes on with after it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from bot.playground.engine import Exchange, Person, Webhook, texts
from bot.playground.service import Sample
from bot.store.forgetting import acting
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    exists,
    find_url,
    list_replies,
    preview,
    set_server,
    settle,
    wait_until_gone,
)
from tests.flow.setting_message import SAVED, open_panel
from tests.store.database import fetch_everything

REFUSED = "Stored data was deleted while this was going on"


async def delete_all(person: Person, place: Place) -> None:
    panel = await open_panel(person, place.general, "me")
    await panel.press("me:delete")
    assert "about you" in await panel.press("me:delete!")


async def delete_elsewhere(place: Place, person: Person) -> None:
    """As another process does, which does not know what is made here."""
    user_id = int(person.user.id)
    with acting(user_id, int(place.world.new_id())):
        await place.shiori.store.delete_person(user_id)


async def is_stored(place: Place, person: Person) -> bool:
    return person.user.id in await fetch_everything(place.build_config().store_url)


class Held:
    """A method that waits before it stores anything."""

    def __init__(self, patch: pytest.MonkeyPatch, owner: object, name: str) -> None:
        self._method: Callable[..., Awaitable[object]] = getattr(owner, name)
        self.begun, self.goes_on = asyncio.Event(), asyncio.Event()
        patch.setattr(owner, name, self)

    async def __call__(self, *arguments: Any, **options: Any) -> object:
        self.begun.set()
        await self.goes_on.wait()
        return await self._method(*arguments, **options)


async def set_language(person: Person, place: Place) -> Exchange:
    panel = await open_panel(person, place.general, "me")
    return await person.select(panel.message, "set:me:title_language", ["native"])


async def post_daily(person: Person, place: Place) -> Exchange:
    return await person.slash(place.general, "follow daily", what="birthday", channel=place.general)


async def post_digest(person: Person, place: Place) -> Exchange:
    return await person.slash(place.general, "follow digest", channel=place.general)


@pytest.mark.parametrize(
    ("do", "owner", "name"),
    [
        (set_language, "store", "change_person"),
        (post_daily, "follow_records", "add_follow"),
        (post_digest, "follow_records", "add_follow"),
    ],
)
async def test_what_was_on_its_way_is_not_stored_and_what_another_one_does_is(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    do: Callable[[Person, Place], Coroutine[Any, Any, Exchange]],
    owner: str,
    name: str,
) -> None:
    one, other = place.moderator, place.person(place.world.owner)
    held = Held(monkeypatch, getattr(place.shiori, owner), name)
    doing = asyncio.create_task(do(one, place))
    await held.begun.wait()
    doing_too = asyncio.create_task(do(other, place)) if do is set_language else None
    await delete_all(one, place)
    held.goes_on.set()
    assert REFUSED in texts(await (await doing).message())
    if doing_too is not None:
        assert SAVED in texts(await (await doing_too).message())
        assert await is_stored(place, other)
    assert not await is_stored(place, one)
    assert REFUSED not in texts(await (await do(one, place)).message())
    assert await is_stored(place, one)


async def test_a_link_that_was_posted_before_is_not_previewed_after_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch, place.shiori.preview_records, "begin_preview")
    channel, url = place.world.after_dark, find_url(place, Sample.PLAIN)
    await place.reader.post(channel, url)
    await held.begun.wait()
    await delete_elsewhere(place, place.reader)
    held.goes_on.set()
    await settle(place)
    assert not list_replies(place, channel)
    assert not await is_stored(place, place.reader)
    await preview(place, url)


async def test_an_answer_that_came_after_it_is_nobodys_and_goes_when_its_channel_is_opened(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch, place.shiori.preview_records, "begin_preview")
    asking = asyncio.create_task(place.reader.slash(place.world.after_dark, "vn info", title="v17"))
    await held.begun.wait()
    await delete_elsewhere(place, place.reader)
    held.goes_on.set()
    answer = await (await asking).message()
    await settle(place)
    assert exists(place, answer)
    assert not await is_stored(place, place.reader)
    place.world.set_nsfw(place.world.after_dark, nsfw=False)
    await wait_until_gone(place, answer)


async def test_who_spoke_through_a_webhook_before_is_not_noted_after_it(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await set_server(place, bots=True)
    url, channel = find_url(place, Sample.PLAIN), place.world.after_dark
    own = await place.reader.post(channel, url)
    await Webhook(place.world, channel, "Somebody else").post(url)
    await settle(place)
    held = Held(monkeypatch, place.shiori.preview_records, "move_preview")
    await place.reader.delete(own)
    await held.begun.wait()
    await delete_elsewhere(place, place.reader)
    held.goes_on.set()
    await settle(place)
    assert "stays the webhook's" in caplog.text
    assert len(list_replies(place, channel)) == 1
    assert not await is_stored(place, place.reader)
