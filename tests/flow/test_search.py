"""`search` of `/vn staff`, `producer`, `tag`, `trait` and `character`, and links to searches of every kind."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from bot.playground.engine import Channel, Exchange, selects, texts
from bot.playground.service.fault import Fault
from tests.flow.conftest import Place
from tests.flow.fault_message import SENTENCES
from tests.flow.vn_message import build_search_link, find_button, find_link, list_pages, press
from tests.support.pair import each_once

Payload = dict[str, Any]

OPEN = "Open search on VNDB"
KINDS = ("staff", "producer", "tag", "trait", "character", "release")


async def ask(place: Place, command: str, channel: Channel | None = None, **options: Any) -> Payload:
    return await (await place.reader.slash(channel or place.general, command, **options)).message()


async def refuse(place: Place, command: str, channel: Channel | None = None, **options: Any) -> str:
    exchange: Exchange = await place.reader.slash(channel or place.general, command, **options)
    assert exchange.ephemeral
    return texts(await exchange.message())


def list_ids(message: Payload) -> list[str]:
    """The entries that the page leads to; none if it has no list."""
    found = [select for select in selects(message) if select["custom_id"].startswith("open:")]
    return [str(option["value"]).split("~")[0] for select in found for option in select["options"]]


async def list_all(place: Place, message: Payload) -> list[str]:
    return [one for page in await list_pages(place.reader, message) for one in list_ids(page)]


# What the options ask for


async def test_producers_are_found_by_language_and_type(shared: Place) -> None:
    known = {one.id: one for one in shared.services.vndb.library.producers}
    listed = await ask(shared, "vn producer search", language="English", type="ng")
    assert texts(listed).startswith("## Producers that match, by name")
    assert "in English" in texts(listed)
    assert "Amateur group" in texts(listed)
    found = await list_all(shared, listed)
    off_shelf = shared.services.vndb.off_shelf
    expected = [one.id for one in known.values() if (one.lang, one.type) == ("en", "ng") and one.id not in off_shelf]
    assert sorted(found) == sorted(expected)
    names = [known[one].name.casefold() for one in found]
    assert names == sorted(names)


async def test_staff_are_found_by_role_language_and_gender(shared: Place) -> None:
    known = {one.id: one for one in shared.services.vndb.library.staff}
    listed = await ask(shared, "vn staff search", role="Voice actor", language="ja", gender="f")
    assert "as Voice actor" in texts(listed)
    found = await list_all(shared, listed)
    assert "s33" in found
    assert all((known[one].lang, known[one].gender) == ("ja", "f") for one in found)
    assert len(found) < len(await list_all(shared, await ask(shared, "vn staff search", language="ja")))


async def test_tags_are_found_by_category_and_sorted_by_number_of_novels(shared: Place) -> None:
    tags = {one.id: one for one in shared.services.vndb.library.tags}
    listed = await ask(shared, "vn tag search", category="tech")
    assert texts(listed).startswith("## Tags that match, by number of novels")
    found = await list_all(shared, listed)
    assert sorted(found) == sorted(one.id for one in tags.values() if one.category == "tech")
    named = await list_all(shared, await ask(shared, "vn tag search", category="tech", sort="name"))
    assert [tags[one].name.casefold() for one in named] == sorted(tags[one].name.casefold() for one in found)


async def test_traits_are_sorted_by_number_of_characters(shared: Place) -> None:
    listed = await ask(shared, "vn trait search", shared.world.after_dark)
    assert texts(listed).startswith("## Traits by number of characters")
    numbers = [int(line.split(" character")[0].rsplit(" ", 1)[1].replace(",", ""))
               for line in texts(listed).splitlines() if " character" in line and "·" in line]  # fmt: skip
    assert len(numbers) > 5
    assert numbers == sorted(numbers, reverse=True)


async def test_characters_are_sorted_by_name_where_that_is_asked_for(shared: Place) -> None:
    assert texts(await ask(shared, "vn character search", name="a", sort="name")).startswith(
        "## Characters that match, by name"
    )
    assert texts(await ask(shared, "vn character search", name="a")).startswith("## Characters found")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_list_of_everything_can_be_had_and_turned_after_a_restart(unconnected: Place, kind: str) -> None:
    async with unconnected.connected():
        listed = await ask(unconnected, f"vn {kind} search")
    async with unconnected.connected():
        second = await (await press(unconnected.reader, listed, "Next")).message()
        assert "Page 2" in texts(second)
        assert not set(list_ids(second)) & set(list_ids(listed))


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("producer", {"name": "a", "type": "co"}),
        ("staff", {"name": "a", "language": "ja"}),
        ("tag", {"name": "invented"}),
        ("tag", {"name": "invented", "category": "cont", "sort": "name"}),
        ("trait", {"name": "e", "sort": "name"}),
    ],
)
async def test_what_is_wanted_is_kept_over_pages_and_a_restart(
    unconnected: Place, kind: str, options: dict[str, Any]
) -> None:
    async with unconnected.connected():
        listed = await ask(unconnected, f"vn {kind} search", **options)
        again = await ask(unconnected, f"vn {kind} search", **options)
        pages = [list_ids(page) for page in await list_pages(unconnected.reader, again)]
        assert find_link(listed, OPEN)
    assert len({one for page in pages for one in page}) == sum(map(len, pages)) > 10
    async with unconnected.connected():
        second = await (await press(unconnected.reader, listed, "Next")).message()
        assert list_ids(second) == pages[1]
        assert find_link(second, OPEN) == find_link(listed, OPEN)
        back = await (await press(unconnected.reader, second, "Previous")).message()
        assert texts(back) == texts(listed)


async def test_a_long_name_is_searched_for_as_a_whole(shared: Place) -> None:
    name = "invented no. 1 with a name that is a good deal longer than forty bytes"
    assert name in await refuse(shared, "vn tag search", name=name)
    said = await refuse(shared, "vn tag search", name="時間移動" * 20)
    assert "時間移動" * 20 in said


@pytest.mark.parametrize("kind", KINDS)
async def test_the_only_match_and_a_reference_give_the_card(shared: Place, kind: str) -> None:
    known = {"staff": "s33", "producer": "p24", "tag": "g19", "trait": "i42", "character": "c34", "release": "r129"}
    option = "title" if kind == "release" else "name"
    typed: dict[str, Any] = {option: known[kind]}
    message = await ask(shared, f"vn {kind} search", **typed)
    assert find_link(message, "Open on VNDB") == f"https://vndb.org/{known[kind]}"


async def test_what_is_not_there_is_said_to_the_asker_alone(shared: Place) -> None:
    assert "VNDB has no producer like that" in await refuse(shared, "vn producer search", language="iu", type="in")
    tag = await refuse(shared, "vn tag search", name="no such thing", category="tech")
    assert tag == "VNDB has no tag like that: “no such thing” · Technical.\nSearch on VNDB"
    assert "VNDB has no staff member like that" in await refuse(shared, "vn staff search", role="qa", language="iu")


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        ("vn staff search", {"role": "juggler"}, "The role is not one that VNDB knows"),
        ("vn staff search", {"language": "Klingon"}, "The language is not one that VNDB knows"),
        ("vn tag search", {"name": "https://vndb.org/g?q=time", "sort": "name"}, "cannot be joined"),
        ("vn staff search", {"filter": "https://vndb.org/p?f=0zzzzz"}, "is not one for staff members"),
        ("vn staff search", {"filter": '["role","='}, "is not JSON that can be read"),
        ("vn staff search", {"filter": '["nothing","=",1]'}, "is not one that VNDB understands"),
        ("vn staff search", {"filter": "[" * 3000}, "is not JSON that can be read"),
    ],
)
async def test_what_cannot_be_used_is_said_to_the_asker_alone(
    shared: Place, command: str, options: dict[str, Any], sentence: str
) -> None:
    assert sentence in await refuse(shared, command, **options)


@pytest.mark.parametrize(
    "command", ["vn search", "vn release search", "vn character search", "vn producer search", "vn tag search"]
)
async def test_the_best_match_of_no_name_is_the_order_without_one(shared: Place, command: str) -> None:
    assert texts(await ask(shared, command, sort="rank")) == texts(await ask(shared, command))


@pytest.mark.parametrize(("kind", "fault"), each_once(KINDS, ["500", "rubbish"]))
async def test_a_service_that_fails_ends_in_a_sentence(place: Place, kind: str, fault: Fault) -> None:
    place.services.vndb.fault = fault
    exchange = await place.reader.slash(place.general, f"vn {kind} search")
    assert texts(await exchange.message()).startswith(SENTENCES[fault])


@pytest.mark.parametrize("kind", KINDS)
async def test_they_work_in_direct_messages(shared: Place, kind: str) -> None:
    assert texts(await ask(shared, f"vn {kind} search", shared.world.dm)).startswith("## ")


@pytest.mark.parametrize(
    ("command", "focused", "typed", "value"),
    [
        ("vn staff search", "role", "voice", "seiyuu"),
        ("vn staff search", "language", "engl", "en"),
        ("vn producer search", "language", "jap", "ja"),
        ("vn producer search", "name", "key", "p24"),
        ("vn release search", "medium", "internet", "in"),
        ("vn release search", "engine", "kiri", "KiriKiri"),
        ("vn release search", "platform", "windo", "win"),
    ],
)
async def test_options_are_completed(shared: Place, command: str, focused: str, typed: str, value: str) -> None:
    options: dict[str, Any] = {focused: typed}
    choices = await shared.reader.autocomplete(shared.general, command, focused=focused, **options)
    assert choices[0]["value"] == value


# What may stand where


async def test_sexual_tags_are_listed_in_age_restricted_channels_only(place: Place) -> None:
    for channel in (place.general, place.world.dm):
        assert "asks for sexual content" in await refuse(place, "vn tag search", channel, category="ero")
    channel = place.world.after_dark
    listed = await ask(place, "vn tag search", channel, category="ero")
    assert "High Sexual Content" in texts(listed)
    place.world.set_nsfw(channel, nsfw=False)
    if find_button(listed, "Next"):
        turned = await press(place.reader, listed, "Next")
        assert turned.ephemeral
        assert "asks for sexual content" in texts(await turned.message())
    everything = [texts(page) for page in await list_pages(place.reader, await ask(place, "vn tag search"))]
    assert not any("High Sexual Content" in text for text in everything)


# Links to searches, and JSON


@pytest.mark.parametrize(
    ("prefix", "filters", "heading"),
    [
        ("v", ["olang", "=", "ja"], "## Best rated visual novels that match"),
        ("r", ["official", "=", 1], "## Newest releases that match"),
        ("p", ["type", "=", "co"], "## Producers that match, by name"),
        ("c", ["sex", "=", "f"], "## Characters that match, by name"),
        ("s", ["gender", "=", "f"], "## Staff that match, by name"),
    ],
)
@pytest.mark.parametrize("command", ["vn info", "vn search", "vn staff info"])
async def test_a_link_to_a_search_of_any_kind_leads_to_what_it_finds(
    shared: Place, prefix: str, filters: list[Any], heading: str, command: str
) -> None:
    link = await build_search_link(shared, prefix, filters)
    option = "name" if command == "vn staff info" else "title"
    typed: dict[str, Any] = {option: link}
    listed = await ask(shared, command, **typed)
    assert texts(listed).startswith(heading)
    assert {one[0] for one in list_ids(listed)} == {prefix}
    assert "Page 2" in texts(await (await press(shared.reader, listed, "Next")).message())


@pytest.mark.parametrize(
    ("link", "heading"),
    [
        ("https://vndb.org/p?q=a", "## Producers found"),
        ("https://vndb.org/p/all?q=a", "## Producers found"),
        ("https://vndb.org/s?q=a", "## Staff found"),
        ("https://vndb.org/g/list?q=invented", "## Tags found"),
        ("https://vndb.org/g?q=invented", "## Tags found"),
        ("https://vndb.org/i/list?t=2&q=e&s=name", "## Traits found"),
        ("https://vndb.org/v?q=e", "## Visual novels found"),
    ],
)
async def test_a_link_to_a_search_by_name_leads_to_what_it_finds(shared: Place, link: str, heading: str) -> None:
    listed = await ask(shared, "vn tag info", name=link)
    assert texts(listed).startswith(heading)
    assert "Page 2" in texts(await (await press(shared.reader, listed, "Next")).message())


@pytest.mark.parametrize(
    "pasted",
    [
        '["and", ["lang", "=", "ja"], ["type", "=", "co"]]',
        '{"filters": ["and", ["lang", "=", "ja"], ["type", "=", "co"]], "fields": "name"}',
        '```json\n["and",["lang","=","ja"],["type","=","co"]]\n```',
    ],
)
async def test_a_filter_may_be_json(shared: Place, pasted: str) -> None:
    listed = await ask(shared, "vn producer search", filter=pasted)
    typed = await ask(shared, "vn producer search", language="ja", type="co")
    assert list_ids(listed) == list_ids(typed)
    assert find_link(listed, OPEN) == find_link(typed, OPEN)


async def test_json_of_a_sexual_tag_is_looked_at_before_it_is_asked(shared: Place) -> None:
    for filters in (["tag", "=", "g91"], ["tag", "=", 91], ["release", "=", ["has_ero", "=", 1]]):
        said = await refuse(shared, "vn search", filter=json.dumps(filters))
        assert "sexual content" in said
    listed = await ask(shared, "vn search", shared.world.after_dark, filter='["tag","=",91]')
    assert texts(listed).startswith("## ")


async def test_a_link_names_sexual_tags_in_age_restricted_channels_only(shared: Place) -> None:
    link = f"https://vndb.org/g/list?q={quote('sexual content')}"
    assert "is about sexual content" in await refuse(shared, "vn tag info", name=link)
