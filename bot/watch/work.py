"""What the bot does by itself, as figures: previews of links, and notices of what is followed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from bot.client import Shiori
from bot.follow.follower import Told
from bot.preview.replies import Done
from bot.watch.family import NO_LABELS, Labels, build_counter, build_gauge

_OUTCOME = ("outcome",)


class Work(Collector):
    """Of one bot."""

    def __init__(self, shiori: Shiori) -> None:
        self._shiori = shiori
        self._due: dict[Labels, float] = {}

    async def count_due(self) -> None:
        """Ask the database how many notices wait. Raises StoreError."""
        self._due.clear()  # rather none than an old one
        now_s = int(self._shiori.clock.time())
        self._due[NO_LABELS] = await self._shiori.follow_records.count_due(now_s)

    def collect(self) -> Iterator[Metric]:
        previews, notices = self._shiori.previewer, self._shiori.follower
        yield build_counter(
            "shiori_previews",
            "Previews by what became of them at Discord; failed: it could not be reached, and is asked again.",
            _OUTCOME,
            {(one,): previews.counts[one] for one in get_args(Done)},
        )
        yield build_gauge(
            "shiori_previews_in_progress",
            "Messages whose previews are being worked on, or wait to be tried again.",
            (),
            {NO_LABELS: previews.busy_with},
        )
        yield build_counter(
            "shiori_notices",
            "Notices of what is followed, by what became of them; done: they are there, or need not be any more.",
            _OUTCOME,
            {(one,): notices.counts[one] for one in get_args(Told)},
        )
        yield build_gauge(
            "shiori_notices_due", "Notices that are due and not told yet, of all processes.", (), self._due
        )
