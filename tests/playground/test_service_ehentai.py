"""The sample E-Hentai over real sockets. Shapes are those of the published page."""

from __future__ import annotations

import html
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.playground.service import Sample, SampleServices, start_sample_services
from bot.playground.service.ehentai.data import Gallery, build_page_token, build_token
from bot.playground.service.ehentai.library import load_library

Entry = dict[str, Any]

LIBRARY = load_library()
KEY_ERROR = "Key missing, or incorrect key provided."
# The members of the page's example, in its order.
MEMBERS = [
    "gid", "token", "archiver_key", "title", "title_jpn", "category", "thumb", "uploader", "posted", "filecount",
    "filesize", "expunged", "rating", "torrentcount", "torrents", "tags",
]  # fmt: skip


@pytest.fixture
async def services() -> AsyncIterator[SampleServices]:
    started = await start_sample_services()
    yield started
    await started.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


class Asker:
    """Asks the service as any client would."""

    def __init__(self, services: SampleServices, http: aiohttp.ClientSession) -> None:
        self.services = services
        self.http = http

    async def post(self, body: object) -> tuple[int, str]:
        """Status and text of the answer."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with self.http.post(self.services.ehentai.api_url, data=data) as answer:
            return answer.status, await answer.text()

    async def ask(self, **members: object) -> Any:
        """The decoded answer."""
        status, text = await self.post(members)
        assert status == 200
        return json.loads(text)

    async def show(self, *gids: int, namespace: int = 1) -> list[Entry]:
        """The entries of these galleries."""
        keys = [[gid, build_token(gid)] for gid in gids]
        return (await self.ask(method="gdata", gidlist=keys, namespace=namespace))["gmetadata"]

    async def resolve(self, *pages: list[object]) -> list[Entry]:
        """The answers to these pages."""
        return (await self.ask(method="gtoken", pagelist=list(pages)))["tokenlist"]


@pytest.fixture
def asker(services: SampleServices, http: aiohttp.ClientSession) -> Asker:
    return Asker(services, http)


async def test_entry_has_the_members_and_types_of_the_published_example(asker: Asker) -> None:
    [entry] = await asker.show(Sample.PLAIN)
    assert list(entry) == MEMBERS
    kinds: dict[str, type[object]] = {name: type(value) for name, value in entry.items()}
    assert [name for name in MEMBERS if kinds[name] is int] == ["gid", "filesize"]
    assert kinds["expunged"] is bool
    assert {kinds[name] for name in ("posted", "filecount", "rating", "torrentcount", "archiver_key")} == {str}
    assert (entry["posted"], entry["filecount"], entry["rating"], entry["torrentcount"]) == (
        "1717243260",
        "28",
        "4.57",
        "2",
    )


async def test_torrents_have_the_members_of_the_published_example(asker: Asker) -> None:
    [entry] = await asker.show(Sample.PLAIN)
    assert [list(one) for one in entry["torrents"]] == [["hash", "added", "name", "tsize", "fsize"]] * 2
    first = entry["torrents"][0]
    assert re.fullmatch("[0-9a-f]{40}", first["hash"])
    assert (first["added"], first["tsize"], first["fsize"]) == ("1717329660", "5120", "60000009")


async def test_older_and_newer_versions_are_named_only_where_there_are_some(asker: Asker) -> None:
    oldest, middle, newest = await asker.show(Sample.OLDEST, Sample.MIDDLE, Sample.NEWEST)
    assert {name for name in oldest if name not in MEMBERS} == {"current_gid", "current_key"}
    assert {name for name in newest if name not in MEMBERS} == {"parent_gid", "parent_key", "first_gid", "first_key"}
    assert (middle["parent_gid"], middle["parent_key"]) == (str(Sample.OLDEST.value), oldest["token"])
    assert (middle["current_gid"], middle["current_key"]) == (str(Sample.NEWEST.value), newest["token"])


async def test_entries_come_in_the_order_asked(asker: Asker) -> None:
    entries = await asker.show(Sample.NON_H, Sample.PLAIN, Sample.MANGA)
    assert [one["gid"] for one in entries] == [Sample.NON_H, Sample.PLAIN, Sample.MANGA]


@pytest.mark.parametrize(
    ("key", "gid"),
    [
        ([Sample.PLAIN, "0000000000"], Sample.PLAIN),
        ([1, "0123456789"], 1),
        ([Sample.PLAIN], Sample.PLAIN),
        (None, 0),
        (["x" * 5000, "y"], 0),
    ],
)
async def test_wrong_key_is_an_error_of_its_own_entry(asker: Asker, key: object, gid: int) -> None:
    good = [Sample.MANGA, build_token(Sample.MANGA)]
    answer = await asker.ask(method="gdata", gidlist=[key, good], namespace=1)
    assert answer["gmetadata"][0] == {"gid": gid, "error": KEY_ERROR}
    assert answer["gmetadata"][1]["gid"] == Sample.MANGA


async def test_namespaces_are_left_out_unless_asked_for(asker: Asker) -> None:
    [spaced] = await asker.show(Sample.NO_NAMESPACE)
    [bare] = await asker.show(Sample.NO_NAMESPACE, namespace=0)
    assert spaced["tags"] == ["windmill", "artist:kiri", "female:straw hat", "temp:landscape"]
    assert bare["tags"] == ["windmill", "kiri", "straw hat", "landscape"]


async def test_texts_are_escaped_as_html_and_json_is_ascii(asker: Asker) -> None:
    key = [Sample.ENTITIES, build_token(Sample.ENTITIES)]
    _, text = await asker.post({"method": "gdata", "gidlist": [key], "namespace": 1})
    assert text.isascii()
    assert "http:\\/\\/127.0.0.1" in text
    [entry] = json.loads(text)["gmetadata"]
    title = "Salt &amp; Pepper&#039;s &quot;Best&quot; &lt;Tea&gt; Recipes &amp;amp; &amp;#039;Notes&amp;#039;"
    assert entry["title"] == title
    assert html.unescape(title) == LIBRARY[Sample.ENTITIES].title
    assert "artist:o&#039;hara &amp; sons" in entry["tags"]


async def test_pages_lead_to_their_gallery(asker: Asker) -> None:
    token = build_page_token(Sample.PLAIN, 11)
    assert await asker.resolve([Sample.PLAIN, token, 11]) == [
        {"gid": Sample.PLAIN, "token": LIBRARY[Sample.PLAIN].token}
    ]


@pytest.mark.parametrize(
    "page",
    [
        [Sample.PLAIN, build_page_token(Sample.PLAIN, 11), 12],
        [Sample.PLAIN, build_page_token(Sample.PLAIN, 29), 29],
        [Sample.MANGA, build_page_token(Sample.PLAIN, 11), 11],
        [Sample.PLAIN, "0000000000"],
    ],
)
async def test_page_that_is_none_is_an_error_of_its_own_entry(asker: Asker, page: list[object]) -> None:
    good: list[object] = [Sample.MANGA, build_page_token(Sample.MANGA, 1), 1]
    wrong, right = await asker.resolve(page, good)
    assert wrong == {"gid": page[0], "error": "File not found"}
    assert right["token"] == LIBRARY[Sample.MANGA].token


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 5000,
        {"method": "showpage"},
        {"method": ["gdata"], "gidlist": []},
        {"method": "gdata"},
        {"method": "gtoken", "pagelist": "x"},
    ],
)
async def test_request_that_is_none_gets_one_error(asker: Asker, body: object) -> None:
    status, text = await asker.post(body)
    answer = json.loads(text)
    assert status == 200
    assert list(answer) == ["error"]
    assert isinstance(answer["error"], str)


async def test_odd_namespace_counts_as_none(asker: Asker) -> None:
    key = [Sample.PLAIN, build_token(Sample.PLAIN)]
    answer = await asker.ask(method="gdata", gidlist=[key], namespace=[1])
    assert "glasses" in answer["gmetadata"][0]["tags"]


async def test_more_than_25_entries_are_refused_and_counted(asker: Asker) -> None:
    gids = list(range(Sample.FILLER, Sample.FILLER + 26))
    assert len(await asker.show(*gids[:25])) == 25
    assert asker.services.ehentai.violations == 0
    keys = [[gid, build_token(gid)] for gid in gids]
    assert list(await asker.ask(method="gdata", gidlist=keys)) == ["error"]
    assert asker.services.ehentai.violations == 1


async def test_answer_is_said_to_be_html(asker: Asker) -> None:
    async with asker.http.post(asker.services.ehentai.api_url, json={}) as answer:
        assert answer.content_type == "text/html"


@pytest.mark.parametrize("gid", [Sample.PLAIN, Sample.HUGE, Sample.RIGHT_TO_LEFT, Sample.NO_TITLE])
async def test_thumb_is_a_picture_of_the_service(asker: Asker, gid: int) -> None:
    [entry] = await asker.show(gid)
    assert entry["thumb"].startswith(f"{asker.services.ehentai.address}/t/")
    async with asker.http.get(entry["thumb"]) as answer:
        assert (answer.status, answer.content_type) == (200, "image/svg+xml")
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert (await answer.text()).startswith("<svg ")
    assert len(asker.services.ehentai.requests) == 1


async def test_no_other_picture_exists(asker: Asker) -> None:
    [entry] = await asker.show(Sample.NO_COVER)
    assert entry["thumb"] == ""
    for path in ("/t/", "/t/00/11/x.svg", f"/t/00/11/0011{'0' * 36}-1-2-3-svg_l.svg", "/", "/g/1/0123456789/"):
        async with asker.http.get(asker.services.ehentai.address + path) as answer:
            assert answer.status == 404


def test_links_are_those_that_people_post() -> None:
    gallery = LIBRARY[Sample.PLAIN]
    assert re.fullmatch(r"https://e-hentai\.org/g/9000001/[0-9a-f]{10}/", gallery.url)
    assert re.fullmatch(r"https://e-hentai\.org/s/[0-9a-f]{10}/9000001-3", gallery.page_url(3))


def test_every_named_gallery_exists_and_others_do_not() -> None:
    assert [one for one in Sample if LIBRARY.find(one) is None] == []
    assert LIBRARY.find(1) is None


def test_every_category_has_galleries_and_one_is_unknown() -> None:
    published = [
        "Doujinshi", "Manga", "Artist CG", "Game CG", "Western", "Image Set", "Non-H", "Cosplay", "Asian Porn", "Misc",
        "Private",
    ]  # fmt: skip
    of_samples = [LIBRARY[gid].category for gid in range(Sample.PLAIN, Sample.UNKNOWN_CATEGORY + 1)]
    assert of_samples == [*published, "Scrapbook"]


def test_edge_cases_are_there() -> None:
    def find(gid: int) -> Gallery:
        return LIBRARY[gid]

    assert (find(Sample.WORST).rating, find(Sample.BEST).rating, find(Sample.EPOCH).posted) == (0, 5, 0)
    assert (len(find(Sample.MANY_TAGS).tags), len(find(Sample.MANY_TORRENTS).torrents)) == (300, 30)
    assert (find(Sample.UNTAGGED).tags, find(Sample.NON_H_UNTAGGED).tags) == ([], [])
    assert find(Sample.EXPUNGED).expunged
    assert len(find(Sample.LONG_TITLES).title) > 600
    assert len(find(Sample.LONG_TITLES).title_jpn) > 500
    assert "@everyone <@1>" in find(Sample.MARKUP).title


def test_withheld_galleries_say_nothing_but_that() -> None:
    withheld = [Sample.WITHHELD_BY_NAMESPACED_TAG, Sample.WITHHELD_NON_H, Sample.WITHHELD_BY_BARE_TAG]
    assert [LIBRARY[gid].title for gid in withheld] == [f"Withheld sample {number}" for number in (1, 2, 3)]


def test_tags_stand_in_every_namespace() -> None:
    namespaces = {tag.partition(":")[0] for one in LIBRARY.galleries.values() for tag in one.tags if ":" in tag}
    assert namespaces == {
        "artist", "character", "cosplayer", "female", "group", "language", "location", "male", "mixed", "other",
        "parody", "reclass", "temp",
    }  # fmt: skip
