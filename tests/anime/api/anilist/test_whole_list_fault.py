"""What asking for lists with what is left over costs those who ask AniList for something else."""

from __future__ import annotations

import contextlib

import pytest

from bot.anime.api.anilist.whole_list import WholeLists
from bot.app import build_http
from bot.config import Config
from bot.errors import ServiceError
from bot.http import Priority, asking
from bot.http.clock import SystemClock
from bot.lookup.source import build_sources
from bot.playground.service import start_sample_services
from bot.playground.service.anilist.fault import AnilistFault
from bot.playground.service.sample import Call


@pytest.mark.parametrize("fault", ["busy", "outage"])
async def test_lists_that_anilist_fails_over_keep_nobody_from_asking_for_something_else(fault: AnilistFault) -> None:
    services = await start_sample_services()
    config = Config(**services.api_urls)  # pyright: ignore[reportArgumentType]
    http = build_http(config)
    clock = SystemClock()
    sources = build_sources(http, config)

    def choose_fault(call: Call) -> AnilistFault | None:
        return fault if b"WholeLists" in call.body else None  # everything else it answers

    services.anilist.choose_fault = choose_fault
    try:
        with asking(clock, within_s=20.0, priority=Priority.LEFTOVER), contextlib.suppress(ServiceError):
            await WholeLists(http, base_url=services.api_urls["anilist_api_url"]).fetch([*range(700001, 700006)])
        with asking(clock, within_s=2.0, priority=Priority.COMMAND, person=7):
            assert (await sources.anilist.fetch("ANIME", 9253)).entry.id == 9253
    finally:
        await http.close()
        await services.stop()
