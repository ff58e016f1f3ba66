"""Many links at once: every card comes, and the service's limit is kept."""

from __future__ import annotations

from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import find_url, list_gids, list_replies, settle


async def test_a_hundred_messages_at_once_are_four_requests(place: Place) -> None:
    samples = list(range(Sample.FILLER, Sample.FILLER + 100))
    for sample in samples:
        await place.reader.post(place.world.after_dark, find_url(place, sample))
    await settle(place)
    replies = list_replies(place, place.world.after_dark)
    assert sorted(gid for reply in replies for gid in list_gids(reply)) == samples
    service = place.services.ehentai
    assert (len(service.requests), service.violations) == (4, 0)


async def test_a_gallery_that_many_post_is_asked_for_once(place: Place) -> None:
    for _ in range(20):
        await place.reader.post(place.world.after_dark, find_url(place, Sample.PLAIN))
    await settle(place)
    assert len(list_replies(place, place.world.after_dark)) == 20
    assert len(place.services.ehentai.requests) == 1
