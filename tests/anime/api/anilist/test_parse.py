"""AniList's answers, read: also those of hard cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import msgspec
import pytest

from bot.anime.api.anilist import parse
from bot.anime.api.model import Airing, FuzzyDate, Media, MediaRow
from bot.errors import BadAnswer
from bot.service.record import Found
from tests.anime.fake_anilist import MEDIA, Record, make_edges, make_page, make_row
from tests.support.each import each


def encode(data: object) -> bytes:
    return msgspec.json.encode({"data": data})


def media_of(**fields: object) -> Media:
    media = parse.parse_media(encode({"Media": {"id": 1, **fields}}))
    assert media is not None
    return media


def row_of(**fields: object) -> MediaRow:
    (row,) = parse.parse_rows(encode(make_page("media", [make_row(1, **fields)]))).items
    return row


# Works


def test_a_work_is_read_whole() -> None:
    media = parse.parse_media(encode(MEDIA))
    assert media is not None
    assert (media.id, media.id_mal, media.is_adult, media.average_score) == (4007, 5007, False, 84)
    assert (media.title.romaji, media.title.english, media.title.native) == (
        "Toki no Tegami",
        "Letters Through Time",
        "時の手紙",
    )
    assert media.next_airing_episode == Airing(episode=7, airing_at=1_800_003_600)
    assert media.end_date == FuzzyDate(year=2011, month=9)
    assert media.source == "VISUAL_NOVEL"


def test_nulls_in_lists_are_left_out() -> None:
    media = parse.parse_media(encode(MEDIA))
    assert media is not None
    assert media.genres == ["Drama", "Sci-Fi"]
    assert [tag.name for tag in media.tags] == ["Time Travel", "Lost Letters"]
    assert media.synonyms == ["Toki-tegami"]


def test_the_main_studio_comes_first() -> None:
    media = parse.parse_media(encode(MEDIA))
    assert media is not None
    assert [studio.name for studio in media.studios] == ["Studio Lantern", "Paper Committee"]


def test_a_relation_to_a_deleted_work_is_left_out() -> None:
    media = parse.parse_media(encode(MEDIA))
    assert media is not None
    assert [(one.media.id, one.relation) for one in media.related] == [(4008, "SEQUEL"), (4009, None)]


def test_a_related_work_that_does_not_say_is_not_taken_to_be_for_everybody() -> None:
    media = parse.parse_media(encode(MEDIA))
    assert media is not None
    assert [one.media.is_adult for one in media.related] == [None, False]


def test_a_work_of_which_nothing_is_known_yet_is_read() -> None:
    known = cast("Record", MEDIA["Media"])
    assert media_of(**{name: None for name in known if name != "id"}) == Media(id=1)


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"episodes": 1000}, "episodes", 1000),
        ({"status": "HIATUS"}, "status", "HIATUS"),
        ({"status": "NOT_YET_RELEASED", "averageScore": None}, "average_score", None),
        ({"isAdult": None}, "is_adult", None),
        ({"isAdult": "no"}, "is_adult", None),
        ({"genres": None}, "genres", []),
        ({"nextAiringEpisode": {"episode": None, "airingAt": 5}}, "next_airing_episode", None),
        ({"format": "HOLOGRAM"}, "format", "HOLOGRAM"),
    ],
)
def test_a_hard_case_is_read(fields: Record, name: str, value: object) -> None:
    assert getattr(row_of(**fields), name) == value


def test_a_work_without_an_english_title_has_none() -> None:
    assert row_of().title.english is None
    assert row_of().title.romaji == "Sakuhin 1"


def test_a_work_that_is_null_is_none() -> None:
    assert parse.parse_media(encode({"Media": None})) is None


# Pages


def test_only_has_next_page_says_that_there_is_more() -> None:
    info = {"total": 5000, "currentPage": 1, "lastPage": 200, "hasNextPage": False}
    assert parse.parse_rows(encode({"Page": {"pageInfo": info, "media": [make_row(1)]}})).more is False


def test_a_page_without_page_info_is_the_last_one() -> None:
    assert parse.parse_rows(encode({"Page": {"media": [make_row(1)], "pageInfo": None}})).more is False


def test_deleted_works_cost_a_page_nothing_else() -> None:
    found = parse.parse_rows(
        encode(make_page("media", [None, make_row(1), {"title": None}, 7, make_row(2)], more=True))
    )
    assert [row.id for row in found.items] == [1, 2]
    assert found.more


def test_an_episode_of_a_deleted_work_is_left_out() -> None:
    episodes = [
        {"episode": 1, "airingAt": 50, "media": None},
        {"episode": 2, "airingAt": 60, "media": make_row(7)},
        {"episode": None, "airingAt": 60, "media": make_row(8)},
        None,
    ]
    found = parse.parse_airing(encode(make_page("airingSchedules", episodes)))
    assert [(one.media.id, one.episode, one.airing_at) for one in found.items] == [(7, 2, 60)]


def test_a_work_that_does_not_say_has_no_adult_mark() -> None:
    page = make_page("media", [{"id": 1, "isAdult": True}, {"id": 2, "isAdult": None}, {"id": 3, "isAdult": False}])
    assert parse.parse_adult_marks(encode(page)) == {1: True, 3: False}


# Characters and people


@pytest.mark.parametrize(
    ("media", "mark"),
    [
        ({"nodes": [{"isAdult": False}]}, False),
        ({"nodes": [{"isAdult": True}]}, True),
        ({"nodes": [{"isAdult": None}]}, None),
        ({"nodes": [None]}, None),
        ({"nodes": []}, None),
        (None, None),
    ],
)
def test_a_character_is_as_adult_as_its_best_known_work(media: object, mark: bool | None) -> None:
    character = parse.parse_character(encode({"Character": {"id": 5, "name": {"full": "Mio"}, "media": media}}))
    assert character is not None
    assert (character.name.full, character.is_adult) == ("Mio", mark)


@pytest.mark.parametrize(
    ("works", "is_safe"),
    [
        ([{"isAdult": False}, {"isAdult": False}], True),
        ([{"isAdult": False}, {"isAdult": True}], False),
        ([{"isAdult": False}, {"isAdult": None}], False),
        ([{"isAdult": False}, {}], False),
        ([{"isAdult": False}, {"isAdult": "no"}], False),
        ([{"isAdult": False}, None], True),
        ([], False),
    ],
)
@pytest.mark.parametrize("of_cast", [False, True])
def test_a_character_is_safe_whose_works_are_all_said_to_be_for_everybody(
    works: list[object], *, is_safe: bool, of_cast: bool
) -> None:
    record = {"id": 5, "media": {"nodes": works}, "isSafe": True}
    if of_cast:
        cast = parse.parse_cast(encode(make_edges("Media", "characters", [{"role": "MAIN", "node": record}])))
        assert cast is not None
        assert cast.items[0].character.is_safe is is_safe
    else:
        character = parse.parse_character(encode({"Character": record}))
        assert character is not None
        assert character.is_safe is is_safe


def test_a_character_and_a_studio_are_known_from_their_best_known_work() -> None:
    works = {"nodes": [make_row(1) | {"title": {"romaji": "Gate"}}, make_row(2)]}
    character = parse.parse_characters(encode(make_page("characters", [{"id": 5, "media": works}]))).items[0]
    assert character.best_known.romaji == "Gate"
    studios = parse.parse_studios(encode(make_page("studios", [{"id": 6, "media": works}, {"id": 7, "media": None}])))
    assert [one.best and one.best.id for one in studios.items] == [1, None]


def test_a_cast_has_voices_of_several_languages() -> None:
    edges = [
        {
            "role": "MAIN",
            "node": {"id": 5, "name": {"full": "Mio", "native": None}},
            "voiceActors": [
                {"id": 1, "name": {"full": "A. Koe"}, "languageV2": "Japanese"},
                None,
                {"id": 2, "name": {"full": "B. Voice"}, "languageV2": "English"},
            ],
        },
        {"role": "SUPPORTING", "node": None, "voiceActors": None},
        {"role": None, "node": {"id": 6}, "voiceActors": None},
    ]
    found = parse.parse_cast(encode(make_edges("Media", "characters", edges, more=True)))
    assert found is not None
    assert [(one.character.id, one.role) for one in found.items] == [(5, "MAIN"), (6, None)]
    assert [voice.language_v2 for voice in found.items[0].voices] == ["Japanese", "English"]
    assert found.more


def test_the_works_of_a_voice_name_whom_it_speaks() -> None:
    voiced = [{"characterRole": "MAIN", "characters": [{"name": {"full": "Mio"}}, None], "node": make_row(1)}]
    made = [{"staffRole": "Theme Song Performance", "node": make_row(2)}, {"staffRole": "Director", "node": None}]
    staff = {
        "characterMedia": {"pageInfo": {"hasNextPage": False}, "edges": voiced},
        "staffMedia": {"pageInfo": {"hasNextPage": True}, "edges": made},
    }
    found = parse.parse_works(encode({"Staff": staff}))
    assert found is not None
    assert [(one.media.id, one.role, one.characters) for one in found.items] == [
        (1, "MAIN", ["Mio"]),
        (2, "Theme Song Performance", []),
    ]
    assert found.more


def test_a_studios_work_says_whether_it_was_the_main_one() -> None:
    edges = [{"isMainStudio": True, "node": make_row(1)}, {"isMainStudio": False, "node": make_row(2)}]
    found = parse.parse_studio_works(encode(make_edges("Studio", "media", edges)))
    assert found is not None
    assert [one.role for one in found.items] == ["MAIN", None]


def test_a_recommendation_of_a_deleted_work_is_left_out() -> None:
    nodes = [{"mediaRecommendation": None}, {"mediaRecommendation": make_row(3)}, None]
    found = parse.parse_recommendations(encode({"Media": {"recommendations": {"nodes": nodes}}}))
    assert found is not None
    assert [row.id for row in found.items] == [3]


# Users


def test_a_profile_has_both_statistics() -> None:
    user = parse.parse_user(
        encode(
            {
                "User": {
                    "id": 9,
                    "name": "reader",
                    "about": None,
                    "statistics": {
                        "anime": {"count": 12, "meanScore": 71.5, "minutesWatched": 6000, "episodesWatched": 250},
                        "manga": None,
                    },
                }
            }
        )
    )
    assert user is not None
    assert (user.anime.count, user.anime.mean_score, user.anime.minutes_watched) == (12, 71.5, 6000)
    assert user.manga.count == 0


def test_a_work_in_several_lists_is_one_entry() -> None:
    entry = {"status": "COMPLETED", "score": 85.0, "progress": 24, "media": make_row(1)}
    gone = {"status": "CURRENT", "score": 0, "progress": 1, "media": None}
    lists = [{"entries": [entry, gone, None]}, {"entries": [entry]}, None, {"entries": None}]
    found = parse.parse_user_list(encode({"MediaListCollection": {"hasNextChunk": True, "lists": lists}}))
    assert found is not None
    assert [(one.media.id, one.status, one.score, one.progress) for one in found.items] == [(1, "COMPLETED", 85.0, 24)]
    assert found.more


# Rubbish

READERS: dict[str, Callable[[bytes], object]] = {
    name: getattr(parse, name) for name in vars(parse) if name.startswith("parse_") and name != "parse_record"
}


@each("name", READERS)
@each("body", [b"{}", b'{"data":null}', b'{"data":{}}', b'{"data":{"Media":[],"Page":[]}}', b"["])
def test_an_answer_of_another_shape_is_a_bad_answer(name: str, body: bytes) -> None:
    with pytest.raises(BadAnswer):
        READERS[name](body)


@pytest.mark.parametrize("root", ["Media", "Character", "Staff", "Studio", "User"])
def test_an_entry_that_lacks_what_it_needs_is_a_bad_answer(root: str) -> None:
    reader = {
        "Media": parse.parse_media,
        "Character": parse.parse_character,
        "Staff": parse.parse_person,
        "Studio": parse.parse_studio,
        "User": parse.parse_user,
    }[root]
    with pytest.raises(BadAnswer):
        reader(encode({root: {"id": "seven", "name": 5}}))


ROWS: dict[str, Callable[[list[object]], Record]] = {
    "parse_rows": lambda rows: make_page("media", rows),
    "parse_named": lambda rows: make_page("media", rows),
    "parse_characters": lambda rows: make_page("characters", rows),
    "parse_people": lambda rows: make_page("staff", rows),
    "parse_studios": lambda rows: make_page("studios", rows),
    "parse_airing": lambda rows: make_page(
        "airingSchedules", [{"episode": 1, "airingAt": 9, "media": row} for row in rows]
    ),
    "parse_recommendations": lambda rows: {
        "Media": {"recommendations": {"nodes": [{"mediaRecommendation": row} for row in rows]}}
    },
    "parse_cast": lambda rows: {"Media": {"characters": {"edges": [{"node": row} for row in rows]}}},
    "parse_credits": lambda rows: {"Media": {"staff": {"edges": [{"node": row} for row in rows]}}},
    "parse_appearances": lambda rows: {"Character": {"media": {"edges": [{"node": row} for row in rows]}}},
    "parse_voiced": lambda rows: {"Staff": {"characterMedia": {"edges": [{"node": row} for row in rows]}}},
    "parse_made": lambda rows: {"Staff": {"staffMedia": {"edges": [{"node": row} for row in rows]}}},
    "parse_studio_works": lambda rows: {"Studio": {"media": {"edges": [{"node": row} for row in rows]}}},
    "parse_user_list": lambda rows: {"MediaListCollection": {"lists": [{"entries": [{"media": r} for r in rows]}]}},
}


@each("name", ROWS)
def test_rows_of_which_none_can_be_read_are_not_nothing(name: str) -> None:
    read = cast("Callable[[bytes], Found[object]]", READERS[name])
    with pytest.raises(BadAnswer):
        read(encode(ROWS[name]([{"id": "seven"}])))
    empty: list[object] = []
    for none in (empty, [*empty, None]):
        assert read(encode(ROWS[name](none))).items == []
