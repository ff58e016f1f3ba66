"""`/vn search` with options and `/vn top`: lists by filter, their pages, and the link that carries the filter."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from bot.playground.engine import buttons, texts
from bot.playground.service.fault import Fault
from bot.playground.service.vndb.data import Novel
from tests.flow.conftest import Place
from tests.flow.fault_message import SENTENCES
from tests.flow.vn_message import build_search_link, choose, find_button, find_link, list_pages, press
from tests.support.pair import each_once

Payload = dict[str, Any]

OPEN = "Open search on VNDB"
JAPANESE = ["olang", "=", "ja"]
LONG = ["and", *(["id", "!=", f"v{number}"] for number in range(100_000, 100_200))]


Narrowing = tuple[str, object, Callable[[Novel], bool]]
NARROWING: list[Narrowing] = [
    ("original_language", "en", lambda vn: vn.olang == "en"),
    ("original_language", "English", lambda vn: vn.olang == "en"),
    ("language", "ru", lambda vn: "ru" in vn.languages),
    ("language", "russian", lambda vn: "ru" in vn.languages),
    ("platform", "swi", lambda vn: "swi" in vn.platforms),
    ("platform", "Nintendo Switch", lambda vn: "swi" in vn.platforms),
    ("min_rating", 8.5, lambda vn: (vn.rating or 0) >= 85),
    ("min_votes", 5000, lambda vn: vn.votecount >= 5000),
    ("released_after", "2015", lambda vn: "9999" > (vn.released or "") >= "2015"),
    ("released_before", "2004-04", lambda vn: vn.released is not None and vn.released[:7] <= "2004-04"),
    ("developer", "p24", lambda vn: "p24" in vn.developers),
    ("developer", "Key", lambda vn: "p24" in vn.developers),
    ("has_anime", True, lambda vn: bool(vn.anime)),
    ("has_anime", False, lambda vn: not vn.anime),
    ("status", 0, lambda vn: vn.devstatus == 0),
    ("status", 1, lambda vn: vn.devstatus == 1),
]
SORTINGS: list[tuple[str, Callable[[Novel], float | str]]] = [
    ("rating", lambda vn: -(vn.rating or 0)),
    ("votes", lambda vn: -vn.votecount),
    ("oldest", lambda vn: vn.released or "9"),
    ("title", lambda vn: vn.title.casefold()),
]


async def ask(place: Place, command: str, **options: Any) -> Payload:
    return await (await place.reader.slash(place.general, command, **options)).message()


async def turn(place: Place, message: Payload, label: str) -> Payload:
    return await (await press(place.reader, message, label)).message()


def list_novels(message: Payload) -> list[str]:
    """The ids of the novels on the page, in its order."""
    select = next(one for one in message["components"][0]["components"] if one["type"] == 1)["components"][0]
    return [option["value"] for option in select["options"]]


def find_library(place: Place, novel: str) -> Novel:
    return next(one for one in place.services.vndb.library.vn if one.id == novel)


async def list_all(place: Place, message: Payload) -> list[str]:
    return [novel for page in await list_pages(place.reader, message) for novel in list_novels(page)]


# What the options mean


@pytest.mark.parametrize(("narrowing", "command"), each_once(NARROWING, ["vn search", "vn top"]))
async def test_every_option_narrows_the_list(shared: Place, narrowing: Narrowing, command: str) -> None:
    """Each by one of the commands: they have their options from one table."""
    option, value, holds = narrowing
    found = await list_all(shared, await ask(shared, command, **{option: value}))
    assert found
    assert set(found) == {
        vn.id for vn in shared.services.vndb.library.vn if holds(vn) and vn.id not in shared.services.vndb.off_shelf
    }


@pytest.mark.parametrize("command", ["vn search", "vn top"])
async def test_several_options_must_all_hold(shared: Place, command: str) -> None:
    options = {
        "original_language": "Japanese",
        "language": "en",
        "platform": "win",
        "min_rating": 7,
        "min_votes": 100,
        "released_after": "2000",
        "released_before": "2015",
        "status": 0,
    }
    found = [find_library(shared, one) for one in await list_all(shared, await ask(shared, command, **options))]
    assert found
    for vn in found:
        assert (vn.olang, vn.devstatus) == ("ja", 0)
        assert {"en"} <= set(vn.languages)
        assert {"win"} <= set(vn.platforms)
        assert (vn.rating or 0) >= 70
        assert "2000" <= (vn.released or "") < "2016"


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5])
async def test_the_length_narrows_the_list(shared: Place, length: int) -> None:
    everything = {vn.id for vn in shared.services.vndb.library.vn if vn.id not in shared.services.vndb.off_shelf}
    assert set(await list_all(shared, await ask(shared, "vn top", length=length))) < everything


@pytest.mark.parametrize("tags", ["g19,g20", "g19, g20", "Time Travel, g20", "time travel,G20", ",g19,,g20,"])
async def test_all_the_tags_of_a_list_must_apply(shared: Place, tags: str) -> None:
    found = await list_all(shared, await ask(shared, "vn top", tags=tags))
    assert found
    for one in found:
        assert {"g19", "g20"} <= {applied.tag for applied in find_library(shared, one).tags}


async def test_the_last_of_several_tags_is_completed(shared: Place) -> None:
    choices = await shared.reader.autocomplete(shared.general, "vn top", focused="tags", tags="g20, time tr")
    assert choices == [{"name": "g20, Time Travel", "value": "g20,g19"}]
    assert list_novels(await ask(shared, "vn top", tags=choices[0]["value"]))


async def test_a_choice_that_is_too_long_keeps_the_tag_that_is_new_and_loses_none_unsaid(shared: Place) -> None:
    before = "g20,the first of two long names,and another one that is as long as that before it was,g21,g22,"
    (choice,) = await shared.reader.autocomplete(shared.general, "vn top", focused="tags", tags=f"{before}time tr")
    shown = "…, and another one that is as long as that before it was,g21,g22, Time Travel"
    assert choice == {"name": shown, "value": f"{before}g19"}
    assert texts(await ask(shared, "vn top", tags=shown)) == "The search needs some letters or digits."


async def test_a_name_that_the_client_wrote_for_a_choice_is_understood(shared: Place) -> None:
    """Whoever types on after a choice sends its name, not its value."""
    chosen = await ask(shared, "vn top", tags="g20,g19")
    assert list_novels(await ask(shared, "vn top", tags="g20, Time Travel")) == list_novels(chosen)


async def test_a_developer_is_completed_by_name(shared: Place) -> None:
    choices = await shared.reader.autocomplete(shared.general, "vn search", focused="developer", developer="key")
    assert {"name": "Key (Company, Japanese)", "value": "p24"} in choices


async def test_a_title_and_options_go_together(shared: Place) -> None:
    found = await list_all(shared, await ask(shared, "vn search", title="e", original_language="en"))
    assert found
    assert {find_library(shared, one).olang for one in found} == {"en"}


@pytest.mark.parametrize("query", ["v17", "https://vndb.org/v17", "v17, v18", "・v17 / c34"])
async def test_a_reference_opens_its_card_whatever_the_options(shared: Place, query: str) -> None:
    message = await ask(shared, "vn search", title=query, sort="rating", language="en")
    assert texts(message).startswith("## Ever17")


async def test_the_only_novel_that_matches_is_shown_at_once(shared: Place) -> None:
    assert texts(await ask(shared, "vn search", title="428", language="en")).startswith("## 428")


@pytest.mark.parametrize(("sort", "key"), SORTINGS)
async def test_a_list_can_be_sorted(shared: Place, sort: str, key: Callable[[Novel], float | str]) -> None:
    found = list_novels(await ask(shared, "vn search", language="en", platform="win", sort=sort, min_votes=5))
    assert found == sorted(found, key=lambda one: key(find_library(shared, one)))


@pytest.mark.parametrize(
    ("refused", "command"),
    each_once(
        [
            ({"original_language": "Klingon"}, "The original language is not one that VNDB knows"),
            ({"language": "Klingon"}, "The language is not one that VNDB knows"),
            ({"platform": "toaster"}, "The platform is not one that VNDB knows"),
            ({"tags": " , "}, "The search needs some letters or digits."),
            ({"tags": "g19, no such tag"}, "VNDB has no tag called “no such tag”."),
            ({"developer": "@here **nobody**"}, "VNDB has no producer called “@"),
            ({"released_after": "soon"}, "The release date must be"),
            ({"released_after": "2015", "released_before": "2010"}, "The release date ends before it begins"),
            ({"filter": "rubbish"}, "is not one that VNDB understands"),
            ({"filter": "https://vndb.org/v"}, "The filter must be a link like"),
            ({"filter": "https://vndb.org/c?f=0ab"}, "The filter is not one for visual novels"),
            ({"filter": "https://vndb.org/v?f=0zzzzz"}, "The advanced search is not one that VNDB understands"),
            ({"filter": "https://vndb.org/v?f=00"}, "The advanced search"),
            ({"filter": "0" + "x" * 3000}, "The advanced search is not one that VNDB understands"),
        ],
        ["vn search", "vn top", "vn random"],
    ),
)
async def test_what_cannot_be_used_is_said_to_the_asker_alone(
    shared: Place, refused: tuple[dict[str, Any], str], command: str
) -> None:
    """Each by one of the commands: they have their options from one table."""
    options, sentence = refused
    exchange = await shared.reader.slash(shared.general, command, **options)
    assert sentence in texts(await exchange.message())
    assert exchange.ephemeral


async def test_a_filter_is_not_taken_twice(shared: Place) -> None:
    link = await build_search_link(shared, "v", JAPANESE)
    exchange = await shared.reader.slash(shared.general, "vn search", title=link, filter=link)
    assert "can be given only once" in texts(await exchange.message())


async def test_no_match_is_said(shared: Place) -> None:
    options: dict[str, Any] = {"title": "Ever17", "released_after": "2030"}
    exchange = await shared.reader.slash(shared.general, "vn search", **options)
    assert "VNDB has no visual novel like that: “Ever17” · from 1 January 2030." in texts(await exchange.message())
    exchange = await shared.reader.slash(shared.general, "vn top", released_after="2090", language="en")
    note = await exchange.message()
    assert texts(note).splitlines()[0] == "VNDB has no visual novel like that: in English · from 1 January 2090."
    assert [button["url"][:20] for button in buttons(note)] == ["https://vndb.org/v?f"]
    assert exchange.ephemeral


# A pasted filter


@pytest.mark.parametrize("command", ["vn search", "vn top"])
async def test_a_pasted_filter_narrows_the_list(shared: Place, command: str) -> None:
    link = await build_search_link(shared, "v", ["and", JAPANESE, ["rating", ">=", 80]])
    found = [find_library(shared, one) for one in await list_all(shared, await ask(shared, command, filter=link))]
    assert found
    assert all(vn.olang == "ja" and (vn.rating or 0) >= 80 for vn in found)


@pytest.mark.parametrize("command", ["vn search", "vn top"])
async def test_a_pasted_filter_and_options_must_both_hold(place: Place, command: str) -> None:
    link = await build_search_link(place, "v", ["and", JAPANESE, ["rating", ">=", 80]])
    shown = await ask(place, command, filter=link, tags="g19", language="English")
    found = [find_library(place, one) for one in await list_all(place, shown)]
    assert found
    for vn in found:
        assert (vn.olang, (vn.rating or 0) >= 80, "en" in vn.languages) == ("ja", True, True)
        assert "g19" in {applied.tag for applied in vn.tags}


async def test_a_pasted_filter_may_be_the_query(shared: Place) -> None:
    link = await build_search_link(shared, "v", JAPANESE)
    assert list_novels(await ask(shared, "vn search", title=link)) == list_novels(
        await ask(shared, "vn search", filter=link)
    )


@pytest.mark.parametrize(
    "options",
    [{"has_anime": True}, {"language": "zh-Hans"}, {"title": "シュタインズ・ゲート", "sort": "rating"}, {"title": "e"}],
)
async def test_the_link_of_a_list_can_be_pasted_as_its_filter(shared: Place, options: dict[str, Any]) -> None:
    shown = await ask(shared, "vn search", **{"min_votes": 1, **options})
    link = find_link(shown, OPEN)
    assert link is not None
    pasted = await ask(shared, "vn top", filter=link)
    assert len(await list_all(shared, pasted)) == len(await list_all(shared, shown))


# Pages


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("vn search", {"title": "e"}),
        pytest.param("vn search", {"title": "の", "sort": "title"}, marks=pytest.mark.deep),
        ("vn search", {"title": "e", "original_language": "Japanese", "language": "zh-Hans"}),
        pytest.param("vn search", {"language": "en", "sort": "newest"}, marks=pytest.mark.deep),
        ("vn top", {"original_language": "ja", "min_votes": 50}),
        pytest.param("vn top", {}, marks=pytest.mark.deep),
    ],
)
async def test_pages_keep_the_filter_after_a_restart(unconnected: Place, command: str, options: dict[str, Any]) -> None:
    async with unconnected.connected():
        shown = await ask(unconnected, command, **options)
        everything = await list_all(unconnected, shown)
        shown = await ask(unconnected, command, **options)
    assert len(everything) > 10
    assert len(set(everything)) == len(everything)
    async with unconnected.connected():
        turned = await turn(unconnected, shown, "Next")
        assert list_novels(turned) == everything[6:12]
        assert find_link(turned, OPEN) == find_link(shown, OPEN)
        assert list_novels(await turn(unconnected, turned, "Previous")) == everything[:6]


async def test_vndb_is_asked_to_count_nothing_for_a_list(place: Place) -> None:
    await list_all(place, await ask(place, "vn top", language="en"))
    assert not any("'count'" in str(one.body) for one in place.services.vndb.requests)


async def test_how_many_there_are_is_said_once_the_end_is_in_sight(shared: Place) -> None:
    many = await ask(shared, "vn top")
    assert not re.search(r"[0-9] visual novels\n", texts(many))
    assert texts(many).endswith("· Page 1")
    pages = await list_pages(shared.reader, many)
    assert f"Page {len(pages)} of {len(pages)}" in texts(pages[-1])


@pytest.mark.parametrize(
    ("sort", "language", "out_of_place"), [("oldest", "en", "Blank"), ("newest", "ja", "Itsuka Kitto")]
)
async def test_what_has_no_date_does_not_begin_a_list_by_date(
    shared: Place, sort: str, language: str, out_of_place: str
) -> None:
    shown = await ask(shared, "vn search", original_language=language, sort=sort)
    second = await turn(shared, shown, "Next")
    for page in (shown, second):
        assert out_of_place not in texts(page)
    assert find_link(shown, OPEN) == find_link(second, OPEN)  # what was added to the filter is added once


async def test_a_least_rating_is_not_rounded_down(place: Place) -> None:
    await ask(place, "vn top", min_rating=8.85)
    (asked,) = (one.body for one in place.services.vndb.requests if one.path.endswith("/vn"))
    assert "['rating', '>=', 89]" in str(asked)


async def test_a_search_up_to_today_is_described_in_words_after_a_turn(shared: Place) -> None:
    link = await build_search_link(shared, "v", ["and", ["olang", "=", "ja"], ["released", "<=", "today"]])
    shown = await ask(shared, "vn top", filter=link)
    assert "up to 1" not in texts(shown)
    assert "up to 1" not in texts(await turn(shared, shown, "Next"))


async def test_ranks_go_on_over_pages(shared: Place) -> None:
    shown = await ask(shared, "vn top")
    assert "**1. " in texts(shown)
    assert "**7. " in texts(await turn(shared, shown, "Next"))


async def test_a_page_turn_by_another_person_is_a_private_copy_that_goes_on(shared: Place) -> None:
    shown = await ask(shared, "vn top", language="en")
    copy = await press(shared.moderator, shown, "Next")
    assert copy.ephemeral
    further = await press(shared.moderator, await copy.message(), "Next")
    assert "Page 3" in texts(await further.message())
    assert [list_novels(message) for message in shared.reader.messages(shared.general)] == [list_novels(shown)]


async def test_the_last_page_leads_no_further(shared: Place) -> None:
    last = (await list_pages(shared.reader, await ask(shared, "vn top", language="ru")))[-1]
    assert find_button(last, "Previous") is not None
    assert not {"Next", "Last"} & {str(one.get("label")) for one in buttons(last)}


async def test_a_page_that_is_no_more_says_so(shared: Place) -> None:
    shown = await ask(shared, "vn top", language="ru")
    stored = shared.world.messages[shown["id"]].payload
    custom_id = f"go:{shared.world.reader.id}:list/v/rating~999999"
    next(one for one in buttons(stored) if one.get("label") == "Next")["custom_id"] = custom_id
    beyond = await (await shared.reader.press(shown, custom_id)).message()
    assert texts(beyond) == "There is no page 999,999: the list is shorter."
    assert [texts(one) for one in shared.moderator.messages(shared.general)] == [texts(shown)]


async def test_a_novel_of_a_list_opens_its_card(shared: Place) -> None:
    shown = await ask(shared, "vn top")
    first = list_novels(shown)[0]
    card = await (await choose(shared.reader, shown, first)).message()
    assert find_link(card, "Open on VNDB") == f"https://vndb.org/{first}"


async def test_a_filter_too_long_for_a_link_turns_no_pages_and_says_so(shared: Place) -> None:
    link = await build_search_link(shared, "v", LONG)
    shown = await ask(shared, "vn top", filter=link)
    assert "The filter of this search is too long to turn its pages here." in texts(shown)
    assert find_button(shown, "Next") is None
    assert len(list_novels(shown)) == 6


@pytest.mark.parametrize("fault", ["500", "429", "rubbish", "null", "cut"])
async def test_a_page_turn_that_fails_leaves_the_list(place: Place, fault: Fault) -> None:
    shown = await ask(place, "vn top", language="en")
    place.services.vndb.fault = fault
    pressed = await press(place.reader, shown, "Next")
    assert texts(await pressed.message()).startswith(SENTENCES[fault])
    assert [texts(message) for message in place.moderator.messages(place.general)] == [texts(shown)]


async def test_a_list_says_what_was_asked_on_all_its_pages(shared: Place) -> None:
    first = await ask(shared, "vn top", original_language="ja", min_rating=7.0)
    for page in await list_pages(shared.reader, first):
        assert "-# originally in Japanese · from rating 7" in texts(page)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tags": "Time Travel", "language": "en"}, "tagged Time Travel"),
        ({"developer": "p24", "language": "en"}, "by Key"),
    ],
)
async def test_a_list_says_by_name_what_it_is_a_list_of(shared: Place, options: dict[str, str], words: str) -> None:
    asked = await shared.reader.slash(shared.general, "vn search", user_install=False, **options)
    said = texts(await asked.message())
    assert (words in said, "in English" in said, "other conditions" in said) == (True, True, False)
