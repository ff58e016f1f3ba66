"""Names at hand over the sample services: filled within their limits, and of use when they are away."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.app import build_http
from bot.http import SystemClock
from bot.lookup.source import build_keeper, build_shelves, build_sources
from bot.names.keeper import FILL_AFTER_S, LOAD_AFTER_S
from bot.names.record import NameRecords
from bot.playground.engine import buttons, texts
from bot.playground.service.anilist.data import AnilistSample
from bot.store.store import open_store
from tests.flow.anime_message import run
from tests.flow.conftest import Place
from tests.flow.vn_message import press


class LaterClock(SystemClock):
    """The real one, some time later."""

    def __init__(self) -> None:
        self.later_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.later_s


async def fill(place: Place) -> None:
    """Do what a process does in its first minutes, when nobody asks for anything."""
    clock, config = LaterClock(), place.build_config()
    store = await open_store(config.store_url, clock=clock)
    http = build_http(config)
    records = NameRecords(store.database)
    shelves = build_shelves(records, clock=clock)
    keeper = build_keeper(shelves, build_sources(http, config, shelves=shelves), records, http, clock=SystemClock())
    del keeper
    keeper = build_keeper(shelves, build_sources(http, config, shelves=shelves), records, http, clock=SystemClock())
    await http.close()
    await store.close()
