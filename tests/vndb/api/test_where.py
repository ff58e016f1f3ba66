"""The tables of filters: every form of value that VNDB takes, and none that it refuses."""

from __future__ import annotations

from typing import cast

import msgspec
import pytest

from bot.errors import InvalidInput
from bot.vndb.api import where
from bot.vndb.api.filter import Equality, Json, all_of
from bot.vndb.api.model import Vn
from tests.support.each import each

TABLES = {
    "VN": where.VN,
    "RELEASE": where.RELEASE,
    "PRODUCER": where.PRODUCER,
    "CHARACTER": where.CHARACTER,
    "STAFF": where.STAFF,
    "TAG": where.TAG,
    "TRAIT": where.TRAIT,
}


def find_field(path: str) -> Equality[Vn, object]:
    """`VN.olang`, with its types forgotten: what people type comes without any."""
    table, name = path.split(".")
    return cast("Equality[Vn, object]", getattr(TABLES[table], name))


@each(
    ("path", "value"),
    [
        *[("VN.id", value) for value in ("v17", 17, "v9999999")],
        *[("VN.search", value) for value in ("steins;gate", "シュタインズ")],
        *[("VN.lang", value) for value in ("ja", "zh-Hans", "pt-br")],
        *[("VN.platform", value) for value in ("win", "p98", "x1s")],
        *[("VN.released", value) for value in ("2004", "2004-05", "2004-02-29", "tba", "unknown", "today")],
        *[("VN.votecount", value) for value in (0, 2**30)],
        *[("VN.tag", value) for value in ("g19", 19, ("g505", 2, 1.2), (505, 0, 0))],
        *[("VN.label", value) for value in (0, 7, ("u3", 10), (3, 0))],
        *[("VN.devstatus", value) for value in (0, 1, 2)],
        *[("RELEASE.resolution", value) for value in ((640, 480), (0, 0))],
        *[("RELEASE.engine", value) for value in ("KiriKiri", "Ren'Py", "Unity", "")],
        *[("RELEASE.medium", value) for value in ("cd", "otc")],
        *[("RELEASE.minage", value) for value in (0, 18)],
        *[("RELEASE.ani_story_sp", value) for value in ("3d", "hand")],
        *[("RELEASE.image", value) for value in ("pkgfront", "dig")],
        *[("RELEASE.extlink", value) for value in ("steam", ("steam", 702050), ("dlsite", "RJ01"))],
        ("RELEASE.extlink", "https://store.steampowered.com/app/702050/"),
        *[("CHARACTER.birthday", value) for value in ((12, 14), (7, 0))],
        *[("CHARACTER.trait", value) for value in ("i42", 42, ("i42", 2))],
        *[("CHARACTER.cup", value) for value in ("AAA", "AA", "A", "Z")],
        *[("CHARACTER.blood_type", value) for value in ("ab", "unknown")],
        ("STAFF.role", "seiyuu"),
        ("TAG.category", "tech"),
        ("TRAIT.id", "i42"),
    ],
)
def test_a_value_is_sent_as_it_is(path: str, value: Json) -> None:
    assert find_field(path).eq(value).json == (path.split(".")[1], "=", value)


@each(
    ("path", "value"),
    [
        *[("VN.id", value) for value in ("17", "r1", "v0", "v", "v17x", "v12345678", 0, True, 1.5, None, ("v1",))],
        *[("VN.search", value) for value in (7, None, "a\nb", "\ud83d", "", " ", "\u200b")],
        *[("VN.lang", value) for value in ("japanese", "JA", "", 1, None, "zh_Hans")],
        *[("VN.platform", value) for value in ("Windows", "w", "", None)],
        *[("VN.length", value) for value in (0, 6, "2", None, True, 2.5)],
        *[("VN.rating", value) for value in (9, 101, 80.5, "80", None)],
        *[("VN.votecount", value) for value in (-1, "1", 2**30 + 1)],
        *[("VN.devstatus", value) for value in (-1, 3, None)],
        *[("VN.released", value) for value in ("2020-13-01", "2020-02-30", "20200101", "soon", "", 2020)],
        *[("VN.has_anime", value) for value in (0, 2, True, None, "1")],
        *[("VN.tag", value) for value in ("time travel", "v1", None, ("g1", 3, 0), ("g1", 0, 4), ("g1", 0))],
        *[("VN.dtag", value) for value in (0, ("x", 0, 0), ("g1", 0, "1"), ("g1", 0, True), ["g1"])],
        *[("VN.anime_id", value) for value in (0, "a1")],
        *[("VN.label", value) for value in ("u3", ("ayo", 1), ("u3",), None, 1_000_000, ("u3", -1))],
        *[("VN.developer_id", value) for value in ("v1", "Key")],
        *[("RELEASE.resolution", value) for value in ("1280x720", (1280,), (1280, -1), (1280, 32768), None)],
        *[("RELEASE.medium", value) for value in ("DVD", "")],
        *[("RELEASE.minage", value) for value in (19, -1, "18")],
        *[("RELEASE.voiced", value) for value in (5, "4")],
        *[("RELEASE.extlink", value) for value in ("", "ftp://x", ("steam",), ("steam", ""), ("Steam!", 1), 5)],
        ("RELEASE.extlink", ("steam", None)),
        *[("CHARACTER.birthday", value) for value in ((13, 1), (0, 1), (12, 32), (12,), "12-14")],
        *[("CHARACTER.trait", value) for value in ("g42", ("i42", 3), ("i42", 0, 0))],
        *[("CHARACTER.cup", value) for value in ("AB", "a", "")],
        *[("CHARACTER.height", value) for value in (-1, 32768, "160")],
        *[("STAFF.aid", value) for value in (0, "s1")],
    ],
)
def test_a_value_that_vndb_would_refuse_is_refused(path: str, value: object) -> None:
    with pytest.raises(InvalidInput):
        find_field(path).eq(value)


def test_tba_is_sent_as_the_server_writes_it() -> None:
    assert where.VN.released.eq("TBA").json == ("released", "=", "tba")


def test_lists_and_tuples_are_the_same_value() -> None:
    birthday = find_field("CHARACTER.birthday")
    assert birthday.eq([12, 14]) == birthday.eq((12, 14))


def test_a_list_is_filtered_like_the_novels_in_it() -> None:
    assert where.ULIST.label.eq(7).json == where.VN.label.eq(7).json


def test_a_filter_of_four_kinds_is_the_json_that_vndb_takes() -> None:
    voiced_by = where.CHARACTER.seiyuu.eq(all_of(where.STAFF.ismain.eq(1), where.STAFF.search.eq("Hayashi Naotaka")))
    wanted = all_of(where.VN.character.eq(voiced_by), where.VN.release.eq(where.RELEASE.resolution.ge((1280, 720))))
    assert msgspec.json.decode(msgspec.json.encode(wanted.json)) == [
        "and",
        ["character", "=", ["seiyuu", "=", ["and", ["ismain", "=", 1], ["search", "=", "Hayashi Naotaka"]]]],
        ["release", "=", ["resolution", ">=", [1280, 720]]],
    ]
