"""What nobody thought of in one link costs no other its card."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest

from bot.anime.api.provider import Anime
from bot.config import Config
from bot.gate.rules import Rules
from bot.links.target import find_links
from bot.lookup.source import build_sources
from bot.navigation.viewer import Viewer
from bot.preview.plan import build_plan, fetch_preview
from bot.vndb.api.client import Vndb
from tests.anime.fake_anilist import MEDIA, FakeAniList


class OddVndb(Vndb):
    """Fails in a way that is nobody's plan."""

    async def fetch(self, kind: Any, entry_id: str) -> Any:  # noqa: ARG002 - Vndb names them
        raise ZeroDivisionError


async def test_an_error_that_nobody_thought_of_is_logged_and_costs_no_other_card(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake = FakeAniList(Media=MEDIA)
    odd = OddVndb(fake.client, base_url="https://vndb.test", rng=random.Random(1))
    anime = Anime(fake.anilist, None, mode="anilist")
    sources = msgspec.structs.replace(build_sources(fake.client, Config()), vndb=odd, anilist=fake.anilist, anime=anime)
    links = find_links("https://vndb.org/v17 https://anilist.co/anime/9253")
    plan = build_plan(links, Rules(), asked=True)
    preview = await fetch_preview(plan, sources, Viewer(1, age_restricted=False))
    assert len(preview.blocks) == 1
    assert len(preview.errors) == 1
    assert "ZeroDivisionError" in caplog.text
