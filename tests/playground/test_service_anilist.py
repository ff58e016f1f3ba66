"""The sample AniList's answers: what stands in its graph, and what it says to documents that it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.service.anilist.data import AnilistSample, load_library
from bot.playground.service.anilist.server import SampleAnilist

WEEK_S = 7 * 86_400
# Wednesday, 18 November 2026, 12:00 UTC.
NOON = 1_795_003_200


class Time:
    """The time of day, turned by hand."""

    now = float(NOON)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def anilist(clock: Time) -> SampleAnilist:
    return SampleAnilist(now=clock)


def ask(anilist: SampleAnilist, query: str, **variables: object) -> Any:
    """The data of an answer without errors."""
    answer = anilist.execute(query, variables)
    assert "errors" not in answer.body, answer.body
    return answer.body["data"]


def refuse(anilist: SampleAnilist, query: object, variables: object = None) -> tuple[int, str, Any]:
    """Status, first message and data of an answer with errors."""
    answer = anilist.execute(query, variables)
    body: Any = answer.body
    return answer.status, body["errors"][0]["message"], body["data"]


def show(anilist: SampleAnilist, number: int, fields: str) -> Any:
    return ask(anilist, f"query ($id: Int) {{ Media(id: $id) {{ {fields} }} }}", id=int(number))["Media"]


def list_ids(anilist: SampleAnilist, arguments: str) -> list[int]:
    found = ask(anilist, f"{{ Page(perPage: 50) {{ media({arguments}) {{ id }} }} }}")
    return [one["id"] for one in found["Page"]["media"]]


def test_work_has_what_was_asked_for_in_that_order(anilist: SampleAnilist) -> None:
    work = show(anilist, AnilistSample.PLAIN, "title { native romaji } kind: type idMal isAdult season seasonYear")
    assert work == {
        "title": {"native": "シュタインズ・ゲート", "romaji": "Steins;Gate"},
        "kind": "ANIME",
        "idMal": 9253,
        "isAdult": False,
        "season": "SPRING",
        "seasonYear": 2011,
    }
    assert list(work) == ["title", "kind", "idMal", "isAdult", "season", "seasonYear"]


def test_unknown_work_is_a_404_with_null(anilist: SampleAnilist) -> None:
    assert refuse(anilist, "{ Media(id: 1000000) { id } }") == (404, "Not Found.", {"Media": None})


def test_one_missing_work_does_not_hide_the_other(anilist: SampleAnilist) -> None:
    status, _, data = refuse(anilist, "{ a: Media(id: 9253) { id } b: Media(id: 1000000) { id } }")
    assert (status, data) == (404, {"a": {"id": 9253}, "b": None})


def test_anime_is_not_found_as_a_manga(anilist: SampleAnilist) -> None:
    assert refuse(anilist, "{ Media(id: 9253, type: MANGA) { id } }")[0] == 404


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ Media(id: 1) { id foo } }", "Cannot query field 'foo' on type 'Media'."),
        ("{ Media(ident: 1) { id } }", "Unknown argument 'ident' on field 'Query.Media'."),
        ("{ Media(id: 1) { title } }", "Field 'title' of type 'MediaTitle' must have a selection of subfields."),
        ("{ Media(id: 1) { id { x } } }", "Field 'id' must not have a selection since type 'Int!' has no subfields."),
        ("{ Media(id: $id) { id } }", "Variable '$id' is not defined."),
        ("query ($id: Int) { Media(id: 1) { id } }", "Variable '$id' is never used."),
        ("{ Media(id: 1) { ...x } }", "Unknown fragment 'x'."),
        (
            "query ($id: String) { Media(id: $id) { id } }",
            "Variable '$id' of type 'String' used in position expecting type 'Int'.",
        ),
        ("{ Media(id: 1, id: 2) { id } }", "There can be only one argument named 'id'."),
        ("query ($x: Foo) { Media(id: $x) { id } }", "Unknown type 'Foo'."),
        ("query ($x: Int) { Page { media(format_in: [$x]) { id } } }", "Variable '$x' of type 'Int' used in position"),
        ("{ Media(id: 1", "Syntax Error: Expected Name, found <EOF>."),
        ("{ Media(id: ]) { id } }", "Syntax Error: Unexpected ']'."),
        ("", "Must provide a query string."),
        (None, "Must provide a query string."),
        ("query a { GenreCollection } query b { GenreCollection }", "Must provide operation name"),
    ],
)
def test_document_that_is_not_valid_is_refused(anilist: SampleAnilist, query: object, message: str) -> None:
    status, said, data = refuse(anilist, query)
    assert (status, data) == (400, None)
    assert said.startswith(message)


@pytest.mark.parametrize(
    ("literal", "message"),
    [
        ('"TV"', "Enum 'MediaFormat' cannot represent non-enum value: \"TV\"."),
        ("TVV", "Value 'TVV' does not exist in 'MediaFormat' enum."),
        ("1", "Enum 'MediaFormat' cannot represent non-enum value: 1."),
    ],
)
def test_enum_takes_its_own_names_only(anilist: SampleAnilist, literal: str, message: str) -> None:
    status, said, data = refuse(anilist, f"{{ Page {{ media(format: {literal}) {{ id }} }} }}")
    assert (status, said.startswith(message), data) == (400, True, None)


@pytest.mark.parametrize("value", ["9253", 1.5, True, 2**31, {"x": 1}])
def test_variable_of_another_type_is_refused(anilist: SampleAnilist, value: object) -> None:
    status, said, data = refuse(anilist, "query ($id: Int) { Media(id: $id) { id } }", {"id": value})
    assert (status, said.startswith("Int cannot represent non"), data) == (400, True, None)


def test_required_variable_has_to_be_sent(anilist: SampleAnilist) -> None:
    status, _, data = refuse(anilist, "query ($id: Int!) { Media(id: $id) { id } }", {})
    assert (status, data) == (400, None)


@pytest.mark.parametrize("value", ["x", 2.5])
def test_date_is_a_number(anilist: SampleAnilist, value: object) -> None:
    query = "query ($day: FuzzyDateInt) { Page { media(startDate_greater: $day) { id } } }"
    assert refuse(anilist, query, {"day": value})[0] == 400
    assert refuse(anilist, '{ Page { media(startDate_greater: "x") { id } } }')[0] == 400


def test_document_that_is_nested_too_deeply_is_refused(anilist: SampleAnilist) -> None:
    status, said, _ = refuse(anilist, f"{{ Media(id: 1) {'{ ... on Media ' * 1000}{{ id }}{'}' * 1000} }}")
    assert (status, said[:40]) == (400, "Syntax Error: Document is nested too dee")


def test_error_says_where_it_is(anilist: SampleAnilist) -> None:
    errors: Any = anilist.execute("{\n  Media(id: 9253) {\n    id\n    foo\n  }\n}").body["errors"]
    assert errors[0]["locations"] == [{"line": 4, "column": 5}]


def test_one_value_stands_for_a_list_of_it(anilist: SampleAnilist) -> None:
    assert list_ids(anilist, "id_in: 9253") == list_ids(anilist, "id_in: [9253, null]") == [9253]


def test_nothing_can_be_written(anilist: SampleAnilist) -> None:
    assert refuse(anilist, "mutation { Media(id: 1) { id } }")[0] == 401


def test_fragments_aliases_defaults_and_directives_work(anilist: SampleAnilist) -> None:
    query = """
      query find($id: Int = 9253, $more: Boolean!) {
        Media(id: $id) { ...row ... on Media { idMal } season @include(if: $more) format @skip(if: $more) }
      }
      fragment row on Media { id name: title { romaji } __typename }
    """
    assert ask(anilist, query, more=False)["Media"] == {
        "id": 9253,
        "name": {"romaji": "Steins;Gate"},
        "__typename": "Media",
        "idMal": 9253,
        "format": "TV",
    }


@pytest.mark.parametrize("text", ["steins gate", "シュタインズ", "StG", "슈타인즈", "ＳＴＥＩＮＳ"])
def test_search_finds_any_of_the_names(anilist: SampleAnilist, text: str) -> None:
    found = ask(
        anilist,
        "query ($text: String) { Page { media(search: $text, type: ANIME, sort: SEARCH_MATCH) { id } } }",
        text=text,
    )
    assert found["Page"]["media"][0]["id"] == AnilistSample.PLAIN


def test_search_without_hits_is_an_empty_page(anilist: SampleAnilist) -> None:
    page = ask(anilist, '{ Page { pageInfo { hasNextPage } media(search: "zzqq") { id } } }')["Page"]
    assert page == {"pageInfo": {"hasNextPage": False}, "media": []}


def test_only_has_next_page_can_be_trusted(anilist: SampleAnilist) -> None:
    query = "query ($p: Int) { Page(page: $p) { pageInfo { total hasNextPage } media(type: ANIME) { id } } }"
    first, second = (ask(anilist, query, p=page)["Page"] for page in (1, 2))
    assert len(first["media"]) == 50
    assert first["pageInfo"] == {"total": 5000, "hasNextPage": True}
    assert second["pageInfo"] == {"total": 5000, "hasNextPage": False}
    assert not {one["id"] for one in first["media"]} & {one["id"] for one in second["media"]}


def test_page_holds_at_most_50_whatever_is_asked(anilist: SampleAnilist) -> None:
    page = ask(anilist, "{ Page(perPage: 500) { pageInfo { perPage } media { id } } }")["Page"]
    assert (page["pageInfo"]["perPage"], len(page["media"])) == (50, 50)


@pytest.mark.parametrize(
    ("arguments", "inside", "outside"),
    [
        ("isAdult: true", AnilistSample.ADULT, AnilistSample.PLAIN),
        ('genre: "Drama", id_in: [9253, 190004]', AnilistSample.PLAIN, AnilistSample.HIATUS),
        ('genre_in: ["Drama", "Sci-Fi"], id_in: [9253, 2167]', AnilistSample.PLAIN, 2167),
        ('tag_not_in: ["Time Manipulation"], id_in: [9253, 2167]', 2167, AnilistSample.PLAIN),
        ("season: SPRING, seasonYear: 2011", AnilistSample.PLAIN, 2167),
        ("averageScore_greater: 88, type: ANIME", AnilistSample.PLAIN, 2167),
        ("status: HIATUS", AnilistSample.HIATUS, AnilistSample.PLAIN),
        ('format_in: [MOVIE], search: "clannad"', 1723, 2167),
        ("startDate_greater: 20110000, startDate_lesser: 20120000", AnilistSample.PLAIN, 2167),
        ("idMal_in: [9253]", AnilistSample.PLAIN, 2167),
    ],
)
def test_filters_keep_what_fits(anilist: SampleAnilist, arguments: str, inside: int, outside: int) -> None:
    found = list_ids(anilist, arguments)
    assert inside in found
    assert outside not in found


def test_entries_that_are_not_for_adults_include_no_other_and_none_unknown(anilist: SampleAnilist) -> None:
    found = list_ids(anilist, "isAdult: false, id_in: [190004, 190005, 190006, 190007]")
    assert found == [AnilistSample.HIATUS]


def test_scores_are_sorted_and_unknown_ones_come_last(anilist: SampleAnilist) -> None:
    found = ask(anilist, "{ Page(page: 2) { media(type: ANIME, sort: [SCORE_DESC, ID]) { averageScore } } }")
    scores = [one["averageScore"] for one in found["Page"]["media"]]
    known = [one for one in scores if one is not None]
    assert known == sorted(known, reverse=True)
    assert scores == [*known, *[None] * (len(scores) - len(known))]
    assert len(known) < len(scores)


def test_not_yet_released_work_knows_nothing(anilist: SampleAnilist) -> None:
    work = show(
        anilist,
        AnilistSample.NOT_YET_RELEASED,
        "status season seasonYear episodes duration averageScore description startDate { year } title { english "
        "native } nextAiringEpisode { episode } trailer { id } genres",
    )
    assert work.pop("status") == "NOT_YET_RELEASED"
    assert work.pop("genres") == []
    assert work.pop("startDate") == {"year": None}
    assert work.pop("title") == {"english": None, "native": None}
    assert set(work.values()) == {None}


def test_hiatus_is_known_to_version_2_of_the_status_only(anilist: SampleAnilist) -> None:
    work = show(anilist, AnilistSample.HIATUS, "old: status new: status(version: 2)")
    assert work == {"old": "RELEASING", "new": "HIATUS"}


def test_deleted_recommendations_are_null(anilist: SampleAnilist) -> None:
    nodes = show(anilist, AnilistSample.PLAIN, "recommendations { nodes { mediaRecommendation { id } } }")
    found = [one["mediaRecommendation"] for one in nodes["recommendations"]["nodes"]]
    assert None in found
    assert {"id": AnilistSample.ADULT} in found


def test_relations_hold_manga_too(anilist: SampleAnilist) -> None:
    work = show(anilist, AnilistSample.PLAIN, "relations { edges { relationType node { id type } } }")
    edges = work["relations"]["edges"]
    assert {"relationType": "ADAPTATION", "node": {"id": AnilistSample.MANGA, "type": "MANGA"}} in edges


def test_work_can_have_thirty_relations(anilist: SampleAnilist) -> None:
    work = show(anilist, AnilistSample.MANY_RELATIONS, "relations { nodes { id isAdult } }")
    assert len(work["relations"]["nodes"]) == 30
    assert {"id": AnilistSample.ADULT, "isAdult": True} in work["relations"]["nodes"]


def test_cast_comes_in_pages_of_25(anilist: SampleAnilist) -> None:
    fields = "characters(sort: ROLE, page: {page}, perPage: 50) {{ pageInfo {{ hasNextPage }} nodes {{ id }} }}"
    pages = [show(anilist, AnilistSample.MANY_CHARACTERS, fields.format(page=page))["characters"] for page in (1, 2, 3)]
    assert [len(page["nodes"]) for page in pages] == [25, 25, 10]
    assert [page["pageInfo"]["hasNextPage"] for page in pages] == [True, True, False]


def test_voices_are_told_apart_by_language(anilist: SampleAnilist) -> None:
    fields = "characters(perPage: 1) { edges { role all: voiceActors { id } voiceActors(language: JAPANESE) { id } } }"
    [edge] = show(anilist, AnilistSample.PLAIN, fields)["characters"]["edges"]
    assert edge["role"] == "MAIN"
    assert (len(edge["all"]), edge["voiceActors"]) == (3, [{"id": 95002}])


def test_character_is_found_by_another_name_with_its_works(anilist: SampleAnilist) -> None:
    query = (
        '{ Character(search: "christina") { name { full } media(sort: ID) { edges { characterRole node { id } } } } }'
    )
    found = ask(anilist, query)["Character"]
    assert found["name"]["full"] == "Kurisu Makise"
    assert {"characterRole": "MAIN", "node": {"id": 9253}} in found["media"]["edges"]


def test_staff_have_works_and_parts(anilist: SampleAnilist) -> None:
    query = """{ made: Staff(id: 95008) { staffMedia { edges { staffRole node { id } } } }
      spoke: Staff(id: 95001) { characterMedia(sort: ID) { edges { characters { name { full } } node { id } } } } }"""
    found = ask(anilist, query)
    roles = {one["node"]["id"]: one["staffRole"] for one in found["made"]["staffMedia"]["edges"]}
    assert roles[9253] == "Director, Storyboard (eps 1, 2, 24)"
    edges = found["spoke"]["characterMedia"]["edges"]
    assert {"characters": [{"name": {"full": "Saber"}}], "node": {"id": 356}} in edges


def test_studio_has_its_works(anilist: SampleAnilist) -> None:
    query = '{ Studio(search: "kyoto") { name media(sort: ID, isMain: true) { nodes { id } } } }'
    studio = ask(anilist, query)["Studio"]
    assert studio["name"] == "Kyoto Animation"
    assert {"id": 2167} in studio["media"]["nodes"]


def test_profile_is_found_in_any_case_and_its_list_by_status(anilist: SampleAnilist) -> None:
    user = ask(anilist, '{ User(name: "SHIORI_sample") { id statistics { anime { count meanScore } } } }')["User"]
    assert user == {"id": AnilistSample.USER, "statistics": {"anime": {"count": 12, "meanScore": 77.7}}}
    lists = ask(
        anilist,
        "query ($id: Int) { MediaListCollection(userId: $id, type: MANGA) { lists { status entries { score(format: "
        "POINT_100) progress media { id } } } } }",
        id=user["id"],
    )["MediaListCollection"]["lists"]
    assert [one["status"] for one in lists] == ["CURRENT", "COMPLETED"]
    assert lists[0]["entries"][0] == {"score": 88, "progress": 1100, "media": {"id": 30013}}


def test_list_comes_in_chunks(anilist: SampleAnilist) -> None:
    query = """query ($chunk: Int) { MediaListCollection(userId: 700001, type: ANIME, chunk: $chunk, perChunk: 5) {
      hasNextChunk lists { entries { mediaId } } } }"""
    chunks = [ask(anilist, query, chunk=chunk)["MediaListCollection"] for chunk in (1, 2, 3)]
    counts = [sum(len(group["entries"]) for group in chunk["lists"]) for chunk in chunks]
    assert counts == [5, 5, 2]
    assert [chunk["hasNextChunk"] for chunk in chunks] == [True, True, False]


def test_document_of_more_than_500_fields_is_refused(anilist: SampleAnilist) -> None:
    fields = " ".join(f"a{number}: id" for number in range(500))
    message = "Max query complexity should be 500 but got 501."
    assert refuse(anilist, f"{{ Media(id: 9253) {{ {fields} }} }}") == (400, message, None)


def test_fields_of_a_fragment_count_as_often_as_it_is_spread(anilist: SampleAnilist) -> None:
    query = "{{ Media(id: 9253) {{ {} }} }} fragment row on Media {{ title {{ native }} }}"
    assert "errors" not in anilist.execute(query.format("...row " * 249)).body
    assert refuse(anilist, query.format("...row " * 250))[1] == "Max query complexity should be 500 but got 501."


def test_newest_works_are_those_that_air(anilist: SampleAnilist) -> None:
    assert AnilistSample.FIRST_EPISODE_NEXT_WEEK in list_ids(anilist, "sort: START_DATE_DESC")[:3]


def test_what_was_deleted_is_null_on_a_list(anilist: SampleAnilist) -> None:
    query = "{ MediaListCollection(userId: 700005, type: ANIME) { lists { entries { mediaId media { id } } } } }"
    lists = ask(anilist, query)["MediaListCollection"]["lists"]
    entries = [entry for one in lists for entry in one["entries"]]
    assert {"mediaId": AnilistSample.DELETED, "media": None} in entries


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ('{ User(name: "nobody_at_all") { id } }', "Not Found."),
        ('{ User(name: "ClosedDoor") { id } }', "Private User"),
        ("{ MediaListCollection(userId: 700004, type: ANIME) { lists { name } } }", "Private User"),
        ('{ MediaListCollection(userName: "nobody", type: ANIME) { lists { name } } }', "User not found"),
    ],
)
def test_profile_that_cannot_be_read_is_a_404(anilist: SampleAnilist, query: str, message: str) -> None:
    status, said, _ = refuse(anilist, query)
    assert (status, said) == (404, message)


def test_episodes_of_a_week_come_in_order_with_their_works(anilist: SampleAnilist) -> None:
    query = """query ($from: Int, $to: Int) { Page { airingSchedules(airingAt_greater: $from, airingAt_lesser: $to,
      sort: TIME) { airingAt timeUntilAiring episode mediaId media { isAdult status } } } }"""
    found = ask(anilist, query, **{"from": NOON, "to": NOON + WEEK_S})["Page"]["airingSchedules"]
    times = [one["airingAt"] for one in found]
    assert times == sorted(times)
    assert len(found) >= 10
    assert all(one["timeUntilAiring"] == one["airingAt"] - NOON > 0 for one in found)
    assert [one["mediaId"] for one in found if one["media"]["isAdult"]] == [AnilistSample.ADULT_WEEKLY]


def test_schedules_of_many_works_are_one_question(anilist: SampleAnilist) -> None:
    query = "{ Page { airingSchedules(mediaId_in: [200001, 200004], notYetAired: true, sort: TIME) { mediaId } } }"
    found = ask(anilist, query)["Page"]["airingSchedules"]
    assert {one["mediaId"] for one in found} == {200001, 200004}


def test_next_episode_moves_on_with_the_time(anilist: SampleAnilist, clock: Time) -> None:
    def find_next() -> tuple[int, int]:
        airing = show(anilist, AnilistSample.WEEKLY, "nextAiringEpisode { episode airingAt }")["nextAiringEpisode"]
        return airing["episode"], airing["airingAt"]

    number, airs_s = find_next()
    clock.now = airs_s - 1
    assert find_next() == (number, airs_s)
    clock.now = airs_s
    assert find_next() == (number + 1, airs_s + WEEK_S)


def test_series_ends_with_its_last_episode(anilist: SampleAnilist, clock: Time) -> None:
    def ask_status() -> tuple[str, object]:
        work = show(anilist, AnilistSample.LAST_EPISODE_SOON, "status nextAiringEpisode { episode }")
        return work["status"], work["nextAiringEpisode"]

    assert ask_status() == ("RELEASING", {"episode": 11})
    clock.now += 2 * WEEK_S
    assert ask_status() == ("FINISHED", None)


def test_series_that_begins_next_week_is_not_yet_released(anilist: SampleAnilist) -> None:
    work = show(anilist, AnilistSample.FIRST_EPISODE_NEXT_WEEK, "status nextAiringEpisode { episode }")
    assert work == {"status": "NOT_YET_RELEASED", "nextAiringEpisode": {"episode": 1}}


def test_delayed_episode_airs_later_and_the_others_do_not(anilist: SampleAnilist) -> None:
    query = "{ Page { airingSchedules(mediaId: 200001, notYetAired: true, sort: TIME) { id episode airingAt } } }"
    before = ask(anilist, query)["Page"]["airingSchedules"]
    anilist.schedule.delays[200001, before[0]["episode"]] = 3600
    after = ask(anilist, query)["Page"]["airingSchedules"]
    assert after[0] == before[0] | {"airingAt": before[0]["airingAt"] + 3600}
    assert after[1:] == before[1:]


def test_every_named_entry_exists_but_the_deleted_one() -> None:
    library = load_library()
    known = {*library.works, *library.users}
    assert [one for one in AnilistSample if one not in known] == [AnilistSample.DELETED]


def test_everything_that_is_joined_exists() -> None:
    library = load_library()
    for work in library.works.values():
        assert {number for number, _ in work.related} <= set(library.works)
        assert {number for number in work.recommended if number is not None} <= set(library.works)
        assert {number for number, _ in work.credits} <= set(library.staff)
        assert {number for number, _, _ in work.cast} <= set(library.characters)


def test_hard_cases_are_there(anilist: SampleAnilist) -> None:
    library = load_library()
    assert library.works[AnilistSample.THOUSAND_EPISODES].episodes == 1000
    assert library.works[AnilistSample.WITHOUT_ENGLISH].title[1] is None
    assert "**@everyone** <@1>" in library.works[AnilistSample.MARKUP].names[0]
    assert len(library.works[AnilistSample.LONG].about or "") > 5000
    assert (library.works[AnilistSample.ONLY_A_SECRET].about or "").startswith("~!")
    assert "<br>" in show(anilist, AnilistSample.PLAIN, "description")["description"]


@pytest.mark.parametrize("kind", ["media", "characters", "staff", "studios"])
@pytest.mark.parametrize("text", ["", '(search: "a")', '(search: "👩")'])
def test_what_is_there_for_tests_stands_on_no_shelf(anilist: SampleAnilist, kind: str, text: str) -> None:
    name = {"media": "title { romaji }", "studios": "name"}.get(kind, "name { full }")
    pages = [
        ask(anilist, f"{{ Page(page: {page}) {{ rows: {kind}{text} {{ {name} }} }} }}")["Page"]["rows"]
        for page in range(1, 6)
    ]
    shown = str(pages)
    assert sum(map(len, pages)) > 10
    assert [
        word for word in ("everyone", "👩", "Nagai", "Minna no", "Man'in", "Passenger", "Conductor") if word in shown
    ] == []


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ('Media(search: "Minna no Matsuri") { id }', AnilistSample.MANY_RELATIONS),
        ("Media(id: 191001) { id }", AnilistSample.MANY_CHARACTERS),
        ('Character(search: "Passenger 060") { id }', 98059),
        ('Staff(search: "everyone") { id }', 95012),
        ('Studio(search: "*Studio* @everyone") { id: name }', "*Studio* @everyone"),
    ],
)
def test_who_names_what_is_there_for_tests_finds_it(anilist: SampleAnilist, question: str, found: object) -> None:
    [row] = ask(anilist, f"{{ {question} }}").values()
    assert row["id"] == found


def test_tags_of_what_is_there_for_tests_are_suggested_to_nobody(anilist: SampleAnilist) -> None:
    tags = [one["name"] for one in ask(anilist, "{ MediaTagCollection { name } }")["MediaTagCollection"]]
    assert "Amnesia" in tags
    assert [one for one in tags if one.startswith("Invented Tag")] == []
