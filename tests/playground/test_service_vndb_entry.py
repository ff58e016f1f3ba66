"""Releases, characters, staff, traits, producers and quotes of the sample VNDB, in the shapes of the real one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from tests.vndb.sample import Asker, open_asker

MARKUP = "@everyone <@1> **x** ||y|| [a](http://b)"


@pytest.fixture
async def asker() -> AsyncIterator[Asker]:
    async with open_asker() as opened:
        yield opened


async def test_a_release(asker: Asker) -> None:
    fields = (
        "title,alttitle,languages{lang,title,latin,mtl,main},platforms,media{medium,qty},vns{rtype,title},"
        "producers{developer,publisher,name},images{id,url,dims,type,vn,languages,photo,thumbnail,sexual},released,"
        "minage,patch,freeware,uncensored,official,has_ero,resolution,engine,voiced,notes,gtin,catalog"
    )
    answer = await asker.ask_at("/release", {"filters": ["id", "=", "r129"], "fields": fields})
    [row] = answer["results"]
    address = asker.services.vndb.address
    assert row.pop("images")[0] == {
        "dims": [600, 848],
        "id": "cv20147",
        "languages": None,
        "photo": False,
        "sexual": 0,
        "thumbnail": f"{address}/img/cv.t/20147.svg",
        "type": "pkgfront",
        "url": f"{address}/img/cv/20147.svg",
        "vn": "v2002",
    }
    assert row == {
        "alttitle": None,
        "catalog": None,
        "engine": "MAGES.",
        "freeware": False,
        "gtin": None,
        "has_ero": False,
        "id": "r129",
        "languages": [{"lang": "ja", "latin": None, "main": True, "mtl": False, "title": "STEINS;GATE"}],
        "media": [{"medium": "dvd", "qty": 1}],
        "minage": 12,
        "notes": None,
        "official": True,
        "patch": False,
        "platforms": ["xb3", "win"],
        "producers": [
            {"developer": True, "id": "p86", "name": "5pb.", "publisher": True},
            {"developer": True, "id": "p84", "name": "NITRO PLUS", "publisher": True},
        ],
        "released": "2009-10-15",
        "resolution": [800, 600],
        "title": "STEINS;GATE",
        "uncensored": None,
        "vns": [{"id": "v2002", "rtype": "complete", "title": "STEINS;GATE"}],
        "voiced": 4,
    }


async def test_a_steam_link_brings_the_one_to_its_database(asker: Asker) -> None:
    fields = "extlinks{id,label,name,url}"
    answer = await asker.ask_at("/release", {"filters": ["id", "=", "r133"], "fields": fields})
    assert answer["results"][0]["extlinks"][:2] == [
        {"id": "412830", "label": "Steam", "name": "steam", "url": "https://store.steampowered.com/app/412830/"},
        {"id": "412830", "label": "SteamDB", "name": "steamdb", "url": "https://steamdb.info/app/412830/info/"},
    ]


async def test_a_character(asker: Asker) -> None:
    fields = (
        "name,original,aliases,image{id,url,dims,sexual,violence,votecount},blood_type,height,weight,bust,waist,hips,"
        "cup,age,birthday,sex,gender,vns{title,role,spoiler,release{id,title}},"
        "traits{name,group_id,group_name,spoiler,lie,sexual}"
    )
    answer = await asker.ask_at("/character", {"filters": ["id", "=", "c36"], "fields": fields})
    [row] = answer["results"]
    assert row.pop("traits")[0] == {
        "group_id": "i70",
        "group_name": "Role",
        "id": "i72",
        "lie": False,
        "name": "High School Student",
        "sexual": False,
        "spoiler": 0,
    }
    assert row == {
        "age": 16,
        "aliases": ["Mayushii"],
        "birthday": [2, 1],
        "blood_type": "o",
        "bust": 85,
        "cup": "C",
        "gender": ["f", "f"],
        "height": 152,
        "hips": 88,
        "id": "c36",
        "image": None,
        "name": "Shiina Mayuri",
        "original": "椎名 まゆり",
        "sex": ["f", "f"],
        "vns": [
            {"id": "v2002", "release": None, "role": "primary", "spoiler": 0, "title": "STEINS;GATE"},
            {"id": "v17102", "release": None, "role": "primary", "spoiler": 0, "title": "STEINS;GATE 0"},
        ],
        "waist": 59,
        "weight": 45,
    }


async def test_a_picture_of_a_character_nobody_voted_on_has_the_worst_flags(asker: Asker) -> None:
    fields = "image{sexual,violence,votecount,dims,id}"
    answer = await asker.ask_at("/character", {"filters": ["id", "=", "c38"], "fields": fields})
    image = {"dims": [256, 300], "id": "ch30012", "sexual": 2, "violence": 2, "votecount": 0}
    assert answer["results"] == [{"id": "c38", "image": image}]


async def test_a_character_has_no_thumbnail(asker: Asker) -> None:
    answer = await asker.post({"fields": "image.thumbnail"}, "/character")
    assert answer == (400, "text", "Invalid 'fields' member: Field 'thumbnail' not found\n")


async def test_a_person_is_a_row_for_each_name(asker: Asker) -> None:
    answer = await asker.ask_at("/staff", {"filters": ["id", "=", "s33"], "fields": "aid,ismain,name"})
    assert answer["results"] == [
        {"aid": 142, "id": "s33", "ismain": True, "name": "Hanazawa Kana"},
        {"aid": 143, "id": "s33", "ismain": False, "name": "Matsushima Seika"},
    ]


async def test_a_main_name(asker: Asker) -> None:
    filters = ["and", ["ismain", "=", 1], ["search", "=", "Hanazawa"]]
    fields = "aid,ismain,name,original,lang,gender,description,extlinks{url},aliases{aid,name,latin,ismain}"
    answer = await asker.ask_at("/staff", {"filters": filters, "fields": fields})
    assert answer["results"] == [
        {
            "aid": 142,
            "aliases": [
                {"aid": 142, "ismain": True, "latin": "Hanazawa Kana", "name": "花澤 香菜"},
                {"aid": 143, "ismain": False, "latin": "Matsushima Seika", "name": "松嶋 せいか"},
            ],
            "description": None,
            "extlinks": [],
            "gender": "f",
            "id": "s33",
            "ismain": True,
            "lang": "ja",
            "name": "Hanazawa Kana",
            "original": "花澤 香菜",
        }
    ]


async def test_traits(asker: Asker) -> None:
    fields = "name,aliases,searchable,applicable,sexual,group_id,group_name"
    answer = await asker.ask_at("/trait", {"filters": ["search", "=", "eyes"], "fields": fields})
    assert answer["results"] == [
        {
            "aliases": [],
            "applicable": False,
            "group_id": None,
            "group_name": None,
            "id": "i35",
            "name": "Eyes",
            "searchable": False,
            "sexual": False,
        },
        {
            "aliases": ["Purple eyes"],
            "applicable": True,
            "group_id": "i35",
            "group_name": "Eyes",
            "id": "i36",
            "name": "Violet",
            "searchable": True,
            "sexual": False,
        },
    ]


async def test_a_producer(asker: Asker) -> None:
    fields = "name,original,aliases,lang,type,extlinks{url,label,name,id}"
    answer = await asker.ask_at("/producer", {"filters": ["search", "=", "nitro+"], "fields": fields, "results": 1})
    url = "https://www.nitroplus.co.jp/"
    assert answer["results"] == [
        {
            "aliases": ["Nitroplus", "nitro+"],
            "extlinks": [{"id": url, "label": "Official website", "name": "website", "url": url}],
            "id": "p84",
            "lang": "ja",
            "name": "NITRO PLUS",
            "original": "ニトロプラス",
            "type": "co",
        }
    ]


async def test_quotes_of_a_novel(asker: Asker) -> None:
    members: dict[str, object] = {
        "filters": ["vn", "=", ["id", "=", "v2002"]],
        "fields": "quote,score,vn.title,character.name",
        "sort": "score",
        "reverse": True,
    }
    answer = await asker.ask_at("/quote", members)
    assert answer["results"][:2] == [
        {
            "character": {"id": "c34", "name": "Okabe Rintarou"},
            "id": "q1",
            "quote": "El Psy Kongroo.",
            "score": 41,
            "vn": {"id": "v2002", "title": "STEINS;GATE"},
        },
        {
            "character": {"id": "c36", "name": "Shiina Mayuri"},
            "id": "q2",
            "quote": "Tuturu~♪",
            "score": 33,
            "vn": {"id": "v2002", "title": "STEINS;GATE"},
        },
    ]
    assert answer["results"][-1]["character"] is None


async def test_a_random_quote_is_one_and_changes(asker: Asker) -> None:
    drawn = [await asker.ids_at("/quote", ["random", "=", 1]) for _ in range(30)]
    assert {len(one) for one in drawn} == {1}
    assert len({ids[0] for ids in drawn}) > 5


async def test_a_random_filter_is_shown_as_it_was_sent(asker: Asker) -> None:
    answer = await asker.ask_at(
        "/quote", {"filters": ["random", "=", 1], "normalized_filters": True, "compact_filters": True, "results": 0}
    )
    assert answer["normalized_filters"] == ["random", "=", 1]


async def test_quotes_have_no_rank(asker: Asker) -> None:
    assert await asker.post({"sort": "searchrank"}, "/quote") == (400, "text", "Invalid 'sort' member.\n")


@pytest.mark.parametrize(
    ("path", "filters", "expected"),
    [
        ("/release", ["extlink", "=", ["steam", 412830]], ["r133"]),
        ("/release", ["extlink", "=", "https://store.steampowered.com/app/412830/"], ["r133"]),
        ("/release", ["and", ["vn", "=", ["id", "=", "v17"]], ["official", "!=", 1]], ["r45", "r46"]),
        ("/release", ["and", ["vn", "=", ["id", "=", "v2002"]], ["rtype", "=", "trial"]], ["r135"]),
        ("/release", ["and", ["engine", "=", "KiriKiri"], ["minage", ">=", 18]], ["r30"]),
        ("/release", ["and", ["vn", "=", ["id", "=", "v97"]], ["lang", "=", "en"], ["minage", "<", 18]], ["r102"]),
        ("/release", ["and", ["vn", "=", ["id", "=", "v97"]], ["uncensored", "!=", 1]], ["r100"]),
        (
            "/release",
            ["and", ["vn", "=", ["id", "=", "v11"]], ["id", "<", "r1000"], ["image", "=", None]],
            ["r31", "r34"],
        ),
        ("/release", ["and", ["vn", "=", ["id", "=", "v11"]], ["resolution", "<=", [1024, 768]]], ["r30"]),
        ("/release", ["and", ["producer_id", "=", "p600"], ["vn", "=", ["id", "=", "v2002"]]], ["r133"]),
        ("/release", ["and", ["vn", "=", ["id", "=", "v17"]], ["vn", "=", ["id", "=", "v19"]]], ["r51"]),
        ("/release", ["id", "=", "r999999"], []),
        ("/character", ["and", ["trait", "=", "i42"], ["birthday", "=", [7, 0]]], ["c35"]),
        ("/character", ["and", ["trait", "=", "i73"], ["vn", "=", ["id", "=", "v2002"]]], []),
        ("/character", ["and", ["trait", "=", ["i73", 2]], ["vn", "=", ["id", "=", "v2002"]]], ["c34", "c38"]),
        ("/character", ["seiyuu", "=", ["search", "=", "Imai Asami"]], ["c35", "c39"]),
        ("/character", ["and", ["sex", "=", "f"], ["sex_spoil", "=", "m"]], ["c37"]),
        ("/character", ["gender_spoil", "=", "o"], ["c181"]),
        ("/character", ["and", ["vn", "=", ["id", "=", "v4"]], ["height", ">", 170]], ["c161"]),
        ("/character", ["and", ["vn", "=", ["id", "=", "v4"]], ["cup", ">=", "D"]], ["c162"]),
        ("/character", ["and", ["vn", "=", ["id", "=", "v2002"]], ["birthday", "=", None]], []),
        ("/character", ["and", ["role", "=", "main"], ["vn", "=", ["id", "=", "v11"]]], ["c115"]),
        ("/staff", ["aid", "=", 143], ["s33"]),
        ("/staff", ["and", ["role", "=", "seiyuu"], ["search", "=", "Kawasumi"]], ["s36", "s36"]),
        ("/staff", ["and", ["search", "=", ""], ["type", "=", "group"]], ["s90951"]),
        ("/staff", ["extlink", "=", "vgmdb"], ["s23"]),
        ("/producer", ["extlink", "=", ["twitter", "key_official"]], ["p24"]),
        ("/quote", ["character", "=", ["search", "=", "okabe"]], ["q1"]),
        ("/quote", ["vn", "=", ["search", "=", "ever17"]], ["q10", "q11"]),
        ("/vn", ["character", "=", ["and", ["search", "=", "saber"], ["role", "=", "primary"]]], ["v11", "v50"]),
        ("/vn", ["character", "=", ["and", ["id", "=", "c34"], ["role", "=", "main"]]], ["v2002"]),
        ("/vn", ["release", "=", ["and", ["id", "=", "r51"], ["rtype", "=", "complete"]]], ["v17", "v19"]),
        (
            "/vn",
            ["staff", "=", ["and", ["search", "=", "Uchikoshi"], ["role", "=", "scenario"]]],
            ["v17", "v18", "v19"],
        ),
        ("/vn", ["staff", "=", ["and", ["search", "=", "Imai Asami"], ["role", "=", "songs"]]], ["v2002"]),
        ("/vn", ["and", ["has_review", "=", 1], ["has_screenshot", "=", 1]], ["v17", "v97", "v2002"]),
        ("/vn", ["release", "=", ["vn", "=", ["character", "=", ["id", "=", "c170"]]]], ["v97"]),
    ],
)
async def test_filters(asker: Asker, path: str, filters: object, expected: list[str]) -> None:
    assert await asker.ids_at(path, filters) == expected


@pytest.mark.parametrize(
    ("path", "members", "text"),
    [
        ("/release", {"sort": "rating"}, "Invalid 'sort' member.\n"),
        ("/release", {"filters": ["rtype", "=", "whole"]}, "Invalid 'rtype' filter: Invalid value.\n"),
        ("/release", {"filters": ["extlink", "=", "nowhere"]}, "Invalid 'extlink' filter: Invalid value.\n"),
        ("/release", {"filters": ["minage", "=", 19]}, "Invalid 'minage' filter: Invalid value.\n"),
        ("/release", {"filters": ["resolution", "=", 640]}, "Invalid 'resolution' filter: Invalid value.\n"),
        ("/character", {"filters": ["birthday", "=", [13, 1]]}, "Invalid 'birthday' filter: Invalid value.\n"),
        ("/character", {"filters": ["trait", "=", ["i42", 3]]}, "Invalid 'trait' filter: Invalid value.\n"),
        ("/character", {"filters": ["cup", "=", "BB"]}, "Invalid 'cup' filter: Invalid value.\n"),
        ("/character", {"filters": ["sex", ">", "f"]}, "Invalid 'sex' filter: Invalid operator.\n"),
        ("/staff", {"filters": ["role", "=", "cook"]}, "Invalid 'role' filter: Invalid value.\n"),
        ("/trait", {"filters": ["category", "=", "cont"]}, "Invalid 'category' filter: Unknown field.\n"),
        ("/quote", {"filters": ["random", "=", 2]}, "Invalid 'random' filter: Invalid value.\n"),
        ("/quote", {"fields": "vn"}, "Invalid 'fields' member: The 'vn' object requires specifying sub-field(s).\n"),
        (
            "/character",
            {"fields": "vns"},
            "Invalid 'fields' member: The 'vns' object requires specifying sub-field(s).\n",
        ),
    ],
)
async def test_refusals(asker: Asker, path: str, members: object, text: str) -> None:
    assert await asker.post(members, path) == (400, "text", text)


@pytest.mark.parametrize(
    ("path", "sort", "first"),
    [
        ("/release", "searchrank", "r40"),
        ("/character", "searchrank", None),
        ("/staff", "searchrank", None),
        ("/trait", "searchrank", None),
        ("/producer", "searchrank", None),
        ("/tag", "searchrank", None),
    ],
)
async def test_whatever_can_be_searched_can_be_ranked(asker: Asker, path: str, sort: str, first: str | None) -> None:
    found = await asker.ids_at(path, ["search", "=", "ever17 -the out of infinity-"], sort=sort)
    assert found[:1] == ([first] if first else [])


async def test_releases_to_come_are_sorted_by_date(asker: Asker) -> None:
    members: dict[str, object] = {
        "filters": ["released", ">", "today"],
        "fields": "released",
        "sort": "released",
        "results": 100,
    }
    dates = [one["released"] for one in (await asker.ask_at("/release", members))["results"]]
    whole = [one for one in dates if len(one) == 10]
    assert whole == sorted(whole)
    assert whole[0] > str(datetime.now(UTC).date())
    assert dates[-1] == "TBA"


@pytest.mark.parametrize(
    ("results", "fields", "estimated"),
    [
        (
            100,
            (
                "title,va{character{name,vns{title,tags{name,rating,spoiler}}}},"
                "tags{name,rating,spoiler,lie,category,vn_count}"
            ),
            648400,
        ),
        (100, "screenshots{url,release{title,vns{title,tags.name}}}", 315200),
    ],
)
async def test_too_much_is_refused_by_the_servers_estimate(
    asker: Asker, results: int, fields: str, estimated: int
) -> None:
    text = f"Too much data selected (estimated {estimated} fields)\n"
    assert await asker.post({"results": results, "fields": fields}) == (400, "text", text)


async def test_nothing_is_never_too_much(asker: Asker) -> None:
    fields = "screenshots{url,release{title,vns{title,tags.name}}}"
    assert await asker.ask(results=0, fields=fields) == {"more": False, "results": []}


async def test_entries_lead_to_entries(asker: Asker) -> None:
    fields = "va{staff{name,original},character{name,image.url,vns{role,title}}},relations{relation,developers.name}"
    answer = await asker.ask(filters=["id", "=", "v97"], fields=fields)
    address = asker.services.vndb.address
    assert answer["results"][0]["va"] == [
        {
            "character": {
                "id": "c170",
                "image": {"url": f"{address}/img/ch/30050.svg"},
                "name": "Saya",
                "vns": [{"id": "v97", "role": "primary", "title": "Saya no Uta"}],
            },
            "staff": {"id": "s36", "name": "Kawasumi Sample", "original": None},
        }
    ]


async def test_relations_lead_both_ways(asker: Asker) -> None:
    answer = await asker.ask(
        filters=["or", ["id", "=", "v17"], ["id", "=", "v19"]], fields="relations{relation,relation_official}"
    )
    ever, never = (row["relations"] for row in answer["results"])
    assert {"id": "v19", "relation": "preq", "relation_official": True} in ever
    assert {"id": "v17", "relation": "seq", "relation_official": True} in never


@pytest.mark.parametrize(
    ("path", "number", "name"),
    [("/vn", 90004, "title"), ("/character", 90901, "name"), ("/staff", 90901, "name"), ("/producer", 90001, "name"),
     ("/tag", 90999, "name"), ("/trait", 90001, "name"), ("/quote", 90901, "quote"), ("/release", 90901, "title")],
)  # fmt: skip
async def test_everything_can_be_named_in_markup(asker: Asker, path: str, number: int, name: str) -> None:
    answer = await asker.ask_at(path, {"filters": ["id", "=", number], "fields": name})
    assert answer["results"][0][name].endswith(MARKUP)


async def test_every_picture_that_is_named_is_served(asker: Asker) -> None:
    address = asker.services.vndb.address
    urls: set[str] = set()
    for path, fields in (
        ("/vn", "image{url,thumbnail},screenshots{url,thumbnail}"),
        ("/release", "images{url,thumbnail}"),
        ("/character", "image{url}"),
    ):
        filters = ["or", *(["id", "=", number] for number in (4, 17, 97, 2002, 129, 100, 34, 170, 80001))]
        answer = await asker.ask_at(path, {"filters": filters, "fields": fields, "results": 40})
        urls |= {part for part in json.dumps(answer).split('"') if part.startswith(address)}
    assert len(urls) > 30
    for url in urls:
        async with asker.http.get(url) as picture:
            assert (picture.status, picture.content_type) == (200, "image/svg+xml"), url


async def test_a_picture_that_is_not_there_is_not_found(asker: Asker) -> None:
    for name in ("sf/1", "ch/30014", "ch.t/30010", "cv/20146", "xx/17"):
        async with asker.http.get(f"{asker.services.vndb.address}/img/{name}.svg") as missing:
            assert missing.status == 404


async def test_faults_strike_every_kind(asker: Asker) -> None:
    asker.services.vndb.fault = "500"
    statuses = [(await asker.post({}, path))[0] for path in ("/release", "/character", "/ulist", "/quote")]
    assert [*statuses, await asker.get_status("/user?q=u3")] == [500] * 5


async def test_every_kind_tells_its_time(asker: Asker) -> None:
    for path in ("/release", "/character", "/staff", "/trait", "/quote", "/tag", "/producer"):
        assert (await asker.ask_at(path, {"results": 0, "time": True}))["time"] == 4
