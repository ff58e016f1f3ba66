"""The services, each in one place: its client, its limits, how to see that it answers, and its pages."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from bot.anime import novel
from bot.anime.api import at_hand as anime_at_hand
from bot.anime.api.amvstrm import client as amvstrm
from bot.anime.api.anilist import client as anilist
from bot.anime.api.model import MediaKind, MediaRow
from bot.anime.api.provider import Anime
from bot.anime.pages import index as anime_pages
from bot.config import Config
from bot.gallery.api import client as ehentai
from bot.gallery.pages import gallery
from bot.http import Client, Clock, Policy, SystemClock
from bot.names.id_set import IdSet
from bot.names.keeper import NameKeeper, Supply
from bot.names.record import NameRecords
from bot.names.shelf import NameShelf
from bot.navigation.kept_place import Places
from bot.navigation.page import Page, Redirect
from bot.picture.api import client as nekos
from bot.picture.api.model import PictureWish
from bot.picture.pages import picture
from bot.service.seen import Seen
from bot.status.health import Health, Topic, Watched
from bot.status.page import StatusPage
from bot.vndb.api import at_hand as vndb_at_hand
from bot.vndb.api import client as vndb
from bot.vndb.api.model import Vn
from bot.vndb.pages import index as vndb_pages

_OLDEST_ANIME = 1


class Sources(msgspec.Struct, frozen=True):
    """The services, and what keeps places that are too long for a button: None where there is no store.

    `amvstrm` is a host's own, where there is one; `anime` asks it and AniList. `vndb_people` and `anilist_people`: whom
    each asker looked up there since the start.
    """

    vndb: vndb.Vndb
    ehentai: ehentai.Ehentai
    anilist: anilist.AniList
    amvstrm: amvstrm.Amvstrm | None
    anime: Anime
    nekos: nekos.Nekos
    health: Health
    places: Places | None = None
    vndb_people: Seen = msgspec.field(default_factory=Seen)
    anilist_people: Seen = msgspec.field(default_factory=Seen)


PAGES: tuple[type[Page[Sources, Any] | Redirect[Sources]], ...] = (
    *vndb_pages.PAGES,
    *gallery.PAGES,
    *novel.PAGES,
    *anime_pages.PAGES,
    *picture.PAGES,
    StatusPage,
)


def build_policies(config: Config) -> list[Policy]:
    """The limits that each service is asked within."""
    return [
        vndb.policy(),
        ehentai.policy(),
        anilist.policy(),
        amvstrm.policy(),
        nekos.policy(config.nekos_api_url),
    ]


class Shelves(msgspec.Struct, frozen=True):
    """The works whose names are at hand, and which novels there is an anime of."""

    novels: NameShelf[Vn]
    with_anime: IdSet[Vn]
    media: Mapping[MediaKind, NameShelf[MediaRow]]


def build_shelves(records: NameRecords, *, clock: Clock) -> Shelves:
    """Shelves with nothing on them yet."""
    return Shelves(
        NameShelf(vndb_at_hand.SHELF, Vn, vndb_at_hand.describe, records=records, clock=clock),
        IdSet(vndb_at_hand.WITH_ANIME, vndb_at_hand.list_numbers, records=records, clock=clock),
        {
            kind: NameShelf(name, MediaRow, anime_at_hand.describe, records=records, clock=clock)
            for kind, name in anime_at_hand.SHELVES.items()
        },
    )


def build_keeper(shelves: Shelves, sources: Sources, records: NameRecords, http: Client, *, clock: Clock) -> NameKeeper:
    """What fills them. amvstrm does not tell what is for adults, nor all that a work is called: AniList is asked."""
    supplies = [
        Supply(
            shelves.novels,
            vndb.SERVICE,
            vndb_at_hand.PAGES,
            sources.vndb.fetch_best_known,
            first=vndb_at_hand.FIRST_PAGES,
        ),
        Supply(
            shelves.with_anime,
            vndb.SERVICE,
            vndb_at_hand.ANIME_PAGES,
            sources.vndb.fetch_with_anime,
            first=vndb_at_hand.ANIME_PAGES,
        ),
        *(
            Supply(
                shelf,
                anilist.SERVICE,
                anime_at_hand.PAGES,
                partial(sources.anilist.fetch_best_known, kind),
                first=anime_at_hand.FIRST_PAGES,
            )
            for kind, shelf in shelves.media.items()
        ),
    ]
    return NameKeeper(supplies, records, lane=http.lane, clock=clock)


def build_sources(
    http: Client,
    config: Config,
    *,
    places: Places | None = None,
    shelves: Shelves | None = None,
    clock: Clock | None = None,
    rng: random.Random | None = None,
) -> Sources:
    """Every service, asked through the one client, by its `clock`. `shelves` None: no names are at hand."""
    media = anime_at_hand.NO_NAMES if shelves is None else shelves.media
    rng = rng or random.Random()
    titles = anilist.AniList(http, base_url=config.anilist_api_url, clock=clock, at_hand=media)
    own = (
        amvstrm.Amvstrm(http, base_url=config.amvstrm_api_url, anilist_url=config.anilist_api_url)
        if config.amvstrm_api_url
        else None
    )
    return Sources(
        vndb=vndb.Vndb(
            http,
            base_url=config.vndb_api_url,
            rng=rng,
            clock=clock,
            at_hand=None if shelves is None else shelves.novels,
            with_anime=frozenset[int]() if shelves is None else shelves.with_anime,
        ),
        ehentai=ehentai.Ehentai(http, base_url=config.ehentai_api_url, clock=clock),
        anilist=titles,
        amvstrm=own,
        anime=Anime(titles, own, mode=config.anime_provider, clock=clock),
        nekos=nekos.Nekos(http, base_url=config.nekos_api_url, token=config.nekos_token, rng=rng),
        health=Health(list(_list_watched(config)), find_lane=http.lane, clock=clock or SystemClock()),
        places=places,
    )


def _list_watched(config: Config) -> Iterator[Watched]:
    """What `/status` tells of. Where nothing is for adults, galleries are not even named."""
    yield Watched(vndb.SERVICE, "novels")
    yield Watched(anilist.SERVICE, "anime")
    if config.amvstrm_api_url:
        topic: Topic = "instead" if config.anime_provider == "auto" else "anime"
        yield Watched(amvstrm.SERVICE, topic)
    if config.feature_adult:
        yield Watched(ehentai.SERVICE, "galleries", off=not config.feature_galleries)
    yield Watched(nekos.SERVICE, "pictures")


class Check(msgspec.Struct, frozen=True):
    """What shows whether a service answers, and where that is asked. It may give what to say of it."""

    service: str
    url: str
    ask: Callable[[], Awaitable[object]]


def list_checks(sources: Sources, config: Config) -> Iterator[Check]:
    """One for each service that is asked here."""
    yield Check(vndb.SERVICE, config.vndb_api_url, partial(_count_novels, sources.vndb))
    if config.feature_galleries and config.feature_adult:
        example = partial(sources.ehentai.fetch, ehentai.PUBLISHED_EXAMPLE)
        yield Check(ehentai.SERVICE, config.ehentai_api_url, example)
    yield Check(anilist.SERVICE, config.anilist_api_url, partial(sources.anilist.fetch, "ANIME", _OLDEST_ANIME))
    if sources.amvstrm is not None:
        yield Check(amvstrm.SERVICE, config.amvstrm_api_url, partial(sources.amvstrm.fetch, _OLDEST_ANIME))
    yield Check(nekos.SERVICE, config.nekos_api_url, partial(sources.nekos.fetch_random, PictureWish()))


async def _count_novels(service: vndb.Vndb) -> str:
    return f"answers, and knows {(await service.fetch_stats()).entry.vn} visual novels."
