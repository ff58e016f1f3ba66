"""Which visual novel an anime is taken to have come from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import msgspec
import pytest

from bot.anime.api.anilist import parse
from bot.anime.api.model import Media
from bot.anime.novel import BridgeSources, NovelOfAnime
from bot.errors import NotFound, ServiceError
from bot.navigation.address import Address
from bot.navigation.page import State, Visit
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from bot.vndb.api import where
from bot.vndb.api.model import Vn
from bot.vndb.api.query import ListQuery

READER = Viewer(asker_id=7, age_restricted=False)


class Asked:
    """AniList with one anime, and a VNDB that finds nothing and notes by what it was asked to."""

    def __init__(self, media: Media) -> None:
        self.media = media
        self.filters: list[object] = []

    async def fetch_whole(self, *_: object) -> tuple[Card[Media], ServiceError | None]:
        return Card(self.media), None

    async def fetch_list(self, query: ListQuery[Vn]) -> Found[Vn]:
        self.filters.append(query.filters)
        return Found([], more=False)


def link(number: int, *, off: bool) -> dict[str, object]:
    return {"site": "AniDB", "url": f"https://anidb.net/anime/{number}", "type": "INFO", "isDisabled": off}


@pytest.mark.parametrize(
    ("links", "number"),
    [
        ([link(7729, off=True)], 7729),
        ([link(1, off=True), link(7729, off=False)], 7729),
        ([link(7729, off=False), link(1, off=False)], 7729),
    ],
)
async def test_its_number_at_anidb_is_looked_for_first(links: list[dict[str, object]], number: int) -> None:
    work = {"id": 9253, "title": {"romaji": "Gate"}, "isAdult": False, "source": "VISUAL_NOVEL", "externalLinks": links}
    media = parse.parse_media(msgspec.json.encode({"data": {"Media": work}}))
    assert media is not None
    asked = Asked(media)
    sources = cast("BridgeSources", SimpleNamespace(anime=asked, vndb=asked))
    with pytest.raises(NotFound):
        await NovelOfAnime(9253).follow(Visit(READER, sources, State(Address("anime/9253/vn"))))
    assert asked.filters[0] == where.VN.anime_id.eq(number)
