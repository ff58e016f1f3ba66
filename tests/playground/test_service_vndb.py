"""The sample VNDB over real sockets. Shapes are those that the real server's code answered."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from tests.vndb.sample import Asker, open_asker


@pytest.fixture
async def asker() -> AsyncIterator[Asker]:
    async with open_asker() as opened:
        yield opened


async def test_one_entry(asker: Asker) -> None:
    body = {"filters": ["id", "=", "v17"], "fields": "title, alttitle, released"}
    text = (
        '{"more":false,"results":[{"alttitle":null,"id":"v17","released":"2002-08-29",'
        '"title":"Ever17 -the out of infinity-"}]}'
    )
    assert await asker.post(body) == (200, "application/json", text)


async def test_id_may_be_a_number(asker: Asker) -> None:
    assert await asker.ids(["id", "=", 17]) == ["v17"]


async def test_missing_entry_is_no_error(asker: Asker) -> None:
    answer = await asker.post({"filters": ["id", "=", "v16"], "fields": "title"})
    assert answer == (200, "application/json", '{"more":false,"results":[]}')


async def test_existing_ones_of_many_come_in_order_of_ids(asker: Asker) -> None:
    filters = ["or", *(["id", "=", one] for one in ("v11", "v7", "v16", "v4", "v123456"))]
    assert await asker.ids(filters) == ["v4", "v7", "v11"]


@pytest.mark.parametrize("filters", [[], None])
async def test_empty_filter_matches_all_that_stands_on_the_shelf(asker: Asker, filters: object) -> None:
    library = asker.services.vndb.library
    answer = await asker.ask(filters=filters, count=True, results=0)
    assert answer == {"count": sum(one.number < 90_000 for one in library.vn), "more": False, "results": []}


async def test_empty_search_matches_everything(asker: Asker) -> None:
    answer = await asker.ask(filters=["search", "=", ""], count=True, results=0)
    assert answer == {"count": len(asker.services.vndb.library.vn), "more": False, "results": []}


@pytest.mark.parametrize("path", ["/vn", "/release", "/producer", "/character", "/staff", "/tag", "/trait", "/quote"])
async def test_what_is_there_for_tests_stands_on_no_shelf(asker: Asker, path: str) -> None:
    fields = {"/vn": "title", "/release": "title", "/quote": "quote"}.get(path, "name")
    shown: list[str] = []
    page, more = 1, True
    while more:
        answer = await asker.ask_at(path, {"fields": fields, "results": 100, "page": page})
        shown += [one[fields] for one in answer["results"]]
        page, more = page + 1, answer["more"]
    assert len(shown) > 15
    assert [
        one
        for one in shown
        if re.search("everyone|Omnibus|Invented|Extraordinarily|Blank|Unreleased|Example P|Sample Tr|👩", one)
    ] == []


async def test_defaults_are_ten_entries_by_id(asker: Asker) -> None:
    names = ("sort", "page", "results", "fields", "reverse", "count", "filters")
    expected = ["v4", "v5", "v7", "v11", "v13", "v17", "v18", "v19", "v24", "v33"]
    for members in ({}, dict.fromkeys(names)):
        assert await asker.ask(**members) == {"more": True, "results": [{"id": one} for one in expected]}


async def test_null_and_odd_values(asker: Asker) -> None:
    fields = "title,released,length,length_minutes,rating,average,votecount,image.url,languages,devstatus,aliases"
    answer = await asker.ask(filters=["id", "=", "v90950"], fields=fields)
    assert answer["results"] == [
        {
            "aliases": [],
            "average": None,
            "devstatus": 2,
            "id": "v90950",
            "image": None,
            "languages": [],
            "length": None,
            "length_minutes": None,
            "rating": None,
            "released": None,
            "title": "Unreleased Nothing",
            "votecount": 0,
        }
    ]


async def test_cover_nobody_voted_on_has_the_worst_flags(asker: Asker) -> None:
    fields = "image{sexual,violence,votecount}"
    answer = await asker.ask(filters=["id", "=", "v14600"], fields=fields)
    assert answer["results"][0]["image"] == {"sexual": 2, "violence": 2, "votecount": 0}


async def test_fields_may_be_spaced_and_doubled(asker: Asker) -> None:
    fields = " title ,title, image . url , image{ dims } "
    answer = await asker.ask(filters=["id", "=", "v17"], fields=fields)
    url = f"{asker.services.vndb.address}/img/cv/17.svg"
    assert answer["results"] == [
        {"id": "v17", "image": {"dims": [600, 848], "url": url}, "title": "Ever17 -the out of infinity-"}
    ]


async def test_entries_within_entries_always_show_their_id(asker: Asker) -> None:
    answer = await asker.ask(filters=["id", "=", "v4"], fields="developers.name,tags{lie,category}")
    [row] = answer["results"]
    assert row["developers"] == [{"id": "p24", "name": "Key"}]
    assert row["tags"][0] == {"category": "cont", "id": "g21", "lie": False}


async def test_all_fields_at_once(asker: Asker) -> None:
    fields = (
        "title,alttitle,titles{lang,title,latin,official,main},aliases,olang,devstatus,released,languages,"
        "platforms,image{id,url,dims,sexual,violence,votecount,thumbnail,thumbnail_dims},length,"
        "length_minutes,length_votes,description,average,rating,popularity,votecount,screenshots{id,url,"
        "release{id,title}},relations{relation,relation_official,title},tags{name,rating,spoiler,lie,category},"
        "developers{name,original},editions{eid,lang},staff{eid,role,name},va{note,staff{name}},extlinks{url}"
    )
    answer = await asker.ask(filters=["id", "=", "v2002"], fields=fields)
    [row] = answer["results"]
    assert row["developers"][0] == {"id": "p84", "name": "NITRO PLUS", "original": "ニトロプラス"}
    assert row["titles"][-1] == {
        "lang": "ja",
        "latin": None,
        "main": True,
        "official": True,
        "title": "STEINS;GATE",
    }
    assert {"category": "cont", "id": "g22", "lie": False, "name": "Drama", "rating": 1.63, "spoiler": 1} in row["tags"]
    assert {"eid": 1, "id": "s22", "name": "林直孝", "role": "translator"} in row["staff"]
    assert row["relations"][0] == {
        "id": "v17102",
        "relation": "seq",
        "relation_official": True,
        "title": "STEINS;GATE 0",
    }
    url = f"{asker.services.vndb.address}/img/sf/50011.svg"
    assert row["screenshots"][0] == {"id": "sf50011", "release": {"id": "r129", "title": "STEINS;GATE"}, "url": url}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grisaia", ["v5154", "v7723"]),
        ("シュタインズ", ["v2002", "v17102"]),
        ("DDLC", ["v21905"]),
        ("zzzzqqqq", []),
        ("Elite Trial", ["v2002"]),
    ],
)
async def test_search(asker: Asker, text: str, expected: list[str]) -> None:
    assert await asker.ids(["search", "=", text], sort="searchrank") == expected


async def test_search_within_and(asker: Asker) -> None:
    filters = ["and", ["search", "=", "fate"], ["olang", "=", "ja"]]
    assert (await asker.ids(filters, sort="searchrank"))[:2] == ["v11", "v50"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (["and", ["released", ">=", "2004"], ["released", "<", "2005-01"]], []),
        (["released", "=", "2004"], []),
        (["released", "=", "2027-04"], ["v21931"]),
        (["released", "=", "tba"], ["v21940"]),
        (
            ["and", ["search", "=", ""], ["or", ["released", "=", "unknown"], ["released", ">", "today"]]],
            ["v21920", "v21931", "v21940", "v90002", "v90950"],
        ),
        (["developer", "=", ["id", "=", "p29"]], ["v7", "v11", "v13", "v50", "v4730", "v4880"]),
        (["anime_id", "=", 7729], ["v2002"]),
        (["on_list", "=", 1], []),
        (["release", "=", ["extlink", "=", ["steam", 412830]]], ["v2002"]),
        (["and", ["id", "=", "v17"]], ["v17"]),
        ('["id","=","v17"]', ["v17"]),
        ([80, "=", 17], ["v17"]),
        ("12Nv0hNv0Xkx", ["v17", "v2002"]),
        (["and", ["id", ">=", "v4"], ["id", "<", "v7"]], ["v4", "v5"]),
        (["and", ["votecount", "<=", 2], ["rating", ">=", 10]], []),
        (["and", ["search", "=", ""], ["has_description", "!=", 1]], ["v21920", "v90002", "v90997"]),
        (["has_description", "!=", 1], ["v21920"]),
        (["id", "=", "v90002"], ["v90002"]),
        (["id", ">=", "v21990"], ["v21990"]),
        (["developer", "=", ["id", "=", "p90001"]], ["v90004"]),
    ],
)
async def test_filters(asker: Asker, filters: object, expected: list[str]) -> None:
    assert await asker.ids(filters) == expected


async def test_bare_tag_is_without_spoilers(asker: Asker) -> None:
    bare = await asker.ids(["tag", "=", "g19"])
    assert "v2002" in bare
    assert "v17" not in bare
    assert "v17" in await asker.ids(["tag", "=", ["g19", 2, 1.2]])


async def test_unequal_is_the_rest_of_what_is_known(asker: Asker) -> None:
    everything = (await asker.ask(results=0, count=True))["count"]
    with_english, without = await asker.ids(["lang", "=", "en"]), await asker.ids(["lang", "!=", "en"])
    assert not set(with_english) & set(without)
    answer = await asker.ask(filters=["lang", "=", "en"], results=0, count=True)
    assert answer["count"] + len(without) == everything


async def test_filters_in_normal_and_compact_form(asker: Asker) -> None:
    filters = ["and", ["olang", "=", "ja"], ["released", ">=", "2010-01-01"], ["tag", "=", "g19"]]
    answer = await asker.ask(filters=filters, normalized_filters=True, compact_filters=True, time=True, results=0)
    assert answer == {
        "compact_filters": "033gja72_0bG5k80j",
        "more": False,
        "normalized_filters": [
            "and",
            ["olang", "=", "ja"],
            ["released", ">=", 20100101],
            ["tag", "=", ["g19", 0, 0]],
        ],
        "results": [],
        "time": 4,
    }


async def test_sorting_puts_the_unrated_last_in_both_directions(asker: Asker) -> None:
    filters = ["or", ["id", "=", "v4"], ["id", "=", "v19"], ["id", "=", "v90950"]]
    best = await asker.ids(filters, sort="rating", reverse=True)
    worst = await asker.ids(filters, sort="rating")
    assert best == ["v4", "v19", "v90950"]
    assert worst == ["v19", "v4", "v90950"]


async def test_paging(asker: Asker) -> None:
    first = await asker.ask(filters=["search", "=", "fate"], results=1)
    second = await asker.ask(filters=["search", "=", "fate"], results=1, page=2)
    assert (first["more"], first["results"]) == (True, [{"id": "v11"}])
    assert second["results"] == [{"id": "v50"}]


async def test_count_past_the_end_is_as_wrong_as_the_servers(asker: Asker) -> None:
    answer = await asker.ask(fields="title", results=10, page=99, count=True)
    assert answer == {"count": 980, "more": False, "results": []}


async def test_results_as_a_numeric_string(asker: Asker) -> None:
    assert await asker.ask(results="2") == {"more": True, "results": [{"id": "v4"}, {"id": "v5"}]}


async def test_tags(asker: Asker) -> None:
    fields = "name,category,searchable,applicable,aliases"
    answer = await asker.ask_at(
        "/tag",
        {"filters": ["search", "=", "horror"], "fields": fields, "sort": "vn_count", "reverse": True},
    )
    horror: dict[str, object] = {"aliases": [], "applicable": True, "category": "cont", "searchable": True}
    assert answer == {
        "more": False,
        "results": [
            horror | {"id": "g24", "name": "Horror"},
            horror | {"id": "g25", "name": "Psychological Horror"},
        ],
    }


async def test_producers(asker: Asker) -> None:
    answer = await asker.ask_at("/producer", {"filters": ["search", "=", "nitro"], "fields": "name,type", "results": 1})
    assert answer["results"] == [{"id": "p84", "name": "NITRO PLUS", "type": "co"}]


async def test_stats(asker: Asker) -> None:
    async with asker.http.get(f"{asker.services.vndb.api_url}/stats") as answer:
        stats = await answer.json()
    assert list(stats) == ["chars", "producers", "releases", "staff", "tags", "traits", "vn"]
    assert stats["vn"] == sum(one.number < 90000 for one in asker.services.vndb.library.vn)


async def test_schema_names_languages_and_platforms(asker: Asker) -> None:
    async with asker.http.get(f"{asker.services.vndb.api_url}/schema") as answer:
        schema = await answer.json()
    assert list(schema) == ["api_fields", "enums", "extlinks"]
    assert {"id": "ja", "label": "Japanese"} in schema["enums"]["language"]
    assert {"id": "win", "label": "Windows"} in schema["enums"]["platform"]


async def test_long_answers_are_compressed_when_asked(asker: Asker) -> None:
    url = f"{asker.services.vndb.api_url}/schema"
    async with asker.http.get(url, headers={"Accept-Encoding": "gzip, deflate, br"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Vary"] == "accept-encoding"
    async with asker.http.get(url, headers={"Accept-Encoding": "identity"}) as answer:
        assert "Content-Encoding" not in answer.headers


async def test_covers_are_pictures(asker: Asker) -> None:
    answer = await asker.ask(filters=["id", "=", "v2002"], fields="image{url,thumbnail}")
    for url in answer["results"][0]["image"].values():
        async with asker.http.get(url) as picture:
            assert (picture.status, picture.content_type) == (200, "image/svg+xml")
            assert "STEINS;GATE" in await picture.text()
    async with asker.http.get(f"{asker.services.vndb.address}/img/cv/18600.svg") as missing:
        assert missing.status == 404


async def test_covers_are_not_counted(asker: Asker) -> None:
    async with asker.http.get(f"{asker.services.vndb.address}/img/cv/17.svg") as picture:
        await picture.read()
    assert asker.services.vndb.requests == []
    assert asker.services.vndb.window.admitted == 0
