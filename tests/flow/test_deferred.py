"""An answer that takes long, of whose "is thinking" it is not known whether Discord took it: it comes all the same."""

from __future__ import annotations

from typing import Any

import pytest

from bot.interaction.reply import OVERTAKEN, finish_answers
from bot.playground.engine import RestFault, texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import find_url, wait_until

Payload = dict[str, Any]

IS_THINKING = 128
LATE_S = 1.2

pytestmark = pytest.mark.usefixtures("hurried")


def lose(place: Place, status: int) -> None:
    """Discord takes the next callback, and its answer is lost (0), or says that it failed."""
    place.services.vndb.latency_s = LATE_S
    place.world.rest_faults.append(RestFault(status, path="/callback$", taken=True))


def list_seen(place: Place, *, by_all: bool = False) -> list[Payload]:
    person = place.moderator if by_all else place.reader
    return [one for one in person.messages(place.general) if not one["flags"] & IS_THINKING]


@pytest.mark.parametrize("status", [0, 502])
async def test_the_answer_to_a_command_comes(place: Place, status: int) -> None:
    lose(place, status)
    await place.reader.slash(place.general, "vn info", title="v2002")
    await wait_until(lambda: bool(list_seen(place)))
    (message,) = place.moderator.messages(place.general)
    assert "STEINS;GATE" in texts(message)


@pytest.mark.parametrize("status", [0, 502])
async def test_a_refusal_comes_and_is_nobody_elses(place: Place, status: int) -> None:
    lose(place, status)
    await place.reader.slash(place.general, "vn info", title="zzzqqqxxx")
    await wait_until(lambda: bool(list_seen(place)))
    (message,) = list_seen(place)
    assert "VNDB has no visual novel" in texts(message)
    assert place.moderator.messages(place.general) == []


@pytest.mark.parametrize("status", [0, 502])
async def test_a_page_is_turned(place: Place, status: int) -> None:
    shown = await (await place.reader.slash(place.general, "vn info", title="v2002")).message()
    lose(place, status)
    await place.reader.select(shown, f"menu:{place.reader.user.id}", ["v2002/characters"])
    kept = place.world.messages[shown["id"]]
    before = texts(kept.payload)
    await wait_until(lambda: texts(kept.payload) != before)
    assert "Characters" in texts(kept.payload)


async def test_what_is_private_stays_so(place: Place) -> None:
    lose(place, 0)
    await place.reader.slash(place.general, "vn info", title="v2002", spoilers=2)
    await wait_until(lambda: bool(list_seen(place)))
    assert place.moderator.messages(place.general) == []


async def test_an_answer_that_was_taken_itself_stands_once(place: Place) -> None:
    """Nothing was deferred: what Discord says it has taken is the answer."""
    place.world.rest_faults.append(RestFault(502, path="/callback$", taken=True))
    await place.reader.slash(place.general, "vn info", title="v2002")
    await wait_until(lambda: bool(list_seen(place)))
    await finish_answers()
    (message,) = place.moderator.messages(place.general)
    assert "STEINS;GATE" in texts(message)
    assert not [one for one in place.world.requests if one.method == "PATCH" and "/webhooks/" in one.path]


async def test_what_may_not_be_shown_any_more_is_said_once(place: Place) -> None:
    place.services.ehentai.latency_s = LATE_S
    place.world.rest_faults.append(RestFault(0, path="/callback$", taken=True))
    dark = place.world.after_dark
    await place.reader.slash(dark, "gallery preview", url=find_url(place, Sample.PLAIN))
    place.world.set_nsfw(dark, nsfw=False)

    def list_said() -> list[str]:
        return [texts(one) for one in place.reader.messages(dark) if not one["flags"] & IS_THINKING]

    await wait_until(lambda: bool(list_said()))
    await finish_answers()
    assert list_said() == [OVERTAKEN]
