"""What follows and notices look like over the local Discord, and what makes an episode air."""

from __future__ import annotations

import time
from typing import Any

from bot.follow.messenger import DiscordMessenger
from bot.gate.rules import HOSTED_DEFAULT
from bot.playground.engine import Channel, Person, buttons, texts
from tests.flow.conftest import Place

Payload = dict[str, Any]

AIRING = 200_001
TITLE = "Mahoutsukai no Yoru: Toki no Machi"


async def say(person: Person, where: Channel, command: str, /, **options: Any) -> str:
    """What a command answers, privately."""
    exchange = await person.slash(where, command, **options)
    assert exchange.ephemeral
    return texts(await exchange.message())


async def follow(place: Place, *, by: Person | None = None, **options: Any) -> str:
    """Have somebody (a moderator) follow the sample series."""
    return await say(by or place.moderator, place.general, "follow anime", title=f"#{AIRING}", **options)


def list_sent(place: Place, channel: Channel) -> list[Payload]:
    """The bodies of what the bot posted there."""
    path = f"/channels/{channel.id}/messages"
    seen = [one for one in place.world.requests if one.method == "POST" and one.path.endswith(path)]
    return [one.body for one in seen]


def find_end(notice: Payload) -> str:
    """The custom id of the button that ends the follow."""
    (found,) = [str(one["custom_id"]) for one in buttons(notice) if "unfollow" in str(one.get("custom_id"))]
    return found


def air_soon(place: Place, media_id: int = AIRING) -> int:
    """Put the next episode forward: it airs now. Its number."""
    schedule = place.services.anilist.schedule
    now_s = time.time()
    episode = min(
        (one for one in schedule.list_all() if one.work.id == media_id and one.airs_s > now_s),
        key=lambda one: one.airs_s,
    )
    schedule.delays[media_id, episode.number] = int(now_s) - episode.airs_s
    return episode.number


def make_messenger(place: Place) -> DiscordMessenger:
    bot = place.shiori
    return DiscordMessenger(
        bot,
        answers=bot.previewer.answers,
        store=bot.store,
        sources=bot.sources,
        clock=bot.clock,
        hosted=HOSTED_DEFAULT,
        show=bot.router.show,
    )


async def tell(place: Place) -> None:
    """A round of the bot after a restart: it asks anew, and tells."""
    async with place.connected():
        await place.shiori.wait_until_ready()
        await place.shiori.follower.work()
